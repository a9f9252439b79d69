//! `nutgraf copies`: where else an article stands, earliest first.

use super::args::{Common, CopiesArgs};
use super::opening::open;
use super::{Status, output};
use crate::{render, search};

pub(super) fn run(args: &CopiesArgs, common: &Common) -> anyhow::Result<Status> {
    let (reader, here) = open(common)?;
    let lists = search::copies(&reader, &args.id, &here)?;
    let style = output::style(common);
    output::data(|out| {
        for (place, list) in lists.iter().enumerate() {
            match () {
                () if args.json => render::copies_json(out, list)?,
                () if args.ids => render::copies_ids(out, list)?,
                () => {
                    if place > 0 {
                        writeln!(out)?;
                    }
                    render::copies_text(out, list, &style)?;
                }
            }
        }
        Ok(())
    })?;
    if lists.iter().any(|list| !list.copies.is_empty()) {
        return Ok(Status::Done);
    }
    if !args.json && !args.ids {
        output::message(&"no copy of it is in the index");
    }
    Ok(Status::NothingFound)
}
