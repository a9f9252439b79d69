//! Separates options from words of a query that begin with a hyphen, which exclude a word.
//!
//! If clap accepted unknown options as words, it would accept the known ones as words too. So words are moved behind `--`
//! before clap parses the arguments.

use std::ffi::{OsStr, OsString};

use clap::{Arg, Command};

/// The commands that take words.
const COMMANDS: [&str; 6] = ["query", "browse", "show", "timeline", "facets", "terms"];

/// The arguments with the words of a command that takes words moved behind `--`.
///
/// `-c` and `-n5` are short options; `-nato` and `-china` are words.
pub(super) fn separate(arguments: Vec<OsString>, program: &mut Command) -> Vec<OsString> {
    program.build();
    let Some((at, command)) = command_with_words(&arguments, program) else { return arguments };
    let mut arguments = arguments.into_iter();
    let mut options: Vec<OsString> = arguments.by_ref().take(at + 1).collect();
    let mut words = Vec::new();
    let mut arguments = arguments.peekable();
    while let Some(argument) = arguments.next() {
        if argument == "--" {
            words.extend(arguments.by_ref());
            break;
        }
        let Some(values) = values_of(&argument, command) else {
            words.push(argument);
            continue;
        };
        options.push(argument);
        let is_value = |next: &OsString| !next.as_encoded_bytes().starts_with(b"-") || next == "-";
        options.extend((0..values).map_while(|_| arguments.next_if(is_value)));
    }
    options.push("--".into());
    options.extend(words);
    options
}

/// Position of the command name.
pub(super) fn command_position(arguments: &[OsString], program: &Command) -> Option<usize> {
    let mut at = 1;
    while let Some(values) = values_of(arguments.get(at)?, program) {
        at += 1 + values.min(1);
    }
    Some(at)
}

/// Position of the command name, if it is a command that takes words.
fn command_with_words<'c>(arguments: &[OsString], program: &'c Command) -> Option<(usize, &'c Command)> {
    let at = command_position(arguments, program)?;
    let command = program.find_subcommand(arguments.get(at)?)?;
    COMMANDS.contains(&command.get_name()).then_some((at, command))
}

/// The maximum number of following arguments that are values of this option; none if the argument is not an option.
fn values_of(argument: &OsStr, command: &Command) -> Option<usize> {
    let text = argument.to_string_lossy();
    let values = |option: &Arg| match option.get_action().takes_values() {
        true => option.get_num_args().map_or(1, |range| range.max_values()),
        false => 0,
    };
    if let Some(long) = text.strip_prefix("--") {
        let known = command.get_arguments().find(|arg| arg.get_long() == Some(long));
        return Some(known.map_or(0, values));
    }
    let mut short = text.strip_prefix('-')?.chars();
    let letter = short.next()?;
    let known = command.get_arguments().find(|arg| arg.get_short() == Some(letter))?;
    match (values(known), short.as_str().trim_start_matches('=')) {
        (values, "") => Some(values),
        (1.., number) if number.bytes().all(|b| b.is_ascii_digit()) => Some(0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::args::Cli;

    #[test]
    fn words_are_separated_from_options() {
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
            let given = separate(typed, &mut Cli::command());
            let given: Vec<_> = given.iter().skip(1).map(|argument| argument.to_string_lossy()).collect();
            assert_eq!(given.join(" "), expected);
        }
    }

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
