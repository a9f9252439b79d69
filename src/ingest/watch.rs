//! Keeps an index up to date with its files as they come, change and go.
//!
//! The system tells that something changed; what changed is found by [`run`](super::run), as ever. So an event that is
//! lost, doubled or misunderstood costs time and no articles, and what happened while nobody watched is found at the
//! start.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use super::{IngestReport, Options, Progress, run};
use crate::error::Error;
use crate::index::Location;

/// Quiet after the last change before files are read: what is being written is then mostly complete.
const QUIET: Duration = Duration::from_secs(1);

/// Files are read after so long, however busy the folder is.
const PATIENCE: Duration = Duration::from_secs(10);

/// Between two looks at whether the end is asked for.
const TICK: Duration = Duration::from_millis(100);

/// After a failure, as of a folder that is gone or an index that another process writes to, it is tried again.
const RETRY: Duration = Duration::from_secs(5);

/// What a watch tells of.
#[derive(Debug)]
pub enum Watched {
    /// The index was brought up to date; something had changed, or it is the first time.
    Updated(IngestReport),
    /// That failed; it will be tried again.
    Failed(Error),
}

/// Brings the index up to date, then again whenever files change, until `progress` is stopped.
///
/// # Errors
/// Those of the first run, and [`Error::Io`] when the system cannot watch the folders. Later failures are told and
/// tried again.
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
            // A folder that went and came again has to be watched anew.
            match Watch::new(location, options) {
                Ok(anew) => watch = anew,
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
                // The same failure is told once.
                if failed_at.replace(Instant::now()).is_none() {
                    tell(Watched::Failed(error));
                }
            }
        }
    }
    Ok(())
}

/// The system's watch on some folders.
struct Watch {
    events: Receiver<notify::Result<Event>>,
    /// The index's own files change with each run.
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
            // What is away is looked for with each run.
            let Ok(real) = std::fs::canonicalize(&path) else { continue };
            // A file may be replaced by another of its name, which its folder tells.
            let (folder, mode) = match real.is_dir() {
                true => (real.as_path(), RecursiveMode::Recursive),
                false => (real.parent().unwrap_or(&real), RecursiveMode::NonRecursive),
            };
            watcher.watch(folder, mode).map_err(|error| failed(folder, error))?;
        }
        let excluded = std::fs::canonicalize(&location.folder).unwrap_or_else(|_| location.folder.clone());
        Ok(Self { events, excluded, _watcher: watcher })
    }

    /// Waits until something changed and it has become quiet, or a failure is to be tried again; false when the end
    /// is asked for.
    fn wait(&self, progress: &Progress, failed_at: Option<Instant>) -> bool {
        let mut changes: Option<(Instant, Instant)> = None;
        while !progress.stopped() {
            match self.events.recv_timeout(TICK) {
                Ok(event) if self.concerns(&event) => {
                    let now = Instant::now();
                    changes = Some((changes.map_or(now, |(first, _)| first), now));
                }
                Ok(_) | Err(RecvTimeoutError::Timeout) => {}
                // The watcher's thread is gone: looking now and then is what is left.
                Err(RecvTimeoutError::Disconnected) => std::thread::sleep(TICK),
            }
            let quiet = changes.is_some_and(|(first, last)| last.elapsed() >= QUIET || first.elapsed() >= PATIENCE);
            if quiet || failed_at.is_some_and(|at| at.elapsed() >= RETRY) {
                return true;
            }
        }
        false
    }

    /// Whether files may have changed: also when the system lost count of its events.
    fn concerns(&self, event: &notify::Result<Event>) -> bool {
        let Ok(event) = event else { return true };
        if event.need_rescan() {
            return true;
        }
        !matches!(event.kind, EventKind::Access(_)) && event.paths.iter().any(|path| !path.starts_with(&self.excluded))
    }
}
