//! The positions of a word in articles: of any form of a stem, or of one form.
//!
//! `analysis` decides how a form is written in the index.

use tantivy::postings::{Postings, SegmentPostings};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, SegmentReader, Term};

use crate::analysis::{Form, forms_prefix};
use crate::index::Fields;

/// The index term for a query term. For a bare word it is the stem, which matches more.
pub(super) fn index_term(fields: &Fields, term: &str) -> Term {
    match Form::of(term) {
        Form::Any(stem) | Form::Bare(stem) => Term::from_field_text(fields.terms, stem),
        Form::Other(..) => Term::from_field_text(fields.forms, term),
    }
}

/// The postings of a query term in a segment.
pub(super) struct WordPostings {
    of_stem: SegmentPostings,
    /// Postings of forms of the stem; they contain the numbers of tokens among those of the stem in an article.
    forms: Vec<SegmentPostings>,
    /// Whether these forms match, or all others.
    wanted: bool,
    ordinals: Vec<u32>,
}

impl WordPostings {
    /// Opens the postings of a term; none if the segment does not contain it.
    pub(super) fn open(fields: &Fields, segment: &SegmentReader, term: &str) -> tantivy::Result<Option<Self>> {
        let option = IndexRecordOption::WithFreqsAndPositions;
        let form = Form::of(term);
        let of_stem = segment.inverted_index(fields.terms)?;
        let Some(of_stem) = of_stem.read_postings(&Term::from_field_text(fields.terms, form.stem()), option)? else {
            return Ok(None);
        };
        let inverted = segment.inverted_index(fields.forms)?;
        let (mut forms, wanted) = (Vec::new(), matches!(form, Form::Other(..)));
        match form {
            Form::Any(_) => {}
            Form::Other(..) => match inverted.read_postings(&index_term(fields, term), option)? {
                Some(postings) => forms.push(postings),
                None => return Ok(None),
            },
            Form::Bare(stem) => {
                let prefix = forms_prefix(stem);
                let mut stream = inverted.terms().range().ge(prefix.as_bytes()).into_stream()?;
                while stream.advance() && stream.key().starts_with(prefix.as_bytes()) {
                    forms.push(inverted.read_postings_from_terminfo(stream.value(), option)?);
                }
            }
        }
        Ok(Some(Self { of_stem, forms, wanted, ordinals: Vec::new() }))
    }

    /// Reads the positions in an article into `positions`, in order. Articles must be requested in ascending order.
    pub(super) fn positions(&mut self, article: DocId, positions: &mut Vec<u32>) {
        positions.clear();
        if !reach(&mut self.of_stem, article) {
            return;
        }
        self.of_stem.positions(positions);
        self.ordinals.clear();
        for form in &mut self.forms {
            if reach(form, article) {
                form.append_positions_with_offset(0, &mut self.ordinals);
            }
        }
        if self.wanted || !self.ordinals.is_empty() {
            self.ordinals.sort_unstable();
            let mut ordinal = 0;
            positions.retain(|_| {
                ordinal += 1;
                self.ordinals.binary_search(&(ordinal - 1)).is_ok() == self.wanted
            });
        }
    }
}

/// Advances to an article. Returns whether it is in the postings.
fn reach(postings: &mut SegmentPostings, article: DocId) -> bool {
    if postings.doc() < article {
        postings.seek(article);
    }
    postings.doc() == article
}

/// Calls `sink` with the first and last position of every occurrence of a phrase: terms in order, with at most `slop`
/// additional words between them.
pub(super) fn phrase_starts(offsets: &[u32], positions: &[Vec<u32>], slop: u32, sink: &mut impl FnMut(u32, u32)) {
    let (Some(first), Some(first_offset)) = (positions.first(), offsets.first()) else { return };
    'starts: for start in first {
        let (mut at, mut spare) = (*start, slop);
        for (list, pair) in positions[1..].iter().zip(offsets.windows(2)) {
            let wanted = at + (pair[1] - pair[0]);
            let index = list.partition_point(|p| *p < wanted);
            match list.get(index) {
                Some(next) if next - wanted <= spare => {
                    spare -= next - wanted;
                    at = *next;
                }
                _ => continue 'starts,
            }
        }
        debug_assert!(at - start >= offsets.last().unwrap_or(first_offset) - first_offset);
        sink(*start, at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_found_with_and_without_slop() {
        let positions = [vec![1, 10, 20], vec![2, 12, 30]];
        for (slop, expected) in [(0, vec![(1, 2)]), (1, vec![(1, 2), (10, 12)]), (10, vec![(1, 2), (10, 12), (20, 30)])]
        {
            let mut found = Vec::new();
            phrase_starts(&[0, 1], &positions, slop, &mut |a, b| found.push((a, b)));
            assert_eq!(found, expected, "slop {slop}");
        }
    }
}
