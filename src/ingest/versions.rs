//! What one source file holds against what the index holds of it, document by document.
//!
//! Each article and skip has a version, a hash of all it is made of. One whose version is in the index stays; one
//! whose version is not is written, and what the index had in its place is deleted with the same commit. What the
//! index has left at the end is gone from the file.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::index::{KnownFile, repeated_version};

/// The state of one source file while it is read.
#[derive(Debug, Default)]
pub(super) struct Versions {
    known: KnownFile,
    /// What the file has, as far as it was read.
    seen: HashSet<u64>,
    /// What the second reading came upon.
    placed: HashSet<u64>,
    /// The records' own identifiers, by their hash.
    ids: HashMap<u64, Identifier>,
}

/// One of the records' own identifiers.
#[derive(Debug, Clone, Copy)]
struct Identifier {
    /// How many articles of the file bear it.
    count: u32,
    /// Whether the first of them was written under it.
    own: bool,
}

/// The two versions that an article with an identifier of its own may have, and its place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Choice {
    pub(super) place: u64,
    /// The hash of the identifier.
    pub(super) id: u64,
    /// The version under it.
    pub(super) own: u64,
    /// The version under path and record number.
    pub(super) path: u64,
}

/// What to do with a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is in the index.
    Keep,
    /// Write it with this version.
    Write(u64),
}

impl Versions {
    pub(super) fn new(known: KnownFile) -> Self {
        Self { known, ..Self::default() }
    }

    /// Whether the index had something of the file.
    pub(super) fn is_known(&self) -> bool {
        !self.known.is_empty()
    }

    /// Decides on a document that has one version only.
    pub(super) fn settle(&mut self, place: u64, version: u64) -> Verdict {
        let version = once_more(version, &mut self.seen);
        if self.known.keep(place, version) { Verdict::Keep } else { Verdict::Write(version) }
    }

    /// Decides on an article with an identifier of its own: it bears that, unless another of the file does too.
    /// Whether another does is known at the end only; until then the index's last state is believed. Gives whether
    /// the identifier is its own, too.
    pub(super) fn choose(&mut self, choice: Choice) -> (bool, Verdict) {
        let Choice { place, id, own, path } = choice;
        let first = !self.ids.contains_key(&id);
        let own_is_better = self.known.has(place, own) || !self.known.has(place, path);
        let identifier = self.ids.entry(id).or_insert(Identifier { count: 0, own: own_is_better });
        identifier.count += 1;
        let bears = first && own_is_better;
        (bears, self.settle(place, if bears { own } else { path }))
    }

    /// Accounts for all that the index has at a place beside what was decided on: versions to be deleted.
    pub(super) fn replaced(&mut self, place: u64) -> Vec<u64> {
        self.known.replaced(place)
    }

    /// Accounts for all that the index has beside what was decided on: versions to be deleted.
    pub(super) fn rest(&mut self) -> Vec<u64> {
        self.known.rest()
    }

    /// Identifiers on which the decision was wrong, by their hash.
    pub(super) fn misjudged(&self) -> BTreeSet<u64> {
        // Sorted by the set: the order in which a map is walked does not matter.
        #[allow(clippy::iter_over_hash_type)]
        self.ids.iter().filter(|(_, id)| id.own != (id.count == 1)).map(|(hash, _)| *hash).collect()
    }

    /// Decides once more on an article whose identifier was misjudged, and gives the version that is wrong if it
    /// was written.
    pub(super) fn correct(&mut self, choice: Choice) -> (bool, Verdict, Option<u64>) {
        let own = self.ids.get(&choice.id).is_some_and(|id| id.count == 1);
        let (right, wrong) = if own { (choice.own, choice.path) } else { (choice.path, choice.own) };
        let version = once_more(right, &mut self.placed);
        let present = !self.seen.insert(version) || self.known.keep(choice.place, version);
        let verdict = if present { Verdict::Keep } else { Verdict::Write(version) };
        (own, verdict, self.seen.remove(&wrong).then_some(wrong))
    }
}

/// The version itself, or when the set has it the first of its repetitions that the set does not have.
fn once_more(version: u64, set: &mut HashSet<u64>) -> u64 {
    let (mut candidate, mut repetition) = (version, 0);
    while !set.insert(candidate) {
        repetition += 1;
        candidate = repeated_version(version, repetition);
    }
    candidate
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Choice = Choice { place: 1, id: 7, own: 10, path: 11 };
    const SECOND: Choice = Choice { place: 2, id: 7, own: 20, path: 21 };

    #[test]
    fn an_identifier_that_comes_twice_is_nobodys() {
        let mut versions = Versions::default();
        assert_eq!(versions.choose(FIRST), (true, Verdict::Write(10)));
        assert!(versions.misjudged().is_empty());
        assert_eq!(versions.choose(SECOND), (false, Verdict::Write(21)));
        assert_eq!(versions.misjudged(), BTreeSet::from([7]));
        assert_eq!(versions.correct(FIRST), (false, Verdict::Write(11), Some(10)));
        assert_eq!(versions.correct(SECOND), (false, Verdict::Keep, None));
    }

    #[test]
    fn two_equal_documents_are_two() {
        let mut versions = Versions::default();
        let (first, second) = (versions.settle(1, 10), versions.settle(1, 10));
        assert_eq!(first, Verdict::Write(10));
        assert!(matches!(second, Verdict::Write(version) if version != 10));
    }
}
