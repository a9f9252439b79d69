//! What the threads of a run share: the writer with its commits at intervals, the report, the first error.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use super::{IngestReport, Options, Progress};
use crate::error::Error;
use crate::index::{Known, Writer};

/// The longest that a run goes without a commit: so much work is lost when it is killed.
const COMMIT_INTERVAL: Duration = Duration::from_secs(30);

/// Bytes of source text after which a run commits however fast it was: about what takes half a minute on a small
/// machine, and segments large enough to need few merges.
pub(super) const COMMIT_BYTES: u64 = 1 << 30;

/// What the threads of a run share.
pub(super) struct Shared<'a> {
    pub(super) options: &'a Options,
    pub(super) progress: &'a Progress,
    /// What the index had when the run began.
    pub(super) known: Option<&'a Known<'a>>,
    pub(super) report: Mutex<IngestReport>,
    /// Bytes of records that wait for a thread.
    pub(super) waiting_bytes: AtomicUsize,
    /// Held while a large record is parsed and written.
    pub(super) large: Mutex<()>,
    writer: RwLock<Writer>,
    /// Whether there is something to commit.
    changed: AtomicBool,
    last_commit: Mutex<Instant>,
    bytes_since_commit: AtomicU64,
    /// The first error of the index; it ends the run.
    failure: Mutex<Option<Error>>,
    failed: AtomicBool,
}

impl<'a> Shared<'a> {
    pub(super) fn new(
        writer: Writer,
        options: &'a Options,
        progress: &'a Progress,
        known: Option<&'a Known<'a>>,
        report: IngestReport,
    ) -> Self {
        Self {
            options,
            progress,
            known,
            report: Mutex::new(report),
            waiting_bytes: AtomicUsize::new(0),
            large: Mutex::new(()),
            writer: RwLock::new(writer),
            changed: AtomicBool::new(false),
            last_commit: Mutex::new(Instant::now()),
            bytes_since_commit: AtomicU64::new(0),
            failure: Mutex::new(None),
            failed: AtomicBool::new(false),
        }
    }

    /// Writes or deletes something; an error ends the run.
    pub(super) fn write(&self, work: impl FnOnce(&Writer) -> Result<(), Error>) {
        self.changed.store(true, Ordering::Relaxed);
        let outcome = work(&self.writer.read().unwrap_or_else(PoisonError::into_inner));
        if let Err(error) = outcome {
            self.fail(error);
        }
    }

    /// Deletes documents by their versions.
    pub(super) fn delete(&self, versions: &[u64]) {
        if !versions.is_empty() {
            self.write(|writer| {
                versions.iter().for_each(|version| writer.delete_version(*version));
                Ok(())
            });
        }
    }

    pub(super) fn fail(&self, error: Error) {
        self.failed.store(true, Ordering::Relaxed);
        lock(&self.failure).get_or_insert(error);
    }

    pub(super) fn is_ending(&self) -> bool {
        self.failed.load(Ordering::Relaxed) || self.progress.stopped()
    }

    /// Counts bytes of source text that were written, and commits when it is time. One thread does so; the others
    /// wait for it when they next write.
    pub(super) fn commit_when_due(&self, bytes: u64) {
        let since = self.bytes_since_commit.fetch_add(bytes, Ordering::Relaxed) + bytes;
        let Ok(mut last) = self.last_commit.try_lock() else { return };
        if (since < self.options.commit_bytes && last.elapsed() < COMMIT_INTERVAL) || self.is_ending() {
            return;
        }
        self.bytes_since_commit.store(0, Ordering::Relaxed);
        if self.changed.swap(false, Ordering::Relaxed) {
            let outcome = self.writer.write().unwrap_or_else(PoisonError::into_inner).commit();
            if let Err(error) = outcome {
                self.fail(error);
            }
        }
        *last = Instant::now();
    }

    /// Commits what is left and ends writing.
    pub(super) fn finish(self) -> Result<IngestReport, Error> {
        let mut writer = self.writer.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let Some(error) = self.failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
            return Err(writer.cause(error));
        }
        if self.changed.into_inner() {
            writer.commit()?;
        }
        writer.close()?;
        Ok(self.report.into_inner().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A lock whose data stay usable when a thread that held it has panicked: they are counters and sets.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
