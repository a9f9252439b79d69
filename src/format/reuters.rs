//! The SGML of the Reuters-21578 collection: `<REUTERS NEWID=…>`.
//!
//! Owns its elements and marks of the wire: control characters, and `Reuter` below each report.

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

/// The texts of the elements that are used.
#[derive(Debug, Default)]
struct Fields {
    id: Option<String>,
    date: String,
    title: String,
    author: String,
    dateline: String,
    body: String,
    /// The text in `TEXT` outside these elements.
    text: String,
    topic: String,
    brief: bool,
}

fn parse(record: &Record, context: &Context<'_>, sink: &mut Sink<'_>) {
    let text = charset::decode(&record.bytes, context.charset, Some("iso-8859-1"));
    let mut fields = Fields::default();
    let mut inside: Option<&str> = None;
    let mut in_text = false;
    for token in sgml::tokens(&text) {
        match token {
            Token::Open("REUTERS", rest) => fields.id = sgml::attribute(rest, "NEWID"),
            Token::Open("TEXT", rest) => {
                in_text = true;
                fields.brief = sgml::attribute(rest, "TYPE").is_some_and(|t| t == "BRIEF");
            }
            Token::Open("D", _) if inside != Some("TOPICS") => {}
            Token::Open(name, _) if name != "D" => inside = Some(name),
            Token::Close("TEXT") => in_text = false,
            Token::Close(name) if inside == Some(name) => inside = None,
            Token::Text(text) => {
                let to = match inside {
                    Some("DATE") => &mut fields.date,
                    Some("TITLE") => &mut fields.title,
                    Some("AUTHOR") => &mut fields.author,
                    Some("DATELINE") => &mut fields.dateline,
                    Some("BODY") => &mut fields.body,
                    Some("TOPICS") if fields.topic.is_empty() => &mut fields.topic,
                    None if in_text => &mut fields.text,
                    _ => continue,
                };
                to.push_str(&readable(text));
            }
            _ => {}
        }
    }
    sink(wire::finish(article(fields, context)));
}

fn article(fields: Fields, context: &Context<'_>) -> Article {
    let mut notes = Vec::new();
    let mut title = paragraphs::one_line(&fields.title);
    let mut body = fields.body;
    if body.trim().is_empty() && !fields.brief {
        // Reports that were not divided by the makers of the collection: their first line is in capitals, like
        // headlines.
        let text = fields.text.trim_start_matches('\n');
        let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
        if title.is_empty()
            && first.chars().filter(|c| c.is_lowercase()).count() * 4 < first.len()
            && !rest.trim().is_empty()
        {
            title = paragraphs::one_line(first);
            body = rest.to_owned();
        } else {
            body = text.to_owned();
        }
    }
    let published = wire::published(day(&fields.date), Provenance::Metadata, context, &mut notes);
    Article {
        id: fields.id,
        title,
        body: wire::with_dateline(&fields.dateline, paragraphs::from_plain(without_sign(&body))),
        published,
        source: Some("Reuters".into()),
        byline: wire::byline(&fields.author),
        section: Some(paragraphs::one_line(&fields.topic)).filter(|t| !t.is_empty()),
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
