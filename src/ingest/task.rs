//! One source file on its way into the index, by as many threads as its size is worth.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use super::batch::{self, Batch, Number};
use super::changes::{modified, reader_label};
use super::{FormatCount, Progress, Shared, lock};
use crate::analysis::Stems;
use crate::article::Article;
use crate::error::{Error, SkipReason};
use crate::index::{ArticlePlace, FileFacts};
use crate::source::{SourceFile, id_path};

/// Bytes of records that may wait for a thread; beyond, the thread that reads parses them itself.
const WAITING_BYTES_MAX: usize = 64 << 20;

thread_local! {
    static STEMS: RefCell<Stems> = RefCell::default();
}

/// One source file while it is read.
pub(super) struct Task<'s> {
    shared: &'s Shared<'s>,
    file: &'s SourceFile,
    key: &'s str,
    /// Identifiers that occur more than once in the file; known in the second pass only.
    repeated: BTreeSet<String>,
    /// How often each of the records' own identifiers was seen.
    ids: Mutex<HashMap<String, u32>>,
    readers: Mutex<BTreeSet<String>>,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    articles: u64,
    skips: BTreeMap<String, u64>,
    formats: BTreeMap<String, FormatCount>,
}

impl<'s> Task<'s> {
    /// Reads a file; the work may go on in other threads of the scope after this returns.
    pub(super) fn start(scope: &rayon::Scope<'s>, shared: &'s Shared<'s>, file: &'s SourceFile, key: &'s str) {
        Self::pass(scope, shared, file, key, BTreeSet::new());
    }

    fn pass(
        scope: &rayon::Scope<'s>,
        shared: &'s Shared<'s>,
        file: &'s SourceFile,
        key: &'s str,
        repeated: BTreeSet<String>,
    ) {
        let task = Arc::new(Self {
            shared,
            file,
            key,
            repeated,
            ids: Mutex::default(),
            readers: Mutex::default(),
            counts: Mutex::default(),
        });
        let mut entry: Option<*const batch::EntryFacts> = None;
        batch::read(file, shared.options, &mut |batch| {
            if shared.is_ending() {
                return ControlFlow::Break(());
            }
            if entry != Some(Arc::as_ptr(&batch.entry)) {
                entry = Some(Arc::as_ptr(&batch.entry));
                task.begin_entry(&batch);
            }
            let bytes = batch.bytes();
            let waiting = shared.waiting_bytes.fetch_add(bytes, Ordering::Relaxed);
            if bytes < BATCH_WORTH_SHARING || waiting > WAITING_BYTES_MAX {
                task.index(batch);
                shared.waiting_bytes.fetch_sub(bytes, Ordering::Relaxed);
            } else {
                let task = Arc::clone(&task);
                scope.spawn(move |scope| {
                    task.index(batch);
                    shared.waiting_bytes.fetch_sub(bytes, Ordering::Relaxed);
                    Self::release(task, scope);
                });
            }
            ControlFlow::Continue(())
        });
        Self::release(task, scope);
    }

    /// Gives up a share of the task; the last one ends it.
    fn release(task: Arc<Self>, scope: &rayon::Scope<'s>) {
        let Some(task) = Arc::into_inner(task) else { return };
        let ids = task.ids.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        // Sorted by the set: the order in which a map is walked does not matter.
        #[allow(clippy::iter_over_hash_type)]
        let repeated: BTreeSet<String> = ids.into_iter().filter(|(_, n)| *n > 1).map(|(id, _)| id).collect();
        let shared = task.shared;
        if !repeated.is_empty() && task.repeated.is_empty() && !shared.is_ending() {
            // Which articles may bear their own identifier is known only now: once more, rightly.
            shared.writer.delete_file(task.key);
            Self::pass(scope, shared, task.file, task.key, repeated);
            return;
        }
        let counts = task.counts.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        let readers = task.readers.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Err(error) = finish(shared, task.file, task.key, counts, readers) {
            shared.fail(error);
        }
    }

    fn begin_entry(&self, batch: &Batch) {
        lock(&self.readers).insert(reader_label(batch.entry.format));
        if let Some(name) = batch.format() {
            lock(&self.counts).formats.entry(name.to_owned()).or_default().files += 1;
        }
    }

    fn index(&self, batch: Batch) {
        let entry = Arc::clone(&batch.entry);
        let format = batch.format();
        let (mut articles, mut skips) = (0u64, BTreeMap::<String, u64>::new());
        STEMS.with_borrow_mut(|stems| {
            batch.parse(self.shared.options, &mut |number, outcome| {
                let place = ArticlePlace { file: self.key, inner: &entry.inner, record: number.record };
                // Analysis meets whatever text there is: should it panic, the article is lost and nothing else.
                let added = outcome.and_then(|article| {
                    catch_unwind(AssertUnwindSafe(|| self.add(place, number, &article, stems)))
                        .map_err(|_| SkipReason::Panicked { format: format.unwrap_or("text") })
                });
                let outcome = match added {
                    Ok(outcome) => {
                        articles += 1;
                        Progress::add(&self.shared.progress.articles, 1);
                        outcome
                    }
                    Err(reason) => {
                        *skips.entry(reason.code().to_owned()).or_default() += 1;
                        Progress::add(&self.shared.progress.skips, 1);
                        self.shared.writer.add_skip(place, &reason)
                    }
                };
                if let Err(error) = outcome {
                    self.shared.fail(error);
                }
            });
        });
        let mut counts = lock(&self.counts);
        counts.articles += articles;
        if let Some(format) = format.and_then(|name| counts.formats.get_mut(name)) {
            format.articles += articles;
            format.skips += skips.values().sum::<u64>();
        }
        for (code, number) in skips {
            *counts.skips.entry(code).or_default() += number;
        }
    }

    fn add(&self, place: ArticlePlace<'_>, number: Number, article: &Article, stems: &mut Stems) -> Result<(), Error> {
        let own = article.id.as_deref().filter(|id| !id.is_empty());
        if let Some(own) = own {
            let mut ids = lock(&self.ids);
            match ids.get_mut(own) {
                Some(count) => *count += 1,
                None => drop(ids.insert(own.to_owned(), 1)),
            }
        }
        match own.filter(|id| !self.repeated.contains(*id)) {
            Some(own) => self.shared.writer.add_article(place, own, article, stems),
            None => self.shared.writer.add_article(place, &self.path_id(place, number), article, stems),
        }
    }

    /// The identifier of an article whose record has none of its own: path and record number.
    fn path_id(&self, place: ArticlePlace<'_>, number: Number) -> String {
        let mut id = self.key.to_owned();
        if !place.inner.is_empty() {
            id.push_str(&id_path(std::path::Path::new(""), place.inner));
        }
        match number {
            Number { only: true, .. } => {}
            Number { record, part: 0, .. } => id.push_str(&format!("#{record}")),
            Number { record, part, .. } => id.push_str(&format!("#{record}.{part}")),
        }
        id
    }
}

/// Bytes of a batch from which on it is worth another thread's while.
const BATCH_WORTH_SHARING: usize = 64 << 10;

fn finish(
    shared: &Shared<'_>,
    file: &SourceFile,
    key: &str,
    mut counts: Counts,
    readers: BTreeSet<String>,
) -> Result<(), Error> {
    Progress::add(&shared.progress.bytes_done, file.bytes);
    if shared.is_ending() {
        // It may not have been read to its end: without its facts the next run reads it again.
        return Ok(());
    }
    let articles = counts.articles;
    if articles == 0 && counts.skips.is_empty() {
        let reason = SkipReason::NoText;
        shared.writer.add_skip(ArticlePlace { file: key, inner: "", record: 0 }, &reason)?;
        counts.skips.insert(reason.code().to_owned(), 1);
    }
    let facts =
        FileFacts { bytes: file.bytes, modified: modified(file), hash: 0, readers: readers.into_iter().collect() };
    shared.writer.add_file(key, &facts)?;
    let mut report = lock(&shared.report);
    report.read += 1;
    report.bytes += file.bytes;
    report.articles_added += articles;
    for (code, number) in counts.skips {
        *report.skips.entry(code).or_default() += number;
    }
    for (format, count) in counts.formats {
        let total = report.formats.entry(format).or_default();
        total.files += count.files;
        total.articles += count.articles;
        total.skips += count.skips;
    }
    Ok(())
}
