//! The names of months and weekdays in every language of CLDR.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use icu_calendar::{Date, Gregorian};
use icu_datetime::fieldsets::enums::DateFieldSet;
use icu_datetime::pattern::{DateTimePattern, FixedCalendarDateTimeNames, MonthNameLength, WeekdayNameLength};
use icu_locale_core::Locale;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use writeable::TryWriteable;

/// The languages whose words are known, as CLDR names them. Where two have the same word for different months, the first
/// is meant; regions stand here whose words are others.
const LANGUAGES: &str = "en es pt fr de it ru pl uk tr nl id vi fa ar ar-MA ar-IQ ar-DZ hi bn ur th cs ro sv el hu \
    da nb nn no fi he bg sk hr sr sr-Latn sl bs mk lt lv et ca gl eu ga cy is mt sq az be hy ka kk ky mn uz tg tk ta te ml kn mr \
    gu pa or si ne as my km lo ms fil sw af zu xh am ti so ha yo ig rw ps ckb ku sd ug lb fo fy gd br de-AT fr-CA pt-PT es-MX \
    es-UY yue zh ja ko";

/// Forms that newspapers use and CLDR does not know.
const OTHERS: [(&str, u8); 4] = [("maerz", 3), ("mrz", 3), ("setiembre", 9), ("decembre", 12)];

/// Letters from which a word may be the beginning of a month's name.
const ABBREVIATION_CHARS_MIN: usize = 3;

/// Letters of a name from which a word may be the name with an ending, and letters of that ending.
const NAME_CHARS_MIN: usize = 5;
const ENDING_CHARS_MAX: usize = 4;

struct Names {
    /// All names and abbreviations in lower case, without points and blanks.
    months: HashMap<String, u8>,
    /// The full names in their order, by which unknown abbreviations are found.
    full: Vec<(String, u8)>,
    weekdays: HashSet<String>,
}

static NAMES: LazyLock<Names> = LazyLock::new(|| {
    let mut names = Names { months: HashMap::new(), full: Vec::new(), weekdays: HashSet::new() };
    names.months.extend(OTHERS.map(|(name, month)| (name.to_owned(), month)));
    for language in LANGUAGES.split_ascii_whitespace() {
        names.add(language);
    }
    names.full.sort();
    names
});

impl Names {
    /// Adds the words of a language.
    fn add(&mut self, language: &str) {
        let Ok(locale) = language.parse::<Locale>() else { return };
        let name = |pattern: &str, month: u8, day: u8| {
            let mut names =
                FixedCalendarDateTimeNames::<Gregorian, DateFieldSet>::try_new(locale.clone().into()).ok()?;
            match pattern {
                "MMMM" => names.include_month_names(MonthNameLength::Wide).ok()?,
                "LLLL" => names.include_month_names(MonthNameLength::StandaloneWide).ok()?,
                "MMM" => names.include_month_names(MonthNameLength::Abbreviated).ok()?,
                "LLL" => names.include_month_names(MonthNameLength::StandaloneAbbreviated).ok()?,
                "EEEE" => names.include_weekday_names(WeekdayNameLength::Wide).ok()?,
                _ => names.include_weekday_names(WeekdayNameLength::Abbreviated).ok()?,
            };
            let pattern: DateTimePattern = pattern.parse().ok()?;
            let mut text = String::new();
            // The first of March 2021 was a Monday.
            let date = Date::try_new_gregorian(2021, month, day).ok()?;
            names.with_pattern_unchecked(&pattern).format(&date).try_write_to(&mut text).ok()?.ok()?;
            let key = key(&text);
            (!key.is_empty() && !key.contains(char::is_numeric)).then_some(key)
        };
        for month in 1..=12 {
            for pattern in ["MMMM", "LLLL", "MMM", "LLL"] {
                let Some(text) = name(pattern, month, 1) else { continue };
                if pattern.len() == 4 {
                    self.full.push((text.clone(), month));
                }
                if text.contains('ı') {
                    // Capital letters lose the point that sets it apart.
                    self.months.entry(text.replace('ı', "i")).or_insert(month);
                }
                self.months.entry(text).or_insert(month);
            }
        }
        for day in 1..=7 {
            // Of two letters are many other words too.
            let told = |name: &String| name.chars().count() > 2 || !name.is_ascii();
            self.weekdays.extend(["EEEE", "EEE"].into_iter().filter_map(|pattern| name(pattern, 3, day)).filter(told));
        }
    }
}

/// A word as it is looked up: composed, in lower case, without points and blanks.
fn key(word: &str) -> String {
    word.nfc()
        .flat_map(char::to_lowercase)
        .filter(|c| !matches!(c, '.' | ' ' | '\u{a0}' | '\u{307}' | '\u{200e}'))
        .collect()
}

/// The number of the month with this name in lower case: a name or an abbreviation of any language, the beginning of one
/// name's alone, or a name with an ending.
pub fn month(word: &str) -> Option<u64> {
    // Most archives need no other words, and the table takes some milliseconds to make.
    const ENGLISH: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    if let Some(at) = ENGLISH.iter().position(|name| *name == word || word.len() == 3 && name.starts_with(word)) {
        return Some(at as u64 + 1);
    }
    let composed;
    let mut word = word;
    if word.chars().any(is_combining_mark) {
        composed = key(word);
        word = &composed;
    }
    let names = &*NAMES;
    let known = |word: &str| names.months.get(word).copied();
    // In Hebrew the month has a preposition before it.
    let found = known(word).or_else(|| known(word.strip_prefix('ב')?)).or_else(|| {
        let count = word.chars().count();
        if count < ABBREVIATION_CHARS_MIN {
            return None;
        }
        let from = names.full.partition_point(|(name, _)| name.as_str() < word);
        let mut begun =
            names.full[from..].iter().take_while(|(name, _)| name.starts_with(word)).map(|(_, month)| *month);
        if let Some(month) = begun.next() {
            return begun.all(|other| other == month).then_some(month);
        }
        let ends = word.char_indices().rev().take(ENDING_CHARS_MAX.min(count.saturating_sub(NAME_CHARS_MIN)));
        ends.map(|(end, _)| &word[..end]).find_map(|stem| {
            names.full.binary_search_by(|(name, _)| name.as_str().cmp(stem)).ok().map(|at| names.full[at].1)
        })
    });
    found.map(u64::from)
}

/// Whether a word in lower case is a weekday.
pub fn is_weekday(word: &str) -> bool {
    const ENGLISH: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let english = word.len() >= 3 && ENGLISH.iter().any(|name| name.starts_with(word));
    english
        || matches!(word, "segunda" | "terça" | "quarta" | "quinta" | "sexta" | "feira")
        || NAMES.weekdays.contains(word)
}
