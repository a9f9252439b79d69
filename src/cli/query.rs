//! `nutgraf query`: from words to hits, after a refresh of the index where `--in` asks for one.

use std::io::Read as _;
use std::path::PathBuf;

use super::args::{Common, ListArgs, QueryArgs, QueryOutput, ReadingArgs, SortBy};
use super::output::{counted, grouped};
use super::{Status, here, index, location_for, named, output, ranking, text_of, today};
use crate::article::Date;
use crate::error::Error;
use crate::index::{Location, Reader};
use crate::query::{self, Query};
use crate::render::{self, Style};
use crate::search::{self, Options, Results, Sort};

/// Words that are told of those that a search went by; `--json` has them all.
const WORDS_TOLD: usize = 20;

/// What is asked, in full.
struct Request {
    text: String,
    query: Query,
    options: Options,
}

pub(super) fn run(args: &QueryArgs, common: &Common) -> anyhow::Result<Status> {
    let request = request(args)?;
    let location = match args.inside.as_slice() {
        [] => crate::index::find(named(common), &here()?)?,
        paths => refreshed(paths, args.wait, common)?,
    };
    let reader = Reader::open(&location)?;
    let results = search::run(&reader, &request.query, &request.options)?;
    print(&request.text, &request.options, &results, &args.output, &output::style(common))?;
    if request.options.expand && !args.output.json {
        tell_words("expanded with", &results.expanded);
    }
    if args.output.is_text() {
        remark(&request, &results);
    }
    for (prefix, words) in &results.prefixes_cut {
        let words = counted(*words as u64, "word");
        output::message(&format_args!(
            "note: `{prefix}*` begins {words}; all are found, only the most frequent count for the order"
        ));
    }
    let found = !results.hits.is_empty() || (request.options.limit == 0 && results.total_articles > 0);
    Ok(if found { Status::Done } else { Status::NothingFound })
}

fn request(args: &QueryArgs) -> anyhow::Result<Request> {
    let text = if args.words == ["-"] { from_stdin()? } else { text_of(&args.words) };
    let query = understood(&text, args.plain);
    let options = Options {
        sort: match args.sort {
            SortBy::Relevance => Sort::Relevance,
            SortBy::Newest => Sort::Newest,
            SortBy::Oldest => Sort::Oldest,
        },
        explain: args.explain,
        ..listed(ranking::options(&args.ranking)?, &args.list, &args.output)?
    };
    Ok(Request { text, query, options })
}

/// Options with what these arguments say of the list.
pub(super) fn listed(options: Options, list: &ListArgs, output: &QueryOutput) -> anyhow::Result<Options> {
    let today = today();
    let day = |text: &Option<String>, parse: fn(&str, Date) -> Result<Date, String>| {
        let parse = |text: &String| {
            parse(text, today).map_err(|cause| Error::Argument { what: "date", value: text.clone(), cause })
        };
        text.as_ref().map(parse).transpose()
    };
    let (from, to) = (day(&list.from, query::parse_from)?, day(&list.to, query::parse_to)?);
    if let (Some(from), Some(to)) = (from, to)
        && from > to
    {
        let cause = "it ends before it begins".to_owned();
        return Err(Error::Argument { what: "period", value: format!("{from} to {to}"), cause }.into());
    }
    Ok(Options {
        limit: if output.count { 0 } else { list.limit },
        offset: if output.count { 0 } else { list.offset },
        per_article: list.per_article,
        from,
        to,
        source: list.source.clone(),
        language: list.language.clone(),
        fold: !list.copies,
        context: list.context,
        count: output.is_text() || output.json || output.count || list.limit == 0,
        here: here()?,
        ..options
    })
}

/// Reads a query's text; what cannot be taken as written is told on stderr.
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
    // One byte more than is read of a query, so that the rest is complained about.
    let limit = query::QUERY_BYTES_MAX as u64 + 1;
    std::io::stdin().lock().take(limit).read_to_end(&mut bytes).map_err(failed)?;
    Ok(String::from_utf8_lossy(&bytes).trim_end().to_owned())
}

/// The index, brought up to date with these paths; as it is, where it can be read and not written.
fn refreshed(paths: &[PathBuf], wait: bool, common: &Common) -> anyhow::Result<Location> {
    let location = location_for(paths, common)?;
    let reading = ReadingArgs { wait, ..ReadingArgs::default() };
    match index::refresh(&location, &index::options(paths, &reading)?, false) {
        Ok(report) => {
            let skips: u64 = report.skips.values().sum();
            if skips > 0 {
                output::message(&format_args!(
                    "note: {} skipped; `nutgraf skipped` lists them",
                    counted(skips, "item")
                ));
            }
            if report.interrupted {
                output::message(&"note: interrupted; what was read by then is searched");
            }
        }
        Err(error) if !is_writable(&location, &error) && Reader::open(&location).is_ok() => {
            output::message(&format_args!("warning: {error}; searching the index as it is"));
        }
        Err(error) => return Err(error.into()),
    }
    Ok(location)
}

/// Whether an error came about although the index folder can be written to.
fn is_writable(location: &Location, error: &Error) -> bool {
    if let Error::Locked { .. } = error {
        return false;
    }
    let probe = location.folder.join(format!(".probe-{}", std::process::id()));
    let written = std::fs::OpenOptions::new().write(true).create_new(true).open(&probe).is_ok();
    written && std::fs::remove_file(&probe).is_ok()
}

impl QueryOutput {
    pub(super) fn is_text(&self) -> bool {
        !(self.count || self.ids || self.json || self.jsonl || self.csv)
    }
}

/// Names the words that a search went by beside those that were asked.
pub(super) fn tell_words(what: &str, words: &[String]) {
    let mut told = words.iter().take(WORDS_TOLD).map(String::as_str).collect::<Vec<_>>().join(", ");
    if words.len() > WORDS_TOLD {
        told += &format!(" and {} more", words.len() - WORDS_TOLD);
    }
    if !words.is_empty() {
        output::message(&format_args!("{what}: {told}"));
    }
}

/// Prints hits in the form that was asked for; `asked` is what they were asked by.
pub(super) fn print(
    asked: &str,
    options: &Options,
    results: &Results,
    form: &QueryOutput,
    style: &Style,
) -> anyhow::Result<()> {
    output::data(|out| match () {
        () if form.count => writeln!(out, "{}", results.total_articles),
        () if form.ids => render::hits_ids(out, results),
        () if form.json => render::hits_json(out, asked, results),
        () if form.jsonl => render::hits_jsonl(out, results),
        () if form.csv => render::hits_csv(out, results),
        () if options.context > 0 => render::hits_text_in_full(out, results, style),
        () => render::hits_text(out, results, style),
    })
}

/// What a person is told beside the hits.
fn remark(request: &Request, results: &Results) {
    let total = results.total_articles;
    if results.hits.is_empty() {
        return if total == 0 { nothing_found(request) } else { nothing_shown(total) };
    }
    if output::is_read_by_person() {
        let mut ids: Vec<&str> = results.hits.iter().map(|hit| hit.article.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        let folded = results.hits.chunk_by(|a, b| a.article.id == b.article.id).map(|same| same[0].copies.len());
        let copies = match folded.sum() {
            0 => String::new(),
            copies => format!(" and {}", if copies == 1 { "1 copy".into() } else { format!("{copies} copies") }),
        };
        output::message(&format_args!(
            "{}{copies} of {} · nutgraf show ID for a whole article",
            grouped(ids.len() as u64),
            counted(total, "article")
        ));
    }
}

fn nothing_shown(total: u64) {
    output::message(&format_args!("{} found, none of them in the part asked for", counted(total, "article")));
}

fn nothing_found(request: &Request) {
    let options = &request.options;
    let filtered =
        options.from.is_some() || options.to.is_some() || options.source.is_some() || options.language.is_some();
    let hint = match &request.query {
        Query::Empty => "a query needs a word with a letter or a digit in it",
        _ if filtered => "try it without `--from`, `--to`, `--source` and `--language`",
        Query::Phrase { .. } => "try the words without quotes, or `\"…\"~3` to let other words between",
        Query::Word(_) | Query::Plain(_) => "check the spelling; a star finds beginnings: `chip*`",
        Query::Prefix(_) => "try a shorter beginning",
        _ => "try fewer conditions: words side by side need not all be there",
    };
    output::message(&"no article matches");
    output::message(&format_args!("hint: {hint}"));
}
