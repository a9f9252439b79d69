//! Stems, and the cache that makes them cheap.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use frostem::{Algorithm, Stemmer};

use super::stop_words::is_stop_word;

/// Words whose stems are kept by one thread: the vocabulary in use grows slowly, and 200,000 words with their
/// stems are about 10 MB.
const WORDS_MAX: usize = 200_000;

/// Stems that the algorithm keeps apart and a newsroom does not: short forms, British and American spellings, and
/// nouns whose verb is the same event. Sorted by the first.
const SAME_STEMS: &[(&str, &str)] = &[
    ("analyz", "analys"),
    ("behaviour", "behavior"),
    ("catalogu", "catalog"),
    ("centr", "center"),
    ("cheque", "check"),
    ("closur", "close"),
    ("colour", "color"),
    ("defenc", "defens"),
    ("favour", "favor"),
    ("fibr", "fiber"),
    ("harbour", "harbor"),
    ("honour", "honor"),
    ("laboratori", "lab"),
    ("labour", "labor"),
    ("licenc", "licens"),
    ("metr", "meter"),
    ("neighbour", "neighbor"),
    ("offenc", "offens"),
    ("organis", "organiz"),
    ("plough", "plow"),
    ("programm", "program"),
    ("rumour", "rumor"),
    ("theatr", "theater"),
    ("tonn", "ton"),
    ("tyre", "tire"),
];

/// Gives the stems of words; one per thread, since it remembers them.
///
/// Stemming costs ten times a look-up, and a running text repeats its words.
pub struct Stems {
    stemmer: Stemmer,
    /// Where the stem of a word stands in `stems`: a number can be given out while the table grows.
    known: HashMap<Box<str>, u32, BuildHasherDefault<WordHasher>>,
    stems: Vec<Box<str>>,
}

impl std::fmt::Debug for Stems {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stems").field("known", &self.known.len()).finish_non_exhaustive()
    }
}

impl Default for Stems {
    fn default() -> Self {
        Self { stemmer: Stemmer::new(Algorithm::English), known: HashMap::default(), stems: Vec::new() }
    }
}

impl Stems {
    /// The stem of a folded word, by the English Snowball stemmer (Porter2).
    ///
    /// Words of other scripts, words with digits or points and stop words come back unchanged; `usa` is `us.`.
    pub fn stem<'a>(&'a mut self, folded: &'a str) -> &'a str {
        if folded.len() < 3 || !folded.bytes().all(|b| b.is_ascii_lowercase()) {
            return folded;
        }
        let at = match self.known.get(folded) {
            Some(at) => *at,
            None => self.learn(folded),
        };
        &self.stems[at as usize]
    }

    /// Stems a word that is not known yet, and tells where its stem stands.
    fn learn(&mut self, folded: &str) -> u32 {
        if self.known.len() >= WORDS_MAX {
            self.known.clear();
            self.stems.clear();
        }
        let at = self.stems.len() as u32;
        self.stems.push(stem_of(&self.stemmer, folded).as_ref().into());
        self.known.insert(folded.into(), at);
        at
    }
}

fn stem_of<'a>(stemmer: &Stemmer, folded: &'a str) -> Cow<'a, str> {
    if is_stop_word(folded) {
        return Cow::Borrowed(folded);
    }
    if folded == "usa" {
        return Cow::Borrowed("us.");
    }
    let stem = stemmer.stem(folded);
    match SAME_STEMS.binary_search_by(|(other, _)| (*other).cmp(stem.as_ref())) {
        Ok(at) => Cow::Borrowed(SAME_STEMS[at].1),
        Err(_) => stem,
    }
}

/// The FxHash function of the Rust compiler over eight bytes at a time: the keys are words, not an attacker's
/// choice of buckets worth defending, since the table is bounded.
#[derive(Default)]
struct WordHasher(u64);

impl Hasher for WordHasher {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0u8; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.0 = (self.0.rotate_left(5) ^ u64::from_le_bytes(word)).wrapping_mul(0x517c_c1b7_2722_0a95);
        }
    }

    fn write_u8(&mut self, _: u8) {}

    fn finish(&self) -> u64 {
        self.0.rotate_left(26)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_one_word_meet() {
        assert!(SAME_STEMS.is_sorted());
        let mut stems = Stems::default();
        for (one, other) in [
            ("labs", "laboratories"),
            ("closures", "closing"),
            ("licences", "licensing"),
            ("controls", "controlled"),
            ("labour", "labor"),
        ] {
            assert_eq!(stems.stem(one).to_owned(), stems.stem(other), "{one}, {other}");
        }
        assert_ne!(stems.stem("labs").to_owned(), stems.stem("labels"));
    }
}
