//! Views as an object a line: a period of a series, a value, a word.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::safe_json::write_compact;
use crate::search::views::{Facet, Terms, Timeline};

/// Writes an object for each period of each series: `query`, `start`, `articles`, `share`.
///
/// # Errors
/// Those of `out`.
pub fn timeline_jsonl(out: &mut dyn Write, timeline: &Timeline, queries: &[&str]) -> io::Result<()> {
    let series = queries.iter().enumerate();
    lines(out, series.flat_map(|(at, query)| timeline.periods.iter().map(move |period| (at, query, period))), |row| {
        let (at, query, period) = row;
        let share = (period.shares.get(*at).copied().unwrap_or(0.0) * 1e6).round() / 1e6;
        json!({ "query": query, "start": period.start.to_string(), "articles": period.articles.get(*at), "share": share })
    })
}

/// Writes an object for each value: `value`, `articles`, `with_copies`, `archive`.
///
/// # Errors
/// Those of `out`.
pub fn facets_jsonl(out: &mut dyn Write, facets: &[Facet]) -> io::Result<()> {
    lines(out, facets.iter(), |facet| {
        let Facet { value, articles, with_copies, archive } = facet;
        json!({ "value": value, "articles": articles, "with_copies": with_copies, "archive": archive })
    })
}

/// Writes an object for each word: `word`, `articles`, `archive`, `score`.
///
/// # Errors
/// Those of `out`.
pub fn terms_jsonl(out: &mut dyn Write, terms: &Terms) -> io::Result<()> {
    lines(out, terms.terms.iter(), |term| {
        let score = (term.score * 1e3).round() / 1e3;
        json!({ "word": term.word, "articles": term.articles, "archive": term.archive, "score": score })
    })
}

/// Writes an object for each word of the archive: `word`, `articles`.
///
/// # Errors
/// Those of `out`.
pub fn words_jsonl(out: &mut dyn Write, words: &[(String, u64)]) -> io::Result<()> {
    lines(out, words.iter(), |(word, articles)| json!({ "word": word, "articles": articles }))
}

fn lines<T>(out: &mut dyn Write, rows: impl Iterator<Item = T>, object: impl Fn(&T) -> Value) -> io::Result<()> {
    for row in rows {
        write_compact(out, &object(&row))?;
        writeln!(out)?;
    }
    Ok(())
}
