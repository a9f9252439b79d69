//! Hits and articles as JSON. The keys in this module are an interface for other programs.

use std::io::{self, Write};
use std::ops::Range;

use serde_json::{Value, json};

use super::JSON_SCHEMA;
use super::explanation;
use super::facts::{day, place};
use super::numbers::rounded;
use super::safe_json::{merged, without_nulls, write_compact, write_each, write_list, write_pretty};
use crate::search::{ArticleFacts, Copy, Hit, Marked, Results, Sort};

/// Writes one object, with the keys `schema`, `query`, `total_articles`, `shown`, `expanded_with`, `similar_by` and
/// `hits`; each hit is on a line of its own. `shown` says which of several copies a hit is; it is absent if every copy is
/// a hit. `expanded_with` and `similar_by` are absent if the search used no such words.
///
/// # Errors
/// Those of `out`.
pub fn hits_json(out: &mut dyn Write, query: &str, results: &Results) -> io::Result<()> {
    let shown = results.collapsed.map(|order| match order {
        Sort::Relevance => "best",
        Sort::Newest => "newest",
        Sort::Oldest => "earliest",
    });
    let words = |words: &Vec<String>| (!words.is_empty()).then(|| words.clone());
    let head = without_nulls(json!({
        "schema": JSON_SCHEMA,
        "query": query,
        "total_articles": results.total_articles,
        "shown": shown,
        "expanded_with": words(&results.expanded),
        "similar_by": words(&results.similar_by),
    }));
    write_list(out, &head, "hits", results.hits.iter().map(hit))
}

/// Writes one object for each hit, followed by `end`.
///
/// # Errors
/// Those of `out`.
pub fn hits_jsonl(out: &mut dyn Write, results: &Results, end: &str) -> io::Result<()> {
    write_each(out, results.hits.iter().map(hit), end)
}

/// As [`hits_jsonl`], one object per line, with the `query` as first key.
///
/// # Errors
/// Those of `out`.
pub fn hits_jsonl_of(out: &mut dyn Write, query: &str, results: &Results) -> io::Result<()> {
    let of_query = |one| merged([json!({ "query": query }), hit(one)]);
    write_each(out, results.hits.iter().map(of_query), "\n")
}

/// Writes only the number of matching articles, as one object on a line with the keys `schema`, `query` and
/// `total_articles`.
///
/// # Errors
/// Those of `out`.
pub fn count_json(out: &mut dyn Write, query: &str, total: u64) -> io::Result<()> {
    write_compact(out, &json!({ "schema": JSON_SCHEMA, "query": query, "total_articles": total }))?;
    writeln!(out)
}

/// Writes an article as one object with its stored `text`, to which the offsets of passages refer; several as one
/// object with the keys `schema` and `articles`.
///
/// # Errors
/// Those of `out`.
pub fn articles_json(out: &mut dyn Write, articles: &[(Marked, ArticleFacts)]) -> io::Result<()> {
    match articles {
        [one] => write_pretty(out, &whole(one)),
        all => {
            write_pretty(out, &json!({ "schema": JSON_SCHEMA, "articles": all.iter().map(whole).collect::<Vec<_>>() }))
        }
    }
}

/// Writes each article as one object on a line, or with another `end`.
///
/// # Errors
/// Those of `out`.
pub fn articles_jsonl(out: &mut dyn Write, articles: &[(Marked, ArticleFacts)], end: &str) -> io::Result<()> {
    write_each(out, articles.iter().map(whole), end)
}

/// The metadata of an article, with its text.
fn whole((marked, facts): &(Marked, ArticleFacts)) -> Value {
    let text = json!({ "text": marked.stored.text, "highlights": pairs(&marked.highlights) });
    merged([json!({ "schema": JSON_SCHEMA }), article(facts), text])
}

/// The metadata of an article, without its text.
pub(super) fn article(article: &ArticleFacts) -> Value {
    without_nulls(json!({
        "id": article.id,
        "location": article.location,
        "title": article.title,
        "published": day(article.published.as_ref()),
        "published_from": article.published.map(|published| published.provenance.name()),
        "source": article.source,
        "byline": article.byline,
        "section": article.section,
        "language": article.language,
        "path": place(&article.path, &article.inner),
        "record": article.record,
        "url": article.url,
    }))
}

fn hit(hit: &Hit) -> Value {
    without_nulls(json!({
        "rank": hit.rank,
        "score": rounded(hit.score),
        "passage": {
            "ordinal": hit.passage.ordinal,
            "start": hit.passage.bytes.start,
            "end": hit.passage.bytes.end,
            "text": hit.passage.text,
            "highlights": pairs(&hit.passage.highlights),
        },
        "article": article(&hit.article),
        "copies": hit.copies.iter().map(copy).collect::<Vec<_>>(),
        "explanation": hit.explanation.as_ref().map(explanation::json),
    }))
}

fn copy(copy: &Copy) -> Value {
    without_nulls(json!({
        "id": copy.id,
        "location": copy.location,
        "source": copy.source,
        "published": day(copy.published.as_ref()),
    }))
}

fn pairs(ranges: &[Range<usize>]) -> Vec<[usize; 2]> {
    ranges.iter().map(|range| [range.start, range.end]).collect()
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
