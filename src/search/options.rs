//! What a search is asked for: plain data.

use std::path::PathBuf;

use super::synonyms::Synonyms;
use crate::article::Date;

/// How a query is run and what of its outcome is wanted.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Which articles come into question.
    pub filter: Filter,
    /// In which order they come.
    pub ranking: Ranking,
    /// Which of them are shown, and how much of each.
    pub page: Page,
}

/// Which articles come into question.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Published on this day or later.
    pub from: Option<Date>,
    /// Published on this day or earlier.
    pub to: Option<Date>,
    /// Published by an outlet with these words in its name.
    pub source: Names,
    /// In this language, by code or name.
    pub language: Names,
    /// In a section with these words in its name.
    pub section: Names,
}

/// Names of which an article must have one, and names that it must not have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// One of these, if there are any.
    pub any_of: Vec<String>,
    /// None of these.
    pub none_of: Vec<String>,
}

impl Names {
    fn is_empty(&self) -> bool {
        self.any_of.is_empty() && self.none_of.is_empty()
    }
}

impl Filter {
    /// Whether any article comes into question.
    pub fn is_empty(&self) -> bool {
        let names = [&self.source, &self.language, &self.section];
        self.from.is_none() && self.to.is_none() && names.iter().all(|names| names.is_empty())
    }
}

/// In which order articles come.
#[derive(Debug, Clone)]
pub struct Ranking {
    /// By what.
    pub sort: Sort,
    /// Whether to re-rank by what the first articles are about.
    pub feedback: bool,
    /// Whether feedback may bring in articles that the words alone do not find.
    pub expand: bool,
    /// Whether newer articles are preferred, and how much.
    pub recency: Option<Recency>,
    /// Whether copies are collapsed under the first of them.
    pub collapse: bool,
    /// Words that stand for each other.
    pub synonyms: Synonyms,
}

impl Default for Ranking {
    fn default() -> Self {
        Self {
            sort: Sort::Relevance,
            feedback: true,
            expand: false,
            recency: None,
            collapse: true,
            synonyms: Synonyms::default(),
        }
    }
}

/// Which hits are shown, and how much of each.
#[derive(Debug, Clone)]
pub struct Page {
    /// Hits wanted.
    pub limit: usize,
    /// Hits left out from the top.
    pub offset: usize,
    /// Passages shown of one article at the most.
    pub per_article: usize,
    /// Sentences to show around the passage, on each side.
    pub context: usize,
    /// Whether all matching articles are counted.
    pub count: bool,
    /// Whether it is said what a score is made of.
    pub explain: bool,
    /// The folder from which paths are shown.
    pub here: PathBuf,
}

impl Default for Page {
    fn default() -> Self {
        Self { limit: 10, offset: 0, per_article: 1, context: 0, count: true, explain: false, here: PathBuf::new() }
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
