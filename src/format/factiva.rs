//! Factiva exports: HTML pages of articles, and text with two-letter field codes.
//!
//! Owns the layouts: a table or lines of field codes (`HD`, `LP`, `TD`, `PD`, `SN`), or the display format without
//! codes. Factiva's RTF files come as text from `exports`.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use super::common::delivery::{self, checked, is_copyright, language, sample_text};
use super::common::xml::{Document, Element, Tag};
use super::common::{charset, dates, paragraphs, wire};
use super::{Certainty, Context, Format, Record, Sample, Sink, Split, html};
use crate::article::{Article, Provenance};
use crate::error::SkipReason;

/// Factiva deliveries.
pub(super) const FORMAT: Format = Format {
    name: "factiva",
    title: "Factiva deliveries",
    extensions: &["html", "htm", "txt"],
    version: 2,
    detect,
    split: Split::Whole,
    parse,
};

/// Codes that begin a field; those not used here end the previous one.
const CODES: &[&str] = &[
    "SE", "HD", "CR", "BY", "WC", "PD", "ET", "SN", "SC", "NGC", "GC", "ED", "PG", "VOL", "LA", "CY", "LP", "TD", "RF",
    "CT", "RE", "IN", "NS", "IPC", "IPD", "PUB", "AN", "CO", "CLM", "ART", "PB", "DLN", "SH",
];

fn detect(sample: &Sample<'_>) -> Certainty {
    let text = sample_text(sample);
    if has_marked_article(&text) || coded_fields(&text) >= 4 { Certainty::Certain } else { Certainty::No }
}

fn parse(record: &Record, context: &Context<'_>, sink: &mut Sink<'_>) {
    let text = charset::decode(&record.bytes, context.charset, None);
    if has_marked_article(&text) {
        pages(&text, context, sink);
    } else {
        articles(&text, context, sink);
    }
}

/// Whether a page has an article with the markup of the database: `class="article enArticle"` with the language.
fn has_marked_article(text: &str) -> bool {
    static MARK: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r#"class="article [a-z]{2}Article""#).expect("a valid pattern"));
    MARK.is_match(text)
}

/// Whether a text is an export.
pub(super) fn is_delivery(text: &str) -> bool {
    coded_fields(text) >= 4 || (text.contains("Factiva") && text.lines().any(|line| accession(line).is_some()))
}

/// Number of different fields among those that every coded export has.
fn coded_fields(text: &str) -> usize {
    ["HD", "PD", "SN", "LP", "TD", "AN"]
        .iter()
        .filter(|code| text.lines().any(|line| coded(line).is_some_and(|(c, _)| c == **code)))
        .count()
}

/// The code at the start of a line, and what follows it.
fn coded(line: &str) -> Option<(&'static str, &str)> {
    let line = line.trim_start_matches('\u{feff}');
    let end = line.find(|c: char| c.is_whitespace()).unwrap_or(line.len());
    let code = CODES.iter().find(|code| **code == &line[..end])?;
    Some((code, line[end..].trim()))
}

/// The number in a line that ends an article: `Document NYTF000020230723ej7n0003`.
fn accession(line: &str) -> Option<&str> {
    let number = line.trim().strip_prefix("Document ")?;
    let fits = (18..=40).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_alphanumeric());
    fits.then_some(number)
}

/// Sends the articles of a text export to the sink.
pub(super) fn articles(text: &str, context: &Context<'_>, sink: &mut Sink<'_>) {
    let is_coded = coded_fields(text) >= 4;
    let ends = |line: &&str| accession(line.trim_start_matches("AN")).is_some();
    let lines: Vec<&str> = text.lines().collect();
    let mut documents: Vec<&[&str]> = lines.split_inclusive(ends).collect();
    // The last article is followed by a search summary, or is truncated.
    documents.pop_if(|last| {
        let has_headline = last.iter().any(|line| coded(line).is_some_and(|(code, _)| code == "HD"));
        !(last.last().is_some_and(ends) || is_coded && has_headline)
    });
    let article = if is_coded { coded_article } else { shown_article };
    delivery::send(documents.into_iter().map(|lines| article(lines, context)), None, sink);
}

/// Fields by code.
type Fields = Vec<(&'static str, String)>;

fn coded_article(lines: &[&str], context: &Context<'_>) -> Result<Article, SkipReason> {
    let mut fields: Fields = Vec::new();
    for line in lines {
        match (coded(line), fields.last_mut()) {
            (Some((code, value)), _) => fields.push((code, value.to_owned())),
            (None, Some((_, value))) => {
                value.push('\n');
                value.push_str(line.trim_end());
            }
            (None, None) => {}
        }
    }
    for (_, value) in fields.iter_mut().filter(|(code, _)| matches!(*code, "LP" | "TD")) {
        *value = paragraphs::from_plain(value.trim_matches('\n'));
    }
    from_fields(&fields, context)
}

/// The article of some fields; `LP` and `TD` already have paragraphs.
fn from_fields(fields: &Fields, context: &Context<'_>) -> Result<Article, SkipReason> {
    let value = |code: &str| fields.iter().find(|(c, _)| *c == code).map(|(_, value)| value.as_str());
    let line = |code: &str| value(code).map(paragraphs::one_line).filter(|text| !text.is_empty());
    let mut article = Article {
        id: line("AN").map(|text| text.trim_start_matches("Document ").to_owned()),
        title: line("HD").unwrap_or_default(),
        byline: line("BY").and_then(|text| wire::byline(&text)),
        source: line("SN"),
        section: line("SE").or_else(|| line("CLM")),
        language: line("LA").and_then(|name| language(&name)),
        ..Article::default()
    };
    article.published =
        line("PD").and_then(|text| dates::published(&text, Provenance::Metadata, context, &mut article.notes));
    article.body = paragraphs::join([value("LP"), value("TD")].into_iter().flatten());
    checked(article)
}

/// The article of the display format: headline, author, words, date, time, source, and so on, then the text.
fn shown_article(lines: &[&str], context: &Context<'_>) -> Result<Article, SkipReason> {
    let mut article = Article::default();
    let lines: Vec<&str> = lines.iter().map(|line| line.trim()).filter(|line| !line.is_empty()).collect();
    let copyright =
        lines.iter().position(|line| is_copyright(line) || line.starts_with("(c)")).ok_or(SkipReason::NoText)?;
    facts(&lines[..copyright], &mut article, context);
    let last = lines.len().saturating_sub(1).max(copyright + 1);
    article.id = lines.last().and_then(|line| accession(line)).map(str::to_owned);
    article.body = paragraphs::join(lines.get(copyright + 1..last).unwrap_or_default().iter().copied());
    checked(article)
}

/// The metadata of the display format, which has a fixed order but no names.
fn facts(lines: &[&str], article: &mut Article, context: &Context<'_>) {
    let is_words = |line: &str| {
        let mut words = line.split(' ');
        let count = words.next().is_some_and(|w| w.replace([',', '.', '\u{a0}'], "").parse::<u32>().is_ok());
        count && words.next().is_some_and(|w| w.chars().all(char::is_alphabetic)) && words.next().is_none()
    };
    let Some(words) = lines.iter().position(|line| is_words(line)) else {
        return;
    };
    let is_author = |line: &str| line.starts_with("By ") || line.starts_with("Von ") || line.starts_with("Par ");
    let author = words.checked_sub(1).map(|at| lines[at]).filter(|line| is_author(line));
    let title = words.checked_sub(1 + usize::from(author.is_some())).map(|at| lines[at]);
    if article.title.is_empty() {
        article.title = paragraphs::one_line(title.unwrap_or_default());
    }
    if article.byline.is_none() {
        article.byline = author.and_then(wire::byline);
    }
    let mut rest = lines[words + 1..].iter().copied();
    if let Some(date) = rest.next() {
        article.published = dates::published(date, Provenance::Metadata, context, &mut article.notes);
    }
    let is_time = |line: &&str| line.len() <= 8 && line.contains(':');
    let mut rest = rest.skip_while(is_time);
    article.source = rest.next().map(paragraphs::one_line);
    article.language = rest.find_map(|line| language(line).filter(|_| line.len() > 3));
}

/// Sends the articles of an HTML export to the sink.
fn pages(text: &str, context: &Context<'_>, sink: &mut Sink<'_>) {
    let text = closed(text);
    let document = Document::parse(&text);
    let is_article = |e: &Element<'_, '_>| {
        let class = e.attribute("class").filter(|_| e.is("div"));
        class.is_some_and(|class| is_article_class(&class))
    };
    let articles = document.elements().filter(|e| is_article(e) && !e.ancestors().any(|e| is_article(&e)));
    let articles: Vec<_> = articles.map(|element| page(element, context)).collect();
    if articles.is_empty() {
        return sink(Err(document.reason()));
    }
    delivery::send(articles, None, sink);
}

/// `article enArticle`, with the language code before the second word.
fn is_article_class(class: &str) -> bool {
    let mut words = class.split_whitespace();
    words.clone().any(|w| w == "article") && words.any(|w| w.ends_with("Article"))
}

fn page(element: Element<'_, '_>, context: &Context<'_>) -> Result<Article, SkipReason> {
    let fields = table(element);
    if fields.iter().any(|(code, _)| *code == "HD") {
        return from_fields(&fields, context);
    }
    let mut article = Article::default();
    let has = |e: &Element<'_, '_>, name: &str, value: &str| e.attribute(name).is_some_and(|v| v == value);
    let line = |e: Element<'_, '_>| paragraphs::one_line(&e.text());
    let mut lines: Vec<String> = Vec::new();
    for div in element.children().filter(|e| e.is("div")) {
        if has(&div, "id", "hd") {
            article.title = line(div);
        } else if has(&div, "class", "author") {
            article.byline = wire::byline(&line(div));
        }
        lines.push(line(div));
    }
    let lines: Vec<&str> = lines.iter().map(String::as_str).filter(|line| !line.is_empty()).collect();
    facts(&lines, &mut article, context);
    let mut parts: Vec<String> = Vec::new();
    for p in element.descendants().filter(|e| e.is("p")) {
        let text = line(p);
        match accession(&text) {
            Some(number) => article.id = Some(number.to_owned()),
            None if p.attribute("class").is_some_and(|class| class.contains("articleParagraph")) => {
                parts.push(html::fragment(&p.markup(|_| Tag::Keep)));
            }
            None => {}
        }
    }
    article.body = paragraphs::join(parts.iter().map(String::as_str));
    checked(article)
}

/// The fields of a table with codes in the first column.
fn table(element: Element<'_, '_>) -> Fields {
    let mut fields = Fields::new();
    for row in element.descendants().filter(|e| e.is("tr")) {
        let mut cells = row.children().filter(|e| e.is("td"));
        let (Some(first), Some(second)) = (cells.next(), cells.next()) else {
            continue;
        };
        let name = paragraphs::one_line(&first.text());
        if let Some(code) = CODES.iter().find(|code| **code == name) {
            fields.push((code, html::fragment(&second.markup(|_| Tag::Keep))));
        }
    }
    fields
}

/// The page with void elements closed, so that it can be parsed as XML.
pub(super) fn closed(html: &str) -> Cow<'_, str> {
    static VOID: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)<((?:br|hr|img|meta|link|input|col|wbr)\b[^>]*?)/*>").expect("a valid pattern")
    });
    VOID.replace_all(html, "<$1/>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn void_elements_are_closed() {
        let html = "<p>a<br>b<BR />c<img src=x><b>d</b><";
        assert_eq!(closed(html), "<p>a<br/>b<BR />c<img src=x/><b>d</b><");
        assert_eq!(closed("<br <br"), "<br <br");
    }

    #[test]
    fn ends_of_articles() {
        assert_eq!(accession("Document NYTF000020230723ej7n0003"), Some("NYTF000020230723ej7n0003"));
        assert_eq!(accession("Document not found"), None);
    }
}
