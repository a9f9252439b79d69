//! NewsML-G2, the exchange format of the IPTC for agencies: news items, and the messages and packages around them.
//!
//! Owns the G2 elements; the text in them may be NITF or XHTML. Concept, knowledge, planning and catalogue items have
//! no articles, and what a package only refers to is in other files. NewsML 1 is in `generation1`.

mod generation1;

use super::common::xml::{self, Document, Element, Tag};
use super::common::{record_fields, wire};
use super::{Certainty, Context, Format, Record, Sample, Sink, Split, html, nitf};
use crate::article::{Article, Provenance};

/// NewsML files, of both generations.
pub(super) const FORMAT: Format = Format {
    name: "newsml",
    title: "NewsML-G2 and NewsML 1, the news exchange formats of the IPTC",
    extensions: &["xml", "newsml"],
    version: 2,
    detect,
    split: Split::Whole,
    parse,
};

/// Root elements of G2 documents.
const ROOTS: &[&[&str]] = &[
    &["newsMessage", "newsItem", "packageItem", "conceptItem", "knowledgeItem", "planningItem", "catalogItem"],
    &["contentSet", "contentMeta", "itemMeta", "itemSet", "groupSet"],
];

fn detect(sample: &Sample<'_>) -> Certainty {
    let known =
        |root: Element<'_, '_>| ROOTS.iter().any(|names| names.contains(&root.name())) || generation1::is_root(root);
    if xml::root_is(sample.head, known) { Certainty::Certain } else { Certainty::No }
}

fn parse(record: &Record, context: &Context<'_>, sink: &mut Sink<'_>) {
    let text = xml::decode(&record.bytes, context.charset);
    let document = Document::parse(&text);
    let Some(root) = document.root() else {
        sink(Err(document.reason()));
        return;
    };
    if generation1::is_root(root) {
        generation1::parse(root, context, sink);
    } else {
        let sent = root.find("header").and_then(|h| h.line(&["sent"]));
        let mut items: Vec<_> = root.outermost("newsItem").collect();
        if root.is("newsItem") || root.is("contentSet") || items.is_empty() {
            items = vec![root];
        }
        for item in items {
            sink(wire::finish(article(item, sent.as_deref(), context)));
        }
    }
    if document.trouble.is_some() {
        sink(Err(document.reason()));
    }
}

/// The article of a news item; `sent` is the time of the message around it.
fn article(item: Element<'_, '_>, sent: Option<&str>, context: &Context<'_>) -> Article {
    let meta = item.child("itemMeta");
    let content = item.child("contentMeta");
    let inner = body(item, context);
    let mut notes = Vec::new();
    let of = |part: Option<Element<'_, '_>>, path: &[&str]| part.and_then(|p| p.line(path));
    // The date of the first version is that of the story; later versions may only be corrections.
    let dates = [
        of(meta, &["firstCreated"]),
        of(content, &["contentCreated"]),
        of(meta, &["versionCreated"]),
        of(content, &["contentModified"]),
        sent.map(str::to_owned),
    ];
    let published = wire::published(dates.into_iter().flatten(), Provenance::Metadata, context, &mut notes);
    let language = content
        .and_then(|c| c.child("language"))
        .and_then(|l| l.attribute("tag"))
        .or_else(|| item.attribute("lang"))
        .and_then(|tag| record_fields::language(&tag));
    let preferred = language.as_deref();
    let description = content.and_then(|c| description(c, preferred)).unwrap_or_default();
    let title = content
        .and_then(|c| localized(c, "headline", preferred))
        .or_else(|| Some(inner.title.clone()).filter(|t| !t.is_empty()))
        .or_else(|| meta.and_then(|m| localized(m, "title", preferred)))
        .or_else(|| of(content, &["slugline"]).filter(|_| !inner.body.is_empty() || !description.is_empty()));
    let is_item = item.is("newsItem");
    Article {
        id: item.attribute("guid").map(Into::into).filter(|_| is_item),
        // Other items may also have a headline, but no article.
        title: if is_item || item.is("contentSet") { title.unwrap_or_default() } else { String::new() },
        body: if inner.body.is_empty() && is_item { description } else { inner.body },
        published: published.or(inner.published),
        source: meta
            .and_then(|m| m.child("provider"))
            .and_then(name)
            .or_else(|| content.and_then(|c| c.child("infoSource")).and_then(name))
            .or_else(|| of(content, &["creditline"]))
            .or_else(|| item.child("rightsInfo").and_then(|r| r.child("copyrightHolder")).and_then(name))
            .or(inner.source),
        byline: content.and_then(byline).or(inner.byline),
        section: content.and_then(|c| section(c, preferred)).or(inner.section),
        language: language.or(inner.language),
        url: url(item),
        notes,
    }
}

/// The body, and the metadata stated in NITF.
fn body(item: Element<'_, '_>, context: &Context<'_>) -> Article {
    let set = if item.is("contentSet") { Some(item) } else { item.child("contentSet") };
    let mut best = Article::default();
    for part in set.into_iter().flat_map(Element::children) {
        let kind = part.attribute("contenttype").unwrap_or_default().to_ascii_lowercase();
        let found = match part.name() {
            "inlineXML" => inline_xml(part, context),
            "inlineData" if part.attribute("encoding").is_some() || kind.starts_with("image") => continue,
            "inlineData" if kind.contains("html") || html::looks_like_markup(&part.text()) => {
                Article { body: html::fragment(&part.text()), ..Article::default() }
            }
            "inlineData" => Article { body: wire::block(&part.text()), ..Article::default() },
            _ => continue,
        };
        // Several parts are renditions of the same text: use the longest.
        if found.body.len() > best.body.len() {
            best = found;
        }
    }
    best
}

fn inline_xml(part: Element<'_, '_>, context: &Context<'_>) -> Article {
    if let Some(nitf) = part.find("nitf") {
        return nitf::article(nitf, context);
    }
    let plain = |body: String| Article { body, ..Article::default() };
    if part.find("body.content").is_some() {
        return plain(nitf::body(part));
    }
    if let Some(html) = part.find("html").or_else(|| part.find("body")) {
        let title = html.find("head").and_then(|h| h.line(&["title"])).unwrap_or_default();
        return Article { title, ..plain(markup(html.find("body").unwrap_or(html))) };
    }
    // Tables of sports results and lists of events are data, unless an article is among them.
    if let Some(data) = part.children().find(|e| matches!(e.name(), "sports-content" | "events" | "planningItem")) {
        let articles = data.descendants().filter(|e| matches!(e.name(), "article-content" | "sports-article"));
        return plain(articles.map(markup).collect::<Vec<_>>().join("\n\n"));
    }
    if part.has_children() { plain(markup(part)) } else { plain(wire::block(&part.text())) }
}

fn markup(element: Element<'_, '_>) -> String {
    html::fragment(&element.markup(|e| match e.name() {
        "script" | "style" | "head" => Tag::Drop,
        _ => Tag::Keep,
    }))
}

/// The text of the child with this name in the language of the item, or of the first one.
fn localized(part: Element<'_, '_>, name: &str, language: Option<&str>) -> Option<String> {
    let fits = |e: &Element<'_, '_>| language_of(*e).as_deref() == language;
    let all = || part.children_named(name);
    all().filter(fits).find_map(|e| e.line(&[])).or_else(|| all().find_map(|e| e.line(&[])))
}

/// The caption, summary or abstract, which is all the text of a picture.
fn description(content: Element<'_, '_>, language: Option<&str>) -> Option<String> {
    let fits = |e: &Element<'_, '_>| language_of(*e).is_none_or(|own| language.is_none_or(|wanted| wanted == own));
    let all = content.children_named("description").filter(fits).map(|e| wire::running(&e.text()));
    all.max_by_key(String::len).filter(|d| !d.is_empty())
}

fn language_of(element: Element<'_, '_>) -> Option<String> {
    record_fields::language(&element.attribute("lang")?)
}

/// The name of a party: in full, or the last part of its code.
fn name(party: Element<'_, '_>) -> Option<String> {
    let code = || {
        let code = party.attribute("literal").or_else(|| party.attribute("qcode"))?;
        let value = code.split_once(':').map_or(&*code, |(_, value)| value);
        Some(value.trim_start_matches("www.").to_owned())
    };
    party.line(&["name"]).or_else(code).or_else(|| {
        let uri = party.attribute("uri")?;
        let host = uri.split_once("://")?.1.split('/').next()?;
        Some(host.trim_start_matches("www.").to_owned())
    })
}

fn byline(content: Element<'_, '_>) -> Option<String> {
    let by = content.children_named("by").find_map(|e| wire::byline(&e.text()));
    by.or_else(|| {
        let names: Vec<_> = content.children_named("creator").filter_map(|e| e.line(&["name"])).collect();
        Some(names.join(", ")).filter(|n| !n.is_empty())
    })
}

/// The first named subject; departments and categories of an agency come before topics.
fn section(content: Element<'_, '_>, language: Option<&str>) -> Option<String> {
    let subjects = || content.children_named("subject");
    let kind = |e: &Element<'_, '_>| e.attribute("qcode").is_some_and(|q| q.contains("dep") || q.contains("cat"));
    let named = |e: Element<'_, '_>| localized(e, "name", language);
    subjects().filter(kind).find_map(named).or_else(|| subjects().find_map(named))
}

/// The URL of the item.
fn url(item: Element<'_, '_>) -> Option<String> {
    let links = item.child("itemMeta")?.children_named("link");
    links
        .filter(|e| e.attribute("rel").is_some_and(|r| r.ends_with(":isAlternateOf") || r.ends_with(":hasAlternate")))
        .find_map(|e| e.attribute("href"))
        .filter(|u| u.starts_with("http"))
        .map(Into::into)
}
