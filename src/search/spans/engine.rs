//! Articles that satisfy proximity operators: a query for the words, filtered by their positions.

use std::sync::Arc;

use tantivy::query::{EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, Score, SegmentReader};

use super::{SpanReader, SpanTree};
use crate::index::Fields;
use crate::search::checked::CheckedScorer;
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
        let spans = SpanReader::open(self.tree.clone(), &self.fields, segment)?;
        Ok(Box::new(CheckedScorer::new(self.inner.scorer(segment, boost)?, spans)))
    }

    fn explain(&self, segment: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        self.inner.explain(segment, doc)
    }
}
