//! Folding: forms in which different spellings of a word match.
//!
//! A word is first converted to its lower form ([`lower`]), which stemmers expect and which keeps diacritics, and then
//! to its folded form ([`fold`]), which the index has. Unicode's tables (NFKC, NFD, case) do most of both. The rules
//! here are for differences that Unicode keeps and readers do not notice.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{compose, is_combining_mark};

/// Characters used as an apostrophe inside a word, and letters that look like one: the ʻokina, `ʼ` and `ʾ`.
pub(super) fn is_apostrophe(c: char) -> bool {
    matches!(
        c,
        '\'' | '’' | '‘' | '‛' | '′' | '`' | '´' | '＇' | '՚' | '׳' | 'ꞌ' | 'Ꞌ' | '\u{2b9}'
            ..='\u{2bf}' | '\u{2c8}' | '\u{2ca}' | '\u{2cb}'
    )
}

/// Invisible characters inside a word.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200c}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// Appends the lower form of a word: composed, in lower case, without apostrophes, invisible characters, Hebrew points
/// and Arabic vowels; ligatures, wide and presentation forms decomposed, digits in ASCII.
///
/// In Turkish and Azerbaijani (`dotted`), the lower case of `I` is `ı`.
pub(super) fn lower(word: &str, dotted: bool, lower: &mut String) {
    let start = lower.len();
    if word.is_ascii() {
        let letters = word.bytes().filter(|b| !matches!(b, b'\'' | b'`'));
        lower.extend(letters.map(|b| if dotted && b == b'I' { 'ı' } else { char::from(b.to_ascii_lowercase()) }));
    } else if word.chars().all(is_plain) {
        word.chars().for_each(|c| lower_char(c, dotted, lower));
    } else {
        word.nfkc().filter(|c| !c.is_whitespace()).for_each(|c| lower_char(c, dotted, lower));
        // Marks without a letter are not a word.
        let mut folded = String::new();
        fold(&lower[start..], &mut folded);
        if folded.is_empty() {
            lower.truncate(start);
        }
    }
}

/// Whether a character is its own NFKC form and does not compose with the one before: the letters of most text.
fn is_plain(c: char) -> bool {
    matches!(c as u32, 0x21..=0x7f | 0xad | 0xb4 | 0xb7 | 0xc0..=0x131 | 0x134..=0x13e | 0x141..=0x148 | 0x14a..=0x17e
        | 0x2b9..=0x2bf | 0x386..=0x3cf | 0x400..=0x482 | 0x48a..=0x52f | 0x531..=0x586 | 0x5d0..=0x5f4
        | 0x621..=0x652 | 0x660..=0x674 | 0x679..=0x6d3 | 0x6f0..=0x6f9 | 0x904..=0x928 | 0x93e..=0x94d
        | 0x200c..=0x200d | 0x2018..=0x201b | 0xac00..=0xd7a3)
}

fn lower_char(c: char, dotted: bool, lower: &mut String) {
    match c {
        'a'..='z' | '0'..='9' => lower.push(c),
        'I' if dotted => lower.push('ı'),
        'İ' => lower.push('i'),
        'ß' | 'ẞ' => lower.push_str("ss"),
        // Often written without the dots.
        'ё' | 'Ё' => lower.push('е'),
        // Hindi is written with either, and without dots under letters.
        'ँ' => lower.push('ं'),
        '\u{93c}' => {}
        // The tatweel only stretches a word.
        'ـ' => {}
        '\u{591}'..='\u{5bd}' | '\u{5bf}'..='\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}' => {}
        c if is_apostrophe(c) || is_invisible(c) || matches!(c, '"' | '״') => {}
        c if c.is_ascii() => lower.push(c.to_ascii_lowercase()),
        c => match digit(c) {
            Some(digit) => lower.push(digit),
            None => lower.extend(c.to_lowercase()),
        },
    }
}

/// The ASCII digit for a decimal digit of another script.
pub(super) fn digit(c: char) -> Option<char> {
    const ZEROS: [u32; 19] = [
        0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xed0, 0xf20,
        0x1040, 0x17e0, 0xff10,
    ];
    let at = ZEROS.partition_point(|zero| *zero <= c as u32).checked_sub(1)?;
    char::from_digit(c as u32 - ZEROS[at], 10)
}

/// Appends the folded form of a word as written.
pub fn fold_word(word: &str, folded: &mut String) {
    let mut low = String::new();
    lower(word, false, &mut low);
    fold(&low, folded);
}

/// Appends the folded form of a word in lower form: without diacritics (of Latin, Greek, Cyrillic and Arabic, also `й`
/// without its breve, since it can be written as two characters), and with Persian and Urdu letters as Arabic ones.
pub(super) fn fold(lower: &str, folded: &mut String) {
    if lower.is_ascii() {
        folded.push_str(lower);
    } else {
        lower.chars().for_each(|c| fold_char(c, folded));
    }
}

fn fold_char(c: char, folded: &mut String) {
    match c {
        'æ' => folded.push_str("ae"),
        'œ' => folded.push_str("oe"),
        'ø' => folded.push('o'),
        'ł' => folded.push('l'),
        'đ' | 'ð' => folded.push('d'),
        'ħ' => folded.push('h'),
        'ı' => folded.push('i'),
        'ə' => folded.push('a'),
        'þ' => folded.push_str("th"),
        'ς' => folded.push('σ'),
        'ґ' => folded.push('г'),
        'ى' | 'ی' | 'ې' | 'ۍ' | 'ے' | 'ۓ' | 'ئ' => folded.push('ي'),
        'ک' | 'ڪ' => folded.push('ك'),
        'ہ' | 'ھ' | 'ە' | 'ۀ' | 'ۂ' | 'ة' | 'ۃ' => folded.push('ه'),
        'ٱ' => folded.push('ا'),
        c if c.is_ascii() => folded.push(c),
        c if decomposes(c) => {
            let parts = std::iter::once(c).nfkd().filter(|d| !is_combining_mark(*d) && !d.is_whitespace());
            folded.extend(parts.flat_map(char::to_lowercase));
        }
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{487}' => {}
        c => folded.push(c),
    }
}

/// Scripts whose marks are diacritics. In others (Hangul, Kana, Indic), a decomposed character is a different one.
fn decomposes(c: char) -> bool {
    matches!(c as u32, 0xa0..=0x2ff | 0x370..=0x52f | 0x622..=0x626 | 0x1e00..=0x1fff | 0x2070..=0x209f
        | 0x2100..=0x218f | 0xfb00..=0xfdff | 0xfe70..=0xfefe | 0xff01..=0xff5e | 0x1d400..=0x1d7ff)
}

/// Appends the lower form with umlauts and similar letters spelled out as in ASCII (`ü` as `ue`, `å` as `aa`, `đ` as
/// `dj`). Returns whether there are any.
pub(super) fn spell_out(lower: &str, spelled: &mut String) -> bool {
    for c in lower.chars() {
        match c {
            'ä' => spelled.push_str("ae"),
            'ö' | 'ø' => spelled.push_str("oe"),
            'ü' => spelled.push_str("ue"),
            'å' => spelled.push_str("aa"),
            'đ' => spelled.push_str("dj"),
            c => spelled.push(c),
        }
    }
    spelled.len() != lower.len() || lower.contains(['ä', 'ö', 'ø', 'ü', 'å', 'đ'])
}

/// Calls `sink` with the normalised form of an unspaced character, given the next one: full width, kana with their marks,
/// Han in simplified form. Returns whether the next character belongs to it.
pub(super) fn normalized(c: char, next: Option<char>, sink: &mut impl FnMut(char)) -> bool {
    let mark = match next {
        Some('\u{3099}' | 'ﾞ') => '\u{3099}',
        Some('\u{309a}' | 'ﾟ') => '\u{309a}',
        _ => '\0',
    };
    match c {
        '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' => sink(super::han::simplified(c)),
        '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fe}' | '\u{e00}'..='\u{e7f}' if mark == '\0' => sink(c),
        c => {
            let mut forms = std::iter::once(c).nfkc().filter(|form| form.is_alphanumeric() || is_combining_mark(*form));
            let first = forms.next().unwrap_or(c);
            if let Some(composed) = (mark != '\0').then(|| compose(first, mark)).flatten() {
                sink(composed);
                return true;
            }
            sink(super::han::simplified(first));
            forms.for_each(|form| sink(super::han::simplified(form)));
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(word: &str) -> String {
        let (mut low, mut folded) = (String::new(), String::new());
        lower(word, false, &mut low);
        fold(&low, &mut folded);
        folded
    }

    #[test]
    fn spellings_of_one_word_meet() {
        for (word, expected) in [
            ("Café", "cafe"),
            ("Cafe\u{301}", "cafe"),
            ("O’Neill", "oneill"),
            ("Hawaiʻi", "hawaii"),
            ("Kaua‘i", "kauai"),
            ("п`ять", "пять"),
            ("п'ять", "пять"),
            ("ﬁnance", "finance"),
            ("Straße", "strasse"),
            ("ŁÓDŹ", "lodz"),
            ("İstanbul", "istanbul"),
            ("co\u{ad}operate", "cooperate"),
            ("ＮＡＴＯ", "nato"),
            ("한국", "한국"),
            ("\u{1112}\u{1161}\u{11ab}", "한"),
            ("ёлка", "елка"),
            ("Київ", "киiв".replace('i', "і").as_str()),
            ("ایران", "ايران"),
            ("کرمان", "كرمان"),
            ("مدرسة", "مدرسه"),
            ("عُقُوبَات", "عقوبات"),
            ("أحمد", "احمد"),
            ("١٢٣۴۵६७", "1234567"),
            ("می\u{200c}شود", "ميشود"),
            ("नौकाएँ", "नौकाएं"),
            ("ज़मीन", "जमीन"),
        ] {
            assert_eq!(folded(word), expected, "{word}");
        }
    }

    #[test]
    fn stemmers_get_what_they_expect() {
        for (word, dotted, expected) in [
            ("ÉTÉ", false, "été"),
            ("Häuser", false, "häuser"),
            ("Ha\u{308}user", false, "häuser"),
            ("ISPARTA", true, "ısparta"),
            ("Işık", true, "ışık"),
            ("İzmir", true, "izmir"),
            ("Йод", false, "йод"),
            ("مَدرسة", false, "مدرسة"),
        ] {
            let mut low = String::new();
            lower(word, dotted, &mut low);
            assert_eq!(low, expected, "{word}");
        }
    }

    #[test]
    fn umlauts_are_spelled_out() {
        for (word, expected) in [
            ("schlüter", Some("schlueter")),
            ("århus", Some("aarhus")),
            ("đoković", Some("djoković")),
            ("queue", None),
            ("qué", None),
        ] {
            let mut spelled = String::new();
            let any = spell_out(word, &mut spelled);
            assert_eq!(any.then_some(spelled.as_str()), expected, "{word}");
        }
    }

    #[test]
    fn characters_have_one_form() {
        let normal = |text: &str| {
            let (mut found, mut chars) = (String::new(), text.chars().peekable());
            while let Some(c) = chars.next() {
                if normalized(c, chars.peek().copied(), &mut |c| found.push(c)) {
                    chars.next();
                }
            }
            found
        };
        for (text, expected) in [
            ("か\u{3099}ソリン", "がソリン"),
            ("ハ\u{309a}リ", "パリ"),
            ("ﾊﾟﾘ", "パリ"),
            ("ｶﾞｿﾘﾝ", "ガソリン"),
            ("臺灣總統", "台湾总统"),
            ("㈱", "株"),
            ("㍻", "平成"),
            ("⽇本", "日本"),
        ] {
            assert_eq!(normal(text), expected, "{text}");
        }
    }
}
