//! The command line as clap sees it: names, types and help; no value is given a meaning here.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;

mod output;

pub(super) use output::{Output, RowsOutput};

const WORKFLOW: &str = "\
A short tour:
  nutgraf query chip export controls --in ~/archive   index the folder, then search it
  nutgraf index ~/archive                             bring the index up to date
  nutgraf query '\"export controls\" china -potato'     phrase, word, exclusion
  nutgraf show ID export controls                     one article, the words marked
  nutgraf skipped                                     what could not be read, and why

The index is `.nutgraf` in this folder or the nearest one above it, as git finds a repository;
`--index DIR` or NUTGRAF_INDEX names another.";

/// Search a news archive: ranked passages from files in any news format
#[derive(Debug, Parser)]
#[command(name = "nutgraf", version, after_help = WORKFLOW, max_term_width = 100)]
pub(super) struct Cli {
    #[command(flatten)]
    pub(super) common: Common,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// What every command takes.
#[derive(Debug, Args)]
pub(super) struct Common {
    /// The index folder [default: `.nutgraf` in this folder or the nearest above it]
    #[arg(long = "index", global = true, value_name = "DIR", env = "NUTGRAF_INDEX", hide_env_values = true)]
    #[arg(value_hint = ValueHint::DirPath)]
    pub(super) index: Option<OsString>,
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t = Color::Auto)]
    pub(super) color: Color,
    /// Columns to wrap text at [default: COLUMNS, or the terminal's]
    #[arg(long, global = true, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(20..))]
    pub(super) width: Option<u16>,
    /// Do not show long text in a pager [default: NUTGRAF_PAGER, PAGER or `less -FRX`, on a terminal]
    #[arg(long, global = true)]
    pub(super) no_pager: bool,
    /// Do not read the configuration file [default: NUTGRAF_CONFIG, or `nutgraf/config` in XDG_CONFIG_HOME]
    #[arg(long, global = true)]
    pub(super) no_config: bool,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// On a terminal, unless NO_COLOR is set; everywhere if CLICOLOR_FORCE is
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
    Show(ShowArgs),
    Open(OpenArgs),
    Similar(SimilarArgs),
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
    /// What is read: the formats with their file names
    Formats,
    Completions(CompletionsArgs),
    /// Print the manual page
    ///
    /// `nutgraf man | man -l -` shows it.
    Man,
}

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
pub(super) struct IndexArgs {
    /// Files and folders [default: all that were indexed before]
    #[arg(required_if_eq("dry_run", "true"), value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(super) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) reading: ReadingArgs,
    /// Build the index again from its folders, or from PATH alone; needed when its format version is another
    #[arg(long, conflicts_with_all = ["dry_run", "watch"])]
    pub(super) rebuild: bool,
    /// Stay, and read files as they come, change or go; Ctrl-C ends it
    #[arg(long, conflicts_with_all = ["dry_run", "json"])]
    pub(super) watch: bool,
    /// Show what would be read of each file, and write nothing
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Print the report as JSON
    #[arg(long, conflicts_with = "dry_run")]
    pub(super) json: bool,
    /// No progress and no summary
    #[arg(long, short)]
    pub(super) quiet: bool,
}

/// How source files are read. `hidden`, `no_ignore`, `follow`, `format`, `map` and `extract` are remembered with a folder.
#[derive(Debug, Default, Args)]
pub(super) struct ReadingArgs {
    /// Read hidden files and folders too. This option, `--no-ignore`, `--follow`, `--format`, `--map` and `--extract` are
    /// remembered for each folder; those of a later run replace them all
    #[arg(long)]
    pub(super) hidden: bool,
    /// Read files that `.nutgrafignore` excludes too
    #[arg(long)]
    pub(super) no_ignore: bool,
    /// Follow symbolic links
    #[arg(long)]
    pub(super) follow: bool,
    /// Threads [default: one per processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) threads: Option<u16>,
    /// Memory to stay within, such as `512M` or `2G`, from 64M on; the program itself takes 64M beside it, and each
    /// thread 16M [default: an eighth of this machine's, from 256M to 1G]
    #[arg(long, value_name = "SIZE")]
    pub(super) memory: Option<String>,
    /// Take every file for this format; `nutgraf formats` lists them
    #[arg(long, value_name = "NAME")]
    pub(super) format: Option<String>,
    /// Read this fact from the record's field of that name, such as `body=payload.text`; may be repeated
    #[arg(long = "map", value_name = "FIELD=NAME")]
    pub(super) map: Vec<String>,
    /// Read files again from which something was skipped
    #[arg(long)]
    pub(super) retry_skipped: bool,
    /// Wait while another process writes to the index
    #[arg(long)]
    pub(super) wait: bool,
    /// Commit after so much source text, such as `100M`, so that less is lost when the run is killed [default: 1G,
    /// and every 30 seconds]
    #[arg(long, value_name = "SIZE", hide_short_help = true)]
    pub(super) commit_every: Option<String>,
    /// Read files again that were read as these formats, such as `pdf,html`
    #[arg(long, value_name = "FORMAT", value_delimiter = ',')]
    pub(super) reread: Vec<String>,
    /// Get the text of files with this extension from a program, such as `djvu='djvutxt {}'`; the file's path stands
    /// for `{}` or comes last, and no shell is run; may be repeated
    #[arg(long, value_name = "EXT=COMMAND")]
    pub(super) extract: Vec<String>,
}

/// Ranked passages on words
///
/// WORDS may hold phrases, operators and fields:
///
///   export controls          any of the words, more and rarer ones first
///   '"export controls"'      the phrase; "export controls"~3 is looser
///   chips AND china          both; also OR, NOT and parentheses
///   chips -potato +china     without the one, needing the other
///   chip* =Apple             beginnings; a word exactly as written
///   title:chips source:wire  in a field, which may be title, byline, source,
///                            section, language, url, id or path
///
/// The shell takes outer quotes away: put a phrase into single quotes too.
/// A hyphen before a word leaves out what has it, unless it makes one of the
/// options below; after `--` nothing is an option. `-` alone reads the query
/// from standard input.
///
/// Exit status: 0 something was found, 1 nothing was, 2 an error.
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Examples:
  nutgraf query chip export controls --in ~/archive
  nutgraf query 'title:chips OR \"semiconductor fabs\"' --from 2023 --sort newest
  nutgraf query chips -potato --source 'capital wire' --jsonl | jq -r .passage.text
  nutgraf query flood --from 'last 30 days' --count"
)]
pub(super) struct QueryArgs {
    /// What to look for
    #[arg(required = true, value_name = "WORDS")]
    pub(super) words: Vec<OsString>,
    /// Bring the index up to date with these files first
    #[arg(long = "in", value_name = "PATH", num_args = 1.., value_hint = ValueHint::AnyPath)]
    pub(super) inside: Vec<PathBuf>,
    /// With `--in`: wait while another process writes to the index
    #[arg(long, requires = "inside")]
    pub(super) wait: bool,
    #[command(flatten)]
    pub(super) list: ListArgs,
    /// The order of hits
    #[arg(long, value_enum, value_name = "ORDER", default_value_t = SortBy::Relevance)]
    pub(super) sort: SortBy,
    #[command(flatten)]
    pub(super) ranking: RankingArgs,
    /// Say what each score is made of, and why a hit stands above the next
    #[arg(long, conflicts_with_all = ["count", "ids", "paths", "csv", "compact", "format", "markdown", "ris", "bibtex", "vimgrep"])]
    pub(super) explain: bool,
    /// Nothing in WORDS is an operator
    #[arg(long)]
    pub(super) plain: bool,
    #[command(flatten)]
    pub(super) output: Output,
}

/// Which hits are listed, and how.
#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// Hits to show
    #[arg(long, short = 'n', value_name = "N", default_value_t = 10)]
    pub(super) limit: usize,
    /// Hits to leave out from the top
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(super) offset: usize,
    /// Passages to show of one article at the most
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(super) per_article: usize,
    /// Published on this day or later: `2023`, `2023-07`, `2023-07-23`, `yesterday`, `last 30 days`
    #[arg(long, value_name = "DATE")]
    pub(super) from: Option<String>,
    /// Published on this day or earlier; `2023` is its last day
    #[arg(long, value_name = "DATE")]
    pub(super) to: Option<String>,
    /// Published within this time: `2023`, `2019..2021`, `2019..`, `..2021-06`
    #[arg(long, value_name = "DATES", conflicts_with_all = ["from", "to"])]
    pub(super) date: Option<String>,
    /// Published by an outlet with these words in its name; may be repeated
    #[arg(long, value_name = "NAME")]
    pub(super) source: Vec<String>,
    /// Not published by such an outlet
    #[arg(long, value_name = "NAME")]
    pub(super) not_source: Vec<String>,
    /// In this language, such as `en` or `English`; may be repeated
    #[arg(long, value_name = "LANGUAGE")]
    pub(super) language: Vec<String>,
    /// Not in this language
    #[arg(long, value_name = "LANGUAGE")]
    pub(super) not_language: Vec<String>,
    /// In a section with these words in its name; may be repeated
    #[arg(long, value_name = "NAME")]
    pub(super) section: Vec<String>,
    /// Not in such a section
    #[arg(long, value_name = "NAME")]
    pub(super) not_section: Vec<String>,
    /// Show copies apart
    ///
    /// By default, syndicated copies of an article are collapsed under the first of them in the order asked for: the
    /// best, or with `--sort` the newest or the earliest. Only copies that the query finds are named there;
    /// `nutgraf copies ID` finds them all.
    #[arg(long)]
    pub(super) copies: bool,
    /// Sentences to show around a passage, on each side
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(super) context: usize,
}

/// What changes the ranking: the same for a query and for its measures.
#[derive(Debug, Args)]
pub(super) struct RankingArgs {
    /// Do not re-rank by what the first articles are about
    #[arg(long)]
    pub(super) no_feedback: bool,
    /// Bring in articles too that have none of the words but are about the same; which words it went by is told
    #[arg(long, conflicts_with = "no_feedback")]
    pub(super) expand: bool,
    /// Prefer newer articles: a score halves with each HALF_LIFE of age, such as `90d`, `6m` or `2y`
    #[arg(long, value_name = "HALF_LIFE")]
    pub(super) recency: Option<String>,
}

/// The order of hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SortBy {
    /// The best first
    Relevance,
    /// The last published first
    Newest,
    /// The first published first
    Oldest,
}

/// One article, with the query's words marked
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nutgraf show cws-2023-0262
  nutgraf show capital-wire/2023.jsonl#17 export controls | less -R")]
pub(super) struct ShowArgs {
    /// The article's id, as `nutgraf query` shows it
    #[arg(value_name = "ID")]
    pub(super) id: String,
    /// What to mark
    #[arg(value_name = "WORDS")]
    pub(super) words: Vec<OsString>,
    #[command(flatten)]
    pub(super) output: Output,
}

/// Open the source file of an article
///
/// VISUAL or EDITOR opens it at the line of the passage, the system's program opens PDF, HTML and the like.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nutgraf open 3                 the third hit of the last query
  nutgraf open cws-2023-0262 --url")]
pub(super) struct OpenArgs {
    /// The article's id, or the number of a hit of the last query shown in this terminal
    #[arg(value_name = "ID")]
    pub(super) id: String,
    /// Open its web address instead
    #[arg(long)]
    pub(super) url: bool,
}

/// Articles like this one, without its copies
///
/// The most telling words of the article are searched for, in the same ranking as those of a query; which words they
/// were is told. The article may be one of the index, by its id, or one of a file in any format that is read.
///
/// Exit status: 0 articles were found, 1 none were, 2 an error.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nutgraf similar cws-2023-0262
  nutgraf similar draft.docx --from 2024 --source reuters
  pbpaste | nutgraf similar -")]
pub(super) struct SimilarArgs {
    /// An article's id, a file, or `-` for text from the standard input
    #[arg(value_name = "ID|FILE|-", value_hint = ValueHint::AnyPath)]
    pub(super) subject: OsString,
    #[command(flatten)]
    pub(super) list: ListArgs,
    #[command(flatten)]
    pub(super) output: Output,
}

/// Where else an article stands: its syndicated copies, earliest first
///
/// A copy has most of its text, whole, cut or lightly edited, in common with the article; the percentage is the share
/// of the shorter one's text that stands in the longer one. Headlines do not count.
///
/// Exit status: 0 copies were found, 1 none were, 2 an error.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nutgraf copies cws-2023-0262
  nutgraf copies cws-2023-0262 --json | jq -r '.copies[].article.source'")]
pub(super) struct CopiesArgs {
    /// The article's id, as `nutgraf query` shows it
    #[arg(value_name = "ID")]
    pub(super) id: String,
    #[command(flatten)]
    pub(super) output: Output,
}

/// What is in the index: articles, outlets, years, languages, size
#[derive(Debug, Args)]
pub(super) struct StatsArgs {
    #[command(flatten)]
    pub(super) output: RowsOutput,
}

/// What could not be indexed, and why
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nutgraf skipped
  nutgraf skipped --jsonl | jq -r 'select(.reason == \"encrypted\") | .file'")]
pub(super) struct SkippedArgs {
    #[command(flatten)]
    pub(super) output: RowsOutput,
    /// Print only how many there are
    #[arg(long, short, conflicts_with_all = ["jsonl", "csv"])]
    pub(super) count: bool,
}

/// List the folders of the archive
///
/// For each: how much the index has of it, when it was last brought up to date, and the options it is read with.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nutgraf folders
  nutgraf folders --moved /media/old/archive ~/archive")]
pub(super) struct FoldersArgs {
    /// Say that what was at OLD is at NEW now; nothing is read again
    #[arg(long, num_args = 2, value_names = ["OLD", "NEW"], value_hint = ValueHint::AnyPath)]
    pub(super) moved: Vec<PathBuf>,
    /// Print one JSON object
    #[arg(long, conflicts_with = "moved")]
    pub(super) json: bool,
}

/// Drop a folder from the index, with its articles
///
/// The files themselves stay as they are. Folders within it are dropped too.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nutgraf forget /media/archive")]
pub(super) struct ForgetArgs {
    /// Folders and files, as `nutgraf folders` lists them
    #[arg(required = true, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(super) paths: Vec<PathBuf>,
}

/// Whether the index is sound; mends it on demand
///
/// Every file is read and its checksum verified; columns, words and texts are held against each other, the texts of a
/// sample of the articles analysed again. Nothing is written.
///
/// Exit status: 0 sound, 1 not, 2 could not look.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nutgraf check
  nutgraf check --full --json | jq -r '.faults[].file'
  nutgraf check --repair && nutgraf index ~/archive")]
pub(super) struct CheckArgs {
    /// Analyse the text of every article again
    #[arg(long)]
    pub(super) full: bool,
    /// Drop what cannot be read and nothing else; the next `nutgraf index` reads its source files again
    #[arg(long)]
    pub(super) repair: bool,
    /// Print one JSON object
    #[arg(long)]
    pub(super) json: bool,
}

/// Merge the index into one segment and reclaim what was deleted
///
/// It needs free space of about the index's size while it runs. Queries go on meanwhile.
#[derive(Debug, Args)]
pub(super) struct OptimizeArgs {
    /// Print one JSON object
    #[arg(long)]
    pub(super) json: bool,
}

/// Pack the index into one checked file, to hand it to somebody
///
/// The file holds the index with the texts of all articles; source files are not in it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nutgraf bundle election.nutgraf
  nutgraf unbundle election.nutgraf ~/indexes/election
  nutgraf query turnout --index ~/indexes/election")]
pub(super) struct BundleArgs {
    /// The file to make; it must not exist
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) file: PathBuf,
    /// No progress and no summary
    #[arg(long, short)]
    pub(super) quiet: bool,
}

/// Unpack a bundle into an index folder
#[derive(Debug, Args)]
pub(super) struct UnbundleArgs {
    /// The bundle
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) file: PathBuf,
    /// The folder to make; it must not exist [default: the bundle's name without its ending, here]
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(super) folder: Option<PathBuf>,
    /// No progress and no summary
    #[arg(long, short)]
    pub(super) quiet: bool,
}

/// Measure the ranking on judged topics, or write a TREC run
///
/// TOPICS is a file of lines `id TAB query` or of TREC's `<top>` records, searched in the index that is meant
/// everywhere; without `--qrels` and `--run` the run is printed. Or it is one folder or several that hold a collection
/// each: `topics.tsv`, `qrels.txt`, and articles, which are indexed first.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nutgraf eval topics.tsv --qrels qrels.txt
  nutgraf eval topics.tsv --qrels qrels.txt --no-feedback --compare before.run
  nutgraf eval topics.tsv > before.run
  nutgraf eval collections/* --indexes ~/.cache/eval --json")]
pub(super) struct EvalArgs {
    /// A file of topics, or folders with `topics.tsv`, `qrels.txt` and articles
    #[arg(required = true, value_name = "TOPICS", value_hint = ValueHint::AnyPath)]
    pub(super) topics: Vec<PathBuf>,
    /// TREC's judgements: `topic iteration article grade`
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) qrels: Option<PathBuf>,
    /// Keep the indexes of folders here, by their names [default: `.nutgraf` in each]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(super) indexes: Option<PathBuf>,
    /// Write the run to this file, the runs of folders to NAME.run in this folder
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(super) run: Option<PathBuf>,
    /// Compare with the run in this file, those of folders with NAME.run in this folder: who wins on which topics, and
    /// how probable such a difference is by chance (paired randomisation test)
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(super) compare: Option<PathBuf>,
    /// Articles per topic
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub(super) depth: usize,
    #[command(flatten)]
    pub(super) ranking: RankingArgs,
    /// Collapse copies as `nutgraf query` does; by default every copy is ranked, as in the qrels
    #[arg(long)]
    pub(super) collapse: bool,
    /// Read the topics as `nutgraf query` reads WORDS, not as plain words
    #[arg(long)]
    pub(super) operators: bool,
    /// Print the measures of each topic too
    #[arg(long)]
    pub(super) per_topic: bool,
    /// Print the measures as one JSON object
    #[arg(long)]
    pub(super) json: bool,
    /// What the run calls itself
    #[arg(long, value_name = "NAME", default_value = "nutgraf")]
    pub(super) tag: String,
}

/// Print a completion script for a shell
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nutgraf completions bash > ~/.local/share/bash-completion/completions/nutgraf
  nutgraf completions fish > ~/.config/fish/completions/nutgraf.fish")]
pub(super) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub(super) shell: Shell,
}
