//! Arguments of `browse`.

use std::ffi::OsString;

use clap::Args;

use super::query::{FilterArgs, RankingArgs, SortBy};

/// Search as you type
///
/// Shows passages, the selected article with its matches highlighted, the outlets, languages and years of the result,
/// and a timeline. Tab marks articles, Enter prints their locations, `?` shows all keys.
///
/// Exit status: 0 if a location was printed, 2 on an error, 130 after Esc or Ctrl-C.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nutgraf show \"$(nutgraf browse export controls)\"
  nutgraf browse -0 --source reuters --from 2023 | xargs -0 -n 1 nutgraf open")]
pub(in crate::cli) struct BrowseArgs {
    /// The initial query
    pub(in crate::cli) words: Vec<OsString>,
    /// Number of articles to list
    #[arg(long, short = 'n', value_name = "N", default_value_t = 50)]
    pub(in crate::cli) limit: usize,
    /// End each location with a NUL character, for `xargs -0`
    #[arg(long, short = '0')]
    pub(in crate::cli) null: bool,
    /// Sort order of hits
    #[arg(long, value_enum, value_name = "ORDER", default_value_t = SortBy::Relevance)]
    pub(in crate::cli) sort: SortBy,
    #[command(flatten)]
    pub(in crate::cli) ranking: RankingArgs,
    #[command(flatten)]
    pub(in crate::cli) filter: FilterArgs,
}
