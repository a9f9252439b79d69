//! `nutgraf skipped`: lists what could not be indexed, and why.

use super::args::{Common, SkippedArgs};
use super::opening::open;
use super::{Status, listing, output};
use crate::render::SkipList;
use crate::source;

pub(super) fn run(args: &SkippedArgs, common: &Common) -> anyhow::Result<Status> {
    let (reader, here) = open(common)?;
    let mut skips = reader.skips()?;
    for skip in &mut skips {
        skip.file = source::display_path(&reader.path_from(&here, &skip.file));
    }
    let total = skips.len();
    if args.count && !args.output.json {
        output::data(|out| writeln!(out, "{total}"))?;
    } else if skips.is_empty() && args.output.is_text() {
        output::message(&"nothing was skipped");
    } else {
        let skips = if args.count { &[] } else { skips.as_slice() };
        listing::print(&SkipList { skips, total }, &args.output, common)?;
    }
    Ok(Status::Done)
}
