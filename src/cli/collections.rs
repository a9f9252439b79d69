//! The collections measured by `eval`: topics, judgements and the index to search.
//!
//! Either a file of topics with the current index, or folders that contain a whole collection; their indexes are
//! refreshed first.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::args::{Common, EvalArgs, ReadingArgs};
use super::opening::{here, open, read_text};
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
    let wrong = |value: &Path, cause: &str| Error::argument("collection", value.display().to_string(), cause);
    if let [file] = args.topics.as_slice()
        && !file.is_dir()
    {
        if let Some(folder) = &args.indexes {
            let cause = "`--indexes` applies to folders; `--index` names the index for a file of topics";
            return Err(wrong(folder, cause));
        }
        if args.qrels.is_none() && (args.per_topic || args.json || args.compare.is_some()) {
            return Err(wrong(file, "`--per-topic`, `--json` and `--compare` need judgements, `--qrels FILE`"));
        }
        return Ok(vec![of_file(file, args.qrels.as_deref())?]);
    }
    if let Some(file) = args.topics.iter().find(|path| !path.is_dir()) {
        return Err(match file.exists() {
            true => wrong(file, "give one file of topics, or folders"),
            false => Error::MissingPath(file.clone()),
        });
    }
    if let Some(qrels) = &args.qrels {
        let cause = format!("`--qrels` applies to a file of topics; a folder has its own `{QRELS}`");
        return Err(wrong(qrels, &cause));
    }
    let folders = args.topics.iter();
    let collections: Vec<Collection> =
        folders.map(|folder| of_folder(folder, args.indexes.as_deref())).collect::<Result<_, _>>()?;
    // Runs and indexes are named after collections, so names must be unique.
    let mut names = BTreeSet::new();
    if let Some(one) = collections.iter().find(|one| !names.insert(&one.name)) {
        return Err(wrong(Path::new(&one.name), "two folders have this name"));
    }
    Ok(collections)
}

fn of_file(topics: &Path, qrels: Option<&Path>) -> Result<Collection, Error> {
    let name = topics.file_stem().map_or_else(|| "all".into(), |name| name.to_string_lossy().into_owned());
    let topics = eval::parse_topics(topics, &read_text(topics, u64::MAX)?)?;
    let qrels = qrels.map(|path| eval::parse_qrels(path, &read_text(path, u64::MAX)?)).transpose()?;
    Ok(Collection { name, topics, qrels, folder: None })
}

fn of_folder(folder: &Path, indexes: Option<&Path>) -> Result<Collection, Error> {
    let failed = Error::io("read", folder);
    let whole = fs::canonicalize(folder).map_err(&failed)?;
    let name = whole.file_name().map_or_else(|| "all".into(), |name| name.to_string_lossy().into_owned());
    let (topics, qrels) = (folder.join(TOPICS), folder.join(QRELS));
    let topics = eval::parse_topics(&topics, &read_text(&topics, u64::MAX)?)?;
    let qrels = eval::parse_qrels(&qrels, &read_text(&qrels, u64::MAX)?)?;
    let mut articles = Vec::new();
    for entry in fs::read_dir(folder).map_err(&failed)? {
        let entry = entry.map_err(&failed)?;
        let file = entry.file_name().to_string_lossy().into_owned();
        if ![TOPICS, QRELS].contains(&file.as_str()) && !file.starts_with('.') && !file.starts_with("README") {
            articles.push(entry.path());
        }
    }
    articles.sort();
    let index = indexes.map_or_else(|| folder.join(crate::index::INDEX_FOLDER), |indexes| indexes.join(&name));
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
