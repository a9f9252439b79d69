//! Copies: articles that are one text, folded under one hit of a ranked list, or looked for in the whole index.
//!
//! Signatures are compared and no texts. Folding goes down the ranked list: an article that is a copy of one that is
//! shown above goes under that one, so the first in the order of hits is shown, which has the best passage, and
//! the copies under it are the reader's choice. Only articles that the query finds are folded; [`copies`] finds all.

use std::collections::BTreeSet;
use std::path::Path;

use tantivy::{DocAddress, DocId};

use super::constants::CANDIDATES_MIN;
use super::hit::{ArticleFacts, Copy, Options};
use super::present;
use super::rescore::Candidate;
use crate::analysis::Signature;
use crate::error::Error;
use crate::index::{Reader, SignatureColumn};

/// By how much more articles are ranked each time that folding leaves too few of them.
const GROWTH: usize = 4;

/// Articles that are ranked for a few hits, however many of them are copies: enough for hundreds of copies of each of
/// the first ten, and a tenth of a second.
const RANKED_FOR_FOLDING_MAX: usize = CANDIDATES_MIN * GROWTH * GROWTH * GROWTH;

/// Articles shown that a further one is compared with: beyond, copies are shown apart, since the time for it grows with
/// the square and no person reads on.
const COMPARED_MAX: usize = 20_000;

/// An article and its copies in the whole index.
#[derive(Debug, Clone, PartialEq)]
pub struct CopyList {
    /// The article that was asked about.
    pub article: ArticleFacts,
    /// Its copies, the first published first, the undated last.
    pub copies: Vec<FoundCopy>,
}

/// A copy that was looked for.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundCopy {
    /// What is known about it.
    pub article: ArticleFacts,
    /// The estimated share of the shorter one's text that stands in the longer one, 0 to 1.
    pub shared: f32,
}

/// What one ranking gave.
pub(super) struct Ranking {
    /// The articles in their order.
    pub(super) candidates: Vec<Candidate>,
    /// Whether these are all that match.
    pub(super) all: bool,
    /// The words that feedback found.
    pub(super) learnt: Vec<String>,
}

/// The first `wanted` articles in the order that `rank` gives, copies folded under them when `fold` says so, and the
/// words that feedback found.
///
/// `rank` is asked for a first lot of articles, then for larger ones whose new articles come after those before. So
/// the list for a few hits is the beginning of the list for many, and a next page goes on where the last ended.
pub(super) fn first(
    reader: &Reader,
    wanted: usize,
    fold: bool,
    rank: impl Fn(usize) -> Result<Ranking, Error>,
) -> Result<(Vec<Candidate>, Vec<String>), Error> {
    let mut list = List::new(reader)?;
    let mut limit = CANDIDATES_MIN;
    let ranking = rank(limit)?;
    let (mut all, learnt) = (ranking.all, ranking.learnt);
    list.add(ranking.candidates, fold);
    while list.shown.len() < wanted && !all && limit < wanted.max(RANKED_FOR_FOLDING_MAX) {
        limit = limit.saturating_mul(GROWTH);
        let ranking = rank(limit)?;
        all = ranking.all;
        list.add(ranking.candidates, fold);
    }
    Ok((list.shown, learnt))
}

/// The first `wanted` articles of a ranked list that are no copies of one before.
pub(super) fn distinct(reader: &Reader, ranked: &[Candidate], wanted: usize) -> Result<Vec<Candidate>, Error> {
    let mut list = List::new(reader)?;
    for candidate in ranked {
        if list.shown.len() == wanted {
            break;
        }
        list.add(vec![candidate.clone()], true);
    }
    Ok(list.shown)
}

/// Articles in their order, with the copies under each.
struct List {
    columns: Vec<SignatureColumn>,
    seen: BTreeSet<DocAddress>,
    shown: Vec<Candidate>,
    /// The signatures of those shown, as far as they have one, with their places in the list.
    signatures: Vec<(usize, Signature)>,
}

impl List {
    fn new(reader: &Reader) -> Result<Self, Error> {
        Ok(Self { columns: columns(reader)?, seen: BTreeSet::new(), shown: Vec::new(), signatures: Vec::new() })
    }

    fn add(&mut self, candidates: Vec<Candidate>, fold: bool) {
        for candidate in candidates {
            if !self.seen.insert(candidate.at) {
                continue;
            }
            let signature = self.columns[candidate.at.segment_ord as usize].read(candidate.at.doc_id);
            let signature = signature.filter(|_| fold && self.signatures.len() < COMPARED_MAX);
            if let Some(signature) = signature {
                if let Some((place, _)) = self.signatures.iter().find(|(_, known)| signature.is_copy_of(known)) {
                    self.shown[*place].copies.push(candidate.at);
                    continue;
                }
                self.signatures.push((self.shown.len(), signature));
            }
            self.shown.push(candidate);
        }
    }
}

fn columns(reader: &Reader) -> Result<Vec<SignatureColumn>, Error> {
    reader.searcher().segment_readers().iter().map(|segment| reader.signatures(segment)).collect()
}

/// What is shown of the copies under a hit, the first published first.
pub(super) fn under(reader: &Reader, places: &[DocAddress]) -> Result<Vec<Copy>, Error> {
    let copy = |at: &DocAddress| {
        let stored = reader.article(*at)?;
        Ok(Copy { id: stored.id, source: stored.article.source, published: stored.article.published })
    };
    let mut copies = places.iter().map(copy).collect::<Result<Vec<Copy>, Error>>()?;
    copies.sort_by(|a, b| {
        let key = |c: &Copy| (c.published.is_none(), c.published.map(|p| (p.day, p.instant)));
        key(a).cmp(&key(b)).then_with(|| a.id.cmp(&b.id))
    });
    Ok(copies)
}

/// The copies of the article that bears an identifier, in the whole index; several lists when several articles bear it.
/// Paths are shown from the folder `here`.
///
/// # Errors
/// [`Error::UnknownArticle`] when there is no such article, [`Error::Index`] when the index is damaged.
pub fn copies(reader: &Reader, id: &str, here: &Path) -> Result<Vec<CopyList>, Error> {
    let places = reader.places(id)?;
    if places.is_empty() {
        return Err(Error::UnknownArticle { id: id.to_owned() });
    }
    let options = Options { here: here.to_owned(), ..Options::default() };
    let facts = |at| Ok::<_, Error>(present::facts(reader, &options, &reader.article(at)?, &[]));
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

/// The first published first, the undated last; then by identifier and place.
fn order(facts: &ArticleFacts) -> impl Ord + '_ {
    let published = facts.published.map(|p| (p.day, p.instant));
    (published.is_none(), published, &facts.id, &facts.path, &facts.inner, facts.record)
}

/// Where the copies of an article are, and how much of the text they share with it: a walk over all signatures.
fn copies_of(reader: &Reader, place: DocAddress) -> Result<Vec<(DocAddress, f32)>, Error> {
    let columns = columns(reader)?;
    let Some(own) = columns[place.segment_ord as usize].read(place.doc_id) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for ((segment, reader), column) in (0..).zip(reader.searcher().segment_readers()).zip(&columns) {
        let mut compare = |doc: DocId| {
            let at = DocAddress::new(segment, doc);
            if let Some(other) = column.read(doc).filter(|other| at != place && own.is_copy_of(other)) {
                found.push((at, own.containment(&other)));
            }
        };
        reader.doc_ids_alive().for_each(&mut compare);
    }
    Ok(found)
}
