//! The state of a run.

use std::sync::atomic::{AtomicBool, Ordering};

use super::changes::Changes;
use super::{Options, Progress};
use crate::index::{Deletions, Folders, Reader};

/// State shared by the threads of a run.
pub(super) struct Run<'r> {
    pub(super) options: &'r Options,
    pub(super) progress: &'r Progress,
    pub(super) folders: &'r Folders,
    pub(super) changes: &'r Changes,
    /// The index when the run began.
    pub(super) before: &'r Reader,
    pub(super) deletions: Deletions,
    /// Whether the run failed.
    pub(super) failed: AtomicBool,
}

impl Run<'_> {
    /// Whether the run failed or should stop.
    pub(super) fn is_ending(&self) -> bool {
        self.failed.load(Ordering::Relaxed) || self.progress.stopped()
    }
}
