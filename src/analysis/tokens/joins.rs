//! Marks inside words, and between linked words.

use super::{Class, Walk, class_of};
use crate::analysis::fold::{digit, is_apostrophe, is_invisible};

/// French and Italian words that are elided before a vowel.
const ELIDED: &[&str] = &[
    "all", "c", "d", "dall", "dell", "j", "jusqu", "l", "lorsqu", "m", "n", "nell", "puisqu", "qu", "quelqu", "quest",
    "s", "sull", "t", "un",
];

/// Length of the longest of them.
const ELIDED_BYTES_MAX: usize = 6;

impl Walk<'_> {
    /// The end of the word that starts at `start`, including joiners.
    pub(super) fn word_end(&self, start: usize) -> usize {
        let bytes = self.text.as_bytes();
        let mut at = start + self.class(start).1;
        while at < self.end {
            let byte = bytes[at];
            if byte.is_ascii_alphanumeric() {
                at += 1;
            } else if byte.is_ascii() {
                match self.joiner(start, at, byte) {
                    true => at += 1,
                    false => break,
                }
            } else {
                let Some(c) = self.text[at..].chars().next() else { break };
                let next = at + c.len_utf8();
                let continues = match c {
                    c if is_apostrophe(c) => {
                        self.letter_at(next) && !self.elided(start, at) || self.group_at(start, at, next)
                    }
                    '\u{a0}' | '\u{2009}' | '\u{202f}' | '٬' | '，' => self.group_at(start, at, next),
                    '٫' | '．' => self.decimal_at(start, at, next),
                    '״' => self.hebrew_at(start, at, next),
                    // A note mark after a word, but not the power of a unit (`km²`).
                    '¹' | '²' | '³' | '⁰' | '⁴'..='⁹' => {
                        self.text[start..at].chars().filter(|c| c.is_alphabetic()).count() < 3
                    }
                    c if is_invisible(c) => true,
                    c => {
                        matches!(class_of(c), Class::Letter | Class::Digit)
                            || unicode_normalization::char::is_combining_mark(c)
                    }
                };
                if !continues {
                    break;
                }
                at += c.len_utf8();
            }
        }
        at.min(self.end)
    }

    /// Whether an ASCII mark at `at` belongs to the word that starts at `start`.
    fn joiner(&self, start: usize, at: usize, byte: u8) -> bool {
        let bytes = self.text.as_bytes();
        let before = at.checked_sub(1).filter(|i| *i >= start).map_or(0, |i| bytes[i]);
        let after = bytes.get(at + 1).copied().filter(|_| at + 1 < self.end).unwrap_or(0);
        match byte {
            b'\'' | b'`' => self.letter_at(at + 1) && !self.elided(start, at) || self.group_at(start, at, at + 1),
            b'.' if before.is_ascii_digit() => after.is_ascii_digit(),
            b'.' if before > 0x7f => self.decimal_at(start, at, at + 1),
            b'"' if before > 0x7f => self.hebrew_at(start, at, at + 1),
            b'.' => {
                // A point between single letters: `U.S`.
                let alone_before = before.is_ascii_alphabetic() && (at - start == 1 || bytes[at - 2] == b'.');
                let beyond = bytes.get(at + 2).copied().filter(|_| at + 2 < self.end).unwrap_or(0);
                alone_before && after.is_ascii_alphabetic() && !beyond.is_ascii_alphanumeric()
            }
            b',' => {
                self.group_at(start, at, at + 1)
                    || self.rules.comma && before.is_ascii_digit() && after.is_ascii_digit()
            }
            b'&' => before.is_ascii_uppercase() && after.is_ascii_uppercase(),
            _ => false,
        }
    }

    /// Whether a mark at `at` separates thousands: the word from `start` consists of digits, with up to three before
    /// the first mark, and exactly three follow at `next`.
    fn group_at(&self, start: usize, at: usize, next: usize) -> bool {
        let digits = |from: usize| self.text[from..self.end].chars().take_while(|c| digit(*c).is_some()).count();
        let before = &self.text[start..at];
        // `12,34,567`, as in India: groups of two before the last of three.
        let is_lakh = || {
            let mut from = next;
            while digits(from) == 2 && self.text[from..self.end].chars().nth(2) == Some(',') {
                from += self.text[from..].char_indices().nth(3).map_or(0, |(bytes, _)| bytes);
            }
            from > next && digits(from) == 3 && self.text[at..].starts_with(',')
        };
        (digits(next.min(self.end)) == 3 || is_lakh())
            && (1..=3).contains(&digits(start))
            && before.chars().next_back().and_then(digit).is_some()
    }

    fn letter_at(&self, at: usize) -> bool {
        at < self.end && self.class(at).0 == Class::Letter
    }

    fn digit_at(&self, at: usize) -> bool {
        at < self.end && self.class(at).0 == Class::Digit
    }

    /// Whether a mark at `at` is between digits; the word begins at `start`.
    fn decimal_at(&self, start: usize, at: usize, next: usize) -> bool {
        self.text[start..at].chars().next_back().and_then(digit).is_some() && self.digit_at(next)
    }

    /// Whether a mark at `at` is between Hebrew letters, as in acronyms.
    fn hebrew_at(&self, start: usize, at: usize, next: usize) -> bool {
        let is_hebrew = |c: char| ('א'..='ת').contains(&c);
        self.text[start..at].ends_with(is_hebrew) && self.text[next..self.end].starts_with(is_hebrew)
    }

    /// The link between the word at these bytes and the next one, as written in the joined form; none if they are not
    /// linked.
    pub(super) fn link_after(&self, start: usize, end: usize) -> Option<&'static str> {
        let link = self.text[end..self.end].chars().next()?;
        let next = end + link.len_utf8();
        let first = self.class(start).0;
        match link {
            '-' | '\u{2010}' | '\u{2011}' => {
                (self.letter_at(next) || first == Class::Letter && self.digit_at(next)).then_some("")
            }
            c if is_apostrophe(c) => (self.letter_at(next) && self.elided(start, end)).then_some(""),
            // Queries may be typed without the capitals of `AT&T`.
            '&' => (self.is_query && first == Class::Letter && self.letter_at(next)).then_some("&"),
            '/' => {
                let short = |start: usize, end: usize| self.text[start..end].bytes().all(|b| b.is_ascii_digit());
                let after = self.text[next..self.end].bytes().take_while(u8::is_ascii_digit).count();
                (short(start, end) && after > 0).then_some("/")
            }
            _ => None,
        }
    }

    /// Whether the word at these bytes, before an apostrophe, is elided: `l'`, `qu'`, `dell'`.
    fn elided(&self, start: usize, apostrophe: usize) -> bool {
        let word = &self.text[start..apostrophe];
        let next = self.text[apostrophe..self.end].chars().nth(1);
        word.len() <= ELIDED_BYTES_MAX
            && ELIDED.iter().any(|known| known.eq_ignore_ascii_case(word))
            && next.is_some_and(|c| "aeiouyhàâáèéêëîïìíôòóùûúœæAEIOUYHÀÂÁÈÉÊËÎÏÌÍÔÒÓÙÛÚŒÆ".contains(c))
    }
}
