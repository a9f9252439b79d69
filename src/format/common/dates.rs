//! Dates in news: in metadata, in text, in URLs.
//!
//! Owns all notations of dates, and the decision whether a date is plausible. Formats know where they keep dates. Not
//! supported: years alone, relative dates (`yesterday`).

mod scan;
mod words;

use std::ops::Range;
use std::sync::Arc;

use jiff::tz::TimeZone;

use self::scan::{Scan, Token, tokens};

use crate::article::{Date, Provenance, Published, Timestamp};
use crate::format::Context;

/// Maximum number of bytes of a value or line that are examined. Dates are far shorter.
const TEXT_BYTES_MAX: usize = 400;

/// Year of the oldest newspaper; earlier years are unset values such as `0001-01-01`.
const YEAR_MIN: i16 = 1605;

/// A stated day, and the instant if a time and zone were stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stated {
    /// The calendar day in the stated time zone.
    pub day: Date,
    /// The instant.
    pub instant: Option<Timestamp>,
    /// Whether day and month may be swapped.
    pub ambiguous: bool,
}

impl Stated {
    fn of(day: Date, instant: Option<Timestamp>) -> Self {
        Self { day, instant, ambiguous: false }
    }
}

/// The order of day and month in `03/04/2023`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// Unknown.
    #[default]
    Unknown,
    /// `23/07/2023`, as in most of the world.
    DayFirst,
    /// `07/23/2023`, as in the United States.
    MonthFirst,
}

/// One unambiguous date in one order outweighs up to this share of those in the other.
const ORDER_WEIGHT: usize = 10;

impl Order {
    /// The order for a language tag or name. The day comes first everywhere except in the United States, whose English
    /// may be tagged just `en`.
    pub(crate) fn of_language(tag: &str) -> Self {
        let tag = tag.trim().replace('_', "-").to_ascii_lowercase();
        match tag.as_str() {
            "" | "en" | "eng" | "english" | "und" | "mul" => Self::Unknown,
            "en-us" | "eng-us" | "en-us-posix" => Self::MonthFirst,
            _ => Self::DayFirst,
        }
    }

    /// The order in unambiguous dates among the values of a file, if they agree. Only the start of a value counts,
    /// since dates within text may be quoted from elsewhere.
    pub(crate) fn of_rows(bytes: &[u8]) -> Self {
        let (mut days, mut months) = (0usize, 0usize);
        for at in memchr::memchr2_iter(b'/', b'-', bytes) {
            let digits = bytes[..at].iter().rev().take(3).take_while(|b| b.is_ascii_digit()).count();
            let (before, rest) = bytes.split_at(at - digits);
            if !(1..=2).contains(&digits) || !opens_value(before) {
                continue;
            }
            let (first, _) = leading_number(rest);
            let (second, second_digits) = leading_number(&bytes[at + 1..]);
            let after = &bytes[at + 1 + second_digits..];
            if !(1..=2).contains(&second_digits) || after.first() != Some(&bytes[at]) {
                continue;
            }
            let is_year = match leading_number(&after[1..]) {
                (_, 2) => bytes[at] == b'/',
                (year, 4) => (1605..2200).contains(&year),
                _ => false,
            };
            days += usize::from(is_year && (13..=31).contains(&first) && (1..=12).contains(&second));
            months += usize::from(is_year && (13..=31).contains(&second) && (1..=12).contains(&first));
        }
        if days > months * ORDER_WEIGHT {
            Self::DayFirst
        } else if months > days * ORDER_WEIGHT {
            Self::MonthFirst
        } else {
            Self::Unknown
        }
    }

    /// The order encoded in the header of a stream's records.
    pub(crate) fn header(self) -> Option<Arc<[u8]>> {
        Some(Arc::from([self as u8]))
    }

    /// The order for a byte.
    pub(crate) fn of_byte(byte: u8) -> Self {
        [Self::Unknown, Self::DayFirst, Self::MonthFirst].into_iter().find(|o| *o as u8 == byte).unwrap_or_default()
    }

    /// This order, or another if unknown.
    pub(crate) fn or(self, other: Self) -> Self {
        if self == Self::Unknown { other } else { self }
    }

    /// This order, or that of a language tag if unknown.
    pub(crate) fn or_of(self, language: Option<&str>) -> Self {
        self.or(language.map_or(self, Self::of_language))
    }
}

/// Whether a value can begin after these bytes.
fn opens_value(before: &[u8]) -> bool {
    match before {
        [.., b':' | b',' | b'|' | b';', b' '] => true,
        [.., last] => b"\"'>,;\t|\n[(".contains(last),
        [] => true,
    }
}

/// The number with which bytes begin, and its number of digits, of which five are read.
fn leading_number(bytes: &[u8]) -> (u32, usize) {
    let digits = bytes.iter().take(5).take_while(|byte| byte.is_ascii_digit()).count();
    (bytes[..digits].iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0')), digits)
}

/// Parses a date in a metadata value, in any form: ISO 8601, RFC 2822, `20230723T101500Z`, `July 23, 2023`, `23 juillet
/// 2023`, `23.07.2023`, `2023年7月23日`, seconds or milliseconds since 1970. A month without a day gives its first day. In
/// `03/04/2023` the month comes first unless that is impossible.
pub(crate) fn parse(text: &str) -> Option<Stated> {
    parse_of(text, Order::Unknown)
}

/// As [`parse`], with a known order of day and month.
fn parse_of(text: &str, order: Order) -> Option<Stated> {
    let text = head(text.trim());
    if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && let Some(stated) = digits(text)
    {
        return Some(stated);
    }
    let tokens = tokens(text);
    (0..tokens.len())
        .find_map(|at| Scan { tokens: &tokens, lenient: false, order }.date(at))
        .or_else(|| (0..tokens.len()).find_map(|at| Scan { tokens: &tokens, lenient: true, order }.date(at)))
        .map(|found| found.stated)
}

/// The first full date in a short line of text.
pub(crate) fn in_text(line: &str) -> Option<Stated> {
    find(line).map(|(_, stated)| stated)
}

/// As [`in_text`], with a known order of day and month.
pub(crate) fn in_text_of(line: &str, order: Order) -> Option<Stated> {
    find_of(line, order).map(|(_, stated)| stated)
}

/// The first full date in a short line of text and its byte range, with weekday and time.
pub(crate) fn find(line: &str) -> Option<(Range<usize>, Stated)> {
    find_of(line, Order::Unknown)
}

fn find_of(line: &str, order: Order) -> Option<(Range<usize>, Stated)> {
    let tokens = tokens(head(line));
    let found = (0..tokens.len()).find_map(|at| Scan { tokens: &tokens, lenient: false, order }.date(at))?;
    let (first, last) = (tokens.get(found.from)?, tokens.get(found.to.checked_sub(1)?)?);
    Some((first.bytes.start..last.bytes.end, found.stated))
}

/// The date in the path of a URL: `/2023/07/23/`, `/2023/jul/23/`, `2023-07-23`, `/20230723/`.
pub(crate) fn in_url(url: &str) -> Option<Stated> {
    let path = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = path.split_once('/')?.1;
    in_path(path.split(['?', '#']).next().unwrap_or(path))
}

/// The date in a file path, in the same forms as in URLs.
pub(crate) fn in_path(path: &str) -> Option<Stated> {
    let path = head(path);
    let tokens = tokens(path);
    let plain = |at: usize, digits: Range<usize>| {
        tokens.get(at).filter(|token| digits.contains(&token.bytes.len())).and_then(Token::number)
    };
    (0..tokens.len()).find_map(|at| {
        if let Some(day) = plain(at, 8..9).and_then(compact_day) {
            return (1980..2100).contains(&day.year()).then_some(Stated::of(day, None));
        }
        let separator = tokens.get(at + 1)?.sign()?;
        if !matches!(separator, '/' | '-' | '_') || tokens.get(at + 3)?.sign()? != separator {
            return None;
        }
        let month = plain(at + 2, 1..3).or_else(|| tokens.get(at + 2)?.month())?;
        let day = civil(plain(at, 4..5)?, month, plain(at + 4, 1..3)?)?;
        (1700..2100).contains(&day.year()).then_some(Stated::of(day, None))
    })
}

/// The stated date of publication. A date that is invalid or implausible gives a note instead.
pub(crate) fn published(
    text: &str,
    provenance: Provenance,
    context: &Context<'_>,
    notes: &mut Vec<String>,
) -> Option<Published> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let Some(stated) = parse_of(text, context.order) else {
        notes.push(format!("the date `{}` cannot be read", excerpt(text)));
        return None;
    };
    believed(stated, provenance, context, text, notes)
}

/// The first full date in a line of metadata. A date that is implausible gives a note instead.
pub(crate) fn published_in(line: &str, context: &Context<'_>, notes: &mut Vec<String>) -> Option<Published> {
    believed(in_text_of(line, context.order)?, Provenance::Metadata, context, line, notes)
}

/// The stated date, unless it is in the future or unset; then a note that quotes the text.
pub(crate) fn believed(
    stated: Stated,
    provenance: Provenance,
    context: &Context<'_>,
    text: &str,
    notes: &mut Vec<String>,
) -> Option<Published> {
    let latest = context.today.tomorrow().unwrap_or(context.today);
    if stated.day > latest {
        notes.push(format!("the date `{}` is in the future", excerpt(text)));
        return None;
    }
    let unset = stated.instant.is_some_and(|instant| instant == Timestamp::UNIX_EPOCH);
    if stated.day.year() < YEAR_MIN || unset {
        notes.push(format!("the date `{}` is an unset value", excerpt(text)));
        return None;
    }
    let provenance = if stated.ambiguous { Provenance::Ambiguous } else { provenance };
    Some(Published { day: stated.day, instant: stated.instant, provenance })
}

/// The stated date if it is believed, without a note otherwise.
pub(crate) fn plausible(stated: Stated, provenance: Provenance, context: &Context<'_>) -> Option<Published> {
    believed(stated, provenance, context, "", &mut Vec::new())
}

/// The date for a file with one article without date: from its name, or its modification time.
pub(crate) fn of_file(context: &Context<'_>, notes: &mut Vec<String>) -> Option<Published> {
    let named =
        in_path(context.path).and_then(|stated| believed(stated, Provenance::Url, context, context.path, notes));
    named.or_else(|| {
        let stated = Stated::of(context.modified?, None);
        believed(stated, Provenance::FileTime, context, &stated.day.to_string(), notes)
    })
}

/// A two-digit year in full, from 1970 to 2069.
pub(crate) fn full_year(short: u64) -> u64 {
    if short < 70 { 2000 + short } else { 1900 + short }
}

/// The number of a month by name or abbreviation in any case, in the languages of news.
pub(crate) fn month(name: &str) -> Option<u8> {
    words::month(&name.to_lowercase()).and_then(|month| u8::try_from(month).ok())
}

fn excerpt(text: &str) -> String {
    super::paragraphs::one_line(text).chars().take(60).collect()
}

fn head(text: &str) -> &str {
    &text[..text.floor_char_boundary(TEXT_BYTES_MAX)]
}

/// A value of digits only: a compact date, or seconds, milliseconds, microseconds or nanoseconds since 1970.
fn digits(text: &str) -> Option<Stated> {
    let whole = text.split('.').next().unwrap_or(text);
    if whole.len() != text.len() && !matches!(whole.len(), 9 | 10) {
        return None;
    }
    let value: i64 = whole.parse().ok()?;
    let compact = |places: u32| {
        let day = compact_day(u64::try_from(value / 10_i64.pow(places)).ok()?)?;
        Some(Stated::of(day, None))
    };
    let since = |per_second: i64| {
        let instant = Timestamp::from_second(value / per_second).ok()?;
        let part = value % per_second * (1_000_000_000 / per_second);
        let instant = Timestamp::new(instant.as_second(), i32::try_from(part).ok()?).ok()?;
        Some(Stated::of(instant.to_zoned(TimeZone::UTC).date(), Some(instant)))
    };
    match whole.len() {
        6 => compact_day(u64::try_from(value).ok()? + if value < 700_000 { 20_000_000 } else { 19_000_000 })
            .map(|day| Stated::of(day, None)),
        8 => compact(0),
        9 | 10 => since(1),
        12 => compact(4).or_else(|| since(1_000)),
        13 => since(1_000),
        14 => compact(6),
        16 => since(1_000_000),
        19 => since(1_000_000_000),
        1 if value == 0 => Some(Stated::of(Date::constant(1970, 1, 1), Some(Timestamp::UNIX_EPOCH))),
        _ => None,
    }
}

/// The day of `20230723`.
fn compact_day(value: u64) -> Option<Date> {
    civil(value / 10_000, value / 100 % 100, value % 100)
}

fn civil(year: u64, month: u64, day: u64) -> Option<Date> {
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(stated: Option<Stated>) -> String {
        let Some(Stated { day, instant, .. }) = stated else { return "-".into() };
        instant.map_or_else(|| day.to_string(), |instant| format!("{day} {instant}"))
    }

    #[test]
    fn months_may_be_roman_numerals() {
        for (text, expected) in [
            ("12.IV.1998", "1998-04-12"),
            ("12. V. 1998 r.", "1998-05-12"),
            ("1 XII 1998", "1998-12-01"),
            ("3/X/2021", "2021-10-03"),
            ("3-ii-2021", "2021-02-03"),
            ("12 v 1998", "-"),
        ] {
            assert_eq!(shown(parse(text)), expected, "{text}");
        }
    }

    #[test]
    fn dates_of_every_form_are_read() {
        for (text, expected) in [
            ("2023-07-23", "2023-07-23"),
            (" 2023-07-23T10:15:00Z ", "2023-07-23 2023-07-23T10:15:00Z"),
            ("2024-03-13T22:04:00-04:00", "2024-03-13 2024-03-14T02:04:00Z"),
            ("2023-07-23T10:15:00.123456+0200", "2023-07-23 2023-07-23T08:15:00Z"),
            ("2023-07-23 10:15:00", "2023-07-23"),
            ("2021-05-18 06:00:00 -0500", "2021-05-18 2021-05-18T11:00:00Z"),
            ("2023-07-23T10:15Z[Europe/Paris]", "2023-07-23 2023-07-23T10:15:00Z"),
            ("20230723T101500Z", "2023-07-23 2023-07-23T10:15:00Z"),
            ("20230723", "2023-07-23"),
            ("20230723101500", "2023-07-23"),
            ("2023/7/3", "2023-07-03"),
            ("1690107300", "2023-07-23 2023-07-23T10:15:00Z"),
            ("1690107300123", "2023-07-23 2023-07-23T10:15:00.123Z"),
            ("1690107300.0", "2023-07-23 2023-07-23T10:15:00Z"),
            ("Wed, 10 Feb 2021 06:10:00 +0000", "2021-02-10 2021-02-10T06:10:00Z"),
            ("Sun, 23 Jul 23 10:15:00 EST", "2023-07-23 2023-07-23T15:15:00Z"),
            ("Sun Jul 23 10:15:00 EDT 2023", "2023-07-23 2023-07-23T14:15:00Z"),
            ("Sun Jul 23 10:15:00 2023", "2023-07-23"),
            ("26-FEB-1987 15:01:01.01", "1987-02-26"),
            ("July 23, 2023", "2023-07-23"),
            ("JULY 23RD, 2023", "2023-07-23"),
            ("January 1, 1989, Sunday, Home Edition", "1989-01-01"),
            ("Published: Sunday, 23rd of July, 2023 at 10:15 p.m. GMT", "2023-07-23 2023-07-23T22:15:00Z"),
            ("Updated 10:15 AM EDT, Sun July 23, 2023", "2023-07-23 2023-07-23T14:15:00Z"),
            ("12:30 AM UTC 23 July 2023", "2023-07-23 2023-07-23T00:30:00Z"),
            ("Sept. 3, 2023", "2023-09-03"),
            ("19 March 2025", "2025-03-19"),
            ("le 1er août 2023 à 10h15", "2023-08-01"),
            ("23. Juli 2023, 10.15 Uhr", "2023-07-23"),
            ("23 de julio de 2023", "2023-07-23"),
            ("23 июля 2023 г.", "2023-07-23"),
            ("2023. július 23.", "2023-07-23"),
            ("2023年7月23日", "2023-07-23"),
            ("２０２３年７月２３日（日）", "2023-07-23"),
            ("2023년 7월 23일", "2023-07-23"),
            ("23.07.2023", "2023-07-23"),
            ("23.7.23", "2023-07-23"),
            ("07/23/2023", "2023-07-23"),
            ("23/07/2023 10:15", "2023-07-23"),
            ("03/04/2023", "2023-03-04"),
            ("03-04-2023", "2023-04-03"),
            ("Freitag, den 5. März 2021", "2021-03-05"),
            ("vendredi 5 févr. 2021", "2021-02-05"),
            ("viernes, 5 de setiembre de 2021", "2021-09-05"),
            ("venerdì 5 settembre 2021", "2021-09-05"),
            ("sexta-feira, 5 de março de 2021", "2021-03-05"),
            ("vrijdag 5 maart 2021", "2021-03-05"),
            ("piątek, 5 października 2018 r.", "2018-10-05"),
            ("5 paź 2018", "2018-10-05"),
            ("fredag den 5. oktober 2018", "2018-10-05"),
            ("fredag 5 augusti 2018", "2018-08-05"),
            ("lørdag 5. desember 2020", "2020-12-05"),
            ("2023-07", "2023-07-01"),
            ("July 2023", "2023-07-01"),
            ("910514", "1991-05-14"),
            ("2023", "-"),
            ("yesterday", "-"),
            ("2023-02-30", "-"),
            ("99999999999999999999999999", "-"),
            ("10:15", "-"),
            ("", "-"),
        ] {
            assert_eq!(shown(parse(text)), expected, "{text:?}");
        }
    }

    #[test]
    fn the_language_shows_the_order() {
        for (language, expected, sure) in [
            ("", "2018-05-10", false),
            ("en", "2018-05-10", false),
            ("en_US", "2018-05-10", true),
            ("en-GB", "2018-10-05", true),
            ("fr", "2018-10-05", true),
            ("pt-BR", "2018-10-05", true),
        ] {
            let order = Order::of_language(language);
            let stated = parse_of("05/10/2018", order);
            assert_eq!(stated.map(|s| !s.ambiguous), Some(sure), "{language}");
            assert_eq!(shown(stated), expected, "{language}");
            assert_eq!(shown(in_text_of("Em 05/10/2018", order)), expected, "{language}");
        }
        for order in [Order::Unknown, Order::DayFirst] {
            assert!(parse_of("05/23/2018", order).is_some_and(|s| !s.ambiguous && s.day.month() == 5));
        }
    }

    #[test]
    fn the_rows_of_a_file_show_the_order() {
        for (rows, order) in [
            ("date\n03/04/2023\n23/07/2023\n", Order::DayFirst),
            ("\"03/04/2023\",\"07/23/2023\"", Order::MonthFirst),
            ("<d>03-23-2023</d>", Order::MonthFirst),
            ("{\"d\": \"23/07/2023 10:15\"}", Order::DayFirst),
            ("Date: 23/07/2023", Order::DayFirst),
            ("03/04/23,23/07/23", Order::DayFirst),
            ("03/04/2023,23/07/2023,07/23/2023", Order::Unknown),
            ("on 23/07/2023 a/23/07/2023 23/07/20233 2023/07/23 23/07/23", Order::Unknown),
            ("", Order::Unknown),
            ("/-/", Order::Unknown),
        ] {
            assert_eq!(Order::of_rows(rows.as_bytes()), order, "{rows}");
        }
    }

    #[test]
    fn words_around_a_day_belong_to_it() {
        for line in ["le 14 juillet 2021", "ngày 14 tháng 7 năm 2021", "令和3年7月14日", "14 lipca 2021 r."] {
            let (bytes, _) = find(line).expect(line);
            assert_eq!(line[bytes].trim_end_matches('.'), line.trim_end_matches('.'));
        }
    }

    #[test]
    fn months_of_many_languages_are_known() {
        for (text, expected) in [
            ("14 juill. 2021", "2021-07-14"),
            ("14 set. 2021", "2021-09-14"),
            ("14 out. 2021", "2021-10-14"),
            ("14 mrt 2021", "2021-03-14"),
            ("14 lut 2021", "2021-02-14"),
            ("14 нояб. 2021", "2021-11-14"),
            ("14 февр. 2021 г.", "2021-02-14"),
            ("14 Eki 2021", "2021-10-14"),
            ("14 EKİM 2021", "2021-10-14"),
            ("14 KASIM 2021", "2021-11-14"),
            ("14 Ağu 2021", "2021-08-14"),
            ("14 Tem 2021", "2021-07-14"),
            ("2021. júl. 14.", "2021-07-14"),
            ("2021. szept. 14.", "2021-09-14"),
            ("14. kvě 2021", "2021-05-14"),
            ("14. čvc 2021", "2021-07-14"),
            ("14. Mär. 2021", "2021-03-14"),
            ("14. srpnja 2021.", "2021-07-14"),
            ("14. listopada 2021.", "2021-10-14"),
            ("14 listopada 2021", "2021-11-14"),
            ("14. septembra 2021", "2021-09-14"),
            ("14 d’octubre de 2021", "2021-10-14"),
            ("14 de xullo de 2021", "2021-07-14"),
            ("14 जुलाई 2021", "2021-07-14"),
            ("१४ अक्टूबर २०२१", "2021-10-14"),
            ("১৪ জুলাই ২০২১", "2021-07-14"),
            ("14 ביולי 2021", "2021-07-14"),
            ("ngày 14 tháng 7 năm 2021", "2021-07-14"),
            ("14 thg 7, 2021", "2021-07-14"),
            ("14 กรกฎาคม 2564", "2021-07-14"),
            ("14 ก.ค. 2564", "2021-07-14"),
            ("2021 m. liepos 14 d.", "2021-07-14"),
            ("2021. gada 14. jūlijs", "2021-07-14"),
            ("14. juuli 2021", "2021-07-14"),
            ("14. júlí 2021", "2021-07-14"),
            ("14. heinäkuuta 2021", "2021-07-14"),
            ("2021(e)ko uztailaren 14a", "2021-07-14"),
            ("١٤ يوليو ٢٠٢١", "2021-07-14"),
            ("14 يوليو/تموز 2021", "2021-07-14"),
            ("14 Ιουλίου 2021", "2021-07-14"),
            ("14 ივლისი 2021", "2021-07-14"),
            ("14 Meán Fómhair 2021", "2021-09-14"),
            ("14 fe\u{301}vrier 2021", "2021-02-14"),
            ("二〇二一年七月十四日", "2021-07-14"),
            ("令和3年7月14日", "2021-07-14"),
            ("民國110年7月14日", "2021-07-14"),
            ("令和三年七月十四日", "2021-07-14"),
            ("新华社北京二〇二一年七月二十三日电", "2021-07-23"),
            ("14 сентября 2021 года", "2021-09-14"),
            ("14 ส.ค. 64", "2021-08-14"),
            ("14º agosto 2021", "2021-08-14"),
            ("1.º de agosto de 2021", "2021-08-01"),
            ("2021ko abuztuaren 14a", "2021-08-14"),
            ("14 march of 2021", "2021-03-14"),
            ("14 mars 2021", "2021-03-14"),
            ("Thu, 32 May 2021 10:00:00 GMT", "-"),
            ("31 Feb 2021", "-"),
            ("14 ma 2021", "-"),
            ("14 ju 2021", "-"),
            ("14 juf 2021", "-"),
        ] {
            assert_eq!(shown(in_text(text)), expected, "{text}");
        }
    }

    #[test]
    fn years_of_two_digits_need_a_day_of_the_week() {
        assert_eq!(shown(in_text("Do 25.04.24 | 14:07 Uhr")), "2024-04-25");
        assert_eq!(shown(in_text("Version 1.2.24")), "-");
    }

    #[test]
    fn lines_of_text_give_full_dates_only() {
        for (line, found) in [
            ("Harbour City Chronicle - Tuesday, 30 March 2021", "Tuesday, 30 March 2021"),
            ("By X, Agency, in the Outlet, 10 December 2019", "10 December 2019"),
            ("Outlet | July 25, 2025 10:15 GMT | From wire reports", "July 25, 2025 10:15 GMT"),
            ("NORTHGATE FINANCIAL DAILY  2025-01-10", "2025-01-10"),
            ("Strait & Circuit / 2024-08-26 / Capital Wire Service", "2024-08-26"),
            ("新华社北京2023年7月23日电", "2023年7月23日"),
            ("Version 1.2.2023.4 of July", "-"),
            ("WASHINGTON, Oct 17 - The 5 of 2023", "-"),
            ("3/4/23", "-"),
            ("ISBN 978-3-16-148410-0", "-"),
        ] {
            assert_eq!(find(line).map_or("-", |(bytes, _)| &line[bytes]), found, "{line:?}");
        }
    }

    #[test]
    fn urls_have_dates() {
        for (url, expected) in [
            ("https://a.example/2023/07/23/title.html", "2023-07-23"),
            ("https://a.example/world/2023/jul/3/title", "2023-07-03"),
            ("https://a.example/2024-08-27-ibm-layoffs", "2024-08-27"),
            ("https://a.example/news/20230723/a1.html", "2023-07-23"),
            ("https://a.example/2023/07/cws-2023-0341", "-"),
            ("https://a.example/id/1234567890/99999999", "-"),
            ("https://2023-07-23.example/x?d=2023-07-23", "-"),
            ("", "-"),
        ] {
            assert_eq!(shown(in_url(url)), expected, "{url}");
        }
    }

    #[test]
    fn implausible_dates_give_a_note() {
        let fields = crate::format::FieldMap::default();
        let today = Date::constant(2026, 1, 1);
        let context = Context {
            path: "",
            modified: None,
            charset: None,
            url: None,
            fields: &fields,
            today,
            order: Order::Unknown,
        };
        for (text, note) in [
            ("2026-01-02", None),
            ("2026-01-03", Some("the date `2026-01-03` is in the future")),
            ("0001-01-01T00:00:00Z", Some("the date `0001-01-01T00:00:00Z` is an unset value")),
            ("0", Some("the date `0` is an unset value")),
            ("soon", Some("the date `soon` cannot be read")),
            ("", None),
        ] {
            let mut notes = Vec::new();
            let published = published(text, Provenance::Metadata, &context, &mut notes);
            assert_eq!(notes.first().map(String::as_str), note, "{text}");
            assert_eq!(published.is_some(), note.is_none() && !text.is_empty(), "{text}");
        }
    }
}
