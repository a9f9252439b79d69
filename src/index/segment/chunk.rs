//! Tokens of some documents, and a counting sort of them.

use crate::analysis::Token;

/// Tokens of a field, in the order of documents.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    tokens: Vec<Placed>,
    /// Each document with its end in `tokens`.
    ends: Vec<(u32, usize)>,
    /// The position after the last token of the current document.
    next: u32,
}

/// A word with its position.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed {
    /// The number of its term.
    pub(super) term: u32,
    /// The number of the word.
    pub(super) word: u32,
    position: u32,
}

/// An occurrence of a key: the position of a term, or the ordinal of a form.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Hit {
    pub(super) document: u32,
    pub(super) place: u32,
    pub(super) word: u32,
}

impl Chunk {
    /// Adds a token.
    #[inline]
    pub(super) fn push(&mut self, token: &Token<'_>) {
        let position = token.position;
        self.next = self.next.max(position + 1);
        self.tokens.push(Placed { term: token.word.term(), word: token.word.number(), position });
    }

    fn begun(&self) -> usize {
        self.ends.last().map_or(0, |(_, end)| *end)
    }

    /// Number of tokens of the current document.
    pub(super) fn count(&self) -> u32 {
        (self.tokens.len() - self.begun()) as u32
    }

    /// The position after the last token of the current document.
    pub(super) fn next(&self) -> u32 {
        self.next
    }

    /// Number of tokens of the current document between each of these positions and the next.
    pub(super) fn counts(&self, bounds: &[u32]) -> Vec<u32> {
        let mut counts = vec![0; bounds.len().saturating_sub(1)];
        let mut at = 0;
        for token in &self.tokens[self.begun()..] {
            while token.position >= bounds.get(at + 1).copied().unwrap_or(u32::MAX) {
                at += 1;
            }
            if let Some(count) = counts.get_mut(at) {
                *count += 1;
            }
        }
        counts
    }

    /// Ends the current document.
    pub(super) fn end(&mut self, document: u32) {
        if self.count() > 0 {
            self.ends.push((document, self.tokens.len()));
        }
        self.next = 0;
    }

    /// Drops the current document.
    pub(super) fn abandon(&mut self) {
        self.tokens.truncate(self.begun());
        self.next = 0;
    }

    /// Drops all documents, and keeps memory for a number of tokens.
    pub(super) fn clear(&mut self, kept: usize) {
        self.ends.clear();
        self.abandon();
        self.tokens.shrink_to(kept);
    }

    /// Number of tokens.
    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Size in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.tokens.len() * size_of::<Placed>() + self.ends.len() * size_of::<(u32, usize)>()
    }

    #[inline]
    fn each(&self, mut sink: impl FnMut(u32, &Placed)) {
        let mut from = 0;
        for &(document, end) in &self.ends {
            self.tokens[from..end].iter().for_each(|token| sink(document, token));
            from = end;
        }
    }
}

/// A counting sort that keeps its buffers.
#[derive(Debug, Default)]
pub(super) struct Sorter {
    /// Number of hits of each key, then the place of its next hit; all 0 between two sorts.
    counts: Vec<u32>,
    /// The keys that occur, each with the end of its hits.
    keys: Vec<(u32, u32)>,
    hits: Vec<Hit>,
}

impl Sorter {
    /// Sorts the tokens of a chunk by their keys, which are less than `keys`. The hits of a key stay in the order of
    /// documents and positions.
    pub(super) fn sort<const N: usize>(&mut self, chunk: &Chunk, keys: usize, of: impl Fn(&Placed) -> [u32; N]) {
        let Self { counts, keys: found, hits } = self;
        if counts.len() < keys {
            counts.resize(keys, 0);
        }
        found.clear();
        chunk.each(|_, token| {
            for key in of(token) {
                let count = &mut counts[key as usize];
                if *count == 0 {
                    found.push((key, 0));
                }
                *count += 1;
            }
        });
        let mut from = 0;
        for (key, end) in found.iter_mut() {
            let count = std::mem::replace(&mut counts[*key as usize], from);
            from += count;
            *end = from;
        }
        hits.resize(from as usize, Hit::default());
        chunk.each(|document, token| {
            for key in of(token) {
                let at = &mut counts[key as usize];
                hits[*at as usize] = Hit { document, place: token.position, word: token.word };
                *at += 1;
            }
        });
        found.iter().for_each(|(key, _)| counts[*key as usize] = 0);
    }

    /// The keys with their hits, in no particular order of keys.
    pub(super) fn groups(&self) -> impl Iterator<Item = (u32, &[Hit])> {
        let mut from = 0;
        self.keys
            .iter()
            .map(move |(key, end)| (*key, &self.hits[std::mem::replace(&mut from, *end as usize)..*end as usize]))
    }

    /// Frees the memory for more than a number of tokens.
    pub(super) fn shrink(&mut self, kept: usize) {
        self.hits.truncate(kept);
        self.hits.shrink_to(kept);
    }
}
