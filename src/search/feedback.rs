//! Feedback: what the first articles are about re-ranks all candidates.
//!
//! A relevance model in the manner of RM3 (Abdul-Jaleel et al., TREC 2004): the terms of the first articles,
//! weighted by their articles' scores and by their rarity, mixed with the query's own. The same candidates are scored
//! by it, and the two scores are mixed; an article that the words alone would not have found comes in only where that
//! was asked for.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use tantivy::postings::Postings;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocSet, Term};

use super::Statistics;
use super::constants::{
    FEEDBACK_ARTICLES, FEEDBACK_B, FEEDBACK_K1, FEEDBACK_ORIGINAL, FEEDBACK_SHARPNESS, FEEDBACK_TERMS,
    FEEDBACK_TERMS_WEIGHED, FEEDBACK_WORDS_ADDED,
};
use super::copies;
use super::plan::{FeatureKind, Plan};
use super::rescore::Candidate;
use crate::analysis::{Form, Language, Words, analyse};
use crate::error::Error;
use crate::index::Reader;

/// Letters under which a term says too little.
const TERM_CHARS_MIN: usize = 3;

/// A term in fewer articles finds no other article.
const ARTICLES_WITH_MIN: u64 = 2;

/// A term in more than this share of all articles says too little.
const TERM_SHARE_MAX: f32 = 0.25;

/// What articles are about: terms, the weightiest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Model {
    pub(super) terms: Vec<ModelTerm>,
    /// What a candidate's BM25 by the model is multiplied with before it is added to the score.
    pub(super) scale: f32,
    /// The share of its score that a candidate keeps.
    pub(super) kept: f32,
}

/// A term of a model.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ModelTerm {
    /// The stem, as the index knows it.
    pub(super) term: String,
    /// A word of that stem, as it was read.
    pub(super) word: String,
    /// Its share of the model; all of them add up to 1.
    pub(super) weight: f32,
    /// BM25's weight of it.
    pub(super) idf: f32,
    /// Whether the query has it.
    pub(super) asked: bool,
}

/// A text that a model is taken from.
pub(super) struct Sample<'a> {
    pub(super) text: &'a str,
    /// Bytes of the headline in it.
    pub(super) title_bytes: usize,
    /// The language by whose rules it is read.
    pub(super) language: Language,
    /// How much it speaks in the model, compared with the others.
    pub(super) share: f32,
}

/// The terms of texts by their frequency.
#[derive(Default)]
struct Counts {
    /// The terms' places in `counts`.
    places: HashMap<String, usize>,
    counts: Vec<Count>,
}

/// What is known of a term.
struct Count {
    /// A word of that stem.
    word: String,
    /// Its frequency in the texts that were added.
    frequency: f32,
    /// How often the text has it that is being added.
    here: u32,
}

impl Counts {
    fn add(&mut self, sample: &Sample<'_>, words: &mut Words) {
        let (mut length, mut touched) = (0u32, Vec::new());
        analyse(sample.text, sample.title_bytes, sample.language, words, &mut |token| {
            length += 1;
            let term = token.term();
            let letters = term.chars().count() >= TERM_CHARS_MIN && !term.starts_with(|c: char| c.is_ascii_digit());
            if !letters || token.word.is_stop_word() {
                return;
            }
            let place = self.places.get(term).copied().unwrap_or_else(|| {
                self.places.insert(term.to_owned(), self.counts.len());
                self.counts.push(Count { word: token.folded().to_owned(), frequency: 0.0, here: 0 });
                self.counts.len() - 1
            });
            let count = &mut self.counts[place];
            if count.here == 0 {
                touched.push(place);
            }
            count.here += 1;
        });
        for place in touched {
            let count = &mut self.counts[place];
            let here = std::mem::take(&mut count.here);
            count.frequency += sample.share * here as f32 / (length + FEEDBACK_WORDS_ADDED) as f32;
        }
    }

    /// The terms that say most, `terms_max` of them, by frequency and rarity.
    fn weighed(self, reader: &Reader, statistics: &Statistics<'_>, terms_max: usize) -> Result<Vec<ModelTerm>, Error> {
        let Self { places, mut counts } = self;
        let told = |(term, place): (String, usize)| {
            let count = &mut counts[place];
            (term, count.frequency, std::mem::take(&mut count.word))
        };
        let mut learnt: Vec<(String, f32, String)> = places.into_iter().map(told).collect();
        learnt.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        learnt.truncate(FEEDBACK_TERMS_WEIGHED);
        let mut kept: Vec<ModelTerm> = Vec::with_capacity(terms_max);
        // The weights of the best so far, the least of them on top; of positive numbers the bits are in order too.
        let mut best: BinaryHeap<Reverse<u32>> = BinaryHeap::with_capacity(terms_max + 1);
        let idf_max = statistics.idf(ARTICLES_WITH_MIN);
        for (term, frequency, word) in learnt {
            if best.len() == terms_max && best.peek().is_some_and(|least| frequency * idf_max < f32::from_bits(least.0))
            {
                // Neither this one nor any after it, which are less frequent still, can be among the best.
                break;
            }
            let with = articles_with(reader, statistics, &term)?;
            if with >= ARTICLES_WITH_MIN && with as f32 <= TERM_SHARE_MAX * statistics.articles() as f32 {
                let idf = statistics.idf(with);
                let weight = frequency * idf;
                kept.push(ModelTerm { term, word, weight, idf, asked: false });
                best.push(Reverse(weight.to_bits()));
                if best.len() > terms_max {
                    best.pop();
                }
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

fn articles_with(reader: &Reader, statistics: &Statistics<'_>, term: &str) -> Result<u64, Error> {
    let term = Term::from_field_text(reader.fields().terms, term);
    statistics.articles_with(&term).map_err(|e| reader.failed(e))
}

impl Model {
    /// What one text is about, in `terms_max` terms.
    pub(super) fn of_text(
        reader: &Reader,
        statistics: &Statistics<'_>,
        sample: &Sample<'_>,
        terms_max: usize,
    ) -> Result<Self, Error> {
        let mut counts = Counts::default();
        counts.add(sample, &mut reader.words());
        Ok(Self { terms: counts.weighed(reader, statistics, terms_max)?, ..Self::default() })
    }

    /// What the first of `ranked`, which is in order, and the query are about.
    pub(super) fn learn(
        reader: &Reader,
        plan: &Plan,
        statistics: &Statistics<'_>,
        ranked: &[Candidate],
    ) -> Result<Self, Error> {
        // A story counts once, however many outlets carried it.
        let first = copies::distinct(reader, ranked, FEEDBACK_ARTICLES)?;
        let total: f32 = first.iter().map(|c| c.score.powi(FEEDBACK_SHARPNESS)).sum();
        let mut counts = Counts::default();
        for candidate in &first {
            let (text, title_bytes, language) = reader.text(candidate.at)?;
            let share =
                if total > 0.0 { candidate.score.powi(FEEDBACK_SHARPNESS) / total } else { 1.0 / first.len() as f32 };
            let sample = Sample { text: &text, title_bytes, language, share };
            counts.add(&sample, &mut reader.words());
        }
        let mut terms = counts.weighed(reader, statistics, FEEDBACK_TERMS)?;
        terms.iter_mut().for_each(|t| t.weight *= 1.0 - FEEDBACK_ORIGINAL);
        let own = plan.features.iter().filter_map(|feature| match &feature.kind {
            FeatureKind::Term { term } => Some((Form::of(term).stem(), feature)),
            _ => None,
        });
        let own_sum = own.clone().map(|(_, f)| f.weight).sum::<f32>().max(f32::MIN_POSITIVE);
        for (term, feature) in own {
            let share = FEEDBACK_ORIGINAL * feature.weight / own_sum;
            if let Some(known) = terms.iter_mut().find(|t| t.term == term) {
                known.weight += share;
                known.asked = true;
                continue;
            }
            let idf = statistics.idf(articles_with(reader, statistics, term)?);
            let word = feature.words.clone();
            terms.push(ModelTerm { term: term.to_owned(), word, weight: share, idf, asked: true });
        }
        terms.sort_by(weightier);
        Ok(Self { terms, ..Self::default() })
    }

    /// The words that the query does not have, the weightiest first.
    pub(super) fn learnt(&self) -> impl Iterator<Item = &str> {
        self.terms.iter().filter(|t| !t.asked).map(|t| t.word.as_str())
    }

    /// Adds to each candidate's score what the model says of it: `mix` is the model's share.
    pub(super) fn rerank(
        &mut self,
        reader: &Reader,
        statistics: &Statistics<'_>,
        ranked: &mut [Candidate],
        mix: f32,
    ) -> Result<(), Error> {
        let mut scores = vec![0.0f32; ranked.len()];
        let places: Vec<DocAddress> = ranked.iter().map(|c| c.at).collect();
        self.each(reader, statistics, &places, &mut |place, _, score| scores[place] += score)?;
        let own_max = ranked.iter().map(|c| c.score).fold(0.0, f32::max);
        let model_max = scores.iter().copied().fold(0.0, f32::max);
        (self.kept, self.scale) = (1.0, 0.0);
        if own_max > 0.0 && model_max > 0.0 {
            (self.kept, self.scale) = (1.0 - mix, mix * own_max / model_max);
        }
        for (candidate, score) in ranked.iter_mut().zip(&scores) {
            candidate.own = self.kept * candidate.score;
            candidate.learnt = self.scale * score;
            candidate.score = candidate.own + candidate.learnt;
        }
        Ok(())
    }

    /// What each term adds to an article's score, in their order.
    pub(super) fn parts(
        &self,
        reader: &Reader,
        statistics: &Statistics<'_>,
        at: DocAddress,
    ) -> Result<Vec<f32>, Error> {
        let mut parts = vec![0.0; self.terms.len()];
        self.each(reader, statistics, &[at], &mut |_, term, score| parts[term] += self.scale * score)?;
        Ok(parts)
    }

    /// BM25 of each article by the model's weighted terms: calls `sink` with the article's place in `places`, the
    /// term's and the term's part.
    fn each(
        &self,
        reader: &Reader,
        statistics: &Statistics<'_>,
        places: &[DocAddress],
        sink: &mut dyn FnMut(usize, usize, f32),
    ) -> Result<(), Error> {
        let field = reader.fields().terms;
        let mut order: Vec<usize> = (0..places.len()).collect();
        order.sort_by_key(|i| places[*i]);
        for group in order.chunk_by(|a, b| places[*a].segment_ord == places[*b].segment_ord) {
            let Some(first) = group.first() else { continue };
            let segment = reader.searcher().segment_reader(places[*first].segment_ord);
            let inverted = segment.inverted_index(field).map_err(|e| reader.failed(e))?;
            let passages = reader.passages(segment)?;
            let mut starts = Vec::new();
            let mut norms = Vec::with_capacity(group.len());
            for i in group {
                passages.read(places[*i].doc_id, &mut starts);
                let length = starts.last().copied().unwrap_or(1) as f32 / statistics.article_words;
                norms.push(FEEDBACK_K1 * (1.0 - FEEDBACK_B + FEEDBACK_B * length));
            }
            for (number, ModelTerm { term, weight, idf, .. }) in self.terms.iter().enumerate() {
                let opened = inverted.read_postings(&Term::from_field_text(field, term), IndexRecordOption::WithFreqs);
                let Some(mut postings) = opened.map_err(|e| reader.failed(e.into()))? else { continue };
                for (i, norm) in group.iter().zip(&norms) {
                    let doc = places[*i].doc_id;
                    if postings.doc() < doc {
                        postings.seek(doc);
                    }
                    if postings.doc() == doc {
                        let frequency = postings.term_freq() as f32;
                        sink(*i, number, weight * idf * frequency * (FEEDBACK_K1 + 1.0) / (frequency + norm));
                    }
                }
            }
        }
        Ok(())
    }
}
