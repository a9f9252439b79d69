//! NewsML 1.0 to 1.2, and the `newsitem` documents of the Reuters corpora.
//!
//! Owns these vocabularies; detection and table entry are in `newsml`. A component with text is an article, and
//! inherits missing metadata from enclosing components.

use crate::article::{Article, Provenance};
use crate::error::SkipReason;
use crate::format::common::xml::{Element, Tag};
use crate::format::common::{record_fields, wire};
use crate::format::{Context, Sink, html, nitf};

/// Whether a document with this root is of this kind.
pub(super) fn is_root(root: Element<'_, '_>) -> bool {
    root.name() == "NewsML" || (root.is("newsitem") && root.attribute("itemid").is_some())
}

/// Gives the articles of a document.
pub(super) fn parse(root: Element<'_, '_>, context: &Context<'_>, sink: &mut Sink<'_>) {
    if root.is("newsitem") {
        sink(wire::finish(reuters_corpus(root, context)));
        return;
    }
    let mut none = true;
    for item in root.outermost("NewsItem") {
        let components = || item.descendants().filter(|e| e.name() == "NewsComponent");
        let texts: Vec<_> = components().filter_map(text_of).collect();
        for (number, (component, text)) in (0..).zip(&texts) {
            none = false;
            sink(wire::finish(article(item, *component, text, number, context)));
        }
        // Headlines without text are an alert.
        let headed = |e: &Element<'_, '_>| e.line(&["NewsLines", "HeadLine"]).is_some();
        if let Some(alert) = components().find(headed).filter(|_| texts.is_empty()) {
            none = false;
            sink(wire::finish(article(item, alert, &Article::default(), 0, context)));
        }
    }
    if none {
        sink(Err(SkipReason::NoText));
    }
}

/// The component and its text, if it has text of its own. Several items in it are renditions of the same text.
fn text_of<'d, 'a>(component: Element<'d, 'a>) -> Option<(Element<'d, 'a>, Article)> {
    let mut best = Article::default();
    for item in component.children().filter(|e| e.name() == "ContentItem") {
        let formal = |e: Element<'_, '_>| e.attribute("FormalName").unwrap_or_default().to_ascii_lowercase();
        let media = item.child("MediaType").map(formal).unwrap_or_default();
        let Some(data) = item.find("DataContent") else { continue };
        let encoded = item.children().any(|e| e.name() == "Encoding");
        if encoded || !(media.is_empty() || media.contains("text")) {
            continue;
        }
        let found = content(data);
        if found.body.len() > best.body.len() {
            best = found;
        }
    }
    (!best.body.is_empty()).then_some((component, best))
}

fn content(data: Element<'_, '_>) -> Article {
    let nitf = data.find("nitf");
    let body = if nitf.is_some() || data.find("body.content").is_some() {
        nitf::body(nitf.unwrap_or(data))
    } else if data.has_children() {
        let body = data.find("body").unwrap_or(data);
        html::fragment(&body.markup(|e| match e.name() {
            "script" | "style" | "head" | "media" => Tag::Drop,
            _ => Tag::Keep,
        }))
    } else if html::looks_like_markup(&data.text()) {
        html::fragment(&data.text())
    } else {
        wire::block(&data.text())
    };
    let head = nitf.and_then(|n| n.find("body.head"));
    let title = head.and_then(|h| h.line(&["hedline", "hl1"])).unwrap_or_default();
    Article { title, body, byline: head.and_then(|h| h.line(&["byline"])), ..Article::default() }
}

fn article(
    item: Element<'_, '_>,
    component: Element<'_, '_>,
    text: &Article,
    number: u32,
    context: &Context<'_>,
) -> Article {
    let mut notes = Vec::new();
    let date = |name: &str| item.line(&["NewsManagement", name]);
    let identifier = |name: &str| item.line(&["Identification", "NewsIdentifier", name]);
    let dates = [date("FirstCreated"), date("ThisRevisionCreated"), identifier("DateId")];
    let line = |name: &str| fact(component, |c| c.line(&["NewsLines", name]));
    let party = |name: &'static str| {
        fact(component, |c| {
            let part = c.child("AdministrativeMetadata")?.child(name)?;
            part.find("Party")?.attribute("FormalName").map(String::from)
        })
    };
    let formal = |name: &'static str| {
        let value = fact(component, |c| c.child("DescriptiveMetadata")?.find(name)?.attribute("FormalName"));
        value.map(String::from)
    };
    let public = identifier("PublicIdentifier").or_else(|| identifier("NewsItemId"));
    let own = component.attribute("Duid").filter(|_| number > 0).map(String::from);
    Article {
        id: own.or_else(|| if number == 0 { public } else { Some(format!("{}#{}", public?, number + 1)) }),
        title: line("HeadLine")
            .or_else(|| Some(text.title.clone()).filter(|t| !t.is_empty()))
            .or_else(|| line("SlugLine"))
            .unwrap_or_default(),
        body: text.body.clone(),
        published: wire::published(dates.into_iter().flatten(), Provenance::Metadata, context, &mut notes),
        source: party("Provider")
            .or_else(|| party("Source"))
            .or_else(|| line("CreditLine"))
            .or_else(|| identifier("ProviderId")),
        byline: line("ByLine")
            .or_else(|| text.byline.clone())
            .and_then(|b| wire::byline(&b))
            .or_else(|| party("Creator").filter(|c| c.contains(' '))),
        section: formal("Subject").filter(|s| !s.bytes().all(|b| b.is_ascii_digit())),
        language: formal("Language")
            .or_else(|| fact(component, |c| c.attribute("lang").map(String::from)))
            .and_then(|l| record_fields::language(&l)),
        url: None,
        notes,
    }
}

/// The value stated by the component, or by the nearest enclosing one.
fn fact<'d, 'a, T>(component: Element<'d, 'a>, look: impl Fn(Element<'d, 'a>) -> Option<T>) -> Option<T> {
    let around = component.ancestors().take_while(|e| e.name() != "NewsItem");
    std::iter::once(component).chain(around).find_map(look)
}

/// An item of the Reuters Corpus (RCV1 and RCV2).
fn reuters_corpus(item: Element<'_, '_>, context: &Context<'_>) -> Article {
    let mut notes = Vec::new();
    let codes = |kind: &str| {
        item.descendants()
            .find(|e| e.is("codes") && e.attribute("class").is_some_and(|c| c.contains(kind)))
            .and_then(|codes| codes.find("code")?.attribute("code"))
    };
    let dc = |name: &str| {
        item.descendants()
            .find(|e| e.is("dc") && e.attribute("element").is_some_and(|n| n == name))
            .and_then(|e| e.attribute("value"))
    };
    let dates = [item.attribute("date"), dc("dc.date.published"), dc("dc.date.created")];
    let text = item.child("text");
    Article {
        id: item.attribute("itemid").map(Into::into),
        title: item.line(&["headline"]).or_else(|| item.line(&["title"])).unwrap_or_default(),
        body: text.map(|t| html::fragment(&t.markup(|_| Tag::Keep))).unwrap_or_default(),
        published: wire::published(dates.into_iter().flatten(), Provenance::Metadata, context, &mut notes),
        source: dc("dc.source").or_else(|| dc("dc.publisher")).map(Into::into),
        byline: item.line(&["byline"]).and_then(|b| wire::byline(&b)),
        section: codes("topics").map(Into::into),
        language: item.attribute("lang").and_then(|l| record_fields::language(&l)),
        url: None,
        notes,
    }
}
