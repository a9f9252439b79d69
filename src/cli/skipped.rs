//! `nutgraf skipped`: what could not be indexed, and why.

use super::args::{Common, SkippedArgs};
use super::opening::open;
use super::{Status, output};
use crate::{render, source};

pub(super) fn run(args: &SkippedArgs, common: &Common) -> anyhow::Result<Status> {
    let (reader, here) = open(common)?;
    let mut skips = reader.skips()?;
    for skip in &mut skips {
        skip.file = source::display_path(&reader.path_from(&here, &skip.file));
    }
    output::data(|out| {
        if args.json {
            render::skips_json(out, &skips)
        } else {
            render::skips_text(out, &skips, &output::style(common))
        }
    })?;
    if skips.is_empty() && !args.json {
        output::message(&"nothing was skipped");
    }
    Ok(Status::Done)
}
