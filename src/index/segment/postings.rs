//! Postings in the making: sorted a chunk of tokens at a time, packed in bytes, and written out term by term.
//!
//! A chunk is small enough to be sorted in the processor's cache, which takes a third of the time that one sort of all
//! tokens would. What it has of a term is a run: documents and positions as differences of mostly one byte. So a segment
//! takes some five bytes a token until it is written, forms included, and to write it is to walk the runs of each term.

use std::io;

use tantivy::postings::FieldSerializer;

use super::chunk::{Chunk, Hit, Sorter};
use crate::analysis::{Words, exact_term};

/// The postings of a field, or of two whose keys differ.
///
/// A key below `words.len()` is the number of a term or form; one from there on, less that, is the number of a word that
/// is its own stem, by its form.
#[derive(Debug, Default)]
pub(super) struct Postings {
    /// Runs, one after another.
    bytes: Vec<u8>,
    /// The key of each run, and where it begins.
    runs: Vec<(u32, u32)>,
    /// Bytes that runs may take; no more are copied about as they grow.
    bytes_max: usize,
    /// By key.
    lists: Vec<List>,
    /// Keys that occur.
    keys: Vec<u32>,
    /// Tokens that were added.
    tokens: u64,
    forms: Vec<Hit>,
    texts: String,
    sorted: Vec<Sorted>,
    /// Where the runs of each key begin, key by key.
    starts: Vec<u32>,
    /// By key, where its next run goes in `starts`.
    places: Vec<u32>,
    deltas: Vec<u32>,
}

/// What a key has so far.
#[derive(Debug, Clone, Copy, Default)]
struct List {
    documents: u32,
    /// The last of them.
    document: u32,
    runs: u32,
}

/// A key with its text.
#[derive(Debug, Clone, Copy)]
struct Sorted {
    /// The first bytes of the text, which tell most from each other.
    first: u64,
    start: u32,
    end: u32,
    key: u32,
}

/// The place of a key that is not written.
const ABSENT: u32 = u32::MAX;

/// Which of the keys are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keys {
    Terms,
    Forms,
    All,
}

impl Postings {
    /// With room for so many bytes of runs; more may come.
    pub(super) fn new(bytes_max: usize) -> Self {
        Self { bytes_max, ..Self::default() }
    }

    /// Adds a text's tokens under their terms, and under the forms of words that their terms do not spell. In the place
    /// of a form's positions stands the how manyth token of its term in the document it is, from 0: a third of the
    /// bytes, and with the positions of the term as exact.
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

    /// Adds the tokens of a short field, each under its term and its form.
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

    /// Tokens that were added.
    pub(super) fn tokens(&self) -> u64 {
        self.tokens
    }

    /// Bytes that the postings take.
    pub(super) fn bytes(&self) -> usize {
        self.bytes.len()
            + self.runs.len() * (size_of::<(u32, u32)>() + size_of::<u32>())
            + self.lists.len() * size_of::<List>()
            + self.keys.len() * size_of::<u32>()
    }

    /// Forgets them; the memory is kept.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.runs.clear();
        self.keys.drain(..).for_each(|key| self.lists[key as usize] = List::default());
        self.tokens = 0;
    }

    /// Forgets what was kept for a table of words that is no more.
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

    /// Brings the runs of the sorted keys into their order, those of a key as they came.
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
            let is_term = own.is_none() && words.term(key) == key;
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

/// Adds a number, seven bits to a byte, the lowest first.
#[inline]
fn put(bytes: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Takes a number off the front.
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
