//! Turns a query tree into a Tantivy query, and the features scored in the second phase.

use std::ops::Bound;
use std::sync::{Arc, MutexGuard};

use tantivy::Term;
use tantivy::query::{
    BooleanQuery, BoostQuery, ConstScoreQuery, EmptyQuery, Occur, PhraseQuery, RangeQuery, RegexQuery, TermQuery,
};
use tantivy::schema::{Field as EngineField, IndexRecordOption};

use super::checked::Excluded;
use super::compounds::compounds;
use super::constants::{ARTICLE, FEEDBACK, PATTERN_TERMS_MAX, PREFIX_TERMS_MAX};
use super::exact::{ExactQuery, WordFields};
use super::first::{AnyOf, Engine, Finder};
use super::hit::Cut;
use super::languages::{self, held, narrowed, sequences};
use super::options::{Filter, Names, Options, Sort};
use super::patterns::PatternTerms;
use super::prefix::{PrefixTerms, all_with_prefix, escaped, folded_prefix};
use super::spans::{Lookup, PairsCut, SpanQuery, SpanTree};
use super::statistics::Statistics;
use super::translit::{Spellings, spellings};
use crate::analysis::{Form, Languages, Place, Words, is_sign, is_signs, is_unspaced_letter, untagged};
use crate::article::Provenance;
use crate::error::Error;
use crate::index::{Fields, Kind, Reader};
use crate::query::{Field, Pattern, Query, Range, Word};

/// Maximum number of pairs in a run of characters that is taken for a single word, and of one in Thai and the like.
const PAIRS_OF_WORD_MAX: usize = 5;
const PAIRS_OF_LETTERS_MAX: usize = 12;

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

/// The kinds of features.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum FeatureKind {
    /// A term, or one form of its stem: see [`Form`](crate::analysis::Form).
    Term {
        /// As in the index.
        term: String,
    },
    /// Any of several terms as one: a word in several languages.
    Word(Vec<String>),
    /// Any of several terms as one: a prefix.
    OneOf(Vec<String>),
    /// Words in order, each with its offset, with at most `slop` others in between.
    Phrase {
        /// Offset, and the terms for the word there.
        terms: Vec<Place>,
        /// Maximum number of other words in between.
        slop: u32,
    },
    /// Proximity operators.
    Spans(Arc<SpanTree>),
}

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
    /// Weight of the current part.
    weight: f32,
    /// Whether the current part is excluded.
    excluded: bool,
    /// Whether the current part is plain words, any of which may match.
    beside: bool,
    /// Whether no operator requires the current part.
    is_loose: bool,
}

impl Plan {
    pub(super) fn new(reader: &Reader, query: &Query, options: &Options) -> Result<Self, Error> {
        let words = query.words();
        let mut builder = Builder::new(reader, &options.filter)?;
        builder.synonyms = options.ranking.synonyms.terms(&builder.languages, &mut builder.table);
        if options.ranking.translit {
            builder.spellings = spellings(reader, query, &builder.languages, &mut builder.table)?;
        }
        let compounds = compounds(reader, query, &builder.languages, &mut builder.table)?;
        builder.spellings.extend(compounds);
        // A query of only stop words means them.
        builder.keep_stop_words = words.iter().all(|w| builder.terms(&w.text).is_empty());
        let found = builder.query(query, true)?;
        let cut = std::mem::take(&mut builder.cut);
        let mut binding = if options.ranking.expand { builder.binding(query)? } else { Vec::new() };
        let filters = builder.filters(&options.filter);
        binding.extend(filters.iter().map(|filter| (Occur::Must, filter.box_clone())));
        if !binding.is_empty() {
            // Exclusions alone would find nothing.
            binding.push((Occur::Must, builder.everything()));
        }
        let terms = builder.features.iter().filter_map(Feature::any_of).collect::<Vec<_>>();
        let plain = is_plain(query) && terms.len() == builder.features.len() && options.ranking.sort == Sort::Relevance;
        let finder = found.map(|found| match plain && (terms.len() == 1 || matches!(query, Query::Plain(_))) {
            true => Finder::AnyOf(AnyOf { terms, within: all(filters), saturation: ARTICLE }),
            false => Finder::Query(filtered(found, filters)),
        });
        let (features, pairs_cut) = (builder.features, builder.pairs_cut);
        Ok(Self { finder, features, binding: combine(binding), cut, pairs_cut })
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
        let filters = Builder::new(reader, filter)?.filters(filter);
        let finder = Some(Finder::AnyOf(AnyOf { terms, within: all(filters), saturation: FEEDBACK }));
        Ok(Self { finder, features, binding: None, cut: Cut::default(), pairs_cut: PairsCut::default() })
    }
}

impl Feature {
    /// A stem with its weight, if any form of it matches.
    fn any_of(&self) -> Option<(String, f32)> {
        match &self.kind {
            FeatureKind::Term { term } if Form::of(term).stem() == term => Some((term.clone(), self.weight)),
            _ => None,
        }
    }
}

/// Whether any word of a query may match.
fn is_plain(query: &Query) -> bool {
    match query {
        Query::Word(word) => !word.exact && !is_sign(&word.text),
        Query::Plain(parts) => parts.iter().all(is_plain),
        _ => false,
    }
}

/// A query for articles that match all filters; none without filters.
fn all(filters: Vec<Engine>) -> Option<Engine> {
    combine(filters.into_iter().map(|filter| (Occur::Must, filter)).collect())
}

/// A clause that leaves out the articles of a query.
fn leaving_out(query: Engine) -> (Occur, Engine) {
    (Occur::MustNot, Box::new(Excluded(query)))
}

fn filtered(found: Engine, filters: Vec<Engine>) -> Engine {
    if filters.is_empty() {
        return found;
    }
    let mut clauses = vec![(Occur::Must, found)];
    clauses.extend(filters.into_iter().map(|f| (Occur::Must, f)));
    Box::new(BooleanQuery::new(clauses))
}

impl<'a> Builder<'a> {
    fn new(reader: &'a Reader, filter: &Filter) -> Result<Self, Error> {
        Ok(Self {
            reader,
            fields: reader.fields(),
            languages: narrowed(held(reader)?, &filter.language),
            table: reader.words(),
            features: Vec::new(),
            cut: Cut::default(),
            pairs_cut: PairsCut::default(),
            keep_stop_words: false,
            synonyms: Vec::new(),
            spellings: Spellings::new(),
            weight: 1.0,
            excluded: false,
            beside: false,
            is_loose: true,
        })
    }

    /// Conditions of a query on articles that none of its bare words finds.
    fn binding(&mut self, query: &Query) -> Result<Vec<(Occur, Engine)>, Error> {
        let mut bound = |query: &Query, occur| Ok(self.query(query, false)?.map(|q| (occur, q)).into_iter().collect());
        match query {
            Query::Word(word) if !word.exact => Ok(Vec::new()),
            Query::Empty | Query::Plain(_) => Ok(Vec::new()),
            Query::Required { must, .. } => bound(must, Occur::Must),
            Query::Without { keep, drop } => {
                let mut clauses: Vec<(Occur, Engine)> = self.query(drop, false)?.map(leaving_out).into_iter().collect();
                clauses.extend(self.binding(keep)?);
                Ok(clauses)
            }
            other => bound(other, Occur::Must),
        }
    }

    /// The terms for a word.
    fn terms(&mut self, word: &str) -> Vec<Place> {
        let with = |term: &str| {
            let term = Term::from_field_text(self.fields.terms, term);
            self.reader.articles_with(&term).unwrap_or(0)
        };
        let places = self.languages.counted_terms(word, self.keep_stop_words, &mut self.table, &with);
        self.respelled(places)
    }

    /// Adds the other spellings of terms to their places.
    fn respelled(&self, mut places: Vec<Place>) -> Vec<Place> {
        for (_, terms) in &mut places {
            for other in terms.clone().iter().filter_map(|term| self.spellings.get(term)).flatten() {
                if !terms.contains(other) {
                    terms.push(other.clone());
                }
            }
        }
        places
    }

    /// The Tantivy query for a part of the tree; none for a stop word.
    fn query(&mut self, query: &Query, scored: bool) -> Result<Option<Engine>, Error> {
        if let Query::Word(word) = query {
            return if is_sign(&word.text) { self.prefix(&word.text, false, scored) } else { self.word(word, scored) };
        }
        if query.is_text() && self.is_of_places(query) {
            return self.spans(query, scored).map(Some);
        }
        let before = (self.beside, self.is_loose);
        self.beside = matches!(query, Query::Plain(_));
        self.is_loose &= matches!(query, Query::Plain(_) | Query::Any(_));
        let found = self.composed(query, scored);
        (self.beside, self.is_loose) = before;
        found
    }

    fn composed(&mut self, query: &Query, scored: bool) -> Result<Option<Engine>, Error> {
        Ok(match query {
            Query::Empty => None,
            Query::Everything => Some(self.everything()),
            Query::Word(word) => self.word(word, scored)?,
            Query::Phrase { words, slop } => self.phrase(self.fields.terms, words, *slop, scored),
            Query::Prefix(prefix) => self.prefix(prefix, true, scored)?,
            Query::Field { name, query } => self.field(*name, query, scored)?,
            Query::Capitals(_) | Query::Pattern(_) | Query::Near(_) | Query::AtLeast { .. } | Query::Within { .. } => {
                Some(self.spans(query, scored)?)
            }
            Query::Range(range) => Some(self.range(*range)),
            Query::Boost { query, percent } => {
                let factor = *percent as f32 / 100.0;
                let before = self.weight;
                self.weight *= factor;
                let found = self.query(query, scored)?;
                self.weight = before;
                found.map(|found| Box::new(BoostQuery::new(found, factor)) as Engine)
            }
            Query::All(parts) => {
                let clauses = self.clauses(parts, Occur::Must, scored)?;
                combine(clauses)
            }
            Query::Any(parts) | Query::Plain(parts) => {
                let clauses = self.clauses(parts, Occur::Should, scored)?;
                combine(clauses)
            }
            Query::Required { must, should } => {
                let should = self.query(should, scored)?;
                let must = self.query(must, scored)?;
                match (must, should) {
                    (Some(must), Some(should)) => {
                        Some(Box::new(BooleanQuery::new(vec![(Occur::Must, must), (Occur::Should, should)])))
                    }
                    (must, should) => must.or(should),
                }
            }
            Query::Without { keep, drop } => {
                let keep = self.query(keep, scored)?;
                let before = std::mem::replace(&mut self.excluded, true);
                let drop = self.query(drop, false)?;
                self.excluded = before;
                match (keep, drop) {
                    (Some(keep), Some(drop)) => {
                        Some(Box::new(BooleanQuery::new(vec![(Occur::Must, keep), leaving_out(drop)])))
                    }
                    (keep, _) => keep,
                }
            }
        })
    }

    fn clauses(&mut self, parts: &[Query], occur: Occur, scored: bool) -> Result<Vec<(Occur, Engine)>, Error> {
        let mut clauses = Vec::with_capacity(parts.len());
        for part in parts {
            if let Some(query) = self.query(part, scored)? {
                clauses.push((occur, query));
            }
        }
        Ok(clauses)
    }

    fn everything(&self) -> Engine {
        let article = Term::from_field_u64(self.fields.kind, Kind::Article as u64);
        let articles = TermQuery::new(article, IndexRecordOption::Basic);
        Box::new(ConstScoreQuery::new(Box::new(articles), 0.0))
    }

    fn word(&mut self, word: &Word, scored: bool) -> Result<Option<Engine>, Error> {
        if word.exact {
            return Ok(self.phrase(self.fields.terms, std::slice::from_ref(word), 0, scored));
        }
        let terms = self.terms(&word.text);
        if let [(_, forms)] = terms.as_slice()
            && let Some(group) = self.synonyms.iter().find(|group| forms.iter().any(|form| group.contains(form)))
        {
            let mut group = group.clone();
            group.extend(forms.iter().filter(|form| !group.contains(form)).cloned().collect::<Vec<_>>());
            let clauses = group.iter().map(|term| (Occur::Should, self.term(self.fields.terms, term))).collect();
            let others: Vec<&str> = group.iter().filter(|other| !forms.contains(other)).map(String::as_str).collect();
            let words = format!("{} = {}", word.text, others.join(" = "));
            self.feature(FeatureKind::OneOf(group), words, scored);
            return Ok(combine(clauses));
        }
        let (parts, joined) = self.languages.linked_terms(&word.text, &mut self.table);
        let signs = parts.iter().any(|(_, terms)| terms.iter().any(|term| is_signs(term)));
        let alone = terms.len() == 1;
        let mut clauses: Vec<(Occur, Engine)> = Vec::with_capacity(terms.len());
        let mut features = Vec::with_capacity(terms.len());
        for (_, terms) in terms {
            let others = terms.iter().filter(|term| self.spellings.values().flatten().any(|other| other == *term));
            let words = match alone {
                true => others.fold(word.text.clone(), |words, other| format!("{words} = {}", untagged(other))),
                false => terms[0].clone(),
            };
            let (query, kind) = self.any_form(terms)?;
            clauses.push((Occur::Should, query));
            features.push((kind, words));
        }
        features.into_iter().for_each(|(kind, words)| self.feature(kind, words, scored));
        // `long-term` requires both parts; next to other words, where any word may match, any part may.
        if self.beside || parts.len() < 2 || clauses.is_empty() {
            return Ok(combine(clauses));
        }
        // The pairs of a run of characters are its words and the pairs across their boundaries. Of a single word, or if
        // all words are required, most must match.
        if signs {
            let word_max =
                if word.text.starts_with(is_unspaced_letter) { PAIRS_OF_LETTERS_MAX } else { PAIRS_OF_WORD_MAX };
            let most = !self.is_loose || clauses.len() <= word_max;
            let needed = if most { (clauses.len() * 3).div_ceil(5) } else { 1 };
            return Ok(Some(Box::new(BooleanQuery::with_minimum_required_clauses(clauses, needed))));
        }
        let mut whole: Vec<(Occur, Engine)> = self.phrases(self.fields.terms, &parts, 0, false);
        if let Some(terms) = joined {
            whole.push((Occur::Should, self.any_form(terms)?.0));
        }
        Ok(combine(whole))
    }

    /// A query for any of the terms of a word, and its feature. The word has one document frequency for all languages,
    /// so that none is favoured for being rare in the index.
    fn any_form(&self, mut terms: Vec<String>) -> Result<(Engine, FeatureKind), Error> {
        if let [term] = terms.as_slice() {
            return Ok((self.term(self.fields.terms, term), FeatureKind::Term { term: term.clone() }));
        }
        let statistics = Statistics::new(self.reader)?;
        let with = |term: &String| statistics.articles_with(&Term::from_field_text(self.fields.terms, term));
        let mut counts = terms.iter().map(with).collect::<Result<Vec<u64>, Error>>()?;
        if counts.iter().any(|count| *count > 0) {
            let mut known = counts.iter().map(|count| *count > 0);
            terms.retain(|_| known.next().unwrap_or_default());
            counts.retain(|count| *count > 0);
        } else {
            terms.truncate(1);
        }
        let idf = statistics.idf(counts.iter().sum());
        let form = |(term, count): (&String, &u64)| {
            let factor = idf / statistics.idf(*count).max(f32::MIN_POSITIVE);
            let term = self.term(self.fields.terms, term);
            (Occur::Should, if factor == 1.0 { term } else { Box::new(BoostQuery::new(term, factor)) as Engine })
        };
        let clauses = terms.iter().zip(&counts).map(form).collect();
        let query = combine(clauses).unwrap_or_else(|| Box::new(EmptyQuery));
        let kind = match <[String; 1]>::try_from(terms) {
            Ok([term]) => FeatureKind::Term { term },
            Err(terms) => FeatureKind::Word(terms),
        };
        Ok((query, kind))
    }

    /// Queries for a phrase in a field, in each language its words may belong to.
    fn phrases(&self, field: EngineField, places: &[Place], slop: u32, exact: bool) -> Vec<(Occur, Engine)> {
        let of_text = field == self.fields.terms;
        // Forms of the text are in a separate field, which Tantivy's phrase query cannot include.
        let known = |term: &String| if of_text { Form::of(term).stem().to_owned() } else { term.clone() };
        let one = |terms: Vec<(u32, String)>| {
            let query: Engine = match terms.as_slice() {
                [] => Box::new(EmptyQuery),
                [(_, term)] => self.term(field, &known(term)),
                terms => {
                    let term = |(at, term): &(u32, String)| (*at as usize, Term::from_field_text(field, &known(term)));
                    Box::new(PhraseQuery::new_with_offset_and_slop(terms.iter().map(term).collect(), slop))
                }
            };
            match exact && of_text {
                true => Box::new(ExactQuery::new(query, WordFields::of(self.fields), terms, slop)),
                false => query,
            }
        };
        sequences(places).into_iter().map(|terms| (Occur::Should, one(terms))).collect()
    }

    fn term(&self, field: EngineField, term: &str) -> Engine {
        self.term_query(Term::from_field_text(field, term))
    }

    fn term_query(&self, term: Term) -> Engine {
        Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
    }

    fn phrase(&mut self, field: EngineField, words: &[Word], slop: u32, scored: bool) -> Option<Engine> {
        let text: Vec<&str> = words.iter().map(|w| w.text.as_str()).collect();
        let exact = words.iter().any(|w| w.exact);
        let places = self.languages.phrase_terms(&text.join(" "), exact, &mut self.table);
        let of_text = field == self.fields.terms;
        let query = combine(self.phrases(field, &places, slop, exact))?;
        let kind = match <[Place; 1]>::try_from(places) {
            Ok([(_, terms)]) => match <[String; 1]>::try_from(terms) {
                Ok([term]) => FeatureKind::Term { term },
                Err(terms) => FeatureKind::Word(terms),
            },
            Err(terms) => FeatureKind::Phrase { terms, slop },
        };
        let words = match exact {
            true => text.iter().map(|word| format!("={word}")).collect::<Vec<_>>().join(" "),
            false => format!("\"{}\"", text.join(" ")),
        };
        self.feature(kind, words, scored && of_text);
        Some(query)
    }

    /// A query for words with a prefix. If the user typed the `star`, a note is given when only some words are scored.
    fn prefix(&mut self, prefix: &str, star: bool, scored: bool) -> Result<Option<Engine>, Error> {
        let (before, folded) = folded_prefix(prefix, &self.languages, &mut self.table);
        if folded.is_empty() {
            return Ok(None);
        }
        let found = PrefixTerms::of(self.reader, &folded, PREFIX_TERMS_MAX)?;
        let words = WordFields::of(self.fields);
        let term = |term: &String| (Occur::Should, self.term_query(words.term(term)));
        let mut clauses: Vec<(Occur, Engine)> = found.terms.iter().map(term).collect();
        if found.is_cut() {
            clauses.extend(all_with_prefix(&[self.fields.terms, self.fields.forms], &folded));
            if star {
                self.cut.prefixes.push((prefix.to_owned(), found.all));
            }
        }
        let begins = combine(clauses).unwrap_or_else(|| Box::new(EmptyQuery));
        self.feature(FeatureKind::OneOf(found.terms), format!("{prefix}*"), scored);
        let mut clauses: Vec<(Occur, Engine)> = Vec::new();
        for terms in before {
            let words = terms[0].clone();
            let (query, kind) = self.any_form(terms)?;
            clauses.push((Occur::Must, query));
            self.feature(kind, words, scored);
        }
        clauses.push((Occur::Must, begins));
        Ok(combine(clauses))
    }

    /// Whether a query is evaluated on positions.
    fn is_of_places(&self, query: &Query) -> bool {
        match query {
            Query::Near(_) | Query::AtLeast { .. } | Query::Within { .. } => true,
            Query::Field { name, .. } => *name == Field::Title,
            // Tantivy would also match the words in another order, and its phrase scorer cannot be used in exclusions,
            // because it must not be advanced beyond its end.
            Query::Phrase { slop, .. } => *slop > 0 || self.excluded || !self.spellings.is_empty(),
            _ => false,
        }
    }

    /// Proximity operators, evaluated here.
    fn spans(&mut self, query: &Query, scored: bool) -> Result<Engine, Error> {
        let cut = self.pairs_cut.clone();
        let tree = Arc::new(SpanTree::of(query, self, cut)?);
        self.feature(FeatureKind::Spans(tree.clone()), query.to_string(), scored);
        Ok(Box::new(SpanQuery::new(tree, self.fields)))
    }

    fn range(&self, range: Range) -> Engine {
        fn bounds<T>(from: Option<T>, to: Option<T>, term: impl Fn(T) -> Term) -> RangeQuery {
            let bound = |bound: Option<T>| bound.map_or(Bound::Unbounded, |value| Bound::Included(term(value)));
            RangeQuery::new(bound(from), bound(to))
        }
        let day = |day| Term::from_field_i64(self.fields.published_day, crate::index::days_since_1970(day));
        let words = |count| Term::from_field_u64(self.fields.words, count);
        let range = match range {
            Range::Date(from, to) => bounds(from, to, day),
            Range::Words(from, to) => bounds(from, to, words),
        };
        Box::new(ConstScoreQuery::new(Box::new(range), 0.0))
    }

    fn field(&mut self, name: Field, query: &Query, scored: bool) -> Result<Option<Engine>, Error> {
        let field = match name {
            Field::Title => {
                let parts = query.clone().lifted(true, &mut |part| part.of_field(Field::Title));
                return self.query(&parts, scored);
            }
            Field::Byline => self.fields.byline,
            Field::Source => self.fields.source,
            Field::Section => self.fields.section,
            Field::Url => self.fields.url,
            Field::Language | Field::Id | Field::Path => return self.raw(name, query),
        };
        let found = self.within(field, query)?;
        Ok(found.map(|q| Box::new(ConstScoreQuery::new(q, 0.0)) as Engine))
    }

    /// A query on another field.
    fn within(&mut self, field: EngineField, query: &Query) -> Result<Option<Engine>, Error> {
        let parts = |builder: &mut Self, list: &[Query], occur| -> Result<Option<Engine>, Error> {
            let mut clauses = Vec::new();
            for part in list {
                clauses.extend(builder.within(field, part)?.map(|q| (occur, q)));
            }
            Ok(combine(clauses))
        };
        match query {
            Query::Word(word) => Ok(self.phrase(field, std::slice::from_ref(word), 0, false)),
            Query::Phrase { words, slop } => Ok(self.phrase(field, words, *slop, false)),
            Query::All(list) => parts(self, list, Occur::Must),
            Query::Any(list) | Query::Plain(list) => parts(self, list, Occur::Should),
            Query::Required { must, .. } => self.within(field, must),
            Query::Prefix(prefix) => {
                let (before, folded) = folded_prefix(prefix, &self.languages, &mut self.table);
                let any = |terms: &Vec<String>| {
                    combine(terms.iter().map(|term| (Occur::Should, self.term(field, term))).collect())
                };
                let before = before.iter().filter_map(any).map(|query| (Occur::Must, query));
                let begins = all_with_prefix(&[field], &folded).into_iter().map(|(_, query)| (Occur::Must, query));
                Ok(combine(before.chain(begins).collect()))
            }
            Query::Without { keep, drop } => match (self.within(field, keep)?, self.within(field, drop)?) {
                (keep, Some(drop)) => {
                    let keep = keep.unwrap_or_else(|| self.everything());
                    Ok(Some(Box::new(BooleanQuery::new(vec![(Occur::Must, keep), leaving_out(drop)]))))
                }
                (keep, None) => Ok(keep),
            },
            Query::Everything => Ok(Some(self.everything())),
            Query::Boost { query, .. } => self.within(field, query),
            Query::Pattern(pattern) => {
                let terms = self.pattern_terms(&[field], pattern)?;
                let terms = terms.iter().map(|term| (Occur::Should, self.term(field, term)));
                Ok(Some(combine(terms.collect()).unwrap_or_else(|| Box::new(EmptyQuery))))
            }
            Query::Range(range) => Ok(Some(self.range(*range))),
            _ => Ok(None),
        }
    }

    /// A query on a field that is not analysed: ids, paths, language codes.
    fn raw(&mut self, name: Field, query: &Query) -> Result<Option<Engine>, Error> {
        let text = literal(query);
        let query: Engine = match name {
            Field::Language => self.named(self.fields.language, &text),
            Field::Path => match RegexQuery::from_pattern(&self.keys_with(&text), self.fields.file) {
                Ok(path) => {
                    let clauses = vec![(Occur::Must, self.everything()), (Occur::Must, Box::new(path) as Engine)];
                    Box::new(BooleanQuery::new(clauses))
                }
                Err(_) => return Ok(None),
            },
            _ => self.term(self.fields.id, &text),
        };
        Ok(Some(Box::new(ConstScoreQuery::new(query, 0.0))))
    }

    /// A regular expression for the keys whose path contains a text.
    fn keys_with(&self, text: &str) -> String {
        let keys = self.reader.location().folders.keys_with(text);
        let pattern = |(start, rest): &(String, String)| match rest.as_str() {
            "" => format!("{}.*", escaped(start)),
            rest => format!("{}.*{}.*", escaped(start), escaped(rest)),
        };
        keys.iter().map(pattern).collect::<Vec<_>>().join("|")
    }

    fn filters(&mut self, filter: &Filter) -> Vec<Engine> {
        let mut filters: Vec<Engine> = Vec::new();
        let day = |day: crate::article::Date| {
            Term::from_field_i64(self.fields.published_day, crate::index::days_since_1970(day))
        };
        if filter.from.is_some() || filter.to.is_some() {
            let bound = |date: Option<crate::article::Date>| date.map_or(Bound::Unbounded, |d| Bound::Included(day(d)));
            filters.push(Box::new(RangeQuery::new(bound(filter.from), bound(filter.to))));
        }
        if filter.dated {
            let bound = |from: Provenance| Term::from_field_u64(self.fields.published_from, from as u64);
            let (first, beyond) = (bound(Provenance::Metadata), bound(Provenance::FileTime));
            filters.push(Box::new(RangeQuery::new(Bound::Included(first), Bound::Excluded(beyond))));
        }
        for (field, Names { any_of, none_of }) in [
            (self.fields.source, &filter.source),
            (self.fields.language, &filter.language),
            (self.fields.section, &filter.section),
        ] {
            if !any_of.is_empty() {
                let any = any_of.iter().map(|name| (Occur::Should, self.named(field, name)));
                filters.push(Box::new(BooleanQuery::new(any.collect())));
            }
            if !none_of.is_empty() {
                let mut clauses = vec![(Occur::Must, self.everything())];
                clauses.extend(none_of.iter().map(|name| leaving_out(self.named(field, name))));
                filters.push(Box::new(BooleanQuery::new(clauses)));
            }
        }
        filters.into_iter().map(|f| Box::new(ConstScoreQuery::new(f, 0.0)) as Engine).collect()
    }

    fn pattern_terms(&mut self, fields: &[EngineField], pattern: &Pattern) -> Result<Vec<String>, Error> {
        let found = PatternTerms::of(self.reader, fields, pattern)?;
        if found.is_cut() {
            self.cut.patterns.push((Query::Pattern(pattern.clone()).to_string(), found.all));
        }
        Ok(found.terms)
    }

    /// Articles with a name in a field: all its words in sequence, or a language.
    fn named(&mut self, field: EngineField, name: &str) -> Engine {
        if field == self.fields.language {
            return match (languages::code(name), RegexQuery::from_pattern(".+", field)) {
                (None, Ok(any)) => {
                    let clauses = vec![(Occur::Must, self.everything()), leaving_out(Box::new(any))];
                    Box::new(BooleanQuery::new(clauses))
                }
                (code, _) => self.term(field, &code.unwrap_or_default()),
            };
        }
        let words = [Word { text: name.to_owned(), exact: false }];
        self.phrase(field, &words, 0, false).unwrap_or_else(|| Box::new(EmptyQuery))
    }

    fn feature(&mut self, kind: FeatureKind, words: String, scored: bool) {
        if !scored {
            return;
        }
        match self.features.iter_mut().find(|f| f.kind == kind) {
            Some(feature) => feature.weight += self.weight,
            None => self.features.push(Feature { kind, words, weight: self.weight }),
        }
    }
}

impl Lookup for Builder<'_> {
    fn phrase(&mut self, text: &str, exact: bool) -> Vec<Place> {
        let places = self.languages.phrase_terms(text, exact, &mut self.table);
        self.respelled(places)
    }

    fn linked(&mut self, word: &str) -> (Vec<Place>, Option<Vec<String>>) {
        let (places, joined) = self.languages.linked_terms(word, &mut self.table);
        (self.respelled(places), joined)
    }

    fn prefix(&mut self, prefix: &str) -> Result<(Vec<Vec<String>>, Vec<String>), Error> {
        let (before, folded) = folded_prefix(prefix, &self.languages, &mut self.table);
        let found = match folded.is_empty() {
            true => PrefixTerms::default(),
            false => PrefixTerms::of(self.reader, &folded, PATTERN_TERMS_MAX)?,
        };
        if found.is_cut() {
            self.cut.patterns.push((format!("{prefix}*"), found.all));
        }
        Ok((before, found.terms))
    }

    fn pattern(&mut self, pattern: &Pattern) -> Result<Vec<String>, Error> {
        self.pattern_terms(&[self.fields.terms, self.fields.forms], pattern)
    }

    fn capitals(&mut self, word: &str) -> Vec<Place> {
        self.languages.phrase_terms(&word.to_uppercase(), true, &mut self.table)
    }
}

fn combine(mut clauses: Vec<(Occur, Engine)>) -> Option<Engine> {
    match clauses.len() {
        0 => None,
        1 => clauses.pop().map(|(_, query)| query),
        _ => Some(Box::new(BooleanQuery::new(clauses))),
    }
}

/// The words of a query as typed, without operators.
fn literal(query: &Query) -> String {
    match query {
        Query::Word(word) => word.text.clone(),
        Query::Phrase { words, .. } => words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>().join(" "),
        Query::Prefix(prefix) => prefix.clone(),
        Query::All(parts) | Query::Any(parts) | Query::Plain(parts) => {
            parts.iter().map(literal).collect::<Vec<_>>().join(" ")
        }
        Query::Field { query, .. } | Query::Required { must: query, .. } | Query::Without { keep: query, .. } => {
            literal(query)
        }
        _ => String::new(),
    }
}
