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

/// Places of pairs of bytes in a signature.
const PAIR_PLACES: usize = Signature::WORDS * 4;

/// The earliest article of each story, in list order.
///
/// Only articles whose signatures have two adjacent bytes in common are compared. Nearly all copies do, and one in a
/// thousand of other pairs.
fn stories(reader: &Reader, all: &[DocAddress]) -> Result<Vec<DocAddress>, Error> {
    let signatures = columns(reader)?;
    let segments = reader.searcher().segment_readers();
    let days = segments.iter().map(|segment| reader.days(segment)).collect::<Result<Vec<_>, Error>>()?;
    let day = |doc: &DocAddress| days[doc.segment_ord as usize].first(doc.doc_id).unwrap_or(i64::MAX);
    let versions = segments.iter().map(|segment| reader.versions(segment)).collect::<Result<Vec<_>, Error>>()?;
    // Of the same day the one with the lower version, whatever the order in the index.
    let version = |doc: &DocAddress| versions[doc.segment_ord as usize].first(doc.doc_id).unwrap_or(0);
    let mut by_day: Vec<(i64, u64, usize)> =
        all.iter().enumerate().map(|(place, doc)| (day(doc), version(doc), place)).collect();
    by_day.sort_unstable();
    let mut known: Vec<Signature> = Vec::new();
    // For each pair of bytes the last known signature that has it, from 1, and a chain of those before it.
    let mut last = vec![0u32; PAIR_PLACES << 16];
    let mut chains: Vec<(u32, u32)> = vec![(0, 0)];
    // The last article that each known signature was compared with.
    let mut compared: Vec<usize> = Vec::new();
    let mut counted = Vec::with_capacity(all.len());
    for (.., place) in by_day {
        let doc = all[place];
        let Some(signature) = signatures[doc.segment_ord as usize].read(doc.doc_id) else {
            counted.push(place);
            continue;
        };
        let slots = signature
            .byte_pairs()
            .into_iter()
            .map(|(at, a, b)| usize::from(at) << 16 | usize::from(a) << 8 | usize::from(b));
        let slots: Vec<usize> = slots.collect();
        let mut is_copy = false;
        'pairs: for slot in &slots {
            let mut link = last[*slot];
            while link > 0 {
                let (other, before) = chains[link as usize];
                link = before;
                let asked = std::mem::replace(&mut compared[other as usize], place + 1) != place + 1;
                is_copy = asked && signature.is_copy_of(&known[other as usize]);
                if is_copy {
                    break 'pairs;
                }
            }
        }
        if is_copy {
            continue;
        }
        for slot in slots {
            chains.push((known.len() as u32, last[slot]));
            last[slot] = chains.len() as u32 - 1;
        }
        known.push(signature);
        compared.push(0);
        counted.push(place);
    }
    counted.sort_unstable();
    Ok(counted.into_iter().map(|place| all[place]).collect())
}
