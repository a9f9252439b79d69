//! What has to be done: the files as they are against the files as the index knows them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::{IngestReport, Options};
use crate::error::{Error, SkipReason};
use crate::format::FORMATS;
use crate::index::{FileState, Location, Reader};
use crate::source::{Extractor, SourceFile, Walked, id_path};

/// What has to be done.
#[derive(Debug, Default)]
pub(super) struct Changes {
    /// Source files found.
    pub(super) files: u64,
    /// Source files that are as the index knows them.
    pub(super) unchanged: u64,
    /// What is to be read.
    pub(super) to_read: Vec<Change>,
    /// Keys of files that have vanished.
    pub(super) removed: Vec<String>,
}

/// A file to be read.
#[derive(Debug)]
pub(super) struct Change {
    /// Its path relative to the root, encoded: what the index knows it by.
    pub(super) key: String,
    /// The file, or why it cannot be read.
    pub(super) file: Result<SourceFile, SkipReason>,
    /// Whether the index has something of it that must go.
    pub(super) known: bool,
}

impl Changes {
    pub(super) fn find(
        location: &Location,
        options: &Options,
        reader: Option<&Reader>,
        walked: Vec<Walked>,
    ) -> Result<Self, Error> {
        let mut known = BTreeMap::new();
        let mut skipped = BTreeSet::new();
        if let Some(reader) = reader {
            known = reader.files()?;
            if options.retry_skipped {
                skipped.extend(reader.skips()?.into_iter().map(|row| row.file));
            }
        }
        let mut keys = Keys::new(location);
        let current = FORMATS.iter().copied().filter(|format| options.reread.iter().all(|r| r.name != format.name));
        let readers: HashSet<String> = current.map(Some).chain([None]).map(reader_label).collect();
        let mut changes = Self::default();
        for found in walked {
            changes.files += 1;
            let key = keys.file(found.path());
            let state = known.remove(&key);
            match found {
                Walked::File(file) => {
                    let same = state.as_ref().is_some_and(|s| is_current(s, &file, &readers, options))
                        && !skipped.contains(&key);
                    match same {
                        true => changes.unchanged += 1,
                        false => changes.to_read.push(Change { key, file: Ok(file), known: state.is_some() }),
                    }
                }
                Walked::Skip { reason, .. } => {
                    changes.to_read.push(Change { key, file: Err(reason), known: state.is_some() });
                }
            }
        }
        let scopes: Vec<String> = options.paths.iter().map(|path| keys.of(path)).collect();
        changes.removed = known.into_keys().filter(|file| scopes.iter().any(|scope| is_within(file, scope))).collect();
        Ok(changes)
    }

    /// The report of a run that has done nothing yet.
    pub(super) fn report(&self) -> IngestReport {
        IngestReport {
            files: self.files,
            unchanged: self.unchanged,
            removed: self.removed.len() as u64,
            ..IngestReport::default()
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.to_read.is_empty() && self.removed.is_empty()
    }

    /// Bytes of all files to be read.
    pub(super) fn bytes(&self) -> u64 {
        self.to_read.iter().filter_map(|c| c.file.as_ref().ok()).map(|f| f.bytes).sum()
    }
}

/// Makes paths into keys. Folders may be reached through links: their real paths are what the root is in terms of.
/// Asking the system for the real path of every file would cost more than all else in a run that finds no change, so
/// it is asked once for each folder.
struct Keys<'l> {
    location: &'l Location,
    here: PathBuf,
    folders: HashMap<OsString, String>,
}

impl<'l> Keys<'l> {
    fn new(location: &'l Location) -> Self {
        Self { location, here: std::env::current_dir().unwrap_or_default(), folders: HashMap::new() }
    }

    /// The key of a file: that of its folder, and its name.
    fn file(&mut self, path: &Path) -> String {
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return self.of(path) };
        let mut name = id_path(Path::new(name), "");
        let key = match self.folders.get(folder.as_os_str()) {
            Some(key) => key,
            None => {
                let key = self.of(folder);
                self.folders.entry(folder.as_os_str().to_owned()).or_insert(key)
            }
        };
        if !key.is_empty() {
            name.insert(0, '/');
            name.insert_str(0, key);
        }
        name
    }

    /// The key of a path by its real path.
    fn of(&self, path: &Path) -> String {
        let absolute = self.here.join(path);
        let real = std::fs::canonicalize(&absolute).unwrap_or(absolute);
        id_path(&self.location.relative(&real), "")
    }
}

/// Whether a file is the scope or below it; the root's own key is empty.
fn is_within(file: &str, scope: &str) -> bool {
    match scope {
        "" => !file.starts_with("../"),
        _ => file.strip_prefix(scope).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
    }
}

/// Whether the index holds the file as it is, read by the readers of this version and of these options.
fn is_current(state: &FileState, file: &SourceFile, readers: &HashSet<String>, options: &Options) -> bool {
    let Some(facts) = &state.facts else { return false };
    let extractor = options.extractors.iter().find(|extractor| extractor.fits(&file.path.to_string_lossy()));
    facts.bytes == file.bytes
        && facts.modified == modified(file)
        // What a program gave stays when a later run does not name the program.
        && facts.readers.iter().all(|label| Extractor::is_label(label) || readers.contains(label))
        && extractor.is_none_or(|extractor| facts.readers.contains(&extractor.label()))
}

/// Nanoseconds since 1970 at which a file was last changed.
pub(super) fn modified(file: &SourceFile) -> Option<i64> {
    let time = file.modified?;
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()).ok(),
        Err(before) => i64::try_from(before.duration().as_nanos()).ok().map(|n| -n),
    }
}

/// The reader's name and version as the index records it; none for a file that no format fits.
pub(super) fn reader_label(format: Option<&'static crate::format::Format>) -> String {
    match format {
        Some(format) => format!("{}:{}", format.name, format.version),
        // A later version with more formats tries again.
        None => format!("none:{}", FORMATS.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_the_folders_and_the_name() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let root = std::fs::canonicalize(folder.path()).expect("it exists");
        std::fs::create_dir_all(root.join("a b/c")).expect("made");
        let location = Location { folder: root.join("index"), root: root.clone() };
        let mut keys = Keys::new(&location);
        for name in ["x.txt", "a b/x#y.txt", "a b/z.txt", "a b/c/1.txt", "a b/../x.txt"] {
            let real = std::path::PathBuf::from_iter(root.join(name).components());
            let folder = std::fs::canonicalize(real.parent().expect("it has one")).expect("it exists");
            let expected = id_path(&location.relative(&folder.join(real.file_name().expect("it has one"))), "");
            assert_eq!(keys.file(&root.join(name)), expected, "{name}");
        }
        assert_eq!(keys.of(&root), "");
    }

    #[test]
    fn only_what_is_below_the_given_path_can_vanish() {
        for (file, scope, within) in
            [("a/b", "a", true), ("ab/c", "a", false), ("a", "a", true), ("x", "", true), ("../x", "", false)]
        {
            assert_eq!(is_within(file, scope), within, "{file} in {scope}");
        }
    }
}
