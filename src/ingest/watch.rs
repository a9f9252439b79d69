//! Keeps an index up to date while files change.
//!
//! An event only says that something changed; [`run`](super::run) then finds the changes. A lost or repeated event
//! therefore costs time but no articles. Changes made while nothing was watching are found by the first run.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use super::{IngestReport, Options, Progress, run};
use crate::error::Error;
use crate::index::Location;

/// Quiet time after the last change before files are read, so that most writes are complete.
const QUIET: Duration = Duration::from_secs(1);

/// Maximum delay of reading files in a busy folder.
const PATIENCE: Duration = Duration::from_secs(10);

/// Interval of checking for a stop request.
const TICK: Duration = Duration::from_millis(100);

/// Delay before another attempt after a failure, such as a missing folder or a locked index.
const RETRY: Duration = Duration::from_secs(5);

/// An event of a watch.
#[derive(Debug)]
pub enum Watched {
    /// The index was updated, or this is the first run.
    Updated(IngestReport),
    /// A run failed; it will be tried again.
    Failed(Error),
}

/// Updates the index, then again whenever files change, until `progress` is stopped.
///
/// # Errors
/// Those of the first run, and [`Error::Io`] when the folders cannot be watched. Later failures are reported and tried
/// again.
pub fn watch(
    location: &Location,
    options: &Options,
    progress: &Progress,
    tell: &mut dyn FnMut(Watched),
) -> Result<(), Error> {
    let mut watch = Watch::new(location, options)?;
    tell(Watched::Updated(run(location, options, progress)?));
    let mut failed_at: Option<Instant> = None;
    while watch.wait(progress, failed_at) {
        progress.restart();
        if failed_at.is_some() {
            // A folder that came back must be watched again.
            match Watch::new(location, options) {
                Ok(renewed) => watch = renewed,
                Err(_) => {
                    failed_at = Some(Instant::now());
                    continue;
                }
            }
        }
        match run(location, options, progress) {
            Ok(report) => {
                failed_at = None;
                if report.read > 0 || report.removed > 0 {
                    tell(Watched::Updated(report));
                }
            }
            Err(error) => {
                // Report a repeated failure only once.
                if failed_at.replace(Instant::now()).is_none() {
                    tell(Watched::Failed(error));
                }
            }
        }
    }
    Ok(())
}

/// A file system watch on some folders.
struct Watch {
    events: Receiver<notify::Result<Event>>,
    /// The index itself, which each run changes.
    excluded: PathBuf,
    _watcher: RecommendedWatcher,
}

impl Watch {
    fn new(location: &Location, options: &Options) -> Result<Self, Error> {
        let (sender, events) = channel();
        let failed = |path: &Path, error: notify::Error| Error::Io {
            action: "watch",
            path: path.to_owned(),
            source: std::io::Error::other(error.to_string()),
        };
        let mut watcher = notify::recommended_watcher(sender).map_err(|error| failed(&location.folder, error))?;
        let listed = location.folders.iter().map(|folder| folder.path.clone()).filter(|_| options.paths.is_empty());
        for path in listed.chain(options.paths.iter().cloned()) {
            // Each run looks for missing folders.
            let Ok(real) = std::fs::canonicalize(&path) else { continue };
            // Watch the parent folder of a file, which may be replaced by another file.
            let (folder, mode) = match real.is_dir() {
                true => (real.as_path(), RecursiveMode::Recursive),
                false => (real.parent().unwrap_or(&real), RecursiveMode::NonRecursive),
            };
            watcher.watch(folder, mode).map_err(|error| failed(folder, error))?;
        }
        let excluded = std::fs::canonicalize(&location.folder).unwrap_or_else(|_| location.folder.clone());
        Ok(Self { events, excluded, _watcher: watcher })
    }

    /// Waits until changes have settled or a failure should be tried again. Returns false on a stop request.
    fn wait(&self, progress: &Progress, failed_at: Option<Instant>) -> bool {
        let mut changes: Option<(Instant, Instant)> = None;
        while !progress.stopped() {
            match self.events.recv_timeout(TICK) {
                Ok(event) if self.concerns(&event) => {
                    let now = Instant::now();
                    changes = Some((changes.map_or(now, |(first, _)| first), now));
                }
                Ok(_) | Err(RecvTimeoutError::Timeout) => {}
                // The watcher thread is gone; poll instead.
                Err(RecvTimeoutError::Disconnected) => std::thread::sleep(TICK),
            }
            let quiet = changes.is_some_and(|(first, last)| last.elapsed() >= QUIET || first.elapsed() >= PATIENCE);
            if quiet || failed_at.is_some_and(|at| at.elapsed() >= RETRY) {
                return true;
            }
        }
        false
    }

    /// Whether files may have changed, or events were lost.
    fn concerns(&self, event: &notify::Result<Event>) -> bool {
        let Ok(event) = event else { return true };
        if event.need_rescan() {
            return true;
        }
        !matches!(event.kind, EventKind::Access(_)) && event.paths.iter().any(|path| !path.starts_with(&self.excluded))
    }
}
