//! Timelines, in every form, and as a chart.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde_json::{Value, json};

use super::listing::{Listing, Rows};
use super::numbers::{counted, thousands};
use super::safe::safe;
use super::safe_json::{merged, write_each};
use super::table::aligned;
use super::wrap::{columns, shorten};
use super::{JSON_SCHEMA, Style};
use crate::search::views::{Matches, Period, Timeline, Unit};

/// Maximum and minimum columns of a bar.
const BAR: usize = 50;
const BAR_MIN: usize = 8;

/// Maximum columns of a query in a table.
const QUERY: usize = 20;

/// Size of a chart in SVG units.
const PICTURE: (f64, f64) = (960.0, 320.0);

/// Margin around the chart.
const MARGIN: f64 = 48.0;

/// Colours of series, which are distinguishable for the colour-blind (Okabe and Ito).
const COLORS: [&str; 8] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#f0e442", "#000000"];

/// A timeline of one or several queries.
#[derive(Debug, Clone, Copy)]
pub struct TimelineList<'a> {
    /// The timeline.
    pub timeline: &'a Timeline,
    /// The queries of its series.
    pub queries: &'a [&'a str],
    /// The articles of each series.
    pub matches: &'a [&'a Matches],
    /// Whether every copy is counted.
    pub copies: bool,
}

impl Listing for TimelineList<'_> {
    /// Writes a row for each period: the number of articles, their share, and a bar. Several series have columns of
    /// their own, without bars.
    fn text(&self, out: &mut dyn Write, style: &Style) -> io::Result<()> {
        let Self { timeline, queries, .. } = *self;
        counted_text(out, queries, self.matches, self.copies)?;
        let most = timeline.periods.iter().flat_map(|p| p.articles.first()).max().copied().unwrap_or(0).max(1);
        let several = queries.len() > 1;
        let mut rows = Vec::with_capacity(timeline.periods.len() + 1);
        if several {
            let mut heads = vec![timeline.unit.name().to_owned()];
            for query in queries {
                heads.push(shorten(&safe(query), QUERY).into());
                heads.push("share".to_owned());
            }
            rows.push(heads);
        }
        for period in &timeline.periods {
            let mut row = vec![label(timeline, period.start)];
            for (articles, share) in period.articles.iter().zip(&period.shares) {
                row.push(thousands(*articles));
                row.push(format!("{:.1} %", share * 100.0));
            }
            rows.push(row);
        }
        let mut table = Vec::new();
        aligned(&mut table, &rows)?;
        let table = String::from_utf8_lossy(&table);
        let room = style.width.saturating_sub(table.lines().map(columns).max().unwrap_or(0) + 2).min(BAR);
        for (line, period) in table.lines().zip(&timeline.periods) {
            match period.articles.first() {
                Some(articles) if !several && room >= BAR_MIN => {
                    writeln!(out, "{}", format!("{line}  {}", bar(*articles as f64 / most as f64, room)).trim_end())?;
                }
                _ => writeln!(out, "{line}")?,
            }
        }
        if several && let Some(last) = table.lines().nth(timeline.periods.len()) {
            writeln!(out, "{last}")?;
        }
        let apart =
            [(&timeline.undated, "without a date"), (&timeline.dated_by_file, "with only the date of the file")];
        for (counts, how) in apart {
            for (query, count) in queries.iter().zip(counts).filter(|(_, count)| **count > 0) {
                let of = if several { format!(" of {}", safe(query)) } else { String::new() };
                writeln!(out, "{} {how}{of}", counted(*count, "article", "articles"))?;
            }
        }
        Ok(())
    }

    /// Writes an object with `schema`, `unit`, `copies` (whether every copy is counted) and `series`, each with its
    /// `query`, the counted `articles`, those `with_copies`, the `undated` ones and those `dated_by_file`, and its
    /// `periods`.
    fn json(&self, out: &mut dyn Write) -> io::Result<()> {
        let timeline = self.timeline;
        let series = self.queries.iter().zip(self.matches).enumerate().map(|(at, (query, matches))| {
            json!({
                "query": query,
                "articles": matches.counted(),
                "with_copies": matches.articles(),
                "undated": timeline.undated.get(at).copied().unwrap_or(0),
                "dated_by_file": timeline.dated_by_file.get(at).copied().unwrap_or(0),
                "periods": timeline.periods.iter().map(|period| of_series(period, at)).collect::<Vec<_>>(),
            })
        });
        let object = json!({
            "schema": JSON_SCHEMA,
            "unit": timeline.unit.name(),
            "copies": self.copies,
            "series": series.collect::<Vec<_>>(),
        });
        write_each(out, std::iter::once(object), "\n")
    }

    /// An object for each period of each series: `query`, `start`, `articles`, `share`.
    fn rows(&self) -> Rows<'_> {
        let series = self.queries.iter().enumerate();
        Box::new(series.flat_map(|(at, query)| {
            let periods = self.timeline.periods.iter();
            periods.map(move |period| merged([json!({ "query": query }), of_series(period, at)]))
        }))
    }

    fn header(&self) -> Vec<String> {
        let of_query = |query: &&str| match self.queries.len() {
            1 => ["articles".to_owned(), "share".to_owned()],
            _ => [format!("articles: {query}"), format!("share: {query}")],
        };
        std::iter::once(self.timeline.unit.name().to_owned()).chain(self.queries.iter().flat_map(of_query)).collect()
    }

    /// A row for each period, with the articles and the share of each series.
    fn cells(&self) -> Rows<'_> {
        let header = self.header();
        Box::new(self.timeline.periods.iter().map(move |period| {
            let figures = period.articles.iter().zip(&period.shares);
            let figures = figures.flat_map(|(articles, share)| [articles.to_string(), format!("{share:.6}")]);
            let cells = std::iter::once(label(self.timeline, period.start)).chain(figures);
            header.iter().cloned().zip(cells.map(Value::from)).collect()
        }))
    }
}

/// A period of one series.
fn of_series(period: &Period, series: usize) -> Value {
    json!({
        "start": period.start.to_string(),
        "articles": period.articles.get(series).copied().unwrap_or(0),
        "share": (period.shares.get(series).copied().unwrap_or(0.0) * 1e6).round() / 1e6,
    })
}

/// Writes the number of counted articles of each query: each story once, or every copy.
pub(super) fn counted_text(out: &mut dyn Write, queries: &[&str], series: &[&Matches], copies: bool) -> io::Result<()> {
    for (query, matches) in queries.iter().zip(series) {
        let articles = counted(matches.counted(), "article", "articles");
        let rest = match matches.articles() - matches.counted() {
            0 if copies => ", each copy counted".to_owned(),
            0 => String::new(),
            rest => format!("; {} not counted", counted(rest, "copy", "copies")),
        };
        writeln!(out, "{}: {articles}{rest}", safe(query))?;
    }
    Ok(())
}

fn label(timeline: &Timeline, start: jiff::civil::Date) -> String {
    match timeline.unit {
        Unit::Day | Unit::Week => start.to_string(),
        Unit::Month => start.strftime("%Y-%m").to_string(),
        Unit::Year => start.strftime("%Y").to_string(),
    }
}

/// A bar for a share, drawn in eighths of a column.
fn bar(share: f64, width: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = (share * (width * 8) as f64).round() as usize;
    let least = usize::from(share > 0.0);
    let eighths = eighths.max(least);
    "█".repeat(eighths / 8) + EIGHTHS[eighths % 8]
}

/// A chart of a timeline as SVG: a line for each series, with its name.
pub fn timeline_svg(timeline: &Timeline, queries: &[&str]) -> String {
    let (width, height) = PICTURE;
    let most = timeline.periods.iter().flat_map(|p| &p.articles).max().copied().unwrap_or(0).max(1);
    let x = |at: usize| MARGIN + (width - 2.0 * MARGIN) * at as f64 / (timeline.periods.len().max(2) - 1) as f64;
    let y = |articles: u64| height - MARGIN - (height - 2.0 * MARGIN) * articles as f64 / most as f64;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" \
         font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
         <path d=\"M{MARGIN} {MARGIN}V{bottom}H{right}\" fill=\"none\" stroke=\"#888\"/>\n\
         <text x=\"4\" y=\"{MARGIN}\">{most}</text>\n",
        bottom = height - MARGIN,
        right = width - MARGIN,
    );
    for (place, anchor) in [(0, "start"), (timeline.periods.len().saturating_sub(1), "end")] {
        if let Some(period) = timeline.periods.get(place) {
            let (x, label) = (x(place), label(timeline, period.start));
            let _ = writeln!(svg, "<text x=\"{x:.1}\" y=\"{}\" text-anchor=\"{anchor}\">{label}</text>", height - 30.0);
        }
    }
    for (at, (query, color)) in queries.iter().zip(COLORS.iter().cycle()).enumerate() {
        let points = timeline.periods.iter().enumerate().map(|(place, period)| {
            let articles = period.articles.get(at).copied().unwrap_or(0);
            format!("{:.1},{:.1}", x(place), y(articles))
        });
        let points = points.collect::<Vec<_>>().join(" ");
        let name = safe(query).replace('&', "&amp;").replace('<', "&lt;");
        let _ = writeln!(svg, "<polyline points=\"{points}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"2\"/>");
        let _ = writeln!(svg, "<text x=\"{MARGIN}\" y=\"{}\" fill=\"{color}\">{name}</text>", 16.0 + 15.0 * at as f64);
    }
    svg + "</svg>\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_drawn_in_eighths() {
        for (share, expected) in [(0.0, ""), (1.0, "██"), (0.5, "█"), (0.25, "▌"), (0.001, "▏")] {
            assert_eq!(bar(share, 2), expected);
        }
    }
}
