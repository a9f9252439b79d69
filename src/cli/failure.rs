//! How a command fails: wrong arguments, errors with their hints, and panics.

use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook};

use super::args::{Cli, Common};
use super::opening::{here, named};
use super::{Status, output};
use crate::error::Error;
use crate::render;

/// Exit status of a command that failed, the same as that of wrong arguments.
pub(super) const FAILED: u8 = 2;

/// Prints help, or what is wrong with the arguments: the exit status.
pub(super) fn tell_usage(usage: &clap::Error) -> u8 {
    let text = usage.render().to_string();
    if text.lines().all(|line| render::safe(line) == line) {
        // A reader that closes the pipe has read enough.
        let _ = usage.print();
    } else {
        // Arguments may be file names that the shell has filled in.
        output::messages(|out| text.lines().try_for_each(|line| writeln!(out, "{}", render::safe(line))));
    }
    if usage.kind() == clap::error::ErrorKind::InvalidSubcommand {
        output::message(&"hint: `nutgraf query WORDS` searches for words");
    }
    u8::try_from(usage.exit_code()).unwrap_or(FAILED)
}

/// Prints an error with its hint: the exit status.
pub(super) fn tell(error: &anyhow::Error) -> u8 {
    let own = error.downcast_ref::<Error>();
    match own {
        // It names its cause itself.
        Some(own) => output::message(&format_args!("error: {own}")),
        None => output::message(&format_args!("error: {error:#}")),
    }
    if let Some(hint) = own.and_then(Error::hint) {
        output::message(&format_args!("hint: {hint}"));
    }
    FAILED
}

/// Has panics print where the program failed. Their message may quote untrusted text and is made safe.
pub(super) fn hook_panics() {
    set_hook(Box::new(|panic: &PanicHookInfo<'_>| {
        let place = panic.location().map(|place| format!(" at {place}")).unwrap_or_default();
        let words = panic.payload_as_str().unwrap_or("no message");
        output::message(&format_args!("internal error{place}: {words}"));
    }));
}

/// Runs a command and turns a panic into an error: the engine panics on some damage of an index.
pub(super) fn guarded(cli: &Cli, command: impl FnOnce(&Cli) -> anyhow::Result<Status>) -> anyhow::Result<Status> {
    catch_unwind(AssertUnwindSafe(|| command(cli))).unwrap_or_else(|_| Err(unexpected(&cli.common)?.into()))
}

/// What to say of an index in which something was not as expected.
pub(super) fn unexpected(common: &Common) -> Result<Error, Error> {
    let path = crate::index::folder(named(common), &here()?)?;
    Ok(Error::Index { action: "use", path, cause: "something in it was not as expected".into() })
}
