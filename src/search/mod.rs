//! Runs a query on an index and returns ranked hits.
//!
//! Two phases: Tantivy's BM25 finds candidate articles; their scores are then made anew from the positions of
//! the query's words, article by article and passage by passage. No text is read before it is known which hits
//! are shown, but that of the few articles that feedback learns from.

mod constants;
mod copies;
mod exact;
mod feedback;
mod hit;
mod plan;
mod prefix;
mod present;
mod recency;
mod rescore;

use std::cmp::Ordering;

use tantivy::collector::sort_key::{SortByStaticFastValue, SortByString};
use tantivy::collector::{Count, TopDocs};
use tantivy::query::{Bm25StatisticsProvider, EnableScoring, Query as EngineQuery};
use tantivy::schema::Field as EngineField;
use tantivy::{DocAddress, Order, Term};

use crate::error::Error;
use crate::index::Reader;
use crate::query::Query;

pub use crate::index::{CheckReport, RepairReport, SkipRow, Statistics as IndexStatistics, StoredArticle};
pub use copies::{CopyList, FoundCopy, copies};
pub use hit::{ArticleFacts, Copy, Hit, Options, Passage, Recency, Results, Sort};
pub use present::Marked;

use copies::Ranking;
use plan::Plan;
use rescore::{Candidate, Rescorer};

/// Runs `query` on the index behind `reader`.
///
/// # Errors
/// [`Error::Index`] when the index is damaged.
pub fn run(reader: &Reader, query: &Query, options: &Options) -> Result<Results, Error> {
    let plan = Plan::new(reader, query, options)?;
    let statistics = Statistics::new(reader)?;
    let total_articles = if options.count { count(reader, &plan)? } else { 0 };
    let wanted = options.offset.saturating_add(options.limit);
    let rank = |limit| match options.sort {
        Sort::Relevance if !plan.features.is_empty() => by_relevance(reader, &plan, &statistics, options, limit),
        Sort::Oldest => by_time(reader, &plan, &statistics, limit, Order::Asc),
        Sort::Relevance | Sort::Newest => by_time(reader, &plan, &statistics, limit, Order::Desc),
    };
    let (ranked, learnt) = match wanted {
        0 => (Vec::new(), Vec::new()),
        _ => copies::first(reader, wanted, options.fold, rank)?,
    };
    let hits = present::hits(reader, &plan, &ranked, options)?;
    let folded = options.fold.then_some(options.sort);
    Ok(Results { total_articles, hits, expanded: learnt, folded, prefixes_cut: plan.prefixes_cut })
}

/// Runs `query` and gives identifiers and scores only, for measures.
///
/// # Errors
/// [`Error::Index`] when the index is damaged.
pub fn rank(reader: &Reader, query: &Query, options: &Options) -> Result<Vec<(String, f64)>, Error> {
    let plan = Plan::new(reader, query, options)?;
    if plan.features.is_empty() {
        return Ok(Vec::new());
    }
    let statistics = Statistics::new(reader)?;
    let ranked = by_relevance(reader, &plan, &statistics, options, options.limit)?.candidates;
    ranked.iter().take(options.limit).map(|c| Ok((string_of(reader, "id", c.at)?, f64::from(c.score)))).collect()
}

/// The articles that bear an identifier, with what a query marks in their texts.
///
/// # Errors
/// [`Error::UnknownArticle`] when there is none, [`Error::Index`] when the index is damaged.
pub fn show(reader: &Reader, id: &str, query: &Query) -> Result<Vec<Marked>, Error> {
    let plan = Plan::new(reader, query, &Options::default())?;
    let found = reader.by_id(id)?;
    if found.is_empty() {
        return Err(Error::UnknownArticle { id: id.to_owned() });
    }
    Ok(found.into_iter().map(|stored| present::marked(&plan, stored)).collect())
}

/// How many articles match.
fn count(reader: &Reader, plan: &Plan) -> Result<u64, Error> {
    let Some(query) = &plan.query else { return Ok(0) };
    let scoring = EnableScoring::disabled_from_searcher(reader.searcher());
    let found =
        reader.searcher().search_with_executor(query.as_ref(), &Count, &tantivy::Executor::single_thread(), scoring);
    found.map(|n| n as u64).map_err(|e| reader.failed(e))
}

fn by_relevance(
    reader: &Reader,
    plan: &Plan,
    statistics: &Statistics<'_>,
    options: &Options,
    wanted: usize,
) -> Result<Ranking, Error> {
    let limit = wanted.max(constants::CANDIDATES_MIN);
    let (candidates, all) = candidates(reader, plan, statistics, limit)?;
    let rescorer = Rescorer::new(reader, plan, statistics)?;
    let mut ranked = rescorer.score(candidates)?;
    sort(reader, &mut ranked)?;
    let mut learnt = Vec::new();
    if options.feedback {
        learnt = feedback::rerank(reader, plan, statistics, &mut ranked)?;
        sort(reader, &mut ranked)?;
    }
    if let Some(recency) = &options.recency {
        recency::weigh(reader, recency, &mut ranked)?;
        sort(reader, &mut ranked)?;
    }
    Ok(Ranking { candidates: ranked, all, learnt })
}

/// The first phase, and whether it found all that match. Where the list is cut, the articles that tie with the last
/// are left out altogether, since which of them came in would depend on how the index falls into segments.
fn candidates(
    reader: &Reader,
    plan: &Plan,
    statistics: &Statistics<'_>,
    limit: usize,
) -> Result<(Vec<(f32, DocAddress)>, bool), Error> {
    let Some(query) = &plan.query else { return Ok((Vec::new(), true)) };
    let found: Vec<(f32, DocAddress)> = reader
        .searcher()
        .search_with_statistics_provider(query.as_ref(), &TopDocs::with_limit(limit).order_by_score(), statistics)
        .map_err(|e| reader.failed(e))?;
    let last = found.last().map_or(0.0, |(score, _)| *score);
    let first = found.first().map_or(0.0, |(score, _)| *score);
    let edge = last + last.abs() * 1e-5;
    let all = found.len() < limit;
    if all || first <= edge {
        return Ok((found, all));
    }
    Ok((found.into_iter().filter(|(score, _)| *score > edge).collect(), false))
}

/// Matching articles by time of publication, the undated last, ties by identifier, then source file.
fn by_time(
    reader: &Reader,
    plan: &Plan,
    statistics: &Statistics<'_>,
    wanted: usize,
    order: Order,
) -> Result<Ranking, Error> {
    let none = Ranking { candidates: Vec::new(), all: true, learnt: Vec::new() };
    let Some(query) = &plan.query else { return Ok(none) };
    let keys = (
        (SortByStaticFastValue::<i64>::for_field("published_time"), order),
        (SortByString::for_field("id"), Order::Asc),
        (SortByString::for_field("file"), Order::Asc),
    );
    let found = reader
        .searcher()
        .search(query.as_ref(), &TopDocs::with_limit(wanted).order_by(keys))
        .map_err(|e| reader.failed(e))?;
    let places: Vec<DocAddress> = found.into_iter().map(|(_, at)| at).collect();
    let scored = Rescorer::new(reader, plan, statistics)?.score(places.iter().map(|at| (0.0, *at)).collect())?;
    let find = |at: &DocAddress| scored.binary_search_by_key(at, |c| c.at).ok().map(|found| scored[found].clone());
    let candidates = places.iter().filter_map(find).collect();
    Ok(Ranking { candidates, all: places.len() < wanted, ..none })
}

/// Best first; ties by identifier, and by source file where two use the same: both are read for ties only.
fn sort(reader: &Reader, ranked: &mut Vec<Candidate>) -> Result<(), Error> {
    ranked.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut start = 0;
    while start < ranked.len() {
        let mut end = start + 1;
        while end < ranked.len() && ranked[end].score.total_cmp(&ranked[start].score) == Ordering::Equal {
            end += 1;
        }
        if end - start > 1 {
            let mut tied: Vec<((String, String), Candidate)> = ranked[start..end]
                .iter()
                .map(|c| Ok(((string_of(reader, "id", c.at)?, string_of(reader, "file", c.at)?), c.clone())))
                .collect::<Result<_, Error>>()?;
            tied.sort_by(|a, b| a.0.cmp(&b.0));
            ranked.splice(start..end, tied.into_iter().map(|(_, c)| c));
        }
        start = end;
    }
    Ok(())
}

fn string_of(reader: &Reader, column: &str, at: DocAddress) -> Result<String, Error> {
    let segment = reader.searcher().segment_reader(at.segment_ord);
    Ok(reader.string(segment, column, at.doc_id)?.unwrap_or_default())
}

/// The figures of the collection that BM25 needs, exact whatever was deleted and merged: articles count, skips and
/// source files do not.
pub(crate) struct Statistics<'a> {
    reader: &'a Reader,
    articles: u64,
    words: u64,
    /// Mean length of an article in words.
    pub(crate) article_words: f32,
    /// Mean length of a passage in words.
    pub(crate) passage_words: f32,
}

/// Words of a headline, byline or section that the first phase goes by. What it finds in them is scored anew, so
/// that a constant will do: an exact mean would need a column for each.
const FACT_WORDS_MEAN: u64 = 8;

impl<'a> Statistics<'a> {
    fn new(reader: &'a Reader) -> Result<Self, Error> {
        let collection = reader.collection()?;
        let mean = |count: u64| (collection.words as f32 / count.max(1) as f32).max(1.0);
        Ok(Self {
            reader,
            articles: collection.articles,
            words: collection.words,
            article_words: mean(collection.articles),
            passage_words: mean(collection.passages),
        })
    }

    /// BM25's weight of a term that is in so many articles.
    pub(crate) fn idf(&self, articles_with: u64) -> f32 {
        let with = articles_with.min(self.articles) as f32;
        (1.0 + (self.articles as f32 - with + 0.5) / (with + 0.5)).ln()
    }

    /// How many articles have a term.
    pub(crate) fn articles_with(&self, term: &Term) -> Result<u64, tantivy::TantivyError> {
        self.reader.documents_with(term)
    }

    /// How many articles there are.
    pub(crate) fn articles(&self) -> u64 {
        self.articles
    }
}

impl Bm25StatisticsProvider for Statistics<'_> {
    fn total_num_tokens(&self, field: EngineField) -> tantivy::Result<u64> {
        Ok(if field == self.reader.fields().terms { self.words } else { self.articles * FACT_WORDS_MEAN })
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        Ok(self.articles.max(1))
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        // Never more than there are articles, whatever field the term is of.
        Ok(self.reader.documents_with(term)?.min(self.articles.max(1)))
    }
}

/// A boxed query of the engine.
pub(crate) type Engine = Box<dyn EngineQuery>;
