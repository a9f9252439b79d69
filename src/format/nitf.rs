//! NITF, the News Industry Text Format of the IPTC, as used by agencies and newspaper archives (2.5 to 3.6), and the
//! conventions of The New York Times Annotated Corpus.
//!
//! Reads an `nitf` element in separate files and within NewsML and ninjs.

use super::common::xml::{self, Document, Element, Tag};
use super::common::{dates, paragraphs, record_fields, wire};
use super::{Certainty, Context, Format, Record, Sample, Sink, Split, html};
use crate::article::{Article, Provenance};
use crate::error::SkipReason;

/// NITF files.
pub(super) const FORMAT: Format = Format {
    name: "nitf",
    title: "NITF, the IPTC's News Industry Text Format",
    extensions: &["xml", "nitf", "ntf"],
    version: 2,
    detect,
    split: Split::Whole,
    parse,
};

fn detect(sample: &Sample<'_>) -> Certainty {
    let root = xml::with_root(sample.head, |root| root.is("nitf"));
    if root == Some(true) { Certainty::Certain } else { Certainty::No }
}

fn parse(record: &Record, context: &Context<'_>, sink: &mut Sink<'_>) {
    let text = xml::decode(&record.bytes, context.charset);
    let document = Document::parse(&text);
    let mut found = false;
    for root in document.root().into_iter().chain(document.elements()).filter(|e| e.is("nitf")) {
        // The root occurs twice in this chain; it and all nested `nitf` are one article.
        if !found {
            found = true;
            sink(wire::finish(article(root, context)));
        }
    }
    if !found || document.trouble.is_some() {
        sink(Err(document.reason()));
    }
}

/// The article of an `nitf` element, whose parts may be missing.
pub(super) fn article(nitf: Element<'_, '_>, context: &Context<'_>) -> Article {
    let mut notes = Vec::new();
    let head = nitf.child("head");
    let docdata = nitf.find("docdata");
    let pubdata = nitf.find("pubdata");
    let body_head = nitf.find("body.head");
    let attribute = |name: &str, key: &str| nitf.find(name).and_then(|e| e.attribute(key));
    let published = wire::published(
        [
            pubdata.and_then(|e| e.attribute("date.publication")),
            attribute("date.issue", "norm"),
            attribute("story.date", "norm"),
            attribute("date.release", "norm"),
            nitf.find("story.date").map(|e| paragraphs::one_line(&e.text()).into()),
        ]
        .into_iter()
        .flatten(),
        Provenance::Metadata,
        context,
        &mut notes,
    );
    let body = body(nitf);
    let source = pubdata
        .and_then(|e| e.attribute("name"))
        .map(Into::into)
        .or_else(|| docdata.and_then(|d| d.find("doc.copyright")?.attribute("holder")).map(Into::into))
        .or_else(|| body_head.and_then(|h| h.line(&["distributor"])))
        .or_else(|| wire::agency(&body));
    Article {
        id: attribute("doc-id", "id-string").map(Into::into),
        title: headline(nitf, head, body_head).unwrap_or_default(),
        published: published.or_else(|| dateline(body_head, context)),
        source,
        byline: body_head.and_then(byline),
        section: pubdata
            .and_then(|e| e.attribute("position.section"))
            .filter(|s| !s.bytes().all(|b| b.is_ascii_digit()))
            .map(Into::into)
            .or_else(|| head.and_then(section)),
        language: nitf.attribute("lang").and_then(|l| record_fields::language(&l)),
        url: pubdata.and_then(|e| e.attribute("ex-ref")).filter(|u| u.starts_with("http")).map(Into::into),
        body,
        notes,
    }
}

/// The text of `body.content`, or of its replacement.
pub(super) fn body(nitf: Element<'_, '_>) -> String {
    let Some(content) = nitf.find("body.content").or_else(|| nitf.find("body")) else {
        return if nitf.is("body.content") || nitf.is("body") { render(nitf) } else { String::new() };
    };
    // The New York Times Annotated Corpus repeats the lead paragraph in a separate block.
    let full = |e: &Element<'_, '_>| e.is("block") && e.attribute("class").is_some_and(|c| c == "full_text");
    render(content.children().find(full).unwrap_or(content))
}

fn render(content: Element<'_, '_>) -> String {
    html::fragment(&content.markup(|e| match &*e.name().to_ascii_lowercase() {
        "hl1" | "hl2" | "hedline" => Tag::As("h2"),
        "bq" => Tag::As("blockquote"),
        "credit" | "note" | "block" | "datasource" | "media-caption" => Tag::As("div"),
        "nitf-table" | "content" => Tag::As("div"),
        "media" if !e.descendants().any(|d| d.is("media-caption")) => Tag::Drop,
        "media-reference"
        | "media-metadata"
        | "media-object"
        | "media-producer"
        | "nitf-table-metadata"
        | "body.head"
        | "custom-table"
        | "script"
        | "style" => Tag::Drop,
        "media" | "body.content" | "body.end" | "tagline" | "bibliography" => Tag::As("div"),
        "p" | "br" | "ul" | "ol" | "li" | "dl" | "dt" | "dd" | "pre" | "table" | "tr" | "td" | "th" | "hr"
        | "caption" => Tag::Keep,
        _ => Tag::As("span"),
    }))
}

fn headline(
    nitf: Element<'_, '_>,
    head: Option<Element<'_, '_>>,
    body_head: Option<Element<'_, '_>>,
) -> Option<String> {
    body_head
        .and_then(|h| h.line(&["hedline", "hl1"]).or_else(|| h.line(&["hedline"])))
        .or_else(|| head.and_then(|h| h.line(&["title"])))
        .or_else(|| Some(paragraphs::one_line(&nitf.find("hl1")?.text())).filter(|t| !t.is_empty()))
}

fn byline(body_head: Element<'_, '_>) -> Option<String> {
    let all: Vec<_> = body_head.children().filter(|e| e.is("byline")).collect();
    let printed = |e: &&Element<'_, '_>| e.attribute("class").is_none_or(|c| c != "normalized_byline");
    let chosen: Vec<_> =
        if all.iter().any(|e| printed(&e)) { all.iter().filter(printed).collect() } else { all.iter().collect() };
    let names: Vec<String> = chosen
        .into_iter()
        .filter_map(|e| {
            // The name of a person without the title after it; otherwise the line as printed.
            let persons: Vec<_> =
                e.children().filter(|c| c.is("person")).filter_map(|p| wire::byline(&p.text())).collect();
            let all = Some(persons.join(", ")).filter(|p| !p.is_empty());
            all.or_else(|| wire::byline(&without_title(*e))).or_else(|| wire::byline(&e.text()))
        })
        .collect();
    Some(names.join(", ")).filter(|n| !n.is_empty())
}

fn without_title(byline: Element<'_, '_>) -> String {
    let markup = byline.markup(|e| if e.is("byttl") { Tag::Drop } else { Tag::As("span") });
    html::fragment(&markup)
}

/// The section from the `tobject` or `meta` elements of the head.
fn section(head: Element<'_, '_>) -> Option<String> {
    let meta = |wanted: &str| {
        head.children()
            .filter(|e| e.is("meta") && e.attribute("name").is_some_and(|n| n == wanted))
            .find_map(|e| e.attribute("content"))
    };
    let subject = head.find("tobject.subject").and_then(|s| s.attribute("tobject.subject.type"));
    meta("online_sections").or_else(|| meta("section")).or_else(|| meta("dsk")).or(subject).map(Into::into)
}

fn dateline(body_head: Option<Element<'_, '_>>, context: &Context<'_>) -> Option<crate::article::Published> {
    let line = body_head?.line(&["dateline"])?;
    let stated = dates::in_text_of(&line, context.order).filter(|s| s.day <= context.today)?;
    Some(crate::article::Published { day: stated.day, instant: stated.instant, provenance: Provenance::Text })
}

/// The article of NITF markup in a string of another format.
pub(super) fn from_markup(markup: &str, context: &Context<'_>) -> Result<Article, SkipReason> {
    let document = Document::parse(markup);
    match document.root() {
        Some(root) => wire::finish(article(root, context)),
        None => Err(SkipReason::NoText),
    }
}
