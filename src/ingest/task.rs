//! One source file on its way into the index, by as many threads as its size is worth.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use super::batch::{self, Batch, Number};
use super::changes::modified;
use super::reading::Manner;
use super::shared::{Shared, lock};
use super::versions::Versions;
use super::{FormatCount, Progress};
use crate::article::Article;
use crate::error::SkipReason;
use crate::index::{ArticlePlace, FileFacts, KnownFile, article_version, place_hash, skip_version};
use crate::source::SourceFile;

/// A record of more bytes is taken apart alone: with its article and its words it takes several times its size.
const LARGE_RECORD_BYTES: usize = 1 << 20;

/// One source file while it is read.
pub(super) struct Task<'s> {
    shared: &'s Shared<'s>,
    file: &'s SourceFile,
    key: &'s str,
    manner: &'s Manner,
    state: Mutex<State>,
}

/// What is known of a source file, and what was found in it.
#[derive(Debug, Default)]
struct State {
    versions: Versions,
    readers: BTreeSet<String>,
    counts: Counts,
}

#[derive(Debug, Default)]
struct Counts {
    /// Articles that were written.
    articles_added: u64,
    /// Articles.
    articles: u64,
    skips: BTreeMap<String, u64>,
    formats: BTreeMap<String, FormatCount>,
}

impl<'s> Task<'s> {
    /// Reads a file of which the index has `known`; the work may go on in other threads of the scope after this
    /// returns.
    pub(super) fn start(
        scope: &rayon::Scope<'s>,
        shared: &'s Shared<'s>,
        file: &'s SourceFile,
        key: &'s str,
        manner: &'s Manner,
        known: KnownFile,
    ) {
        wait_until_settled(file);
        let readers = manner.label.iter().cloned().collect();
        let state = State { versions: Versions::new(known), readers, ..State::default() };
        let task = Arc::new(Self { shared, file, key, manner, state: Mutex::new(state) });
        let mut entry: Option<Arc<batch::EntryFacts>> = None;
        batch::read(file, manner, &mut |batch| {
            if shared.is_ending() {
                return ControlFlow::Break(());
            }
            if entry.as_ref().is_none_or(|entry| !Arc::ptr_eq(entry, &batch.entry)) {
                entry = Some(Arc::clone(&batch.entry));
                task.begin_entry(&batch);
            }
            let bytes = batch.bytes();
            let waiting = shared.waiting_bytes.fetch_add(bytes, Ordering::Relaxed);
            if bytes < BATCH_WORTH_SHARING || waiting > shared.waiting_bytes_max {
                task.index(batch);
                shared.waiting_bytes.fetch_sub(bytes, Ordering::Relaxed);
            } else {
                let task = Arc::clone(&task);
                scope.spawn(move |_| {
                    task.index(batch);
                    shared.waiting_bytes.fetch_sub(bytes, Ordering::Relaxed);
                    Self::release(task);
                });
            }
            ControlFlow::Continue(())
        });
        Self::release(task);
    }

    /// Gives up a share of the task; the last one ends it.
    fn release(task: Arc<Self>) {
        let Some(task) = Arc::into_inner(task) else { return };
        let state = task.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        finish(task.shared, task.file, task.key, state);
    }

    fn begin_entry(&self, batch: &Batch) {
        let mut state = lock(&self.state);
        state.readers.insert(batch.entry.reader.clone());
        if let Some(name) = batch.format() {
            state.counts.formats.entry(name.to_owned()).or_default().files += 1;
        }
    }

    fn index(&self, batch: Batch) {
        let entry = Arc::clone(&batch.entry);
        let (format, bytes) = (batch.format(), batch.bytes());
        let (mut counts, mut places) = (Counts::default(), BTreeSet::new());
        let shared = self.shared;
        let _alone = (batch.largest() > LARGE_RECORD_BYTES).then(|| lock(&shared.large));
        batch.parse(self.manner, shared.options.today, &|| shared.is_ending(), &mut |number, outcome| {
            let Number { record, part } = number;
            let at = ArticlePlace { file: self.key, inner: &entry.inner, record, part };
            let place = place_hash(at.inner, record, part);
            places.insert(place);
            // Analysis meets whatever text there is: should it panic, the article is lost and nothing else.
            let outcome = outcome.and_then(|article| {
                catch_unwind(AssertUnwindSafe(|| self.article(at, place, &article)))
                    .map_err(|_| SkipReason::Panicked { format: format.unwrap_or("text") })
            });
            match outcome {
                Ok(added) => {
                    counts.articles += 1;
                    counts.articles_added += u64::from(added);
                }
                Err(reason) => {
                    *counts.skips.entry(reason.code().to_owned()).or_default() += 1;
                    self.skip(at, place, &reason);
                }
            }
        });
        self.account(format, counts, &places);
        shared.commit_when_due(bytes as u64);
    }

    /// Takes what came of a batch into account, and deletes what the index had in the places of what it has now.
    fn account(&self, format: Option<&'static str>, counts: Counts, places: &BTreeSet<u64>) {
        let shared = self.shared;
        let mut state = lock(&self.state);
        state.counts.articles_added += counts.articles_added;
        let gone = match state.versions.is_known() {
            true => places.iter().flat_map(|place| state.versions.replaced(*place)).collect(),
            false => Vec::new(),
        };
        let skips: u64 = counts.skips.values().sum();
        Progress::add(&shared.progress.articles, counts.articles);
        Progress::add(&shared.progress.skips, skips);
        state.counts.articles += counts.articles;
        if let Some(format) = format.and_then(|name| state.counts.formats.get_mut(name)) {
            format.articles += counts.articles;
            format.skips += skips;
        }
        for (code, number) in counts.skips {
            *state.counts.skips.entry(code).or_default() += number;
        }
        drop(state);
        shared.delete(&gone);
    }

    fn skip(&self, at: ArticlePlace<'_>, place: u64, reason: &SkipReason) {
        let version = lock(&self.state).versions.version_to_write(place, skip_version(at, reason));
        if let Some(version) = version {
            self.shared.add(|builder| builder.skip(at, version, reason));
        }
    }

    /// Writes an article unless the index has it; whether it was written.
    fn article(&self, at: ArticlePlace<'_>, place: u64, article: &Article) -> bool {
        let own = article.id.as_deref().filter(|id| !id.is_empty());
        let path = || Cow::Owned(self.shared.folders.id(at.file, at.inner, at.record, at.part));
        let id = own.map_or_else(path, Cow::Borrowed);
        let version = lock(&self.state).versions.version_to_write(place, article_version(at, &id, article));
        if let Some(version) = version {
            self.shared.add(|builder| builder.article(at, version, &id, article));
        }
        version.is_some()
    }
}

/// Bytes of a batch from which on it is worth another thread's while.
const BATCH_WORTH_SHARING: usize = 64 << 10;

/// Files that were changed a shorter time ago may be changed once more without their time of modification showing
/// it: that moves in steps of the system's clock tick, 10 ms at the most on today's systems.
const SETTLED_AFTER: Duration = Duration::from_millis(20);

/// Waits until a change of the file from now on would show in its time of modification.
fn wait_until_settled(file: &SourceFile) {
    // A time in the future says nothing.
    if let Some(age) = file.modified.and_then(|at| SystemTime::now().duration_since(at).ok())
        && let Some(rest) = SETTLED_AFTER.checked_sub(age)
    {
        std::thread::sleep(rest);
    }
}

/// Records a file or folder that the walk could not enter.
pub(super) fn refused(shared: &Shared<'_>, key: &str, reason: &SkipReason, known: KnownFile) {
    let mut versions = Versions::new(known);
    whole_file_skip(shared, key, reason, &mut versions);
    shared.delete(&versions.rest());
    *lock(&shared.report).skips.entry(reason.code().to_owned()).or_default() += 1;
    Progress::add(&shared.progress.skips, 1);
}

fn whole_file_skip(shared: &Shared<'_>, key: &str, reason: &SkipReason, versions: &mut Versions) {
    let at = ArticlePlace { file: key, inner: "", record: 0, part: 0 };
    if let Some(version) = versions.version_to_write(place_hash("", 0, 0), skip_version(at, reason)) {
        shared.add(|builder| builder.skip(at, version, reason));
    }
}

fn finish(shared: &Shared<'_>, file: &SourceFile, key: &str, state: State) {
    let State { mut versions, readers, mut counts } = state;
    Progress::add(&shared.progress.bytes_done, file.bytes);
    if shared.is_ending() {
        // It may not have been read to its end: without its facts the next run reads it again. What was written of it
        // stays.
        lock(&shared.report).articles_added += counts.articles_added;
        return;
    }
    if counts.articles == 0 && counts.skips.is_empty() {
        let reason = SkipReason::NoText;
        whole_file_skip(shared, key, &reason, &mut versions);
        counts.skips.insert(reason.code().to_owned(), 1);
    }
    shared.delete(&versions.rest());
    if is_as_walked(file) {
        let readers = readers.into_iter().collect();
        let facts = FileFacts { bytes: file.bytes, modified: modified(file), stamp: file.stamp, readers };
        shared.add(|builder| builder.file(key, &facts));
    }
    let mut report = lock(&shared.report);
    report.read += 1;
    report.bytes += file.bytes;
    report.articles_added += counts.articles_added;
    for (code, number) in counts.skips {
        *report.skips.entry(code).or_default() += number;
    }
    for (format, count) in counts.formats {
        let total = report.formats.entry(format).or_default();
        total.files += count.files;
        total.articles += count.articles;
        total.skips += count.skips;
    }
}

/// Whether a file is still what the walk met: one that grew while it was read is read again by the next run.
fn is_as_walked(file: &SourceFile) -> bool {
    // One that has vanished is known to the next run by its path.
    std::fs::metadata(&file.path).map_or(true, |now| SourceFile::new(file.path.clone(), &now) == *file)
}
