//! One whole article as text for people.

use std::io::{self, Write};
use std::path::Path;

use super::Style;
use super::hits::date;
use super::ink::{Ink, paint, paint_marked};
use super::safe::{flowing, safe};
use super::wrap::lines;
use crate::search::Marked;

/// Writes an article: headline, facts, and its paragraphs with what matched marked.
///
/// # Errors
/// Those of `out`.
pub fn article_text(out: &mut dyn Write, marked: &Marked, path: &Path, style: &Style) -> io::Result<()> {
    let (stored, article) = (&marked.stored, &marked.stored.article);
    let width = style.text_columns();
    let text = &stored.text;
    let mut start = 0;
    for (number, paragraph) in text.split("\n\n").enumerate() {
        let end = start + paragraph.len();
        let is_title = number == 0 && stored.title_bytes > 0;
        let marks: Vec<_> = marked
            .highlights
            .iter()
            .filter(|m| m.start >= start && m.end <= end)
            .map(|m| m.start - start..m.end - start)
            .collect();
        let flowing = flowing(paragraph, &marks);
        if number > 0 && !flowing.text.is_empty() {
            writeln!(out)?;
        }
        let ink = if is_title { Ink::Bold } else { Ink::Plain };
        for line in lines(&flowing.text, width) {
            paint_marked(out, &flowing.text, line, &flowing.marks, ink, style.color)?;
            writeln!(out)?;
        }
        if is_title || number == 0 {
            let mut facts = vec![date(article.published.as_ref())];
            let known = [&article.source, &article.byline, &article.section];
            facts.extend(known.into_iter().flatten().map(|fact| safe(fact).into_owned()));
            paint(out, &facts.join(" · "), Ink::Dim, style.color)?;
            writeln!(out)?;
            let mut place = path.to_string_lossy().into_owned();
            if !stored.inner.is_empty() {
                place = format!("{place}!/{}", stored.inner);
            }
            paint(out, &format!("{} · {}", safe(&stored.id), safe(&place)), Ink::Dim, style.color)?;
            writeln!(out)?;
            if let Some(url) = &article.url {
                paint(out, &safe(url), Ink::Dim, style.color)?;
                writeln!(out)?;
            }
        }
        start = end + 2;
    }
    Ok(())
}
