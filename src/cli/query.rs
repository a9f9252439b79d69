//! `nutgraf query`: from words to hits, after a refresh of the index where `--in` asks for one.

use std::io::Read as _;
use std::path::PathBuf;

use super::args::{Common, QueryArgs, ReadingArgs, SortBy};
use super::config::Config;
use super::opening::{here, location_for, named, text_of};
use super::{Status, hits, last, options, output, reading};
use crate::error::Error;
use crate::index::{self, Location, Reader};
use crate::query::{self, Query};
use crate::render::{self, counted};
use crate::search::{self, Options, Sort};

/// A query with its options.
struct Request {
    text: String,
    query: Query,
    options: Options,
}

pub(super) fn run(args: &QueryArgs, common: &Common) -> anyhow::Result<Status> {
    let request = request(args, common)?;
    let location = match args.inside.as_slice() {
        [] => index::find(named(common), &here()?)?,
        paths => refreshed(paths, args.wait, common)?,
    };
    let reader = Reader::open(&location)?;
    let results = search::run(&reader, &request.query, &request.options)?;
    hits::print(&request.text, &request.options, &results, &args.output, common)?;
    if request.options.ranking.expand && !args.output.form.json {
        hits::tell_words("expanded with", &results.expanded);
    }
    if args.output.is_text() {
        last::keep(&location.folder, &request.text, &results);
        hits::remark(&reader, &request.query, &request.options, &results);
    }
    for (prefix, words) in &results.prefixes_cut {
        let words = counted(*words as u64, "word", "words");
        output::message(&format_args!(
            "note: `{prefix}*` matches {words}; all are found, only the most frequent affect the ranking"
        ));
    }
    for (pattern, words) in &results.patterns_cut {
        let words = counted(*words as u64, "word", "words");
        output::message(&format_args!("note: `{pattern}` matches {words}; only the most frequent are looked for"));
    }
    let found = !results.hits.is_empty() || (request.options.page.limit == 0 && results.total_articles > 0);
    Ok(if found { Status::Done } else { Status::NothingFound })
}

fn request(args: &QueryArgs, common: &Common) -> anyhow::Result<Request> {
    let text = if args.words == ["-"] { from_stdin()? } else { text_of(&args.words) };
    let text = if common.no_config { text } else { Config::read()?.expanded(&text) };
    let query = understood(&text, args.plain);
    let mut options = options::list(options::ranking(&args.ranking)?, &args.list, &args.output)?;
    options.ranking.sort = match args.sort {
        SortBy::Relevance => Sort::Relevance,
        SortBy::Newest => Sort::Newest,
        SortBy::Oldest => Sort::Oldest,
    };
    options.page.explain = args.explain;
    Ok(Request { text, query, options })
}

/// Parses a query; prints complaints about what was read differently than written.
pub(super) fn understood(text: &str, plain: bool) -> Query {
    if plain {
        return query::plain(text);
    }
    let parsed = query::parse(text);
    output::messages(|out| {
        parsed.complaints.iter().try_for_each(|complaint| writeln!(out, "{}", query::complain(text, complaint)))
    });
    parsed.query
}

fn from_stdin() -> Result<String, Error> {
    let mut bytes = Vec::new();
    let failed = |source| Error::Io { action: "read", path: "-".into(), source };
    // One byte more than the limit, so that the parser complains about the rest.
    let limit = query::QUERY_BYTES_MAX as u64 + 1;
    std::io::stdin().lock().take(limit).read_to_end(&mut bytes).map_err(failed)?;
    Ok(String::from_utf8_lossy(&bytes).trim_end().to_owned())
}

/// The index, brought up to date with these paths; an index that cannot be written is used as it is.
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
    // The list of folders may have grown.
    Ok(index::find(Some(&location.folder), &here()?)?)
}

/// Whether the index folder can be written to in spite of an error.
fn is_writable(location: &Location, error: &Error) -> bool {
    if let Error::Locked { .. } = error {
        return false;
    }
    let probe = location.folder.join(format!(".probe-{}", std::process::id()));
    let written = std::fs::OpenOptions::new().write(true).create_new(true).open(&probe).is_ok();
    written && std::fs::remove_file(&probe).is_ok()
}
