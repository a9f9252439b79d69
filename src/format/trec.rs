//! The SGML of TREC and similar collections (CLEF, FIRE, Gigaword, AQUAINT): `<DOC>`, `<DOCNO>`, `<TEXT>`.
//!
//! Owns the many names of headline, date and byline in these collections, and the dates in document numbers. Web
//! collections, with a `<DOCHDR>` before a page, are read as pages.

use super::common::sgml::{self, Elements, Token};
use super::common::{charset, dates, paragraphs, wire, xml};
use super::html;
use super::{Certainty, Context, Format, Input, Record, Records, Sample, Sink, Split};
use crate::article::{Article, Provenance};

/// TREC collections.
pub(super) const FORMAT: Format = Format {
    name: "trec",
    title: "document collections in TREC's SGML",
    extensions: &["trec", "sgml", "sgm"],
    version: 2,
    detect,
    split: Split::Stream(split),
    parse,
};

fn detect(sample: &Sample<'_>) -> Certainty {
    let head = String::from_utf8_lossy(sample.head.get(..4096).unwrap_or(sample.head)).to_ascii_lowercase();
    let begins = head.trim_start_matches(['\u{feff}']).trim_start();
    let start = begins.starts_with("<doc>") || begins.starts_with("<doc ");
    let numbered = head.contains("<docno>")
        || head.contains("<docid>")
        || head.contains("<text>")
        || begins.starts_with("<doc id=");
    match (start, numbered) {
        (true, true) => Certainty::Certain,
        // Some lines of introduction or a root element may precede the first document.
        (false, true) if begins.starts_with('<') && head.contains("<doc>") => Certainty::Likely,
        _ => Certainty::No,
    }
}

fn split(input: Input<'_>) -> Records<'_> {
    Box::new(Elements::new(input, "doc", false))
}

/// The meaning of an element of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Id,
    SecondId,
    Title,
    Date,
    Byline,
    Dateline,
    Section,
    Source,
    Language,
    Url,
    Text,
    /// Text that is the article only if nothing is marked as such.
    Loose,
    Nothing,
}

/// The elements of each field.
const FIELDS: [(Field, &str); 12] = [
    (Field::Id, "docno"),
    (Field::SecondId, "docid"),
    (Field::Title, "headline hl head ttl ti title doctitle"),
    (Field::Date, "date_time datetime date date1 dd pubdate"),
    (Field::Byline, "byline author au"),
    (Field::Dateline, "dateline"),
    (Field::Section, "section se category"),
    (Field::Source, "so source pub"),
    (Field::Language, "language lang"),
    (Field::Url, "url"),
    (Field::Text, "text tx lp ld lead lead1 leadpara"),
    (Field::Loose, "body content abstract doc"),
];

/// Elements that contain other fields or only mark up the text in them.
const TRANSPARENT: &[&str] =
    &["p", "s", "br", "f", "b", "i", "a", "em", "sub", "sup", "header", "h1", "h2", "h3", "h4", "h5", "h6"];

/// Maximum number of open elements that are tracked.
const DEPTH_MAX: usize = 64;

#[derive(Debug, Default)]
struct Fields {
    texts: Vec<(Field, String)>,
    id: Option<String>,
    paragraphs: bool,
}

impl Fields {
    fn read(document: &str) -> Self {
        let mut fields = Self::default();
        let mut open: Vec<(&str, Field)> = Vec::new();
        let inner = |open: &[(&str, Field)]| open.last().map_or(Field::Nothing, |(_, field)| *field);
        for token in sgml::tokens(document) {
            let around = inner(&open);
            match token {
                Token::Open(name, rest) => {
                    if open.is_empty() && name.eq_ignore_ascii_case("doc") {
                        fields.id = sgml::attribute(rest, "id");
                    }
                    if TRANSPARENT.iter().any(|t| t.eq_ignore_ascii_case(name)) {
                        if name.eq_ignore_ascii_case("p") {
                            fields.paragraphs |= matches!(around, Field::Text | Field::Loose);
                            fields.push(around, "\n\n");
                        }
                        continue;
                    }
                    let is_named = |names: &str| names.split(' ').any(|known| known.eq_ignore_ascii_case(name));
                    let known = FIELDS.iter().find(|(_, names)| is_named(names)).map(|(field, _)| *field);
                    // Within the text, only its own markup is expected.
                    let field = match (around, known) {
                        (Field::Text, _) => Field::Text,
                        (_, Some(field)) => field,
                        (Field::Loose, None) => Field::Nothing,
                        (other, None) => other,
                    };
                    if open.len() < DEPTH_MAX {
                        open.push((name, field));
                        fields.texts.push((field, String::new()));
                    }
                }
                Token::Close(name) => {
                    if let Some(at) = open.iter().rposition(|(n, _)| n.eq_ignore_ascii_case(name)) {
                        open.truncate(at);
                        fields.texts.push((inner(&open), String::new()));
                    } else if name.eq_ignore_ascii_case("p") {
                        fields.push(around, "\n\n");
                    }
                }
                Token::Text(text) => fields.push(around, text),
            }
        }
        fields
    }

    fn push(&mut self, field: Field, text: &str) {
        match self.texts.last_mut() {
            Some((last, all)) if *last == field => all.push_str(text),
            _ => self.texts.push((field, text.to_owned())),
        }
    }

    fn all(&self, field: Field) -> impl Iterator<Item = &str> {
        self.texts.iter().filter(move |(f, text)| *f == field && !text.trim().is_empty()).map(|(_, text)| text.as_str())
    }

    fn line(&self, field: Field) -> Option<String> {
        self.all(field).map(|text| paragraphs::one_line(&plain(text))).find(|line| !line.is_empty())
    }

    fn body(&self) -> String {
        let chosen = if self.all(Field::Text).next().is_some() { Field::Text } else { Field::Loose };
        let parts: Vec<String> = self
            .all(chosen)
            .map(|text| {
                let text = plain(text);
                if self.paragraphs {
                    let lines: Vec<_> = text.split("\n\n").map(paragraphs::one_line).collect();
                    paragraphs::join(lines.iter().map(String::as_str))
                } else {
                    paragraphs::from_plain(&text)
                }
            })
            .collect();
        paragraphs::join(parts.iter().map(String::as_str))
    }
}

/// Resolves the entities of these collections.
fn plain(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let text = text.replace("&hyph;", "-").replace("&blank;", " ").replace("&AMP;", "&amp;");
    xml::unescape(&text).into_owned()
}

fn parse(record: &Record, context: &Context<'_>, sink: &mut Sink<'_>) {
    let text = charset::decode(&record.bytes, context.charset, None);
    if let Some((front, page)) = split_page(&text) {
        let fields = Fields::read(front);
        let id = fields.line(Field::Id);
        let url = front.split_whitespace().find(|w| w.starts_with("http://") || w.starts_with("https://"));
        let context = Context { url: context.url.or(url), ..*context };
        sink(html::page(page, &context).map(|article| Article {
            id: id.or(article.id.clone()),
            url: article.url.clone().or_else(|| url.map(Into::into)),
            ..article
        }));
        return;
    }
    sink(wire::finish(article(&Fields::read(&text), context)));
}

/// For a document of a web collection, the part before the page, and the page.
fn split_page(text: &str) -> Option<(&str, &str)> {
    let end = text.find("</DOCHDR>").or_else(|| text.find("</dochdr>"))?;
    let (front, rest) = text.split_at(end);
    Some((front, &rest["</DOCHDR>".len()..]))
}

fn article(fields: &Fields, context: &Context<'_>) -> Article {
    let mut notes = Vec::new();
    let id = fields.line(Field::Id).or_else(|| fields.id.clone()).or_else(|| fields.line(Field::SecondId));
    let stated = fields.all(Field::Date).map(|text| paragraphs::one_line(&plain(text)));
    let stated = stated.chain(id.as_deref().and_then(day_in_number));
    let published = wire::published(stated, Provenance::Metadata, context, &mut notes);
    let (title, under) = headline(fields);
    let body = fields.body();
    let body = wire::with_dateline(&fields.line(Field::Dateline).unwrap_or_default(), body);
    let source = fields.line(Field::Source).or_else(|| id.as_deref().and_then(source_of).map(Into::into));
    Article {
        title,
        published,
        source: source.or_else(|| wire::agency(&body)),
        byline: fields.line(Field::Byline).or(under).and_then(|b| wire::byline(&b)),
        section: fields.line(Field::Section).map(|s| s.split(';').next().unwrap_or(&s).trim().to_owned()),
        language: fields.line(Field::Language).and_then(|l| super::common::record_fields::language(&l)),
        url: fields.line(Field::Url),
        id,
        body,
        notes,
    }
}

/// The headline, and the byline that the Wall Street Journal has below a line of dashes.
fn headline(fields: &Fields) -> (String, Option<String>) {
    let mut under = None;
    let mut lines: Vec<String> = Vec::new();
    for text in fields.all(Field::Title) {
        let text = plain(text);
        let (above, below) = text.split_once("\n----").or_else(|| text.split_once("\n  ----")).unwrap_or((&text, ""));
        let below = paragraphs::one_line(below.trim_start_matches(['-', ' ', '\n']));
        if below.to_ascii_lowercase().starts_with("by ") {
            under.get_or_insert(below);
        }
        let line = paragraphs::one_line(above);
        // The Financial Times has its name and the date before the headline.
        let line = match line.split_once(" / ") {
            Some((date, headline)) if date.starts_with("FT ") => headline.to_owned(),
            _ => line,
        };
        if !line.is_empty() && !lines.contains(&line) && lines.len() < 8 {
            lines.push(line);
        }
    }
    (lines.join(" "), under)
}

/// The outlet from the prefix of a document number.
fn source_of(number: &str) -> Option<&'static str> {
    const SOURCES: &[(&str, &str)] = &[
        ("AFP", "AFP"),
        ("AP", "Associated Press"),
        ("CNA", "Central News Agency"),
        ("FBIS", "Foreign Broadcast Information Service"),
        ("FR", "Federal Register"),
        ("FT", "Financial Times"),
        ("GH", "Glasgow Herald"),
        ("LA", "Los Angeles Times"),
        ("LTW", "Los Angeles Times/Washington Post"),
        ("NYT", "New York Times"),
        ("SJMN", "San Jose Mercury News"),
        ("WPB", "Washington Post/Bloomberg"),
        ("WSJ", "Wall Street Journal"),
        ("XIE", "Xinhua"),
        ("XIN", "Xinhua"),
        ("APW", "Associated Press"),
    ];
    let sign = number.split(|c: char| !c.is_ascii_uppercase()).next()?;
    SOURCES.iter().find(|(known, _)| *known == sign).map(|(_, name)| *name)
}

/// The day in a document number: `AP880212-0001`, `NYT_ENG_19940701.0001`, `LA010189-0001`.
fn day_in_number(number: &str) -> Option<String> {
    let sign = number.split(|c: char| !c.is_ascii_uppercase()).next().filter(|s| !s.is_empty())?;
    let digits = number.split(|c: char| !c.is_ascii_digit()).find(|run| !run.is_empty())?;
    source_of(number)?;
    let (year, month, day): (u64, _, _) = match (sign, digits.len()) {
        (_, 8) => (digits[..4].parse().ok()?, &digits[4..6], &digits[6..]),
        ("LA", 6) => (dates::full_year(digits[4..].parse().ok()?), &digits[..2], &digits[2..4]),
        ("AP" | "WSJ" | "GH", 6) => (dates::full_year(digits[..2].parse().ok()?), &digits[2..4], &digits[4..]),
        _ => return None,
    };
    Some(format!("{year:04}-{month}-{day}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn document_numbers_have_days() {
        for (number, day) in [
            ("AP880212-0001", Some("1988-02-12")),
            ("NYT_ENG_19940701.0001", Some("1994-07-01")),
            ("LA010189-0001", Some("1989-01-01")),
            ("FT911-3", None),
            ("doc-19990101", None),
            ("", None),
        ] {
            assert_eq!(day_in_number(number).as_deref(), day, "{number}");
        }
    }
}
