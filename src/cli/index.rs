//! `nutgraf index`: runs `ingest`, and prints its progress and report.

use std::sync::Arc;

use super::args::{Common, IndexArgs};
use super::interrupt::{self, Ending};
use super::opening::{here, location_for, named};
use super::reading::{options, refresh};
use super::{Status, output};
use crate::index::{self, Location};
use crate::ingest::{self, Options, Progress, Watched};
use crate::render;

pub(super) fn run(args: &IndexArgs, common: &Common) -> anyhow::Result<Status> {
    let options = options(&args.paths, &args.reading)?;
    if args.dry_run {
        return preview(&options, common);
    }
    if args.watch {
        return watch(&location_for(&args.paths, common)?, &options, args.quiet);
    }
    let (location, options) = match args.rebuild {
        true => {
            let reading = options.reading.as_ref();
            let location = index::empty_for_rebuild(named(common), &here()?, &args.paths, reading)?;
            (location, Options { paths: Vec::new(), reading: None, ..options })
        }
        false => (location_for(&args.paths, common)?, options),
    };
    let report = refresh(&location, &options, args.quiet)?;
    if args.json {
        output::data(|out| render::report_json(out, &report))?;
    } else if args.quiet {
        output::messages(|out| render::not_read_text(out, &report));
    } else {
        output::messages(|out| render::report_text(out, &report));
    }
    Ok(match () {
        () if report.interrupted => Status::Interrupted,
        () if !report.is_complete() => Status::SomethingSkipped,
        () => Status::Done,
    })
}

/// Keeps the index up to date until Ctrl-C, which is the normal way to end it.
fn watch(location: &Location, options: &Options, quiet: bool) -> anyhow::Result<Status> {
    let progress = Arc::new(Progress::default());
    interrupt::stop_on_ctrl_c(&progress, Ending::Watch);
    if !quiet {
        output::message(&"watching for changes; press Ctrl-C to end");
    }
    ingest::watch(location, options, &progress, &mut |watched| match watched {
        Watched::Updated(_) if quiet => {}
        Watched::Updated(report) => {
            output::messages(|out| render::report_text(out, &report));
        }
        Watched::Failed(error) => output::message(&format_args!("warning: {error}; trying again")),
    })?;
    Ok(Status::Done)
}

fn preview(options: &Options, common: &Common) -> anyhow::Result<Status> {
    let style = output::style(common);
    let mut outcome = Ok(());
    output::data(|out| {
        let mut written = Ok(());
        outcome = ingest::preview(options, &mut |preview| {
            if written.is_ok() {
                written = render::preview_text(out, &preview, &style);
            }
        });
        written
    })?;
    outcome?;
    Ok(Status::Done)
}
