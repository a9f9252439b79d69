//! EPUB books and periodicals: an article for each document of the reading order that has some text.
//!
//! Owns the path from the container to the reading order, and the choice of headings. The text of a document is parsed
//! in `html`. (EPUB 2.0.1 and 3.3)

use std::collections::BTreeMap;

use super::common::properties::{Properties, without_title};
use super::common::xml::Document;
use super::common::zipped::{self, Zipped};
use super::common::{dates, record_fields, xml};
use super::{Certainty, Context, Format, Record, Sample, Sink, Split, html};
use crate::article::{Article, Provenance};
use crate::error::SkipReason;

/// EPUB books and periodicals.
pub(super) const FORMAT: Format = Format {
    name: "epub",
    title: "EPUB books and periodicals",
    extensions: &["epub"],
    version: 2,
    detect,
    split: Split::Whole,
    parse,
};

/// Size of text below which a document may be a cover, an imprint or a table of contents.
const SHORT_BYTES_MAX: usize = 200;

/// Minimum number of words of a piece.
const PIECE_WORDS_MIN: usize = 4;

fn detect(sample: &Sample<'_>) -> Certainty {
    zipped::certainty(sample, &FORMAT, zipped::shows(sample.head, "application/epub+zip"))
}

fn parse(record: &Record, context: &Context<'_>, sink: &mut Sink<'_>) {
    if let Err(reason) = read(&record.bytes, context, sink) {
        sink(Err(reason));
    }
}

fn read(bytes: &[u8], context: &Context<'_>, sink: &mut Sink<'_>) -> Result<(), SkipReason> {
    let mut zipped = Zipped::open(bytes, FORMAT.name)?;
    let encryption = zipped.entry("META-INF/encryption.xml")?.unwrap_or_default();
    if is_locked(&xml::decode(&encryption, None)) {
        return Err(SkipReason::Encrypted);
    }
    let container = zipped.text("META-INF/container.xml")?;
    let container = Document::parse(&container);
    let path = container.elements().find(|e| e.is("rootfile")).and_then(|e| e.attribute("full-path"));
    let path = path.ok_or_else(|| malformed("the container names no package"))?;
    let package = zipped.text(&path)?;
    let package = Document::parse(&package);
    let book = Book::new(&package, &path);
    let headings = book.headings(&mut zipped)?;
    let mut pieces: Vec<Article> = Vec::new();
    for name in &book.spine {
        match zipped.entry(name) {
            Ok(Some(bytes)) => {
                let text = xml::decode(&bytes, None);
                let heading = headings.get(name).cloned().or_else(|| heading_of(&text));
                pieces.extend(book.piece(heading, &text));
            }
            Ok(None) => sink(Err(malformed(&format!("`{name}` is missing")))),
            Err(reason) => sink(Err(reason)),
        }
    }
    if pieces.is_empty() {
        return Err(SkipReason::NoText);
    }
    let periodical = pieces.len() > 1;
    for piece in pieces {
        sink(Ok(book.article(piece, periodical, context)));
    }
    Ok(())
}

/// Whether anything but fonts is encrypted.
fn is_locked(encryption: &str) -> bool {
    let document = Document::parse(encryption);
    document.elements().filter(|e| e.is("CipherReference")).any(|reference| {
        let uri = reference.attribute("URI").unwrap_or_default().to_ascii_lowercase();
        [".xhtml", ".html", ".htm", ".xml"].iter().any(|end| uri.ends_with(end))
    })
}

/// The content of the package document.
struct Book {
    properties: Properties,
    identifier: String,
    /// Names of the entries in reading order.
    spine: Vec<String>,
    /// Names of the entries with the table of contents.
    contents: Vec<String>,
}

impl Book {
    fn new(package: &Document<'_>, path: &str) -> Self {
        let metadata = package.elements().find(|e| e.is("metadata"));
        let value = |name: &str| metadata.and_then(|m| m.find(name)?.line(&[])).unwrap_or_default();
        let authors = metadata.iter().flat_map(|m| m.descendants().filter(|e| e.is("creator")));
        let authors: Vec<String> = authors.filter_map(|e| e.line(&[])).collect();
        let properties = Properties {
            title: value("title"),
            author: authors.join(", "),
            created: value("date"),
            language: value("language"),
            publisher: value("publisher"),
        };
        let (mut files, mut contents) = (BTreeMap::new(), Vec::new());
        for item in package.elements().filter(|e| e.is("item")) {
            let (Some(id), Some(href)) = (item.attribute("id"), item.attribute("href")) else {
                continue;
            };
            let name = resolve(path, &href);
            let media_type = item.attribute("media-type").unwrap_or_default();
            let is_nav = item.attribute("properties").is_some_and(|p| p.split(' ').any(|word| word == "nav"));
            if is_nav || media_type == "application/x-dtbncx+xml" {
                contents.push(name.clone());
            }
            if !is_nav {
                files.insert(id.into_owned(), name);
            }
        }
        let references = package.elements().filter(|e| e.is("itemref"));
        let spine = references.filter_map(|e| files.remove(&*e.attribute("idref")?)).collect();
        Self { properties, identifier: value("identifier"), spine, contents }
    }

    /// The headings of entries in the table of contents; the first for each.
    fn headings(&self, zipped: &mut Zipped<'_>) -> Result<BTreeMap<String, String>, SkipReason> {
        let mut headings = BTreeMap::new();
        for name in &self.contents {
            let Some(bytes) = zipped.entry(name)? else {
                continue;
            };
            let text = xml::decode(&bytes, None);
            let document = Document::parse(&text);
            for element in document.elements() {
                let (target, label) = match element.name() {
                    "a" => (element.attribute("href"), element.line(&[])),
                    "navPoint" => {
                        (element.child("content").and_then(|c| c.attribute("src")), element.line(&["navLabel"]))
                    }
                    _ => continue,
                };
                if let (Some(target), Some(label)) = (target, label) {
                    headings.entry(resolve(name, &target)).or_insert(label);
                }
            }
        }
        Ok(headings)
    }

    /// The title and text of a document, if it has enough text.
    fn piece(&self, heading: Option<String>, text: &str) -> Option<Article> {
        let body = html::fragment(text);
        let title = heading.unwrap_or_default();
        let body = if body == title { String::new() } else { without_title(&title, body) };
        if body.is_empty() || body.len() < SHORT_BYTES_MAX && !self.is_piece(&title, &body, text) {
            return None;
        }
        Some(Article { title, body, ..Article::default() })
    }

    /// Whether a short document has content, such as a brief, a list or a poem, rather than being a cover, an imprint
    /// or a title page.
    fn is_piece(&self, title: &str, body: &str, markup: &str) -> bool {
        const MARKS: [&str; 7] = ["©", "copyright", "isbn", "all rights reserved", "imprint", "impressum", "cover"];
        const TYPES: [&str; 6] = ["cover", "titlepage", "copyright-page", "toc", "halftitlepage", "colophon"];
        let lower = format!("{title}\n{body}").to_lowercase();
        let Properties { title, author, publisher, .. } = &self.properties;
        let named = format!("{title} {author} {publisher}").to_lowercase();
        let words = body.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric));
        let own = words.filter(|word| !named.contains(&*word.to_lowercase())).count();
        let typed = TYPES.iter().any(|kind| markup.contains(&format!("epub:type=\"{kind}\"")));
        own >= PIECE_WORDS_MIN && !typed && !MARKS.iter().any(|mark| lower.contains(mark))
    }

    /// The article of a piece, with the metadata of the book.
    fn article(&self, piece: Article, periodical: bool, context: &Context<'_>) -> Article {
        let book = self.properties.title();
        // Calibre converts newspapers to books, and names itself as the publisher.
        let publisher =
            Some(&self.properties.publisher).filter(|p| !p.is_empty() && !p.eq_ignore_ascii_case("calibre"));
        let name = |title: &String| title.split(" [").next().unwrap_or(title).trim().to_owned();
        let mut article = Article {
            id: (!periodical && !self.identifier.is_empty()).then(|| self.identifier.clone()),
            source: publisher.cloned().or_else(|| book.as_ref().filter(|_| periodical).map(name)),
            byline: self.properties.author(),
            language: record_fields::language(&self.properties.language),
            ..piece
        };
        if article.title.is_empty() {
            article.title = book.unwrap_or_default();
        }
        article.published =
            dates::published(&self.properties.created, Provenance::Metadata, context, &mut article.notes);
        article
    }
}

/// The first heading of a document, or its title.
fn heading_of(text: &str) -> Option<String> {
    let document = Document::parse(text);
    let first =
        |names: &[&str]| document.elements().filter(|e| names.iter().any(|n| e.is(n))).find_map(|e| e.line(&[]));
    first(&["h1", "h2", "h3"]).or_else(|| first(&["title"]))
}

/// The name of the entry for a reference in another entry.
fn resolve(from: &str, reference: &str) -> String {
    let reference = percent_decoded(reference.split('#').next().unwrap_or_default());
    let mut parts: Vec<&str> = match reference.starts_with('/') {
        true => Vec::new(),
        false => from.split('/').collect(),
    };
    parts.pop();
    for part in reference.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn percent_decoded(text: &str) -> String {
    let mut parts = text.split('%');
    let mut out = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        match part.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(decoded) => {
                out.push(decoded);
                out.extend(&part.as_bytes()[2..]);
            }
            None => out.extend([b"%", part.as_bytes()].concat()),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn malformed(detail: &str) -> SkipReason {
    SkipReason::Malformed { format: FORMAT.name, detail: detail.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_resolved() {
        for (from, reference, expected) in [
            ("OEBPS/content.opf", "text/a%20b.xhtml#p1", "OEBPS/text/a b.xhtml"),
            ("content.opf", "a.xhtml", "a.xhtml"),
            ("OEBPS/nav/toc.xhtml", "../text/a.xhtml", "OEBPS/text/a.xhtml"),
            ("a/b", "../../../c%zz", "c%zz"),
        ] {
            assert_eq!(resolve(from, reference), expected);
        }
    }
}
