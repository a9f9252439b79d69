//! Relevance feedback: the content of the top articles re-ranks all candidates.
//!
//! A relevance model similar to RM3 (Abdul-Jaleel et al., TREC 2004): the terms of the top articles, weighted by the
//! scores of the articles and by inverse document frequency, mixed with the query. It scores the same candidates, and
//! the two scores are mixed. Articles that the query alone does not find are added only on request.

use std::collections::BTreeMap;

use tantivy::postings::Postings;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, Term};

use super::best_scores::BestScores;
use super::constants::{
    FEEDBACK, FEEDBACK_DECAY, FEEDBACK_ORIGINAL, FEEDBACK_TERMS, FEEDBACK_TERMS_WEIGHED, FEEDBACK_WORDS_ADDED,
};
use super::hit::PartKind;
use super::plan::{Feature, FeatureKind, Plan};
use super::rescore::Candidate;
use super::statistics::Statistics;
use crate::analysis::{Form, Language, Words, analyse, is_topical, is_unspaced};
use crate::error::Error;

/// Minimum document frequency: a rarer term finds no other article.
const ARTICLES_WITH_MIN: u64 = 2;

/// Maximum share of articles that contain a term.
const TERM_SHARE_MAX: f32 = 0.25;

/// A relevance model: terms, by decreasing weight.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Model {
    pub(super) terms: Vec<ModelTerm>,
    /// Factors of the query score and of BM25 by the model, set by the first candidates.
    weights: Option<(f32, f32)>,
}

/// A term of a model.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ModelTerm {
    /// The stem, as in the index.
    pub(super) term: String,
    /// A word with that stem, as read.
    pub(super) word: String,
    /// Its share of the model. The shares add up to 1.
    pub(super) weight: f32,
    /// Its inverse document frequency.
    pub(super) idf: f32,
    /// Whether it is in the query.
    pub(super) in_query: bool,
}

/// A text from which a model is learned.
pub(super) struct Sample<'a> {
    pub(super) text: &'a str,
    /// Bytes of the headline.
    pub(super) title_bytes: usize,
    /// Its language.
    pub(super) language: Language,
    /// Its weight in the model, relative to other texts.
    pub(super) share: f32,
}

/// Term frequencies in texts.
#[derive(Default)]
struct Counts {
    /// By the number of the term in the table of words.
    counts: Vec<Count>,
    /// Numbers of the terms that occur.
    seen: Vec<u32>,
    /// Pairs as written in the texts where the index has other characters, by the number of the word.
    written: BTreeMap<u32, String>,
}

/// Counts of a term.
#[derive(Clone, Copy, Default)]
struct Count {
    /// Number of a word with this term.
    word: u32,
    /// Weighted frequency in the texts added so far.
    frequency: f32,
    /// Frequency in the text being added.
    here: u32,
}

impl Counts {
    fn add(&mut self, sample: &Sample<'_>, words: &mut Words) {
        let (mut length, mut touched) = (0u32, Vec::new());
        analyse(sample.text, sample.title_bytes, sample.language, words, &mut |token| {
            length += 1;
            if token.word.is_stop_word() {
                return;
            }
            let term = token.term_number() as usize;
            if term >= self.counts.len() {
                self.counts.resize((term + 1).next_power_of_two(), Count::default());
            }
            let count = &mut self.counts[term];
            if count.here == 0 {
                touched.push(term);
            }
            if count.frequency == 0.0 {
                count.word = token.word.number();
                let written = &sample.text[token.start..token.end];
                if !written.is_ascii() && written != token.folded() && is_unspaced(token.term()) {
                    self.written.entry(count.word).or_insert_with(|| written.to_owned());
                }
            }
            count.here += 1;
        });
        for term in touched {
            let count = &mut self.counts[term];
            if count.frequency == 0.0 {
                self.seen.push(term as u32);
            }
            let here = std::mem::take(&mut count.here);
            count.frequency += sample.share * here as f32 / (length + FEEDBACK_WORDS_ADDED) as f32;
        }
    }

    /// The `terms_max` terms with the greatest weight, by frequency and inverse document frequency.
    fn weighed(self, statistics: &Statistics<'_>, words: &Words, terms_max: usize) -> Result<Vec<ModelTerm>, Error> {
        let reader = statistics.reader;
        let count = |term: &u32| (words.text(*term), self.counts[*term as usize]);
        let mut candidates: Vec<(&str, Count)> =
            self.seen.iter().map(count).filter(|(term, _)| is_topical(term)).collect();
        candidates.sort_by(|a, b| b.1.frequency.total_cmp(&a.1.frequency).then_with(|| a.0.cmp(b.0)));
        candidates.truncate(FEEDBACK_TERMS_WEIGHED);
        let mut kept: Vec<ModelTerm> = Vec::with_capacity(terms_max);
        let mut best = BestScores::new(terms_max);
        let with_max = (TERM_SHARE_MAX * statistics.articles as f32) as u64;
        for (term, Count { word, frequency, .. }) in candidates {
            let least = best.least() as f32;
            let may = |with: u64| with <= with_max && frequency * statistics.idf(with.max(ARTICLES_WITH_MIN)) >= least;
            if !may(0) {
                // Neither this term nor the following ones, which are less frequent, can be among the best.
                break;
            }
            let key = Term::from_field_text(reader.fields().terms, term);
            let Some(with) = reader.documents_with(&key, may).map_err(|e| reader.failed(e))? else { continue };
            if with >= ARTICLES_WITH_MIN {
                let idf = statistics.idf(with);
                let weight = frequency * idf;
                let word = self.written.get(&word).map_or(words.folded(word), String::as_str).to_owned();
                kept.push(ModelTerm { term: term.to_owned(), word, weight, idf, in_query: false });
                best.push(f64::from(weight));
            }
        }
        kept.sort_by(weightier);
        kept.truncate(terms_max);
        let sum = kept.iter().map(|t| t.weight).sum::<f32>().max(f32::MIN_POSITIVE);
        kept.iter_mut().for_each(|t| t.weight /= sum);
        Ok(kept)
    }
}

fn weightier(a: &ModelTerm, b: &ModelTerm) -> std::cmp::Ordering {
    b.weight.total_cmp(&a.weight).then_with(|| a.term.cmp(&b.term))
}

impl Model {
    /// A model of one text with `terms_max` terms.
    pub(super) fn of_text(statistics: &Statistics<'_>, sample: &Sample<'_>, terms_max: usize) -> Result<Self, Error> {
        let mut counts = Counts::default();
        let mut words = statistics.reader.words();
        counts.add(sample, &mut words);
        Ok(Self { terms: counts.weighed(statistics, &words, terms_max)?, ..Self::default() })
    }

    /// Learns a model from the top articles, in order, and the query.
    pub(super) fn learn(plan: &Plan, statistics: &Statistics<'_>, first: &[&Candidate]) -> Result<Self, Error> {
        let reader = statistics.reader;
        let best = first.first().map_or(0.0, |candidate| candidate.query.sum).max(f32::MIN_POSITIVE);
        let share = |candidate: &Candidate| (FEEDBACK_DECAY * (candidate.query.sum / best - 1.0)).exp();
        let total: f32 = first.iter().map(|candidate| share(candidate)).sum();
        let (mut counts, mut words) = (Counts::default(), reader.words());
        for candidate in first {
            let (text, title_bytes, language) = reader.text(candidate.doc)?;
            let sample = Sample { text: &text, title_bytes, language, share: share(candidate) / total };
            counts.add(&sample, &mut words);
        }
        let mut terms = counts.weighed(statistics, &words, FEEDBACK_TERMS)?;
        terms.iter_mut().for_each(|t| t.weight *= 1.0 - FEEDBACK_ORIGINAL);
        let words = || plan.features.iter().filter(|feature| !feature.terms().is_empty());
        let sum = words().map(|feature| feature.weight).sum::<f32>().max(f32::MIN_POSITIVE);
        let of_feature = |feature| Feature::terms(feature).iter().map(move |term| (Form::of(term).stem(), feature));
        for (term, feature) in words().flat_map(of_feature) {
            // An article contains a word in one language, so each term of a word gets the whole share of the word. The
            // terms of a prefix or of a group of synonyms divide it.
            let sharing = if matches!(feature.kind, FeatureKind::OneOf(_)) { feature.terms().len() } else { 1 };
            let share = FEEDBACK_ORIGINAL * (feature.weight / sharing as f32) / sum;
            if let Some(known) = terms.iter_mut().find(|t| t.term == term) {
                known.weight += share;
                known.in_query = true;
                continue;
            }
            let key = Term::from_field_text(reader.fields().terms, term);
            let idf = statistics.idf(reader.articles_with(&key)?);
            let word = feature.words.clone();
            terms.push(ModelTerm { term: term.to_owned(), word, weight: share, idf, in_query: true });
        }
        terms.sort_by(weightier);
        Ok(Self { terms, weights: None })
    }

    /// The words that are not in the query, by decreasing weight.
    pub(super) fn new_words(&self) -> impl Iterator<Item = &str> {
        self.terms.iter().filter(|t| !t.in_query).map(|t| t.word.as_str())
    }

    /// The terms for finding articles.
    pub(super) fn weighted(&self) -> Vec<(String, f32)> {
        self.terms.iter().map(|t| (t.term.clone(), t.weight)).collect()
    }

    /// The terms as features for scoring and highlighting.
    pub(super) fn features(&self) -> Vec<Feature> {
        let heaviest = self.terms.first().map_or(1.0, |t| t.weight);
        let feature = |t: &ModelTerm| Feature {
            kind: FeatureKind::Word(vec![t.term.clone()]),
            words: t.word.clone(),
            weight: t.weight / heaviest,
        };
        self.terms.iter().map(feature).collect()
    }

    /// Adds the scores of the model to candidates; `mix` is its share. The first candidates passed, which include the
    /// best, set the scale for all.
    pub(super) fn rerank(
        &mut self,
        statistics: &Statistics<'_>,
        candidates: &mut [Candidate],
        mix: f32,
    ) -> Result<(), Error> {
        self.score(statistics, candidates)?;
        let max = |score: fn(&Candidate) -> f32| candidates.iter().map(score).fold(0.0, f32::max);
        let (query_max, model_max) = (max(|c| c.query.sum), max(|c| c.feedback.sum));
        let (query, model) = *self.weights.get_or_insert_with(|| match query_max > 0.0 && model_max > 0.0 {
            true => (1.0 - mix, mix * query_max / model_max),
            false => (1.0, 0.0),
        });
        for Candidate { query: by_query, feedback, in_headline, .. } in candidates {
            // An article with all query words in its headline keeps at least its query score.
            let kept = *in_headline && by_query.sum > query * by_query.sum + model * feedback.sum;
            by_query.scale(if kept { 1.0 } else { query });
            feedback.scale(if kept { 0.0 } else { model });
        }
        Ok(())
    }

    /// BM25 of candidates by the weighted terms of the model.
    fn score(&self, statistics: &Statistics<'_>, candidates: &mut [Candidate]) -> Result<(), Error> {
        let reader = statistics.reader;
        let field = reader.fields().terms;
        candidates.sort_by_key(|candidate| candidate.doc);
        for group in candidates.chunk_by_mut(|a, b| a.doc.segment_ord == b.doc.segment_ord) {
            let segment = reader.searcher().segment_reader(group[0].doc.segment_ord);
            let inverted = segment.inverted_index(field).map_err(|e| reader.failed(e))?;
            let lengths = reader.word_counts(segment)?;
            let norm = |candidate: &Candidate| {
                let words = lengths.first(candidate.doc.doc_id).unwrap_or(1);
                FEEDBACK.norm(words as f32 / statistics.article_words)
            };
            let norms: Vec<f32> = group.iter().map(norm).collect();
            for ModelTerm { term, word, weight, idf, .. } in &self.terms {
                let opened = inverted.read_postings(&Term::from_field_text(field, term), IndexRecordOption::WithFreqs);
                let Some(mut postings) = opened.map_err(|e| reader.failed(e.into()))? else { continue };
                for (candidate, norm) in group.iter_mut().zip(&norms) {
                    let doc = candidate.doc.doc_id;
                    if postings.doc() < doc {
                        postings.seek(doc);
                    }
                    if postings.doc() == doc {
                        let frequency = postings.term_freq() as f32;
                        let score = weight * idf * FEEDBACK.of(frequency, *norm);
                        candidate.feedback.add(PartKind::Feedback, Some(word), score);
                    }
                }
            }
        }
        Ok(())
    }
}
