//! The second phase: scores candidate articles from the positions of query words.

use tantivy::{DocAddress, DocId, SegmentReader};

use super::constants::{
    ARTICLE, LEAD_WEIGHT, PASSAGE, PASSAGE_WEIGHT, PROXIMITY_POWER, PROXIMITY_TOKENS_MAX, PROXIMITY_WEIGHT,
    TITLE_WEIGHT,
};
use super::hit::{Part, PartKind};
use super::plan::{Feature, FeatureKind, Plan};
use super::spans::SpanReader;
use super::statistics::{Saturation, Statistics};
use super::word_postings::{WordPostings, index_term};
use crate::error::Error;

/// A scored article.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Candidate {
    /// Its address.
    pub(super) doc: DocAddress,
    /// Score by the query.
    pub(super) query: Score,
    /// Score by the feedback model.
    pub(super) feedback: Score,
    /// Recency factor; 1 without recency.
    pub(super) recency: f32,
    /// Passages with a query word, best first: number and score.
    pub(super) passages: Vec<(usize, f32)>,
    /// Whether its headline contains the whole query.
    pub(super) in_headline: bool,
    /// Its copies among the candidates, after collapsing.
    pub(super) copies: Vec<DocAddress>,
}

impl Candidate {
    /// The score by which it is ranked.
    pub(super) fn score(&self) -> f32 {
        (self.query.sum + self.feedback.sum) * self.recency
    }
}

/// A sum of parts, which are kept for explanations.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Score {
    pub(super) sum: f32,
    pub(super) parts: Option<Vec<Part>>,
}

impl Score {
    pub(super) fn new(explain: bool) -> Self {
        Self { sum: 0.0, parts: explain.then(Vec::new) }
    }

    pub(super) fn add(&mut self, kind: PartKind, word: Option<&str>, score: f32) {
        self.sum += score;
        if let Some(parts) = &mut self.parts {
            parts.push(Part { kind, word: word.map(str::to_owned), score });
        }
    }

    pub(super) fn scale(&mut self, factor: f32) {
        self.sum *= factor;
        self.parts.iter_mut().flatten().for_each(|part| part.score *= factor);
    }
}

/// Scores candidates by a plan.
pub(super) struct Rescorer<'a> {
    plan: &'a Plan,
    statistics: &'a Statistics<'a>,
    /// Inverse document frequency of each feature.
    idf: Vec<f32>,
    /// Whether to keep the parts of scores.
    explain: bool,
}

/// An occurrence of a feature in an article.
#[derive(Debug, Clone, Copy)]
struct Occurrence {
    position: u32,
    feature: usize,
}

/// The occurrences of all features in an article.
struct Reading<'a> {
    doc: DocAddress,
    /// Start positions of passages, and the end of the last.
    starts: &'a [u32],
    /// The words of each passage.
    words: &'a [u32],
    found: &'a [Occurrence],
    /// Number of occurrences in the headline.
    title: usize,
}

impl<'a> Rescorer<'a> {
    pub(super) fn new(plan: &'a Plan, statistics: &'a Statistics<'a>, explain: bool) -> Result<Self, Error> {
        let reader = statistics.reader;
        let with = |term: &String| reader.articles_with(&index_term(reader.fields(), term));
        let mut any = |terms: &[String]| Ok(statistics.idf(terms.iter().map(with).sum::<Result<_, Error>>()?));
        let idf = plan.features.iter().map(|feature| match &feature.kind {
            FeatureKind::Word(terms) | FeatureKind::OneOf(terms) => any(terms),
            FeatureKind::Spans(tree) => tree.weight(&mut any),
        });
        Ok(Self { plan, statistics, idf: idf.collect::<Result<_, Error>>()?, explain })
    }

    pub(super) fn plan(&self) -> &'a Plan {
        self.plan
    }

    /// Scores articles, in ascending order.
    pub(super) fn score(&self, articles: &[DocAddress]) -> Result<Vec<Candidate>, Error> {
        let mut docs: Vec<(usize, DocAddress)> = articles.iter().copied().enumerate().collect();
        docs.sort_unstable_by_key(|(_, doc)| *doc);
        let mut scored = Vec::with_capacity(docs.len());
        for group in docs.chunk_by(|a, b| a.1.segment_ord == b.1.segment_ord) {
            let segment = self.statistics.reader.searcher().segment_reader(group[0].1.segment_ord);
            let mut cursors = self.cursors(segment).map_err(|e| self.statistics.reader.failed(e))?;
            let passages = self.statistics.reader.passages(segment)?;
            let titles = self.statistics.reader.title_words(segment)?;
            let (mut starts, mut words, mut found, mut buffer) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
            for (place, doc) in group {
                passages.read(doc.doc_id, &mut starts);
                passages.read_words(doc.doc_id, &mut words);
                found.clear();
                for (feature, cursor) in cursors.iter_mut().enumerate() {
                    let sink = &mut |position| found.push(Occurrence { position, feature });
                    cursor.positions(doc.doc_id, &mut buffer, sink);
                }
                found.sort_unstable_by_key(|o| (o.position, o.feature));
                let title = found.partition_point(|o| o.position < titles.fieldnorm(doc.doc_id));
                let reading = Reading { doc: *doc, starts: &starts, words: &words, found: &found, title };
                scored.push((*place, self.article(&reading)));
            }
        }
        scored.sort_unstable_by_key(|(place, _)| *place);
        Ok(scored.into_iter().map(|(_, candidate)| candidate).collect())
    }

    fn cursors(&self, segment: &SegmentReader) -> tantivy::Result<Vec<Cursor>> {
        let fields = self.statistics.reader.fields();
        let cursor = |feature: &Feature| match &feature.kind {
            FeatureKind::Word(terms) | FeatureKind::OneOf(terms) => {
                let opened = terms.iter().filter_map(|term| WordPostings::open(fields, segment, term).transpose());
                Ok(Cursor::Words(opened.collect::<tantivy::Result<_>>()?))
            }
            FeatureKind::Spans(tree) => Ok(Cursor::Spans(Box::new(SpanReader::open(tree.clone(), fields, segment)?))),
        };
        self.plan.features.iter().map(cursor).collect()
    }

    /// Scores an article from its occurrences.
    fn article(&self, article: &Reading<'_>) -> Candidate {
        let mut score = Score::new(self.explain);
        let words = |feature: usize| Some(self.plan.features[feature].words.as_str());
        let length = article.words.iter().sum::<u32>() as f32 / self.statistics.article_words;
        for (feature, part) in self.bm25(article.found, &article.found[..article.title], ARTICLE, length) {
            score.add(PartKind::Article, words(feature), (1.0 - PASSAGE_WEIGHT) * part);
        }
        let passages = self.passages(article);
        if let Some((best, _)) = passages.first() {
            for (feature, part) in self.passage(article, *best) {
                score.add(PartKind::Passage, words(feature), PASSAGE_WEIGHT * part);
            }
        }
        if passages.iter().any(|(ordinal, _)| *ordinal == 0) {
            for (feature, part) in self.passage(article, 0) {
                score.add(PartKind::Lead, words(feature), LEAD_WEIGHT * part);
            }
        }
        score.add(PartKind::Proximity, None, PROXIMITY_WEIGHT * self.proximity(article.found));
        let headline = &article.found[..article.title];
        let in_headline = (0..self.plan.features.len()).all(|feature| headline.iter().any(|o| o.feature == feature));
        Candidate {
            doc: article.doc,
            query: score,
            feedback: Score::new(self.explain),
            recency: 1.0,
            passages,
            in_headline,
            copies: Vec::new(),
        }
    }

    /// The passages with a query word and their scores, best first.
    fn passages(&self, article: &Reading<'_>) -> Vec<(usize, f32)> {
        let mut passages: Vec<(usize, f32)> = Vec::new();
        let passage_of = |o: &Occurrence| article.starts.partition_point(|start| *start <= o.position);
        for within in article.found.chunk_by(|a, b| passage_of(a) == passage_of(b)) {
            let ordinal = passage_of(&within[0]);
            if (1..article.starts.len()).contains(&ordinal) {
                passages.push((ordinal - 1, self.passage(article, ordinal - 1).map(|(_, part)| part).sum()));
            }
        }
        passages.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        passages
    }

    /// BM25 of a passage, by feature.
    fn passage(&self, article: &Reading<'_>, ordinal: usize) -> impl Iterator<Item = (usize, f32)> {
        let (start, end) = (article.starts[ordinal], article.starts[ordinal + 1]);
        let from = article.found.partition_point(|o| o.position < start);
        let to = article.found.partition_point(|o| o.position < end);
        let length = article.words[ordinal] as f32 / self.statistics.passage_words;
        self.bm25(&article.found[from..to], &[], PASSAGE, length)
    }

    /// BM25 of a part of the text, by feature. Occurrences in `title` have the weight of headline words.
    fn bm25(
        &self,
        found: &[Occurrence],
        title: &[Occurrence],
        saturation: Saturation,
        length: f32,
    ) -> impl Iterator<Item = (usize, f32)> {
        let mut counts = vec![0.0f32; self.plan.features.len()];
        for occurrence in found {
            counts[occurrence.feature] += 1.0;
        }
        for occurrence in title {
            counts[occurrence.feature] += TITLE_WEIGHT - 1.0;
        }
        let norm = saturation.norm(length);
        let scores = self.plan.features.iter().zip(&self.idf).zip(counts).enumerate();
        scores
            .filter(|(_, (_, frequency))| *frequency > 0.0)
            .map(move |(at, ((feature, idf), frequency))| (at, feature.weight * idf * saturation.of(frequency, norm)))
    }

    /// Proximity: for each pair of adjacent occurrences of different query words, an inverse power of their distance,
    /// weighted by the rarer word and saturated (after Büttcher, Clarke and Lushman, SIGIR 2006).
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
        near.iter().zip(&self.idf).map(|(acc, idf)| idf.min(1.0) * ARTICLE.of(*acc, ARTICLE.k1)).sum()
    }
}

/// The postings of a feature in a segment.
enum Cursor {
    Words(Vec<WordPostings>),
    Spans(Box<SpanReader>),
}

impl Cursor {
    /// Calls `sink` with the positions of the feature in an article. Articles must be requested in ascending order.
    fn positions(&mut self, article: DocId, buffer: &mut Vec<u32>, sink: &mut impl FnMut(u32)) {
        match self {
            Self::Words(words) => {
                for postings in words {
                    postings.positions(article, buffer);
                    buffer.iter().for_each(|position| sink(*position));
                }
            }
            Self::Spans(spans) => spans.starts(article, sink),
        }
    }
}
