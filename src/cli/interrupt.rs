//! Ctrl-C: saves what was read before the program exits.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Once, PoisonError};

use super::output;
use crate::ingest::Progress;

/// Exit status for a program ended by Ctrl-C, as in shells.
pub(super) const INTERRUPTED: u8 = 130;

/// The current run, and how Ctrl-C ends it.
static RUNNING: Mutex<Option<(Arc<Progress>, Ending)>> = Mutex::new(None);

/// Whether a pager is running.
static PAGING: AtomicBool = AtomicBool::new(false);

/// The effect of the first Ctrl-C; the second exits immediately.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// Stops the run after the current batches and commits. Exits immediately if there is nothing to commit.
    Save,
    /// Stops the watch, without a message.
    Watch,
}

/// Makes Ctrl-C act on this run.
pub(super) fn stop_on_ctrl_c(progress: &Arc<Progress>, ending: Ending) {
    *RUNNING.lock().unwrap_or_else(PoisonError::into_inner) = Some((Arc::clone(progress), ending));
    handle();
}

/// Makes the program ignore Ctrl-C, which the pager handles.
pub(super) fn leave_to_pager() {
    PAGING.store(true, Ordering::Relaxed);
    handle();
}

fn handle() {
    static HANDLER: Once = Once::new();
    HANDLER.call_once(|| {
        // Without a handler, Ctrl-C exits immediately, which does not harm the index.
        let _ = ctrlc::set_handler(interrupted);
    });
}

fn interrupted() {
    if PAGING.load(Ordering::Relaxed) {
        return;
    }
    let running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if let Some((progress, ending)) = running {
        let again = progress.stop.swap(1, Ordering::Relaxed) != 0;
        let writing = progress.writing.load(Ordering::Relaxed) != 0;
        match (ending, again) {
            (Ending::Watch, false) => return,
            (Ending::Watch, true) => {}
            (Ending::Save, false) if writing => {
                output::message(&"interrupted: saving what was read; press Ctrl-C again to quit without saving");
                return;
            }
            (Ending::Save, false) => output::message(&"interrupted: there was nothing to save"),
            (Ending::Save, true) => output::message(&"interrupted: the index is at its last commit"),
        }
    }
    #[allow(clippy::exit, reason = "nothing is left to be saved; an index survives a kill at any moment")]
    std::process::exit(INTERRUPTED.into());
}
