//! The indexing pipeline. Readers split source files into batches of records. A queue bounded in bytes passes them to
//! workers, which parse and analyse them and build one segment each. The outcome of each file goes to the thread that
//! owns the writer, which commits.
//!
//! ```text
//! files → readers → queue of batches → workers with a segment each → file outcomes → writer: commits, report
//! ```

use std::cell::Cell;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::changes::{Change, Changes};
use super::file::OpenFile;
use super::queue::{Queue, Receiver, Sender};
use super::read::{self, Batch};
use super::report::FileOutcome;
use super::run::Run;
use super::{IngestReport, Options, Progress};
use crate::error::Error;
use crate::index::{Folders, Reader, SegmentBuilder, Shares, Writer};

/// Maximum time between commits, which is the work that a killed run can lose.
const COMMIT_INTERVAL: Duration = Duration::from_secs(30);

/// Source bytes after which a run commits early: about half a minute of work on a small machine, and segments large
/// enough to need few merges.
pub(super) const COMMIT_BYTES: u64 = 1 << 30;

/// Interval of checking the clock while idle.
const TICK: Duration = Duration::from_millis(100);

/// A batch for a worker, or the end of a file.
struct Work<'r> {
    file: Arc<OpenFile<'r>>,
    batch: Option<Batch>,
    /// Bytes of the source file read for it.
    source_bytes: u64,
}

/// A worker's message to the writer.
enum Done {
    /// A batch was indexed; its size in bytes.
    Batch(u64),
    /// A file was finished.
    File(FileOutcome),
    /// The run must end.
    Failed(Error),
}

/// Reads the changed files and commits them.
///
/// # Errors
/// The first error of the index; earlier commits are kept.
pub(super) fn run(
    mut writer: Writer,
    before: &Reader,
    folders: &Folders,
    changes: &Changes,
    options: &Options,
    progress: &Progress,
) -> Result<IngestReport, Error> {
    let threads = options.threads.max(1);
    let deletions = writer.deletions();
    let run = &Run { options, progress, folders, changes, before, deletions, failed: AtomicBool::new(false) };
    let builders: Vec<Mutex<SegmentBuilder>> = (0..threads).map(|_| Mutex::new(writer.builder())).collect();
    let queue = Queue::new(Shares::of(options.memory_bytes, threads).records, threads, threads);
    let next = AtomicUsize::new(0);
    let (done, outcomes) = mpsc::channel();
    let mut report = changes.report.clone();
    changes.removed.iter().for_each(|file| writer.delete_file(file));
    progress.begin(changes.bytes());
    let outcome = std::thread::scope(|scope| {
        for builder in &builders {
            let (batches, files, failures) = (Sender(&queue), &next, done.clone());
            scope.spawn(move || read_files(run, files, &batches, &failures));
            let (batches, done) = (Receiver(&queue), done.clone());
            scope.spawn(move || index_batches(run, &batches, builder, &done));
        }
        drop(done);
        commit_outcomes(run, &mut writer, &builders, &outcomes, &mut report)
    });
    // Everything is committed, so Ctrl-C may now exit at once. An interrupted run leaves merging to the next run.
    progress.end();
    outcome?;
    if !progress.stopped() {
        writer.close()?;
    }
    Ok(report)
}

/// A reader: reads one file after another and sends its batches.
fn read_files<'r>(run: &Run<'r>, next: &AtomicUsize, batches: &Sender<'_, Work<'r>>, done: &mpsc::Sender<Done>) {
    while let Some(change) = run.changes.to_read.get(next.fetch_add(1, Ordering::Relaxed)) {
        if run.is_ending() {
            return;
        }
        match OpenFile::new(run, change) {
            Ok(file) => read_file(run, change, &Arc::new(file), batches),
            Err(error) => drop(done.send(Done::Failed(error))),
        }
    }
}

fn read_file<'r>(run: &Run<'r>, change: &Change, file: &Arc<OpenFile<'r>>, batches: &Sender<'_, Work<'r>>) {
    let bytes_read = Cell::new(0_u64);
    // Seeking in an archive may read bytes twice; never count more than the size of the file.
    let left = Cell::new(change.file.as_ref().map_or(0, |source| source.bytes));
    let source_bytes = |bytes: u64| {
        let bytes = bytes.min(left.get());
        left.set(left.get() - bytes);
        bytes
    };
    let mut send = |batch: Batch| {
        file.begin_part();
        let (weight, source_bytes) = (batch.weight(), source_bytes(bytes_read.take()));
        batches.send(weight, Work { file: Arc::clone(file), batch: Some(batch), source_bytes });
        if run.is_ending() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    match &change.file {
        Ok(source) => {
            let on_read = |bytes| bytes_read.set(bytes_read.get() + bytes);
            read::read(source, file.manner, &on_read, &mut send);
        }
        Err(reason) => drop(send(read::refused(String::new(), reason.clone()))),
    }
    batches.send(0, Work { file: Arc::clone(file), batch: None, source_bytes: source_bytes(u64::MAX) });
}

/// A worker: indexes batches in its own segment, and finishes the files whose last batch it has.
fn index_batches<'r>(
    run: &Run<'r>,
    batches: &Receiver<'_, Work<'r>>,
    builder: &Mutex<SegmentBuilder>,
    done: &mpsc::Sender<Done>,
) {
    while let Some((weight, Work { file, batch, source_bytes })) = batches.receive() {
        // The segment may be committed between two batches, never within one.
        let mut builder = lock(builder);
        let bytes = batch.as_ref().map_or(0, |batch| batch.bytes() as u64);
        let mut outcome = batch.map_or(Ok(()), |batch| file.index(run, batch, &mut builder));
        if file.end_part() && outcome.is_ok() {
            outcome = file.finish(run, &mut builder).map(|outcome| drop(done.send(Done::File(outcome))));
        }
        drop(builder);
        batches.done(weight);
        // Counted here rather than by the readers, which are ahead by the length of the queue.
        if !run.is_ending() {
            run.progress.read(source_bytes);
        }
        let _ = done.send(outcome.map_or_else(Done::Failed, |()| Done::Batch(bytes)));
    }
}

/// The writer: collects the outcomes of files, commits when it is time, and once more at the end.
fn commit_outcomes(
    run: &Run<'_>,
    writer: &mut Writer,
    builders: &[Mutex<SegmentBuilder>],
    outcomes: &mpsc::Receiver<Done>,
    report: &mut IngestReport,
) -> Result<(), Error> {
    let mut failure = None;
    let (mut bytes, mut last) = (0, Instant::now());
    let mut commit = || {
        let mut builders: Vec<MutexGuard<'_, SegmentBuilder>> = builders.iter().map(lock).collect();
        writer.commit(builders.iter_mut().map(|builder| &mut **builder))
    };
    loop {
        match outcomes.recv_timeout(TICK) {
            Ok(Done::Batch(indexed)) => bytes += indexed,
            Ok(Done::File(outcome)) => report.add(outcome),
            Ok(Done::Failed(error)) => failure = failure.or(Some(error)),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        if (bytes >= run.options.commit_bytes || last.elapsed() >= COMMIT_INTERVAL) && !run.is_ending() {
            failure = failure.or(commit().err());
            (bytes, last) = (0, Instant::now());
        }
        run.failed.store(failure.is_some(), Ordering::Relaxed);
    }
    match failure {
        Some(error) => Err(error),
        None => commit(),
    }
}

/// Locks a mutex even if a thread panicked while holding it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
