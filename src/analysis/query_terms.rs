//! The terms of query words.
//!
//! A query does not state its language, and an archive has several. Each word is analysed in every language of the index,
//! and its terms count as one word: an article with any of them contains it.

use super::exact_term;
use super::fold::is_apostrophe;
use super::tokens::tokenize_query;
use super::words::Words;
use crate::article::{Language, Script};

/// A word is a stop word of a query if it is one in the languages of this share of the articles that contain it or, if none
/// does, that may contain it.
const STOP_SHARE: f64 = 0.9;

/// Languages that write compounds as one word, by code.
const COMPOUNDING: [&str; 5] = ["da", "de", "nl", "no", "sv"];

/// The languages of an index, including undetermined, with their numbers of articles.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Languages(Vec<(Language, u64)>);

/// The position of a word in a query, and its terms.
pub type Place = (u32, Vec<String>);

/// A range of a query that is a word in at least one language.
#[derive(Default)]
struct Slot {
    start: usize,
    end: usize,
    position: u32,
    terms: Vec<String>,
    /// The terms that are stop words in their languages.
    stop_terms: Vec<String>,
    /// Length of the folded word in bytes.
    length: usize,
    /// Numbers of articles in languages in which it is a stop word, and in all its languages.
    stop: (u64, u64),
    /// Whether it is a stop word in all its languages.
    is_stop: bool,
}

impl Languages {
    /// From languages and their numbers of articles.
    pub fn new(languages: impl IntoIterator<Item = (Language, u64)>) -> Self {
        Self(languages.into_iter().collect())
    }

    /// The languages that write compounds as one word.
    pub fn with_compounds(&self) -> Self {
        let compounds = |(language, _): &&(Language, u64)| language.code().is_some_and(|c| COMPOUNDING.contains(&c));
        Self(self.0.iter().filter(compounds).copied().collect())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a language is the one named at the end of a stem.
    pub fn has_tag(&self, tag: &str) -> bool {
        self.0.iter().any(|(language, _)| language.code().is_some_and(|code| code.eq_ignore_ascii_case(tag)))
    }

    /// The languages whose rules may apply to the words of a text, with their numbers of articles: those written in its
    /// scripts, and undetermined if articles in other languages may contain such words.
    fn of_text(&self, text: &str) -> Vec<(Language, u64)> {
        let mut scripts: Vec<Script> = Vec::new();
        for script in text.chars().filter(|c| c.is_alphabetic()).map(Script::of) {
            if !scripts.contains(&script) {
                scripts.push(script);
            }
        }
        if scripts.is_empty() {
            // Each language has its rules for numbers.
            let mut found = self.0.clone();
            found.push((Language::default(), 0));
            return found;
        }
        let (mut found, mut foreign) = (Vec::new(), self.0.is_empty());
        for (language, articles) in &self.0 {
            let writes = |script: &Script| language.writes(*script);
            foreign |= !scripts.iter().all(writes);
            // Undetermined words follow the first language of their script.
            if scripts.iter().any(|script| writes(script) && script.first_language() != *language) {
                found.push((*language, *articles));
            } else if scripts.iter().any(writes) || *language == Language::default() {
                foreign = true;
                match found.iter_mut().find(|(language, _)| *language == Language::default()) {
                    Some((_, known)) => *known += articles,
                    None => found.push((Language::default(), *articles)),
                }
            }
        }
        if foreign && found.iter().all(|(language, _)| *language != Language::default()) {
            found.push((Language::default(), 0));
        }
        found
    }

    /// The words of a text with their terms; only the terms of single forms if `exact`.
    fn slots(&self, text: &str, exact: bool, words: &mut Words) -> Vec<Slot> {
        let mut slots: Vec<Slot> = Vec::new();
        for (language, articles) in self.of_text(text) {
            tokenize_query(text, language, words, &mut |token| {
                let (start, end) = (token.start, token.end);
                let known = slots.iter().position(|slot| (slot.start, slot.end) == (start, end));
                let at = known.unwrap_or_else(|| {
                    let (position, length) = (token.position, token.folded().len());
                    slots.push(Slot { start, end, position, length, is_stop: true, ..Slot::default() });
                    slots.len() - 1
                });
                let slot = &mut slots[at];
                let term = if exact { exact_term(token.term(), token.folded()) } else { token.term().to_owned() };
                slot.is_stop &= token.word.is_stop_word();
                slot.stop.0 += if token.word.is_stop_word() { articles } else { 0 };
                slot.stop.1 += articles;
                if token.word.is_stop_word() && !slot.stop_terms.contains(&term) {
                    slot.stop_terms.push(term.clone());
                }
                if !slot.terms.contains(&term) {
                    slot.terms.push(term);
                }
            });
        }
        slots
    }

    /// The words in a word of a query, without stop words unless `keep_stop_words`.
    pub fn query_terms(&self, word: &str, keep_stop_words: bool, words: &mut Words) -> Vec<Place> {
        self.counted_terms(word, keep_stop_words, words, &|_| 0)
    }

    /// As [`query_terms`](Self::query_terms), given the number of articles with a term.
    pub fn counted_terms(
        &self,
        word: &str,
        keep_stop_words: bool,
        words: &mut Words,
        articles_with: &dyn Fn(&str) -> u64,
    ) -> Vec<Place> {
        let mut slots = self.slots(word, false, words);
        slots.retain(|slot| {
            let hyphen_part = word.len() > slot.length + 1 && slot.length < 2;
            keep_stop_words || !(hyphen_part || slot.is_stop_word(articles_with))
        });
        slots.into_iter().map(|slot| (slot.position, slot.terms)).collect()
    }

    /// The terms of linked words that must occur in sequence, and those of the joined form. An elided article need not
    /// occur.
    pub fn linked_terms(&self, word: &str, words: &mut Words) -> (Vec<Place>, Option<Vec<String>>) {
        let (mut parts, mut joined, mut next) = (Vec::new(), None, 0);
        for slot in self.slots(word, false, words) {
            if slot.position < next {
                joined = Some(slot.terms);
                continue;
            }
            next = slot.position + 1;
            if !word[slot.end..].starts_with(is_apostrophe) {
                parts.push((slot.position, slot.terms));
            }
        }
        (parts, joined)
    }

    /// The terms of a phrase; only the terms of single forms if `exact`. Joined forms are left out, since their parts
    /// occur too.
    pub fn phrase_terms(&self, text: &str, exact: bool, words: &mut Words) -> Vec<Place> {
        let mut places: Vec<Place> = Vec::new();
        for slot in self.slots(text, exact, words) {
            if places.last().is_none_or(|(at, _)| *at < slot.position) {
                places.push((slot.position, slot.terms));
            }
        }
        places
    }
}

impl Slot {
    fn is_stop_word(&self, articles_with: &dyn Fn(&str) -> u64) -> bool {
        if self.is_stop || self.stop_terms.is_empty() {
            return self.is_stop;
        }
        let with = |terms: &[String]| terms.iter().map(|term| articles_with(term)).sum::<u64>();
        let (stop, all) = match with(&self.terms) {
            0 => self.stop,
            all => (with(&self.stop_terms), all),
        };
        stop as f64 >= STOP_SHARE * all as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn languages(held: &[(&str, u64)]) -> Languages {
        Languages::new(held.iter().map(|(code, articles)| (Language::of(Some(code)), *articles)))
    }

    fn shown(places: &[Place]) -> String {
        let one = |(at, terms): &Place| format!("{}@{at}", terms.join("|"));
        places.iter().map(one).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_query_leaves_out_stop_words_by_default() {
        let (mut words, english) = (Words::default(), languages(&[("en", 10)]));
        for (word, keep, expected) in [
            ("the", false, ""),
            ("the", true, "the@0"),
            ("US", false, "us.@0"),
            ("e-mail", false, "mail@1 email@0"),
            ("chips", false, "chip@0"),
            ("Schlüter", false, "schluter|schlueter@0"),
        ] {
            assert_eq!(shown(&english.query_terms(word, keep, &mut words)), expected, "{word}");
        }
        for (word, parts, joined) in [
            ("long-term", "long@0 term@1", Some("longterm")),
            ("at&t", "at@0 t@1", Some("at&t")),
            ("R&D", "r&d@0", None),
            ("l’économie", "economi@1", Some("leconomi")),
            ("bbc.co.uk", "bbc@0 co@1 uk@2", None),
            ("管制令", "管制@0 制令@1", None),
            ("US", "us.@0", None),
            ("chips", "chip@0", None),
        ] {
            let (found, form) = english.linked_terms(word, &mut words);
            assert_eq!(
                (shown(&found).as_str(), form.map(|terms| terms.join("|")).as_deref()),
                (parts, joined),
                "{word}"
            );
        }
    }

    #[test]
    fn a_word_is_looked_for_in_each_language_that_the_index_holds() {
        let mut words = Words::default();
        let mixed = languages(&[("en", 100), ("de", 90), ("ru", 50), ("uk", 5), ("ja", 8)]);
        for (word, expected) in [
            ("Regierungen", "regierungen|regierDE@0"),
            ("die", "die|dieDE@0"),
            ("выборах", "выбор|виборUK@0"),
            ("президентом", "президент|президентUK@0"),
            ("G7", "g7@0"),
            ("首相", "首相@0"),
            ("und", "und|undDE@0"),
            ("12,50", "12@0 50@1 12.50@0"),
        ] {
            let found = shown(&mixed.query_terms(word, false, &mut words));
            if word == "выборах" {
                assert!(found.starts_with("выбор|") && found.ends_with("UK@0"), "{found}");
                continue;
            }
            assert_eq!(found, expected, "{word}");
        }
        let german = languages(&[("de", 100), ("en", 2)]);
        assert_eq!(shown(&german.query_terms("die", false, &mut words)), "");
        for (die, die_de, expected) in [(1, 90, ""), (60, 90, "die|dieDE@0"), (0, 0, "die|dieDE@0")] {
            let with = |term: &str| if term == "die" { die } else { die_de };
            assert_eq!(shown(&mixed.counted_terms("die", false, &mut words, &with)), expected);
        }
        assert_eq!(
            shown(&german.phrase_terms("die Kanzlerin", true, &mut words)),
            "dieDE\u{4}|die\u{4}@0 kanzlDE\u{4}kanzlerin|kanzlerin\u{4}@1"
        );
    }
}
