//! Stop words: indexed, since phrases need them, and left out of ranked queries.

use std::sync::{LazyLock, OnceLock};

use super::fold::fold_word;
use super::forms::untagged;
use crate::article::Language;

/// Sorted and folded. English function words, and a few verbs and nouns that introduce a request.
#[rustfmt::skip]
const STOP_WORDS: &[&str] = &[
    "a", "about", "above", "after", "again", "against", "all", "also", "am", "an", "and", "any", "are", "as", "at",
    "be", "because", "been", "before", "being", "below", "between", "both", "but", "by", "can", "cannot", "could",
    "did", "do", "does", "doing", "don", "dont", "down", "during", "each", "etc", "few", "for", "from", "further",
    "had", "has", "have", "having", "he", "her", "here", "hers", "herself", "him", "himself", "his", "how", "i",
    "if", "in", "into", "is", "it", "its", "itself", "just", "me", "might", "more", "most", "must", "my", "myself",
    "no", "nor", "not", "now", "of", "off", "on", "once", "only", "or", "other", "ought", "our", "ours",
    "ourselves", "out", "over", "own", "s", "same", "shall", "she", "should", "so", "some", "such", "t", "than",
    "that", "the", "their", "theirs", "them", "themselves", "then", "there", "these", "they", "this", "those",
    "through", "to", "too", "under", "until", "up", "upon", "us", "very", "was", "we", "were", "what", "when",
    "where", "which", "while", "who", "whom", "why", "will", "with", "would", "you", "your", "yours", "yourself",
    "yourselves",
];

/// Stop words of languages that are missing in NLTK's lists, in lower case.
const OTHERS: &[(&str, &str)] = &[
    (
        "bg",
        "и на да се не в във че за от с със е по като са беше до при но или ще този тази това тези който която което \
      които той тя те ние аз му им си ли към след пред без между само още може има бъде бяха",
    ),
    (
        "cs",
        "a i v ve s se z ze k ke na je že o u do za by ale jako jsou pro jak nebo až už po při od tak to ten ta ti ty \
      který která které kteří jeho její jejich byl byla bylo byli být si není což když podle také však před mezi jen",
    ),
    ("et", "ja on ei et see oli kui ka ning mis aga oma või pole selle ta nad kes mida siis veel nagu seda need"),
    ("fa", "و در به از که این را با است برای آن یک خود تا کرد بر هم نیز گفت می شد شده ها های ای یا اما بود ما او اند"),
    ("hi", "के का की में है और से को पर ने यह कि एक हैं भी कर इस लिए था नहीं वह जो तो थे थी ही या हो गया अपने साथ"),
    (
        "hr",
        "i u je na da se za su od s sa o koji koja koje kako iz bi što nije te ali bio bila bilo biti će ne po do \
      kao to još ili ako samo prema nakon zbog kod jer već",
    ),
    ("lt", "ir kad yra į iš su tai bet kaip buvo ar jis ji jie o ne per už nuo iki taip pat dėl bei tik prie šis"),
    ("lv", "un ir ka uz no ar par kas bet tas tā to kā arī vai ne pie pēc līdz bija nav savu tikai gan lai"),
    (
        "pl",
        "w we i na z ze do się nie to że jest o przez oraz od po jak za który która które dla są a ale lub czy być \
      był była było były będzie jego jej ich ten ta te tego tej tym co tylko już także ma pod przed przy nad bez \
      między może jako u tak",
    ),
    (
        "sk",
        "a i v vo s so z zo k na je že o u do za by ale ako sú pre alebo až už po pri od tak to ten ta tie ktorý \
      ktorá ktoré ktorí jeho jej ich bol bola bolo boli byť si nie čo keď podľa aj však pred medzi len",
    ),
    (
        "sr",
        "и у је на да се за су од с са о који која које како из би што није те али био била било бити ће не по до \
      као то још или ако само према после због код јер већ i u je na da se za su od sa o koji koja koje kako iz",
    ),
    (
        "uk",
        "і й та в у на з із зі до за що не як це від для про по при над під але чи або бо то він вона воно вони ми ви \
      я його її їх їй йому ним був була було були бути є який яка яке які цей ця ці того тому також ще вже лише тільки \
      коли де після перед між через без так щоб може свою своєї",
    ),
    ("vi", "và của là có được trong cho không các một những với đã khi người này đó về từ để cũng như ra vào đến tại"),
];

/// The stop words of a language in lower case: from NLTK, or from here.
fn list(code: &str) -> Vec<&'static str> {
    match OTHERS.iter().find(|(other, _)| *other == code) {
        Some((_, words)) => words.split_whitespace().collect(),
        // NLTK derived these lists from all words of some texts.
        None if matches!(code, "sl" | "zh" | "id") => Vec::new(),
        None => stop_words::lookup(code).unwrap_or_default().to_vec(),
    }
}

/// The folded stop words of a language, sorted; empty if there is no list.
fn folded(language: Language) -> &'static [String] {
    static LISTS: LazyLock<Vec<OnceLock<Vec<String>>>> =
        LazyLock::new(|| (0..Language::count()).map(|_| OnceLock::new()).collect());
    LISTS[usize::from(language.number())].get_or_init(|| {
        let fold = |word: &&str| {
            let mut folded = String::new();
            fold_word(word, &mut folded);
            folded
        };
        let mut words: Vec<String> = list(language.code().unwrap_or_default()).iter().map(fold).collect();
        words.sort_unstable();
        words
    })
}

/// Whether a folded word is a stop word of a language.
pub(super) fn is_stop_word_of(language: Language, word: &str) -> bool {
    match language.code() {
        None | Some("en") => STOP_WORDS.binary_search(&word).is_ok(),
        _ => folded(language).binary_search_by(|known| known.as_str().cmp(word)).is_ok(),
    }
}

/// Minimum length of a topical word, and of one in Hangul, Han, kana or Thai.
const TOPICAL_CHARS_MIN: usize = 3;
const TOPICAL_UNSPACED_MIN: usize = 2;

/// Whether a term may be topical: not a number, not a short word, and not a pair with a particle or ending, which belongs
/// to two words.
pub fn is_topical(term: &str) -> bool {
    let (word, first) = (untagged(term), term.chars().next().unwrap_or_default());
    let chars_min = if first < '\u{e00}' { TOPICAL_CHARS_MIN } else { TOPICAL_UNSPACED_MIN };
    let long = word.chars().nth(chars_min - 1).is_some();
    long && !first.is_ascii_digit() && (word.is_ascii() || !word.chars().any(is_grammar))
}

/// Characters that are mostly particles and endings: hiragana, and frequent Chinese ones in simplified form; and vowels and
/// tones on letters of Thai and Lao.
fn is_grammar(c: char) -> bool {
    matches!(
        c,
        '\u{3041}'..='\u{309f}' | '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}' | '\u{eb1}'
            | '\u{eb4}'..='\u{ebc}' | '\u{ec8}'..='\u{ecd}' | '的' | '了' | '是' | '在' | '和' | '与' | '也' | '就' | '而' | '及' | '或' | '被'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_its_own() {
        for (code, word, other) in [
            ("de", "für", "kanzler"),
            ("uk", "і", "кабмін"),
            ("ru", "и", "путин"),
            ("fr", "été", "ministre"),
            ("pl", "są", "rząd"),
        ] {
            let language = Language::of(Some(code));
            let mut folded = String::new();
            fold_word(word, &mut folded);
            assert!(is_stop_word_of(language, &folded) && !is_stop_word_of(language, other), "{code}");
        }
    }

    #[test]
    fn the_table_is_sorted_for_the_search() {
        assert!(STOP_WORDS.is_sorted());
        assert!(["the", "yourselves"].iter().all(|word| is_stop_word_of(Language::default(), word)));
    }
}
