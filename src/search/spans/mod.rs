//! Proximity operators: `w/5`, `w/s`, `not w/p`, `atleast3`, `hlead`, `/F50/` and their operands.
//!
//! One evaluator decides whether an article matches, how often, and what is highlighted. It uses the positions of
//! words: from postings in search, and from the tokens of a text in highlighting.

mod build;
mod engine;
mod evaluate;
mod read;

pub(super) use build::Lookup;
pub(super) use engine::SpanQuery;
pub(super) use read::SpanReader;

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use evaluate::{Evaluator, Node, Span};

use super::exact::phrase_starts;
use crate::analysis::{Form, Token, stands_in_capitals};
use crate::index::Bounds;

/// An operator tree.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct SpanTree {
    /// Nodes; children precede their parents, and the root is the last.
    nodes: Vec<Node>,
    leaves: Vec<Leaf>,
    cut: PairsCut,
}

/// Whether an article had more pairs for an operator than are looked at, wherever its query ran.
#[derive(Debug, Clone, Default)]
pub(super) struct PairsCut(Arc<AtomicBool>);

impl PairsCut {
    pub(super) fn is_raised(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn raise(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl PartialEq for PairsCut {
    /// What is looked for does not depend on it.
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// A word, phrase or pattern: any of these phrases.
#[derive(Debug, Clone, PartialEq, Default)]
struct Leaf {
    phrases: Vec<Phrase>,
    /// Whether its words must be in capitals.
    capitals: bool,
    /// Its weight, without inverse document frequency.
    weight: f32,
}

/// Words in order, with alternative terms at each offset, and at most `slop` others in between.
#[derive(Debug, Clone, PartialEq, Default)]
struct Phrase {
    places: Vec<(u32, Vec<String>)>,
    slop: u32,
}

impl SpanTree {
    /// The weight of a match from the weights of its terms: those of required parts add up, and of alternatives, the
    /// rarest counts.
    pub(super) fn weight<E>(&self, idf: &mut impl FnMut(&[String]) -> Result<f32, E>) -> Result<f32, E> {
        let mut weights: Vec<f32> = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            weights.push(match node {
                Node::Leaf(leaf) => self.leaves[*leaf].idf(idf)?,
                Node::Any(children) => children.iter().map(|child| weights[*child]).fold(0.0, f32::max),
                Node::Near(pair) => weights[pair.left] + weights[pair.right],
                Node::Apart(pair) => weights[pair.left],
                Node::AtLeast(child, _) | Node::Within(child, _) => weights[*child],
            });
        }
        Ok(weights.last().copied().unwrap_or(0.0))
    }

    /// Byte ranges of matches in a text, from its tokens in order.
    pub(super) fn marks(&self, bounds: &Bounds, mut seen: Seen) -> Vec<Range<usize>> {
        // A joined form comes after the words it joins, at the position of the first.
        seen.tokens.sort_unstable_by_key(|(position, bytes)| (*position, bytes.end));
        seen.leaves.iter_mut().flatten().flatten().for_each(|positions| {
            positions.sort_unstable();
            positions.dedup();
        });
        let leaves: Vec<Vec<Span>> =
            self.leaves.iter().zip(&seen.leaves).map(|(leaf, seen)| leaf.spans(seen)).collect();
        let mut evaluator = Evaluator::default();
        evaluator.matches(&self.nodes, &leaves, bounds, false);
        let mut marks = Vec::new();
        evaluator.marks(&self.nodes, bounds, &mut |_, span| {
            let from = seen.tokens.partition_point(|(position, _)| *position < span.start);
            let within = seen.tokens[from..].iter().take_while(|(position, _)| *position <= span.end);
            let (mut start, mut end) = (usize::MAX, 0);
            for (_, bytes) in within {
                (start, end) = (start.min(bytes.start), end.max(bytes.end));
            }
            if start < end {
                marks.push(start..end);
            }
        });
        marks
    }

    /// Collects the tokens of a text that are in the tree.
    pub(super) fn watch(&self) -> Seen {
        let leaf = |leaf: &Leaf| leaf.phrases.iter().map(|phrase| vec![Vec::new(); phrase.places.len()]).collect();
        Seen { tokens: Vec::new(), leaves: self.leaves.iter().map(leaf).collect() }
    }
}

/// Tokens of a text that are in a tree.
pub(super) struct Seen {
    /// Position and byte range of each token.
    tokens: Vec<(u32, Range<usize>)>,
    /// Positions by leaf, phrase and offset.
    leaves: Vec<Vec<Vec<Vec<u32>>>>,
}

impl Seen {
    /// Adds the next token.
    pub(super) fn token(&mut self, tree: &SpanTree, token: &Token<'_>, text: &str) {
        let mut is_seen = false;
        for (leaf, seen) in tree.leaves.iter().zip(&mut self.leaves) {
            if leaf.capitals && !stands_in_capitals(text, token.start..token.end) {
                continue;
            }
            for (phrase, seen) in leaf.phrases.iter().zip(seen) {
                for ((_, terms), seen) in phrase.places.iter().zip(seen) {
                    if terms.iter().any(|term| Form::of(term).is(token.term(), token.folded())) {
                        seen.push(token.position);
                        is_seen = true;
                    }
                }
            }
        }
        if is_seen {
            self.tokens.push((token.position, token.start..token.end));
        }
    }
}

impl Leaf {
    /// The spans of a leaf, from the positions of each offset of each phrase, sorted. Of spans that begin at the same
    /// word, only the longest is used, so that a word that matches in two ways counts once.
    fn spans(&self, positions: &[Vec<Vec<u32>>]) -> Vec<Span> {
        let mut spans = Vec::new();
        self.spans_into(positions, &mut spans);
        spans
    }

    fn spans_into(&self, positions: &[Vec<Vec<u32>>], spans: &mut Vec<Span>) {
        spans.clear();
        if let ([_], [positions]) = (self.phrases.as_slice(), positions)
            && let [positions] = positions.as_slice()
        {
            // A single word: its positions are in order, each once.
            spans.extend(positions.iter().map(|at| Span { start: *at, end: *at }));
            return;
        }
        for (phrase, positions) in self.phrases.iter().zip(positions) {
            let offsets: Vec<u32> = phrase.places.iter().map(|(offset, _)| *offset).collect();
            phrase_starts(&offsets, positions, phrase.slop, &mut |start, end| spans.push(Span { start, end }));
        }
        spans.sort_unstable_by_key(|span| (span.start, u32::MAX - span.end));
        spans.dedup_by_key(|span| span.start);
    }

    fn idf<E>(&self, idf: &mut impl FnMut(&[String]) -> Result<f32, E>) -> Result<f32, E> {
        let mut most = 0.0f32;
        for phrase in &self.phrases {
            let mut sum = 0.0;
            for (_, terms) in &phrase.places {
                sum += idf(terms)?;
            }
            most = most.max(sum);
        }
        Ok(most * self.weight)
    }
}
