//! Where an index is, what its folder says of itself, and the root that its paths start from.

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::holder::Holder;
use super::schema::{FORMAT_VERSION, FORMAT_VERSION_OLDEST};
use crate::error::Error;

/// The folder that is looked for in this folder and above.
pub const INDEX_FOLDER: &str = ".nutgraf";

/// The file that makes a folder an index of ours.
pub(super) const MANIFEST: &str = "nutgraf.json";

/// The engine's list of segments, which makes a commit.
pub(crate) const COMMIT: &str = "meta.json";

/// The manifest while it is written.
pub(super) const MANIFEST_BEGUN: &str = "nutgraf.json.new";

/// What an index folder says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The format version of everything in the folder.
    pub format_version: u32,
    /// The version of the program that made it.
    pub made_by: String,
    /// The archive's root, relative to the index folder where both are on one volume: paths of source files start
    /// here, so that archive and index can move together.
    pub root: PathBuf,
    /// The same root as an absolute path, used when the relative one leads nowhere.
    pub root_absolute: PathBuf,
    /// The files and folders that were indexed, relative to the root: what a rebuild takes when it is given none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<PathBuf>,
    /// Whether it came out of a bundle: the relative root then leads nowhere.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub bundled: bool,
    /// The hash of all that is above, so that damage is noticed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
}

impl Manifest {
    /// The manifest of an index in `folder` of this version, for an archive at `root`.
    pub(super) fn new(folder: &Path, root: &Path, sources: Vec<PathBuf>) -> Self {
        Self {
            format_version: FORMAT_VERSION,
            made_by: env!("CARGO_PKG_VERSION").to_owned(),
            root: relative(folder, root),
            root_absolute: root.to_owned(),
            sources,
            bundled: false,
            hash: None,
        }
    }

    /// The hash that it should bear.
    pub(super) fn expected_hash(&self) -> String {
        let text = serde_json::to_vec(&Self { hash: None, ..self.clone() }).expect("a manifest is plain data");
        blake3::hash(&text).to_hex()[..16].to_owned()
    }

    /// The archive's root as an absolute path, for an index in `folder`; empty when a bundle's archive is not here.
    pub(super) fn root_from(&self, folder: &Path) -> PathBuf {
        let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
        let moved = normalise(&folder.join(&self.root));
        match () {
            () if self.bundled && self.root_absolute.exists() => self.root_absolute.clone(),
            () if self.bundled => PathBuf::new(),
            () if moved.exists() => moved,
            () => self.root_absolute.clone(),
        }
    }
}

/// An index folder that is known to be one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The folder.
    pub folder: PathBuf,
    /// The archive's root as an absolute path.
    pub root: PathBuf,
}

/// The index that is meant: the named one, else `.nutgraf` in `start` or the nearest folder above it.
///
/// # Errors
/// [`Error::MissingIndex`], [`Error::NoIndex`], [`Error::NotAnIndex`] or [`Error::IndexVersion`].
pub fn find(named: Option<&Path>, start: &Path) -> Result<Location, Error> {
    if let Some(folder) = named {
        if !folder.exists() {
            return Err(Error::MissingIndex { path: folder.to_owned() });
        }
        return open(folder);
    }
    for folder in start.ancestors() {
        let candidate = folder.join(INDEX_FOLDER);
        if candidate.is_dir() && !is_hardly_begun(&candidate) {
            return open(&candidate);
        }
    }
    Err(Error::NoIndex { start: start.to_owned() })
}

/// The index to write to: as [`find`] gives it, else made in `named`, else in `start/.nutgraf`, with the
/// common folder of `sources` as the archive's root.
///
/// # Errors
/// As [`find`], and [`Error::Io`] when the folder cannot be made.
pub fn folder_for_writing(named: Option<&Path>, start: &Path, sources: &[PathBuf]) -> Result<Location, Error> {
    let folder = match (named, find(named, start)) {
        (_, Ok(location)) if location.root.as_os_str().is_empty() => {
            return Err(Error::NoArchive { path: location.folder });
        }
        (_, Ok(location)) => {
            remember(&location, start, sources);
            return Ok(location);
        }
        (Some(folder), Err(Error::MissingIndex { .. })) => folder.to_owned(),
        (Some(folder), Err(Error::NotAnIndex { .. })) if is_hardly_begun(folder) => folder.to_owned(),
        (None, Err(Error::NoIndex { .. })) => start.join(INDEX_FOLDER),
        (_, Err(error)) => return Err(error),
    };
    fs::create_dir_all(&folder).map_err(|source| Error::Io { action: "create", path: folder.clone(), source })?;
    let root = common_folder(start, sources);
    let known = sources.iter().map(|source| relative(&root, &absolute(start, source))).collect();
    let manifest = Manifest::new(&absolute(start, &folder), &root, known);
    // Of two processes that make it at the same time, one does, and the other takes what it made.
    let path = folder.join(MANIFEST);
    loop {
        if path.exists() {
            return open(&folder);
        }
        match Holder::take(&folder) {
            Ok(_held) if path.exists() => {}
            Ok(_held) => {
                write_durably(&folder, &manifest).map_err(|source| Error::Io { action: "write", path, source })?;
                return Ok(Location { folder, root });
            }
            Err(Error::Locked { .. }) => std::thread::sleep(std::time::Duration::from_millis(5)),
            Err(error) => return Err(error),
        }
    }
}

/// Adds to the manifest what was not indexed before. That it cannot be written is not told: writing the index says it.
fn remember(location: &Location, start: &Path, sources: &[PathBuf]) {
    let Ok(manifest) = read(&location.folder) else { return };
    let mut known = manifest.sources.clone();
    for source in sources {
        let source = relative(&location.root, &absolute(start, source));
        // The root's own path is empty, and what lies outside of it begins with `..`.
        let is_within =
            |folder: &PathBuf| source.starts_with(folder) && (!source.starts_with("..") || folder.starts_with(".."));
        if !known.iter().any(is_within) {
            known.push(source);
        }
    }
    if known != manifest.sources
        && let Ok(_held) = Holder::take(&location.folder)
    {
        let _ = write_durably(&location.folder, &Manifest { sources: known, ..manifest });
    }
}

/// Writes the manifest so that it is there in full or not at all, whatever happens meanwhile.
pub(super) fn write_durably(folder: &Path, manifest: &Manifest) -> std::io::Result<()> {
    let manifest = Manifest { hash: Some(manifest.expected_hash()), ..manifest.clone() };
    let text = serde_json::to_vec_pretty(&manifest).expect("a manifest is plain data");
    let begun = folder.join(MANIFEST_BEGUN);
    let mut file = fs::File::create(&begun)?;
    file.write_all(&text)?;
    file.sync_all()?;
    fs::rename(begun, folder.join(MANIFEST))?;
    // The names are in the folder, and the folder's own name in the one above. Not every system can sync those.
    for names in [Some(folder), folder.parent().filter(|parent| !parent.as_os_str().is_empty())].into_iter().flatten() {
        let _ = fs::File::open(names).and_then(|names| names.sync_all());
    }
    Ok(())
}

/// Opens a folder whose manifest is of a version that is read.
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
    Ok(Location { folder: folder.to_owned(), root: manifest.root_from(folder) })
}

/// Reads a folder's manifest, of whatever version.
pub(super) fn read(folder: &Path) -> Result<Manifest, Error> {
    let path = folder.join(MANIFEST);
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
            return Err(not_ours(&format!("it has no `{MANIFEST}`")));
        }
        Err(source) => return Err(Error::Io { action: "read", path, source }),
    };
    serde_json::from_slice(&text).map_err(|error| not_ours(&format!("`{MANIFEST}` cannot be understood: {error}")))
}

/// The folder of the index that is meant, as [`find`] looks for it, whatever state its manifest is in.
///
/// # Errors
/// [`Error::MissingIndex`], [`Error::NoIndex`], or [`Error::NotAnIndex`] when no file in it is an index's.
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
            let cause = "it has none of an index's files".to_owned();
            Err(Error::NotAnIndex { path: folder, cause, has_commit: false })
        }
    }
}

/// Whether a folder is empty, or was left by a process that was killed before it had made an index of it.
fn is_hardly_begun(folder: &Path) -> bool {
    let ours = |name: &OsStr| name == MANIFEST_BEGUN || super::holder::FILES.iter().any(|file| name == *file);
    fs::read_dir(folder).is_ok_and(|entries| entries.flatten().all(|entry| ours(&entry.file_name())))
}

/// The deepest folder that holds all sources; a single file's parent.
pub(super) fn common_folder(start: &Path, sources: &[PathBuf]) -> PathBuf {
    let mut common: Option<PathBuf> = None;
    for source in sources {
        let path = absolute(start, source);
        let folder = if path.is_dir() { path } else { path.parent().map(Path::to_owned).unwrap_or_default() };
        common = Some(match common {
            None => folder,
            Some(before) => {
                before.components().zip(folder.components()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect()
            }
        });
    }
    common.unwrap_or_else(|| absolute(start, Path::new(".")))
}

pub(super) fn absolute(start: &Path, path: &Path) -> PathBuf {
    let joined = start.join(path);
    fs::canonicalize(&joined).unwrap_or_else(|_| normalise(&joined))
}

/// The path without `.` and `..`, where that can be told from its text.
pub(super) fn normalise(path: &Path) -> PathBuf {
    let mut parts = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if parts.file_name().is_some() => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts
}

/// `to` as seen from the folder `from`; both absolute.
pub(super) fn relative(from: &Path, to: &Path) -> PathBuf {
    let shared = from.components().zip(to.components()).take_while(|(a, b)| a == b).count();
    let up = from.components().skip(shared).map(|_| Component::ParentDir);
    up.chain(to.components().skip(shared)).collect()
}

impl Location {
    /// The path of a source file as the index keeps it: relative to the root.
    pub fn relative(&self, path: &Path) -> PathBuf {
        relative(&self.root, path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_paths_lead_back() {
        for (from, to, expected) in [
            ("/a/b", "/a/b/c", "c"),
            ("/a/b/.nutgraf", "/a/b", ".."),
            ("/x/index", "/a/b", "../../a/b"),
            ("/a", "/a", ""),
        ] {
            assert_eq!(relative(Path::new(from), Path::new(to)), Path::new(expected));
            assert_eq!(normalise(&Path::new(from).join(expected)), Path::new(to));
        }
    }

    #[test]
    fn the_nearest_index_above_is_found_and_others_are_refused() {
        let scratch = tempfile::tempdir().expect("a scratch folder");
        let root = fs::canonicalize(scratch.path()).expect("it exists");
        let deep = root.join("a/b");
        fs::create_dir_all(&deep).expect("made");
        assert!(matches!(find(None, &deep), Err(Error::NoIndex { .. })));
        let made = folder_for_writing(None, &root, &[PathBuf::from("a")]).expect("made");
        assert_eq!(made.root, root.join("a"));
        assert_eq!(find(None, &deep).expect("found").root, root.join("a"));
        fs::write(root.join("a/x"), "text").expect("written");
        assert!(matches!(find(Some(&root.join("a")), &root), Err(Error::NotAnIndex { .. })));
        assert!(matches!(find(Some(&root.join("none")), &root), Err(Error::MissingIndex { .. })));
    }
}
