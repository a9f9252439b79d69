//! The words of a field in the order of documents and positions: one number per token.

use crate::analysis::{Token, Words};

/// Set in a mark, which stands before a number; the rest of it is a count of positions.
const MARK: u32 = 1 << 31;

/// Set in a mark that leaves positions free; without it, the next number's position is so many back.
const GAP: u32 = 1 << 30;

/// The tokens of one field.
#[derive(Debug, Default)]
pub(super) struct Stream {
    /// Numbers of words, and marks where a position is not the one after the last.
    tokens: Vec<u32>,
    /// Documents, and where each ends in `tokens`.
    ends: Vec<(u32, usize)>,
    /// The next position of the document that is being added.
    next: u32,
    /// Tokens of the document that is being added.
    count: u32,
    /// Tokens of all documents.
    total: u64,
}

impl Stream {
    /// Adds a token.
    #[inline]
    pub(super) fn push(&mut self, token: &Token<'_>) {
        let position = token.position;
        if position >= self.next {
            if position > self.next {
                self.tokens.push(MARK | GAP | (position - self.next));
            }
            self.next = position + 1;
        } else {
            self.tokens.push(MARK | (self.next - position));
        }
        self.tokens.push(token.word.number());
        self.count += 1;
    }

    /// Tokens of the document so far.
    pub(super) fn count(&self) -> u32 {
        self.count
    }

    /// The position after the document's last token.
    pub(super) fn next(&self) -> u32 {
        self.next
    }

    /// How many tokens of the document lie from each of these positions on and before the next; the last is an end.
    pub(super) fn counts(&self, bounds: &[u32]) -> Vec<u32> {
        let mut counts = vec![0; bounds.len().saturating_sub(1)];
        let mut at = 0;
        positions(&self.tokens[self.ends.last().map_or(0, |(_, end)| *end)..], |_, position| {
            while position >= bounds.get(at + 1).copied().unwrap_or(u32::MAX) {
                at += 1;
            }
            if let Some(count) = counts.get_mut(at) {
                *count += 1;
            }
        });
        counts
    }

    /// Ends the document.
    pub(super) fn end(&mut self, document: u32) {
        if self.count > 0 {
            self.ends.push((document, self.tokens.len()));
            self.total += u64::from(self.count);
        }
        (self.next, self.count) = (0, 0);
    }

    /// Forgets the document that was begun.
    pub(super) fn abandon(&mut self) {
        self.tokens.truncate(self.ends.last().map_or(0, |(_, end)| *end));
        (self.next, self.count) = (0, 0);
    }

    /// Forgets all documents; the memory is kept for the next ones.
    pub(super) fn clear(&mut self) {
        self.ends.clear();
        self.abandon();
        self.total = 0;
    }

    /// Tokens of all documents.
    pub(super) fn total(&self) -> u64 {
        self.total
    }

    /// Bytes that the documents take.
    pub(super) fn bytes(&self) -> usize {
        self.tokens.len() * size_of::<u32>() + self.ends.len() * size_of::<(u32, usize)>()
    }

    /// Calls `sink` with word, document and position of every token.
    #[inline]
    pub(super) fn each(&self, mut sink: impl FnMut(u32, u32, u32)) {
        let mut from = 0;
        for &(document, end) in &self.ends {
            positions(&self.tokens[from..end], |word, position| sink(word, document, position));
            from = end;
        }
    }
}

/// Calls `sink` with word and position of every token of one document.
#[inline]
fn positions(tokens: &[u32], mut sink: impl FnMut(u32, u32)) {
    let (mut next, mut back) = (0, 0);
    for &token in tokens {
        if token & MARK == 0 {
            sink(token, next - back);
            next += u32::from(back == 0);
            back = 0;
        } else if token & GAP != 0 {
            next += token & (GAP - 1);
        } else {
            back = token & (GAP - 1);
        }
    }
}

/// Which terms of its tokens a field has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keys {
    /// The stems, at the tokens' positions.
    Stems,
    /// The forms of words that their stems do not spell. In the place of positions stands the how manyth token of its
    /// stem in the document it is, from 0: a third of the bytes, and with the positions of the stem as exact.
    Forms,
    /// Stems and forms, those of words that are their own stems too, at the tokens' positions.
    Both,
}

/// The how manyth token of its stem each is.
#[derive(Debug, Default)]
pub(super) struct Ordinals(Vec<(u32, u32)>);

impl Stream {
    /// Calls `sink` with key, document and place of every term, in the order of documents and, key by key, of places.
    ///
    /// Keys below `words.len()` are numbers of terms; those from there on, less that, are numbers of words by their
    /// forms.
    #[inline]
    pub(super) fn each_key(
        &self,
        keys: Keys,
        words: &Words,
        ordinals: &mut Ordinals,
        mut sink: impl FnMut(u32, u32, u32),
    ) {
        let forms = words.len() as u32;
        match keys {
            Keys::Stems => self.each(|word, document, position| sink(words.term(word), document, position)),
            Keys::Both => self.each(|word, document, position| {
                sink(words.term(word), document, position);
                sink(forms + word, document, position);
            }),
            Keys::Forms => {
                ordinals.0.clear();
                ordinals.0.resize(words.len(), (u32::MAX, 0));
                self.each(|word, document, _| {
                    let term = words.term(word);
                    let (last, seen) = &mut ordinals.0[term as usize];
                    if *last != document {
                        (*last, *seen) = (document, 0);
                    }
                    if term != word {
                        sink(forms + word, document, *seen);
                    }
                    *seen += 1;
                });
            }
        }
    }
}
