//! What the threads of a run share: the writer with its commits at intervals, the report, the first error.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use super::{IngestReport, Options, Progress};
use crate::error::Error;
use crate::index::{Folders, Known, SegmentBuilder, Shares, Writer};

/// The longest that a run goes without a commit: so much work is lost when it is killed.
const COMMIT_INTERVAL: Duration = Duration::from_secs(30);

/// Bytes of source text after which a run commits however fast it was: about what takes half a minute on a small
/// machine, and segments large enough to need few merges.
pub(super) const COMMIT_BYTES: u64 = 1 << 30;

/// What the threads of a run share.
pub(super) struct Shared<'a> {
    pub(super) options: &'a Options,
    pub(super) progress: &'a Progress,
    /// The archive.
    pub(super) folders: &'a Folders,
    /// What the index had when the run began.
    pub(super) known: Option<&'a Known<'a>>,
    pub(super) report: Mutex<IngestReport>,
    /// Bytes of records that wait for a thread.
    pub(super) waiting_bytes: AtomicUsize,
    /// How many may wait; beyond, the thread that reads parses them itself.
    pub(super) waiting_bytes_max: usize,
    /// Held by the thread that takes a large record apart.
    pub(super) large: Mutex<()>,
    writer: RwLock<Writer>,
    /// One for each thread of the pool, and one for the thread that has started it.
    builders: Vec<Mutex<SegmentBuilder>>,
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
        folders: &'a Folders,
        known: Option<&'a Known<'a>>,
        report: IngestReport,
    ) -> Self {
        let builders = (0..=options.threads.max(1)).map(|_| Mutex::new(writer.builder())).collect();
        Self {
            options,
            progress,
            folders,
            known,
            builders,
            report: Mutex::new(report),
            waiting_bytes: AtomicUsize::new(0),
            waiting_bytes_max: Shares::of(options.memory_bytes, options.threads).records,
            large: Mutex::default(),
            writer: RwLock::new(writer),
            changed: AtomicBool::new(false),
            last_commit: Mutex::new(Instant::now()),
            bytes_since_commit: AtomicU64::new(0),
            failure: Mutex::new(None),
            failed: AtomicBool::new(false),
        }
    }

    /// Adds something; an error ends the run.
    pub(super) fn add(&self, work: impl FnOnce(&mut SegmentBuilder) -> Result<(), Error>) {
        let _no_commit = self.writer.read().unwrap_or_else(PoisonError::into_inner);
        self.changed.store(true, Ordering::Relaxed);
        let own = rayon::current_thread_index().map_or(0, |thread| thread + 1);
        let outcome = work(&mut lock(&self.builders[own]));
        if let Err(error) = outcome {
            self.fail(error);
        }
    }

    /// Deletes something.
    fn drop_from_index(&self, work: impl FnOnce(&Writer)) {
        let writer = self.writer.read().unwrap_or_else(PoisonError::into_inner);
        self.changed.store(true, Ordering::Relaxed);
        work(&writer);
    }

    /// Deletes all that came from a source file.
    pub(super) fn delete_file(&self, file: &str) {
        self.drop_from_index(|writer| writer.delete_file(file));
    }

    /// Deletes documents by their versions.
    pub(super) fn delete(&self, versions: &[u64]) {
        if !versions.is_empty() {
            self.drop_from_index(|writer| versions.iter().for_each(|version| writer.delete_version(*version)));
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
            let mut writer = self.writer.write().unwrap_or_else(PoisonError::into_inner);
            let mut builders: Vec<_> = self.builders.iter().map(lock).collect();
            let outcome = writer.commit(builders.iter_mut().map(|builder| &mut **builder));
            if let Err(error) = outcome {
                self.fail(error);
            }
        }
        *last = Instant::now();
    }

    /// Commits what is left and ends writing. A run that is to stop does not wait for merges: the next one makes up
    /// for them.
    pub(super) fn finish(self) -> Result<IngestReport, Error> {
        let mut writer = self.writer.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let Some(error) = self.failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
            return Err(error);
        }
        if self.changed.into_inner() {
            let mut builders: Vec<_> = self.builders.iter().map(lock).collect();
            writer.commit(builders.iter_mut().map(|builder| &mut **builder))?;
        }
        // All is saved: from here on Ctrl-C may end the program at any moment.
        self.progress.writing.store(0, Ordering::Relaxed);
        if !self.progress.stopped() {
            writer.close()?;
        }
        Ok(self.report.into_inner().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A lock whose data stay usable when a thread that held it has panicked: they are counters and sets.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
