//! Timelines, facets and typical words: as text with bars and as CSV; timelines also as SVG.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::Style;
use super::numbers::{counted, thousands};
use super::safe::safe;
use super::table::aligned;
use super::wrap::{columns, shorten};
use crate::search::views::{Facet, FacetKind, Matches, Terms, Timeline, Unit};

/// Maximum and minimum columns of a bar.
const BAR: usize = 50;
const BAR_MIN: usize = 8;

/// Maximum columns of a value in a table.
const VALUE: usize = 40;

/// Size of a chart in SVG units.
const PICTURE: (f64, f64) = (960.0, 320.0);

/// Margin around the chart.
const MARGIN: f64 = 48.0;

/// Colours of series, which are distinguishable for the colour-blind (Okabe and Ito).
const COLORS: [&str; 8] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#f0e442", "#000000"];

/// Writes a line that says what a view counts: each story once, or every copy.
///
/// # Errors
/// Those of `out`.
pub fn counted_text(out: &mut dyn Write, queries: &[&str], series: &[&Matches], copies: bool) -> io::Result<()> {
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

/// Writes a row for each period: the number of articles, their share, and a bar. Several series have columns of their
/// own, without bars.
///
/// # Errors
/// Those of `out`.
pub fn timeline_text(out: &mut dyn Write, timeline: &Timeline, queries: &[&str], style: &Style) -> io::Result<()> {
    let most = timeline.periods.iter().flat_map(|p| p.articles.first()).max().copied().unwrap_or(0).max(1);
    let several = queries.len() > 1;
    let mut rows = Vec::with_capacity(timeline.periods.len() + 1);
    if several {
        let mut heads = vec![timeline.unit.name().to_owned()];
        for query in queries {
            heads.push(shorten(&safe(query), VALUE / 2).into());
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
    let apart = [(&timeline.undated, "without a date"), (&timeline.dated_by_file, "with only the date of the file")];
    for (counts, how) in apart {
        for (query, count) in queries.iter().zip(counts).filter(|(_, count)| **count > 0) {
            let of = if several { format!(" of {}", safe(query)) } else { String::new() };
            writeln!(out, "{} {how}{of}", counted(*count, "article", "articles"))?;
        }
    }
    Ok(())
}

/// Writes a header and a row for each period, with the articles and the share of each series.
///
/// # Errors
/// Those of `out`.
pub fn timeline_csv(out: &mut dyn Write, timeline: &Timeline, queries: &[&str]) -> io::Result<()> {
    let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    let mut heads = vec![timeline.unit.name().to_owned()];
    for query in queries {
        let query = safe(query);
        heads.extend(if queries.len() > 1 {
            [format!("articles: {query}"), format!("share: {query}")]
        } else {
            ["articles".to_owned(), "share".to_owned()]
        });
    }
    table.write_record(&heads)?;
    for period in &timeline.periods {
        let mut row = vec![label(timeline, period.start)];
        for (articles, share) in period.articles.iter().zip(&period.shares) {
            row.push(articles.to_string());
            row.push(format!("{share:.6}"));
        }
        table.write_record(&row)?;
    }
    table.flush()
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

/// How many times as frequent a value is in the result set as in the archive.
fn times(facet: &Facet, matches: &Matches, archive: u64) -> f64 {
    let share = |part: u64, of: u64| part as f64 / of.max(1) as f64;
    share(facet.with_copies, matches.articles()) / share(facet.archive, archive).max(f64::MIN_POSITIVE)
}

/// Writes a row for each value: its articles, their share of the result set, and how many times as frequent it is there
/// as in the archive.
///
/// # Errors
/// Those of `out`.
pub fn facets_text(
    out: &mut dyn Write,
    facets: &[Facet],
    kind: FacetKind,
    matches: &Matches,
    archive: u64,
    shown: usize,
) -> io::Result<()> {
    let row = |facet: &Facet| {
        vec![
            match facet.value.as_deref() {
                code if kind == FacetKind::Language => code.map_or("undetermined".into(), super::statistics::language),
                value => shorten(&safe(value.unwrap_or("-")), VALUE).into(),
            },
            thousands(facet.articles),
            format!("{:.1} %", 100.0 * facet.articles as f64 / matches.counted().max(1) as f64),
            format!("{:.2} ×", times(facet, matches, archive)),
        ]
    };
    aligned(out, &facets.iter().take(shown).map(row).collect::<Vec<_>>())?;
    if facets.len() > shown {
        writeln!(out, "and {} more; `-n {}` lists them", thousands((facets.len() - shown) as u64), facets.len())?;
    }
    Ok(())
}

/// Writes a header and a row for each value.
///
/// # Errors
/// Those of `out`.
pub fn facets_csv(
    out: &mut dyn Write,
    facets: &[Facet],
    kind: FacetKind,
    matches: &Matches,
    archive: u64,
) -> io::Result<()> {
    let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    table.write_record([kind.name(), "articles", "with_copies", "archive", "times"])?;
    for facet in facets {
        table.write_record([
            &*safe(facet.value.as_deref().unwrap_or_default()),
            &facet.articles.to_string(),
            &facet.with_copies.to_string(),
            &facet.archive.to_string(),
            &format!("{:.4}", times(facet, matches, archive)),
        ])?;
    }
    table.flush()
}

/// Writes a row for each word: its share of the articles read, which are all of `articles` or a sample, and of the
/// archive.
///
/// # Errors
/// Those of `out`.
pub fn terms_text(out: &mut dyn Write, terms: &Terms, articles: u64, archive: u64) -> io::Result<()> {
    let share = |part: u64, of: u64| format!("{:.1} %", 100.0 * part as f64 / of.max(1) as f64);
    let here = match terms.articles_read {
        read if read < articles => format!("in {read} of them"),
        _ => "here".to_owned(),
    };
    let heads = vec!["word".to_owned(), here, "archive".to_owned()];
    let row = |term: &crate::search::views::TellingTerm| {
        vec![
            shorten(&safe(&term.word), VALUE).into(),
            share(term.articles, terms.articles_read),
            share(term.archive, archive),
        ]
    };
    aligned(out, &std::iter::once(heads).chain(terms.terms.iter().map(row)).collect::<Vec<_>>())
}

/// Writes a header and a row for each word.
///
/// # Errors
/// Those of `out`.
pub fn terms_csv(out: &mut dyn Write, terms: &Terms) -> io::Result<()> {
    let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    table.write_record(["word", "articles", "articles_read", "archive", "score"])?;
    for term in &terms.terms {
        let read = terms.articles_read.to_string();
        let numbers = (term.articles.to_string(), term.archive.to_string(), format!("{:.3}", term.score));
        table.write_record([&*safe(&term.word), &numbers.0, &read, &numbers.1, &numbers.2])?;
    }
    table.flush()
}

/// Writes words of the archive with their document frequency, as text.
///
/// # Errors
/// Those of `out`.
pub fn words_text(out: &mut dyn Write, words: &[(String, u64)]) -> io::Result<()> {
    let row = |(word, articles): &(String, u64)| vec![safe(word).into_owned(), thousands(*articles)];
    aligned(out, &words.iter().map(row).collect::<Vec<_>>())
}

/// As [`words_text`], as CSV.
///
/// # Errors
/// Those of `out`.
pub fn words_csv(out: &mut dyn Write, words: &[(String, u64)]) -> io::Result<()> {
    let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    table.write_record(["word", "articles"])?;
    for (word, articles) in words {
        table.write_record([&*safe(word), &articles.to_string()])?;
    }
    table.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_go_by_eighths() {
        for (share, expected) in [(0.0, ""), (1.0, "██"), (0.5, "█"), (0.25, "▌"), (0.001, "▏")] {
            assert_eq!(bar(share, 2), expected);
        }
    }
}
