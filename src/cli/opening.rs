//! Shared by commands: the current folder, today's date, and the index to use.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::args::Common;
use crate::error::Error;
use crate::index::{self, Location, Reader};

/// The current folder.
pub(super) fn here() -> Result<PathBuf, Error> {
    std::env::current_dir().map_err(Error::io("read", "."))
}

/// Today's date in the user's time zone.
pub(super) fn today() -> crate::article::Date {
    jiff::Zoned::now().date()
}

/// The named index folder, if any.
pub(super) fn named(common: &Common) -> Option<&Path> {
    common.index.as_deref().filter(|name| !name.is_empty()).map(Path::new)
}

/// The existing index to use.
pub(super) fn find(common: &Common) -> Result<Location, Error> {
    index::find(named(common), &here()?)
}

/// Opens the index for reading; also gives the folder that paths are shown relative to.
pub(super) fn open(common: &Common) -> Result<(Reader, PathBuf), Error> {
    Ok((Reader::open(&find(common)?)?, here()?))
}

/// The index to write to. It is created only if one of the paths exists, so that a misspelt path leaves no empty index.
pub(super) fn location_for(paths: &[PathBuf], common: &Common) -> Result<Location, Error> {
    match find(common) {
        Err(Error::NoIndex { .. } | Error::MissingIndex { .. }) if paths.iter().all(|path| !path.exists()) => {
            let missing = paths.first().map(|path| Error::MissingPath(path.clone()));
            Err(missing.unwrap_or(Error::NoIndex(here()?)))
        }
        _ => index::folder_for_writing(named(common), &here()?),
    }
}

/// The words of the command line as one text.
pub(super) fn text_of(words: &[impl AsRef<OsStr>]) -> String {
    words.iter().map(|word| word.as_ref().to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// The folder that an environment variable names, or this one in the home folder.
pub(super) fn user_folder(variable: &str, in_home: &str) -> Option<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    folder(variable).or_else(|| folder("HOME").map(|home| home.join(in_home)))
}

/// The text of a file, or of standard input for `-`, up to a number of bytes, with invalid UTF-8 replaced.
///
/// # Errors
/// [`Error::MissingPath`] and [`Error::Io`].
pub(super) fn read_text(path: &Path, bytes_max: u64) -> Result<String, Error> {
    let mut bytes = Vec::new();
    let read = match path {
        path if path == Path::new("-") => io::stdin().lock().take(bytes_max).read_to_end(&mut bytes),
        path => File::open(path).and_then(|file| file.take(bytes_max).read_to_end(&mut bytes)),
    };
    read.map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => Error::MissingPath(path.to_owned()),
        _ => Error::Io { action: "read", path: path.to_owned(), source },
    })?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
