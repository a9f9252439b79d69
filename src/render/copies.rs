//! The copies of an article, as text and JSON.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::facts::Facts;
use super::ink::{Ink, paint_marked};
use super::json::article;
use super::numbers::rounded;
use super::safe::flowing;
use super::safe_json::write_each;
use super::wrap::lines;
use super::{JSON_SCHEMA, Style};
use crate::search::{ArticleFacts, CopyList, FoundCopy};

/// Indent of the lines without a percentage.
const INDENT: &str = "       ";

/// Writes an article, then its copies: the share of common text, headline and metadata.
///
/// # Errors
/// Those of `out`.
pub fn copies_text(out: &mut dyn Write, list: &CopyList, style: &Style) -> io::Result<()> {
    entry(out, &list.article, "", "", style)?;
    for copy in &list.copies {
        // Only equal texts are 100 %.
        let percent = format!("{:>4.0} %", (copy.shared * 100.0).floor());
        entry(out, &copy.article, &format!("{percent} "), INDENT, style)?;
    }
    Ok(())
}

/// Writes headline and metadata; the first line begins with `first`, the others with `indent`.
fn entry(out: &mut dyn Write, facts: &ArticleFacts, first: &str, indent: &str, style: &Style) -> io::Result<()> {
    let mut start = first;
    let title = flowing(&facts.title, &[]);
    for line in lines(&title.text, style.text_columns().saturating_sub(indent.len()).max(1)) {
        write!(out, "{start}")?;
        paint_marked(out, &title.text, line, &[], Ink::Bold, style.color)?;
        writeln!(out)?;
        start = indent;
    }
    Facts::of_hit(facts, style.columns().saturating_sub(indent.len())).write(out, start, style.color)
}

/// Writes an article and its copies as one object on a line, with the keys `schema`, `article` and `copies`. If several
/// articles share an id, `lists` has such an object for each.
///
/// # Errors
/// Those of `out`.
pub fn copies_json(out: &mut dyn Write, lists: &[CopyList]) -> io::Result<()> {
    let mut objects: Vec<Value> = lists.iter().map(object).collect();
    let object = match objects.len() {
        1 => objects.remove(0),
        _ => json!({ "schema": JSON_SCHEMA, "lists": objects }),
    };
    write_each(out, std::iter::once(object), "\n")
}

/// Writes one object per copy, each followed by `end`, with the keys `shared` and `article`.
///
/// # Errors
/// Those of `out`.
pub fn copies_jsonl(out: &mut dyn Write, lists: &[CopyList], end: &str) -> io::Result<()> {
    write_each(out, lists.iter().flat_map(|list| &list.copies).map(found), end)
}

fn object(list: &CopyList) -> Value {
    let copies: Vec<Value> = list.copies.iter().map(found).collect();
    json!({ "schema": JSON_SCHEMA, "article": article(&list.article), "copies": copies })
}

fn found(copy: &FoundCopy) -> Value {
    json!({ "shared": rounded(copy.shared), "article": article(&copy.article) })
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn list() -> CopyList {
        let mut hits = sample::results().hits.into_iter();
        let mut next = || hits.next().expect("two of them").article;
        CopyList { article: next(), copies: vec![FoundCopy { article: next(), shared: 0.9183 }] }
    }

    #[test]
    fn copies_are_listed_with_their_shared_text() {
        let mut out = Vec::new();
        copies_text(&mut out, &list(), &Style::plain(80)).expect("memory");
        let expected = "Export rules \u{fffd}[2J\n\
                        2023-07-23 · Voice of America · Jane Doe · id 8731 · news.zip!/a/wire.jsonl#3\n  \
                        91 % no date · a.txt\n";
        assert_eq!(String::from_utf8(out).expect("text"), expected);
    }

    #[test]
    fn json_has_the_keys_that_are_promised_in_their_order() {
        let mut out = Vec::new();
        let bare = CopyList { article: list().copies[0].article.clone(), ..list() };
        copies_json(&mut out, std::slice::from_ref(&bare)).expect("memory");
        let article = r#"{"id":"a.txt","location":"a.txt","title":"","path":"a.txt","record":1}"#;
        let expected = format!(
            "{{\"schema\":1,\"article\":{article},\"copies\":[{{\"shared\":0.9183,\"article\":{article}}}]}}\n"
        );
        assert_eq!(String::from_utf8(out).expect("text"), expected);
    }
}
