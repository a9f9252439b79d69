//! Measuring the ranking: `eval`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::query::RankingArgs;

/// Measure the ranking on judged topics, or write a TREC run
///
/// TOPICS is a file of `id TAB query` lines or TREC `<top>` records. Without `--qrels` and `--run`, prints the run.
/// TOPICS can also be collections: folders with `topics.tsv`, `qrels.txt` and articles. They are indexed first.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nutgraf eval topics.tsv --qrels qrels.txt
  nutgraf eval topics.tsv --qrels qrels.txt --no-feedback --compare before.run
  nutgraf eval topics.tsv > before.run
  nutgraf eval collections/* --indexes ~/.cache/eval --json")]
pub(in crate::cli) struct EvalArgs {
    /// A file of topics, or folders with `topics.tsv`, `qrels.txt` and articles
    #[arg(required = true, value_name = "TOPICS", value_hint = ValueHint::AnyPath)]
    pub(in crate::cli) topics: Vec<PathBuf>,
    /// Judgements in TREC format: `topic iteration article grade`
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(in crate::cli) qrels: Option<PathBuf>,
    /// Folder for the indexes of collections [default: `.nutgraf` in each collection]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(in crate::cli) indexes: Option<PathBuf>,
    /// Write the run to this file; for collections, to NAME.run in this folder
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(in crate::cli) run: Option<PathBuf>,
    /// Compare with the run in this file; for collections, with NAME.run in this folder. Prints wins, losses, and the
    /// p value of a paired randomisation test
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(in crate::cli) compare: Option<PathBuf>,
    /// Number of articles per topic
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub(in crate::cli) depth: usize,
    #[command(flatten)]
    pub(in crate::cli) ranking: RankingArgs,
    /// Collapse copies as `nutgraf query` does; by default every copy is ranked, as in the qrels
    #[arg(long)]
    pub(in crate::cli) collapse: bool,
    /// Parse the topics as queries with operators, not as plain words
    #[arg(long)]
    pub(in crate::cli) operators: bool,
    /// Also print the measures of each topic
    #[arg(long)]
    pub(in crate::cli) per_topic: bool,
    /// Print the measures as one JSON object
    #[arg(long)]
    pub(in crate::cli) json: bool,
    /// Name of the run, in its last column
    #[arg(long, value_name = "NAME", default_value = "nutgraf")]
    pub(in crate::cli) tag: String,
}
