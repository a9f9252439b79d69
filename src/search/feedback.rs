//! Feedback: what the first articles are about re-ranks all candidates.
//!
//! A relevance model in the manner of RM3 (Abdul-Jaleel et al., TREC 2004): the terms of the first articles,
//! weighted by their articles' scores and by their rarity, mixed with the query's own. The same candidates are scored
//! by it, and the two scores are mixed; no article comes in that the words alone would not have found.

use std::collections::BTreeMap;

use tantivy::postings::Postings;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, Term};

use super::Statistics;
use super::constants::{
    FEEDBACK_ARTICLES, FEEDBACK_B, FEEDBACK_K1, FEEDBACK_MIX, FEEDBACK_ORIGINAL, FEEDBACK_SHARPNESS, FEEDBACK_TERMS,
    FEEDBACK_TERMS_WEIGHED, FEEDBACK_WORDS_ADDED,
};
use super::copies;
use super::plan::{FeatureKind, Plan};
use super::rescore::Candidate;
use crate::analysis::{Form, Stems, analyse, is_stop_word};
use crate::error::Error;
use crate::index::Reader;

/// Letters under which a term says too little.
const TERM_CHARS_MIN: usize = 3;

/// A term in more than this share of all articles says too little.
const TERM_SHARE_MAX: f32 = 0.25;

/// Adds to each candidate's score what the first ones are about; `ranked` is in order. Gives the model's terms
/// that the query does not have, the weightiest first.
pub(super) fn rerank(
    reader: &Reader,
    plan: &Plan,
    statistics: &Statistics<'_>,
    ranked: &mut [Candidate],
) -> Result<Vec<String>, Error> {
    let own: Vec<(&str, f32)> = plan
        .features
        .iter()
        .filter_map(|f| match &f.kind {
            FeatureKind::Term { term } => Some((Form::of(term).stem(), f.weight)),
            _ => None,
        })
        .collect();
    let model = model(reader, &own, statistics, ranked)?;
    if model.is_empty() {
        return Ok(Vec::new());
    }
    let scores = scores(reader, &model, statistics, ranked)?;
    let base_max = ranked.iter().map(|c| c.score).fold(0.0, f32::max);
    let model_max = scores.iter().copied().fold(0.0, f32::max);
    if base_max > 0.0 && model_max > 0.0 {
        for (candidate, score) in ranked.iter_mut().zip(&scores) {
            candidate.score = (1.0 - FEEDBACK_MIX) * candidate.score + FEEDBACK_MIX * base_max * score / model_max;
        }
    }
    let asked = |term: &str| own.iter().any(|(known, _)| *known == term);
    Ok(model.into_iter().map(|(term, _)| term).filter(|term| !asked(term)).collect())
}

/// Terms and their weights, which add up to 1, the weightiest first.
fn model(
    reader: &Reader,
    own: &[(&str, f32)],
    statistics: &Statistics<'_>,
    ranked: &[Candidate],
) -> Result<Vec<(String, f32)>, Error> {
    // A story counts once, however many outlets carried it.
    let first = copies::distinct(reader, ranked, FEEDBACK_ARTICLES)?;
    let total: f32 = first.iter().map(|c| c.score.powi(FEEDBACK_SHARPNESS)).sum();
    let mut weights: BTreeMap<String, f32> = BTreeMap::new();
    let mut stems = Stems::default();
    for candidate in &first {
        let article = reader.article(candidate.at)?;
        let mut counts: BTreeMap<String, u32> = BTreeMap::new();
        let mut length = 0u32;
        analyse(&article.text, article.title_bytes, &mut stems, &mut |token| {
            length += 1;
            let letters =
                token.term.chars().count() >= TERM_CHARS_MIN && !token.term.starts_with(|c: char| c.is_ascii_digit());
            if letters && !is_stop_word(token.folded) {
                *counts.entry(token.term.to_owned()).or_default() += 1;
            }
        });
        let share =
            if total > 0.0 { candidate.score.powi(FEEDBACK_SHARPNESS) / total } else { 1.0 / first.len() as f32 };
        for (term, count) in counts {
            *weights.entry(term).or_default() += share * count as f32 / (length + FEEDBACK_WORDS_ADDED) as f32;
        }
    }
    let mut learnt: Vec<(String, f32)> = weights.into_iter().collect();
    learnt.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    learnt.truncate(FEEDBACK_TERMS_WEIGHED);
    let mut kept: Vec<(String, f32)> = Vec::with_capacity(learnt.len());
    for (term, weight) in learnt {
        let with = statistics
            .articles_with(&Term::from_field_text(reader.fields().terms, &term))
            .map_err(|e| reader.failed(e))?;
        if with >= 2 && with as f32 <= TERM_SHARE_MAX * statistics.articles() as f32 {
            kept.push((term, weight * statistics.idf(with)));
        }
    }
    kept.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    kept.truncate(FEEDBACK_TERMS);
    let learnt_sum: f32 = kept.iter().map(|(_, w)| w).sum();
    let own_sum: f32 = own.iter().map(|(_, w)| w).sum();
    let mut mixed: BTreeMap<String, f32> = BTreeMap::new();
    for (term, weight) in kept {
        *mixed.entry(term).or_default() += (1.0 - FEEDBACK_ORIGINAL) * weight / learnt_sum.max(f32::MIN_POSITIVE);
    }
    for (term, weight) in own {
        *mixed.entry((*term).to_owned()).or_default() += FEEDBACK_ORIGINAL * weight / own_sum.max(f32::MIN_POSITIVE);
    }
    let mut model: Vec<(String, f32)> = mixed.into_iter().collect();
    model.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Ok(model)
}

/// BM25 of each candidate by the model's weighted terms, in the order of `ranked`.
fn scores(
    reader: &Reader,
    model: &[(String, f32)],
    statistics: &Statistics<'_>,
    ranked: &[Candidate],
) -> Result<Vec<f32>, Error> {
    let field = reader.fields().terms;
    let mut order: Vec<usize> = (0..ranked.len()).collect();
    order.sort_by_key(|i| ranked[*i].at);
    let mut scores = vec![0.0; ranked.len()];
    for group in order.chunk_by(|a, b| ranked[*a].at.segment_ord == ranked[*b].at.segment_ord) {
        let Some(first) = group.first() else { continue };
        let segment = reader.searcher().segment_reader(ranked[*first].at.segment_ord);
        let inverted = segment.inverted_index(field).map_err(|e| reader.failed(e))?;
        let passages = reader.passages(segment)?;
        let mut starts = Vec::new();
        let mut norms = Vec::with_capacity(group.len());
        for i in group {
            passages.read(ranked[*i].at.doc_id, &mut starts);
            let length = starts.last().copied().unwrap_or(1) as f32 / statistics.article_words;
            norms.push(FEEDBACK_K1 * (1.0 - FEEDBACK_B + FEEDBACK_B * length));
        }
        for (term, weight) in model {
            let term = Term::from_field_text(field, term);
            let idf = statistics.idf(statistics.articles_with(&term).map_err(|e| reader.failed(e))?);
            let opened = inverted.read_postings(&term, IndexRecordOption::WithFreqs);
            let Some(mut postings) = opened.map_err(|e| reader.failed(e.into()))? else { continue };
            for (i, norm) in group.iter().zip(&norms) {
                let doc = ranked[*i].at.doc_id;
                if postings.doc() < doc {
                    postings.seek(doc);
                }
                if postings.doc() == doc {
                    let frequency = postings.term_freq() as f32;
                    scores[*i] += weight * idf * frequency * (FEEDBACK_K1 + 1.0) / (frequency + norm);
                }
            }
        }
    }
    Ok(scores)
}
