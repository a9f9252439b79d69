//! The typical words of a result set, and the words of the archive.

use std::collections::BTreeMap;

use tantivy::Term;

use super::Matches;
use crate::analysis::{Form, analyse, exact_term, is_signs, is_telling};
use crate::error::Error;
use crate::index::Reader;
use crate::search::exact::WordFields;
use crate::search::missing::is_word;
use crate::search::patterns::{folded, vocabulary};

/// Number of articles read: a sample spread over a larger result set.
const ARTICLES_READ: usize = 500;

/// Minimum number of sampled articles with a term.
const ARTICLES_WITH_MIN: u64 = 2;

/// The typical words of a result set.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Terms {
    /// Words, most typical first.
    pub terms: Vec<TellingTerm>,
    /// Number of articles read to find them: all, or a sample.
    pub articles_read: u64,
}

/// A word that is more frequent in a result set than in the archive.
#[derive(Debug, Clone, PartialEq)]
pub struct TellingTerm {
    /// The form that is most frequent in the set.
    pub word: String,
    /// Number of sampled articles that contain a form of it.
    pub articles: u64,
    /// Number of articles of the archive that contain one.
    pub archive: u64,
    /// Dunning's log-likelihood ratio (1993) over articles.
    pub score: f64,
}

/// The `wanted` most typical words of a result set.
///
/// # Errors
/// [`Error::Index`] when the index is damaged.
pub fn terms(reader: &Reader, matches: &Matches, wanted: usize) -> Result<Terms, Error> {
    let counted = &matches.counted;
    let step = counted.len().div_ceil(ARTICLES_READ).max(1);
    let mut counts: BTreeMap<String, (u64, BTreeMap<String, u64>)> = BTreeMap::new();
    let mut articles_read = 0;
    for at in counted.iter().step_by(step) {
        articles_read += 1;
        let (text, title_bytes, language) = reader.text(*at)?;
        let mut here: BTreeMap<String, String> = BTreeMap::new();
        analyse(&text, title_bytes, language, &mut reader.words(), &mut |token| {
            let term = token.term();
            if is_telling(term) && !token.word.is_stop_word() && !here.contains_key(term) {
                let word = if is_signs(term) { &text[token.start..token.end] } else { token.folded() };
                here.insert(term.to_owned(), word.to_owned());
            }
        });
        for (term, word) in here {
            let count = counts.entry(term).or_default();
            count.0 += 1;
            *count.1.entry(word).or_default() += 1;
        }
    }
    let total = reader.totals()?.0;
    let mut terms = Vec::new();
    for (term, (articles, words)) in counts {
        if articles < ARTICLES_WITH_MIN.min(articles_read) {
            continue;
        }
        let key = Term::from_field_text(reader.fields().terms, &term);
        let archive = reader.documents_with(&key, |_| true).map_err(|e| reader.failed(e))?.unwrap_or(0).max(articles);
        let score = likelihood(articles as f64, articles_read as f64, archive as f64, total as f64);
        let word = words.into_iter().max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(&a.0))).map(|(word, _)| word);
        terms.push(TellingTerm { word: word.unwrap_or(term), articles, archive, score });
    }
    terms.retain(|term| term.score > 0.0);
    terms.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.word.cmp(&b.word)));
    terms.truncate(wanted);
    Ok(Terms { terms, articles_read })
}

/// The log-likelihood ratio for a term that `with` of `read` sampled articles and `archive` of all `total` articles
/// contain; 0 if it is not more frequent in the sample.
fn likelihood(with: f64, read: f64, archive: f64, total: f64) -> f64 {
    let (others_with, others) = ((archive - with).max(0.0), (total - read).max(0.0));
    if others > 0.0 && with / read <= others_with / others {
        return 0.0;
    }
    let all = (with + others_with) / (read + others);
    let part = |seen: f64, of: f64| {
        let one = |seen: f64, share: f64| {
            if seen > 0.0 { seen * (seen / (of * share).max(f64::MIN_POSITIVE)).ln() } else { 0.0 }
        };
        one(seen, all) + one(of - seen, 1.0 - all)
    };
    2.0 * (part(with, read) + part(others_with, others))
}

/// The words of the archive that begin with a prefix, most frequent first, with the number of articles that contain
/// them. If words share a stem, the word that the stem spells gets the count of the stem.
///
/// # Errors
/// [`Error::Index`] when the index is damaged.
pub fn words_with_prefix(reader: &Reader, prefix: &str, wanted: usize) -> Result<Vec<(String, u64)>, Error> {
    let prefix = folded(prefix);
    let first = &prefix[..prefix.chars().next().map_or(0, char::len_utf8)];
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    let fields = WordFields::of(reader.fields());
    vocabulary(reader, &[reader.fields().terms, reader.fields().forms], first, &mut |form, articles| {
        let (stem, word) = (form.stem(), form.word());
        if word.starts_with(&prefix) {
            *counts.entry(exact_term(stem, word)).or_default() += articles;
        }
    })?;
    let mut found: Vec<(String, u64)> = counts.into_iter().collect();
    found.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let mut words = Vec::new();
    for (term, articles) in found {
        if words.len() < wanted && is_word(reader, &fields, &term)? {
            words.push((Form::of(&term).word().to_owned(), articles));
        }
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_more_frequent_here_tells() {
        assert_eq!(likelihood(1.0, 10.0, 100.0, 1000.0), 0.0);
        let (rare, common) = (likelihood(9.0, 10.0, 20.0, 1000.0), likelihood(9.0, 10.0, 600.0, 1000.0));
        assert!(rare > common && common > 0.0);
        assert!(likelihood(10.0, 10.0, 10.0, 10.0).abs() < 1e-9);
    }
}
