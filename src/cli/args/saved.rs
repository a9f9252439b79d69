//! Arguments of `saved`.

use std::ffi::OsString;

use clap::{Args, Subcommand};

use super::output::Output;

/// Save queries, and show their new matches
///
/// `run` shows only articles that earlier runs did not find.
///
/// Exit status of `run`: 0 if something is new, 1 if nothing is, 2 on an error.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nutgraf saved add sanctions 'sanction* w/10 russia'
  nutgraf index --quiet; nutgraf saved run sanctions | mail -E -s news me@example.org
  nutgraf saved list")]
pub(in crate::cli) struct SavedArgs {
    #[command(subcommand)]
    pub(in crate::cli) action: SavedAction,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum SavedAction {
    /// Save a query for this index, replacing any of the same name
    Add {
        /// Name of the query
        name: String,
        /// Words, phrases and operators
        #[arg(required = true, value_name = "WORDS")]
        words: Vec<OsString>,
    },
    /// Show the new matches of one saved query, or of all
    Run {
        /// Name of the query [default: all]
        name: Option<String>,
        #[command(flatten)]
        output: Output,
    },
    /// List saved queries
    List,
    /// Remove a saved query
    Remove {
        /// Name of the query
        name: String,
    },
}
