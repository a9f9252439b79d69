//! `nutgraf copies`: lists the copies of an article, earliest first.

use super::args::{Common, CopiesArgs};
use super::hits::{as_hit, print_data};
use super::opening::open;
use super::{Status, last, output, pager};
use crate::search::{CopyList, Hit, Results};
use crate::{render, search};

pub(super) fn run(args: &CopiesArgs, common: &Common) -> anyhow::Result<Status> {
    let (reader, here) = open(common)?;
    let id = last::resolve(&args.id, &reader);
    let lists = search::copies(&reader, &id, &here)?;
    let count: usize = lists.iter().map(|list| list.copies.len()).sum();
    let (form, style) = (&args.output.form, output::style(common));
    match () {
        () if args.output.count && (form.json || form.jsonl) => {
            output::data(|out| render::count_json(out, &id, count as u64))?;
        }
        () if args.output.count => output::data(|out| writeln!(out, "{count}"))?,
        () if form.json => output::data(|out| render::copies_json(out, &lists))?,
        () if form.jsonl => output::data(|out| render::copies_jsonl(out, &lists, args.output.line_end()))?,
        () if args.output.is_text() && !form.compact => pager::text(common, |out| {
            for (place, list) in lists.iter().enumerate() {
                if place > 0 {
                    writeln!(out)?;
                }
                render::copies_text(out, list, &style)?;
            }
            Ok(())
        })?,
        () if form.compact => pager::text(common, |out| render::hits_compact(out, &as_results(lists), &style))?,
        () => print_data(&as_results(lists), &args.output)?,
    }
    if count == 0 && args.output.is_text() {
        output::message(&"no copies found");
    }
    Ok(if count > 0 { Status::Done } else { Status::NothingFound })
}

/// The copies as hits.
fn as_results(lists: Vec<CopyList>) -> Results {
    let copies = lists.into_iter().flat_map(|list| list.copies).enumerate();
    let hits: Vec<Hit> = copies.map(|(place, copy)| as_hit(place + 1, copy.shared, copy.article)).collect();
    Results { hits, ..Results::default() }
}
