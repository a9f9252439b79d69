//! Distinguishes the options of `query` and `show` from words that begin with a hyphen, which exclude a word.
//!
//! clap can accept unknown options as values only together with the known ones. So words are moved behind `--` before
//! clap parses the arguments.

use std::ffi::{OsStr, OsString};

use clap::{Arg, Command};

/// The commands that take words.
const COMMANDS: [&str; 6] = ["query", "browse", "show", "timeline", "facets", "terms"];

/// The arguments with the words of a command that takes words moved behind `--`.
///
/// A short option is one that stands alone (`-c`), or `-n` with its number (`-n5`): `-nato` and `-china` are words.
pub(super) fn apart(arguments: Vec<OsString>, program: &mut Command) -> Vec<OsString> {
    program.build();
    let Some((at, command)) = command_of(&arguments, program) else { return arguments };
    let mut arguments = arguments.into_iter();
    let mut options: Vec<OsString> = arguments.by_ref().take(at + 1).collect();
    let mut words = Vec::new();
    let mut arguments = arguments.peekable();
    while let Some(argument) = arguments.next() {
        if argument == "--" {
            words.extend(arguments.by_ref());
            break;
        }
        let Some(option) = Flag::of(&argument, command) else {
            words.push(argument);
            continue;
        };
        options.push(argument);
        let mut wanted = option.values;
        while let Some(value) = arguments.next_if(|next| wanted > 0 && !is_hyphened(next)) {
            options.push(value);
            wanted -= 1;
        }
    }
    options.push("--".into());
    options.extend(words);
    options
}

/// Position of the command name.
pub(super) fn command_name(arguments: &[OsString], program: &Command) -> Option<usize> {
    let mut at = 1;
    loop {
        let argument = arguments.get(at)?;
        match Flag::of(argument, program) {
            Some(option) => at += 1 + option.values.min(1),
            None => return Some(at),
        }
    }
}

/// Position of the command name, if it is a command that takes words.
fn command_of<'c>(arguments: &[OsString], program: &'c Command) -> Option<(usize, &'c Command)> {
    let at = command_name(arguments, program)?;
    let command = program.find_subcommand(arguments.get(at)?)?;
    COMMANDS.contains(&command.get_name()).then_some((at, command))
}

/// An option on the command line.
struct Flag {
    /// The maximum number of following arguments that are its values.
    values: usize,
}

impl Flag {
    fn of(argument: &OsStr, command: &Command) -> Option<Self> {
        let text = argument.to_string_lossy();
        if let Some(long) = text.strip_prefix("--") {
            let (name, joined) = long.split_once('=').map_or((long, false), |(name, _)| (name, true));
            let known = command.get_arguments().find(|arg| arg.get_long() == Some(name));
            return Some(Self { values: if joined { 0 } else { known.map_or(0, values) } });
        }
        let mut short = text.strip_prefix('-')?.chars();
        let letter = short.next()?;
        let known = command.get_arguments().find(|arg| arg.get_short() == Some(letter))?;
        let rest = short.as_str().trim_start_matches('=');
        match (values(known), rest) {
            (values, "") => Some(Self { values }),
            (1.., number) if number.bytes().all(|b| b.is_ascii_digit()) => Some(Self { values: 0 }),
            _ => None,
        }
    }
}

fn values(option: &Arg) -> usize {
    if option.get_action().takes_values() { option.get_num_args().map_or(1, |range| range.max_values()) } else { 0 }
}

fn is_hyphened(argument: &OsStr) -> bool {
    argument.as_encoded_bytes().starts_with(b"-") && argument != "-"
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::args::Cli;

    #[test]
    fn words_and_options_are_told_apart() {
        for (typed, expected) in [
            ("query chips -potato", "query -- chips -potato"),
            ("query chips -nato -china --json", "query --json -- chips -nato -china"),
            ("query -n 5 chips -n5 -n=5", "query -n 5 -n5 -n=5 -- chips"),
            ("query -c chips -cl", "query -c -- chips -cl"),
            ("query chips --in a b --sort newest china", "query --in a b --sort newest -- chips china"),
            ("query --sort=newest chips", "query --sort=newest -- chips"),
            ("query --in a -- chips --json -c", "query --in a -- chips --json -c"),
            ("query -", "query -- -"),
            ("query --jsn chips", "query --jsn -- chips"),
            ("query --from -5 chips", "query --from -- -5 chips"),
            ("query -h", "query -h --"),
            ("--index x --color=never query chips", "--index x --color=never query -- chips"),
            ("show an-id -potato --json", "show --json -- an-id -potato"),
            ("index -x", "index -x"),
            ("--index", "--index"),
            ("", ""),
        ] {
            let typed = std::iter::once("nutgraf").chain(typed.split_whitespace()).map(OsString::from).collect();
            let given = apart(typed, &mut Cli::command());
            let given: Vec<_> = given.iter().skip(1).map(|argument| argument.to_string_lossy()).collect();
            assert_eq!(given.join(" "), expected);
        }
    }

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
