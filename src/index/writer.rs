//! Writes an index. New and deleted documents become visible together with a commit.

use std::path::{Path, PathBuf};

use tantivy::directory::MmapDirectory;
use tantivy::index::Segment;
use tantivy::indexer::IndexWriterOptions;
use tantivy::{Directory, Index, IndexWriter, TantivyError, Term};

use super::collection::{self, Totals};
use super::directory::{Durable, TEMPORARY};
use super::engine::{engine_error, settings};
use super::holder::Holder;
use super::location::Location;
use super::memory::Shares;
use super::merging::BoundedMerges;
use super::schema::Fields;
use super::segment::{Deletions, SegmentBuilder};
use crate::error::Error;

/// Number of concurrent merges, each of which maps the files of its segments.
const MERGES_MAX: usize = 1;

/// Memory budget of Tantivy's own indexing thread, which is required but never used.
const ENGINE_THREAD_BYTES: usize = 16 << 20;

/// Options of a writer.
#[derive(Debug, Clone, Copy)]
pub struct WriterOptions {
    /// Number of threads that build segments.
    pub threads: usize,
    /// Memory limit in bytes; see [`Shares`] for how it is divided.
    pub memory_bytes: usize,
}

/// The only writer of an index.
pub struct Writer {
    folder: PathBuf,
    fields: Fields,
    writer: IndexWriter,
    shares: Shares,
    deletions: Deletions,
    /// Totals of the last commit, if known.
    totals: Option<Totals>,
    /// Declared after the writer, so that the lock is released last.
    holder: Option<Holder>,
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl Writer {
    /// Opens or creates the index at `location` for writing.
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

    /// Opens the index in a Tantivy directory.
    pub(super) fn open_in(directory: impl Directory, folder: &Path, options: &WriterOptions) -> Result<Self, Error> {
        let failed = |action| engine_error(action, folder);
        let (schema, fields) = Fields::build();
        let directory: Box<dyn Directory> = Box::new(directory);
        let index =
            Index::builder().schema(schema).settings(settings()).open_or_create(directory).map_err(failed("open"))?;
        let shares = Shares::of(options.memory_bytes, options.threads);
        let engine = IndexWriterOptions::builder()
            .num_worker_threads(1)
            .memory_budget_per_thread(ENGINE_THREAD_BYTES)
            .num_merge_threads(MERGES_MAX)
            .build();
        let writer: IndexWriter = index.writer_with_options(engine).map_err(failed("open"))?;
        writer.set_merge_policy(Box::new(BoundedMerges::new(folder, shares.merged)));
        // Tantivy starts with the number of the last commit. A deletion with that number would be treated as part of
        // that commit in merges: applied to some segments before the next commit, and to others never.
        writer.run([]).map_err(failed("open"))?;
        let payload = writer.index().load_metas().map_err(failed("open"))?.payload;
        let totals = payload.and_then(|payload| Totals::read(&payload));
        let deletions = Deletions::default();
        Ok(Self { folder: folder.to_owned(), fields, writer, shares, deletions, totals, holder: None })
    }

    /// A builder for the documents of a thread. They are in the index after the next commit that gets the builder.
    pub fn builder(&self) -> SegmentBuilder {
        let deletions = self.deletions.clone();
        SegmentBuilder::new(self.writer.index(), &self.folder, self.fields, self.shares.segment, deletions)
    }

    /// Deletes documents from any thread.
    pub fn deletions(&self) -> Deletions {
        self.deletions.clone()
    }

    /// Deletes all documents of a source file. None may be added before the next commit.
    pub fn delete_file(&self, file: &str) {
        self.deletions.add_file(file);
    }

    /// Deletes the document with this version, which is in the last commit. If it is added again before the next
    /// commit, it is kept.
    pub fn delete_version(&self, version: u64) {
        self.deletions.add(version);
    }

    /// Makes all additions in `builders` and all deletions visible and durable, atomically.
    ///
    /// # Errors
    /// [`Error::Index`] or [`Error::Io`]; the index is then unchanged since the last commit.
    pub fn commit<'b>(&mut self, builders: impl IntoIterator<Item = &'b mut SegmentBuilder>) -> Result<(), Error> {
        let failed = engine_error("commit to", &self.folder);
        let written: Vec<Result<(Vec<Segment>, Totals), Error>> = std::thread::scope(|scope| {
            let write = |builder: &'b mut SegmentBuilder| scope.spawn(|| builder.finish().map(|()| builder.take()));
            let threads: Vec<_> = builders.into_iter().map(write).collect();
            threads.into_iter().map(|thread| thread.join().unwrap_or_else(|_| Err(self.panicked()))).collect()
        });
        let written = written.into_iter().collect::<Result<Vec<_>, Error>>()?;
        self.commit_written(&written).map_err(failed)
    }

    /// Commits deletions first, then segments (see the module of segments), which are kept until then.
    fn commit_written(&mut self, written: &[(Vec<Segment>, Totals)]) -> tantivy::Result<()> {
        let deleted: Vec<Term> = self.deleted();
        let before = self.totals.take();
        let mut totals = match before {
            Some(totals) if deleted.is_empty() => totals,
            _ => {
                let searcher = self.writer.index().reader()?.searcher();
                let before = before.map_or_else(|| collection::counted(&searcher, &self.fields), Ok)?;
                before - collection::counted_with(&searcher, &self.fields, &deleted)?
            }
        };
        for term in deleted {
            self.writer.delete_term(term);
        }
        for (segments, added) in written {
            totals += *added;
            for segment in segments {
                self.writer.add_segment(segment.meta().clone())?;
            }
        }
        let mut commit = self.writer.prepare_commit()?;
        commit.set_payload(&totals.to_json());
        commit.commit()?;
        self.totals = Some(totals);
        Ok(())
    }

    /// The terms of documents to delete, in order.
    fn deleted(&self) -> Vec<Term> {
        let deleted = self.deletions.take();
        let files = deleted.files.iter().map(|file| Term::from_field_text(self.fields.file, file));
        // Sorted below, so the order of the set does not matter.
        #[allow(clippy::iter_over_hash_type)]
        let versions = deleted.versions.into_iter().map(|version| Term::from_field_u64(self.fields.version, version));
        let mut terms: Vec<Term> = files.chain(versions).collect();
        terms.sort_unstable();
        terms
    }

    fn panicked(&self) -> Error {
        engine_error("write to", &self.folder)(TantivyError::SystemError("a thread panicked".to_owned()))
    }

    /// Closes the writer after running merges have finished.
    ///
    /// # Errors
    /// [`Error::Index`] when a merge failed; all commits are kept.
    pub fn close(self) -> Result<(), Error> {
        let Self { writer, folder, holder, .. } = self;
        let merged = writer.wait_merging_threads().map_err(engine_error("merge segments of", &folder));
        drop(holder);
        merged
    }

    /// Merges all segments into one, dropping deleted documents.
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
}

/// Removes incomplete lists of segments of killed processes: hidden files with random names. The lock must be held.
fn remove_left_behind(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(TEMPORARY) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}
