//! Splits a text into tokens with byte ranges, positions and terms.
//!
//! A word is a run of Unicode letters and digits, with these additions. The table in [`analysis`](super) has examples.
//!
//! - An apostrophe inside a word is dropped, and so is a possessive `'s`; Hebrew gershayim are too (`צה"ל`).
//! - Letters with points are one word. Digits keep a decimal point and lose thousands separators. `&` stays between
//!   capitals.
//! - Words linked by a hyphen, by an elided article (`l'eau`) or, between numbers, by a slash are one word each. Their
//!   joined form has the position of the first.
//! - A run in a script without spaces between words (Chinese, Japanese, Thai, Lao, Khmer, Burmese) becomes overlapping
//!   pairs of its characters, called unspaced here.
//! - `US`, `IT`, `WHO` and `AIDS` in capitals differ from `us`, `it`, `who` and `aid`. In a text all in capitals they are
//!   both.
//! - Short words with symbols (`C++`, `C#`, `.NET`, `$AAPL`) have a second term, as written.

mod joins;
mod symbols;

use super::TERM_BYTES_MAX;
use super::fold::{digit, is_apostrophe, lower, normalized, spell_out};
use super::numbers::{Rules, number};
use super::words::{KEY_BYTES, Word, Words};
use crate::article::Language;

/// Maximum size of a joined form.
const JOINED_BYTES_MAX: usize = 24;

/// A token: a word of a text.
#[derive(Debug, Clone, Copy)]
pub struct Token<'a> {
    /// Byte range in the text.
    pub start: usize,
    /// End of the byte range.
    pub end: usize,
    /// Position in the text; joined forms share the position of their first part.
    pub position: u32,
    /// The word in its table.
    pub word: Word,
    words: &'a Words,
}

impl<'a> Token<'a> {
    /// The term in the index.
    pub fn term(&self) -> &'a str {
        self.words.text(self.word.term())
    }

    /// Number of its term in the table of words.
    pub fn term_number(&self) -> u32 {
        self.word.term()
    }

    /// The word folded and unstemmed.
    pub fn folded(&self) -> &'a str {
        self.words.folded(self.word.number())
    }
}

/// Calls `sink` for every token of `text[start..end]`, with positions from `position`. Returns the position after the
/// last one. The range must be on character boundaries.
pub fn tokenize(
    text: &str,
    range: std::ops::Range<usize>,
    position: u32,
    language: Language,
    words: &mut Words,
    sink: &mut impl FnMut(Token<'_>),
) -> u32 {
    let mut walk = Walk::new(text, range, position, language, words);
    walk.run(sink);
    walk.end()
}

/// As [`tokenize`], for a text of a query: a single word in capitals is an acronym, and the last character of a run gets
/// no term of its own, since the run may continue in an article.
pub fn tokenize_query(text: &str, language: Language, words: &mut Words, sink: &mut impl FnMut(Token<'_>)) {
    if let Some(term) = acronym(text) {
        let word = words.word(language, term);
        return sink(Token { start: 0, end: text.len(), position: 0, word, words });
    }
    let mut walk = Walk::new(text, 0..text.len(), 0, language, words);
    walk.is_query = true;
    walk.run(sink);
    walk.end();
}

/// Whether a term is a single unspaced character, which begins many terms.
pub fn is_unspaced_char(term: &str) -> bool {
    let mut chars = term.chars();
    chars.next().is_some_and(|c| class_of(c) == Class::Unspaced) && chars.next().is_none()
}

/// Whether a term consists of unspaced characters.
pub fn is_unspaced(term: &str) -> bool {
    term.chars().all(|c| class_of(c) == Class::Unspaced)
}

/// Whether a character is of Thai, Lao, Khmer or Burmese, whose words have many letters and no spaces between them.
pub fn is_unspaced_letter(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}')
}

/// The term of a word that is a different word in capitals.
fn acronym(surface: &str) -> Option<&'static str> {
    match surface {
        "US" | "USA" => Some("us."),
        "IT" => Some("it."),
        "WHO" => Some("who."),
        "AIDS" => Some("aids."),
        _ => None,
    }
}

struct Walk<'a> {
    text: &'a str,
    start: usize,
    end: usize,
    position: u32,
    /// Whether capitals are distinctive in the range, once determined.
    mixed_case: Option<bool>,
    is_query: bool,
    lower: String,
    spelled: String,
    characters: Vec<(char, usize, usize)>,
    joined: String,
    /// The terms of the linked words in `joined`.
    linked: Vec<u32>,
    language: Language,
    rules: Rules,
    words: &'a mut Words,
}

const LETTER: u8 = 1;
const DIGIT: u8 = 2;
/// Characters after which a word may continue or be linked.
const JOINS: u8 = 4;

/// Classes of bytes for plain ASCII words.
static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' => LETTER,
            b'0'..=b'9' => DIGIT,
            b'\'' | b'-' | b'&' | b'+' | b'#' | 0x80..=0xff => JOINS,
            _ => 0,
        };
        byte += 1;
    }
    classes
};

/// The class of a character.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Letter,
    Digit,
    /// A character of a script without spaces between words.
    Unspaced,
    Other,
}

impl<'a> Walk<'a> {
    fn new(
        text: &'a str,
        range: std::ops::Range<usize>,
        position: u32,
        language: Language,
        words: &'a mut Words,
    ) -> Self {
        let (lower, joined) = (std::mem::take(&mut words.lower), std::mem::take(&mut words.joined));
        let (start, end) = (range.start, range.end);
        Self {
            text,
            start,
            end,
            position,
            mixed_case: None,
            is_query: false,
            lower,
            joined,
            spelled: String::new(),
            characters: Vec::new(),
            linked: Vec::new(),
            rules: Rules::of(language),
            language,
            words,
        }
    }

    /// Returns the buffers, and the position after the last token.
    fn end(self) -> u32 {
        (self.words.lower, self.words.joined) = (self.lower, self.joined);
        self.position
    }

    /// The end of the plain word at `start`, if it is one: a short run of ASCII letters and digits that is no acronym and
    /// that neither [`joiner`](Self::joiner) nor [`link_after`](Self::link_after) can extend. Most words are plain, and
    /// need only a lookup.
    #[inline]
    fn plain_end(&self, start: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let class = |at: usize| CLASSES[usize::from(bytes[at])];
        let mut end = start;
        while end < self.end && class(end) & (LETTER | DIGIT) != 0 {
            end += 1;
        }
        if end == start {
            return None;
        }
        let continues = end < self.end
            && match bytes[end] {
                b'.' | b',' if bytes[end - 1].is_ascii_digit() => {
                    bytes[..self.end].get(end + 1).is_some_and(u8::is_ascii_digit)
                }
                b'.' => end - start == 1,
                b'/' => class(start) == DIGIT,
                _ => class(end) & JOINS != 0,
            };
        let length = end - start;
        let may_be_acronym = || length <= 4 && bytes[start].is_ascii_uppercase();
        let plain = length <= KEY_BYTES && !continues && !(self.rules.dotted && bytes[start..end].contains(&b'I'));
        (plain && !(may_be_acronym() && acronym(&self.text[start..end]).is_some())).then_some(end)
    }

    fn emit(&self, start: usize, end: usize, position: u32, word: Word, sink: &mut impl FnMut(Token<'_>)) {
        sink(Token { start, end, position, word, words: self.words });
    }

    fn run(&mut self, sink: &mut impl FnMut(Token<'_>)) {
        let mut at = self.start;
        // The current linked words: start and position.
        let mut compound: Option<(usize, u32)> = None;
        while at < self.end {
            if self.text.as_bytes()[at] == b' ' {
                at += 1;
                continue;
            }
            if compound.is_none()
                && let Some(end) = self.plain_end(at)
            {
                let word = self.words.word_of_ascii(self.language, self.text.as_bytes(), at, end);
                self.emit(at, end, self.position, word, sink);
                self.position += 1;
                at = end;
                continue;
            }
            let (class, width) = self.class(at);
            match class {
                Class::Other => match self.symbol_before(at) {
                    Some(end) => {
                        self.written(at + width..end, at..end, sink);
                        at = end;
                    }
                    None => at += width,
                },
                Class::Unspaced => at = self.pairs(at, sink),
                Class::Letter | Class::Digit => {
                    let end = self.word_end(at);
                    if let Some(symbols_end) = self.symbols_after(at, end).filter(|_| compound.is_none()) {
                        self.written(at..end, at..symbols_end, sink);
                        at = symbols_end;
                        continue;
                    }
                    let position = self.position;
                    let first = compound.is_none();
                    if first {
                        self.joined.clear();
                        self.linked.clear();
                    }
                    self.word(at, end, sink);
                    if let Some(link) = self.link_after(at, end) {
                        self.link();
                        self.joined.push_str(link);
                        // Links begin at a word that is not empty.
                        compound = compound.or((self.position > position).then_some((at, position)));
                    } else if let Some((start, at_position)) = compound.take() {
                        self.link();
                        self.joined_form(start, end, at_position, sink);
                    }
                    at = end;
                }
            }
        }
    }

    fn class(&self, at: usize) -> (Class, usize) {
        let byte = self.text.as_bytes()[at];
        if byte.is_ascii() {
            let class = match byte {
                b'a'..=b'z' | b'A'..=b'Z' => Class::Letter,
                b'0'..=b'9' => Class::Digit,
                _ => Class::Other,
            };
            return (class, 1);
        }
        let Some(c) = self.text[at..].chars().next() else { return (Class::Other, 1) };
        (class_of(c), c.len_utf8())
    }

    /// Emits a word and leaves its folded form in `self.lower`. A word that folds to nothing, such as marks without a
    /// letter, is not a word and takes no position.
    fn word(&mut self, start: usize, end: usize, sink: &mut impl FnMut(Token<'_>)) {
        let surface = &self.text[start..end];
        self.lower.clear();
        let position = self.position;
        self.position += 1;
        let special = match surface.len() {
            2..=4 if surface.as_bytes()[0].is_ascii_uppercase() => acronym(surface),
            _ => None,
        };
        if let Some(term) = special.filter(|_| self.capitals_stand_out()) {
            self.lower.push_str(term);
            let word = self.words.word(self.language, term);
            self.emit(start, end, position, word, sink);
            return;
        }
        let marked = |b| matches!(b, b'.' | b',' | b'\'' | b'`' | b'\xc2' | b'\xca' | b'\xd9' | b'\xe2' | b'\xef');
        let possessive = || surface.strip_suffix(['s', 'S']).and_then(|before| before.strip_suffix(is_apostrophe));
        if surface.starts_with(|c| digit(c).is_some()) {
            number(possessive().unwrap_or(surface), self.rules, &mut self.lower);
        } else if surface.bytes().any(marked) {
            self.lower_marked(possessive().unwrap_or(surface));
        } else {
            lower(surface, self.rules.dotted, &mut self.lower);
        }
        self.lower.truncate(self.lower.floor_char_boundary(TERM_BYTES_MAX));
        if self.lower.is_empty() {
            self.position = position;
            return;
        }
        let word = self.words.word(self.language, &self.lower);
        self.emit(start, end, position, word, sink);
        self.spelled.clear();
        if self.rules.spells_out && !surface.is_ascii() && spell_out(&self.lower, &mut self.spelled) {
            let word = self.words.word(self.language, &self.spelled);
            self.emit(start, end, position, word, sink);
        }
        if let Some(term) = special.filter(|term| *term != self.lower) {
            let word = self.words.word(self.language, term);
            self.emit(start, end, position, word, sink);
        }
    }

    /// The lower form of a word with points or apostrophes, without its possessive.
    fn lower_marked(&mut self, surface: &str) {
        lower(surface, self.rules.dotted, &mut self.lower);
        self.lower.retain(|c| c != '.');
        if surface.contains('.') {
            match self.lower.as_str() {
                "us" | "usa" => self.lower.replace_range(.., "us."),
                "it" | "who" => self.lower.push('.'),
                _ => {}
            }
        } else if let Some(term) = acronym(surface).filter(|_| self.capitals_stand_out()) {
            // A possessive: `US's`, `WHO's`.
            self.lower.replace_range(.., term);
        }
    }

    /// Whether there is lower case, or a script from Greek on.
    fn capitals_stand_out(&mut self) -> bool {
        let range = &self.text.as_bytes()[self.start..self.end];
        let other = |b: &u8| b.is_ascii_lowercase() || matches!(b, 0xce..=0xe1 | 0xe3..);
        *self.mixed_case.get_or_insert_with(|| range.iter().any(other))
    }

    /// Adds the last word to the joined form.
    fn link(&mut self) {
        if !self.lower.is_empty() {
            self.joined.push_str(&self.lower);
            self.linked.push(self.words.word(self.language, &self.lower).term());
        }
    }

    /// Emits the joined form of linked words.
    fn joined_form(&mut self, start: usize, end: usize, position: u32, sink: &mut impl FnMut(Token<'_>)) {
        let begins_with_letter = self.joined.starts_with(char::is_alphabetic);
        let numbers = self.joined.bytes().all(|b| b.is_ascii_digit() || b == b'/');
        let plain = begins_with_letter && self.joined.chars().all(|c| c.is_alphanumeric() || c == '&');
        if !(plain || numbers) || self.joined.len() > JOINED_BYTES_MAX {
            return;
        }
        // The positions of a term must not decrease, so a joined form with the stem of a later part is left out. One with
        // the stem of the first part is kept: it is a word of its own that was broken at the end of a line.
        let word = self.words.word(self.language, &self.joined);
        let is_later_part = self.linked.iter().skip(1).any(|part| *part == word.term());
        if !is_later_part && self.position > position + 1 {
            self.emit(start, end, position, word, sink);
        }
    }

    /// Emits the overlapping pairs of a run of characters, and at the position of the last one its second character, so
    /// that every character begins a term. A single character is a term itself.
    fn pairs(&mut self, start: usize, sink: &mut impl FnMut(Token<'_>)) -> usize {
        let mut characters = std::mem::take(&mut self.characters);
        characters.clear();
        let mut at = start;
        let mut chars = self.text[start..self.end].chars().peekable();
        while let Some(c) = chars.next_if(|c| class_of(*c) == Class::Unspaced) {
            let (first, begins) = (characters.len(), at);
            at += c.len_utf8();
            if normalized(c, chars.peek().copied(), &mut |c| characters.push((c, begins, 0))) {
                at += chars.next().map_or(0, char::len_utf8);
            }
            characters[first..].iter_mut().for_each(|(_, _, end)| *end = at);
        }
        let mut emit = |walk: &mut Self, term: &[(char, usize, usize)], position: u32| {
            let (Some(first), Some(last)) = (term.first(), term.last()) else { return };
            walk.lower.clear();
            walk.lower.extend(term.iter().map(|(c, ..)| *c));
            let word = walk.words.word(walk.language, &walk.lower);
            walk.emit(first.1, last.2, position, word, sink);
        };
        if let [_] = characters.as_slice() {
            emit(self, &characters, self.position);
            self.position += 1;
        }
        for pair in characters.windows(2) {
            emit(self, pair, self.position);
            self.position += 1;
        }
        if let [_, .., last] = characters.as_slice()
            && !self.is_query
        {
            emit(self, &[*last], self.position - 1);
        }
        self.characters = characters;
        at
    }
}

fn class_of(c: char) -> Class {
    match c as u32 {
        0x0e00..=0x0e4e
        | 0x0e80..=0x0ece
        | 0x1000..=0x103f
        | 0x1050..=0x108f
        | 0x1780..=0x17d3
        | 0x2e80..=0x2fdf
        | 0x3005..=0x3007
        | 0x3040..=0x30ff
        | 0x31f0..=0x31ff
        | 0x3220..=0x3247
        | 0x3280..=0x32b0
        | 0x32d0..=0x3357
        | 0x337b..=0x337f
        | 0x3400..=0x4dbf
        | 0x4e00..=0x9fff
        | 0xf900..=0xfaff
        | 0xff66..=0xff9f
        | 0x20000..=0x3ffff => Class::Unspaced,
        // Apostrophes, which Unicode classifies as letters.
        _ if is_apostrophe(c) => Class::Other,
        _ if c.is_alphabetic() => Class::Letter,
        _ if c.is_numeric() => Class::Digit,
        _ => Class::Other,
    }
}

#[cfg(test)]
mod tests;
