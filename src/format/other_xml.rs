//! XML of unknown vocabularies that names a headline and a date and has paragraphs or long texts: news of smaller
//! agencies and content systems, TEI, exports of databases and similar.
//!
//! Owns the evidence that a file contains news, and the search for its articles. Names are interpreted in
//! `record_fields`. Formats with their own readers come first. Configuration and data in XML are not articles.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::common::record_fields::{self, FieldMap, Node};
use super::common::xml::{self, Document, Element};
use super::common::{charset, dates, paragraphs};
use super::{Certainty, Context, Format, Record, Sample, Sink, Split, html};

/// XML of other vocabularies.
pub(super) const FORMAT: Format = Format {
    name: "xml",
    title: "other XML with headlines, dates and paragraphs",
    extensions: &["xml"],
    version: 2,
    detect,
    split: Split::Whole,
    parse,
};

/// Names of paragraphs.
const PARAGRAPHS: &[&str] =
    &["p", "para", "paragraph", "par", "absatz", "alinea", "stk", "stycke", "akapit", "parrafo"];

/// Names of headlines that tables of fields do not use.
const HEADLINES: &[&[&str]] = &[
    &["headline", "title", "hl1", "hl", "hedline", "head", "titel", "rubrik", "overskrift", "ueberschrift"],
    &["überschrift", "schlagzeile", "kop", "tittel", "otsikko", "titre", "titulo", "título", "titular", "titolo"],
    &["titlu", "tytul", "tytuł", "titulek", "naslov", "cim", "заголовок", "başlık", "baslik"],
];

/// Words in names of dates.
const DATES: &[&str] =
    &["date", "datum", "dato", "published", "created", "when", "time", "fecha", "data", "дата", "tarih"];

/// Elements that name their content in an attribute: `<field name="title">`.
const FIELDS: &[&str] = &["field", "str", "arr", "column", "property", "attribute", "item", "meta", "value"];

/// Characters from which the text of an element may be an article without paragraphs.
const PROSE_CHARS_MIN: usize = 160;

/// Bytes from which a text under the name of one is an article.
const BODY_BYTES_MIN: usize = 40;

/// Maximum characters of a date.
const DATE_CHARS_MAX: usize = 40;

/// Elements that contain only the paragraphs of an article.
const BODIES: &[&str] = &["body", "text", "content", "story", "article", "bodytext", "maintext", "brodtext"];

/// Maximum size of a metadata value.
const FACT_BYTES_MAX: usize = 600;

/// Maximum number of metadata values of an article.
const FACTS_MAX: usize = 200;

fn detect(sample: &Sample<'_>) -> Certainty {
    if !sample.head.trim_ascii_start().starts_with(b"<") && !sample.head.starts_with(b"\xef\xbb\xbf<") {
        return Certainty::No;
    }
    let found = xml::root_is(sample.head, |root| {
        root.descendants().any(is_headline)
            && root.descendants().any(is_text)
            && (has_date(root) || root.descendants().any(has_date))
    });
    if found && charset::looks_like_text(sample.head) { Certainty::Possible } else { Certainty::No }
}

/// The name of an element, or of the field that it holds.
fn named(element: Element<'_, '_>) -> String {
    let name = element.name().to_lowercase();
    let field = || element.attribute("name").or_else(|| element.attribute("key")).map(|name| name.to_lowercase());
    if FIELDS.contains(&name.as_str()) { field().unwrap_or(name) } else { name }
}

fn is_headline(element: Element<'_, '_>) -> bool {
    names_headline(&named(element))
}

fn names_headline(name: &str) -> bool {
    HEADLINES.iter().any(|names| names.contains(&name))
}

/// Whether an element has a date in an attribute, or is one by its name or content.
fn has_date(element: Element<'_, '_>) -> bool {
    let states = || {
        let text = if element.has_children() { Cow::Borrowed("") } else { element.text() };
        text.len() <= DATE_CHARS_MAX && dates::in_text(&text).is_some()
    };
    element.attributes().any(|(name, _)| is_date(&name.to_lowercase())) || is_date(&named(element)) || states()
}

/// Whether an element is a paragraph, or has the text of several.
fn is_text(element: Element<'_, '_>) -> bool {
    is_paragraph(element) || !element.has_children() && is_prose(&element.text())
}

/// As [`is_text`], also for a shorter text under the name of one.
fn has_text(element: Element<'_, '_>) -> bool {
    static NAMES: LazyLock<FieldMap> = LazyLock::new(FieldMap::default);
    let is_body = || {
        !element.has_children() && NAMES.names_body(&named(element)) && element.text().trim().len() >= BODY_BYTES_MIN
    };
    is_text(element) || is_body()
}

/// Whether a text is long and has sentences.
fn is_prose(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let ends = text.split(['.', '!', '?']).skip(1).any(|rest| rest.is_empty() || rest.starts_with([' ', '\n', '<']));
    let is_spaced = text.split_whitespace().count() * 16 > letters;
    let is_sentences = ends && is_spaced || text.contains(['。', '।', '۔']);
    letters * 4 > PROSE_CHARS_MIN * 3 && letters * 3 > text.chars().count() * 2 && is_sentences
}

fn is_date(name: &str) -> bool {
    DATES.iter().any(|word| name.contains(word))
}

/// Whether a name is that of a date, but not of a change or an end.
fn is_first_date(name: &str) -> bool {
    is_date(name)
        && !["updat", "modif", "chang", "expir", "end", "embargo", "until"].iter().any(|word| name.contains(word))
}

fn is_paragraph(element: Element<'_, '_>) -> bool {
    PARAGRAPHS.iter().any(|name| element.name().eq_ignore_ascii_case(name))
}

fn parse(record: &Record, context: &Context<'_>, sink: &mut Sink<'_>) {
    let text = xml::decode(&record.bytes, context.charset);
    let document = Document::parse(&text);
    let mut none = true;
    for part in document.root().into_iter().flat_map(articles) {
        let body = body(part);
        if !body.is_empty() {
            none = false;
            sink(Ok(record_fields::with_body(&facts(part, context), body, context)));
        }
    }
    if none || document.trouble.is_some() {
        sink(Err(document.reason()));
    }
}

/// The elements with an article each: children of one list that have both a headline and paragraphs, or the root.
fn articles<'d, 'a>(root: Element<'d, 'a>) -> Vec<Element<'d, 'a>> {
    let whole =
        |e: &Element<'d, 'a>| !is_paragraph(*e) && e.descendants().any(has_text) && e.descendants().any(is_headline);
    let mut list = root;
    loop {
        let parts: Vec<_> = list.children().filter(whole).collect();
        match parts.as_slice() {
            [one] => list = *one,
            [first, ..] if parts.iter().all(|part| part.name() == first.name()) => return parts,
            _ => return vec![root],
        }
    }
}

/// The paragraphs of an article: those in the element of its text, if there is one, otherwise its long texts.
fn body(part: Element<'_, '_>) -> String {
    let is_body = |e: &Element<'_, '_>| {
        BODIES.iter().any(|name| e.name().eq_ignore_ascii_case(name)) && e.descendants().any(is_paragraph)
    };
    let part = part.descendants().find(is_body).unwrap_or(part);
    let inner = |e: Element<'_, '_>| e.ancestors().any(is_paragraph);
    if !part.descendants().any(is_paragraph) {
        let texts: Vec<String> = part
            .descendants()
            .filter(|e| has_text(*e))
            .map(|e| match e.text() {
                text if html::looks_like_markup(&text) => html::fragment(&text),
                text => paragraphs::from_plain(&text),
            })
            .collect();
        return paragraphs::join(texts.iter().map(String::as_str));
    }
    let paragraphs = part.descendants().filter(|e| is_paragraph(*e) && !inner(*e));
    let lines: Vec<String> = paragraphs.filter_map(|e| e.line(&[])).collect();
    paragraphs::join(lines.iter().map(String::as_str))
}

/// Metadata from the names of elements and attributes outside the paragraphs.
fn facts<'d, 'a: 'd>(part: Element<'d, 'a>, context: &Context<'_>) -> Node<'d> {
    let known = |name: String| if is_first_date(&name) && !context.fields.knows(&name) { "date".into() } else { name };
    let mut facts: Vec<(Cow<'d, str>, Node<'d>)> = Vec::new();
    for element in [part].into_iter().chain(part.descendants()) {
        if facts.len() >= FACTS_MAX {
            break;
        }
        if is_paragraph(element) || element.ancestors().any(is_paragraph) {
            continue;
        }
        let name = named(element);
        let text = if element.has_children() { Cow::Borrowed("") } else { element.text() };
        for (key, value) in element.attributes() {
            let key = key.to_ascii_lowercase();
            let key = if is_date(&name) && is_date(&key) { name.clone() } else { key };
            if is_date(&key) || key == "lang" {
                facts.push((Cow::Owned(known(key)), Node::Text(Cow::Owned(xml::unescape(value).into_owned()))));
            }
        }
        if !text.trim().is_empty() && text.len() <= FACT_BYTES_MAX {
            let key = if names_headline(&name) { "headline".to_owned() } else { known(name) };
            facts.push((Cow::Owned(key), Node::Text(text)));
        }
    }
    // The first of several with the same name is used.
    let mut seen = std::collections::HashSet::new();
    facts.retain(|(name, _)| seen.insert(name.clone()));
    Node::Map(facts)
}
