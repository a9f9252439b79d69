//! Stems: the form in which the inflections of one word meet.

use std::borrow::Cow;

use frostem::{Algorithm, Stemmer};

use super::stop_words::is_stop_word;
use super::words::Language;

/// Stems of British and American spellings, which the algorithm keeps apart. Sorted by the first.
const SAME_STEMS: &[(&str, &str)] = &[
    ("analyz", "analys"),
    ("behaviour", "behavior"),
    ("catalogu", "catalog"),
    ("centr", "center"),
    ("colour", "color"),
    ("defenc", "defens"),
    ("favour", "favor"),
    ("fibr", "fiber"),
    ("harbour", "harbor"),
    ("honour", "honor"),
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
    ("tyre", "tire"),
];

/// The stemmers of all languages.
pub(super) struct Stemmers {
    english: Stemmer,
}

impl Default for Stemmers {
    fn default() -> Self {
        Self { english: Stemmer::new(Algorithm::English) }
    }
}

impl Stemmers {
    /// The stem of a folded word, by the English Snowball stemmer (Porter2).
    ///
    /// Words of other scripts, words with digits or points and stop words come back unchanged; `usa` is `us.`.
    pub(super) fn stem<'a>(&self, _language: Language, folded: &'a str) -> Cow<'a, str> {
        if folded.len() < 3 || !folded.bytes().all(|b| b.is_ascii_lowercase()) || is_stop_word(folded) {
            return Cow::Borrowed(folded);
        }
        if folded == "usa" {
            return Cow::Borrowed("us.");
        }
        let stem = self.english.stem(folded);
        match SAME_STEMS.binary_search_by(|(other, _)| (*other).cmp(stem.as_ref())) {
            Ok(at) => Cow::Borrowed(SAME_STEMS[at].1),
            Err(_) => stem,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_one_word_meet() {
        assert!(SAME_STEMS.is_sorted());
        let stemmers = Stemmers::default();
        let stem = |word| stemmers.stem(Language::default(), word).into_owned();
        for (one, other) in [("licences", "licensing"), ("controls", "controlled"), ("labour", "labor")] {
            assert_eq!(stem(one), stem(other), "{one}, {other}");
        }
        assert_ne!(stem("labs"), stem("labels"));
    }
}
