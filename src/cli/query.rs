//! `nutgraf query`: runs queries, after refreshing the index with `--in`.

use std::path::{Path, PathBuf};

use super::args::{Common, QueryArgs, ReadingArgs, Side};
use super::asking::{self, Asked};
use super::opening::{here, location_for, named, text_of};
use super::{Status, hits, last, options, output, pager, reading};
use crate::error::Error;
use crate::index::{self, Location, Reader};
use crate::render::{self, Neighbour, counted};
use crate::search::{self, Options};

pub(super) fn run(args: &QueryArgs, common: &Common) -> anyhow::Result<Status> {
    let texts = match &args.query_file {
        Some(path) => asking::lines_of(path)?,
        None if args.words == ["-"] => asking::lines_of(Path::new("-"))?,
        None => vec![text_of(&args.words)],
    };
    let all: Vec<Asked> =
        texts.into_iter().map(|text| asking::asked(text, &args.ask, common)).collect::<Result<_, _>>()?;
    if args.parse {
        output::data(|out| {
            all.iter().try_for_each(|asked| writeln!(out, "{}", render::safe(&asked.query.to_string())))
        })?;
        return Ok(Status::Done);
    }
    let mut options = request(args)?;
    let location = match args.inside.as_slice() {
        [] => index::find(named(common), &here()?)?,
        paths => refreshed(paths, args.wait, common)?,
    };
    options.ranking.synonyms = options::synonyms(&args.ranking, &location.folder)?;
    let reader = Reader::open(&location)?;
    let mut found = false;
    for asked in &all {
        if all.len() > 1 && args.output.is_text() {
            output::data(|out| writeln!(out, "# {}\n", render::safe(&asked.text)))?;
        }
        found |= one(&reader, asked, all.len() > 1, &options, args, common)?;
    }
    // Skip freeing memory piece by piece; the process is about to exit.
    std::mem::forget(reader);
    Ok(if found { Status::Done } else { Status::NothingFound })
}

/// Runs one query. Returns whether it found anything.
fn one(
    reader: &Reader,
    asked: &Asked,
    of_several: bool,
    options: &Options,
    args: &QueryArgs,
    common: &Common,
) -> anyhow::Result<bool> {
    let results = search::run(reader, &asked.query, options)?;
    if let Some(side) = args.kwic {
        let by = match side {
            Side::Left => Neighbour::Left,
            Side::Right => Neighbour::Right,
        };
        pager::text(common, |out| render::hits_kwic(out, &results, by, &output::style(common)))?;
    }
    match () {
        () if args.kwic.is_some() => {}
        () if of_several && args.output.form.jsonl && !args.output.count => {
            output::data(|out| render::hits_jsonl_of(out, &asked.text, &results))?;
        }
        () => hits::print(&asked.text, options, &results, &args.output, common)?,
    }
    if options.ranking.expand && !args.output.form.json {
        hits::tell_words("expanded with", &results.expanded);
    }
    if args.output.is_text() {
        last::keep(&reader.location().folder, &asked.text, &results);
        hits::remark(reader, &asked.query, options, &results)?;
    } else {
        asking::tell_names(reader, &options.filter, results.total_articles > 0)?;
    }
    // A word that no article has may be there in other letters.
    if !options.ranking.translit {
        asking::tell_missing(reader, &asked.query, &options.filter)?;
    }
    asking::tell_cut(&results.cut);
    Ok(!results.hits.is_empty() || (options.page.limit == 0 && results.total_articles > 0))
}

fn request(args: &QueryArgs) -> anyhow::Result<Options> {
    let mut options = options::list(options::ranking(&args.ranking)?, &args.list, &args.output)?;
    options.ranking.sort = args.sort.into();
    options.page.explain = args.explain;
    if args.matches || args.kwic.is_some() {
        options.page.per_article = usize::MAX;
    }
    Ok(options)
}

/// Refreshes the index with these paths. An index that cannot be written is used as it is.
fn refreshed(paths: &[PathBuf], wait: bool, common: &Common) -> anyhow::Result<Location> {
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
