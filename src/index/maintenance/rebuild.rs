//! Empties an index in place, so that it can be built again after a change of format or damage.

use std::fs;
use std::path::{Path, PathBuf};

use super::super::files::{self, COMMIT, FILE_LIST, Owner};
use super::super::folders::{Folders, Reading};
use super::super::holder::Holder;
use super::super::location::{self, Location, MANIFEST, Manifest};
use super::super::paths::absolute;
use crate::error::Error;

/// Empties an index of any version, and returns it with its list of folders: those in `sources`, with the options
/// `reading` or the remembered ones, or without sources, the present list. Deletes only files of an index.
///
/// # Errors
/// As [`location::folder`]; [`Error::NotAnIndex`] when the manifest cannot be read and there are other files beside it,
/// or no sources are given; [`Error::FolderAway`] or [`Error::MissingPath`] when a folder does not exist,
/// [`Error::Locked`], [`Error::Io`]. Nothing was deleted, except after [`Error::Io`].
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
    let stranger = names.iter().find(|name| files::owner(name) == Owner::Foreign);
    if let (Err(_), Some(name)) = (&manifest, stranger) {
        let cause = format!("`{MANIFEST}` cannot be read, and `{name}` is not a file of an index");
        let has_commit = folder.join(COMMIT).exists();
        return Err(Error::NotAnIndex { path: folder, cause, has_commit });
    }
    if let Some(gone) = sources.iter().find(|source| !start.join(source).exists()) {
        return Err(Error::MissingPath(gone.clone()));
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
        return Err(Error::FolderAway(gone.path.clone()));
    }
    let _held = Holder::take(&folder)?;
    // Write the manifest first, so that an interrupted rebuild can be repeated.
    let made = Manifest::new(folders);
    let of_index = |name: &&String| files::owner(name) == Owner::Segment || *name == COMMIT || *name == FILE_LIST;
    // Delete the list of segments before the segments: an index without a list is empty, not damaged.
    let (lists, parts): (Vec<&String>, Vec<&String>) = names.iter().filter(of_index).partition(|name| *name == COMMIT);
    for name in lists {
        fs::remove_file(folder.join(name)).map_err(|source| failed("remove")(&folder.join(name), source))?;
    }
    location::write_durably(&folder, &made)?;
    for name in parts {
        fs::remove_file(folder.join(name)).map_err(|source| failed("remove")(&folder.join(name), source))?;
    }
    Ok(Location { folder, folders: made.folders })
}
