//! Unpacks 7z archives, in which many entries may share one stream.

use std::io;

use sevenz_rust2::{ArchiveEntry, ArchiveReader, EntryDecision, Error, Password};

use super::guard::reason_in;
use super::limits::DECODER_BYTES_MAX;
use super::outlet::{Outlet, Seekable, Stop};
use crate::error::SkipReason;

/// Sends the entries to the outlet.
pub(super) fn unpack(bytes: Box<dyn Seekable + '_>, outlet: &mut Outlet<'_, '_>) -> Result<(), Stop> {
    let bytes = io::BufReader::new(bytes);
    let mut archive = ArchiveReader::new_with_memory_limit(bytes, Password::empty(), DECODER_BYTES_MAX >> 10)
        .map_err(|error| broken(&error))?;
    // Several source files are already read in parallel.
    archive.set_thread_count(1);
    let mut stop = None;
    let ended = archive.for_each_entries_with_decision(|entry, reader| {
        Ok(match one(entry, reader, outlet) {
            Ok(()) => EntryDecision::Continue,
            Err(reason) => {
                stop = Some(reason);
                EntryDecision::Stop
            }
        })
    });
    match (stop, ended) {
        (Some(stop), _) => Err(stop),
        (None, Err(error)) => Err(broken(&error).into()),
        (None, Ok(())) => Ok(()),
    }
}

fn one(entry: &ArchiveEntry, reader: &mut dyn io::Read, outlet: &mut Outlet<'_, '_>) -> Result<(), Stop> {
    outlet.count()?;
    let mut reader = outlet.guarded(reader, "7z", None);
    let is_file = !entry.is_directory() && !entry.is_anti_item() && !is_link(entry);
    if is_file && let Some(name) = outlet.wanted(entry.name(), true)? {
        let modified = entry.has_last_modified_date.then(|| entry.last_modified_date().into());
        // Entries packed after a broken one are lost too.
        if let Some(reason) = outlet.send(name, modified, &mut reader)? {
            return Err(reason.into());
        }
    }
    // Drain what the visitor did not read, within the budget.
    io::copy(&mut reader, &mut io::sink()).map_err(|error| reason_in("7z", &error))?;
    Ok(())
}

/// Whether an entry is a symbolic link: p7zip stores the Unix mode in the upper half of the attributes.
fn is_link(entry: &ArchiveEntry) -> bool {
    const UNIX_EXTENSION: u32 = 0x8000;
    let attributes = entry.windows_attributes();
    attributes & UNIX_EXTENSION != 0 && (attributes >> 16) & 0o170_000 == 0o120_000
}

fn broken(error: &Error) -> SkipReason {
    match error {
        Error::PasswordRequired | Error::MaybeBadPassword(_) => SkipReason::Encrypted,
        Error::Io(error, _) => reason_in("7z", error),
        Error::UnsupportedCompressionMethod(method) if method.contains("AES") => SkipReason::Encrypted,
        Error::UnsupportedCompressionMethod(method) => {
            SkipReason::Unsupported(format!("7z compression method {method}"))
        }
        Error::MaxMemLimited { .. } => SkipReason::Unsupported("7z with so large a window".into()),
        Error::Unsupported(what) => SkipReason::Unsupported(what.to_string()),
        // The directory is at the end of a 7z; if its offset is beyond the end, the file is truncated.
        Error::Other(detail) if detail.contains("header offset out of range") => {
            SkipReason::Truncated("the directory at its end is missing".into())
        }
        Error::Other(detail) => SkipReason::Malformed { format: "7z", detail: detail.to_string() },
        error => SkipReason::Malformed { format: "7z", detail: error.to_string() },
    }
}
