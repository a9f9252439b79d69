//! Runs a query on an index and returns ranked hits.
//!
//! Two phases: Tantivy's BM25 finds candidate articles; their scores are then made anew from the positions of
//! the query's words, article by article and passage by passage. No text is read before it is known which hits
//! are shown, but that of the few articles that feedback learns from.

mod constants;
mod copies;
mod exact;
mod explain;
mod feedback;
mod hit;
mod plan;
mod prefix;
mod present;
mod recency;
mod rescore;
mod similar;

use std::cmp::Ordering;
use std::collections::BTreeSet;

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
pub use hit::{ArticleFacts, Copy, Explanation, Hit, Options, Part, PartKind, Passage, Recency, Results, Sort};
pub use present::Marked;
pub use similar::Subject;

use copies::{Folded, Ranking};
use feedback::Model;
use plan::Plan;
use rescore::{Candidate, Rescorer};
use similar::Hidden;

/// Runs `query` on the index behind `reader`.
///
/// # Errors
/// [`Error::Index`] when the index is damaged.
pub fn run(reader: &Reader, query: &Query, options: &Options) -> Result<Results, Error> {
    let plan = Plan::new(reader, query, options)?;
    Search { reader, plan: &plan, statistics: &Statistics::new(reader)?, options, hidden: None }.results()
}

/// Articles like a text, without those that are copies of it: its most telling words as a query, through the same
/// ranking.
///
/// # Errors
/// [`Error::UnknownArticle`] when no article bears the identifier, [`Error::Index`] when the index is damaged.
pub fn similar(reader: &Reader, subject: &Subject, options: &Options) -> Result<Results, Error> {
    let statistics = Statistics::new(reader)?;
    let (hidden, model) = similar::understood(reader, &statistics, subject)?;
    let plan = Plan::of_model(reader, &model, options);
    // The text itself says what it is about; what the first articles add to it leads away.
    let options = Options { feedback: false, ..options.clone() };
    let search = Search { reader, plan: &plan, statistics: &statistics, options: &options, hidden: Some(hidden) };
    Ok(Results { similar_by: model.learnt().map(str::to_owned).collect(), ..search.results()? })
}

/// An article in a ranked list for measures.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked {
    /// Its identifier.
    pub id: String,
    /// Its score.
    pub score: f64,
    /// Whether it copies an article above it; looked at in the first [`REPEATS_DEPTH`] only.
    pub repeats: bool,
}

/// How far down a list for measures copies are looked for.
pub const REPEATS_DEPTH: usize = 10;

/// Runs `query` and gives identifiers and scores only, for measures.
///
/// # Errors
/// [`Error::Index`] when the index is damaged.
pub fn rank(reader: &Reader, query: &Query, options: &Options) -> Result<Vec<Ranked>, Error> {
    let plan = Plan::new(reader, query, options)?;
    if plan.features.is_empty() {
        return Ok(Vec::new());
    }
    let statistics = Statistics::new(reader)?;
    let search = Search { reader, plan: &plan, statistics: &statistics, options, hidden: None };
    let mut ranked = match options.fold {
        true => copies::first(reader, options.limit, true, |limit| search.by_relevance(limit))?.shown,
        false => search.by_relevance(options.limit)?.candidates,
    };
    ranked.truncate(options.limit);
    let repeats = copies::repeats(reader, &ranked[..ranked.len().min(REPEATS_DEPTH)])?;
    let one = |(place, candidate): (usize, &Candidate)| {
        let id = string_of(reader, "id", candidate.at)?;
        let repeats = repeats.get(place).copied().unwrap_or(false);
        Ok(Ranked { id, score: f64::from(candidate.score), repeats })
    };
    ranked.iter().enumerate().map(one).collect()
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
    Ok(found.into_iter().map(|stored| present::marked(&plan, stored, &mut reader.words())).collect())
}

/// How many articles match.
fn count(reader: &Reader, plan: &Plan) -> Result<u64, Error> {
    let Some(query) = &plan.query else { return Ok(0) };
    let scoring = EnableScoring::disabled_from_searcher(reader.searcher());
    let found =
        reader.searcher().search_with_executor(query.as_ref(), &Count, &tantivy::Executor::single_thread(), scoring);
    found.map(|n| n as u64).map_err(|e| reader.failed(e))
}

/// One search: what is looked for, where and how.
struct Search<'a> {
    reader: &'a Reader,
    plan: &'a Plan,
    statistics: &'a Statistics<'a>,
    options: &'a Options,
    /// What is left out of the lists.
    hidden: Option<Hidden>,
}

impl Search<'_> {
    fn results(&self) -> Result<Results, Error> {
        let Self { reader, plan, options, statistics, .. } = self;
        let total_articles = if options.count { count(reader, plan)? } else { 0 };
        // The article after the last is looked at to say why the last stands above it.
        let wanted = options.offset.saturating_add(options.limit).saturating_add(usize::from(options.explain));
        let rank = |limit| match options.sort {
            Sort::Relevance if !plan.features.is_empty() => self.by_relevance(limit),
            Sort::Oldest => by_time(reader, plan, statistics, limit, Order::Asc),
            Sort::Relevance | Sort::Newest => by_time(reader, plan, statistics, limit, Order::Desc),
        };
        let ranked = match options.limit {
            0 => Folded { shown: Vec::new(), models: Vec::new() },
            _ => copies::first(reader, wanted, options.fold, rank)?,
        };
        let mut hits = present::hits(reader, plan, statistics, &ranked, options)?;
        if options.explain {
            explain::explain(reader, plan, statistics, &ranked, options, &mut hits)?;
        }
        let model = ranked.models.first().and_then(Option::as_ref).filter(|_| options.expand);
        let expanded = model.iter().flat_map(|model| model.learnt()).map(str::to_owned).collect();
        let folded = options.fold.then_some(options.sort);
        let prefixes_cut = plan.prefixes_cut.clone();
        Ok(Results { total_articles, hits, expanded, folded, prefixes_cut, ..Results::default() })
    }

    fn by_relevance(&self, wanted: usize) -> Result<Ranking, Error> {
        let Self { reader, plan, options, statistics, .. } = self;
        let limit = wanted.max(constants::CANDIDATES_MIN);
        let (found, mut all) = candidates(reader, plan.query.as_deref(), statistics, limit)?;
        let rescorer = Rescorer::new(reader, plan, statistics)?;
        let mut ranked = rescorer.score(found)?;
        sort(reader, &mut ranked)?;
        let mut model = None;
        if options.feedback && !ranked.is_empty() {
            let mix = if options.expand { constants::EXPAND_MIX } else { constants::FEEDBACK_MIX };
            let mut learnt = Model::learn(reader, plan, statistics, &ranked)?;
            if options.expand {
                let found = plan.expanded(reader, &learnt);
                let (found, all_found) = candidates(reader, found.as_deref(), statistics, limit)?;
                let known: BTreeSet<DocAddress> = ranked.iter().map(|c| c.at).collect();
                ranked.extend(rescorer.score(found.into_iter().filter(|(_, at)| !known.contains(at)).collect())?);
                all = all && all_found;
            }
            learnt.rerank(reader, statistics, &mut ranked, mix)?;
            sort(reader, &mut ranked)?;
            model = Some(learnt);
        }
        if let Some(recency) = &options.recency {
            recency::weigh(reader, recency, &mut ranked)?;
            sort(reader, &mut ranked)?;
        }
        if let Some(hidden) = &self.hidden {
            hidden.leave_out(reader, &mut ranked)?;
        }
        Ok(Ranking { candidates: ranked, all, model })
    }
}

/// The first phase, and whether it found all that match. Where the list is cut, the articles that tie with the last
/// are left out altogether, since which of them came in would depend on how the index falls into segments.
fn candidates(
    reader: &Reader,
    query: Option<&dyn EngineQuery>,
    statistics: &Statistics<'_>,
    limit: usize,
) -> Result<(Vec<(f32, DocAddress)>, bool), Error> {
    let Some(query) = query else { return Ok((Vec::new(), true)) };
    let found: Vec<(f32, DocAddress)> = reader
        .searcher()
        .search_with_statistics_provider(query, &TopDocs::with_limit(limit).order_by_score(), statistics)
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
    let none = Ranking { candidates: Vec::new(), all: true, model: None };
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

fn string_of(reader: &Reader, column: &'static str, at: DocAddress) -> Result<String, Error> {
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
