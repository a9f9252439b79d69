//! Evaluates a tree in the articles of a segment, from postings and columns.

use std::sync::Arc;

use tantivy::{DocId, SegmentReader};

use super::SpanTree;
use super::evaluate::{Evaluator, Node, Span};
use crate::index::{Bounds, BoundsReader, CapitalsReader, Fields};
use crate::query::Reach;
use crate::search::checked::Check;
use crate::search::exact::{WordFields, WordPostings};

/// A tree in a segment.
pub(in crate::search) struct SpanReader {
    tree: Arc<SpanTree>,
    /// By leaf, phrase and offset.
    postings: Vec<Vec<Vec<Vec<WordPostings>>>>,
    /// The positions in an article, in the same structure.
    positions: Vec<Vec<Vec<Vec<u32>>>>,
    leaves: Vec<Vec<Span>>,
    /// Whether sentences and paragraphs are needed, and other bounds.
    needs: (bool, bool),
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
        let words = WordFields::of(fields);
        let mut postings = Vec::with_capacity(tree.leaves.len());
        for leaf in &tree.leaves {
            let mut of_leaf = Vec::with_capacity(leaf.phrases.len());
            for phrase in &leaf.phrases {
                let mut of_phrase = Vec::with_capacity(phrase.places.len());
                for (_, terms) in &phrase.places {
                    let mut of_place = Vec::with_capacity(terms.len());
                    for term in terms {
                        of_place.extend(WordPostings::open(&words, segment, term)?);
                    }
                    of_phrase.push(of_place);
                }
                of_leaf.push(of_phrase);
            }
            postings.push(of_leaf);
        }
        let shape = |leaf: &Vec<Vec<Vec<WordPostings>>>| leaf.iter().map(|p| vec![Vec::new(); p.len()]).collect();
        Ok(Self {
            positions: postings.iter().map(shape).collect(),
            leaves: vec![Vec::new(); postings.len()],
            postings,
            needs: needs(&tree),
            columns: BoundsReader::open(segment, fields)?,
            capitals: match tree.leaves.iter().any(|leaf| leaf.capitals) {
                true => Some(CapitalsReader::open(segment, fields)?),
                false => None,
            },
            in_capitals: Vec::new(),
            bounds: Bounds::default(),
            evaluator: Evaluator::default(),
            buffer: Vec::new(),
            tree,
        })
    }

    /// Calls `sink` with the start positions of non-overlapping matches in an article.
    pub(in crate::search) fn starts(&mut self, article: DocId, sink: &mut impl FnMut(u32)) {
        self.evaluate(article, false);
        self.evaluator.apart().for_each(|span| sink(span.start));
    }

    /// Finds the matches in an article, or only whether there is one. Articles must be requested in ascending order.
    fn evaluate(&mut self, article: DocId, first: bool) -> bool {
        self.read(article);
        let found = !self.evaluator.matches(&self.tree.nodes, &self.leaves, &self.bounds, first).is_empty();
        if self.evaluator.is_cut() {
            self.tree.cut.raise();
        }
        found
    }

    fn read(&mut self, article: DocId) {
        for ((leaf, postings), (positions, spans)) in
            self.tree.leaves.iter().zip(&mut self.postings).zip(self.positions.iter_mut().zip(&mut self.leaves))
        {
            for (postings, positions) in postings.iter_mut().flatten().zip(positions.iter_mut().flatten()) {
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
            leaf.spans_into(positions, spans);
        }
        self.keep_capitals(article);
        if let (units, zones) = self.needs
            && (units || zones)
        {
            self.columns.read(article, units, zones, &mut self.bounds);
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

impl Check for SpanReader {
    fn matches(&mut self, article: DocId) -> bool {
        self.evaluate(article, true)
    }
}

/// Whether a tree needs sentences and paragraphs, and other bounds.
fn needs(tree: &SpanTree) -> (bool, bool) {
    let units =
        |node: &Node| matches!(node, Node::Near(pair) | Node::Apart(pair) if !matches!(pair.reach, Reach::Words(_)));
    let zones = |node: &Node| matches!(node, Node::Within(..));
    (tree.nodes.iter().any(units), tree.nodes.iter().any(zones))
}
