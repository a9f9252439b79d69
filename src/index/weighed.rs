//! Documents on their way to the engine's threads, bounded by their bytes: its queue is bounded by documents only,
//! ten thousand of which may be of any size.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

use tantivy::schema::TantivyDocument;
use tantivy::schema::document::{CompactDocValue, Document};

/// Counts the bytes on their way.
#[derive(Debug)]
pub(super) struct Scale {
    bytes_max: usize,
    bytes: Mutex<usize>,
    lighter: Condvar,
}

impl Scale {
    /// A scale on which so many bytes may lie.
    pub(super) fn new(bytes_max: usize) -> Self {
        Self { bytes_max, bytes: Mutex::default(), lighter: Condvar::new() }
    }
}

/// A document whose bytes are given back when the engine has indexed it.
#[derive(Debug)]
pub(super) struct Weighed {
    document: TantivyDocument,
    _load: Load,
}

/// Bytes on a scale, taken off when dropped.
#[derive(Debug)]
struct Load {
    scale: Arc<Scale>,
    bytes: usize,
}

impl Weighed {
    /// Waits until the queue has room. A document that is larger than all of it goes alone.
    pub(super) fn new(document: TantivyDocument, bytes: usize, scale: &Arc<Scale>) -> Self {
        let mut held = scale.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        while *held > 0 && *held + bytes > scale.bytes_max {
            held = scale.lighter.wait(held).unwrap_or_else(PoisonError::into_inner);
        }
        *held += bytes;
        Self { document, _load: Load { scale: Arc::clone(scale), bytes } }
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        *self.scale.bytes.lock().unwrap_or_else(PoisonError::into_inner) -= self.bytes;
        self.scale.lighter.notify_all();
    }
}

impl Document for Weighed {
    type Value<'a> = CompactDocValue<'a>;
    type FieldsValuesIter<'a> = <TantivyDocument as Document>::FieldsValuesIter<'a>;

    fn iter_fields_and_values(&self) -> Self::FieldsValuesIter<'_> {
        self.document.iter_fields_and_values()
    }

    fn into_tantivy_document(self) -> TantivyDocument {
        self.document
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_queue_waits_until_it_is_lighter() {
        let scale = Arc::new(Scale::new(100));
        let first = Weighed::new(TantivyDocument::new(), 99, &scale);
        let second = Weighed::new(TantivyDocument::new(), 1, &scale);
        std::thread::scope(|scope| {
            let third = scope.spawn(|| drop(Weighed::new(TantivyDocument::new(), 200, &scale)));
            drop(first);
            drop(second);
            third.join().expect("it got its turn");
        });
        assert_eq!(*scale.bytes.lock().expect("whole"), 0);
    }
}
