//! `nutgraf stats`: prints statistics of the index.

use super::args::{Common, StatsArgs};
use super::opening::open;
use super::{Status, listing};
use crate::render::StatisticsList;

pub(super) fn run(args: &StatsArgs, common: &Common) -> anyhow::Result<Status> {
    let (reader, _) = open(common)?;
    let location = reader.location();
    let folders: Vec<_> = location.folders.iter().map(|folder| folder.path.clone()).collect();
    let list = StatisticsList { stats: &reader.statistics()?, index: &location.folder, folders: &folders };
    listing::print(&list, &args.output, common)?;
    Ok(Status::Done)
}
