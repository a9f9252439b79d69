//! Finding an index, and its manifest: the format version and the list of folders.

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::folders::{Folder, Folders, Reading, Target};
use super::holder::Holder;
use super::paths::{absolute, normalise};
use super::schema::{FORMAT_VERSION, FORMAT_VERSION_OLDEST};
use crate::error::Error;

/// Name of the default index folder, searched for in the current folder and above.
pub const INDEX_FOLDER: &str = ".nutgraf";

/// The manifest, which identifies an index folder.
pub(super) const MANIFEST: &str = "nutgraf.json";

/// Tantivy's list of segments, which makes a commit.
pub(crate) const COMMIT: &str = "meta.json";

/// Tantivy's list of files that it may delete when no commit needs them.
pub(super) const FILE_LIST: &str = ".managed.json";

/// A copy of the manifest, from which it can be restored.
pub(super) const MANIFEST_COPY: &str = "nutgraf.json.copy";

/// The manifest while it is being written.
pub(super) const MANIFEST_TEMPORARY: &str = "nutgraf.json.new";

/// The manifest of an index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Format version of the index.
    pub format_version: u32,
    /// Version of the program that created the index.
    pub made_by: String,
    /// The list of folders.
    #[serde(default)]
    pub folders: Folders,
    /// Whether the index came from a bundle, without its archive.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub bundled: bool,
    /// Hash of the fields above, to detect damage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
    /// In format versions before 3, in place of `folders`.
    #[serde(flatten, skip_serializing)]
    pub(super) before_3: Option<Before3>,
}

/// The archive in format versions before 3.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Before3 {
    root: PathBuf,
    root_absolute: PathBuf,
    #[serde(default)]
    sources: Vec<PathBuf>,
}

impl Manifest {
    /// The manifest of a new index.
    pub(super) fn new(folders: Folders) -> Self {
        Self {
            format_version: FORMAT_VERSION,
            made_by: env!("CARGO_PKG_VERSION").to_owned(),
            folders,
            bundled: false,
            hash: None,
            before_3: None,
        }
    }

    /// Whether it is as it was written.
    pub(super) fn is_intact(&self) -> bool {
        self.hash.as_ref().is_none_or(|hash| *hash == self.expected_hash())
    }

    /// The hash of its fields.
    fn expected_hash(&self) -> String {
        let text = serde_json::to_vec(&Self { hash: None, ..self.clone() }).expect("a manifest is plain data");
        blake3::hash(&text).to_hex()[..16].to_owned()
    }

    /// Locates the folders, for an index at `folder`.
    fn resolve(&mut self, folder: &Path) {
        let index = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
        match self.before_3.take() {
            None => self.folders.resolve(&index, self.bundled),
            Some(Before3 { root, root_absolute, sources }) => {
                let moved = normalise(&index.join(root));
                let root = if moved.exists() && !self.bundled { moved } else { root_absolute };
                let sources: Vec<PathBuf> = sources.iter().map(|source| normalise(&root.join(source))).collect();
                let sources = if sources.is_empty() { vec![root] } else { sources };
                self.folders = Folders::of(&index, &sources, |_| Reading::default());
            }
        }
    }
}

/// A valid index folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The index folder.
    pub folder: PathBuf,
    /// The list of folders.
    pub folders: Folders,
}

impl Location {
    /// A location for uses that do not need the list of folders.
    pub(super) fn without_folders(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), folders: Folders::default() }
    }

    /// The canonical path of the index folder.
    fn real(&self) -> PathBuf {
        absolute(Path::new(""), &self.folder)
    }
}

/// Finds an index: the named one, or `.nutgraf` in `start` or the nearest folder above it.
///
/// # Errors
/// [`Error::MissingIndex`], [`Error::NoIndex`], [`Error::NotAnIndex`] or [`Error::IndexVersion`].
pub fn find(named: Option<&Path>, start: &Path) -> Result<Location, Error> {
    if let Some(folder) = named {
        if !folder.exists() {
            return Err(Error::MissingIndex(folder.to_owned()));
        }
        return open(folder);
    }
    for folder in start.ancestors() {
        let candidate = folder.join(INDEX_FOLDER);
        if candidate.is_dir() && !is_unfinished(&candidate) {
            return open(&candidate);
        }
    }
    Err(Error::NoIndex(start.to_owned()))
}

/// Finds an index as [`find`] does, or creates one in `named` or in `start/.nutgraf`.
///
/// # Errors
/// As [`find`], and [`Error::Io`] when the folder cannot be created.
pub fn folder_for_writing(named: Option<&Path>, start: &Path) -> Result<Location, Error> {
    let folder = match (named, find(named, start)) {
        (_, Ok(location)) => return Ok(location),
        (Some(folder), Err(Error::MissingIndex { .. })) => folder.to_owned(),
        // Another process may have created it meanwhile.
        (Some(folder), Err(Error::NotAnIndex { .. })) if is_unfinished(folder) || folder.join(MANIFEST).exists() => {
            folder.to_owned()
        }
        (None, Err(Error::NoIndex { .. })) => start.join(INDEX_FOLDER),
        (_, Err(error)) => return Err(error),
    };
    fs::create_dir_all(&folder).map_err(|source| Error::Io { action: "create", path: folder.clone(), source })?;
    // If two processes create it at the same time, the second uses the index of the first.
    let path = folder.join(MANIFEST);
    loop {
        if path.exists() {
            return open(&folder);
        }
        match Holder::take(&folder) {
            Ok(_held) if path.exists() => {}
            Ok(_held) => {
                write_durably(&folder, &Manifest::new(Folders::default()))?;
                return Ok(Location { folder, folders: Folders::default() });
            }
            Err(Error::Locked { .. }) => std::thread::sleep(std::time::Duration::from_millis(5)),
            Err(error) => return Err(error),
        }
    }
}

/// Changes the list of folders, and writes it if it differs.
fn change<T>(location: &mut Location, work: impl Fn(&mut Folders) -> T) -> Result<T, Error> {
    location.folders = open(&location.folder)?.folders;
    let before = location.folders.clone();
    let outcome = work(&mut location.folders);
    if location.folders == before {
        return Ok(outcome);
    }
    let _held = Holder::take(&location.folder)?;
    let mut manifest = read(&location.folder)?;
    manifest.folders.settle(&location.real());
    let outcome = work(&mut manifest.folders);
    write_durably(&location.folder, &manifest)?;
    location.folders = manifest.folders;
    Ok(outcome)
}

/// The targets of a run, and the paths that neither exist nor are listed.
pub type Enlisted = (Vec<Target>, Vec<PathBuf>);

/// Adds paths to the list of folders and returns what they refer to; without paths, all listed folders. `reading` has
/// the reading options, if the user gave any; otherwise listed folders keep theirs.
///
/// # Errors
/// [`Error::Locked`] or [`Error::Io`] when the list must be changed and cannot be.
pub fn enlist(
    location: &mut Location,
    start: &Path,
    paths: &[PathBuf],
    reading: Option<&Reading>,
) -> Result<Enlisted, Error> {
    let index = location.real();
    change(location, |folders| folders.enlist(&index, start, paths, reading))
}

/// Removes the folder at a path, and all folders inside it, from the list. Returns their numbers, and the folder around
/// it, if any. Their articles must be deleted next.
///
/// # Errors
/// [`Error::NotListed`], [`Error::Locked`] or [`Error::Io`].
pub fn unlist(location: &mut Location, start: &Path, path: &Path) -> Result<(Vec<u32>, Option<Folder>), Error> {
    let real = [absolute(start, path), normalise(&start.join(path))];
    let gone = change(location, |folders| {
        let at = real.iter().find(|path| folders.at(path).is_some())?;
        Some((folders.remove(at), folders.around(at).map(|(folder, _)| folder.clone())))
    })?;
    gone.ok_or_else(|| Error::NotListed(path.to_owned()))
}

/// Replaces the path `old` by `new`. Returns the number of folders affected.
///
/// # Errors
/// [`Error::MissingPath`] when `new` does not exist, [`Error::NotListed`], [`Error::Locked`] or [`Error::Io`].
pub fn moved(location: &mut Location, start: &Path, old: &Path, new: &Path) -> Result<usize, Error> {
    if !start.join(new).exists() {
        return Err(Error::MissingPath(new.to_owned()));
    }
    let (was, is, index) = (normalise(&start.join(old)), absolute(start, new), location.real());
    match change(location, |folders| folders.move_to(&index, &was, &is))? {
        0 => Err(Error::NotListed(old.to_owned())),
        count => Ok(count),
    }
}

/// Stores when folders were refreshed, in seconds since 1970. Errors are ignored.
pub fn refreshed(location: &mut Location, numbers: &[u32], at: i64) {
    let _ = change(location, |folders| folders.set_refreshed(numbers, at));
}

/// Writes the manifest atomically and durably, and then its copy.
pub(super) fn write_durably(folder: &Path, manifest: &Manifest) -> Result<(), Error> {
    let manifest = Manifest { hash: Some(manifest.expected_hash()), ..manifest.clone() };
    let text = serde_json::to_vec_pretty(&manifest).expect("a manifest is plain data");
    let (path, temporary) = (folder.join(MANIFEST), folder.join(MANIFEST_TEMPORARY));
    let written = fs::File::create(&temporary).and_then(|mut file| {
        file.write_all(&text)?;
        file.sync_all()?;
        fs::rename(temporary, &path)
    });
    written.map_err(|source| Error::Io { action: "write", path, source })?;
    // Optional: ignore errors.
    let _ = fs::write(folder.join(MANIFEST_COPY), &text);
    // Sync the folder for the new file name, and its parent for the name of the folder. Not every system supports this.
    for names in [Some(folder), folder.parent().filter(|parent| !parent.as_os_str().is_empty())].into_iter().flatten() {
        let _ = fs::File::open(names).and_then(|names| names.sync_all());
    }
    Ok(())
}

/// Opens a folder with a supported format version.
pub(super) fn open(folder: &Path) -> Result<Location, Error> {
    let manifest = read(folder)?;
    if !(FORMAT_VERSION_OLDEST..=FORMAT_VERSION).contains(&manifest.format_version) {
        return Err(Error::IndexVersion {
            path: folder.to_owned(),
            found: manifest.format_version,
            oldest: FORMAT_VERSION_OLDEST,
            newest: FORMAT_VERSION,
        });
    }
    Ok(Location { folder: folder.to_owned(), folders: manifest.folders })
}

/// Reads the manifest of a folder, of any version.
pub(super) fn read(folder: &Path) -> Result<Manifest, Error> {
    read_from(folder, MANIFEST)
}

/// Restores the manifest from its copy, or else from what it still says. Returns its folders; none if neither can be
/// read.
pub(super) fn restore(folder: &Path) -> Result<Option<Folders>, Error> {
    let copy = read_from(folder, MANIFEST_COPY).ok().filter(Manifest::is_intact);
    let Some(manifest) = copy.or_else(|| read(folder).ok()) else { return Ok(None) };
    write_durably(folder, &manifest)?;
    Ok(Some(manifest.folders))
}

fn read_from(folder: &Path, name: &str) -> Result<Manifest, Error> {
    let path = folder.join(name);
    let not_ours = |cause: &str| Error::NotAnIndex {
        path: folder.to_owned(),
        cause: cause.to_owned(),
        has_commit: folder.join(COMMIT).exists(),
    };
    if !folder.is_dir() {
        return Err(not_ours("it is a file"));
    }
    let text = match fs::read(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(not_ours(&format!("it has no `{name}`")));
        }
        Err(source) => return Err(Error::Io { action: "read", path, source }),
    };
    let manifest = serde_json::from_slice::<Manifest>(&text);
    let mut manifest = manifest.map_err(|error| not_ours(&format!("`{name}` is malformed: {error}")))?;
    manifest.resolve(folder);
    Ok(manifest)
}

/// Finds an index folder as [`find`] does, even if its manifest is damaged.
///
/// # Errors
/// [`Error::MissingIndex`], [`Error::NoIndex`], or [`Error::NotAnIndex`] when it contains no file of an index.
pub fn folder(named: Option<&Path>, start: &Path) -> Result<PathBuf, Error> {
    let folder = match find(named, start) {
        Ok(location) => return Ok(location.folder),
        Err(Error::NotAnIndex { path, .. } | Error::IndexVersion { path, .. }) => path,
        Err(Error::Io { path, source, .. }) if path.ends_with(MANIFEST) && path.exists() => {
            path.parent().map(Path::to_owned).ok_or(Error::Io { action: "read", path, source })?
        }
        Err(error) => return Err(error),
    };
    match folder.join(MANIFEST).exists() || folder.join(COMMIT).exists() {
        true => Ok(folder),
        false => {
            let cause = "it has no files of an index".to_owned();
            Err(Error::NotAnIndex { path: folder, cause, has_commit: false })
        }
    }
}

/// Whether a folder is empty, or was left by a process that was killed while creating an index.
fn is_unfinished(folder: &Path) -> bool {
    let ours = |name: &OsStr| name == MANIFEST_TEMPORARY || super::holder::FILES.iter().any(|file| name == *file);
    fs::read_dir(folder).is_ok_and(|entries| entries.flatten().all(|entry| ours(&entry.file_name())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_index_above_is_found_and_others_are_refused() {
        let scratch = tempfile::tempdir().expect("a scratch folder");
        let root = fs::canonicalize(scratch.path()).expect("it exists");
        let deep = root.join("a/b");
        fs::create_dir_all(&deep).expect("made");
        assert!(matches!(find(None, &deep), Err(Error::NoIndex { .. })));
        let mut made = folder_for_writing(None, &root).expect("made");
        let (targets, missing) = enlist(&mut made, &root, &["a".into(), "none".into()], None).expect("listed");
        assert_eq!((targets.len(), missing), (1, vec![PathBuf::from("none")]));
        assert_eq!(find(None, &deep).expect("found").folders, made.folders);
        assert_eq!(made.folders.get(targets[0].folder).map(|f| f.path.clone()), Some(root.join("a")));
        fs::write(root.join("a/x"), "text").expect("written");
        assert!(matches!(find(Some(&root.join("a")), &root), Err(Error::NotAnIndex { .. })));
        assert!(matches!(find(Some(&root.join("none")), &root), Err(Error::MissingIndex { .. })));
    }

    #[test]
    fn many_create_an_index_at_once() {
        let scratch = tempfile::tempdir().expect("a scratch folder");
        for round in 0..100 {
            let folder = scratch.path().join(round.to_string());
            fs::create_dir(&folder).expect("created");
            let create = || folder_for_writing(Some(&folder), scratch.path()).map(|location| location.folder);
            std::thread::scope(|scope| {
                let threads: Vec<_> = (0..8).map(|_| scope.spawn(create)).collect();
                for thread in threads {
                    assert_eq!(thread.join().expect("no panic").expect("created"), folder);
                }
            });
        }
    }
}
