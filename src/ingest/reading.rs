//! The reading options of a folder, parsed.

use crate::error::Error;
use crate::format::{self, FORMATS, FieldMap, Format};
use crate::index::{self, Reading};
use crate::source::Extractor;

/// Prefix of the label of options that change the articles. No format has this name.
const LABEL: &str = "options ";

/// Parsed reading options.
#[derive(Debug, Clone, Default)]
pub(super) struct Manner {
    /// The format of every file, instead of detecting it.
    pub(super) format: Option<&'static Format>,
    /// The names of JSON and table fields.
    pub(super) fields: FieldMap,
    /// Programs that extract text from files; the first that matches a file is used.
    pub(super) extractors: Vec<Extractor>,
    /// Label of the options that change the articles, as stored in the index.
    pub(super) label: Option<String>,
}

impl Manner {
    /// Parses reading options.
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

    /// Whether these options would still use the same readers for a file. `current` tells which format labels are up to
    /// date.
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

/// The reader's name and version as stored in the index. Files of unknown format have a label of their own.
pub(super) fn reader_label(format: Option<&'static Format>) -> String {
    match format {
        Some(format) => format!("{}:{}", format.name, format.version),
        // Read again when a later version supports more formats.
        None => format!("none:{}", FORMATS.len()),
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

/// Checks reading options.
///
/// # Errors
/// [`Error::Argument`] for the first invalid option.
pub fn check_reading(reading: &Reading) -> Result<(), Error> {
    Manner::new(reading).map(|_| ())
}
