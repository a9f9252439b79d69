//! `nutgraf stats`: the index in figures.

use super::args::{Common, DataArgs};
use super::opening::open;
use super::{Status, output};
use crate::render;

pub(super) fn run(args: &DataArgs, common: &Common) -> anyhow::Result<Status> {
    let (reader, _) = open(common)?;
    let figures = reader.statistics()?;
    let location = reader.location();
    let folders: Vec<_> = location.folders.iter().map(|folder| folder.path.clone()).collect();
    output::data(|out| {
        if args.json {
            render::statistics_json(out, &figures, &location.folder)
        } else {
            render::statistics_text(out, &figures, &location.folder, &folders, &output::style(common))
        }
    })?;
    Ok(Status::Done)
}
