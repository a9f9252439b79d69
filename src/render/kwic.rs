//! Hits as a concordance (KWIC): each match on a line, sorted by its neighbours.

use std::io::{self, Write};

use super::Style;
use super::ink::{Ink, paint};
use super::safe::safe;
use super::wrap::columns;
use crate::search::Results;

/// Number of characters before and after a match that are used.
const CONTEXT_CHARS: usize = 300;

/// The neighbour by which lines are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Neighbour {
    /// The words before the match, nearest first.
    Left,
    /// The words after it.
    Right,
}

/// A match with its context.
struct Line {
    key: String,
    left: String,
    word: String,
    right: String,
}

/// Writes a line for each match in the passages, sorted by the neighbouring words.
///
/// # Errors
/// Those of `out`.
pub fn hits_kwic(out: &mut dyn Write, results: &Results, by: Neighbour, style: &Style) -> io::Result<()> {
    let mut lines = Vec::new();
    for hit in &results.hits {
        let text = &hit.passage.text;
        for marked in &hit.passage.highlights {
            let (Some(before), Some(word), Some(after)) =
                (text.get(..marked.start), text.get(marked.clone()), text.get(marked.end..))
            else {
                continue;
            };
            let from = before.char_indices().rev().nth(CONTEXT_CHARS).map_or(0, |(at, _)| at);
            let left = on_one_line(&before[from..]);
            let right = on_one_line(&after.chars().take(CONTEXT_CHARS).collect::<String>());
            let key = match by {
                Neighbour::Left => left.split_whitespace().rev().collect::<Vec<_>>().join(" "),
                Neighbour::Right => right.trim_start().to_owned(),
            };
            lines.push(Line { key: key.to_lowercase(), left, word: on_one_line(word), right });
        }
    }
    lines.sort_by(|a, b| a.key.cmp(&b.key));
    let widest = lines.iter().map(|line| columns(&line.word)).max().unwrap_or(0);
    let side = style.columns().saturating_sub(widest) / 2;
    for line in lines {
        let left = last_columns(&line.left, side);
        write!(out, "{}{left}", " ".repeat(side - columns(left)))?;
        paint(out, &line.word, Ink::Bold, style.color)?;
        writeln!(out, "{}", first_columns(&line.right, side).trim_end())?;
    }
    Ok(())
}

fn on_one_line(text: &str) -> String {
    safe(&text.replace(['\n', '\r', '\t'], " ")).into_owned()
}

/// The end of a text that fits into `room` columns.
fn last_columns(text: &str, room: usize) -> &str {
    let starts = text.char_indices().map(|(at, _)| at).chain([text.len()]);
    starts.map(|at| &text[at..]).find(|rest| columns(rest) <= room).unwrap_or_default()
}

/// The beginning of a text that fits into `room` columns.
fn first_columns(text: &str, room: usize) -> &str {
    let mut end = 0;
    for (at, c) in text.char_indices() {
        if columns(&text[..at + c.len_utf8()]) > room {
            break;
        }
        end = at + c.len_utf8();
    }
    &text[..end]
}
