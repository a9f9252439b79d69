//! Compares the documents of a source file with those in the index.
//!
//! Each article and skip has a version, which is a hash of its content and place. A document whose version is in the
//! index is kept. Otherwise the new document is written, and the old one in its place is deleted in the same commit.
//! Documents left over at the end are no longer in the file, and are deleted, unless the file could not be read.

use std::collections::HashSet;

use crate::index::{KnownFile, repeated_version};

/// The state of a source file while it is read.
#[derive(Debug, Default)]
pub(super) struct Versions {
    known: KnownFile,
    /// Versions found in the file so far.
    seen: HashSet<u64>,
}

impl Versions {
    pub(super) fn new(known: KnownFile) -> Self {
        Self { known, seen: HashSet::new() }
    }

    /// Whether the index has documents of the file.
    pub(super) fn is_known(&self) -> bool {
        !self.known.is_empty()
    }

    /// The version to write a document under, or none if the index has it. A repeated document gets a version of its
    /// own.
    pub(super) fn version_to_write(&mut self, place: u64, version: u64) -> Option<u64> {
        let (mut candidate, mut repetition) = (version, 0);
        while !self.seen.insert(candidate) {
            repetition += 1;
            candidate = repeated_version(version, repetition);
        }
        (!self.known.keep(place, candidate)).then_some(candidate)
    }

    /// Versions to delete at a place: those in the index that were not kept.
    pub(super) fn replaced(&mut self, place: u64) -> Vec<u64> {
        self.known.replaced(place)
    }

    /// Versions to delete at the end: all that are left.
    pub(super) fn rest(&mut self) -> Vec<u64> {
        self.known.rest()
    }

    /// Versions to delete at the end if the file could not be read, and the number of articles that are kept.
    pub(super) fn rest_of_skips(&mut self) -> (Vec<u64>, u64) {
        self.known.rest_of_skips()
    }

    /// Number of articles that the index had of the file.
    pub(super) fn articles_before(&self) -> u64 {
        self.known.articles()
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
