//! Colours and highlights on the terminal.
//!
//! Colours end before the end of a line, so that a pager can start at any line.

use std::io::{self, Write};
use std::ops::Range;

/// A style of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    /// The terminal's default.
    Plain,
    /// Headlines.
    Bold,
    /// Less important metadata.
    Dim,
}

/// Bold red, as in `grep`: readable on dark and light backgrounds.
const MARK: &str = "\x1b[1;31m";
const BOLD: &str = "\x1b[1m";
const DIM: &str = "\x1b[2m";
const RESET: &str = "\x1b[0m";

impl Ink {
    fn sequence(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Bold => BOLD,
            Self::Dim => DIM,
        }
    }
}

/// Writes a piece of text.
pub(super) fn paint(out: &mut dyn Write, text: &str, ink: Ink, color: bool) -> io::Result<()> {
    if !color || ink == Ink::Plain || text.is_empty() {
        return out.write_all(text.as_bytes());
    }
    write!(out, "{}{text}{RESET}", ink.sequence())
}

/// Writes the part `span` of a text with its highlights; `marks` are in order.
pub(super) fn paint_marked(
    out: &mut dyn Write,
    text: &str,
    span: Range<usize>,
    marks: &[Range<usize>],
    ink: Ink,
    color: bool,
) -> io::Result<()> {
    for (part, is_marked) in split_at_marks(span, marks) {
        match is_marked && color {
            true => write!(out, "{MARK}{}{RESET}", &text[part])?,
            false => paint(out, &text[part], ink, color)?,
        }
    }
    Ok(())
}

/// The parts of a span, in order, and whether each is highlighted; `marks` are in order.
pub fn split_at_marks(span: Range<usize>, marks: &[Range<usize>]) -> Vec<(Range<usize>, bool)> {
    let mut parts = Vec::new();
    let mut at = span.start;
    for mark in marks.iter().filter(|mark| mark.end > span.start && mark.start < span.end) {
        let (start, end) = (mark.start.max(at), mark.end.min(span.end));
        if start < end {
            parts.extend([(at..start, false), (start..end, true)]);
            at = end;
        }
    }
    parts.push((at..span.end, false));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn highlights_end_at_line_ends() {
        let (text, marks) = ("one two three", std::slice::from_ref(&(4..13)));
        for (span, color, expected) in [
            (0..7, true, "\x1b[1mone \x1b[0m\x1b[1;31mtwo\x1b[0m"),
            (8..13, true, "\x1b[1;31mthree\x1b[0m"),
            (0..7, false, "one two"),
        ] {
            let mut out = Vec::new();
            paint_marked(&mut out, text, span, marks, Ink::Bold, color).expect("memory");
            assert_eq!(String::from_utf8(out).expect("text"), expected);
        }
    }
}
