//! `nutgraf stats`: prints statistics of the index.

use super::args::{Common, StatsArgs};
use super::opening::open;
use super::{Status, output, pager};
use crate::render;

pub(super) fn run(args: &StatsArgs, common: &Common) -> anyhow::Result<Status> {
    let (reader, _) = open(common)?;
    let figures = reader.statistics()?;
    let location = reader.location();
    let folders: Vec<_> = location.folders.iter().map(|folder| folder.path.clone()).collect();
    let (folder, form) = (&location.folder, &args.output);
    match () {
        () if form.json => output::data(|out| render::statistics_json(out, &figures, folder, &folders))?,
        () if form.jsonl => output::data(|out| render::statistics_jsonl(out, &figures))?,
        () if form.csv => output::data(|out| render::statistics_csv(out, &figures))?,
        () => {
            let style = output::style(common);
            pager::text(common, |out| render::statistics_text(out, &figures, folder, &folders, &style))?;
        }
    }
    Ok(Status::Done)
}
