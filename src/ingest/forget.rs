//! Removes a folder and its articles from an index.

use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::index::{self, Location, Reader, Writer, WriterOptions};

/// What was removed from an index.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Folders, including listed folders inside the named one.
    pub folders: u64,
    /// Source files.
    pub files: u64,
    /// Articles.
    pub articles: u64,
    /// A listed folder around it, whose next refresh reads its files again.
    pub around: Option<PathBuf>,
}

/// Removes the folder at `path` and all listed folders inside it. The folders are removed from the list first, so that
/// if the process is killed, the next run deletes their articles.
///
/// # Errors
/// [`Error::NotListed`], [`Error::Locked`], [`Error::Index`] or [`Error::Io`].
pub fn forget(location: &Location, start: &Path, path: &Path, writing: &WriterOptions) -> Result<Forgotten, Error> {
    let mut location = location.clone();
    let (numbers, around) = index::unlist(&mut location, start, path)?;
    let mut forgotten =
        Forgotten { folders: numbers.len() as u64, around: around.map(|folder| folder.path), ..Forgotten::default() };
    let mut writer = Writer::open(&location, writing)?;
    let reader = Reader::open(&location)?;
    let number = |key: &str| key.split_once('/').and_then(|(number, _)| number.parse::<u32>().ok());
    let is_gone = |key: &str| number(key).is_some_and(|number| numbers.contains(&number));
    let counts = reader.counts(1, &|key| is_gone(key).then_some(0))?;
    forgotten.articles = counts.iter().map(|counts| counts.articles).sum();
    for key in reader.files()?.keys().filter(|key| is_gone(key)) {
        writer.delete_file(key);
        forgotten.files += 1;
    }
    writer.commit([])?;
    writer.close()?;
    Ok(forgotten)
}
