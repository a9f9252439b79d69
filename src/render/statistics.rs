//! Statistics of the index, in every form.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::ink::{Ink, paint};
use super::listing::{Listing, Rows};
use super::numbers::{bytes, thousands};
use super::safe::safe;
use super::safe_json::{without_nulls, write_pretty};
use super::table::aligned;
use super::wrap::{columns, shorten, shorten_middle};
use super::{JSON_SCHEMA, Style};
use crate::article::Language;
use crate::index::Statistics;

/// Maximum number of listed outlets.
const OUTLETS: usize = 10;

/// Maximum number of listed folders.
const FOLDERS: usize = 5;

/// Columns of the longest bar.
const BAR: usize = 40;

/// The statistics of an index, and where it is.
#[derive(Debug, Clone, Copy)]
pub struct StatisticsList<'a> {
    /// The statistics.
    pub stats: &'a Statistics,
    /// The index folder.
    pub index: &'a Path,
    /// The folders of the archive.
    pub folders: &'a [PathBuf],
}

impl Listing for StatisticsList<'_> {
    fn text(&self, out: &mut dyn Write, style: &Style) -> io::Result<()> {
        let Self { stats, index, folders } = *self;
        let row = |name: &str, value: String| vec![name.to_owned(), value];
        let names = ["index", "folders"].into_iter().chain(std::iter::repeat(""));
        for (name, path) in names.zip(std::iter::once(index).chain(folders.iter().take(FOLDERS).map(PathBuf::as_path)))
        {
            let path = path.to_string_lossy();
            writeln!(out, "{name:9}{}", shorten_middle(&safe(&path), style.columns().saturating_sub(9)))?;
        }
        if folders.len() > FOLDERS {
            writeln!(out, "         and {} more; `nutgraf folders` lists them", folders.len() - FOLDERS)?;
        }
        writeln!(out)?;
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
                row("deleted documents", thousands(stats.deleted)),
                row("size", bytes(stats.bytes.values().sum())),
                row("format version", stats.format_version.to_string()),
                row("created by nutgraf", safe(&stats.made_by).into_owned()),
            ],
        )?;
        sizes(out, stats, style)?;
        section(out, "skips by reason", stats.skips.iter().map(|(k, v)| (k.clone(), *v)).collect(), style)?;
        let mut outlets: Vec<(String, u64)> = stats.outlets.iter().map(|(k, v)| (safe(k).into_owned(), *v)).collect();
        most_first(&mut outlets);
        let more = outlets.len().saturating_sub(OUTLETS);
        let rest: u64 = outlets.iter().skip(OUTLETS).map(|(_, n)| n).sum();
        outlets.truncate(OUTLETS);
        if more > 0 {
            outlets.push((format!("{} more", thousands(more as u64)), rest));
        }
        outlets.extend(missing("no outlet", stats, &stats.outlets));
        section(out, "outlets", outlets, style)?;
        let mut languages: Vec<(String, u64)> = stats.languages.iter().map(|(code, n)| (language(code), *n)).collect();
        most_first(&mut languages);
        languages.extend(missing("undetermined", stats, &stats.languages));
        section(out, "languages", languages, style)?;
        let mut years: Vec<(String, u64)> = stats.years.iter().map(|(k, v)| (k.to_string(), *v)).collect();
        if stats.undated > 0 {
            years.push(("undated".to_owned(), stats.undated));
        }
        section(out, "years", years, style)
    }

    fn json(&self, out: &mut dyn Write) -> io::Result<()> {
        let Self { stats, index, folders } = *self;
        let folders: Vec<Value> = folders.iter().map(|folder| folder.to_string_lossy().into()).collect();
        let object = json!({
            "schema": JSON_SCHEMA,
            "index": index.to_string_lossy(),
            "folders": folders,
            "articles": stats.articles,
            "files": stats.files,
            "words": stats.words,
            "skips": stats.skips,
            "outlets": stats.outlets,
            "languages": stats.languages,
            "language_undetermined": undetermined(stats, &stats.languages),
            "years": stats.years,
            "undated": stats.undated,
            "first": stats.days.map(|(first, _)| first.to_string()),
            "last": stats.days.map(|(_, last)| last.to_string()),
            "segments": stats.segments,
            "deleted": stats.deleted,
            "bytes": stats.bytes,
            "format_version": stats.format_version,
            "made_by": stats.made_by,
        });
        write_pretty(out, &without_nulls(object))
    }

    /// An object for each count, with the keys `group`, `name` and `count`; `name` is absent for articles without a
    /// value.
    fn rows(&self) -> Rows<'_> {
        let row = |(group, name, count)| without_nulls(json!({ "group": group, "name": name, "count": count }));
        Box::new(counts(self.stats).into_iter().map(row))
    }

    fn header(&self) -> Vec<String> {
        ["group", "name", "count"].map(str::to_owned).to_vec()
    }
}

/// Writes the sizes of an index before and after merging as one JSON object.
///
/// # Errors
/// Those of `out`.
pub fn optimize_json(out: &mut dyn Write, before: &Statistics, after: &Statistics) -> io::Result<()> {
    let sizes = |stats: &Statistics| {
        let bytes: u64 = stats.bytes.values().sum();
        json!({ "segments": stats.segments, "deleted": stats.deleted, "bytes": bytes })
    };
    write_pretty(out, &json!({ "schema": JSON_SCHEMA, "before": sizes(before), "after": sizes(after) }))
}

/// Sorts by decreasing count, then by name.
fn most_first(counts: &mut [(String, u64)]) {
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
}

/// A row for the articles without a value, if there are any.
fn missing(name: &str, stats: &Statistics, counts: &BTreeMap<String, u64>) -> Option<(String, u64)> {
    let left = undetermined(stats, counts);
    (left > 0).then(|| (name.to_owned(), left))
}

/// Number of articles without a value.
fn undetermined(stats: &Statistics, counts: &BTreeMap<String, u64>) -> u64 {
    stats.articles.saturating_sub(counts.values().sum())
}

/// Code and name of a language.
pub(super) fn language(code: &str) -> String {
    let language = Language::of(Some(code));
    match language.code() {
        Some(code) => format!("{code} {}", language.name()),
        None => safe(code).into_owned(),
    }
}

/// All counts as rows: group, name (none for articles without a value), count.
fn counts(stats: &Statistics) -> Vec<(&'static str, Option<String>, u64)> {
    let mut rows = Vec::new();
    let mut add = |group, counts: &BTreeMap<String, u64>, left: u64| {
        rows.extend(counts.iter().map(|(name, count)| (group, Some(name.clone()), *count)));
        rows.extend((left > 0).then_some((group, None, left)));
    };
    add("outlet", &stats.outlets, undetermined(stats, &stats.outlets));
    add("language", &stats.languages, undetermined(stats, &stats.languages));
    let years: BTreeMap<String, u64> = stats.years.iter().map(|(year, count)| (year.to_string(), *count)).collect();
    add("year", &years, stats.undated);
    add("skip", &stats.skips, 0);
    add("bytes", &stats.bytes, 0);
    rows
}

/// Writes the size of each part, largest first.
fn sizes(out: &mut dyn Write, stats: &Statistics, style: &Style) -> io::Result<()> {
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
    let digits = thousands(most).len();
    // The indent and the blanks between name, count and bar.
    let room = style.columns().saturating_sub(digits + 6);
    let bar = BAR.min(style.width / 3).max(1);
    let names = counts.iter().map(|(name, _)| columns(name)).max().unwrap_or(0).min(room.saturating_sub(bar)).max(1);
    for (name, count) in counts {
        let name = shorten(&name, names);
        let blanks = " ".repeat(names.saturating_sub(columns(&name)));
        let length = (count * bar as u64).div_ceil(most) as usize;
        writeln!(out, "  {name}{blanks}  {:>digits$}  {}", thousands(count), "▇".repeat(length))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fit_the_terminal_and_counts_add_up() {
        let mut stats = Statistics { articles: 2_000, ..Statistics::default() };
        stats.outlets.insert("A most venerable and long-winded daily paper of record ".repeat(3), 1_200);
        stats.outlets.extend((0..12).map(|n| (format!("paper {n}"), 10)));
        stats.languages.extend([("en".to_owned(), 1_300), ("tlh".to_owned(), 100)]);
        for width in [40, 80, 120] {
            let mut out = Vec::new();
            let path = Path::new("/a/very/long/path/that/leads/deep/into/the/house/and/never/comes/out/of/it/again");
            let list = StatisticsList { stats: &stats, index: path, folders: &[path.to_owned()] };
            list.text(&mut out, &Style::plain(width)).expect("memory");
            let text = String::from_utf8(out).expect("text");
            assert!(text.lines().all(|line| columns(line) <= width), "{text}");
            for row in ["3 more           30", "no outlet       680", "undetermined    600", "en English    1,300"] {
                let words: Vec<&str> = row.split_whitespace().collect();
                let found = text.lines().any(|line| line.split_whitespace().collect::<Vec<_>>().starts_with(&words));
                assert!(found, "{row} in {text}");
            }
        }
    }
}
