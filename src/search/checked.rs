//! The articles of a query that pass a check on their positions, scored as the query scores them.

use tantivy::query::Scorer;
use tantivy::{DocId, DocSet, Score, TERMINATED};

/// Tells of an article whether it matches; articles come in ascending order.
pub(super) trait Check: Send + Sync + 'static {
    /// Whether the article matches.
    fn matches(&mut self, article: DocId) -> bool;
}

/// The articles of `inner` that pass `check`.
pub(super) struct CheckedScorer<C> {
    inner: Box<dyn Scorer>,
    check: C,
}

impl<C: Check> CheckedScorer<C> {
    /// Stands at the first article that matches.
    pub(super) fn new(inner: Box<dyn Scorer>, check: C) -> Self {
        let mut scorer = Self { inner, check };
        let first = scorer.inner.doc();
        scorer.matching_from(first);
        scorer
    }

    /// Goes on from an article of `inner` to the first that matches.
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
