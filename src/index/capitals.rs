//! Finds words in capitals in the stored texts, since the index does not distinguish them.

use tantivy::schema::TantivyDocument;
use tantivy::store::StoreReader;
use tantivy::{DocId, SegmentReader};

use super::row::Row;
use super::schema::Fields;
use crate::analysis::{Language, Words, analyse, stands_in_capitals};

/// Decompressed blocks of texts to keep: articles are read in order.
const BLOCKS_KEPT: usize = 2;

/// The texts of a segment's articles.
pub(crate) struct CapitalsReader {
    texts: StoreReader,
    fields: Fields,
    words: Words,
}

impl CapitalsReader {
    /// Opens the texts.
    pub(crate) fn open(segment: &SegmentReader, fields: &Fields) -> tantivy::Result<Self> {
        Ok(Self { texts: segment.get_store_reader(BLOCKS_KEPT)?, fields: *fields, words: Words::default() })
    }

    /// Fills `positions` with those of an article's words in capitals, ascending.
    pub(crate) fn read(&mut self, article: DocId, positions: &mut Vec<u32>) {
        positions.clear();
        let Ok(document) = self.texts.get::<TantivyDocument>(article) else { return };
        let (row, text) = Row::of_document(&document, &self.fields);
        let language = Language::of(row.language.as_deref());
        analyse(text, row.title_bytes, language, &mut self.words, &mut |token| {
            if stands_in_capitals(text, token.start..token.end) {
                positions.push(token.position);
            }
        });
        positions.dedup();
        self.words.forget_when_full();
    }
}
