//! Finds the end of a dateline: place, day and agency before the first sentence of a body.

/// Maximum size of a dateline in bytes and words.
const DATELINE_BYTES_MAX: usize = 120;
const DATELINE_WORDS_MAX: usize = 10;

/// Length of a small word in a place name.
const PARTICLE_CHARS_MAX: usize = 3;

/// Length in bytes of the dateline at the start of a body: a place, day or agency before a dash (`TARN, July 3 (AP) -
/// `), in brackets (`【東京共同】`), or before the word for a cable (`新华社北京7月14日电`).
pub(super) fn dateline_bytes(body: &str) -> usize {
    let line = body.lines().next().unwrap_or_default();
    let line = &line[..line.floor_char_boundary(DATELINE_BYTES_MAX)];
    let Some(first) = line.chars().next() else { return 0 };
    let cable = ["日电", "日電"].iter().find_map(|sign| Some(line.find(sign)? + sign.len()));
    let bracket = || {
        let closing = line.find(['】', '］'])?;
        matches!(first, '【' | '［').then(|| closing + '】'.len_utf8())
    };
    let dash = || {
        let ends = |at: usize, dash: char| {
            line[..at].ends_with([' ', '.', ')', '\u{a0}']) && line[at + dash.len_utf8()..].starts_with([' ', '\u{a0}'])
        };
        let (at, dash) = line.char_indices().find(|(at, c)| matches!(c, '-' | '–' | '—' | '_') && ends(*at, *c))?;
        let head = &line[..at];
        let small = |word: &str| word.starts_with(char::is_lowercase) && word.chars().count() > PARTICLE_CHARS_MAX;
        let is_dateline = head.contains(|c: char| c == '(' || c.is_numeric()) || !head.split_whitespace().any(small);
        let opens = is_dateline && !first.is_lowercase() && head.split_whitespace().count() <= DATELINE_WORDS_MAX;
        opens.then(|| at + dash.len_utf8())
    };
    cable.or_else(bracket).or_else(dash).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn datelines_end_with_a_dash_a_bracket_or_a_cable() {
        for (dateline, text) in [
            ("TARN, July 3 (AP) - ", "The ministry"),
            ("Berlin (dpa) – ", "Das Amt"),
            ("PARIS, 14 juil. (AFP) - ", "Le ministre"),
            ("Madrid, 14 ago (EFE).- ", "El ministro"),
            ("【東京共同】", "首相は"),
            ("新华社北京7月14日电", "记者"),
            ("", "The ministry - which is new - said"),
            ("", "the ministry - said"),
            ("", "It was a long way from the old town to the new one for him and her - and all"),
        ] {
            let body = format!("{dateline}{text} 3");
            assert_eq!(dateline_bytes(&body), dateline.trim_end().len(), "{body}");
        }
    }
}
