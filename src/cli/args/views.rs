//! Arguments of views: `timeline`, `facets`, `terms`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueHint};

use super::output::RowsOutput;
use super::query::{AskArgs, FilterArgs};
use crate::search::views::{FacetKind, Unit};

/// Count the articles of a query over time
///
/// Prints a row for each day, week, month or year: the number of matching articles, and their share of all articles of
/// that time. Copies of an article count once, on the date of the first; the share counts every copy.
///
/// Exit status: 0 if something was found, 1 if nothing was, 2 on an error.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nutgraf timeline chip export controls
  nutgraf timeline chips --with wafers --with 'lithograph*' --by month --csv > chips.csv
  nutgraf timeline 'opec w/5 cut*' --date 2019..2023 --svg opec.svg")]
pub(in crate::cli) struct TimelineArgs {
    /// Words, phrases and operators
    #[arg(value_name = "WORDS", required = true)]
    pub(in crate::cli) words: Vec<OsString>,
    /// Also count this query, as another series; may be repeated
    #[arg(long, value_name = "WORDS")]
    pub(in crate::cli) with: Vec<String>,
    /// Time span of a row [default: depends on the dates found]
    #[arg(long, value_name = "UNIT", value_parser = one_of(&Unit::ALL, Unit::name))]
    pub(in crate::cli) by: Option<Unit>,
    /// Write a chart to this SVG file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(in crate::cli) svg: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) of: ViewArgs,
}

/// Count the articles of a query by outlet, section, author, language, year, folder or file format
///
/// Prints a row for each value: the number of matching articles, their share of the result, and the ratio of that share
/// to the value's share of the whole archive. Copies of an article count once.
///
/// Exit status: 0 if something was found, 1 if nothing was, 2 on an error.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nutgraf facets chip export controls --by source
  nutgraf facets flood --by year --json")]
pub(in crate::cli) struct FacetsArgs {
    /// Words, phrases and operators
    #[arg(value_name = "WORDS", required = true)]
    pub(in crate::cli) words: Vec<OsString>,
    /// Field to count by
    #[arg(long, value_name = "FACT", default_value = FacetKind::Source.name())]
    #[arg(value_parser = one_of(&FacetKind::ALL, FacetKind::name))]
    pub(in crate::cli) by: FacetKind,
    /// Number of rows in text output
    #[arg(long, short = 'n', value_name = "N", default_value_t = 20)]
    pub(in crate::cli) limit: usize,
    #[command(flatten)]
    pub(in crate::cli) of: ViewArgs,
}

/// List the typical words of a query's articles, or the words of the archive
///
/// Typical words are more frequent in the matching articles than in others. Prints the most typical words first, with the
/// share of articles that contain each, in the result and in the whole archive. For a large result, reads a sample of 500
/// articles.
///
/// Exit status: 0 if something was found, 1 if nothing was, 2 on an error.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nutgraf terms chip export controls
  nutgraf terms --prefix chip")]
pub(in crate::cli) struct TermsArgs {
    /// Words, phrases and operators
    #[arg(value_name = "WORDS", required_unless_present = "prefix")]
    pub(in crate::cli) words: Vec<OsString>,
    /// List the words of the archive that begin with LETTERS, with the number of articles that contain them
    #[arg(long, value_name = "LETTERS", conflicts_with = "words")]
    pub(in crate::cli) prefix: Option<String>,
    /// Number of words to show
    #[arg(long, short = 'n', value_name = "N", default_value_t = 20)]
    pub(in crate::cli) limit: usize,
    #[command(flatten)]
    pub(in crate::cli) of: ViewArgs,
}

/// Options of all views.
#[derive(Debug, Args)]
pub(in crate::cli) struct ViewArgs {
    #[command(flatten)]
    pub(in crate::cli) ask: AskArgs,
    #[command(flatten)]
    pub(in crate::cli) filter: FilterArgs,
    #[command(flatten)]
    pub(in crate::cli) form: RowsOutput,
}

/// Parses the name of one of these values.
fn one_of<T>(all: &'static [T], name: fn(T) -> &'static str) -> impl TypedValueParser<Value = T>
where
    T: Copy + Send + Sync + 'static,
{
    let of_name = move |chosen: String| all.iter().copied().find(|value| name(*value) == chosen);
    PossibleValuesParser::new(all.iter().map(|value| name(*value)))
        .map(move |chosen| of_name(chosen).expect("only these names are accepted"))
}
