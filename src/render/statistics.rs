//! The index in figures.

use std::io::{self, Write};
use std::path::Path;

use super::Style;
use super::ink::{Ink, paint};
use super::numbers::{bytes, thousands};
use super::safe::safe;
use super::table::aligned;
use crate::search::IndexStatistics;

/// Outlets that are listed.
const OUTLETS: usize = 10;

/// Columns of the longest bar.
const BAR: usize = 40;

/// Writes the index in figures.
///
/// # Errors
/// Those of `out`.
pub fn statistics_text(
    out: &mut dyn Write,
    stats: &IndexStatistics,
    folder: &Path,
    root: &Path,
    style: &Style,
) -> io::Result<()> {
    let row = |name: &str, value: String| vec![name.to_owned(), value];
    writeln!(out, "index  {}\nroot   {}\n", safe(&folder.to_string_lossy()), safe(&root.to_string_lossy()))?;
    let skips: u64 = stats.skips.values().sum();
    aligned(
        out,
        &[
            row("articles", thousands(stats.articles)),
            row("words", thousands(stats.words)),
            row("source files", thousands(stats.files)),
            row("skips", thousands(skips)),
            row("published", stats.days.map_or("-".into(), |(first, last)| format!("{first} to {last}"))),
            row("segments", thousands(stats.segments as u64)),
            row("deleted, not yet merged away", thousands(stats.deleted)),
            row("size", bytes(stats.bytes.values().sum())),
            row("format version", stats.format_version.to_string()),
            row("made by nutgraf", safe(&stats.made_by).into_owned()),
        ],
    )?;
    sizes(out, stats, style)?;
    section(out, "skips by reason", stats.skips.iter().map(|(k, v)| (k.clone(), *v)).collect(), style)?;
    let mut outlets: Vec<(String, u64)> = stats.outlets.iter().map(|(k, v)| (safe(k).into_owned(), *v)).collect();
    outlets.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let more = outlets.len().saturating_sub(OUTLETS);
    outlets.truncate(OUTLETS);
    section(out, "outlets", outlets, style)?;
    if more > 0 {
        writeln!(out, "  and {more} more")?;
    }
    section(out, "languages", stats.languages.iter().map(|(k, v)| (safe(k).into_owned(), *v)).collect(), style)?;
    let mut years: Vec<(String, u64)> = stats.years.iter().map(|(k, v)| (k.to_string(), *v)).collect();
    if stats.undated > 0 {
        years.push(("undated".to_owned(), stats.undated));
    }
    section(out, "years", years, style)
}

/// Writes what takes how much space, the largest first.
fn sizes(out: &mut dyn Write, stats: &IndexStatistics, style: &Style) -> io::Result<()> {
    let mut parts: Vec<(&String, &u64)> = stats.bytes.iter().filter(|(_, bytes)| **bytes > 0).collect();
    parts.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
    writeln!(out)?;
    paint(out, "size by part", Ink::Bold, style.color)?;
    writeln!(out)?;
    aligned(out, &parts.into_iter().map(|(name, size)| vec![format!("  {name}"), bytes(*size)]).collect::<Vec<_>>())
}

/// Writes counts under a heading, with bars.
fn section(out: &mut dyn Write, heading: &str, counts: Vec<(String, u64)>, style: &Style) -> io::Result<()> {
    let most = counts.iter().map(|(_, n)| *n).max().unwrap_or(0);
    if most == 0 {
        return Ok(());
    }
    writeln!(out)?;
    paint(out, heading, Ink::Bold, style.color)?;
    writeln!(out)?;
    let bar = BAR.min(style.width / 3).max(1) as u64;
    let names = counts.iter().map(|(name, _)| super::wrap::columns(name)).max().unwrap_or(0);
    let digits = thousands(most).len();
    for (name, count) in counts {
        let blanks = " ".repeat(names - super::wrap::columns(&name));
        let length = (count * bar).div_ceil(most) as usize;
        writeln!(out, "  {name}{blanks}  {:>digits$}  {}", thousands(count), "▇".repeat(length))?;
    }
    Ok(())
}
