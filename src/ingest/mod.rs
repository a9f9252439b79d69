//! Runs source → format → analysis → index in parallel and reports what happened.
//!
//! Source files are compared with what the index knows (`changes`); only what is new or changed is read, and of that only
//! the records that differ are written. `pipe` shows the way of a file through the threads: `read` cuts it into batches
//! of records, so that one large file keeps every thread busy, `parse` makes articles of them, `file` holds them against
//! what the index had.
//!
//! # Commits
//!
//! A run commits at intervals of time and bytes and at its end. A source file counts as read with the document that
//! says so, which is written after all others of it: a run that is killed loses what came after its last commit, and
//! the next one reads again the files that were not read to their end, keeping those of their records that are there.
//! A query sees one commit. A record that has changed is replaced within one commit; where records move to other
//! numbers because one was put in before them, a query between two commits may see the one at the border twice or
//! not at all.

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
mod versions;
mod watch;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::article::Date;
use crate::error::Error;
use crate::format::Format;
use crate::index::{self, COMMIT, Known, Location, Reader, Reading, Writer, WriterOptions};

pub use crate::source::LeftOut;
pub use forget::{Forgotten, forget};
pub use preview::preview;
pub use reading::{check_reading, format_named};
pub use report::{FormatCount, IngestReport, Kept, Preview, Progress};
pub use watch::{Watched, watch};

use changes::Changes;

/// Bytes of source text after which a run commits.
pub const COMMIT_BYTES: u64 = pipe::COMMIT_BYTES;

/// Between two attempts to become the writer.
const LOCK_INTERVAL: Duration = Duration::from_millis(100);

/// What is indexed, and how.
#[derive(Debug, Clone)]
pub struct Options {
    /// Files and folders; none for all that are in the index's list.
    pub paths: Vec<PathBuf>,
    /// How they are read, which the index remembers; none to read them as it remembers.
    pub reading: Option<Reading>,
    /// Threads for reading and for indexing, each.
    pub threads: usize,
    /// Bytes of memory for all of the run; see [`Shares`](crate::index::Shares).
    pub memory_bytes: usize,
    /// Dates after this day are not believed.
    pub today: Date,
    /// Read files again from which something was skipped.
    pub retry_skipped: bool,
    /// Wait while another process writes to the index.
    pub wait: bool,
    /// Bytes of source text after which a run commits; see [`COMMIT_BYTES`].
    pub commit_bytes: u64,
    /// Read files again that were read by these formats.
    pub reread: Vec<&'static Format>,
}

/// Brings the index at `location` up to date with the files under the given paths, which are added to its list of
/// folders.
///
/// # Errors
/// [`Error::MissingPath`] when none of the paths exists or is listed, [`Error::NoFolders`] when the list is empty and
/// no path is given, [`Error::Argument`] when the options of a folder cannot be understood, [`Error::Locked`] when
/// another process writes to the index, [`Error::Index`] or [`Error::Io`] when it cannot be written; what was committed
/// before stays.
pub fn run(location: &Location, options: &Options, progress: &Progress) -> Result<IngestReport, Error> {
    let started = Instant::now();
    let interrupted = || Ok(IngestReport { interrupted: true, ..IngestReport::default() });
    let mut location = location.clone();
    let here = std::env::current_dir().unwrap_or_default();
    let list = || index::enlist(&mut location, &here, &options.paths, options.reading.as_ref());
    let Some((targets, missing)) = when_free(options, progress, list)? else { return interrupted() };
    if targets.is_empty() {
        return Err(match missing.into_iter().next() {
            Some(path) => Error::MissingPath { path },
            None => Error::NoFolders { path: location.folder },
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
            // Another process has written in between: what was found to be done may be done.
            changes = find(Some(&locked))?;
        }
        let known = Known::new(&locked)?;
        report = pipe::run(writer, &known, &location.folders, &changes, options, progress)?;
        reader = None;
    }
    let reader = reader.map_or_else(|| Reader::open(&location), Ok)?;
    (report.articles_total, report.skips_total) = reader.totals()?;
    report.removed = changes.removed.len() as u64;
    report.interrupted = progress.stopped();
    report.missing = missing;
    report.seconds = started.elapsed().as_secs_f64();
    if !report.interrupted {
        index::refreshed(&mut location, &changes.complete, jiff::Timestamp::now().as_second());
    }
    Ok(report)
}

/// The index as it is, if anything was ever committed to it.
fn opened(location: &Location) -> Result<Option<Reader>, Error> {
    location.folder.join(COMMIT).exists().then(|| Reader::open(location)).transpose()
}

/// Does what only one process at a time may do, waiting for another if that is asked for; none when the run was ended
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
