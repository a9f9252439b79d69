//! The collections measured by `eval`: topics, judgements and the index to search.
//!
//! Either a file of topics with the current index, or folders that contain a whole collection; their indexes are
//! refreshed first.

use std::fs;
use std::path::{Path, PathBuf};

use super::args::{Common, EvalArgs, ReadingArgs};
use super::opening::{here, open};
use super::reading;
use crate::error::Error;
use crate::eval::{self, Qrels, Topic};
use crate::index::Reader;

/// File of topics in the folder of a collection.
const TOPICS: &str = "topics.tsv";

/// File of judgements in the folder of a collection.
const QRELS: &str = "qrels.txt";

/// A collection to measure.
pub(super) struct Collection {
    /// Name of the folder, or of the file of topics without extension.
    pub(super) name: String,
    pub(super) topics: Vec<Topic>,
    pub(super) qrels: Option<Qrels>,
    /// The folder of the collection; none for a file of topics.
    folder: Option<Folder>,
}

struct Folder {
    articles: Vec<PathBuf>,
    index: PathBuf,
}

/// The collections named by the arguments, with topics and judgements.
///
/// # Errors
/// Those of reading, and [`Error::Argument`] when files and folders are mixed, or options do not apply to them.
pub(super) fn all(args: &EvalArgs) -> Result<Vec<Collection>, Error> {
    let wrong = |value: &Path, cause: &str| Error::Argument {
        what: "collection",
        value: value.display().to_string(),
        cause: cause.to_owned(),
    };
    match args.topics.as_slice() {
        [file] if !file.is_dir() => match &args.indexes {
            Some(folder) => Err(wrong(folder, "`--indexes` goes with folders; `--index` names the index of a file")),
            None if args.qrels.is_none() && (args.per_topic || args.json || args.compare.is_some()) => {
                Err(wrong(file, "`--per-topic`, `--json` and `--compare` need judgements, `--qrels FILE`"))
            }
            None => Ok(vec![of_file(file, args.qrels.as_deref())?]),
        },
        folders => {
            if let Some(file) = folders.iter().find(|path| !path.is_dir()) {
                return Err(if file.exists() {
                    wrong(file, "give one file of topics, or folders")
                } else {
                    missing(file)
                });
            }
            if let Some(qrels) = &args.qrels {
                return Err(wrong(
                    qrels,
                    &format!("`--qrels` goes with a file of topics; folders have their `{QRELS}`"),
                ));
            }
            let collections: Vec<Collection> =
                folders.iter().map(|folder| of_folder(folder, args.indexes.as_deref())).collect::<Result<_, _>>()?;
            // Runs and indexes are named after collections, so names must be unique.
            for (place, one) in collections.iter().enumerate() {
                if collections.iter().take(place).any(|earlier| earlier.name == one.name) {
                    return Err(wrong(Path::new(&one.name), "two folders have this name"));
                }
            }
            Ok(collections)
        }
    }
}

fn of_file(topics: &Path, qrels: Option<&Path>) -> Result<Collection, Error> {
    let name = topics.file_stem().map_or_else(|| "all".into(), |name| name.to_string_lossy().into_owned());
    let topics = eval::parse_topics(topics, &text_of(topics)?)?;
    let qrels = qrels.map(|path| eval::parse_qrels(path, &text_of(path)?)).transpose()?;
    Ok(Collection { name, topics, qrels, folder: None })
}

fn of_folder(folder: &Path, indexes: Option<&Path>) -> Result<Collection, Error> {
    let failed = |source| Error::Io { action: "read", path: folder.to_owned(), source };
    let whole = fs::canonicalize(folder).map_err(failed)?;
    let name = whole.file_name().map_or_else(|| "all".into(), |name| name.to_string_lossy().into_owned());
    let (topics, qrels) = (folder.join(TOPICS), folder.join(QRELS));
    let topics = eval::parse_topics(&topics, &text_of(&topics)?)?;
    let qrels = eval::parse_qrels(&qrels, &text_of(&qrels)?)?;
    let mut articles = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let file = entry.file_name().to_string_lossy().into_owned();
        if ![TOPICS, QRELS].contains(&file.as_str()) && !file.starts_with('.') && !file.starts_with("README") {
            articles.push(entry.path());
        }
    }
    articles.sort();
    let index = match indexes {
        Some(indexes) => indexes.join(&name),
        None => folder.join(crate::index::INDEX_FOLDER),
    };
    Ok(Collection { name, topics, qrels: Some(qrels), folder: Some(Folder { articles, index }) })
}

impl Collection {
    /// Opens its index, refreshing it if it is the collection's own.
    pub(super) fn open(&self, common: &Common) -> Result<Reader, Error> {
        let Some(Folder { articles, index: folder }) = &self.folder else { return Ok(open(common)?.0) };
        let location = crate::index::folder_for_writing(Some(folder), &here()?)?;
        reading::refresh(&location, &reading::options(articles, &ReadingArgs::default())?, false)?;
        Reader::open(&crate::index::find(Some(folder), &here()?)?)
    }

    /// The file of the run: the named one, or that of this collection in the named folder.
    pub(super) fn run_path(&self, named: &Path) -> PathBuf {
        match &self.folder {
            Some(_) => named.join(format!("{}.run", self.name)),
            None => named.to_owned(),
        }
    }
}

/// The text of a file, with invalid UTF-8 replaced.
pub(super) fn text_of(path: &Path) -> Result<String, Error> {
    let bytes = fs::read(path).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => missing(path),
        _ => Error::Io { action: "read", path: path.to_owned(), source },
    })?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn missing(path: &Path) -> Error {
    Error::MissingPath { path: path.to_owned() }
}
