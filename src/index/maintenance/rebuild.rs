//! An index that is emptied in its place, to be made again: of another format version, or beyond repair.

use std::fs;
use std::path::{Path, PathBuf};

use super::super::files::{self, COMMIT, FILE_LIST, Owner};
use super::super::folders::{Folders, Reading};
use super::super::holder::Holder;
use super::super::location::{self, Location, MANIFEST, Manifest, absolute};
use crate::error::Error;

/// Empties the index that is meant, whatever its version, and gives it with its list of folders: `sources`, to be read
/// as `reading` says or as the index remembers, or those that it has. Only files of an index are removed.
///
/// # Errors
/// As [`location::folder`]; [`Error::NotAnIndex`] when its manifest cannot be read and other files than an index's are
/// beside it, or no sources are given; [`Error::FolderAway`] or [`Error::MissingPath`] when a folder is not there,
/// [`Error::Locked`], [`Error::Io`]. Nothing was removed then, except after [`Error::Io`].
pub fn empty_for_rebuild(
    named: Option<&Path>,
    start: &Path,
    sources: &[PathBuf],
    reading: Option<&Reading>,
) -> Result<Location, Error> {
    let folder = location::folder(named, start)?;
    let failed = |action| move |path: &Path, source| Error::Io { action, path: path.to_owned(), source };
    let names = files::names(&folder).map_err(|source| failed("read")(&folder, source))?;
    let manifest = location::read(&folder);
    let stranger = names.iter().find(|name| files::owner(name) == Owner::Stranger);
    if let (Err(_), Some(name)) = (&manifest, stranger) {
        let cause = format!("`{MANIFEST}` cannot be read, and `{name}` is no file of an index");
        let has_commit = folder.join(COMMIT).exists();
        return Err(Error::NotAnIndex { path: folder, cause, has_commit });
    }
    if let Some(gone) = sources.iter().find(|source| !start.join(source).exists()) {
        return Err(Error::MissingPath { path: gone.clone() });
    }
    let index = absolute(start, &folder);
    let folders = match sources {
        [] => manifest?.folders,
        sources => {
            let sources: Vec<PathBuf> = sources.iter().map(|source| absolute(start, source)).collect();
            let listed = manifest.map(|manifest| manifest.folders).unwrap_or_default();
            let remembered = |path: &Path| listed.at(path).map(|folder| folder.reading.clone());
            Folders::of(&index, &sources, |path| reading.cloned().or_else(|| remembered(path)).unwrap_or_default())
        }
    };
    if let Some(gone) = folders.iter().find(|folder| !folder.path.exists()) {
        return Err(Error::FolderAway { path: gone.path.clone() });
    }
    let _held = Holder::take(&folder)?;
    // The manifest first, so that what an interrupted rebuild leaves can be rebuilt again.
    let made = Manifest::new(folders);
    let of_index = |name: &&String| files::owner(name) == Owner::Segment || *name == COMMIT || *name == FILE_LIST;
    // The list of segments goes before what it lists: an index without one is empty, not damaged.
    let (lists, parts): (Vec<&String>, Vec<&String>) = names.iter().filter(of_index).partition(|name| *name == COMMIT);
    for name in lists {
        fs::remove_file(folder.join(name)).map_err(|source| failed("remove")(&folder.join(name), source))?;
    }
    location::write_durably(&folder, &made).map_err(|source| failed("write")(&folder.join(MANIFEST), source))?;
    for name in parts {
        fs::remove_file(folder.join(name)).map_err(|source| failed("remove")(&folder.join(name), source))?;
    }
    Ok(Location { folder, folders: made.folders })
}
