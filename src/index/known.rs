//! The documents of a source file in the index, so that unchanged ones need not be written again.

use tantivy::columnar::{Column, StrColumn};
use tantivy::{SegmentReader, Term};

use super::reader::{Reader, string_of};
use super::schema::Kind;
use crate::error::Error;

/// The columns that identify documents, opened once for all source files.
pub struct Known<'r> {
    reader: &'r Reader,
    segments: Vec<Columns<'r>>,
}

impl std::fmt::Debug for Known<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Known").field("segments", &self.segments.len()).finish_non_exhaustive()
    }
}

struct Columns<'r> {
    segment: &'r SegmentReader,
    kind: Column<u64>,
    version: Column<u64>,
    record: Column<u64>,
    part: Column<u64>,
    inner: Option<StrColumn>,
}

/// The documents of a source file in the index that have not been matched yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownFile {
    /// Place and version of articles and skips, sorted, and whether each is an article.
    documents: Vec<(u64, u64, bool)>,
    /// Which of them have been matched.
    done: Vec<bool>,
    /// Versions of the file document: one if the file was read completely.
    files: Vec<u64>,
}

/// Hash of a place in a source file: the path inside a container, the record and its part.
pub fn place_hash(inner: &str, record: u64, part: u64) -> u64 {
    super::text_hash(&format!("{record}.{part}/{inner}"))
}

impl<'r> Known<'r> {
    /// Opens the columns.
    ///
    /// # Errors
    /// [`Error::Index`] when the index is damaged.
    pub fn new(reader: &'r Reader) -> Result<Self, Error> {
        let failed = |e| reader.failed(e);
        let mut segments = Vec::new();
        for segment in reader.searcher().segment_readers() {
            let columns = segment.fast_fields();
            segments.push(Columns {
                segment,
                kind: columns.u64("kind").map_err(failed)?,
                version: columns.u64("version").map_err(failed)?,
                record: columns.u64("record").map_err(failed)?,
                part: columns.u64("part").map_err(failed)?,
                inner: columns.str("inner").map_err(failed)?,
            });
        }
        Ok(Self { reader, segments })
    }

    /// The live documents of a source file.
    ///
    /// # Errors
    /// [`Error::Index`] when the index is damaged.
    pub fn file(&self, file: &str) -> Result<KnownFile, Error> {
        let mut known = KnownFile::default();
        let term = Term::from_field_text(self.reader.fields().file, file);
        for columns in &self.segments {
            for doc in self.reader.docs(columns.segment, &term)? {
                let Some(version) = columns.version.first(doc) else { continue };
                if columns.kind.first(doc) == Some(Kind::File as u64) {
                    known.files.push(version);
                    continue;
                }
                let inner = columns.inner.as_ref().map(|inner| string_of(inner, doc)).transpose();
                let inner = inner.map_err(|e| self.reader.failed(e.into()))?.flatten().unwrap_or_default();
                let number = |column: &Column<u64>| column.first(doc).unwrap_or(0);
                let place = place_hash(&inner, number(&columns.record), number(&columns.part));
                known.documents.push((place, version, columns.kind.first(doc) == Some(Kind::Article as u64)));
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

    /// Marks a document as unchanged. Returns whether it exists.
    pub fn keep(&mut self, place: u64, version: u64) -> bool {
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
        let mut known = KnownFile { done: vec![false; documents.len()], documents, files: Vec::new() };
        assert!(known.keep(1, 10));
        assert!(!known.keep(1, 10) && !known.keep(2, 10));
        assert_eq!(known.replaced(1), [11]);
        assert!(known.replaced(1).is_empty());
        assert!(known.replaced(9).is_empty());
        assert_eq!((known.articles(), known.rest_of_skips()), (4, (vec![40], 2)));
        assert_eq!(known.rest(), [20, 30]);
        assert!(known.rest().is_empty());
    }
}
