//! Detects the language of a text from its first bytes.
//!
//! English in ASCII, the majority in most archives, is recognised by its function words. Chinese and Japanese are
//! distinguished by kana. For everything else, the trigrams of `whatlang` decide if they are certain or if stop words
//! confirm them: tables of numbers, lists of names and very short texts have no language.

use super::fold::fold_word;
use super::stop_words::is_stop_word_of;
use crate::article::{Language, Script};

/// Number of bytes examined.
const SAMPLE_BYTES: usize = 600;

/// Minimum number of words for text in Latin letters.
const WORDS_MIN: usize = 8;

/// Share of English function words that makes a text English, in percent: running text has 30, headlines 15, Dutch and
/// Danish 6.
const ENGLISH_SHARE_MIN: usize = 16;

/// Confidence of `whatlang` required if stop words do not confirm it.
const CERTAIN: f64 = 0.9;

/// Share of stop words that confirms a language, in percent.
const STOPS_SHARE_MIN: usize = 22;

/// Share of digits in a table of numbers, in percent of its bytes; running text has 2.
const DIGITS_SHARE_MAX: usize = 10;

/// Share of kana among characters that makes a text Japanese, in percent.
const KANA_SHARE_MIN: usize = 5;

/// Minimum number of Han and kana characters that indicate a language.
const CHARACTERS_MIN: usize = 8;

/// The language of an article as an ISO 639 code: the stated one, unless the body is clearly in another script;
/// otherwise the one of the body, or of a headline beyond Latin.
pub fn article_language(stated: Option<String>, title: &str, body: &str) -> Option<String> {
    let of_title = || language(title).filter(|_| begins_beyond_latin(title));
    let detected = || language(body).or_else(of_title).map(str::to_owned);
    match stated {
        Some(stated) if is_beyond_latin(&stated) || !begins_beyond_latin(body) => Some(stated),
        Some(stated) => detected().or(Some(stated)),
        None => detected(),
    }
}

/// Whether a language is written in a script other than Latin.
fn is_beyond_latin(code: &str) -> bool {
    Language::named(code).is_some_and(|language| !language.writes(Script::Latin))
}

/// Whether most letters at the start of a text are not Latin.
fn begins_beyond_latin(text: &str) -> bool {
    let sample = &text[..text.floor_char_boundary(SAMPLE_BYTES)];
    let (mut latin, mut beyond) = (0, 0);
    if sample.bytes().filter(u8::is_ascii).count() * 2 > sample.len() {
        return false;
    }
    for c in sample.chars().filter(|c| c.is_alphabetic()) {
        *(if c < '\u{370}' { &mut latin } else { &mut beyond }) += 1;
    }
    beyond > CHARACTERS_MIN && beyond > latin
}

/// The language of a text as an ISO 639 code, if its first bytes show it.
fn language(text: &str) -> Option<&'static str> {
    let sample = &text[..text.floor_char_boundary(SAMPLE_BYTES)];
    let (words, english) = english_words(sample);
    if english >= 4 && english * 100 >= words * ENGLISH_SHARE_MIN {
        return Some("en");
    }
    let beyond_latin = sample.chars().filter(|c| *c >= '\u{370}' && c.is_alphabetic()).count();
    if beyond_latin >= CHARACTERS_MIN {
        let kana = sample.chars().filter(|c| matches!(c, '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}')).count();
        let han = sample.chars().filter(|c| matches!(c, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')).count();
        if han + kana >= CHARACTERS_MIN && (han + kana) * 2 > beyond_latin {
            return Some(if kana * 100 > (han + kana) * KANA_SHARE_MIN { "ja" } else { "zh" });
        }
    } else if words < WORDS_MIN
        || sample.bytes().filter(u8::is_ascii_digit).count() * 100 > sample.len() * DIGITS_SHARE_MAX
    {
        return None;
    }
    let found = whatlang::detect(sample)?;
    let language = Language::named(found.lang().code())?;
    // Other languages in Arabic script have letters of their own.
    let is_arabic = || language.code() == Some("ar") && !sample.contains(['پ', 'چ', 'ژ', 'گ', 'ک', 'ی', 'ە', 'ہ']);
    let certain = found.confidence() >= CERTAIN || is_arabic() || {
        let (words, stops) = stop_words(sample, language);
        words >= WORDS_MIN && stops * 100 >= words * STOPS_SHARE_MIN
    };
    language.code().filter(|_| certain)
}

/// Number of words, and number of stop words of a language among them.
fn stop_words(text: &str, language: Language) -> (usize, usize) {
    let (mut words, mut stops) = (0, 0);
    let mut folded = String::new();
    for word in text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()) {
        folded.clear();
        fold_word(word, &mut folded);
        words += 1;
        stops += usize::from(is_stop_word_of(language, &folded));
    }
    (words, stops)
}

/// Number of words in ASCII letters, and number of English function words among them.
fn english_words(text: &str) -> (usize, usize) {
    let (mut words, mut english) = (0, 0);
    for word in text.as_bytes().split(|b| !(b.is_ascii_alphabetic() || *b >= 0x80)).filter(|word| !word.is_empty()) {
        words += 1;
        english += usize::from(ENGLISH.contains(&key(word)));
    }
    (words, english)
}

/// The most frequent English function words that few other languages have, of up to eight bytes each.
const ENGLISH: [u64; 34] = {
    let words = [
        "the", "of", "and", "to", "in", "that", "for", "with", "was", "is", "from", "by", "has", "have", "his", "it",
        "on", "at", "as", "are", "an", "this", "be", "said", "will", "were", "their", "which", "who", "would", "after",
        "about", "not", "been",
    ];
    let (mut keys, mut at) = ([0; 34], 0);
    while at < words.len() {
        keys[at] = key(words[at].as_bytes());
        at += 1;
    }
    keys
};

/// A word in small letters as a number; 0 if it is longer than eight bytes.
const fn key(word: &[u8]) -> u64 {
    let (mut key, mut at) = (0, 0);
    while at < word.len() && word.len() <= 8 {
        key = key << 8 | word[at].to_ascii_lowercase() as u64;
        at += 1;
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_detected_from_a_paragraph() {
        for (code, text) in [
            (
                "en",
                "The ferry to Gull Island returned to the harbour on Sunday after a repair that took eleven days longer than the council had promised.",
            ),
            (
                "de",
                "Die Fähre ist am Sonntag nach einer Reparatur, die elf Tage länger als versprochen gedauert hat, in den Hafen der Insel zurückgekehrt.",
            ),
            (
                "fr",
                "Le bac est revenu dimanche dans le port de l'île après une réparation qui a duré onze jours de plus que ce que la mairie avait promis.",
            ),
            (
                "es",
                "El transbordador volvió el domingo al puerto de la isla después de una reparación que duró once días más de lo que el ayuntamiento había prometido.",
            ),
            (
                "it",
                "Il traghetto è tornato domenica nel porto dell'isola dopo una riparazione che è durata undici giorni in più di quanto il comune aveva promesso.",
            ),
            (
                "pt",
                "A balsa voltou no domingo ao porto da ilha depois de uma reparação que durou onze dias a mais do que a prefeitura tinha prometido.",
            ),
            (
                "nl",
                "De veerboot is zondag in de haven van het eiland teruggekeerd na een reparatie die elf dagen langer duurde dan de gemeente had beloofd, en dat vonden de bewoners van het eiland niet leuk.",
            ),
            (
                "sv",
                "Färjan kom tillbaka till hamnen på söndagen efter en reparation som tog elva dagar längre än vad kommunen hade lovat att det skulle ta.",
            ),
            (
                "ru",
                "Паром вернулся в порт в воскресенье после ремонта, который продлился на одиннадцать дней дольше, и это не устроило жителей, как и мэра.",
            ),
            (
                "pl",
                "Prom wrócił w niedzielę do portu na wyspie po naprawie, która trwała o jedenaście dni dłużej, niż to obiecała rada, i nie jest to koniec.",
            ),
            (
                "ja",
                "フェリーは修理を終えて日曜日に島の港に戻った。修理は町が約束したより十一日長くかかった。住民は昼から岸壁に並んだ。",
            ),
            (
                "zh",
                "渡轮在星期日完成修理后返回岛上的港口，修理时间比市议会承诺的多了十一天，居民从中午开始在码头排队等候。",
            ),
            (
                "ko",
                "여객선이 수리를 마치고 일요일에 섬의 항구로 돌아왔다. 수리는 의회가 약속한 것보다 열하루 더 걸렸다.",
            ),
            (
                "el",
                "Το πλοίο επέστρεψε την Κυριακή στο λιμάνι του νησιού μετά από μια επισκευή που κράτησε έντεκα ημέρες περισσότερο.",
            ),
        ] {
            assert_eq!(language(text), Some(code), "{text}");
        }
    }

    #[test]
    fn ambiguous_text_has_no_language() {
        for text in [
            "",
            "The ferry is back",
            "COBANCO INC YEAR NET SANTA CRUZ Calif Feb 26 Shr 34 cts vs 1.19 dlrs Net 807,000 vs 2,858,000 Assets 510.2 mln vs 479.7 mln",
            "12.3 45.6 78.9",
        ] {
            assert_eq!(language(text), None, "{text}");
        }
    }

    #[test]
    fn a_stated_language_is_kept_unless_the_script_differs() {
        let (russian, french) = (
            "Паром вернулся в порт в воскресенье после ремонта, который продлился на одиннадцать дней дольше.",
            "Le bac est revenu dimanche dans le port de l'île après une réparation qui a duré onze jours.",
        );
        for (stated, text, expected) in [
            (Some("en"), russian, Some("ru")),
            (Some("uk"), russian, Some("uk")),
            (Some("de"), french, Some("de")),
            (Some("en"), "Путин", Some("en")),
            (None, french, Some("fr")),
            (None, "12.3", None),
            (None, "ارتفع منسوب النهر مترا خلال الليل ووزعت أكياس الرمل في ثلاث قرى", Some("ar")),
            (None, "国内新闻・国际新闻・分析研究・市场价格・招标信息・中标信息", Some("zh")),
        ] {
            assert_eq!(article_language(stated.map(str::to_owned), "", text).as_deref(), expected, "{stated:?} {text}");
        }
        for (title, body, expected) in [
            ("青岛地铁已经开通的3条线线路图", "2号线3号线11号线", Some("zh")),
            ("Die Fähre ist am Sonntag in den Hafen der Insel zurückgekehrt", "Foto: dpa", None),
        ] {
            assert_eq!(article_language(None, title, body).as_deref(), expected, "{title}");
        }
    }
}
