//! `nutgraf bundle` and `nutgraf unbundle`: packs an index into a file, and unpacks it.

use std::path::PathBuf;

use super::args::{BundleArgs, Common, UnbundleArgs};
use super::opening::find;
use super::{Status, output, progress};
use crate::index::{self, Contents};
use crate::render::{self, counted};

pub(super) fn pack(args: &BundleArgs, common: &Common) -> anyhow::Result<Status> {
    let location = find(common)?;
    let contents = spinning(args.quiet, "packing", || index::bundle(&location, &args.file))?;
    if !args.quiet {
        let packed = std::fs::metadata(&args.file).map_or(0, |file| file.len());
        let size = render::bytes_text(packed);
        output::message(&format_args!("{} into `{}` ({size})", summary(&contents), args.file.display()));
    }
    Ok(Status::Done)
}

pub(super) fn unpack(args: &UnbundleArgs) -> anyhow::Result<Status> {
    let default = || PathBuf::from(args.file.file_stem().unwrap_or_default());
    let folder = args.folder.clone().unwrap_or_else(default);
    let contents = spinning(args.quiet, "unpacking", || index::unbundle(&args.file, &folder))?;
    if !args.quiet {
        let folder = folder.display();
        output::message(&format_args!("{} into `{folder}`", summary(&contents)));
        output::message(&format_args!("hint: `nutgraf query WORDS --index {folder}` searches it"));
    }
    Ok(Status::Done)
}

fn spinning<T>(quiet: bool, what: &str, work: impl FnOnce() -> T) -> T {
    if quiet { work() } else { progress::with_spinner(what, work) }
}

fn summary(contents: &Contents) -> String {
    format!("{}, {}", counted(contents.files.len() as u64, "file", "files"), render::bytes_text(contents.bytes()))
}
