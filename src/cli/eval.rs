//! `nutgraf eval`: runs topics and measures the results, for one or several collections.

use std::fs;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use rayon::prelude::*;

use super::args::{Common, EvalArgs};
use super::collections::{self, Collection};
use super::opening::read_text;
use super::{Status, options, output};
use crate::error::Error;
use crate::eval::{self, Evaluation, Qrels, Run, RunHit, Topic, TopicHits};
use crate::index::Reader;
use crate::render::{self, counted};
use crate::search::{Options, Page, Ranked, Ranking};
use crate::{query, search};

pub(super) fn run(args: &EvalArgs, common: &Common) -> anyhow::Result<Status> {
    let ranking = Ranking { collapse: args.collapse, ..options::ranking(&args.ranking)? };
    let page = Page { limit: args.depth, ..Page::default() };
    let mut options = Options { ranking, page, ..Options::default() };
    let collections = collections::all(args)?;
    let others = collections.iter().map(|one| other_run(args, one)).collect::<Result<Vec<_>, _>>()?;
    let mut evaluations = Vec::new();
    for (collection, other) in collections.iter().zip(&others) {
        let reader = collection.open(common)?;
        options.ranking.synonyms = options::synonyms(&args.ranking, &reader.location().folder)?;
        let (mut run, redundancy10) = searched(&reader, &collection.topics, args, &options)?;
        run.rank_as_listed();
        if let Some(path) = &args.run {
            write_run(&collection.run_path(path), &run, &args.tag)?;
        }
        match &collection.qrels {
            Some(qrels) => {
                let evaluation = evaluated(&collection.name, qrels, &run, other.as_ref());
                evaluations.push(Evaluation { redundancy10, ..evaluation });
            }
            None if args.run.is_none() => output::data(|out| eval::write_run(&run, &args.tag, out))?,
            None => {}
        }
    }
    if !evaluations.is_empty() {
        output::data(|out| match args.json {
            true => render::measures_json(out, &evaluations, args.per_topic),
            false => render::measures_text(out, &evaluations, args.per_topic),
        })?;
    }
    Ok(Status::Done)
}

/// Runs the topics. Returns the run, and the share of copies among the first ten hits.
fn searched(
    reader: &Reader,
    topics: &[Topic],
    args: &EvalArgs,
    options: &Options,
) -> Result<(Run, Option<f64>), Error> {
    let of_topic = |topic: &Topic| {
        let query = if args.operators { query::parse(&topic.text).query } else { query::plain(&topic.text) };
        let ranked = search::rank(reader, &query, options)?;
        let first = &ranked[..ranked.len().min(search::REPEATS_DEPTH)];
        let repeats = first.iter().map(|hit| hit.repeats).collect();
        let hits = ranked.into_iter().map(|Ranked { id, score, .. }| RunHit { article: id, score }).collect();
        Ok((TopicHits { topic: topic.id.clone(), hits }, repeats))
    };
    let outcomes = topics.par_iter().map(of_topic).collect::<Result<Vec<_>, Error>>()?;
    let (topics, repeats): (Vec<TopicHits>, Vec<Vec<bool>>) = outcomes.into_iter().unzip();
    Ok((Run { topics }, eval::redundancy(&repeats)))
}

/// Evaluates a run, and reports topics that are left out.
fn evaluated(name: &str, qrels: &Qrels, run: &Run, other: Option<&Run>) -> Evaluation {
    let evaluation = eval::evaluate(name, qrels, run, other);
    let topics = counted(run.topics.len() as u64, "topic", "topics");
    for (count, what) in [(evaluation.unjudged, "judgements"), (evaluation.irrelevant, "a relevant article")] {
        if count > 0 {
            output::message(&format_args!("note: {name}: {count} of {topics} without {what}, left out of the means"));
        }
    }
    if evaluation.unasked > 0 {
        let unasked = counted(evaluation.unasked as u64, "judged topic", "judged topics");
        output::message(&format_args!("note: {name}: {unasked} not in the topics, left out of the means"));
    }
    evaluation
}

/// The run to compare with, if any.
fn other_run(args: &EvalArgs, collection: &Collection) -> Result<Option<Run>, Error> {
    let Some(path) = &args.compare else { return Ok(None) };
    let path = collection.run_path(path);
    eval::parse_run(&path, &read_text(&path, u64::MAX)?).map(Some)
}

fn write_run(path: &Path, run: &Run, tag: &str) -> Result<(), Error> {
    let failed = Error::io("write", path);
    path.parent().map_or(Ok(()), fs::create_dir_all).map_err(&failed)?;
    let mut out = BufWriter::new(fs::File::create(path).map_err(&failed)?);
    eval::write_run(run, tag, &mut out).and_then(|()| out.flush()).map_err(failed)
}
