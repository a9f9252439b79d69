//! Writes hits and reports as text or data to any `Write`, and makes untrusted text safe for a terminal.
//!
//! Text is for people: it is wrapped to the width of the terminal and may be coloured. Data (JSON, CSV, ids) depends
//! only on its input. The caller decides where to write, whether to use colours, and how wide the terminal is.

mod article;
mod check;
mod citation;
mod copies;
mod csv;
mod excerpt;
mod explanation;
mod facets;
mod facts;
mod folders;
mod hits;
mod ink;
mod json;
mod kwic;
mod listing;
mod lists;
mod measures;
mod numbers;
mod report;
mod safe;
mod safe_json;
#[cfg(test)]
pub(crate) mod sample;
mod skips;
mod statistics;
mod table;
mod template;
mod terms;
mod timeline;
mod wrap;

pub use article::{article_part, article_text};
pub use check::{check_json, check_text, repair_text};
pub use citation::{hits_bibtex, hits_markdown, hits_ris};
pub use copies::{copies_json, copies_jsonl, copies_text};
pub use csv::hits_csv;
pub use excerpt::excerpt;
pub use facets::FacetList;
pub use facts::date;
pub use folders::{FolderList, FolderRow};
pub use hits::{hits_text, passage};
pub use ink::split_at_marks;
pub use json::{articles_json, articles_jsonl, count_json, hits_json, hits_jsonl, hits_jsonl_of};
pub use kwic::{Neighbour, hits_kwic};
pub use listing::{Listing, Rows};
pub use lists::{hits_compact, hits_ids, hits_paths, hits_vimgrep};
pub use measures::{measures_json, measures_text};
pub use numbers::{bytes as bytes_text, counted, seconds as seconds_text, thousands};
pub use report::{not_read_text, preview_text, report_json, report_text};
pub use safe::{SafeText, flowing, initials, safe};
pub use skips::SkipList;
pub use statistics::{StatisticsList, optimize_json};
pub use template::{Template, hits_template};
pub use terms::{TermList, WordList};
pub use timeline::{TimelineList, timeline_svg};
pub use wrap::{columns, lines, shorten};

/// The version of the JSON output, in its `schema` key: it increases when a key changes its meaning or is
/// removed from one release to the next.
pub const JSON_SCHEMA: u32 = 1;

/// Maximum columns of a line of running text: longer lines are hard to read.
const TEXT_COLUMNS_MAX: usize = 100;

/// Minimum columns of the layout: on a narrower terminal text runs over the edge.
const COLUMNS_MIN: usize = 24;

/// The style of text for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Whether to colour it, with the escape sequences of ECMA-48.
    pub color: bool,
    /// Columns of the terminal.
    pub width: usize,
    /// Whether headlines are hyperlinks (OSC 8) to the web address or the source file.
    pub links: bool,
}

impl Style {
    /// Text without colours and links.
    pub fn plain(width: usize) -> Self {
        Self { color: false, width, links: false }
    }

    /// Columns for metadata and tables.
    fn columns(&self) -> usize {
        self.width.max(COLUMNS_MIN)
    }

    /// Columns for running text.
    fn text_columns(&self) -> usize {
        self.columns().min(TEXT_COLUMNS_MAX)
    }
}
