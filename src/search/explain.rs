//! Why a hit stands where it stands: its score taken apart, and set against the next.

use super::Statistics;
use super::copies::Folded;
use super::hit::{Explanation, Hit, Options, Part, PartKind};
use super::plan::Plan;
use super::rescore::{Candidate, Rescorer};
use crate::error::Error;
use crate::index::Reader;

/// Adds to each hit what its score is made of; `ranked` has one article more than are shown, if there is one.
pub(super) fn explain(
    reader: &Reader,
    plan: &Plan,
    statistics: &Statistics<'_>,
    ranked: &Folded,
    options: &Options,
    hits: &mut [Hit],
) -> Result<(), Error> {
    let rescorer = Rescorer::new(reader, plan, statistics)?;
    let candidates = ranked.shown.iter().skip(options.offset);
    let mut explanations = Vec::new();
    for candidate in candidates.take(options.limit.saturating_add(1)) {
        let parts = parts(reader, plan, statistics, &rescorer, ranked, candidate)?;
        explanations.push(Explanation { parts, recency: options.recency.map(|_| candidate.factor), above_next: None });
    }
    for place in 1..explanations.len() {
        let above = above(&explanations[place - 1], &explanations[place]);
        // A list by time is not in the order of scores.
        explanations[place - 1].above_next = (options.sort == super::Sort::Relevance).then_some(above);
    }
    let mut explained = explanations.into_iter();
    for same in hits.chunk_by_mut(|a, b| a.article == b.article) {
        let explanation = explained.next();
        same.iter_mut().for_each(|hit| hit.explanation.clone_from(&explanation));
    }
    Ok(())
}

/// The parts of an article's score before its age counts.
fn parts(
    reader: &Reader,
    plan: &Plan,
    statistics: &Statistics<'_>,
    rescorer: &Rescorer<'_>,
    ranked: &Folded,
    candidate: &Candidate,
) -> Result<Vec<Part>, Error> {
    let model = ranked.models.get(candidate.lot).and_then(Option::as_ref);
    let kept = model.map_or(1.0, |model| model.kept);
    let found = rescorer.parts(candidate.at)?;
    let mut parts = Vec::new();
    for (place, kind) in [PartKind::Article, PartKind::Passage, PartKind::Lead].into_iter().enumerate() {
        for (feature, scores) in plan.features.iter().zip(&found.features) {
            parts.push(Part { kind, word: Some(feature.words.clone()), score: kept * scores[place] });
        }
    }
    parts.push(Part { kind: PartKind::Nearness, word: None, score: kept * found.near });
    if let Some(model) = model {
        for (term, score) in model.terms.iter().zip(model.parts(reader, statistics, candidate.at)?) {
            parts.push(Part { kind: PartKind::Feedback, word: Some(term.word.clone()), score });
        }
    }
    parts.retain(|part| part.score > 0.0);
    parts.sort_by(|a, b| a.kind.cmp(&b.kind).then(b.score.total_cmp(&a.score)));
    Ok(parts)
}

/// By how much each kind of part puts one above another.
fn above(one: &Explanation, other: &Explanation) -> Vec<(PartKind, f32)> {
    let of_kind = |explanation: &Explanation, kind: PartKind| {
        let sum: f32 = explanation.parts.iter().filter(|part| part.kind == kind).map(|part| part.score).sum();
        sum * explanation.recency.unwrap_or(1.0)
    };
    let mut kinds: Vec<(PartKind, f32)> =
        PartKind::ALL.into_iter().map(|kind| (kind, of_kind(one, kind) - of_kind(other, kind))).collect();
    kinds.retain(|(_, difference)| *difference != 0.0);
    kinds.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then(a.0.cmp(&b.0)));
    kinds
}
