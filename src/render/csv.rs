//! CSV tables (RFC 4180).
//!
//! Cells keep their line breaks. Other control characters are replaced, because CSV cannot escape them. Nothing else is
//! changed: a spreadsheet may read a cell that begins with `=`, `+`, `-` or `@` as a formula, so import columns as text.

use std::borrow::Cow;
use std::io::{self, Write};

use super::facts::place;
use super::numbers::rounded;
use super::safe::{is_safe, safe};
use super::statistics::counts;
use crate::index::{SkipRow, Statistics};
use crate::search::Results;

/// Writes a header row and a row for each hit.
///
/// # Errors
/// Those of `out`.
pub fn hits_csv(out: &mut dyn Write, results: &Results) -> io::Result<()> {
    let mut table = table(out);
    let header = [
        "rank",
        "score",
        "id",
        "title",
        "published",
        "source",
        "path",
        "record",
        "ordinal",
        "start",
        "end",
        "text",
        "copies",
    ];
    table.write_record(header)?;
    for hit in &results.hits {
        let article = &hit.article;
        table.write_record([
            hit.rank.to_string().as_str(),
            &rounded(hit.score).to_string(),
            &cell(&article.id),
            &cell(&article.title),
            &article.published.map(|p| p.day.to_string()).unwrap_or_default(),
            &cell(article.source.as_deref().unwrap_or_default()),
            &cell(&place(&article.path, &article.inner)),
            &article.record.to_string(),
            &hit.passage.ordinal.to_string(),
            &hit.passage.bytes.start.to_string(),
            &hit.passage.bytes.end.to_string(),
            &cell(&hit.passage.text),
            &hit.copies.len().to_string(),
        ])?;
    }
    table.flush()
}

/// Writes a header row and a row for each skip.
///
/// # Errors
/// Those of `out`.
pub fn skips_csv(out: &mut dyn Write, skips: &[SkipRow]) -> io::Result<()> {
    let mut table = table(out);
    table.write_record(["file", "inner", "record", "reason", "detail"])?;
    for SkipRow { file, inner, record, code, detail } in skips {
        table.write_record([&*cell(file), &cell(inner), &record.to_string(), code, &cell(detail)])?;
    }
    table.flush()
}

/// Writes a header row and a row for each count of the statistics.
///
/// # Errors
/// Those of `out`.
pub fn statistics_csv(out: &mut dyn Write, stats: &Statistics) -> io::Result<()> {
    let mut table = table(out);
    table.write_record(["group", "name", "count"])?;
    for (group, name, count) in counts(stats) {
        table.write_record([group, &cell(&name.unwrap_or_default()), &count.to_string()])?;
    }
    table.flush()
}

fn table<W: Write>(out: W) -> csv::Writer<W> {
    csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out)
}

/// The text without control characters other than line breaks.
fn cell(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_safe) {
        return Cow::Borrowed(text);
    }
    let lines: Vec<_> = text.split('\n').map(safe).collect();
    Cow::Owned(lines.join("\n"))
}
