//! `nutgraf check`: verifies and repairs the index.

use super::args::{CheckArgs, Common};
use super::opening::{here, named};
use super::{Status, output};
use crate::index::{self, FaultKind, RepairReport};
use crate::render;

pub(super) fn run(args: &CheckArgs, common: &Common) -> anyhow::Result<Status> {
    let folder = index::folder(named(common), &here()?)?;
    // Tantivy may panic on damage, which the check reports as a fault.
    let previous_hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| ()));
    let outcome = match args.repair {
        true => index::repair(&folder, args.full).map(|repair| (repair.after.clone(), Some(repair))),
        false => index::check(&folder, args.full).map(|report| (report, None)),
    };
    std::panic::set_hook(previous_hook);
    let (report, repair) = outcome?;
    output::data(|out| match (args.json, &repair) {
        (true, repair) => render::check_json(out, &report, repair.as_ref()),
        (false, Some(repair)) => render::repair_text(out, repair),
        (false, None) => render::check_text(out, &report),
    })?;
    let is_empty = |repair: &RepairReport| !repair.done.is_empty() && repair.after.segments == 0;
    let dropped = repair.as_ref().is_some_and(|repair| repair.segments_dropped > 0 || is_empty(repair));
    let is_old = report.faults.iter().any(|fault| fault.kind == FaultKind::Version);
    if report.is_sound() {
        if dropped {
            output::message(&"hint: `nutgraf index` reads the source files of the dropped articles again");
        }
    } else if is_old || repair.is_some() {
        output::message(&"hint: `nutgraf index --rebuild` rebuilds the index from its folders, or from given ones");
    } else {
        let check = format!("`nutgraf check --repair --index {}`", folder.display());
        output::message(&format_args!(
            "hint: {check} drops the damaged parts; then `nutgraf index` reads their source files again"
        ));
    }
    Ok(if report.is_sound() { Status::Done } else { Status::NothingFound })
}
