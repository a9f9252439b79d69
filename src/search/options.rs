//! Options of a search, as plain data.

use std::path::PathBuf;

use super::synonyms::Synonyms;
use crate::article::Date;

/// Options of a search.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Filter of articles.
    pub filter: Filter,
    /// Options of the ranking.
    pub ranking: Ranking,
    /// Options of the result page.
    pub page: Page,
}

/// A filter of articles.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// First day of publication.
    pub from: Option<Date>,
    /// Last day of publication.
    pub to: Option<Date>,
    /// Only articles that state their date: neither undated nor dated by their file.
    pub dated: bool,
    /// Words in the name of the outlet.
    pub source: Names,
    /// Language, by code or name.
    pub language: Names,
    /// Words in the name of the section.
    pub section: Names,
}

/// Names of which an article must have one, and names that it must not have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// The article must have one of these, if there are any.
    pub any_of: Vec<String>,
    /// The article must have none of these.
    pub none_of: Vec<String>,
}

impl Filter {
    /// Whether it accepts every article.
    pub fn is_empty(&self) -> bool {
        let names = [&self.source, &self.language, &self.section];
        !self.dated && self.from.is_none() && self.to.is_none() && names.iter().all(|names| **names == Names::default())
    }
}

/// Options of the ranking.
#[derive(Debug, Clone)]
pub struct Ranking {
    /// Sort order.
    pub sort: Sort,
    /// Whether to re-rank by relevance feedback.
    pub feedback: bool,
    /// Whether feedback may add articles that the query does not find.
    pub expand: bool,
    /// Preference for newer articles, if any.
    pub recency: Option<Recency>,
    /// Whether to collapse copies.
    pub collapse: bool,
    /// Groups of synonyms.
    pub synonyms: Synonyms,
    /// Whether names are looked for in other letters too.
    pub translit: bool,
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
            translit: false,
        }
    }
}

/// Options of the result page.
#[derive(Debug, Clone)]
pub struct Page {
    /// Number of hits.
    pub limit: usize,
    /// Number of hits to skip.
    pub offset: usize,
    /// Maximum number of passages from one article.
    pub per_article: usize,
    /// Number of sentences to show before and after a passage.
    pub context: usize,
    /// Whether to count all matching articles.
    pub count: bool,
    /// Whether to explain scores.
    pub explain: bool,
    /// Folder relative to which paths are shown.
    pub here: PathBuf,
}

impl Default for Page {
    fn default() -> Self {
        Self { limit: 10, offset: 0, per_article: 1, context: 0, count: true, explain: false, here: PathBuf::new() }
    }
}

/// Preference for newer articles: the score halves with each half-life of age.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Recency {
    /// Half-life in days; greater than 0.
    pub half_life_days: f64,
    /// Day on which the age of an article is 0.
    pub today: Date,
}

/// A sort order of hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// By decreasing score.
    Relevance,
    /// Latest date of publication first.
    Newest,
    /// Earliest date of publication first.
    Oldest,
}
