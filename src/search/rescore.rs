//! The second phase: scores from the positions of the query's words in the candidate articles.

use tantivy::{DocAddress, DocId, SegmentReader};

use super::Statistics;
use super::constants::{
    ARTICLE_B, ARTICLE_K1, LEAD_WEIGHT, PASSAGE_B, PASSAGE_K1, PASSAGE_WEIGHT, PROXIMITY_POWER, PROXIMITY_TOKENS_MAX,
    PROXIMITY_WEIGHT, TITLE_WEIGHT,
};
use super::exact::{WordFields, WordPostings};
use super::plan::{Feature, FeatureKind, Plan};
use crate::error::Error;
use crate::index::Reader;

/// A scored article.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Candidate {
    /// Where it is.
    pub(super) at: DocAddress,
    /// The score: the query's share of it and the model's, times a factor of its age.
    pub(super) score: f32,
    /// What the query's words give.
    pub(super) own: f32,
    /// What the model's words add.
    pub(super) learnt: f32,
    /// By how much its age lessens it: 1 where that does not count.
    pub(super) factor: f32,
    /// Which of several rankings it comes from, each of which has its own model.
    pub(super) lot: usize,
    /// Its passages that have a query word, the best first: ordinal and score.
    pub(super) passages: Vec<(usize, f32)>,
    /// Its copies among the candidates, once they are folded.
    pub(super) copies: Vec<DocAddress>,
}

/// Scores candidates by one plan.
pub(super) struct Rescorer<'a> {
    reader: &'a Reader,
    plan: &'a Plan,
    statistics: &'a Statistics<'a>,
    /// BM25's weight of each feature.
    idf: Vec<f32>,
}

/// What each part of a score comes to.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Parts {
    /// By feature: the article's part, the best passage's and the lead's.
    pub(super) features: Vec<[f32; 3]>,
    /// Nearness.
    pub(super) near: f32,
}

/// Where a feature stands in an article.
#[derive(Debug, Clone, Copy)]
struct Occurrence {
    position: u32,
    feature: usize,
}

/// Where the features stand in one article.
struct Reading<'a> {
    at: DocAddress,
    /// The positions at which passages start, and the end after the last.
    starts: &'a [u32],
    found: &'a [Occurrence],
    /// How many of `found` are in the headline.
    title: usize,
}

/// How BM25 weighs a stretch of text.
struct Saturation {
    k1: f32,
    b: f32,
    /// Its length as a ratio to the mean.
    length: f32,
}

impl<'a> Rescorer<'a> {
    pub(super) fn new(reader: &'a Reader, plan: &'a Plan, statistics: &'a Statistics<'a>) -> Result<Self, Error> {
        let mut idf = Vec::with_capacity(plan.features.len());
        for feature in &plan.features {
            let words = WordFields::of(reader.fields());
            let with = |term: &str| statistics.articles_with(&words.term(term)).map_err(|e| reader.failed(e));
            idf.push(match &feature.kind {
                FeatureKind::Term { term } => statistics.idf(with(term)?),
                FeatureKind::OneOf(terms) => {
                    let counts: Result<Vec<u64>, Error> = terms.iter().map(|t| with(t)).collect();
                    statistics.idf(counts?.into_iter().sum())
                }
                FeatureKind::Phrase { terms, .. } => {
                    let mut sum = 0.0;
                    for (_, term) in terms {
                        sum += statistics.idf(with(term)?);
                    }
                    sum
                }
            });
        }
        Ok(Self { reader, plan, statistics, idf })
    }

    /// Scores the candidates anew; their order is kept within segments only.
    pub(super) fn score(&self, mut candidates: Vec<(f32, DocAddress)>) -> Result<Vec<Candidate>, Error> {
        candidates.sort_by_key(|(_, at)| *at);
        let mut scored = Vec::with_capacity(candidates.len());
        self.walk(candidates.iter().map(|(_, at)| *at).collect(), &mut |article| scored.push(self.article(article)))?;
        Ok(scored)
    }

    /// The parts of an article's score; they add up to it.
    pub(super) fn parts(&self, at: DocAddress) -> Result<Parts, Error> {
        let mut parts = Parts { features: vec![[0.0; 3]; self.plan.features.len()], near: 0.0 };
        self.walk(vec![at], &mut |article| {
            let passages = self.passages(article);
            let Parts { features, near } = &mut parts;
            let mut add = |part: usize, weight: f32, feature: usize, score: f32| {
                features[feature][part] += weight * score;
            };
            self.whole(article, &mut |feature, score| add(0, 1.0 - PASSAGE_WEIGHT, feature, score));
            if let Some((ordinal, _)) = passages.first() {
                self.passage(article, *ordinal, &mut |feature, score| add(1, PASSAGE_WEIGHT, feature, score));
            }
            if passages.iter().any(|(ordinal, _)| *ordinal == 0) {
                self.passage(article, 0, &mut |feature, score| add(2, LEAD_WEIGHT, feature, score));
            }
            *near = PROXIMITY_WEIGHT * self.proximity(article.found);
        })?;
        Ok(parts)
    }

    /// Reads where the features stand in articles, which are in order.
    fn walk(&self, places: Vec<DocAddress>, each: &mut dyn FnMut(&Reading<'_>)) -> Result<(), Error> {
        for group in places.chunk_by(|a, b| a.segment_ord == b.segment_ord) {
            let Some(first) = group.first() else { continue };
            let segment = self.reader.searcher().segment_reader(first.segment_ord);
            let mut cursors = self.cursors(segment)?;
            let passages = self.reader.passages(segment)?;
            let titles = self.reader.title_words(segment)?;
            let (mut starts, mut found) = (Vec::new(), Vec::new());
            for at in group {
                passages.read(at.doc_id, &mut starts);
                found.clear();
                for (feature, cursor) in cursors.iter_mut().enumerate() {
                    cursor.positions(at.doc_id, &mut |position| found.push(Occurrence { position, feature }));
                }
                found.sort_unstable_by_key(|o| (o.position, o.feature));
                let title = found.partition_point(|o| o.position < titles.read(at.doc_id));
                each(&Reading { at: *at, starts: &starts, found: &found, title });
            }
        }
        Ok(())
    }

    fn cursors(&self, segment: &SegmentReader) -> Result<Vec<Cursor>, Error> {
        let words = WordFields::of(self.reader.fields());
        let open = |term: &str| WordPostings::open(&words, segment, term).map_err(|e| self.reader.failed(e));
        self.plan.features.iter().map(|feature| Cursor::new(feature, &open)).collect()
    }

    /// The article's score from where its query words stand.
    fn article(&self, article: &Reading<'_>) -> Candidate {
        let mut whole = 0.0;
        self.whole(article, &mut |_, score| whole += score);
        let passages = self.passages(article);
        let best = passages.first().map_or(0.0, |(_, score)| *score);
        let lead = passages.iter().find(|(ordinal, _)| *ordinal == 0).map_or(0.0, |(_, score)| *score);
        let text = (1.0 - PASSAGE_WEIGHT) * whole + PASSAGE_WEIGHT * best + LEAD_WEIGHT * lead;
        let score = text + PROXIMITY_WEIGHT * self.proximity(article.found);
        let at = article.at;
        Candidate { at, score, own: score, learnt: 0.0, factor: 1.0, lot: 0, passages, copies: Vec::new() }
    }

    /// The passages that have a query word with their scores, the best first.
    fn passages(&self, article: &Reading<'_>) -> Vec<(usize, f32)> {
        let mut passages: Vec<(usize, f32)> = Vec::new();
        for ordinal in 0..article.starts.len().saturating_sub(1) {
            let mut score = 0.0;
            if self.passage(article, ordinal, &mut |_, part| score += part) {
                passages.push((ordinal, score));
            }
        }
        passages.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        passages
    }

    /// BM25 of the whole article, by feature.
    fn whole(&self, article: &Reading<'_>, each: &mut dyn FnMut(usize, f32)) {
        let words = article.starts.last().copied().unwrap_or(1) as f32;
        let whole = Saturation { k1: ARTICLE_K1, b: ARTICLE_B, length: words / self.statistics.article_words };
        self.bm25(article.found, &article.found[..article.title], &whole, each);
    }

    /// BM25 of a passage, by feature; whether it has any.
    fn passage(&self, article: &Reading<'_>, ordinal: usize, each: &mut dyn FnMut(usize, f32)) -> bool {
        let (start, end) = (article.starts[ordinal], article.starts[ordinal + 1]);
        let from = article.found.partition_point(|o| o.position < start);
        let to = article.found.partition_point(|o| o.position < end);
        if from < to {
            let length = (end - start) as f32 / self.statistics.passage_words;
            let part = Saturation { k1: PASSAGE_K1, b: PASSAGE_B, length };
            self.bm25(&article.found[from..to], &[], &part, each);
        }
        from < to
    }

    /// BM25 of a stretch of text, by feature; what is in `title` too counts as often as a headline's words do.
    fn bm25(
        &self,
        found: &[Occurrence],
        title: &[Occurrence],
        saturation: &Saturation,
        each: &mut dyn FnMut(usize, f32),
    ) {
        let features = self.plan.features.len();
        let mut counts = [0f32; 32];
        let mut many;
        let counts: &mut [f32] = match features {
            ..=32 => &mut counts[..features],
            _ => {
                many = vec![0f32; features];
                &mut many
            }
        };
        for occurrence in found {
            counts[occurrence.feature] += 1.0;
        }
        for occurrence in title {
            counts[occurrence.feature] += TITLE_WEIGHT - 1.0;
        }
        let Saturation { k1, b, length } = *saturation;
        let norm = k1 * (1.0 - b + b * length);
        for (feature, (frequency, idf)) in counts.iter().zip(&self.idf).enumerate() {
            if *frequency > 0.0 {
                each(feature, self.plan.features[feature].weight * idf * frequency * (k1 + 1.0) / (frequency + norm));
            }
        }
    }

    /// Nearness: for each pair of neighbouring different query words, an inverse power of their distance, weighted by the rarer neighbour and saturated (after Büttcher, Clarke and Lushman, SIGIR 2006).
    fn proximity(&self, found: &[Occurrence]) -> f32 {
        let mut near = vec![0.0f32; self.plan.features.len()];
        for pair in found.windows(2) {
            let (a, b) = (pair[0], pair[1]);
            let distance = b.position - a.position;
            if a.feature != b.feature && (1..=PROXIMITY_TOKENS_MAX).contains(&distance) {
                let closeness = (distance as f32).powf(-PROXIMITY_POWER);
                near[a.feature] += self.idf[b.feature] * closeness;
                near[b.feature] += self.idf[a.feature] * closeness;
            }
        }
        near.iter().zip(&self.idf).map(|(acc, idf)| idf.min(1.0) * acc * (ARTICLE_K1 + 1.0) / (acc + ARTICLE_K1)).sum()
    }
}

/// A feature's place in a segment's postings.
struct Cursor {
    postings: Vec<(u32, WordPostings)>,
    slop: Option<u32>,
    missing: bool,
    buffers: Vec<Vec<u32>>,
}

impl Cursor {
    fn new(feature: &Feature, open: &impl Fn(&str) -> Result<Option<WordPostings>, Error>) -> Result<Self, Error> {
        let mut cursor = Self { postings: Vec::new(), slop: None, missing: false, buffers: Vec::new() };
        let terms: Vec<(u32, &String)> = match &feature.kind {
            FeatureKind::Term { term } => vec![(0, term)],
            FeatureKind::OneOf(terms) => terms.iter().map(|t| (0, t)).collect(),
            FeatureKind::Phrase { terms, slop } => {
                cursor.slop = Some(*slop);
                terms.iter().map(|(at, t)| (*at, t)).collect()
            }
        };
        for (at, term) in terms {
            match open(term)? {
                Some(postings) => cursor.postings.push((at, postings)),
                None => cursor.missing = true,
            }
        }
        cursor.buffers.resize_with(cursor.postings.len(), Vec::new);
        Ok(cursor)
    }

    /// Gives the positions at which the feature stands in an article; articles must be asked in their order.
    fn positions(&mut self, article: DocId, sink: &mut impl FnMut(u32)) {
        if self.slop.is_some() && self.missing {
            return;
        }
        for ((_, postings), buffer) in self.postings.iter_mut().zip(&mut self.buffers) {
            postings.positions(article, buffer);
        }
        match self.slop {
            None => self.buffers.iter().flatten().for_each(|position| sink(*position)),
            Some(slop) => {
                let offsets: Vec<u32> = self.postings.iter().map(|(at, _)| *at).collect();
                phrase_starts(&offsets, &self.buffers, slop, &mut |start, _| sink(start));
            }
        }
    }
}

/// Calls `sink` with first and last position of every occurrence of a phrase: terms in order, at most `slop`
/// more words between them than the phrase has.
pub(super) fn phrase_starts(offsets: &[u32], positions: &[Vec<u32>], slop: u32, sink: &mut impl FnMut(u32, u32)) {
    let (Some(first), Some(first_offset)) = (positions.first(), offsets.first()) else { return };
    'starts: for start in first {
        let (mut at, mut spare) = (*start, slop);
        for (list, pair) in positions[1..].iter().zip(offsets.windows(2)) {
            let wanted = at + (pair[1] - pair[0]);
            let index = list.partition_point(|p| *p < wanted);
            match list.get(index) {
                Some(next) if next - wanted <= spare => {
                    spare -= next - wanted;
                    at = *next;
                }
                _ => continue 'starts,
            }
        }
        debug_assert!(at - start >= offsets.last().unwrap_or(first_offset) - first_offset);
        sink(*start, at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_found_with_and_without_slop() {
        let positions = [vec![1, 10, 20], vec![2, 12, 30]];
        for (slop, expected) in [(0, vec![(1, 2)]), (1, vec![(1, 2), (10, 12)]), (10, vec![(1, 2), (10, 12), (20, 30)])]
        {
            let mut found = Vec::new();
            phrase_starts(&[0, 1], &positions, slop, &mut |a, b| found.push((a, b)));
            assert_eq!(found, expected, "slop {slop}");
        }
    }
}
