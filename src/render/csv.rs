//! CSV tables (RFC 4180).
//!
//! Cells keep their line breaks. Other control characters are replaced, because CSV cannot escape them. Nothing else is
//! changed: a spreadsheet may read a cell that begins with `=`, `+`, `-` or `@` as a formula, so import columns as text.

use std::borrow::Cow;
use std::io::{self, Write};

use super::safe::{is_safe, safe};
use super::template::field;
use crate::search::Results;

/// The columns of hits, with the template fields that fill them.
const COLUMNS: [(&str, &str); 13] = [
    ("rank", "rank"),
    ("score", "score"),
    ("id", "id"),
    ("title", "title"),
    ("published", "date"),
    ("source", "source"),
    ("path", "path"),
    ("record", "record"),
    ("ordinal", "ordinal"),
    ("start", "start"),
    ("end", "end"),
    ("text", "passage"),
    ("copies", "copies"),
];

/// Writes a header row and a row for each hit.
///
/// # Errors
/// Those of `out`.
pub fn hits_csv(out: &mut dyn Write, results: &Results) -> io::Result<()> {
    let header = COLUMNS.map(|(column, _)| column.to_owned());
    let rows = results.hits.iter().map(|hit| COLUMNS.map(|(_, name)| field(hit, name).into_owned()).to_vec());
    write_csv(out, &header, rows)
}

/// Writes a header row and other rows.
pub(super) fn write_csv(
    out: &mut dyn Write,
    header: &[String],
    rows: impl Iterator<Item = Vec<String>>,
) -> io::Result<()> {
    let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    for row in std::iter::once(header.to_vec()).chain(rows) {
        table.write_record(row.iter().map(|text| cell(text).into_owned()))?;
    }
    table.flush()
}

/// The text without control characters other than line breaks.
fn cell(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_safe) {
        return Cow::Borrowed(text);
    }
    let lines: Vec<_> = text.split('\n').map(safe).collect();
    Cow::Owned(lines.join("\n"))
}
