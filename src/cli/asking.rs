//! Turns words into queries, and reports syntax problems and words that are in no article.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

use super::args::{AskArgs, Common};
use super::config::Config;
use super::opening::today;
use super::output;
use crate::error::Error;
use crate::index::Reader;
use crate::query::{self, Context, Parsed, Query};
use crate::render::{counted, thousands};
use crate::search::{self, Cut, Filter, Names};

/// Maximum number of known names printed.
const NAMES_TOLD: usize = 12;

/// Query lengths for which it is reported that no article contains all words.
const ALL_WORDS: std::ops::RangeInclusive<usize> = 2..=16;

/// A query and its text.
pub(super) struct Asked {
    pub(super) text: String,
    pub(super) query: Query,
}

/// Parses the text of a query according to the arguments, and reports problems on stderr.
///
/// # Errors
/// [`Error::Argument`] for a problem with `--strict`, and those of the configuration.
pub(super) fn asked(text: String, args: &AskArgs, common: &Common) -> Result<Asked, Error> {
    if args.plain {
        let query = query::plain(&text);
        return Ok(Asked { query: if args.all { query.with_all_words() } else { query }, text });
    }
    let parsed = parsed(&text, &Config::of(common)?);
    output::messages(|out| {
        parsed.complaints.iter().try_for_each(|complaint| writeln!(out, "{}", query::complain(&text, complaint)))
    });
    if let Some(complaint) = parsed.complaints.first().filter(|_| args.strict) {
        let cause = complaint.message.clone();
        return Err(Error::Argument { what: "query", value: text, cause });
    }
    Ok(Asked { query: if args.all { parsed.query.with_all_words() } else { parsed.query }, text })
}

/// Parses the text of a query, in which `@name` is a query of the configuration.
pub(super) fn parsed(text: &str, config: &Config) -> Parsed {
    let named = |name: &str| config.query(name).map(str::to_owned);
    query::parse_in(text, &Context { today: &today, named: &named })
}

/// The queries of a file, one per line; `-` reads standard input.
///
/// # Errors
/// [`Error::Io`] when it cannot be read.
pub(super) fn lines_of(path: &Path) -> Result<Vec<String>, Error> {
    let failed = |source| Error::Io { action: "read", path: path.to_owned(), source };
    let mut bytes = Vec::new();
    match path {
        path if path == Path::new("-") => std::io::stdin().lock().read_to_end(&mut bytes).map_err(failed)?,
        path => std::fs::File::open(path).and_then(|mut file| file.read_to_end(&mut bytes)).map_err(failed)?,
    };
    let text = String::from_utf8_lossy(&bytes);
    Ok(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect())
}

/// Reports what limits left out of a query.
pub(super) fn tell_cut(cut: &Cut) {
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

/// Reports words that are in no article, with suggestions, and whether no article contains all words.
pub(super) fn tell_missing(reader: &Reader, query: &Query, filter: &Filter) -> Result<(), Error> {
    let missing = search::missing(reader, query)?;
    for missing in &missing {
        let suggestions: Vec<String> = missing.suggestions.iter().map(|word| format!("`{word}`")).collect();
        let hint = match suggestions.as_slice() {
            [] => String::new(),
            [first @ .., last] if !first.is_empty() => format!("; did you mean {} or {last}?", first.join(", ")),
            [only, ..] => format!("; did you mean {only}?"),
        };
        output::message(&format_args!("note: no article has `{}`{hint}", missing.word));
    }
    let words = query.words().len();
    let side_by_side = matches!(query, Query::Plain(_)) && ALL_WORDS.contains(&words);
    if side_by_side && (!missing.is_empty() || !search::has_all_words(reader, query, filter)?) {
        output::message(&"note: no article has all the words");
    }
    Ok(())
}

/// Reports names in a filter that no article has, with the known ones: of languages, and of outlets and sections if
/// nothing was found. Returns whether articles have all of them.
pub(super) fn tell_names(reader: &Reader, filter: &Filter, found: bool) -> Result<bool, Error> {
    let mut unknown: Vec<(&str, &String)> = Vec::new();
    for name in filter.language.any_of.iter().chain(&filter.language.none_of) {
        unknown.extend((!search::has_language(reader, name)?).then_some(("language", name)));
    }
    let asked = |names: &Names| !found && !names.any_of.is_empty();
    if unknown.is_empty() && !asked(&filter.source) && !asked(&filter.section) {
        return Ok(true);
    }
    let figures = reader.statistics()?;
    for (what, names, known) in
        [("outlet", &filter.source, &figures.outlets), ("section", &filter.section, &figures.sections)]
    {
        let is_in = |name: &str| known.keys().any(|known| known.to_lowercase().contains(&name.to_lowercase()));
        unknown.extend(names.any_of.iter().filter(|name| asked(names) && !is_in(name)).map(|name| (what, name)));
    }
    for (what, name) in &unknown {
        let known = match *what {
            "language" => &figures.languages,
            "outlet" => &figures.outlets,
            _ => &figures.sections,
        };
        output::message(&format_args!("hint: no article has the {what} `{name}`; there are {}", most(known)));
    }
    Ok(unknown.is_empty())
}

/// The names with the most articles.
fn most(known: &BTreeMap<String, u64>) -> String {
    let mut names: Vec<(&String, &u64)> = known.iter().collect();
    names.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
    let more = names.len().saturating_sub(NAMES_TOLD);
    let mut told: Vec<String> = names.iter().take(NAMES_TOLD).map(|(name, _)| format!("`{name}`")).collect();
    told.extend((more > 0).then(|| format!("{} more", thousands(more as u64))));
    match told.split_last() {
        Some((last, first)) if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        Some((only, _)) => only.clone(),
        None => "none".to_owned(),
    }
}
