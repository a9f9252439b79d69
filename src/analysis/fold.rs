//! Case and diacritic folding: the form in which spellings of one word meet.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Appends the folded form of `word` to `folded`: lower case, no diacritics, ligatures taken apart, no
/// apostrophes and soft hyphens.
pub(super) fn fold(word: &str, folded: &mut String) {
    if word.is_ascii() {
        folded.extend(word.bytes().filter(|b| *b != b'\'').map(|b| char::from(b.to_ascii_lowercase())));
        return;
    }
    for c in word.chars().flat_map(char::to_lowercase) {
        fold_char(c, folded);
    }
}

/// `c` is in lower case.
fn fold_char(c: char, folded: &mut String) {
    match c {
        '\'' | '’' | 'ʼ' | '＇' | '\u{ad}' | '\u{200d}' | '\u{200c}' => {}
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
            folded.extend(std::iter::once(c).nfkd().filter(|d| !is_combining_mark(*d)).flat_map(char::to_lowercase));
        }
        c if is_combining_mark(c) && (c as u32) < 0x370 => {}
        c => folded.push(c),
    }
}

/// Scripts whose marks are diacritics; in others (Hangul, Kana, Indic) a decomposed sign is another sign.
fn decomposes(c: char) -> bool {
    matches!(c as u32, 0xa0..=0x2ff | 0x370..=0x52f | 0x1e00..=0x1fff | 0x2070..=0x209f | 0x2100..=0x214f
        | 0xfb00..=0xfb06 | 0xff01..=0xff5e)
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
