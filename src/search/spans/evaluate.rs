//! The evaluator: from the positions of words in an article to the spans that satisfy the operators, and the words that
//! contribute to them.
//!
//! It is independent of Tantivy and text: positions come from postings in search, and from the tokens of a text in
//! highlighting.

use std::ops::{ControlFlow, Range};

use crate::index::Bounds;
use crate::query::Reach;

/// Maximum number of pairs of spans examined for an operator in an article: enough for a thousand words with a thousand
/// others in a paragraph, and a limit for text that repeats a word.
const PAIRS_MAX: usize = 1 << 20;

/// A span of an article, by the positions of its first and last word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// A node of an operator tree. Children are referred to by index and precede their parent.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    /// A word, phrase or pattern: index of its spans.
    Leaf(usize),
    /// Any of several nodes.
    Any(Vec<usize>),
    /// Two nodes near each other.
    Near(Pair),
    /// The left node without the right one near it.
    Apart(Pair),
    /// At least this many spans that do not overlap.
    AtLeast(usize, u32),
    /// Spans in a part of the article.
    Within(usize, Zone),
}

/// Two nodes and a distance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pair {
    pub(crate) left: usize,
    pub(crate) right: usize,
    pub(crate) reach: Reach,
    pub(crate) ordered: bool,
}

/// A part of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Zone {
    Title,
    Lead,
    First(u32),
}

/// The positions of a part of an article.
fn zone(bounds: &Bounds, zone: Zone) -> Range<u32> {
    match zone {
        Zone::Title => 0..bounds.title,
        Zone::Lead => 0..bounds.lead,
        Zone::First(words) if words <= bounds.title => 0..words,
        // Positions between headline and body are not words.
        Zone::First(words) => 0..bounds.body.saturating_add(words - bounds.title),
    }
}

/// The positions of the unit that contains a position, from the starts of units.
fn unit(starts: &[u32], position: u32) -> Range<u32> {
    let next = starts.partition_point(|start| *start <= position);
    let start = next.checked_sub(1).and_then(|at| starts.get(at)).copied().unwrap_or(0);
    start..starts.get(next).copied().unwrap_or(u32::MAX)
}

/// Evaluates a tree, one article after another, reusing its buffers.
#[derive(Debug, Default)]
pub(crate) struct Evaluator {
    /// Spans by node, sorted and unique.
    spans: Vec<Vec<Span>>,
    by_end: Vec<Span>,
    /// Whether more pairs were near than are examined.
    cut: bool,
}

impl Evaluator {
    /// The spans that satisfy the last node, sorted; at most one of them with `first`. `leaves` are the spans of words,
    /// sorted and unique.
    pub(crate) fn matches(&mut self, nodes: &[Node], leaves: &[Vec<Span>], bounds: &Bounds, first: bool) -> &[Span] {
        self.spans.resize_with(nodes.len(), Vec::new);
        self.cut = false;
        for (at, node) in nodes.iter().enumerate() {
            let mut found = std::mem::take(&mut self.spans[at]);
            found.clear();
            let only_one = first && at + 1 == nodes.len();
            self.node(node, leaves, bounds, only_one, &mut found);
            self.spans[at] = found;
        }
        self.spans.last().map_or(&[], Vec::as_slice)
    }

    fn node(&mut self, node: &Node, leaves: &[Vec<Span>], bounds: &Bounds, first: bool, found: &mut Vec<Span>) {
        match node {
            Node::Leaf(leaf) => found.extend_from_slice(leaves.get(*leaf).map_or(&[], Vec::as_slice)),
            Node::Any(children) => {
                children.iter().for_each(|child| found.extend(&self.spans[*child]));
                found.sort_unstable();
                found.dedup();
            }
            Node::Near(pair) => {
                let (left, right) = (&self.spans[pair.left], &self.spans[pair.right]);
                self.cut |= pairs(pair, left, right, bounds, &mut |l, r| {
                    found.push(left[l].joined(right[r]));
                    if first { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                });
                found.sort_unstable();
                found.dedup();
            }
            Node::Apart(pair) => {
                let right = Sorted::new(&self.spans[pair.right]);
                let near = |left: &Span| right.near(pair, *left, bounds, &mut |_| ControlFlow::Break(())).is_break();
                found.extend(self.spans[pair.left].iter().filter(|left| !near(left)));
            }
            Node::AtLeast(child, count) => {
                if self.disjoint(*child).count() >= *count as usize {
                    found.extend(&self.spans[*child]);
                }
            }
            Node::Within(child, part) => {
                let zone = zone(bounds, *part);
                found.extend(self.spans[*child].iter().filter(|span| span.start >= zone.start && span.end < zone.end));
            }
        }
    }

    /// Whether the last call of [`Evaluator::matches`] left out pairs.
    pub(crate) fn is_cut(&self) -> bool {
        self.cut
    }

    /// A largest set of non-overlapping spans among the last result, whose size is the frequency in the article.
    pub(crate) fn apart(&mut self) -> impl Iterator<Item = Span> {
        self.disjoint(self.spans.len() - 1)
    }

    /// A largest set of non-overlapping spans of a node.
    fn disjoint(&mut self, node: usize) -> impl Iterator<Item = Span> {
        self.by_end.clone_from(&self.spans[node]);
        self.by_end.sort_unstable_by_key(|span| (span.end, span.start));
        let mut free = 0;
        self.by_end.iter().copied().filter(move |span| {
            let is_apart = span.start >= free;
            if is_apart {
                free = span.end + 1;
            }
            is_apart
        })
    }

    /// Calls `sink` with the spans of leaves that contribute to the last result of [`Evaluator::matches`], each once.
    pub(crate) fn marks(&self, nodes: &[Node], bounds: &Bounds, sink: &mut dyn FnMut(Span)) {
        if let Some(spans) = self.spans.last() {
            self.mark(nodes, nodes.len() - 1, spans, bounds, sink);
        }
    }

    /// Marks the leaves of some spans of a node.
    fn mark(&self, nodes: &[Node], at: usize, accepted: &[Span], bounds: &Bounds, sink: &mut dyn FnMut(Span)) {
        match &nodes[at] {
            Node::Leaf(_) => accepted.iter().for_each(|span| sink(*span)),
            Node::Any(children) => {
                for child in children {
                    let spans = self.spans[*child].iter().copied();
                    let spans: Vec<Span> = spans.filter(|span| accepted.binary_search(span).is_ok()).collect();
                    self.mark(nodes, *child, &spans, bounds, sink);
                }
            }
            Node::Near(pair) => {
                let (left, right) = (&self.spans[pair.left], &self.spans[pair.right]);
                let (mut lefts, mut rights) = (vec![false; left.len()], vec![false; right.len()]);
                pairs(pair, left, right, bounds, &mut |l, r| {
                    if !(lefts[l] && rights[r]) && accepted.binary_search(&left[l].joined(right[r])).is_ok() {
                        (lefts[l], rights[r]) = (true, true);
                    }
                    ControlFlow::Continue(())
                });
                for (child, spans, marked) in [(pair.left, left, lefts), (pair.right, right, rights)] {
                    let spans = spans.iter().zip(marked).filter(|(_, marked)| *marked);
                    let spans: Vec<Span> = spans.map(|(span, _)| *span).collect();
                    self.mark(nodes, child, &spans, bounds, sink);
                }
            }
            Node::Apart(Pair { left: child, .. }) | Node::AtLeast(child, _) | Node::Within(child, _) => {
                self.mark(nodes, *child, accepted, bounds, sink);
            }
        }
    }
}

impl Span {
    fn joined(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// Calls `sink` with the indices of every pair that is near, up to [`PAIRS_MAX`].
fn pairs(
    pair: &Pair,
    left: &[Span],
    right: &[Span],
    bounds: &Bounds,
    sink: &mut impl FnMut(usize, usize) -> ControlFlow<()>,
) -> bool {
    let right = Sorted::new(right);
    let mut remaining = PAIRS_MAX;
    for (l, span) in left.iter().enumerate() {
        let ended = right.near(pair, *span, bounds, &mut |r| {
            remaining -= 1;
            if remaining == 0 {
                return ControlFlow::Break(());
            }
            sink(l, r)
        });
        if ended.is_break() {
            break;
        }
    }
    remaining == 0
}

/// Sorted spans, and the length of the longest.
struct Sorted<'a> {
    spans: &'a [Span],
    longest: u32,
}

impl<'a> Sorted<'a> {
    fn new(spans: &'a [Span]) -> Self {
        Self { spans, longest: spans.iter().map(|span| span.end - span.start).max().unwrap_or(0) }
    }

    /// Calls `sink` with the index of each span that is near a span on the left, except that span itself.
    fn near(
        &self,
        pair: &Pair,
        left: Span,
        bounds: &Bounds,
        sink: &mut impl FnMut(usize) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let unit = match pair.reach {
            Reach::Words(_) => 0..u32::MAX,
            Reach::Sentence => unit(&bounds.sentences, left.start),
            Reach::Paragraph => unit(&bounds.paragraphs, left.start),
        };
        if left.end >= unit.end {
            return ControlFlow::Continue(());
        }
        let (before, after) = match pair.reach {
            Reach::Words(words) => (words.saturating_add(self.longest), words),
            _ => (u32::MAX, u32::MAX),
        };
        let earliest = match pair.ordered {
            true => left.end + 1,
            false => left.start.saturating_sub(before).max(unit.start),
        };
        let latest = left.end.saturating_add(after).min(unit.end - 1);
        let from = self.spans.partition_point(|span| span.start < earliest);
        for (at, span) in self.spans.iter().enumerate().skip(from) {
            if span.start > latest {
                break;
            }
            let too_far = left.start.saturating_sub(span.end) > after;
            if span.end < unit.end && !too_far && *span != left {
                sink(at)?;
            }
        }
        ControlFlow::Continue(())
    }
}
