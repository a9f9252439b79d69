//! Transliteration: one key for a name in Cyrillic and in Latin letters, however it is written in these.
//!
//! Not a standard, but what BGN, ISO 9, the Ukrainian passport and newspapers in English, French and German have in
//! common: `ж`, `zh` are `z`; `ш`, `щ`, `sh`, `shch`, `sch` are `s`; `ч`, `ц`, `ch`, `tsch`, `ts` are `c`; `г`, `х`, `g`,
//! `kh`, `h` are `g`; `w` is `v`, `z` is `s`; `y`, `j`, `ij`, `ый` are `i`, which goes before a vowel: `ю` and
//! `yu` are `u`, `я` and `ia` are `a`; signs of softness go, and letters that are doubled stand once.

/// What letters stand for in a key, the longer ones first; the right side is in Latin letters.
const LETTERS: &[(&str, &str)] = &[
    ("shch", "s"),
    ("tsch", "c"),
    ("tch", "c"),
    ("sch", "s"),
    ("sh", "s"),
    ("zh", "s"),
    ("ch", "c"),
    ("kh", "g"),
    ("ts", "c"),
    ("tz", "c"),
    ("ph", "f"),
    ("x", "ks"),
    ("w", "v"),
    ("y", "i"),
    ("j", "i"),
    ("z", "s"),
    ("h", "g"),
];

/// The Cyrillic letters of Russian, Ukrainian, Belarusian, Bulgarian, Macedonian and Serbian.
fn latin(letter: char) -> Option<&'static str> {
    Some(match letter {
        'а' => "a",
        'б' => "b",
        'в' => "v",
        'г' | 'ґ' | 'х' => "g",
        'д' | 'ђ' => "d",
        'е' | 'є' | 'э' => "e",
        'ж' | 'з' | 'ѕ' => "s",
        'и' | 'і' | 'ї' | 'й' | 'ы' | 'ј' => "i",
        'к' | 'ќ' => "k",
        'л' | 'љ' => "l",
        'м' => "m",
        'н' | 'њ' => "n",
        'о' => "o",
        'п' => "p",
        'р' => "r",
        'с' | 'ш' | 'щ' => "s",
        'т' => "t",
        'у' | 'ў' => "u",
        'ю' => "iu",
        'ф' => "f",
        'ц' | 'ч' | 'ћ' | 'џ' => "c",
        'я' => "ia",
        'ъ' | 'ь' => "",
        _ => return None,
    })
}

/// The key of a folded word; none for one that has other than Latin and Cyrillic letters, or is short.
pub fn sound_key(folded: &str) -> Option<String> {
    let mut key = String::with_capacity(folded.len());
    let mut push = |text: &str| text.chars().for_each(|c| if !key.ends_with(c) { key.push(c) });
    let mut rest = folded;
    while let Some(c) = rest.chars().next() {
        if let Some(text) = latin(c) {
            push(text);
            rest = &rest[c.len_utf8()..];
        } else if let Some((letters, text)) = LETTERS.iter().find(|(letters, _)| rest.starts_with(letters)) {
            push(text);
            rest = &rest[letters.len()..];
        } else if c.is_ascii_lowercase() {
            push(&rest[..1]);
            rest = &rest[1..];
        } else {
            return None;
        }
    }
    // `Yulia`, `Iuliia`, `Julija`: what glides into a vowel goes.
    let next = key[1.min(key.len())..].chars().map(Some).chain([None]);
    let glides = |(c, next): &(char, Option<char>)| *c == 'i' && matches!(next, Some('a' | 'e' | 'o' | 'u'));
    let key: String = key.chars().zip(next).filter(|pair| !glides(pair)).map(|(c, _)| c).collect();
    (key.len() >= 3).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_name_have_one_key() {
        for names in [
            &["путин", "putin"][..],
            &["зеленськии", "зеленскии", "zelensky", "zelenskyy", "zelenskiy", "selenskyj"],
            &["хрущев", "khrushchev"],
            &["горбачев", "gorbachev"],
            &["шевченко", "shevchenko", "schewtschenko"],
            &["юлия", "yulia", "iulia", "julija"],
        ] {
            let keys: Vec<_> = names.iter().map(|name| sound_key(name)).collect();
            assert!(keys.iter().all(|key| key.is_some() && *key == keys[0]), "{names:?} {keys:?}");
        }
        assert_eq!(sound_key("首相"), None);
        assert_ne!(sound_key("putin"), sound_key("pushkin"));
    }
}
