//! Finds what a run has to do, by comparing the folders on disk with the folders in the index.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use super::reading::{Manner, reader_label};
use super::report::Kept;
use super::{IngestReport, Options};
use crate::error::{Error, SkipReason};
use crate::format::FORMATS;
use crate::index::{FileFacts, Folder, Location, Reader, Target};
use crate::source::{self, SourceFile, WalkOptions, Walked};

/// The work of a run.
#[derive(Debug, Default)]
pub(super) struct Changes {
    /// Files to read.
    pub(super) to_read: Vec<Change>,
    /// Keys of deleted files.
    pub(super) removed: Vec<String>,
    /// The reading options of each folder, by folder number.
    pub(super) manners: BTreeMap<u32, Manner>,
    /// Folders that were walked completely.
    pub(super) complete: Vec<u32>,
    /// The report so far.
    pub(super) report: IngestReport,
}

/// A file to read.
#[derive(Debug)]
pub(super) struct Change {
    /// The number of its folder.
    pub(super) folder: u32,
    /// Its key in the index.
    pub(super) key: String,
    /// The file, or the reason why it cannot be read.
    pub(super) file: Result<SourceFile, SkipReason>,
    /// Whether the index has documents of it, which must be replaced.
    pub(super) known: bool,
}

/// A part of the archive that is in the index but cannot be read now.
struct Unseen {
    /// Prefix of its keys.
    key: String,
    cause: String,
    /// Whether it is a whole folder of the list.
    is_folder: bool,
}

impl Changes {
    pub(super) fn find(
        location: &Location,
        options: &Options,
        targets: &[Target],
        reader: Option<&Reader>,
    ) -> Result<Self, Error> {
        let mut known = reader.map(Reader::files).transpose()?.unwrap_or_default();
        let mut skipped = BTreeSet::new();
        if let (Some(reader), true) = (reader, options.retry_skipped) {
            skipped.extend(reader.skips()?.into_iter().map(|row| row.file));
        }
        let mut changes = Self::default();
        // Files of an unlisted folder, left by a killed process.
        let strangers: Vec<String> =
            known.keys().filter(|key| location.folders.of_key(key).is_none()).cloned().collect();
        for key in strangers {
            known.remove(&key);
            changes.removed.push(key);
        }
        let current = FORMATS.iter().copied().filter(|format| options.reread.iter().all(|r| r.name != format.name));
        let current: HashSet<String> = current.map(Some).chain([None]).map(reader_label).collect();
        let here = std::env::current_dir().unwrap_or_default();
        // The key of a folder ends with a slash; the key of a file does not.
        let shown = |key: &str| match location.folders.of_key(key) {
            Some((_, "")) => location.folders.shown(key, &here),
            _ => location.folders.shown(key.trim_end_matches('/'), &here),
        };
        let mut unseen = Vec::new();
        for (folder, scope) in parts(location, targets) {
            if let Entry::Vacant(entry) = changes.manners.entry(folder.number) {
                entry.insert(Manner::new(&folder.reading)?);
            }
            let (whole, key) = (scope.as_os_str().is_empty(), folder.key(&scope));
            let start = key.trim_end_matches('/');
            let mut before = below(&mut known, start);
            before.extend(known.remove_entry(start));
            let unseen_for = |cause| Unseen { key: format!("{start}/"), cause, is_folder: whole };
            match source::walk(&folder.path, &scope, &walk_options(location, folder, options)) {
                Err(error) => unseen.push(unseen_for(away(&error))),
                Ok(walked) if walked.files.is_empty() && walked.unreadable.is_empty() => {
                    changes.report.left_out.add(walked.left_out);
                    if whole && !before.is_empty() {
                        unseen.push(unseen_for("which is empty".to_owned()));
                    } else {
                        let path = if whole { folder.path.clone() } else { folder.path.join(&scope) };
                        if location.folders.within(&path).all(|inner| inner.number == folder.number) {
                            changes.report.empty.push(shown(&key));
                        }
                        changes.complete.extend(whole.then_some(folder.number));
                        changes.remove(folder, before, &mut unseen);
                    }
                }
                Ok(walked) => {
                    if whole {
                        changes.complete.push(folder.number);
                    }
                    changes.compare(folder, walked, before, &skipped, &current, &mut unseen);
                }
            }
        }
        changes.keep(unseen, reader, &shown)?;
        Ok(changes)
    }

    /// Compares the files of a folder with those in the index.
    fn compare(
        &mut self,
        folder: &Folder,
        walked: Walked,
        mut before: BTreeMap<String, Option<FileFacts>>,
        skipped: &BTreeSet<String>,
        current: &HashSet<String>,
        unseen: &mut Vec<Unseen>,
    ) {
        let manner = &self.manners[&folder.number];
        let key_of = |path: &Path| folder.key(path.strip_prefix(&folder.path).unwrap_or(path));
        self.report.left_out.add(walked.left_out);
        self.report.files += (walked.files.len() + walked.unreadable.len()) as u64;
        let had = !before.is_empty();
        let mut met = false;
        for file in walked.files {
            let key = key_of(&file.path);
            let state = before.remove(&key);
            met |= state.is_some();
            if state.iter().flatten().any(|facts| is_current(facts, &file, manner, current)) && !skipped.contains(&key)
            {
                self.report.unchanged += 1;
            } else {
                self.to_read.push(Change { folder: folder.number, key, file: Ok(file), known: state.is_some() });
            }
        }
        for (path, reason) in walked.unreadable {
            let key = key_of(&path);
            if !below(&mut before, &key).is_empty() {
                let (key, cause) = (format!("{key}/"), "which cannot be read".to_owned());
                unseen.push(Unseen { key, cause, is_folder: false });
            }
            let known = before.remove(&key).is_some();
            self.to_read.push(Change { folder: folder.number, key, file: Err(reason), known });
        }
        if had && !met && folder.has_moved() {
            // A different folder is now at this path.
            let cause = "which has none of its files".to_owned();
            self.to_read.retain(|change| change.folder != folder.number);
            unseen.push(Unseen { key: folder.key(Path::new("")), cause, is_folder: true });
            return;
        }
        self.remove(folder, before, unseen);
    }

    /// Removes files that were not found, except those below an empty folder that never had them.
    fn remove(&mut self, folder: &Folder, gone: BTreeMap<String, Option<FileFacts>>, unseen: &mut Vec<Unseen>) {
        let mut met = BTreeMap::new();
        for key in gone.into_keys() {
            let below = folder.below(&key);
            let parent = below.ancestors().skip(1).take_while(|parent| !parent.as_os_str().is_empty());
            let Some(parent) = parent.map(|parent| folder.path.join(parent)).find(|parent| parent.exists()) else {
                self.removed.push(key);
                continue;
            };
            let below = folder.key(parent.strip_prefix(&folder.path).unwrap_or(&parent));
            let is_away = *met.entry(parent).or_insert_with_key(|parent| {
                let is_away = had_nothing(parent, folder.refreshed);
                if is_away {
                    let cause = "which is empty; remove it to drop them".to_owned();
                    unseen.push(Unseen { key: format!("{below}/"), cause, is_folder: false });
                }
                is_away
            });
            if !is_away {
                self.removed.push(key);
            }
        }
    }

    /// Reports the articles that are kept although their files cannot be read.
    fn keep(
        &mut self,
        unseen: Vec<Unseen>,
        reader: Option<&Reader>,
        shown: &dyn Fn(&str) -> PathBuf,
    ) -> Result<(), Error> {
        if unseen.is_empty() {
            return Ok(());
        }
        let group = |key: &str| unseen.iter().position(|unseen| key.starts_with(&unseen.key));
        let counts = reader.map(|reader| reader.counts(unseen.len(), &group)).transpose()?.unwrap_or_default();
        let counts = counts.into_iter().map(|counts| counts.articles).chain(std::iter::repeat(0));
        let kept = unseen.into_iter().zip(counts);
        self.report.kept = kept
            .map(|(Unseen { key, cause, is_folder }, articles)| Kept { path: shown(&key), articles, cause, is_folder })
            .collect();
        Ok(())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.to_read.is_empty() && self.removed.is_empty()
    }

    /// Total size of the files to read.
    pub(super) fn bytes(&self) -> u64 {
        self.to_read.iter().filter_map(|c| c.file.as_ref().ok()).map(|f| f.bytes).sum()
    }
}

/// The folders of the targets and the listed folders inside them, each once. A target that is only part of a folder
/// comes with its path below the folder.
fn parts<'l>(location: &'l Location, targets: &[Target]) -> Vec<(&'l Folder, PathBuf)> {
    let mut parts: Vec<(&Folder, PathBuf)> = Vec::new();
    for target in targets {
        let Some(folder) = location.folders.get(target.folder) else { continue };
        parts.push((folder, target.scope.clone()));
        let whole = target.scope.as_os_str().is_empty();
        let path = if whole { folder.path.clone() } else { folder.path.join(&target.scope) };
        if folder.path.as_os_str().is_empty() {
            continue;
        }
        let within = location.folders.iter().filter(|inner| inner.number != folder.number);
        let within = within.filter(|inner| inner.path.starts_with(&path));
        parts.extend(within.map(|inner| (inner, PathBuf::new())));
    }
    parts.sort_by(|a, b| (a.0.number, &a.1).cmp(&(b.0.number, &b.1)));
    // Skip parts that lie inside the part before them.
    parts.dedup_by(|later, kept| later.0.number == kept.0.number && later.1.starts_with(&kept.1));
    parts
}

/// Removes and returns the known files below a key.
fn below(known: &mut BTreeMap<String, Option<FileFacts>>, key: &str) -> BTreeMap<String, Option<FileFacts>> {
    // `0` is the character after `/`.
    known.extract_if(format!("{key}/")..format!("{key}0"), |_, _| true).collect()
}

fn walk_options(location: &Location, folder: &Folder, options: &Options) -> WalkOptions {
    let index = std::fs::canonicalize(&location.folder).unwrap_or_else(|_| location.folder.clone());
    // Other listed folders are walked separately, except those that contain this one.
    let others = location.folders.iter().filter(|other| other.number != folder.number);
    let others = others.map(|other| &other.path).filter(|path| !folder.path.starts_with(path));
    WalkOptions {
        hidden: folder.reading.hidden,
        no_ignore: folder.reading.no_ignore,
        follow_links: folder.reading.follow_links,
        exclude: others.cloned().chain([index]).collect(),
        threads: options.threads,
    }
}

/// Whether a folder is empty, and nothing was removed from it since the last refresh. Then the files that the index has
/// of it were on a disk that was mounted there, or in another folder of that name.
fn had_nothing(folder: &Path, refreshed: Option<i64>) -> bool {
    let is_empty = std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none());
    let Ok(metadata) = std::fs::metadata(folder) else { return false };
    let (modified, made) = (metadata.modified().ok(), metadata.created().ok());
    let refreshed = refreshed.and_then(|at| UNIX_EPOCH.checked_add(Duration::from_secs(u64::try_from(at).ok()?)));
    let is_untouched = modified.is_some() && (made >= modified || refreshed > modified);
    is_empty && is_untouched
}

/// The cause for an unreadable folder, as a clause that follows its name.
fn away(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "which is not there".to_owned(),
        _ => format!("which cannot be read: {error}"),
    }
}

/// Whether the index has the current content of the file, read with the current options.
fn is_current(facts: &FileFacts, file: &SourceFile, manner: &Manner, current: &HashSet<String>) -> bool {
    facts.bytes == file.bytes
        && facts.modified == modified(file)
        && facts.stamp == file.stamp
        && manner.is_as(&facts.readers, &file.path.to_string_lossy(), &|label| current.contains(label))
}

/// Modification time in nanoseconds since 1970.
pub(super) fn modified(file: &SourceFile) -> Option<i64> {
    let time = file.modified?;
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()).ok(),
        Err(before) => i64::try_from(before.duration().as_nanos()).ok().map(|n| -n),
    }
}
