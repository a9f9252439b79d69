//! Views of a result set: over time, by field, and by typical words.
//!
//! A view covers all matching articles, not only the best. Copies count once, as the earliest of them, unless every
//! copy is requested.

mod facets;
mod terms;
mod timeline;

pub use facets::{Facet, FacetKind, facets};
pub use terms::{TellingTerm, Terms, terms, words_with_prefix};
pub use timeline::{Period, Timeline, Unit, timeline};

use std::collections::HashMap;

use tantivy::DocAddress;

use super::collapse::columns;
use super::first;
use super::hit::Cut;
use super::options::{Filter, Options};
use super::plan::Plan;
use super::statistics::Statistics;
use crate::analysis::Signature;
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
            Some(finder) => first::all(reader, &Statistics::new(reader)?, finder)?,
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
///
/// Only articles whose signatures have two adjacent bytes in common are compared. Nearly all copies do, and one in a
/// thousand of other pairs.
fn stories(reader: &Reader, all: &[DocAddress]) -> Result<Vec<DocAddress>, Error> {
    let signatures = columns(reader)?;
    let segments = reader.searcher().segment_readers();
    let days = segments.iter().map(|segment| reader.days(segment)).collect::<Result<Vec<_>, Error>>()?;
    let day = |doc: &DocAddress| days[doc.segment_ord as usize].first(doc.doc_id).unwrap_or(i64::MAX);
    let mut by_day: Vec<(i64, usize)> = all.iter().enumerate().map(|(place, doc)| (day(doc), place)).collect();
    by_day.sort_unstable();
    let mut known: Vec<Signature> = Vec::new();
    let mut buckets: HashMap<(u8, u8, u8), Vec<u32>> = HashMap::new();
    let mut counted = Vec::with_capacity(all.len());
    let mut compared: Vec<u32> = Vec::new();
    for (_, place) in by_day {
        let doc = all[place];
        let Some(signature) = signatures[doc.segment_ord as usize].read(doc.doc_id) else {
            counted.push(place);
            continue;
        };
        let pairs = signature.byte_pairs();
        compared.clear();
        compared.extend(pairs.iter().filter_map(|pair| buckets.get(pair)).flatten());
        compared.sort_unstable();
        compared.dedup();
        if compared.iter().any(|other| signature.is_copy_of(&known[*other as usize])) {
            continue;
        }
        let number = known.len() as u32;
        pairs.into_iter().for_each(|pair| buckets.entry(pair).or_default().push(number));
        known.push(signature);
        counted.push(place);
    }
    counted.sort_unstable();
    Ok(counted.into_iter().map(|place| all[place]).collect())
}
