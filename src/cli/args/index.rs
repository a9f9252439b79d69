//! How an index is built: `index`, `folders`, `forget`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

/// Build or refresh the index
///
/// The files and folders that are named join the index's list of folders (`nutgraf folders`). Without PATH, all of the
/// list is brought up to date. Archives and compressed files are read too. A second run reads only what is new or
/// changed and drops what has vanished. A folder that is missing or empty keeps its articles until `nutgraf forget`
/// drops them. What cannot be read is skipped and counted; `nutgraf skipped` lists it.
///
/// Exit status: 0 done, 2 failed, 3 something was skipped or could not be looked at.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nutgraf index ~/archive
  nutgraf index
  nutgraf index 2023/ 2024/ --index ~/indexes/wire
  nutgraf index dump.jsonl --map body=payload.text --map title=slug --dry-run
  nutgraf index ~/archive --json | jq .skips")]
pub(in crate::cli) struct IndexArgs {
    /// Files and folders [default: all that were indexed before]
    #[arg(required_if_eq("dry_run", "true"), value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(in crate::cli) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) reading: ReadingArgs,
    /// Build the index again from its folders, or only from PATH; required after a change of the format version
    #[arg(long, conflicts_with_all = ["dry_run", "watch"])]
    pub(in crate::cli) rebuild: bool,
    /// Keep running and reindex files as they change; Ctrl-C ends it
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

/// How source files are read. `hidden`, `no_ignore`, `follow`, `format`, `map` and `extract` are remembered with a folder.
#[derive(Debug, Default, Args)]
pub(in crate::cli) struct ReadingArgs {
    /// Also read hidden files and folders. This option, `--no-ignore`, `--follow`, `--format`, `--map` and `--extract` are
    /// remembered for each folder; those of a later run replace them all
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
    /// Read a fact from the record's field of this name, such as `body=payload.text`; may be repeated
    #[arg(long = "map", value_name = "FIELD=NAME")]
    pub(in crate::cli) map: Vec<String>,
    /// Read files with skips again
    #[arg(long)]
    pub(in crate::cli) retry_skipped: bool,
    /// Wait while another process writes to the index
    #[arg(long)]
    pub(in crate::cli) wait: bool,
    /// Commit after this much source text, such as `100M`: a killed run loses less [default: 1G, and every 30 seconds]
    #[arg(long, value_name = "SIZE", hide_short_help = true)]
    pub(in crate::cli) commit_every: Option<String>,
    /// Read files of these formats again, such as `pdf,html`
    #[arg(long, value_name = "FORMAT", value_delimiter = ',')]
    pub(in crate::cli) reread: Vec<String>,
    /// Extract the text of files with this extension by a program, such as `djvu='djvutxt {}'`; `{}` is the path, which
    /// otherwise comes last; no shell is run; may be repeated
    #[arg(long, value_name = "EXT=COMMAND")]
    pub(in crate::cli) extract: Vec<String>,
}

/// List the folders of the archive
///
/// For each: how much the index has of it, when it was last brought up to date, and the options it is read with.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nutgraf folders
  nutgraf folders --moved /media/old/archive ~/archive")]
pub(in crate::cli) struct FoldersArgs {
    /// Record that the folder OLD is at NEW now; nothing is read again
    #[arg(long, num_args = 2, value_names = ["OLD", "NEW"], value_hint = ValueHint::AnyPath)]
    pub(in crate::cli) moved: Vec<PathBuf>,
    /// Print one JSON object
    #[arg(long, conflicts_with_all = ["moved", "jsonl"])]
    pub(in crate::cli) json: bool,
    /// Print a JSON object for each folder, one a line
    #[arg(long, conflicts_with = "moved")]
    pub(in crate::cli) jsonl: bool,
}

/// Drop a folder from the index, with its articles
///
/// The files themselves stay as they are. Folders within it are dropped too.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nutgraf forget /media/archive")]
pub(in crate::cli) struct ForgetArgs {
    /// Folders and files, as `nutgraf folders` lists them
    #[arg(required = true, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(in crate::cli) paths: Vec<PathBuf>,
}
