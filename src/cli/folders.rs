//! `nutgraf folders` and `nutgraf forget`: lists, moves and drops the folders of the archive.

use std::path::Path;

use super::args::{Common, FoldersArgs, ForgetArgs};
use super::opening::{find, here, open};
use super::reading::writer_options;
use super::{Status, listing, output};
use crate::index;
use crate::ingest;
use crate::render::{FolderList, FolderRow, counted};

pub(super) fn run(args: &FoldersArgs, common: &Common) -> anyhow::Result<Status> {
    if let [old, new] = args.moved.as_slice() {
        let here = here()?;
        let mut location = find(common)?;
        let count = index::moved(&mut location, &here, old, new)?;
        let folders = counted(count as u64, "folder", "folders");
        output::message(&format_args!("{folders} moved to `{}`", new.display()));
        return Ok(Status::Done);
    }
    let (reader, here) = open(common)?;
    let folders = &reader.location().folders;
    let owners = || folders.iter().filter(|folder| folders.is_owner(folder));
    let numbers: Vec<u32> = owners().map(|folder| folder.number).collect();
    let group = |key: &str| numbers.binary_search(&folders.owner(folders.of_key(key)?.0).number).ok();
    let counts = reader.counts(numbers.len(), &group)?;
    let rows = owners().zip(counts).map(|(folder, counts)| FolderRow {
        path: folders.shown(&folder.key("".as_ref()), &here),
        is_there: folder.path.exists(),
        counts,
        refreshed: folder.refreshed.and_then(|at| jiff::Timestamp::from_second(at).ok()),
        reading: folder.reading.clone(),
    });
    let rows: Vec<FolderRow> = rows.collect();
    if rows.is_empty() && args.output.is_text() {
        output::message(&"the index has no folders yet");
    } else {
        listing::print(&FolderList(&rows), &args.output, common)?;
    }
    Ok(Status::Done)
}

pub(super) fn forget(args: &ForgetArgs, common: &Common) -> anyhow::Result<Status> {
    let here = here()?;
    for path in &args.paths {
        let location = find(common)?;
        let forgotten = ingest::forget(&location, &here, path, &writer_options())?;
        let articles = counted(forgotten.articles, "article", "articles");
        output::message(&format_args!("dropped {articles} of `{}`", path.display()));
        if let Some(around) = forgotten.around {
            let around = around.strip_prefix(&here).unwrap_or(&around);
            let around = if around.as_os_str().is_empty() { Path::new(".") } else { around }.display();
            output::message(&format_args!(
                "note: it is inside the folder `{around}`, whose next refresh reads it again unless a \
                 `.nutgrafignore` excludes it"
            ));
        }
    }
    Ok(Status::Done)
}
