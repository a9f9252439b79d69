//! Proximity operators: `w/5`, `w/s`, `not w/p`, `atleast3`, `hlead`, `/F50/` and their operands.
//!
//! One evaluator decides whether an article matches, how often, and what is highlighted. It uses the positions of
//! words: from postings in search, and from the tokens of a text in highlighting.

mod build;
mod evaluate;
mod read;

pub(super) use build::PhraseTerms;
pub(super) use read::SpanReader;

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use evaluate::{Evaluator, Node, Span};

use super::word_postings::phrase_starts;
use crate::analysis::{Form, Token, stands_in_capitals};
use crate::index::Bounds;

/// An operator tree.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct SpanTree {
    /// Nodes; children precede their parents, and the root is the last.
    nodes: Vec<Node>,
    leaves: Vec<Leaf>,
    /// The alternative terms at each place of each phrase.
    places: Vec<Vec<String>>,
    cut: PairsCut,
}

/// Whether an article had more pairs for an operator than are examined. All parts of a query share it.
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
    /// It is no part of what a tree matches.
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

/// Words in order, with at most `slop` others in between.
#[derive(Debug, Clone, PartialEq, Default)]
struct Phrase {
    /// Its places in the tree.
    places: Range<usize>,
    /// The offset of each.
    offsets: Vec<u32>,
    slop: u32,
}

impl SpanTree {
    /// The weight of a match from the weights of its terms: those of required parts add up, and of alternatives, the
    /// rarest counts.
    pub(super) fn weight<E>(&self, idf: &mut impl FnMut(&[String]) -> Result<f32, E>) -> Result<f32, E> {
        let mut weights: Vec<f32> = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            weights.push(match node {
                Node::Leaf(leaf) => self.leaf_weight(&self.leaves[*leaf], idf)?,
                Node::Any(children) => children.iter().map(|child| weights[*child]).fold(0.0, f32::max),
                Node::Near(pair) => weights[pair.left] + weights[pair.right],
                Node::Apart(pair) => weights[pair.left],
                Node::AtLeast(child, _) | Node::Within(child, _) => weights[*child],
            });
        }
        Ok(weights.last().copied().unwrap_or(0.0))
    }

    fn leaf_weight<E>(&self, leaf: &Leaf, idf: &mut impl FnMut(&[String]) -> Result<f32, E>) -> Result<f32, E> {
        let mut most = 0.0f32;
        for phrase in &leaf.phrases {
            let terms = self.places[phrase.places.clone()].iter();
            most = most.max(terms.map(|terms| idf(terms)).sum::<Result<f32, E>>()?);
        }
        Ok(most * leaf.weight)
    }

    /// Whether matches depend on other parts of the text: on distances, sentences or zones.
    pub(super) fn has_operators(&self) -> bool {
        self.nodes.len() > 1
    }

    /// Byte ranges of matches in a text, from its tokens in order.
    pub(super) fn marks(&self, bounds: &Bounds, mut seen: Seen) -> Vec<Range<usize>> {
        // A joined form comes after the words it joins, at the position of the first.
        seen.tokens.sort_unstable_by_key(|(position, bytes)| (*position, bytes.end));
        for positions in &mut seen.positions {
            positions.sort_unstable();
            positions.dedup();
        }
        let mut leaves: Vec<Vec<Span>> = vec![Vec::new(); self.leaves.len()];
        self.leaves.iter().zip(&mut leaves).for_each(|(leaf, spans)| leaf.spans(&seen.positions, spans));
        let mut evaluator = Evaluator::default();
        evaluator.matches(&self.nodes, &leaves, bounds, false);
        let mut marks = Vec::new();
        evaluator.marks(&self.nodes, bounds, &mut |span| {
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
        Seen { tokens: Vec::new(), positions: vec![Vec::new(); self.places.len()] }
    }
}

/// Tokens of a text that are in a tree.
pub(super) struct Seen {
    /// Position and byte range of each token.
    tokens: Vec<(u32, Range<usize>)>,
    /// Positions by place.
    positions: Vec<Vec<u32>>,
}

impl Seen {
    /// Adds the next token.
    pub(super) fn token(&mut self, tree: &SpanTree, token: &Token<'_>, text: &str) {
        let mut is_seen = false;
        for leaf in &tree.leaves {
            if leaf.capitals && !stands_in_capitals(text, token.start..token.end) {
                continue;
            }
            for place in leaf.phrases.iter().flat_map(|phrase| phrase.places.clone()) {
                if tree.places[place].iter().any(|term| Form::of(term).is(token.term(), token.folded())) {
                    self.positions[place].push(token.position);
                    is_seen = true;
                }
            }
        }
        if is_seen {
            self.tokens.push((token.position, token.start..token.end));
        }
    }
}

impl Leaf {
    /// The spans of a leaf, sorted, from the positions of each place. Of spans that begin at the same word, only the
    /// longest is used, so that a word that matches in two ways counts once.
    fn spans(&self, positions: &[Vec<u32>], spans: &mut Vec<Span>) {
        spans.clear();
        if let [phrase] = self.phrases.as_slice()
            && phrase.places.len() == 1
        {
            // A single word: its positions are in order, each once.
            spans.extend(positions[phrase.places.start].iter().map(|at| Span { start: *at, end: *at }));
            return;
        }
        for Phrase { places, offsets, slop } in &self.phrases {
            let positions = &positions[places.clone()];
            phrase_starts(offsets, positions, *slop, &mut |start, end| spans.push(Span { start, end }));
        }
        spans.sort_unstable_by_key(|span| (span.start, u32::MAX - span.end));
        spans.dedup_by_key(|span| span.start);
    }
}
