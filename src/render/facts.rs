//! The metadata of an article on a line or two: date, outlet, byline, id, location.

use std::io::{self, Write};
use std::path::Path;

use super::ink::{Ink, paint};
use super::safe::safe;
use super::wrap::{columns, shorten, shorten_middle};
use crate::article::{Provenance, Published};
use crate::search::ArticleFacts;

/// Separates two facts.
const SEPARATOR: &str = " · ";

/// Maximum columns of an outlet's or author's name.
const NAME_COLUMNS_MAX: usize = 40;

/// Minimum columns of a shortened path; with less room it gets a line of its own.
const PATH_COLUMNS_MIN: usize = 24;

/// A piece of text and how it looks.
type Piece = (String, Ink);

/// Metadata laid out in lines.
#[derive(Debug, Default)]
pub(super) struct Facts {
    width: usize,
    lines: Vec<(Vec<Piece>, usize)>,
}

impl Facts {
    /// Metadata to be laid out at `width` columns.
    pub(super) fn new(width: usize) -> Self {
        Self { width, lines: vec![(Vec::new(), 0)] }
    }

    /// The metadata of a hit. The byline is left out if it needs a second line, and the path is shortened in the middle
    /// if it does not fit. The id, which `show` takes, is always complete and is not dimmed.
    pub(super) fn of_hit(article: &ArticleFacts, width: usize) -> Self {
        let mut facts = Self::new(width);
        facts.add(date(article.published.as_ref()));
        facts.add_name(article.source.as_deref());
        let place = Place::new(&article.id, &article.location);
        if let Some(byline) = article.byline.as_deref() {
            let used = facts.lines[0].1 + columns(SEPARATOR) + columns(byline) + columns(SEPARATOR);
            if columns(byline) <= NAME_COLUMNS_MAX && used + place.columns() <= width {
                facts.add_name(Some(byline));
            }
        }
        facts.add_place(place);
        facts
    }

    /// Adds an item, unless it is empty.
    pub(super) fn add(&mut self, fact: String) {
        if !fact.is_empty() {
            self.push(vec![(fact, Ink::Dim)]);
        }
    }

    /// Adds the name of an outlet, an author, a section.
    pub(super) fn add_name(&mut self, name: Option<&str>) {
        if let Some(name) = name {
            self.add(shorten(&safe(name), NAME_COLUMNS_MAX).into_owned());
        }
    }

    /// Adds the id and location.
    pub(super) fn add_place(&mut self, Place { pieces, location }: Place) {
        self.push(pieces.into());
        if let Some(location) = location {
            let left = self.width.saturating_sub(self.lines.last().map_or(0, |line| line.1) + columns(SEPARATOR));
            let room = if left < PATH_COLUMNS_MIN.min(columns(&location)) { self.width } else { left };
            self.add(shorten_middle(&location, room).into_owned());
        }
    }

    /// Begins a new line.
    pub(super) fn break_line(&mut self) {
        self.lines.push((Vec::new(), 0));
    }

    fn push(&mut self, pieces: Vec<Piece>) {
        let wide = width(&pieces);
        if self.lines.last().is_none_or(|(_, used)| *used > 0 && used + columns(SEPARATOR) + wide > self.width) {
            self.break_line();
        }
        let Some((line, used)) = self.lines.last_mut() else { return };
        if *used > 0 {
            line.push((SEPARATOR.to_owned(), Ink::Dim));
            *used += columns(SEPARATOR);
        }
        line.extend(pieces);
        *used += wide;
    }

    /// Writes the lines: the first after `first`, the others indented by its width.
    pub(super) fn write(&self, out: &mut dyn Write, first: &str, color: bool) -> io::Result<()> {
        let indent = columns(first);
        for (number, (pieces, _)) in self.lines.iter().filter(|(pieces, _)| !pieces.is_empty()).enumerate() {
            match number {
                0 => write!(out, "{first}")?,
                _ => write!(out, "{:indent$}", "")?,
            }
            // Adjacent pieces of the same style are painted together.
            for alike in pieces.chunk_by(|a, b| a.1 == b.1) {
                let text: String = alike.iter().map(|(text, _)| text.as_str()).collect();
                paint(out, &text, alike[0].1, color)?;
            }
            writeln!(out)?;
        }
        Ok(())
    }
}

/// Id and location of an article; `show` takes either.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The id, which is not dimmed, after other text.
    pieces: [Piece; 2],
    /// The location, unless the id is the end of the location and follows the rest of it.
    location: Option<String>,
}

impl Place {
    /// The place of an article.
    pub(super) fn new(id: &str, location: &str) -> Self {
        // The id may be a longer path of the same file.
        let is_longer = id.strip_suffix(location).is_some_and(|folder| folder.ends_with('/'));
        let id = if is_longer { location } else { id };
        let folder = location.strip_suffix(id).filter(|f| !id.is_empty() && (f.is_empty() || f.ends_with('/')));
        Self {
            pieces: [(safe(folder.unwrap_or("id ")).into_owned(), Ink::Dim), (safe(id).into_owned(), Ink::Plain)],
            location: folder.is_none().then(|| safe(location).into_owned()),
        }
    }

    fn columns(&self) -> usize {
        let location = self.location.as_deref().map_or(0, |location| columns(SEPARATOR) + columns(location));
        width(&self.pieces) + location
    }
}

fn width(pieces: &[Piece]) -> usize {
    pieces.iter().map(|(text, _)| columns(text)).sum()
}

/// The path of the source file, with the path inside a container.
pub(super) fn place(path: &Path, inner: &str) -> String {
    let path = path.to_string_lossy();
    if inner.is_empty() { path.into_owned() } else { format!("{path}!/{inner}") }
}

/// The day of publication.
pub(super) fn day(published: Option<&Published>) -> Option<String> {
    published.map(|published| published.day.to_string())
}

/// The date of publication, with `~` if it is uncertain.
pub fn date(published: Option<&Published>) -> String {
    match published {
        None => "no date".to_owned(),
        Some(Published { day, provenance: Provenance::FileTime | Provenance::Ambiguous, .. }) => format!("~{day}"),
        Some(Published { day, .. }) => day.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(id: &str, path: &str, byline: Option<&str>, width: usize) -> String {
        let article = ArticleFacts {
            id: id.into(),
            location: path.into(),
            title: "T".into(),
            title_highlights: Vec::new(),
            published: None,
            source: Some("The Daily".into()),
            byline: byline.map(Into::into),
            section: None,
            language: None,
            path: path.into(),
            inner: String::new(),
            record: 3,
            url: None,
        };
        let mut out = Vec::new();
        Facts::of_hit(&article, width).write(&mut out, "", false).expect("memory");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn ids_are_complete_and_paths_are_shortened() {
        let long = "archive/2023/07/from-the-wire/stories.jsonl#3";
        for (id, path, byline, width, expected) in [
            ("a.json#3", "in/a.json#3", Some("Jo Do"), 80, "no date · The Daily · Jo Do · in/a.json#3\n"),
            ("in/a.json#3", "in/a.json#3", Some("Jo Do"), 35, "no date · The Daily · in/a.json#3\n"),
            ("tmp/in/a.json#3", "in/a.json#3", None, 80, "no date · The Daily · in/a.json#3\n"),
            ("n.json", "in.json#3", None, 80, "no date · The Daily · id n.json · in.json#3\n"),
            ("8731", long, None, 60, "no date · The Daily · id 8731 · archive/2…re/stories.jsonl#3\n"),
            ("8731", long, None, 40, "no date · The Daily · id 8731\narchive/2023/…m-the-wire/stories.jsonl#3\n"),
            (long, long, None, 40, &format!("no date · The Daily\n{long}\n")),
        ] {
            let found = shown(id, path, byline, width);
            assert_eq!(found, expected, "{id} at {width}");
        }
    }
}
