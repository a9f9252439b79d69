//! Finds a date in the words, numbers and punctuation of a text.

use std::ops::Range;

use jiff::civil::{DateTime, Time};
use jiff::tz::Offset;

use unicode_normalization::char::is_combining_mark;

use super::words::{
    DAY_LEADS, ERAS, MONTH_WORDS, ORDINALS, PARTICLES, ROMAN, SHORT_WEEKDAYS, TIME_LEADS, YEAR_ENDS, YEAR_WORDS, ZONES,
    is_weekday, month,
};
use super::{Order, Stated, YEAR_MIN, civil, compact_day, full_year};
use crate::article::{Date, Timestamp};

/// A run of digits, a run of letters, or another character. White space only separates tokens.
#[derive(Debug)]
pub(super) struct Token {
    pub bytes: Range<usize>,
    /// Whether white space precedes it.
    spaced: bool,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Number {
        value: u64,
        digits: usize,
    },
    /// In lower case.
    Word(String),
    Sign(char),
}

impl Token {
    pub(super) fn number(&self) -> Option<u64> {
        if let Kind::Number { value, .. } = self.kind { Some(value) } else { None }
    }

    pub(super) fn sign(&self) -> Option<char> {
        if let Kind::Sign(sign) = self.kind { Some(sign) } else { None }
    }

    fn word(&self) -> Option<&str> {
        if let Kind::Word(word) = &self.kind { Some(word) } else { None }
    }

    pub(super) fn month(&self) -> Option<u64> {
        month(self.word()?)
    }
}

/// The tokens of a text in order.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::with_capacity(16);
    let mut spaced = false;
    for (at, c) in text.char_indices() {
        if c.is_whitespace() {
            spaced = true;
            continue;
        }
        let (digit, end) = (digit(c), at + c.len_utf8());
        let is_calendar_sign = CALENDAR_SIGNS.contains(&c);
        let is_letter = !is_calendar_sign && (c.is_alphabetic() || !c.is_ascii() && is_combining_mark(c));
        if let Some(token) = tokens.last_mut().filter(|token| token.bytes.end == at) {
            let is_joined = match (&mut token.kind, digit) {
                (Kind::Number { value, digits }, Some(digit)) => {
                    *value = value.saturating_mul(10).saturating_add(digit);
                    *digits += 1;
                    true
                }
                (Kind::Word(word), None) if is_letter => {
                    word.extend(c.to_lowercase());
                    true
                }
                _ => false,
            };
            if is_joined {
                token.bytes.end = end;
                continue;
            }
        }
        if is_calendar_sign {
            split_ideographs(&mut tokens);
        }
        let kind = match digit {
            Some(digit) => Kind::Number { value: digit, digits: 1 },
            None if is_letter => Kind::Word(c.to_lowercase().collect()),
            None => Kind::Sign(c),
        };
        tokens.push(Token { bytes: at..end, spaced: std::mem::take(&mut spaced), kind });
    }
    tokens
}

/// The zero digits of scripts used in news; the other nine follow each.
const ZEROS: [char; 19] =
    ['0', '٠', '۰', '߀', '०', '০', '੦', '૦', '୦', '௦', '౦', '೦', '൦', '෦', '๐', '໐', '၀', '០', '０'];

/// The value of a digit in any script.
fn digit(c: char) -> Option<u64> {
    if c.is_ascii() {
        return c.to_digit(10).map(u64::from);
    }
    let value = |zero: &char| u32::from(c).checked_sub(u32::from(*zero)).filter(|value| *value < 10);
    c.is_numeric().then(|| ZEROS.iter().find_map(value)).flatten().map(u64::from)
}

/// Converts ideographs at the end of the last word to a number.
fn split_ideographs(tokens: &mut Vec<Token>) {
    let Some(Token { bytes, spaced, kind: Kind::Word(word) }) = tokens.last_mut() else { return };
    let start = word.char_indices().rev().take_while(|(_, c)| IDEOGRAPHS.contains(*c)).last().map(|(at, _)| at);
    let Some((start, (value, digits))) = start.and_then(|start| Some((start, ideographs(&word[start..])?))) else {
        return;
    };
    let (end, spaced) = (bytes.end, *spaced && start == 0);
    let at = end - (word.len() - start);
    word.truncate(start);
    bytes.end = at;
    if start == 0 {
        tokens.pop();
    }
    tokens.push(Token { bytes: at..end, spaced, kind: Kind::Number { value, digits } });
}

/// The ideographs of numbers, from zero to ten.
const IDEOGRAPHS: &str = "〇一二三四五六七八九零十";

/// A number written in ideographs, and its number of digits: `二〇二一`, `十四`.
fn ideographs(word: &str) -> Option<(u64, usize)> {
    let value = |c| "〇一二三四五六七八九".chars().position(|known| known == c).or((c == '零').then_some(0));
    if let Some((tens, ones)) = word.split_once('十') {
        let part = |text: &str, if_empty| match ideographs(text)? {
            (_, 0) => Some(if_empty),
            (value, 1) => Some(value),
            _ => None,
        };
        return Some((part(tens, 1)? * 10 + part(ones, 0)?, 2));
    }
    let digits = word.chars().count();
    let number = word.chars().take(5).try_fold(0, |sum, c| Some(sum * 10 + value(c)? as u64))?;
    (digits <= 4).then_some((number, digits))
}

/// The characters for year, month and day in Chinese, Japanese and Korean.
const CALENDAR_SIGNS: [char; 6] = ['年', '月', '日', '년', '월', '일'];

/// Searches tokens for dates.
pub(super) struct Scan<'a> {
    pub tokens: &'a [Token],
    /// Whether months without a day and numeric dates with two-digit years are accepted.
    pub lenient: bool,
    /// The order in `05/10/2018`.
    pub order: Order,
}

/// A date and its range of tokens.
pub(super) struct Found {
    pub from: usize,
    pub to: usize,
    pub stated: Stated,
}

impl Scan<'_> {
    /// The date that begins at a token, with weekday and time around it.
    pub(super) fn date(&self, at: usize) -> Option<Found> {
        let mut ambiguous = false;
        let (day, to, clock) = self
            .numeric(at, &mut ambiguous)
            .or_else(|| self.compact(at))
            .or_else(|| self.day_month(at))
            .or_else(|| self.month_day(at))
            .or_else(|| self.year_month(at))?;
        let from = self.weekday_before(at);
        let after = clock.or_else(|| self.time_after(to));
        let (from, to, time) = match after {
            Some((time, end)) => (from, end.max(to), Some(time)),
            None => match self.time_before(from) {
                Some((time, start)) => (start, to, Some(time)),
                None => (from, to, None),
            },
        };
        let instant = time.and_then(|clock| clock.instant(day));
        Some(Found { from, to, stated: Stated { day, instant, ambiguous } })
    }

    /// `2023-07-23`, `2023年7月23日`, `23.07.2023`, `07/23/2023`.
    fn numeric(&self, at: usize, ambiguous: &mut bool) -> Option<Dated> {
        let (first, first_digits) = self.number(at)?;
        let separator = self.sign(at + 1)?;
        let (second, second_digits) = self.number(at + 2)?;
        if second_digits > 2 || first_digits > 4 {
            return None;
        }
        let era =
            at.checked_sub(1).and_then(|before| self.word(before)).filter(|_| separator == '年' && first_digits <= 3);
        let era = ERAS.iter().find(|(name, _)| era.is_some_and(|word| word.ends_with(name)));
        let first = first + era.map_or(0, |(_, before)| *before);
        let first_digits = if era.is_some() { 4 } else { first_digits };
        if matches!(separator, '年' | '년') && first_digits == 4 && matches!(self.sign(at + 3)?, '月' | '월') {
            let end = at + 5 + usize::from(matches!(self.sign(at + 5), Some('日' | '일')));
            return Some((civil(first, second, self.number(at + 4)?.0)?, end, None));
        }
        if !matches!(separator, '-' | '/' | '.' | '‑' | '–') {
            return None;
        }
        if self.sign(at + 3) != Some(separator) {
            let month = self.lenient && first_digits == 4;
            return if month { Some((civil(first, second, 1)?, at + 3, None)) } else { None };
        }
        let (third, third_digits) = self.number(at + 4)?;
        if self.sign(at + 5) == Some(separator)
            && self.number(at + 6).is_some()
            && !self.tokens[at + 6].spaced
            && separator != '-'
        {
            return None;
        }
        let (year, month, day) = match (first_digits, third_digits) {
            (4, 1 | 2) => (first, second, third),
            (1 | 2, 4) | (2, 2) => {
                if third_digits == 2 && !self.lenient && !self.is_day_line(at, at + 5, separator) {
                    return None;
                }
                let dots = separator == '.';
                let month_first = second > 12
                    || first <= 12
                        && !dots
                        && (self.order == Order::MonthFirst || self.order == Order::Unknown && separator == '/');
                *ambiguous = !dots && self.order == Order::Unknown && first <= 12 && second <= 12 && first != second;
                let (month, day) = if month_first { (first, second) } else { (second, first) };
                (if third_digits == 2 { full_year(third) } else { third }, month, day)
            }
            _ => return None,
        };
        Some((self.plausible(civil(year, month, day)?)?, at + 5, None))
    }

    /// Whether a numeric date with a two-digit year has a weekday before it or a time after it. Other such numbers are
    /// versions and results.
    fn is_day_line(&self, from: usize, to: usize, separator: char) -> bool {
        matches!(separator, '.' | '/') && (self.weekday_before(from) < from || self.time_after(to).is_some())
    }

    /// `20230723`, `20230723T101500Z`.
    fn compact(&self, at: usize) -> Option<Dated> {
        let (value, 8) = self.number(at)? else { return None };
        Some((self.plausible(compact_day(value)?)?, at + 1, None))
    }

    /// `23 July 2023`, `23rd of July, 2023`, `23-JUL-1987`, `le 1er août 2023`, `23. Juli 2023`, `23.VII.2023`.
    fn day_month(&self, at: usize) -> Option<Dated> {
        let (day, digits) = self.number(at)?;
        if digits > 2 {
            return None;
        }
        let mut next = at + 1;
        if self.is_word(next, &ORDINALS) || matches!(self.sign(next), Some('.' | '°')) {
            next += 1;
        }
        if self.sign(next - 1) == Some('.') && self.word(next).is_some_and(|word| matches!(word, "º" | "ª")) {
            next += 1;
        }
        let dotted = self.sign(next.saturating_sub(1)) == Some('.');
        let dashed = matches!(self.sign(next), Some('-' | '/'));
        next += usize::from(dashed);
        next = self.skip_particles(next);
        let (mut month, after) = self.month(next).or_else(|| self.roman(next, dotted || dashed))?;
        if dotted && self.word(next) == Some("listopada") {
            // October in Croatian, if the day has a dot; November in Polish.
            month = 10;
        }
        let thai = self.word(next).is_some_and(|word| word.starts_with(|c| ('\u{e00}'..'\u{e80}').contains(&c)));
        next = self.skip_particles(after);
        if dashed && matches!(self.sign(next), Some('-' | '/')) {
            next += 1;
        }
        let (year, mut end) = self.year(next, dashed || self.lenient || thai)?;
        // The Buddhist calendar, also with two digits.
        let year = match self.number(end - 1) {
            Some((short, 2)) if thai => 1957 + short,
            _ if thai && year > 2300 => year - 543,
            _ => year,
        };
        end += usize::from(self.is_word(end, &YEAR_ENDS));
        Some((self.plausible(civil(year, month, day)?)?, end, None))
    }

    /// `July 23, 2023`, `Sun Jul 23 10:15:00 EDT 2023`, and leniently `July 2023`.
    fn month_day(&self, at: usize) -> Option<Dated> {
        self.word(at)?;
        let plain = self.skip_particles(at + 1);
        // Words of a text are looked up only before a number.
        if self.number(plain).is_none() && self.sign(at + 1) != Some('.') && self.word(at + 1).is_none() {
            return None;
        }
        let mut next = self.skip_particles(if self.number(plain).is_some() { at + 1 } else { self.joined(at)?.1 });
        let (day, digits) = self.number(next)?;
        let (month, after) = self.month(at)?;
        if self.skip_particles(after) != next {
            return None;
        }
        if digits == 4 {
            // A number before the month is a day that does not exist.
            let numbered = at.checked_sub(1).and_then(|before| self.number(before)).is_some();
            let whole = self.lenient && !numbered;
            return if whole { Some((self.plausible(civil(day, month, 1)?)?, next + 1, None)) } else { None };
        }
        if digits > 2 {
            return None;
        }
        next += 1;
        if self.is_word(next, &ORDINALS) {
            next += 1;
        }
        if let Some((clock, after)) = self.clock(next) {
            let (year, end) = self.year(after, false)?;
            return Some((self.plausible(civil(year, month, day)?)?, end, Some((clock, end))));
        }
        let (year, end) = self.year(self.skip_particles(next), self.lenient)?;
        Some((self.plausible(civil(year, month, day)?)?, end, None))
    }

    /// `2023 July 23`, `2023-Jul-23`, `2023. július 23.`
    fn year_month(&self, at: usize) -> Option<Dated> {
        let (year, 4) = self.number(at)? else { return None };
        let skip = |at| self.skip(at, &YEAR_WORDS, &['-', '.', ',', '/', '(', ')']);
        let next = skip(at + 1);
        // `2021. gada 14. jūlijs`
        if let Some((day, 1 | 2)) = self.number(next) {
            let (month, end) = self.month(skip(next + 1))?;
            return Some((self.plausible(civil(year, month, day)?)?, end, None));
        }
        let (month, after) = self.month(next)?;
        let next = skip(after);
        let (day, 1 | 2) = self.number(next)? else { return None };
        let ending = self.word(next + 1).is_some_and(|word| word == "d" || ORDINALS.contains(&word));
        Some((self.plausible(civil(year, month, day)?)?, next + 1 + usize::from(ending), None))
    }

    /// The month at a token, and the token after it: a name, two names of one month (`يوليو/تموز`), an abbreviation
    /// with dots (`ก.ค.`), a name of two words, or a number after its word (`tháng 7`).
    fn month(&self, at: usize) -> Option<(u64, usize)> {
        let word = self.word(at)?;
        if MONTH_WORDS.contains(&word) {
            return self.number(at + 1).filter(|(_, digits)| *digits <= 2).map(|(month, _)| (month, at + 2));
        }
        let joined = || self.joined(at).and_then(|(name, end)| Some((month(&name)?, end)));
        let two_words = if self.word(at + 1).is_some() { joined() } else { None };
        if let (None, Some(month)) = (two_words, month(word)) {
            let again = self.sign(at + 1) == Some('/') && self.tokens.get(at + 2).and_then(Token::month).is_some();
            return Some((month, at + 1 + 2 * usize::from(again)));
        }
        two_words.or_else(joined)
    }

    /// A month in Roman numerals and the token after it. One letter needs punctuation before and after it.
    fn roman(&self, at: usize, is_after_sign: bool) -> Option<(u64, usize)> {
        let word = self.word(at)?;
        let month = ROMAN.iter().position(|numeral| *numeral == word)? as u64 + 1;
        let is_between = is_after_sign && matches!(self.sign(at + 1), Some('.' | '-' | '/'));
        (is_between || word.len() > 1).then_some((month, at + 1))
    }

    /// Joins two words, or two parts of an abbreviation.
    fn joined(&self, at: usize) -> Option<(String, usize)> {
        let second = at + 1 + usize::from(self.sign(at + 1) == Some('.'));
        Some((format!("{}{}", self.word(at)?, self.word(second)?), second + 1))
    }

    /// The year at a token; with two digits if expected there.
    fn year(&self, at: usize, short: bool) -> Option<(u64, usize)> {
        let (at, short) = if matches!(self.sign(at), Some('\'' | '’')) { (at + 1, true) } else { (at, short) };
        let (value, digits) = self.number(at)?;
        let clock = digits == 2 && self.sign(at + 1) == Some(':');
        match digits {
            4 => Some((value, at + 1)),
            2 if short && !clock => Some((full_year(value), at + 1)),
            _ => None,
        }
    }

    /// A day in a plausible year of a newspaper, which excludes other numbers.
    fn plausible(&self, day: Date) -> Option<Date> {
        (self.lenient || (YEAR_MIN..2200).contains(&day.year()) || day.year() == 1).then_some(day)
    }

    /// Skips words and punctuation between the parts of a date.
    fn skip_particles(&self, at: usize) -> usize {
        self.skip(at, &PARTICLES, &[',', '.', '،', '’', '\''])
    }

    /// Skips these words and this punctuation.
    fn skip(&self, at: usize, words: &[&str], signs: &[char]) -> usize {
        let is_skipped = |at: &usize| self.is_word(*at, words) || self.sign(*at).is_some_and(|c| signs.contains(&c));
        at + (at..).take_while(is_skipped).count()
    }

    fn weekday_before(&self, at: usize) -> usize {
        let mut from = at;
        while from > 0
            && (matches!(self.sign(from - 1), Some(',' | '.' | '،'))
                || self.word(from - 1).is_some_and(|word| matches!(word, "le" | "el" | "den" | "the")))
        {
            from -= 1;
        }
        let weekday = |word: &str| is_weekday(word) || SHORT_WEEKDAYS.contains(&word);
        let from = from.checked_sub(1).filter(|before| self.word(*before).is_some_and(weekday)).unwrap_or(at);
        // Words before the day belong to the date: `le 14 juillet`, `ngày 14`, `令和3年`.
        let lead = |word: &str| DAY_LEADS.contains(&word) || ERAS.iter().any(|(era, _)| *era == word);
        from.checked_sub(1).filter(|before| self.word(*before).is_some_and(lead)).unwrap_or(from)
    }

    /// A time after a date, and its end.
    fn time_after(&self, at: usize) -> Option<(Clock, usize)> {
        let next = self.skip(at, &TIME_LEADS, &[',', '-', '–', '—', '|', '·', '(']);
        self.clock(next.min(at + 3))
    }

    /// A time before a date, and its first token.
    fn time_before(&self, at: usize) -> Option<(Clock, usize)> {
        (at.saturating_sub(9)..at).find_map(|start| {
            let (clock, end) = self.clock(start)?;
            (self.skip(end, &["on"], &[',', '|', '·']).min(at) == at).then_some((clock, start))
        })
    }

    /// `10:15`, `10:15:30.5 pm EDT`, `10h15`, `101500Z`, `10 a.m.`
    fn clock(&self, at: usize) -> Option<(Clock, usize)> {
        let (first, digits) = self.number(at)?;
        let mut next = at + 1;
        let (mut hour, mut minute, mut second) = (first, 0, 0);
        let part = |at: usize| self.number(at).filter(|_| !self.tokens[at].spaced).map(|(value, _)| value);
        let mut marked = false;
        if digits == 6 || digits == 4 {
            let value = if digits == 4 { first * 100 } else { first };
            (hour, minute, second) = (value / 10_000, value / 100 % 100, value % 100);
        } else if digits <= 2 && (self.sign(next) == Some(':') || self.word(next) == Some("h")) {
            minute = part(next + 1)?;
            next += 2;
            marked = true;
            if self.sign(next) == Some(':') {
                second = part(next + 1)?;
                next += 2;
                if matches!(self.sign(next), Some('.' | ',')) && part(next + 1).is_some() {
                    next += 2;
                }
            }
        } else if digits > 2 {
            return None;
        }
        let (afternoon, after) = self.half_of_day(next);
        next = after;
        if let Some(afternoon) = afternoon {
            if !(13..24).contains(&hour) {
                hour = hour % 12 + if afternoon { 12 } else { 0 };
            }
            marked = true;
        }
        // As written in German.
        next += usize::from(marked && self.word(next) == Some("uhr"));
        let zone = self.zone(next);
        let compact = digits == 6 && self.word(at.wrapping_sub(1)) == Some("t");
        if !marked && !compact && (digits < 4 || zone.is_none()) {
            return None;
        }
        let small = |value: u64| i8::try_from(value).ok();
        let time = Time::new(small(hour)?, small(minute)?, small(second.min(59))?, 0).ok()?;
        let (offset, end) = zone.map_or((None, next), |(offset, end)| (Some(offset), end));
        Some((Clock { time, offset }, end))
    }

    /// `am`, `p.m.`: whether it is p.m.
    fn half_of_day(&self, at: usize) -> (Option<bool>, usize) {
        match self.word(at) {
            Some("am") => (Some(false), at + 1),
            Some("pm") => (Some(true), at + 1),
            Some(half @ ("a" | "p")) if self.sign(at + 1) == Some('.') && self.word(at + 2) == Some("m") => {
                (Some(half == "p"), at + 3 + usize::from(self.sign(at + 3) == Some('.')))
            }
            _ => (None, at),
        }
    }

    /// `Z`, `GMT`, `EST`, `+0200`, `-05:00`, `UTC+2`.
    fn zone(&self, at: usize) -> Option<(Offset, usize)> {
        let opened = at + usize::from(self.sign(at) == Some('('));
        let named = self.word(opened).and_then(|word| ZONES.iter().find(|(name, _)| *name == word));
        let next = if named.is_some() { opened + 1 } else { at };
        let zero = named.is_none_or(|(_, minutes)| *minutes == 0);
        let numeric = || {
            let negative = match self.sign(next)? {
                '+' => false,
                '-' | '−' | '–' => true,
                _ => return None,
            };
            let (value, digits) = self.number(next + 1)?;
            if self.tokens[next + 1].spaced {
                return None;
            }
            let colon = self.sign(next + 2) == Some(':');
            let (minutes, end) = match digits {
                4 => (value / 100 * 60 + value % 100, next + 2),
                1 | 2 if colon => (value * 60 + self.number(next + 3)?.0, next + 4),
                1 | 2 => (value * 60, next + 2),
                _ => return None,
            };
            let seconds = i32::try_from(minutes).ok().filter(|&minutes| minutes <= 14 * 60)? * 60;
            Some((Offset::from_seconds(if negative { -seconds } else { seconds }).ok()?, end))
        };
        zero.then(numeric).flatten().or_else(|| Some((Offset::from_seconds(named?.1 * 60).ok()?, next)))
    }

    fn number(&self, at: usize) -> Option<(u64, usize)> {
        if let Kind::Number { value, digits } = self.tokens.get(at)?.kind { Some((value, digits)) } else { None }
    }

    fn sign(&self, at: usize) -> Option<char> {
        self.tokens.get(at)?.sign()
    }

    fn is_word(&self, at: usize, words: &[&str]) -> bool {
        self.word(at).is_some_and(|word| words.contains(&word))
    }

    fn word(&self, at: usize) -> Option<&str> {
        self.tokens.get(at)?.word()
    }
}

/// A day, the token after it, and a time within it with the token after that.
type Dated = (Date, usize, Option<(Clock, usize)>);

/// A time and the offset of its zone.
struct Clock {
    time: Time,
    offset: Option<Offset>,
}

impl Clock {
    fn instant(&self, day: Date) -> Option<Timestamp> {
        self.offset?.to_timestamp(DateTime::from_parts(day, self.time)).ok()
    }
}
