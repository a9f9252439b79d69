//! From the query tree to what the engine runs and what the second phase scores.

use std::ops::Bound;

use tantivy::Term;
use tantivy::query::{BooleanQuery, ConstScoreQuery, Occur, PhraseQuery, RangeQuery, RegexQuery, TermQuery};
use tantivy::schema::{Field as EngineField, IndexRecordOption};

use super::Engine;
use super::constants::PREFIX_TERMS_MAX;
use super::hit::Options;
use crate::analysis::{Stems, query_terms, tokenize};
use crate::error::Error;
use crate::index::{Fields, Kind, Reader};
use crate::query::{Field, Query, Word};

/// What is to be done for a query.
pub(super) struct Plan {
    /// What finds the articles; none when nothing can match.
    pub(super) query: Option<Engine>,
    /// What is scored and marked, each once.
    pub(super) features: Vec<Feature>,
}

/// Something of the query that is looked for in positions.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Feature {
    /// What it is.
    pub(super) kind: FeatureKind,
    /// How often the query has it.
    pub(super) weight: f32,
}

/// The kinds of features.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum FeatureKind {
    /// A term; `exact` is the folded form that alone counts, where one was asked for.
    Term {
        /// As the index knows it.
        term: String,
        /// The only form that counts.
        exact: Option<String>,
    },
    /// Any of several terms, as one: a prefix.
    OneOf(Vec<String>),
    /// Terms in order, each with its place, with at most `slop` others between.
    Phrase {
        /// Place and term.
        terms: Vec<(u32, String)>,
        /// Other words allowed between them.
        slop: u32,
    },
}

struct Builder<'a> {
    reader: &'a Reader,
    fields: &'a Fields,
    stems: Stems,
    features: Vec<Feature>,
    keep_stop_words: bool,
}

impl Plan {
    pub(super) fn new(reader: &Reader, query: &Query, options: &Options) -> Result<Self, Error> {
        let words = query.words();
        let mut stems = Stems::default();
        // A query of nothing but stop words means them.
        let keep_stop_words = words.iter().all(|w| query_terms(&w.text, false, &mut stems).is_empty());
        let mut builder = Builder { reader, fields: reader.fields(), stems, features: Vec::new(), keep_stop_words };
        let found = builder.query(query, true)?;
        let filters = builder.filters(options);
        let features = builder.features;
        let query = found.map(|found| {
            if filters.is_empty() {
                return found;
            }
            let mut clauses = vec![(Occur::Must, found)];
            clauses.extend(filters.into_iter().map(|f| (Occur::Must, f)));
            Box::new(BooleanQuery::new(clauses)) as Engine
        });
        Ok(Self { query, features })
    }
}

impl Builder<'_> {
    /// The engine's query for a part of the tree; none when it asks nothing, as a stop word does.
    fn query(&mut self, query: &Query, scored: bool) -> Result<Option<Engine>, Error> {
        Ok(match query {
            Query::Empty => None,
            Query::Everything => Some(self.everything()),
            Query::Word(word) => self.word(word, scored),
            Query::Phrase { words, slop } => self.phrase(self.fields.terms, words, *slop, scored),
            Query::Prefix(prefix) => self.prefix(prefix, scored)?,
            Query::Field { name, query } => self.field(*name, query, scored)?,
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
                match (keep, self.query(drop, false)?) {
                    (Some(keep), Some(drop)) => {
                        Some(Box::new(BooleanQuery::new(vec![(Occur::Must, keep), (Occur::MustNot, drop)])))
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

    fn word(&mut self, word: &Word, scored: bool) -> Option<Engine> {
        let terms = query_terms(&word.text, self.keep_stop_words || word.exact, &mut self.stems);
        let exact = word.exact.then(|| folded(&word.text, &mut self.stems));
        let mut clauses: Vec<(Occur, Engine)> = Vec::new();
        for (_, term) in terms {
            clauses.push((Occur::Should, self.term(self.fields.terms, &term)));
            self.feature(FeatureKind::Term { term, exact: exact.clone() }, scored);
        }
        combine(clauses)
    }

    fn term(&self, field: EngineField, term: &str) -> Engine {
        Box::new(TermQuery::new(Term::from_field_text(field, term), IndexRecordOption::WithFreqs))
    }

    fn phrase(&mut self, field: EngineField, words: &[Word], slop: u32, scored: bool) -> Option<Engine> {
        let text: Vec<&str> = words.iter().map(|w| w.text.as_str()).collect();
        let terms = phrase_terms(&text.join(" "), &mut self.stems);
        let of_text = field == self.fields.terms;
        match terms.as_slice() {
            [] => None,
            [(_, term)] => {
                let query = self.term(field, term);
                let exact = words.iter().any(|w| w.exact).then(|| folded(&text.join(" "), &mut self.stems));
                self.feature(FeatureKind::Term { term: term.clone(), exact }, scored && of_text);
                Some(query)
            }
            _ => {
                let offsets =
                    terms.iter().map(|(at, term)| (*at as usize, Term::from_field_text(field, term))).collect();
                let query = PhraseQuery::new_with_offset_and_slop(offsets, slop);
                self.feature(FeatureKind::Phrase { terms, slop }, scored && of_text);
                Some(Box::new(query))
            }
        }
    }

    fn prefix(&mut self, prefix: &str, scored: bool) -> Result<Option<Engine>, Error> {
        let prefix = folded(prefix, &mut self.stems);
        if prefix.is_empty() {
            return Ok(None);
        }
        let mut terms = self.terms_with_prefix(&prefix)?;
        if terms.is_empty() {
            // The index knows words by their stems, which may be shorter than the prefix.
            terms.push(self.stems.stem(&prefix).to_owned());
        }
        let clauses = terms.iter().map(|term| (Occur::Should, self.term(self.fields.terms, term))).collect();
        self.feature(FeatureKind::OneOf(terms), scored);
        Ok(combine(clauses))
    }

    /// The most frequent terms that begin so.
    fn terms_with_prefix(&self, prefix: &str) -> Result<Vec<String>, Error> {
        let mut counts: std::collections::BTreeMap<String, u64> = std::collections::BTreeMap::new();
        for segment in self.reader.searcher().segment_readers() {
            let inverted = segment.inverted_index(self.fields.terms).map_err(|e| self.reader.failed(e))?;
            let mut stream = inverted
                .terms()
                .range()
                .ge(prefix.as_bytes())
                .into_stream()
                .map_err(|e| self.reader.failed(e.into()))?;
            while stream.advance() && stream.key().starts_with(prefix.as_bytes()) {
                if let Ok(term) = std::str::from_utf8(stream.key()) {
                    *counts.entry(term.to_owned()).or_default() += u64::from(stream.value().doc_freq);
                }
            }
        }
        let mut terms: Vec<(String, u64)> = counts.into_iter().collect();
        terms.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        terms.truncate(PREFIX_TERMS_MAX);
        Ok(terms.into_iter().map(|(term, _)| term).collect())
    }

    fn field(&mut self, name: Field, query: &Query, scored: bool) -> Result<Option<Engine>, Error> {
        let field = match name {
            Field::Title => self.fields.title,
            Field::Byline => self.fields.byline,
            Field::Source => self.fields.source,
            Field::Section => self.fields.section,
            Field::Url => self.fields.url,
            Field::Language | Field::Id | Field::Path => return self.raw(name, query),
        };
        if name == Field::Title && scored {
            for word in query.words() {
                for (_, term) in query_terms(&word.text, self.keep_stop_words, &mut self.stems) {
                    self.feature(FeatureKind::Term { term, exact: None }, true);
                }
            }
        }
        let found = self.within(field, query)?;
        Ok(found.map(|q| Box::new(ConstScoreQuery::new(q, 0.0)) as Engine))
    }

    /// A query on a field of its own.
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
                let pattern = format!("{}.*", escaped(&folded(prefix, &mut self.stems)));
                Ok(RegexQuery::from_pattern(&pattern, field).ok().map(|q| Box::new(q) as Engine))
            }
            Query::Without { keep, drop } => match (self.within(field, keep)?, self.within(field, drop)?) {
                (keep, Some(drop)) => {
                    let keep = keep.unwrap_or_else(|| self.everything());
                    Ok(Some(Box::new(BooleanQuery::new(vec![(Occur::Must, keep), (Occur::MustNot, drop)]))))
                }
                (keep, None) => Ok(keep),
            },
            Query::Everything => Ok(Some(self.everything())),
            Query::Empty | Query::Field { .. } => Ok(None),
        }
    }

    /// A query on a field that is kept as written: identifiers, paths, language codes.
    fn raw(&mut self, name: Field, query: &Query) -> Result<Option<Engine>, Error> {
        let text = literal(query);
        let query: Engine = match name {
            Field::Language => self.term(self.fields.language, &text.to_lowercase()),
            Field::Path => match RegexQuery::from_pattern(&format!(".*{}.*", escaped(&text)), self.fields.file) {
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

    fn filters(&mut self, options: &Options) -> Vec<Engine> {
        let mut filters: Vec<Engine> = Vec::new();
        let day = |day: crate::article::Date| {
            Term::from_field_i64(self.fields.published_day, crate::index::days_since_1970(day))
        };
        if options.from.is_some() || options.to.is_some() {
            let bound = |date: Option<crate::article::Date>| date.map_or(Bound::Unbounded, |d| Bound::Included(day(d)));
            filters.push(Box::new(RangeQuery::new(bound(options.from), bound(options.to))));
        }
        if let Some(source) = &options.source {
            let words = [Word { text: source.clone(), exact: false }];
            let none = || Box::new(tantivy::query::EmptyQuery) as Engine;
            filters.push(self.phrase(self.fields.source, &words, 0, false).unwrap_or_else(none));
        }
        if let Some(language) = &options.language {
            filters.push(self.term(self.fields.language, &language.to_lowercase()));
        }
        filters.into_iter().map(|f| Box::new(ConstScoreQuery::new(f, 0.0)) as Engine).collect()
    }

    fn feature(&mut self, kind: FeatureKind, scored: bool) {
        if !scored {
            return;
        }
        match self.features.iter_mut().find(|f| f.kind == kind) {
            Some(feature) => feature.weight += 1.0,
            None => self.features.push(Feature { kind, weight: 1.0 }),
        }
    }
}

fn combine(mut clauses: Vec<(Occur, Engine)>) -> Option<Engine> {
    match clauses.len() {
        0 => None,
        1 => clauses.pop().map(|(_, query)| query),
        _ => Some(Box::new(BooleanQuery::new(clauses))),
    }
}

/// Terms of a phrase with their places; joined forms are left out, since their parts stand there too.
fn phrase_terms(text: &str, stems: &mut Stems) -> Vec<(u32, String)> {
    let mut terms: Vec<(u32, String)> = Vec::new();
    tokenize(text, 0..text.len(), 0, stems, &mut |token| {
        if terms.last().is_none_or(|(at, _)| *at < token.position) {
            terms.push((token.position, token.term.to_owned()));
        }
    });
    terms
}

/// The folded form of a word.
fn folded(word: &str, stems: &mut Stems) -> String {
    let mut form = String::new();
    tokenize(word, 0..word.len(), 0, stems, &mut |token| {
        if form.is_empty() {
            form.push_str(token.folded);
        }
    });
    form
}

/// The words of a query as they were typed, whatever stands between them.
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
        Query::Empty | Query::Everything => String::new(),
    }
}

/// The text as a pattern that matches itself.
fn escaped(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for c in text.chars() {
        if !c.is_alphanumeric() {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern
}
