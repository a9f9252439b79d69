//! Articles of a query that pass a check of positions, with the score of the query.

use tantivy::query::{EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED};

use super::first::Engine;

/// Checks articles, which come in ascending order.
pub(super) trait Check: Send + Sync + 'static {
    /// Whether the article matches.
    fn matches(&mut self, article: DocId) -> bool;
}

/// A scorer for the articles of `inner` that pass `check`.
pub(super) struct CheckedScorer<C> {
    inner: Box<dyn Scorer>,
    check: C,
}

impl<C: Check> CheckedScorer<C> {
    /// Positions the scorer at the first article that matches.
    pub(super) fn new(inner: Box<dyn Scorer>, check: C) -> Self {
        let mut scorer = Self { inner, check };
        let first = scorer.inner.doc();
        scorer.matching_from(first);
        scorer
    }

    /// Advances `inner` from an article to the first that matches.
    fn matching_from(&mut self, mut article: DocId) -> DocId {
        while article != TERMINATED && !self.check.matches(article) {
            article = self.inner.advance();
        }
        article
    }
}

impl<C: Check> DocSet for CheckedScorer<C> {
    fn advance(&mut self) -> DocId {
        let next = self.inner.advance();
        self.matching_from(next)
    }

    fn seek(&mut self, target: DocId) -> DocId {
        let next = self.inner.seek(target);
        self.matching_from(next)
    }

    fn doc(&self) -> DocId {
        self.inner.doc()
    }

    fn size_hint(&self) -> u32 {
        self.inner.size_hint()
    }
}

impl<C: Check> Scorer for CheckedScorer<C> {
    fn score(&mut self) -> Score {
        self.inner.score()
    }
}

/// A query for use in an exclusion, with the articles of `inner`.
///
/// The engine asks an excluded phrase about articles before the one it has reached, which its scorer does not support.
/// This one only seeks forward.
#[derive(Debug)]
pub(super) struct Excluded(pub(super) Engine);

impl Clone for Excluded {
    fn clone(&self) -> Self {
        Self(self.0.box_clone())
    }
}

impl Query for Excluded {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(ExcludedWeight(self.0.weight(scoring)?)))
    }
}

struct ExcludedWeight(Box<dyn Weight>);

impl Weight for ExcludedWeight {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        Ok(Box::new(CheckedScorer::new(self.0.scorer(segment, boost)?, Every)))
    }

    fn explain(&self, segment: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        self.0.explain(segment, doc)
    }
}

/// Passes every article.
struct Every;

impl Check for Every {
    fn matches(&mut self, _: DocId) -> bool {
        true
    }
}
