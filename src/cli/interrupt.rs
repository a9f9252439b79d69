//! Ctrl-C: what was read is saved before the program ends.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Once, PoisonError};

use super::output;
use crate::ingest::Progress;

/// Exit status as a shell reports a program that Ctrl-C has ended.
pub(super) const INTERRUPTED: u8 = 130;

/// What runs now, and what Ctrl-C does to it.
static RUNNING: Mutex<Option<(Arc<Progress>, Ending)>> = Mutex::new(None);

/// Whether a pager runs.
static PAGING: AtomicBool = AtomicBool::new(false);

/// What the first Ctrl-C does; the second one always ends the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// It ends the run after what is being read. Before the first change and after the last commit there is nothing to
    /// save, and it ends the program.
    Save,
    /// It ends the watch at the next good place, without a word.
    Watch,
}

/// Has Ctrl-C act on this run from now on.
pub(super) fn acts_on(progress: &Arc<Progress>, ending: Ending) {
    *RUNNING.lock().unwrap_or_else(PoisonError::into_inner) = Some((Arc::clone(progress), ending));
    handle();
}

/// Has Ctrl-C do nothing here from now on: a pager takes it for its own.
pub(super) fn is_left_to_pager() {
    PAGING.store(true, Ordering::Relaxed);
    handle();
}

fn handle() {
    static HANDLER: Once = Once::new();
    HANDLER.call_once(|| {
        // Without a handler Ctrl-C ends the program at once, which harms no index either.
        let _ = ctrlc::set_handler(interrupted);
    });
}

fn interrupted() {
    if PAGING.load(Ordering::Relaxed) {
        return;
    }
    let running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if let Some((progress, ending)) = running {
        let asked_before = progress.stop.swap(1, Ordering::Relaxed) != 0;
        let writing = progress.writing.load(Ordering::Relaxed) != 0;
        match (ending, asked_before) {
            (Ending::Watch, false) => return,
            (Ending::Watch, true) => {}
            (Ending::Save, false) if writing => {
                output::message(&"interrupted: saving what was read; press Ctrl-C again to quit without saving");
                return;
            }
            (Ending::Save, false) => output::message(&"interrupted: nothing was left to be saved"),
            (Ending::Save, true) => output::message(&"interrupted: the index stays as it was last saved"),
        }
    }
    #[allow(clippy::exit, reason = "nothing is left to be saved; an index survives a kill at any moment")]
    std::process::exit(INTERRUPTED.into());
}
