//! Failures of commands: invalid arguments, errors with hints, and panics.

use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook};

use super::args::Common;
use super::opening::{here, named};
use super::output;
use crate::error::Error;
use crate::render;

/// Exit status of failed commands, also used for invalid arguments.
pub(super) const FAILED: u8 = 2;

/// Prints help, or an error in the arguments. Returns the exit status.
pub(super) fn print_usage(usage: &clap::Error) -> u8 {
    let text = usage.render().to_string();
    if text.lines().all(|line| render::safe(line) == line) {
        // A closed pipe is not an error.
        let _ = usage.print();
    } else {
        // Arguments may be file names expanded by the shell.
        output::messages(|out| text.lines().try_for_each(|line| writeln!(out, "{}", render::safe(line))));
    }
    if usage.kind() == clap::error::ErrorKind::InvalidSubcommand {
        output::message(&"hint: `nutgraf query WORDS` searches for words");
    }
    u8::try_from(usage.exit_code()).unwrap_or(FAILED)
}

/// Prints an error with its hint. Returns the exit status.
pub(super) fn print(error: &anyhow::Error) -> u8 {
    let own = error.downcast_ref::<Error>();
    match own {
        // The message includes the cause.
        Some(own) => output::message(&format_args!("error: {own}")),
        None => output::message(&format_args!("error: {error:#}")),
    }
    if let Some(hint) = own.and_then(Error::hint) {
        output::message(&format_args!("hint: {hint}"));
    }
    FAILED
}

/// Installs a panic hook that prints the location of the panic. Messages may quote untrusted text, so they are escaped.
pub(super) fn install_panic_hook() {
    set_hook(Box::new(|panic: &PanicHookInfo<'_>| {
        let place = panic.location().map(|place| format!(" at {place}")).unwrap_or_default();
        let words = panic.payload_as_str().unwrap_or("no message");
        output::message(&format_args!("internal error{place}: {words}"));
    }));
}

/// Runs a command and turns a panic into an error, since Tantivy panics on some kinds of damage.
pub(super) fn catch_panics<T>(common: &Common, command: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
    catch_unwind(AssertUnwindSafe(command)).unwrap_or_else(|_| {
        let path = crate::index::folder(named(common), &here()?)?;
        Err(Error::Index { action: "use", path, cause: "it has unexpected content".into() }.into())
    })
}
