//! `nutgraf optimize`: merges all segments into one and drops deleted documents.

use super::args::{Common, OptimizeArgs};
use super::opening::find;
use super::{Status, output, progress, reading};
use crate::index::{Reader, Statistics, Writer};
use crate::render::{self, counted, thousands};

pub(super) fn run(args: &OptimizeArgs, common: &Common) -> anyhow::Result<Status> {
    let location = find(common)?;
    let before = Reader::open(&location)?.statistics()?;
    if before.segments > 1 || before.deleted > 0 {
        progress::with_spinner(&format!("merging {}", counted(before.segments as u64, "segment", "segments")), || {
            let mut writer = Writer::open(&location, &reading::writer_options())?;
            writer.merge_all()?;
            writer.close()
        })?;
    }
    let after = Reader::open(&location)?.statistics()?;
    if args.json {
        output::data(|out| render::optimize_json(out, &before, &after))?;
    } else {
        print_change(&before, &after);
    }
    Ok(Status::Done)
}

fn print_change(before: &Statistics, after: &Statistics) {
    let size = |figures: &Statistics| render::bytes_text(figures.bytes.values().sum());
    output::message(&format_args!(
        "{} → {}; deleted documents {} → {}; {} → {}",
        counted(before.segments as u64, "segment", "segments"),
        thousands(after.segments as u64),
        thousands(before.deleted),
        thousands(after.deleted),
        size(before),
        size(after)
    ));
}
