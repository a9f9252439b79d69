//! How the files of one folder are read: what the user said of it, understood.

use crate::error::Error;
use crate::format::{self, FORMATS, FieldMap, Format};
use crate::index::{self, Reading};
use crate::source::Extractor;

/// What begins the label of options by which articles come out differently; no format's name does.
const LABEL: &str = "options ";

/// How files are read.
#[derive(Debug, Clone, Default)]
pub(super) struct Manner {
    /// The format of every file, whatever its content.
    pub(super) format: Option<&'static Format>,
    /// The names of JSON and table fields.
    pub(super) fields: FieldMap,
    /// Programs that give the text of files that no format fits; the first that fits a file is taken.
    pub(super) extractors: Vec<Extractor>,
    /// What the index records of options by which articles come out differently.
    pub(super) label: Option<String>,
}

impl Manner {
    /// Understands what the user said.
    ///
    /// # Errors
    /// [`Error::Argument`].
    pub(super) fn new(reading: &Reading) -> Result<Self, Error> {
        let fields = FieldMap::with_overrides(&reading.map).map_err(|cause| Error::Argument {
            what: "field",
            value: reading.map.join(" "),
            cause,
        })?;
        let extractor = |text: &String| {
            Extractor::parse(text).map_err(|cause| Error::Argument { what: "extractor", value: text.clone(), cause })
        };
        let options = format!("{} {}", reading.format.as_deref().unwrap_or_default(), reading.map.join(" "));
        let differs = reading.format.is_some() || !reading.map.is_empty();
        Ok(Self {
            format: reading.format.as_deref().map(format_named).transpose()?,
            fields,
            extractors: reading.extract.iter().map(extractor).collect::<Result<_, _>>()?,
            label: differs.then(|| format!("{LABEL}{:016x}", index::text_hash(&options))),
        })
    }

    /// Whether what read a file would read it now, `current` being the labels of formats that need not read it again.
    pub(super) fn is_as(&self, readers: &[String], name: &str, current: &dyn Fn(&str) -> bool) -> bool {
        let known = |label: &String| {
            current(label) || self.label.as_ref() == Some(label) || self.extractors.iter().any(|e| e.label() == *label)
        };
        let extractor = self.extractors.iter().find(|extractor| extractor.fits(name));
        readers.iter().all(known)
            && self.label.iter().all(|label| readers.contains(label))
            && extractor.is_none_or(|extractor| readers.contains(&extractor.label()))
    }
}

/// The format of that name.
///
/// # Errors
/// [`Error::Argument`].
pub fn format_named(name: &str) -> Result<&'static Format, Error> {
    format::by_name(name).ok_or_else(|| {
        let names: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
        let cause = format!("use one of {}", names.join(", "));
        Error::Argument { what: "format", value: name.to_owned(), cause }
    })
}

/// Whether a folder can be read as the user said.
///
/// # Errors
/// [`Error::Argument`] with what cannot be understood.
pub fn check_reading(reading: &Reading) -> Result<(), Error> {
    Manner::new(reading).map(|_| ())
}
