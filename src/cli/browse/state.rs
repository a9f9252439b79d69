//! The state of the interactive view: the typed line, the hits, the selected and the marked articles.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation as _;

use crate::render::SafeText;
use crate::search::views::{Facet, FacetKind, Timeline};
use crate::search::{Hit, Marked, Results};

/// Maximum number of characters in a query.
const LINE_CHARS_MAX: usize = 2000;

/// The state of the screen.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) line: Line,
    /// The hits of the last answered query, and its text.
    pub(super) found: Results,
    pub(super) found_for: Option<String>,
    /// A problem in the text of the last query.
    pub(super) complaint: Option<String>,
    pub(super) views: Option<Views>,
    /// Position of the selected hit, and of the first one on the screen.
    pub(super) selected: usize,
    pub(super) first: usize,
    /// Number of hits that fit on the screen.
    pub(super) page: usize,
    /// Locations of marked articles, in the order of marking.
    pub(super) marked: Vec<String>,
    pub(super) article: Option<Article>,
    pub(super) help: bool,
}

/// The facets and the timeline of a result set.
#[derive(Debug)]
pub(super) struct Views {
    pub(super) facets: Vec<(FacetKind, Vec<Facet>)>,
    pub(super) timeline: Timeline,
}

/// The selected article, and its scroll position.
#[derive(Debug)]
pub(super) struct Article {
    pub(super) location: String,
    pub(super) marked: Marked,
    /// Byte of its text at which the passage of the hit begins.
    pub(super) passage: usize,
    /// Its lines at a width, after the first drawing.
    pub(super) laid_out: Option<LaidOut>,
    /// First line on the screen.
    pub(super) scroll: usize,
    /// Number of lines that fit on the screen.
    pub(super) page: usize,
}

/// The lines of an article: of its headline, metadata and text.
#[derive(Debug)]
pub(super) struct LaidOut {
    pub(super) width: usize,
    pub(super) paragraphs: Vec<(Kind, SafeText)>,
    /// For each line, its paragraph and its byte range.
    pub(super) lines: Vec<(usize, Range<usize>)>,
}

/// The kind of a paragraph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Headline,
    Facts,
    Text,
}

impl State {
    /// A view for a query.
    pub(super) fn with(text: &str) -> Self {
        let mut state = Self::default();
        state.line.insert(text);
        state
    }

    /// Shows the hits of a query, and chooses the first.
    pub(super) fn set_results(&mut self, text: String, results: Results, complaint: Option<String>) {
        (self.found, self.found_for, self.complaint) = (results, Some(text), complaint);
        (self.selected, self.first) = (0, 0);
        if self.found.hits.is_empty() {
            self.article = None;
        }
    }

    /// Shows the text of an article, unless another hit has been selected.
    pub(super) fn set_article(&mut self, location: String, marked: Marked) {
        let Some(hit) = self.hit().filter(|hit| hit.article.location == location) else { return };
        let passage = hit.passage.bytes.start;
        self.article = Some(Article { location, marked, passage, laid_out: None, scroll: 0, page: 1 });
    }

    /// The selected hit.
    pub(super) fn hit(&self) -> Option<&Hit> {
        self.found.hits.get(self.selected)
    }

    /// Moves the selection down by a number of places, or up.
    pub(super) fn go(&mut self, by: isize) {
        let last = self.found.hits.len().saturating_sub(1);
        self.selected = self.selected.saturating_add_signed(by).min(last);
    }

    /// Scrolls the article down by a number of lines, or up.
    pub(super) fn scroll(&mut self, by: isize) {
        if let Some(article) = &mut self.article {
            let lines = article.laid_out.as_ref().map_or(0, |laid_out| laid_out.lines.len());
            article.scroll = article.scroll.saturating_add_signed(by).min(lines.saturating_sub(article.page));
        }
    }

    /// Marks or unmarks the selected hit.
    pub(super) fn mark(&mut self) {
        let Some(location) = self.hit().map(|hit| hit.article.location.clone()) else { return };
        match self.marked.iter().position(|known| *known == location) {
            Some(at) => drop(self.marked.remove(at)),
            None => self.marked.push(location),
        }
    }

    /// The locations to print: those marked, or the selected one.
    pub(super) fn selection(&self) -> Vec<&str> {
        match self.marked.as_slice() {
            [] => self.hit().map(|hit| hit.article.location.as_str()).into_iter().collect(),
            marked => marked.iter().map(String::as_str).collect(),
        }
    }
}

/// A line of text being edited.
#[derive(Debug, Default)]
pub(super) struct Line {
    text: String,
    /// Byte position of the cursor.
    cursor: usize,
}

impl Line {
    /// Its text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The text before the cursor.
    pub(super) fn before(&self) -> &str {
        &self.text[..self.cursor]
    }

    /// Inserts text. Control characters become blanks.
    pub(super) fn insert(&mut self, text: &str) {
        let room = LINE_CHARS_MAX.saturating_sub(self.text.chars().count());
        let text: String = text.chars().take(room).map(|c| if c.is_control() { ' ' } else { c }).collect();
        self.text.insert_str(self.cursor, &text);
        self.cursor += text.len();
    }

    /// Moves one character to the left.
    pub(super) fn left(&mut self) {
        self.cursor -= self.before().graphemes(true).next_back().map_or(0, str::len);
    }

    /// Moves one character to the right.
    pub(super) fn right(&mut self) {
        self.cursor += self.text[self.cursor..].graphemes(true).next().map_or(0, str::len);
    }

    /// Moves to the start.
    pub(super) fn home(&mut self) {
        self.cursor = 0;
    }

    /// Moves to the end.
    pub(super) fn end(&mut self) {
        self.cursor = self.text.len();
    }

    /// Deletes the text that a movement passes over.
    pub(super) fn delete(&mut self, movement: fn(&mut Self)) {
        let from = self.cursor;
        movement(self);
        let range = self.cursor.min(from)..self.cursor.max(from);
        self.cursor = range.start;
        self.text.replace_range(range, "");
    }

    /// Goes to the start of the word before the cursor.
    pub(super) fn word_left(&mut self) {
        let before = self.before().trim_end();
        self.cursor =
            before.char_indices().rev().find(|(_, c)| c.is_whitespace()).map_or(0, |(at, c)| at + c.len_utf8());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_edited_by_whole_characters() {
        let mut line = Line::default();
        line.insert("chip\tlaw e\u{301}東");
        assert_eq!(line.text(), "chip law e\u{301}東");
        line.delete(Line::left);
        line.delete(Line::left);
        assert_eq!(line.text(), "chip law ");
        line.delete(Line::word_left);
        assert_eq!((line.text(), line.before()), ("chip ", "chip "));
        line.home();
        line.delete(Line::left);
        line.right();
        line.delete(Line::right);
        assert_eq!((line.text(), line.before()), ("cip ", "c"));
        line.end();
        line.delete(Line::home);
        assert_eq!(line.text(), "");
        line.insert(&"a".repeat(LINE_CHARS_MAX + 5));
        assert_eq!(line.text().len(), LINE_CHARS_MAX);
    }
}
