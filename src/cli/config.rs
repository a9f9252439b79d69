//! The configuration file: one option per line, as on the command line, for every command that has it.
//!
//! The file is NUTGRAF_CONFIG, or `nutgraf/config` in XDG_CONFIG_HOME or `~/.config`. Empty lines and lines that begin
//! with `#` are ignored. Options on the command line take precedence. A line `@name=WORDS` names a query.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Arg, Command};

use super::args::Common;
use super::opening::user_folder;
use super::words::command_position;
use crate::error::Error;

/// The content of the file.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Config {
    /// Options, with values after `=`.
    options: Vec<String>,
    /// Named queries.
    queries: Vec<(String, String)>,
}

impl Config {
    /// Reads the file, if it exists.
    ///
    /// # Errors
    /// [`Error::Io`] when it cannot be read, or when NUTGRAF_CONFIG names a missing file.
    pub(super) fn read() -> Result<Self, Error> {
        let named = std::env::var_os("NUTGRAF_CONFIG").filter(|name| !name.is_empty()).map(PathBuf::from);
        let default = || Some(user_folder("XDG_CONFIG_HOME", ".config")?.join("nutgraf/config"));
        let Some(path) = named.clone().or_else(default) else { return Ok(Self::default()) };
        match std::fs::read_to_string(&path) {
            Ok(text) => Ok(Self::parse(&text)),
            Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(source) => Err(Error::Io { action: "read", path, source }),
        }
    }

    /// As [`Config::read`], or empty with `--no-config`.
    ///
    /// # Errors
    /// Those of [`Config::read`].
    pub(super) fn of(common: &Common) -> Result<Self, Error> {
        if common.no_config { Ok(Self::default()) } else { Self::read() }
    }

    fn parse(text: &str) -> Self {
        let mut config = Self::default();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            match line.strip_prefix('@').and_then(|query| query.split_once('=')) {
                Some((name, words)) => config.queries.push((name.trim().to_owned(), words.trim().to_owned())),
                None => config.options.push(line.to_owned()),
            }
        }
        config
    }

    /// Inserts the options of the file that a command has after its name.
    ///
    /// # Errors
    /// [`Error::Argument`] for an option that no command has.
    pub(super) fn insert_into(&self, arguments: Vec<OsString>, program: &mut Command) -> Result<Vec<OsString>, Error> {
        program.build();
        for option in &self.options {
            if !program.get_subcommands().any(|command| option_of(option, command).is_some()) {
                let cause = "no command has this option; the configuration file has one option per line";
                return Err(Error::argument("line of the configuration", option, cause));
            }
        }
        let Some(at) = command_position(&arguments, program) else { return Ok(arguments) };
        let Some(command) = arguments.get(at).and_then(|name| program.find_subcommand(name)) else {
            return Ok(arguments);
        };
        let typed: Vec<&Arg> = arguments.iter().filter_map(|one| option_of(&one.to_string_lossy(), command)).collect();
        let wins = |option: &Arg| !typed.iter().any(|other| excludes(command, option, other));
        let mut all = arguments.clone();
        let added = self.options.iter().filter(|text| option_of(text, command).is_some_and(wins));
        all.splice(at + 1..at + 1, added.map(OsString::from));
        Ok(all)
    }

    /// The words of a named query.
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.queries.iter().find(|(known, _)| known == name).map(|(_, words)| words.as_str())
    }
}

/// The option of a command for a text such as `--limit=5` or `-c`.
fn option_of<'c>(text: &str, command: &'c Command) -> Option<&'c Arg> {
    command.get_arguments().find(|arg| match text.strip_prefix("--") {
        Some(long) => arg.get_long() == long.split('=').next(),
        None => arg.get_short().is_some_and(|short| text == format!("-{short}")),
    })
}

/// Whether two options exclude each other: they are the same, or two output formats.
fn excludes(command: &Command, one: &Arg, other: &Arg) -> bool {
    let is_form = |arg: &Arg| {
        let forms = command.get_groups().find(|group| group.get_id() == "FormArgs");
        forms.is_some_and(|group| group.get_args().any(|id| id == arg.get_id()))
    };
    one.get_id() == other.get_id()
        || (is_form(one) && is_form(other))
        || command.get_arg_conflicts_with(one).iter().any(|arg| arg.get_id() == other.get_id())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::args::Cli;

    #[test]
    fn options_of_the_file_go_to_the_commands_that_have_them_and_yield_to_typed_ones() {
        let config = Config::parse("# mine\n\n--color=never\n--limit=5\n  --json \n@law=\"export controls\" -potato\n");
        for (typed, expected) in [
            ("query a b", "query --color=never --limit=5 --json a b"),
            ("--index x query -n 3 a", "--index x query --color=never --json -n 3 a"),
            ("query --csv a", "query --color=never --limit=5 --csv a"),
            ("query -c a", "query --color=never --limit=5 --json -c a"),
            ("formats", "formats --color=never"),
            ("stats --limit", "stats --color=never --json --limit"),
            ("", ""),
        ] {
            let typed = std::iter::once("nutgraf").chain(typed.split_whitespace()).map(OsString::from).collect();
            let given = config.insert_into(typed, &mut Cli::command()).expect("all are known");
            let given: Vec<_> = given.iter().skip(1).map(|argument| argument.to_string_lossy()).collect();
            assert_eq!(given.join(" "), expected);
        }
        assert!(Config::parse("--sort newest\n").insert_into(Vec::new(), &mut Cli::command()).is_err());
        assert_eq!(config.query("law"), Some("\"export controls\" -potato"));
        assert_eq!(config.query("other"), None);
    }
}
