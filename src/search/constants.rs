//! The constants of ranking, each in one place.
//!
//! One set for all archives, chosen on six judged collections together (time, npl, lisa, cacm, cisi, med) so that
//! a value which helps everywhere a little wins over one that helps a single collection much.

/// BM25's term saturation for articles.
pub(super) const ARTICLE_K1: f32 = 1.2;

/// BM25's length normalisation for articles. Tantivy's own .75 is behind by 3 % of average precision.
pub(super) const ARTICLE_B: f32 = 0.4;

/// BM25's term saturation for passages.
pub(super) const PASSAGE_K1: f32 = 1.2;

/// BM25's length normalisation for passages, whose lengths differ little by making.
pub(super) const PASSAGE_B: f32 = 0.3;

/// The passage's share of a score; the article has the rest.
pub(super) const PASSAGE_WEIGHT: f32 = 0.4;

/// The weight of nearness of different query words.
pub(super) const PROXIMITY_WEIGHT: f32 = 0.5;

/// Tokens between two query words beyond which they are not near.
pub(super) const PROXIMITY_TOKENS_MAX: u32 = 8;

/// Candidates that are scored again for a first screen; more of them did not change the first ten.
pub(super) const CANDIDATES_MIN: usize = 200;

/// Terms of the index that a prefix stands for, the most frequent first.
pub(super) const PREFIX_TERMS_MAX: usize = 64;

/// Articles that feedback reads.
pub(super) const FEEDBACK_ARTICLES: usize = 10;

/// Terms of the feedback model.
pub(super) const FEEDBACK_TERMS: usize = 50;

/// The original words' share of the feedback model.
pub(super) const FEEDBACK_ORIGINAL: f32 = 0.3;

/// The model's share of a score.
pub(super) const FEEDBACK_MIX: f32 = 0.4;
