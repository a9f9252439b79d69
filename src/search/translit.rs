//! Words of the archive that are other spellings of a query word.

use std::collections::BTreeMap;

use super::vocabulary::{by_frequency, folded, vocabulary};
use crate::analysis::{Form, Languages, Sound, Words, forms_prefix, untagged};
use crate::error::Error;
use crate::index::Reader;
use crate::query::Query;

/// Maximum number of other stems of a word, most frequent first.
const STEMS_MAX: usize = 32;

/// Stems of the index that are other spellings of a query term, by term.
pub(super) type Spellings = BTreeMap<String, Vec<String>>;

/// A word of the query.
struct QueryWord {
    terms: Vec<String>,
    sound: Sound,
    /// Document frequencies of the stems that match.
    found: BTreeMap<String, u64>,
}

/// The other spellings of the words of a query, and of their forms in the archive.
///
/// # Errors
/// [`Error::Index`] when the index is damaged.
pub(super) fn spellings(
    reader: &Reader,
    query: &Query,
    languages: &Languages,
    table: &mut Words,
) -> Result<Spellings, Error> {
    let mut all: Vec<QueryWord> = Vec::new();
    for word in query.words().iter().filter(|word| !word.exact) {
        let [(_, terms)] = &mut *languages.query_terms(&word.text, false, table) else { continue };
        let mut sound = Sound::default();
        sound.add(&folded(&word.text));
        for term in &*terms {
            sound.add(untagged(term));
            vocabulary(reader, &[reader.fields().forms], &forms_prefix(term), &mut |_, form, _| {
                if let Form::Other(_, word) = form {
                    sound.add(word);
                }
            })?;
        }
        all.push(QueryWord { terms: std::mem::take(terms), sound, found: BTreeMap::new() });
    }
    all.retain(|query_word| !query_word.sound.is_empty());
    if all.is_empty() {
        return Ok(Spellings::new());
    }
    vocabulary(reader, &[reader.fields().terms, reader.fields().forms], "", &mut |_, form, articles| {
        let (stem, word) = (form.stem(), form.word());
        for query_word in &mut all {
            if !query_word.terms.iter().any(|term| term == stem) && query_word.sound.matches(word) {
                *query_word.found.entry(stem.to_owned()).or_default() += articles;
            }
        }
    })?;
    let mut spellings = Spellings::new();
    for QueryWord { terms, found, .. } in all {
        let found = most_frequent(found);
        if !found.is_empty() {
            spellings.extend(terms.into_iter().map(|term| (term, found.clone())));
        }
    }
    Ok(spellings)
}

/// The stems that most articles have, of those with the number of their articles.
pub(super) fn most_frequent(found: BTreeMap<String, u64>) -> Vec<String> {
    by_frequency(found).into_iter().take(STEMS_MAX).map(|(stem, _)| stem).collect()
}
