//! Finds the metadata of an article in a web page: headline, date, byline, source, section, language, URL.
//!
//! Structured data (JSON-LD) takes precedence, then `<meta>`, then marked elements, then the URL, then the visible text
//! around the headline. Headlines are chosen in `headline`, dates in `when`, authors in `who`.

use super::super::Context;
use super::super::common::paragraphs;
use super::blocks::{self, Block, Part};
use super::dom::{Attr, Dom, NodeId, Tag};
use super::headline;
use super::json_ld::JsonLd;
use super::page::{Metas, Page, clean};
use super::who::is_name;
use super::{when, who};
use crate::article::Article;

/// Names of `<meta>` for the section, most reliable first.
const SECTION_NAMES: &[&str] =
    &["article:section", "section", "parsely-section", "dc.subject", "sailthru.section", "og:section"];

/// The metadata of the article, without its text.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) article: Article,
    /// The node that shows the headline.
    pub(super) headline_at: Option<NodeId>,
    /// The text of the article in structured data.
    pub(super) declared_body: Option<String>,
}

impl Facts {
    /// Reads the metadata of a page.
    pub(super) fn of(dom: &Dom, context: &Context<'_>) -> Self {
        let metas = Metas::of(dom);
        let shown = headline::Shown::of(dom);
        let data = JsonLd::of(dom, |text| shown.confirms(&metas, text));
        let url = url(dom, &metas, &data, context);
        let declared = source(&metas, &data);
        let blocks = all_blocks(dom);
        let found = shown.headline(&metas, &data, &blocks, declared.as_deref());
        let source = declared.or(found.site).or_else(|| url.as_deref().and_then(host_name));
        let lines = lines_around(&blocks, found.at);
        let page = Page { dom, metas: &metas, data: &data, lines: &lines };
        let tag = language_tag(dom, &metas, &data);
        let context = &Context { order: context.order.or_of(tag), ..*context };
        let mut notes = Vec::new();
        let section = data.text(&["articleSection"]).or_else(|| metas.get(SECTION_NAMES)).map(clean);
        let article = Article {
            title: found.title,
            published: when::published(&page, url.as_deref(), context, &mut notes),
            byline: who::byline(&page, source.as_deref()),
            section: section.filter(|s| !s.is_empty() && s.len() < 100),
            language: tag.and_then(primary),
            source,
            url,
            notes,
            ..Article::default()
        };
        let declared_body = data.text(&["articleBody"]).map(str::to_owned);
        Self { article, headline_at: found.at, declared_body }
    }

    /// The article with this text.
    pub(super) fn with_body(self, dom: &Dom, body: String) -> Article {
        let mut article = Article { body, ..self.article };
        if article.title.is_empty() {
            article.title = headline::before_body(&all_blocks(dom), &article.body).unwrap_or_default();
        }
        article
    }
}

/// All text of a page except that of menus.
fn all_blocks(dom: &Dom) -> Vec<Block> {
    blocks::blocks(dom, true, |_, tag| if tag == Tag::Nav { Part::LeaveOut } else { Part::Keep })
}

/// The short lines of text after the headline and just before it, which contain date and byline, in this order.
fn lines_around(blocks: &[Block], headline: Option<NodeId>) -> Vec<String> {
    const AFTER: usize = 15;
    const BEFORE: usize = 6;
    const LINE_CHARS: usize = 160;
    let at = headline.and_then(|h| blocks.iter().position(|b| b.first >= h)).unwrap_or(0);
    let after = blocks.iter().skip(at).take(AFTER);
    let before = blocks.iter().take(at).rev().take(if headline.is_some() { BEFORE } else { 0 });
    after
        .chain(before)
        .filter(|b| b.chars <= LINE_CHARS)
        .flat_map(|b| b.text.split('\n'))
        .map(paragraphs::one_line)
        .collect()
}

fn source(metas: &Metas<'_>, data: &JsonLd) -> Option<String> {
    let names = ["og:site_name", "citation_journal_title", "dc.publisher", "dcterms.publisher", "application-name"];
    data.names("publisher")
        .first()
        .copied()
        .or_else(|| metas.get(&names))
        .map(clean)
        .filter(|name| is_name(name) && name.len() < 100)
}

fn host_name(url: &str) -> Option<String> {
    host_of(url).map(|host| host.strip_prefix("www.").unwrap_or(host).to_owned())
}

fn host_of(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    rest.split(['/', '?', '#', ':']).next().filter(|host| host.contains('.'))
}

fn url(dom: &Dom, metas: &Metas<'_>, data: &JsonLd, context: &Context<'_>) -> Option<String> {
    let canonical = dom
        .elements()
        .filter(|(id, tag)| {
            *tag == Tag::Link && dom.attr(*id, Attr::Rel).is_some_and(|r| r.eq_ignore_ascii_case("canonical"))
        })
        .find_map(|(id, _)| dom.attr(id, Attr::Href));
    [canonical, metas.get(&["og:url"]), data.text(&["url", "mainEntityOfPage"]), context.url]
        .into_iter()
        .flatten()
        .map(str::trim)
        // Some pages declare the URL of the front page for lack of a better one.
        .find(|url| host_of(url).is_some() && url.trim_end_matches('/').matches('/').count() > 2)
        .or(context.url)
        .map(str::to_owned)
}

/// The language tag of the page, with its region if stated.
fn language_tag<'a>(dom: &'a Dom, metas: &Metas<'a>, data: &'a JsonLd) -> Option<&'a str> {
    let html = dom.elements().find(|(_, tag)| *tag == Tag::Html).map(|(id, _)| id);
    let of_html = html.and_then(|id| dom.attr(id, Attr::Lang).or_else(|| dom.attr(id, Attr::XmlLang)));
    [of_html, data.text(&["inLanguage"]), metas.get(&["og:locale", "content-language", "language", "dc.language"])]
        .into_iter()
        .flatten()
        .filter_map(|tags| tags.split(',').next().map(str::trim))
        .find(|tag| primary(tag).is_some())
}

/// The language of a tag without its region.
fn primary(tag: &str) -> Option<String> {
    let primary = tag.split(['-', '_']).next()?.to_ascii_lowercase();
    ((2..=3).contains(&primary.len()) && primary.bytes().all(|b| b.is_ascii_lowercase())).then_some(primary)
}
