//! Transliteration: names in Latin, Cyrillic and Greek letters meet, whatever their spelling in the others.
//!
//! It is no standard, but what English, French and German newspapers and Ukrainian passports have in common. Each letter
//! or group of letters stands for one or more sounds ([`SOUNDS`]), so that a word has one or more keys:
//!
//! | written | keys |
//! |---|---|
//! | `Путин`, `Putin`, `Poutine` | `putin` |
//! | `Зеленський`, `Зеленский` | `zelensk`, `selensk` |
//! | `Zelensky`, `Zelenskyy`, `Zelenskiy`; `Selenskyj` | `zelensk`; `selensk` |
//! | `Хрущёв` | `hruSev`, `hruSov` |
//! | `Khrushchev`; `Chruschtschow` | `hruSev`; `hruSov` and others |
//!
//! Words of different scripts meet when they share a key. Words of one script are not compared by sound, which would
//! make `chip` of `ship`, but meet where they differ in how `i` is written: `y`, `yy`, `iy`, `ij`; `и`, `і`, `ий`.

use crate::article::Script;

/// Keys of one word; those that are left out are of words in which nearly every letter could be another.
const KEYS_MAX: usize = 32;

/// Letters of a key: shorter ones are of too many words.
const KEY_CHARS_MIN: usize = 3;

/// Letters of a key whose vowels at the end do not count.
const ROOT_CHARS_MIN: usize = 5;

/// Letters from which words of one script are compared.
const SAME_SCRIPT_CHARS_MIN: usize = 5;

/// Letters as words have them once they are folded, and what they may stand for, between blanks; of two beginnings the
/// longer comes first. `C`, `S` and `Z` are the sounds of `ch`, `sh` and `zh` in English, `c` is `ts`.
const SOUNDS: &[(&str, &str)] = &[
    ("schtsch", "S"),
    ("shch", "S"),
    ("chtch", "S"),
    ("tsch", "C"),
    ("sch", "S"),
    ("tch", "C"),
    ("ch", "C h S"),
    ("ck", "k"),
    ("cz", "C"),
    ("c", "c k C"),
    ("gh", "g"),
    ("j", "i Z"),
    ("kh", "h"),
    ("ou", "u"),
    ("ph", "f"),
    ("q", "k"),
    ("sh", "S"),
    ("th", "t"),
    ("ts", "c"),
    ("tz", "c"),
    ("w", "v"),
    ("x", "ks"),
    ("y", "i"),
    ("zh", "Z"),
    ("а", "a"),
    ("б", "b"),
    ("в", "v"),
    ("г", "g h"),
    ("д", "d"),
    ("ђ", "di"),
    ("же", "Ze Zo ze Se"),
    ("ж", "Z z S"),
    ("е", "e"),
    ("є", "ie"),
    ("з", "z s"),
    ("ѕ", "dz"),
    ("и", "i"),
    ("і", "i"),
    ("ї", "i"),
    ("й", "i"),
    ("ј", "i"),
    ("к", "k"),
    ("л", "l"),
    ("љ", "li"),
    ("м", "m"),
    ("н", "n"),
    ("њ", "ni"),
    ("о", "o"),
    ("п", "p"),
    ("р", "r"),
    ("с", "s"),
    ("т", "t"),
    ("ћ", "C c"),
    ("у", "u"),
    ("ў", "u"),
    ("ф", "f"),
    ("х", "h"),
    ("ц", "c z"),
    ("че", "Ce Co ce"),
    ("ч", "C c"),
    ("џ", "dZ dz"),
    ("ше", "Se So se"),
    ("ш", "S s"),
    ("ще", "Se So"),
    ("щ", "S"),
    ("ъ", ""),
    ("ы", "i"),
    ("ь", ""),
    ("э", "e"),
    ("ю", "iu"),
    ("я", "ia"),
    ("αι", "e ai"),
    ("αυ", "av af au"),
    ("α", "a"),
    ("β", "v b"),
    ("γγ", "g ng"),
    ("γκ", "g gk"),
    ("γ", "g i"),
    ("δ", "d"),
    ("ει", "i ei"),
    ("ευ", "ev ef eu"),
    ("ε", "e"),
    ("ζ", "z"),
    ("η", "i e"),
    ("θ", "t"),
    ("ι", "i"),
    ("κ", "k c"),
    ("λ", "l"),
    ("μπ", "b mp"),
    ("μ", "m"),
    ("ντ", "d nt"),
    ("ν", "n"),
    ("ξ", "ks"),
    ("οι", "i oi"),
    ("ου", "u"),
    ("ο", "o"),
    ("π", "p"),
    ("ρ", "r"),
    ("σ", "s"),
    ("τζ", "c dz"),
    ("τσ", "c"),
    ("τ", "t"),
    ("υ", "i u"),
    ("φ", "f"),
    ("χ", "h"),
    ("ψ", "ps"),
    ("ω", "o"),
];

/// What a word sounds like, in any of its forms.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sound {
    keys: Vec<String>,
    /// The forms, whatever way `i` is written in them.
    spellings: Vec<String>,
    script: Option<Script>,
    /// The Latin letters with which words of the same keys may begin.
    begins: Vec<char>,
}

impl Sound {
    /// Adds a folded form; one that is short or has other letters than Latin, Cyrillic or Greek ones has no sound.
    pub fn add(&mut self, folded: &str) {
        let Some(script) = script_of(folded).filter(|script| self.script.is_none_or(|known| known == *script)) else {
            return;
        };
        let mut keys = keys(folded).unwrap_or_default();
        keys.retain(|key| key.len() >= KEY_CHARS_MIN && !self.keys.contains(key));
        let begins = ('a'..='z').filter(|letter| keys.iter().any(|key| may_begin(*letter, key)));
        self.begins.extend(begins);
        self.keys.extend(keys);
        self.spellings.extend(spelling(folded));
        self.script = Some(script);
    }

    /// Whether there is nothing that it could meet.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Whether a folded word of the archive may be meant by this one.
    pub fn meets(&self, folded: &str) -> bool {
        let Some(first) = folded.chars().next() else { return false };
        if Some(Script::of(first)) == self.script {
            return spelling(folded).is_some_and(|spelling| self.spellings.contains(&spelling));
        }
        if first.is_ascii() && !self.begins.contains(&first) {
            return false;
        }
        let other = script_of(folded).and_then(|_| keys(folded));
        other.is_some_and(|other| other.iter().any(|key| self.keys.contains(key)))
    }
}

fn script_of(folded: &str) -> Option<Script> {
    let script = Script::of(folded.chars().next()?);
    let known = matches!(script, Script::Latin | Script::Cyrillic | Script::Greek);
    (known && folded.chars().all(|c| c.is_alphabetic() && Script::of(c) == script)).then_some(script)
}

/// Whether a word that begins with a Latin letter may have a key.
fn may_begin(letter: char, key: &str) -> bool {
    let of_group = |(group, sounds): &(&str, &str)| {
        group.starts_with(letter) && sounds.split(' ').any(|sound| sound.get(..1) == key.get(..1))
    };
    // A glide before a vowel has no letter in a key.
    let glides = matches!(letter, 'i' | 'j' | 'y') && key.starts_with(['a', 'e', 'o', 'u']);
    key.starts_with(letter) || glides || SOUNDS.iter().any(of_group)
}

/// The keys of a word; none where a letter of it is not known.
fn keys(folded: &str) -> Option<Vec<String>> {
    let mut keys = vec![String::with_capacity(folded.len())];
    let mut rest = folded;
    while let Some(c) = rest.chars().next() {
        let (length, sounds) = match SOUNDS.iter().find(|(letters, _)| rest.starts_with(letters)) {
            Some((letters, sounds)) => (letters.len(), *sounds),
            None if c.is_ascii_lowercase() => (1, &rest[..1]),
            None => return None,
        };
        let many = keys.len() * sounds.split(' ').count() > KEYS_MAX;
        let known = std::mem::take(&mut keys);
        for sound in sounds.split(' ').take(if many { 1 } else { KEYS_MAX }) {
            keys.extend(known.iter().map(|key| format!("{key}{sound}")));
        }
        rest = &rest[length..];
    }
    Some(keys.iter().map(|key| evened(key)).collect())
}

/// A key without glides before vowels and without doubled letters: `Yulia`, `Iuliia` and `Julija` are `ula`. A long one
/// loses the vowels at its end, which are its case, or French: `Зеленск`, `Poutine`.
fn evened(key: &str) -> String {
    let mut evened = String::with_capacity(key.len());
    let next = key.chars().skip(1).map(Some).chain([None]);
    let (mut glides, mut chars) = (false, Vec::with_capacity(key.len()));
    for (c, next) in key.chars().zip(next).collect::<Vec<_>>().into_iter().rev() {
        glides = c == 'i' && (glides || matches!(next, Some('a' | 'e' | 'o' | 'u')));
        chars.extend((!glides).then_some(c));
    }
    chars.into_iter().rev().for_each(|c| evened.extend((!evened.ends_with(c)).then_some(c)));
    let root = evened.trim_end_matches(['a', 'e', 'i', 'o', 'u']).len();
    evened.truncate(if root >= ROOT_CHARS_MIN { root } else { evened.len() });
    evened
}

/// A word with each run of `i`, `j` and `y`, or of what is written for them in Cyrillic, as one letter, without it
/// at the end in Cyrillic and without the signs of softness; none of a short one.
fn spelling(folded: &str) -> Option<String> {
    let mut spelling = String::with_capacity(folded.len());
    for c in folded.chars() {
        match c {
            'i' | 'j' | 'y' if spelling.ends_with('i') => {}
            'i' | 'j' | 'y' => spelling.push('i'),
            'и' | 'і' | 'ї' | 'ы' | 'й' if spelling.ends_with('и') => {}
            'и' | 'і' | 'ї' | 'ы' | 'й' => spelling.push('и'),
            'ь' | 'ъ' => {}
            c => spelling.push(c),
        }
    }
    if spelling.ends_with('и') && spelling.chars().count() > ROOT_CHARS_MIN {
        spelling.pop();
    }
    (folded.chars().count() >= SAME_SCRIPT_CHARS_MIN).then_some(spelling)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::fold;

    fn meet(one: &str, other: &str) -> bool {
        let [one, other] = [one, other].map(|word| {
            let mut folded = String::new();
            fold(word, &mut folded);
            folded
        });
        let meets = |one: &str, other: &str| {
            let mut sound = Sound::default();
            sound.add(one);
            sound.meets(other)
        };
        assert_eq!(meets(&one, &other), meets(&other, &one), "{one}, {other}");
        meets(&one, &other)
    }

    #[test]
    fn a_name_meets_its_other_spellings() {
        for (name, others) in [
            ("Путин", &["Putin", "Poutine", "Πούτιν"][..]),
            ("Зеленський", &["Zelensky", "Zelenskyy", "Zelenskiy", "Selenskyj", "Zelenski", "Зеленский"]),
            ("Zelensky", &["Zelenskyy", "Zelenskij", "Зеленский", "Ζελένσκι"]),
            ("Хрущёв", &["Khrushchev", "Chruschtschow"]),
            ("Горбачёв", &["Gorbachev", "Gorbatschow", "Gorbatchev"]),
            ("Ельцин", &["Yeltsin", "Jelzin", "Eltsine"]),
            ("Шевченко", &["Shevchenko", "Schewtschenko"]),
            ("Юлия", &["Yulia", "Iuliia", "Julija"]),
            ("Киев", &["Kiev"]),
            ("Київ", &["Kyiv"]),
            ("Харків", &["Kharkiv"]),
            ("Гергиев", &["Gergiev"]),
            ("Милошевић", &["Milosevic", "Milošević"]),
            ("Ивайло", &["Ivaylo", "Ivailo"]),
            ("Μητσοτάκης", &["Mitsotakis"]),
            ("Παπανδρέου", &["Papandreou"]),
            ("Τσίπρας", &["Tsipras"]),
        ] {
            others.iter().for_each(|other| assert!(meet(name, other), "{name}, {other}"));
        }
    }

    #[test]
    fn other_words_do_not() {
        for (one, other) in [
            ("Путин", "Pushkin"),
            ("chip", "ship"),
            ("gold", "hold"),
            ("west", "vest"),
            ("год", "ход"),
            ("was", "vas"),
            ("Киев", "Kyiv"),
            ("首相", "shusho"),
            ("из", "is"),
        ] {
            assert!(!meet(one, other), "{one}, {other}");
        }
    }
}
