//! `nutgraf formats`: what is read, from the table of formats.

use super::args::Common;
use super::{Status, output};
use crate::format::FORMATS;

pub(super) fn run(_: &Common) -> anyhow::Result<Status> {
    let mut rows: Vec<(&str, String, &str)> =
        FORMATS.iter().map(|format| (format.name, extensions(format.extensions), format.title)).collect();
    rows.sort_unstable();
    let names = rows.iter().map(|row| row.0.len()).max().unwrap_or(0);
    let endings = rows.iter().map(|row| row.1.len()).max().unwrap_or(0);
    output::data(|out| {
        rows.iter().try_for_each(|(name, ending, title)| writeln!(out, "{name:names$}  {ending:endings$}  {title}"))
    })?;
    Ok(Status::Done)
}

fn extensions(known: &[&str]) -> String {
    known.iter().map(|extension| format!(".{extension}")).collect::<Vec<_>>().join(" ")
}
