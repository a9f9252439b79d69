//! Patterns: finds the words of the index that match.

use std::collections::BTreeMap;

use tantivy::schema::Field;

use super::constants::PATTERN_TERMS_MAX;
use crate::analysis::{Form, exact_term, fold};
use crate::error::Error;
use crate::index::Reader;
use crate::query::Pattern;

/// The terms that match a pattern.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct PatternTerms {
    /// The most frequent terms, at most [`PATTERN_TERMS_MAX`].
    pub(super) terms: Vec<String>,
    /// Number of all matching terms.
    pub(super) all: usize,
}

impl PatternTerms {
    /// Matches a pattern against every word of the text or of another field.
    pub(super) fn of(reader: &Reader, fields: &[Field], pattern: &Pattern) -> Result<Self, Error> {
        let Ok(matcher) = pattern.matcher(&folded) else { return Ok(Self::default()) };
        let beginning = folded(pattern.beginning());
        // A word and its stem share at least the first letter: `dying` and `die`.
        let first = &beginning[..beginning.chars().next().map_or(0, char::len_utf8)];
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        vocabulary(reader, fields, first, &mut |form, articles| {
            let (stem, word) = (form.stem(), form.word());
            if matcher.matches(word) {
                *counts.entry(exact_term(stem, word)).or_default() += articles;
            }
        })?;
        let all = counts.len();
        let mut terms: Vec<(String, u64)> = counts.into_iter().collect();
        terms.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        terms.truncate(PATTERN_TERMS_MAX);
        Ok(Self { terms: terms.into_iter().map(|(term, _)| term).collect(), all })
    }

    /// Whether there are more than in `terms`.
    pub(super) fn is_cut(&self) -> bool {
        self.all > self.terms.len()
    }
}

/// Calls `each` with every term of these fields that begins with a prefix, and its document frequency in a segment.
pub(super) fn vocabulary(
    reader: &Reader,
    fields: &[Field],
    beginning: &str,
    each: &mut dyn FnMut(Form<'_>, u64),
) -> Result<(), Error> {
    for segment in reader.searcher().segment_readers() {
        for field in fields {
            let inverted = segment.inverted_index(*field).map_err(|e| reader.failed(e))?;
            let range = inverted.terms().range().ge(beginning.as_bytes());
            let mut stream = range.into_stream().map_err(|e| reader.failed(e.into()))?;
            while stream.advance() && stream.key().starts_with(beginning.as_bytes()) {
                if let Ok(term) = std::str::from_utf8(stream.key()) {
                    each(Form::of(term), u64::from(stream.value().doc_freq));
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
