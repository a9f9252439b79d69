//! The names of months and weekdays in a hundred languages.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The names, from Unicode's CLDR: a line for each language, with columns for the language, the months from January, and
/// the weekdays from Monday. A month has its full names, a bar, and its abbreviations. If a word is the name of different
/// months in two languages, the first line applies. A test writes the table.
const TABLE: &str = include_str!("calendar.tsv");

/// Forms that newspapers use and CLDR does not have.
const OTHERS: [(&str, u8); 4] = [("maerz", 3), ("mrz", 3), ("setiembre", 9), ("decembre", 12)];

/// Minimum length of the beginning of a month's name.
const ABBREVIATION_CHARS_MIN: usize = 3;

/// Minimum length of a name, and maximum length of an ending after it.
const NAME_CHARS_MIN: usize = 5;
const ENDING_CHARS_MAX: usize = 4;

struct Names {
    /// All names and abbreviations in lower case, without dots and blanks.
    months: HashMap<&'static str, u8>,
    /// The full names, sorted, to find unknown abbreviations.
    full: Vec<(&'static str, u8)>,
    weekdays: HashSet<&'static str>,
}

static NAMES: LazyLock<Names> = LazyLock::new(|| {
    let mut names = Names { months: HashMap::from(OTHERS), full: Vec::new(), weekdays: HashSet::new() };
    for line in TABLE.lines() {
        let mut columns = line.split('\t').skip(1);
        for (month, column) in (1..=12).zip(&mut columns) {
            let (full, short) = column.split_once('|').unwrap_or((column, ""));
            names.full.extend(full.split_ascii_whitespace().map(|name| (name, month)));
            for name in full.split_ascii_whitespace().chain(short.split_ascii_whitespace()) {
                names.months.entry(name).or_insert(month);
            }
        }
        names.weekdays.extend(columns.flat_map(str::split_ascii_whitespace));
    }
    names.full.sort_unstable();
    names
});

/// A word as it is looked up: composed, in lower case, without dots and blanks.
fn key(word: &str) -> String {
    let is_left_out = |c: &char| matches!(c, '.' | ' ' | '\u{a0}' | '\u{307}' | '\u{200e}');
    word.nfc().flat_map(char::to_lowercase).filter(|c| !is_left_out(c)).collect()
}

/// The number of the month with this name in lower case. The name may be abbreviated, if only one month begins with it,
/// or have an ending.
pub fn month(word: &str) -> Option<u64> {
    // Avoids reading the table for most archives.
    const ENGLISH: [&str; 12] = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
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
    // In Hebrew, a preposition is joined to the name.
    let found = known(word).or_else(|| known(word.strip_prefix('ב')?)).or_else(|| {
        let count = word.chars().count();
        if count < ABBREVIATION_CHARS_MIN {
            return None;
        }
        let from = names.full.partition_point(|(name, _)| *name < word);
        let mut begun =
            names.full[from..].iter().take_while(|(name, _)| name.starts_with(word)).map(|(_, month)| *month);
        if let Some(month) = begun.next() {
            return begun.all(|other| other == month).then_some(month);
        }
        let ends = word.char_indices().rev().take(ENDING_CHARS_MAX.min(count.saturating_sub(NAME_CHARS_MIN)));
        ends.map(|(end, _)| &word[..end])
            .find_map(|stem| names.full.binary_search_by(|(name, _)| (*name).cmp(stem)).ok().map(|at| names.full[at].1))
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

#[cfg(test)]
mod tests {
    use icu_calendar::{Date, Gregorian};
    use icu_datetime::fieldsets::enums::DateFieldSet;
    use icu_datetime::pattern::{DateTimePattern, FixedCalendarDateTimeNames, MonthNameLength, WeekdayNameLength};
    use icu_locale_core::Locale;
    use writeable::TryWriteable;

    use super::*;

    /// The languages of the table, as named in CLDR, and regions whose words differ.
    const LANGUAGES: &str = "en es pt fr de it ru pl uk tr nl id vi fa ar ar-MA ar-IQ ar-DZ hi bn ur th cs ro sv el hu \
        da nb nn no fi he bg sk hr sr sr-Latn sl bs mk lt lv et ca gl eu ga cy is mt sq az be hy ka kk ky mn uz tg tk \
        ta te ml kn mr gu pa or si ne as my km lo ms fil sw af zu xh am ti so ha yo ig rw ps ckb ku sd ug lb fo fy gd \
        br de-AT fr-CA pt-PT es-MX es-UY yue zh ja ko";

    /// The name of a month, or of a weekday of March, in a language.
    fn name(language: &str, pattern: &str, month: u8, day: u8) -> Option<String> {
        let locale: Locale = language.parse().ok()?;
        let mut names = FixedCalendarDateTimeNames::<Gregorian, DateFieldSet>::try_new(locale.into()).ok()?;
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
    }

    /// The different names that some patterns give.
    fn names(language: &str, patterns: [&str; 2], month: u8, day: u8) -> Vec<String> {
        let mut names: Vec<String> =
            patterns.iter().filter_map(|pattern| name(language, pattern, month, day)).collect();
        // Capital letters lose the dot that sets `ı` apart.
        names.extend(names.clone().into_iter().filter(|name| name.contains('ı')).map(|name| name.replace('ı', "i")));
        names.dedup();
        names
    }

    fn line(language: &str) -> String {
        let month = |month| {
            let [full, short] = [["MMMM", "LLLL"], ["MMM", "LLL"]].map(|names_of| names(language, names_of, month, 1));
            format!("{}|{}", full.join(" "), short.join(" "))
        };
        let weekday = |day| {
            let mut names = names(language, ["EEEE", "EEE"], 3, day);
            // Too many other words have two letters.
            names.retain(|name| name.chars().count() > 2 || !name.is_ascii());
            names.join(" ")
        };
        let columns = std::iter::once(language.to_owned()).chain((1..=12).map(month)).chain((1..=7).map(weekday));
        columns.collect::<Vec<_>>().join("\t") + "\n"
    }

    /// Set `NUTGRAF_WRITE` to write the table.
    #[test]
    fn the_table_has_the_names_of_cldr() {
        let table: String = LANGUAGES.split_ascii_whitespace().map(line).collect();
        if std::env::var_os("NUTGRAF_WRITE").is_some() {
            let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/article/calendar.tsv");
            std::fs::write(path, &table).unwrap();
        }
        assert!(table == TABLE, "`NUTGRAF_WRITE=1 cargo test the_table_has` writes the table");
    }
}
