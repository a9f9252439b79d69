//! Explains hits: the parts of a score, and the comparison with the next hit.

use super::hit::{Explanation, Hit, Part, PartKind};
use super::options::{Ranking, Sort};
use super::rescore::Candidate;

/// Adds an explanation to each hit. `ranked` has one more article than are shown, if there is one.
pub(super) fn explain(ranked: &[Candidate], ranking: &Ranking, hits: &mut [Hit]) {
    let of = |candidate: &Candidate| Explanation {
        parts: parts(candidate),
        recency: ranking.recency.map(|_| candidate.recency),
        above_next: None,
    };
    let mut explanations: Vec<Explanation> = ranked.iter().map(of).collect();
    for place in 1..explanations.len() {
        let above = above(&explanations[place - 1], &explanations[place]);
        // A list sorted by date is not in order of scores.
        explanations[place - 1].above_next = (ranking.sort == Sort::Relevance).then_some(above);
    }
    let mut explained = explanations.into_iter();
    for same in hits.chunk_by_mut(|a, b| a.article == b.article) {
        let explanation = explained.next();
        same.iter_mut().for_each(|hit| hit.explanation.clone_from(&explanation));
    }
}

/// The parts of a score before the recency factor.
fn parts(candidate: &Candidate) -> Vec<Part> {
    let both = [&candidate.query, &candidate.feedback];
    let mut parts: Vec<Part> = both.iter().flat_map(|score| score.parts.iter().flatten().cloned()).collect();
    parts.retain(|part| part.score > 0.0);
    parts.sort_by(|a, b| a.kind.cmp(&b.kind).then(b.score.total_cmp(&a.score)));
    parts
}

/// The difference between two scores by kind of part.
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
