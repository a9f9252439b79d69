//! From a stream of tokens to postings, by a counting sort: one pass counts the tokens of each term, further ones lay
//! those of some terms at a time where they belong.

use std::io;

use tantivy::postings::FieldSerializer;

use super::stream::{Keys, Ordinals, Stream};
use crate::analysis::{Words, exact_term};

/// A token's document and place, which sorts as they do.
type Hit = u64;

/// What the sort works with, kept from one segment to the next.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    ordinals: Ordinals,
    /// Tokens of each key; then where its next one is laid.
    counts: Vec<u32>,
    keys: Vec<Key>,
    texts: String,
    hits: Vec<Hit>,
    deltas: Vec<u32>,
}

/// A key that occurs, with its text.
#[derive(Debug, Clone, Copy)]
struct Key {
    /// The first bytes of the text, which tell most from each other.
    first: u64,
    start: u32,
    end: u32,
    number: u32,
    count: u32,
}

/// Stands for keys whose turn it is not.
const ABSENT: u32 = u32::MAX;

impl Scratch {
    /// Writes the postings of a field, laying at most `hits_max` tokens at a time, unless one term has more.
    pub(super) fn write(
        &mut self,
        mut out: FieldSerializer<'_>,
        stream: &Stream,
        words: &Words,
        keys: Keys,
        hits_max: usize,
    ) -> io::Result<()> {
        self.list(stream, words, keys);
        let Self { ordinals, counts, keys: list, texts, hits, deltas } = self;
        let mut rest = list.as_slice();
        while !rest.is_empty() {
            let (mut end, mut sum) = (0, 0);
            while end < rest.len() && (end == 0 || sum + rest[end].count as usize <= hits_max) {
                sum += rest[end].count as usize;
                end += 1;
            }
            let (now, later) = rest.split_at(end);
            rest = later;
            counts.fill(ABSENT);
            let mut from = 0;
            for key in now {
                counts[key.number as usize] = from;
                from += key.count;
            }
            hits.clear();
            hits.resize(sum, 0);
            stream.each_key(keys, words, ordinals, |key, document, place| {
                let at = &mut counts[key as usize];
                if *at != ABSENT {
                    hits[*at as usize] = Hit::from(document) << 32 | Hit::from(place);
                    *at += 1;
                }
            });
            let mut from = 0;
            for key in now {
                let to = from + key.count as usize;
                term(&mut out, &texts.as_bytes()[key.start as usize..key.end as usize], &hits[from..to], deltas)?;
                from = to;
            }
        }
        out.close()
    }

    /// Lists the keys that occur, in the order of their texts.
    fn list(&mut self, stream: &Stream, words: &Words, keys: Keys) {
        let Self { ordinals, counts, keys: list, texts, .. } = self;
        counts.clear();
        counts.resize(2 * words.len(), 0);
        stream.each_key(keys, words, ordinals, |key, _, _| counts[key as usize] += 1);
        list.clear();
        texts.clear();
        for (number, count) in (0..).zip(counts.iter().copied()).filter(|(_, count)| *count > 0) {
            let start = texts.len();
            match (number as usize).checked_sub(words.len()) {
                None => texts.push_str(words.text(number)),
                Some(word) if words.term(word as u32) == word as u32 => {
                    let text = words.text(word as u32);
                    texts.push_str(&exact_term(text, text));
                }
                Some(word) => texts.push_str(words.text(word as u32)),
            }
            let text = &texts.as_bytes()[start..];
            let mut first = [0; 8];
            let length = text.len().min(8);
            first[..length].copy_from_slice(&text[..length]);
            let first = u64::from_be_bytes(first);
            list.push(Key { first, start: start as u32, end: texts.len() as u32, number, count });
        }
        let text = |key: &Key| &texts[key.start as usize..key.end as usize];
        list.sort_unstable_by(|a, b| a.first.cmp(&b.first).then_with(|| text(a).cmp(text(b))));
    }
}

/// Writes one term with its hits, which are in order.
fn term(out: &mut FieldSerializer<'_>, text: &[u8], hits: &[Hit], deltas: &mut Vec<u32>) -> io::Result<()> {
    let document = |hit: &Hit| (hit >> 32) as u32;
    let documents = hits.chunk_by(|a, b| document(a) == document(b));
    out.new_term(text, documents.clone().count() as u32, true)?;
    for of_document in documents {
        deltas.clear();
        let mut last = 0;
        for hit in of_document {
            deltas.push(*hit as u32 - last);
            last = *hit as u32;
        }
        out.write_doc(document(&of_document[0]), of_document.len() as u32, deltas);
    }
    out.close_term()
}
