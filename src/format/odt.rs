//! OpenDocument texts: `.odt`, and `.fodt` in one XML file (ISO 26300).
//!
//! Owns the text of the document in its order, without notes, comments and deleted text.

use super::common::paragraphs;
use super::common::properties::{Parts, Properties};
use super::common::xml::{self, Document, Element, Tag};
use super::common::zipped::{self, Zipped};
use super::{Certainty, Context, Format, Record, Sample, Sink, Split, html};
use crate::error::SkipReason;

/// OpenDocument texts.
pub(super) const FORMAT: Format = Format {
    name: "odt",
    title: "OpenDocument texts (.odt)",
    extensions: &["odt", "ott", "fodt"],
    version: 2,
    detect,
    split: Split::Whole,
    parse,
};

/// Number of headings at the start that may be the title.
const TITLE_PARAGRAPHS: usize = 5;

fn detect(sample: &Sample<'_>) -> Certainty {
    let zip = zipped::shows(sample.head, "application/vnd.oasis.opendocument.text");
    let flat = sample.head.trim_ascii_start().starts_with(b"<")
        && memchr::memmem::find(sample.head, b"office:mimetype=\"application/vnd.oasis.opendocument.text").is_some();
    zipped::certainty(sample, &FORMAT, zip || flat)
}

fn parse(record: &Record, context: &Context<'_>, sink: &mut Sink<'_>) {
    Properties::send(read(&record.bytes), context, sink);
}

/// The title marked by styles, the text, and the properties.
fn read(bytes: &[u8]) -> Result<Parts, SkipReason> {
    if !bytes.starts_with(b"PK\x03\x04") {
        let text = xml::decode(bytes, None);
        return content(&text, &text);
    }
    let mut zipped = Zipped::open(bytes, FORMAT.name)?;
    let manifest = zipped.entry("META-INF/manifest.xml")?.unwrap_or_default();
    if memchr::memmem::find(&manifest, b"encryption-data").is_some() {
        return Err(SkipReason::Encrypted);
    }
    let text = zipped.text("content.xml")?;
    let meta = zipped.entry("meta.xml").ok().flatten().unwrap_or_default();
    content(&text, &xml::decode(&meta, None))
}

fn content(text: &str, meta: &str) -> Result<Parts, SkipReason> {
    // Blanks that are elements would be lost with them.
    let text = ["<text:s", "<text:tab"].iter().fold(text.to_owned(), |text, tag| {
        ['/', ' '].iter().fold(text, |text, end| text.replace(&format!("{tag}{end}"), &format!(" {tag}{end}")))
    });
    let document = Document::parse(&text);
    let Some(body) = document.elements().find(|e| e.is("body")) else {
        let no_body = || SkipReason::Malformed { format: FORMAT.name, detail: "it has no body".into() };
        return Err(document.trouble.unwrap_or_else(no_body));
    };
    let title = body
        .descendants()
        .filter(|e| e.is("p") || e.is("h"))
        .take(TITLE_PARAGRAPHS)
        .find(|e| is_title(*e))
        .and_then(|e| e.line(&[]));
    let notes: Vec<String> =
        body.descendants().filter(|e| e.is("note-body")).map(|e| html::fragment(&e.markup(tag))).collect();
    let text = html::fragment(&body.markup(tag));
    if text.is_empty() {
        return Err(document.reason());
    }
    // Notes come after the text.
    let body = paragraphs::join([&text].into_iter().chain(&notes).map(String::as_str));
    Ok((title, body, properties(meta)))
}

fn is_title(element: Element<'_, '_>) -> bool {
    let style = element.attribute("style-name").unwrap_or_default();
    style == "Title" || (element.is("h") && element.attribute("outline-level").is_none_or(|level| level == "1"))
}

/// The HTML elements for those of OpenDocument.
fn tag(element: Element<'_, '_>) -> Tag {
    match element.name() {
        "p" | "h" => Tag::As("p"),
        "line-break" => Tag::As("br"),
        "note" | "annotation" | "tracked-changes" | "sequence-decls" | "forms" | "binary-data" | "object" => Tag::Drop,
        "title" | "desc" | "page-number" | "script" => Tag::Drop,
        "table-cell" | "list-item" | "text-box" | "section" => Tag::As("div"),
        _ => Tag::As("span"),
    }
}

fn properties(meta: &str) -> Properties {
    let document = Document::parse(meta);
    let value = |names: &[&str]| {
        let found = names.iter().find_map(|name| document.elements().take(1000).find(|e| e.is(name)));
        found.and_then(|e| e.line(&[])).unwrap_or_default()
    };
    Properties {
        title: value(&["title"]),
        author: value(&["initial-creator", "creator"]),
        created: value(&["creation-date", "date"]),
        language: value(&["language"]),
        ..Properties::default()
    }
}
