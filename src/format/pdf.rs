//! PDF files: the text of their pages in reading order (ISO 32000).
//!
//! Owns opening a file, its metadata, and the choice of the headline. Exports of databases as PDF files are passed to
//! `exports`. A file is one article; several articles on a newspaper page are in one body. Not supported: filled-in
//! forms, annotations, attachments.

mod content;
mod flow;
mod guard;
mod layout;

use std::sync::Arc;

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};
use hayro_font::hayro_syntax::object::{Dict, String as PdfString};
use hayro_font::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};

use super::common::exports;
use super::common::paragraphs::{self, letters};
use super::common::properties::{Properties, date_line};
use super::{Certainty, Context, Format, Record, Sample, Sink, Split};
use crate::article::{Article, Provenance};
use crate::error::SkipReason;

/// PDF files.
pub(super) const FORMAT: Format = Format {
    name: "pdf",
    title: "PDF files with text (.pdf)",
    extensions: &["pdf"],
    version: 2,
    detect,
    split: Split::Whole,
    parse,
};

/// Number of bytes at the start of a file in which its signature is searched.
const SIGNATURE_BYTES: usize = 1024;

/// Maximum number of pages; a bound year of a newspaper has 20,000.
const PAGES_MAX: usize = 20_000;

/// Minimum number of letters in a file with pictures; with fewer, it is a scan with a stamp.
const TEXT_CHARS_MIN: usize = 10;

fn detect(sample: &Sample<'_>) -> Certainty {
    let head = &sample.head[..sample.head.len().min(SIGNATURE_BYTES)];
    match memchr::memmem::find(head, b"%PDF-") {
        Some(0) => Certainty::Certain,
        Some(_) if sample.extension == "pdf" => Certainty::Certain,
        // A text may mention it.
        Some(_) | None => Certainty::No,
    }
}

fn parse(record: &Record, context: &Context<'_>, sink: &mut Sink<'_>) {
    match read(&record.bytes) {
        Ok(document) => {
            let body = paragraphs::join(document.paragraphs.iter().map(|p| p.text.as_str()));
            if !exports::parse(&body, context, sink) {
                sink(article(document, context));
            }
        }
        Err(reason) => sink(Err(reason)),
    }
}

/// The content of a file.
struct Document {
    paragraphs: Vec<flow::Paragraph>,
    /// Lines at the top and bottom of its pages.
    running: Vec<String>,
    properties: Properties,
    /// Why it could not be read completely.
    note: Option<String>,
}

fn read(bytes: &[u8]) -> Result<Document, SkipReason> {
    guard::check(bytes)?;
    let pdf = Pdf::new(Arc::new(bytes.to_vec())).map_err(|error| match error {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => SkipReason::Encrypted,
        LoadPdfError::Decryption(_) => SkipReason::Unsupported("this kind of PDF encryption".into()),
        LoadPdfError::Invalid => malformed("its objects cannot be found"),
    })?;
    let pages = pdf.pages();
    if pages.is_empty() {
        return Err(malformed("it has no pages"));
    }
    let reader = content::Reader::new();
    let mut budget = guard::Budget::new();
    let (mut columns, mut unknown, mut pictures, mut chars) = (Vec::new(), 0, 0, 0);
    for page in pages.iter().take(PAGES_MAX) {
        let found = reader.page(page, &mut budget);
        unknown += found.unknown;
        pictures += found.pictures;
        chars += found.glyphs.iter().filter(|g| g.text.chars().any(char::is_alphanumeric)).count();
        columns.push(layout::columns(found.glyphs));
    }
    if unknown > TEXT_CHARS_MIN.max(chars) {
        return Err(SkipReason::Unsupported("text in fonts without a mapping to characters".into()));
    }
    if chars < TEXT_CHARS_MIN && pictures > 0 {
        return Err(SkipReason::Scanned);
    }
    if chars == 0 {
        return Err(SkipReason::NoText);
    }
    let note = (pages.len() > PAGES_MAX || budget.is_spent())
        .then(|| "the PDF is larger than a limit; not all of it was read".to_owned());
    let (paragraphs, running) = flow::paragraphs(columns);
    Ok(Document { paragraphs, running, properties: properties(&pdf), note })
}

fn malformed(detail: &str) -> SkipReason {
    SkipReason::Malformed { format: FORMAT.name, detail: detail.into() }
}

fn properties(pdf: &Pdf) -> Properties {
    let known = pdf.metadata();
    let text = |value: &Option<Box<[u8]>>| value.as_deref().map(text_string).unwrap_or_default();
    let catalog = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id());
    let language = catalog.and_then(|catalog| catalog.get::<PdfString<'_>>("Lang"));
    // Each date has a zone, possibly that of the program.
    let created = known.creation_date.map(|date| {
        let zone = format!("{:+03}:{:02}", date.utc_offset_hour, date.utc_offset_minute);
        let (year, month, day) = (date.year, date.month, date.day);
        format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}{zone}", date.hour, date.minute, date.second)
    });
    Properties {
        title: text(&known.title),
        author: text(&known.author),
        created: created.unwrap_or_default(),
        language: language.map(|l| text_string(l.as_bytes())).unwrap_or_default(),
        ..Properties::default()
    }
}

/// A text string of the metadata: UTF-16 or UTF-8 by its byte order mark, otherwise Western European.
fn text_string(bytes: &[u8]) -> String {
    let encoding = match bytes {
        [0xfe, 0xff, ..] => UTF_16BE,
        [0xff, 0xfe, ..] => UTF_16LE,
        bytes if std::str::from_utf8(bytes).is_ok() => encoding_rs::UTF_8,
        _ => WINDOWS_1252,
    };
    encoding.decode(bytes).0.into_owned()
}

fn article(document: Document, context: &Context<'_>) -> Result<Article, SkipReason> {
    let Document { mut paragraphs, running, properties, note } = document;
    let stated = properties.title();
    // A declared title that is also printed is the headline.
    let printed = stated.as_ref().and_then(|title| {
        let title = letters(title);
        paragraphs.iter().position(|p| p.page == 0 && letters(&p.text) == title)
    });
    let headline = printed.or_else(|| flow::headline(&paragraphs)).map(|at| paragraphs.remove(at).text);
    let body = paragraphs::join(paragraphs.iter().map(|p| p.text.as_str()));
    let mut article = properties.article(headline, body, context)?;
    // A file may be created long after its content was printed.
    let made = article.published.filter(|p| p.provenance == Provenance::Metadata);
    let heads = paragraphs::join(running.iter().map(String::as_str).filter(|line| line.contains(' ')));
    let printed = date_line(&heads, context).or_else(|| date_line(&article.body, context));
    if let Some(printed) = printed
        && made.is_none_or(|made| printed.day < made.day)
    {
        article.published = Some(printed);
    }
    article.notes.extend(note);
    Ok(article)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The result for a file with these objects. It needs no cross-reference table, which is rebuilt.
    fn code(objects: &str) -> &'static str {
        match read(format!("%PDF-1.4\n{objects}\ntrailer<</Root 1 0 R>>").as_bytes()) {
            Ok(_) => "",
            Err(reason) => reason.code(),
        }
    }

    #[test]
    fn hostile_files_end() {
        let font = "5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj";
        let catalog = "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj";
        let page = "3 0 obj<</Type/Page/Parent 2 0 R/Resources<</Font<</F 5 0 R>>/XObject<</X 4 0 R>>>>/Contents 6 0 R>>endobj";
        let show =
            "6 0 obj<</Length 55>>stream\nBT /F 12 Tf 9 700 Td (The ferry is back again) Tj ET /X Do\nendstream endobj";
        let kids = |kids: &str| format!("2 0 obj<</Type/Pages/Kids[{kids}]/Count 1>>endobj");
        // A page tree that contains itself, and one whose nodes refer to each other repeatedly.
        assert_eq!(code(&[catalog, &kids("2 0 R 3 0 R 2 0 R"), page, show, font].join("\n")), "");
        let fan = "8 0 obj<</Type/Pages/Kids[9 0 R 9 0 R]>>endobj 9 0 obj<</Type/Pages/Kids[8 0 R 8 0 R 3 0 R]>>endobj";
        assert_eq!(code(&[catalog, &kids("8 0 R 9 0 R"), page, show, font, fan].join("\n")), "");
        // A form that draws itself twice would be drawn 2^16 times.
        let form = "4 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 4 0 R>>>>/Length 12>>stream\n/X Do /X Do \nendstream endobj";
        assert_eq!(code(&[catalog, &kids("3 0 R"), page, show, font, form].join("\n")), "");
        // Endlessly nested values.
        let deep = format!("7 0 obj{}endobj", "[".repeat(200_000));
        let dictionaries = format!("8 0 obj{}endobj", "<</A".repeat(100_000));
        assert_eq!(code(&[catalog, &kids("3 0 R"), page, show, font, &deep, &dictionaries].join("\n")), "");
        let operands = format!("6 0 obj<</Length 200000>>stream\n{}\nendstream endobj", "[".repeat(200_000));
        assert_eq!(code(&[catalog, &kids("3 0 R"), page, &operands, font].join("\n")), "no-text");
        assert_eq!(code("1 0 obj<</Type/Catalog/Pages 1 0 R>>endobj"), "malformed");
    }
}
