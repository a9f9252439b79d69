//! The figures of the collection that scores need.

use tantivy::Term;
use tantivy::query::Bm25StatisticsProvider;
use tantivy::schema::Field;

use super::constants::{FEEDBACK_B, FEEDBACK_K1};
use crate::error::Error;
use crate::index::Reader;

/// Words of a headline, byline or section, as the first phase takes them. The second phase scores what was found in
/// them from positions, so that a constant will do: an exact mean would need a column for each.
const FACT_WORDS_MEAN: u64 = 8;

/// The figures of the collection that BM25 needs, exact whatever was deleted and merged: articles count, skips and
/// source files do not.
pub(super) struct Statistics<'a> {
    reader: &'a Reader,
    articles: u64,
    words: u64,
    /// Mean length of an article in words.
    pub(super) article_words: f32,
    /// Mean length of a passage in words.
    pub(super) passage_words: f32,
}

impl<'a> Statistics<'a> {
    pub(super) fn new(reader: &'a Reader) -> Result<Self, Error> {
        let collection = reader.collection()?;
        let mean = |count: u64| (collection.words as f32 / count.max(1) as f32).max(1.0);
        Ok(Self {
            reader,
            articles: collection.articles,
            words: collection.words,
            article_words: mean(collection.articles),
            passage_words: mean(collection.passages),
        })
    }

    /// BM25's weight of a term that is in `articles_with` articles.
    pub(super) fn idf(&self, articles_with: u64) -> f32 {
        let with = articles_with.min(self.articles) as f32;
        (1.0 + (self.articles as f32 - with + 0.5) / (with + 0.5)).ln()
    }

    /// What BM25 adds to a term's frequency below the fraction, for the model's terms in an article of so many words.
    pub(super) fn feedback_norm(&self, words: u32) -> f32 {
        FEEDBACK_K1 * (1.0 - FEEDBACK_B + FEEDBACK_B * words as f32 / self.article_words)
    }

    /// How many articles have a term.
    pub(super) fn articles_with(&self, term: &Term) -> Result<u64, Error> {
        self.reader.documents_with(term).map_err(|e| self.reader.failed(e))
    }

    /// How many articles there are.
    pub(super) fn articles(&self) -> u64 {
        self.articles
    }
}

impl Bm25StatisticsProvider for Statistics<'_> {
    fn total_num_tokens(&self, field: Field) -> tantivy::Result<u64> {
        Ok(if field == self.reader.fields().terms { self.words } else { self.articles * FACT_WORDS_MEAN })
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        Ok(self.articles.max(1))
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        // Never more than there are articles, whatever field the term is of.
        Ok(self.reader.documents_with(term)?.min(self.articles.max(1)))
    }
}
