//! Hits and articles as JSON. The types in this module are an interface for other programs.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::JSON_SCHEMA;
use super::explanation::JsonExplanation;
use super::facts::place;
use super::numbers::rounded;
use super::safe_json::{write_compact, write_pretty};
use crate::article::Published;
use crate::search::{ArticleFacts, Copy, Hit, Marked, Results, Sort};

#[derive(Serialize)]
struct JsonHit<'a> {
    rank: usize,
    score: f64,
    passage: JsonPassage<'a>,
    article: JsonArticle<'a>,
    copies: Vec<JsonCopy<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<JsonExplanation<'a>>,
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
pub(super) struct JsonArticle<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    schema: Option<u32>,
    id: &'a str,
    location: &'a str,
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
    location: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    published: Option<String>,
}

/// Writes one object, with the keys `schema`, `query`, `total_articles`, `shown`, `expanded_with`, `similar_by` and
/// `hits`; each hit is on a line of its own. `shown` says which of several copies a hit is; it is absent if every copy is
/// a hit. `expanded_with` and `similar_by` are absent if the search used no such words.
///
/// # Errors
/// Those of `out`.
pub fn hits_json(out: &mut dyn Write, query: &str, results: &Results) -> io::Result<()> {
    write!(out, "{{\"schema\":{JSON_SCHEMA},\"query\":")?;
    write_compact(out, &query)?;
    write!(out, ",\"total_articles\":{}", results.total_articles)?;
    if let Some(order) = results.collapsed {
        let shown = match order {
            Sort::Relevance => "best",
            Sort::Newest => "newest",
            Sort::Oldest => "earliest",
        };
        write!(out, ",\"shown\":\"{shown}\"")?;
    }
    for (key, words) in [("expanded_with", &results.expanded), ("similar_by", &results.similar_by)] {
        if !words.is_empty() {
            write!(out, ",\"{key}\":")?;
            write_compact(out, words)?;
        }
    }
    write!(out, ",\"hits\":[")?;
    for (number, one) in results.hits.iter().enumerate() {
        out.write_all(if number == 0 { b"\n" } else { b",\n" })?;
        write_compact(out, &hit(one))?;
    }
    writeln!(out, "]}}")
}

/// Writes one object for each hit, followed by `end`.
///
/// # Errors
/// Those of `out`.
pub fn hits_jsonl(out: &mut dyn Write, results: &Results, end: &str) -> io::Result<()> {
    for one in &results.hits {
        write_compact(out, &hit(one))?;
        out.write_all(end.as_bytes())?;
    }
    Ok(())
}

/// As [`hits_jsonl`], one object per line, with the `query` as first key.
///
/// # Errors
/// Those of `out`.
pub fn hits_jsonl_of(out: &mut dyn Write, query: &str, results: &Results) -> io::Result<()> {
    #[derive(Serialize)]
    struct Of<'a> {
        query: &'a str,
        #[serde(flatten)]
        hit: JsonHit<'a>,
    }
    results.hits.iter().try_for_each(|one| {
        write_compact(out, &Of { query, hit: hit(one) })?;
        out.write_all(b"\n")
    })
}

/// Writes only the number of matching articles, as one object on a line with the keys `schema`, `query` and
/// `total_articles`.
///
/// # Errors
/// Those of `out`.
pub fn count_json(out: &mut dyn Write, query: &str, total: u64) -> io::Result<()> {
    write!(out, "{{\"schema\":{JSON_SCHEMA},\"query\":")?;
    write_compact(out, &query)?;
    writeln!(out, ",\"total_articles\":{total}}}")
}

/// Writes an article as one object with its stored `text`, to which the offsets of passages refer; several as one
/// object with the keys `schema` and `articles`.
///
/// # Errors
/// Those of `out`.
pub fn articles_json(out: &mut dyn Write, articles: &[(Marked, PathBuf)]) -> io::Result<()> {
    match articles {
        [(marked, path)] => write_pretty(out, &whole(marked, path)),
        all => {
            let articles = all.iter().map(|(marked, path)| whole(marked, path)).collect();
            write_pretty(out, &JsonArticles { schema: JSON_SCHEMA, articles })
        }
    }
}

/// Writes each article as one object on a line, or with another `end`.
///
/// # Errors
/// Those of `out`.
pub fn articles_jsonl(out: &mut dyn Write, articles: &[(Marked, PathBuf)], end: &str) -> io::Result<()> {
    articles.iter().try_for_each(|(marked, path)| {
        write_compact(out, &whole(marked, path))?;
        out.write_all(end.as_bytes())
    })
}

#[derive(Serialize)]
struct JsonArticles<'a> {
    schema: u32,
    articles: Vec<JsonArticle<'a>>,
}

/// The metadata of an article, with its text.
fn whole<'a>(marked: &'a Marked, path: &Path) -> JsonArticle<'a> {
    let (stored, article) = (&marked.stored, &marked.stored.article);
    JsonArticle {
        schema: Some(JSON_SCHEMA),
        id: &stored.id,
        location: &stored.location,
        title: &article.title,
        published: day(article.published.as_ref()),
        published_from: article.published.map(|p| p.provenance.name()),
        source: article.source.as_deref(),
        byline: article.byline.as_deref(),
        section: article.section.as_deref(),
        language: article.language.as_deref(),
        path: place(path, &stored.inner),
        record: stored.record,
        url: article.url.as_deref(),
        text: Some(&stored.text),
        highlights: Some(marked.highlights.iter().map(|m| [m.start, m.end]).collect()),
    }
}

fn day(published: Option<&Published>) -> Option<String> {
    published.map(|p| p.day.to_string())
}

/// The metadata of an article, without its text.
pub(super) fn article(article: &ArticleFacts) -> JsonArticle<'_> {
    JsonArticle {
        schema: None,
        id: &article.id,
        location: &article.location,
        title: &article.title,
        published: day(article.published.as_ref()),
        published_from: article.published.map(|p| p.provenance.name()),
        source: article.source.as_deref(),
        byline: article.byline.as_deref(),
        section: article.section.as_deref(),
        language: article.language.as_deref(),
        path: place(&article.path, &article.inner),
        record: article.record,
        url: article.url.as_deref(),
        text: None,
        highlights: None,
    }
}

fn hit(hit: &Hit) -> JsonHit<'_> {
    JsonHit {
        rank: hit.rank,
        score: rounded(hit.score),
        passage: JsonPassage {
            ordinal: hit.passage.ordinal,
            start: hit.passage.bytes.start,
            end: hit.passage.bytes.end,
            text: &hit.passage.text,
            highlights: hit.passage.highlights.iter().map(|m| [m.start, m.end]).collect(),
        },
        article: article(&hit.article),
        copies: hit.copies.iter().map(copy).collect(),
        explanation: hit.explanation.as_ref().map(JsonExplanation::of),
    }
}

fn copy(copy: &Copy) -> JsonCopy<'_> {
    JsonCopy {
        id: &copy.id,
        location: &copy.location,
        source: copy.source.as_deref(),
        published: day(copy.published.as_ref()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    const FULL: &str = r#"{"rank":1,"score":12.3457,"passage":{"ordinal":2,"start":812,"end":841,"text":"Exports of chip-making tools.","highlights":[[11,22]]},"article":{"id":"8731","location":"news.zip!/a/wire.jsonl#3","title":"Export rules \u001b[2J","published":"2023-07-23","published_from":"metadata","source":"Voice of America","byline":"Jane Doe","section":"Economy","language":"en","path":"news.zip!/a/wire.jsonl","record":3,"url":"https://example.org/8731"},"copies":[{"id":"b","location":"b.txt","source":"AP","published":"2023-07-24"},{"id":"c","location":"c.txt"}]}"#;
    const BARE: &str = r#"{"rank":2,"score":0.5,"passage":{"ordinal":0,"start":0,"end":5,"text":"Text.","highlights":[]},"article":{"id":"a.txt","location":"a.txt","title":"","path":"a.txt","record":1},"copies":[]}"#;

    #[test]
    fn hits_have_the_keys_that_are_promised_in_their_order() {
        let mut out = Vec::new();
        hits_json(&mut out, "chip \"tools\"", &sample::results()).expect("memory");
        let expected = format!(
            "{{\"schema\":1,\"query\":\"chip \\\"tools\\\"\",\"total_articles\":2,\"shown\":\"best\",\"hits\":[\n{FULL},\n{BARE}]}}\n"
        );
        assert_eq!(String::from_utf8(out.clone()).expect("text"), expected);
        serde_json::from_slice::<serde_json::Value>(&out).expect("JSON");
        let mut out = Vec::new();
        hits_jsonl(&mut out, &sample::results(), "\n").expect("memory");
        assert_eq!(String::from_utf8(out).expect("text"), format!("{FULL}\n{BARE}\n"));
        let mut out = Vec::new();
        hits_json(&mut out, "", &Results::default()).expect("memory");
        assert_eq!(out, b"{\"schema\":1,\"query\":\"\",\"total_articles\":0,\"hits\":[]}\n");
    }
}
