//! Turns a query tree into a Tantivy query, and the features scored in the second phase.

mod fields;
mod words;

use std::sync::{Arc, MutexGuard};

use tantivy::query::{BooleanQuery, BoostQuery, Occur};
use tantivy::schema::Field as EngineField;

use super::checked::Checked;
use super::compounds::compounds;
use super::constants::{ARTICLE, FEEDBACK};
use super::engine::{self, Engine};
use super::first::{AnyOf, Finder};
use super::hit::Cut;
use super::languages;
use super::options::{Filter, Options, Sort};
use super::spans::{PairsCut, SpanTree};
use super::translit::{Spellings, spellings};
use crate::analysis::{Form, Languages, Words, is_unspaced_char};
use crate::error::Error;
use crate::index::{Fields, Reader};
use crate::query::{Field, Query};

/// The plan of a query.
pub(super) struct Plan {
    /// Finds the articles; none if nothing can match.
    pub(super) finder: Option<Finder>,
    /// The features to score and highlight, each once.
    pub(super) features: Vec<Feature>,
    /// Conditions on every article, however it is found: phrases, exclusions and filters, but no bare words. Known if
    /// feedback may add articles.
    pub(super) binding: Option<Engine>,
    /// What was cut off by limits before it runs.
    cut: Cut,
    /// Set when an article has more pairs for an operator than are examined.
    pairs_cut: PairsCut,
}

/// A part of the query that is looked up in positions.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Feature {
    /// Its kind.
    pub(super) kind: FeatureKind,
    /// Its text as typed.
    pub(super) words: String,
    /// Number of occurrences in the query, or expansion weight of a term that was not typed.
    pub(super) weight: f32,
}

/// The kinds of features. A term is a stem or one form of it: see [`Form`].
#[derive(Debug, Clone, PartialEq)]
pub(super) enum FeatureKind {
    /// A word: its terms in each language.
    Word(Vec<String>),
    /// A prefix or a group of synonyms: terms of different words.
    OneOf(Vec<String>),
    /// A phrase, or proximity operators.
    Spans(Arc<SpanTree>),
}

/// Builds a plan from a query tree.
struct Builder<'a> {
    reader: &'a Reader,
    fields: &'a Fields,
    languages: Languages,
    table: MutexGuard<'a, Words>,
    features: Vec<Feature>,
    cut: Cut,
    pairs_cut: PairsCut,
    keep_stop_words: bool,
    /// Groups of synonymous terms.
    synonyms: Vec<Vec<String>>,
    /// Transliterations and compounds of terms.
    spellings: Spellings,
}

/// The surroundings of a part of the query tree.
#[derive(Clone, Copy)]
struct Within {
    /// The field that is searched.
    field: EngineField,
    /// The weight of the part; none if it is not scored.
    weight: Option<f32>,
    /// Whether it is plain words, any of which may match.
    beside: bool,
    /// Whether no operator requires the part.
    is_loose: bool,
}

impl Within {
    fn unscored(self) -> Self {
        Self { weight: None, ..self }
    }
}

impl Plan {
    pub(super) fn new(reader: &Reader, query: &Query, options: &Options) -> Result<Self, Error> {
        let mut builder = Builder::new(reader, &options.filter)?;
        builder.synonyms = options.ranking.synonyms.terms(&builder.languages, &mut builder.table);
        if options.ranking.translit {
            builder.spellings = spellings(reader, query, &builder.languages, &mut builder.table)?;
        }
        let compounds = compounds(reader, query, &builder.languages, &mut builder.table)?;
        builder.spellings.extend(compounds);
        // A query that has only stop words searches for them.
        builder.keep_stop_words = query.words().iter().all(|word| builder.terms(&word.text).is_empty());
        let text = Within { field: builder.fields.terms, weight: Some(1.0), beside: false, is_loose: true };
        let found = builder.query(query, text)?;
        let cut = std::mem::take(&mut builder.cut);
        let filters = builder.filters(&options.filter);
        let mut binding = if options.ranking.expand { builder.binding(query, text.unscored())? } else { Vec::new() };
        binding.extend(filters.iter().map(|filter| (Occur::Must, filter.box_clone())));
        if !binding.is_empty() {
            // Exclusions alone would find nothing.
            binding.push((Occur::Must, builder.everything()));
        }
        let terms: Vec<(String, f32)> = builder.features.iter().filter_map(Feature::stem).collect();
        let plain = is_plain(query) && terms.len() == builder.features.len() && options.ranking.sort == Sort::Relevance;
        let finder = found.and_then(|found| match plain && (terms.len() == 1 || matches!(query, Query::Plain(_))) {
            true => Some(Finder::AnyOf(AnyOf { terms, within: engine::all(filters), saturation: ARTICLE })),
            false => engine::all(std::iter::once(found).chain(filters)).map(Finder::Query),
        });
        let binding = (!binding.is_empty()).then(|| Box::new(BooleanQuery::new(binding)) as Engine);
        let Builder { features, pairs_cut, .. } = builder;
        Ok(Self { finder, features, binding, cut, pairs_cut })
    }

    /// Whether positions are checked in every article that has the words.
    pub(super) fn checks(&self) -> bool {
        self.features.iter().any(|feature| matches!(feature.kind, FeatureKind::Spans(_)))
    }

    /// What limits have cut so far.
    pub(super) fn cut(&self) -> Cut {
        Cut { pairs: self.pairs_cut.is_raised(), ..self.cut.clone() }
    }

    /// A plan for articles with any of some terms, which `features` contains.
    ///
    /// # Errors
    /// [`Error::Index`] when the index is damaged.
    pub(super) fn any_of(
        reader: &Reader,
        features: Vec<Feature>,
        terms: Vec<(String, f32)>,
        filter: &Filter,
    ) -> Result<Self, Error> {
        let within = engine::all(Builder::new(reader, filter)?.filters(filter));
        let finder = Some(Finder::AnyOf(AnyOf { terms, within, saturation: FEEDBACK }));
        Ok(Self { finder, features, binding: None, cut: Cut::default(), pairs_cut: PairsCut::default() })
    }
}

impl Feature {
    /// The terms of a word or prefix; none of a phrase.
    pub(super) fn terms(&self) -> &[String] {
        match &self.kind {
            FeatureKind::Word(terms) | FeatureKind::OneOf(terms) => terms,
            FeatureKind::Spans(_) => &[],
        }
    }

    /// A single stem with its weight, if any form of it matches.
    fn stem(&self) -> Option<(String, f32)> {
        match (&self.kind, self.terms()) {
            (FeatureKind::Word(_), [term]) if Form::of(term).stem() == term => Some((term.clone(), self.weight)),
            _ => None,
        }
    }
}

/// Whether any word of a query may match.
fn is_plain(query: &Query) -> bool {
    match query {
        Query::Word(word) => !word.exact && !is_unspaced_char(&word.text),
        Query::Plain(parts) => parts.iter().all(is_plain),
        _ => false,
    }
}

impl<'a> Builder<'a> {
    fn new(reader: &'a Reader, filter: &Filter) -> Result<Self, Error> {
        Ok(Self {
            reader,
            fields: reader.fields(),
            languages: languages::filtered(languages::of_index(reader)?, &filter.language),
            table: reader.words(),
            features: Vec::new(),
            cut: Cut::default(),
            pairs_cut: PairsCut::default(),
            keep_stop_words: false,
            synonyms: Vec::new(),
            spellings: Spellings::new(),
        })
    }

    /// Conditions of a query on articles that none of its bare words finds.
    fn binding(&mut self, query: &Query, within: Within) -> Result<Vec<(Occur, Engine)>, Error> {
        let (condition, mut others) = match query {
            Query::Word(word) if !word.exact => return Ok(Vec::new()),
            Query::Empty | Query::Plain(_) => return Ok(Vec::new()),
            Query::Required { must, .. } => (self.query(must, within)?.map(|query| (Occur::Must, query)), Vec::new()),
            Query::Without { keep, drop } => {
                (self.query(drop, within)?.map(|drop| self.leaving_out(drop)), self.binding(keep, within)?)
            }
            other => (self.query(other, within)?.map(|query| (Occur::Must, query)), Vec::new()),
        };
        others.extend(condition);
        Ok(others)
    }

    /// The Tantivy query for a part of the tree; none for a stop word.
    fn query(&mut self, query: &Query, within: Within) -> Result<Option<Engine>, Error> {
        let is_text = within.field == self.fields.terms;
        let parts = Within {
            beside: matches!(query, Query::Plain(_)),
            is_loose: within.is_loose && matches!(query, Query::Plain(_) | Query::Any(_)),
            ..within
        };
        Ok(match query {
            Query::Empty => None,
            Query::Everything => Some(self.everything()),
            // A single unspaced character begins terms.
            Query::Word(word) if is_text && is_unspaced_char(&word.text) => self.prefix(&word.text, false, within)?,
            Query::Word(word) if is_text && !word.exact => self.word(word, within)?,
            Query::Word(word) => self.phrase(std::slice::from_ref(word), 0, within),
            // Tantivy's phrase query with slop matches the words in another order, too.
            Query::Phrase { words, slop } if !is_text || *slop == 0 && self.spellings.is_empty() => {
                self.phrase(words, *slop, within)
            }
            Query::Prefix(prefix) if is_text => self.prefix(prefix, true, within)?,
            Query::Prefix(prefix) => self.prefix_of_field(prefix, within.field),
            Query::Pattern(pattern) if !is_text => Some(self.pattern_of_field(pattern, within.field)?),
            Query::Field { name, query: inner } if *name != Field::Title || !query.is_text() => {
                self.field(*name, inner, within)?
            }
            Query::Field { .. } | Query::Phrase { .. } | Query::Capitals(_) | Query::Pattern(_) => {
                Some(self.spans(query, within)?)
            }
            Query::Near(_) | Query::AtLeast { .. } | Query::Within { .. } => Some(self.spans(query, within)?),
            Query::Range(range) => Some(self.range(*range)),
            Query::Boost { query, percent } => {
                let factor = *percent as f32 / 100.0;
                let found = self.query(query, Within { weight: within.weight.map(|w| w * factor), ..parts })?;
                found.map(|found| Box::new(BoostQuery::new(found, factor)) as Engine)
            }
            Query::All(list) => engine::all(self.queries(list, parts)?),
            Query::Any(list) | Query::Plain(list) => engine::any(self.queries(list, parts)?),
            Query::Required { must, should } => {
                let should = self.query(should, parts)?;
                let must = self.query(must, parts)?;
                match (must, should) {
                    (Some(must), Some(should)) => {
                        Some(Box::new(BooleanQuery::new(vec![(Occur::Must, must), (Occur::Should, should)])))
                    }
                    (must, should) => must.or(should),
                }
            }
            Query::Without { keep, drop } => {
                let (keep, drop) = (self.query(keep, parts)?, self.query(drop, parts.unscored())?);
                match (keep, drop) {
                    (Some(keep), Some(drop)) => Some(self.without(keep, [drop])),
                    (keep, _) => keep,
                }
            }
        })
    }

    fn queries(&mut self, parts: &[Query], within: Within) -> Result<Vec<Engine>, Error> {
        parts.iter().filter_map(|part| self.query(part, within).transpose()).collect()
    }

    /// The articles of a query without those of others.
    fn without(&self, keep: Engine, drop: impl IntoIterator<Item = Engine>) -> Engine {
        let drop = drop.into_iter().map(|query| self.leaving_out(query));
        Box::new(BooleanQuery::new(std::iter::once((Occur::Must, keep)).chain(drop).collect()))
    }

    /// A clause that leaves out the articles of a query.
    fn leaving_out(&self, query: Engine) -> (Occur, Engine) {
        (Occur::MustNot, Box::new(Checked { inner: query, tree: None, fields: *self.fields }))
    }

    /// Operators that are evaluated on positions.
    fn spans(&mut self, query: &Query, within: Within) -> Result<Engine, Error> {
        let cut = self.pairs_cut.clone();
        let tree = Arc::new(SpanTree::of(query, &mut |leaf| self.leaf(leaf), cut)?);
        self.feature(FeatureKind::Spans(tree.clone()), query.to_string(), within);
        let candidates = tree.candidates(self.fields);
        Ok(self.checked(candidates, tree))
    }

    /// The articles of a query that satisfy a tree of operators.
    fn checked(&self, inner: Engine, tree: Arc<SpanTree>) -> Engine {
        Box::new(Checked { inner, tree: Some(tree), fields: *self.fields })
    }

    /// Adds a feature, if the part of the query is scored.
    fn feature(&mut self, kind: FeatureKind, words: String, within: Within) {
        let Some(weight) = within.weight else { return };
        match self.features.iter_mut().find(|feature| feature.kind == kind) {
            Some(feature) => feature.weight += weight,
            None => self.features.push(Feature { kind, words, weight }),
        }
    }
}
