//! The constants of ranking, each in one place. What was measured for them is in `docs/ranking.md`.

use super::statistics::Saturation;

/// BM25 of articles, by which candidates are found too.
pub(super) const ARTICLE: Saturation = Saturation { k1: 1.5, b: 0.45 };

/// How often a word of the headline counts in its article.
pub(super) const TITLE_WEIGHT: f32 = 2.0;

/// BM25 of passages, whose lengths differ little by how they are cut.
pub(super) const PASSAGE: Saturation = Saturation { k1: 1.5, b: 0.4 };

/// The best passage's share of a score; the article has the rest.
pub(super) const PASSAGE_WEIGHT: f32 = 0.4;

/// What the first passage adds to a score: news says what it is about at its head.
pub(super) const LEAD_WEIGHT: f32 = 0.1;

/// The weight of the proximity of different query words.
pub(super) const PROXIMITY_WEIGHT: f32 = 0.3;

/// The power of the distance by which proximity falls.
pub(super) const PROXIMITY_POWER: f32 = 1.5;

/// Tokens between two query words beyond which they are not near.
pub(super) const PROXIMITY_TOKENS_MAX: u32 = 8;

/// Candidates that are scored from their positions, and fed back, together.
pub(super) const RANKED: usize = 300;

/// Candidates that are ranked for a few hits, however many of them are copies: enough for a thousand copies of each of
/// the first ten, and a tenth of a second.
pub(super) const COLLAPSED_MAX: usize = 40 * RANKED;

/// Terms of the index that a prefix stands for, the most frequent first.
pub(super) const PREFIX_TERMS_MAX: usize = 64;

/// Articles that feedback reads.
pub(super) const FEEDBACK_ARTICLES: usize = 20;

/// Terms of the feedback model.
pub(super) const FEEDBACK_TERMS: usize = 50;

/// Terms whose rarity is looked up for the model, the most frequent first.
pub(super) const FEEDBACK_TERMS_WEIGHED: usize = 400;

/// The original words' share of the feedback model.
pub(super) const FEEDBACK_ORIGINAL: f32 = 0.1;

/// How sharply an article's voice in the model falls with its score: `exp(voice * (score / best score - 1))`.
pub(super) const FEEDBACK_VOICE: f32 = 8.0;

/// Words by which an article is taken for longer, so that one of a headline only does not fill the model.
pub(super) const FEEDBACK_WORDS_ADDED: u32 = 30;

/// BM25 of articles by the model's terms.
pub(super) const FEEDBACK: Saturation = Saturation { k1: 0.9, b: 0.5 };

/// The model's share of a score. It is the same for all queries.
pub(super) const FEEDBACK_MIX: f32 = 0.675;

/// The model's share of a score where it may bring in articles: those have nothing else.
pub(super) const EXPAND_MIX: f32 = 0.75;

/// Terms of an article by which similar ones are looked for.
pub(super) const SIMILAR_TERMS: usize = 25;

/// Words of the archive that a pattern may stand for: each is a list of places that is read.
pub(super) const PATTERN_TERMS_MAX: usize = 1024;
