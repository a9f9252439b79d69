//! The pager for long text on a terminal: NUTGRAF_PAGER, or PAGER, or `less -FRX`.

use std::io::{self, IsTerminal, Write};
use std::process::{Child, ChildStdin, Command, Stdio};

use anyhow::Context as _;

use super::args::Common;
use super::{interrupt, output};

/// Exits at once if the text fits the screen, leaves it there, and passes colours.
const DEFAULT: &str = "less -FRX";

/// Writes text for people to stdout, on a terminal through a pager.
pub(super) fn text(common: &Common, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> anyhow::Result<()> {
    match Pager::start(common) {
        Some(pager) => pager.show(write).context("cannot write the output"),
        None => output::data(write),
    }
}

/// A running pager.
pub(super) struct Pager(Child);

impl Pager {
    /// Starts the pager, if stdout is a terminal and a pager is wanted and installed.
    pub(super) fn start(common: &Common) -> Option<Self> {
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
        interrupt::is_left_to_pager();
        Some(Self(child))
    }

    /// Writes to the pager and waits until it exits. Leaving it early is no error.
    pub(super) fn show(mut self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        let written = self.0.stdin.take().map_or(Ok(()), |stdin: ChildStdin| {
            let mut out = io::BufWriter::with_capacity(64 << 10, stdin);
            let written = write(&mut out).and_then(|()| out.flush());
            // Drops what the buffer of a closed pipe still holds.
            let _ = out.into_parts();
            written
        });
        self.0.wait()?;
        match written {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            other => other,
        }
    }
}
