//! The terms of fields with a single term as value, such as ids and versions.

use std::io;

use tantivy::postings::FieldSerializer;

/// The values of a field by document.
#[derive(Debug, Default)]
pub(super) struct Values {
    bytes: Vec<u8>,
    /// Start and end of each value in `bytes`, and its document.
    places: Vec<(u32, u32, u32)>,
}

impl Values {
    /// Adds the value of a document.
    pub(super) fn push(&mut self, document: u32, value: &[u8]) {
        let (start, end) = match self.places.last() {
            Some(&(start, end, _)) if self.bytes[start as usize..end as usize] == *value => (start, end),
            _ => {
                let start = self.bytes.len() as u32;
                self.bytes.extend_from_slice(value);
                (start, self.bytes.len() as u32)
            }
        };
        self.places.push((start, end, document));
    }

    /// Memory used in bytes.
    pub(super) fn size(&self) -> usize {
        self.bytes.len() + self.places.len() * size_of::<(u32, u32, u32)>()
    }

    /// Number of values.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// Writes the postings of the field.
    pub(super) fn write(&mut self, mut out: FieldSerializer<'_>) -> io::Result<()> {
        let Self { bytes, places } = self;
        let value = |start: u32, end: u32| &bytes[start as usize..end as usize];
        places.sort_unstable_by(|a, b| value(a.0, a.1).cmp(value(b.0, b.1)).then(a.2.cmp(&b.2)));
        for same in places.chunk_by(|a, b| value(a.0, a.1) == value(b.0, b.1)) {
            out.new_term(value(same[0].0, same[0].1), same.len() as u32, false)?;
            same.iter().for_each(|(_, _, document)| out.write_doc(*document, 0, &[]));
            out.close_term()?;
        }
        out.close()
    }
}
