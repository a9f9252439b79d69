//! Compounds of German, Dutch and the Scandinavian languages, for query words that no article has.
//!
//! `Kanzlerwahl` finds the compounds that end with it (`Bundeskanzlerwahl`), or, if there are none, the
//! two words of which it consists (`Waldbrand`: `Wald`, `Brand`). A word that occurs in an article finds no compounds;
//! `*wahl` does.

use super::translit::{Spellings, most_frequent};
use super::vocabulary::{folded, vocabulary};
use super::word_postings::index_term;
use crate::analysis::{Languages, Words, untagged};
use crate::error::Error;
use crate::index::Reader;
use crate::query::Query;

/// Minimum length of a word that compounds end with, and of a part of a compound.
const HEAD_CHARS_MIN: usize = 5;
const PART_CHARS_MIN: usize = 4;

/// Letters between the parts of a compound.
const LINKS: [&str; 4] = ["", "s", "es", "n"];

/// The terms of compounds or parts, by the query term that they replace.
///
/// # Errors
/// [`Error::Index`] when the index is damaged.
pub(super) fn compounds(
    reader: &Reader,
    query: &Query,
    languages: &Languages,
    table: &mut Words,
) -> Result<Spellings, Error> {
    let mut spellings = Spellings::new();
    let within = languages.with_compounds();
    if within.is_empty() {
        return Ok(spellings);
    }
    for word in query.words().iter().filter(|word| !word.exact) {
        let letters = folded(&word.text);
        let places = languages.query_terms(&word.text, false, table);
        let [(_, terms)] = places.as_slice() else { continue };
        let plain = letters.chars().all(char::is_alphabetic) && letters.chars().count() >= HEAD_CHARS_MIN;
        if !plain || articles_with(reader, terms)? > 0 {
            continue;
        }
        let mut found = ending_with(reader, &letters, &within)?;
        if found.is_empty() {
            found = parts(reader, &letters, &within, table)?;
        }
        if !found.is_empty() {
            spellings.extend(terms.iter().map(|term| (term.clone(), found.clone())));
        }
    }
    Ok(spellings)
}

fn articles_with(reader: &Reader, terms: &[String]) -> Result<u64, Error> {
    terms.iter().map(|term| reader.articles_with(&index_term(reader.fields(), term))).sum()
}

/// The stems of the two words that a folded word is made of, preferring a long shorter one.
fn parts(reader: &Reader, letters: &str, within: &Languages, table: &mut Words) -> Result<Vec<String>, Error> {
    let mut known = |part: &str| -> Result<Option<String>, Error> {
        match within.query_terms(part, false, table).as_slice() {
            [(_, terms)] if articles_with(reader, terms)? > 0 => Ok(terms.first().cloned()),
            _ => Ok(None),
        }
    };
    let mut ways: Vec<(usize, &str, &str)> = letters
        .char_indices()
        .map(|(at, _)| letters.split_at(at))
        .map(|(first, second)| (first.chars().count().min(second.chars().count()), first, second))
        .filter(|(shorter, ..)| *shorter >= PART_CHARS_MIN)
        .collect();
    ways.sort_by_key(|(shorter, ..)| std::cmp::Reverse(*shorter));
    for (_, first, second) in ways {
        let Some(head) = known(second)? else { continue };
        for first in LINKS.iter().filter_map(|link| first.strip_suffix(link)).filter(|f| f.len() >= PART_CHARS_MIN - 1)
        {
            if let Some(first) = known(first)? {
                return Ok(vec![first, head]);
            }
        }
    }
    Ok(Vec::new())
}

/// The stems of compounds that end with a folded word.
fn ending_with(reader: &Reader, letters: &str, within: &Languages) -> Result<Vec<String>, Error> {
    let mut found = std::collections::BTreeMap::new();
    vocabulary(reader, &[reader.fields().terms, reader.fields().forms], "", &mut |_, form, articles| {
        let (stem, word) = (form.stem(), form.word());
        let tag = &stem[untagged(stem).len()..];
        let before = word.strip_suffix(letters).map_or(0, |before| before.chars().count());
        if before >= PART_CHARS_MIN - 1 && within.has_tag(tag) {
            *found.entry(stem.to_owned()).or_default() += articles;
        }
    })?;
    Ok(most_frequent(found))
}
