//! LexisNexis exports: text files of Nexis (`1 of 100 DOCUMENTS`), and Nexis Uni (`End of Document`).
//!
//! Owns both layouts, in English, German, French, Dutch and Spanish. Exports of Nexis Uni are Word, RTF or PDF files,
//! whose readers pass the text on through `exports`.

use super::common::delivery::{self, checked, is_copyright, language, sample_text};
use super::common::{charset, dates, paragraphs, wire};
use super::{Certainty, Context, Format, Record, Sample, Sink, Split};
use crate::article::{Article, Provenance};
use crate::error::SkipReason;

/// LexisNexis exports as text.
pub(super) const FORMAT: Format = Format {
    name: "lexisnexis",
    title: "LexisNexis deliveries",
    extensions: &["txt"],
    version: 2,
    detect,
    split: Split::Whole,
    parse,
};

/// The meaning of a field name, in the languages of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Headline,
    Byline,
    Section,
    Language,
    LoadDate,
    /// A field above the text that is not metadata of an article.
    Header,
    /// A field below the text that is not metadata of an article.
    Trailer,
}

/// The names of each field.
const FIELDS: [(Field, &str); 7] = [
    (Field::Headline, "HEADLINE TITLE TITRE"),
    (Field::Byline, "BYLINE AUTOR AUTEUR BY"),
    (Field::Section, "SECTION RUBRIK RUBRIQUE SECTIE SECCIÓN"),
    (Field::Language, "LANGUAGE SPRACHE LANGUE TAAL IDIOMA"),
    (Field::LoadDate, "LOAD-DATE UPDATE DATE-CHARGEMENT LAAD-DATUM FECHA-CARGA"),
    (Field::Header, "LENGTH LÄNGE LONGUEUR LENGTE LONGITUD DATELINE HIGHLIGHT SERIES ENCART ORT SOURCE SERIE"),
    (
        Field::Trailer,
        "GRAPHIC GRAFIK PUBLICATION-TYPE ZEITUNGS-CODE TYPE-PUBLICATION JOURNAL-CODE DOCUMENT-TYPE SUBJECT \
         ACC-NO CORRECTION-DATE PUBLICATIETYPE NOTES CODE-JOURNAL TYPE ISSN PERSON COMPANY GEOGRAPHIC \
         INDUSTRY TICKER CITY STATE COUNTRY ORGANIZATION",
    ),
];

/// Maximum size of a line that has the date of publication.
const DATE_LINE_BYTES_MAX: usize = 120;

fn detect(sample: &Sample<'_>) -> Certainty {
    let text = sample_text(sample);
    // The end of the first document may be beyond the sample.
    if is_classic(&text) || is_uni(&text, false) { Certainty::Certain } else { Certainty::No }
}

fn parse(record: &Record, context: &Context<'_>, sink: &mut Sink<'_>) {
    articles(&charset::decode(&record.bytes, context.charset, None), context, sink);
}

/// Whether a text is an export.
pub(super) fn is_delivery(text: &str) -> bool {
    is_uni(text, true) || is_classic(text)
}

/// Sends the articles of an export to the sink.
pub(super) fn articles(text: &str, context: &Context<'_>, sink: &mut Sink<'_>) {
    if is_classic(text) {
        let lines: Vec<&str> = text.lines().map(|line| line.trim_end_matches(['\r', '\u{c}'])).collect();
        let stated = lines.iter().filter_map(|line| marker(line)).max();
        let documents = lines.split(|line| marker(line).is_some()).skip(1);
        return delivery::send(documents.map(|lines| classic(lines, context)), stated, sink);
    }
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let mut head = lines.iter().take(20);
    let stated = head.find_map(|line| line.strip_prefix("Documents (")?.strip_suffix(')')?.parse().ok());
    let mut documents: Vec<&[&str]> = lines.split(|line| is_end(line)).collect();
    // Text after the last end is a notice, unless it is a truncated document.
    documents.pop_if(|last| !last.iter().any(|line| is_body(line)));
    delivery::send(documents.into_iter().map(|lines| uni(lines, context)), stated, sink);
}

/// Whether a text has document separators and fields.
fn is_classic(text: &str) -> bool {
    let is_field = |line: &str| matches!(field(line), Some((Field::Header | Field::Language | Field::LoadDate, _)));
    text.lines().any(|line| marker(line).is_some()) && text.lines().any(is_field)
}

/// The number of documents in a line such as `1 of 100 DOCUMENTS` or `Dokument 1 von 100`.
fn marker(line: &str) -> Option<usize> {
    let line = line.trim();
    if line.len() > 60 || !line.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    let words: Vec<&str> = line.split_whitespace().collect();
    let (number, of, count, noun) = match *words.as_slice() {
        [first, a, b, c] if first.bytes().all(|b| b.is_ascii_digit()) => (first, a, b, c),
        [noun, a, b, c] => (a, b, c, noun),
        _ => return None,
    };
    let noun = noun.to_uppercase();
    let is_noun =
        matches!(noun.trim_end_matches('S'), "DOCUMENT" | "DOKUMENT" | "DOKUMENTE" | "DOCUMENTEN" | "DOCUMENTO");
    // ProQuest writes `Document 1 of 25` and has other layouts.
    let upper = words.iter().any(|w| w.len() > 3 && w.chars().all(|c| c.is_uppercase())) || noun.starts_with("DOK");
    let is_of = matches!(of.to_lowercase().as_str(), "of" | "von" | "sur" | "de" | "van" | "di" | "in");
    if is_noun && upper && is_of && number.parse::<usize>().is_ok() { count.parse().ok() } else { None }
}

/// The field at the start of a line, and its value.
fn field(line: &str) -> Option<(Field, &str)> {
    let (name, value) = line.split_once(':')?;
    let (field, _) = FIELDS.iter().find(|(_, names)| names.split(' ').any(|known| known == name.trim()))?;
    Some((*field, value.trim()))
}

/// The article of a document in a text export.
fn classic(lines: &[&str], context: &Context<'_>) -> Result<Article, SkipReason> {
    let mut article = Article::default();
    let mut above: Vec<Vec<&str>> = Vec::new();
    let mut body: Vec<Vec<&str>> = Vec::new();
    let mut load_date = None;
    let (mut in_body, mut below) = (false, false);
    for block in lines.split(|line| line.trim().is_empty()).filter(|block| !block.is_empty()) {
        let joined = block.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ");
        if let Some((kind, value)) = field(&joined) {
            match kind {
                Field::Headline => article.title = paragraphs::one_line(value),
                Field::Byline => article.byline = wire::byline(value),
                Field::Section => article.section = Some(value.to_owned()),
                Field::Language => article.language = language(value),
                Field::LoadDate => load_date = Some(value.to_owned()),
                Field::Header | Field::Trailer => {}
            }
            in_body |= matches!(kind, Field::Header | Field::Byline | Field::Section | Field::Headline) && !below;
            below |= matches!(kind, Field::Trailer | Field::LoadDate | Field::Language);
        } else if is_copyright(&joined) {
            below |= !body.is_empty();
            // The source may come right below the copyright, without an empty line.
            let rest: Vec<&str> = block.iter().copied().filter(|line| !is_copyright(line)).collect();
            if !below && !rest.is_empty() {
                above.push(rest);
            }
        } else if in_body && !below {
            body.push(block.to_vec());
        } else if !below {
            above.push(block.to_vec());
        }
    }
    headers(&above, &mut article, context);
    if article.published.is_none() {
        article.published =
            load_date.and_then(|text| dates::published(&text, Provenance::Metadata, context, &mut article.notes));
    }
    if body.is_empty() {
        // Without fields, the text begins after date and headline.
        body = above.into_iter().skip(3).collect();
    }
    let text: Vec<String> = body.iter().map(|block| block.join("\n")).collect();
    article.body = paragraphs::from_plain(&text.join("\n\n"));
    checked(article)
}

/// Source, date and headline from the blocks above the fields, in this order.
fn headers(above: &[Vec<&str>], article: &mut Article, context: &Context<'_>) {
    let line = |block: &Vec<&str>| paragraphs::one_line(&block.join(" "));
    let dated = above
        .iter()
        .enumerate()
        .find_map(|(at, block)| block.iter().take(2).find(|line| is_date_line(line)).map(|line| (at, *line)));
    let Some((dated, stated)) = dated else {
        article.source = above.first().map(line);
        if article.title.is_empty() {
            article.title = above.get(1).map(line).unwrap_or_default();
        }
        return;
    };
    article.published = dates::published_in(stated, context, &mut article.notes);
    article.source = above[..dated].iter().rev().map(line).find(|line| !is_notice(line));
    if article.title.is_empty() {
        // Headlines are at the margin; an edition below the date is centred like the date.
        let after = above.get(dated + 1..).unwrap_or_default();
        let mut after = after.iter().filter(|block| block.first().is_some_and(|l| !is_remark(l)));
        let first = after.clone().next();
        let at_margin = after.find(|block| block.first().is_some_and(|l| !l.starts_with("          ")));
        article.title = at_margin.or(first).map(line).unwrap_or_default();
    }
}

/// Whether a short line has the date of publication.
fn is_date_line(line: &str) -> bool {
    line.len() < DATE_LINE_BYTES_MAX && !is_remark(line) && !is_copyright(line) && dates::in_text(line).is_some()
}

/// Whether a line says that the article was changed after its day of publication.
fn is_remark(line: &str) -> bool {
    const STARTS: &str = "correction|corrected|clarification|update|last update|revised|appended|first published|\
        originally published|aktualisier|korrektur|korrigier|mis à jour|mise à jour|actualizad|bijgewerkt";
    let line = line.trim_start().trim_start_matches(['(', '[']).to_lowercase();
    STARTS.split('|').any(|start| line.starts_with(start))
}

/// Whether a line only says that there is such a change: `Correction Appended`.
fn is_notice(line: &str) -> bool {
    const WORDS_MAX: usize = 2;
    is_remark(line) && line.split_whitespace().count() <= WORDS_MAX
}

/// Whether a text is an export of Nexis Uni.
fn is_uni(text: &str, to_end: bool) -> bool {
    let has = |is: fn(&str) -> bool| text.lines().any(|line| is(line.trim()));
    let is_fact = |line: &str| line.starts_with("Load-Date:") || line.starts_with("Length:");
    has(is_body) && has(is_fact) && (!to_end || has(is_end))
}

fn is_end(line: &str) -> bool {
    matches!(line, "End of Document" | "Ende des Dokuments" | "Fin du document" | "Einde van document")
}

fn is_body(line: &str) -> bool {
    matches!(line, "Body" | "Textkörper" | "Corps de l'article" | "Hoofdtekst" | "Cuerpo")
}

/// The article of a document of Nexis Uni.
fn uni(lines: &[&str], context: &Context<'_>) -> Result<Article, SkipReason> {
    let mut article = Article::default();
    let at = lines.iter().position(|line| is_body(line)).ok_or(SkipReason::NoText)?;
    let (above, body) = (&lines[..at], &lines[at + 1..]);
    let value = |lines: &[&str], wanted: Field| {
        lines.iter().rev().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            let (field, _) = field(&format!("{}:", name.to_uppercase()))?;
            (field == wanted).then(|| paragraphs::one_line(value))
        })
    };
    let end = body
        .iter()
        .position(|line| {
            matches!(*line, "Classification" | "Graphic" | "Notes" | "Klassifizierung" | "Load-Date")
                || line.starts_with("Load-Date:")
        })
        .unwrap_or(body.len());
    article.byline = value(above, Field::Byline).and_then(|text| wire::byline(&text));
    article.section = value(above, Field::Section);
    article.language = value(&body[end..], Field::Language).and_then(|name| language(&name));
    // A list of all headlines may come first, then headline, source and date, one below the other.
    let is_fact = |line: &&str| line.split_once(": ").is_some_and(|(name, _)| name.len() < 20) || is_copyright(line);
    let facts = above.iter().rposition(|line| !is_fact(line)).map_or(0, |last| last + 1);
    let dated = above[..facts].iter().rposition(|line| is_date_line(line));
    if let Some(dated) = dated {
        article.published = dates::published_in(above[dated], context, &mut article.notes);
        let mut upwards = above[..dated].iter().rev().filter(|line| !is_notice(line));
        article.source = upwards.next().map(|line| (*line).to_owned());
        article.title = upwards.next().map(|line| paragraphs::one_line(line)).unwrap_or_default();
    } else {
        article.title = above.first().map(|line| paragraphs::one_line(line)).unwrap_or_default();
    }
    if article.published.is_none() {
        article.published = value(&body[end..], Field::LoadDate)
            .and_then(|text| dates::published(&text, Provenance::Metadata, context, &mut article.notes));
    }
    article.body = paragraphs::join(body[..end].iter().copied());
    checked(article)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers() {
        for (line, expected) in [
            ("                      1 of 100 DOCUMENTS", Some(100)),
            ("Dokument 3 von 12", Some(12)),
            ("2 sur 5 DOCUMENTS", Some(5)),
            ("Document 1 of 25", None),
            ("only 1 of 100 documents", None),
            ("1 of 100 ferries", None),
        ] {
            assert_eq!(marker(line), expected, "{line}");
        }
    }
}
