//! Timelines, facets and typical words as JSON: one object, or one per row.

use std::io::{self, Write};

use serde::Serialize;

use super::JSON_SCHEMA;
use super::safe_json::write_compact;
use crate::search::views::{Facet, FacetKind, Matches, Period, TellingTerm, Terms, Timeline};

#[derive(Serialize)]
struct JsonTimeline<'a> {
    schema: u32,
    unit: &'static str,
    copies: bool,
    series: Vec<JsonSeries<'a>>,
}

#[derive(Serialize)]
struct JsonSeries<'a> {
    query: &'a str,
    articles: u64,
    with_copies: u64,
    undated: u64,
    dated_by_file: u64,
    periods: Vec<JsonPeriod>,
}

#[derive(Serialize)]
struct JsonPeriod {
    start: String,
    articles: u64,
    share: f64,
}

impl JsonPeriod {
    /// A period of one series.
    fn of(period: &Period, series: usize) -> Self {
        Self {
            start: period.start.to_string(),
            articles: period.articles.get(series).copied().unwrap_or(0),
            share: (period.shares.get(series).copied().unwrap_or(0.0) * 1e6).round() / 1e6,
        }
    }
}

/// A period on a line of its own.
#[derive(Serialize)]
struct JsonPeriodOf<'a> {
    query: &'a str,
    #[serde(flatten)]
    period: JsonPeriod,
}

/// Writes one object: `schema`, `unit`, `copies` (whether every copy is counted) and `series`, each with its `query`,
/// the counted `articles`, those `with_copies`, the `undated` ones and those `dated_by_file`, and its `periods`.
///
/// # Errors
/// Those of `out`.
pub fn timeline_json(
    out: &mut dyn Write,
    timeline: &Timeline,
    queries: &[&str],
    matches: &[&Matches],
    copies: bool,
) -> io::Result<()> {
    let series = queries.iter().zip(matches).enumerate().map(|(at, (query, matches))| JsonSeries {
        query,
        articles: matches.counted(),
        with_copies: matches.articles(),
        undated: timeline.undated.get(at).copied().unwrap_or(0),
        dated_by_file: timeline.dated_by_file.get(at).copied().unwrap_or(0),
        periods: timeline.periods.iter().map(|period| JsonPeriod::of(period, at)).collect(),
    });
    let unit = timeline.unit.name();
    lines(out, [JsonTimeline { schema: JSON_SCHEMA, unit, copies, series: series.collect() }])
}

/// Writes an object for each period of each series: `query`, `start`, `articles`, `share`.
///
/// # Errors
/// Those of `out`.
pub fn timeline_jsonl(out: &mut dyn Write, timeline: &Timeline, queries: &[&str]) -> io::Result<()> {
    for (at, query) in queries.iter().enumerate() {
        let periods = timeline.periods.iter().map(|period| JsonPeriod::of(period, at));
        lines(out, periods.map(|period| JsonPeriodOf { query, period }))?;
    }
    Ok(())
}

#[derive(Serialize)]
struct JsonFacets<'a> {
    schema: u32,
    query: &'a str,
    by: &'static str,
    articles: u64,
    with_copies: u64,
    archive: u64,
    facets: Vec<JsonFacet<'a>>,
}

#[derive(Serialize)]
struct JsonFacet<'a> {
    value: Option<&'a str>,
    articles: u64,
    with_copies: u64,
    archive: u64,
}

impl<'a> JsonFacet<'a> {
    fn of(facet: &'a Facet) -> Self {
        let Facet { value, articles, with_copies, archive } = facet;
        Self { value: value.as_deref(), articles: *articles, with_copies: *with_copies, archive: *archive }
    }
}

/// Writes one object: `schema`, `query`, `by`, the counted articles of the result set and those `with_copies`, those of
/// the `archive`, and the `facets`, each with its `value`, which is null for articles without one.
///
/// # Errors
/// Those of `out`.
pub fn facets_json(
    out: &mut dyn Write,
    facets: &[Facet],
    kind: FacetKind,
    query: &str,
    matches: &Matches,
    archive: u64,
) -> io::Result<()> {
    let object = JsonFacets {
        schema: JSON_SCHEMA,
        query,
        by: kind.name(),
        articles: matches.counted(),
        with_copies: matches.articles(),
        archive,
        facets: facets.iter().map(JsonFacet::of).collect(),
    };
    lines(out, [object])
}

/// Writes an object for each value: `value`, `articles`, `with_copies`, `archive`.
///
/// # Errors
/// Those of `out`.
pub fn facets_jsonl(out: &mut dyn Write, facets: &[Facet]) -> io::Result<()> {
    lines(out, facets.iter().map(JsonFacet::of))
}

#[derive(Serialize)]
struct JsonTerms<'a> {
    schema: u32,
    query: &'a str,
    articles: u64,
    articles_read: u64,
    archive: u64,
    terms: Vec<JsonTerm<'a>>,
}

#[derive(Serialize)]
struct JsonTerm<'a> {
    word: &'a str,
    articles: u64,
    archive: u64,
    score: f64,
}

impl<'a> JsonTerm<'a> {
    fn of(term: &'a TellingTerm) -> Self {
        let score = (term.score * 1e3).round() / 1e3;
        Self { word: &term.word, articles: term.articles, archive: term.archive, score }
    }
}

/// Writes one object: `schema`, `query`, the `articles` of the result set, the `articles_read` of them, those of the
/// `archive`, and the `terms`.
///
/// # Errors
/// Those of `out`.
pub fn terms_json(out: &mut dyn Write, terms: &Terms, query: &str, matches: &Matches, archive: u64) -> io::Result<()> {
    let (articles, articles_read) = (matches.counted(), terms.articles_read);
    let list = terms.terms.iter().map(JsonTerm::of).collect();
    lines(out, [JsonTerms { schema: JSON_SCHEMA, query, articles, articles_read, archive, terms: list }])
}

/// Writes an object for each word: `word`, `articles`, `archive`, `score`.
///
/// # Errors
/// Those of `out`.
pub fn terms_jsonl(out: &mut dyn Write, terms: &Terms) -> io::Result<()> {
    lines(out, terms.terms.iter().map(JsonTerm::of))
}

/// Writes one object with `schema` and `words`, which are pairs of a word of the archive and its document frequency.
///
/// # Errors
/// Those of `out`.
pub fn words_json(out: &mut dyn Write, words: &[(String, u64)]) -> io::Result<()> {
    lines(out, [serde_json::json!({ "schema": JSON_SCHEMA, "words": words })])
}

/// Writes an object for each word of the archive: `word`, `articles`.
///
/// # Errors
/// Those of `out`.
pub fn words_jsonl(out: &mut dyn Write, words: &[(String, u64)]) -> io::Result<()> {
    lines(out, words.iter().map(|(word, articles)| serde_json::json!({ "word": word, "articles": articles })))
}

/// Writes each object on a line.
fn lines<T: Serialize>(out: &mut dyn Write, objects: impl IntoIterator<Item = T>) -> io::Result<()> {
    for object in objects {
        write_compact(out, &object)?;
        writeln!(out)?;
    }
    Ok(())
}
