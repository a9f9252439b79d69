//! Runs a query on an index and returns ranked hits.
//!
//! `Search::ranking` is the one ranking behind hits, measures and pages. It finds candidates by BM25 (`first`), scores
//! them by the positions of query words (`rescore`), re-ranks them by relevance feedback (`feedback`) and age
//! (`recency`), and collapses copies (`collapse`). Apart from the few articles that feedback learns from, texts are
//! read only for the hits that are shown (`present`).

mod best_scores;
mod checked;
mod collapse;
mod compounds;
mod constants;
mod copies;
mod engine;
mod explain;
mod feedback;
mod first;
mod hit;
mod languages;
mod marks;
mod missing;
mod options;
mod plan;
mod present;
mod recency;
mod rescore;
mod similar;
mod spans;
mod statistics;
mod synonyms;
mod translit;
pub mod views;
mod vocabulary;
mod word_postings;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use crate::error::Error;
use crate::index::Reader;
use crate::query::Query;

pub use copies::{CopyList, FoundCopy, copies};
pub use hit::{ArticleFacts, Copy, Cut, Explanation, Hit, Part, PartKind, Passage, Results};
pub use languages::has_language;
pub use missing::{Missing, has_all_words, missing};
pub use options::{Filter, Names, Options, Page, Ranking, Recency, Sort};
pub use present::Marked;
pub use similar::Subject;
pub use synonyms::Synonyms;

use collapse::Collapsed;
use constants::{COLLAPSED_MAX, EXPAND_MIX, FEEDBACK, FEEDBACK_ARTICLES, FEEDBACK_MIX, RANKED};
use feedback::Model;
use first::{AnyOf, Candidates, Finder};
use plan::Plan;
use rescore::{Candidate, Rescorer};
use similar::Hidden;
use statistics::Statistics;

/// Runs a query.
///
/// # Errors
/// [`Error::Index`] when the index is damaged.
pub fn run(reader: &Reader, query: &Query, options: &Options) -> Result<Results, Error> {
    let plan = Plan::new(reader, query, options)?;
    Search { plan: &plan, statistics: &Statistics::new(reader)?, options, hidden: None }.results()
}

/// Finds articles similar to a text, without its copies: its most characteristic words are ranked as a query.
///
/// # Errors
/// [`Error::UnknownArticle`] when no article has the id, [`Error::Index`] when the index is damaged.
pub fn similar(reader: &Reader, subject: &Subject, options: &Options) -> Result<Results, Error> {
    let statistics = Statistics::new(reader)?;
    let (hidden, model) = similar::prepare(&statistics, subject)?;
    let plan = Plan::any_of(reader, model.features(), model.weighted(), &options.filter)?;
    // The whole text is known, so feedback would only lead away from it.
    let ranking = Ranking { feedback: false, expand: false, ..options.ranking.clone() };
    let options = Options { ranking, ..options.clone() };
    let search = Search { plan: &plan, statistics: &statistics, options: &options, hidden: Some(hidden) };
    Ok(Results { similar_by: model.new_words().map(str::to_owned).collect(), ..search.results()? })
}

/// An article in a ranked list for measures.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked {
    /// Its identifier.
    pub id: String,
    /// Its score.
    pub score: f64,
    /// Whether it is a copy of an article above it. Determined only for the first [`REPEATS_DEPTH`].
    pub repeats: bool,
}

/// Depth to which copies are determined in a list for measures.
pub const REPEATS_DEPTH: usize = 10;

/// Runs a query and returns only ids and scores, for measures.
///
/// # Errors
/// [`Error::Index`] when the index is damaged.
pub fn rank(reader: &Reader, query: &Query, options: &Options) -> Result<Vec<Ranked>, Error> {
    let plan = Plan::new(reader, query, options)?;
    let search = Search { plan: &plan, statistics: &Statistics::new(reader)?, options, hidden: None };
    let List { ranked, .. } = search.ranking(options.page.limit)?;
    let repeats = collapse::repeats(reader, &ranked[..ranked.len().min(REPEATS_DEPTH)])?;
    let one = |(candidate, repeats): (&Candidate, bool)| {
        Ok(Ranked { id: reader.id(candidate.doc)?, score: f64::from(candidate.score()), repeats })
    };
    ranked.iter().zip(repeats.into_iter().chain(std::iter::repeat(false))).map(one).collect()
}

/// The articles with an id or location, with the matches of a query highlighted.
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

/// A search: query, index and options.
struct Search<'a> {
    plan: &'a Plan,
    statistics: &'a Statistics<'a>,
    options: &'a Options,
    /// Articles left out of the results.
    hidden: Option<Hidden>,
}

/// The top articles of a ranking.
#[derive(Default)]
struct List {
    ranked: Vec<Candidate>,
    /// The feedback model.
    model: Option<Model>,
    /// Number of matching articles, if known.
    total: Option<u64>,
}

impl Search<'_> {
    fn results(&self) -> Result<Results, Error> {
        let Self { plan, options: Options { ranking, page, .. }, statistics, .. } = self;
        let reader = statistics.reader;
        // One more article, to explain why the last hit ranks above it.
        let wanted = page.offset.saturating_add(page.limit).saturating_add(usize::from(page.explain));
        let List { mut ranked, model, total } = if page.limit == 0 { List::default() } else { self.ranking(wanted)? };
        let total_articles = match (&plan.finder, total) {
            (Some(finder), None) if page.count => first::count(statistics, finder)?,
            (_, total) => total.filter(|_| page.count).unwrap_or(0),
        };
        ranked.drain(..page.offset.min(ranked.len()));
        let shown = &ranked[..page.limit.min(ranked.len())];
        let expanded = model.filter(|_| ranking.expand);
        let plan_of = |model: &Model| Plan::any_of(reader, model.features(), Vec::new(), &Filter::default());
        let model_plan = expanded.as_ref().map(plan_of).transpose()?;
        let by_model = model_plan.as_ref().map(|plan| Rescorer::new(plan, statistics, false)).transpose()?;
        let mut hits = present::hits(reader, plan, by_model.as_ref(), shown, page)?;
        if page.explain {
            explain::explain(&ranked, ranking, &mut hits);
        }
        Ok(Results {
            total_articles,
            hits,
            expanded: expanded.iter().flat_map(Model::new_words).map(str::to_owned).collect(),
            collapsed: ranking.collapse.then_some(ranking.sort),
            cut: plan.cut(),
            ..Results::default()
        })
    }

    /// The first `wanted` articles.
    ///
    /// Candidates are ranked in parts of [`RANKED`]; the first part is nearly always enough. Each part is scored by the
    /// query, by the feedback model learned from the first part, and by age. Parts are never interleaved by score, so
    /// the list does not depend on how much of it is wanted.
    fn ranking(&self, wanted: usize) -> Result<List, Error> {
        let Self { plan, options: Options { ranking, page, .. }, statistics, .. } = self;
        let reader = statistics.reader;
        let Some(finder) = &plan.finder else { return Ok(List::default()) };
        // Without words to score by, the newest come first.
        let sort =
            if plan.features.is_empty() && ranking.sort == Sort::Relevance { Sort::Newest } else { ranking.sort };
        let by_score = sort == Sort::Relevance;
        let rescorer = Rescorer::new(plan, statistics, page.explain)?;
        let mut list = Collapsed::new(reader, wanted, ranking.collapse)?;
        let mut found = Candidates::new(statistics, finder, sort, plan.checks());
        let mut ranked = rescorer.score(found.part(0, wanted)?)?;
        let mut model = match by_score && ranking.feedback && !ranked.is_empty() {
            true => Some(self.learn(&mut ranked)?),
            false => None,
        };
        let by_model = model.as_ref().filter(|_| ranking.expand).map(|model| {
            let within = plan.binding.as_ref().map(|binding| binding.box_clone());
            Finder::AnyOf(AnyOf { terms: model.weighted(), within, saturation: FEEDBACK })
        });
        let mut added = by_model.as_ref().map(|finder| Candidates::new(statistics, finder, sort, false));
        let mut seen = BTreeSet::new();
        let mut start = 0;
        loop {
            if let Some(added) = &mut added {
                ranked.retain(|candidate| seen.insert(candidate.doc));
                let new = added.part(start, wanted)?.iter().filter(|doc| seen.insert(**doc));
                ranked.extend(rescorer.score(&new.copied().collect::<Vec<_>>())?);
            }
            if ranked.is_empty() || list.is_full() || start >= wanted.max(COLLAPSED_MAX) {
                return Ok(List { ranked: list.shown, model, total: found.total });
            }
            if let Some(model) = &mut model {
                let mix = if ranking.expand { EXPAND_MIX } else { FEEDBACK_MIX };
                model.rerank(statistics, &mut ranked, mix)?;
            }
            if let Some(recency) = ranking.recency.as_ref().filter(|_| by_score) {
                recency::weigh(reader, recency, &mut ranked)?;
            }
            if by_score {
                sort_by_score(reader, &mut ranked)?;
            }
            if let Some(hidden) = &self.hidden {
                hidden.leave_out(reader, &mut ranked)?;
            }
            list.add(ranked);
            start += RANKED;
            ranked = rescorer.score(found.part(start, wanted)?)?;
        }
    }

    /// Learns a feedback model from the top candidates, counting each story once.
    fn learn(&self, candidates: &mut [Candidate]) -> Result<Model, Error> {
        let reader = self.statistics.reader;
        sort_by_score(reader, candidates)?;
        Model::learn(self.plan, self.statistics, &collapse::distinct(reader, candidates, FEEDBACK_ARTICLES)?)
    }
}

/// Sorts by decreasing score, then by location, which is read only for ties.
fn sort_by_score(reader: &Reader, ranked: &mut [Candidate]) -> Result<(), Error> {
    ranked.sort_by(|a, b| b.score().total_cmp(&a.score()));
    for tied in ranked.chunk_by_mut(|a, b| a.score().total_cmp(&b.score()) == Ordering::Equal) {
        if tied.len() > 1 {
            let mut places = BTreeMap::new();
            for candidate in &*tied {
                places.insert(candidate.doc, reader.location_of(candidate.doc)?);
            }
            tied.sort_by(|a, b| places.get(&a.doc).cmp(&places.get(&b.doc)));
        }
    }
    Ok(())
}
