//! Reads an index: single articles, and statistics.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use tantivy::columnar::{Column, StrColumn};
use tantivy::directory::{Directory, MmapDirectory};
use tantivy::fieldnorm::FieldNormReader;
use tantivy::schema::{IndexRecordOption, TantivyDocument, Value};
use tantivy::{DocAddress, DocId, DocSet, Index, ReloadPolicy, Searcher, SegmentReader, TERMINATED, Term};

use super::collection::Collection;
use super::columns::{Columns, PassageColumn, SignatureColumn};
use super::directory::Durable;
use super::engine::engine_error;
use super::location::{COMMIT, Location};
use super::row::{FileFacts, Row, StoredArticle, date_of};
use super::schema::{Fields, Kind};
use crate::analysis::{Language, Outline, Words};
use crate::article::Date;
use crate::error::Error;

/// A consistent view of an index: one commit, unaffected by later writes.
pub struct Reader {
    location: Location,
    /// The current folder, relative to which locations are shown and resolved.
    pub(super) here: PathBuf,
    fields: Fields,
    searcher: Searcher,
    /// Collection statistics, computed on first use.
    collection: OnceLock<Collection>,
    columns: Columns,
    /// Words of queries and analysed texts so far.
    words: Mutex<Words>,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").field("location", &self.location).finish_non_exhaustive()
    }
}

/// A skip in the index.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SkipRow {
    /// Key of the source file.
    pub file: String,
    /// Path inside the container; empty outside of one.
    pub inner: String,
    /// Record number; 0 for the file itself.
    pub record: u64,
    /// Code of the reason.
    pub code: String,
    /// Message of the reason.
    pub detail: String,
}

/// Statistics of the index.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Statistics {
    /// Articles.
    pub articles: u64,
    /// Source files that were read completely.
    pub files: u64,
    /// Skips by reason code.
    pub skips: BTreeMap<String, u64>,
    /// Articles by outlet.
    pub outlets: BTreeMap<String, u64>,
    /// Articles by section.
    pub sections: BTreeMap<String, u64>,
    /// Articles by language code.
    pub languages: BTreeMap<String, u64>,
    /// Articles by year of publication.
    pub years: BTreeMap<i16, u64>,
    /// Articles without a date.
    pub undated: u64,
    /// Total number of words.
    pub words: u64,
    /// Number of segments.
    pub segments: usize,
    /// Deleted documents not yet dropped by a merge.
    pub deleted: u64,
    /// First and last day of publication.
    pub days: Option<(Date, Date)>,
    /// Size of the index by part, in bytes.
    pub bytes: BTreeMap<String, u64>,
    /// The format version of the index.
    pub format_version: u32,
    /// Version of the program that created the index.
    pub made_by: String,
}

impl Reader {
    /// Opens an index for reading.
    ///
    /// # Errors
    /// [`Error::NoCommit`], [`Error::NotAnIndex`] when its fields are others, [`Error::Index`] when it is damaged.
    pub fn open(location: &Location) -> Result<Self, Error> {
        let failed = engine_error("open", &location.folder);
        if !location.folder.join(COMMIT).exists() {
            return Err(Error::NoCommit(location.folder.clone()));
        }
        let directory = MmapDirectory::open(&location.folder).map_err(|e| failed(e.into()))?;
        Self::open_in(Durable::new(directory, &location.folder), location)
    }

    /// Opens the index in a Tantivy directory.
    pub(super) fn open_in(directory: impl Directory, location: &Location) -> Result<Self, Error> {
        let failed = engine_error("open", &location.folder);
        let directory: Box<dyn Directory> = Box::new(directory);
        let index = Index::open(directory).map_err(&failed)?;
        let (schema, fields) = Fields::build();
        if index.schema() != schema {
            let cause = "its fields are not those of this version".to_owned();
            return Err(Error::NotAnIndex { path: location.folder.clone(), cause, has_commit: true });
        }
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into().map_err(&failed)?;
        Ok(Self {
            location: location.clone(),
            here: std::env::current_dir().unwrap_or_default(),
            fields,
            searcher: reader.searcher(),
            collection: OnceLock::new(),
            columns: Columns::default(),
            words: Mutex::default(),
        })
    }

    /// Whether another reader has the same segments and deletions.
    pub fn same_commit(&self, other: &Self) -> bool {
        let state = |reader: &Self| -> Vec<_> {
            let segments = reader.searcher.segment_readers().iter();
            segments.map(|s| (s.segment_id(), s.delete_opstamp())).collect()
        };
        state(self) == state(other)
    }

    /// The location of the index.
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// Tantivy's searcher for this commit.
    pub(crate) fn searcher(&self) -> &Searcher {
        &self.searcher
    }

    /// The statistics of the collection, computed once.
    ///
    /// # Errors
    /// [`Error::Index`] when the index is damaged.
    pub(crate) fn collection(&self) -> Result<&Collection, Error> {
        self.collection_read().map_err(|e| self.failed(e))
    }

    fn collection_read(&self) -> tantivy::Result<&Collection> {
        if let Some(known) = self.collection.get() {
            return Ok(known);
        }
        let collection = Collection::of(&self.searcher, &self.fields)?;
        Ok(self.collection.get_or_init(|| collection))
    }

    /// The document frequency of a term; see [`Collection::documents_with`].
    pub(crate) fn documents_with(&self, term: &Term, may: impl Fn(u64) -> bool) -> tantivy::Result<Option<u64>> {
        self.collection_read()?.documents_with(&self.searcher, term, may)
    }

    /// The document frequency of a term.
    ///
    /// # Errors
    /// [`Error::Index`] when the index is damaged.
    pub(crate) fn articles_with(&self, term: &Term) -> Result<u64, Error> {
        Ok(self.documents_with(term, |_| true).map_err(|e| self.failed(e))?.unwrap_or(0))
    }

    /// The table of words, locked for one text or query.
    pub(crate) fn words(&self) -> MutexGuard<'_, Words> {
        let mut words = self.words.lock().unwrap_or_else(PoisonError::into_inner);
        words.forget_when_full();
        words
    }

    /// The fields of the schema.
    pub(crate) fn fields(&self) -> &Fields {
        &self.fields
    }

    /// Converts a Tantivy error to one that names this index.
    pub(crate) fn failed(&self, error: tantivy::TantivyError) -> Error {
        engine_error("read", &self.location.folder)(error)
    }

    /// The path of a file for display: relative if it is below `here`, otherwise absolute.
    pub fn path_from(&self, here: &Path, file: &str) -> PathBuf {
        self.location.folders.shown(file, here)
    }

    /// The passages column of a segment.
    pub(crate) fn passages(&self, segment: &SegmentReader) -> Result<PassageColumn, Error> {
        Ok(PassageColumn { bounds: self.u64(segment, "passages")?, words: self.u64(segment, "passage_words")? })
    }

    /// The number of words of the articles of a segment, for BM25.
    pub(crate) fn word_counts(&self, segment: &SegmentReader) -> Result<Column<u64>, Error> {
        self.u64(segment, "words")
    }

    /// The outline of an article with this stored text, from columns. Equal to the result of analysing the text.
    pub(crate) fn outline(&self, at: DocAddress, text: &str) -> Result<Outline, Error> {
        let segment = self.searcher.segment_reader(at.segment_ord);
        let (positions, bytes) = (self.u64(segment, "sentences")?, self.u64(segment, "sentence_bytes")?);
        let (mut position, mut byte) = (0, 0);
        let positions = positions.values_for_doc(at.doc_id).map(|value| {
            position += (value >> 1) as u32;
            (position, value & 1 == 1)
        });
        let bytes = bytes.values_for_doc(at.doc_id).map(|value| {
            byte += value as usize;
            byte
        });
        let end = self.passages(segment)?.bounds.values_for_doc(at.doc_id).last();
        Ok(Outline::of_sentences(text, positions.zip(bytes), end.unwrap_or(0) as u32))
    }

    /// The copy signature column of a segment.
    pub(crate) fn signatures(&self, segment: &SegmentReader) -> Result<SignatureColumn, Error> {
        self.u64(segment, "signature").map(SignatureColumn)
    }

    /// Number of words in the headlines of a segment: exact up to 40, approximate beyond.
    pub(crate) fn title_words(&self, segment: &SegmentReader) -> Result<FieldNormReader, Error> {
        segment.get_fieldnorms_reader(self.fields.title).map_err(|e| self.failed(e))
    }

    /// The days of publication of a segment's articles.
    pub(crate) fn days(&self, segment: &SegmentReader) -> Result<Column<i64>, Error> {
        self.columns.i64(segment, "published_day").map_err(|e| self.failed(e))
    }

    /// A column of unsigned integers.
    pub(super) fn u64(&self, segment: &SegmentReader, column: &'static str) -> Result<Column<u64>, Error> {
        self.columns.u64(segment, column).map_err(|e| self.failed(e))
    }

    /// A column of strings; none where no document of the segment has a value.
    pub(crate) fn strings(&self, segment: &SegmentReader, column: &'static str) -> Result<Option<StrColumn>, Error> {
        self.columns.str(segment, column).map_err(|e| self.failed(e))
    }

    /// Where a segment's days of publication come from: places in [`Provenance::ALL`](crate::article::Provenance::ALL).
    pub(crate) fn published_from(&self, segment: &SegmentReader) -> Result<Column<u64>, Error> {
        self.u64(segment, "published_from")
    }

    /// The versions of documents, which are hashes of their content.
    pub(crate) fn versions(&self, segment: &SegmentReader) -> Result<Column<u64>, Error> {
        self.u64(segment, "version")
    }

    /// The value of a string column for a document.
    pub(crate) fn string(
        &self,
        segment: &SegmentReader,
        column: &'static str,
        doc: DocId,
    ) -> Result<Option<String>, Error> {
        let Some(values) = self.strings(segment, column)? else { return Ok(None) };
        string_of(&values, doc).map_err(|e| self.failed(e.into()))
    }

    /// The id of an article.
    pub(crate) fn id(&self, at: DocAddress) -> Result<String, Error> {
        Ok(self.string(self.searcher.segment_reader(at.segment_ord), "id", at.doc_id)?.unwrap_or_default())
    }

    /// The place of an article: file key, path inside it, and record.
    pub(crate) fn location_of(&self, at: DocAddress) -> Result<(String, String, u64), Error> {
        let segment = self.searcher.segment_reader(at.segment_ord);
        let record = self.u64(segment, "record")?.first(at.doc_id);
        let string = |name| Ok::<_, Error>(self.string(segment, name, at.doc_id)?.unwrap_or_default());
        Ok((string("file")?, string("inner")?, record.unwrap_or(0)))
    }

    /// Loads an article.
    ///
    /// # Errors
    /// [`Error::Index`] when the index is damaged.
    pub(crate) fn article(&self, at: DocAddress) -> Result<StoredArticle, Error> {
        let (row, text) = self.stored(at)?;
        let location = self.location.folders.location(&self.here, &row.file, &row.inner, row.record, row.part);
        Ok(row.with_text(text, location))
    }

    /// The stored text of an article, the bytes of its headline, and its language, for analysis.
    pub(crate) fn text(&self, at: DocAddress) -> Result<(String, usize, Language), Error> {
        let (row, text) = self.stored(at)?;
        Ok((text, row.title_bytes, Language::of(row.language.as_deref())))
    }

    fn stored(&self, at: DocAddress) -> Result<(Row, String), Error> {
        let document: TantivyDocument = self.searcher.doc(at).map_err(|e| self.failed(e))?;
        let (row, text) = Row::of_document(&document, &self.fields);
        Ok((row, text.to_owned()))
    }

    /// The live documents of a segment that contain a term.
    pub(crate) fn docs(&self, segment: &SegmentReader, term: &Term) -> Result<Vec<DocId>, Error> {
        let inverted = segment.inverted_index(term.field()).map_err(|e| self.failed(e))?;
        let postings = inverted.read_postings(term, IndexRecordOption::Basic).map_err(|e| self.failed(e.into()))?;
        let mut docs = Vec::new();
        if let Some(mut postings) = postings {
            while postings.doc() != TERMINATED {
                if !segment.is_deleted(postings.doc()) {
                    docs.push(postings.doc());
                }
                postings.advance();
            }
        }
        Ok(docs)
    }

    pub(super) fn docs_of(&self, segment: &SegmentReader, kind: Kind) -> Result<Vec<DocId>, Error> {
        self.docs(segment, &Term::from_field_u64(self.fields.kind, kind as u64))
    }

    /// All source files in the index, by key, with the facts recorded of those that were read completely.
    ///
    /// # Errors
    /// [`Error::Index`] when the index is damaged.
    pub fn files(&self) -> Result<BTreeMap<String, Option<FileFacts>>, Error> {
        let mut files = BTreeMap::new();
        for segment in self.searcher.segment_readers() {
            let columns = segment.fast_fields();
            let Some(paths) = columns.str("file").map_err(|e| self.failed(e))? else { continue };
            let names = dictionary(&paths).map_err(|e| self.failed(e.into()))?;
            let mut live = vec![false; names.len()];
            for doc in segment.doc_ids_alive() {
                if let Some(slot) = paths.ords().first(doc).and_then(|ord| live.get_mut(ord as usize)) {
                    *slot = true;
                }
            }
            for (name, _) in names.iter().zip(&live).filter(|(_, live)| **live) {
                files.entry(name.clone()).or_default();
            }
            let bytes = columns.u64("file_bytes").map_err(|e| self.failed(e))?;
            let stamp = columns.u64("file_stamp").map_err(|e| self.failed(e))?;
            let modified = columns.i64("file_modified").map_err(|e| self.failed(e))?;
            let readers = columns.str("readers").map_err(|e| self.failed(e))?;
            let reader_names = readers.as_ref().map(dictionary).transpose().map_err(|e| self.failed(e.into()))?;
            for doc in self.docs_of(segment, Kind::File)? {
                let Some(name) = paths.ords().first(doc).and_then(|ord| names.get(ord as usize)) else { continue };
                let used = readers.iter().flat_map(|column| column.term_ords(doc));
                let used = used.filter_map(|ord| reader_names.as_ref()?.get(ord as usize).cloned());
                let facts = FileFacts {
                    bytes: bytes.first(doc).unwrap_or(0),
                    modified: modified.first(doc),
                    stamp: stamp.first(doc).unwrap_or(0),
                    readers: used.collect(),
                };
                files.insert(name.clone(), Some(facts));
            }
        }
        Ok(files)
    }

    /// The number of articles and of skips.
    ///
    /// # Errors
    /// [`Error::Index`] when the index is damaged.
    pub fn totals(&self) -> Result<(u64, u64), Error> {
        let (mut articles, mut skips) = (0, 0);
        for segment in self.searcher.segment_readers() {
            articles += self.live(segment, Kind::Article)?;
            skips += self.live(segment, Kind::Skip)?;
        }
        Ok((articles, skips))
    }

    /// The number of live documents of a kind. A lookup unless documents were deleted.
    fn live(&self, segment: &SegmentReader, kind: Kind) -> Result<u64, Error> {
        if segment.has_deletes() {
            return Ok(self.docs_of(segment, kind)?.len() as u64);
        }
        let term = Term::from_field_u64(self.fields.kind, kind as u64);
        let inverted = segment.inverted_index(self.fields.kind).map_err(|e| self.failed(e))?;
        inverted.doc_freq(&term).map(u64::from).map_err(|e| self.failed(e.into()))
    }

    /// All skips, ordered by place.
    ///
    /// # Errors
    /// [`Error::Index`] when the index is damaged.
    pub fn skips(&self) -> Result<Vec<SkipRow>, Error> {
        let mut rows = Vec::new();
        for (ord, segment) in self.searcher.segment_readers().iter().enumerate() {
            let records = self.u64(segment, "record")?;
            for doc in self.docs_of(segment, Kind::Skip)? {
                let document: TantivyDocument =
                    self.searcher.doc(DocAddress::new(ord as u32, doc)).map_err(|e| self.failed(e))?;
                let detail = document.get_first(self.fields.facts).and_then(|v| v.as_str().map(str::to_owned));
                rows.push(SkipRow {
                    file: self.string(segment, "file", doc)?.unwrap_or_default(),
                    inner: self.string(segment, "inner", doc)?.unwrap_or_default(),
                    record: records.first(doc).unwrap_or(0),
                    code: self.string(segment, "reason", doc)?.unwrap_or_default(),
                    detail: detail.unwrap_or_default(),
                });
            }
        }
        rows.sort();
        Ok(rows)
    }

    /// Computes the statistics of the index.
    ///
    /// # Errors
    /// [`Error::Index`] when the index is damaged.
    pub fn statistics(&self) -> Result<Statistics, Error> {
        let mut figures = Statistics { segments: self.searcher.segment_readers().len(), ..Statistics::default() };
        for segment in self.searcher.segment_readers() {
            figures.deleted += u64::from(segment.num_deleted_docs());
            figures.files += self.docs_of(segment, Kind::File)?.len() as u64;
            let articles = self.docs_of(segment, Kind::Article)?;
            figures.articles += articles.len() as u64;
            self.count(segment, "outlet", &articles, &mut figures.outlets)?;
            self.count(segment, "section_name", &articles, &mut figures.sections)?;
            self.count(segment, "language", &articles, &mut figures.languages)?;
            self.count(segment, "reason", &self.docs_of(segment, Kind::Skip)?, &mut figures.skips)?;
            let days = self.days(segment)?;
            let passages = self.passages(segment)?;
            let mut starts = Vec::new();
            for doc in articles {
                match days.first(doc).and_then(date_of) {
                    Some(day) => {
                        *figures.years.entry(day.year()).or_default() += 1;
                        let (first, last) = figures.days.unwrap_or((day, day));
                        figures.days = Some((first.min(day), last.max(day)));
                    }
                    None => figures.undated += 1,
                }
                passages.read(doc, &mut starts);
                figures.words += u64::from(starts.last().copied().unwrap_or(0));
            }
        }
        for entry in std::fs::read_dir(&self.location.folder).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            *figures.bytes.entry(super::files::part(&name).to_owned()).or_default() +=
                entry.metadata().map_or(0, |m| m.len());
        }
        let manifest = super::location::read(&self.location.folder)?;
        (figures.format_version, figures.made_by) = (manifest.format_version, manifest.made_by);
        Ok(figures)
    }

    fn count(
        &self,
        segment: &SegmentReader,
        column: &str,
        docs: &[DocId],
        into: &mut BTreeMap<String, u64>,
    ) -> Result<(), Error> {
        let Some(values) = segment.fast_fields().str(column).map_err(|e| self.failed(e))? else { return Ok(()) };
        let names = dictionary(&values).map_err(|e| self.failed(e.into()))?;
        let mut counts = vec![0u64; names.len()];
        for doc in docs {
            if let Some(slot) = values.ords().first(*doc).and_then(|ord| counts.get_mut(ord as usize)) {
                *slot += 1;
            }
        }
        for (name, count) in names.into_iter().zip(counts).filter(|(_, count)| *count > 0) {
            *into.entry(name).or_default() += count;
        }
        Ok(())
    }
}

pub(super) fn string_of(values: &StrColumn, doc: DocId) -> std::io::Result<Option<String>> {
    let Some(ord) = values.ords().first(doc) else { return Ok(None) };
    let mut text = String::new();
    Ok(values.ord_to_str(ord, &mut text)?.then_some(text))
}

/// All strings of a column, by ordinal.
pub(super) fn dictionary(values: &StrColumn) -> std::io::Result<Vec<String>> {
    let mut names = Vec::with_capacity(values.dictionary().num_terms());
    let mut stream = values.dictionary().stream()?;
    while stream.advance() {
        names.push(String::from_utf8_lossy(stream.key()).into_owned());
    }
    Ok(names)
}
