//! The pager for long text on a terminal: NUTGRAF_PAGER, or PAGER, or `less -FRX`.

use std::io::{self, IsTerminal, Write};
use std::process::{Child, Command, Stdio};

use anyhow::Context as _;

use super::args::Common;
use super::{interrupt, output};

/// Exits immediately if the text fits the screen, leaves the text on it, and passes colours through.
const DEFAULT: &str = "less -FRX";

/// Writes text for people to stdout, on a terminal through a pager.
pub(super) fn text(common: &Common, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> anyhow::Result<()> {
    let Some(mut pager) = start(common) else { return output::data(write) };
    let written = pager.stdin.take().map_or(Ok(()), |stdin| output::buffered(stdin, write));
    pager.wait().and(written).context("cannot write the output")
}

/// Starts the pager, if stdout is a terminal and a pager is wanted and installed.
fn start(common: &Common) -> Option<Child> {
    if common.no_pager || !io::stdout().is_terminal() {
        return None;
    }
    let set = ["NUTGRAF_PAGER", "PAGER"].iter().find_map(|name| std::env::var(name).ok());
    let text = set.unwrap_or_else(|| DEFAULT.to_owned());
    let mut words = text.split_whitespace();
    let program = words.next().filter(|program| *program != "cat")?;
    let mut command = Command::new(program);
    command.args(words).stdin(Stdio::piped());
    // Without these, plain `less` shows escape sequences and clears the screen on exit.
    for (name, value) in [("LESS", "FRX"), ("LV", "-c")] {
        if std::env::var_os(name).is_none() {
            command.env(name, value);
        }
    }
    let child = command.spawn().ok()?;
    interrupt::leave_to_pager();
    Some(child)
}
