//! What an indexing run did, and how far it is: plain data.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use super::file::FileOutcome;
use crate::article::Article;
use crate::source::LeftOut;

/// What an indexing run did.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct IngestReport {
    /// Source files found.
    pub files: u64,
    /// Source files that were as the index knew them.
    pub unchanged: u64,
    /// Source files that were read.
    pub read: u64,
    /// Source files that had vanished, and whose articles left the index.
    pub removed: u64,
    /// Bytes of the source files that were read.
    pub bytes: u64,
    /// Articles that were written in this run.
    pub articles_added: u64,
    /// Articles in the index after it.
    pub articles_total: u64,
    /// Skips of this run by the code of their reason.
    pub skips: BTreeMap<String, u64>,
    /// Skips in the index after the run.
    pub skips_total: u64,
    /// What was read, by format.
    pub formats: BTreeMap<String, FormatCount>,
    /// Wall time in seconds.
    pub seconds: f64,
    /// Whether it was interrupted; what had been read by then is in the index.
    pub interrupted: bool,
    /// Folders that could not be looked at and whose articles stay.
    pub kept: Vec<Kept>,
    /// Paths that were given, are not listed and are not there.
    pub missing: Vec<PathBuf>,
    /// Folders without a file that could be read.
    pub empty: Vec<PathBuf>,
    /// What the walk left out.
    pub left_out: LeftOut,
}

impl IngestReport {
    /// Adds what came of a source file.
    pub(super) fn add(&mut self, outcome: FileOutcome) {
        self.articles_added += outcome.articles_added;
        for (code, number) in outcome.skips {
            *self.skips.entry(code).or_default() += number;
        }
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

    /// Whether everything that was to be read was read.
    pub fn is_complete(&self) -> bool {
        self.skips.is_empty() && self.kept.is_empty() && self.missing.is_empty()
    }
}

/// A folder that could not be looked at and whose articles stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The folder.
    pub path: PathBuf,
    /// Its articles in the index.
    pub articles: u64,
    /// What is wrong with it, to follow its name: `which is not there`.
    pub cause: String,
}

/// What came of the files of one format.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FormatCount {
    /// Files, those inside containers too.
    pub files: u64,
    /// Articles.
    pub articles: u64,
    /// Skips.
    pub skips: u64,
}

/// How far an indexing run is; read while it runs.
#[derive(Debug, Default)]
pub struct Progress {
    /// Bytes of the source files to be read; 0 until the walk is done.
    pub bytes_total: AtomicU64,
    /// Bytes of the source files that were read.
    pub bytes_done: AtomicU64,
    /// Articles read so far.
    pub articles: AtomicU64,
    /// Skips so far.
    pub skips: AtomicU64,
    /// Set to 1 to end the run: what was read is committed.
    pub stop: AtomicU64,
    /// 1 from the first change to the last commit; at 0 there is nothing that an end at once would lose.
    pub writing: AtomicU64,
    /// Who is waited for.
    waiting: Mutex<Option<String>>,
}

impl Progress {
    /// Counts what was found.
    pub(super) fn add(&self, articles: u64, skips: u64) {
        self.articles.fetch_add(articles, Ordering::Relaxed);
        self.skips.fetch_add(skips, Ordering::Relaxed);
    }

    /// Counts bytes that were read.
    pub(super) fn read(&self, bytes: u64) {
        self.bytes_done.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Says that so many bytes are to be read, and that there is something to be lost.
    pub(super) fn begin(&self, bytes: u64) {
        self.bytes_total.store(bytes, Ordering::Relaxed);
        self.writing.store(1, Ordering::Relaxed);
    }

    /// Says that all is saved.
    pub(super) fn end(&self) {
        self.writing.store(0, Ordering::Relaxed);
    }

    /// Who writes to the index while this run waits, in words.
    pub fn waiting_for(&self) -> Option<String> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn wait_for(&self, holder: Option<String>) {
        *self.waiting.lock().unwrap_or_else(PoisonError::into_inner) = holder;
    }

    /// Sets the counters to 0 for another run; that the end was asked for stays.
    pub(super) fn restart(&self) {
        for counter in [&self.bytes_total, &self.bytes_done, &self.articles, &self.skips, &self.writing] {
            counter.store(0, Ordering::Relaxed);
        }
    }

    /// Whether the run is to end.
    pub fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed) != 0
    }
}

/// What a dry run found in one source file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preview {
    /// The file, with the path inside a container after `!/`.
    pub path: String,
    /// The format's name; none when none fits.
    pub format: Option<&'static str>,
    /// The first articles, with their record numbers.
    pub first: Vec<(u64, Article)>,
    /// How many articles there are.
    pub articles: u64,
    /// Skips: record number (0 for the file) and reason in words.
    pub skips: Vec<(u64, String)>,
}
