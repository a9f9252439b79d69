//! Collapses copies in a ranked list.
//!
//! Only signatures are compared, not texts. A copy of an article above is collapsed under it, so the first in the order
//! of hits is shown, which has the best passage. Only copies that are ranked together with it are named. Those further
//! down are dropped, so that a longer list begins like a shorter one.

use tantivy::DocAddress;

use super::rescore::Candidate;
use crate::analysis::Signature;
use crate::error::Error;
use crate::index::{Reader, SignatureColumn};

/// Maximum number of shown articles that a further one is compared with. Beyond this, copies are shown separately,
/// because the time grows with the square.
const COMPARED_MAX: usize = 20_000;

/// Articles in order, with the copies of each.
pub(super) struct Collapsed {
    /// Maximum number of articles shown. Later candidates can only be copies of these.
    wanted: usize,
    /// For collapsing copies; none if they are not collapsed.
    columns: Option<Signatures>,
    pub(super) shown: Vec<Candidate>,
    /// Signatures of the shown articles, with their places in the list.
    signatures: Vec<(usize, Signature)>,
}

impl Collapsed {
    pub(super) fn new(reader: &Reader, wanted: usize, collapse: bool) -> Result<Self, Error> {
        let columns = collapse.then(|| Signatures::of(reader)).transpose()?;
        Ok(Self { wanted, columns, shown: Vec::new(), signatures: Vec::new() })
    }

    pub(super) fn is_full(&self) -> bool {
        self.shown.len() >= self.wanted
    }

    /// Adds candidates that were ranked together, in order.
    pub(super) fn add(&mut self, ranked: Vec<Candidate>) {
        let first = self.shown.len();
        for candidate in ranked {
            if self.is_full() && self.columns.is_none() {
                return;
            }
            let columns = self.columns.as_ref().filter(|_| self.signatures.len() < COMPARED_MAX);
            let signature = columns.and_then(|columns| columns.read(candidate.doc));
            if let Some(signature) = signature {
                if let Some((place, _)) = self.signatures.iter().find(|(_, known)| signature.is_copy_of(known)) {
                    if *place >= first {
                        self.shown[*place].copies.push(candidate.doc);
                    }
                    continue;
                }
                if !self.is_full() {
                    self.signatures.push((self.shown.len(), signature));
                }
            }
            if !self.is_full() {
                self.shown.push(candidate);
            }
        }
    }
}

/// The first `wanted` articles of a ranked list, without copies of earlier ones.
pub(super) fn distinct<'a>(
    reader: &Reader,
    ranked: &'a [Candidate],
    wanted: usize,
) -> Result<Vec<&'a Candidate>, Error> {
    let (columns, mut earlier) = (Signatures::of(reader)?, Vec::<Signature>::new());
    let is_new = |candidate: &&Candidate| {
        let own = columns.read(candidate.doc);
        let is_new = !own.as_ref().is_some_and(|own| earlier.iter().any(|earlier| own.is_copy_of(earlier)));
        earlier.extend(own.filter(|_| is_new));
        is_new
    };
    Ok(ranked.iter().filter(is_new).take(wanted).collect())
}

/// Flags for the first articles of a ranked list: whether they are copies of an earlier one.
pub(super) fn repeats(reader: &Reader, first: &[Candidate]) -> Result<Vec<bool>, Error> {
    let (columns, mut earlier) = (Signatures::of(reader)?, Vec::<Signature>::new());
    let repeats = |candidate: &Candidate| {
        let own = columns.read(candidate.doc);
        let repeats = own.as_ref().is_some_and(|own| earlier.iter().any(|earlier| own.is_copy_of(earlier)));
        earlier.extend(own);
        repeats
    };
    Ok(first.iter().map(repeats).collect())
}

/// Removes the copies of a text from a list.
pub(super) fn without(reader: &Reader, text: &Signature, ranked: &mut Vec<Candidate>) -> Result<(), Error> {
    let columns = Signatures::of(reader)?;
    ranked.retain(|candidate| !columns.read(candidate.doc).is_some_and(|other| text.is_copy_of(&other)));
    Ok(())
}

/// The signatures of all articles.
pub(super) struct Signatures(Vec<SignatureColumn>);

impl Signatures {
    pub(super) fn of(reader: &Reader) -> Result<Self, Error> {
        let columns = reader.searcher().segment_readers().iter().map(|segment| reader.signatures(segment));
        columns.collect::<Result<_, Error>>().map(Self)
    }

    /// The signature of an article; none of a very short one.
    pub(super) fn read(&self, doc: DocAddress) -> Option<Signature> {
        self.0[doc.segment_ord as usize].read(doc.doc_id)
    }
}
