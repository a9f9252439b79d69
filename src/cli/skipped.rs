//! `nutgraf skipped`: lists what could not be indexed, and why.

use super::args::{Common, SkippedArgs};
use super::opening::open;
use super::{Status, output, pager};
use crate::{render, source};

pub(super) fn run(args: &SkippedArgs, common: &Common) -> anyhow::Result<Status> {
    let (reader, here) = open(common)?;
    let mut skips = reader.skips()?;
    for skip in &mut skips {
        skip.file = source::display_path(&reader.path_from(&here, &skip.file));
    }
    let form = &args.output;
    match () {
        () if args.count && form.json => output::data(|out| render::skips_json(out, &[], skips.len()))?,
        () if args.count => output::data(|out| writeln!(out, "{}", skips.len()))?,
        () if form.json => output::data(|out| render::skips_json(out, &skips, skips.len()))?,
        () if form.jsonl => output::data(|out| render::skips_jsonl(out, &skips))?,
        () if form.csv => output::data(|out| render::skips_csv(out, &skips))?,
        () if skips.is_empty() => output::message(&"nothing was skipped"),
        () => pager::text(common, |out| render::skips_text(out, &skips, &output::style(common)))?,
    }
    Ok(Status::Done)
}
