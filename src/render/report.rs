//! What indexing did, in words.

use std::io::{self, Write};

use super::Style;
use super::facts::date;
use super::ink::{Ink, paint};
use super::numbers::{bytes, counted, seconds, thousands};
use super::safe::safe;
use super::table::aligned;
use crate::ingest::{IngestReport, Preview};
use crate::search::SkipRow;

/// Writes the summary of an indexing run.
///
/// # Errors
/// Those of `out`.
pub fn report_text(out: &mut dyn Write, report: &IngestReport, _style: &Style) -> io::Result<()> {
    let articles = |n| counted(n, "article", "articles");
    let files = |n| counted(n, "file", "files");
    if report.interrupted {
        writeln!(out, "Interrupted: what was read by then is in the index; run it again to go on")?;
    }
    if report.read == 0 && report.removed == 0 && report.skips.is_empty() {
        writeln!(out, "Up to date: {}, {} unchanged", articles(report.articles_total), files(report.unchanged))?;
    } else {
        let size = bytes(report.bytes);
        let (added, read) = (articles(report.articles_added), files(report.read));
        writeln!(out, "Indexed {added} from {read} ({size}) in {}", seconds(report.seconds))?;
        if report.unchanged > 0 || report.removed > 0 {
            let (unchanged, gone) = (files(report.unchanged), files(report.removed));
            let total = articles(report.articles_total);
            writeln!(out, "{unchanged} unchanged, {gone} gone; {total} in the index")?;
        }
        if report.formats.len() > 1 {
            let count = |name: &String, c: &crate::ingest::FormatCount| {
                vec![format!("  {name}"), files(c.files), articles(c.articles), counted(c.skips, "skip", "skips")]
            };
            aligned(out, &report.formats.iter().map(|(name, c)| count(name, c)).collect::<Vec<_>>())?;
        }
    }
    let skips: u64 = report.skips.values().sum();
    if skips > 0 {
        let reasons: Vec<String> = report.skips.iter().map(|(code, n)| format!("{} {code}", thousands(*n))).collect();
        writeln!(out, "{} skipped: {} · list them with `nutgraf skipped`", thousands(skips), reasons.join(", "))?;
    }
    Ok(())
}

/// Writes what a dry run found in one source file.
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

/// Writes the skips, one a line: place, then reason.
///
/// # Errors
/// Those of `out`.
pub fn skips_text(out: &mut dyn Write, skips: &[SkipRow], style: &Style) -> io::Result<()> {
    for skip in skips {
        let inner = if skip.inner.is_empty() { String::new() } else { format!("!/{}", skip.inner) };
        let record = if skip.record == 0 { String::new() } else { format!("#{}", skip.record) };
        paint(out, &safe(&format!("{}{inner}{record}", skip.file)), Ink::Bold, style.color)?;
        writeln!(out, ": {}", safe(&skip.detail))?;
    }
    Ok(())
}
