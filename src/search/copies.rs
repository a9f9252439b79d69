//! Finds the copies of an article in the whole index, by scanning all signatures.

use std::path::Path;

use tantivy::DocAddress;

use super::collapse::Signatures;
use super::hit::ArticleFacts;
use super::present;
use crate::error::Error;
use crate::index::Reader;

/// An article and its copies in the whole index.
#[derive(Debug, Clone, PartialEq)]
pub struct CopyList {
    /// The article.
    pub article: ArticleFacts,
    /// Its copies, earliest first, undated last.
    pub copies: Vec<FoundCopy>,
}

/// A copy of an article.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundCopy {
    /// Its metadata.
    pub article: ArticleFacts,
    /// Estimated share of the shorter text that the longer one contains, from 0 to 1.
    pub shared: f32,
}

/// The copies of the article with this id or location, in the whole index. If several articles share the id, there is a
/// list for each. Paths are shown relative to `here`.
///
/// # Errors
/// [`Error::UnknownArticle`] when there is no such article, [`Error::Index`] when the index is damaged.
pub fn copies(reader: &Reader, id: &str, here: &Path) -> Result<Vec<CopyList>, Error> {
    let places = reader.places(id)?;
    if places.is_empty() {
        return Err(Error::UnknownArticle { id: id.to_owned() });
    }
    let facts = |at| Ok::<_, Error>(present::facts(reader, here, &reader.article(at)?, &[]));
    let mut lists = Vec::with_capacity(places.len());
    for place in places {
        let mut copies = Vec::new();
        for (at, shared) in copies_of(reader, place)? {
            copies.push(FoundCopy { article: facts(at)?, shared });
        }
        copies.sort_by(|a, b| order(&a.article).cmp(&order(&b.article)));
        lists.push(CopyList { article: facts(place)?, copies });
    }
    lists.sort_by(|a, b| order(&a.article).cmp(&order(&b.article)));
    Ok(lists)
}

/// Order of copies: earliest first, undated last, then by id and location.
fn order(facts: &ArticleFacts) -> impl Ord + '_ {
    let published = facts.published.map(|p| (p.day, p.instant));
    (published.is_none(), published, &facts.id, &facts.path, &facts.inner, facts.record)
}

/// The copies of an article with the share of common text, by scanning all signatures.
fn copies_of(reader: &Reader, place: DocAddress) -> Result<Vec<(DocAddress, f32)>, Error> {
    let signatures = Signatures::of(reader)?;
    let Some(own) = signatures.read(place) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for (ord, segment) in (0..).zip(reader.searcher().segment_readers()) {
        for at in segment.doc_ids_alive().map(|doc| DocAddress::new(ord, doc)).filter(|at| *at != place) {
            if let Some(other) = signatures.read(at).filter(|other| own.is_copy_of(other)) {
                found.push((at, own.containment(&other)));
            }
        }
    }
    Ok(found)
}
