//! Arguments, configuration, exit status: one file per subcommand. The only place that prints or exits.

mod args;
mod bundle;
mod check;
mod collections;
mod completions;
mod copies;
mod eval;
mod formats;
mod index;
mod man;
mod optimize;
mod output;
mod progress;
mod query;
mod ranking;
mod show;
mod similar;
mod skipped;
mod stats;
mod words;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _};

use crate::error::Error;
use crate::index::{Location, Reader};
use crate::render;
use args::{Cli, Command, Common};

/// How a command ended; failing is an error instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Done,
    NothingFound,
    SomethingSkipped,
    Interrupted,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(match status {
            Status::Done => 0,
            Status::NothingFound => 1,
            Status::SomethingSkipped => 3,
            // As a shell reports a program that Ctrl-C has ended.
            Status::Interrupted => 130,
        })
    }
}

/// Exit status of a command that failed, the same as that of wrong arguments.
const FAILED: u8 = 2;

/// Runs the program on its command line.
pub fn run() -> ExitCode {
    std::panic::set_hook(Box::new(tell_panic));
    let mut program = Cli::command();
    let arguments = words::apart(std::env::args_os().collect(), &mut program);
    let cli = match program.try_get_matches_from_mut(arguments).and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(usage) => {
            tell_usage(&usage);
            if usage.kind() == clap::error::ErrorKind::InvalidSubcommand {
                output::message(&"hint: `nutgraf query WORDS` searches for words");
            }
            return ExitCode::from(u8::try_from(usage.exit_code()).unwrap_or(FAILED));
        }
    };
    match guarded(&cli) {
        Ok(status) => status.into(),
        Err(error) => {
            report(&error);
            ExitCode::from(FAILED)
        }
    }
}

/// Says what is wrong with the arguments, or helps.
fn tell_usage(usage: &clap::Error) {
    let text = usage.render().to_string();
    if text.lines().all(|line| render::safe(line) == line) {
        // Help that nobody reads to its end is help enough.
        let _ = usage.print();
    } else {
        // Arguments may be names of files that the shell has put there.
        output::messages(|out| text.lines().try_for_each(|line| writeln!(out, "{}", render::safe(line))));
    }
}

/// Says where the program failed. What it failed on may be in the words of the failure, and is made safe.
fn tell_panic(panic: &std::panic::PanicHookInfo<'_>) {
    let place = panic.location().map(|place| format!(" at {place}")).unwrap_or_default();
    let words = panic.payload_as_str().unwrap_or("no words for it");
    output::message(&format_args!("internal error{place}: {words}"));
}

/// Runs the command. The engine panics on some damage that it does not notice as such.
fn guarded(cli: &Cli) -> anyhow::Result<Status> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| dispatch(cli))).unwrap_or_else(|_| {
        let path = crate::index::folder(named(&cli.common), &here()?)?;
        Err(Error::Index { action: "use", path, cause: "something in it was not as expected".into() }.into())
    })
}

fn dispatch(cli: &Cli) -> anyhow::Result<Status> {
    let common = &cli.common;
    match &cli.command {
        Command::Index(args) => index::run(args, common),
        Command::Query(args) => query::run(args, common),
        Command::Show(args) => show::run(args, common),
        Command::Similar(args) => similar::run(args, common),
        Command::Copies(args) => copies::run(args, common),
        Command::Stats(args) => stats::run(args, common),
        Command::Skipped(args) => skipped::run(args, common),
        Command::Check(args) => check::run(args, common),
        Command::Optimize(args) => optimize::run(args, common),
        Command::Bundle(args) => bundle::pack(args, common),
        Command::Unbundle(args) => bundle::unpack(args),
        Command::Eval(args) => eval::run(args, common),
        Command::Formats => formats::run(common),
        Command::Completions(args) => completions::run(args),
        Command::Man => man::run(),
    }
}

fn report(error: &anyhow::Error) {
    output::message(&format_args!("error: {error:#}"));
    if let Some(hint) = error.downcast_ref::<Error>().and_then(Error::hint) {
        output::message(&format_args!("hint: {hint}"));
    }
}

/// The folder in which the program runs.
fn here() -> Result<PathBuf, Error> {
    std::env::current_dir().map_err(|source| Error::Io { action: "read", path: ".".into(), source })
}

/// The index folder that was named, if one was.
fn named(common: &Common) -> Option<&Path> {
    common.index.as_deref().filter(|name| !name.is_empty()).map(Path::new)
}

/// The index that is meant, and the folder from which its paths are shown.
fn open(common: &Common) -> Result<(Reader, PathBuf), Error> {
    let here = here()?;
    let location = crate::index::find(named(common), &here)?;
    Ok((Reader::open(&location)?, here))
}

/// The index to write to, made when there is none; the paths are looked for first, so that a misspelt one leaves
/// no empty index behind.
fn location_for(paths: &[PathBuf], common: &Common) -> Result<Location, Error> {
    for path in paths {
        std::fs::metadata(path).map_err(|source| match source.kind() {
            std::io::ErrorKind::NotFound => Error::MissingPath { path: path.clone() },
            _ => Error::Io { action: "read", path: path.clone(), source },
        })?;
    }
    crate::index::folder_for_writing(named(common), &here()?, paths)
}

/// The words of the command line as one text, as the user typed them.
fn text_of(words: &[impl AsRef<OsStr>]) -> String {
    words.iter().map(|word| word.as_ref().to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// The calendar day, in the user's time zone.
fn today() -> crate::article::Date {
    jiff::Zoned::now().date()
}
