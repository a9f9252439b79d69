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
mod report;
mod shared;
mod task;
mod versions;
mod watch;

use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use rayon::prelude::*;

use crate::article::Date;
use crate::error::Error;
use crate::format::{FieldMap, Format};
use crate::index::{COMMIT, Known, Location, Reader, Writer, WriterOptions};
use crate::source::{self, Extractor, WalkOptions};

pub use report::{FormatCount, IngestReport, Preview, Progress};
pub use watch::{Watched, watch};

use changes::{Change, Changes};
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
    /// Files and folders.
    pub paths: Vec<PathBuf>,
    /// Take hidden files too.
    pub hidden: bool,
    /// Do not heed ignore files.
    pub no_ignore: bool,
    /// Follow symbolic links.
    pub follow_links: bool,
    /// Threads for reading and for indexing, each.
    pub threads: usize,
    /// Bytes of memory for all of the run; see [`Shares`](crate::index::Shares).
    pub memory_bytes: usize,
    /// The format of every file, whatever its content.
    pub format: Option<&'static Format>,
    /// The names of JSON and table fields.
    pub fields: FieldMap,
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
    /// Programs that give the text of files that no format fits; the first that fits a file is taken.
    pub extractors: Vec<Extractor>,
}

/// Brings the index at `location` up to date with the files under the given paths.
///
/// # Errors
/// [`Error::MissingPath`] when a path does not exist, [`Error::Locked`] when another process writes to the index,
/// [`Error::Index`] or [`Error::Io`] when it cannot be written; what was committed before stays.
pub fn run(location: &Location, options: &Options, progress: &Progress) -> Result<IngestReport, Error> {
    let started = Instant::now();
    let before = opened(location)?;
    let mut changes = changes(location, options, before.as_ref())?;
    let mut report = changes.report();
    let mut reader = before;
    if !changes.is_empty() || reader.is_none() {
        let Some(writer) = writer(location, options, progress)? else {
            return Ok(IngestReport { interrupted: true, ..report });
        };
        let locked = Reader::open(location)?;
        if !reader.is_some_and(|before| before.same_commit(&locked)) {
            // Another process has written in between: what was found to be done may be done.
            changes = self::changes(location, options, Some(&locked))?;
            report = changes.report();
        }
        let known = Known::new(&locked)?;
        report = write(location, Shared::new(writer, options, progress, Some(&known), report), &changes)?;
        reader = None;
    }
    let reader = reader.map_or_else(|| Reader::open(location), Ok)?;
    (report.articles_total, report.skips_total) = reader.totals()?;
    report.interrupted = progress.stopped();
    report.seconds = started.elapsed().as_secs_f64();
    Ok(report)
}

/// The index as it is, if anything was ever committed to it.
fn opened(location: &Location) -> Result<Option<Reader>, Error> {
    location.folder.join(COMMIT).exists().then(|| Reader::open(location)).transpose()
}

fn changes(location: &Location, options: &Options, reader: Option<&Reader>) -> Result<Changes, Error> {
    let walked = source::walk(&options.paths, &walk_options(location, options))?;
    Changes::find(location, options, reader, walked)
}

/// Becomes the one writer, waiting for another if that is asked for; none when the run was ended meanwhile.
fn writer(location: &Location, options: &Options, progress: &Progress) -> Result<Option<Writer>, Error> {
    let writing = WriterOptions { threads: options.threads.max(1), memory_bytes: options.memory_bytes };
    loop {
        match Writer::open(location, &writing) {
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

/// Shows what [`run`] would read, file by file, writing nothing.
///
/// # Errors
/// [`Error::MissingPath`] when a path does not exist.
pub fn preview(options: &Options, sink: &mut dyn FnMut(Preview)) -> Result<(), Error> {
    let location = Location { folder: PathBuf::new(), root: PathBuf::new() };
    for walked in source::walk(&options.paths, &walk_options(&location, options))? {
        match walked {
            source::Walked::Skip { path, reason } => sink(Preview {
                path: source::display_path(&path),
                skips: vec![(0, reason.to_string())],
                ..Preview::default()
            }),
            source::Walked::File(file) => preview_file(&file, options, sink),
        }
    }
    Ok(())
}

fn preview_file(file: &source::SourceFile, options: &Options, sink: &mut dyn FnMut(Preview)) {
    let mut shown: Option<Preview> = None;
    batch::read(file, options, &mut |item| {
        let path = item.path(file);
        if shown.as_ref().is_some_and(|p| p.path != path) {
            shown.take().into_iter().for_each(&mut *sink);
        }
        let preview = shown.get_or_insert_with(|| Preview { path, format: item.format(), ..Preview::default() });
        item.parse(options, &|| false, &mut |number, outcome| match outcome {
            Ok(article) => {
                preview.articles += 1;
                if preview.first.len() < PREVIEW_ARTICLES {
                    preview.first.push((number.record, article));
                }
            }
            Err(reason) => preview.skips.push((number.record, reason.to_string())),
        });
        std::ops::ControlFlow::Continue(())
    });
    shown.into_iter().for_each(sink);
}

fn walk_options(location: &Location, options: &Options) -> WalkOptions {
    WalkOptions {
        hidden: options.hidden,
        no_ignore: options.no_ignore,
        follow_links: options.follow_links,
        exclude: if location.folder.as_os_str().is_empty() { Vec::new() } else { vec![location.folder.clone()] },
        threads: options.threads,
    }
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
                one_file(scope, &shared, change);
            }
        });
    });
    let progress = shared.progress;
    let outcome = shared.finish();
    progress.writing.store(0, Ordering::Relaxed);
    outcome
}

fn one_file<'s>(scope: &rayon::Scope<'s>, shared: &'s Shared<'s>, change: &'s Change) {
    let known = match shared.known.filter(|_| change.known).map(|known| known.file(&change.key)).transpose() {
        Ok(known) => known.unwrap_or_default(),
        Err(error) => return shared.fail(error),
    };
    // Until it has been read to its end again, nothing says that it was.
    shared.delete(known.files());
    match &change.file {
        Ok(file) => Task::start(scope, shared, file, &change.key, known),
        Err(reason) => task::refused(shared, &change.key, reason, known),
    }
}
