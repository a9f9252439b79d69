//! The typical words of a result set, and the words of the archive.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use rayon::prelude::*;
use tantivy::Term;

use super::Matches;
use crate::analysis::{Form, analyse, exact_term, is_topical, is_unspaced};
use crate::error::Error;
use crate::index::Reader;
use crate::search::best_scores::BestScores;
use crate::search::missing::is_word;
use crate::search::vocabulary::{by_frequency, first_letter, folded, vocabulary};

/// Number of articles read: a sample spread over a larger result set.
const ARTICLES_READ: usize = 200;

/// Minimum number of sampled articles with a term.
const ARTICLES_WITH_MIN: u64 = 2;

/// The typical words of a result set.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Terms {
    /// Words, most typical first.
    pub terms: Vec<TypicalTerm>,
    /// Number of articles read to find them: all, or a sample.
    pub articles_read: u64,
}

/// A word that is more frequent in a result set than in the archive.
#[derive(Debug, Clone, PartialEq)]
pub struct TypicalTerm {
    /// The form that is most frequent in the set.
    pub word: String,
    /// Number of sampled articles that contain a form of it.
    pub articles: u64,
    /// Number of articles of the archive that contain one.
    pub archive: u64,
    /// Dunning's log-likelihood ratio (1993) over articles.
    pub score: f64,
}

/// The sampled articles with a term.
#[derive(Clone, Default)]
struct Count {
    articles: u64,
    /// The last of them, from 1.
    last: usize,
    /// Number of articles by the first form in them.
    words: Vec<(String, u64)>,
}

/// The `wanted` most typical words of a result set.
///
/// # Errors
/// [`Error::Index`] when the index is damaged.
pub fn terms(reader: &Reader, matches: &Matches, wanted: usize) -> Result<Terms, Error> {
    let step = matches.counted.len().div_ceil(ARTICLES_READ).max(1);
    let sample: Vec<_> = matches.counted.iter().step_by(step).collect();
    let texts = sample.par_iter().map(|at| reader.text(**at)).collect::<Result<Vec<_>, Error>>()?;
    let articles_read = texts.len() as u64;
    // By the number of the term in the table of words.
    let (mut counts, mut words) = (Vec::<Count>::new(), reader.words());
    for (article, (text, title_bytes, language)) in (1..).zip(&texts) {
        analyse(text, *title_bytes, *language, &mut words, &mut |token| {
            let term = token.term_number() as usize;
            if term >= counts.len() {
                counts.resize((term + 1).next_power_of_two(), Count::default());
            }
            let count = &mut counts[term];
            if token.word.is_stop_word() || std::mem::replace(&mut count.last, article) == article {
                return;
            }
            count.articles += 1;
            let word = if is_unspaced(token.term()) { &text[token.start..token.end] } else { token.folded() };
            match count.words.iter_mut().find(|(known, _)| known == word) {
                Some((_, articles)) => *articles += 1,
                None => count.words.push((word.to_owned(), 1)),
            }
        });
    }
    let is_candidate =
        |(term, count): &(&str, Count)| is_topical(term) && count.articles >= ARTICLES_WITH_MIN.min(articles_read);
    let counts = (0..).zip(counts).filter(|(_, count)| count.articles > 0);
    let mut counts: Vec<(&str, Count)> =
        counts.map(|(term, count)| (words.text(term), count)).filter(is_candidate).collect();
    counts.sort_by(|a, b| b.1.articles.cmp(&a.1.articles).then(a.0.cmp(b.0)));
    let total = reader.totals()?.0;
    let score = |articles: u64, archive: u64| {
        likelihood(articles as f64, articles_read as f64, archive.max(articles) as f64, total as f64)
    };
    let mut terms = Vec::new();
    let mut best = BestScores::new(wanted);
    for (term, Count { articles, words: forms, .. }) in counts {
        // If it were in no other article of the archive; terms in fewer articles have less.
        if score(articles, 0) < best.least() {
            break;
        }
        let key = Term::from_field_text(reader.fields().terms, term);
        let archive = reader.articles_with(&key)?.max(articles);
        let score = score(articles, archive);
        if score > 0.0 {
            let forms = forms.into_iter().map(|(word, articles)| (articles, Reverse(word)));
            let word = forms.max().map_or_else(|| term.to_owned(), |(_, Reverse(word))| word);
            terms.push(TypicalTerm { word, articles, archive, score });
            best.push(score);
        }
    }
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
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    vocabulary(
        reader,
        &[reader.fields().terms, reader.fields().forms],
        first_letter(&prefix),
        &mut |_, form, articles| {
            let (stem, word) = (form.stem(), form.word());
            if word.starts_with(&prefix) {
                *counts.entry(exact_term(stem, word)).or_default() += articles;
            }
        },
    )?;
    let mut words = Vec::new();
    for (term, articles) in by_frequency(counts) {
        if words.len() < wanted && is_word(reader, &term)? {
            words.push((Form::of(&term).word().to_owned(), articles));
        }
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_more_frequent_than_in_the_archive_score() {
        assert_eq!(likelihood(1.0, 10.0, 100.0, 1000.0), 0.0);
        let (rare, common) = (likelihood(9.0, 10.0, 20.0, 1000.0), likelihood(9.0, 10.0, 600.0, 1000.0));
        assert!(rare > common && common > 0.0);
        assert!(likelihood(10.0, 10.0, 10.0, 10.0).abs() < 1e-9);
    }
}
