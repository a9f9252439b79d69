//! Spellings of operators: words between operands, and words before a parenthesis.

use super::{Field, Part, Reach};

/// Distance of a `NEAR` without a number.
const NEAR_WORDS: u32 = 10;

/// Maximum number of digits of an operator such as `+5`; longer numbers are words, as in `+2023`.
const SIGN_DIGITS_MAX: usize = 3;

/// An operator between operands, or before one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    And,
    Or,
    Not,
}

impl Operator {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::And => "AND",
            Self::Or => "OR",
            Self::Not => "NOT",
        }
    }
}

/// A proximity operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Nearness {
    pub(super) reach: Reach,
    pub(super) ordered: bool,
    pub(super) not: bool,
}

/// A word as a proximity operator.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Spelling {
    /// None.
    No,
    Known(Nearness),
    /// Looks like an operator but is not one.
    Unknown,
}

/// Names of operators: whether they are ordered, and whether anything or only a number may follow.
const NAMES: &[(&str, bool, bool)] = &[
    ("", false, false),
    ("w", false, true),
    ("within", false, true),
    ("near", false, true),
    ("n", false, false),
    ("pre", true, true),
    ("onear", true, true),
    ("adj", true, true),
    ("p", true, false),
];

impl Spelling {
    /// Parses a word: `w/5`, `pre/s`, `NEAR`, `adj3`, `/p`.
    pub(super) fn of(word: &str) -> Self {
        let known = |reach, ordered| Self::Known(Nearness { reach, ordered, not: false });
        let Some((name, value)) = word.split_once('/') else {
            let (name, digits) = word.split_at(word.find(|c: char| c.is_ascii_digit()).unwrap_or(word.len()));
            let distance = match word {
                "NEAR" => Some(NEAR_WORDS),
                "ADJ" => Some(1),
                _ => number(digits),
            };
            return match distance {
                Some(words) if name.eq_ignore_ascii_case("near") => known(Reach::Words(words), false),
                Some(words) if name.eq_ignore_ascii_case("adj") => known(Reach::Words(words), true),
                _ => Self::No,
            };
        };
        let Some((_, ordered, only)) = NAMES.iter().find(|(known, ..)| known.eq_ignore_ascii_case(name)) else {
            return Self::No;
        };
        let reach = match value.to_ascii_lowercase().as_str() {
            "s" | "sent" => Some(Reach::Sentence),
            "p" | "para" => Some(Reach::Paragraph),
            _ => number(value).map(Reach::Words),
        };
        let by_number = matches!(reach, Some(Reach::Words(_)));
        match reach {
            Some(reach) if *only || by_number || name.is_empty() => known(reach, *ordered),
            None if *only => Self::Unknown,
            _ => Self::No,
        }
    }

    /// Parses `+5` at the start of a text that continues with another word.
    pub(super) fn of_sign(text: &str) -> Option<(usize, Nearness)> {
        let rest = text.strip_prefix('+')?;
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let after = &rest[digits..];
        let continues = after.starts_with(super::words::is_blank)
            && after
                .trim_start_matches(super::words::is_blank)
                .starts_with(|c: char| c.is_alphanumeric() || c == '(' || c == '=' || super::words::is_quote(c));
        if !continues || digits > SIGN_DIGITS_MAX {
            return None;
        }
        let words = number(&rest[..digits])?;
        Some((1 + digits, Nearness { reach: Reach::Words(words), ordered: true, not: false }))
    }
}

/// The operator that a word means in another query language.
pub(super) fn look_alike(word: &str) -> Option<&'static str> {
    match word {
        "SAME" => Some("w/p"),
        "WITHIN" => Some("w/5"),
        "PRE" | "BEFORE" => Some("pre/5"),
        "XOR" | "BUTNOT" | "ANDNOT" => Some("NOT"),
        _ => {
            let digits = word.strip_prefix(['w', 'W', 'n', 'N'])?;
            (digits.len() < SIGN_DIGITS_MAX && number(digits).is_some()).then_some("w/5")
        }
    }
}

/// A number of words; none if it is 0.
fn number(digits: &str) -> Option<u32> {
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| digits.parse().unwrap_or(u32::MAX)).filter(|n| *n > 0)
}

/// `/F50/` at the start of a text: its length, and the number.
pub(super) fn first_words(text: &str) -> Option<(usize, u32)> {
    let rest = text.strip_prefix(['/'])?.strip_prefix(['F', 'f'])?;
    let end = rest.find('/')?;
    Some((end + 3, number(&rest[..end])?))
}

/// A function before a parenthesis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    AtLeast(u32),
    Within(Part),
    Capitals,
    Field(Field),
    /// A Nexis function that is not supported.
    Unknown,
}

/// Nexis functions that need data which files do not have.
const FUNCTIONS_UNKNOWN: &str = "body cite company date geographic index lead length noncaps nocaps plural plurals \
                                 singular subject term terms text ticker";

/// Minimum length of a field name before a parenthesis; shorter ones are words.
const FIELD_NAME_BYTES_MIN: usize = 5;

impl Function {
    pub(super) fn named(word: &str) -> Option<Self> {
        let lower = word.to_ascii_lowercase();
        if let Some(count) = lower.strip_prefix("atleast") {
            return Some(number(count.trim_start_matches('/')).map_or(Self::Unknown, Self::AtLeast));
        }
        if let Some(count) = lower.strip_prefix("atl").and_then(number) {
            return Some(Self::AtLeast(count));
        }
        match lower.as_str() {
            "hlead" => Some(Self::Within(Part::Lead)),
            "caps" | "allcaps" => Some(Self::Capitals),
            name if FUNCTIONS_UNKNOWN.split(' ').any(|known| known == name) => Some(Self::Unknown),
            name if name.len() >= FIELD_NAME_BYTES_MIN => Field::named(name).map(Self::Field),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_nearness() {
        let near = |reach, ordered| Spelling::Known(Nearness { reach, ordered, not: false });
        for word in ["w/5", "W/5", "/5", "near/5", "NEAR/5", "near5", "within/5", "n/5"] {
            assert_eq!(Spelling::of(word), near(Reach::Words(5), false), "{word}");
        }
        for word in ["pre/5", "PRE/5", "adj5", "adj/5", "onear/5", "p/5"] {
            assert_eq!(Spelling::of(word), near(Reach::Words(5), true), "{word}");
        }
        assert_eq!(Spelling::of("NEAR"), near(Reach::Words(10), false));
        for (word, reach) in [("w/s", Reach::Sentence), ("/s", Reach::Sentence), ("W/P", Reach::Paragraph)] {
            assert_eq!(Spelling::of(word), near(reach, false));
        }
        assert_eq!(Spelling::of("pre/s"), near(Reach::Sentence, true));
        assert_eq!((Spelling::of("w/sent"), Spelling::of("/PARA")), (Spelling::of("w/s"), Spelling::of("w/p")));
        for word in ["w/x", "w/", "w/0", "pre/seg", "NEAR/x", "w/5x"] {
            assert_eq!(Spelling::of(word), Spelling::Unknown, "{word}");
        }
        for word in ["near", "n/a", "p/e", "9/11", "and/or", "/x", "neared", "adjust", "w", "naïve", "p/s", "n/s"] {
            assert_eq!(Spelling::of(word), Spelling::No, "{word}");
        }
        assert!(Spelling::of_sign("+5 b").is_some());
        for text in ["+5", "+5 -b", "+2023 b", "+a b", "+5b", "+0 b"] {
            assert!(Spelling::of_sign(text).is_none(), "{text}");
        }
        assert_eq!(first_words("/F50/ a"), Some((5, 50)));
        assert_eq!(first_words("/f50/a"), Some((5, 50)));
        assert_eq!(first_words("/F/ a"), None);
    }
}
