//! `nutgraf timeline`, `facets` and `terms`: the articles of a query by date, by field and by word.

use super::args::{Common, FacetsArgs, TermsArgs, TimelineArgs, ViewArgs};
use super::asking::{self, Asked};
use super::opening::{open, text_of};
use super::{Status, options, output, pager};
use crate::error::Error;
use crate::index::Reader;
use crate::render;
use crate::search::views::{self, Matches};

/// A query and the articles that match it.
fn found(reader: &Reader, text: String, args: &ViewArgs, common: &Common) -> anyhow::Result<(Asked, Matches)> {
    let asked = asking::asked(text, &args.ask, common)?;
    let matches = Matches::of(reader, &asked.query, &options::filter(&args.filter)?, args.filter.copies)?;
    asking::tell_cut(&matches.cut);
    Ok((asked, matches))
}

/// Tells what no article has; the exit status of a view.
fn ended(reader: &Reader, all: &[(Asked, Matches)], args: &ViewArgs) -> anyhow::Result<Status> {
    let filter = options::filter(&args.filter)?;
    let found = all.iter().any(|(_, matches)| matches.articles() > 0);
    asking::tell_names(reader, &filter, found)?;
    all.iter().try_for_each(|(asked, _)| asking::tell_missing(reader, &asked.query, &filter))?;
    Ok(if found { Status::Done } else { Status::NothingFound })
}

pub(super) fn timeline(args: &TimelineArgs, common: &Common) -> anyhow::Result<Status> {
    let (reader, _) = open(common)?;
    let texts = std::iter::once(text_of(&args.words)).chain(args.with.iter().cloned());
    let all = texts.map(|text| found(&reader, text, &args.of, common)).collect::<anyhow::Result<Vec<_>>>()?;
    let queries: Vec<&str> = all.iter().map(|(asked, _)| asked.text.as_str()).collect();
    let series: Vec<&Matches> = all.iter().map(|(_, matches)| matches).collect();
    let timeline = views::timeline(&reader, &series, args.by)?;
    if let Some(path) = &args.svg {
        let failed = |source| Error::Io { action: "write", path: path.clone(), source };
        std::fs::write(path, render::timeline_svg(&timeline, &queries)).map_err(failed)?;
    }
    let (form, copies) = (&args.of.form, args.of.filter.copies);
    match () {
        () if form.json => output::data(|out| render::timeline_json(out, &timeline, &queries, &series, copies))?,
        () if form.jsonl => output::data(|out| render::timeline_jsonl(out, &timeline, &queries))?,
        () if form.csv => output::data(|out| render::timeline_csv(out, &timeline, &queries))?,
        () => pager::text(common, |out| {
            render::counted_text(out, &queries, &series, copies)?;
            render::timeline_text(out, &timeline, &queries, &output::style(common))
        })?,
    }
    ended(&reader, &all, &args.of)
}

pub(super) fn facets(args: &FacetsArgs, common: &Common) -> anyhow::Result<Status> {
    let (reader, _) = open(common)?;
    let (asked, matches) = found(&reader, text_of(&args.words), &args.of, common)?;
    let kind = args.by;
    let facets = views::facets(&reader, &matches, kind)?;
    let archive = reader.totals()?.0;
    let (form, copies) = (&args.of.form, args.of.filter.copies);
    match () {
        () if form.json => output::data(|out| render::facets_json(out, &facets, kind, &asked.text, &matches, archive))?,
        () if form.jsonl => output::data(|out| render::facets_jsonl(out, &facets))?,
        () if form.csv => output::data(|out| render::facets_csv(out, &facets, kind, &matches, archive))?,
        () => pager::text(common, |out| {
            render::counted_text(out, &[&asked.text], &[&matches], copies)?;
            render::facets_text(out, &facets, kind, &matches, archive, args.limit)
        })?,
    }
    ended(&reader, &[(asked, matches)], &args.of)
}

pub(super) fn terms(args: &TermsArgs, common: &Common) -> anyhow::Result<Status> {
    let (reader, _) = open(common)?;
    let form = &args.of.form;
    if let Some(prefix) = &args.prefix {
        let words = views::words_with_prefix(&reader, prefix, args.limit)?;
        match () {
            () if form.json => output::data(|out| render::words_json(out, &words))?,
            () if form.jsonl => output::data(|out| render::words_jsonl(out, &words))?,
            () if form.csv => output::data(|out| render::words_csv(out, &words))?,
            () => pager::text(common, |out| render::words_text(out, &words))?,
        }
        return Ok(if words.is_empty() { Status::NothingFound } else { Status::Done });
    }
    let (asked, matches) = found(&reader, text_of(&args.words), &args.of, common)?;
    let terms = views::terms(&reader, &matches, args.limit)?;
    let archive = reader.totals()?.0;
    match () {
        () if form.json => output::data(|out| render::terms_json(out, &terms, &asked.text, &matches, archive))?,
        () if form.jsonl => output::data(|out| render::terms_jsonl(out, &terms))?,
        () if form.csv => output::data(|out| render::terms_csv(out, &terms))?,
        () => pager::text(common, |out| {
            render::counted_text(out, &[&asked.text], &[&matches], args.of.filter.copies)?;
            render::terms_text(out, &terms, matches.counted(), archive)
        })?,
    }
    ended(&reader, &[(asked, matches)], &args.of)
}
