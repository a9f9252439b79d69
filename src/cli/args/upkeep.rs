//! Arguments of maintaining an index: `stats`, `skipped`, `check`, `optimize`, `bundle`, `unbundle`; and completion scripts.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use clap_complete::Shell;

use super::output::RowsOutput;

/// Show statistics of the index: articles, outlets, years, languages, size
#[derive(Debug, Args)]
pub(in crate::cli) struct StatsArgs {
    #[command(flatten)]
    pub(in crate::cli) output: RowsOutput,
}

/// List what could not be indexed, and why
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nutgraf skipped
  nutgraf skipped --jsonl | jq -r 'select(.reason == \"encrypted\") | .file'")]
pub(in crate::cli) struct SkippedArgs {
    #[command(flatten)]
    pub(in crate::cli) output: RowsOutput,
    /// Print only the number of skips
    #[arg(long, short, conflicts_with_all = ["jsonl", "csv"])]
    pub(in crate::cli) count: bool,
}

/// Verify the index, and repair it with `--repair`
///
/// Verifies the checksum of every index file, compares columns, words and texts with each other, and analyses a sample
/// of the articles again. Writes nothing without `--repair`.
///
/// Exit status: 0 if the index is sound, 1 if it is damaged, 2 if it could not be checked.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nutgraf check
  nutgraf check --full --json | jq -r '.faults[].file'
  nutgraf check --repair && nutgraf index ~/archive")]
pub(in crate::cli) struct CheckArgs {
    /// Analyse every article again, not only a sample
    #[arg(long)]
    pub(in crate::cli) full: bool,
    /// Drop the damaged parts; the next `nutgraf index` reads their source files again
    #[arg(long)]
    pub(in crate::cli) repair: bool,
    /// Print one JSON object
    #[arg(long)]
    pub(in crate::cli) json: bool,
}

/// Merge the index into one segment and reclaim the space of deleted articles
///
/// Needs about as much free disk space as the index. Queries work meanwhile.
#[derive(Debug, Args)]
pub(in crate::cli) struct OptimizeArgs {
    /// Print one JSON object
    #[arg(long)]
    pub(in crate::cli) json: bool,
}

/// Pack the index into one file with checksums
///
/// The bundle contains the index and the texts of all articles, but no source files.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nutgraf bundle election.nutgraf
  nutgraf unbundle election.nutgraf ~/indexes/election
  nutgraf query turnout --index ~/indexes/election")]
pub(in crate::cli) struct BundleArgs {
    /// The bundle to create; it must not exist
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(in crate::cli) file: PathBuf,
    /// Print no progress and no summary
    #[arg(long, short)]
    pub(in crate::cli) quiet: bool,
}

/// Unpack a bundle into an index folder
#[derive(Debug, Args)]
pub(in crate::cli) struct UnbundleArgs {
    /// The bundle
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(in crate::cli) file: PathBuf,
    /// The folder to create; it must not exist [default: the bundle's name without its extension]
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(in crate::cli) folder: Option<PathBuf>,
    /// Print no progress and no summary
    #[arg(long, short)]
    pub(in crate::cli) quiet: bool,
}

/// Print a completion script for a shell
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nutgraf completions bash > ~/.local/share/bash-completion/completions/nutgraf
  nutgraf completions fish > ~/.config/fish/completions/nutgraf.fish")]
pub(in crate::cli) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub(in crate::cli) shell: Shell,
}
