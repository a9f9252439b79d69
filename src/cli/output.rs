//! Output: data to stdout, messages to stderr, colours and width.

use std::fmt::Display;
use std::io::{self, BufWriter, ErrorKind, IsTerminal, Write};

use anyhow::Context as _;
use terminal_size::{Height, Width};

use super::args::{Color, Common};
use crate::render::{self, Style};

/// Width when the terminal does not report its own.
const WIDTH_DEFAULT: usize = 80;

/// Writes data to stdout.
pub(super) fn data(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> anyhow::Result<()> {
    buffered(io::stdout().lock(), write).context("cannot write the output")
}

/// Writes through a buffer. A closed pipe is not an error.
pub(super) fn buffered(out: impl Write, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(64 << 10, out);
    let written = write(&mut out).and_then(|()| out.flush());
    // Drops what the buffer of a closed pipe still holds.
    let _ = out.into_parts();
    written.or_else(|error| if error.kind() == ErrorKind::BrokenPipe { Ok(()) } else { Err(error) })
}

/// Writes one message to stderr, wrapped between words on a terminal.
pub(super) fn message(text: &dyn Display) {
    let text = one_line(text);
    let width = if io::stderr().is_terminal() { message_columns() } else { usize::MAX };
    messages(|out| match render::columns(&text) <= width {
        true => writeln!(out, "{text}"),
        false => render::lines(&text, width).into_iter().try_for_each(|line| writeln!(out, "{}", &text[line])),
    });
}

/// Writes several lines to stderr; the caller makes them safe.
pub(super) fn messages(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
    let mut out = io::stderr().lock();
    let _ = write(&mut out).and_then(|()| out.flush());
}

/// The text as one line without control characters.
fn one_line(text: &dyn Display) -> String {
    let text = text.to_string().replace(['\n', '\r', '\t'], " ");
    render::safe(&text).into_owned()
}

/// The style of text on stdout.
pub(super) fn style(common: &Common) -> Style {
    let color = is_colored(common.color, io::stdout().is_terminal());
    Style { color, width: width(common), links: color && io::stdout().is_terminal() && has_hyperlinks() }
}

/// Whether stdout is a terminal.
pub(super) fn stdout_is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Follows `--color`, then <https://no-color.org> and <https://bixense.com/clicolors>.
pub(super) fn is_colored(color: Color, terminal: bool) -> bool {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if set("NO_COLOR").is_some() => false,
        Color::Auto if set("CLICOLOR_FORCE").is_some_and(|value| value != "0") => true,
        Color::Auto => {
            terminal
                && set("TERM").is_none_or(|value| value != "dumb")
                && set("CLICOLOR").is_none_or(|value| value != "0")
        }
    }
}

/// Whether the environment names a terminal that supports hyperlinks.
fn has_hyperlinks() -> bool {
    let get = |name| std::env::var(name).unwrap_or_default();
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let programs = ["iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "Tabby"];
    let terminals = ["xterm-kitty", "alacritty", "foot", "xterm-ghostty", "wezterm"];
    programs.contains(&get("TERM_PROGRAM").as_str())
        || terminals.contains(&get("TERM").as_str())
        || ["WT_SESSION", "KONSOLE_VERSION", "DOMTERM"].into_iter().any(is_set)
        || get("VTE_VERSION").parse::<u32>().is_ok_and(|version| version >= 5000)
}

/// Width of text in columns: `--width`, then COLUMNS, then that of the terminal.
fn width(common: &Common) -> usize {
    common.width.map_or_else(|| columns(terminal_size::terminal_size()), usize::from)
}

/// Width of messages in columns.
pub(super) fn message_columns() -> usize {
    columns(terminal_size::terminal_size_of(io::stderr()))
}

/// The value of COLUMNS, then the width of a terminal, then a default.
fn columns(terminal: Option<(Width, Height)>) -> usize {
    let variable = std::env::var("COLUMNS").ok().and_then(|columns| columns.trim().parse().ok());
    let terminal = terminal.map(|(width, _)| usize::from(width.0));
    variable.filter(|columns| *columns > 0).or(terminal).unwrap_or(WIDTH_DEFAULT)
}
