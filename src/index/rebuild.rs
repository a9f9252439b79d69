//! An index made anew in its place: of another format version, or beyond repair.

use std::fs;
use std::path::{Path, PathBuf};

use super::files::{self, COMMIT, FILE_LIST, Owner};
use super::holder::Holder;
use super::location::{self, Location, MANIFEST, Manifest, absolute, common_folder, relative};
use crate::error::Error;

/// Empties the index that is meant, whatever its version, and gives it with the files and folders to be indexed:
/// `sources`, or those that it was made of. Only files of an index are removed.
///
/// # Errors
/// As [`location::folder`]; [`Error::NotAnIndex`] when its manifest cannot be read and other files than an index's are
/// beside it, or no sources are given; [`Error::MissingPath`] when a source is gone, [`Error::NoArchive`],
/// [`Error::Locked`], [`Error::Io`]. Nothing was removed then, except after [`Error::Io`].
pub fn empty_for_rebuild(
    named: Option<&Path>,
    start: &Path,
    sources: &[PathBuf],
) -> Result<(Location, Vec<PathBuf>), Error> {
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
    let (root, sources) = match sources {
        [] => known(&folder, manifest?)?,
        sources => (common_folder(start, sources), sources.iter().map(|source| absolute(start, source)).collect()),
    };
    if let Some(gone) = sources.iter().find(|source| !source.exists()) {
        return Err(Error::MissingPath { path: gone.clone() });
    }
    let _held = Holder::take(&folder)?;
    // The manifest first, so that what an interrupted rebuild leaves can be rebuilt again.
    let relative = sources.iter().map(|source| relative(&root, source)).collect();
    let made = Manifest::new(&absolute(start, &folder), &root, relative);
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
    Ok((Location { folder, root }, sources))
}

/// The root and the sources that the index knows.
fn known(folder: &Path, manifest: Manifest) -> Result<(PathBuf, Vec<PathBuf>), Error> {
    let root = manifest.root_from(folder);
    if root.as_os_str().is_empty() {
        return Err(Error::NoArchive { path: folder.to_owned() });
    }
    let sources = match manifest.sources.is_empty() {
        true => vec![root.clone()],
        false => manifest.sources.iter().map(|source| location::normalise(&root.join(source))).collect(),
    };
    Ok((root, sources))
}
