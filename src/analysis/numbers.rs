//! Numbers, and other spelling rules that depend on language.

use super::fold::lower;
use crate::article::Language;

/// Languages with a decimal point, by code; texts in an undetermined language have one.
const DECIMAL_POINT: [&str; 17] =
    ["", "en", "zh", "ja", "ko", "th", "he", "hi", "ur", "bn", "ta", "ms", "ga", "cy", "tl", "fa", "ar"];

/// Languages that do not spell umlauts out, and German, whose stemmer treats both spellings alike.
const UMLAUTS_KEPT: [&str; 10] = ["de", "fi", "et", "hu", "tr", "az", "tk", "sk", "eu", "vi"];

/// The spelling rules of a language.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    /// The lower case of `I` is `ı`.
    pub(super) dotted: bool,
    /// The comma is the decimal separator, and the point or a blank separates thousands.
    pub(super) comma: bool,
    /// Umlauts are spelled out in ASCII.
    pub(super) spells_out: bool,
}

impl Rules {
    pub(super) fn of(language: Language) -> Self {
        let code = language.code().unwrap_or_default();
        Self {
            dotted: matches!(code, "tr" | "az"),
            comma: !DECIMAL_POINT.contains(&code),
            spells_out: !UMLAUTS_KEPT.contains(&code),
        }
    }
}

/// Appends a number and its suffix, with a decimal point and without thousands separators.
pub(super) fn number(surface: &str, rules: Rules, out: &mut String) {
    let start = out.len();
    lower(surface, rules.dotted, out);
    let rest = out.split_off(start);
    let digits_end = rest.find(|c: char| c.is_alphabetic()).unwrap_or(rest.len());
    let (figures, letters) = rest.split_at(digits_end);
    let count = |mark: char| figures.matches(mark).count();
    let in_groups = |mark: char| {
        let mut groups = figures.split(mark);
        groups.next().is_some_and(|first| (1..=3).contains(&first.len()) && first != "0")
            && groups.all(|group| group.len() == 3 && group.bytes().all(|b| b.is_ascii_digit()))
    };
    let last = figures.rfind(['.', ',', '٫']).and_then(|at| figures[at..].chars().next());
    // Thousands separators are removed; the decimal separator becomes a point.
    let thousands = match (count('.'), count(',')) {
        (0, 0) => None,
        (1.., 1..) => last.map(|last| if last == '.' { ',' } else { '.' }),
        (1, 0) => (rules.comma && in_groups('.')).then_some('.'),
        (_, 0) => in_groups('.').then_some('.'),
        (_, 1) => (!rules.comma).then_some(','),
        _ => Some(','),
    };
    for c in figures.chars().filter(|c| Some(*c) != thousands) {
        match c {
            '0'..='9' | '.' => out.push(c),
            ',' | '٫' => out.push('.'),
            c if c.is_alphanumeric() => out.push(c),
            _ => {}
        }
    }
    out.push_str(letters);
}
