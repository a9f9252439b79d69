//! The hand-over of analysed text to Tantivy: terms and their positions, written into one string.
//!
//! Analysis runs once, on the threads that read articles; Tantivy's threads only take the terms apart again.
//! Terms are separated by blanks, which no term has. [`SAME`] before a term puts it at the position of the
//! hyphenated word that it joins, so many positions back; [`GAP`] alone leaves positions free.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use crate::analysis::{self, TITLE_GAP};

/// The tokenizer's name in the schema.
pub(crate) const TERMS: &str = "terms";

const SAME: u8 = 1;
const GAP: u8 = 2;

/// Collects an article's tokens in the order in which analysis gives them.
#[derive(Debug, Default)]
pub(crate) struct TermsBuilder {
    encoded: String,
    next_position: u32,
    words: u64,
}

impl TermsBuilder {
    /// Adds a token.
    pub(crate) fn push(&mut self, token: &analysis::Token<'_>) {
        if token.position < self.next_position {
            let back = (self.next_position - token.position).min(u32::from(u8::MAX >> 1)) as u8;
            self.encoded.push(char::from(SAME));
            self.encoded.push(char::from(back));
        } else {
            if token.position > self.next_position {
                debug_assert_eq!(token.position - self.next_position, TITLE_GAP);
                self.encoded.push(char::from(GAP));
                self.encoded.push(' ');
            }
            self.next_position = token.position + 1;
        }
        self.encoded.push_str(token.term);
        self.encoded.push(' ');
        self.words += 1;
    }

    /// How many tokens were added: the length that the engine's BM25 goes by.
    pub(crate) fn words(&self) -> u64 {
        self.words
    }

    /// The encoded terms.
    pub(crate) fn finish(self) -> String {
        self.encoded
    }
}

/// The encoded terms of a short text such as a byline.
pub(crate) fn encode(text: &str, stems: &mut analysis::Stems) -> String {
    let mut builder = TermsBuilder::default();
    analysis::tokenize(text, 0..text.len(), 0, stems, &mut |token| builder.push(&token));
    builder.finish()
}

/// Takes encoded terms apart.
#[derive(Debug, Clone, Default)]
pub(crate) struct TermsTokenizer {
    token: Token,
}

impl Tokenizer for TermsTokenizer {
    type TokenStream<'a> = TermsStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> TermsStream<'a> {
        self.token.reset();
        TermsStream { rest: text, next_position: 0, token: &mut self.token }
    }
}

/// The tokens of one encoded text.
#[derive(Debug)]
pub(crate) struct TermsStream<'a> {
    rest: &'a str,
    next_position: usize,
    token: &'a mut Token,
}

impl TokenStream for TermsStream<'_> {
    fn advance(&mut self) -> bool {
        while let Some(end) = memchr::memchr(b' ', self.rest.as_bytes()) {
            let (term, rest) = (&self.rest[..end], &self.rest[end + 1..]);
            self.rest = rest;
            let (position, text) = match term.as_bytes() {
                [GAP] => {
                    self.next_position += TITLE_GAP as usize;
                    continue;
                }
                [SAME, back, ..] => (self.next_position.saturating_sub(usize::from(*back)), &term[2..]),
                _ => {
                    self.next_position += 1;
                    (self.next_position - 1, term)
                }
            };
            self.token.text.clear();
            self.token.text.push_str(text);
            self.token.position = position;
            return true;
        }
        false
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Stems, analyse};

    #[test]
    fn what_is_encoded_comes_out_again() {
        let text = "An e-mail on chip-making tools\n\nIts state-of-the-art laser.";
        let (mut builder, mut expected) = (TermsBuilder::default(), Vec::new());
        analyse(text, 30, &mut Stems::default(), &mut |token| {
            expected.push((token.term.to_owned(), token.position as usize));
            builder.push(&token);
        });
        let encoded = builder.finish();
        let mut tokenizer = TermsTokenizer::default();
        let mut stream = tokenizer.token_stream(&encoded);
        let mut found = Vec::new();
        while stream.advance() {
            found.push((stream.token().text.clone(), stream.token().position));
        }
        assert_eq!(found, expected);
        assert!(found.contains(&("email".to_owned(), 1)));
    }
}
