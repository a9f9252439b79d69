//! Unpacks zip archives, and distinguishes them from documents that are zips.

use std::borrow::Cow;
use std::io::{BufReader, Read, Seek};
use std::time::{Duration, SystemTime};

use ::zip::ZipArchive;
use ::zip::extra_fields::ExtraField;
use ::zip::read::{ZipFile, ZipFileEntry};
use ::zip::result::ZipError;

use super::guard::{Budget, reason_in};
use super::outlet::{Outlet, Seekable, Stop};
use super::paths::display_bytes;
use crate::error::SkipReason;

/// Size of the read buffer, which is discarded at each entry because entries are reached by seeking.
const ZIP_BUFFER_BYTES: usize = 8 << 10;

/// Extensions of zips that are one document, book or package.
const DOCUMENT_EXTENSIONS: &[&str] = &[
    "apk", "docm", "docx", "dotm", "dotx", "epub", "idml", "jar", "key", "kmz", "numbers", "odg", "odp", "ods", "odt",
    "ott", "pages", "potx", "ppsx", "pptm", "pptx", "war", "wacz", "whl", "xlsb", "xlsm", "xlsx", "xpi", "xps",
];

/// The buffered bytes of a zip.
pub(super) type Bytes<'a> = BufReader<Box<dyn Seekable + 'a>>;

/// The kind of a zip.
pub(super) enum Opened<'a> {
    /// An archive.
    Archive(ZipArchive<Bytes<'a>>),
    /// A document, at its start.
    Document(Box<dyn Seekable + 'a>),
}

/// Whether these are the first bytes of a zip: of an entry, of an empty archive, or of a spanned archive in one part.
pub(super) fn has_signature(head: &[u8]) -> bool {
    [&b"PK\x03\x04"[..], b"PK\x05\x06", b"PK\x07\x08PK\x03\x04"].iter().any(|magic| head.starts_with(magic))
}

/// Whether a zip with this extension is a document.
pub(super) fn is_document_extension(extension: &str) -> bool {
    DOCUMENT_EXTENSIONS.contains(&extension)
}

/// Whether the first entry is that of a document: the `mimetype` of an EPUB or ODF (EPUB OCF 3.3, section 4.3), or the
/// content types of Office Open XML.
pub(super) fn begins_document(head: &[u8]) -> bool {
    let Some(&[low, high]) = head.get(26..28) else { return false };
    let length = usize::from(u16::from_le_bytes([low, high]));
    is_document_mark(head.get(30..30 + length).unwrap_or_default(), true)
}

fn is_document_mark(name: &[u8], first: bool) -> bool {
    name == b"[Content_Types].xml" || (first && name == b"mimetype")
}

/// Reads the directory of a zip.
///
/// # Errors
/// When there is none, or when it is that of a bomb: entries overlap, or the contents exceed the budget.
pub(super) fn open<'a>(bytes: Box<dyn Seekable + 'a>, budget: &Budget) -> Result<Opened<'a>, SkipReason> {
    let bytes = BufReader::with_capacity(ZIP_BUFFER_BYTES, bytes);
    let archive = ZipArchive::new(bytes).map_err(|error| broken(&error))?;
    if archive.file_names_raw().enumerate().any(|(index, name)| is_document_mark(name, index == 0)) {
        let mut bytes = archive.into_inner().into_inner();
        bytes.rewind().map_err(|error| SkipReason::Unreadable(error.to_string()))?;
        return Ok(Opened::Document(bytes));
    }
    let mut spans = Vec::with_capacity(archive.len());
    let mut contents_bytes: u128 = 0;
    for entry in (0..archive.len()).filter_map(|index| archive.by_index_data(index).ok()) {
        contents_bytes += u128::from(entry.size());
        spans.push((entry.header_start(), entry.compressed_size()));
    }
    if !budget.allows(contents_bytes) {
        return Err(budget.bomb());
    }
    spans.sort_unstable();
    if spans.windows(2).any(|pair| pair[0].0.saturating_add(pair[0].1) > pair[1].0) {
        return Err(SkipReason::Malformed { format: "zip", detail: "its entries overlap".into() });
    }
    Ok(Opened::Archive(archive))
}

/// Sends the entries to the outlet.
pub(super) fn unpack(mut archive: ZipArchive<Bytes<'_>>, outlet: &mut Outlet<'_, '_>) -> Result<(), Stop> {
    for index in 0..archive.len() {
        outlet.count()?;
        let name = match archive.by_index_data(index) {
            Ok(entry) if entry.is_dir() || entry.is_symlink() => continue,
            Ok(entry) => {
                let Some(name) = outlet.wanted(&name(&entry), true)? else { continue };
                if entry.encrypted() {
                    outlet.skip(name, SkipReason::Encrypted)?;
                    continue;
                }
                name
            }
            Err(error) => {
                outlet.skip(format!("entry {}", index + 1), broken(&error))?;
                continue;
            }
        };
        match archive.by_index(index) {
            Err(error) => outlet.skip(name, broken(&error))?,
            Ok(mut entry) => {
                let (modified, packed_bytes) = (modified(&entry), entry.compressed_size());
                let mut bytes = outlet.guarded(entry.by_ref(), "zip", Some(packed_bytes));
                outlet.send(name, modified, &mut bytes)?;
            }
        }
    }
    Ok(())
}

/// The name of an entry. Some tools write UTF-8 without setting its flag, so UTF-8 is tried first; otherwise the flag
/// decides, which for old archives means code page 437.
fn name<'a>(entry: &'a ZipFileEntry<'_>) -> Cow<'a, str> {
    match std::str::from_utf8(entry.name_raw()) {
        Ok(name) => Cow::Borrowed(name),
        Err(_) => entry.name().unwrap_or_else(|_| Cow::Owned(display_bytes(entry.name_raw()))),
    }
}

/// Modification time: from an extra field if there is one, otherwise the local time of the DOS date.
fn modified<R: Read>(entry: &ZipFile<'_, R>) -> Option<SystemTime> {
    let exact = entry.extra_data_fields().find_map(|field| match field {
        ExtraField::ExtendedTimestamp(times) => times.mod_time(),
        _ => None,
    });
    if let Some(seconds) = exact {
        return SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds.into()));
    }
    let dos = entry.last_modified()?;
    let small = |number: u8| i8::try_from(number).ok();
    let (year, month, day) = (i16::try_from(dos.year()).ok()?, small(dos.month())?, small(dos.day())?);
    let (hour, minute, second) = (small(dos.hour())?, small(dos.minute())?, small(dos.second())?);
    let time = jiff::civil::DateTime::new(year, month, day, hour, minute, second, 0).ok()?;
    Some(jiff::tz::Offset::UTC.to_timestamp(time).ok()?.into())
}

fn broken(error: &ZipError) -> SkipReason {
    match error {
        ZipError::Io(error) => reason_in("zip", error),
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => SkipReason::Encrypted,
        ZipError::UnsupportedArchive(what) => SkipReason::Unsupported((*what).into()),
        ZipError::CompressionMethodNotSupported(method) => {
            SkipReason::Unsupported(format!("zip compression method {method}"))
        }
        // The directory is at the end of a zip; without it, the file is truncated.
        ZipError::InvalidArchive(detail) if detail.contains("find EOCD") => {
            SkipReason::Truncated("the directory at its end is missing".into())
        }
        ZipError::InvalidArchive(detail) => SkipReason::Malformed { format: "zip", detail: detail.to_string() },
        error => SkipReason::Malformed { format: "zip", detail: error.to_string() },
    }
}
