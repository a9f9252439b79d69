//! Recency: newer articles are preferred when that is asked for, by a factor that halves with age.
//!
//! The factor is `.5 ^ (age / half-life)` and is applied to the finished score, over the candidates that the words
//! alone have found: an article does not come in for being new.

use super::options::Recency;
use super::rescore::Candidate;
use crate::error::Error;
use crate::index::{Reader, days_since_1970};

/// Half-lives by which an article without a date counts as old: behind most of what is dated, and not lost.
const UNDATED_HALF_LIVES: f64 = 2.0;

/// Sets each candidate's factor of its age; dates to come count as today.
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
