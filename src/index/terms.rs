//! The hand-over of analysed text to Tantivy: terms and their positions, written into one string.
//!
//! Analysis runs once, on the threads that read articles; Tantivy's threads only take the terms apart again.
//! Terms are separated by blanks, which no term has. [`SAME`] before a term puts it at an earlier position, so many
//! back, as that of the hyphenated word that it joins; [`GAP`] alone leaves positions free.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use crate::analysis;

/// The tokenizer's name in the schema.
pub(crate) const TERMS: &str = "terms";

const SAME: u8 = 1;
const GAP: u8 = 2;

/// What is added to the length of a gap, so that its byte is neither a blank nor more than ASCII.
const GAP_BASE: u8 = 0x40;

/// Positions that one gap leaves free at the most.
const GAP_MAX: u32 = 0x3f;

/// Collects an article's tokens in the order in which analysis gives them.
#[derive(Debug, Default)]
pub(crate) struct TermsBuilder {
    encoded: String,
    next_position: u32,
    words: u64,
}

impl TermsBuilder {
    /// Adds a token's term.
    pub(crate) fn push(&mut self, token: &analysis::Token<'_>) {
        self.go_to(token.position);
        self.encoded.push_str(token.term);
        self.encoded.push(' ');
        self.words += 1;
    }

    /// How many tokens were added: the length that the engine's BM25 goes by.
    pub(crate) fn words(&self) -> u64 {
        self.words
    }

    /// Adds the term of a token's form, where the stem does not spell it.
    pub(crate) fn push_form(&mut self, token: &analysis::Token<'_>) {
        if token.term != token.folded {
            self.go_to(token.position);
            analysis::push_form(token.term, token.folded, &mut self.encoded);
            self.encoded.push(' ');
        }
    }

    /// Makes a position that of the next term.
    fn go_to(&mut self, position: u32) {
        if position < self.next_position {
            let back = (self.next_position - position).min(u32::from(GAP_BASE)) as u8;
            self.encoded.push(char::from(SAME));
            self.encoded.push(char::from(GAP_BASE - 1 + back));
            return;
        }
        let mut free = position - self.next_position;
        while free > 0 {
            let gap = free.min(GAP_MAX);
            self.encoded.push(char::from(GAP));
            self.encoded.push(char::from(GAP_BASE + gap as u8));
            self.encoded.push(' ');
            free -= gap;
        }
        self.next_position = position + 1;
    }

    /// The encoded terms.
    pub(crate) fn finish(self) -> String {
        self.encoded
    }
}

/// The encoded terms of a short text such as a byline: of each word its stem, and the term of the word alone.
pub(crate) fn encode(text: &str, stems: &mut analysis::Stems) -> String {
    let mut builder = TermsBuilder::default();
    analysis::tokenize(text, 0..text.len(), 0, stems, &mut |token| {
        builder.push(&token);
        builder.push(&analysis::Token { term: &analysis::exact_term(token.term, token.folded), ..token });
    });
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
                [GAP, gap] => {
                    self.next_position += usize::from(gap.saturating_sub(GAP_BASE));
                    continue;
                }
                [SAME, back, ..] => {
                    (self.next_position.saturating_sub(usize::from(back.saturating_sub(GAP_BASE - 1))), &term[2..])
                }
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
        let bare = "the ".repeat(200);
        let text =
            format!("An e-mail on chip-making tools\n\nIts state-of-the-art laser. {bare} lasers, half-sisters.");
        let (mut terms, mut forms) = (TermsBuilder::default(), TermsBuilder::default());
        let (mut expected, mut expected_forms) = (Vec::new(), Vec::new());
        analyse(&text, 30, &mut Stems::default(), &mut |token| {
            expected.push((token.term.to_owned(), token.position as usize));
            if token.term != token.folded {
                expected_forms.push((analysis::exact_term(token.term, token.folded), token.position as usize));
            }
            terms.push(&token);
            forms.push_form(&token);
        });
        let found = decoded(&terms.finish());
        assert_eq!(found, expected);
        assert!(found.contains(&("email".to_owned(), 1)));
        assert_eq!(decoded(&forms.finish()), expected_forms);
        assert!(expected_forms.contains(&(analysis::exact_term("laser", "lasers"), 223)), "{expected_forms:?}");
    }

    #[test]
    fn short_texts_have_their_words_alone_too() {
        let expected = [("lab", 0), ("lab\u{4}labs", 0), ("of", 1), ("of\u{4}", 1)];
        assert_eq!(
            decoded(&encode("Labs of", &mut Stems::default())),
            expected.map(|(term, at)| (term.to_owned(), at))
        );
    }

    fn decoded(encoded: &str) -> Vec<(String, usize)> {
        let mut tokenizer = TermsTokenizer::default();
        let mut stream = tokenizer.token_stream(encoded);
        let mut found = Vec::new();
        while stream.advance() {
            found.push((stream.token().text.clone(), stream.token().position));
        }
        found
    }
}
