//! Postings of a segment, built chunk by chunk and written term by term.
//!
//! Each chunk of tokens is sorted in the processor's cache, which is faster than one sort of all tokens. The occurrences
//! of a term in a chunk are a run: documents and positions as differences, most of them one byte. So a segment takes five
//! to six bytes per token until it is written, including its forms; then the runs of each term are joined.

use std::io;

use tantivy::postings::FieldSerializer;

use super::chunk::{Chunk, Hit, Sorter};
use crate::analysis::{Words, exact_term};

/// The postings of one field, or of the two fields of the text.
///
/// A key is the number of a term or of a form in the table of words. The form of a word that is its own stem has no such
/// number: its key is `words.len()` plus the number of the word.
#[derive(Debug, Default)]
pub(super) struct Postings {
    /// Runs, one after another.
    bytes: Vec<u8>,
    /// The key and the start of each run.
    runs: Vec<(u32, u32)>,
    /// Size that is reserved for runs.
    bytes_max: usize,
    /// By key.
    lists: Vec<List>,
    /// The keys that occur.
    keys: Vec<u32>,
    /// Number of tokens.
    tokens: u64,
    forms: Vec<Hit>,
    texts: String,
    sorted: Vec<Sorted>,
    /// The starts of runs in the order of keys.
    starts: Vec<u32>,
    /// By key, the place of its next run in `starts`.
    places: Vec<u32>,
    deltas: Vec<u32>,
}

/// The documents of a key.
#[derive(Debug, Clone, Copy, Default)]
struct List {
    documents: u32,
    /// The last one.
    document: u32,
    runs: u32,
}

/// A key with its text.
#[derive(Debug, Clone, Copy)]
struct Sorted {
    /// The first bytes of the text, by which most keys differ.
    first: u64,
    start: u32,
    end: u32,
    key: u32,
}

/// The place of keys that are not written.
const ABSENT: u32 = u32::MAX;

/// The keys to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keys {
    Terms,
    Forms,
    All,
}

impl Postings {
    /// Postings with memory reserved for runs of this size; more can be added.
    pub(super) fn new(bytes_max: usize) -> Self {
        Self { bytes_max, ..Self::default() }
    }

    /// Adds the tokens of texts by term, and by form if the form differs from the term. The positions of a form are
    /// ordinals: the number of tokens of the same term before it in the document. They take a third of the space of
    /// positions and are as exact, together with the positions of the term.
    pub(super) fn add_text(&mut self, chunk: &Chunk, words: &Words, sorter: &mut Sorter) {
        sorter.sort(chunk, words.len(), |token| [token.term]);
        self.tokens += chunk.len() as u64;
        let mut forms = std::mem::take(&mut self.forms);
        for (term, hits) in sorter.groups() {
            self.add(term, hits);
            if hits.iter().all(|hit| hit.word == term) {
                continue;
            }
            forms.clear();
            for of_document in hits.chunk_by(|a, b| a.document == b.document) {
                let ordinals = (0..).zip(of_document).filter(|(_, hit)| hit.word != term);
                forms.extend(ordinals.map(|(place, hit)| Hit { place, ..*hit }));
            }
            forms.sort_by_key(|hit| hit.word);
            forms.chunk_by(|a, b| a.word == b.word).for_each(|of_form| self.add(of_form[0].word, of_form));
        }
        self.forms = forms;
    }

    /// Adds the tokens of a short field, each by its term and by its form.
    pub(super) fn add_short(&mut self, chunk: &Chunk, words: &Words, sorter: &mut Sorter) {
        let own = words.len() as u32;
        let form = |term, word| if word == term { own + word } else { word };
        sorter.sort(chunk, 2 * words.len(), |token| [token.term, form(token.term, token.word)]);
        self.tokens += chunk.len() as u64;
        sorter.groups().for_each(|(key, hits)| self.add(key, hits));
    }

    /// Adds a run.
    fn add(&mut self, key: u32, hits: &[Hit]) {
        let Self { bytes, bytes_max, runs, lists, keys, .. } = self;
        let at = key as usize;
        if at >= lists.len() {
            lists.resize((at + 1).next_power_of_two(), List::default());
        }
        let list = &mut lists[at];
        if list.documents == 0 {
            keys.push(key);
        }
        if bytes.is_empty() {
            bytes.reserve_exact(*bytes_max);
        }
        let documents = hits.chunk_by(|a, b| a.document == b.document);
        let count = documents.clone().count() as u32;
        runs.push((key, bytes.len() as u32));
        put(bytes, count);
        for of_document in documents {
            let document = of_document[0].document;
            let step = document - std::mem::replace(&mut list.document, document);
            match of_document.len() as u32 {
                1 => put(bytes, step << 1 | 1),
                several => {
                    put(bytes, step << 1);
                    put(bytes, several);
                }
            }
            let mut last = 0;
            for hit in of_document {
                put(bytes, hit.place - last);
                last = hit.place;
            }
        }
        list.documents += count;
        list.runs += 1;
    }

    /// Number of tokens.
    pub(super) fn tokens(&self) -> u64 {
        self.tokens
    }

    /// Size in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.bytes.len()
            + self.runs.len() * (size_of::<(u32, u32)>() + size_of::<u32>())
            + self.lists.len() * size_of::<List>()
            + self.keys.len() * size_of::<u32>()
    }

    /// Removes all postings and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.runs.clear();
        self.keys.drain(..).for_each(|key| self.lists[key as usize] = List::default());
        self.tokens = 0;
    }

    /// Frees what is as large as the table of words, after that was emptied.
    pub(super) fn forget_keys(&mut self) {
        (self.lists, self.places) = (Vec::new(), Vec::new());
    }

    /// Writes the postings of a field.
    pub(super) fn write(&mut self, mut out: FieldSerializer<'_>, words: &Words, which: Keys) -> io::Result<()> {
        self.sort(words, which);
        self.lay_runs();
        let Self { bytes, lists, texts, sorted, starts, deltas, .. } = self;
        let mut begin = 0;
        for key in sorted.iter() {
            let list = lists[key.key as usize];
            out.new_term(&texts.as_bytes()[key.start as usize..key.end as usize], list.documents, true)?;
            let end = begin + list.runs as usize;
            let mut document = 0;
            for start in &starts[begin..end] {
                let mut rest = &bytes[*start as usize..];
                for _ in 0..take(&mut rest) {
                    let step = take(&mut rest);
                    document += step >> 1;
                    let count = if step & 1 == 1 { 1 } else { take(&mut rest) };
                    deltas.clear();
                    deltas.extend((0..count).map(|_| take(&mut rest)));
                    out.write_doc(document, count, deltas);
                }
            }
            begin = end;
            out.close_term()?;
        }
        out.close()
    }

    /// Lists the starts of runs in the order of the sorted keys.
    fn lay_runs(&mut self) {
        let Self { runs, lists, sorted, starts, places, .. } = self;
        places.clear();
        places.resize(lists.len(), ABSENT);
        let mut at = 0;
        for key in sorted.iter() {
            places[key.key as usize] = at;
            at += lists[key.key as usize].runs;
        }
        starts.clear();
        starts.resize(at as usize, 0);
        for (key, start) in runs.iter() {
            let place = &mut places[*key as usize];
            if *place != ABSENT {
                starts[*place as usize] = *start;
                *place += 1;
            }
        }
    }

    /// Sorts the keys by their texts.
    fn sort(&mut self, words: &Words, which: Keys) {
        let Self { keys, texts, sorted, .. } = self;
        texts.clear();
        sorted.clear();
        for key in keys.iter().copied() {
            let own = key.checked_sub(words.len() as u32);
            let is_term = own.is_none() && words.is_term(key);
            if which == Keys::Terms && !is_term || which == Keys::Forms && is_term {
                continue;
            }
            let start = texts.len();
            match own {
                None => texts.push_str(words.text(key)),
                Some(word) => texts.push_str(&exact_term(words.text(word), words.text(word))),
            }
            let text = &texts.as_bytes()[start..];
            let mut first = [0; 8];
            let length = text.len().min(8);
            first[..length].copy_from_slice(&text[..length]);
            let first = u64::from_be_bytes(first);
            sorted.push(Sorted { first, start: start as u32, end: texts.len() as u32, key });
        }
        let text = |key: &Sorted| &texts[key.start as usize..key.end as usize];
        sorted.sort_unstable_by(|a, b| a.first.cmp(&b.first).then_with(|| text(a).cmp(text(b))));
    }
}

/// Appends a number, seven bits per byte, lowest first.
#[inline]
fn put(bytes: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Reads a number from the front.
#[inline]
fn take(bytes: &mut &[u8]) -> u32 {
    let (mut number, mut bits) = (0, 0);
    while let Some((byte, rest)) = bytes.split_first() {
        *bytes = rest;
        number |= u32::from(byte & 0x7f) << bits;
        if byte & 0x80 == 0 {
            break;
        }
        bits += 7;
    }
    number
}
