//! The options that change the ranking, for `query` and `eval` alike: what is measured is what is searched.

use super::args::RankingArgs;
use super::today;
use crate::error::Error;
use crate::search::{Options, Recency};

/// Options of a search with the ranking that these arguments ask for, all others at their defaults.
///
/// # Errors
/// [`Error::Argument`] where a value cannot be understood.
pub(super) fn options(args: &RankingArgs) -> Result<Options, Error> {
    let recency = match args.recency.as_deref() {
        Some(text) => Some(Recency { half_life_days: half_life_days(text)?, today: today() }),
        None => None,
    };
    Ok(Options { feedback: !args.no_feedback, expand: args.expand, recency, ..Options::default() })
}

/// Days of `90d`, `12w`, `6m` or `2y`; a number alone is days, a month has 30 of them, a year 365.
fn half_life_days(text: &str) -> Result<f64, Error> {
    let wrong = || Error::Argument {
        what: "half-life",
        value: text.to_owned(),
        cause: "use a number above 0 with d, w, m or y, such as `90d`".into(),
    };
    let lower = text.trim().to_ascii_lowercase();
    let number = lower.trim_end_matches(|c: char| c.is_alphabetic());
    let days = match lower[number.len()..].trim_end_matches('s') {
        "" | "d" | "day" => 1.0,
        "w" | "week" => 7.0,
        "m" | "month" => 30.0,
        "y" | "year" => 365.0,
        _ => return Err(wrong()),
    };
    match number.trim().parse::<f64>() {
        Ok(number) if number.is_finite() && number > 0.0 => Ok(number * days),
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_lives_are_read_as_people_write_them() {
        for (text, days) in [
            ("90d", Some(90.0)),
            ("90", Some(90.0)),
            ("2 weeks", Some(14.0)),
            ("1.5Y", Some(547.5)),
            ("6m", Some(180.0)),
            ("0d", None),
            ("-3d", None),
            ("d", None),
            ("infd", None),
            ("5 parsecs", None),
            ("", None),
        ] {
            assert_eq!(half_life_days(text).ok(), days, "{text}");
        }
    }
}
