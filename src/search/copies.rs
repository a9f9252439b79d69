//! Copies: articles that are one text, folded under one hit of a ranked list, or looked for in the whole index.
//!
//! Signatures are compared and no texts. Folding goes down the ranked list: an article that is a copy of one that is
//! shown above goes under that one, so the first in the order of hits is shown, which has the best passage, and
//! the copies under it are the reader's choice. Only articles that the query finds are folded; [`copies`] finds all.

use std::collections::BTreeSet;
use std::path::Path;

use tantivy::{DocAddress, DocId};

use super::constants::CANDIDATES_MIN;
use super::feedback::Model;
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
    /// What feedback learnt; none where it does not speak.
    pub(super) model: Option<Model>,
}

/// The articles of a list, and the models of the rankings that they come from.
pub(super) struct Folded {
    /// The articles, with their copies.
    pub(super) shown: Vec<Candidate>,
    /// By [`Candidate::lot`].
    pub(super) models: Vec<Option<Model>>,
}

/// The first `wanted` articles in the order that `rank` gives, copies folded under them when `fold` says so.
///
/// `rank` is asked for a first lot of articles, then for larger ones whose new articles come after those before. So
/// the list for a few hits is the beginning of the list for many, and a next page goes on where the last ended.
pub(super) fn first(
    reader: &Reader,
    wanted: usize,
    fold: bool,
    rank: impl Fn(usize) -> Result<Ranking, Error>,
) -> Result<Folded, Error> {
    let mut list = List::new(reader, wanted)?;
    let mut models = Vec::new();
    let mut limit = CANDIDATES_MIN;
    loop {
        let Ranking { mut candidates, all, model } = rank(limit)?;
        candidates.iter_mut().for_each(|candidate| candidate.lot = models.len());
        models.push(model);
        list.add(candidates, fold);
        if list.shown.len() >= wanted || all || limit >= wanted.max(RANKED_FOR_FOLDING_MAX) {
            return Ok(Folded { shown: list.shown, models });
        }
        limit = limit.saturating_mul(GROWTH);
    }
}

/// The first `wanted` articles of a ranked list that are no copies of one before.
pub(super) fn distinct(reader: &Reader, ranked: &[Candidate], wanted: usize) -> Result<Vec<Candidate>, Error> {
    let mut list = List::new(reader, wanted)?;
    for candidate in ranked {
        if list.shown.len() == wanted {
            break;
        }
        list.add(vec![candidate.clone()], true);
    }
    Ok(list.shown)
}

/// Which of the first articles of a ranked list copy one before.
pub(super) fn repeats(reader: &Reader, first: &[Candidate]) -> Result<Vec<bool>, Error> {
    let columns = columns(reader)?;
    let signature = |c: &Candidate| columns[c.at.segment_ord as usize].read(c.at.doc_id);
    let signatures: Vec<Option<Signature>> = first.iter().map(signature).collect();
    let repeats = |(place, own): (usize, &Option<Signature>)| {
        let Some(own) = own else { return false };
        signatures[..place].iter().flatten().any(|earlier| own.is_copy_of(earlier))
    };
    Ok(signatures.iter().enumerate().map(repeats).collect())
}

/// Takes the articles from a list that are copies of a text.
pub(super) fn without(reader: &Reader, text: &Signature, ranked: &mut Vec<Candidate>) -> Result<(), Error> {
    let columns = columns(reader)?;
    let signature = |c: &Candidate| columns[c.at.segment_ord as usize].read(c.at.doc_id);
    ranked.retain(|candidate| !signature(candidate).is_some_and(|other| text.is_copy_of(&other)));
    Ok(())
}

/// Articles in their order, with the copies under each.
struct List {
    /// How many are shown at the most; what comes after them can only be a copy of one of them.
    wanted: usize,
    columns: Vec<SignatureColumn>,
    seen: BTreeSet<DocAddress>,
    shown: Vec<Candidate>,
    /// The signatures of those shown, as far as they have one, with their places in the list.
    signatures: Vec<(usize, Signature)>,
}

impl List {
    fn new(reader: &Reader, wanted: usize) -> Result<Self, Error> {
        let (seen, shown, signatures) = (BTreeSet::new(), Vec::new(), Vec::new());
        Ok(Self { wanted, columns: columns(reader)?, seen, shown, signatures })
    }

    fn add(&mut self, candidates: Vec<Candidate>, fold: bool) {
        for candidate in candidates {
            let full = self.shown.len() >= self.wanted;
            if (full && !fold) || !self.seen.insert(candidate.at) {
                continue;
            }
            let signature = self.columns[candidate.at.segment_ord as usize].read(candidate.at.doc_id);
            let signature = signature.filter(|_| fold && self.signatures.len() < COMPARED_MAX);
            if let Some(signature) = signature {
                if let Some((place, _)) = self.signatures.iter().find(|(_, known)| signature.is_copy_of(known)) {
                    self.shown[*place].copies.push(candidate.at);
                    continue;
                }
                if !full {
                    self.signatures.push((self.shown.len(), signature));
                }
            }
            if !full {
                self.shown.push(candidate);
            }
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
