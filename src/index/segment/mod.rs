//! Builds segments from documents without Tantivy's own indexing.
//!
//! Each worker fills its own builder. Of a token it stores the number of the word in its table; a counting sort turns
//! these numbers into postings, one chunk of tokens at a time. This takes half the time of Tantivy's indexing, which looks
//! up every token in a second table of strings. Tantivy is still the file format, the commit, the merges and the search.
//!
//! # What this relies on
//!
//! The files are written by public types of Tantivy: [`InvertedIndexSerializer`], [`FieldNormsWriter`],
//! [`ColumnarWriter`] and [`StoreWriter`]. They must be given what Tantivy's `SegmentWriter` gives them; `tests` builds the
//! same documents both ways and compares everything that can be read from them. It fails if a new version of Tantivy
//! writes more, or something else.
//!
//! `IndexWriter::add_segment`, which adds the segment to the next commit, is public but hidden from Tantivy's
//! documentation; only [`Writer`](super::Writer) calls it. It guarantees that
//! - the segment is searched from the next commit on, and not before;
//! - its files are kept as long as its [`Segment`] lives, so it is held until the commit;
//! - deletions after the call apply to its documents, and deletions before it may: it starts at the last deletions that
//!   any segment has seen. So no document in it may have been deleted since the last commit.
//!
//! The last point holds because deletions name versions, and a document with the version of a deleted document is that
//! document: adding it takes the deletion back, and nothing is written. See [`Deletions`].

mod chunk;
mod postings;
#[cfg(test)]
mod tests;
mod values;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tantivy::columnar::{ColumnType, ColumnarWriter, NumericalValue};
use tantivy::directory::TerminatingWrite;
use tantivy::fieldnorm::{FieldNormReaders, FieldNormsSerializer, FieldNormsWriter};
use tantivy::index::{Segment, SegmentComponent};
use tantivy::postings::InvertedIndexSerializer;
use tantivy::schema::{Field, TantivyDocument, Type};
use tantivy::store::StoreWriter;
use tantivy::{Index, Term};

use super::collection::Totals;
use super::engine::engine_error;
use super::memory::SegmentShares;
use super::row::{ArticlePlace, FileFacts, Row, days_since_1970, stated_day};
use super::schema::{Fields, Kind};
use super::version::file_version;
use crate::analysis::{Language, Outline, Signature, SignatureBuilder, Words, analyse, stored_text, tokenize};
use crate::article::Article;
use crate::error::{Error, SkipReason};
use chunk::{Chunk, Sorter};
use postings::{Keys, Postings};
use values::Values;

/// Maximum size of an id or another value in a column or as a term; Tantivy's limit is 65,530 bytes.
const VALUE_BYTES_MAX: usize = 32 << 10;

/// A value as stored in columns and terms.
fn cut(value: &str) -> &str {
    &value[..value.floor_char_boundary(VALUE_BYTES_MAX)]
}

/// Number of documents after which the size of the columns is measured again.
const DOCUMENTS_PER_MEASUREMENT: u32 = 64;

/// Documents to delete from the last commit, shared by the writer and its builders. A document that is added again before
/// the next commit is not deleted.
#[derive(Debug, Clone, Default)]
pub struct Deletions(Arc<Mutex<Deleted>>);

/// Deletions for the next commit.
#[derive(Debug, Default)]
pub(super) struct Deleted {
    /// Versions of documents.
    pub(super) versions: HashSet<u64>,
    /// Source files to delete completely.
    pub(super) files: Vec<String>,
}

impl Deletions {
    /// Deletes the document of this version, which is in the last commit. If it is added again before the next, it
    /// stays.
    pub fn add(&self, version: u64) {
        self.locked().versions.insert(version);
    }

    /// Deletes all documents of a source file. None may be added before the next commit.
    pub(super) fn add_file(&self, file: &str) {
        self.locked().files.push(file.to_owned());
    }

    /// Takes a deletion back. Returns whether there was one.
    fn take_back(&self, version: u64) -> bool {
        self.locked().versions.remove(&version)
    }

    /// Removes and returns all deletions.
    pub(super) fn take(&self) -> Deleted {
        std::mem::take(&mut *self.locked())
    }

    fn locked(&self) -> MutexGuard<'_, Deleted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Builds segments. Each builder is used by one thread at a time.
pub struct SegmentBuilder {
    index: Index,
    folder: PathBuf,
    fields: Fields,
    shares: SegmentShares,
    deletions: Deletions,
    words: Words,
    /// Tokens of the text that are not sorted yet.
    text: Chunk,
    /// Postings of the text.
    postings: Postings,
    /// Tokens of the other fields.
    shorts: [(Field, Chunk); 5],
    sorter: Sorter,
    open: Option<Open>,
    /// Segments that are written, kept for the next commit.
    done: Vec<Segment>,
    /// Totals added since segments were last taken.
    added: Totals,
}

impl std::fmt::Debug for SegmentBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SegmentBuilder").field("folder", &self.folder).finish_non_exhaustive()
    }
}

/// A segment that is being filled.
struct Open {
    segment: Segment,
    store: StoreWriter,
    columns: ColumnarWriter,
    norms: FieldNormsWriter,
    values: [(Field, Values); 5],
    documents: u32,
    /// Size of the columns after the first document: mostly reserved memory.
    column_bytes_begun: usize,
    /// Size of the columns when last measured.
    column_bytes: usize,
}

impl SegmentBuilder {
    pub(super) fn new(
        index: &Index,
        folder: &Path,
        fields: Fields,
        shares: SegmentShares,
        deletions: Deletions,
    ) -> Self {
        let shorts = [fields.title, fields.byline, fields.source, fields.section, fields.url];
        Self {
            index: index.clone(),
            folder: folder.to_owned(),
            fields,
            shares,
            deletions,
            words: Words::default(),
            text: Chunk::default(),
            postings: Postings::new(shares.postings),
            shorts: shorts.map(|field| (field, Chunk::default())),
            sorter: Sorter::default(),
            open: None,
            done: Vec::new(),
            added: Totals::default(),
        }
    }

    /// Adds an article under an id. `version` identifies it later.
    ///
    /// # Errors
    /// [`Error::Io`] when the segment cannot be written, as on a full disk. The current documents cannot be committed then.
    pub fn article(&mut self, place: ArticlePlace<'_>, version: u64, id: &str, article: &Article) -> Result<(), Error> {
        if self.deletions.take_back(version) {
            return Ok(());
        }
        // The analysis of the previous article may have panicked.
        self.text.abandon();
        self.shorts.iter_mut().for_each(|(_, chunk)| chunk.abandon());
        let text = stored_text(article);
        let (outline, signature) = self.analyse(&text, article);
        let words = self.text.count();
        let bounds: Vec<u32> = outline.passages.iter().map(|p| p.position).chain([outline.end_position]).collect();
        let passage_words = self.text.counts(&bounds);
        self.added += Totals { articles: 1, words: u64::from(words), passages: passage_words.len() as u64 };
        self.add(Kind::Article, place, version, |open, fields, document| {
            open.value(fields.id, document, cut(id).as_bytes());
            open.text("id", document, id);
            open.number("words", document, u64::from(words));
            for (bound, words) in bounds.iter().zip(passage_words.iter().map(Some).chain([None])) {
                open.number("passages", document, u64::from(*bound));
                if let Some(words) = words {
                    open.number("passage_words", document, u64::from(*words));
                }
            }
            let (mut position, mut start) = (0, 0);
            for sentence in &outline.sentences {
                let tokens = u64::from(sentence.position - position);
                open.number("sentences", document, tokens << 1 | u64::from(sentence.opens_paragraph));
                open.number("sentence_bytes", document, (sentence.start - start) as u64);
                (position, start) = (sentence.position, sentence.start);
            }
            for word in signature.iter().flat_map(Signature::to_words) {
                open.number("signature", document, word);
            }
            if let Some(published) = article.published {
                let day = days_since_1970(published.day);
                open.number("published_day", document, day);
                open.number("published_from", document, published.provenance as u64);
                if published.is_stated() {
                    let time = published.instant.map_or(day * 86_400, |at| at.as_second());
                    open.number("published_time", document, time);
                }
            }
            let names =
                [("outlet", &article.source), ("section_name", &article.section), ("byline_name", &article.byline)];
            for (column, name) in names {
                name.iter().for_each(|name| open.text(column, document, name));
            }
            if let Some(language) = &article.language {
                open.text("language", document, language);
                open.value(fields.language, document, cut(language).as_bytes());
            }
            let row = Row::of(place, id, article);
            let mut stored = TantivyDocument::new();
            stored.add_text(fields.facts, row.to_json());
            stored.add_text(fields.text, text);
            stored
        })
    }

    /// Adds the tokens of an article to the chunks.
    fn analyse(&mut self, text: &str, article: &Article) -> (Outline, Option<Signature>) {
        let language = Language::of(article.language.as_deref());
        let Self { words, text: chunk, shorts: [(_, title), facts @ ..], .. } = self;
        let title_bytes = article.title.len();
        let mut signature = SignatureBuilder::new(text, title_bytes, stated_day(article));
        let outline = analyse(text, title_bytes, language, words, &mut |token| {
            chunk.push(&token);
            if token.start < title_bytes {
                title.push(&token);
            }
            signature.push(&token);
        });
        let values = [&article.byline, &article.source, &article.section, &article.url];
        for ((_, chunk), value) in facts.iter_mut().zip(values) {
            if let Some(value) = value {
                tokenize(value, 0..value.len(), 0, language, words, &mut |token| chunk.push(&token));
            }
        }
        (outline, signature.finish())
    }

    /// Adds a skip.
    ///
    /// # Errors
    /// As [`SegmentBuilder::article`].
    pub fn skip(&mut self, place: ArticlePlace<'_>, version: u64, reason: &SkipReason) -> Result<(), Error> {
        if self.deletions.take_back(version) {
            return Ok(());
        }
        self.add(Kind::Skip, place, version, |open, fields, document| {
            open.text("reason", document, reason.code());
            let mut stored = TantivyDocument::new();
            stored.add_text(fields.facts, reason.to_string());
            stored
        })
    }

    /// Records that a source file was read to its end.
    ///
    /// # Errors
    /// As [`SegmentBuilder::article`].
    pub fn file(&mut self, file: &str, facts: &FileFacts) -> Result<(), Error> {
        let version = file_version(file, facts);
        if self.deletions.take_back(version) {
            return Ok(());
        }
        let place = ArticlePlace { file, inner: "", record: 0, part: 0 };
        self.add(Kind::File, place, version, |open, _, document| {
            open.number("file_bytes", document, facts.bytes);
            if let Some(modified) = facts.modified {
                open.number("file_modified", document, modified);
            }
            open.number("file_stamp", document, facts.stamp);
            for reader in &facts.readers {
                open.text("readers", document, reader);
            }
            TantivyDocument::new()
        })
    }

    /// Adds a document. `own` writes the columns of its kind and returns what to store.
    fn add(
        &mut self,
        kind: Kind,
        place: ArticlePlace<'_>,
        version: u64,
        own: impl FnOnce(&mut Open, &Fields, u32) -> TantivyDocument,
    ) -> Result<(), Error> {
        let failed = |error| engine_error("write to", &self.folder)(error);
        let fields = self.fields;
        let open = match &mut self.open {
            Some(open) => open,
            none => none.insert(Open::new(&self.index, &fields).map_err(failed)?),
        };
        let document = open.documents;
        let number = |field, value| Term::from_field_u64(field, value);
        open.value(fields.kind, document, number(fields.kind, kind as u64).serialized_value_bytes());
        open.value(fields.version, document, number(fields.version, version).serialized_value_bytes());
        open.value(fields.file, document, cut(place.file).as_bytes());
        open.number("kind", document, kind as u64);
        open.number("version", document, version);
        open.text("file", document, place.file);
        if !place.inner.is_empty() {
            open.text("inner", document, place.inner);
        }
        open.number("record", document, place.record);
        if place.part > 0 {
            open.number("part", document, place.part);
        }
        let stored = own(open, &fields, document);
        let text = [(fields.terms, self.text.count())];
        let shorts = self.shorts.iter().map(|(field, chunk)| (*field, chunk.next()));
        for (field, length) in text.into_iter().chain(shorts).filter(|(_, length)| *length > 0) {
            open.norms.record(document, field, length);
        }
        self.text.end(document);
        self.shorts.iter_mut().for_each(|(_, chunk)| chunk.end(document));
        open.store.store(&stored, &self.index.schema()).map_err(|error| failed(error.into()))?;
        open.documents += 1;
        if self.text.len() >= self.shares.chunk {
            self.sort_text();
        }
        if self.is_full() { self.finish() } else { Ok(()) }
    }

    fn is_full(&mut self) -> bool {
        let Some(open) = &mut self.open else { return false };
        if open.documents % DOCUMENTS_PER_MEASUREMENT == 1 {
            open.column_bytes = open.columns.mem_usage();
        }
        if open.documents == 1 {
            open.column_bytes_begun = open.column_bytes;
        }
        let shorts: usize = self.shorts.iter().map(|(_, chunk)| chunk.bytes()).sum();
        let values: usize = open.values.iter().map(|(_, values)| values.size()).sum();
        self.postings.bytes() + shorts >= self.shares.postings
            || open.column_bytes - open.column_bytes_begun + values >= self.shares.columns
            || self.words.bytes() >= self.shares.words
    }

    /// Writes the segment; the next document begins a new one.
    ///
    /// # Errors
    /// As [`SegmentBuilder::article`].
    pub fn finish(&mut self) -> Result<(), Error> {
        let Some(open) = self.open.take() else { return Ok(()) };
        self.sort_text();
        let segment = self.write(open).map_err(engine_error("write to", &self.folder))?;
        self.done.push(segment);
        if self.words.forget_beyond(self.shares.words / 4 * 3) {
            self.postings.forget_keys();
        }
        Ok(())
    }

    /// Turns the tokens of the text into postings.
    fn sort_text(&mut self) {
        self.postings.add_text(&self.text, &self.words, &mut self.sorter);
        self.text.clear(2 * self.shares.chunk);
        self.sorter.shrink(2 * self.shares.chunk);
    }

    /// The segments written since they were last taken, with their totals.
    pub(super) fn take(&mut self) -> (Vec<Segment>, Totals) {
        (std::mem::take(&mut self.done), std::mem::take(&mut self.added))
    }

    fn write(&mut self, open: Open) -> tantivy::Result<Segment> {
        let Open { segment, store, mut columns, mut norms, mut values, documents, .. } = open;
        store.close()?;
        let mut file = segment.open_write(SegmentComponent::FastFields)?;
        columns.serialize(documents, None, &mut file)?;
        file.terminate()?;
        drop(columns);
        norms.fill_up_to_max_doc(documents);
        let file = segment.open_write(SegmentComponent::FieldNorms)?;
        norms.serialize(FieldNormsSerializer::from_write(file)?, None)?;
        let norms = FieldNormReaders::open(segment.open_read(SegmentComponent::FieldNorms)?)?;
        let mut postings = InvertedIndexSerializer::open(&segment)?;
        let Self { postings: lists, shorts, words, sorter, fields, shares, .. } = self;
        for (field, keys) in [(fields.terms, Keys::Terms), (fields.forms, Keys::Forms)] {
            if lists.tokens() > 0 {
                lists.write(postings.new_field(field, lists.tokens(), norms.get_field(field)?)?, words, keys)?;
            }
        }
        lists.clear();
        for (field, chunk) in shorts.iter_mut().filter(|(_, chunk)| chunk.len() > 0) {
            lists.add_short(chunk, words, sorter);
            chunk.clear(shares.chunk);
            lists.write(postings.new_field(*field, lists.tokens(), norms.get_field(*field)?)?, words, Keys::All)?;
            lists.clear();
        }
        for (field, values) in values.iter_mut().filter(|(_, values)| values.len() > 0) {
            values.write(postings.new_field(*field, values.len() as u64, norms.get_field(*field)?)?)?;
        }
        postings.close()?;
        Ok(segment.with_max_doc(documents))
    }
}

impl Open {
    fn new(index: &Index, fields: &Fields) -> tantivy::Result<Self> {
        let segment = index.new_segment();
        let (schema, settings) = (index.schema(), index.settings());
        let store = StoreWriter::new(
            segment.open_write(SegmentComponent::Store)?,
            settings.docstore_compression,
            settings.docstore_blocksize,
            settings.docstore_compress_dedicated_thread,
        )?;
        let mut columns = ColumnarWriter::default();
        for (_, entry) in schema.fields().filter(|(_, entry)| entry.is_fast()) {
            let kind = match entry.field_type().value_type() {
                Type::U64 => ColumnType::U64,
                Type::I64 => ColumnType::I64,
                _ => ColumnType::Str,
            };
            columns.record_column_type(entry.name(), kind, false);
        }
        let values = [fields.kind, fields.version, fields.file, fields.id, fields.language];
        Ok(Self {
            segment,
            store,
            columns,
            norms: FieldNormsWriter::for_schema(&schema),
            values: values.map(|field| (field, Values::default())),
            documents: 0,
            column_bytes_begun: 0,
            column_bytes: 0,
        })
    }

    /// Adds a number to a column.
    fn number<T: Into<NumericalValue> + Copy>(&mut self, column: &str, document: u32, value: T) {
        self.columns.record_numerical(document, column, value);
    }

    /// Adds a text to a column.
    fn text(&mut self, column: &str, document: u32, value: &str) {
        self.columns.record_str(document, column, cut(value));
    }

    /// Adds the one term of a field.
    fn value(&mut self, field: Field, document: u32, value: &[u8]) {
        if let Some((_, values)) = self.values.iter_mut().find(|(known, _)| *known == field) {
            values.push(document, value);
        }
    }
}
