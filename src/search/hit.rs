//! What a search is asked for and what it gives: plain data.

use std::ops::Range;
use std::path::PathBuf;

use crate::article::{Date, Published};

/// How a query is run and what of its outcome is wanted.
#[derive(Debug, Clone)]
pub struct Options {
    /// Hits wanted.
    pub limit: usize,
    /// Hits left out from the top.
    pub offset: usize,
    /// Passages shown of one article at the most.
    pub per_article: usize,
    /// Published on this day or later.
    pub from: Option<Date>,
    /// Published on this day or earlier.
    pub to: Option<Date>,
    /// Published by an outlet with these words in its name.
    pub source: Option<String>,
    /// In this language.
    pub language: Option<String>,
    /// In which order.
    pub sort: Sort,
    /// Whether to re-rank by what the first articles are about.
    pub feedback: bool,
    /// Whether feedback may bring in articles that the words alone do not find.
    pub expand: bool,
    /// Whether it is said what a score is made of.
    pub explain: bool,
    /// Whether newer articles are preferred, and how much.
    pub recency: Option<Recency>,
    /// Whether copies are folded under the first of them in the order of hits.
    pub fold: bool,
    /// Sentences to show around the passage, on each side.
    pub context: usize,
    /// Whether all matching articles are counted.
    pub count: bool,
    /// The folder from which paths are shown.
    pub here: PathBuf,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            limit: 10,
            offset: 0,
            per_article: 1,
            from: None,
            to: None,
            source: None,
            language: None,
            sort: Sort::Relevance,
            feedback: true,
            expand: false,
            explain: false,
            recency: None,
            fold: true,
            context: 0,
            count: true,
            here: PathBuf::new(),
        }
    }
}

/// How much newer articles are preferred: an article's score halves with each half-life of its age.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Recency {
    /// The half-life in days; above 0.
    pub half_life_days: f64,
    /// The day on which an article has no age yet.
    pub today: Date,
}

/// The order of hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// The best first.
    Relevance,
    /// The last published first.
    Newest,
    /// The first published first.
    Oldest,
}

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
    /// The order that chose which of several copies is shown: the first in it; none when copies are not folded.
    pub folded: Option<Sort>,
    /// Prefixes that begin more words than count for the order: the prefix, and how many words it begins.
    pub prefixes_cut: Vec<(String, usize)>,
}

/// A scored passage with its article's facts.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Its place in the list, from 1.
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
    Nearness,
    /// Words that the first articles have in common.
    Feedback,
}

impl PartKind {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Article, Self::Passage, Self::Lead, Self::Nearness, Self::Feedback];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Article => "article",
            Self::Passage => "passage",
            Self::Lead => "lead",
            Self::Nearness => "nearness",
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
    /// Its identifier.
    pub id: String,
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
    /// The outlet.
    pub source: Option<String>,
    /// When it was published.
    pub published: Option<Published>,
}
