//! The constants of ranking. `docs/ranking.md` has the measurements behind them.

use super::statistics::Saturation;

/// BM25 of articles, also for finding candidates.
pub(super) const ARTICLE: Saturation = Saturation { k1: 1.5, b: 0.45 };

/// Weight of a headline word, in occurrences in the article.
pub(super) const TITLE_WEIGHT: f32 = 2.0;

/// BM25 of passages, whose lengths depend little on how text is split.
pub(super) const PASSAGE: Saturation = Saturation { k1: 1.5, b: 0.4 };

/// Share of the best passage in a score; the article has the rest.
pub(super) const PASSAGE_WEIGHT: f32 = 0.4;

/// Weight of the first passage: news states its subject at the start.
pub(super) const LEAD_WEIGHT: f32 = 0.1;

/// Weight of the proximity of different query words.
pub(super) const PROXIMITY_WEIGHT: f32 = 0.3;

/// Exponent of the distance in proximity.
pub(super) const PROXIMITY_POWER: f32 = 1.5;

/// Maximum distance for proximity, in tokens.
pub(super) const PROXIMITY_TOKENS_MAX: u32 = 8;

/// Number of candidates that are scored from positions and re-ranked together.
pub(super) const RANKED: usize = 300;

/// Maximum number of candidates ranked for a few hits if copies leave too few. This allows for a thousand copies of each of
/// the first ten hits, and takes a tenth of a second.
pub(super) const COLLAPSED_MAX: usize = 40 * RANKED;

/// Maximum number of terms scored for a prefix, most frequent first.
pub(super) const PREFIX_TERMS_MAX: usize = 64;

/// Number of articles used for feedback.
pub(super) const FEEDBACK_ARTICLES: usize = 20;

/// Number of terms in the feedback model.
pub(super) const FEEDBACK_TERMS: usize = 50;

/// Number of terms whose document frequency is looked up for the model, most frequent first.
pub(super) const FEEDBACK_TERMS_WEIGHED: usize = 400;

/// Share of the query words in the feedback model.
pub(super) const FEEDBACK_ORIGINAL: f32 = 0.1;

/// Decrease of an article's weight in the model with its score: `exp(decay * (score / best score - 1))`.
pub(super) const FEEDBACK_DECAY: f32 = 8.0;

/// Words added to the length of an article in the model, so that an article with only a headline does not dominate it.
pub(super) const FEEDBACK_WORDS_ADDED: u32 = 30;

/// BM25 of articles by the terms of the model.
pub(super) const FEEDBACK: Saturation = Saturation { k1: 0.9, b: 0.5 };

/// Share of the model in a score. It is the same for all queries.
pub(super) const FEEDBACK_MIX: f32 = 0.675;

/// Share of the model in a score if it may add articles, which have no other score.
pub(super) const EXPAND_MIX: f32 = 0.75;

/// Number of terms used to find similar articles.
pub(super) const SIMILAR_TERMS: usize = 25;

/// Maximum number of words searched for a pattern. Each is a posting list to read.
pub(super) const PATTERN_TERMS_MAX: usize = 1024;
