//! The command line as defined for clap: names, types and help. Values are interpreted elsewhere.

use std::ffi::OsString;

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};

mod browse;
mod eval;
mod index;
mod output;
mod query;
mod saved;
mod upkeep;
mod views;

pub(super) use browse::BrowseArgs;
pub(super) use eval::EvalArgs;
pub(super) use index::{FoldersArgs, ForgetArgs, IndexArgs, ReadingArgs};
pub(super) use output::{Output, RowsOutput};
pub(super) use query::{
    AskArgs, CopiesArgs, FilterArgs, ListArgs, OpenArgs, QueryArgs, RankingArgs, ShowArgs, Side, SimilarArgs, SortBy,
};
pub(super) use saved::{SavedAction, SavedArgs};
pub(super) use upkeep::{BundleArgs, CheckArgs, CompletionsArgs, OptimizeArgs, SkippedArgs, StatsArgs, UnbundleArgs};
pub(super) use views::{FacetsArgs, TermsArgs, TimelineArgs, ViewArgs};

const WORKFLOW: &str = "\
A short tour:
  nutgraf query chip export controls --in ~/archive   index the folder, then search it
  nutgraf index ~/archive                             refresh the index
  nutgraf query '\"export controls\" china -potato'     phrase, word, exclusion
  nutgraf show 3                                      show the third hit as a whole article
  nutgraf skipped                                     list what could not be read, and why

The index is `.nutgraf` in the current folder or the nearest folder above it; `--index DIR` or
NUTGRAF_INDEX names another.";

/// Search a news archive: ranked passages from files in any news format
#[derive(Debug, Parser)]
#[command(name = "nutgraf", version, after_help = WORKFLOW, max_term_width = 100)]
pub(super) struct Cli {
    #[command(flatten)]
    pub(super) common: Common,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// The help heading of the options of every command.
const GLOBAL: &str = "Global options";

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub(super) struct Common {
    /// The index folder [default: `.nutgraf` in the current folder or the nearest above it]
    #[arg(long = "index", global = true, help_heading = GLOBAL, value_name = "DIR")]
    #[arg(env = "NUTGRAF_INDEX", hide_env_values = true, value_hint = ValueHint::DirPath)]
    pub(super) index: Option<OsString>,
    /// When to use colours
    #[arg(long, global = true, help_heading = GLOBAL, value_name = "WHEN", value_enum, default_value_t = Color::Auto)]
    pub(super) color: Color,
    /// Width of the output in columns [default: COLUMNS, or the terminal's]
    #[arg(long, global = true, help_heading = GLOBAL, value_name = "COLUMNS")]
    #[arg(value_parser = clap::value_parser!(u16).range(20..))]
    pub(super) width: Option<u16>,
    /// Do not use a pager [default: NUTGRAF_PAGER, PAGER or `less -FRX`, for long text on a terminal]
    #[arg(long, global = true, help_heading = GLOBAL)]
    pub(super) no_pager: bool,
    /// Do not read the configuration file [default: NUTGRAF_CONFIG, or `nutgraf/config` in XDG_CONFIG_HOME]
    #[arg(long, global = true, help_heading = GLOBAL)]
    pub(super) no_config: bool,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// On a terminal, unless NO_COLOR is set; CLICOLOR_FORCE forces colours
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Index(IndexArgs),
    Query(QueryArgs),
    Browse(BrowseArgs),
    Show(ShowArgs),
    Open(OpenArgs),
    Similar(SimilarArgs),
    Timeline(TimelineArgs),
    Facets(FacetsArgs),
    Terms(TermsArgs),
    Saved(SavedArgs),
    Copies(CopiesArgs),
    Stats(StatsArgs),
    Skipped(SkippedArgs),
    Folders(FoldersArgs),
    Forget(ForgetArgs),
    Check(CheckArgs),
    Optimize(OptimizeArgs),
    Bundle(BundleArgs),
    Unbundle(UnbundleArgs),
    Eval(EvalArgs),
    /// List the supported formats
    Formats,
    Completions(CompletionsArgs),
    /// Print the manual page
    ///
    /// `nutgraf man | man -l -` shows it.
    Man,
}
