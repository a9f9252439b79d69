//! Builds operator trees from query trees, and queries for their candidate articles.

use tantivy::query::{BooleanQuery, EmptyQuery, Occur, TermQuery};
use tantivy::schema::IndexRecordOption;

use super::evaluate::{Node, Pair, Zone};
use super::{Leaf, PairsCut, Phrase, SpanTree};
use crate::analysis::{Place, is_sign};
use crate::error::Error;
use crate::query::{Field, Near, Part, Pattern, Query};
use crate::search::exact::WordFields;
use crate::search::first::Engine;

/// Looks up query words in the index.
pub(in crate::search) trait Lookup {
    /// The terms of a phrase with their offsets; only unstemmed forms if `exact`.
    fn phrase(&mut self, text: &str, exact: bool) -> Vec<Place>;
    /// The terms of a compound word in sequence, and those of its joined form.
    fn linked(&mut self, word: &str) -> (Vec<Place>, Option<Vec<String>>);
    /// The terms before a prefix, and the terms that match it.
    fn prefix(&mut self, prefix: &str) -> Result<(Vec<Vec<String>>, Vec<String>), Error>;
    /// The terms that match a pattern.
    fn pattern(&mut self, pattern: &Pattern) -> Result<Vec<String>, Error>;
    /// The terms of a word in capitals.
    fn capitals(&mut self, word: &str) -> Vec<Place>;
}

impl SpanTree {
    /// The operator tree of a query, which [is text](Query::is_text).
    pub(in crate::search) fn of(query: &Query, lookup: &mut dyn Lookup, cut: PairsCut) -> Result<Self, Error> {
        let mut tree = Self { cut, ..Self::default() };
        tree.add(query, 1.0, lookup)?;
        Ok(tree)
    }

    /// Adds the nodes of a query. Returns the index of the last.
    fn add(&mut self, query: &Query, weight: f32, lookup: &mut dyn Lookup) -> Result<usize, Error> {
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
            other => {
                let phrases = phrases(other, lookup)?;
                let capitals = matches!(other, Query::Capitals(_));
                self.leaves.push(Leaf { phrases, capitals, weight });
                Node::Leaf(self.leaves.len() - 1)
            }
        };
        self.nodes.push(node);
        Ok(self.nodes.len() - 1)
    }

    /// A query for all articles that may match: those with the required words, at any position.
    pub(in crate::search) fn candidates(&self, words: &WordFields) -> Engine {
        let mut queries: Vec<Engine> = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            let query = match node {
                Node::Leaf(leaf) => self.leaves[*leaf].candidates(words),
                Node::Any(children) => of(Occur::Should, children.iter().map(|c| queries[*c].box_clone()).collect()),
                Node::Near(pair) => {
                    of(Occur::Must, vec![queries[pair.left].box_clone(), queries[pair.right].box_clone()])
                }
                Node::Apart(Pair { left: child, .. }) | Node::AtLeast(child, _) | Node::Within(child, _) => {
                    queries[*child].box_clone()
                }
            };
            queries.push(query);
        }
        queries.pop().unwrap_or_else(|| Box::new(EmptyQuery))
    }
}

impl Leaf {
    fn candidates(&self, words: &WordFields) -> Engine {
        let term = |term: &String| Box::new(TermQuery::new(words.term(term), IndexRecordOption::WithFreqs)) as Engine;
        let phrase = |phrase: &Phrase| {
            let places = phrase.places.iter().map(|(_, terms)| of(Occur::Should, terms.iter().map(term).collect()));
            of(Occur::Must, places.collect())
        };
        of(Occur::Should, self.phrases.iter().map(phrase).collect())
    }
}

/// Combines queries with `occur`.
fn of(occur: Occur, mut queries: Vec<Engine>) -> Engine {
    match queries.len() {
        0 => Box::new(EmptyQuery),
        1 => queries.remove(0),
        _ => Box::new(BooleanQuery::new(queries.into_iter().map(|query| (occur, query)).collect())),
    }
}

/// The phrases for a word, phrase or pattern.
fn phrases(query: &Query, lookup: &mut dyn Lookup) -> Result<Vec<Phrase>, Error> {
    let one = |places: Vec<Place>, slop: u32| Phrase { places, slop };
    let mut phrases = match query {
        Query::Word(word) if word.exact => vec![one(lookup.phrase(&word.text, true), 0)],
        // A single sign begins terms.
        Query::Word(word) if is_sign(&word.text) => {
            let (_, terms) = lookup.prefix(&word.text)?;
            vec![one(vec![(0, terms)], 0)]
        }
        Query::Word(word) => {
            let (parts, joined) = lookup.linked(&word.text);
            vec![one(parts, 0), one(joined.into_iter().map(|terms| (0, terms)).collect(), 0)]
        }
        Query::Capitals(word) => vec![one(lookup.capitals(word), 0)],
        Query::Phrase { words, slop } => {
            let text: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
            vec![one(lookup.phrase(&text.join(" "), words.iter().any(|word| word.exact)), *slop)]
        }
        Query::Prefix(prefix) => {
            let (before, terms) = lookup.prefix(prefix)?;
            let mut places: Vec<(u32, Vec<String>)> = (0..).zip(before).collect();
            places.push((places.len() as u32, terms));
            vec![Phrase { places, slop: 0 }]
        }
        Query::Pattern(pattern) => vec![Phrase { places: vec![(0, lookup.pattern(pattern)?)], slop: 0 }],
        _ => Vec::new(),
    };
    phrases.retain(|phrase| !phrase.places.is_empty() && phrase.places.iter().all(|(_, terms)| !terms.is_empty()));
    Ok(phrases)
}
