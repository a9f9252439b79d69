//! Shared by commands: the current folder, today's date, and the index to use.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::args::Common;
use crate::error::Error;
use crate::index::{self, Location, Reader};

/// The current folder.
pub(super) fn here() -> Result<PathBuf, Error> {
    std::env::current_dir().map_err(|source| Error::Io { action: "read", path: ".".into(), source })
}

/// Today's date in the user's time zone.
pub(super) fn today() -> crate::article::Date {
    jiff::Zoned::now().date()
}

/// The named index folder, if any.
pub(super) fn named(common: &Common) -> Option<&Path> {
    common.index.as_deref().filter(|name| !name.is_empty()).map(Path::new)
}

/// Opens the index for reading; also gives the folder that paths are shown relative to.
pub(super) fn open(common: &Common) -> Result<(Reader, PathBuf), Error> {
    let here = here()?;
    let location = index::find(named(common), &here)?;
    Ok((Reader::open(&location)?, here))
}

/// The index to write to. It is created only if one of the paths exists, so that a misspelt path leaves no empty index.
pub(super) fn location_for(paths: &[PathBuf], common: &Common) -> Result<Location, Error> {
    match index::find(named(common), &here()?) {
        Err(Error::NoIndex { .. } | Error::MissingIndex { .. }) if paths.iter().all(|path| !path.exists()) => {
            let missing = paths.first().map(|path| Error::MissingPath { path: path.clone() });
            Err(missing.unwrap_or(Error::NoIndex { start: here()? }))
        }
        _ => index::folder_for_writing(named(common), &here()?),
    }
}

/// The words of the command line as one text.
pub(super) fn text_of(words: &[impl AsRef<OsStr>]) -> String {
    words.iter().map(|word| word.as_ref().to_string_lossy()).collect::<Vec<_>>().join(" ")
}
