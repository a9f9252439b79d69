//! Finds the line and column of a passage in its source file, as editors count them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::search::Hit;

/// Maximum size of source files that are searched.
const FILE_BYTES_MAX: u64 = 64 << 20;

/// Numbers of words of a passage to search for, in order; fewer if markup divides them.
const WORDS: [usize; 4] = [8, 5, 3, 2];

/// A cache of source files.
#[derive(Default)]
pub(super) struct Files(HashMap<PathBuf, Option<String>>);

impl Files {
    /// Line and column of a passage, from 1: of its first words if the file contains them, otherwise of its record,
    /// otherwise of the start.
    pub(super) fn position(&mut self, path: &Path, record: u64, passage: &str) -> (usize, usize) {
        let is_lines = path.extension().is_some_and(|extension| extension == "jsonl" || extension == "ndjson");
        if is_lines {
            return (usize::try_from(record).unwrap_or(1).max(1), 1);
        }
        let text = self.0.entry(path.to_owned()).or_insert_with(|| read(path));
        let Some(text) = text else { return (1, 1) };
        find(text, passage).map_or((1, 1), |at| line_and_column(text, at))
    }

    /// Line and column of the passage of a hit, from 1, or of its article if it has none.
    pub(super) fn position_of(&mut self, hit: &Hit) -> (usize, usize) {
        let article = &hit.article;
        if !article.inner.is_empty() {
            return (1, 1);
        }
        let sought = if hit.passage.text.is_empty() { &article.title } else { &hit.passage.text };
        self.position(&article.path, article.record, sought)
    }
}

fn read(path: &Path) -> Option<String> {
    let size = std::fs::metadata(path).ok()?.len();
    let bytes = (size <= FILE_BYTES_MAX).then(|| std::fs::read(path).ok())??;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// Finds the first words of a text in a file, with any white space between them.
fn find(file: &str, text: &str) -> Option<usize> {
    let words: Vec<&str> = text.split_whitespace().take(WORDS[0]).collect();
    let counts = WORDS.iter().map(|count| words.len().min(*count)).filter(|count| *count > 0);
    counts.into_iter().find_map(|count| {
        let (first, others) = words.get(..count)?.split_first()?;
        let follows = |at: &usize| {
            let mut rest = &file[at + first.len()..];
            others.iter().all(|word| match rest.trim_start().strip_prefix(word) {
                Some(after) => {
                    rest = after;
                    true
                }
                None => false,
            })
        };
        file.match_indices(first).map(|(at, _)| at).find(follows)
    })
}

fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..at];
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    (line, at - start + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_found_across_line_breaks_and_up_to_markup() {
        let file = "<h1>The ferry</h1>\n<p>The ferry\n  runs <b>again</b> today.</p>";
        for (text, expected) in [
            ("The ferry runs", Some((2, 4))),
            ("The ferry runs again today.", Some((2, 4))),
            ("The ferry", Some((1, 5))),
            ("No word", None),
            ("", None),
        ] {
            assert_eq!(find(file, text).map(|at| line_and_column(file, at)), expected, "{text}");
        }
    }
}
