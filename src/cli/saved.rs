//! `nutgraf saved`: saved queries, and the articles that are new for them.
//!
//! Saved queries are stored in `nutgraf/saved.json` in XDG_STATE_HOME or `~/.local/state`, not in the index. Each names
//! its index, so that it can be run from any folder, for example by cron.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::args::{AskArgs, Common, Output, SavedAction, SavedArgs};
use super::opening::{find, here, text_of, user_folder};
use super::{Status, hits, output, queries};
use crate::error::Error;
use crate::index::{self, Reader};
use crate::render;
use crate::search::{self, Options, Page, Ranking, Sort};

/// Maximum number of articles examined for new ones, newest first.
const ARTICLES_MAX: usize = 10_000;

/// Saved queries by name.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Saved {
    queries: BTreeMap<String, Query>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Query {
    index: PathBuf,
    words: String,
    /// Locations of the articles found so far.
    found: BTreeSet<String>,
}

pub(super) fn run(args: &SavedArgs, common: &Common) -> anyhow::Result<Status> {
    let mut saved = Saved::read()?;
    match &args.action {
        SavedAction::Add { name, words } => {
            let location = find(common)?;
            let parsed = queries::parse(text_of(words), &AskArgs::default(), common)?;
            let index = fs::canonicalize(&location.folder).unwrap_or(location.folder);
            let query = Query { index, words: parsed.text, found: BTreeSet::new() };
            saved.queries.insert(name.clone(), query);
            saved.write()?;
            Ok(Status::Done)
        }
        SavedAction::Remove { name } => {
            saved.queries.remove(name).ok_or_else(|| unknown(name))?;
            saved.write()?;
            Ok(Status::Done)
        }
        SavedAction::List => {
            output::data(|out| {
                saved.queries.iter().try_for_each(|(name, query)| {
                    writeln!(out, "{}\t{}\t{}", render::safe(name), render::safe(&query.words), query.index.display())
                })
            })?;
            Ok(if saved.queries.is_empty() { Status::NothingFound } else { Status::Done })
        }
        SavedAction::Run { name, output } => {
            if let Some(name) = name.as_ref().filter(|name| !saved.queries.contains_key(*name)) {
                return Err(unknown(name).into());
            }
            let mut any = false;
            for (_, query) in saved.queries.iter_mut().filter(|(known, _)| name.as_ref().is_none_or(|n| n == *known)) {
                any |= query.run(output, common)?;
            }
            saved.write()?;
            Ok(if any { Status::Done } else { Status::NothingFound })
        }
    }
}

impl Query {
    /// Prints new matches and remembers them. Returns whether there are any.
    fn run(&mut self, output: &Output, common: &Common) -> anyhow::Result<bool> {
        let here = here()?;
        let reader = Reader::open(&index::find(Some(&self.index), &here)?)?;
        let parsed = queries::parse(self.words.clone(), &AskArgs::default(), common)?;
        let ranking = Ranking { sort: Sort::Newest, ..Ranking::default() };
        let page = Page { limit: ARTICLES_MAX, here: here.clone(), ..Page::default() };
        let options = Options { ranking, page, ..Options::default() };
        let mut results = search::run(&reader, &parsed.query, &options)?;
        // Locations are relative to this folder, so store absolute ones.
        let place = |hit: &search::Hit| here.join(&hit.article.location).to_string_lossy().into_owned();
        results.hits.retain(|hit| !self.found.contains(&place(hit)));
        self.found.extend(results.hits.iter().map(place));
        results.total_articles = results.hits.len() as u64;
        (1..).zip(&mut results.hits).for_each(|(rank, hit)| hit.rank = rank);
        if !results.hits.is_empty() {
            hits::print_of_several(&self.words, &options, &results, output, common)?;
        }
        Ok(!results.hits.is_empty())
    }
}

fn unknown(name: &str) -> Error {
    Error::argument("name", name, "no saved query has this name; `nutgraf saved list` lists them")
}

impl Saved {
    fn read() -> Result<Self, Error> {
        let path = path()?;
        match fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text).map_err(|error| Error::io("read", path)(error.into())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(Error::io("read", path)(error)),
        }
    }

    /// Writes atomically, so that an interrupted run loses nothing.
    fn write(&self) -> Result<(), Error> {
        let path = path()?;
        let beside = path.with_extension("new");
        let written = path.parent().map_or(Ok(()), fs::create_dir_all);
        let written = written.and_then(|()| fs::write(&beside, serde_json::to_vec_pretty(self)?));
        written.and_then(|()| fs::rename(&beside, &path)).map_err(Error::io("write", path))
    }
}

fn path() -> Result<PathBuf, Error> {
    let cause = "neither it nor XDG_STATE_HOME is set, where saved queries are stored";
    let state = user_folder("XDG_STATE_HOME", ".local/state");
    Ok(state.ok_or_else(|| Error::argument("environment", "HOME", cause))?.join("nutgraf/saved.json"))
}
