//! `nutgraf timeline`, `facets` and `terms`: the articles of a query by date, by field and by word.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

use super::args::{AskArgs, Common, FilterArgs, RowsOutput};
use super::asking::{self, Asked};
use super::opening::{open, text_of};
use super::{Status, options, output};
use crate::error::Error;
use crate::index::Reader;
use crate::render;
use crate::search::views::{self, FacetKind, Matches, Unit};

/// Count the articles of a query over time
///
/// Prints a row for each day, week, month or year: the number of matching articles, and their share of all articles
/// published then. Copies of an article count once, on the date of the first; the share counts every copy.
///
/// Exit status: 0 if something was found, 1 if nothing was, 2 on an error.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nutgraf timeline chip export controls
  nutgraf timeline chips --with wafers --with 'lithograph*' --by month --csv > chips.csv
  nutgraf timeline 'opec w/5 cut*' --date 2019..2023 --svg opec.svg")]
pub(super) struct TimelineArgs {
    /// Words, phrases and operators
    #[arg(value_name = "WORDS", required = true)]
    words: Vec<std::ffi::OsString>,
    /// Also count this query, as another series; may be repeated
    #[arg(long, value_name = "WORDS")]
    with: Vec<String>,
    /// Time span of a row [default: chosen by the dates found]
    #[arg(long, value_enum, value_name = "UNIT")]
    by: Option<UnitArg>,
    /// Write a chart to this SVG file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    svg: Option<PathBuf>,
    #[command(flatten)]
    of: ViewArgs,
}

/// Count the articles of a query by outlet, section, author, language, year, folder or file format
///
/// Prints a row for each value: the number of matching articles, their share, and how many times as frequent the value
/// is among them as in the whole archive. Copies of an article count once.
///
/// Exit status: 0 if something was found, 1 if nothing was, 2 on an error.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nutgraf facets chip export controls --by source
  nutgraf facets flood --by year --json")]
pub(super) struct FacetsArgs {
    /// Words, phrases and operators
    #[arg(value_name = "WORDS", required = true)]
    words: Vec<std::ffi::OsString>,
    /// Field to count by
    #[arg(long, value_enum, value_name = "FACT", default_value_t = FacetArg::Source)]
    by: FacetArg,
    /// Number of rows in text output
    #[arg(long, short = 'n', value_name = "N", default_value_t = 20)]
    limit: usize,
    #[command(flatten)]
    of: ViewArgs,
}

/// List the typical words of a query's articles, or the words of the archive
///
/// Typical words are more frequent in the articles that match than in others. Prints the most typical first, with the
/// share of articles that contain them, among the matches and in the whole archive. For a large result, a sample of 500
/// articles is read.
///
/// Exit status: 0 if something was found, 1 if nothing was, 2 on an error.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nutgraf terms chip export controls
  nutgraf terms --prefix chip")]
pub(super) struct TermsArgs {
    /// Words, phrases and operators
    #[arg(value_name = "WORDS", required_unless_present = "prefix")]
    words: Vec<std::ffi::OsString>,
    /// List the words of the archive that begin with LETTERS, with the number of articles that contain them
    #[arg(long, value_name = "LETTERS", conflicts_with = "words")]
    prefix: Option<String>,
    /// Number of words to show
    #[arg(long, short = 'n', value_name = "N", default_value_t = 20)]
    limit: usize,
    #[command(flatten)]
    of: ViewArgs,
}

/// Which articles a view is of, and in which form it is printed.
#[derive(Debug, Args)]
struct ViewArgs {
    #[command(flatten)]
    ask: AskArgs,
    #[command(flatten)]
    filter: FilterArgs,
    #[command(flatten)]
    form: RowsOutput,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum UnitArg {
    Day,
    Week,
    Month,
    Year,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FacetArg {
    Source,
    Section,
    Byline,
    Language,
    Format,
    Year,
    Folder,
}

/// A query and the articles that match it.
fn found(reader: &Reader, text: String, args: &ViewArgs, common: &Common) -> anyhow::Result<(Asked, Matches)> {
    let asked = asking::asked(text, &args.ask, common)?;
    let matches = Matches::of(reader, &asked.query, &options::filter(&args.filter)?, args.filter.copies)?;
    asking::tell_cut(&matches.cut);
    Ok((asked, matches))
}

/// Tells what no article has; the exit status of a view.
fn ended(reader: &Reader, all: &[(Asked, Matches)], args: &ViewArgs) -> anyhow::Result<Status> {
    let filter = options::filter(&args.filter)?;
    all.iter().try_for_each(|(asked, _)| asking::tell_missing(reader, &asked.query, &filter))?;
    Ok(match all.iter().any(|(_, matches)| matches.articles() > 0) {
        true => Status::Done,
        false => Status::NothingFound,
    })
}

pub(super) fn timeline(args: &TimelineArgs, common: &Common) -> anyhow::Result<Status> {
    let (reader, _) = open(common)?;
    let texts = std::iter::once(text_of(&args.words)).chain(args.with.iter().cloned());
    let all = texts.map(|text| found(&reader, text, &args.of, common)).collect::<anyhow::Result<Vec<_>>>()?;
    let queries: Vec<&str> = all.iter().map(|(asked, _)| asked.text.as_str()).collect();
    let series: Vec<&Matches> = all.iter().map(|(_, matches)| matches).collect();
    let timeline = views::timeline(&reader, &series, args.by.map(|unit| Unit::ALL[unit as usize]))?;
    if let Some(path) = &args.svg {
        let failed = |source| Error::Io { action: "write", path: path.clone(), source };
        std::fs::write(path, render::timeline_svg(&timeline, &queries)).map_err(failed)?;
    }
    let (form, copies) = (&args.of.form, args.of.filter.copies);
    match () {
        () if form.json => output::data(|out| render::timeline_json(out, &timeline, &queries, &series, copies))?,
        () if form.jsonl => output::data(|out| render::timeline_jsonl(out, &timeline, &queries))?,
        () if form.csv => output::data(|out| render::timeline_csv(out, &timeline, &queries))?,
        () => output::text(common, |out| {
            render::counted_text(out, &queries, &series, copies)?;
            render::timeline_text(out, &timeline, &queries, &output::style(common))
        })?,
    }
    ended(&reader, &all, &args.of)
}

pub(super) fn facets(args: &FacetsArgs, common: &Common) -> anyhow::Result<Status> {
    let (reader, _) = open(common)?;
    let (asked, matches) = found(&reader, text_of(&args.words), &args.of, common)?;
    let kind = FacetKind::ALL[args.by as usize];
    let facets = views::facets(&reader, &matches, kind)?;
    let archive = reader.totals()?.0;
    let (form, copies) = (&args.of.form, args.of.filter.copies);
    match () {
        () if form.json => output::data(|out| render::facets_json(out, &facets, kind, &asked.text, &matches, archive))?,
        () if form.jsonl => output::data(|out| render::facets_jsonl(out, &facets))?,
        () if form.csv => output::data(|out| render::facets_csv(out, &facets, kind, &matches, archive))?,
        () => output::text(common, |out| {
            render::counted_text(out, &[&asked.text], &[&matches], copies)?;
            render::facets_text(out, &facets, kind, &matches, archive, args.limit)
        })?,
    }
    ended(&reader, &[(asked, matches)], &args.of)
}

pub(super) fn terms(args: &TermsArgs, common: &Common) -> anyhow::Result<Status> {
    let (reader, _) = open(common)?;
    let form = &args.of.form;
    if let Some(prefix) = &args.prefix {
        let words = views::words_with_prefix(&reader, prefix, args.limit)?;
        match () {
            () if form.json => output::data(|out| render::words_json(out, &words))?,
            () if form.jsonl => output::data(|out| render::words_jsonl(out, &words))?,
            () if form.csv => output::data(|out| render::words_csv(out, &words))?,
            () => output::text(common, |out| render::words_text(out, &words))?,
        }
        return Ok(if words.is_empty() { Status::NothingFound } else { Status::Done });
    }
    let (asked, matches) = found(&reader, text_of(&args.words), &args.of, common)?;
    let terms = views::terms(&reader, &matches, args.limit)?;
    let archive = reader.totals()?.0;
    match () {
        () if form.json => output::data(|out| render::terms_json(out, &terms, &asked.text, &matches, archive))?,
        () if form.jsonl => output::data(|out| render::terms_jsonl(out, &terms))?,
        () if form.csv => output::data(|out| render::terms_csv(out, &terms))?,
        () => output::text(common, |out| {
            render::counted_text(out, &[&asked.text], &[&matches], args.of.filter.copies)?;
            render::terms_text(out, &terms, archive)
        })?,
    }
    ended(&reader, &[(asked, matches)], &args.of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_in_the_order_of_what_they_stand_for() {
        let name = |value: &dyn Fn() -> Option<clap::builder::PossibleValue>| value().map(|v| v.get_name().to_owned());
        for (arg, unit) in UnitArg::value_variants().iter().zip(Unit::ALL) {
            assert_eq!(name(&|| arg.to_possible_value()).as_deref(), Some(unit.name()));
        }
        for (arg, kind) in FacetArg::value_variants().iter().zip(FacetKind::ALL) {
            assert_eq!(name(&|| arg.to_possible_value()).as_deref(), Some(kind.name()));
        }
    }
}
