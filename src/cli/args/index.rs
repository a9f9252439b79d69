//! How an index is built: `index`, `folders`, `forget`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::output::RowsOutput;

/// Build or refresh the index
///
/// Adds each PATH to the index's list of folders (`nutgraf folders`). Without PATH, refreshes all listed folders.
/// Archives and compressed files are read too. A later run reads only new and changed files and drops the articles of
/// deleted ones. The articles of a missing or empty folder are kept until `nutgraf forget` drops them, and so are those of
/// a file that cannot be read. Records and files that cannot be read are skipped and counted; `nutgraf skipped` lists
/// them.
///
/// The index stores `--hidden`, `--no-ignore`, `--follow`, `--format`, `--map` and `--extract` for each folder. If a later
/// run has any of them, they replace all stored ones.
///
/// Exit status: 0 on success, 2 on an error, 3 if something was skipped or a folder could not be read.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nutgraf index ~/archive
  nutgraf index
  nutgraf index 2023/ 2024/ --index ~/indexes/wire
  nutgraf index dump.jsonl --map body=payload.text --map title=slug --dry-run
  nutgraf index ~/archive --json | jq .skips")]
pub(in crate::cli) struct IndexArgs {
    /// Files and folders [default: all listed folders]
    #[arg(required_if_eq("dry_run", "true"), value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(in crate::cli) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) reading: ReadingArgs,
    /// Rebuild the index from its folders, or only from PATH; required when the format version has changed
    #[arg(long, conflicts_with_all = ["dry_run", "watch"])]
    pub(in crate::cli) rebuild: bool,
    /// Keep running and reindex files when they change; stop with Ctrl-C
    #[arg(long, conflicts_with_all = ["dry_run", "json"])]
    pub(in crate::cli) watch: bool,
    /// Show how each file would be read, without writing
    #[arg(long)]
    pub(in crate::cli) dry_run: bool,
    /// Print the report as JSON
    #[arg(long, conflicts_with = "dry_run")]
    pub(in crate::cli) json: bool,
    /// Print no progress and no summary
    #[arg(long, short)]
    pub(in crate::cli) quiet: bool,
}

/// How source files are read. The index stores `hidden`, `no_ignore`, `follow`, `format`, `map` and `extract`.
#[derive(Debug, Default, Args)]
pub(in crate::cli) struct ReadingArgs {
    /// Also read hidden files and folders
    #[arg(long)]
    pub(in crate::cli) hidden: bool,
    /// Also read files that `.nutgrafignore` excludes
    #[arg(long)]
    pub(in crate::cli) no_ignore: bool,
    /// Follow symbolic links
    #[arg(long)]
    pub(in crate::cli) follow: bool,
    /// Number of threads [default: one per processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(in crate::cli) threads: Option<u16>,
    /// Memory limit (at least 64M), such as `512M` or `2G`; the program itself needs another 64M, and 16M for each thread
    /// [default: an eighth of the machine's memory, between 256M and 1G]
    #[arg(long, value_name = "SIZE")]
    pub(in crate::cli) memory: Option<String>,
    /// Read every file as this format; `nutgraf formats` lists them
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) format: Option<String>,
    /// Read an article's FIELD from the record field NAME, such as `body=payload.text`; may be repeated
    #[arg(long = "map", value_name = "FIELD=NAME")]
    pub(in crate::cli) map: Vec<String>,
    /// Read files with skips again
    #[arg(long)]
    pub(in crate::cli) retry_skipped: bool,
    /// Wait until no other process is writing to the index
    #[arg(long)]
    pub(in crate::cli) wait: bool,
    /// Commit after this much source text, such as `100M`, so that a killed run loses less [default: 1G, and every 30
    /// seconds]
    #[arg(long, value_name = "SIZE", hide_short_help = true)]
    pub(in crate::cli) commit_every: Option<String>,
    /// Read files of these formats again, such as `pdf,html`
    #[arg(long, value_name = "FORMAT", value_delimiter = ',')]
    pub(in crate::cli) reread: Vec<String>,
    /// Run a program to extract the text of files with this extension, such as `djvu='djvutxt {}'`; `{}` is replaced by
    /// the path, which is otherwise appended; no shell is used; may be repeated
    #[arg(long, value_name = "EXT=COMMAND")]
    pub(in crate::cli) extract: Vec<String>,
}

/// List the folders of the archive
///
/// Prints the number of articles, files and skips of each folder, the time of its last refresh, and its options.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nutgraf folders
  nutgraf folders --moved /media/old/archive ~/archive")]
pub(in crate::cli) struct FoldersArgs {
    /// Change the path of the folder OLD to NEW, without reading any files
    #[arg(long, num_args = 2, value_names = ["OLD", "NEW"], value_hint = ValueHint::AnyPath)]
    #[arg(conflicts_with = "RowsOutput")]
    pub(in crate::cli) moved: Vec<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) output: RowsOutput,
}

/// Drop a folder from the index, with its articles
///
/// Does not change source files. Drops listed folders inside it too.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nutgraf forget /media/archive")]
pub(in crate::cli) struct ForgetArgs {
    /// Folders and files, as `nutgraf folders` lists them
    #[arg(required = true, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(in crate::cli) paths: Vec<PathBuf>,
}
