//! What a word is: from a text to tokens with their byte ranges, positions and terms.
//!
//! Rules beside Unicode letters and digits: an apostrophe inside a word belongs to it and a possessive `'s` is
//! dropped; letters with points are one word (`U.S.` → `us.`, `A.I.` → `ai`); digits keep a decimal point and
//! lose their thousands' commas; `&` between capitals stays (`R&D`). Words that are linked are words each, and
//! their joined form stands at the first one's position: after a hyphen (`e-mail` → `e`, `mail`, `email`; `F-16` →
//! `f`, `16`, `f16`), an article of French or Italian before its apostrophe (`l'eau` → `l`, `eau`, `leau`), and
//! numbers with a stroke (`9/11` → `9`, `11`, `9/11`). Text in scripts without blanks between words (Chinese,
//! Japanese, Thai, Lao, Khmer, Burmese) gives overlapping pairs of signs. `US`, `IT`, `WHO` and `AIDS` in capitals
//! amid lower case are terms of their own, apart from the words `us`, `it`, `who` and `aid`; in text all in capitals
//! they are both. Short words with signs (`C++`, `C#`, `.NET`, `$AAPL`) are terms of their own beside the words in them.

mod signed;

use super::TERM_BYTES_MAX;
use super::fold::{digit, is_apostrophe, is_invisible, lower, sign, spell_out};
use super::numbers::{Rules, number};
use super::words::{KEY_BYTES, Word, Words};
use crate::article::Language;

/// Maximum size of linked words that are also indexed in their joined form.
const JOINED_BYTES_MAX: usize = 24;

/// French and Italian words that lose their vowel before another word.
const ELIDED: &[&str] = &[
    "all", "c", "d", "dall", "dell", "j", "jusqu", "l", "lorsqu", "m", "n", "nell", "puisqu", "qu", "quelqu", "quest",
    "s", "sull", "t", "un",
];

/// Length of the longest of them.
const ELIDED_BYTES_MAX: usize = 6;

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

/// As [`tokenize`] for a whole text of a query: there, a single word in capitals is meant so, and a run of signs is
/// its pairs alone, since what it is looked for in may go on.
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

/// Whether a term is one sign of a script without blanks between words: then it begins many terms.
pub fn is_sign(term: &str) -> bool {
    let mut chars = term.chars();
    chars.next().is_some_and(|c| class_of(c) == Class::Sign) && chars.next().is_none()
}

/// Whether a term consists of characters of a script without blanks between words.
pub fn is_signs(term: &str) -> bool {
    term.chars().all(|c| class_of(c) == Class::Sign)
}

/// Words whose capitals make them different words.
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
    signs: Vec<(char, usize, usize)>,
    joined: String,
    language: Language,
    rules: Rules,
    words: &'a mut Words,
}

const LETTER: u8 = 1;
const DIGIT: u8 = 2;
/// Characters before which a word may continue or be linked, whatever its letters.
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
    /// A character of a script without blanks between words.
    Sign,
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
            signs: Vec::new(),
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

    /// The end of the plain word that begins at `start`: ASCII letters and digits up to where neither a rule of
    /// [`joiner`](Self::joiner) nor one of [`link_after`](Self::link_after) can make it go on, short, and no acronym.
    /// Most words are such, and need no more than a look-up.
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
        let goes_on = end < self.end
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
        let plain = length <= KEY_BYTES && !goes_on && !(self.rules.dotted && bytes[start..end].contains(&b'I'));
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
                Class::Other => match self.sign_before(at) {
                    Some(end) => {
                        self.written(at + width..end, at..end, sink);
                        at = end;
                    }
                    None => at += width,
                },
                Class::Sign => at = self.signs(at, sink),
                Class::Letter | Class::Digit => {
                    let end = self.word_end(at);
                    if let Some(signs_end) = self.signs_after(at, end).filter(|_| compound.is_none()) {
                        self.written(at..end, at..signs_end, sink);
                        at = signs_end;
                        continue;
                    }
                    let position = self.position;
                    let first = compound.is_none();
                    if first {
                        self.joined.clear();
                    }
                    self.word(at, end, sink);
                    if let Some(link) = self.link_after(at, end) {
                        self.joined.push_str(&self.lower);
                        self.joined.push_str(link);
                        // Links begin at a word that is not empty.
                        compound = compound.or((self.position > position).then_some((at, position)));
                    } else if let Some((start, at_position)) = compound.take() {
                        self.joined.push_str(&self.lower);
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

    /// The end of the word that starts at `start`, including joiners.
    fn word_end(&self, start: usize) -> usize {
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
                let goes_on = match c {
                    c if is_apostrophe(c) => {
                        self.letter_at(next) && !self.elided(start, at) || self.group_at(start, at, next)
                    }
                    '\u{a0}' | '\u{2009}' | '\u{202f}' | '٬' => self.group_at(start, at, next),
                    '٫' => self.digit_at(start) && self.digit_at(next),
                    c if is_invisible(c) => true,
                    c => {
                        matches!(class_of(c), Class::Letter | Class::Digit)
                            || unicode_normalization::char::is_combining_mark(c)
                    }
                };
                if !goes_on {
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
            b'.' => {
                // A point between single letters: `U.S`. The letter before stands alone, and the one after too.
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
        digits(next.min(self.end)) == 3
            && (1..=3).contains(&digits(start))
            && before.chars().next_back().and_then(digit).is_some()
    }

    fn letter_at(&self, at: usize) -> bool {
        at < self.end && self.class(at).0 == Class::Letter
    }

    fn digit_at(&self, at: usize) -> bool {
        at < self.end && self.class(at).0 == Class::Digit
    }

    /// What links the word at these bytes to one that follows, as it stands in the joined form.
    fn link_after(&self, start: usize, end: usize) -> Option<&'static str> {
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

    /// Whether the word at these bytes, before an apostrophe, has lost its vowel to the one after: `l'`, `qu'`, `dell'`.
    fn elided(&self, start: usize, apostrophe: usize) -> bool {
        let word = &self.text[start..apostrophe];
        let next = self.text[apostrophe..self.end].chars().nth(1);
        word.len() <= ELIDED_BYTES_MAX
            && ELIDED.iter().any(|known| known.eq_ignore_ascii_case(word))
            && next.is_some_and(|c| "aeiouyhàâáèéêëîïìíôòóùûúœæAEIOUYHÀÂÁÈÉÊËÎÏÌÍÔÒÓÙÛÚŒÆ".contains(c))
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
        cut(&mut self.lower);
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

    /// The lower form of a word with points or apostrophes.
    fn lower_marked(&mut self, surface: &str) {
        let surface =
            surface.strip_suffix(['s', 'S']).and_then(|before| before.strip_suffix(is_apostrophe)).unwrap_or(surface);
        lower(surface, self.rules.dotted, &mut self.lower);
        self.lower.retain(|c| c != '.');
        if surface.contains('.') {
            match self.lower.as_str() {
                "us" | "usa" => self.lower.replace_range(.., "us."),
                "it" | "who" => self.lower.push('.'),
                _ => {}
            }
        } else if acronym(surface).is_some() && self.capitals_stand_out() {
            // A possessive: `US's`, `WHO's`.
            self.lower.clear();
            self.lower.push_str(acronym(surface).unwrap_or_default());
        }
    }

    /// Whether there is lower case, or a script from Greek on.
    fn capitals_stand_out(&mut self) -> bool {
        let range = &self.text.as_bytes()[self.start..self.end];
        let other = |b: &u8| b.is_ascii_lowercase() || matches!(b, 0xce..=0xe1 | 0xe3..);
        *self.mixed_case.get_or_insert_with(|| range.iter().any(other))
    }

    /// Emits the joined form of linked words.
    fn joined_form(&mut self, start: usize, end: usize, position: u32, sink: &mut impl FnMut(Token<'_>)) {
        let begins_with_letter = self.joined.starts_with(char::is_alphabetic);
        let numbers = self.joined.bytes().all(|b| b.is_ascii_digit() || b == b'/');
        let plain = begins_with_letter && self.joined.chars().all(|c| c.is_alphanumeric() || c == '&');
        if !(plain || numbers) || self.joined.len() > JOINED_BYTES_MAX {
            return;
        }
        // A term's positions may not go back, nor may a word count twice: a joined form of one part that is seen, or
        // whose stem is its last part's, is left out.
        let word = self.words.word(self.language, &self.joined);
        let same = !self.lower.is_empty() && {
            let last = self.words.word(self.language, &self.lower);
            word.term() == last.term()
        };
        if !same && self.position > position + 1 {
            self.emit(start, end, position, word, sink);
        }
    }

    /// Emits the overlapping pairs of a run of characters, and at the position of the last one its second character, so
    /// that every character begins a term. A single character is a term itself.
    fn signs(&mut self, start: usize, sink: &mut impl FnMut(Token<'_>)) -> usize {
        let mut signs = std::mem::take(&mut self.signs);
        signs.clear();
        let mut at = start;
        let mut chars = self.text[start..self.end].chars().peekable();
        while let Some(c) = chars.next_if(|c| class_of(*c) == Class::Sign) {
            let (first, begins) = (signs.len(), at);
            at += c.len_utf8();
            if sign(c, chars.peek().copied(), &mut |c| signs.push((c, begins, 0))) {
                at += chars.next().map_or(0, char::len_utf8);
            }
            signs[first..].iter_mut().for_each(|(_, _, end)| *end = at);
        }
        let mut emit = |walk: &mut Self, term: &[(char, usize, usize)], position: u32| {
            let (Some(first), Some(last)) = (term.first(), term.last()) else { return };
            walk.lower.clear();
            walk.lower.extend(term.iter().map(|(c, ..)| *c));
            let word = walk.words.word(walk.language, &walk.lower);
            walk.emit(first.1, last.2, position, word, sink);
        };
        if let [_] = signs.as_slice() {
            emit(self, &signs, self.position);
            self.position += 1;
        }
        for pair in signs.windows(2) {
            emit(self, pair, self.position);
            self.position += 1;
        }
        if let [_, .., last] = signs.as_slice()
            && !self.is_query
        {
            emit(self, &[*last], self.position - 1);
        }
        self.signs = signs;
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
        | 0x20000..=0x3ffff => Class::Sign,
        // Apostrophes, which Unicode classifies as letters.
        _ if is_apostrophe(c) => Class::Other,
        _ if c.is_alphabetic() => Class::Letter,
        _ if c.is_numeric() => Class::Digit,
        _ => Class::Other,
    }
}

fn cut(folded: &mut String) {
    if folded.len() > TERM_BYTES_MAX {
        let mut end = TERM_BYTES_MAX;
        while !folded.is_char_boundary(end) {
            end -= 1;
        }
        folded.truncate(end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_comes_to_an_end() {
        let mut words = Words::default();
        for c in ('\0'..='\u{ffff}').chain('\u{1d400}'..='\u{1f9ff}') {
            let text = format!("{c} ab{c}> 1{c}{c} .{c}a {c}'{c}{c}");
            let mut last = 0;
            tokenize(&text, 0..text.len(), 0, Language::default(), &mut words, &mut |token| {
                assert!(token.start < token.end && text.get(token.start..token.end).is_some(), "{c:?}: {token:?}");
                last = token.end;
            });
            assert!(last <= text.len() && last > 0, "{c:?}");
        }
    }

    fn terms(text: &str) -> String {
        terms_in(text, None)
    }

    fn terms_in(text: &str, language: Option<&str>) -> String {
        let mut found = Vec::new();
        tokenize(text, 0..text.len(), 0, Language::of(language), &mut Words::default(), &mut |t| {
            found.push(format!("{}@{}", t.term(), t.position))
        });
        found.join(" ")
    }

    #[test]
    fn words_are_what_the_rules_say() {
        for (text, expected) in [
            ("Export controls", "export@0 control@1"),
            ("Amazon's labs’ O’Neill don't", "amazon@0 lab@1 oneil@2 dont@3"),
            ("the U.S. and A.I., in the U.S.A.", "the@0 us.@1 and@2 ai@3 in@4 the@5 us.@6"),
            ("The US told us", "the@0 us.@1 told@2 us@3"),
            ("TELL US NOW", "tell@0 us@1 us.@1 now@2"),
            ("$1,234,567.89 in 3,5", "1234567.89@0 in@1 3@2 5@3"),
            ("C++ and C# (.NET), $AAPL", "c@0 c++@0 and@1 c@2 c#@2 net@3 .net@3 aapl@4 $aapl@4"),
            ("A+ no.NET $5 #tag B+++ end.", "a@0 no@1 net@2 5@3 tag@4 b@5 end@6"),
            ("e-mail", "e@0 mail@1 email@0"),
            ("R&D at AT&T", "r&d@0 at@1 at&t@2"),
            ("Café ﬁne", "cafe@0 fine@1"),
            ("exampleʼ, Oʼneill ʼ", "exampl@0 oneil@1"),
            ("输出管制", "输出@0 出管@1 管制@2 制@2"),
            ("中", "中@0"),
            ("end.Start 2024.", "end@0 start@1 2024@2"),
        ] {
            assert_eq!(terms(text), expected, "{text}");
        }
    }

    #[test]
    fn no_script_and_no_sign_loses_a_word() {
        for (text, expected) in [
            // Acronyms and forms of address.
            ("USA usa U.S.A. USA's US", "us.@0 us.@1 us.@2 us.@3 us.@4"),
            ("US SANCTIONS", "us@0 us.@0 sanction@1"),
            ("美国US制裁 и US", "美国@0 国@0 us.@1 制裁@2 裁@2 и@3 us.@4"),
            ("WHO's who", "who.@0 who@1"),
            // Linked words.
            ("chip-making chipmaking", "chip@0 make@1 chipmak@0 chipmak@2"),
            ("COVID-19, Covid19", "covid@0 19@1 covid19@0 covid19@2"),
            ("an F-16 of the G-20 and G20", "an@0 f@1 16@2 f16@1 of@3 the@4 g@5 20@6 g20@5 and@7 g20@8"),
            ("2019-2020", "2019@0 2020@1"),
            ("9/11 and 24/7", "9@0 11@1 9/11@0 and@2 24@3 7@4 24/7@3"),
            ("state-of-the-art", "state@0 of@1 the@2 art@3 stateoftheart@0"),
            ("l'économie qu’il d'Arcy", "l@0 economi@1 leconomi@0 qu@2 il@3 quil@2 d@4 arci@5 darci@4"),
            ("O'Neill N'Djamena don't Xi’s Xiʼs rock'n'roll", "oneil@0 ndjamena@1 dont@2 xi@3 xi@4 rocknrol@5"),
            // Numbers.
            ("5G $1.2bn 10,000 3.5% 1990s '90s", "5g@0 1.2bn@1 10000@2 3.5@3 1990s@4 90s@5"),
            // What is written together stays together; what is set apart by a sign is apart.
            ("YouTube #BlackLivesMatter @jack_d", "youtub@0 blacklivesmatt@1 jack@2 d@3"),
            ("https://www.bbc.co.uk/news?id=5", "https@0 www@1 bbc@2 co@3 uk@4 news@5 id@6 5@7"),
            ("a.b@example.org", "ab@0 exampl@1 org@2"),
            // What nobody sees.
            ("co\u{ad}oper\u{2060}ate\u{feff}d zero\u{200b}width", "cooper@0 zero@1 width@2"),
            // Scripts.
            ("ＮＡＴＯ ２０２３ 𝐍𝐀𝐓𝐎 ﬁnance Ⅷ", "nato@0 2023@1 nato@2 financ@3 viii@4"),
            ("Санкции Ёлка елка", "санкц@0 елк@1 елк@2"),
            ("Κυρώσεις ΚΥΡΏΣΕΙΣ", "κυρωσ@0 κυρωσ@1"),
            ("عُقُوبَات عقـوبات أحمد احمد", "عقوب@0 عقوب@1 احمد@2 احمد@3"),
            ("שָׁלוֹם שלום", "שלום@0 שלום@1"),
            ("Straße STRASSE İstanbul Isparta ısı", "strass@0 strass@1 istanbul@2 isparta@3 isi@4"),
            ("한국은 \u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8}", "한국@0 한국@1"),
            ("भारत सरकार", "भारत@0 सरकार@1"),
            ("ข่าวไทย", "ข่@0 ่า@1 าว@2 วไ@3 ไท@4 ทย@5 ย@5"),
            ("ͺ ﷺ x", "صلياللهعليهوسلم@0 x@1"),
            // What folds to nothing is no word, alone and linked.
            ("ͺ x ـ-y ـ-chip-making z", "x@0 y@1 chip@2 make@3 chipmak@2 z@4"),
            ("x-ͺ ͺ-ͺ chip-ͺ-making chip-making-ͺ", "x@0 chip@1 make@2 chipmak@1 chip@3 make@4 chipmak@3"),
        ] {
            assert_eq!(terms(text), expected, "{text}");
        }
    }

    #[test]
    fn each_language_has_its_rules() {
        for (language, text, expected) in [
            // Stems, in letters of the language; others keep those of their script's first language.
            ("de", "Die Häuser der Regierungen, labs", "dieDE@0 hausDE@1 derDE@2 regierDE@3 labDE@4"),
            ("fr", "l’économie privatisée", "lFR@0 economFR@1 leconomFR@0 privatisFR@2"),
            ("ru", "Путина в NATO labs", "путин@0 в@1 nato@2 lab@3"),
            ("uk", "п'ятьох президентом", "пятьохUK@0 президентUK@1"),
            ("ko", "정부는 대통령이", "정부@0 대통령@1"),
            ("ar", "والانتخابات", "انتخاب@0"),
            ("tr", "IŞIK Işık ILIK", "isikTR@0 isikTR@1 ilikTR@2"),
            // Umlauts are spelled out as well where the stemmer does not take them for one.
            ("en", "Schlüter Århus", "schluter@0 schlueter@0 arhus@1 aarhus@1"),
            ("de", "Schlüter Schlueter", "schlutDE@0 schlutDE@1"),
            ("fi", "Räikkönen", "raikkonFI@0"),
            ("en", "queue qüe", "queue@0 que@1 quee@1"),
            // Numbers.
            ("en", "1,234,567.89 1.234.567 3,5 1.234", "1234567.89@0 1234567@1 3@2 5@3 1.234@4"),
            ("de", "1.234.567,89 3,5 1.234 2.5", "1234567.89@0 3.5@1 1234@2 2.5@3"),
            ("fr", "1\u{202f}234\u{202f}567 12\u{a0}000 le 5\u{a0}mai", "1234567@0 12000@1 leFR@2 5@3 maiFR@4"),
            ("de", "1’234’567 1'234 24.12.2023", "1234567@0 1234@1 24.12.2023@2"),
            ("ar", "١٬٢٣٤٬٥٦٧ ٣٫٥ ۱۲", "1234567@0 3.5@1 12@2"),
            ("en", "747's 1990s 1.2bn", "747@0 1990s@1 1.2bn@2"),
            // Signs.
            ("ja", "か\u{3099}ｽ", "がス@0 ス@0"),
            ("zh", "臺灣總統", "台湾@0 湾总@1 总统@2 统@2"),
            // What tells programming languages from letters.
            ("en", "C++, C# and c", "c@0 c++@0 c@1 c#@1 and@2 c@3"),
        ] {
            assert_eq!(terms_in(text, Some(language)), expected, "{text}");
        }
    }

    /// Whether a character is no word by itself: marks that stand on letters, alone or with a blank under them,
    /// apostrophes and what only stretches a word.
    fn is_mark(c: char) -> bool {
        use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};
        c.nfkd().all(|part| is_combining_mark(part) || is_apostrophe(part) || matches!(part, ' ' | 'ـ'))
    }

    #[test]
    fn every_letter_and_digit_of_unicode_is_a_word() {
        let mut table = Words::default();
        let mut buffer = [0; 4];
        for c in (0..=0x10_ffff).filter_map(char::from_u32).filter(|c| c.is_alphanumeric() && !is_mark(*c)) {
            let mut words = Vec::new();
            let text: &str = c.encode_utf8(&mut buffer);
            tokenize(text, 0..text.len(), 0, Language::default(), &mut table, &mut |token| {
                words.push(token.term().to_owned())
            });
            assert!(
                !words.is_empty() && !words.iter().any(|word| word.contains(char::is_whitespace)),
                "{c:?} {words:?}"
            );
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig { cases: 500, failure_persistence: None, ..Default::default() })]

        /// Ranges are in order and on bounds, terms have no blanks, and what is left between tokens has no letter.
        #[test]
        fn any_text_is_walked_whole(text in "([a-zA-Z0-9'’.,/&\\-–_ \u{ad}ßİıé中คа٣]|\\PC){0,40}") {
            let mut covered = vec![false; text.len()];
            let mut last = 0;
            let end = tokenize(&text, 0..text.len(), 7, Language::default(), &mut Words::default(), &mut |token| {
                assert!(text.is_char_boundary(token.start) && text.is_char_boundary(token.end), "{token:?}");
                assert!(!token.term().is_empty() && !token.term().contains(|c: char| c.is_whitespace() || c.is_control()));
                assert!(token.position >= 7 && token.term().len() <= TERM_BYTES_MAX, "{token:?}");
                covered[token.start..token.end].fill(true);
                last = last.max(token.position);
            });
            proptest::prop_assert!(end > last || end == 7);
            let lost = text.char_indices().find(|(at, c)| c.is_alphanumeric() && !is_mark(*c) && !covered[*at]);
            proptest::prop_assert!(lost.is_none(), "{:?} in {:?}", lost, text);
        }
    }
}
