//! Stems: forms in which the inflections of a word match.

use std::borrow::Cow;

use frostem::{Algorithm, Stemmer};

use unicode_normalization::char::is_combining_mark;

use super::fold::fold;
use super::stop_words::is_stop_word_of;
use crate::article::{Language, Script};

/// Stems of British and American spellings, which the algorithm does not unify. Sorted by the first.
#[rustfmt::skip]
const SAME_STEMS: &[(&str, &str)] = &[
    ("analyz", "analys"), ("behaviour", "behavior"), ("catalogu", "catalog"), ("centr", "center"),
    ("colour", "color"), ("defenc", "defens"), ("favour", "favor"), ("fibr", "fiber"), ("harbour", "harbor"),
    ("honour", "honor"), ("labour", "labor"), ("licenc", "licens"), ("metr", "meter"), ("neighbour", "neighbor"),
    ("offenc", "offens"), ("organis", "organiz"), ("plough", "plow"), ("programm", "program"), ("rumour", "rumor"),
    ("theatr", "theater"), ("tyre", "tire"),
];

/// The Snowball stemmers by language code.
#[rustfmt::skip]
const ALGORITHMS: &[(&str, Algorithm)] = &[
    ("ca", Algorithm::Catalan), ("cs", Algorithm::Czech), ("da", Algorithm::Danish), ("de", Algorithm::German),
    ("el", Algorithm::Greek), ("en", Algorithm::English), ("eo", Algorithm::Esperanto), ("es", Algorithm::Spanish),
    ("et", Algorithm::Estonian), ("eu", Algorithm::Basque), ("fa", Algorithm::Persian), ("fi", Algorithm::Finnish),
    ("fr", Algorithm::French), ("ga", Algorithm::Irish), ("hi", Algorithm::Hindi), ("hu", Algorithm::Hungarian),
    ("hy", Algorithm::Armenian), ("id", Algorithm::Indonesian), ("it", Algorithm::Italian),
    ("lt", Algorithm::Lithuanian), ("ne", Algorithm::Nepali), ("nl", Algorithm::Dutch),
    ("no", Algorithm::Norwegian), ("pl", Algorithm::Polish), ("pt", Algorithm::Portuguese),
    ("ro", Algorithm::Romanian), ("ru", Algorithm::Russian), ("sr", Algorithm::Serbian), ("st", Algorithm::Sesotho),
    ("sv", Algorithm::Swedish), ("ta", Algorithm::Tamil), ("tr", Algorithm::Turkish), ("uk", Algorithm::Ukrainian),
    ("yi", Algorithm::Yiddish),
];

/// Particles of Korean nouns, those of two syllables first: after a final consonant, after a vowel, and after either.
#[rustfmt::skip]
const PARTICLES: [&[&str]; 3] = [
    &["으로부터", "이라고", "으로서", "으로써", "이라며", "으로", "이나", "이며", "이란", "은", "이", "을", "과"],
    &["라고", "로부터", "로서", "로써", "라며", "로", "는", "가", "를", "와"],
    &[
        "에서는", "에서도", "에게서", "에서", "에게", "까지", "부터", "보다", "처럼",
        "만큼", "하고", "에는", "에도", "들", "의", "에", "도", "만",
    ],
];

/// The stemmers of all languages, created on first use.
#[derive(Default)]
pub(super) struct Stemmers {
    /// By the number of the language.
    made: Vec<Option<Stemmer>>,
}

/// The language whose rules apply to a word in a text, from its lower form; none if it is not a word of letters.
pub(super) fn rules(language: Language, lower: &str) -> Option<Language> {
    let script = Script::of(lower.chars().next()?);
    let is_word = lower.chars().all(|c| c.is_alphabetic() || is_combining_mark(c));
    let own = || if language.writes(script) { language } else { script.first_language() };
    is_word.then(own).filter(|rules| *rules != Language::default())
}

impl Stemmers {
    /// The folded stem of a word, from its lower and folded forms, by the Snowball stemmer of a language.
    ///
    /// Stop words and short words are unchanged; `usa` becomes `us.`.
    pub(super) fn stem<'a>(&mut self, language: Language, lower: &str, folded: &'a str) -> Cow<'a, str> {
        let code = language.code().unwrap_or_default();
        let letters_min = if code == "ko" { 2 } else { 3 };
        if lower.chars().take(letters_min).count() < letters_min || is_stop_word_of(language, folded) {
            return Cow::Borrowed(folded);
        }
        match code {
            "en" if folded == "usa" => Cow::Borrowed("us."),
            // Words with non-ASCII letters are not English.
            "en" if !folded.is_ascii() => Cow::Borrowed(folded),
            "ko" => Cow::Borrowed(without_particles(folded)),
            "ar" => Cow::Borrowed(arabic(folded)),
            "he" => hebrew(folded),
            _ => {
                let Some(stemmer) = self.stemmer(language) else { return Cow::Borrowed(folded) };
                let stem = stemmer.stem(if code == "en" { folded } else { lower });
                if code == "en" {
                    let same = SAME_STEMS.binary_search_by(|(other, _)| (*other).cmp(stem.as_ref()));
                    return Cow::Owned(same.map_or(stem.into_owned(), |at| SAME_STEMS[at].1.to_owned()));
                }
                let mut short = String::new();
                fold(&stem, &mut short);
                if short.is_empty() { Cow::Borrowed(folded) } else { Cow::Owned(short) }
            }
        }
    }

    fn stemmer(&mut self, language: Language) -> Option<&Stemmer> {
        let at = usize::from(language.number());
        if self.made.get(at).is_none_or(Option::is_none) {
            let known = ALGORITHMS.binary_search_by_key(&language.code()?, |(code, _)| code).ok()?;
            self.made.resize_with(self.made.len().max(at + 1), || None);
            self.made[at] = Some(Stemmer::new(ALGORITHMS[known].1));
        }
        self.made[at].as_ref()
    }
}

/// A folded Arabic word without conjunction, article, prepositions and noun endings: the light10 stemmer of Larkey,
/// Ballesteros and Connell (2007), which retrieves better than Snowball's.
fn arabic(folded: &str) -> &str {
    const PREFIXES: [(&str, usize); 7] =
        [("وال", 2), ("بال", 2), ("كال", 2), ("فال", 2), ("ال", 2), ("لل", 2), ("و", 3)];
    const SUFFIXES: [&str; 8] = ["ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي"];
    let long = |word: &str, letters_min: usize| word.chars().nth(letters_min - 1).is_some();
    let mut prefixes = PREFIXES.iter();
    let rest = prefixes.find_map(|(prefix, min)| folded.strip_prefix(prefix).filter(|rest| long(rest, *min)));
    SUFFIXES.iter().fold(rest.unwrap_or(folded), |word, suffix| {
        word.strip_suffix(suffix).filter(|rest| long(rest, 2)).unwrap_or(word)
    })
}

/// A Hebrew word without conjunction, article, prepositions and noun endings, and without final letters.
fn hebrew(folded: &str) -> Cow<'_, str> {
    const PREFIXES: [&str; 6] = ["שה", "מה", "ו", "ה", "ב", "ל"];
    const SUFFIXES: [&str; 5] = ["ים", "ות", "ת", "ה", "י"];
    let long = |word: &&str| word.chars().nth(2).is_some();
    let mut word = folded;
    while let Some(rest) = PREFIXES.iter().find_map(|prefix| word.strip_prefix(prefix).filter(long)) {
        word = rest;
    }
    let word = SUFFIXES.iter().find_map(|suffix| word.strip_suffix(suffix).filter(long)).unwrap_or(word);
    const FINAL: [(char, char); 5] = [('ך', 'כ'), ('ם', 'מ'), ('ן', 'נ'), ('ף', 'פ'), ('ץ', 'צ')];
    match FINAL.iter().find_map(|(last, letter)| Some((word.strip_suffix(*last)?, letter))) {
        Some((start, letter)) => Cow::Owned(format!("{start}{letter}")),
        None => Cow::Borrowed(word),
    }
}

/// A Korean word without final particles, with at least two syllables left.
fn without_particles(word: &str) -> &str {
    let mut rest = word;
    'again: for _ in 0..3 {
        for (number, list) in PARTICLES.iter().enumerate() {
            for stem in list.iter().filter_map(|particle| rest.strip_suffix(particle)) {
                let last = stem.chars().next_back().map_or(0, |c| c as u32);
                let closed = (last.wrapping_sub(0xac00)) % 28 != 0;
                let after_l = last.wrapping_sub(0xac00) % 28 == 8;
                let fits = match number {
                    0 => closed,
                    1 => !closed || after_l && rest.ends_with('로'),
                    _ => true,
                };
                if fits
                    && stem.chars().count() >= 2
                    && Script::of(stem.chars().next_back().unwrap_or('a')) == Script::Hangul
                {
                    rest = stem;
                    continue 'again;
                }
            }
        }
        break;
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_one_word_meet() {
        assert!(SAME_STEMS.is_sorted() && ALGORITHMS.is_sorted_by_key(|(code, _)| code));
        let mut stemmers = Stemmers::default();
        let mut stem = |code: &str, word: &str| {
            let mut folded = String::new();
            fold(word, &mut folded);
            stemmers.stem(Language::of(Some(code)), word, &folded).into_owned()
        };
        for (code, one, other) in [
            ("en", "licences", "licensing"),
            ("en", "controls", "controlled"),
            ("en", "labour", "labor"),
            ("de", "regierungen", "regierung"),
            ("de", "schlüter", "schlueter"),
            ("fr", "privatisées", "privatisations"),
            ("ru", "выборах", "выборы"),
            ("uk", "президентом", "президента"),
            ("ar", "بالانتخابات", "وانتخابات"),
            ("pl", "wyborów", "wyborach"),
            ("ko", "정부는", "정부가"),
            ("ko", "주민들에게는", "주민"),
            ("he", "המעבורות", "מעבורת"),
            ("he", "ולהסכמים", "ההסכם"),
            ("he", "מפקדי", "המפקדים"),
            ("he", "בעיתון", "העיתונים"),
            ("ko", "대통령이", "대통령으로부터"),
            ("ko", "민주주의를", "민주주의"),
        ] {
            assert_eq!(stem(code, one), stem(code, other), "{one}, {other}");
        }
        assert_ne!(stem("en", "labs"), stem("en", "labels"));
        for (code, word) in [("ko", "국가"), ("ko", "아들"), ("he", "בית")] {
            assert_eq!(stem(code, word), word);
        }
    }
}
