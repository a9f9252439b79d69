//! A table that numbers words.
//!
//! Text repeats its words, and folding, stemming and hashing a word costs twenty times a lookup. Segments are also
//! built from the table: it gives one number per token, and stores the text of each number once.

use super::fold::fold;
use super::forms::{push_form, push_language, untagged};
use super::hash::hash;
use super::stems::{Stemmers, rules};
use super::stop_words::is_stop_word_of;
use crate::article::Language;

/// Maximum size of a table that is kept for queries and checks: some 100,000 words.
const BYTES_MAX: usize = 16 << 20;

/// Size of a word beyond which its key is a hash.
pub(super) const KEY_BYTES: usize = 15;

/// The bit in the last byte of a key that marks a hash.
const HASHED: u8 = 0x80;

/// Data of a word.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Word {
    /// Hash of its term.
    pub(super) hash: u64,
    number: u32,
    /// The number of its term; with the [`STOP`] bit for a stop word.
    term: u32,
}

/// The bit that marks a stop word.
const STOP: u32 = 1 << 31;

impl Word {
    /// Its number in its table: one for each pair of a term and a word with that term.
    pub fn number(self) -> u32 {
        self.number
    }

    /// The number of its term: its own if the word is its own stem.
    pub fn term(self) -> u32 {
        self.term & !STOP
    }

    /// Whether it is a stop word.
    pub fn is_stop_word(self) -> bool {
        self.term & STOP != 0
    }
}

/// A slot of the table: half a cache line.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    /// The lower form of the word, or a hash of it, and the language of the text; 0 in an empty slot.
    key: u128,
    word: Word,
}

/// The text of a number.
#[derive(Debug, Clone, Copy)]
struct Entry {
    start: u32,
    /// Start of the folded word in the text.
    folded: u8,
}

/// A table of words; one per thread.
pub struct Words {
    stemmers: Stemmers,
    slots: Vec<Slot>,
    /// Number of used slots.
    used: usize,
    entries: Vec<Entry>,
    /// The texts of all numbers: a word that is its own stem, or the form of another word, as in the index.
    text: String,
    /// Numbers plus one by the hash of their texts; 0 is an empty slot.
    by_text: Vec<u32>,
    /// Buffers for analysing a text.
    pub(super) lower: String,
    pub(super) joined: String,
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Words").field("len", &self.len()).finish_non_exhaustive()
    }
}

impl Default for Words {
    fn default() -> Self {
        Self {
            stemmers: Stemmers::default(),
            slots: vec![Slot::default(); SLOTS_MIN],
            used: 0,
            entries: Vec::new(),
            text: String::new(),
            by_text: vec![0; SLOTS_MIN],
            lower: String::new(),
            joined: String::new(),
        }
    }
}

/// Number of slots of an empty table.
const SLOTS_MIN: usize = 1 << 12;

/// Multipliers with well distributed bits.
const K1: u64 = 0x9e37_79b9_7f4a_7c15;
const K2: u64 = 0xc2b2_ae3d_27d4_eb4f;

fn spread(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

/// The key of a word in its lower form. The last byte holds the language, and whether the others are a hash.
fn key_of(language: Language, lower: &[u8]) -> u128 {
    let mut bytes = [0; 16];
    let mut last = language.number();
    match bytes.get_mut(..lower.len()).filter(|_| (1..=KEY_BYTES).contains(&lower.len())) {
        Some(short) => short.copy_from_slice(lower),
        None => {
            // The hash of a longer word has enough bits to be unique.
            bytes[..8].copy_from_slice(&hash(lower).to_le_bytes());
            last |= HASHED;
        }
    }
    bytes[KEY_BYTES] = last;
    u128::from_le_bytes(bytes)
}

/// Start of the search for a key in a table with this number of slots, a power of two.
fn place(key: u128, places: usize) -> usize {
    (spread(key as u64 ^ K1, (key >> 64) as u64 ^ K2) >> 32) as usize & (places - 1)
}

impl Words {
    /// Number of assigned numbers.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are no words.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Memory used in bytes.
    pub fn bytes(&self) -> usize {
        self.slots.len() * size_of::<Slot>()
            + self.entries.capacity() * size_of::<Entry>()
            + self.by_text.len() * size_of::<u32>()
            + self.text.capacity()
    }

    /// Clears the table if it is large. Assigned numbers are then invalid.
    pub fn forget_when_full(&mut self) {
        self.forget_beyond(BYTES_MAX);
    }

    /// Clears the table if it uses this much memory. Returns whether it did.
    pub fn forget_beyond(&mut self, bytes: usize) -> bool {
        let is_full = self.bytes() >= bytes;
        if is_full {
            let stemmers = std::mem::take(&mut self.stemmers);
            *self = Self { stemmers, ..Self::default() };
        }
        is_full
    }

    /// The text of a number, as in the index: a term, or a form.
    pub fn text(&self, number: u32) -> &str {
        let at = number as usize;
        let end = self.entries.get(at + 1).map_or(self.text.len(), |next| next.start as usize);
        &self.text[self.entries[at].start as usize..end]
    }

    /// Whether a number is that of a term, and not of a form.
    #[inline]
    pub fn is_term(&self, number: u32) -> bool {
        self.entries[number as usize].folded == 0
    }

    /// The folded word of a number.
    pub fn folded(&self, number: u32) -> &str {
        untagged(&self.text(number)[usize::from(self.entries[number as usize].folded)..])
    }

    /// Looks up a word in a text of some language by its lower form.
    pub(super) fn word(&mut self, language: Language, lower: &str) -> Word {
        let key = key_of(language, lower.as_bytes());
        self.known(key).unwrap_or_else(|| self.learn(key, language, lower))
    }

    #[inline]
    fn known(&self, key: u128) -> Option<Word> {
        let mut at = place(key, self.slots.len());
        loop {
            let slot = &self.slots[at];
            if slot.key == key {
                return Some(slot.word);
            }
            if slot.key == 0 {
                return None;
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }

    /// As [`word`](Self::word), for an ASCII word of up to [`KEY_BYTES`] letters and digits, in any case.
    #[inline]
    pub(super) fn word_of_ascii(&mut self, language: Language, bytes: &[u8], start: usize, end: usize) -> Word {
        let length = end - start;
        let raw = match bytes.get(start..start + 16) {
            Some(chunk) => u128::from_le_bytes(chunk.try_into().unwrap_or_default()),
            None => {
                let mut chunk = [0; 16];
                chunk[..length].copy_from_slice(&bytes[start..end]);
                u128::from_le_bytes(chunk)
            }
        };
        // The bit that makes a letter lower case is always set in digits and lower-case letters.
        let mask = (1 << (8 * length)) - 1;
        let letters = (raw | 0x2020_2020_2020_2020_2020_2020_2020_2020) & mask;
        let key = letters | u128::from(language.number()) << (8 * KEY_BYTES);
        self.known(key).unwrap_or_else(|| {
            let lower = letters.to_le_bytes();
            self.learn(key, language, std::str::from_utf8(&lower[..length]).unwrap_or_default())
        })
    }

    #[cold]
    fn learn(&mut self, key: u128, language: Language, lower: &str) -> Word {
        let mut folded = String::new();
        fold(lower, &mut folded);
        let (mut term, mut stop) = (String::new(), false);
        match rules(language, lower) {
            Some(rules) => {
                term.push_str(&self.stemmers.stem(rules, lower, &folded));
                stop = is_stop_word_of(rules, &folded);
                push_language(rules, lower, &mut term);
            }
            None => term.push_str(&folded),
        }
        let hash = hash(term.as_bytes());
        let spelled = untagged(&term) == folded;
        let own = self.number(&term, 0);
        let number = match spelled {
            true => own,
            false => {
                let mut form = String::new();
                push_form(&term, &folded, &mut form);
                self.number(&form, form.len() - folded.len())
            }
        };
        let word = Word { hash, number, term: own | if stop { STOP } else { 0 } };
        self.used += 1;
        if self.used * 4 > self.slots.len() * 3 {
            let more = vec![Slot::default(); self.slots.len() * 2];
            for slot in std::mem::replace(&mut self.slots, more).into_iter().filter(|slot| slot.key != 0) {
                self.settle(slot);
            }
        }
        self.settle(Slot { key, word });
        word
    }

    fn settle(&mut self, slot: Slot) {
        let mut at = place(slot.key, self.slots.len());
        while self.slots[at].key != 0 {
            at = (at + 1) & (self.slots.len() - 1);
        }
        self.slots[at] = slot;
    }

    /// The number of a text, which is added if it is new; `folded` is the byte at which its folded word begins.
    fn number(&mut self, text: &str, folded: usize) -> u32 {
        let free = match self.find(text) {
            Ok(number) => return number,
            Err(free) => free,
        };
        let number = self.entries.len() as u32;
        self.entries.push(Entry { start: self.text.len() as u32, folded: folded as u8 });
        self.text.push_str(text);
        self.by_text[free] = number + 1;
        if self.entries.len() * 2 > self.by_text.len() {
            self.by_text = vec![0; self.by_text.len() * 2];
            for number in 0..self.entries.len() as u32 {
                if let Err(free) = self.find(self.text(number)) {
                    self.by_text[free] = number + 1;
                }
            }
        }
        number
    }

    /// The number of a text, or its slot in `by_text`.
    fn find(&self, text: &str) -> Result<u32, usize> {
        let mut at = place(u128::from(hash(text.as_bytes())), self.by_text.len());
        while let Some(number) = self.by_text[at].checked_sub(1) {
            if self.text(number) == text {
                return Ok(number);
            }
            at = (at + 1) & (self.by_text.len() - 1);
        }
        Err(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_has_one_number_and_its_texts() {
        let mut words = Words::default();
        let long = "internationalisations";
        let language = Language::default();
        let found = ["labs", "lab", "labs", long, "中国", "lab"].map(|folded| words.word(language, folded));
        let numbers = found.map(Word::number);
        assert_eq!(numbers[0], numbers[2]);
        assert_eq!(numbers[1], numbers[5]);
        assert_eq!(found[0].term(), numbers[1]);
        assert_eq!((words.folded(numbers[0]), words.text(numbers[0])), ("labs", "lab\u{4}labs"));
        assert_eq!((words.folded(numbers[3]), words.folded(numbers[4])), (long, "中国"));
        let text = b"Labs LABS lab2";
        assert_eq!(words.word_of_ascii(language, text, 0, 4).number(), numbers[0]);
        assert_eq!(words.word_of_ascii(language, text, 5, 9).number(), numbers[0]);
        let digit = words.word_of_ascii(language, text, 10, 14).number();
        assert_eq!(words.folded(digit), "lab2");
    }

    #[test]
    fn a_table_grows_and_is_emptied_when_it_is_full() {
        let mut words = Words::default();
        let mut numbers = Vec::new();
        for n in 0..20_000 {
            numbers.push(words.word(Language::default(), &format!("w{n}")).number());
        }
        for (n, number) in numbers.iter().enumerate() {
            assert_eq!(words.word(Language::default(), &format!("w{n}")).number(), *number);
            assert_eq!(words.folded(*number), format!("w{n}"));
        }
        words.forget_when_full();
        assert_eq!(words.len(), 20_000);
        (0..200_000).for_each(|n| _ = words.word(Language::default(), &format!("v{n}")));
        words.forget_when_full();
        assert!(words.is_empty() && words.bytes() < 1 << 20, "{}", words.bytes());
        assert_eq!(words.word(Language::default(), "labs").number(), 1, "the term comes first");
    }
}
