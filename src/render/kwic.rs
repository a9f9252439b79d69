//! Hits as a concordance (KWIC): each match on a line, sorted by its neighbours.

use std::io::{self, Write};

use super::Style;
use super::ink::{Ink, paint};
use super::safe::safe;
use super::wrap::{columns, head, tail};
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

/// The words of a text without punctuation around them.
fn words(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    let words = text.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
    words.filter(|word| !word.is_empty())
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
                Neighbour::Left => words(&left).rev().collect::<Vec<_>>().join(" "),
                Neighbour::Right => words(&right).collect::<Vec<_>>().join(" "),
            };
            lines.push(Line { key: key.to_lowercase(), left, word: on_one_line(word), right });
        }
    }
    lines.sort_by(|a, b| a.key.cmp(&b.key));
    let widest = lines.iter().map(|line| columns(&line.word)).max().unwrap_or(0);
    let side = style.columns().saturating_sub(widest) / 2;
    for line in lines {
        let left = tail(&line.left, side);
        write!(out, "{}{left}", " ".repeat(side - columns(left)))?;
        paint(out, &line.word, Ink::Bold, style.color)?;
        writeln!(out, "{}", head(&line.right, side).trim_end())?;
    }
    Ok(())
}

fn on_one_line(text: &str) -> String {
    safe(&text.replace(['\n', '\r', '\t'], " ")).into_owned()
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn lines_are_sorted_by_words_not_by_punctuation() {
        let mut results = sample::results();
        let passage = &mut results.hits[0].passage;
        passage.text = "Zoo: (ferry), zonal; an \"ferry\" about. Our ferry “Bee” left.".into();
        passage.highlights = passage.text.match_indices("ferry").map(|(at, word)| at..at + word.len()).collect();
        results.hits.truncate(1);
        let order = |by| {
            let mut out = Vec::new();
            hits_kwic(&mut out, &results, by, &Style::plain(80)).expect("memory");
            let text = String::from_utf8(out).expect("text");
            let word = |line: &str| {
                ["zonal", "about", "Bee"].into_iter().min_by_key(|word| {
                    let after = &line[line[30..].find("ferry").map_or(0, |at| at + 30)..];
                    after.find(word).unwrap_or(usize::MAX)
                })
            };
            text.lines().filter_map(word).collect::<Vec<_>>()
        };
        assert_eq!(order(Neighbour::Right), ["about", "Bee", "zonal"]);
        assert_eq!(order(Neighbour::Left), ["about", "Bee", "zonal"]);
    }
}
