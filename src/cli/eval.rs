//! `nutgraf eval`: runs topics through the search and measures what comes of it.

use std::fs;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use rayon::prelude::*;

use super::args::{Common, EvalArgs};
use super::{Status, open, output};
use crate::error::Error;
use crate::eval::{self, Measures, Run, RunHit, Topic, TopicHits, TopicMeasures};
use crate::index::Reader;
use crate::search::Options;
use crate::{query, render, search};

pub(super) fn run(args: &EvalArgs, common: &Common) -> anyhow::Result<Status> {
    let topics = eval::parse_topics(&args.topics, &text_of(&args.topics)?)?;
    let qrels = args.qrels.as_ref().map(|path| eval::parse_qrels(path, &text_of(path)?)).transpose()?;
    let (reader, _) = open(common)?;
    let mut run = searched(&reader, &topics, args)?;
    run.rank_as_listed();
    if let Some(path) = &args.run {
        write_run(path, &run, &args.tag)?;
    }
    match qrels {
        Some(qrels) => {
            let measured = eval::per_topic(&qrels, &run);
            let rows = rows(&measured, args);
            output::data(|out| render::measures_text(out, &rows, &output::style(common)))?;
        }
        None if args.run.is_none() => output::data(|out| eval::write_run(&run, &args.tag, out))?,
        None => {}
    }
    Ok(Status::Done)
}

fn searched(reader: &Reader, topics: &[Topic], args: &EvalArgs) -> Result<Run, Error> {
    let options = Options { limit: args.depth, feedback: !args.no_feedback, count: false, ..Options::default() };
    let of_topic = |topic: &Topic| {
        let query = if args.operators { query::parse(&topic.text).query } else { query::plain(&topic.text) };
        let hits = search::rank(reader, &query, &options)?;
        let hits = hits.into_iter().map(|(article, score)| RunHit { article, score }).collect();
        Ok(TopicHits { topic: topic.id.clone(), hits })
    };
    Ok(Run { topics: topics.par_iter().map(of_topic).collect::<Result<_, Error>>()? })
}

/// The means, after the topics one by one where they are asked for.
fn rows(measured: &[(String, TopicMeasures)], args: &EvalArgs) -> Vec<(String, Measures)> {
    let mut rows = Vec::new();
    if args.per_topic {
        rows.extend(measured.iter().map(|one| (one.0.clone(), eval::mean(std::slice::from_ref(one)))));
    }
    let name = args.topics.file_stem().map_or_else(|| "all".into(), |name| name.to_string_lossy().into_owned());
    rows.push((if args.per_topic { "all".into() } else { name }, eval::mean(measured)));
    rows
}

fn write_run(path: &Path, run: &Run, tag: &str) -> Result<(), Error> {
    let failed = |source| Error::Io { action: "write", path: path.to_owned(), source };
    let mut out = BufWriter::new(fs::File::create(path).map_err(failed)?);
    eval::write_run(run, tag, &mut out).and_then(|()| out.flush()).map_err(failed)
}

fn text_of(path: &Path) -> Result<String, Error> {
    let bytes = fs::read(path).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => Error::MissingPath { path: path.to_owned() },
        _ => Error::Io { action: "read", path: path.to_owned(), source },
    })?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
