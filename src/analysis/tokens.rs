//! What a word is: from a text to tokens with their byte ranges, positions and terms.
//!
//! Rules beside Unicode letters and digits: an apostrophe inside a word belongs to it and a possessive `'s` is
//! dropped; letters with points are one word (`U.S.` → `us.`, `A.I.` → `ai`); digits keep a decimal point and
//! lose their thousands' commas; the parts of a hyphenated word are words, and the joined form stands at the
//! first part's position (`e-mail` → `e`, `mail`, `email`); `&` between capitals stays (`R&D`). Text in Chinese
//! and Japanese, which has no blanks, gives overlapping pairs of signs. `US`, `IT`, `WHO` and `AIDS` in capitals amid
//! lower case are terms of their own, apart from the words `us`, `it`, `who` and `aid`.

use super::TERM_BYTES_MAX;
use super::fold::fold;
use super::stems::Stems;
use super::stop_words::is_stop_word;

/// Letters that a hyphenated word may have to be indexed in its joined form too.
const JOINED_BYTES_MAX: usize = 24;

/// One word of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    /// Byte range in the text.
    pub start: usize,
    /// End of the byte range.
    pub end: usize,
    /// Which word of the text it is; joined forms share the position of their first part.
    pub position: u32,
    /// What the index knows it by.
    pub term: &'a str,
    /// The word folded and not stemmed.
    pub folded: &'a str,
}

/// Calls `sink` for every token of `text[start..end]`, numbering positions from `position`; gives the position
/// after the last one. The range must lie on character bounds.
pub fn tokenize(
    text: &str,
    range: std::ops::Range<usize>,
    position: u32,
    stems: &mut Stems,
    sink: &mut impl FnMut(Token<'_>),
) -> u32 {
    let mut walk = Walk {
        text,
        end: range.end,
        position,
        mixed_case: None,
        start: range.start,
        folded: String::new(),
        joined: String::new(),
        stems,
    };
    walk.run(sink);
    walk.position
}

/// The terms that a word of a query stands for, with its stop words when `keep_stop_words` says so.
///
/// `amid_lower_case` tells whether capitals mean something in the query.
pub fn query_terms(word: &str, keep_stop_words: bool, stems: &mut Stems) -> Vec<(u32, String)> {
    let mut terms = Vec::new();
    let acronym = acronym(word).filter(|_| word.bytes().all(|b| b.is_ascii_uppercase()));
    if let Some(term) = acronym {
        return vec![(0, term.to_owned())];
    }
    tokenize(word, 0..word.len(), 0, stems, &mut |token| {
        let hyphen_part = word.len() > token.folded.len() + 1 && token.folded.len() < 2;
        if keep_stop_words || !(is_stop_word(token.folded) && !token.term.ends_with('.') || hyphen_part) {
            terms.push((token.position, token.term.to_owned()));
        }
    });
    terms
}

/// Words whose capitals make them another word.
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
    /// Whether the range has a lower-case letter, once it is known.
    mixed_case: Option<bool>,
    folded: String,
    joined: String,
    stems: &'a mut Stems,
}

/// What kind of character stands somewhere.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Letter,
    Digit,
    /// A sign of a script without blanks between words.
    Sign,
    Other,
}

impl Walk<'_> {
    fn run(&mut self, sink: &mut impl FnMut(Token<'_>)) {
        let mut at = self.start;
        // The hyphenated word in progress: where it began, at which position, and how many parts it has.
        let mut compound: Option<(usize, u32, u32)> = None;
        while at < self.end {
            let (class, width) = self.class(at);
            match class {
                Class::Other => at += width,
                Class::Sign => at = self.signs(at, sink),
                Class::Letter | Class::Digit => {
                    let end = self.word_end(at);
                    let position = self.position;
                    let first = compound.is_none();
                    if first {
                        self.joined.clear();
                    }
                    self.word(at, end, sink);
                    if self.hyphen_follows(end) {
                        self.joined.push_str(&self.folded);
                        let (start, at_position, parts) = compound.unwrap_or((at, position, 0));
                        compound = Some((start, at_position, parts + 1));
                    } else if let Some((start, at_position, _)) = compound.take() {
                        self.joined.push_str(&self.folded);
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

    /// The end of the word that starts at `at`, joiners included.
    fn word_end(&self, start: usize) -> usize {
        let bytes = self.text.as_bytes();
        let mut at = start;
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
                let goes_on = match c {
                    '’' | 'ʼ' => self.letter_at(at + c.len_utf8()),
                    '\u{ad}' | '\u{200d}' | '\u{200c}' => true,
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

    /// Whether an ASCII mark at `at` belongs to the word that began at `start`.
    fn joiner(&self, start: usize, at: usize, byte: u8) -> bool {
        let bytes = self.text.as_bytes();
        let before = at.checked_sub(1).filter(|i| *i >= start).map_or(0, |i| bytes[i]);
        let after = bytes.get(at + 1).copied().filter(|_| at + 1 < self.end).unwrap_or(0);
        match byte {
            b'\'' => self.letter_at(at + 1),
            b'.' if before.is_ascii_digit() => after.is_ascii_digit(),
            b'.' => {
                // A point between single letters: `U.S`. The letter before stands alone, and the one after too.
                let alone_before = before.is_ascii_alphabetic() && (at - start == 1 || bytes[at - 2] == b'.');
                let beyond = bytes.get(at + 2).copied().filter(|_| at + 2 < self.end).unwrap_or(0);
                alone_before && after.is_ascii_alphabetic() && !beyond.is_ascii_alphanumeric()
            }
            b',' => {
                let next = bytes.get(at + 1..self.end.min(at + 5)).unwrap_or(&[]);
                before.is_ascii_digit()
                    && next.len() >= 3
                    && next[..3].iter().all(u8::is_ascii_digit)
                    && !next.get(3).is_some_and(u8::is_ascii_digit)
            }
            b'&' => before.is_ascii_uppercase() && after.is_ascii_uppercase(),
            _ => false,
        }
    }

    fn letter_at(&self, at: usize) -> bool {
        at < self.end && self.class(at).0 == Class::Letter
    }

    fn hyphen_follows(&self, end: usize) -> bool {
        let rest = &self.text[end..self.end];
        let hyphen = if rest.starts_with('-') {
            1
        } else if rest.starts_with('\u{2010}') || rest.starts_with('\u{2011}') {
            3
        } else {
            return false;
        };
        self.letter_at(end + hyphen)
    }

    /// Emits the word and leaves its folded form in `self.folded`.
    fn word(&mut self, start: usize, end: usize, sink: &mut impl FnMut(Token<'_>)) {
        let surface = &self.text[start..end];
        self.folded.clear();
        let position = self.position;
        self.position += 1;
        let special = match surface.len() {
            2..=4 if surface.as_bytes()[0].is_ascii_uppercase() => acronym(surface).filter(|_| self.amid_lower_case()),
            _ => None,
        };
        if let Some(term) = special {
            self.folded.push_str(term);
            sink(Token { start, end, position, term, folded: term });
            return;
        }
        if surface.bytes().any(|b| matches!(b, b'.' | b',' | b'\'' | b'\xe2')) {
            self.fold_marked(surface);
        } else {
            fold(surface, &mut self.folded);
        }
        cut(&mut self.folded);
        let term = self.stems.stem(&self.folded);
        sink(Token { start, end, position, term, folded: &self.folded });
    }

    /// Folds a word that has points, commas or apostrophes in it.
    fn fold_marked(&mut self, surface: &str) {
        let digits = surface.as_bytes()[0].is_ascii_digit();
        let surface = surface
            .strip_suffix("'s")
            .or_else(|| surface.strip_suffix("’s"))
            .or_else(|| surface.strip_suffix("'S"))
            .or_else(|| surface.strip_suffix("’S"))
            .unwrap_or(surface);
        fold(surface, &mut self.folded);
        self.folded.retain(|c| c != ',' && (digits || c != '.'));
        if !digits && surface.contains('.') {
            match self.folded.as_str() {
                "us" | "usa" => self.folded.replace_range(.., "us."),
                "it" | "who" => self.folded.push('.'),
                _ => {}
            }
        } else if !digits && acronym(surface).is_some() && self.amid_lower_case() {
            // A possessive: `US's`, `WHO's`.
            self.folded.clear();
            self.folded.push_str(acronym(surface).unwrap_or_default());
        }
    }

    fn amid_lower_case(&mut self) -> bool {
        let range = &self.text.as_bytes()[self.start..self.end];
        *self.mixed_case.get_or_insert_with(|| range.iter().any(u8::is_ascii_lowercase))
    }

    /// Emits the joined form of a hyphenated word.
    fn joined_form(&mut self, start: usize, end: usize, position: u32, sink: &mut impl FnMut(Token<'_>)) {
        let letters = self.joined.chars().all(char::is_alphabetic);
        if !letters || self.joined.len() > JOINED_BYTES_MAX {
            return;
        }
        // A term's positions may not go back: a joined form whose stem is its last part's is left out.
        let last = self.stems.stem(&self.folded).to_owned();
        let term = self.stems.stem(&self.joined);
        if term != last {
            sink(Token { start, end, position, term, folded: &self.joined });
        }
    }

    /// Emits the overlapping pairs of a run of signs; a sign alone stands for itself.
    fn signs(&mut self, start: usize, sink: &mut impl FnMut(Token<'_>)) -> usize {
        let mut before: Option<usize> = None;
        let mut pairs = 0;
        let mut at = start;
        while at < self.end {
            let Some(c) = self.text[at..self.end].chars().next() else { break };
            if class_of(c) != Class::Sign {
                break;
            }
            let next = at + c.len_utf8();
            if let Some(first) = before {
                let term = &self.text[first..next];
                sink(Token { start: first, end: next, position: self.position, term, folded: term });
                self.position += 1;
                pairs += 1;
            }
            before = Some(at);
            at = next;
        }
        if pairs == 0 {
            let term = &self.text[start..at];
            sink(Token { start, end: at, position: self.position, term, folded: term });
            self.position += 1;
        }
        at
    }
}

fn class_of(c: char) -> Class {
    match c as u32 {
        0x2e80..=0x2fdf
        | 0x3005..=0x3007
        | 0x3040..=0x30ff
        | 0x31f0..=0x31ff
        | 0x3400..=0x4dbf
        | 0x4e00..=0x9fff
        | 0xf900..=0xfaff
        | 0xff66..=0xff9f
        | 0x20000..=0x3ffff => Class::Sign,
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

    fn terms(text: &str) -> String {
        let mut found = Vec::new();
        tokenize(text, 0..text.len(), 0, &mut Stems::default(), &mut |t| {
            found.push(format!("{}@{}", t.term, t.position))
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
            ("TELL US NOW", "tell@0 us@1 now@2"),
            ("$1,234,567.89 in 3,5", "1234567.89@0 in@1 3@2 5@3"),
            ("e-mail", "e@0 mail@1 email@0"),
            ("R&D at AT&T", "r&d@0 at@1 at&t@2"),
            ("Café ﬁne", "cafe@0 fine@1"),
            ("输出管制", "输出@0 出管@1 管制@2"),
            ("中", "中@0"),
            ("end.Start 2024.", "end@0 start@1 2024@2"),
        ] {
            assert_eq!(terms(text), expected, "{text}");
        }
    }

    #[test]
    fn a_query_leaves_out_stop_words_unless_told() {
        let mut stems = Stems::default();
        assert_eq!(query_terms("the", false, &mut stems), []);
        assert_eq!(query_terms("the", true, &mut stems).len(), 1);
        assert_eq!(query_terms("US", false, &mut stems), [(0, "us.".to_owned())]);
        assert_eq!(query_terms("e-mail", false, &mut stems), [(1, "mail".to_owned()), (0, "email".to_owned())]);
    }
}
