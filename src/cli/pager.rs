//! The pager through which a person reads long text: NUTGRAF_PAGER, else PAGER, else `less -FRX`.

use std::io::{self, IsTerminal, Write};
use std::process::{Child, ChildStdin, Command, Stdio};

use super::args::Common;
use super::interrupt;

/// Shows text that is no longer than the screen without stopping, leaves it there, and passes colours.
const DEFAULT: &str = "less -FRX";

/// A pager that is running.
pub(super) struct Pager(Child);

impl Pager {
    /// Starts the pager, if stdout is a terminal and one is wanted and there.
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
        // Without these a plain `less` shows escape sequences and clears what it has shown.
        for (name, value) in [("LESS", "FRX"), ("LV", "-c")] {
            if std::env::var_os(name).is_none() {
                command.env(name, value);
            }
        }
        let child = command.spawn().ok()?;
        interrupt::is_left_to_pager();
        Some(Self(child))
    }

    /// Passes what is written on to the pager, and waits until it is read. A reader who leaves early is no error.
    pub(super) fn show(mut self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        let written = self.0.stdin.take().map_or(Ok(()), |stdin: ChildStdin| {
            let mut out = io::BufWriter::with_capacity(64 << 10, stdin);
            let written = write(&mut out).and_then(|()| out.flush());
            // What is left in the buffer of a closed pipe is for nobody.
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
