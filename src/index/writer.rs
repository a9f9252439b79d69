//! Writing: articles, skips and source files go in, a commit makes them visible together.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use tantivy::directory::MmapDirectory;
use tantivy::directory::error::{LockError, OpenDirectoryError, OpenReadError, OpenWriteError};
use tantivy::indexer::IndexWriterOptions;
use tantivy::schema::TantivyDocument;
use tantivy::store::{Compressor, ZstdCompressor};
use tantivy::{Directory, Index, IndexSettings, IndexWriter, TantivyError, Term};

use super::directory::Durable;
use super::holder::{Holder, holder};
use super::location::Location;
use super::memory::Shares;
use super::merging::BoundedMerges;
use super::reader::register;
use super::schema::{Fields, Kind};
use super::terms::{TermsBuilder, encode};
use super::version::file_version;
use super::weighed::{Scale, Weighed};
use crate::analysis::{Signature, SignatureBuilder, Stems, analyse, stored_text};
use crate::article::{Article, Date};
use crate::error::{Error, SkipReason};

/// Effort of the document store's compression: level 1 of zstd takes a third of lz4's space at about its speed.
const STORE_LEVEL: i32 = 1;

/// Merges at a time: each maps the files of its segments.
const MERGES_MAX: usize = 1;

/// Bytes of a document beside its text, roughly.
const DOCUMENT_BYTES: usize = 512;

/// How an index is written.
#[derive(Debug, Clone, Copy)]
pub struct WriterOptions {
    /// Indexing threads.
    pub threads: usize,
    /// Bytes of memory; see [`Shares`] for how they are divided.
    pub memory_bytes: usize,
}

/// Where an article or skip comes from.
#[derive(Debug, Clone, Copy)]
pub struct ArticlePlace<'a> {
    /// The source file's path relative to the root, encoded.
    pub file: &'a str,
    /// The path inside a container; empty outside of one.
    pub inner: &'a str,
    /// The record's number in its source file; 0 for the file itself.
    pub record: u64,
}

/// What is known of a source file that was read to its end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileFacts {
    /// Its size in bytes.
    pub bytes: u64,
    /// Its time of modification, nanoseconds since 1970.
    pub modified: Option<i64>,
    /// A place for a hash of its bytes, 0 in this version: what changed in a file is told by the versions of its
    /// articles.
    pub hash: u64,
    /// `name:version` of every reader that was used on it.
    pub readers: Vec<String>,
}

/// The facts that are shown with an article and not searched.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Facts {
    #[serde(rename = "t", default)]
    pub(crate) title_bytes: usize,
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub(crate) published_from: Option<u8>,
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    pub(crate) byline: Option<String>,
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub(crate) section: Option<String>,
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
}

/// The one writer of an index.
pub struct Writer {
    folder: PathBuf,
    fields: Fields,
    writer: IndexWriter<Weighed>,
    scale: Arc<Scale>,
    /// Held while an operation gets its number and goes into the queue: the engine takes documents to come in the order
    /// of their numbers, and would let some survive that were deleted after they were added.
    order: Mutex<()>,
    /// After the writer, so that the lock is held until all of it is gone.
    holder: Option<Holder>,
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl Writer {
    /// Opens the index at `location` for writing, or makes it.
    ///
    /// # Errors
    /// [`Error::Locked`] when another process writes to it, [`Error::Index`] when it cannot be opened.
    pub fn open(location: &Location, options: &WriterOptions) -> Result<Self, Error> {
        let folder = &location.folder;
        let holder = Holder::take(folder)?;
        remove_left_behind(folder);
        let directory = MmapDirectory::open(folder).map_err(|e| engine_error("open", folder)(e.into()))?;
        let writer = Self::open_in(Durable::new(directory, folder), folder, options)?;
        Ok(Self { holder: Some(holder), ..writer })
    }

    /// Opens the index in a directory of the engine's.
    pub(super) fn open_in(directory: impl Directory, folder: &Path, options: &WriterOptions) -> Result<Self, Error> {
        let failed = |action| engine_error(action, folder);
        let (schema, fields) = Fields::build();
        let directory: Box<dyn Directory> = Box::new(directory);
        let index =
            Index::builder().schema(schema).settings(settings()).open_or_create(directory).map_err(failed("open"))?;
        register(&index);
        let shares = Shares::of(options.memory_bytes, options.threads);
        let engine = IndexWriterOptions::builder()
            .num_worker_threads(shares.threads)
            .memory_budget_per_thread(shares.postings_per_thread)
            .num_merge_threads(MERGES_MAX)
            .build();
        let writer = index.writer_with_options(engine).map_err(failed("open"))?;
        writer.set_merge_policy(Box::new(BoundedMerges::new(folder, shares.merged)));
        // The engine begins with the number of the last commit. A deletion of that number would count as part of that
        // commit in merges: done to some segments before the next commit, and to others never.
        writer.run([]).map_err(failed("open"))?;
        Ok(Self {
            folder: folder.to_owned(),
            fields,
            writer,
            scale: Arc::new(Scale::new(shares.documents)),
            order: Mutex::new(()),
            holder: None,
        })
    }

    /// Adds an article under an identifier; `version` is what it is recognised by later.
    ///
    /// # Errors
    /// [`Error::Index`] when an indexing thread has failed, as on a full disk.
    pub fn add_article(
        &self,
        place: ArticlePlace<'_>,
        version: u64,
        id: &str,
        article: &Article,
        stems: &mut Stems,
    ) -> Result<(), Error> {
        let f = &self.fields;
        let mut document = self.document(Kind::Article, place, version);
        let text = stored_text(article);
        let (mut terms, mut forms) = (TermsBuilder::default(), TermsBuilder::default());
        let mut signature = SignatureBuilder::new(&text, article.title.len());
        let outline = analyse(&text, article.title.len(), stems, &mut |token| {
            terms.push(&token);
            forms.push_form(&token);
            signature.push(&token);
        });
        document.add_text(f.id, id);
        document.add_u64(f.words, terms.words());
        let terms = terms.finish();
        let forms = forms.finish();
        // A document's buffer doubles as it grows.
        let bytes = 2 * (terms.len() + forms.len() + text.len());
        document.add_text(f.terms, terms);
        document.add_text(f.forms, forms);
        for passage in &outline.passages {
            document.add_u64(f.passages, u64::from(passage.position));
        }
        document.add_u64(f.passages, u64::from(outline.end_position));
        for word in signature.finish().iter().flat_map(Signature::to_words) {
            document.add_u64(f.signature, word);
        }
        let optional = [
            (f.title, Some(&article.title)),
            (f.byline, article.byline.as_ref()),
            (f.source, article.source.as_ref()),
            (f.section, article.section.as_ref()),
            (f.url, article.url.as_ref()),
        ];
        for (field, value) in optional {
            if let Some(value) = value.filter(|v| !v.is_empty()) {
                document.add_text(field, encode(value, stems));
            }
        }
        if let Some(published) = article.published {
            let day = days_since_1970(published.day);
            document.add_i64(f.published_day, day);
            document.add_i64(f.published_time, published.instant.map_or(day * 86_400, |t| t.as_second()));
        }
        if let Some(source) = &article.source {
            document.add_text(f.outlet, source);
        }
        if let Some(language) = &article.language {
            document.add_text(f.language, language);
        }
        let facts = Facts {
            title_bytes: article.title.len(),
            published_from: article.published.map(|p| p.provenance as u8),
            byline: article.byline.clone(),
            section: article.section.clone(),
            url: article.url.clone(),
        };
        document.add_text(f.facts, serde_json::to_string(&facts).expect("facts are plain data"));
        document.add_text(f.text, text);
        self.add(document, bytes)
    }

    /// Adds a skip.
    ///
    /// # Errors
    /// As [`Writer::add_article`].
    pub fn add_skip(&self, place: ArticlePlace<'_>, version: u64, reason: &SkipReason) -> Result<(), Error> {
        let mut document = self.document(Kind::Skip, place, version);
        document.add_text(self.fields.reason, reason.code());
        document.add_text(self.fields.facts, reason.to_string());
        self.add(document, 0)
    }

    /// Records that a source file was read to its end.
    ///
    /// # Errors
    /// As [`Writer::add_article`].
    pub fn add_file(&self, file: &str, facts: &FileFacts) -> Result<(), Error> {
        let f = &self.fields;
        let version = file_version(file, facts);
        let mut document = self.document(Kind::File, ArticlePlace { file, inner: "", record: 0 }, version);
        document.add_u64(f.file_bytes, facts.bytes);
        if let Some(modified) = facts.modified {
            document.add_i64(f.file_modified, modified);
        }
        document.add_u64(f.file_hash, facts.hash);
        for reader in &facts.readers {
            document.add_text(f.readers, reader);
        }
        self.add(document, 0)
    }

    /// Deletes everything that came from a source file; what is added to it afterwards stays.
    pub fn delete_file(&self, file: &str) {
        let _turn = self.turn();
        self.writer.delete_term(Term::from_field_text(self.fields.file, file));
    }

    /// Deletes the document of this version; what is added afterwards stays.
    pub fn delete_version(&self, version: u64) {
        let _turn = self.turn();
        self.writer.delete_term(Term::from_field_u64(self.fields.version, version));
    }

    /// Makes all that was added and deleted visible and durable, at once.
    ///
    /// # Errors
    /// [`Error::Index`]; the index then stays as the last commit left it.
    pub fn commit(&mut self) -> Result<(), Error> {
        self.writer.commit().map(|_| ()).map_err(engine_error("commit to", &self.folder))
    }

    /// What stands behind an error of [`add_article`](Self::add_article): the thread that failed says it when it is
    /// waited for. Nothing is committed then.
    pub fn cause(mut self, error: Error) -> Error {
        match error {
            Error::Index { .. } => self.commit().err().unwrap_or(error),
            other => other,
        }
    }

    /// Ends writing, when merges that are under way are done.
    ///
    /// # Errors
    /// [`Error::Index`] when a merge failed; what was committed stays.
    pub fn close(self) -> Result<(), Error> {
        let Self { writer, folder, holder, .. } = self;
        let merged = writer.wait_merging_threads().map_err(engine_error("merge segments of", &folder));
        drop(holder);
        merged
    }

    /// Merges all segments into one, which also drops deleted documents.
    ///
    /// # Errors
    /// [`Error::Index`].
    pub fn merge_all(&mut self) -> Result<(), Error> {
        let segments = self.writer.index().searchable_segment_ids().map_err(engine_error("read", &self.folder))?;
        if segments.is_empty() {
            return Ok(());
        }
        let merged = self.writer.merge(&segments).wait().map_err(engine_error("merge segments of", &self.folder))?;
        drop(merged);
        self.writer.garbage_collect_files().wait().map(|_| ()).map_err(engine_error("clean up", &self.folder))
    }

    fn document(&self, kind: Kind, place: ArticlePlace<'_>, version: u64) -> TantivyDocument {
        let mut document = TantivyDocument::new();
        document.add_u64(self.fields.version, version);
        document.add_u64(self.fields.kind, kind as u64);
        document.add_text(self.fields.file, place.file);
        if !place.inner.is_empty() {
            document.add_text(self.fields.inner, place.inner);
        }
        document.add_u64(self.fields.record, place.record);
        document
    }

    /// The right to the next number.
    fn turn(&self) -> MutexGuard<'_, ()> {
        self.order.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands a document to the engine's threads, waiting while too many bytes are on their way to them.
    fn add(&self, document: TantivyDocument, bytes: usize) -> Result<(), Error> {
        let document = Weighed::new(document, bytes + DOCUMENT_BYTES, &self.scale);
        let _turn = self.turn();
        self.writer.add_document(document).map(|_| ()).map_err(engine_error("write to", &self.folder))
    }
}

/// How the engine keeps documents.
pub(super) fn settings() -> IndexSettings {
    IndexSettings {
        docstore_compression: Compressor::Zstd(ZstdCompressor { compression_level: Some(STORE_LEVEL) }),
        docstore_compress_dedicated_thread: false,
        ..IndexSettings::default()
    }
}

/// Removes the half-written lists of segments of processes that were killed: hidden files with a random name. Only
/// the holder of the lock may do so.
fn remove_left_behind(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(TEMPORARY) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// How the names of the engine's temporary files begin.
pub(super) const TEMPORARY: &str = ".tmp";

/// Days from 1970-01-01 to `day`.
pub(crate) fn days_since_1970(day: Date) -> i64 {
    let epoch = jiff::civil::date(1970, 1, 1);
    i64::from((day - epoch).get_days())
}

/// The system's number for a full disk: ENOSPC, or on Windows ERROR_DISK_FULL.
pub(super) const STORAGE_FULL: i32 = if cfg!(windows) { 112 } else { 28 };

/// Turns the engine's errors into ours.
pub(crate) fn engine_error(action: &'static str, folder: &Path) -> impl Fn(TantivyError) -> Error {
    let path = folder.to_owned();
    // The engine keeps the words of some errors only.
    let full = std::io::Error::from_raw_os_error(STORAGE_FULL).to_string();
    move |error| {
        let refused = |source: &std::io::Error| Error::Io {
            action,
            path: path.clone(),
            source: std::io::Error::new(source.kind(), source.to_string()),
        };
        if error.to_string().contains(&full) {
            return refused(&std::io::Error::from_raw_os_error(STORAGE_FULL));
        }
        match &error {
            TantivyError::LockFailure(LockError::LockBusy, _) => {
                Error::Locked { path: path.clone(), holder: holder(&path) }
            }
            TantivyError::LockFailure(LockError::IoError(source), _)
            | TantivyError::IoError(source)
            | TantivyError::OpenWriteError(OpenWriteError::IoError { io_error: source, .. })
            | TantivyError::OpenReadError(OpenReadError::IoError { io_error: source, .. })
            | TantivyError::OpenDirectoryError(OpenDirectoryError::IoError { io_error: source, .. }) => refused(source),
            other => Error::Index { action, path: path.clone(), cause: other.to_string() },
        }
    }
}
