//! The words of the index: those that match a pattern or begin with a prefix.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use tantivy::query::RegexQuery;
use tantivy::schema::Field;

use super::engine::{self, Engine};
use crate::analysis::{Form, Language, Languages, Words, exact_term, fold, tokenize_query};
use crate::error::Error;
use crate::index::Reader;
use crate::query::Pattern;

/// The terms that match a pattern or prefix.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The most frequent terms, in decreasing order.
    pub(super) terms: Vec<String>,
    /// Number of all matching terms.
    pub(super) all: usize,
}

impl Found {
    /// The terms of some fields whose words match a pattern; at most `terms_max`.
    pub(super) fn with_pattern(
        reader: &Reader,
        fields: &[Field],
        pattern: &Pattern,
        terms_max: usize,
    ) -> Result<Self, Error> {
        let Ok(matcher) = pattern.matcher(&folded) else { return Ok(Self::default()) };
        let beginning = folded(pattern.beginning());
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        vocabulary(reader, fields, first_letter(&beginning), &mut |_, form, articles| {
            if matcher.matches(form.word()) {
                *counts.entry(exact_term(form.stem(), form.word())).or_default() += articles;
            }
        })?;
        Ok(Self::most_frequent(counts, terms_max))
    }

    /// The stems that begin with a folded prefix, and the words that do although their stems do not: the stem of
    /// `company` is `compani`. At most `terms_max`; none for an empty prefix.
    pub(super) fn with_prefix(reader: &Reader, prefix: &str, terms_max: usize) -> Result<Self, Error> {
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        let fields = reader.fields();
        for (field, beginning) in [(fields.terms, prefix), (fields.forms, first_letter(prefix))] {
            if !prefix.is_empty() {
                vocabulary(reader, &[field], beginning, &mut |term, form, articles| {
                    if begins(form, prefix) {
                        *counts.entry(term.to_owned()).or_default() += articles;
                    }
                })?;
            }
        }
        Ok(Self::most_frequent(counts, terms_max))
    }

    fn most_frequent(counts: BTreeMap<String, u64>, terms_max: usize) -> Self {
        let all = counts.len();
        Self { terms: by_frequency(counts).into_iter().take(terms_max).map(|(term, _)| term).collect(), all }
    }

    /// Whether there are more than in `terms`.
    pub(super) fn is_cut(&self) -> bool {
        self.all > self.terms.len()
    }
}

fn begins(form: Form<'_>, prefix: &str) -> bool {
    match form {
        Form::Any(stem) | Form::Bare(stem) => stem.starts_with(prefix),
        Form::Other(stem, folded) => folded.starts_with(prefix) && !stem.starts_with(prefix),
    }
}

/// The first letter of a folded word, which its stem shares: `dying` and `die`.
pub(super) fn first_letter(folded: &str) -> &str {
    &folded[..folded.chars().next().map_or(0, char::len_utf8)]
}

/// Terms by decreasing count, then by their text.
pub(super) fn by_frequency(counts: BTreeMap<String, u64>) -> Vec<(String, u64)> {
    let mut terms: Vec<(String, u64)> = counts.into_iter().collect();
    terms.sort_by_key(|(_, count)| Reverse(*count));
    terms
}

/// Calls `each` with every term of these fields that begins with a prefix, and its document frequency in a segment.
pub(super) fn vocabulary(
    reader: &Reader,
    fields: &[Field],
    beginning: &str,
    each: &mut dyn FnMut(&str, Form<'_>, u64),
) -> Result<(), Error> {
    for segment in reader.searcher().segment_readers() {
        for field in fields {
            let inverted = segment.inverted_index(*field).map_err(|e| reader.failed(e))?;
            let range = inverted.terms().range().ge(beginning.as_bytes());
            let mut stream = range.into_stream().map_err(|e| reader.failed(e.into()))?;
            while stream.advance() && stream.key().starts_with(beginning.as_bytes()) {
                if let Ok(term) = std::str::from_utf8(stream.key()) {
                    each(term, Form::of(term), u64::from(stream.value().doc_freq));
                }
            }
        }
    }
    Ok(())
}

/// A text as words are folded.
pub(super) fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold(text, &mut folded);
    folded
}

/// Queries for every article with a stem or word that begins with the prefix, one for each field, without scores.
pub(super) fn all_with_prefix(fields: &[Field], prefix: &str) -> Vec<Engine> {
    if prefix.is_empty() {
        return Vec::new();
    }
    let (first, prefix) = (regex::escape(first_letter(prefix)), regex::escape(prefix));
    let pattern = format!("{prefix}.*|{first}[^\u{4}]*\u{4}{prefix}.*");
    let queries = fields.iter().filter_map(|field| RegexQuery::from_pattern(&pattern, *field).ok());
    queries.map(|query| engine::unscored(Box::new(query))).collect()
}

/// The words that must precede the prefix, and the folded prefix itself: `chip-mak` gives the joined form `chipmak`,
/// and `2019-20` gives `20`.
pub(super) fn folded_prefix(text: &str, languages: &Languages, words: &mut Words) -> (Vec<Vec<String>>, String) {
    let mut tokens: Vec<(u32, std::ops::Range<usize>, String)> = Vec::new();
    tokenize_query(text, Language::default(), words, &mut |token| {
        tokens.push((token.position, token.start..token.end, token.folded().to_owned()));
    });
    // A joined form comes last, at the position of its first part. For a word with umlauts, the first form is the word as
    // written.
    let Some((position, bytes, mut folded)) = tokens.pop() else { return (Vec::new(), String::new()) };
    if let Some((.., written)) = tokens.pop_if(|before| before.1 == bytes) {
        folded = written;
    }
    let before = tokens.into_iter().filter(|(at, ..)| *at < position);
    let terms = |(_, bytes, _): (u32, std::ops::Range<usize>, String)| {
        languages.query_terms(&text[bytes], true, words).into_iter().next().map(|(_, terms)| terms)
    };
    (before.filter_map(terms).collect(), folded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_folded_and_joined() {
        for (text, before, folded) in [
            ("Chip", "", "chip"),
            ("chip-mak", "", "chipmak"),
            ("e-m", "", "em"),
            ("covid-19", "", "covid19"),
            ("2019-20", "2019", "20"),
            ("U.S", "", "us."),
            ("Élys", "", "elys"),
            ("–", "", ""),
        ] {
            let (found, prefix) = folded_prefix(text, &Languages::default(), &mut Words::default());
            assert_eq!((found.concat().join(" "), prefix.as_str()), (before.to_owned(), folded), "{text}");
        }
    }

    #[test]
    fn forms_begin_so_whose_stems_do_not() {
        for (term, prefix, expected) in [
            ("compani\u{4}company", "company", true),
            ("compani\u{4}companies", "company", false),
            ("compani", "company", false),
            ("chip\u{4}chips", "chip", false),
            ("chip", "chip", true),
        ] {
            assert_eq!(begins(Form::of(term), prefix), expected, "{term:?} {prefix}");
        }
    }
}
