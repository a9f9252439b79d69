//! What one source file holds against what the index holds of it, document by document.
//!
//! Each article and skip has a version, a hash of all it is made of. One whose version is in the index stays; one
//! whose version is not is written, and what the index had in its place is deleted with the same commit. What the
//! index has left at the end is gone from the file.

use std::collections::HashSet;

use crate::index::{KnownFile, repeated_version};

/// The state of one source file while it is read.
#[derive(Debug, Default)]
pub(super) struct Versions {
    known: KnownFile,
    /// What the file has, as far as it was read.
    seen: HashSet<u64>,
}

impl Versions {
    pub(super) fn new(known: KnownFile) -> Self {
        Self { known, seen: HashSet::new() }
    }

    /// Whether the index had something of the file.
    pub(super) fn is_known(&self) -> bool {
        !self.known.is_empty()
    }

    /// The version under which a document is to be written; none when it is in the index. A file may hold the same
    /// document twice: the second is written under a version of its own.
    pub(super) fn version_to_write(&mut self, place: u64, version: u64) -> Option<u64> {
        let (mut candidate, mut repetition) = (version, 0);
        while !self.seen.insert(candidate) {
            repetition += 1;
            candidate = repeated_version(version, repetition);
        }
        (!self.known.keep(place, candidate)).then_some(candidate)
    }

    /// Accounts for all that the index has at a place beside what was decided on: versions to be deleted.
    pub(super) fn replaced(&mut self, place: u64) -> Vec<u64> {
        self.known.replaced(place)
    }

    /// Accounts for all that the index has beside what was decided on: versions to be deleted.
    pub(super) fn rest(&mut self) -> Vec<u64> {
        self.known.rest()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_equal_documents_are_two() {
        let mut versions = Versions::default();
        let (first, second) = (versions.version_to_write(1, 10), versions.version_to_write(1, 10));
        assert_eq!(first, Some(10));
        assert!(matches!(second, Some(version) if version != 10));
    }
}
