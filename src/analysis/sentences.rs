//! Where a sentence ends.

/// Bytes of one sentence: text without points is cut here, at a blank where there is one.
const SENTENCE_BYTES_MAX: usize = 2_000;

/// Abbreviations after which a point ends no sentence, folded; single capital letters are among them by rule.
const ABBREVIATIONS: &[&str] = &[
    "adm", "apr", "art", "aug", "ave", "bros", "capt", "cf", "cmdr", "co", "col", "corp", "cpl", "dec", "dept", "dr",
    "est", "feb", "fig", "fr", "ft", "gen", "gov", "hon", "inc", "jan", "jr", "jul", "jun", "lt", "ltd", "maj", "mar",
    "messrs", "mlle", "mme", "mr", "mrs", "ms", "mt", "no", "nos", "nov", "oct", "op", "pct", "pp", "pres", "prof",
    "rep", "reps", "rev", "sen", "sens", "sep", "sept", "sgt", "sr", "st", "supt", "vol", "vs",
];

/// Calls `sink` with the byte range of each sentence of `text`, trimmed of white space, and whether it opens a
/// paragraph. Line breaks doubled end paragraphs, and paragraphs end sentences.
pub(super) fn sentences(text: &str, sink: &mut impl FnMut(std::ops::Range<usize>, bool)) {
    let bytes = text.as_bytes();
    let mut start = 0;
    let mut opens = true;
    let mut at = 0;
    while at < bytes.len() {
        let end = match bytes[at] {
            b'\n' if blank_line_follows(bytes, at) => {
                emit(text, start, at, opens, sink);
                opens = true;
                start = at + 1;
                at += 1;
                continue;
            }
            b'.' | b'!' | b'?' => sentence_end(text, start, at),
            0xe3 | 0xef if full_stop(&bytes[at..]) => Some(at + 3),
            0xe2 if bytes[at..].starts_with("…".as_bytes()) => sentence_end(text, start, at + 2),
            b' ' if at - start > SENTENCE_BYTES_MAX => Some(at),
            _ if at - start > 2 * SENTENCE_BYTES_MAX && text.is_char_boundary(at) => Some(at),
            _ => None,
        };
        match end {
            Some(end) => {
                opens = !emit(text, start, end, opens, sink) && opens;
                start = end;
                at = end;
            }
            None => at += 1,
        }
    }
    emit(text, start, bytes.len(), opens, sink);
}

/// Emits the sentence without its surrounding white space; whether there was one.
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

fn full_stop(bytes: &[u8]) -> bool {
    ["。", "！", "？"].iter().any(|stop| bytes.starts_with(stop.as_bytes()))
}

/// The end of the sentence whose last mark may be at `at`, closing quotes included; none when it goes on.
fn sentence_end(text: &str, start: usize, at: usize) -> Option<usize> {
    let mut end = at + 1;
    for c in text[end..].chars() {
        match c {
            '.' | '!' | '?' | '"' | '\'' | '”' | '’' | ')' | ']' | '»' => end += c.len_utf8(),
            _ => break,
        }
    }
    let rest = &text[end..];
    let blanks = rest.len() - rest.trim_start_matches([' ', '\n', '\t', '\r', '\u{a0}']).len();
    if blanks == 0 {
        return None;
    }
    let next =
        rest[blanks..].trim_start_matches(['"', '\'', '“', '‘', '(', '[', '«', '—', '–', '-', ' ']).chars().next();
    let opens = next.is_none_or(|c| !c.is_lowercase());
    if !opens || text.as_bytes()[at] == b'.' && abbreviated(&text[start..at], next) {
        return None;
    }
    Some(end)
}

/// Whether the point after `before` belongs to an abbreviation.
fn abbreviated(before: &str, next: Option<char>) -> bool {
    let word = before.rsplit([' ', '\n', '\t', '(', '"', '“', '-']).next().unwrap_or_default();
    let mut letters = word.chars();
    match (letters.next(), letters.next()) {
        // `J. Smith`; but `plan B. Then`, as far as `plan` tells, is rarer in news than initials.
        (Some(c), None) => c.is_uppercase(),
        // `U.S. Senate` goes on before a capital as often as it ends: taken as going on.
        _ if word.contains('.') && word.len() <= 6 => next.is_some_and(char::is_uppercase),
        _ => word.len() <= 6 && ABBREVIATIONS.binary_search(&word.to_lowercase().as_str()).is_ok() && next.is_some(),
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
    fn sentences_end_where_a_reader_says() {
        for (text, expected) in [
            ("One. Two! Three?", vec![("One.", true), ("Two!", false), ("Three?", false)]),
            ("Mr. Smith met Gen. J. Doe. He left.", vec![("Mr. Smith met Gen. J. Doe.", true), ("He left.", false)]),
            ("“Stop.” He did.", vec![("“Stop.”", true), ("He did.", false)]),
            ("It rose 3.5 percent. then fell", vec![("It rose 3.5 percent. then fell", true)]),
            ("The U.S. Senate voted.\n\nNext", vec![("The U.S. Senate voted.", true), ("Next", true)]),
            ("终止。开始。", vec![("终止。", true), ("开始。", false)]),
            ("wrapped\nline", vec![("wrapped\nline", true)]),
            ("", vec![]),
        ] {
            assert_eq!(split(text), expected, "{text}");
        }
    }

    #[test]
    fn text_without_points_is_cut() {
        let text = "word ".repeat(10_000);
        assert!(split(&text).iter().all(|(s, _)| s.len() <= SENTENCE_BYTES_MAX + 10));
        let text = "é".repeat(20_000);
        assert!(split(&text).iter().all(|(s, _)| s.len() <= 2 * SENTENCE_BYTES_MAX + 2));
    }
}
