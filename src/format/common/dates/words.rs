//! The words of dates besides the names of months and weekdays: particles, eras, time zones.

pub(super) use crate::article::{is_weekday, month};

/// Words after the number of a day.
pub(super) const ORDINALS: [&str; 12] = ["st", "nd", "rd", "th", "er", "ère", "o", "a", "e", "го", "º", "ª"];

/// Words between the parts of a date.
pub(super) const PARTICLES: [&str; 9] = ["of", "de", "del", "di", "do", "d", "r", "năm", "tahun"];

/// Words after a year.
pub(super) const YEAR_ENDS: [&str; 7] = ["г", "года", "году", "р", "року", "год", "r"];

/// Words before the number of a day.
pub(super) const DAY_LEADS: [&str; 8] = ["le", "el", "den", "am", "ngày", "dnia", "dne", "di"];

/// Words before a time.
pub(super) const TIME_LEADS: [&str; 11] = ["t", "at", "um", "à", "a", "kl", "om", "alle", "ore", "às", "las"];

/// The weekdays of German in two letters.
pub(super) const SHORT_WEEKDAYS: [&str; 7] = ["mo", "di", "mi", "do", "fr", "sa", "so"];

/// Words after a year at the start of a date.
pub(super) const YEAR_WORDS: [&str; 9] = ["m", "e", "g", "gada", "ж", "жылғы", "eko", "ko", "թ"];

/// The months in Roman numerals.
pub(super) const ROMAN: [&str; 12] = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"];

/// Words before the number of a month, in Vietnamese.
pub(super) const MONTH_WORDS: [&str; 2] = ["tháng", "thg"];

/// The eras of Japan and Taiwan, and the year before the first of each.
pub(super) const ERAS: [(&str, u64); 6] =
    [("令和", 2018), ("平成", 1988), ("昭和", 1925), ("大正", 1911), ("民國", 1911), ("民国", 1911)];

/// Zones that newspapers name, with their minutes east of UTC; ambiguous ones such as `IST` are left out.
pub(super) const ZONES: [(&str, i32); 27] = [
    ("z", 0),
    ("utc", 0),
    ("gmt", 0),
    ("ut", 0),
    ("wet", 0),
    ("bst", 60),
    ("west", 60),
    ("cet", 60),
    ("mez", 60),
    ("cest", 120),
    ("mesz", 120),
    ("eet", 120),
    ("sast", 120),
    ("eest", 180),
    ("msk", 180),
    ("hkt", 480),
    ("sgt", 480),
    ("jst", 540),
    ("kst", 540),
    ("aest", 600),
    ("aedt", 660),
    ("est", -300),
    ("edt", -240),
    ("cdt", -300),
    ("mst", -420),
    ("pst", -480),
    ("pdt", -420),
];
