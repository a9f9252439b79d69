//! Collection statistics for scores.

use tantivy::Term;
use tantivy::query::Bm25StatisticsProvider;
use tantivy::schema::Field;

use crate::error::Error;
use crate::index::Reader;

/// Mean length of a headline, byline or section, used in the first phase. The second phase scores from positions, so a
/// constant is enough; an exact mean would need a column for each.
const FACT_WORDS_MEAN: u64 = 8;

/// The parameters of BM25.
#[derive(Debug, Clone, Copy)]
pub(super) struct Saturation {
    pub(super) k1: f32,
    pub(super) b: f32,
}

impl Saturation {
    /// The length normalisation in the denominator, for this ratio of the length to the mean.
    pub(super) fn norm(&self, length: f32) -> f32 {
        self.k1 * (1.0 - self.b + self.b * length)
    }

    /// The saturated frequency.
    pub(super) fn of(&self, frequency: f32, norm: f32) -> f32 {
        frequency * (self.k1 + 1.0) / (frequency + norm)
    }
}

/// Collection statistics for BM25, exact in spite of deletions and merges. Only articles count, not skips or source
/// files.
pub(super) struct Statistics<'a> {
    pub(super) reader: &'a Reader,
    /// Number of articles.
    pub(super) articles: u64,
    words: u64,
    /// Mean article length in words.
    pub(super) article_words: f32,
    /// Mean passage length in words.
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

    /// The inverse document frequency of a term in `articles_with` articles.
    pub(super) fn idf(&self, articles_with: u64) -> f32 {
        let with = articles_with.min(self.articles) as f32;
        (1.0 + (self.articles as f32 - with + 0.5) / (with + 0.5)).ln()
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
        // Never more than there are articles, for terms of any field.
        Ok(self.reader.documents_with(term, |_| true)?.unwrap_or(0).min(self.articles.max(1)))
    }
}
