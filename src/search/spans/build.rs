//! Builds operator trees from query trees, and queries for their candidate articles.

use super::evaluate::{Node, Pair, Zone};
use super::{Leaf, PairsCut, Phrase, SpanTree};
use crate::analysis::Place;
use crate::error::Error;
use crate::index::Fields;
use crate::query::{Field, Near, Part, Query};
use crate::search::engine::{self, Engine};
use crate::search::word_postings::index_term;

/// Looks up the phrases of a word, phrase or pattern.
pub(in crate::search) type Lookup<'a> = &'a mut dyn FnMut(&Query) -> Result<Vec<PhraseTerms>, Error>;

/// Words in order, each with its offset and alternative terms, and the maximum number of other words between them.
pub(in crate::search) type PhraseTerms = (Vec<Place>, u32);

impl SpanTree {
    /// The operator tree of a query, which [is text](Query::is_text).
    pub(in crate::search) fn of(query: &Query, lookup: Lookup<'_>, cut: PairsCut) -> Result<Self, Error> {
        let mut tree = Self { cut, ..Self::default() };
        tree.add(query, 1.0, lookup)?;
        Ok(tree)
    }

    /// A tree of a single phrase.
    pub(in crate::search) fn phrase(places: Vec<Place>) -> Self {
        let mut tree = Self::default();
        tree.add_leaf(vec![(places, 0)], false, 1.0);
        tree
    }

    /// Adds the nodes of a query. Returns the index of the last.
    fn add(&mut self, query: &Query, weight: f32, lookup: Lookup<'_>) -> Result<usize, Error> {
        let node = match query {
            Query::Near(Near { left, right, reach, ordered, not }) => {
                let (left, right) = (self.add(left, weight, lookup)?, self.add(right, weight, lookup)?);
                let pair = Pair { left, right, reach: *reach, ordered: *ordered };
                if *not { Node::Apart(pair) } else { Node::Near(pair) }
            }
            Query::AtLeast { count, query } => Node::AtLeast(self.add(query, weight, lookup)?, *count),
            Query::Within { part, query } => {
                let zone = match part {
                    Part::Lead => Zone::Lead,
                    Part::First(words) => Zone::First(*words),
                };
                Node::Within(self.add(query, weight, lookup)?, zone)
            }
            Query::Field { name: Field::Title, query } => Node::Within(self.add(query, weight, lookup)?, Zone::Title),
            Query::Boost { query, percent } => return self.add(query, weight * *percent as f32 / 100.0, lookup),
            Query::Any(list) | Query::Plain(list) => {
                let list: Result<Vec<usize>, Error> = list.iter().map(|part| self.add(part, weight, lookup)).collect();
                Node::Any(list?)
            }
            other => return Ok(self.add_leaf(lookup(other)?, matches!(other, Query::Capitals(_)), weight)),
        };
        self.nodes.push(node);
        Ok(self.nodes.len() - 1)
    }

    fn add_leaf(&mut self, phrases: Vec<PhraseTerms>, capitals: bool, weight: f32) -> usize {
        let mut leaf = Leaf { phrases: Vec::new(), capitals, weight };
        for (places, slop) in phrases {
            if places.is_empty() || places.iter().any(|(_, terms)| terms.is_empty()) {
                continue;
            }
            let first = self.places.len();
            let offsets = places.iter().map(|(offset, _)| *offset).collect();
            self.places.extend(places.into_iter().map(|(_, terms)| terms));
            leaf.phrases.push(Phrase { places: first..self.places.len(), offsets, slop });
        }
        self.leaves.push(leaf);
        self.nodes.push(Node::Leaf(self.leaves.len() - 1));
        self.nodes.len() - 1
    }

    /// A query for all articles that may match: those with the required words, at any position.
    pub(in crate::search) fn candidates(&self, fields: &Fields) -> Engine {
        let any = |queries: Vec<Engine>| engine::any(queries).unwrap_or_else(engine::nothing);
        let mut queries: Vec<Engine> = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            let query = match node {
                Node::Leaf(leaf) => {
                    let term = |term: &String| engine::term(index_term(fields, term));
                    let place = |at: usize| engine::any(self.places[at].iter().map(term));
                    let phrase = |phrase: &Phrase| engine::all(phrase.places.clone().filter_map(place));
                    any(self.leaves[*leaf].phrases.iter().filter_map(phrase).collect())
                }
                Node::Any(children) => any(children.iter().map(|child| queries[*child].box_clone()).collect()),
                Node::Near(pair) => {
                    let both = [pair.left, pair.right].map(|child| queries[child].box_clone());
                    engine::all(both).unwrap_or_else(engine::nothing)
                }
                Node::Apart(Pair { left: child, .. }) | Node::AtLeast(child, _) | Node::Within(child, _) => {
                    queries[*child].box_clone()
                }
            };
            queries.push(query);
        }
        queries.pop().unwrap_or_else(engine::nothing)
    }
}
