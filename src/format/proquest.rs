//! ProQuest exports as text: documents between lines of underscores, fields with names such as `Full text:`.
//!
//! Owns the division into documents and fields.

use super::common::delivery::{self, checked, language, sample_text};
use super::common::{charset, dates, paragraphs, wire};
use super::{Certainty, Context, Format, Record, Sample, Sink, Split};
use crate::article::{Article, Provenance};
use crate::error::SkipReason;

/// ProQuest deliveries.
pub(super) const FORMAT: Format = Format {
    name: "proquest",
    title: "ProQuest deliveries",
    extensions: &["txt"],
    version: 2,
    detect,
    split: Split::Whole,
    parse,
};

/// Names of fields, without those that also begin sentences of articles.
const FIELDS: &str = "Abstract|Author|Author affiliation|Classification|Column|Company / organization|Copyright|\
    Correspondence author|Country of publication|Credit|Database|Dateline|Document feature|Document type|\
    Document URL|DOI|First page|Full text|Full Text|Identifier / keyword|ISSN|e-ISSN|ISBN|Issue|\
    Language of publication|Last updated|Links|Location|Name|Number of pages|Page|Pages|People|\
    Place of publication|ProQuest document ID|Publication date|Publication info|Publication subject|\
    Publication title|Publication year|Publisher|Section|Source type|Start page|Subject|Subtitle|Title|Volume|\
    Year|ProQuest document link|Publication Info|Company|Product name|Images|Illustration|\
    Number of references|NAICS|Accession number";

fn detect(sample: &Sample<'_>) -> Certainty {
    if is_delivery(&sample_text(sample)) { Certainty::Certain } else { Certainty::No }
}

fn parse(record: &Record, context: &Context<'_>, sink: &mut Sink<'_>) {
    articles(&charset::decode(&record.bytes, context.charset, None), context, sink);
}

/// Whether a text is an export.
pub(super) fn is_delivery(text: &str) -> bool {
    let named = |name: &str| text.lines().any(|line| line.trim_start().starts_with(name));
    let ours = named("ProQuest document ID:")
        || named("Publication title:")
        || named("Publication info:")
        || named("Report Information from ProQuest");
    ours && (text.lines().any(is_separator) || named("Full text:") || named("Full Text:"))
}

fn is_separator(line: &str) -> bool {
    let line = line.trim();
    line.len() >= 40 && line.bytes().all(|b| b == b'_')
}

/// Sends the articles of an export to the sink.
pub(super) fn articles(text: &str, context: &Context<'_>, sink: &mut Sink<'_>) {
    let lines: Vec<&str> = text.trim_start_matches('\u{feff}').lines().collect();
    let stated = lines.iter().filter_map(|line| count(line)).max();
    let documents = lines.split(|line| is_separator(line)).filter_map(|lines| article(lines, context));
    delivery::send(documents, stated, sink);
}

/// The number of documents in a line such as `Document 1 of 25`.
fn count(line: &str) -> Option<usize> {
    let (number, all) = line.trim().strip_prefix("Document ")?.split_once(" of ")?;
    number.parse::<usize>().ok()?;
    all.parse().ok()
}

/// The field at the start of a line, and the rest of the line.
fn field(line: &str) -> Option<(&'static str, &str)> {
    let (name, value) = line.split_once(':')?;
    let name = name.trim();
    let known = FIELDS.split('|').find(|known| *known == name)?;
    Some((known, value.trim()))
}

/// The outlet in a title such as `New York Times, Late Edition (East Coast); New York, N.Y.`.
fn outlet(title: &str) -> &str {
    let name = title.split(';').next().unwrap_or(title).trim();
    match name.split_once(", ") {
        Some((outlet, edition)) if edition.to_lowercase().contains("edition") => outlet,
        _ => name,
    }
}

/// The article of a document; `None` for the lists and notices between them.
fn article(lines: &[&str], context: &Context<'_>) -> Option<Result<Article, SkipReason>> {
    let mut fields: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut above: Vec<&str> = Vec::new();
    for line in lines {
        let line = line.trim_end();
        match field(line.trim_start()) {
            Some((name, value)) => fields.push((name, vec![value])),
            None => match fields.last_mut() {
                Some((_, value)) => value.push(line),
                None => above.push(line),
            },
        }
    }
    let value = |names: &[&str]| {
        let found = fields.iter().find(|(name, value)| names.contains(name) && value.iter().any(|l| !l.is_empty()));
        found.map(|(_, value)| value.join("\n"))
    };
    let line = |names: &[&str]| value(names).map(|text| paragraphs::one_line(&text));
    let text = value(&["Full text", "Full Text"]).or_else(|| value(&["Abstract"]));
    let is_document = text.is_some() || value(&["ProQuest document ID", "Publication title"]).is_some();
    if !is_document {
        return None;
    }
    let first = above.iter().map(|l| l.trim()).find(|l| !l.is_empty() && count(l).is_none());
    let mut article = Article {
        id: line(&["ProQuest document ID"]),
        title: line(&["Title"]).or_else(|| first.map(paragraphs::one_line)).unwrap_or_default(),
        byline: line(&["Author"]).and_then(|text| wire::byline(&text)),
        section: line(&["Section"]),
        language: line(&["Language of publication"]).and_then(|name| language(&name)),
        url: line(&["Document URL"])
            .filter(|url| url.starts_with("http"))
            .map(|url| url.split_whitespace().next().unwrap_or_default().to_owned()),
        ..Article::default()
    };
    let info = line(&["Publication info", "Publication Info"]);
    article.source = line(&["Publication title"]).or_else(|| info.clone()).map(|title| outlet(&title).to_owned());
    let date = line(&["Publication date"]);
    article.published = match (date, info) {
        (Some(date), _) => dates::published(&date, Provenance::Metadata, context, &mut article.notes),
        (None, info) => dates::published_in(&info.unwrap_or_default(), context, &mut article.notes),
    };
    article.body = paragraphs::from_plain(text.as_deref().unwrap_or_default().trim());
    if matches!(article.body.as_str(), "Not available." | "Not Available" | "None available.") {
        article.body.clear();
    }
    Some(checked(article))
}
