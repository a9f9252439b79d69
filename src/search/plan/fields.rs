//! Fields, ranges and filters of a query.

use std::ops::Bound;

use tantivy::Term;
use tantivy::query::{RangeQuery, RegexQuery, TermQuery};
use tantivy::schema::{Field as EngineField, IndexRecordOption};

use super::{Builder, Within};
use crate::article::Provenance;
use crate::error::Error;
use crate::index::{Kind, days_since_1970};
use crate::query::{Field, Pattern, Query, Range, Word};
use crate::search::engine::{self, Engine};
use crate::search::languages;
use crate::search::options::{Filter, Names};
use crate::search::vocabulary::{all_with_prefix, folded_prefix};

impl Builder<'_> {
    /// Every article.
    pub(super) fn everything(&self) -> Engine {
        let article = Term::from_field_u64(self.fields.kind, Kind::Article as u64);
        engine::unscored(Box::new(TermQuery::new(article, IndexRecordOption::Basic)))
    }

    pub(super) fn range(&self, range: Range) -> Engine {
        fn bounds<T>(from: Option<T>, to: Option<T>, term: impl Fn(T) -> Term) -> RangeQuery {
            let bound = |bound: Option<T>| bound.map_or(Bound::Unbounded, |value| Bound::Included(term(value)));
            RangeQuery::new(bound(from), bound(to))
        }
        let day = |day| Term::from_field_i64(self.fields.published_day, days_since_1970(day));
        let words = |count| Term::from_field_u64(self.fields.words, count);
        engine::unscored(Box::new(match range {
            Range::Date(from, to) => bounds(from, to, day),
            Range::Words(from, to) => bounds(from, to, words),
        }))
    }

    pub(super) fn field(&mut self, name: Field, query: &Query, within: Within) -> Result<Option<Engine>, Error> {
        let field = match name {
            Field::Title => {
                let parts = query.clone().lifted(true, &mut |part| part.of_field(Field::Title));
                return self.query(&parts, within);
            }
            Field::Byline => self.fields.byline,
            Field::Source => self.fields.source,
            Field::Section => self.fields.section,
            Field::Url => self.fields.url,
            Field::Language | Field::Id | Field::Path => {
                return Ok(self.raw(name, &literal(query)).map(engine::unscored));
            }
        };
        Ok(self.query(query, Within { field, ..within.unscored() })?.map(engine::unscored))
    }

    /// The articles with a text in a field that is not analysed.
    fn raw(&mut self, name: Field, text: &str) -> Option<Engine> {
        Some(match name {
            Field::Language => self.named(self.fields.language, text),
            Field::Path => {
                let path = RegexQuery::from_pattern(&self.keys_with(text), self.fields.file).ok()?;
                engine::all([self.everything(), Box::new(path)])?
            }
            _ => engine::term(Term::from_field_text(self.fields.id, text)),
        })
    }

    /// A regular expression for the keys whose path contains a text.
    fn keys_with(&self, text: &str) -> String {
        let keys = self.reader.location().folders.keys_with(text);
        let pattern = |(start, rest): &(String, String)| match rest.as_str() {
            "" => format!("{}.*", regex::escape(start)),
            rest => format!("{}.*{}.*", regex::escape(start), regex::escape(rest)),
        };
        keys.iter().map(pattern).collect::<Vec<_>>().join("|")
    }

    /// The words of a field with a prefix.
    pub(super) fn prefix_of_field(&mut self, prefix: &str, field: EngineField) -> Option<Engine> {
        let (before, folded) = folded_prefix(prefix, &self.languages, &mut self.table);
        let before = before.iter().filter_map(|terms| any_term(field, terms));
        engine::all(before.chain(all_with_prefix(&[field], &folded)))
    }

    /// The words of a field that match a pattern.
    pub(super) fn pattern_of_field(&mut self, pattern: &Pattern, field: EngineField) -> Result<Engine, Error> {
        Ok(any_term(field, &self.pattern_terms(&[field], pattern)?).unwrap_or_else(engine::nothing))
    }

    pub(super) fn filters(&mut self, filter: &Filter) -> Vec<Engine> {
        let mut filters: Vec<Engine> = Vec::new();
        if filter.from.is_some() || filter.to.is_some() {
            filters.push(self.range(Range::Date(filter.from, filter.to)));
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
            filters.extend(engine::any(any_of.iter().map(|name| self.named(field, name))));
            if !none_of.is_empty() {
                let none_of: Vec<Engine> = none_of.iter().map(|name| self.named(field, name)).collect();
                filters.push(self.without(self.everything(), none_of));
            }
        }
        filters.into_iter().map(engine::unscored).collect()
    }

    /// The articles with a name in a field: all its words in sequence, or a language.
    fn named(&mut self, field: EngineField, name: &str) -> Engine {
        if field == self.fields.language {
            return match (languages::code(name), RegexQuery::from_pattern(".+", field)) {
                (None, Ok(any)) => self.without(self.everything(), [Box::new(any) as Engine]),
                (code, _) => engine::term(Term::from_field_text(field, &code.unwrap_or_default())),
            };
        }
        let words = [Word { text: name.to_owned(), exact: false }];
        let within = Within { field, weight: None, beside: false, is_loose: true };
        self.phrase(&words, 0, within).unwrap_or_else(engine::nothing)
    }
}

/// The articles with any of some terms in a field.
fn any_term(field: EngineField, terms: &[String]) -> Option<Engine> {
    engine::any(terms.iter().map(|term| engine::term(Term::from_field_text(field, term))))
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
