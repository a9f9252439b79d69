//! Arguments, configuration, exit status: one file per command. The only module that prints or exits.
//!
//! Code shared by commands: opening the index (`opening`), reading files into it (`reading`), search options
//! (`options`), printing hits (`hits`), output and messages (`output`), progress (`progress`), Ctrl-C (`interrupt`),
//! failures (`failure`).

mod args;
mod browse;
mod bundle;
mod check;
mod collections;
mod completions;
mod config;
mod copies;
mod eval;
mod failure;
mod files;
mod folders;
mod formats;
mod hits;
mod index;
mod interrupt;
mod last;
mod listing;
mod man;
mod open;
mod opening;
mod optimize;
mod options;
mod output;
mod pager;
mod progress;
mod queries;
mod query;
mod reading;
mod saved;
mod show;
mod similar;
mod skipped;
mod stats;
mod views;
mod words;

use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _};

use args::{Cli, Command};
use config::Config;

/// The outcome of a command that did not fail.
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
            Status::Interrupted => interrupt::INTERRUPTED,
        })
    }
}

/// Runs the program on its command line.
pub fn run() -> ExitCode {
    failure::install_panic_hook();
    let mut program = Cli::command();
    let typed: Vec<_> = std::env::args_os().collect();
    let config = match typed.iter().any(|argument| argument == "--no-config") {
        true => Ok(Config::default()),
        false => Config::read(),
    };
    let added = config.and_then(|config| config.insert_into(typed, &mut program));
    let arguments = match added {
        Ok(arguments) => words::separate(arguments, &mut program),
        Err(error) => return failure::print(&error.into()).into(),
    };
    let cli = match program.try_get_matches_from_mut(arguments).and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(usage) => return failure::print_usage(&usage).into(),
    };
    match failure::catch_panics(&cli.common, || dispatch(&cli)) {
        Ok(status) => status.into(),
        Err(error) => failure::print(&error).into(),
    }
}

fn dispatch(cli: &Cli) -> anyhow::Result<Status> {
    let common = &cli.common;
    match &cli.command {
        Command::Index(args) => index::run(args, common),
        Command::Query(args) => query::run(args, common),
        Command::Browse(args) => browse::run(args, common),
        Command::Show(args) => show::run(args, common),
        Command::Open(args) => open::run(args, common),
        Command::Similar(args) => similar::run(args, common),
        Command::Timeline(args) => views::timeline(args, common),
        Command::Facets(args) => views::facets(args, common),
        Command::Terms(args) => views::terms(args, common),
        Command::Saved(args) => saved::run(args, common),
        Command::Copies(args) => copies::run(args, common),
        Command::Stats(args) => stats::run(args, common),
        Command::Skipped(args) => skipped::run(args, common),
        Command::Folders(args) => folders::run(args, common),
        Command::Forget(args) => folders::forget(args, common),
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
