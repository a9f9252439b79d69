//! Sentence boundaries.

use super::fold::digit;
use super::tokens::is_unspaced_letter;
use crate::article::Script;

/// Maximum size of a sentence. Longer text is cut at a space, if there is one.
const SENTENCE_BYTES_MAX: usize = 2_000;

/// Maximum size of a sentence in Thai, Lao, Khmer or Burmese, which have spaces between clauses and no full stops.
const CLAUSES_BYTES_MAX: usize = 400;

/// Abbreviations after which a point does not end a sentence, in lower case; single letters are covered by a rule.
/// Without those that are also words or often end a sentence, such as `usw.` and `etc.`.
#[rustfmt::skip]
const ABBREVIATIONS: &[&str] = &[
    "abb", "abp", "abs", "abt", "adm", "apr", "aprox", "arq", "aug", "av", "avda", "ave", "avv", "bd", "bijv",
    "bkz", "blvd", "blz", "bros", "bspw", "bzgl", "bzw", "ca", "capt", "cav", "cf", "cmdr", "cnel", "co", "col",
    "corp", "cpl", "dec", "dept", "dhr", "dipl", "dl", "doc", "dott", "doç", "dr", "dra", "drs", "dvs",
    "déc", "dña", "ehem", "eng", "env", "esim", "evtl", "exmo", "feb", "fr", "ft", "févr", "geb", "gen",
    "ggf", "godz", "gov", "gral", "hon", "hrsg", "ifj", "inc", "ing", "inkl", "inż", "janv", "jfr", "jh", "jr",
    "judr", "juil", "jul", "jun", "kath", "kb", "kft", "kl", "klo", "kpt", "ks", "lic", "lt", "ltd", "mag",
    "maj", "messrs", "mevr", "mgr", "mil", "mio", "mld", "mlle", "mln", "mm", "mme", "mr", "mrd", "mrs", "ms",
    "mt", "mudr", "např", "nov", "np", "nr", "nám", "núm", "oct", "okt", "pag", "pct", "phdr", "pkt", "pl",
    "ppłk", "pres", "prof", "profa", "pág", "págs", "płk", "rag", "rep", "reps", "resp", "rev", "rndr", "sen",
    "sens", "sep", "sept", "sgt", "sig", "sigg", "sn", "sog", "sr", "sra", "sres", "srta", "st", "ste", "str",
    "stv", "supt", "séc", "tel", "tlf", "tys", "tzn", "tzv", "tzw", "tř", "ud", "uds", "ul", "vgl", "vs", "wg",
    "zgn", "zzgl", "özv", "ún", "św", "αρ", "δηλ", "δισ", "εκατ", "κκ", "στρ", "τηλ", "авг", "акад", "апр",
    "вул", "гг", "гос", "гр", "грн", "дек", "див", "долл", "им", "кв", "корп", "млн", "млрд", "напр", "нояб",
    "обл", "окт", "пос", "просп", "проф", "рис", "рр", "руб", "св", "сент", "см", "ст", "стор", "стр", "тел",
    "тис", "тыс", "ул", "февр", "чел", "янв", "ім", "डॉ", "पं", "प्रो", "रु", "ড", "ডা",
];

/// Abbreviations before numbers, which are words elsewhere.
const NUMBERED: &[&str] = &["art", "est", "fig", "jan", "kap", "mar", "no", "nos", "op", "pp", "vol"];

/// German words after an ordinal number, which has a point: `3. Oktober`.
#[rustfmt::skip]
const COUNTED: &[&str] = &[
    "April", "August", "Dezember", "Februar", "Geburtstag", "Jahrestag", "Jahrhundert", "Januar", "Juli",
    "Juni", "Jänner", "Lebensjahr", "Mai", "März", "November", "Oktober", "Platz", "Runde", "September",
    "Spieltag", "Weltkrieg",
];

/// When a mark ends a sentence.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// If a space follows, and then text that can begin a sentence.
    Spaced,
    /// Always.
    Always,
}

/// First bytes of marks that may end a sentence, and line breaks.
static MAY_END: [bool; 256] = {
    let mut table = [false; 256];
    let list = [b'\n', b'.', b'!', b'?', b';', 0xcd, 0xd6, 0xd8, 0xdb, 0xe0, 0xe1, 0xe2, 0xe3, 0xef];
    let mut at = 0;
    while at < list.len() {
        table[list[at] as usize] = true;
        at += 1;
    }
    table
};

/// Calls `sink` with the byte range of each sentence of `text`, without surrounding white space, and whether it opens a
/// paragraph. Double line breaks end paragraphs, and paragraphs end sentences.
pub(super) fn sentences(text: &str, sink: &mut impl FnMut(std::ops::Range<usize>, bool)) {
    let bytes = text.as_bytes();
    let mut start = 0;
    let mut opens = true;
    let mut at = 0;
    while at < bytes.len() {
        // Up to this size, a space does not end a sentence.
        let short = bytes.len().min(start + CLAUSES_BYTES_MAX);
        at += bytes[at..short.max(at)].iter().take_while(|byte| !MAY_END[usize::from(**byte)]).count();
        let Some(byte) = bytes.get(at) else { break };
        if !MAY_END[usize::from(*byte)] && *byte != b' ' && at - start <= 2 * SENTENCE_BYTES_MAX {
            at += 1;
            continue;
        }
        let end = match bytes[at] {
            b'\n' if blank_line_follows(bytes, at) => {
                emit(text, start, at, opens, sink);
                opens = true;
                start = at + 1;
                at += 1;
                continue;
            }
            b' ' if at - start > SENTENCE_BYTES_MAX => Some(at),
            b' ' if at - start > CLAUSES_BYTES_MAX && ends_clause(text, at) => Some(at),
            _ => match mark(&bytes[at..]) {
                Some((Mark::Always, length)) => Some(closed(text, at + length, Mark::Always))
                    .filter(|end| !quotes(&text[at + length..*end], &text[*end..])),
                Some((Mark::Spaced, length)) => sentence_end(text, start, at, length),
                None if at - start > 2 * SENTENCE_BYTES_MAX && text.is_char_boundary(at) => Some(at),
                None => None,
            },
        };
        match end {
            Some(end) => {
                opens = !emit(text, start, end, opens, sink) && opens;
                start = end;
                at = end.max(at + 1);
            }
            None => at += 1,
        }
    }
    emit(text, start, bytes.len(), opens, sink);
}

/// The mark at the start of a text, and its length in bytes.
fn mark(bytes: &[u8]) -> Option<(Mark, usize)> {
    const ALWAYS: [&str; 13] = ["。", "！", "？", "｡", "؟", "۔", "।", "॥", "։", "།", "።", "။", "។"];
    match bytes[0] {
        b'.' | b'!' | b'?' | b';' => Some((Mark::Spaced, 1)),
        0xcd if bytes[1] == 0xbe => Some((Mark::Spaced, 2)),
        0x80.. if bytes.starts_with("…".as_bytes()) => Some((Mark::Spaced, 3)),
        0x80.. => ALWAYS.iter().find(|m| bytes.starts_with(m.as_bytes())).map(|m| (Mark::Always, m.len())),
        _ => None,
    }
}

/// Whether a space is between letters of a script that has spaces between clauses and no full stops.
fn ends_clause(text: &str, at: usize) -> bool {
    let is_letter = |c: &char| is_unspaced_letter(*c) && digit(*c).is_none();
    text[..at].chars().next_back().is_some_and(|c| is_letter(&c))
        && text[at + 1..].chars().next().is_some_and(|c| is_letter(&c))
}

/// Emits a sentence without surrounding white space. Returns whether there was one.
fn emit(
    text: &str,
    start: usize,
    end: usize,
    opens: bool,
    sink: &mut impl FnMut(std::ops::Range<usize>, bool),
) -> bool {
    let Some(slice) = text.get(start..end) else { return false };
    let trimmed = slice.trim();
    if trimmed.is_empty() {
        return false;
    }
    let first = start + (slice.len() - slice.trim_start().len());
    sink(first..first + trimmed.len(), opens);
    true
}

fn blank_line_follows(bytes: &[u8], at: usize) -> bool {
    bytes[at + 1..].iter().find(|b| !matches!(b, b' ' | b'\t' | b'\r')) == Some(&b'\n')
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\n' | '\t' | '\r' | '\u{a0}' | '\u{202f}' | '\u{3000}')
}

/// The end of a sentence whose last mark ends at `end`, including further marks and closing quotation marks.
fn closed(text: &str, mut end: usize, mark: Mark) -> usize {
    for c in text[end..].chars() {
        let closes = match c {
            // In Chinese, it may open the next quotation.
            '"' if mark == Mark::Always => is_open(text, end),
            '.' | '!' | '?' | '…' | '"' | '\'' | '”' | '’' | ')' | ']' | '»' | '›' | '」' | '』' | '）' | '］'
            | '】' | '》' | '〉' | '〕' | '＂' | '。' | '！' | '？' => true,
            // They close in `„…“` and `»…«`; in Chinese, they may open the next quotation.
            '“' | '‘' | '«' | '‹' => mark == Mark::Spaced,
            _ => false,
        };
        if !closes {
            break;
        }
        end += c.len_utf8();
    }
    end
}

/// Whether a Japanese sentence continues after a quotation, given its closing marks and the text after them: `「…。」と述べた`.
fn quotes(closing: &str, rest: &str) -> bool {
    let continues = ["と", "など", "の", "を"].iter().any(|particle| rest.starts_with(particle));
    let begins = ["ところ", "とく", "とり", "とも"].iter().any(|word| rest.starts_with(word));
    closing.ends_with(['」', '』']) && continues && !begins
}

/// Whether a quotation in straight marks is open at `at`, judging by the paragraph.
fn is_open(text: &str, at: usize) -> bool {
    let before = &text[text.floor_char_boundary(at.saturating_sub(SENTENCE_BYTES_MAX))..at];
    before.rsplit('\n').next().unwrap_or_default().matches('"').count() % 2 == 1
}

/// The end of a sentence with a possible last mark at `at`, including closing quotation marks; none if it continues.
fn sentence_end(text: &str, start: usize, at: usize, length: usize) -> Option<usize> {
    let mut end = closed(text, at + length, Mark::Spaced);
    let mut rest = text[end..].trim_start_matches(is_blank);
    if rest.len() == text.len() - end {
        // In Chinese and Japanese, the next sentence follows without a space; the mark may be one of Latin script.
        let follows_han = text.as_bytes()[at] != b'.' && rest.starts_with(|c| ('\u{3040}'..='\u{9fff}').contains(&c));
        return follows_han.then_some(end);
    }
    // In French, a space precedes the closing mark: `« … . »`.
    let mut chars = rest.chars();
    if let (Some(quote), after) = (chars.next(), chars.next()) {
        let odd = || text[start..at].matches('"').count() % 2 == 1;
        let closes = matches!(quote, '»' | '”' | '›') || quote == '"' && odd();
        if closes && after.is_some_and(|c| matches!(c, ',' | ';' | ':')) {
            return None;
        }
        if closes && after.is_none_or(is_blank) {
            end = text.len() - rest.len() + quote.len_utf8();
            rest = text[end..].trim_start_matches(is_blank);
        }
    }
    let opening =
        |c| matches!(c, '"' | '\'' | '“' | '‘' | '„' | '‚' | '(' | '[' | '«' | '»' | '¿' | '¡' | '—' | '–' | '-' | ' ');
    let next = rest.trim_start_matches(opening).chars().next();
    let opens = next.is_none_or(|c| !c.is_lowercase());
    let continues = match text.as_bytes()[at] {
        b'.' => abbreviated(&text[start..at], next) || is_counted(&text[start..at], rest),
        // The question mark of Greek.
        b';' | 0xcd => Script::of(text[..at].chars().next_back().unwrap_or(' ')) != Script::Greek,
        _ => false,
    };
    if !opens || continues {
        return None;
    }
    Some(end)
}

/// Whether the point after `before` belongs to a German ordinal number, or to a Spanish plural (`EE. UU.`).
fn is_counted(before: &str, rest: &str) -> bool {
    let word = before.rsplit(is_blank).next().unwrap_or_default();
    let mut next = rest.split(|c: char| !c.is_alphabetic());
    let is_plural = |word: &str| word.len() == 2 && word[1..] == word[..1] && word.as_bytes()[0].is_ascii_uppercase();
    match word.as_bytes() {
        [b'0'..=b'9'] | [b'0'..=b'9', b'0'..=b'9'] => next.next().is_some_and(|next| COUNTED.contains(&next)),
        [_, _] if word.is_ascii() => is_plural(word) && next.next().is_some_and(is_plural),
        _ => false,
    }
}

/// Whether the point after `before` belongs to an abbreviation.
fn abbreviated(before: &str, next: Option<char>) -> bool {
    let parts = |c: char| is_blank(c) || matches!(c, '(' | '"' | '“' | '„' | '«' | '»' | '-' | '\u{2019}' | '\'');
    let word = before.rsplit(parts).next().unwrap_or_default();
    let mut letters = word.chars();
    match (letters.next(), letters.next()) {
        // `J. Smith`, `z. B.`, `т. е.`; in news, these are more frequent than sentences that end with a letter (`plan B.`).
        (Some(c), None) => c.is_alphabetic() && c < '\u{900}' && next.is_some(),
        // `U.S. Senate` continues before a capital as often as it ends; treated as continuing.
        _ if word.contains('.') && word.chars().count() <= 6 => {
            next.is_some_and(|next| next.is_alphabetic() && !next.is_lowercase())
        }
        _ if word.len() > 12 => false,
        _ => next.is_some_and(|next| {
            let word = word.to_lowercase();
            ABBREVIATIONS.binary_search(&word.as_str()).is_ok()
                || next.is_numeric() && NUMBERED.contains(&word.as_str())
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<(&str, bool)> {
        let mut found = Vec::new();
        sentences(text, &mut |range, opens| found.push((range, opens)));
        found.into_iter().map(|(range, opens)| (&text[range], opens)).collect()
    }

    #[test]
    fn the_table_is_sorted_for_the_search() {
        assert!(ABBREVIATIONS.is_sorted());
    }

    #[test]
    fn sentence_boundaries() {
        for (text, expected) in [
            ("One. Two! Three?", vec![("One.", true), ("Two!", false), ("Three?", false)]),
            ("Mr. Smith met Gen. J. Doe. He left.", vec![("Mr. Smith met Gen. J. Doe.", true), ("He left.", false)]),
            ("“Stop.” He did.", vec![("“Stop.”", true), ("He did.", false)]),
            ("It rose 3.5 percent. then fell", vec![("It rose 3.5 percent. then fell", true)]),
            ("The U.S. Senate voted.\n\nNext", vec![("The U.S. Senate voted.", true), ("Next", true)]),
            ("终止。开始。", vec![("终止。", true), ("开始。", false)]),
            ("wrapped\nline", vec![("wrapped\nline", true)]),
            // Quotations close the sentence before.
            ("他说：「好。」我走了。", vec![("他说：「好。」", true), ("我走了。", false)]),
            ("他说。“好！”她走了？是", vec![("他说。", true), ("“好！”", false), ("她走了？", false), ("是", false)]),
            ("真的?真的!好", vec![("真的?", true), ("真的!", false), ("好", false)]),
            ("Er rief: „Halt.“ Dann ging er.", vec![("Er rief: „Halt.“", true), ("Dann ging er.", false)]),
            (
                "»Halt!« Sie ging. »Gut«, sagte er.",
                vec![("»Halt!«", true), ("Sie ging.", false), ("»Gut«, sagte er.", false)],
            ),
            ("Il a dit : « Stop. » Puis rien.", vec![("Il a dit : « Stop. »", true), ("Puis rien.", false)]),
            ("« Je reste. », a-t-il dit. Fin", vec![("« Je reste. », a-t-il dit.", true), ("Fin", false)]),
            (
                "「守った。増えない。」と述べた。「次。」その後",
                vec![("「守った。", true), ("増えない。」と述べた。", false), ("「次。」", false), ("その後", false)],
            ),
            ("Il a dit : «\u{a0}Stop.\u{a0}» Puis.", vec![("Il a dit : «\u{a0}Stop.\u{a0}»", true), ("Puis.", false)]),
            ("He said: \"Stop. \" Then he left.", vec![("He said: \"Stop. \"", true), ("Then he left.", false)]),
            ("Dijo que no. ¿Por qué? ¡Nada!", vec![("Dijo que no.", true), ("¿Por qué?", false), ("¡Nada!", false)]),
            // Abbreviations of many languages.
            ("Viele, z. B. Berlin, bzw. Bonn. Dann", vec![("Viele, z. B. Berlin, bzw. Bonn.", true), ("Dann", false)]),
            ("M. Macron et Mme. Le Pen. Fin", vec![("M. Macron et Mme. Le Pen.", true), ("Fin", false)]),
            ("El Sr. García y la Sra. Díaz. Fin", vec![("El Sr. García y la Sra. Díaz.", true), ("Fin", false)]),
            ("Он, т. е. Иванов, дал 5 млн. Руб. Всё", vec![("Он, т. е. Иванов, дал 5 млн. Руб. Всё", true)]),
            (
                "Es war am 3. Oktober 1990. Am 12. Dann",
                vec![("Es war am 3. Oktober 1990.", true), ("Am 12.", false), ("Dann", false)],
            ),
            ("Los EE. UU. ganan los JJ. OO. Fin", vec![("Los EE. UU. ganan los JJ. OO.", true), ("Fin", false)]),
            (
                "She said no. He left. See No. 5.",
                vec![("She said no.", true), ("He left.", false), ("See No. 5.", false)],
            ),
            (
                "Mødet er kl. 10 i dag. डॉ. शर्मा ने कहा।",
                vec![("Mødet er kl. 10 i dag.", true), ("डॉ. शर्मा ने कहा।", false)],
            ),
            ("قال أ.د. محمد ذلك. ثم", vec![("قال أ.د. محمد ذلك.", true), ("ثم", false)]),
            // Marks of other scripts.
            (
                "Στην Αθήνα; Ναι· όχι; όχι. A; B",
                vec![("Στην Αθήνα;", true), ("Ναι· όχι; όχι.", false), ("A; B", false)],
            ),
            ("Πού\u{37e} Εκεί.", vec![("Πού\u{37e}", true), ("Εκεί.", false)]),
            (
                "他说：\"好。走。\"我走。\"好！\"",
                vec![("他说：\"好。", true), ("走。\"", false), ("我走。", false), ("\"好！\"", false)],
            ),
            ("ذهب؟ نعم. قال", vec![("ذهب؟", true), ("نعم.", false), ("قال", false)]),
            ("वह गया। वह आया।", vec![("वह गया।", true), ("वह आया।", false)]),
            ("Եկավ։ Գնաց։", vec![("Եկավ։", true), ("Գնաց։", false)]),
            ("", vec![]),
        ] {
            assert_eq!(split(text), expected, "{text}");
        }
    }

    #[test]
    fn text_without_points_is_cut() {
        let text = "word ".repeat(10_000);
        assert!(split(&text).iter().all(|(s, _)| s.len() <= SENTENCE_BYTES_MAX + 10));
        let text = "ข่าวไทย ".repeat(1_000);
        assert!(split(&text).iter().all(|(s, _)| s.len() <= CLAUSES_BYTES_MAX + 30));
        // Blanks around a number are within a clause.
        let text = format!("{} ๑.๒ ล้าน บาท", "ข่าวไทย".repeat(20));
        assert_eq!(split(&text)[1].0, "บาท");
        let text = "é".repeat(20_000);
        assert!(split(&text).iter().all(|(s, _)| s.len() <= 2 * SENTENCE_BYTES_MAX + 2));
    }
}
