//! Query words that are in no article, with suggestions of similar words.

use super::first;
use super::languages;
use super::options::{Filter, Names, Options};
use super::plan::Plan;
use super::statistics::Statistics;
use super::vocabulary::{folded, vocabulary};
use super::word_postings::{WordPostings, index_term};
use crate::analysis::{Form, exact_term, is_unspaced_char};
use crate::error::Error;
use crate::index::Reader;
use crate::query::{Query, distance};

/// Maximum number of query words examined.
const WORDS_MAX: usize = 32;

/// Maximum number of suggestions for a word.
const SUGGESTIONS: usize = 3;

/// Number of suggestions checked for being words rather than only stems.
const SUGGESTIONS_TRIED: usize = 12;

/// Number of articles examined to find whether a stem is a word.
const ARTICLES_TRIED: usize = 64;

/// Length from which a word may differ by two letters.
const LONG_WORD_CHARS: usize = 7;

/// A query word that is in no article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The word as typed.
    pub word: String,
    /// Similar words of the archive: closest first, then most frequent.
    pub suggestions: Vec<String>,
}

/// The query words that are in no article.
///
/// # Errors
/// [`Error::Index`] when the index is damaged.
pub fn missing(reader: &Reader, query: &Query) -> Result<Vec<Missing>, Error> {
    let languages = languages::filtered(languages::of_index(reader)?, &Names::default());
    let mut missing: Vec<(Missing, Vec<char>)> = Vec::new();
    for word in query.words().into_iter().take(WORDS_MAX) {
        let table = &mut reader.words();
        let places = match word.exact {
            true => languages.phrase_terms(&word.text, true, table),
            false => languages.query_terms(&word.text, true, table),
        };
        let terms: Vec<String> = places.into_iter().flat_map(|(_, terms)| terms).collect();
        // A single unspaced character begins terms.
        let mut unknown = !terms.is_empty() && !is_unspaced_char(&word.text);
        for term in &terms {
            unknown = unknown && reader.articles_with(&index_term(reader.fields(), term))? == 0;
        }
        if unknown && missing.iter().all(|(known, _)| known.word != word.text) {
            let letters = folded(&word.text).chars().collect();
            missing.push((Missing { word: word.text.clone(), suggestions: Vec::new() }, letters));
        }
    }
    if missing.is_empty() {
        return Ok(Vec::new());
    }
    let mut near: Vec<Vec<(usize, u64, String)>> = vec![Vec::new(); missing.len()];
    vocabulary(reader, &[reader.fields().terms, reader.fields().forms], "", &mut |_, form, articles| {
        let (stem, word) = (form.stem(), form.word());
        for ((_, letters), near) in missing.iter().zip(&mut near) {
            let most = 1 + usize::from(letters.len() >= LONG_WORD_CHARS);
            if let Some(distance) = distance(letters, word, most).filter(|distance| *distance > 0) {
                let term = exact_term(stem, word);
                match near.iter_mut().find(|(.., known)| *known == term) {
                    Some(known) => known.1 += articles,
                    None => near.push((distance, articles, term)),
                }
            }
        }
    })?;
    for ((missing, _), mut near) in missing.iter_mut().zip(near) {
        near.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)).then_with(|| a.2.cmp(&b.2)));
        for (.., term) in near.into_iter().take(SUGGESTIONS_TRIED) {
            if missing.suggestions.len() < SUGGESTIONS && is_word(reader, &term)? {
                missing.suggestions.push(Form::of(&term).word().to_owned());
            }
        }
    }
    Ok(missing.into_iter().map(|(missing, _)| missing).collect())
}

/// Whether any article contains all plain words of a query.
///
/// # Errors
/// [`Error::Index`] when the index is damaged.
pub fn has_all_words(reader: &Reader, query: &Query, filter: &Filter) -> Result<bool, Error> {
    let options = Options { filter: filter.clone(), ..Options::default() };
    let plan = Plan::new(reader, &query.clone().with_all_words(), &options)?;
    match &plan.finder {
        Some(finder) => first::any(&Statistics::new(reader)?, finder),
        None => Ok(false),
    }
}

/// Whether a term occurs as a word in one of the first articles with its stem.
pub(super) fn is_word(reader: &Reader, term: &str) -> Result<bool, Error> {
    if matches!(Form::of(term), Form::Other(..)) {
        return Ok(true);
    }
    let mut tried = 0;
    for segment in reader.searcher().segment_readers() {
        let docs = reader.docs(segment, &index_term(reader.fields(), term))?;
        let opened = WordPostings::open(reader.fields(), segment, term).map_err(|e| reader.failed(e))?;
        let Some(mut postings) = opened else { continue };
        let mut positions = Vec::new();
        for doc in docs {
            postings.positions(doc, &mut positions);
            if !positions.is_empty() {
                return Ok(true);
            }
            tried += 1;
            if tried >= ARTICLES_TRIED {
                return Ok(false);
            }
        }
    }
    Ok(false)
}
