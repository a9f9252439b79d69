//! Converts arguments to search options, for all commands that search, so that `eval` measures what `query` does.

use std::path::Path;

use super::args::{FilterArgs, ListArgs, Output, RankingArgs, SortBy};
use super::opening::{here, read_text, today};
use crate::article::Date;
use crate::error::Error;
use crate::query;
use crate::search::{Filter, Names, Options, Page, Ranking, Recency, Sort, Synonyms};

/// Maximum size of a file of synonyms, which people write by hand.
const SYNONYMS_BYTES_MAX: u64 = 1 << 20;

impl From<SortBy> for Sort {
    fn from(order: SortBy) -> Self {
        match order {
            SortBy::Relevance => Self::Relevance,
            SortBy::Newest => Self::Newest,
            SortBy::Oldest => Self::Oldest,
        }
    }
}

/// The ranking options.
///
/// # Errors
/// [`Error::Argument`] for an invalid value.
pub(super) fn ranking(args: &RankingArgs) -> Result<Ranking, Error> {
    let half_life =
        |text: &String| query::parse_half_life(text).map_err(|cause| Error::argument("half-life", text, cause));
    let half_life = args.recency.as_ref().map(half_life).transpose()?;
    let recency = half_life.map(|half_life_days| Recency { half_life_days, today: today() });
    let (feedback, expand, translit) = (!args.no_feedback, args.expand, args.translit);
    Ok(Ranking { feedback, expand, recency, translit, ..Ranking::default() })
}

/// The synonyms of the named file, or of the one beside the index if it exists.
///
/// # Errors
/// [`Error::Io`] when the file cannot be read.
pub(super) fn synonyms(args: &RankingArgs, index: &Path) -> Result<Synonyms, Error> {
    let beside = index.parent().map(|folder| folder.join("synonyms.txt")).filter(|path| path.is_file());
    let Some(path) = args.synonyms.clone().or(beside) else { return Ok(Synonyms::default()) };
    Ok(Synonyms::parse(&read_text(&path, SYNONYMS_BYTES_MAX)?))
}

/// The search options: this ranking, with the filter and page of the arguments.
///
/// # Errors
/// [`Error::Argument`] for an invalid value.
pub(super) fn list(ranking: Ranking, args: &ListArgs, output: &Output) -> Result<Options, Error> {
    let filter = filter(&args.filter)?;
    let page = Page {
        limit: if output.count { 0 } else { args.limit },
        offset: if output.count { 0 } else { args.offset },
        per_article: args.per_article,
        context: args.context,
        count: output.has_total() || args.limit == 0,
        here: here()?,
        ..Page::default()
    };
    Ok(Options { filter, ranking: Ranking { collapse: !args.filter.copies, ..ranking }, page })
}

/// The filter options.
///
/// # Errors
/// [`Error::Argument`] for an invalid value.
pub(super) fn filter(args: &FilterArgs) -> Result<Filter, Error> {
    let day = |text: &Option<String>, parse: fn(&str, Date) -> Result<Date, String>| {
        let parse = |text: &String| parse(text, today()).map_err(|cause| Error::argument("date", text, cause));
        text.as_ref().map(parse).transpose()
    };
    let (first, last) = match args.date.as_deref().map(|dates| dates.split_once("..").unwrap_or((dates, dates))) {
        Some((first, last)) => {
            let side = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
            (side(first), side(last))
        }
        None => (args.from.clone(), args.to.clone()),
    };
    let (from, to) = (day(&first, query::parse_from)?, day(&last, query::parse_to)?);
    if let (Some(from), Some(to)) = (from, to)
        && from > to
    {
        return Err(Error::argument("period", format!("{from} to {to}"), "it ends before it begins"));
    }
    let names = |any_of: &[String], none_of: &[String]| Names { any_of: any_of.to_vec(), none_of: none_of.to_vec() };
    Ok(Filter {
        from,
        to,
        dated: args.dated,
        source: names(&args.source, &args.not_source),
        language: names(&args.language, &args.not_language),
        section: names(&args.section, &args.not_section),
    })
}
