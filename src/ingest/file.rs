//! One source file while it is being indexed.
//!
//! Several threads may index its batches at once. The thread that indexes the last batch finishes the file.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use super::changes::{Change, modified};
use super::parse::Number;
use super::read::Batch;
use super::reading::Manner;
use super::report::{Dropped, FileOutcome, Kept};
use super::run::Run;
use crate::article::Article;
use crate::error::{Error, SkipReason};
use crate::index::{ArticlePlace, FileFacts, KnownFile, SegmentBuilder, article_version, place_hash, skip_version};
use crate::source::SourceFile;

/// A source file that is being read.
pub(super) struct OpenFile<'r> {
    pub(super) change: &'r Change,
    pub(super) manner: &'r Manner,
    /// Batches not yet indexed, plus one for the reader.
    parts: AtomicUsize,
    state: Mutex<State>,
}

struct State {
    known: KnownFile,
    readers: BTreeSet<String>,
    outcome: FileOutcome,
    /// The last reason for a skip.
    trouble: Option<SkipReason>,
    /// Why the operating system could not read the file.
    unreadable: Option<String>,
}

impl<'r> OpenFile<'r> {
    /// Starts reading a file. Removes its file document from the index, so that a run that is cut short leaves the file
    /// marked as unread.
    pub(super) fn new(run: &Run<'r>, change: &'r Change) -> Result<Self, Error> {
        let manner = &run.changes.manners[&change.folder];
        let known = if change.known { run.before.known_file(&change.key)? } else { Default::default() };
        known.files().iter().for_each(|version| run.deletions.add(*version));
        if let Ok(file) = &change.file {
            wait_until_settled(file);
        }
        let bytes = change.file.as_ref().map_or(0, |file| file.bytes);
        let readers = manner.label.iter().cloned().collect();
        let outcome = FileOutcome { bytes, ..FileOutcome::default() };
        let state = State { known, readers, outcome, trouble: None, unreadable: None };
        Ok(Self { change, manner, parts: AtomicUsize::new(1), state: Mutex::new(state) })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a batch that was sent to a worker.
    pub(super) fn begin_part(&self) {
        self.parts.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether this was the last part of the file.
    pub(super) fn end_part(&self) -> bool {
        self.parts.fetch_sub(1, Ordering::AcqRel) == 1
    }

    /// Indexes a batch of records and deletes the old documents in their places.
    pub(super) fn index(&self, run: &Run<'_>, batch: Batch, builder: &mut SegmentBuilder) -> Result<(), Error> {
        let entry = std::sync::Arc::clone(&batch.entry);
        let format = entry.format.map(|format| format.name);
        if batch.first {
            let mut state = self.state();
            state.readers.insert(entry.reader.clone());
            if let Some(name) = format {
                state.outcome.formats.entry(name.to_owned()).or_default().files += 1;
            }
        }
        let (mut counts, mut places) = (FileOutcome::default(), BTreeSet::new());
        for (Number { record, part }, outcome) in batch.articles(self.manner, run.options.today) {
            if run.is_ending() {
                break;
            }
            let at = ArticlePlace { file: &self.change.key, inner: &entry.inner, record, part };
            let place = place_hash(at.inner, record, part);
            // A panic in the analysis loses only this article.
            let outcome = outcome.and_then(|article| {
                SkipReason::catch(format.unwrap_or("text"), || self.article(run, at, place, &article, builder))
            });
            match outcome {
                Ok(added) => {
                    places.insert(place);
                    counts.articles += 1;
                    counts.articles_added += u64::from(added?);
                }
                Err(reason) => {
                    *counts.skips.entry(reason.code().to_owned()).or_default() += 1;
                    self.skip(at, place, &reason, builder)?;
                    match &reason {
                        SkipReason::Unreadable(cause) => self.state().unreadable = Some(cause.clone()),
                        _ => drop(places.insert(place)),
                    }
                    self.state().trouble = Some(reason);
                }
            }
        }
        self.account(run, format, counts, &places);
        Ok(())
    }

    /// Adds the results of a batch to those of the file.
    fn account(&self, run: &Run<'_>, format: Option<&'static str>, counts: FileOutcome, places: &BTreeSet<u64>) {
        let skips: u64 = counts.skips.values().sum();
        run.progress.add(counts.articles, skips);
        let mut state = self.state();
        if !state.known.is_empty() {
            let gone = places.iter().flat_map(|place| state.known.replaced(*place));
            gone.for_each(|version| run.deletions.add(version));
        }
        if let Some(format) = format.and_then(|name| state.outcome.formats.get_mut(name)) {
            format.articles += counts.articles;
            format.skips += skips;
        }
        state.outcome.articles += counts.articles;
        state.outcome.articles_added += counts.articles_added;
        for (code, number) in counts.skips {
            *state.outcome.skips.entry(code).or_default() += number;
        }
    }

    /// Writes an article unless the index already has it. Returns whether it was written.
    fn article(
        &self,
        run: &Run<'_>,
        at: ArticlePlace<'_>,
        place: u64,
        article: &Article,
        builder: &mut SegmentBuilder,
    ) -> Result<bool, Error> {
        let own = article.id.as_deref().filter(|id| !id.is_empty());
        let id = own.map_or_else(|| Cow::Owned(run.folders.id(at.file, at.inner, at.record, at.part)), Cow::Borrowed);
        let version = self.state().known.version_to_write(place, article_version(at, &id, article));
        if let Some(version) = version {
            builder.article(at, version, &id, article)?;
        }
        Ok(version.is_some())
    }

    fn skip(
        &self,
        at: ArticlePlace<'_>,
        place: u64,
        reason: &SkipReason,
        builder: &mut SegmentBuilder,
    ) -> Result<(), Error> {
        match self.state().known.version_to_write(place, skip_version(at, reason)) {
            Some(version) => builder.skip(at, version, reason),
            None => Ok(()),
        }
    }

    /// Finishes the file after its last batch: deletes its remaining old documents, and marks it as read unless it
    /// changed meanwhile.
    pub(super) fn finish(&self, run: &Run<'_>, builder: &mut SegmentBuilder) -> Result<FileOutcome, Error> {
        let mut outcome = std::mem::take(&mut self.state().outcome);
        if run.is_ending() {
            // The file may be incomplete. Without its file document, the next run reads it again.
            return Ok(outcome);
        }
        if outcome.articles == 0 && outcome.skips.is_empty() {
            let (at, reason) =
                (ArticlePlace { file: &self.change.key, inner: "", record: 0, part: 0 }, SkipReason::NoText);
            self.skip(at, place_hash("", 0, 0), &reason, builder)?;
            outcome.skips.insert(reason.code().to_owned(), 1);
            run.progress.add(0, 1);
        }
        let mut state = self.state();
        let gone = self.end(run, &mut state, &mut outcome);
        gone.into_iter().for_each(|version| run.deletions.add(version));
        if let Ok(file) = &self.change.file {
            outcome.read = true;
            // The next run tries again to read what was unreadable.
            if state.unreadable.is_none() && is_as_walked(file) {
                let readers = std::mem::take(&mut state.readers).into_iter().collect();
                let facts = FileFacts { bytes: file.bytes, modified: modified(file), stamp: file.stamp, readers };
                builder.file(&self.change.key, &facts)?;
            }
        }
        Ok(outcome)
    }

    /// The documents to delete at the end. Tells what happened to articles that were not found again: those of an
    /// unreadable file are kept, and those missing in a damaged file are dropped.
    fn end(&self, run: &Run<'_>, state: &mut State, outcome: &mut FileOutcome) -> Vec<u64> {
        let before = state.known.articles();
        let path = || run.folders.shown(&self.change.key, &std::env::current_dir().unwrap_or_default());
        if let Some(cause) = &state.unreadable {
            let cause = format!("which cannot be read: {cause}");
            let (gone, articles) = state.known.rest_of_skips();
            if articles > 0 {
                outcome.kept = Some(Kept { path: path(), articles, cause, is_folder: false });
            }
            return gone;
        }
        if let Some(reason) = &state.trouble
            && outcome.articles < before
        {
            let articles = before - outcome.articles;
            outcome.dropped = Some(Dropped { path: path(), articles, before, cause: reason.to_string() });
        }
        state.known.rest()
    }
}

/// A file modified more recently than this may change again without a new modification time: timestamps advance in
/// clock ticks of up to 10 ms.
const SETTLED_AFTER: Duration = Duration::from_millis(20);

/// Waits until any further change of the file would get a new modification time.
fn wait_until_settled(file: &SourceFile) {
    // A time in the future gives no age.
    if let Some(age) = file.modified.and_then(|at| SystemTime::now().duration_since(at).ok())
        && let Some(rest) = SETTLED_AFTER.checked_sub(age)
    {
        std::thread::sleep(rest);
    }
}

/// Whether the file is unchanged since the walk. If not, the next run reads it again.
fn is_as_walked(file: &SourceFile) -> bool {
    // The next walk notices a deleted file.
    std::fs::metadata(&file.path).map_or(true, |now| SourceFile::new(file.path.clone(), &now) == *file)
}
