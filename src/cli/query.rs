//! `nutgraf query`: runs queries, after refreshing the index with `--in`.

use std::path::{Path, PathBuf};

use super::args::{Common, QueryArgs, ReadingArgs, Side};
use super::opening::{find, here, location_for, text_of};
use super::queries::{self, ParsedQuery};
use super::{Status, hits, last, options, output, pager, reading};
use crate::error::Error;
use crate::index::{self, Location, Reader};
use crate::render::{self, Neighbour, counted};
use crate::search::{self, Options};

pub(super) fn run(args: &QueryArgs, common: &Common) -> anyhow::Result<Status> {
    let texts = match &args.query_file {
        Some(path) => queries::lines_of(path)?,
        None if args.words == ["-"] => queries::lines_of(Path::new("-"))?,
        None => vec![text_of(&args.words)],
    };
    let all: Vec<ParsedQuery> =
        texts.into_iter().map(|text| queries::parse(text, &args.ask, common)).collect::<Result<_, _>>()?;
    if args.parse {
        output::data(|out| {
            all.iter().try_for_each(|query| writeln!(out, "{}", render::safe(&query.query.to_string())))
        })?;
        return Ok(Status::Done);
    }
    let mut options = search_options(args)?;
    let location = match args.inside.as_slice() {
        [] => find(common)?,
        paths => refresh(paths, args.wait, common)?,
    };
    options.ranking.synonyms = options::synonyms(&args.ranking, &location.folder)?;
    let reader = Reader::open(&location)?;
    let mut found = false;
    for query in &all {
        found |= run_one(&reader, query, all.len() > 1, &options, args, common)?;
    }
    // Skip freeing memory piece by piece; the process is about to exit.
    std::mem::forget(reader);
    Ok(if found { Status::Done } else { Status::NothingFound })
}

/// Runs one query. Returns whether it found anything.
fn run_one(
    reader: &Reader,
    query: &ParsedQuery,
    of_several: bool,
    options: &Options,
    args: &QueryArgs,
    common: &Common,
) -> anyhow::Result<bool> {
    let results = search::run(reader, &query.query, options)?;
    match args.kwic {
        Some(side) => {
            let by = if side == Side::Left { Neighbour::Left } else { Neighbour::Right };
            if of_several {
                hits::heading(&query.text)?;
            }
            pager::text(common, |out| render::hits_kwic(out, &results, by, &output::style(common)))?;
        }
        None if of_several => hits::print_of_several(&query.text, options, &results, &args.output, common)?,
        None => hits::print(&query.text, options, &results, &args.output, common)?,
    }
    if options.ranking.expand && !args.output.form.json {
        hits::note_words("expanded with", &results.expanded);
    }
    if args.output.is_text() {
        last::store(&reader.location().folder, &query.text, &results);
        hits::note_results(reader, &query.query, options, &results)?;
    } else {
        queries::note_unknown_names(reader, &options.filter, results.total_articles > 0)?;
    }
    // A word that no article has may be there in other letters.
    if !options.ranking.translit {
        queries::note_missing_words(reader, &query.query, &options.filter)?;
    }
    queries::note_cut(&results.cut);
    Ok(!results.hits.is_empty() || (options.page.limit == 0 && results.total_articles > 0))
}

fn search_options(args: &QueryArgs) -> anyhow::Result<Options> {
    let mut options = options::list(options::ranking(&args.ranking)?, &args.list, &args.output)?;
    options.ranking.sort = args.sort.into();
    options.page.explain = args.explain;
    if args.matches || args.kwic.is_some() {
        options.page.per_article = usize::MAX;
    }
    Ok(options)
}

/// Refreshes the index with these paths. An index that cannot be written is used as it is.
fn refresh(paths: &[PathBuf], wait: bool, common: &Common) -> anyhow::Result<Location> {
    let location = location_for(paths, common)?;
    let how = ReadingArgs { wait, ..ReadingArgs::default() };
    match reading::refresh(&location, &reading::options(paths, &how)?, false) {
        Ok(report) => {
            let skips: u64 = report.skips.values().sum();
            if skips > 0 {
                output::message(&format_args!(
                    "note: {} skipped; `nutgraf skipped` lists them",
                    counted(skips, "item", "items")
                ));
            }
            output::messages(|out| render::not_read_text(out, &report));
            if report.interrupted {
                output::message(&"note: interrupted; searching what was read so far");
            }
        }
        Err(error) if !is_writable(&location, &error) && Reader::open(&location).is_ok() => {
            output::message(&format_args!("warning: {error}; searching the index as it is"));
        }
        Err(error) => return Err(error.into()),
    }
    // The list of folders may have changed.
    Ok(index::find(Some(&location.folder), &here()?)?)
}

/// Whether the index folder is writable in spite of an error.
fn is_writable(location: &Location, error: &Error) -> bool {
    if let Error::Locked { .. } = error {
        return false;
    }
    let probe = location.folder.join(format!(".probe-{}", std::process::id()));
    let written = std::fs::OpenOptions::new().write(true).create_new(true).open(&probe).is_ok();
    written && std::fs::remove_file(&probe).is_ok()
}
