//! Case and diacritic folding: the form in which spellings of one word meet.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::tokens::is_invisible;

/// Appends the folded form of `word` to `folded`: lower case, no diacritics (of Latin, Greek, Cyrillic, Hebrew and
/// Arabic, `й` without its breve too, as it may be written as two signs), ligatures and presentation forms taken
/// apart, no apostrophes and soft hyphens.
pub fn fold(word: &str, folded: &mut String) {
    if word.is_ascii() {
        folded.extend(word.bytes().filter(|b| *b != b'\'').map(|b| char::from(b.to_ascii_lowercase())));
        return;
    }
    if word.chars().any(is_jamo) {
        word.nfc().flat_map(char::to_lowercase).for_each(|c| fold_char(c, folded));
    } else {
        word.chars().flat_map(char::to_lowercase).for_each(|c| fold_char(c, folded));
    }
}

/// The parts that Hangul's syllables are made of.
fn is_jamo(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11ff}')
}

/// `c` is in lower case.
fn fold_char(c: char, folded: &mut String) {
    match c {
        '\'' | '’' | 'ʼ' | '＇' => {}
        // The tatweel only stretches an Arabic word.
        'ـ' => {}
        c if is_invisible(c) => {}
        'ß' => folded.push_str("ss"),
        'æ' => folded.push_str("ae"),
        'œ' => folded.push_str("oe"),
        'ø' => folded.push('o'),
        'ł' => folded.push('l'),
        'đ' | 'ð' => folded.push('d'),
        'ı' => folded.push('i'),
        'þ' => folded.push_str("th"),
        'ς' => folded.push('σ'),
        c if c.is_ascii() => folded.push(c),
        c if decomposes(c) => {
            let parts = std::iter::once(c).nfkd().filter(|d| !is_combining_mark(*d) && !d.is_whitespace());
            folded.extend(parts.flat_map(char::to_lowercase));
        }
        c if is_diacritic(c) => {}
        c => folded.push(c),
    }
}

/// Scripts whose marks are diacritics; in others (Hangul, Kana, Indic) a decomposed sign is another sign.
fn decomposes(c: char) -> bool {
    matches!(c as u32, 0xa0..=0x2ff | 0x370..=0x52f | 0x622..=0x626 | 0x1e00..=0x1fff | 0x2070..=0x209f
        | 0x2100..=0x218f | 0xfb00..=0xfdff | 0xfe70..=0xfefe | 0xff01..=0xff5e | 0x1d400..=0x1d7ff)
}

/// Marks that stand on letters of Latin, Greek and Cyrillic, the points of Hebrew and the vowels of Arabic.
fn is_diacritic(c: char) -> bool {
    matches!(c as u32, 0x300..=0x36f | 0x483..=0x487 | 0x591..=0x5c7 | 0x610..=0x61a | 0x64b..=0x65f | 0x670)
        && is_combining_mark(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_word_meet() {
        for (word, expected) in [
            ("Café", "cafe"),
            ("Cafe\u{301}", "cafe"),
            ("O’Neill", "oneill"),
            ("ﬁnance", "finance"),
            ("Straße", "strasse"),
            ("ŁÓDŹ", "lodz"),
            ("İstanbul", "istanbul"),
            ("co\u{ad}operate", "cooperate"),
            ("ＮＡＴＯ", "nato"),
            ("한국", "한국"),
            ("が", "が"),
        ] {
            let mut folded = String::new();
            fold(word, &mut folded);
            assert_eq!(folded, expected, "{word}");
        }
    }
}
