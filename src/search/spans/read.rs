//! Evaluates a tree in the articles of a segment, from postings and columns.

use std::sync::Arc;

use tantivy::{DocId, SegmentReader};

use super::SpanTree;
use super::evaluate::{Evaluator, Node, Span};
use crate::index::{Bounds, BoundsReader, CapitalsReader, Fields};
use crate::query::Reach;
use crate::search::word_postings::WordPostings;

/// A tree in a segment.
pub(in crate::search) struct SpanReader {
    tree: Arc<SpanTree>,
    /// By place.
    postings: Vec<Vec<WordPostings>>,
    /// The positions in an article, by place.
    positions: Vec<Vec<u32>>,
    /// The spans in an article, by leaf.
    leaves: Vec<Vec<Span>>,
    /// Whether sentences and paragraphs are needed.
    needs_units: bool,
    /// Whether the parts of the article are needed.
    needs_zones: bool,
    columns: BoundsReader,
    /// For leaves in capitals.
    capitals: Option<CapitalsReader>,
    in_capitals: Vec<u32>,
    bounds: Bounds,
    evaluator: Evaluator,
    buffer: Vec<u32>,
}

impl SpanReader {
    pub(in crate::search) fn open(
        tree: Arc<SpanTree>,
        fields: &Fields,
        segment: &SegmentReader,
    ) -> tantivy::Result<Self> {
        let mut postings = Vec::with_capacity(tree.places.len());
        for terms in &tree.places {
            let opened = terms.iter().filter_map(|term| WordPostings::open(fields, segment, term).transpose());
            postings.push(opened.collect::<tantivy::Result<Vec<_>>>()?);
        }
        let by_units = |node: &Node| matches!(node, Node::Near(pair) | Node::Apart(pair) if !matches!(pair.reach, Reach::Words(_)));
        let capitals = tree.leaves.iter().any(|leaf| leaf.capitals);
        Ok(Self {
            positions: vec![Vec::new(); postings.len()],
            leaves: vec![Vec::new(); tree.leaves.len()],
            postings,
            needs_units: tree.nodes.iter().any(by_units),
            needs_zones: tree.nodes.iter().any(|node| matches!(node, Node::Within(..))),
            columns: BoundsReader::open(segment, fields)?,
            capitals: capitals.then(|| CapitalsReader::open(segment, fields)).transpose()?,
            in_capitals: Vec::new(),
            bounds: Bounds::default(),
            evaluator: Evaluator::default(),
            buffer: Vec::new(),
            tree,
        })
    }

    /// Whether an article matches. Articles must be requested in ascending order.
    pub(in crate::search) fn matches(&mut self, article: DocId) -> bool {
        self.evaluate(article, true)
    }

    /// Calls `sink` with the start positions of non-overlapping matches in an article. Articles must be requested in
    /// ascending order.
    pub(in crate::search) fn starts(&mut self, article: DocId, sink: &mut impl FnMut(u32)) {
        self.evaluate(article, false);
        self.evaluator.apart().for_each(|span| sink(span.start));
    }

    /// Finds the matches in an article, or only whether there is one.
    fn evaluate(&mut self, article: DocId, first: bool) -> bool {
        self.read(article);
        let found = !self.evaluator.matches(&self.tree.nodes, &self.leaves, &self.bounds, first).is_empty();
        if self.evaluator.is_cut() {
            self.tree.cut.raise();
        }
        found
    }

    fn read(&mut self, article: DocId) {
        for (postings, positions) in self.postings.iter_mut().zip(&mut self.positions) {
            match postings.as_mut_slice() {
                [] => positions.clear(),
                [only] => only.positions(article, positions),
                several => {
                    positions.clear();
                    for postings in several {
                        postings.positions(article, &mut self.buffer);
                        positions.extend(&self.buffer);
                    }
                    positions.sort_unstable();
                    positions.dedup();
                }
            }
        }
        for (leaf, spans) in self.tree.leaves.iter().zip(&mut self.leaves) {
            leaf.spans(&self.positions, spans);
        }
        self.keep_capitals(article);
        if self.needs_units || self.needs_zones {
            self.columns.read(article, self.needs_units, self.needs_zones, &mut self.bounds);
        }
    }

    /// Drops matches of leaves in capitals that are not; the text is read only if there are any.
    fn keep_capitals(&mut self, article: DocId) {
        let Some(reader) = &mut self.capitals else { return };
        let leaves = self.tree.leaves.iter().zip(&mut self.leaves);
        let leaves = leaves.filter(|(leaf, spans)| leaf.capitals && !spans.is_empty());
        for (place, (_, spans)) in leaves.enumerate() {
            if place == 0 {
                reader.read(article, &mut self.in_capitals);
            }
            let positions = &self.in_capitals;
            spans.retain(|span| (span.start..=span.end).all(|at| positions.binary_search(&at).is_ok()));
        }
    }
}
