//! The figures of the collection, exact whatever was deleted and merged: deleted documents do not count before a
//! merge, and Tantivy's estimate of lengths does not count after one.

use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, SegmentReader, TERMINATED, Term};

use super::reader::Reader;
use super::schema::Kind;
use crate::error::Error;

/// Values of a column that are read at once.
const BLOCK: usize = 4096;

/// A posting list of so many times the deleted documents is not walked; the deleted are looked for in it instead.
const SEEK_FACTOR: u32 = 16;

/// What BM25 needs to know of all articles, and what was deleted from under the postings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Collection {
    /// Articles.
    pub(crate) articles: u64,
    /// Their tokens, as the engine counts them for lengths.
    pub(crate) words: u64,
    /// Their passages.
    pub(crate) passages: u64,
    /// The deleted documents of each segment, in their order.
    deleted: Vec<Vec<DocId>>,
}

impl Reader {
    /// The figures of the collection, read once from columns.
    ///
    /// # Errors
    /// [`Error::Index`] when the index is damaged.
    pub(crate) fn collection(&self) -> Result<&Collection, Error> {
        self.collection_read().map_err(|e| self.failed(e))
    }

    fn collection_read(&self) -> tantivy::Result<&Collection> {
        if let Some(known) = self.collection.get() {
            return Ok(known);
        }
        let read = self.read_collection()?;
        Ok(self.collection.get_or_init(|| read))
    }

    fn read_collection(&self) -> tantivy::Result<Collection> {
        let mut all = Collection::default();
        for segment in self.searcher().segment_readers() {
            let deleted = deleted(segment);
            let words = segment.fast_fields().u64("words")?;
            let passages = segment.fast_fields().u64("passages")?;
            all.words += sum(&*words.values);
            let mut articles = doc_freq(segment, &Term::from_field_u64(self.fields().kind, Kind::Article as u64))?;
            // An article has one bound more than it has passages.
            let mut bounds = u64::from(passages.values.num_vals());
            for doc in &deleted {
                // Only articles have words.
                if let Some(count) = words.first(*doc) {
                    articles -= 1;
                    all.words -= count;
                    bounds -= passages.values_for_doc(*doc).count() as u64;
                }
            }
            all.articles += articles;
            all.passages += bounds.saturating_sub(articles);
            all.deleted.push(deleted);
        }
        Ok(all)
    }

    /// How many live documents have a term; none as soon as `may` is false of those counted so far, the largest
    /// segments first.
    pub(crate) fn documents_with(&self, term: &Term, may: impl Fn(u64) -> bool) -> tantivy::Result<Option<u64>> {
        let collection = self.collection_read()?;
        let mut segments: Vec<_> = self.searcher().segment_readers().iter().zip(&collection.deleted).collect();
        segments.sort_by_key(|(segment, _)| std::cmp::Reverse(segment.max_doc()));
        let mut count = 0;
        for (segment, deleted) in segments {
            count += if deleted.is_empty() { doc_freq(segment, term)? } else { live_with(segment, term, deleted)? };
            if !may(count) {
                return Ok(None);
            }
        }
        Ok(Some(count))
    }
}

fn doc_freq(segment: &SegmentReader, term: &Term) -> tantivy::Result<u64> {
    Ok(u64::from(segment.inverted_index(term.field())?.doc_freq(term)?))
}

fn live_with(segment: &SegmentReader, term: &Term, deleted: &[DocId]) -> tantivy::Result<u64> {
    let inverted = segment.inverted_index(term.field())?;
    let Some(mut postings) = inverted.read_postings(term, IndexRecordOption::Basic)? else { return Ok(0) };
    let all = postings.doc_freq();
    if (deleted.len() as u32).saturating_mul(SEEK_FACTOR) > all {
        let mut live = 0;
        while postings.doc() != TERMINATED {
            live += u64::from(!segment.is_deleted(postings.doc()));
            postings.advance();
        }
        return Ok(live);
    }
    let mut gone = 0;
    for doc in deleted {
        if postings.doc() < *doc {
            postings.seek(*doc);
        }
        gone += u64::from(postings.doc() == *doc);
    }
    Ok(u64::from(all) - gone)
}

fn deleted(segment: &SegmentReader) -> Vec<DocId> {
    match segment.alive_bitset() {
        Some(alive) if segment.has_deletes() => (0..segment.max_doc()).filter(|doc| alive.is_deleted(*doc)).collect(),
        _ => Vec::new(),
    }
}

fn sum(values: &dyn tantivy::columnar::ColumnValues<u64>) -> u64 {
    let (count, mut total, mut block) = (values.num_vals(), 0, [0u64; BLOCK]);
    let mut start = 0;
    while start < count {
        let length = (count - start).min(BLOCK as u32);
        let block = &mut block[..length as usize];
        values.get_range(u64::from(start), block);
        total += block.iter().sum::<u64>();
        start += length;
    }
    total
}
