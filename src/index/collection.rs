//! Exact statistics of the collection. Tantivy counts deleted documents until a merge, and estimates lengths after one.
//! Each commit stores its totals, so that a query need not compute them.

use std::collections::BTreeSet;
use std::ops::{AddAssign, Sub};

use serde::{Deserialize, Serialize};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, Searcher, SegmentReader, TERMINATED, Term};

use super::schema::{Fields, Kind};

/// The totals of a commit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Totals {
    /// Number of articles.
    pub(super) articles: u64,
    /// Number of tokens, as counted by Tantivy for lengths.
    pub(super) words: u64,
    /// Number of passages.
    pub(super) passages: u64,
}

impl Totals {
    /// The totals as stored in a commit.
    pub(super) fn to_json(self) -> String {
        serde_json::to_string(&self).expect("totals are plain data")
    }

    /// Parses the totals of a commit; none if they are invalid.
    pub(super) fn read(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }
}

impl AddAssign for Totals {
    fn add_assign(&mut self, other: Self) {
        self.articles += other.articles;
        self.words += other.words;
        self.passages += other.passages;
    }
}

impl Sub for Totals {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self {
            articles: self.articles.saturating_sub(other.articles),
            words: self.words.saturating_sub(other.words),
            passages: self.passages.saturating_sub(other.passages),
        }
    }
}

/// Computes the totals of a searcher from its columns.
pub(super) fn counted(searcher: &Searcher, fields: &Fields) -> tantivy::Result<Totals> {
    let mut totals = Totals::default();
    for segment in searcher.segment_readers() {
        let words = segment.fast_fields().u64("words")?;
        let passages = segment.fast_fields().u64("passages")?;
        totals.words += sum(&*words.values);
        let articles = doc_freq(segment, &Term::from_field_u64(fields.kind, Kind::Article as u64))?;
        totals.articles += articles;
        // An article has one more bound than passages.
        totals.passages += u64::from(passages.values.num_vals()).saturating_sub(articles);
        for doc in deleted(segment) {
            totals = totals - of_document(words.first(doc), passages.values_for_doc(doc).count());
        }
    }
    Ok(totals)
}

/// Computes the totals of live documents that contain one of these terms.
pub(super) fn counted_with(searcher: &Searcher, fields: &Fields, terms: &[Term]) -> tantivy::Result<Totals> {
    let mut totals = Totals::default();
    for segment in searcher.segment_readers() {
        let words = segment.fast_fields().u64("words")?;
        let passages = segment.fast_fields().u64("passages")?;
        let mut docs = BTreeSet::new();
        for field in [fields.file, fields.version] {
            let inverted = segment.inverted_index(field)?;
            for term in terms.iter().filter(|term| term.field() == field) {
                let Some(mut postings) = inverted.read_postings(term, IndexRecordOption::Basic)? else { continue };
                while postings.doc() != TERMINATED {
                    if !segment.is_deleted(postings.doc()) {
                        docs.insert(postings.doc());
                    }
                    postings.advance();
                }
            }
        }
        for doc in docs {
            totals += of_document(words.first(doc), passages.values_for_doc(doc).count());
        }
    }
    Ok(totals)
}

/// The totals of one document. Only articles have words; they have one more bound than passages.
fn of_document(words: Option<u64>, bounds: usize) -> Totals {
    let of_article = |words| Totals { articles: 1, words, passages: (bounds as u64).saturating_sub(1) };
    words.map(of_article).unwrap_or_default()
}

/// Number of column values read at once.
const BLOCK: usize = 4096;

/// A posting list this many times longer than the list of deleted documents is not scanned; each deleted document is
/// looked up in it instead.
const SEEK_FACTOR: u32 = 16;

/// Collection statistics for BM25, and the deleted documents that are still in posting lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Collection {
    /// Number of articles.
    pub(crate) articles: u64,
    /// Number of tokens, as counted by Tantivy for lengths.
    pub(crate) words: u64,
    /// Number of passages.
    pub(crate) passages: u64,
    /// Deleted documents of each segment, in order.
    deleted: Vec<Vec<DocId>>,
}

impl Collection {
    /// Reads the statistics of a searcher from its commit, or computes them if they are not there.
    pub(super) fn of(searcher: &Searcher, fields: &Fields) -> tantivy::Result<Self> {
        let Totals { articles, words, passages } = match stored_totals(searcher) {
            Some(totals) => totals,
            None => counted(searcher, fields)?,
        };
        let deleted = searcher.segment_readers().iter().map(deleted).collect();
        Ok(Self { articles, words, passages, deleted })
    }

    /// The document frequency of a term, without deleted documents. Segments are counted from the largest to the
    /// smallest; none as soon as `may` returns false for the count so far.
    pub(super) fn documents_with(
        &self,
        searcher: &Searcher,
        term: &Term,
        may: impl Fn(u64) -> bool,
    ) -> tantivy::Result<Option<u64>> {
        let mut segments: Vec<_> = searcher.segment_readers().iter().zip(&self.deleted).collect();
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

/// The totals stored in the commit; none if they are missing or belong to another commit.
fn stored_totals(searcher: &Searcher) -> Option<Totals> {
    let commit = searcher.index().load_metas().ok()?;
    let seen: BTreeSet<_> = searcher.segment_readers().iter().map(|s| (s.segment_id(), s.delete_opstamp())).collect();
    let listed: BTreeSet<_> = commit.segments.iter().map(|s| (s.id(), s.delete_opstamp())).collect();
    (seen == listed).then_some(())?;
    Totals::read(&commit.payload?)
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
