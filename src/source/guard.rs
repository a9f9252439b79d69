//! Readers with limits, so that a decompression bomb, a truncated file or a broken stream only ends one file.

use std::io::{self, Read, Seek};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use super::limits::Limits;
use crate::error::SkipReason;

/// Maps a read error to a skip reason: the one that the error carries, at any depth, or one by its kind.
pub fn reason(error: &io::Error) -> SkipReason {
    if let Some(reason) = carried(error) {
        return reason;
    }
    if error.kind() == io::ErrorKind::UnexpectedEof {
        return SkipReason::Truncated("the rest of it is missing".into());
    }
    SkipReason::Unreadable(error.to_string())
}

/// As [`reason`], for an error in the structure of a format. An error that neither carries a reason nor comes from the
/// operating system means malformed data.
pub(super) fn reason_in(format: &'static str, error: &io::Error) -> SkipReason {
    match reason(error) {
        SkipReason::Unreadable(detail) if error.raw_os_error().is_none() => SkipReason::Malformed { format, detail },
        reason => reason,
    }
}

fn carried(error: &io::Error) -> Option<SkipReason> {
    let mut cause: &(dyn std::error::Error + 'static) = error;
    // Errors are nested a few levels deep; the bound protects against cycles.
    for _ in 0..32 {
        if let Some(reason) = cause.downcast_ref::<SkipReason>() {
            return Some(reason.clone());
        }
        cause = match cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => inner,
            None => cause.source()?,
        };
    }
    None
}

/// Streams of a source file that may break a limit before the rest of the file is given up. Each costs the time of
/// expanding it that far.
const BOMBS_FORGIVEN: u32 = 8;

/// How much a source file may still expand to, over all its compressions and entries.
#[derive(Debug)]
pub(super) struct Budget {
    produced: AtomicU64,
    allowed_bytes: u64,
    /// Streams that may still break a limit without ending the others.
    forgiven: AtomicU32,
    limits: Limits,
}

impl Budget {
    /// The budget of a source file of this size.
    pub(super) fn new(source_bytes: u64, limits: &Limits) -> Self {
        let allowed_bytes = source_bytes.saturating_mul(limits.ratio_max).max(limits.ratio_free_bytes);
        let forgiven = AtomicU32::new(BOMBS_FORGIVEN);
        Self { produced: AtomicU64::new(0), allowed_bytes, forgiven, limits: *limits }
    }

    /// Whether more was unpacked than allowed.
    pub(super) fn is_exceeded(&self) -> bool {
        self.produced.load(Ordering::Relaxed) > self.allowed_bytes
    }

    /// Whether an archive that states this size of contents can be within the budget.
    pub(super) fn allows(&self, bytes: u128) -> bool {
        bytes <= u128::from(self.allowed_bytes)
    }

    /// The skip reason for exceeding the budget.
    pub(super) fn bomb(&self) -> SkipReason {
        SkipReason::Bomb { limit_ratio: self.limits.ratio_max }
    }

    /// Returns the bytes of a stream that was ended, so that the rest of the archive can be read.
    fn forgive(&self, bytes: u64) {
        let forgiven = self.forgiven.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        if forgiven.is_ok() {
            self.produced.fetch_sub(bytes, Ordering::Relaxed);
        }
    }

    fn add(&self, bytes: u64) {
        self.produced.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// Reports how many bytes are read through it.
pub(super) struct Counted<R, F> {
    pub(super) inner: R,
    pub(super) on_read: F,
}

impl<R: Read, F: Fn(u64)> Read for Counted<R, F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        (self.on_read)(read as u64);
        Ok(read)
    }
}

impl<R: Seek, F> Seek for Counted<R, F> {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

/// Reads the output of a decompressor, and fails with [`SkipReason::Bomb`] when it is out of proportion to the input.
/// After an error it is at its end, since a failed decompressor must not be read again.
pub(super) struct Guard<R> {
    inner: R,
    format: &'static str,
    consumed: Arc<AtomicU64>,
    produced: u64,
    budget: Arc<Budget>,
    ended: bool,
}

impl<R: Read> Guard<R> {
    /// `consumed`: the compressed bytes so far, counted elsewhere. `format`: for messages.
    pub(super) fn new(inner: R, format: &'static str, consumed: Arc<AtomicU64>, budget: Arc<Budget>) -> Self {
        Self { inner, format, consumed, produced: 0, budget, ended: false }
    }

    fn is_out_of_proportion(&self) -> bool {
        let limits = &self.budget.limits;
        let consumed = self.consumed.load(Ordering::Relaxed);
        let allowed = consumed.saturating_mul(limits.ratio_max).max(limits.ratio_free_bytes);
        self.produced > allowed || self.budget.is_exceeded()
    }
}

impl<R: Read> Read for Guard<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.ended || buffer.is_empty() {
            return Ok(0);
        }
        let read = match self.inner.read(buffer) {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
            Err(error) => {
                self.ended = true;
                return Err(explained(&error, self.format));
            }
        };
        self.produced = self.produced.saturating_add(read as u64);
        self.budget.add(read as u64);
        if self.is_out_of_proportion() {
            self.ended = true;
            self.budget.forgive(self.produced);
            return Err(io::Error::other(self.budget.bomb()));
        }
        Ok(read)
    }
}

/// Adds a reason to the error of a decompressor, unless it has one.
fn explained(error: &io::Error, format: &'static str) -> io::Error {
    io::Error::other(match reason_in(format, error) {
        SkipReason::Malformed { detail, .. }
            if error.kind() == io::ErrorKind::OutOfMemory || detail.contains("too much memory") =>
        {
            SkipReason::Unsupported(format!("{format} with so large a window"))
        }
        reason => reason,
    })
}

/// Reads exactly the stated size of a file or entry. A file that grows meanwhile is read to its old end; a shorter one
/// gives [`io::ErrorKind::UnexpectedEof`]. After an error it is at its end.
pub(super) struct Exact<R> {
    inner: R,
    left_bytes: u64,
}

impl<R> Exact<R> {
    pub(super) fn new(inner: R, bytes: u64) -> Self {
        Self { inner, left_bytes: bytes }
    }
}

impl<R: Read> Read for Exact<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = usize::try_from(self.left_bytes).unwrap_or(usize::MAX).min(buffer.len());
        if wanted == 0 {
            return Ok(0);
        }
        let read = match self.inner.read(&mut buffer[..wanted]) {
            Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
            read => read,
        };
        match &read {
            Ok(read) => self.left_bytes = self.left_bytes.saturating_sub(*read as u64),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => self.left_bytes = 0,
        }
        read
    }
}
