//! Recency: on request, scores decrease with age.
//!
//! The factor `.5 ^ (age / half-life)` is applied to the final score. It does not add candidates: an article is not
//! found for being new.

use super::options::Recency;
use super::rescore::Candidate;
use crate::error::Error;
use crate::index::{Reader, days_since_1970};

/// Age of an article without a date, in half-lives: behind most dated articles, but not lost.
const UNDATED_HALF_LIVES: f64 = 2.0;

/// Sets the recency factor of each candidate. Future dates count as today.
pub(super) fn weigh(reader: &Reader, recency: &Recency, ranked: &mut [Candidate]) -> Result<(), Error> {
    let today = days_since_1970(recency.today);
    for candidate in ranked {
        let segment = reader.searcher().segment_reader(candidate.doc.segment_ord);
        let days = reader.days(segment)?;
        let half_lives = days
            .first(candidate.doc.doc_id)
            .map_or(UNDATED_HALF_LIVES, |day| today.saturating_sub(day).max(0) as f64 / recency.half_life_days);
        candidate.recency = (-half_lives).exp2() as f32;
    }
    Ok(())
}
