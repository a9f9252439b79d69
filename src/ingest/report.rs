//! Reports and progress of an indexing run, as plain data.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::article::Article;
use crate::source::LeftOut;

/// The report of an indexing run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct IngestReport {
    /// Source files found.
    pub files: u64,
    /// Source files that had not changed.
    pub unchanged: u64,
    /// Source files that were read.
    pub read: u64,
    /// Source files that were deleted, with their articles.
    pub removed: u64,
    /// Bytes of the source files that were read.
    pub bytes: u64,
    /// Articles written in this run.
    pub articles_added: u64,
    /// Articles in the index after the run.
    pub articles_total: u64,
    /// Skips in this run, by reason code.
    pub skips: BTreeMap<String, u64>,
    /// Skips in the index after the run.
    pub skips_total: u64,
    /// Counts of this run, by format.
    pub formats: BTreeMap<String, FormatCount>,
    /// Wall time in seconds.
    pub seconds: f64,
    /// Whether the run was interrupted. What it had read is in the index.
    pub interrupted: bool,
    /// Folders and files that could not be read and whose articles were kept.
    pub kept: Vec<Kept>,
    /// Damaged files that gave fewer articles than before.
    pub dropped: Vec<Dropped>,
    /// Given paths that do not exist and are not listed.
    pub missing: Vec<PathBuf>,
    /// Folders without any readable file.
    pub empty: Vec<PathBuf>,
    /// What the walk left out.
    pub left_out: LeftOut,
}

impl IngestReport {
    /// Adds the outcome of a source file.
    pub(super) fn add(&mut self, outcome: FileOutcome) {
        self.articles_added += outcome.articles_added;
        for (code, number) in outcome.skips {
            *self.skips.entry(code).or_default() += number;
        }
        self.kept.extend(outcome.kept);
        self.dropped.extend(outcome.dropped);
        if !outcome.read {
            return;
        }
        self.read += 1;
        self.bytes += outcome.bytes;
        for (format, count) in outcome.formats {
            let total = self.formats.entry(format).or_default();
            total.files += count.files;
            total.articles += count.articles;
            total.skips += count.skips;
        }
    }

    /// Whether nothing was skipped, kept or missing.
    pub fn is_complete(&self) -> bool {
        self.skips.is_empty() && self.kept.is_empty() && self.missing.is_empty()
    }
}

/// A folder or file that could not be read and whose articles were kept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kept {
    /// The folder or file.
    pub path: PathBuf,
    /// Number of its articles.
    pub articles: u64,
    /// The problem, as a clause that follows the name: `which is not there`.
    pub cause: String,
    /// Whether it is a folder of the list, which `nutgraf forget` drops.
    pub is_folder: bool,
}

/// A damaged file that gave fewer articles than before. Those that it no longer has were dropped.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dropped {
    /// The file.
    pub path: PathBuf,
    /// Number of articles dropped.
    pub articles: u64,
    /// Number of articles before.
    pub before: u64,
    /// What is wrong with the file.
    pub cause: String,
}

/// Counts for one format.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FormatCount {
    /// Files, including those inside containers.
    pub files: u64,
    /// Articles.
    pub articles: u64,
    /// Skips.
    pub skips: u64,
}

/// The result of reading a source file.
#[derive(Debug, Default)]
pub(super) struct FileOutcome {
    /// Whether the whole file was read.
    pub(super) read: bool,
    /// Its size.
    pub(super) bytes: u64,
    /// Articles.
    pub(super) articles: u64,
    /// Articles that were written.
    pub(super) articles_added: u64,
    /// Skips by the code of their reason.
    pub(super) skips: BTreeMap<String, u64>,
    /// What was found, by format.
    pub(super) formats: BTreeMap<String, FormatCount>,
    /// The file and its articles, if it could not be read.
    pub(super) kept: Option<Kept>,
    /// The file and the articles that it no longer has, if it is damaged.
    pub(super) dropped: Option<Dropped>,
}

/// The progress of a run, updated while it runs.
#[derive(Debug, Default)]
pub struct Progress {
    /// Total size of the source files to read; 0 until the walk is done.
    pub bytes_total: AtomicU64,
    /// Bytes of source files indexed so far.
    pub bytes_done: AtomicU64,
    /// Articles so far.
    pub articles: AtomicU64,
    /// Skips so far.
    pub skips: AtomicU64,
    /// Set to 1 to stop the run and commit what was read.
    pub stop: AtomicU64,
    /// 1 while there are uncommitted changes; at 0, exiting loses nothing.
    pub writing: AtomicU64,
    /// The process that holds the lock.
    waiting: Mutex<Option<String>>,
}

impl Progress {
    /// Counts articles and skips.
    pub(super) fn add(&self, articles: u64, skips: u64) {
        self.articles.fetch_add(articles, Ordering::Relaxed);
        self.skips.fetch_add(skips, Ordering::Relaxed);
    }

    /// Counts source bytes.
    pub(super) fn read(&self, bytes: u64) {
        self.bytes_done.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Starts a run over this many bytes.
    pub(super) fn begin(&self, bytes: u64) {
        self.bytes_total.store(bytes, Ordering::Relaxed);
        self.writing.store(1, Ordering::Relaxed);
    }

    /// Marks all changes as committed.
    pub(super) fn end(&self) {
        self.writing.store(0, Ordering::Relaxed);
    }

    /// The process that this run waits for, in words.
    pub fn waiting_for(&self) -> Option<String> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn wait_for(&self, holder: Option<String>) {
        *self.waiting.lock().unwrap_or_else(PoisonError::into_inner) = holder;
    }

    /// Resets the counters for another run, but not `stop`.
    pub(super) fn restart(&self) {
        for counter in [&self.bytes_total, &self.bytes_done, &self.articles, &self.skips, &self.writing] {
            counter.store(0, Ordering::Relaxed);
        }
    }

    /// Whether the run should stop.
    pub fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed) != 0
    }
}

/// The result of a dry run for one source file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preview {
    /// Path of the file; a path inside a container follows `!/`.
    pub path: String,
    /// Name of its format, if one was recognised.
    pub format: Option<&'static str>,
    /// The first articles, with their record numbers.
    pub first: Vec<(u64, Article)>,
    /// Number of articles.
    pub articles: u64,
    /// Skips: record number (0 for the file) and reason.
    pub skips: Vec<(u64, String)>,
}
