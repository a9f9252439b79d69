//! Arguments of searching and reading: `query`, `show`, `open`, `similar`, `copies`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

use super::output::Output;

/// Search the index and show ranked passages
///
/// WORDS can contain phrases, operators and fields:
///
///   export controls          any of the words; more and rarer words rank higher
///   '"export controls"'      the phrase; "export controls"~3 allows 3 words between
///   chips AND china          both; also OR, NOT and parentheses
///   chips -potato +china     not potato, and always china
///   chip* =Apple             words that begin with chip; a word as written
///   lab w/5 close            within 5 words; also pre/5, w/s (same sentence),
///                            w/p (same paragraph)
///   title:chips source:wire  in a field: title, byline, source, section,
///                            language, url, id or path
///
/// docs/query.md describes all operators. The shell removes quotes: put single
/// quotes around a phrase. A word that begins with a hyphen is excluded, unless
/// it is one of the options below; after `--` nothing is an option. `-` alone
/// reads queries from standard input, one per line.
///
/// `~` marks an uncertain date: it is the date of the file, or its day and month
/// may be swapped. `--from` and `--to` use the date of the file too, `--sort`
/// puts such articles last, and `--dated` leaves them out.
///
/// Exit status: 0 if something was found, 1 if nothing was, 2 on an error.
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
pub(in crate::cli) struct QueryArgs {
    /// Words, phrases and operators
    #[arg(required_unless_present = "query_file", value_name = "WORDS")]
    pub(in crate::cli) words: Vec<OsString>,
    /// Index these files and folders first, or refresh their index
    #[arg(long = "in", value_name = "PATH", num_args = 1.., value_hint = ValueHint::AnyPath)]
    pub(in crate::cli) inside: Vec<PathBuf>,
    /// With `--in`, wait until no other process is writing to the index
    #[arg(long, requires = "inside")]
    pub(in crate::cli) wait: bool,
    #[command(flatten)]
    pub(in crate::cli) list: ListArgs,
    /// Sort order of hits
    #[arg(long, value_enum, value_name = "ORDER", default_value_t = SortBy::Relevance)]
    pub(in crate::cli) sort: SortBy,
    #[command(flatten)]
    pub(in crate::cli) ranking: RankingArgs,
    /// Explain each score, and why a hit ranks above the next
    #[arg(long, conflicts_with_all = ["count", "ids", "paths", "csv", "compact", "format", "markdown", "ris", "bibtex", "vimgrep"])]
    pub(in crate::cli) explain: bool,
    #[command(flatten)]
    pub(in crate::cli) ask: AskArgs,
    /// Show every passage with a match, not only the best of each article
    #[arg(long, conflicts_with = "per_article")]
    pub(in crate::cli) matches: bool,
    /// Print each match on a line with its context, sorted by the words on one side
    #[arg(long, value_enum, value_name = "SIDE", conflicts_with_all = ["explain", "count", "FormArgs"])]
    pub(in crate::cli) kwic: Option<Side>,
    /// Print the parsed query, without searching
    #[arg(long)]
    pub(in crate::cli) parse: bool,
    /// Run each line of this file as a query; `-` reads standard input
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "words")]
    pub(in crate::cli) query_file: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

/// The side of a match by which lines are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Side {
    /// Words before the match
    Left,
    /// Words after the match
    Right,
}

/// Options of a list of hits.
#[derive(Debug, Args)]
pub(in crate::cli) struct ListArgs {
    /// Number of articles to show
    #[arg(long, short = 'n', value_name = "N", default_value_t = 10)]
    pub(in crate::cli) limit: usize,
    /// Number of articles to skip
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(in crate::cli) offset: usize,
    /// Maximum number of passages from one article
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(in crate::cli) per_article: usize,
    #[command(flatten)]
    pub(in crate::cli) filter: FilterArgs,
    /// Show this many sentences before and after each passage
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(in crate::cli) context: usize,
}

/// The help heading of filters.
const FILTERS: &str = "Filters";

/// Filters of the articles that are searched.
#[derive(Debug, Args)]
pub(in crate::cli) struct FilterArgs {
    /// Published on or after this date: `2023`, `2023-07`, `2023-07-23`, `yesterday`, `last 30 days`
    #[arg(long, help_heading = FILTERS, value_name = "DATE")]
    pub(in crate::cli) from: Option<String>,
    /// Published on or before this date; `2023` means 31 December
    #[arg(long, help_heading = FILTERS, value_name = "DATE")]
    pub(in crate::cli) to: Option<String>,
    /// Published in this period: `2023`, `2019..2021`, `2019..`, `..2021-06`
    #[arg(long, help_heading = FILTERS, value_name = "DATES", conflicts_with_all = ["from", "to"])]
    pub(in crate::cli) date: Option<String>,
    /// With a stated date, not only the date of its file (`~`)
    #[arg(long, help_heading = FILTERS)]
    pub(in crate::cli) dated: bool,
    /// Published by an outlet with these words in its name; may be repeated
    #[arg(long, help_heading = FILTERS, value_name = "NAME")]
    pub(in crate::cli) source: Vec<String>,
    /// Not published by an outlet with these words in its name
    #[arg(long, help_heading = FILTERS, value_name = "NAME")]
    pub(in crate::cli) not_source: Vec<String>,
    /// In this language, such as `en` or `English`; may be repeated
    #[arg(long, help_heading = FILTERS, value_name = "LANGUAGE")]
    pub(in crate::cli) language: Vec<String>,
    /// Not in this language
    #[arg(long, help_heading = FILTERS, value_name = "LANGUAGE")]
    pub(in crate::cli) not_language: Vec<String>,
    /// In a section with these words in its name; may be repeated
    #[arg(long, help_heading = FILTERS, value_name = "NAME")]
    pub(in crate::cli) section: Vec<String>,
    /// Not in a section with these words in its name
    #[arg(long, help_heading = FILTERS, value_name = "NAME")]
    pub(in crate::cli) not_section: Vec<String>,
    /// Show every copy as a separate hit
    ///
    /// By default, syndicated copies are collapsed under one hit: the best, or with `--sort` the newest or the oldest.
    /// Only copies that match the query are named; `nutgraf copies ID` lists all.
    #[arg(long, help_heading = FILTERS)]
    pub(in crate::cli) copies: bool,
}

/// How WORDS are parsed.
#[derive(Debug, Default, Args)]
pub(in crate::cli) struct AskArgs {
    /// Treat WORDS as plain words, without operators
    #[arg(long)]
    pub(in crate::cli) plain: bool,
    /// Find only articles that contain all words
    #[arg(long)]
    pub(in crate::cli) all: bool,
    /// Fail on a syntax error in WORDS
    #[arg(long, conflicts_with = "plain")]
    pub(in crate::cli) strict: bool,
}

/// Options of the ranking, the same for `query` and `eval`.
#[derive(Debug, Args)]
pub(in crate::cli) struct RankingArgs {
    /// Do not re-rank hits by the words of the top articles (relevance feedback)
    #[arg(long)]
    pub(in crate::cli) no_feedback: bool,
    /// Expand the query with related words, and print them
    #[arg(long, conflicts_with = "no_feedback")]
    pub(in crate::cli) expand: bool,
    /// Prefer newer articles: halve the score for every HALF_LIFE of age, such as `90d`, `6m` or `2y`
    #[arg(long, value_name = "HALF_LIFE")]
    pub(in crate::cli) recency: Option<String>,
    /// File of synonyms, one group per line [default: `synonyms.txt` beside the index, if it exists]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(in crate::cli) synonyms: Option<PathBuf>,
    /// Match names across Latin, Cyrillic and Greek letters: `Путин` finds `Putin`
    #[arg(long)]
    pub(in crate::cli) translit: bool,
}

/// The order of hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum SortBy {
    /// Best first
    Relevance,
    /// Newest first
    Newest,
    /// Oldest first
    Oldest,
}

/// Show a whole article, with words highlighted
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nutgraf show 3                 the third hit of the last query
  nutgraf show cws-2023-0262
  nutgraf show capital-wire/2023.jsonl#17 export controls | less -R")]
pub(in crate::cli) struct ShowArgs {
    /// Id or location of the article, or the number of a hit of the last query in this terminal
    pub(in crate::cli) id: String,
    /// Words to highlight
    pub(in crate::cli) words: Vec<OsString>,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

/// Open the source file of an article
///
/// Opens text in VISUAL or EDITOR at the line of the passage, and PDF, HTML and other documents in the system's default
/// program.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nutgraf open 3                 the third hit of the last query
  nutgraf open cws-2023-0262 --url")]
pub(in crate::cli) struct OpenArgs {
    /// Id or location of the article, or the number of a hit of the last query in this terminal
    pub(in crate::cli) id: String,
    /// Open its URL instead
    #[arg(long)]
    pub(in crate::cli) url: bool,
}

/// Find similar articles, without copies
///
/// Searches for the most characteristic words of an article, and prints them. The article is in the index, or is a file
/// in any supported format.
///
/// Exit status: 0 if articles were found, 1 if none were, 2 on an error.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nutgraf similar cws-2023-0262
  nutgraf similar draft.docx --from 2024 --source reuters
  pbpaste | nutgraf similar -")]
pub(in crate::cli) struct SimilarArgs {
    /// Id, location, number of a hit, file, or `-` for text from standard input
    #[arg(value_name = "ID|FILE|-", value_hint = ValueHint::AnyPath)]
    pub(in crate::cli) subject: OsString,
    #[command(flatten)]
    pub(in crate::cli) list: ListArgs,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}

/// List the copies of an article, earliest first
///
/// A copy shares most of its text with the article; it may be cut or lightly edited. The percentage is the share of the
/// shorter text that the longer one contains. Headlines are ignored.
///
/// Exit status: 0 if copies were found, 1 if none were, 2 on an error.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nutgraf copies cws-2023-0262
  nutgraf copies cws-2023-0262 --json | jq -r '.copies[].article.source'")]
pub(in crate::cli) struct CopiesArgs {
    /// Id or location of the article, or the number of a hit of the last query in this terminal
    pub(in crate::cli) id: String,
    #[command(flatten)]
    pub(in crate::cli) output: Output,
}
