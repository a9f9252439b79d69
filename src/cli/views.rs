//! `nutgraf timeline`, `facets` and `terms`: the articles of a query by date, by field and by word.

use super::args::{Common, FacetsArgs, TermsArgs, TimelineArgs, ViewArgs};
use super::opening::{open, text_of};
use super::queries::{self, ParsedQuery};
use super::{Status, listing, options};
use crate::error::Error;
use crate::index::Reader;
use crate::render::{self, FacetList, TermList, TimelineList, WordList};
use crate::search::views::{self, Matches};

/// A query and the articles that match it.
fn matches_of(
    reader: &Reader,
    text: String,
    args: &ViewArgs,
    common: &Common,
) -> anyhow::Result<(ParsedQuery, Matches)> {
    let query = queries::parse(text, &args.ask, common)?;
    let matches = Matches::of(reader, &query.query, &options::filter(&args.filter)?, args.filter.copies)?;
    queries::note_cut(&matches.cut);
    Ok((query, matches))
}

/// Prints notes on unknown words and names. Returns the exit status of a view.
fn finish(reader: &Reader, all: &[(ParsedQuery, Matches)], args: &ViewArgs) -> anyhow::Result<Status> {
    let filter = options::filter(&args.filter)?;
    let found = all.iter().any(|(_, matches)| matches.articles() > 0);
    queries::note_unknown_names(reader, &filter, found)?;
    all.iter().try_for_each(|(query, _)| queries::note_missing_words(reader, &query.query, &filter))?;
    Ok(if found { Status::Done } else { Status::NothingFound })
}

pub(super) fn timeline(args: &TimelineArgs, common: &Common) -> anyhow::Result<Status> {
    let (reader, _) = open(common)?;
    let texts = std::iter::once(text_of(&args.words)).chain(args.with.iter().cloned());
    let all = texts.map(|text| matches_of(&reader, text, &args.of, common)).collect::<anyhow::Result<Vec<_>>>()?;
    let queries: Vec<&str> = all.iter().map(|(query, _)| query.text.as_str()).collect();
    let series: Vec<&Matches> = all.iter().map(|(_, matches)| matches).collect();
    let timeline = views::timeline(&reader, &series, args.by)?;
    if let Some(path) = &args.svg {
        std::fs::write(path, render::timeline_svg(&timeline, &queries)).map_err(Error::io("write", path))?;
    }
    let list = TimelineList { timeline: &timeline, queries: &queries, matches: &series, copies: args.of.filter.copies };
    listing::print(&list, &args.of.form, common)?;
    finish(&reader, &all, &args.of)
}

pub(super) fn facets(args: &FacetsArgs, common: &Common) -> anyhow::Result<Status> {
    let (reader, _) = open(common)?;
    let (query, matches) = matches_of(&reader, text_of(&args.words), &args.of, common)?;
    let list = FacetList {
        facets: &views::facets(&reader, &matches, args.by)?,
        kind: args.by,
        query: &query.text,
        matches: &matches,
        archive: reader.totals()?.0,
        copies: args.of.filter.copies,
        limit: args.limit,
    };
    listing::print(&list, &args.of.form, common)?;
    finish(&reader, &[(query, matches)], &args.of)
}

pub(super) fn terms(args: &TermsArgs, common: &Common) -> anyhow::Result<Status> {
    let (reader, _) = open(common)?;
    if let Some(prefix) = &args.prefix {
        let words = views::words_with_prefix(&reader, prefix, args.limit)?;
        listing::print(&WordList(&words), &args.of.form, common)?;
        return Ok(if words.is_empty() { Status::NothingFound } else { Status::Done });
    }
    let (query, matches) = matches_of(&reader, text_of(&args.words), &args.of, common)?;
    let list = TermList {
        terms: &views::terms(&reader, &matches, args.limit)?,
        query: &query.text,
        matches: &matches,
        archive: reader.totals()?.0,
        copies: args.of.filter.copies,
    };
    listing::print(&list, &args.of.form, common)?;
    finish(&reader, &[(query, matches)], &args.of)
}
