//! The hits last shown in this terminal, so that `nutgraf show 3` shows the third of them.
//!
//! They are stored in a small file for each terminal, in `nutgraf` in XDG_STATE_HOME or `~/.local/state`. Errors are
//! ignored; numbers of hits then have no meaning.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::opening::{here, user_folder};
use super::output;
use crate::index::Reader;
use crate::search::Results;

/// Number of characters of a passage that are stored, to find its line.
const PASSAGE_CHARS: usize = 120;

/// Maximum number of stored files; the oldest are deleted.
const TERMINALS_MAX: usize = 64;

/// The hits of a query.
#[derive(Debug, Serialize, Deserialize)]
struct Shown {
    /// The index folder.
    index: PathBuf,
    /// The query.
    query: String,
    /// Number of the first hit.
    first: usize,
    articles: Vec<Article>,
}

/// An article that was shown.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Article {
    /// Its full location.
    pub(super) id: String,
    /// The beginning of the passage.
    pub(super) passage: String,
}

/// Stores the hits that were just shown.
pub(super) fn store(index: &Path, query: &str, results: &Results) {
    let Some(path) = path().filter(|_| output::stdout_is_terminal() && !results.hits.is_empty()) else { return };
    let Ok(here) = here() else { return };
    let first = results.hits.first().map_or(1, |hit| hit.rank);
    let passages = results.hits.chunk_by(|a, b| a.article == b.article).filter_map(<[_]>::first);
    let articles = passages.map(|hit| Article {
        id: here.join(&hit.article.location).to_string_lossy().into_owned(),
        passage: hit.passage.text.chars().take(PASSAGE_CHARS).collect(),
    });
    let index = fs::canonicalize(index).unwrap_or_else(|_| index.to_owned());
    let shown = Shown { index, query: query.to_owned(), first, articles: articles.collect() };
    if let (Some(folder), Ok(text)) = (path.parent(), serde_json::to_vec(&shown))
        && fs::create_dir_all(folder).is_ok()
    {
        tidy(folder);
        let _ = fs::write(path, text);
    }
}

/// The id for an argument: a number refers to a hit of the last query in this terminal.
pub(super) fn resolve(argument: &str, reader: &Reader) -> String {
    find(argument, &reader.location().folder).map_or_else(|| argument.to_owned(), |hit| hit.id)
}

/// The hit with this number in the last query on this index. Prints which one it is.
pub(super) fn find(text: &str, index: &Path) -> Option<Article> {
    let number: usize = text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()))?;
    let shown: Shown = serde_json::from_slice(&fs::read(path()?).ok()?).ok()?;
    if shown.index != fs::canonicalize(index).ok()? {
        return None;
    }
    let article = shown.articles.into_iter().nth(number.checked_sub(shown.first)?)?;
    output::message(&format_args!("hit {number} of `{}`: {}", shown.query, article.id));
    Some(article)
}

/// The file of this terminal.
fn path() -> Option<PathBuf> {
    let state = user_folder("XDG_STATE_HOME", ".local/state")?;
    let name: String = terminal()?.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    Some(state.join("nutgraf/shown").join(name))
}

/// An identifier of the terminal: its device, or the session id of the terminal program.
fn terminal() -> Option<String> {
    let device = |number: u8| fs::read_link(format!("/proc/self/fd/{number}")).ok();
    let is_terminal = |path: &PathBuf| path.starts_with("/dev/pts") || path.to_string_lossy().starts_with("/dev/tty");
    let device = [0, 1, 2].into_iter().filter_map(device).find(is_terminal);
    let session =
        ["TMUX_PANE", "TERM_SESSION_ID", "WT_SESSION", "WINDOWID"].iter().find_map(|name| std::env::var(name).ok());
    device.map(|path| path.to_string_lossy().into_owned()).or(session)
}

/// Deletes the oldest files if there are too many.
fn tidy(folder: &Path) {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<_> =
        files.filter_map(|file| Some((file.metadata().ok()?.modified().ok()?, file.path()))).collect();
    files.sort();
    for (_, path) in files.iter().take(files.len().saturating_sub(TERMINALS_MAX)) {
        let _ = fs::remove_file(path);
    }
}
