//! Entries of documents that are zip files: Office Open XML, OpenDocument, EPUB.
//!
//! Owns opening the zip, its limits and error messages. Formats know what entries mean.

use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use super::xml;
use crate::error::SkipReason;
use crate::format::{Certainty, Format, RECORD_BYTES_MAX, Sample};

/// Maximum number of entries of a document; a book with pictures has some thousands.
const ENTRIES_MAX: usize = 100_000;

/// An opened document.
pub(crate) struct Zipped<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    format: &'static str,
    /// Number of bytes that all entries may still expand to.
    bytes_left: u64,
}

impl<'a> Zipped<'a> {
    /// Reads the directory of the zip.
    ///
    /// # Errors
    /// [`SkipReason::Malformed`], [`SkipReason::Truncated`] or [`SkipReason::TooLarge`].
    pub(crate) fn open(bytes: &'a [u8], format: &'static str) -> Result<Self, SkipReason> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| match error {
            // The directory is at the end; without it, the file is truncated.
            ZipError::InvalidArchive(_) if bytes.starts_with(b"PK\x03\x04") => {
                SkipReason::Truncated("the zip's directory is missing".into())
            }
            error => SkipReason::Malformed { format, detail: error.to_string() },
        })?;
        if archive.len() > ENTRIES_MAX {
            return Err(SkipReason::Malformed { format, detail: format!("more than {ENTRIES_MAX} entries") });
        }
        Ok(Self { archive, format, bytes_left: RECORD_BYTES_MAX as u64 })
    }

    /// The bytes of an entry, `None` when there is no such entry.
    ///
    /// # Errors
    /// [`SkipReason::Encrypted`], [`SkipReason::TooLarge`] or [`SkipReason::Malformed`].
    pub(crate) fn entry(&mut self, name: &str) -> Result<Option<Vec<u8>>, SkipReason> {
        let format = self.format;
        let file = match self.archive.by_name(name) {
            Ok(file) => file,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(ZipError::UnsupportedArchive(text)) if text == ZipError::PASSWORD_REQUIRED => {
                return Err(SkipReason::Encrypted);
            }
            Err(error) => return Err(SkipReason::Malformed { format, detail: format!("`{name}`: {error}") }),
        };
        let mut bytes = Vec::new();
        let result = file.take(self.bytes_left.saturating_add(1)).read_to_end(&mut bytes);
        if bytes.len() as u64 > self.bytes_left {
            return Err(SkipReason::TooLarge { what: "the document", limit_bytes: RECORD_BYTES_MAX as u64 });
        }
        self.bytes_left -= bytes.len() as u64;
        match result {
            Ok(_) => Ok(Some(bytes)),
            Err(error) => Err(SkipReason::Malformed { format, detail: format!("`{name}`: {error}") }),
        }
    }

    /// The text of an XML entry.
    ///
    /// # Errors
    /// As of [`Self::entry`], and [`SkipReason::Malformed`] when there is none.
    pub(crate) fn text(&mut self, name: &str) -> Result<String, SkipReason> {
        let bytes = self
            .entry(name)?
            .ok_or_else(|| SkipReason::Malformed { format: self.format, detail: format!("`{name}` is missing") })?;
        Ok(xml::decode(&bytes, None).into_owned())
    }
}

/// The certainty that a sample is of a format in a zip: by its signature, otherwise by its extension.
pub(crate) fn certainty(sample: &Sample<'_>, format: &Format, is_shown: bool) -> Certainty {
    if is_shown {
        Certainty::Certain
    } else if format.extensions.contains(&sample.extension) && sample.head.starts_with(b"PK\x03\x04") {
        Certainty::Likely
    } else {
        Certainty::No
    }
}

/// Whether a sample is a zip whose first entries contain this in their names or, if uncompressed, in their bytes.
pub(crate) fn shows(head: &[u8], word: &str) -> bool {
    head.starts_with(b"PK\x03\x04") && memchr::memmem::find(head, word.as_bytes()).is_some()
}
