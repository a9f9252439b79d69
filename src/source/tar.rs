//! Unpacks tar archives (v7, ustar, GNU, pax) from a stream.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;
use std::time::{Duration, SystemTime};

use ::tar::{Archive, Entry};

use super::guard::{Exact, reason_in};
use super::limits::{HEAD_BYTES, TAR_HEADER_BYTES_MAX};
use super::outlet::{Outlet, Stop};
use super::paths::display_bytes;
use crate::error::SkipReason;

/// Whether these bytes are a tar header. Its checksum matches, which does not happen in text.
pub(super) fn has_signature(head: &[u8]) -> bool {
    let Some(header) = head.get(..HEAD_BYTES) else { return false };
    let digits: Vec<u8> = header[148..156].iter().copied().filter(|b| !matches!(b, b' ' | 0)).collect();
    let stated = std::str::from_utf8(&digits).ok().and_then(|digits| u32::from_str_radix(digits, 8).ok());
    let sum = |bytes: &[u8]| bytes.iter().map(|byte| u32::from(*byte)).sum::<u32>();
    let actual = sum(&header[..148]) + 8 * u32::from(b' ') + sum(&header[156..]);
    header[0] != 0 && stated == Some(actual)
}

/// Sends the entries to the outlet.
pub(super) fn unpack(input: impl Read, outlet: &mut Outlet<'_, '_>) -> Result<(), Stop> {
    let failed = |error: io::Error| Stop::Failed(broken(&error));
    let left_bytes = Rc::new(Cell::new(u64::MAX));
    let mut archive = Archive::new(Metered { inner: input, left_bytes: Rc::clone(&left_bytes) });
    let mut entries = archive.entries().map_err(failed)?;
    loop {
        // The library reads long names and attributes into memory, so limit what it may read between two entries.
        left_bytes.set(TAR_HEADER_BYTES_MAX);
        let Some(entry) = entries.next() else { return Ok(()) };
        let mut entry = entry.map_err(failed)?;
        left_bytes.set(u64::MAX);
        outlet.count()?;
        let bytes = entry.size();
        one(&mut entry, bytes, outlet)?;
        io::copy(&mut entry, &mut io::sink()).map_err(failed)?;
    }
}

fn one<R: Read>(entry: &mut Entry<'_, R>, bytes: u64, outlet: &mut Outlet<'_, '_>) -> Result<(), Stop> {
    let kind = entry.header().entry_type();
    let raw_name = entry.path_bytes();
    // Old tars mark a folder only by a trailing slash.
    if !(kind.is_file() || kind.is_contiguous() || kind.is_gnu_sparse()) || raw_name.ends_with(b"/") {
        return Ok(());
    }
    let Some(name) = outlet.wanted(&display_bytes(&raw_name), false)? else { return Ok(()) };
    if kind.is_gnu_sparse() || is_pax_sparse(entry) {
        return outlet.skip(name, SkipReason::Unsupported("sparse files in a tar".into()));
    }
    let seconds = entry.header().mtime().ok().filter(|seconds| *seconds > 0);
    let modified = seconds.and_then(|seconds| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds)));
    match outlet.send(name, modified, &mut Exact::new(entry, bytes))? {
        Some(reason) => Err(reason.into()),
        None => Ok(()),
    }
}

fn is_pax_sparse<R: Read>(entry: &mut Entry<'_, R>) -> bool {
    let Ok(Some(extensions)) = entry.pax_extensions() else { return false };
    extensions.flatten().any(|extension| extension.key_bytes().starts_with(b"GNU.sparse."))
}

fn broken(error: &io::Error) -> SkipReason {
    match reason_in("tar", error) {
        // The library reports truncation only in its message.
        SkipReason::Malformed { detail, .. } if detail.contains("unexpected EOF") => SkipReason::Truncated(detail),
        reason => reason,
    }
}

/// Fails when more is read than allowed.
struct Metered<R> {
    inner: R,
    left_bytes: Rc<Cell<u64>>,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.left_bytes.get();
        if left == 0 {
            let what = "the header of an entry";
            let reason = SkipReason::TooLarge { what, limit_bytes: TAR_HEADER_BYTES_MAX };
            return Err(io::Error::other(reason));
        }
        let wanted = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        let read = self.inner.read(&mut buffer[..wanted])?;
        self.left_bytes.set(left.saturating_sub(read as u64));
        Ok(read)
    }
}
