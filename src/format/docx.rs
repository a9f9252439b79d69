//! Word documents: Office Open XML (`.docx`), with specific skip reasons for encrypted and older ones (ECMA-376).
//!
//! Owns the text of the main document in order, including text boxes and tables; headers, footers, comments and deleted
//! text are left out. Exports of databases are passed to `exports`.

use super::common::properties::{Parts, Properties};
use super::common::xml::{Document, Element};
use super::common::zipped::{self, Zipped};
use super::common::{paragraphs, xml};
use super::{Certainty, Context, Format, Record, Sample, Sink, Split};
use crate::error::SkipReason;

/// Word documents.
pub(super) const FORMAT: Format = Format {
    name: "docx",
    title: "Word documents (.docx)",
    extensions: &["docx", "docm", "dotx"],
    version: 2,
    detect,
    split: Split::Whole,
    parse,
};

/// Number of paragraphs in which a heading can be the title of the document.
const TITLE_PARAGRAPHS: usize = 5;

fn detect(sample: &Sample<'_>) -> Certainty {
    let shows = |name: &str| zipped::shows(sample.head, name);
    zipped::certainty(sample, &FORMAT, shows("word/") && !shows("mimetype"))
}

fn parse(record: &Record, context: &Context<'_>, sink: &mut Sink<'_>) {
    Properties::send(read(&record.bytes), context, sink);
}

/// The title marked by styles, the text, and the properties.
fn read(bytes: &[u8]) -> Result<Parts, SkipReason> {
    let mut zipped = Zipped::open(bytes, FORMAT.name)?;
    let main = main_part(&mut zipped);
    let text = zipped.text(&main)?;
    let document = Document::parse(&text);
    let mut paragraphs = paragraphs_of(&document);
    if paragraphs.is_empty() {
        return Err(document.reason());
    }
    // Notes come after the text.
    for name in ["word/footnotes.xml", "word/endnotes.xml"] {
        if let Some(notes) = zipped.entry(name).ok().flatten() {
            paragraphs.extend(paragraphs_of(&Document::parse(&xml::decode(&notes, None))));
        }
    }
    // A document without readable properties is still a document.
    let core = zipped.entry("docProps/core.xml").ok().flatten();
    let properties = core.map(|core| properties(&xml::decode(&core, None))).unwrap_or_default();
    let first = paragraphs.iter().take(TITLE_PARAGRAPHS);
    let title =
        first.clone().find(|p| p.style == Style::Title).or_else(|| first.clone().find(|p| p.style == Style::Heading));
    let title = title.map(|p| p.text.clone());
    // The title is not repeated in the body.
    let skip = title.as_ref().and_then(|t| paragraphs.iter().position(|p| p.style != Style::Text && p.text == *t));
    let body = paragraphs.iter().enumerate().filter(|(at, _)| Some(*at) != skip).map(|(_, p)| p.text.as_str());
    Ok((title, paragraphs::join(body), properties))
}

/// The entry of the main document, as the package names it: some programs number it.
fn main_part(zipped: &mut Zipped<'_>) -> String {
    let relations = zipped.entry("_rels/.rels").ok().flatten().unwrap_or_default();
    let relations = xml::decode(&relations, None);
    let document = Document::parse(&relations);
    let is_main = |e: &Element<'_, '_>| e.attribute("Type").is_some_and(|kind| kind.ends_with("/officeDocument"));
    let named =
        document.elements().find(is_main).and_then(|e| Some(e.attribute("Target")?.trim_start_matches('/').to_owned()));
    named.unwrap_or_else(|| "word/document.xml".to_owned())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    Text,
    Title,
    Heading,
}

struct Paragraph {
    text: String,
    style: Style,
}

/// The paragraphs with text, in order.
fn paragraphs_of(document: &Document<'_>) -> Vec<Paragraph> {
    let mut done = Vec::new();
    // A text box has paragraphs within a paragraph.
    let mut open: Vec<(usize, Paragraph)> = Vec::new();
    let mut raised = false;
    for element in document.elements() {
        let name = element.name();
        if !matches!(name, "p" | "t" | "tab" | "br" | "cr" | "noBreakHyphen" | "pStyle" | "r" | "vertAlign")
            || is_left_out(element)
        {
            continue;
        }
        let depth = element.ancestors().filter(|e| e.name() == "p").count();
        while let Some((_, paragraph)) = open.pop_if(|(level, _)| *level > depth) {
            finish(paragraph, &mut done);
        }
        let text = open.last_mut().map(|(_, paragraph)| paragraph);
        match (name, text) {
            ("p", _) => open.push((depth + 1, Paragraph { text: String::new(), style: Style::Text })),
            ("t", Some(paragraph)) => {
                let text = element.text();
                if raised && paragraphs::is_note_mark(&paragraph.text, &text) {
                    paragraph.text.push(' ');
                }
                paragraph.text.push_str(&text);
            }
            ("r", _) => raised = false,
            ("vertAlign", _) => raised = element.attribute("val").is_some_and(|value| value == "superscript"),
            ("noBreakHyphen", Some(paragraph)) => paragraph.text.push('-'),
            ("pStyle", Some(paragraph)) => {
                paragraph.style = element.attribute("val").map_or(Style::Text, |name| style(&name));
            }
            (_, Some(paragraph)) => paragraph.text.push(' '),
            _ => {}
        }
    }
    while let Some((_, paragraph)) = open.pop() {
        finish(paragraph, &mut done);
    }
    done
}

/// Whether an element is in content that does not belong to the text: an alternative for older programs, or deleted or
/// moved text.
fn is_left_out(element: Element<'_, '_>) -> bool {
    element.ancestors().any(|e| matches!(e.name(), "Fallback" | "moveFrom" | "del" | "tabs"))
}

fn finish(paragraph: Paragraph, done: &mut Vec<Paragraph>) {
    let text = paragraphs::one_line(&paragraph.text);
    if !text.is_empty() {
        done.push(Paragraph { text, ..paragraph });
    }
}

/// The meaning of a style identifier, which programs translate.
fn style(name: &str) -> Style {
    match name.to_lowercase().as_str() {
        "title" | "titre" | "titel" | "ttulo" | "titolo" => Style::Title,
        "heading1" | "titre1" | "berschrift1" | "ttulo1" | "titolo1" | "1" => Style::Heading,
        _ => Style::Text,
    }
}

fn properties(core: &str) -> Properties {
    let document = Document::parse(core);
    let value = |name: &str| document.root().and_then(|root| root.line(&[name])).unwrap_or_default();
    let mut properties = Properties {
        title: value("title"),
        author: value("creator"),
        created: value("created"),
        language: value("language"),
        ..Properties::default()
    };
    // A library's template has its own date.
    if properties.author == "python-docx" {
        properties.created.clear();
    }
    properties
}
