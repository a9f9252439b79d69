//! Short words with symbols, which have a term of their own: `C++`, `C#`, `.NET`, `$AAPL`.

use std::ops::Range;

use super::{Token, Walk};

/// Maximum number of letters of a word with symbols.
const SYMBOL_WORD_BYTES_MAX: usize = 8;

impl Walk<'_> {
    /// The end of the symbols after a short word that make it another word: `C++`, `C#`.
    pub(super) fn symbols_after(&self, start: usize, end: usize) -> Option<usize> {
        let bytes = &self.text.as_bytes()[..self.end];
        let symbols = match &bytes[end..] {
            [b'+', b'+', ..] => 2,
            [b'#', ..] => 1,
            _ => return None,
        };
        let letters = bytes[start..end].iter().all(u8::is_ascii_alphabetic) && end - start <= SYMBOL_WORD_BYTES_MAX;
        let ends =
            bytes.get(end + symbols).is_none_or(|next| !next.is_ascii_alphanumeric() && !matches!(next, b'+' | b'#'));
        (letters && ends).then_some(end + symbols)
    }

    /// The end of the capitals after a symbol that makes them another word: `.NET`, `$AAPL`. In a query, they may be lower
    /// case.
    pub(super) fn symbol_before(&self, at: usize) -> Option<usize> {
        let bytes = &self.text.as_bytes()[..self.end];
        let begins = at == self.start || matches!(bytes[at - 1], b' ' | b'\n' | b'\t' | b'(' | b'"');
        if !matches!(bytes[at], b'.' | b'$') || !begins {
            return None;
        }
        let is_letter = |byte: &&u8| byte.is_ascii_uppercase() || self.is_query && byte.is_ascii_lowercase();
        let letters = bytes[at + 1..].iter().take_while(is_letter).count();
        let end = at + 1 + letters;
        let ends = bytes.get(end).is_none_or(|next| next.is_ascii() && !next.is_ascii_alphanumeric());
        ((1 + usize::from(bytes[at] == b'.')..=SYMBOL_WORD_BYTES_MAX).contains(&letters) && ends).then_some(end)
    }

    /// Emits a word, and at the same position the word as written, with its symbols; in a query, only the latter.
    pub(super) fn written(&mut self, word: Range<usize>, written: Range<usize>, sink: &mut impl FnMut(Token<'_>)) {
        let position = self.position;
        match self.is_query {
            true => self.position += 1,
            false => self.word(word.start, word.end, sink),
        }
        let term = self.text[written.clone()].to_ascii_lowercase();
        let word = self.words.word(self.language, &term);
        self.emit(written.start, written.end, position, word, sink);
    }
}
