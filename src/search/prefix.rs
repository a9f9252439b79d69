//! Prefixes: finds the words of the index that begin with them.

use std::collections::BTreeMap;

use tantivy::query::{ConstScoreQuery, Occur, RegexQuery};
use tantivy::schema::Field;

use super::first::Engine;
use crate::analysis::{Form, Language, Languages, Words, tokenize_query};
use crate::error::Error;
use crate::index::Reader;

/// The terms that match a prefix.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct PrefixTerms {
    /// The most frequent terms, in decreasing order.
    pub(super) terms: Vec<String>,
    /// Number of all matching terms.
    pub(super) all: usize,
}

impl PrefixTerms {
    /// Finds the stems that begin with a folded prefix, and the words that do although their stems do not: the stem of
    /// `company` is `compani`.
    pub(super) fn of(reader: &Reader, prefix: &str, most: usize) -> Result<Self, Error> {
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        let fields = reader.fields();
        // A word and its stem share at least the first letter: `dying` and `die`.
        let first = &prefix[..prefix.chars().next().map_or(0, char::len_utf8)];
        for segment in reader.searcher().segment_readers() {
            for (field, start) in [(fields.terms, prefix), (fields.forms, first)] {
                let inverted = segment.inverted_index(field).map_err(|e| reader.failed(e))?;
                let range = inverted.terms().range().ge(start.as_bytes());
                let mut stream = range.into_stream().map_err(|e| reader.failed(e.into()))?;
                while stream.advance() && stream.key().starts_with(start.as_bytes()) {
                    let Ok(term) = std::str::from_utf8(stream.key()) else { continue };
                    if begins(term, prefix) {
                        *counts.entry(term.to_owned()).or_default() += u64::from(stream.value().doc_freq);
                    }
                }
            }
        }
        let all = counts.len();
        let mut terms: Vec<(String, u64)> = counts.into_iter().collect();
        terms.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        terms.truncate(most);
        Ok(Self { terms: terms.into_iter().map(|(term, _)| term).collect(), all })
    }

    /// Whether there are more than in `terms`.
    pub(super) fn is_cut(&self) -> bool {
        self.all > self.terms.len()
    }
}

fn begins(term: &str, prefix: &str) -> bool {
    match Form::of(term) {
        Form::Any(stem) | Form::Bare(stem) => stem.starts_with(prefix),
        Form::Other(stem, folded) => folded.starts_with(prefix) && !stem.starts_with(prefix),
    }
}

/// Queries for every article with a stem or word that begins with the prefix, without scores.
pub(super) fn all_with_prefix(fields: &[Field], prefix: &str) -> Vec<(Occur, Engine)> {
    let Some(first) = prefix.chars().next() else { return Vec::new() };
    let (first, prefix) = (escaped(&first.to_string()), escaped(prefix));
    let pattern = format!("{prefix}.*|{first}[^\u{4}]*\u{4}{prefix}.*");
    let queries = fields.iter().filter_map(|field| RegexQuery::from_pattern(&pattern, *field).ok());
    queries.map(|query| (Occur::Should, Box::new(ConstScoreQuery::new(Box::new(query), 0.0)) as Engine)).collect()
}

/// The words that must precede the prefix, and the folded prefix itself: `chip-mak` gives the joined form `chipmak`,
/// and `2019-20` gives `20`.
pub(super) fn folded_prefix(text: &str, languages: &Languages, words: &mut Words) -> (Vec<Vec<String>>, String) {
    let mut tokens: Vec<(u32, std::ops::Range<usize>, String)> = Vec::new();
    tokenize_query(text, Language::default(), words, &mut |token| {
        tokens.push((token.position, token.start..token.end, token.folded().to_owned()));
    });
    // For a word with umlauts, the first form is the word as written.
    let last = tokens.pop().map(|last| match tokens.pop_if(|before| before.1 == last.1) {
        Some(written) => written,
        None => last,
    });
    let Some((position, _, folded)) = last else { return (Vec::new(), String::new()) };
    // A joined form comes last, at the position of its first part.
    let before = tokens.into_iter().filter(|(at, ..)| *at < position);
    let terms = |(_, bytes, _): (u32, std::ops::Range<usize>, String)| {
        languages.query_terms(&text[bytes], true, words).into_iter().next().map(|(_, terms)| terms)
    };
    (before.filter_map(terms).collect(), folded)
}

/// The text as a pattern that matches only itself.
pub(super) fn escaped(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for c in text.chars() {
        if !c.is_alphanumeric() {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern
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
            assert_eq!(begins(term, prefix), expected, "{term:?} {prefix}");
        }
    }
}
