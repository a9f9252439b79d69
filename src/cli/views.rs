//! `nutgraf timeline`, `facets` and `terms`: the articles of a query by date, by field and by word.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

use super::args::{AskArgs, Common, FilterArgs};
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
    ask: AskArgs,
    #[command(flatten)]
    filter: FilterArgs,
    #[command(flatten)]
    form: FormArgs,
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
    ask: AskArgs,
    #[command(flatten)]
    filter: FilterArgs,
    #[command(flatten)]
    form: FormArgs,
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
    ask: AskArgs,
    #[command(flatten)]
    filter: FilterArgs,
    #[command(flatten)]
    form: FormArgs,
}

/// Output options of views.
#[derive(Debug, Args)]
#[group(multiple = false)]
struct FormArgs {
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    /// Print a table as CSV
    #[arg(long)]
    csv: bool,
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

fn matches(reader: &Reader, asked: &Asked, filter: &FilterArgs) -> Result<Matches, Error> {
    Matches::of(reader, &asked.query, &options::filter(filter)?, filter.copies)
}

fn status(matches: &[Matches]) -> Status {
    match matches.iter().any(|matches| matches.articles() > 0) {
        true => Status::Done,
        false => Status::NothingFound,
    }
}

pub(super) fn timeline(args: &TimelineArgs, common: &Common) -> anyhow::Result<Status> {
    let (reader, _) = open(common)?;
    let texts = std::iter::once(text_of(&args.words)).chain(args.with.iter().cloned());
    let asked: Vec<Asked> = texts.map(|text| asking::asked(text, &args.ask, common)).collect::<Result<_, _>>()?;
    let found: Vec<Matches> =
        asked.iter().map(|asked| matches(&reader, asked, &args.filter)).collect::<Result<_, _>>()?;
    let unit = args.by.map(|unit| Unit::ALL[unit as usize]);
    let timeline = views::timeline(&reader, &found, unit)?;
    let queries: Vec<&str> = asked.iter().map(|asked| asked.text.as_str()).collect();
    if let Some(path) = &args.svg {
        let failed = |source| Error::Io { action: "write", path: path.clone(), source };
        std::fs::write(path, render::timeline_svg(&timeline, &queries)).map_err(failed)?;
    }
    output::data(|out| match () {
        () if args.form.json => render::timeline_json(out, &timeline, &queries, &found, args.filter.copies),
        () if args.form.csv => render::timeline_csv(out, &timeline, &queries),
        () => {
            render::counted_text(out, &queries, &found, args.filter.copies)?;
            render::timeline_text(out, &timeline, &queries, &output::style(common))
        }
    })?;
    asked.iter().try_for_each(|asked| asking::tell_missing(&reader, &asked.query, &options::filter(&args.filter)?))?;
    Ok(status(&found))
}

pub(super) fn facets(args: &FacetsArgs, common: &Common) -> anyhow::Result<Status> {
    let (reader, _) = open(common)?;
    let asked = asking::asked(text_of(&args.words), &args.ask, common)?;
    let found = matches(&reader, &asked, &args.filter)?;
    let kind = FacetKind::ALL[args.by as usize];
    let facets = views::facets(&reader, &found, kind)?;
    let archive = reader.totals()?.0;
    output::data(|out| match () {
        () if args.form.json => render::facets_json(out, &facets, kind, &asked.text, &found, archive),
        () if args.form.csv => render::facets_csv(out, &facets, kind, &found, archive),
        () => {
            render::counted_text(out, &[&asked.text], std::slice::from_ref(&found), args.filter.copies)?;
            render::facets_text(out, &facets, kind, &found, archive, args.limit)
        }
    })?;
    asking::tell_missing(&reader, &asked.query, &options::filter(&args.filter)?)?;
    Ok(status(&[found]))
}

pub(super) fn terms(args: &TermsArgs, common: &Common) -> anyhow::Result<Status> {
    let (reader, _) = open(common)?;
    if let Some(prefix) = &args.prefix {
        let words = views::words_with_prefix(&reader, prefix, args.limit)?;
        output::data(|out| match () {
            () if args.form.json => render::words_json(out, &words),
            () if args.form.csv => render::words_csv(out, &words),
            () => render::words_text(out, &words),
        })?;
        return Ok(if words.is_empty() { Status::NothingFound } else { Status::Done });
    }
    let asked = asking::asked(text_of(&args.words), &args.ask, common)?;
    let found = matches(&reader, &asked, &args.filter)?;
    let terms = views::terms(&reader, &found, args.limit)?;
    let archive = reader.totals()?.0;
    output::data(|out| match () {
        () if args.form.json => render::terms_json(out, &terms, &asked.text, &found, archive),
        () if args.form.csv => render::terms_csv(out, &terms),
        () => {
            render::counted_text(out, &[&asked.text], std::slice::from_ref(&found), args.filter.copies)?;
            render::terms_text(out, &terms, archive)
        }
    })?;
    asking::tell_missing(&reader, &asked.query, &options::filter(&args.filter)?)?;
    Ok(status(&[found]))
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
