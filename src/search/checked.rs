//! Articles of a query that pass a check of positions, with the score of the query.

use std::sync::Arc;

use tantivy::query::{EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED};

use super::engine::Engine;
use super::spans::{SpanReader, SpanTree};
use crate::index::Fields;

/// The articles of `inner` that satisfy a tree of operators.
///
/// Without a tree, the articles of `inner`, for use in an exclusion: Tantivy asks an excluded phrase about articles before
/// the one it has reached, which its scorer does not support. This one only seeks forward.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) inner: Engine,
    pub(super) tree: Option<Arc<SpanTree>>,
    pub(super) fields: Fields,
}

impl Clone for Checked {
    fn clone(&self) -> Self {
        Self { inner: self.inner.box_clone(), tree: self.tree.clone(), fields: self.fields }
    }
}

impl Query for Checked {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let inner = self.inner.weight(scoring)?;
        Ok(Box::new(CheckedWeight { inner, tree: self.tree.clone(), fields: self.fields }))
    }
}

struct CheckedWeight {
    inner: Box<dyn Weight>,
    tree: Option<Arc<SpanTree>>,
    fields: Fields,
}

impl Weight for CheckedWeight {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let inner = self.inner.scorer(segment, boost)?;
        let spans = self.tree.clone().map(|tree| SpanReader::open(tree, &self.fields, segment)).transpose()?;
        let mut scorer = CheckedScorer { inner, spans };
        let first = scorer.doc();
        scorer.matching_from(first);
        Ok(Box::new(scorer))
    }

    fn explain(&self, segment: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        self.inner.explain(segment, doc)
    }
}

struct CheckedScorer {
    inner: Box<dyn Scorer>,
    spans: Option<SpanReader>,
}

impl CheckedScorer {
    /// Advances from an article of `inner` to the first that matches.
    fn matching_from(&mut self, mut article: DocId) -> DocId {
        if let Some(spans) = &mut self.spans {
            while article != TERMINATED && !spans.matches(article) {
                article = self.inner.advance();
            }
        }
        article
    }
}

impl DocSet for CheckedScorer {
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

impl Scorer for CheckedScorer {
    fn score(&mut self) -> Score {
        self.inner.score()
    }
}
