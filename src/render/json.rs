//! Hits and articles as JSON, by types of their own: a change of these is a change of the interface.

use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;

use super::JSON_SCHEMA;
use super::hits::place;
use crate::article::Published;
use crate::search::{Copy, Hit, Marked, Results};

#[derive(Serialize)]
struct JsonResults<'a> {
    schema: u32,
    query: &'a str,
    total_articles: u64,
    hits: Vec<JsonHit<'a>>,
}

#[derive(Serialize)]
struct JsonHit<'a> {
    rank: usize,
    score: f64,
    passage: JsonPassage<'a>,
    article: JsonArticle<'a>,
    copies: Vec<JsonCopy<'a>>,
}

#[derive(Serialize)]
struct JsonPassage<'a> {
    ordinal: usize,
    start: usize,
    end: usize,
    text: &'a str,
    highlights: Vec<[usize; 2]>,
}

#[derive(Serialize)]
struct JsonArticle<'a> {
    id: &'a str,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    published: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    published_from: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    byline: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    section: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a str>,
    path: String,
    record: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    highlights: Option<Vec<[usize; 2]>>,
}

#[derive(Serialize)]
struct JsonCopy<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    published: Option<String>,
}

/// Writes one object: `schema`, `query`, `total_articles`, `hits`.
///
/// # Errors
/// Those of `out`.
pub fn hits_json(out: &mut dyn Write, query: &str, results: &Results) -> io::Result<()> {
    let hits = results.hits.iter().map(hit).collect();
    let all = JsonResults { schema: JSON_SCHEMA, query, total_articles: results.total_articles, hits };
    write_object(out, &serde_json::to_string_pretty(&all)?)
}

/// Writes one object a line and hit.
///
/// # Errors
/// Those of `out`.
pub fn hits_jsonl(out: &mut dyn Write, results: &Results) -> io::Result<()> {
    for one in &results.hits {
        write_object(out, &serde_json::to_string(&hit(one))?)?;
    }
    Ok(())
}

/// Writes an article as one object, with its stored `text`, into which the offsets of passages lead.
///
/// # Errors
/// Those of `out`.
pub fn article_json(out: &mut dyn Write, marked: &Marked, path: &Path) -> io::Result<()> {
    let (stored, article) = (&marked.stored, &marked.stored.article);
    let path = path.to_string_lossy();
    let object = JsonArticle {
        id: &stored.id,
        title: &article.title,
        published: day(article.published.as_ref()),
        published_from: article.published.map(|p| p.provenance.name()),
        source: article.source.as_deref(),
        byline: article.byline.as_deref(),
        section: article.section.as_deref(),
        language: article.language.as_deref(),
        path: if stored.inner.is_empty() { path.into_owned() } else { format!("{path}!/{}", stored.inner) },
        record: stored.record,
        url: article.url.as_deref(),
        text: Some(&stored.text),
        highlights: Some(marked.highlights.iter().map(|m| [m.start, m.end]).collect()),
    };
    write_object(out, &serde_json::to_string_pretty(&object)?)
}

/// Writes JSON with every character escaped that a terminal might act upon; they stand inside strings only.
pub(super) fn write_object(out: &mut dyn Write, json: &str) -> io::Result<()> {
    let acts = |c: char| {
        c.is_control() && c != '\n'
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
    };
    let mut rest = json;
    while let Some(at) = rest.find(acts) {
        let c = rest[at..].chars().next().unwrap_or_default();
        write!(out, "{}\\u{:04x}", &rest[..at], u32::from(c))?;
        rest = &rest[at + c.len_utf8()..];
    }
    writeln!(out, "{rest}")
}

fn day(published: Option<&Published>) -> Option<String> {
    published.map(|p| p.day.to_string())
}

fn hit(hit: &Hit) -> JsonHit<'_> {
    let article = &hit.article;
    JsonHit {
        rank: hit.rank,
        score: (f64::from(hit.score) * 1e4).round() / 1e4,
        passage: JsonPassage {
            ordinal: hit.passage.ordinal,
            start: hit.passage.bytes.start,
            end: hit.passage.bytes.end,
            text: &hit.passage.text,
            highlights: hit.passage.highlights.iter().map(|m| [m.start, m.end]).collect(),
        },
        article: JsonArticle {
            id: &article.id,
            title: &article.title,
            published: day(article.published.as_ref()),
            published_from: article.published.map(|p| p.provenance.name()),
            source: article.source.as_deref(),
            byline: article.byline.as_deref(),
            section: article.section.as_deref(),
            language: article.language.as_deref(),
            path: place(article),
            record: article.record,
            url: article.url.as_deref(),
            text: None,
            highlights: None,
        },
        copies: hit.copies.iter().map(copy).collect(),
    }
}

fn copy(copy: &Copy) -> JsonCopy<'_> {
    JsonCopy { id: &copy.id, source: copy.source.as_deref(), published: day(copy.published.as_ref()) }
}
