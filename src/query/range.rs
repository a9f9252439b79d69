//! Values of ranges: `2019..2021`, `>500`, `[2019 TO 2021]`.

use jiff::civil::Date;

use super::Range;
use super::date::{parse_from, parse_to};
use super::names::Measure;

/// Two bounds as written, or one value for both.
struct Bounds<'a> {
    from: Option<&'a str>,
    to: Option<&'a str>,
    /// Whether the bounds are exclusive.
    open: (bool, bool),
}

impl<'a> Bounds<'a> {
    fn of(text: &'a str) -> Self {
        let some = |text: &'a str| Some(text.trim()).filter(|text| !text.is_empty() && *text != "*");
        let bracketed = text.strip_prefix(['[', '{']).map(|inner| inner.trim_end_matches([']', '}']));
        if let Some((from, to)) = bracketed.and_then(|inner| inner.split_once(" TO ")) {
            return Self { from: some(from), to: some(to), open: (text.starts_with('{'), text.ends_with('}')) };
        }
        if let Some((from, to)) = text.split_once("..") {
            return Self { from: some(from), to: some(to), open: (false, false) };
        }
        let (sign, value) = text.split_at(text.len() - text.trim_start_matches(['<', '>', '=']).len());
        let (from, to) = match sign {
            ">" | ">=" => (some(value), None),
            "<" | "<=" => (None, some(value)),
            _ => (some(text), some(text)),
        };
        Self { from, to, open: (sign == ">", sign == "<") }
    }
}

/// Parses the value of a range.
///
/// # Errors
/// The problem.
pub(super) fn range(measure: Measure, value: &str, today: &dyn Fn() -> Date) -> Result<Range, String> {
    match measure {
        Measure::Date(sign) => dates(&format!("{sign}{value}"), today()),
        Measure::Words => words(value),
    }
}

/// Whether two words begin a date as in Nexis: `date aft 2020`, `date is 2020-07-31`, `date geq (2020)`; the sign of the
/// comparison.
pub(super) fn spoken(name: &str, comparison: &str) -> Option<&'static str> {
    let sign = match comparison.to_ascii_lowercase().as_str() {
        "is" | "=" => "",
        "aft" | "after" | "gtr" | ">" => ">",
        "geq" | ">=" => ">=",
        "bef" | "before" | "<" => "<",
        "leq" => "<=",
        _ => return None,
    };
    name.eq_ignore_ascii_case("date").then_some(sign)
}

/// A date as in Nexis at the start of a text: its bytes, and the period.
pub(super) fn spoken_date(text: &str, today: &dyn Fn() -> Date) -> Option<(usize, Range)> {
    let (name, rest) = text.split_once(' ')?;
    let (comparison, rest) = rest.trim_start().split_once(' ')?;
    let sign = spoken(name, comparison)?;
    let rest = rest.trim_start();
    let inner = rest.strip_prefix('(').filter(|inner| inner.contains(')'));
    let value = match inner {
        Some(inner) => inner.split(')').next()?,
        None => rest.split(|c: char| c.is_whitespace() || c == ')').next()?,
    };
    let end = text.len() - rest.len() + value.len() + if inner.is_some() { 2 } else { 0 };
    let is_one = value.starts_with(|c: char| c.is_ascii_digit()) && !value.contains("..");
    range(Measure::Date(sign), value, today).ok().filter(|_| is_one).map(|range| (end, range))
}

/// The first and last day of a period, inclusive: as [`parse_from`] and [`parse_to`], and ranges such as `2019..2021`,
/// `2019..` or `..2021`, which may be open at one end.
///
/// # Errors
/// As [`parse_from`], and when a range ends before it begins.
pub fn parse_period(text: &str, today: Date) -> Result<(Option<Date>, Option<Date>), String> {
    let bounds = Bounds::of(text.trim());
    let from = match bounds.from {
        Some(text) if bounds.open.0 => Some(parse_to(text, today)?.tomorrow().map_err(|e| e.to_string())?),
        Some(text) => Some(parse_from(text, today)?),
        None => None,
    };
    let to = match bounds.to {
        Some(text) if bounds.open.1 => Some(parse_from(text, today)?.yesterday().map_err(|e| e.to_string())?),
        Some(text) => Some(parse_to(text, today)?),
        None => None,
    };
    checked(from, to)
}

fn dates(text: &str, today: Date) -> Result<Range, String> {
    parse_period(text, today).map(|(from, to)| Range::Date(from, to))
}

fn words(text: &str) -> Result<Range, String> {
    let number = |text: &str| {
        let known = text.parse::<u64>().ok().filter(|_| !text.starts_with('+'));
        known.ok_or_else(|| "not a number of words; use `500`, `>500`, `<500` or `100..500`".to_owned())
    };
    let bounds = Bounds::of(text.trim());
    let from = bounds.from.map(number).transpose()?.map(|n| n.saturating_add(bounds.open.0.into()));
    let to = match bounds.to.map(number).transpose()? {
        Some(0) if bounds.open.1 => return Err("no article has fewer than 0 words".into()),
        Some(n) => Some(n - u64::from(bounds.open.1)),
        None => None,
    };
    checked(from, to).map(|(from, to)| Range::Words(from, to))
}

fn checked<T: PartialOrd>(from: Option<T>, to: Option<T>) -> Result<(Option<T>, Option<T>), String> {
    match (&from, &to) {
        (None, None) => Err("no bounds; use `2019..2021`, `2019..` or `..2021`".into()),
        (Some(first), Some(last)) if first > last => Err("it ends before it begins".into()),
        _ => Ok((from, to)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_read_in_every_spelling() {
        let today = jiff::civil::date(2024, 7, 31);
        let cases = [
            ("2019..2021", "2019-01-01 2021-12-31"),
            ("2019 .. 2021", "2019-01-01 2021-12-31"),
            ("2019..", "2019-01-01 -"),
            ("..2021-02", "- 2021-02-28"),
            ("[2019 TO 2021]", "2019-01-01 2021-12-31"),
            ("{2019 TO 2021}", "2020-01-01 2020-12-31"),
            ("[2019 TO *]", "2019-01-01 -"),
            (">2019", "2020-01-01 -"),
            (">= 2019", "2019-01-01 -"),
            ("<2019", "- 2018-12-31"),
            ("<=2019", "- 2019-12-31"),
            ("2019-07", "2019-07-01 2019-07-31"),
            ("last 30 days", "2024-07-01 2024-07-31"),
        ];
        for (text, expected) in cases {
            let (from, to) = parse_period(text, today).expect(text);
            let day = |day: Option<Date>| day.map_or("-".to_owned(), |day| day.to_string());
            assert_eq!(format!("{} {}", day(from), day(to)), expected, "{text}");
        }
        for text in ["", "..", "x", "2021..2019", "[* TO *]", ">", "2019...2021"] {
            assert!(parse_period(text, today).is_err(), "{text}");
        }
        for (text, from, to) in [(">500", Some(501), None), ("<=9", None, Some(9)), ("1..2", Some(1), Some(2))] {
            assert_eq!(words(text), Ok(Range::Words(from, to)), "{text}");
        }
        for text in ["", "<0", "-1", "many", "5..1", "+5"] {
            assert!(words(text).is_err(), "{text}");
        }
    }
}
