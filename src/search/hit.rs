//! Results of a search, as plain data.

use std::ops::Range;
use std::path::PathBuf;

use super::options::Sort;
use crate::article::Published;

/// The results of a search.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Results {
    /// Number of matching articles; 0 if they were not counted.
    pub total_articles: u64,
    /// Hits in order.
    pub hits: Vec<Hit>,
    /// Expansion words by which articles were added, with the greatest weight first.
    pub expanded: Vec<String>,
    /// Words of the subject by which similar articles were searched, with the greatest weight first.
    pub similar_by: Vec<String>,
    /// Sort order that decides which of several copies is shown (the first); none if copies are not collapsed.
    pub collapsed: Option<Sort>,
    /// What limits left out of the query.
    pub cut: Cut,
}

/// What limits left out of a query.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cut {
    /// Prefixes with more matching words than are scored: the prefix, and the number of words.
    pub prefixes: Vec<(String, usize)>,
    /// Patterns with more matching words than are searched: the pattern, and the number of words.
    pub patterns: Vec<(String, usize)>,
    /// Whether an article has more pairs of matches for a proximity operator than are compared.
    pub pairs: bool,
}

/// A scored passage with the metadata of its article.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Number of the article in the list, from 1. Passages of an article share it.
    pub rank: usize,
    /// Score. Higher is better; only comparable within one query.
    pub score: f32,
    /// The passage.
    pub passage: Passage,
    /// The metadata of its article.
    pub article: ArticleFacts,
    /// Copies of the article.
    pub copies: Vec<Copy>,
    /// Explanation of the score, if requested.
    pub explanation: Option<Explanation>,
}

/// Explanation of a score: the sum of its parts, times the recency factor.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The parts in the order of [`PartKind`], then by decreasing score.
    pub parts: Vec<Part>,
    /// Recency factor, if newer articles are preferred.
    pub recency: Option<f32>,
    /// By how much each kind of part, with recency, puts it above the next article, greatest first. The sum is the
    /// difference of the scores. None for the last article.
    pub above_next: Option<Vec<(PartKind, f32)>>,
}

/// A part of a score.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Its kind.
    pub kind: PartKind,
    /// The word it is for; none if it is for several words together.
    pub word: Option<String>,
    /// Its contribution.
    pub score: f32,
}

/// The kind of a part of a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PartKind {
    /// BM25 of a query word in the article; words in the headline count more.
    Article,
    /// BM25 of a query word in the passage that is shown.
    Passage,
    /// BM25 of a query word in the lead (the first passage).
    Lead,
    /// Proximity of different query words.
    Proximity,
    /// Relevance feedback: words that the top articles have in common.
    Feedback,
}

impl PartKind {
    /// All kinds.
    pub const ALL: [Self; 5] = [Self::Article, Self::Passage, Self::Lead, Self::Proximity, Self::Feedback];

    /// Display name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Article => "article",
            Self::Passage => "passage",
            Self::Lead => "lead",
            Self::Proximity => "proximity",
            Self::Feedback => "feedback",
        }
    }
}

/// A passage: a run of whole sentences of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// Number of the passage in the article, from 0.
    pub ordinal: usize,
    /// Byte range in the article's stored text.
    pub bytes: Range<usize>,
    /// Text of that range.
    pub text: String,
    /// Byte ranges of matches in `text`.
    pub highlights: Vec<Range<usize>>,
}

/// Metadata of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArticleFacts {
    /// Id: that of the record, which several articles may share, or the location.
    pub id: String,
    /// Location, which is unique and identifies the article.
    pub location: String,
    /// Headline.
    pub title: String,
    /// Byte ranges of matches in `title`.
    pub title_highlights: Vec<Range<usize>>,
    /// Date of publication.
    pub published: Option<Published>,
    /// Outlet.
    pub source: Option<String>,
    /// Authors.
    pub byline: Option<String>,
    /// Section.
    pub section: Option<String>,
    /// Language code.
    pub language: Option<String>,
    /// Path of the source file, relative to the current folder if below it.
    pub path: PathBuf,
    /// Path inside the container; empty outside of one.
    pub inner: String,
    /// Number of the record in its source file.
    pub record: u64,
    /// URL.
    pub url: Option<String>,
}

/// A copy of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copy {
    /// Its id.
    pub id: String,
    /// Its location.
    pub location: String,
    /// Its outlet.
    pub source: Option<String>,
    /// Its date of publication.
    pub published: Option<Published>,
}
