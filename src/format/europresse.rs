//! Europresse exports: an HTML page with an `article` element for each document.
//!
//! Owns the class names of its pages, and the metadata in the line below the name of the publication.

use super::common::delivery::{self, checked};
use super::common::xml::{Document, Element, Tag};
use super::common::{charset, dates, paragraphs, wire};
use super::factiva::closed;
use super::{Certainty, Context, Format, Record, Sample, Sink, Split, html};
use crate::article::{Article, is_weekday};
use crate::error::SkipReason;

/// Europresse deliveries.
pub(super) const FORMAT: Format = Format {
    name: "europresse",
    title: "Europresse deliveries",
    extensions: &["html", "htm"],
    version: 2,
    detect,
    split: Split::Whole,
    parse,
};

fn detect(sample: &Sample<'_>) -> Certainty {
    let has = |word: &[u8]| memchr::memmem::find(sample.head, word).is_some();
    let page = sample.head.trim_ascii_start().starts_with(b"<") || sample.head.starts_with(b"\xef\xbb\xbf<");
    if page && (has(b"DocPublicationName") || has(b"titreArticle") || has(b"rdp__")) {
        Certainty::Certain
    } else if page && (has(b"europresse.com") || has(b"Europresse")) && has(b"<article") {
        Certainty::Likely
    } else {
        Certainty::No
    }
}

fn parse(record: &Record, context: &Context<'_>, sink: &mut Sink<'_>) {
    let text = charset::decode(&record.bytes, context.charset, None);
    let text = closed(&text);
    let document = Document::parse(&text);
    let Some(root) = document.root() else {
        return sink(Err(document.reason()));
    };
    // The page may have several top-level elements.
    let documents = Some(root).filter(|root| root.is("article")).into_iter().chain(root.outermost("article"));
    delivery::send(documents.map(|element| article(element, context)), stated(&text), sink);
}

/// The number of documents stated at the top of the page.
fn stated(text: &str) -> Option<usize> {
    let head = &text[..text.floor_char_boundary(64 << 10)];
    let line = head.split_once("Nombre de documents")?.1.lines().next()?;
    line.split(|c: char| !c.is_ascii_digit()).find(|digits| !digits.is_empty())?.parse().ok()
}

fn article(element: Element<'_, '_>, context: &Context<'_>) -> Result<Article, SkipReason> {
    let with = |class: &str| {
        element.descendants().find(|e| e.attribute("class").is_some_and(|c| c.split_whitespace().any(|w| w == class)))
    };
    let line = |e: Element<'_, '_>| Some(paragraphs::one_line(&e.text())).filter(|text| !text.is_empty());
    let mut article = Article::default();
    let name = with("DocPublicationName").and_then(line);
    // The name is followed by the number of the issue: `La Croix, no. 43018`.
    article.source = name.map(|name| name.split(", no").next().unwrap_or_default().trim().to_owned());
    article.title = with("titreArticleVisu").or_else(|| with("titreArticle")).and_then(line).unwrap_or_default();
    if let Some(header) = with("DocHeader").and_then(line) {
        let context = Context { order: context.order.or(dates::Order::DayFirst), ..*context };
        article.published = dates::published_in(&header, &context, &mut article.notes);
        article.section = section(&header);
    }
    let byline = with("sm-margin-bottomNews").or_else(|| with("docAuthors")).and_then(line);
    article.byline = byline.and_then(|text| wire::byline(&text));
    article.id = with("publiC-lblNodoc").and_then(line);
    let text = with("docOcurrContainer").or_else(|| with("DocText"));
    let text = text.ok_or(SkipReason::NoText)?;
    article.body = html::fragment(&text.markup(|_| Tag::Keep));
    checked(article)
}

/// The section in a line such as `Économie, mardi 2 mai 2023 - 512 mots, p. 3`: the part before the date.
fn section(header: &str) -> Option<String> {
    let (at, _) = dates::find(header)?;
    let before = header[..at.start].trim().trim_end_matches([',', '-', '—', '|', ' ']);
    // The weekday belongs to the date.
    let before = match before.rsplit_once([' ', ',']) {
        Some((rest, word)) if is_weekday(&word.to_lowercase()) => rest.trim().trim_end_matches([',', '-', ' ']),
        None if is_weekday(&before.to_lowercase()) => "",
        _ => before,
    };
    (!before.is_empty()).then(|| before.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_section_precedes_the_date() {
        for (header, expected) in [
            ("Économie, mardi 2 mai 2023 - 512 mots, p. 3", Some("Économie")),
            ("mardi 2 mai 2023 - 512 mots", None),
            ("2 mai 2023", None),
        ] {
            assert_eq!(section(header).as_deref(), expected, "{header}");
        }
    }
}
