//! The folders of an archive, in every form.

use std::io::{self, Write};
use std::path::PathBuf;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::listing::{Listing, Rows};
use super::numbers::counted;
use super::safe::safe;
use super::safe_json::{without_nulls, write_pretty};
use super::table::aligned;
use super::{JSON_SCHEMA, Style};
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

/// The folders of an archive.
#[derive(Debug, Clone, Copy)]
pub struct FolderList<'a>(pub &'a [FolderRow]);

impl Listing for FolderList<'_> {
    /// Writes a line for each folder: path, counts, time of the last refresh, options.
    fn text(&self, out: &mut dyn Write, _: &Style) -> io::Result<()> {
        let line = |row: &FolderRow| {
            let day = row.refreshed.map(|at| at.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string());
            let state =
                if row.is_there { day.unwrap_or_else(|| "incomplete".to_owned()) } else { "missing".to_owned() };
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
        aligned(out, &self.0.iter().map(line).collect::<Vec<_>>())
    }

    fn json(&self, out: &mut dyn Write) -> io::Result<()> {
        write_pretty(out, &json!({ "schema": JSON_SCHEMA, "folders": self.rows().collect::<Vec<_>>() }))
    }

    fn rows(&self) -> Rows<'_> {
        Box::new(self.0.iter().map(|row| without_nulls(object(row, json!(row.reading)))))
    }

    fn header(&self) -> Vec<String> {
        ["path", "there", "articles", "files", "skips", "refreshed", "options"].map(str::to_owned).to_vec()
    }

    fn cells(&self) -> Rows<'_> {
        Box::new(self.0.iter().map(|row| object(row, options(&row.reading).into())))
    }
}

fn object(row: &FolderRow, options: Value) -> Value {
    json!({
        "path": row.shown(),
        "there": row.is_there,
        "articles": row.counts.articles,
        "files": row.counts.files,
        "skips": row.counts.skips,
        "refreshed": row.refreshed.map(|at| at.to_string()),
        "options": options,
    })
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
