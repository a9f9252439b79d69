//! A cache of open columns: opening one costs as much as a thousand reads.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use tantivy::columnar::{Column, StrColumn};
use tantivy::index::SegmentId;
use tantivy::{DocId, SegmentReader};

use crate::analysis::Signature;

/// The open columns of all segments of a commit.
#[derive(Default)]
pub(super) struct Columns {
    strings: Opened<Option<StrColumn>>,
    naturals: Opened<Column<u64>>,
    integers: Opened<Column<i64>>,
}

/// Columns of one type, by segment and name.
struct Opened<T>(Mutex<BTreeMap<(SegmentId, &'static str), T>>);

impl<T> Default for Opened<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> Opened<T> {
    fn get(
        &self,
        segment: &SegmentReader,
        name: &'static str,
        open: impl FnOnce() -> tantivy::Result<T>,
    ) -> tantivy::Result<T> {
        let mut opened = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (segment.segment_id(), name);
        if let Some(known) = opened.get(&key) {
            return Ok(known.clone());
        }
        let column = open()?;
        opened.insert(key, column.clone());
        Ok(column)
    }
}

impl Columns {
    /// A string column; none if no document of the segment has a value.
    pub(super) fn str(&self, segment: &SegmentReader, name: &'static str) -> tantivy::Result<Option<StrColumn>> {
        self.strings.get(segment, name, || segment.fast_fields().str(name))
    }

    /// A column of unsigned integers.
    pub(super) fn u64(&self, segment: &SegmentReader, name: &'static str) -> tantivy::Result<Column<u64>> {
        self.naturals.get(segment, name, || segment.fast_fields().u64(name))
    }

    /// A column of signed integers.
    pub(super) fn i64(&self, segment: &SegmentReader, name: &'static str) -> tantivy::Result<Column<i64>> {
        self.integers.get(segment, name, || segment.fast_fields().i64(name))
    }
}

/// The passages of the articles of a segment.
#[derive(Debug, Clone)]
pub struct PassageColumn {
    pub(super) bounds: Column<u64>,
    pub(super) words: Column<u64>,
}

impl PassageColumn {
    /// Fills `starts` with the start position of each passage, and the end of the last.
    pub fn read(&self, article: DocId, starts: &mut Vec<u32>) {
        starts.clear();
        starts.extend(self.bounds.values_for_doc(article).map(|p| p as u32));
    }

    /// Fills `words` with the number of words of each passage. The first includes the headline.
    pub fn read_words(&self, article: DocId, words: &mut Vec<u32>) {
        words.clear();
        words.extend(self.words.values_for_doc(article).map(|w| w as u32));
    }
}

/// The copy signatures of the articles of a segment.
#[derive(Debug, Clone)]
pub struct SignatureColumn(pub(super) Column<u64>);

impl SignatureColumn {
    /// The signature of an article; none if its body is too short.
    pub fn read(&self, article: DocId) -> Option<Signature> {
        let rows = self.0.index.value_row_ids(article);
        let mut words = [0; Signature::WORDS];
        if rows.len() != words.len() {
            return None;
        }
        self.0.values.get_range(u64::from(rows.start), &mut words);
        Signature::from_words(&words)
    }
}
