//! Copies in a ranked list: articles that are one text are collapsed under the first of them.
//!
//! Signatures are compared and no texts. An article that is a copy of one above goes under that one, so the first in
//! the order of hits is shown, which has the best passage, and the copies under it are the reader's choice. They are
//! those that are ranked together with it: what comes further down is left out and not named, so that a longer list
//! begins like a shorter one.

use tantivy::DocAddress;

use super::rescore::Candidate;
use crate::analysis::Signature;
use crate::error::Error;
use crate::index::{Reader, SignatureColumn};

/// Articles shown that a further one is compared with: beyond, copies are shown apart, since the time for it grows with
/// the square and no person reads on.
const COMPARED_MAX: usize = 20_000;

/// Articles in their order, with the copies under each.
pub(super) struct Collapsed {
    /// How many are shown at most; what comes after them can only be a copy of one of them.
    wanted: usize,
    /// Whether copies are collapsed at all.
    collapse: bool,
    columns: Vec<SignatureColumn>,
    pub(super) shown: Vec<Candidate>,
    /// The signatures of those shown, as far as they have one, with their places in the list.
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

    /// Adds candidates that were ranked together, in their order.
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

/// The first `wanted` articles of a ranked list that are no copies of one before.
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

/// Which of the first articles of a ranked list copy one before.
pub(super) fn repeats(reader: &Reader, first: &[Candidate]) -> Result<Vec<bool>, Error> {
    let columns = columns(reader)?;
    let signatures: Vec<Option<Signature>> = first.iter().map(|c| read(&columns, c.doc)).collect();
    let repeats = |(place, own): (usize, &Option<Signature>)| {
        own.as_ref().is_some_and(|own| signatures[..place].iter().flatten().any(|earlier| own.is_copy_of(earlier)))
    };
    Ok(signatures.iter().enumerate().map(repeats).collect())
}

/// Takes the articles from a list that are copies of a text.
pub(super) fn without(reader: &Reader, text: &Signature, ranked: &mut Vec<Candidate>) -> Result<(), Error> {
    let columns = columns(reader)?;
    ranked.retain(|candidate| !read(&columns, candidate.doc).is_some_and(|other| text.is_copy_of(&other)));
    Ok(())
}

/// The signatures of all segments.
pub(super) fn columns(reader: &Reader) -> Result<Vec<SignatureColumn>, Error> {
    reader.searcher().segment_readers().iter().map(|segment| reader.signatures(segment)).collect()
}

fn read(columns: &[SignatureColumn], doc: DocAddress) -> Option<Signature> {
    columns[doc.segment_ord as usize].read(doc.doc_id)
}
