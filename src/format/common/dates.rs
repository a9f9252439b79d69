//! Dates as news writes them: in metadata, in a line of text, in a web address.
//!
//! Owns every way of writing a date and the judgement whether it can be believed. Where a format keeps its dates is for
//! the format to know. Not read: years alone, relative dates (`yesterday`), calendars other than the Gregorian.

mod scan;
mod words;

use std::ops::Range;

use jiff::tz::TimeZone;

use self::scan::{Scan, Token, tokens};

use crate::article::{Date, Provenance, Published, Timestamp};
use crate::format::Context;

/// Bytes of a metadata value or a line of text that are looked at: a date with its words around is far shorter.
const TEXT_BYTES_MAX: usize = 400;

/// The oldest newspaper is of 1605; earlier years are unset values such as `0001-01-01`.
const YEAR_MIN: i16 = 1605;

/// A day as it was stated, and the moment when a time of day with its zone was stated too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stated {
    /// The calendar day in the time zone of the statement.
    pub day: Date,
    /// The moment.
    pub instant: Option<Timestamp>,
}

/// The date that a metadata value states, in any form: ISO 8601, RFC 2822, `20230723T101500Z`, `July 23, 2023`,
/// `23 juillet 2023`, `23.07.2023`, `2023年7月23日`, seconds or milliseconds since 1970. A month without a day is its
/// first day. Of `03/04/2023` the month is taken to come first unless it cannot.
pub(crate) fn parse(text: &str) -> Option<Stated> {
    parse_of(text, false)
}

/// As [`parse`]; of `03/04/2023` the day may come first.
fn parse_of(text: &str, day_first: bool) -> Option<Stated> {
    let text = head(text.trim());
    if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && let Some(stated) = digits(text)
    {
        return Some(stated);
    }
    let tokens = tokens(text);
    (0..tokens.len())
        .find_map(|at| Scan { tokens: &tokens, lenient: false, day_first }.date(at))
        .or_else(|| (0..tokens.len()).find_map(|at| Scan { tokens: &tokens, lenient: true, day_first }.date(at)))
        .map(|found| found.stated)
}

/// The first full date in a short line of text.
pub(crate) fn in_text(line: &str) -> Option<Stated> {
    find(line).map(|(_, stated)| stated)
}

/// As [`in_text`]; of `03/04/2023` the day may come first.
pub(crate) fn in_text_of(line: &str, day_first: bool) -> Option<Stated> {
    find_of(line, day_first).map(|(_, stated)| stated)
}

/// Whether `03/04/2023` is the third of April in a language: everywhere but in the United States, whose English may
/// stand there as `en` alone.
pub(crate) fn is_day_first(language: Option<&str>) -> bool {
    let language = language.unwrap_or("en").replace('_', "-").to_ascii_lowercase();
    !matches!(language.as_str(), "" | "en" | "en-us")
}

/// The first full date in a short line of text and the bytes that it takes there, with its weekday and time of day.
pub(crate) fn find(line: &str) -> Option<(Range<usize>, Stated)> {
    find_of(line, false)
}

fn find_of(line: &str, day_first: bool) -> Option<(Range<usize>, Stated)> {
    let tokens = tokens(head(line));
    let found = (0..tokens.len()).find_map(|at| Scan { tokens: &tokens, lenient: false, day_first }.date(at))?;
    let (first, last) = (tokens.get(found.from)?, tokens.get(found.to.checked_sub(1)?)?);
    Some((first.bytes.start..last.bytes.end, found.stated))
}

/// The date in the path of a web address: `/2023/07/23/`, `/2023/jul/23/`, `2023-07-23`, `/20230723/`.
pub(crate) fn in_url(url: &str) -> Option<Stated> {
    let path = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = path.split_once('/')?.1;
    in_path(path.split(['?', '#']).next().unwrap_or(path))
}

/// The date in the path of a file, written as in web addresses.
pub(crate) fn in_path(path: &str) -> Option<Stated> {
    let path = head(path);
    let tokens = tokens(path);
    let plain = |at: usize, digits: Range<usize>| {
        tokens.get(at).filter(|token| digits.contains(&token.bytes.len())).and_then(Token::number)
    };
    (0..tokens.len()).find_map(|at| {
        if let Some(day) = plain(at, 8..9).and_then(compact_day) {
            return (1980..2100).contains(&day.year()).then_some(Stated { day, instant: None });
        }
        let separator = tokens.get(at + 1)?.sign()?;
        if !matches!(separator, '/' | '-' | '_') || tokens.get(at + 3)?.sign()? != separator {
            return None;
        }
        let month = plain(at + 2, 1..3).or_else(|| tokens.get(at + 2)?.month())?;
        let day = civil(plain(at, 4..5)?, month, plain(at + 4, 1..3)?)?;
        (1700..2100).contains(&day.year()).then_some(Stated { day, instant: None })
    })
}

/// The date of publication that a text states. One that cannot be read or believed gives a note instead.
pub(crate) fn published(
    text: &str,
    provenance: Provenance,
    context: &Context<'_>,
    notes: &mut Vec<String>,
) -> Option<Published> {
    published_of(text, false, provenance, context, notes)
}

/// As [`published`]; of `03/04/2023` the day may come first.
pub(crate) fn published_of(
    text: &str,
    day_first: bool,
    provenance: Provenance,
    context: &Context<'_>,
    notes: &mut Vec<String>,
) -> Option<Published> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let Some(stated) = parse_of(text, day_first) else {
        notes.push(format!("the date `{}` cannot be read", excerpt(text)));
        return None;
    };
    believed(stated, provenance, context, text, notes)
}

/// The stated date, unless it is in the future or an unset value: then a note that quotes the text.
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
    Some(Published { day: stated.day, instant: stated.instant, provenance })
}

/// The date of a file with one article that states none: in its name, else the day on which it was last changed.
pub(crate) fn of_file(context: &Context<'_>, notes: &mut Vec<String>) -> Option<Published> {
    let named =
        in_path(context.path).and_then(|stated| believed(stated, Provenance::Url, context, context.path, notes));
    named.or_else(|| {
        let stated = Stated { day: context.modified?, instant: None };
        believed(stated, Provenance::FileTime, context, &stated.day.to_string(), notes)
    })
}

/// The number of the month with this name or abbreviation in any case, in the languages of news.
pub(crate) fn month(name: &str) -> Option<u8> {
    words::month(&name.to_lowercase()).and_then(|month| u8::try_from(month).ok())
}

fn excerpt(text: &str) -> String {
    super::paragraphs::one_line(text).chars().take(60).collect()
}

fn head(text: &str) -> &str {
    &text[..text.floor_char_boundary(TEXT_BYTES_MAX)]
}

/// A value of digits only: a compact date, or seconds, milli-, micro- or nanoseconds since 1970.
fn digits(text: &str) -> Option<Stated> {
    let whole = text.split('.').next().unwrap_or(text);
    if whole.len() != text.len() && !matches!(whole.len(), 9 | 10) {
        return None;
    }
    let value: i64 = whole.parse().ok()?;
    let compact = |places: u32| {
        let day = compact_day(u64::try_from(value / 10_i64.pow(places)).ok()?)?;
        Some(Stated { day, instant: None })
    };
    let since = |per_second: i64| {
        let instant = Timestamp::from_second(value / per_second).ok()?;
        let part = value % per_second * (1_000_000_000 / per_second);
        let instant = Timestamp::new(instant.as_second(), i32::try_from(part).ok()?).ok()?;
        Some(Stated { day: instant.to_zoned(TimeZone::UTC).date(), instant: Some(instant) })
    };
    match whole.len() {
        6 => compact_day(u64::try_from(value).ok()? + if value < 700_000 { 20_000_000 } else { 19_000_000 })
            .map(|day| Stated { day, instant: None }),
        8 => compact(0),
        9 | 10 => since(1),
        12 => compact(4).or_else(|| since(1_000)),
        13 => since(1_000),
        14 => compact(6),
        16 => since(1_000_000),
        19 => since(1_000_000_000),
        1 if value == 0 => Some(Stated { day: Date::constant(1970, 1, 1), instant: Some(Timestamp::UNIX_EPOCH) }),
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
        let Some(Stated { day, instant }) = stated else { return "-".into() };
        instant.map_or_else(|| day.to_string(), |instant| format!("{day} {instant}"))
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
    fn the_language_says_whether_the_day_comes_first() {
        for (language, expected) in [
            (None, "2018-05-10"),
            (Some("en"), "2018-05-10"),
            (Some("en_US"), "2018-05-10"),
            (Some("en-GB"), "2018-10-05"),
            (Some("fr"), "2018-10-05"),
            (Some("pt-BR"), "2018-10-05"),
        ] {
            assert_eq!(shown(parse_of("05/10/2018", is_day_first(language))), expected, "{language:?}");
            assert_eq!(shown(in_text_of("Em 05/10/2018", is_day_first(language))), expected, "{language:?}");
        }
        assert_eq!(shown(parse_of("05/23/2018", true)), "2018-05-23");
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
    fn addresses_hold_dates() {
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
    fn unbelievable_dates_leave_a_note() {
        let fields = crate::format::FieldMap::default();
        let today = Date::constant(2026, 1, 1);
        let context = Context { path: "", modified: None, charset: None, url: None, fields: &fields, today };
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
