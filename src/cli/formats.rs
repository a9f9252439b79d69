//! `nutgraf formats`: lists the supported formats.

use super::args::Common;
use super::{Status, output};
use crate::format::FORMATS;

/// Formats used in newsrooms that are not supported, and what to do instead. Parquet has a Rust library, but its many
/// dependencies are not justified for a format that is rare in news and easy to convert.
const NOT_READ: &[(&str, &str)] = &[
    ("Parquet, Arrow, Avro, SQLite", "export to JSONL or CSV, such as `duckdb -c \"COPY 'a.parquet' TO 'a.jsonl'\"`"),
    ("Word documents from before 2007", "save as .docx, or `nutgraf index --extract 'doc=antiword {}'`"),
    ("scanned pages", "add the text by OCR first, such as `ocrmypdf a.pdf b.pdf`"),
    ("anything else that a program turns into text", "`nutgraf index --extract 'djvu=djvutxt {}'`"),
];

pub(super) fn run(_: &Common) -> anyhow::Result<Status> {
    let mut rows: Vec<(&str, String, &str)> =
        FORMATS.iter().map(|format| (format.name, extensions(format.extensions), format.title)).collect();
    rows.sort_unstable();
    let names = rows.iter().map(|row| row.0.len()).max().unwrap_or(0);
    let endings = rows.iter().map(|row| row.1.len()).max().unwrap_or(0);
    output::data(|out| {
        rows.iter().try_for_each(|(name, ending, title)| writeln!(out, "{name:names$}  {ending:endings$}  {title}"))?;
        NOT_READ.iter().try_for_each(|(what, instead)| writeln!(out, "not read: {what}: {instead}"))
    })?;
    Ok(Status::Done)
}

fn extensions(known: &[&str]) -> String {
    known.iter().map(|extension| format!(".{extension}")).collect::<Vec<_>>().join(" ")
}
