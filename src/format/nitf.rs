//! NITF, the News Industry Text Format of the IPTC, as used by agencies and newspaper archives (2.5 to 3.6), and the
//! conventions of The New York Times Annotated Corpus.
//!
//! Reads an `nitf` element in separate files and within NewsML and ninjs.

use super::common::xml::{self, Document, Element, Tag};
use super::common::{dates, record_fields, wire};
use super::{Certainty, Context, Format, Record, Sample, Sink, Split, html};
use crate::article::{Article, Provenance, Published};
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
    if xml::root_is(sample.head, |root| root.is("nitf")) { Certainty::Certain } else { Certainty::No }
}

fn parse(record: &Record, context: &Context<'_>, sink: &mut Sink<'_>) {
    let text = xml::decode(&record.bytes, context.charset);
    let document = Document::parse(&text);
    let found = document.elements().find(|e| e.is("nitf"));
    if let Some(nitf) = found {
        sink(wire::finish(article(nitf, context)));
    }
    if found.is_none() || document.trouble.is_some() {
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
            nitf.find("story.date").and_then(|e| e.line(&[])).map(Into::into),
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
        "media" if !e.descendants().any(|d| d.is("media-caption")) => Tag::Drop,
        "credit" | "note" | "block" | "datasource" | "media-caption" | "nitf-table" | "content" | "media"
        | "body.content" | "body.end" | "tagline" | "bibliography" => Tag::As("div"),
        "media-reference" | "media-metadata" | "media-object" | "media-producer" | "body.head" | "custom-table"
        | "script" | "style" => Tag::Drop,
        "nitf-table-metadata" => Tag::Drop,
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
        .or_else(|| nitf.find("hl1")?.line(&[]))
}

fn byline(body_head: Element<'_, '_>) -> Option<String> {
    let mut chosen: Vec<_> = body_head.children_named("byline").collect();
    let printed = |e: &Element<'_, '_>| e.attribute("class").is_none_or(|c| c != "normalized_byline");
    if chosen.iter().any(printed) {
        chosen.retain(printed);
    }
    // The name of a person without the title after it; otherwise the line as printed.
    let name = |e: Element<'_, '_>| {
        let persons: Vec<_> = e.children_named("person").filter_map(|p| wire::byline(&p.text())).collect();
        let all = Some(persons.join(", ")).filter(|p| !p.is_empty());
        all.or_else(|| wire::byline(&without_title(e))).or_else(|| wire::byline(&e.text()))
    };
    let names: Vec<String> = chosen.into_iter().filter_map(name).collect();
    Some(names.join(", ")).filter(|n| !n.is_empty())
}

fn without_title(byline: Element<'_, '_>) -> String {
    let markup = byline.markup(|e| if e.is("byttl") { Tag::Drop } else { Tag::As("span") });
    html::fragment(&markup)
}

/// The section from the `tobject` or `meta` elements of the head.
fn section(head: Element<'_, '_>) -> Option<String> {
    let meta = |wanted: &str| {
        head.children_named("meta")
            .filter(|e| e.attribute("name").is_some_and(|n| n == wanted))
            .find_map(|e| e.attribute("content"))
    };
    let subject = head.find("tobject.subject").and_then(|s| s.attribute("tobject.subject.type"));
    meta("online_sections").or_else(|| meta("section")).or_else(|| meta("dsk")).or(subject).map(Into::into)
}

fn dateline(body_head: Option<Element<'_, '_>>, context: &Context<'_>) -> Option<Published> {
    let line = body_head?.line(&["dateline"])?;
    dates::plausible(dates::in_text_of(&line, context.order)?, Provenance::Text, context)
}

/// The article of NITF markup in a string of another format.
pub(super) fn from_markup(markup: &str, context: &Context<'_>) -> Result<Article, SkipReason> {
    let document = Document::parse(markup);
    match document.root() {
        Some(root) => wire::finish(article(root, context)),
        None => Err(SkipReason::NoText),
    }
}
