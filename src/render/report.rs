//! Reports of indexing, as text and JSON.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::facts::date;
use super::ink::{Ink, paint};
use super::numbers::{bytes, counted, seconds, thousands};
use super::safe::safe;
use super::safe_json::write_pretty;
use super::table::aligned;
use super::{JSON_SCHEMA, Style};
use crate::ingest::{Dropped, FormatCount, IngestReport, Kept, LeftOut, Preview};

/// Paths listed on the screen; data output has all of them.
const LISTED_MAX: usize = 10;

/// Writes the summary of an indexing run.
///
/// # Errors
/// Those of `out`.
pub fn report_text(out: &mut dyn Write, report: &IngestReport) -> io::Result<()> {
    if report.interrupted {
        let left = report.files.saturating_sub(report.read + report.unchanged);
        let (written, left) = (articles(report.articles_added), files(left));
        writeln!(out, "Interrupted: {written} written, {left} left; run `nutgraf index` again to continue")?;
    } else if report.files == 0 && report.removed == 0 {
        writeln!(out, "Nothing to index; {} in the index", articles(report.articles_total))?;
    } else if report.read == 0 {
        let removed = if report.removed > 0 { format!(", {} removed", files(report.removed)) } else { String::new() };
        writeln!(
            out,
            "Up to date: {}, {} unchanged{removed}",
            articles(report.articles_total),
            files(report.unchanged)
        )?;
    } else {
        done(out, report)?;
    }
    skips(out, report)
}

fn articles(number: u64) -> String {
    counted(number, "article", "articles")
}

fn files(number: u64) -> String {
    counted(number, "file", "files")
}

/// Writes the counts of a finished run.
fn done(out: &mut dyn Write, report: &IngestReport) -> io::Result<()> {
    let (size, time) = (bytes(report.bytes), seconds(report.seconds));
    let found: u64 = report.formats.values().map(|count| count.articles).sum();
    let (added, read) = (report.articles_added, files(report.read));
    if added < found {
        let found = articles(found);
        writeln!(out, "Read {found} in {read} ({size}) in {time}: {} new or changed", thousands(added))?;
    } else {
        writeln!(out, "Indexed {} from {read} ({size}) in {time}", articles(added))?;
    }
    if report.unchanged > 0 || report.removed > 0 {
        let (unchanged, removed) = (files(report.unchanged), files(report.removed));
        writeln!(out, "{unchanged} unchanged, {removed} removed; {} in the index", articles(report.articles_total))?;
    }
    if report.formats.len() < 2 {
        return Ok(());
    }
    let count = |name: &String, c: &FormatCount| {
        vec![format!("  {name}"), files(c.files), articles(c.articles), counted(c.skips, "skip", "skips")]
    };
    aligned(out, &report.formats.iter().map(|(name, c)| count(name, c)).collect::<Vec<_>>())
}

/// Writes the number of skips, of this run and of earlier runs.
fn skips(out: &mut dyn Write, report: &IngestReport) -> io::Result<()> {
    let skips: u64 = report.skips.values().sum();
    let earlier = report.skips_total.saturating_sub(skips);
    let list = "list them with `nutgraf skipped`";
    if skips > 0 {
        let reasons: Vec<String> = report.skips.iter().map(|(code, n)| format!("{} {code}", thousands(*n))).collect();
        let earlier = if earlier > 0 { format!("; {} in earlier runs", thousands(earlier)) } else { String::new() };
        writeln!(out, "{} skipped: {}{earlier} · {list}", thousands(skips), reasons.join(", "))?;
    } else if earlier > 0 {
        writeln!(out, "{} skipped in earlier runs · {list}", thousands(earlier))?;
    }
    let left_out = left_out(&report.left_out);
    if !left_out.is_empty() {
        writeln!(out, "left out: {}", left_out.join(", "))?;
    }
    not_read_text(out, report)
}

/// Writes what an indexing run could not read, one per line.
///
/// # Errors
/// Those of `out`.
pub fn not_read_text(out: &mut dyn Write, report: &IngestReport) -> io::Result<()> {
    for folder in &report.empty {
        writeln!(out, "no files found in {}", quoted(folder))?;
    }
    for Kept { path, articles: kept, cause, is_folder } in report.kept.iter().take(LISTED_MAX) {
        let drops = match kept {
            0 => {
                let is_so = safe(cause.strip_prefix("which ").unwrap_or(cause));
                writeln!(out, "the folder {} {is_so}; it has no articles in the index", quoted(path))?;
                continue;
            }
            _ if !is_folder => "",
            1 => "; `nutgraf forget` drops it",
            _ => "; `nutgraf forget` drops them",
        };
        writeln!(out, "kept {} of {}, {}{drops}", articles(*kept), quoted(path), safe(cause))?;
    }
    if let Some(more) = report.kept.get(LISTED_MAX..).filter(|more| !more.is_empty()) {
        let kept = articles(more.iter().map(|kept| kept.articles).sum());
        writeln!(out, "kept {kept} of {} more that cannot be read", counted(more.len() as u64, "path", "paths"))?;
    }
    for Dropped { path, articles: dropped, before, cause } in report.dropped.iter().take(LISTED_MAX) {
        let (dropped, path, cause) = (thousands(*dropped), quoted(path), safe(cause));
        writeln!(out, "dropped {dropped} of {} of {path}, which it no longer has: {cause}", articles(*before))?;
    }
    if let Some(more) = report.dropped.get(LISTED_MAX..).filter(|more| !more.is_empty()) {
        let dropped = articles(more.iter().map(|dropped| dropped.articles).sum());
        let files = counted(more.len() as u64, "more damaged file", "more damaged files");
        writeln!(out, "dropped {dropped} of {files}")?;
    }
    for path in &report.missing {
        writeln!(out, "error: no such file or folder: {}", quoted(path))?;
    }
    Ok(())
}

fn quoted(path: &Path) -> String {
    format!("`{}`", safe(&path.to_string_lossy()))
}

/// What was left out, with the options that include it.
fn left_out(left_out: &LeftOut) -> Vec<String> {
    let LeftOut { ignored, hidden, links, special } = *left_out;
    let parts = [
        (ignored, "by `.nutgrafignore` (`--no-ignore`)"),
        (hidden, "hidden (`--hidden`)"),
        (links, if links == 1 { "link (`--follow`)" } else { "links (`--follow`)" }),
        (special, if special == 1 { "pipe, socket or device" } else { "pipes, sockets and devices" }),
    ];
    parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{} {what}", thousands(*count))).collect()
}

/// Writes the result of a dry run for one source file.
///
/// # Errors
/// Those of `out`.
pub fn preview_text(out: &mut dyn Write, preview: &Preview, style: &Style) -> io::Result<()> {
    paint(out, &safe(&preview.path), Ink::Bold, style.color)?;
    let format = preview.format.unwrap_or("no format");
    writeln!(out, "  {format}, {}", counted(preview.articles, "article", "articles"))?;
    for (record, article) in &preview.first {
        let mut facts = vec![date(article.published.as_ref())];
        facts.extend(article.source.as_deref().map(|s| safe(s).into_owned()));
        let words = article.body.split_whitespace().count() as u64;
        facts.push(counted(words, "word", "words"));
        writeln!(out, "  {record:>4}  {} · {}", safe(&article.title), facts.join(" · "))?;
        for note in &article.notes {
            writeln!(out, "        note: {}", safe(note))?;
        }
    }
    for (record, reason) in &preview.skips {
        writeln!(out, "  {record:>4}  skipped: {}", safe(reason))?;
    }
    Ok(())
}

/// Writes the report of an indexing run as one JSON object.
///
/// # Errors
/// Those of `out`.
pub fn report_json(out: &mut dyn Write, report: &IngestReport) -> io::Result<()> {
    let paths = |paths: &[PathBuf]| paths.iter().map(|path| path.to_string_lossy().into()).collect::<Vec<Value>>();
    let with_cause = |path: &Path, articles: u64, cause: &str| json!({ "path": path.to_string_lossy(), "articles": articles, "cause": cause });
    let count = |(name, count): (&String, &FormatCount)| {
        let FormatCount { files, articles, skips } = count;
        (name.clone(), json!({ "files": files, "articles": articles, "skips": skips }))
    };
    let LeftOut { ignored, hidden, links, special } = report.left_out;
    let object = json!({
        "schema": JSON_SCHEMA,
        "files": report.files,
        "unchanged": report.unchanged,
        "read": report.read,
        "removed": report.removed,
        "bytes": report.bytes,
        "articles_added": report.articles_added,
        "articles_total": report.articles_total,
        "skips": report.skips,
        "skips_total": report.skips_total,
        "formats": report.formats.iter().map(count).collect::<Value>(),
        "seconds": report.seconds,
        "interrupted": report.interrupted,
        "kept": report.kept.iter().map(|k| with_cause(&k.path, k.articles, &k.cause)).collect::<Vec<_>>(),
        "dropped": report.dropped.iter().map(|d| with_cause(&d.path, d.articles, &d.cause)).collect::<Vec<_>>(),
        "missing": paths(&report.missing),
        "empty": paths(&report.empty),
        "left_out": { "ignored": ignored, "hidden": hidden, "links": links, "special": special },
    });
    write_pretty(out, &object)
}
