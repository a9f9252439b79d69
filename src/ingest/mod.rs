//! Runs source → format → analysis → index in parallel.
//!
//! `changes` compares source files with the index; only new and changed files are read, and only their new and changed
//! records are written. `pipe` shows how a file passes through the threads: `read` splits it into batches of records,
//! so that one large file keeps all threads busy; `parse` turns records into articles; `file` compares them with the
//! index.
//!
//! # Commits
//!
//! A run commits at intervals of time and bytes, and at its end. The document that marks a source file as read is
//! written after all its other documents. A killed run loses only what came after its last commit; the next run reads
//! unfinished files again and keeps the records that are already in the index.
//!
//! A query sees one commit. A changed record is replaced within one commit. If an inserted record shifts the numbers of
//! the records after it, a query between two commits may see the record at the border twice or not at all.

mod changes;
mod file;
mod forget;
mod parse;
mod pipe;
mod preview;
mod queue;
mod read;
mod reading;
mod report;
mod run;
mod watch;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::article::Date;
use crate::error::Error;
use crate::format::Format;
use crate::index::{self, COMMIT, Location, Reader, Reading, Writer, WriterOptions};

pub use crate::source::LeftOut;
pub use forget::{Forgotten, forget};
pub use preview::preview;
pub use reading::{check_reading, format_named};
pub use report::{Dropped, FormatCount, IngestReport, Kept, Preview, Progress};
pub use watch::{Watched, watch};

use changes::Changes;

/// Bytes of source text after which a run commits.
pub const COMMIT_BYTES: u64 = pipe::COMMIT_BYTES;

/// Interval between attempts to get the writer lock.
const LOCK_INTERVAL: Duration = Duration::from_millis(100);

/// What to index, and how.
#[derive(Debug, Clone)]
pub struct Options {
    /// Files and folders; empty for all listed folders.
    pub paths: Vec<PathBuf>,
    /// Reading options, which the index remembers; none to use the remembered ones.
    pub reading: Option<Reading>,
    /// Number of reader threads, and of worker threads.
    pub threads: usize,
    /// Memory limit of the run in bytes; see [`Shares`](crate::index::Shares).
    pub memory_bytes: usize,
    /// Later dates are rejected.
    pub today: Date,
    /// Read files with skips again.
    pub retry_skipped: bool,
    /// Wait until no other process is writing to the index.
    pub wait: bool,
    /// Bytes of source text after which a run commits; see [`COMMIT_BYTES`].
    pub commit_bytes: u64,
    /// Read files of these formats again.
    pub reread: Vec<&'static Format>,
}

/// Updates the index at `location` from the files at the given paths, which are added to its list of folders.
///
/// # Errors
/// [`Error::MissingPath`] when none of the paths exists or is listed, [`Error::NoFolders`] when no path is given and
/// the list is empty, [`Error::Argument`] when the options of a folder are invalid, [`Error::Locked`] when another
/// process writes to the index, [`Error::Index`] or [`Error::Io`] when it cannot be written; earlier commits are kept.
pub fn run(location: &Location, options: &Options, progress: &Progress) -> Result<IngestReport, Error> {
    let started = Instant::now();
    let interrupted = || Ok(IngestReport { interrupted: true, ..IngestReport::default() });
    let mut location = location.clone();
    let here = std::env::current_dir().unwrap_or_default();
    let list = || index::enlist(&mut location, &here, &options.paths, options.reading.as_ref());
    let Some((targets, missing)) = when_free(options, progress, list)? else { return interrupted() };
    if targets.is_empty() {
        return Err(match missing.into_iter().next() {
            Some(path) => Error::MissingPath(path),
            None => Error::NoFolders(location.folder),
        });
    }
    let find = |reader: Option<&Reader>| Changes::find(&location, options, &targets, reader);
    let before = opened(&location)?;
    let mut changes = find(before.as_ref())?;
    let mut report = changes.report.clone();
    let mut reader = before;
    if !changes.is_empty() || reader.is_none() {
        let writing = WriterOptions { threads: options.threads.max(1), memory_bytes: options.memory_bytes };
        let Some(writer) = when_free(options, progress, || Writer::open(&location, &writing))? else {
            return interrupted();
        };
        let locked = Reader::open(&location)?;
        if !reader.is_some_and(|before| before.same_commit(&locked)) {
            // Another process has changed the index in between.
            changes = find(Some(&locked))?;
        }
        report = pipe::run(writer, &locked, &location.folders, &changes, options, progress)?;
        reader = None;
    }
    let reader = reader.map_or_else(|| Reader::open(&location), Ok)?;
    (report.articles_total, report.skips_total) = reader.totals()?;
    report.removed = changes.removed.len() as u64;
    report.interrupted = progress.stopped();
    report.missing = missing;
    // The order in which threads finish files varies.
    report.kept.sort();
    report.dropped.sort();
    report.seconds = started.elapsed().as_secs_f64();
    if !report.interrupted {
        index::refreshed(&mut location, &changes.complete, jiff::Timestamp::now().as_second());
    }
    Ok(report)
}

/// The index, if it has a commit.
fn opened(location: &Location) -> Result<Option<Reader>, Error> {
    location.folder.join(COMMIT).exists().then(|| Reader::open(location)).transpose()
}

/// Runs work that needs a lock, waiting for other processes if asked to. Returns none when the run was interrupted
/// meanwhile.
fn when_free<T>(
    options: &Options,
    progress: &Progress,
    mut work: impl FnMut() -> Result<T, Error>,
) -> Result<Option<T>, Error> {
    loop {
        match work() {
            Err(Error::Locked { holder, .. }) if options.wait && !progress.stopped() => {
                progress.wait_for(Some(holder));
                std::thread::sleep(LOCK_INTERVAL);
            }
            Err(Error::Locked { .. }) if options.wait => return Ok(None),
            outcome => {
                progress.wait_for(None);
                return outcome.map(Some);
            }
        }
    }
}
