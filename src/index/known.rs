//! Compares the documents of a source file with those in the index.
//!
//! Each article and skip has a version, which is a hash of its content and place. A document whose version is in the
//! index is kept. Otherwise the new document is written, and the old one in its place is deleted in the same commit.
//! Documents left over at the end are no longer in the file, and are deleted, unless the file could not be read.

use std::collections::HashSet;

use tantivy::Term;
use tantivy::columnar::Column;

use super::reader::Reader;
use super::schema::Kind;
use super::version::repeated_version;
use crate::error::Error;

/// The documents of a source file in the index, matched with those that are read of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownFile {
    /// Place and version of articles and skips, sorted, and whether each is an article.
    documents: Vec<(u64, u64, bool)>,
    /// Which of them have been matched.
    done: Vec<bool>,
    /// Versions of the file document: one if the file was read completely.
    files: Vec<u64>,
    /// Versions that were read so far.
    seen: HashSet<u64>,
}

/// Hash of a place in a source file: the path inside a container, the record and its part.
pub fn place_hash(inner: &str, record: u64, part: u64) -> u64 {
    super::text_hash(&format!("{record}.{part}/{inner}"))
}

impl Reader {
    /// The live documents of a source file.
    ///
    /// # Errors
    /// [`Error::Index`] when the index is damaged.
    pub fn known_file(&self, file: &str) -> Result<KnownFile, Error> {
        let mut known = KnownFile::default();
        let term = Term::from_field_text(self.fields().file, file);
        for segment in self.searcher().segment_readers() {
            let docs = self.docs(segment, &term)?;
            if docs.is_empty() {
                continue;
            }
            let [kind, version, record, part] =
                ["kind", "version", "record", "part"].map(|name| self.u64(segment, name));
            let (kind, version, record, part) = (kind?, version?, record?, part?);
            for doc in docs {
                let Some(version) = version.first(doc) else { continue };
                if kind.first(doc) == Some(Kind::File as u64) {
                    known.files.push(version);
                    continue;
                }
                let inner = self.string(segment, "inner", doc)?.unwrap_or_default();
                let number = |column: &Column<u64>| column.first(doc).unwrap_or(0);
                let place = place_hash(&inner, number(&record), number(&part));
                known.documents.push((place, version, kind.first(doc) == Some(Kind::Article as u64)));
            }
        }
        known.documents.sort_unstable();
        known.done = vec![false; known.documents.len()];
        Ok(known)
    }
}

impl KnownFile {
    /// Whether the index has no documents of the file.
    pub fn is_empty(&self) -> bool {
        self.documents.is_empty() && self.files.is_empty()
    }

    /// Versions of the file document.
    pub fn files(&self) -> &[u64] {
        &self.files
    }

    /// The version to write a document under, or none if the index has it. A repeated document gets a version of its
    /// own.
    pub fn version_to_write(&mut self, place: u64, version: u64) -> Option<u64> {
        let (mut candidate, mut repetition) = (version, 0);
        while !self.seen.insert(candidate) {
            repetition += 1;
            candidate = repeated_version(version, repetition);
        }
        (!self.keep(place, candidate)).then_some(candidate)
    }

    /// Marks a document as unchanged. Returns whether it exists.
    fn keep(&mut self, place: u64, version: u64) -> bool {
        match self.documents.binary_search_by_key(&(place, version), |(place, version, _)| (*place, *version)) {
            Ok(at) => !std::mem::replace(&mut self.done[at], true),
            Err(_) => false,
        }
    }

    /// Marks the remaining documents at a place as deleted. Returns their versions.
    pub fn replaced(&mut self, place: u64) -> Vec<u64> {
        let from = self.documents.partition_point(|(at, ..)| *at < place);
        let to = self.documents.partition_point(|(at, ..)| *at <= place);
        self.take(from..to, |_| true)
    }

    /// Marks all remaining documents as deleted. Returns their versions.
    pub fn rest(&mut self) -> Vec<u64> {
        self.take(0..self.documents.len(), |_| true)
    }

    /// Marks the remaining skips as deleted. Returns their versions, and the number of articles that remain.
    pub fn rest_of_skips(&mut self) -> (Vec<u64>, u64) {
        let skips = self.take(0..self.documents.len(), |is_article| !is_article);
        (skips, self.done.iter().filter(|done| !**done).count() as u64)
    }

    /// Number of articles, matched or not.
    pub fn articles(&self) -> u64 {
        self.documents.iter().filter(|(.., is_article)| *is_article).count() as u64
    }

    fn take(&mut self, range: std::ops::Range<usize>, wanted: impl Fn(bool) -> bool) -> Vec<u64> {
        let mut versions = Vec::new();
        for at in range {
            let (_, version, is_article) = self.documents[at];
            if wanted(is_article) && !std::mem::replace(&mut self.done[at], true) {
                versions.push(version);
            }
        }
        versions
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_document_is_accounted_for_once() {
        let documents = vec![(1, 10, true), (1, 11, true), (2, 20, true), (3, 30, true), (4, 40, false)];
        let mut known = KnownFile { done: vec![false; documents.len()], documents, ..KnownFile::default() };
        assert!(known.keep(1, 10));
        assert!(!known.keep(1, 10) && !known.keep(2, 10));
        assert_eq!(known.replaced(1), [11]);
        assert!(known.replaced(1).is_empty());
        assert!(known.replaced(9).is_empty());
        assert_eq!((known.articles(), known.rest_of_skips()), (4, (vec![40], 2)));
        assert_eq!(known.rest(), [20, 30]);
        assert!(known.rest().is_empty());
    }

    #[test]
    fn two_equal_documents_are_two() {
        let mut known = KnownFile::default();
        let (first, second) = (known.version_to_write(1, 10), known.version_to_write(1, 10));
        assert_eq!(first, Some(10));
        assert!(matches!(second, Some(version) if version != 10));
    }
}
