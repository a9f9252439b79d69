//! Views of a result set: over time, by field, and by typical words.
//!
//! A view covers all matching articles, not only the best. Copies count once, as the earliest of them, unless every
//! copy is requested.

mod facets;
mod terms;
mod timeline;

pub use facets::{Facet, FacetKind, facets};
pub use terms::{Terms, TypicalTerm, terms, words_with_prefix};
pub use timeline::{Period, Timeline, timeline};

pub use crate::query::Unit;

use rayon::prelude::*;
use tantivy::DocAddress;

use super::collapse::Signatures;
use super::first;
use super::hit::Cut;
use super::options::{Filter, Options};
use super::plan::Plan;
use super::statistics::Statistics;
use crate::analysis::originals;
use crate::error::Error;
use crate::index::Reader;
use crate::query::Query;

/// The articles of a result set.
#[derive(Debug, Clone, Default)]
pub struct Matches {
    /// All articles, by segment and number.
    all: Vec<DocAddress>,
    /// The counted articles: all, or each story once.
    counted: Vec<DocAddress>,
    /// What limits have cut of the query.
    pub cut: Cut,
}

impl Matches {
    /// The articles that match a query. With `copies`, every copy is counted.
    ///
    /// # Errors
    /// [`Error::Index`] when the index is damaged.
    pub fn of(reader: &Reader, query: &Query, filter: &Filter, copies: bool) -> Result<Self, Error> {
        let options = Options { filter: filter.clone(), ..Options::default() };
        let plan = Plan::new(reader, query, &options)?;
        let all = match &plan.finder {
            Some(finder) => first::all(&Statistics::new(reader)?, finder)?,
            None => Vec::new(),
        };
        let counted = if copies { all.clone() } else { stories(reader, &all)? };
        Ok(Self { all, counted, cut: plan.cut() })
    }

    /// Number of matching articles, with all copies.
    pub fn articles(&self) -> u64 {
        self.all.len() as u64
    }

    /// Number of counted articles.
    pub fn counted(&self) -> u64 {
        self.counted.len() as u64
    }
}

/// The earliest article of each story, in list order.
fn stories(reader: &Reader, all: &[DocAddress]) -> Result<Vec<DocAddress>, Error> {
    let segments = reader.searcher().segment_readers();
    let days = segments.iter().map(|segment| reader.days(segment)).collect::<Result<Vec<_>, Error>>()?;
    let versions = segments.iter().map(|segment| reader.versions(segment)).collect::<Result<Vec<_>, Error>>()?;
    let time = |(place, doc): (usize, &DocAddress)| {
        let (segment, article) = (doc.segment_ord as usize, doc.doc_id);
        // On the same day, the article with the lower version comes first, independent of the order in the index.
        (days[segment].first(article).unwrap_or(i64::MAX), versions[segment].first(article).unwrap_or(0), place)
    };
    let mut by_time: Vec<(i64, u64, usize)> = all.par_iter().enumerate().map(time).collect();
    by_time.par_sort_unstable();
    let signatures = Signatures::of(reader)?;
    let read: Vec<_> = by_time.par_iter().map(|(.., place)| signatures.read(all[*place])).collect();
    let mut counted = vec![false; all.len()];
    for ((.., place), is_original) in by_time.iter().zip(originals(&read)) {
        counted[*place] = is_original;
    }
    Ok(all.iter().zip(counted).filter(|(_, counted)| *counted).map(|(doc, _)| *doc).collect())
}
