//! The SGML of the Reuters-21578 collection: `<REUTERS NEWID=…>`.
//!
//! Owns its elements and marks of the wire: control characters, and `Reuter` below each report.

use std::collections::BTreeMap;

use super::common::sgml::{self, Elements, Token};
use super::common::{charset, dates, paragraphs, wire, xml};
use super::{Certainty, Context, Format, Input, Record, Records, Sample, Sink, Split};
use crate::article::{Article, Provenance};

/// The files of the collection.
pub(super) const FORMAT: Format = Format {
    name: "reuters",
    title: "the SGML of the Reuters-21578 collection",
    extensions: &["sgm", "sgml"],
    version: 2,
    detect,
    split: Split::Stream(split),
    parse,
};

fn detect(sample: &Sample<'_>) -> Certainty {
    let head = String::from_utf8_lossy(sample.head.get(..1024).unwrap_or(sample.head));
    let head = head.trim_start();
    let first = head.starts_with("<REUTERS ") || (head.starts_with("<!DOCTYPE lewis") && head.contains("<REUTERS"));
    if first { Certainty::Certain } else { Certainty::No }
}

fn split(input: Input<'_>) -> Records<'_> {
    Box::new(Elements::new(input, "reuters", false))
}

/// The texts of a report by element; that of `TEXT` is outside its elements.
type Texts<'a> = BTreeMap<&'a str, String>;

fn parse(record: &Record, context: &Context<'_>, sink: &mut Sink<'_>) {
    let text = charset::decode(&record.bytes, context.charset, Some("iso-8859-1"));
    let mut texts = Texts::new();
    let (mut id, mut is_brief, mut in_text) = (None, false, false);
    let mut inside: Option<&str> = None;
    for token in sgml::tokens(&text) {
        match token {
            Token::Open("REUTERS", rest) => id = sgml::attribute(rest, "NEWID"),
            Token::Open("TEXT", rest) => {
                in_text = true;
                is_brief = sgml::attribute(rest, "TYPE").is_some_and(|t| t == "BRIEF");
            }
            Token::Open(name, _) if name != "D" => inside = Some(name),
            Token::Close("TEXT") => in_text = false,
            Token::Close(name) if inside == Some(name) => inside = None,
            Token::Text(text) => {
                let Some(name) = inside.or(in_text.then_some("TEXT")) else { continue };
                let all = texts.entry(name).or_default();
                // Only the first topic is the section.
                if name != "TOPICS" || all.is_empty() {
                    all.push_str(&readable(text));
                }
            }
            _ => {}
        }
    }
    sink(wire::finish(article(&texts, id, is_brief, context)));
}

fn article(texts: &Texts<'_>, id: Option<String>, is_brief: bool, context: &Context<'_>) -> Article {
    let mut notes = Vec::new();
    let of = |name: &str| texts.get(name).map_or("", String::as_str);
    let (mut title, mut body) = (of("TITLE"), of("BODY"));
    if body.trim().is_empty() && !is_brief {
        // In reports without elements, the first line is in capitals, like headlines.
        body = of("TEXT").trim_start_matches('\n');
        let (first, rest) = body.split_once('\n').unwrap_or((body, ""));
        let in_capitals = first.chars().filter(|c| c.is_lowercase()).count() * 4 < first.len();
        if title.trim().is_empty() && in_capitals && !rest.trim().is_empty() {
            (title, body) = (first, rest);
        }
    }
    let published = wire::published(day(of("DATE")), Provenance::Metadata, context, &mut notes);
    Article {
        id,
        title: paragraphs::one_line(title),
        body: wire::with_dateline(of("DATELINE"), paragraphs::from_plain(without_sign(body))),
        published,
        source: Some("Reuters".into()),
        byline: wire::byline(of("AUTHOR")),
        section: Some(paragraphs::one_line(of("TOPICS"))).filter(|t| !t.is_empty()),
        language: Some("en".into()),
        url: None,
        notes,
    }
}

/// Text without entities and control characters.
fn readable(text: &str) -> String {
    xml::unescape(text).chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

/// A report without the name of the agency on a separate line below it or after its last sentence.
fn without_sign(body: &str) -> &str {
    let trimmed = body.trim_end();
    let bare = trimmed.trim_end_matches(['.', '-']).trim_end();
    let Some(text) = ["Reuter", "REUTER", "reuter"].iter().find_map(|sign| bare.strip_suffix(sign)) else {
        return trimmed;
    };
    let alone = text.trim_end_matches(' ').ends_with('\n') || text.ends_with("  ");
    let behind = text.ends_with(' ') && text.trim_end().ends_with(['.', '"', '?', '!', ')']);
    if alone || behind || text.is_empty() { text.trim_end() } else { trimmed }
}

/// `26-FEB-1987 15:01:01.79` as a day; the time has no zone.
fn day(date: &str) -> Option<String> {
    let stated = date.split_whitespace().find(|word| word.matches('-').count() == 2)?;
    let mut parts = stated.split('-');
    let (day, month, year) = (parts.next()?, dates::month(parts.next()?)?, parts.next()?);
    Some(format!("{year}-{month:02}-{day:0>2}"))
}
