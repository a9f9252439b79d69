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
    /// Whether copies are collapsed.
    collapse: bool,
    columns: Vec<SignatureColumn>,
    pub(super) shown: Vec<Candidate>,
    /// Signatures of the shown articles, with their places in the list.
    signatures: Vec<(usize, Signature)>,
}

impl Collapsed {
    pub(super) fn new(reader: &Reader, wanted: usize, collapse: bool) -> Result<Self, Error> {
        let columns = if collapse { columns(reader)? } else { Vec::new() };
        Ok(Self { wanted, collapse, columns, shown: Vec::new(), signatures: Vec::new() })
    }

    pub(super) fn is_full(&self) -> bool {
        self.shown.len() >= self.wanted
    }

    /// Adds candidates that were ranked together, in order.
    pub(super) fn add(&mut self, ranked: Vec<Candidate>) {
        let first = self.shown.len();
        for candidate in ranked {
            if self.is_full() && !self.collapse {
                return;
            }
            let compared = self.collapse && self.signatures.len() < COMPARED_MAX;
            let signature = compared.then(|| read(&self.columns, candidate.doc)).flatten();
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
    let columns = columns(reader)?;
    let (mut first, mut signatures) = (Vec::with_capacity(wanted), Vec::<Signature>::new());
    for candidate in ranked {
        let signature = read(&columns, candidate.doc);
        if signature.as_ref().is_some_and(|own| signatures.iter().any(|earlier| own.is_copy_of(earlier))) {
            continue;
        }
        signatures.extend(signature);
        first.push(candidate);
        if first.len() == wanted {
            break;
        }
    }
    Ok(first)
}

/// Flags for the first articles of a ranked list: whether they are copies of an earlier one.
pub(super) fn repeats(reader: &Reader, first: &[Candidate]) -> Result<Vec<bool>, Error> {
    let columns = columns(reader)?;
    let signatures: Vec<Option<Signature>> = first.iter().map(|c| read(&columns, c.doc)).collect();
    let repeats = |(place, own): (usize, &Option<Signature>)| {
        own.as_ref().is_some_and(|own| signatures[..place].iter().flatten().any(|earlier| own.is_copy_of(earlier)))
    };
    Ok(signatures.iter().enumerate().map(repeats).collect())
}

/// Removes the copies of a text from a list.
pub(super) fn without(reader: &Reader, text: &Signature, ranked: &mut Vec<Candidate>) -> Result<(), Error> {
    let columns = columns(reader)?;
    ranked.retain(|candidate| !read(&columns, candidate.doc).is_some_and(|other| text.is_copy_of(&other)));
    Ok(())
}

/// The signature columns of all segments.
pub(super) fn columns(reader: &Reader) -> Result<Vec<SignatureColumn>, Error> {
    reader.searcher().segment_readers().iter().map(|segment| reader.signatures(segment)).collect()
}

fn read(columns: &[SignatureColumn], doc: DocAddress) -> Option<Signature> {
    columns[doc.segment_ord as usize].read(doc.doc_id)
}
