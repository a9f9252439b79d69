//! Parses queries, and prints notes on syntax errors and unknown words.

use std::collections::BTreeMap;
use std::path::Path;

use super::args::{AskArgs, Common};
use super::config::Config;
use super::opening::{read_text, today};
use super::output;
use crate::error::Error;
use crate::index::Reader;
use crate::query::{self, Context, Parsed, Query};
use crate::render::{counted, thousands};
use crate::search::{self, Cut, Filter, Names};

/// Maximum number of known names printed.
const NAMES_MAX: usize = 12;

/// Numbers of words of a query for which a note says that no article contains them all.
const ALL_WORDS: std::ops::RangeInclusive<usize> = 2..=16;

/// A query and its text.
pub(super) struct ParsedQuery {
    pub(super) text: String,
    pub(super) query: Query,
}

/// Parses the text of a query, and prints syntax errors.
///
/// # Errors
/// [`Error::Argument`] for a syntax error with `--strict`, and those of the configuration.
pub(super) fn parse(text: String, args: &AskArgs, common: &Common) -> Result<ParsedQuery, Error> {
    if args.plain {
        let query = query::plain(&text);
        return Ok(ParsedQuery { query: if args.all { query.with_all_words() } else { query }, text });
    }
    let parsed = parse_text(&text, &Config::of(common)?);
    output::messages(|out| {
        parsed.complaints.iter().try_for_each(|complaint| writeln!(out, "{}", query::complain(&text, complaint)))
    });
    if let Some(complaint) = parsed.complaints.first().filter(|_| args.strict) {
        return Err(Error::argument("query", text, complaint.message.clone()));
    }
    Ok(ParsedQuery { query: if args.all { parsed.query.with_all_words() } else { parsed.query }, text })
}

/// Parses the text of a query, in which `@name` is a query of the configuration.
pub(super) fn parse_text(text: &str, config: &Config) -> Parsed {
    let named = |name: &str| config.query(name).map(str::to_owned);
    query::parse_in(text, &Context { today: &today, named: &named })
}

/// The queries of a file, one per line; `-` reads standard input.
pub(super) fn lines_of(path: &Path) -> Result<Vec<String>, Error> {
    let text = read_text(path, u64::MAX)?;
    Ok(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect())
}

/// Prints notes on the limits that a query exceeded.
pub(super) fn note_cut(cut: &Cut) {
    for (prefix, words) in &cut.prefixes {
        let words = counted(*words as u64, "word", "words");
        output::message(&format_args!(
            "note: `{prefix}*` matches {words}; all are found, only the most frequent affect the ranking"
        ));
    }
    for (pattern, words) in &cut.patterns {
        let words = counted(*words as u64, "word", "words");
        output::message(&format_args!("note: `{pattern}` matches {words}; only the most frequent are searched"));
    }
    if cut.pairs {
        output::message(&"note: an article has too many words near each other; not all of them were compared");
    }
}

/// Prints notes on words that no article contains, with suggestions, and if no article contains all words.
pub(super) fn note_missing_words(reader: &Reader, query: &Query, filter: &Filter) -> Result<(), Error> {
    let missing = search::missing(reader, query)?;
    for missing in &missing {
        let suggestions: Vec<String> = missing.suggestions.iter().map(|word| format!("`{word}`")).collect();
        let hint = match suggestions.is_empty() {
            true => String::new(),
            false => format!("; did you mean {}?", joined(&suggestions, "or")),
        };
        output::message(&format_args!("note: no article contains `{}`{hint}", missing.word));
    }
    let words = query.words().len();
    let side_by_side = matches!(query, Query::Plain(_)) && ALL_WORDS.contains(&words);
    if side_by_side && (!missing.is_empty() || !search::has_all_words(reader, query, filter)?) {
        output::message(&"note: no article contains all words");
    }
    Ok(())
}

/// Prints hints on unknown names in a filter, with the known ones: of languages, and of outlets and sections if nothing
/// was found. Returns whether all names are known.
pub(super) fn note_unknown_names(reader: &Reader, filter: &Filter, found: bool) -> Result<bool, Error> {
    let mut languages = Vec::new();
    for name in filter.language.any_of.iter().chain(&filter.language.none_of) {
        languages.extend((!search::has_language(reader, name)?).then_some(name));
    }
    let unmatched = |names: &Names| !found && !names.any_of.is_empty();
    if languages.is_empty() && !unmatched(&filter.source) && !unmatched(&filter.section) {
        return Ok(true);
    }
    let figures = reader.statistics()?;
    let mut unknown: Vec<_> = languages.into_iter().map(|name| ("language", name, &figures.languages)).collect();
    for (what, names, known) in
        [("outlet", &filter.source, &figures.outlets), ("section", &filter.section, &figures.sections)]
    {
        let is_known = |name: &str| known.keys().any(|known| known.to_lowercase().contains(&name.to_lowercase()));
        let absent = names.any_of.iter().filter(|name| unmatched(names) && !is_known(name));
        unknown.extend(absent.map(|name| (what, name, known)));
    }
    for (what, name, known) in &unknown {
        let known = most_frequent(known);
        output::message(&format_args!("hint: no article has the {what} `{name}`; the archive has {known}"));
    }
    Ok(unknown.is_empty())
}

/// The names with the most articles.
fn most_frequent(known: &BTreeMap<String, u64>) -> String {
    let mut names: Vec<(&String, &u64)> = known.iter().collect();
    names.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
    let more = names.len().saturating_sub(NAMES_MAX);
    let mut listed: Vec<String> = names.iter().take(NAMES_MAX).map(|(name, _)| format!("`{name}`")).collect();
    listed.extend((more > 0).then(|| format!("{} more", thousands(more as u64))));
    if listed.is_empty() { "none".to_owned() } else { joined(&listed, "and") }
}

/// A list in words: `a, b and c`.
fn joined(list: &[String], conjunction: &str) -> String {
    match list.split_last() {
        Some((last, first)) if !first.is_empty() => format!("{} {conjunction} {last}", first.join(", ")),
        _ => list.concat(),
    }
}
