//! What a search gives: plain data.

use std::ops::Range;
use std::path::PathBuf;

use super::options::Sort;
use crate::article::Published;

/// What a search gave.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Results {
    /// How many articles match; 0 when they were not counted.
    pub total_articles: u64,
    /// The hits wanted, in their order.
    pub hits: Vec<Hit>,
    /// The words that brought in articles beside the query's own, the weightiest first.
    pub expanded: Vec<String>,
    /// The words of the subject that similar articles were looked for by, the weightiest first.
    pub similar_by: Vec<String>,
    /// The order that chose which of several copies is shown: the first in it; none when copies are not collapsed.
    pub collapsed: Option<Sort>,
    /// Prefixes that begin more words than count for the order: the prefix, and how many words it begins.
    pub prefixes_cut: Vec<(String, usize)>,
    /// Patterns that match more words than are looked for: the pattern as text, and how many words it matches.
    pub patterns_cut: Vec<(String, usize)>,
}

/// A scored passage with its article's facts.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The number of its article in the list, from 1; passages of one article share it.
    pub rank: usize,
    /// The score; higher is better, and only comparable within one query.
    pub score: f32,
    /// The passage.
    pub passage: Passage,
    /// The article it stands in.
    pub article: ArticleFacts,
    /// Articles whose text nearly equals this one's.
    pub copies: Vec<Copy>,
    /// What the score is made of, where that was asked for.
    pub explanation: Option<Explanation>,
}

/// What a score is made of: the sum of its parts, times the factor of recency.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The parts, in the order of [`PartKind`]; by word, the most first.
    pub parts: Vec<Part>,
    /// The factor by which its age lessens the sum, where newer articles are preferred.
    pub recency: Option<f32>,
    /// By how much each kind of part, with recency, puts it above the article that comes next, the most first; the
    /// differences of the scores in sum. None after the last.
    pub above_next: Option<Vec<(PartKind, f32)>>,
}

/// One part of a score.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// What it is for.
    pub kind: PartKind,
    /// The word that it is for; none where it is for several together.
    pub word: Option<String>,
    /// What it adds.
    pub score: f32,
}

/// What parts of a score are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PartKind {
    /// How often a word of the query is in the article, in its headline above all, and how rare it is.
    Article,
    /// The same in the passage that is shown.
    Passage,
    /// The same in the article's first passage.
    Lead,
    /// How near words of the query stand to each other.
    Proximity,
    /// Words that the first articles have in common.
    Feedback,
}

impl PartKind {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Article, Self::Passage, Self::Lead, Self::Proximity, Self::Feedback];

    /// What it is called.
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

/// A run of whole sentences of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// Which passage of the article it is, from 0.
    pub ordinal: usize,
    /// Byte range in the article's stored text.
    pub bytes: Range<usize>,
    /// The text of that range.
    pub text: String,
    /// Byte ranges in `text` of what matched.
    pub highlights: Vec<Range<usize>>,
}

/// What is shown of an article beside the passage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArticleFacts {
    /// Its identifier: the record's own, which several articles may share, else where it is.
    pub id: String,
    /// Where it is: unique, and taken wherever an article is to be named.
    pub location: String,
    /// The headline.
    pub title: String,
    /// Byte ranges in `title` of what matched.
    pub title_highlights: Vec<Range<usize>>,
    /// When it was published.
    pub published: Option<Published>,
    /// The outlet.
    pub source: Option<String>,
    /// Who wrote it.
    pub byline: Option<String>,
    /// The part of the paper.
    pub section: Option<String>,
    /// The language's code.
    pub language: Option<String>,
    /// The source file as it can be opened from here.
    pub path: PathBuf,
    /// The path inside a container; empty outside of one.
    pub inner: String,
    /// The record's number in its source file.
    pub record: u64,
    /// Where it stood on the web.
    pub url: Option<String>,
}

/// An article whose text nearly equals another's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copy {
    /// Its identifier.
    pub id: String,
    /// Where it is.
    pub location: String,
    /// The outlet.
    pub source: Option<String>,
    /// When it was published.
    pub published: Option<Published>,
}
