//! `nutgraf completions`: prints a completion script for a shell.

use clap::CommandFactory as _;

use super::args::{Cli, CompletionsArgs};
use super::{Status, output};

pub(super) fn run(args: &CompletionsArgs) -> anyhow::Result<Status> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "nutgraf", &mut script);
    output::data(|out| out.write_all(&script))?;
    Ok(Status::Done)
}
