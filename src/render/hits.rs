//! Hits as text for people, and as bare identifiers.

use std::io::{self, Write};

use super::Style;
use super::excerpt::excerpt;
use super::explanation::sentences;
use super::facts::{Facts, date};
use super::ink::{Ink, paint, paint_marked};
use super::numbers::{counted, thousands};
use super::safe::{SafeText, flowing, safe};
use super::wrap::{columns, lines, shorten};
use crate::search::{ArticleFacts, Copy, Hit, Results};

/// Lines of a passage that are shown: five of a hundred columns are some eighty words.
const PASSAGE_LINES_MAX: usize = 5;

/// Writes hits one below the other: headline, facts, the best lines of the passage, copies.
///
/// # Errors
/// Those of `out`.
pub fn hits_text(out: &mut dyn Write, results: &Results, style: &Style) -> io::Result<()> {
    all(out, results, style, PASSAGE_LINES_MAX)
}

/// [`hits_text`] with every passage in full, for those who asked for more of it.
///
/// # Errors
/// Those of `out`.
pub fn hits_text_in_full(out: &mut dyn Write, results: &Results, style: &Style) -> io::Result<()> {
    all(out, results, style, usize::MAX)
}

/// Writes the hits' article identifiers, one a line, each once.
///
/// # Errors
/// Those of `out`.
pub fn hits_ids(out: &mut dyn Write, results: &Results) -> io::Result<()> {
    for same in results.hits.chunk_by(|a, b| a.article.id == b.article.id) {
        writeln!(out, "{}", safe(&same[0].article.id))?;
    }
    Ok(())
}

fn all(out: &mut dyn Write, results: &Results, style: &Style, lines_max: usize) -> io::Result<()> {
    let digits = results.hits.last().map_or(1, |hit| hit.rank.to_string().len()).max(2);
    let mut before: Option<&ArticleFacts> = None;
    for hit in &results.hits {
        if before.is_some() {
            writeln!(out)?;
        }
        let page = Page { style, gutter: format!("{:>digits$}  ", hit.rank), lines_max };
        // A further passage of the article above needs no second headline.
        page.hit(out, hit, before == Some(&hit.article))?;
        before = Some(&hit.article);
    }
    Ok(())
}

/// Where one hit goes.
struct Page<'a> {
    style: &'a Style,
    /// The rank and the blanks after it: the first line starts with it, the others as far in.
    gutter: String,
    lines_max: usize,
}

impl Page<'_> {
    fn hit(&self, out: &mut dyn Write, hit: &Hit, continues: bool) -> io::Result<()> {
        let indent = " ".repeat(self.gutter.len());
        let mut first: &str = &self.gutter;
        if !continues {
            let title = flowing(&hit.article.title, &hit.article.title_highlights);
            if !title.text.is_empty() {
                self.paragraph(out, first, &title, Ink::Bold)?;
                first = &indent;
            }
            let width = self.style.columns().saturating_sub(indent.len());
            Facts::of_hit(&hit.article, width).write(out, first, self.style.color)?;
            first = &indent;
        }
        let passage = excerpt(passage(hit), self.text_columns(), self.lines_max);
        self.paragraph(out, first, &passage, Ink::Plain)?;
        if !continues && !hit.copies.is_empty() {
            write!(out, "{indent}")?;
            paint(out, &copies(&hit.copies, self.text_columns()), Ink::Dim, self.style.color)?;
            writeln!(out)?;
        }
        for sentence in hit.explanation.iter().filter(|_| !continues).flat_map(|e| sentences(hit.score, e)) {
            self.paragraph(out, &indent, &flowing(&sentence, &[]), Ink::Dim)?;
        }
        Ok(())
    }

    fn text_columns(&self) -> usize {
        self.style.text_columns().saturating_sub(self.gutter.len()).max(1)
    }

    /// Writes lines, the first after `first`, the others as far in.
    fn paragraph(&self, out: &mut dyn Write, first: &str, text: &SafeText<'_>, ink: Ink) -> io::Result<()> {
        for (number, line) in lines(&text.text, self.text_columns()).into_iter().enumerate() {
            match number {
                0 => write!(out, "{first}")?,
                _ => write!(out, "{:1$}", "", self.gutter.len())?,
            }
            paint_marked(out, &text.text, line, &text.marks, ink, self.style.color)?;
            writeln!(out)?;
        }
        Ok(())
    }
}

/// The passage on one line, without the headline, which stands above it already.
fn passage(hit: &Hit) -> SafeText<'_> {
    let (text, marks) = (hit.passage.text.as_str(), &hit.passage.highlights);
    let body = match hit.article.title.as_str() {
        "" => None,
        title if hit.passage.bytes.start == 0 => text.strip_prefix(title),
        _ => None,
    };
    match body {
        Some(body) if body.is_empty() || body.starts_with('\n') => {
            let start = text.len() - body.len();
            let marks: Vec<_> =
                marks.iter().filter(|m| m.start >= start).map(|m| m.start - start..m.end - start).collect();
            flowing(body, &marks)
        }
        _ => flowing(text, marks),
    }
}

/// How many copies there are and as many of their outlets as fit on a line.
fn copies(copies: &[Copy], width: usize) -> String {
    let mut line = format!("+{}:", counted(copies.len() as u64, "copy", "copies"));
    for (named, copy) in copies.iter().enumerate() {
        let outlet = safe(copy.source.as_deref().unwrap_or(&copy.id));
        let comma = if named == 0 { "" } else { "," };
        let name = format!("{comma} {outlet} ({})", date(copy.published.as_ref()));
        let more =
            |left: usize| if left == 0 { String::new() } else { format!(" and {} more", thousands(left as u64)) };
        let left = copies.len() - named;
        if named > 0 && columns(&line) + columns(&name) + columns(&more(left - 1)) > width {
            line.push_str(&more(left));
            break;
        }
        line.push_str(&name);
    }
    shorten(&line, width).into_owned()
}
