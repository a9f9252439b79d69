//! Hits as lists: ids, paths, one line each, and lines for editors.

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::Style;
use super::facts::date;
use super::hits::{by_article, passage};
use super::ink::{Ink, paint, paint_marked};
use super::safe::{flowing, initials, safe};
use super::wrap::{columns, shorten};
use crate::search::{Hit, Results};

/// Maximum columns of an outlet's name.
const NAME_COLUMNS_MAX: usize = 20;

/// Writes the ids of the articles, each once and followed by `end`.
///
/// # Errors
/// Those of `out`.
pub fn hits_ids(out: &mut dyn Write, results: &Results, end: &str) -> io::Result<()> {
    by_article(&results.hits).try_for_each(|same| write!(out, "{}{end}", safe(&same[0].article.id)))
}

/// Writes the paths of the source files, each once and followed by `end`. If `end` is NUL, paths are written unescaped,
/// as `xargs -0` expects.
///
/// # Errors
/// Those of `out`.
pub fn hits_paths(out: &mut dyn Write, results: &Results, end: &str) -> io::Result<()> {
    let mut written = BTreeSet::new();
    for hit in &results.hits {
        if written.insert(&hit.article.path) {
            match end {
                "\0" => out.write_all(hit.article.path.as_os_str().as_encoded_bytes())?,
                _ => out.write_all(safe(&hit.article.path.to_string_lossy()).as_bytes())?,
            }
            out.write_all(end.as_bytes())?;
        }
    }
    Ok(())
}

/// Writes a line for each article: number, date, outlet, headline.
///
/// # Errors
/// Those of `out`.
pub fn hits_compact(out: &mut dyn Write, results: &Results, style: &Style) -> io::Result<()> {
    let articles: Vec<&[Hit]> = by_article(&results.hits).collect();
    let first = results.hits.first().map_or(1, |hit| hit.rank);
    let digits = (first + articles.len()).saturating_sub(1).to_string().len().max(2);
    let source =
        |hit: &Hit| shorten(&safe(hit.article.source.as_deref().unwrap_or("-")), NAME_COLUMNS_MAX).into_owned();
    let names = articles.iter().map(|same| columns(&source(&same[0]))).max().unwrap_or(0);
    for (place, same) in articles.iter().enumerate() {
        let hit = &same[0];
        let day = date(hit.article.published.as_ref());
        let name = source(hit);
        let facts = format!("{day:>11}  {name}{}  ", " ".repeat(names - columns(&name)));
        write!(out, "{:>digits$} ", first + place)?;
        paint(out, &facts, Ink::Dim, style.color)?;
        let left = style.columns().saturating_sub(digits + 1 + columns(&facts)).max(1);
        let (text, ink) = match hit.article.title.as_str() {
            "" => (passage(hit, 0), Ink::Plain),
            title => (initials(flowing(title, &hit.article.title_highlights)), Ink::Bold),
        };
        let shown = shorten(&text.text, left);
        let kept = shown.trim_end_matches(super::wrap::ELLIPSIS).len().min(text.text.len());
        paint_marked(out, &text.text, 0..kept, &text.marks, ink, style.color)?;
        writeln!(out, "{}", &shown[kept..])?;
    }
    Ok(())
}

/// Writes `path:line:column:text` for each passage, as `vim -q` and other editors expect; `find` gives line and column,
/// from 1.
///
/// # Errors
/// Those of `out`.
pub fn hits_vimgrep(
    out: &mut dyn Write,
    results: &Results,
    find: &mut dyn FnMut(&Hit) -> (usize, usize),
) -> io::Result<()> {
    for hit in &results.hits {
        let (line, column) = find(hit);
        let path = safe(&hit.article.path.to_string_lossy()).into_owned();
        writeln!(out, "{path}:{line}:{column}:{}", passage(hit, 0).text)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn lists_have_a_line_for_each_article() {
        let mut results = sample::results();
        results.hits[0].article.title = "A long headline on the export of tools for chips".into();
        for (width, expected) in [
            (100, " 1  2023-07-23  Voice of America  A long headline on the export of tools for chips\n"),
            (50, " 1  2023-07-23  Voice of America  A long headline…\n"),
        ] {
            let mut out = Vec::new();
            hits_compact(&mut out, &results, &Style::plain(width)).expect("memory");
            let text = String::from_utf8(out).expect("text");
            assert_eq!(text, format!("{expected} 2     no date  -                 Text.\n"));
        }
        let mut out = Vec::new();
        hits_paths(&mut out, &results, "\0").expect("memory");
        hits_ids(&mut out, &results, "\n").expect("memory");
        hits_vimgrep(&mut out, &results, &mut |_| (3, 1)).expect("memory");
        assert_eq!(
            String::from_utf8(out).expect("text"),
            "news.zip\0a.txt\x008731\na.txt\nnews.zip:3:1:Exports of chip-making tools.\na.txt:3:1:Text.\n"
        );
    }
}
