//! Makes untrusted text safe for a terminal: it cannot move the cursor, change colours, or hide or reorder text.
//!
//! Escape sequences start with control characters, so removing these is enough. How a character looks depends on the
//! terminal.

use std::borrow::Cow;
use std::ops::Range;

/// Replaces a control character.
const REPLACEMENT: char = '\u{fffd}';

/// Safe text with highlighted ranges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SafeText {
    /// The text.
    pub text: String,
    /// Byte ranges in `text`, one for each given range; empty if all of its text was removed.
    pub marks: Vec<Range<usize>>,
}

/// Text without control characters and without characters that reorder or hide others, on one line.
///
/// Line breaks and tabs become blanks, other control characters become U+FFFD, and characters without a width
/// are removed unless they shape their neighbours (joiners, combining marks, direction marks).
pub fn safe(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_safe) {
        text.into()
    } else {
        text.chars().filter_map(replacement).collect::<String>().into()
    }
}

/// [`safe`] with white space collapsed to single blanks and trimmed, for text that is to be wrapped, and with the ranges of
/// marks moved along. Ranges are limited to the text and widened to whole characters.
pub fn flowing(text: &str, marks: &[Range<usize>]) -> SafeText {
    let mut safe = String::with_capacity(text.len());
    // The new position of each byte of the text.
    let mut moved = vec![0; text.len() + 1];
    for (at, c) in text.char_indices() {
        moved[at..at + c.len_utf8()].fill(safe.len());
        match replacement(c) {
            Some(c) if !c.is_whitespace() || c == '\u{a0}' => safe.push(c),
            Some(_) if !safe.is_empty() && !safe.ends_with(' ') => safe.push(' '),
            _ => {}
        }
    }
    if safe.ends_with(' ') {
        safe.pop();
    }
    let end = safe.len();
    moved[text.len()] = end;
    let marks = marks.iter().map(|mark| {
        let start = text.floor_char_boundary(mark.start);
        moved[start].min(end)..moved[text.ceil_char_boundary(mark.end.max(start))].min(end)
    });
    SafeText { marks: marks.collect(), text: safe }
}

/// Extends highlights on initials such as `U.S` to their last point.
pub fn initials(mut text: SafeText) -> SafeText {
    for mark in &mut text.marks {
        let word = text.text.get(mark.clone()).unwrap_or_default();
        let is_initials = word.contains('.')
            && word.split('.').all(|part| part.chars().count() == 1 && part.chars().all(char::is_alphabetic));
        if is_initials && text.text[mark.end..].starts_with('.') {
            mark.end += 1;
        }
    }
    text
}

/// Whether a character is safe for a terminal.
pub(super) fn is_safe(c: char) -> bool {
    replacement(c) == Some(c)
}

/// The character itself if it is safe, otherwise what replaces it, if anything.
fn replacement(c: char) -> Option<char> {
    match c {
        ' '..='~' => Some(c),
        '\t' | '\n' | '\u{b}' | '\u{c}' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some(' '),
        c if c.is_control() => Some(REPLACEMENT),
        // Embeddings, overrides and isolates reorder what follows them (UAX #9).
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}' => None,
        // Soft hyphen, zero-width space, word joiner, invisible operators, byte order mark, annotations, tags.
        '\u{ad}' | '\u{180e}' | '\u{200b}' | '\u{2060}'..='\u{2065}' | '\u{feff}' => None,
        '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}' => None,
        _ => Some(c),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn control_characters_are_removed() {
        for (text, expected) in [
            ("plain", "plain"),
            ("\u{1b}[31mred\u{1b}[0m", "\u{fffd}[31mred\u{fffd}[0m"),
            ("\u{9b}2J", "\u{fffd}2J"),
            ("a\u{7f}b\u{8}c", "a\u{fffd}b\u{fffd}c"),
            ("one\ttwo\r\nthree", "one two  three"),
            ("user\u{202e}gpj.exe", "usergpj.exe"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("soft\u{ad}hyphen", "softhyphen"),
        ] {
            assert_eq!(safe(text), expected, "{text:?}");
        }
        assert_eq!(flowing(" a \n\n b\t", &[]).text, "a b");
    }

    #[test]
    fn marks_move_with_their_words() {
        let text = "\u{1b}[1mtwo\u{ad}fold\n\n gains";
        let marks = [text.find("two").expect("there")..text.find('\n').expect("there"), text.len() - 5..text.len()];
        let safe = flowing(text, &marks);
        assert_eq!(&safe.text[safe.marks[0].clone()], "twofold");
        assert_eq!(&safe.text[safe.marks[1].clone()], "gains");
    }

    #[test]
    fn initials_are_marked_with_their_last_point() {
        let text = "The U.S. and U.S.A. met at 3.5. So";
        let marks: Vec<_> = ["U.S", "U.S.A", "3.5", "met"]
            .iter()
            .map(|word| text.find(&format!(" {word}")).map_or(0..0, |at| at + 1..at + 1 + word.len()))
            .collect();
        let text = initials(flowing(text, &marks));
        let marked: Vec<&str> = text.marks.iter().map(|mark| &text.text[mark.clone()]).collect();
        assert_eq!(marked, ["U.S.", "U.S.A.", "3.5", "met"]);
    }

    proptest! {
        #[test]
        fn text_is_safe_for_a_terminal(
            text in "(?s)(.|[\\x00-\\x1f\\x7f-\\u{9f}\\u{200b}-\\u{200f}\\u{202a}-\\u{202e}\\u{2066}-\\u{2069} \n]){0,60}",
            ends in proptest::collection::vec((0usize..200, 0usize..200), 0..6),
        ) {
            let marks: Vec<Range<usize>> = ends.into_iter().map(|(a, b)| a.min(b)..a.max(b)).collect();
            let flowing = flowing(&text, &marks);
            for made in [flowing.text.as_str(), &safe(&text)] {
                prop_assert!(made.chars().all(|c| is_safe(c) && !c.is_control()));
            }
            prop_assert_eq!(flowing.marks.len(), marks.len());
            prop_assert!(flowing.marks.iter().all(|mark| flowing.text.get(mark.clone()).is_some()));
            prop_assert!(!flowing.text.contains("  "));
        }
    }
}
