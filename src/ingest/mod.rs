//! Runs source → format → analysis → index in parallel and reports what happened.
//!
//! Source files are compared with what the index knows; only what is new or changed is read, and of that only the
//! records that differ are written. Small files are read whole by one thread each; the records of large ones are
//! handed out in batches, so that one file keeps every thread busy.
//!
//! # Commits
//!
//! A run commits at intervals of time and bytes and at its end. A source file counts as read with the document that
//! says so, which is written after all others of it: a run that is killed loses what came after its last commit, and
//! the next one reads again the files that were not read to their end, keeping those of their records that are there.
//! A query sees one commit. A record that has changed is replaced within one commit; where records move to other
//! numbers because one was put in before them, a query between two commits may see the one at the border twice or
//! not at all.

mod batch;
mod changes;
mod forget;
mod reading;
mod report;
mod shared;
mod task;
mod versions;
mod watch;

use std::path::{Component, Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use rayon::prelude::*;

use crate::article::Date;
use crate::error::Error;
use crate::format::Format;
use crate::index::{self, COMMIT, Known, Location, Reader, Reading, Writer, WriterOptions};
use crate::source::{self, WalkOptions};

pub use crate::source::LeftOut;
pub use forget::{Forgotten, forget};
pub use reading::{check_reading, format_named};
pub use report::{FormatCount, IngestReport, Kept, Preview, Progress};
pub use watch::{Watched, watch};

use changes::{Change, Changes};
use reading::Manner;
use shared::Shared;
use task::Task;

/// Articles of one source file that a dry run shows.
const PREVIEW_ARTICLES: usize = 3;

/// Bytes of source text after which a run commits.
pub const COMMIT_BYTES: u64 = shared::COMMIT_BYTES;

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
        let shared = Shared::new(writer, options, progress, &location.folders, Some(&known), changes.report.clone());
        report = write(&location, shared, &changes)?;
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

/// Shows what [`run`] would read of `options.paths`, file by file, writing nothing.
///
/// # Errors
/// [`Error::MissingPath`] when a path does not exist, [`Error::Argument`].
pub fn preview(options: &Options, sink: &mut dyn FnMut(Preview)) -> Result<(), Error> {
    let reading = options.reading.clone().unwrap_or_default();
    let manner = Manner::new(&reading)?;
    for path in &options.paths {
        let walking = WalkOptions {
            hidden: reading.hidden,
            no_ignore: reading.no_ignore,
            follow_links: reading.follow_links,
            threads: options.threads,
            ..WalkOptions::default()
        };
        // `./news` is `news`, and what is in `.` has no prefix.
        let shown: PathBuf = path.components().filter(|part| *part != Component::CurDir).collect();
        let walked =
            source::walk(path, Path::new(""), &walking).map_err(|_| Error::MissingPath { path: path.clone() })?;
        let below = |found: PathBuf| {
            found.strip_prefix(path).map_or(found.clone(), |below| match below.iter().next() {
                Some(_) => shown.join(below),
                None => shown.clone(),
            })
        };
        for (path, reason) in walked.unreadable {
            let path = source::display_path(&below(path));
            sink(Preview { path, skips: vec![(0, reason.to_string())], ..Preview::default() });
        }
        for file in walked.files {
            let file = source::SourceFile { path: below(file.path), ..file };
            preview_file(&file, &manner, options.today, sink);
        }
    }
    Ok(())
}

fn preview_file(file: &source::SourceFile, manner: &Manner, today: Date, sink: &mut dyn FnMut(Preview)) {
    let mut shown: Option<Preview> = None;
    batch::read(file, manner, &mut |item| {
        let path = item.path(file);
        if shown.as_ref().is_some_and(|p| p.path != path) {
            shown.take().into_iter().for_each(&mut *sink);
        }
        let preview = shown.get_or_insert_with(|| Preview { path, format: item.format(), ..Preview::default() });
        item.parse(manner, today, &|| false, &mut |number, outcome| match outcome {
            Ok(article) => {
                preview.articles += 1;
                if preview.first.len() < PREVIEW_ARTICLES {
                    preview.first.push((number.record.max(1), article));
                }
            }
            Err(reason) => preview.skips.push((number.record, reason.to_string())),
        });
        std::ops::ControlFlow::Continue(())
    });
    shown.into_iter().for_each(sink);
}

/// Does what is to be done.
fn write(location: &Location, shared: Shared<'_>, changes: &Changes) -> Result<IngestReport, Error> {
    shared.progress.bytes_total.store(changes.bytes(), Ordering::Relaxed);
    shared.progress.writing.store(1, Ordering::Relaxed);
    for file in &changes.removed {
        shared.delete_file(file);
    }
    let threads = shared.options.threads.max(1);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).thread_name(|n| format!("read-{n}")).build();
    let pool = pool.map_err(|error| Error::Io {
        action: "start threads for",
        path: location.folder.clone(),
        source: std::io::Error::other(error),
    })?;
    pool.scope(|scope| {
        changes.to_read.par_iter().for_each(|change| {
            if !shared.is_ending() {
                one_file(scope, &shared, change, &changes.manners[&change.folder]);
            }
        });
    });
    let progress = shared.progress;
    let outcome = shared.finish();
    progress.writing.store(0, Ordering::Relaxed);
    outcome
}

fn one_file<'s>(scope: &rayon::Scope<'s>, shared: &'s Shared<'s>, change: &'s Change, manner: &'s Manner) {
    let known = match shared.known.filter(|_| change.known).map(|known| known.file(&change.key)).transpose() {
        Ok(known) => known.unwrap_or_default(),
        Err(error) => return shared.fail(error),
    };
    // Until it has been read to its end again, nothing says that it was.
    shared.delete(known.files());
    match &change.file {
        Ok(file) => Task::start(scope, shared, file, &change.key, manner, known),
        Err(reason) => task::refused(shared, &change.key, reason, known),
    }
}
