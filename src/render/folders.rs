//! The folders of an archive, as text and JSON.

use std::io::{self, Write};
use std::path::PathBuf;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::JSON_SCHEMA;
use super::numbers::counted;
use super::safe::safe;
use super::safe_json::{write_compact, write_pretty};
use super::table::aligned;
use crate::index::{Counts, Reading};

/// A folder of the archive with its counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderRow {
    /// Its path, relative to the current folder if below it.
    pub path: PathBuf,
    /// Whether it exists.
    pub is_there: bool,
    /// Counts of its documents.
    pub counts: Counts,
    /// Time of its last refresh.
    pub refreshed: Option<Timestamp>,
    /// Its reading options.
    pub reading: Reading,
}

impl FolderRow {
    /// The path, with the current folder as `.`.
    fn shown(&self) -> String {
        if self.path.as_os_str().is_empty() { ".".to_owned() } else { self.path.to_string_lossy().into_owned() }
    }
}

/// Writes a line for each folder: path, counts, time of the last refresh, options.
///
/// # Errors
/// Those of `out`.
pub fn folders_text(out: &mut dyn Write, rows: &[FolderRow]) -> io::Result<()> {
    let line = |row: &FolderRow| {
        let day = row.refreshed.map(|at| at.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string());
        let state =
            if row.is_there { day.unwrap_or_else(|| "not complete".to_owned()) } else { "not there".to_owned() };
        let mut cells = vec![
            safe(&row.shown()).into_owned(),
            counted(row.counts.articles, "article", "articles"),
            counted(row.counts.files, "file", "files"),
            counted(row.counts.skips, "skip", "skips"),
            state,
        ];
        cells.extend(Some(options(&row.reading)).filter(|text| !text.is_empty()));
        cells
    };
    aligned(out, &rows.iter().map(line).collect::<Vec<_>>())
}

/// Options as typed on the command line.
fn options(reading: &Reading) -> String {
    let flags = [(reading.hidden, "--hidden"), (reading.no_ignore, "--no-ignore"), (reading.follow_links, "--follow")];
    let mut all: Vec<String> = flags.iter().filter(|(set, _)| *set).map(|(_, flag)| (*flag).to_owned()).collect();
    all.extend(reading.format.iter().map(|format| format!("--format {format}")));
    all.extend(reading.map.iter().map(|map| format!("--map {map}")));
    all.extend(reading.extract.iter().map(|extract| format!("--extract '{extract}'")));
    safe(&all.join(" ")).into_owned()
}

#[derive(Serialize)]
struct JsonFolders<'a> {
    schema: u32,
    folders: Vec<JsonFolder<'a>>,
}

#[derive(Serialize)]
struct JsonFolder<'a> {
    path: String,
    there: bool,
    articles: u64,
    files: u64,
    skips: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    refreshed: Option<String>,
    options: &'a Reading,
}

/// Writes one object with all folders.
///
/// # Errors
/// Those of `out`.
pub fn folders_json(out: &mut dyn Write, rows: &[FolderRow]) -> io::Result<()> {
    write_pretty(out, &JsonFolders { schema: JSON_SCHEMA, folders: rows.iter().map(json_folder).collect() })
}

/// Writes one object per folder and line.
///
/// # Errors
/// Those of `out`.
pub fn folders_jsonl(out: &mut dyn Write, rows: &[FolderRow]) -> io::Result<()> {
    rows.iter().try_for_each(|row| {
        write_compact(out, &json_folder(row))?;
        writeln!(out)
    })
}

/// Writes a header row and a row for each folder.
///
/// # Errors
/// Those of `out`.
pub fn folders_csv(out: &mut dyn Write, rows: &[FolderRow]) -> io::Result<()> {
    let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    table.write_record(["path", "there", "articles", "files", "skips", "refreshed", "options"])?;
    for row in rows {
        let Counts { files, articles, skips } = row.counts;
        let (counts, refreshed) =
            ([articles, files, skips].map(|count| count.to_string()), row.refreshed.map(|at| at.to_string()));
        let [articles, files, skips] = &counts;
        let (there, refreshed) = (row.is_there.to_string(), refreshed.unwrap_or_default());
        table.write_record([
            &*safe(&row.shown()),
            &there,
            articles,
            files,
            skips,
            &refreshed,
            &options(&row.reading),
        ])?;
    }
    table.flush()
}

fn json_folder(row: &FolderRow) -> JsonFolder<'_> {
    let Counts { files, articles, skips } = row.counts;
    JsonFolder {
        path: row.shown(),
        there: row.is_there,
        articles,
        files,
        skips,
        refreshed: row.refreshed.map(|at| at.to_string()),
        options: &row.reading,
    }
}
