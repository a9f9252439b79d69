//! Counts the articles of result sets over time.

use jiff::civil::Date;
use tantivy::DocAddress;

use super::Matches;
use crate::article::Provenance;
use crate::error::Error;
use crate::index::{Reader, date_of, days_since_1970};
use crate::query::Unit;

/// Maximum number of periods; more cannot be shown.
const PERIODS_MAX: usize = 10_000;

/// Time span in days up to which a row is a day by default.
const DAYS_BY_DAY: i64 = 62;
const DAYS_BY_WEEK: i64 = 366;
const DAYS_BY_MONTH: i64 = 10 * 366;

/// Counts by date of publication, without gaps.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline {
    /// The length of a row.
    pub unit: Unit,
    /// Periods in order.
    pub periods: Vec<Period>,
    /// Number of articles without a date, by series.
    pub undated: Vec<u64>,
    /// How many have only the date of their file, by series; they are in no period.
    pub dated_by_file: Vec<u64>,
}

/// A period.
#[derive(Debug, Clone, PartialEq)]
pub struct Period {
    /// Its first day.
    pub start: Date,
    /// Number of counted articles, by series.
    pub articles: Vec<u64>,
    /// Share of matching articles among all articles of the period, with all copies, by series; 0 if there are none.
    pub shares: Vec<f64>,
}

/// The days of publication of some articles in order, and the number of those without.
#[derive(Default)]
struct Days {
    stated: Vec<i64>,
    by_file: u64,
    undated: u64,
}

/// The unit that suits a time span.
fn unit_for(days: i64) -> Unit {
    match () {
        () if days <= DAYS_BY_DAY => Unit::Day,
        () if days <= DAYS_BY_WEEK => Unit::Week,
        () if days <= DAYS_BY_MONTH => Unit::Month,
        () => Unit::Year,
    }
}

/// Counts result sets over time, one series each. Without a unit, it is chosen by the time span.
///
/// # Errors
/// [`Error::Index`] when the index is damaged.
pub fn timeline(reader: &Reader, series: &[&Matches], unit: Option<Unit>) -> Result<Timeline, Error> {
    let segments = reader.searcher().segment_readers();
    let columns = segments.iter().map(|segment| reader.days(segment)).collect::<Result<Vec<_>, Error>>()?;
    let origins = segments.iter().map(|segment| reader.published_from(segment)).collect::<Result<Vec<_>, Error>>()?;
    let by_file = |ord: usize, doc| origins[ord].first(doc) == Some(Provenance::FileTime as u64);
    let days = |docs: &mut dyn Iterator<Item = DocAddress>| {
        let mut days = Days::default();
        for doc in docs {
            let ord = doc.segment_ord as usize;
            match columns[ord].first(doc.doc_id) {
                Some(_) if by_file(ord, doc.doc_id) => days.by_file += 1,
                Some(day) => days.stated.push(day),
                None => days.undated += 1,
            }
        }
        days.stated.sort_unstable();
        days
    };
    let of = |docs: &[DocAddress]| days(&mut docs.iter().copied());
    let counted: Vec<Days> = series.iter().map(|matches| of(&matches.counted)).collect();
    let with_copies: Vec<Days> = series.iter().map(|matches| of(&matches.all)).collect();
    let mut timeline = Timeline {
        unit: unit.unwrap_or(Unit::Day),
        periods: Vec::new(),
        undated: counted.iter().map(|days| days.undated).collect(),
        dated_by_file: counted.iter().map(|days| days.by_file).collect(),
    };
    let first = with_copies.iter().filter_map(|days| days.stated.first()).min();
    let last = with_copies.iter().filter_map(|days| days.stated.last()).max();
    let (Some(first), Some(last)) = (first, last) else { return Ok(timeline) };
    let unit = unit.unwrap_or_else(|| unit_for(last - first));
    timeline.unit = unit;
    let (Some(first_day), Some(last_day)) = (date_of(*first), date_of(*last)) else { return Ok(timeline) };
    let articles = (0..)
        .zip(segments)
        .flat_map(|(ord, segment): (u32, _)| segment.doc_ids_alive().map(move |doc| DocAddress::new(ord, doc)));
    let all = days(&mut { articles });
    let mut start = unit.start(first_day);
    while start <= last_day && timeline.periods.len() < PERIODS_MAX {
        let next = unit.after(start, 1);
        let range = days_since_1970(start)..next.map_or(i64::MAX, days_since_1970);
        let before = |days: &Days, end: i64| days.stated.partition_point(|day| *day < end) as u64;
        let sum = |days: &Days| before(days, range.end) - before(days, range.start);
        let of = sum(&all);
        let share = |matching: u64| if of > 0 { matching as f64 / of as f64 } else { 0.0 };
        timeline.periods.push(Period {
            start,
            articles: counted.iter().map(sum).collect(),
            shares: with_copies.iter().map(|days| share(sum(days))).collect(),
        });
        let Some(next) = next else { break };
        start = next;
    }
    Ok(timeline)
}
