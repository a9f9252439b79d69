//! Reports as JSON.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::JSON_SCHEMA;
use super::safe_json::{write_compact, write_pretty};
use super::statistics::{counts, undetermined};
use crate::index::{SkipRow, Statistics};
use crate::ingest::{Dropped, IngestReport, Kept, LeftOut};

#[derive(Serialize)]
struct JsonReport<'a> {
    schema: u32,
    files: u64,
    unchanged: u64,
    read: u64,
    removed: u64,
    bytes: u64,
    articles_added: u64,
    articles_total: u64,
    skips: &'a BTreeMap<String, u64>,
    skips_total: u64,
    formats: BTreeMap<&'a str, JsonFormat>,
    seconds: f64,
    interrupted: bool,
    kept: Vec<JsonKept>,
    dropped: Vec<JsonKept>,
    missing: Vec<String>,
    empty: Vec<String>,
    left_out: JsonLeftOut,
}

#[derive(Serialize)]
struct JsonKept {
    path: String,
    articles: u64,
    cause: String,
}

#[derive(Serialize)]
struct JsonLeftOut {
    ignored: u64,
    hidden: u64,
    links: u64,
    special: u64,
}

#[derive(Serialize)]
struct JsonFormat {
    files: u64,
    articles: u64,
    skips: u64,
}

#[derive(Serialize)]
struct JsonSkip<'a> {
    file: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    inner: &'a str,
    record: u64,
    reason: &'a str,
    detail: &'a str,
}

#[derive(Serialize)]
struct JsonStatistics<'a> {
    schema: u32,
    index: String,
    folders: Vec<String>,
    articles: u64,
    files: u64,
    words: u64,
    skips: &'a BTreeMap<String, u64>,
    outlets: &'a BTreeMap<String, u64>,
    languages: &'a BTreeMap<String, u64>,
    language_undetermined: u64,
    years: &'a BTreeMap<i16, u64>,
    undated: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    first: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<String>,
    segments: usize,
    deleted: u64,
    bytes: &'a BTreeMap<String, u64>,
    format_version: u32,
    made_by: &'a str,
}

/// Writes the report of an indexing run as one object.
///
/// # Errors
/// Those of `out`.
pub fn report_json(out: &mut dyn Write, report: &IngestReport) -> io::Result<()> {
    let path = |path: &PathBuf| path.to_string_lossy().into_owned();
    let kept = |kept: &Kept| JsonKept { path: path(&kept.path), articles: kept.articles, cause: kept.cause.clone() };
    let dropped = |d: &Dropped| JsonKept { path: path(&d.path), articles: d.articles, cause: d.cause.clone() };
    let LeftOut { ignored, hidden, links, special } = report.left_out;
    let format = |c: &crate::ingest::FormatCount| JsonFormat { files: c.files, articles: c.articles, skips: c.skips };
    let object = JsonReport {
        schema: JSON_SCHEMA,
        files: report.files,
        unchanged: report.unchanged,
        read: report.read,
        removed: report.removed,
        bytes: report.bytes,
        articles_added: report.articles_added,
        articles_total: report.articles_total,
        skips: &report.skips,
        skips_total: report.skips_total,
        formats: report.formats.iter().map(|(name, count)| (name.as_str(), format(count))).collect(),
        seconds: report.seconds,
        interrupted: report.interrupted,
        kept: report.kept.iter().map(kept).collect(),
        dropped: report.dropped.iter().map(dropped).collect(),
        missing: report.missing.iter().map(path).collect(),
        empty: report.empty.iter().map(path).collect(),
        left_out: JsonLeftOut { ignored, hidden, links, special },
    };
    write_pretty(out, &object)
}

/// Writes one object with the keys `schema`, `total` and `skips`; each skip is on a line of its own.
///
/// # Errors
/// Those of `out`.
pub fn skips_json(out: &mut dyn Write, skips: &[SkipRow], total: usize) -> io::Result<()> {
    write!(out, "{{\"schema\":{JSON_SCHEMA},\"total\":{total},\"skips\":[")?;
    for (number, one) in skips.iter().enumerate() {
        out.write_all(if number == 0 { b"\n" } else { b",\n" })?;
        write_compact(out, &skip(one))?;
    }
    writeln!(out, "]}}")
}

/// Writes one object per skip and line.
///
/// # Errors
/// Those of `out`.
pub fn skips_jsonl(out: &mut dyn Write, skips: &[SkipRow]) -> io::Result<()> {
    skips.iter().try_for_each(|one| {
        write_compact(out, &skip(one))?;
        writeln!(out)
    })
}

fn skip(row: &SkipRow) -> JsonSkip<'_> {
    let SkipRow { file, inner, record, code, detail } = row;
    JsonSkip { file, inner, record: *record, reason: code, detail }
}

#[derive(Serialize)]
struct JsonOptimize {
    schema: u32,
    before: JsonSizes,
    after: JsonSizes,
}

#[derive(Serialize)]
struct JsonSizes {
    segments: usize,
    deleted: u64,
    bytes: u64,
}

/// Writes the sizes before and after merging as one object.
///
/// # Errors
/// Those of `out`.
pub fn optimize_json(out: &mut dyn Write, before: &Statistics, after: &Statistics) -> io::Result<()> {
    let sizes = |figures: &Statistics| JsonSizes {
        segments: figures.segments,
        deleted: figures.deleted,
        bytes: figures.bytes.values().sum(),
    };
    write_pretty(out, &JsonOptimize { schema: JSON_SCHEMA, before: sizes(before), after: sizes(after) })
}

#[derive(Serialize)]
struct JsonCount<'a> {
    group: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    count: u64,
}

/// Writes one object per count of the statistics and line, with the keys `group`, `name` and `count`; `name` is absent
/// for articles without a value.
///
/// # Errors
/// Those of `out`.
pub fn statistics_jsonl(out: &mut dyn Write, stats: &Statistics) -> io::Result<()> {
    counts(stats).iter().try_for_each(|(group, name, count)| {
        write_compact(out, &JsonCount { group, name: name.as_deref(), count: *count })?;
        writeln!(out)
    })
}

/// Writes the statistics of the index as one object.
///
/// # Errors
/// Those of `out`.
pub fn statistics_json(out: &mut dyn Write, stats: &Statistics, index: &Path, folders: &[PathBuf]) -> io::Result<()> {
    let object = JsonStatistics {
        schema: JSON_SCHEMA,
        index: index.to_string_lossy().into_owned(),
        folders: folders.iter().map(|folder| folder.to_string_lossy().into_owned()).collect(),
        articles: stats.articles,
        files: stats.files,
        words: stats.words,
        skips: &stats.skips,
        outlets: &stats.outlets,
        languages: &stats.languages,
        language_undetermined: undetermined(stats, &stats.languages),
        years: &stats.years,
        undated: stats.undated,
        first: stats.days.map(|(first, _)| first.to_string()),
        last: stats.days.map(|(_, last)| last.to_string()),
        segments: stats.segments,
        deleted: stats.deleted,
        bytes: &stats.bytes,
        format_version: stats.format_version,
        made_by: &stats.made_by,
    };
    write_pretty(out, &object)
}
