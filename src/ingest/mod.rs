//! Runs source → format → analysis → index in parallel and reports what happened.
//!
//! Source files are compared with what the index knows; only what is new or changed is read. Small files are
//! read whole by one thread each; the records of large ones are handed out in batches, so that one file keeps
//! every thread busy.

mod batch;
mod changes;
mod report;
mod task;

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

use rayon::prelude::*;

use crate::article::Date;
use crate::error::{Error, SkipReason};
use crate::format::{FieldMap, Format};
use crate::index::{ArticlePlace, Location, Reader, Writer, WriterOptions};
use crate::source::{self, Extractor, WalkOptions};

pub use report::{FormatCount, IngestReport, Preview, Progress};

use changes::{Change, Changes};
use task::Task;

/// Articles of one source file that a dry run shows.
const PREVIEW_ARTICLES: usize = 3;

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
    /// Bytes of postings held in memory before they are written out.
    pub memory_bytes: usize,
    /// The format of every file, whatever its content.
    pub format: Option<&'static Format>,
    /// The names of JSON and table fields.
    pub fields: FieldMap,
    /// Dates after this day are not believed.
    pub today: Date,
    /// Read files again from which something was skipped.
    pub retry_skipped: bool,
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
    let walked = source::walk(&options.paths, &walk_options(location, options))?;
    let changes = Changes::find(location, options, walked)?;
    let mut report = IngestReport {
        files: changes.files,
        unchanged: changes.unchanged,
        removed: changes.removed.len() as u64,
        ..IngestReport::default()
    };
    if !changes.is_empty() || !location.folder.join("meta.json").exists() {
        write(location, options, progress, &changes, &mut report)?;
    }
    let reader = Reader::open(location)?;
    (report.articles_total, report.skips_total) = reader.totals()?;
    report.interrupted = progress.stopped();
    report.seconds = started.elapsed().as_secs_f64();
    Ok(report)
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
        item.parse(options, &mut |number, outcome| match outcome {
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

/// What all threads of a run share.
struct Shared<'a> {
    options: &'a Options,
    progress: &'a Progress,
    writer: Writer,
    report: Mutex<IngestReport>,
    /// The first error of the index; it ends the run.
    failure: Mutex<Option<Error>>,
    failed: AtomicBool,
    /// Bytes of records that wait for a thread.
    waiting_bytes: AtomicUsize,
}

impl Shared<'_> {
    fn fail(&self, error: Error) {
        self.failed.store(true, Ordering::Relaxed);
        lock(&self.failure).get_or_insert(error);
    }

    fn is_ending(&self) -> bool {
        self.failed.load(Ordering::Relaxed) || self.progress.stopped()
    }
}

/// A lock whose data stay usable when a thread that held it has panicked: they are counters and sets.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn write(
    location: &Location,
    options: &Options,
    progress: &Progress,
    changes: &Changes,
    report: &mut IngestReport,
) -> Result<(), Error> {
    let threads = options.threads.max(1);
    let writer = Writer::open(location, &WriterOptions { threads, memory_bytes: options.memory_bytes })?;
    progress.bytes_total.store(changes.bytes(), Ordering::Relaxed);
    for file in &changes.removed {
        writer.delete_file(file);
    }
    let shared = Shared {
        options,
        progress,
        writer,
        report: Mutex::new(std::mem::take(report)),
        failure: Mutex::new(None),
        failed: AtomicBool::new(false),
        waiting_bytes: AtomicUsize::new(0),
    };
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
    let Shared { mut writer, report: counted, failure, .. } = shared;
    *report = counted.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some(error) = failure.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner) {
        return Err(error);
    }
    writer.commit()?;
    writer.close()
}

fn one_file<'s>(scope: &rayon::Scope<'s>, shared: &'s Shared<'s>, change: &'s Change) {
    if change.known {
        shared.writer.delete_file(&change.key);
    }
    match &change.file {
        Ok(file) => Task::start(scope, shared, file, &change.key),
        Err(reason) => skip_file(shared, &change.key, reason),
    }
}

/// Records a file or folder that the walk could not enter.
fn skip_file(shared: &Shared<'_>, key: &str, reason: &SkipReason) {
    let place = ArticlePlace { file: key, inner: "", record: 0 };
    if let Err(error) = shared.writer.add_skip(place, reason) {
        shared.fail(error);
    }
    *lock(&shared.report).skips.entry(reason.code().to_owned()).or_default() += 1;
    Progress::add(&shared.progress.skips, 1);
}
