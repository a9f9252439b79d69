//! The constants of ranking, each in one place.
//!
//! One set for all archives, chosen on six judged collections together (time, npl, lisa, cacm, cisi, med) so that
//! a value which helps everywhere a little wins over one that helps a single collection much. Mean average precision,
//! one change at a time, each on the line before:
//!
//! | | time | npl | lisa | cacm | cisi | med |
//! |---|---|---|---|---|---|---|
//! | article and passage, nearness by 1/d² | .672 | .293 | .380 | .368 | .219 | .523 |
//! | headline, lead, saturation, nearness weighed anew | .712 | .293 | .402 | .385 | .231 | .536 |
//! | feedback by frequency in the first ten articles | .701 | .309 | .397 | .372 | .249 | .574 |
//! | its terms weighed by rarity too | .733 | .310 | .415 | .377 | .249 | .579 |
//! | less of the query in the model, sharper by rank | .737 | .312 | .405 | .381 | .251 | .581 |
//! | as it is now, on the analysis of today | .731 | .311 | .411 | .382 | .249 | .583 |
//!
//! Tried and dropped: evidence of a second passage (no gain), five or twenty articles for the model (lisa or med
//! lose), 25, 100 or 200 terms (med or time lose), the square root of a term's rarity, BM25's saturation in the model,
//! the first 1,000 to 5,000 bytes of an article in place of all of it (time loses .008 to .025).

/// BM25's term saturation for articles.
pub(super) const ARTICLE_K1: f32 = 1.5;

/// BM25's length normalisation for articles; Tantivy's own .75 is behind on newswire.
pub(super) const ARTICLE_B: f32 = 0.45;

/// How often a word of the headline counts in its article. It costs nothing where there are no headlines, and gives
/// .005 where there are (lisa .380 to .404, cacm .368 to .381 without feedback).
pub(super) const TITLE_WEIGHT: f32 = 3.0;

/// BM25's term saturation for passages.
pub(super) const PASSAGE_K1: f32 = 1.5;

/// BM25's length normalisation for passages, whose lengths differ little by making.
pub(super) const PASSAGE_B: f32 = 0.4;

/// The best passage's share of a score; the article has the rest.
pub(super) const PASSAGE_WEIGHT: f32 = 0.4;

/// What the first passage adds to a score beside: news says what it is about at its head. Of all changes it gave
/// most on news (time .672 to .697 at .2), and it harms no collection.
pub(super) const LEAD_WEIGHT: f32 = 0.25;

/// The weight of nearness of different query words. Less of it is better for long queries, more for short ones.
pub(super) const PROXIMITY_WEIGHT: f32 = 0.3;

/// The power of the distance by which nearness falls.
pub(super) const PROXIMITY_POWER: f32 = 1.5;

/// Tokens between two query words beyond which they are not near.
pub(super) const PROXIMITY_TOKENS_MAX: u32 = 8;

/// Candidates that are scored again for a first screen; more of them did not change the first ten.
pub(super) const CANDIDATES_MIN: usize = 200;

/// Terms of the index that a prefix stands for, the most frequent first.
pub(super) const PREFIX_TERMS_MAX: usize = 64;

/// Articles that feedback reads.
pub(super) const FEEDBACK_ARTICLES: usize = 12;

/// Terms of the feedback model.
pub(super) const FEEDBACK_TERMS: usize = 50;

/// Terms whose rarity is looked up for the model, the most frequent first: a look-up of each costs more than it gives.
pub(super) const FEEDBACK_TERMS_WEIGHED: usize = 400;

/// The original words' share of the feedback model.
pub(super) const FEEDBACK_ORIGINAL: f32 = 0.2;

/// The power of an article's score by which it speaks in the model: the first articles are surer than the tenth.
pub(super) const FEEDBACK_SHARPNESS: i32 = 2;

/// Words by which an article is taken for longer, so that one of a headline only does not fill the model.
pub(super) const FEEDBACK_WORDS_ADDED: u32 = 30;

/// BM25's term saturation for the model's terms.
pub(super) const FEEDBACK_K1: f32 = 1.2;

/// BM25's length normalisation for the model's terms.
pub(super) const FEEDBACK_B: f32 = 0.5;

/// The model's share of a score.
///
/// It is the same for all queries. Whether a short or an exact one should trust the model less was measured with
/// queries made of the judged topics: their rarest word alone, the rarest two, all of them as exact forms, and two
/// that stand together as a phrase. Mean average precision without feedback and with it:
///
/// | | time | npl | lisa | cacm | cisi | med |
/// |---|---|---|---|---|---|---|
/// | one word | .278 .296 | .062 .066 | .050 .054 | .087 .086 | .047 .046 | .156 .160 |
/// | two words | .395 .407 | .133 .139 | .129 .140 | .151 .146 | .087 .090 | .236 .246 |
/// | exact forms | .632 .636 | .292 .308 | .323 .318 | .300 .308 | .184 .205 | .530 .580 |
/// | a phrase | .425 .441 | .125 .132 | .069 .072 | .183 .180 | .091 .094 | .346 .359 |
pub(super) const FEEDBACK_MIX: f32 = 0.39;

/// The model's share of a score where it may bring in articles: those have nothing else.
///
/// Mean average precision with [`FEEDBACK_ORIGINAL`] and this; the default, which brings in none, first:
///
/// | original, mix | time | npl | lisa | cacm | cisi | med |
/// |---|---|---|---|---|---|---|
/// | - | .731 | .311 | .411 | .382 | .249 | .583 |
/// | .2, .6 | .715 | .315 | .406 | .384 | .258 | .623 |
/// | .2, .65 | .716 | .315 | .401 | .382 | .258 | .629 |
/// | .2, .8 | .712 | .314 | .382 | .380 | .261 | .643 |
/// | .27, .78 | .716 | .315 | .397 | .380 | .259 | .636 |
/// | .4, .8 | .719 | .315 | .399 | .378 | .258 | .625 |
/// | .5, .9 | .709 | .314 | .399 | .375 | .257 | .621 |
pub(super) const EXPAND_MIX: f32 = 0.65;

/// Terms of an article by which similar ones are looked for.
pub(super) const SIMILAR_TERMS: usize = 25;
