//! Words, phrases and prefixes of a query.

use std::sync::Arc;

use tantivy::Term;
use tantivy::query::{BooleanQuery, BoostQuery, Occur, PhraseQuery};
use tantivy::schema::Field as EngineField;

use super::{Builder, FeatureKind, Within};
use crate::analysis::{Form, Place, is_unspaced, is_unspaced_char, is_unspaced_letter, untagged};
use crate::error::Error;
use crate::query::{Pattern, Query, Word};
use crate::search::constants::{PATTERN_TERMS_MAX, PREFIX_TERMS_MAX};
use crate::search::engine::{self, Engine};
use crate::search::languages::sequences;
use crate::search::spans::{PhraseTerms, SpanTree};
use crate::search::statistics::Statistics;
use crate::search::vocabulary::{Found, all_with_prefix, folded_prefix};
use crate::search::word_postings::index_term;

/// Maximum number of pairs in a run of characters that is taken for a single word, and of one in Thai and the like.
const PAIRS_OF_WORD_MAX: usize = 5;
const PAIRS_OF_LETTERS_MAX: usize = 12;

impl Builder<'_> {
    /// The terms for a word.
    pub(super) fn terms(&mut self, word: &str) -> Vec<Place> {
        let key = |term: &str| Term::from_field_text(self.fields.terms, term);
        let with = |term: &str| self.reader.articles_with(&key(term)).unwrap_or(0);
        let places = self.languages.counted_terms(word, self.keep_stop_words, &mut self.table, &with);
        self.respelled(places)
    }

    fn term_of_text(&self, term: &str) -> Term {
        Term::from_field_text(self.fields.terms, term)
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

    /// A word of the text.
    pub(super) fn word(&mut self, word: &Word, within: Within) -> Result<Option<Engine>, Error> {
        let places = self.terms(&word.text);
        if let [(_, forms)] = places.as_slice()
            && let Some(group) = self.synonyms.iter().find(|group| forms.iter().any(|form| group.contains(form)))
        {
            let mut group = group.clone();
            let others: Vec<&str> = group.iter().filter(|other| !forms.contains(other)).map(String::as_str).collect();
            let words = format!("{} = {}", word.text, others.join(" = "));
            let added: Vec<String> = forms.iter().filter(|form| !group.contains(form)).cloned().collect();
            group.extend(added);
            let found = engine::any(group.iter().map(|term| engine::term(self.term_of_text(term))));
            self.feature(FeatureKind::OneOf(group), words, within);
            return Ok(found);
        }
        let alone = places.len() == 1;
        let mut queries = Vec::with_capacity(places.len());
        for (_, terms) in places {
            let others = terms.iter().filter(|term| self.spellings.values().flatten().any(|other| other == *term));
            let words = match alone {
                true => others.fold(word.text.clone(), |words, other| format!("{words} = {}", untagged(other))),
                false => terms[0].clone(),
            };
            let (query, known) = self.any_form(terms)?;
            queries.push(query);
            self.feature(FeatureKind::Word(known), words, within);
        }
        // `long-term` requires both parts; next to other words, where any word may match, any part may.
        let (parts, joined) = self.languages.linked_terms(&word.text, &mut self.table);
        if within.beside || parts.len() < 2 || queries.is_empty() {
            return Ok(engine::any(queries));
        }
        // The pairs of a run of characters are its words and the pairs across their boundaries. Of a single word, or if
        // all words are required, most must match.
        if parts.iter().any(|(_, terms)| terms.iter().any(|term| is_unspaced(term))) {
            let word_max =
                if word.text.starts_with(is_unspaced_letter) { PAIRS_OF_LETTERS_MAX } else { PAIRS_OF_WORD_MAX };
            let most = !within.is_loose || queries.len() <= word_max;
            let needed = if most { (queries.len() * 3).div_ceil(5) } else { 1 };
            let clauses = queries.into_iter().map(|query| (Occur::Should, query)).collect();
            return Ok(Some(Box::new(BooleanQuery::with_minimum_required_clauses(clauses, needed))));
        }
        let joined = joined.map(|terms| self.any_form(terms)).transpose()?;
        let whole = self.in_sequence(self.fields.terms, &parts, 0).into_iter();
        Ok(engine::any(whole.chain(joined.map(|(query, _)| query))))
    }

    /// A query for any of the terms of a word, and those of them that the index has. The word has one document frequency
    /// for all languages, so that none is favoured for being rare in the index.
    fn any_form(&self, mut terms: Vec<String>) -> Result<(Engine, Vec<String>), Error> {
        if terms.len() > 1 {
            let count = |term: &String| Ok((term.clone(), self.reader.articles_with(&self.term_of_text(term))?));
            let mut counts = terms.iter().map(count).collect::<Result<Vec<(String, u64)>, Error>>()?;
            counts.retain(|(_, count)| *count > 0);
            if counts.len() > 1 {
                let statistics = Statistics::new(self.reader)?;
                let idf = statistics.idf(counts.iter().map(|(_, count)| count).sum());
                let form = |(term, count): &(String, u64)| {
                    let factor = idf / statistics.idf(*count).max(f32::MIN_POSITIVE);
                    Box::new(BoostQuery::new(engine::term(self.term_of_text(term)), factor)) as Engine
                };
                let query = engine::any(counts.iter().map(form)).unwrap_or_else(engine::nothing);
                return Ok((query, counts.into_iter().map(|(term, _)| term).collect()));
            }
            let known = counts.pop().map(|(term, _)| term);
            terms.truncate(1);
            terms = known.map_or(terms, |term| vec![term]);
        }
        let query = terms.first().map_or_else(engine::nothing, |term| engine::term(self.term_of_text(term)));
        Ok((query, terms))
    }

    /// Queries for terms in sequence in a field, in each language the words may belong to.
    fn in_sequence(&self, field: EngineField, places: &[Place], slop: u32) -> Vec<Engine> {
        // Forms of the text are in a separate field, which Tantivy's phrase query cannot include.
        let of_text = field == self.fields.terms;
        let term = |(at, term): &(u32, String)| {
            let known = if of_text { Form::of(term).stem() } else { term };
            (*at as usize, Term::from_field_text(field, known))
        };
        let one = |terms: Vec<(u32, String)>| match terms.iter().map(term).collect::<Vec<_>>() {
            terms if terms.len() > 1 => Box::new(PhraseQuery::new_with_offset_and_slop(terms, slop)) as Engine,
            terms => terms.into_iter().next().map_or_else(engine::nothing, |(_, term)| engine::term(term)),
        };
        sequences(places).into_iter().map(one).collect()
    }

    /// A phrase of a field, or an exact word; in the text without `slop`.
    pub(super) fn phrase(&mut self, words: &[Word], slop: u32, within: Within) -> Option<Engine> {
        let text: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
        let exact = words.iter().any(|word| word.exact);
        let places = self.languages.phrase_terms(&text.join(" "), exact, &mut self.table);
        let found = engine::any(self.in_sequence(within.field, &places, slop))?;
        if within.field != self.fields.terms {
            return Some(found);
        }
        let typed = match exact {
            true => text.iter().map(|word| format!("={word}")).collect::<Vec<_>>().join(" "),
            false => format!("\"{}\"", text.join(" ")),
        };
        let tree = Arc::new(SpanTree::phrase(places.clone()));
        let kind = match <[Place; 1]>::try_from(places) {
            Ok([(_, terms)]) => FeatureKind::Word(terms),
            Err(_) => FeatureKind::Spans(tree.clone()),
        };
        self.feature(kind, typed, within);
        Some(if exact { self.checked(found, tree) } else { found })
    }

    /// The words of the text with a prefix. If the user typed the `star`, a note is given when only some are scored.
    pub(super) fn prefix(&mut self, prefix: &str, star: bool, within: Within) -> Result<Option<Engine>, Error> {
        let (before, folded) = folded_prefix(prefix, &self.languages, &mut self.table);
        if folded.is_empty() {
            return Ok(None);
        }
        let found = Found::with_prefix(self.reader, &folded, PREFIX_TERMS_MAX)?;
        let mut begins: Vec<Engine> =
            found.terms.iter().map(|term| engine::term(index_term(self.fields, term))).collect();
        if found.is_cut() {
            begins.extend(all_with_prefix(&[self.fields.terms, self.fields.forms], &folded));
            if star {
                self.cut.prefixes.push((prefix.to_owned(), found.all));
            }
        }
        self.feature(FeatureKind::OneOf(found.terms), format!("{prefix}*"), within);
        let mut queries = Vec::with_capacity(before.len() + 1);
        for terms in before {
            let words = terms[0].clone();
            let (query, known) = self.any_form(terms)?;
            queries.push(query);
            self.feature(FeatureKind::Word(known), words, within);
        }
        queries.push(engine::any(begins).unwrap_or_else(engine::nothing));
        Ok(engine::all(queries))
    }

    /// The phrases of a word, phrase or pattern that is an operand of proximity operators.
    pub(super) fn leaf(&mut self, query: &Query) -> Result<Vec<PhraseTerms>, Error> {
        let one = |terms: Vec<String>| vec![(vec![(0, terms)], 0)];
        Ok(match query {
            // A single unspaced character begins terms.
            Query::Word(word) if !word.exact && is_unspaced_char(&word.text) => one(self.beginning(&word.text)?.1),
            Query::Word(word) if !word.exact => {
                let (parts, joined) = self.languages.linked_terms(&word.text, &mut self.table);
                let joined = joined.into_iter().map(|terms| (0, terms)).collect();
                vec![(self.respelled(parts), 0), (joined, 0)]
            }
            Query::Word(word) => vec![(self.places(&word.text, true), 0)],
            Query::Capitals(word) => {
                vec![(self.languages.phrase_terms(&word.to_uppercase(), true, &mut self.table), 0)]
            }
            Query::Phrase { words, slop } => {
                let text: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
                vec![(self.places(&text.join(" "), words.iter().any(|word| word.exact)), *slop)]
            }
            Query::Prefix(prefix) => {
                let (before, terms) = self.beginning(prefix)?;
                vec![((0..).zip(before.into_iter().chain([terms])).collect(), 0)]
            }
            Query::Pattern(pattern) => one(self.pattern_terms(&[self.fields.terms, self.fields.forms], pattern)?),
            _ => Vec::new(),
        })
    }

    fn places(&mut self, text: &str, exact: bool) -> Vec<Place> {
        let places = self.languages.phrase_terms(text, exact, &mut self.table);
        self.respelled(places)
    }

    /// The terms before a prefix, and the terms that match it.
    fn beginning(&mut self, prefix: &str) -> Result<(Vec<Vec<String>>, Vec<String>), Error> {
        let (before, folded) = folded_prefix(prefix, &self.languages, &mut self.table);
        let found = Found::with_prefix(self.reader, &folded, PATTERN_TERMS_MAX)?;
        if found.is_cut() {
            self.cut.patterns.push((format!("{prefix}*"), found.all));
        }
        Ok((before, found.terms))
    }

    /// The terms that match a pattern.
    pub(super) fn pattern_terms(&mut self, fields: &[EngineField], pattern: &Pattern) -> Result<Vec<String>, Error> {
        let found = Found::with_pattern(self.reader, fields, pattern, PATTERN_TERMS_MAX)?;
        if found.is_cut() {
            self.cut.patterns.push((Query::Pattern(pattern.clone()).to_string(), found.all));
        }
        Ok(found.terms)
    }
}
