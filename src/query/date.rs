//! Dates and periods as people type them: the values of `--from`, `--to` and `date:`.
//!
//! The caller provides today's date. Dates in articles are parsed in `format`.

use jiff::Span;
use jiff::civil::Date;

use crate::article::month;

/// The accepted forms, for error messages.
const FORMS: &str = "use `2023`, `2023-07`, `2023-07-23`, `July 2023`, `23 July 2023`, `today`, `yesterday`, \
                     `30 days ago`, `30d`, `last 30 days`, `last week`, `last month`, `last year` or `this year`";

/// Maximum half-life: a thousand years.
const HALF_LIFE_DAYS_MAX: f64 = 365_250.0;

/// Mean number of days in a year.
const YEAR_DAYS: f64 = 365.25;
const MONTH_DAYS: f64 = YEAR_DAYS / 12.0;

/// The first day of a period: `2023` gives 1 January 2023.
///
/// `last week`, `last month` and `last year` are calendar periods, with weeks from Monday. `last 30 days` is from 30
/// days ago to today; `30 days ago` and `30d` are a single day. Weeks, months and years can be counted like days (`6w`,
/// `3m`, `1y`). Case does not matter, and hyphens can replace blanks.
///
/// # Errors
/// A message with the accepted forms.
pub fn parse_from(text: &str, today: Date) -> Result<Date, String> {
    period(text, today).map(|(first, _)| first)
}

/// The last day of a period, inclusive: `2023` gives 31 December 2023.
///
/// # Errors
/// As [`parse_from`].
pub fn parse_to(text: &str, today: Date) -> Result<Date, String> {
    period(text, today).map(|(_, last)| last)
}

/// Parses `90d`, `6w`, `3m`, `1.5y` or `90 days` as days: more than 0, and at most a thousand years.
///
/// # Errors
/// A message with the accepted forms.
pub fn parse_half_life(text: &str) -> Result<f64, String> {
    let text = text.trim();
    let split = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let days_each = match Unit::named(&unit.trim().to_lowercase()) {
        Some(Unit::Day) => 1.0,
        Some(Unit::Week) => 7.0,
        Some(Unit::Month) => MONTH_DAYS,
        Some(Unit::Year) => YEAR_DAYS,
        None => f64::NAN,
    };
    let days = number.parse().map_or(f64::NAN, |number: f64| number * days_each);
    if days > 0.0 && days <= HALF_LIFE_DAYS_MAX {
        Ok(days)
    } else {
        Err("not a span of time up to a thousand years; use `90d`, `6w`, `3m` or `1y`".into())
    }
}

/// First and last day of a period.
fn period(text: &str, today: Date) -> Result<(Date, Date), String> {
    let lower = text.trim().to_lowercase();
    if lower.starts_with(|c: char| c.is_ascii_digit()) && !lower.contains(|c: char| c.is_alphabetic()) {
        return numeric(&lower);
    }
    let parts: Vec<&str> =
        lower.split(|c: char| c.is_whitespace() || "-_,".contains(c)).filter(|p| !p.is_empty()).collect();
    let found = match parts[..] {
        ["today" | "now"] => Some((today, today)),
        ["yesterday"] => Unit::Day.after(today, -1).map(|day| (day, day)),
        ["this", unit] => calendar(today, unit, 0),
        ["last" | "past" | "previous", unit] => calendar(today, unit, 1),
        ["last" | "past" | "previous", count, unit] => counted(today, count, unit).map(|day| (day, today)),
        [count, unit, "ago"] => counted(today, count, unit).map(|day| (day, day)),
        [short] | [short, "ago"] if short.starts_with(|c: char| c.is_ascii_digit()) => {
            let split = short.find(|c: char| !c.is_ascii_digit()).unwrap_or(short.len());
            let (count, unit) = short.split_at(split);
            counted(today, count, unit).map(|day| (day, day))
        }
        [month, year] if month_named(month).is_some() => {
            month_named(month).zip(number(year)).and_then(|(m, y)| month_of(y, m))
        }
        [a, b, year] => {
            let (day, month) = if month_named(a).is_some() { (b, a) } else { (a, b) };
            let day = day.trim_end_matches(|c: char| c == '.' || c.is_ascii_alphabetic());
            return match (number(year), month_named(month), day.parse()) {
                (Some(year), Some(month), Ok(day)) => one_day(year, month, day),
                _ => Err(format!("not a date; {FORMS}")),
            };
        }
        _ => None,
    };
    found.ok_or_else(|| format!("not a date; {FORMS}"))
}

/// `2023`, `2023-07`, `2023-07-23`, also with slashes or points, and `20230723`.
fn numeric(text: &str) -> Result<(Date, Date), String> {
    let unknown = || format!("not a date; {FORMS}");
    if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
        return numeric(&format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]));
    }
    let mut parts = text.split(['-', '/', '.']);
    let year = parts.next().and_then(number).ok_or_else(unknown)?;
    let mut part = || {
        let short = |text: &str| {
            if text.len() <= 2 && !text.starts_with('+') { text.parse::<i8>().ok() } else { None }
        };
        parts.next().map(|text| short(text).ok_or_else(unknown)).transpose()
    };
    let (month, day, more) = (part()?, part()?, part()?);
    match (month, day, more) {
        (None, ..) => one_day(year, 1, 1).map(|(first, _)| (first, first.last_of_year())),
        (Some(month), None, _) => month_of(year, month).ok_or_else(|| format!("there is no month {month}; {FORMS}")),
        (Some(month), Some(day), None) => one_day(year, month, day),
        _ => Err(unknown()),
    }
}

fn one_day(year: i16, month: i8, day: i8) -> Result<(Date, Date), String> {
    let day = Date::new(year, month, day).map_err(|_| format!("there is no such day; {FORMS}"))?;
    Ok((day, day))
}

fn month_of(year: i16, month: i8) -> Option<(Date, Date)> {
    let first = Date::new(year, month, 1).ok()?;
    Some((first, first.last_of_month()))
}

/// A four-digit year.
fn number(year: &str) -> Option<i16> {
    if year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit()) { year.parse().ok() } else { None }
}

/// A month by its name or an abbreviation, in any language.
fn month_named(name: &str) -> Option<i8> {
    i8::try_from(month(name.trim_end_matches('.'))?).ok()
}

/// A unit of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A day.
    Day,
    /// A week, from Monday.
    Week,
    /// A calendar month.
    Month,
    /// A calendar year.
    Year,
}

impl Unit {
    /// All units.
    pub const ALL: [Self; 4] = [Self::Day, Self::Week, Self::Month, Self::Year];

    /// Display name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "d" | "day" | "days" => Self::Day,
            "w" | "week" | "weeks" => Self::Week,
            "m" | "mo" | "month" | "months" => Self::Month,
            "y" | "year" | "years" => Self::Year,
            _ => return None,
        })
    }

    /// The first day of the unit that contains a day.
    pub fn start(self, day: Date) -> Date {
        match self {
            Self::Day => day,
            Self::Week => {
                let monday = day.checked_sub(Span::new().days(day.weekday().to_monday_zero_offset()));
                monday.unwrap_or(day)
            }
            Self::Month => day.first_of_month(),
            Self::Year => day.first_of_year(),
        }
    }

    /// The day a number of units after another; none beyond the calendar.
    pub fn after(self, day: Date, count: i64) -> Option<Date> {
        let span = match self {
            Self::Day => Span::new().try_days(count),
            Self::Week => Span::new().try_weeks(count),
            Self::Month => Span::new().try_months(count),
            Self::Year => Span::new().try_years(count),
        };
        day.checked_add(span.ok()?).ok()
    }
}

/// The date a number of units before today.
fn counted(today: Date, count: &str, unit: &str) -> Option<Date> {
    Unit::named(unit)?.after(today, -i64::from(count.parse::<u32>().ok()?))
}

/// The calendar week, month or year before the present one, `before` times.
fn calendar(today: Date, unit: &str, before: i64) -> Option<(Date, Date)> {
    let unit = Unit::named(unit)?;
    let first = unit.start(unit.after(today, -before)?);
    Some((first, unit.after(first, 1)?.yesterday().ok()?))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// A Wednesday.
    const TODAY: Date = date(2024, 7, 31);

    #[test]
    fn forms() {
        let cases = [
            ("2023", "2023-01-01", "2023-12-31"),
            ("2024-02", "2024-02-01", "2024-02-29"),
            ("2023-7-3", "2023-07-03", "2023-07-03"),
            ("2023/07/23", "2023-07-23", "2023-07-23"),
            ("20230723", "2023-07-23", "2023-07-23"),
            (" Today ", "2024-07-31", "2024-07-31"),
            ("yesterday", "2024-07-30", "2024-07-30"),
            ("last 30 days", "2024-07-01", "2024-07-31"),
            ("past-2-weeks", "2024-07-17", "2024-07-31"),
            ("30 days ago", "2024-07-01", "2024-07-01"),
            ("30d", "2024-07-01", "2024-07-01"),
            ("5m", "2024-02-29", "2024-02-29"),
            ("last week", "2024-07-22", "2024-07-28"),
            ("this week", "2024-07-29", "2024-08-04"),
            ("last month", "2024-06-01", "2024-06-30"),
            ("last year", "2023-01-01", "2023-12-31"),
            ("this year", "2024-01-01", "2024-12-31"),
            ("July 2023", "2023-07-01", "2023-07-31"),
            ("juillet 2023", "2023-07-01", "2023-07-31"),
            ("23. März 2023", "2023-03-23", "2023-03-23"),
            ("sept. 2023", "2023-09-01", "2023-09-30"),
            ("23 July 2023", "2023-07-23", "2023-07-23"),
            ("23-Jul-2023", "2023-07-23", "2023-07-23"),
            ("July 23rd, 2023", "2023-07-23", "2023-07-23"),
        ];
        for (text, first, last) in cases {
            assert_eq!(parse_from(text, TODAY).map(|day| day.to_string()).as_deref(), Ok(first), "{text}");
            assert_eq!(parse_to(text, TODAY).map(|day| day.to_string()).as_deref(), Ok(last), "{text}");
        }
    }

    #[test]
    fn errors_list_the_accepted_forms() {
        let texts = [
            "", "-", "soon", "23", "2023-13", "2023-02-30", "2023-1-1-1", "2023-", "23/07/2023", "99999", "last",
            "last x days", "4294967295 days ago", "99999999999d", "4000000000 years ago", "j 2023", "31 June 2023",
            "Ünsinn 2023", "12\u{0661}4-01", "x July 2023", "July 23", "２０２３",
        ];
        for text in texts {
            let error = parse_from(text, TODAY).expect_err(text);
            assert!(error.contains("`2023-07-23`"), "{text}: {error}");
        }
        assert!(parse_to("last week", Date::MIN).is_err() && parse_to("this week", Date::MAX).is_err());
    }

    #[test]
    fn half_lives() {
        for (text, days) in
            [("90d", 90.0), ("6w", 42.0), ("3m", 91.3125), ("1y", 365.25), ("1.5 years", 547.875), (" 90 Days", 90.0)]
        {
            assert_eq!(parse_half_life(text), Ok(days), "{text}");
        }
        for text in ["", "90", "d", "0d", "-3d", "1e9y", "1.2.3d", "9999y", "infd", "nan d", "3 moons"] {
            assert!(parse_half_life(text).is_err(), "{text}");
        }
    }
}
