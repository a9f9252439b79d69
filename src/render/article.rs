//! A whole article as text.

use std::io::{self, Write};
use std::ops::Range;

use super::Style;
use super::facts::{Facts, Place, date};
use super::ink::{Ink, paint_marked};
use super::safe::{SafeText, flowing, initials, safe};
use super::wrap::lines;
use crate::article::{Provenance, Published};
use crate::search::Marked;

/// Writes an article: headline, metadata, and paragraphs with highlights.
///
/// # Errors
/// Those of `out`.
pub fn article_text(out: &mut dyn Write, marked: &Marked, style: &Style) -> io::Result<()> {
    let (text, title_end) = (&marked.stored.text, marked.stored.title_bytes);
    let mut start = 0;
    let mut opens = true;
    if title_end > 0 {
        write_lines(out, marked, 0..title_end, Ink::Bold, style)?;
        start = title_end;
    }
    facts(marked, style).write(out, "", style.color)?;
    for line in text.get(start..).unwrap_or_default().split('\n') {
        let end = start + line.len();
        if line.trim().is_empty() {
            opens = true;
        } else {
            if opens {
                writeln!(out)?;
            }
            write_lines(out, marked, start..end, Ink::Plain, style)?;
            opens = false;
        }
        start = end + 1;
    }
    Ok(())
}

/// A part of the stored text on one line, with its highlights.
pub fn article_part(marked: &Marked, part: Range<usize>) -> SafeText {
    let first = marked.highlights.partition_point(|mark| mark.end <= part.start);
    let marks = marked.highlights[first..].iter().take_while(|mark| mark.start < part.end);
    let marks = marks.map(|mark| mark.start.max(part.start) - part.start..mark.end.min(part.end) - part.start);
    initials(flowing(marked.stored.text.get(part.clone()).unwrap_or_default(), &marks.collect::<Vec<_>>()))
}

/// Writes a part of the stored text, wrapped.
fn write_lines(out: &mut dyn Write, marked: &Marked, part: Range<usize>, ink: Ink, style: &Style) -> io::Result<()> {
    let text = article_part(marked, part);
    for line in lines(&text.text, style.text_columns()) {
        paint_marked(out, &text.text, line, &text.marks, ink, style.color)?;
        writeln!(out)?;
    }
    Ok(())
}

fn facts(marked: &Marked, style: &Style) -> Facts {
    let (stored, article) = (&marked.stored, &marked.stored.article);
    let mut facts = Facts::new(style.columns());
    facts.add(date(article.published.as_ref()) + origin(article.published.as_ref()));
    for name in [&article.source, &article.byline, &article.section, &article.language] {
        facts.add_name(name.as_deref());
    }
    facts.break_line();
    facts.add_place(Place::new(&stored.id, &stored.location));
    if let Some(url) = article.url.as_deref().filter(|url| *url != stored.id) {
        facts.break_line();
        facts.add(safe(url).into_owned());
    }
    facts
}

/// The origin of a date that the article does not state.
fn origin(published: Option<&Published>) -> &'static str {
    match published.map(|p| p.provenance) {
        Some(Provenance::Url) => " (from its address)",
        Some(Provenance::Text) => " (from its text)",
        Some(Provenance::FileTime) => " (the file's time)",
        Some(Provenance::Ambiguous) => " (day and month may be swapped)",
        Some(Provenance::Metadata | Provenance::Feed) | None => "",
    }
}
