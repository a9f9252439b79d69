//! Articles that satisfy operators on places: those of a query that have the words, and have them so.

use std::sync::Arc;

use tantivy::query::{EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED};

use super::{SpanReader, SpanTree};
use crate::index::Fields;
use crate::search::exact::WordFields;
use crate::search::first::Engine;

/// The articles that satisfy a tree of operators, scored by their words.
#[derive(Debug)]
pub(in crate::search) struct SpanQuery {
    candidates: Engine,
    tree: Arc<SpanTree>,
    fields: Fields,
}

impl SpanQuery {
    pub(in crate::search) fn new(tree: Arc<SpanTree>, fields: &Fields) -> Self {
        Self { candidates: tree.candidates(&WordFields::of(fields)), tree, fields: *fields }
    }
}

impl Clone for SpanQuery {
    fn clone(&self) -> Self {
        Self { candidates: self.candidates.box_clone(), tree: self.tree.clone(), fields: self.fields }
    }
}

impl Query for SpanQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let inner = self.candidates.weight(scoring)?;
        Ok(Box::new(SpanWeight { inner, tree: self.tree.clone(), fields: self.fields }))
    }
}

struct SpanWeight {
    inner: Box<dyn Weight>,
    tree: Arc<SpanTree>,
    fields: Fields,
}

impl Weight for SpanWeight {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let inner = self.inner.scorer(segment, boost)?;
        let mut scorer = SpanScorer { inner, spans: SpanReader::open(self.tree.clone(), &self.fields, segment)? };
        let first = scorer.inner.doc();
        scorer.matching_from(first);
        Ok(Box::new(scorer))
    }

    fn explain(&self, segment: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        self.inner.explain(segment, doc)
    }
}

struct SpanScorer {
    inner: Box<dyn Scorer>,
    spans: SpanReader,
}

impl SpanScorer {
    /// Goes on from a candidate to the first that matches.
    fn matching_from(&mut self, mut article: DocId) -> DocId {
        while article != TERMINATED && !self.spans.matches(article) {
            article = self.inner.advance();
        }
        article
    }
}

impl DocSet for SpanScorer {
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

impl Scorer for SpanScorer {
    fn score(&mut self) -> Score {
        self.inner.score()
    }
}
