//! Hits as text for people, and as bare identifiers.

use std::io::{self, Write};
use std::ops::Range;

use super::Style;
use super::ink::{Ink, paint, paint_marked};
use super::numbers::counted;
use super::safe::{flowing, safe};
use super::wrap::{columns, lines, shorten, shorten_middle};
use crate::article::{Provenance, Published};
use crate::search::{ArticleFacts, Copy, Hit, Results};

/// Columns before a hit's text, which hold its rank.
const INDENT: usize = 4;

/// Lines of a passage that are shown; of a longer one those around the densest marks are.
const PASSAGE_LINES_MAX: usize = 6;

/// Writes hits one below the other: headline, facts, passage, copies.
///
/// # Errors
/// Those of `out`.
pub fn hits_text(out: &mut dyn Write, results: &Results, style: &Style) -> io::Result<()> {
    for (number, hit) in results.hits.iter().enumerate() {
        if number > 0 {
            writeln!(out)?;
        }
        one(out, hit, style)?;
    }
    Ok(())
}

/// Writes the hits' article identifiers, one a line, each once.
///
/// # Errors
/// Those of `out`.
pub fn hits_ids(out: &mut dyn Write, results: &Results) -> io::Result<()> {
    let mut before: Option<&str> = None;
    for hit in &results.hits {
        if before != Some(&hit.article.id) {
            writeln!(out, "{}", safe(&hit.article.id))?;
        }
        before = Some(&hit.article.id);
    }
    Ok(())
}

fn one(out: &mut dyn Write, hit: &Hit, style: &Style) -> io::Result<()> {
    let article = &hit.article;
    let title = match article.title.is_empty() {
        true => flowing("(no headline)", &[]),
        false => flowing(&article.title, &article.title_highlights),
    };
    let width = style.text_columns();
    for (number, line) in lines(&title.text, width - INDENT).into_iter().enumerate() {
        match number {
            0 => write!(out, "{:>2}  ", hit.rank)?,
            _ => write!(out, "{:INDENT$}", "")?,
        }
        paint_marked(out, &title.text, line, &title.marks, Ink::Bold, style.color)?;
        writeln!(out)?;
    }
    write!(out, "{:INDENT$}", "")?;
    paint(out, &facts(article, style.width.max(width) - INDENT), Ink::Dim, style.color)?;
    writeln!(out)?;
    let passage = flowing(&hit.passage.text, &hit.passage.highlights);
    let all = lines(&passage.text, width - INDENT);
    let shown = window(&all, &passage.marks);
    if shown.start > 0 {
        writeln!(out, "{:INDENT$}…", "")?;
    }
    for line in &all[shown.clone()] {
        write!(out, "{:INDENT$}", "")?;
        paint_marked(out, &passage.text, line.clone(), &passage.marks, Ink::Plain, style.color)?;
        writeln!(out)?;
    }
    if shown.end < all.len() {
        writeln!(out, "{:INDENT$}…", "")?;
    }
    copies(out, &hit.copies, style, width)
}

/// The lines to show: all, or the window with the most marks.
fn window(all: &[Range<usize>], marks: &[Range<usize>]) -> Range<usize> {
    if all.len() <= PASSAGE_LINES_MAX {
        return 0..all.len();
    }
    let marked = |line: &Range<usize>| marks.iter().filter(|m| m.start < line.end && m.end > line.start).count();
    let counts: Vec<usize> = all.iter().map(marked).collect();
    let best = (0..=all.len() - PASSAGE_LINES_MAX)
        .max_by_key(|start| (counts[*start..start + PASSAGE_LINES_MAX].iter().sum::<usize>(), usize::MAX - start));
    let start = best.unwrap_or(0);
    start..start + PASSAGE_LINES_MAX
}

/// Date, outlet, byline and place in one line of at most `width` columns.
fn facts(article: &ArticleFacts, width: usize) -> String {
    let mut parts = vec![date(article.published.as_ref())];
    parts.extend(article.source.as_deref().map(|s| safe(s).into_owned()));
    let place = place(article);
    let place = match article.id == place || place.ends_with(&article.id) {
        true => place,
        false => format!("{} · {place}", safe(&article.id)),
    };
    if let Some(byline) = article.byline.as_deref() {
        let byline = safe(byline).into_owned();
        if columns(&parts.join(" · ")) + columns(&byline) + columns(&place) + 6 <= width {
            parts.push(byline);
        }
    }
    let head = parts.join(" · ");
    let room = width.saturating_sub(columns(&head) + 3);
    if room < 12 {
        return shorten(&head, width).into_owned();
    }
    format!("{head} · {}", shorten_middle(&place, room))
}

/// The path as it can be opened, with the path inside a container.
pub(super) fn place(article: &ArticleFacts) -> String {
    let path = article.path.to_string_lossy();
    let path = match article.inner.as_str() {
        "" => path.into_owned(),
        inner => format!("{path}!/{inner}"),
    };
    safe(&path).into_owned()
}

/// The day of publication; `~` before one that is only the file's time.
pub(super) fn date(published: Option<&Published>) -> String {
    match published {
        None => "no date".to_owned(),
        Some(Published { day, provenance: Provenance::FileTime, .. }) => format!("~{day}"),
        Some(Published { day, .. }) => day.to_string(),
    }
}

fn copies(out: &mut dyn Write, copies: &[Copy], style: &Style, width: usize) -> io::Result<()> {
    if copies.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = copies
        .iter()
        .map(|c| format!("{} ({})", safe(c.source.as_deref().unwrap_or(&c.id)), date(c.published.as_ref())))
        .collect();
    let text = format!("+{}: {}", counted(copies.len() as u64, "copy", "copies"), names.join(", "));
    write!(out, "{:INDENT$}", "")?;
    paint(out, &shorten(&text, width - INDENT), Ink::Dim, style.color)?;
    writeln!(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_is_where_the_marks_are() {
        let all: Vec<Range<usize>> = (0..20).map(|n| n * 10..n * 10 + 10).collect();
        assert_eq!(window(&all, &[125..130, 131..135]), 8..14);
        assert_eq!(window(&all[..4], &[]), 0..4);
        assert_eq!(window(&all, &[]), 0..6);
    }
}
