//! What was asked: text to a query tree, never failing on a user's text, complaints with positions.
//!
//! The tree knows no engine: `search` decides how a [`Query`] is run, `analysis` how a [`Word`] falls into
//! terms. Nothing here opens a file or prints.
//!
//! # The language
//!
//! | written | finds |
//! |---|---|
//! | `export controls` | articles with any of the words, those with more and rarer ones first |
//! | `export AND controls` | articles with both |
//! | `export OR controls` | articles with one or both |
//! | `chips -potato`, `chips NOT potato`, `chips AND NOT potato` | without the second |
//! | `chips +china` | `china` is needed, `chips` lifts an article |
//! | `"export controls"`, `“export controls”`, `«export controls»` | the words as a phrase |
//! | `"export controls"~3` | with up to three other words between them |
//! | `chip*` | words that begin so |
//! | `=Apple` , `="Chips Act"` | exactly as written: no stems |
//! | `title:chips`, `source:"harbour city"`, `title:(chips OR wafers)` | in one field; see [`Field`] |
//! | `\AND`, `\title:x`, `\-5` | a backslash before a word: nothing in the word is an operator |
//!
//! `AND`, `OR` and `NOT` are operators in upper case only; names of fields may be in any case. A sign counts at
//! the start of a word, so that `US-China`, `C++` and `AT&T` are words.
//!
//! # What binds how
//!
//! From tight to loose: a sign or `NOT`; words side by side; `AND`; `OR`. Parentheses override.
//!
//! | written | read as |
//! |---|---|
//! | `a b AND c` | `(a b) AND c` |
//! | `a AND b OR c` | `(a AND b) OR c` |
//! | `a OR b AND c` | `a OR (b AND c)` |
//! | `a OR b -c`, `a OR b NOT c` | `(a OR b) -c`: beside words it leaves out of everything up to the parentheses around it |
//! | `a AND NOT b OR c` | `(a -b) OR c`: joined by `AND` it belongs to that chain |
//! | `a OR b +c` | `(a OR b) AND c`: what stands with operators stays needed |
//! | `-a` | all articles but those with `a` |
//! | `a OR NOT b` | `a -b`, with a complaint; `a OR (NOT b)` is taken at its word |
//!
//! # When it cannot be as written
//!
//! Whatever is wrong gets the likeliest reading and a [`Complaint`] that names it: an unclosed quote is left out
//! and its words are searched, an unclosed parenthesis ends with the text, an operator without its operand is
//! left out, an unknown field's name and value are searched as words.

mod complaint;
mod date;
mod lexer;
mod parse;
mod print;

pub use complaint::{Complaint, complain};
pub use date::{parse_from, parse_half_life, parse_to};
pub use parse::{parse, plain};

/// Bytes of a query that are read; 1024 long words fit. Beyond, the text is ignored with a complaint.
pub const QUERY_BYTES_MAX: usize = 64 << 10;

/// Words of a query, those of phrases included; more are ignored with a complaint, since each costs a look-up.
pub const QUERY_WORDS_MAX: usize = 1024;

/// Parentheses within parentheses; deeper ones are ignored with a complaint, so that walks of the tree may recurse.
pub const NESTING_MAX: usize = 64;

/// The most words between the words of a phrase: further apart is another subject.
pub const SLOP_MAX: u32 = 1000;

/// Complaints about one query; further ones help nobody.
pub const COMPLAINTS_MAX: usize = 20;

/// What came of a query's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// The query as it was understood.
    pub query: Query,
    /// What could not be taken as written, in the order of the text; at most [`COMPLAINTS_MAX`].
    pub complaints: Vec<Complaint>,
}

/// What is asked for.
///
/// The lists of [`All`](Self::All), [`Any`](Self::Any) and [`Plain`](Self::Plain) hold two or more queries when
/// [`parse`] made them, none of them of the same kind or empty. Its [`Display`](std::fmt::Display) form is text
/// that [`parse`] reads to the same tree; parentheses that it adds and its length count towards the limits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Query {
    /// Nothing was asked, and nothing matches.
    #[default]
    Empty,
    /// Every article; what is left when only exclusions were asked.
    Everything,
    /// One word as typed.
    Word(Word),
    /// Words in this order, with at most `slop` others between; a single word in quotes too.
    Phrase {
        /// The words; never empty, and all exact or none.
        words: Vec<Word>,
        /// How many other words may stand between them altogether; at most [`SLOP_MAX`].
        slop: u32,
    },
    /// Words that begin with this text.
    Prefix(String),
    /// A query on one field; within it, the innermost field counts.
    Field {
        /// The field.
        name: Field,
        /// What is asked of it; never itself a [`Query::Field`].
        query: Box<Query>,
    },
    /// Articles that match all of these.
    All(Vec<Query>),
    /// Articles that match one of these or more, by `OR`.
    Any(Vec<Query>),
    /// Words side by side: any may match, and the more the better.
    Plain(Vec<Query>),
    /// Articles that match `must`; those that match `should` too are ranked higher.
    Required {
        /// What is needed: `+word`.
        must: Box<Query>,
        /// What stands beside it without a sign.
        should: Box<Query>,
    },
    /// Articles that match `keep` and do not match `drop`.
    Without {
        /// What is asked for; [`Query::Everything`] when only exclusions were written.
        keep: Box<Query>,
        /// What is left out; several exclusions are a [`Query::Any`].
        drop: Box<Query>,
    },
}

/// One word as typed; analysis may make several terms of it, or none.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Word {
    /// The text: no white space, at least one letter or digit.
    pub text: String,
    /// Only this very form is meant, not others of its stem.
    pub exact: bool,
}

/// A part of an article that can be asked for by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The headline.
    Title,
    /// Who wrote it.
    Byline,
    /// The outlet that published it.
    Source,
    /// The part of the paper.
    Section,
    /// The language's code.
    Language,
    /// The address on the web.
    Url,
    /// The article's identifier.
    Id,
    /// The source file's path.
    Path,
}

/// Every field with the names it answers to, the chief one first.
const FIELD_NAMES: [(Field, &[&str]); 8] = [
    (Field::Title, &["title", "headline"]),
    (Field::Byline, &["byline", "author", "by"]),
    (Field::Source, &["source", "outlet", "publisher"]),
    (Field::Section, &["section", "category"]),
    (Field::Language, &["language", "lang"]),
    (Field::Url, &["url", "site"]),
    (Field::Id, &["id"]),
    (Field::Path, &["path"]),
];

impl Field {
    /// All of them, in the order in which help lists them.
    pub const ALL: [Self; 8] =
        [Self::Title, Self::Byline, Self::Source, Self::Section, Self::Language, Self::Url, Self::Id, Self::Path];

    /// The chief name, as it is printed.
    pub fn name(self) -> &'static str {
        self.names().first().copied().unwrap_or_default()
    }

    /// Every name it answers to, the chief one first.
    pub fn names(self) -> &'static [&'static str] {
        FIELD_NAMES.iter().find(|(field, _)| *field == self).map_or(&[], |(_, names)| names)
    }

    /// The field that answers to a name, in any case.
    pub fn named(name: &str) -> Option<Self> {
        let known = |names: &[&str]| names.iter().any(|known| known.eq_ignore_ascii_case(name));
        FIELD_NAMES.iter().find(|(_, names)| known(names)).map(|(field, _)| *field)
    }
}

impl Query {
    /// Whether nothing was asked.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }

    /// The words that are asked of an article's text, in their order, with those of phrases and of `title:`:
    /// not those that are excluded, prefixes, or what is asked of other fields.
    pub fn words(&self) -> Vec<&Word> {
        let mut words = Vec::new();
        self.collect_words(true, &mut words);
        words
    }

    fn collect_words<'a>(&'a self, of_text: bool, words: &mut Vec<&'a Word>) {
        match self {
            Self::Empty | Self::Everything | Self::Prefix(_) => {}
            Self::Word(word) => words.extend(of_text.then_some(word)),
            Self::Phrase { words: phrase, .. } if of_text => words.extend(phrase),
            Self::Phrase { .. } => {}
            Self::Field { name, query } => query.collect_words(*name == Field::Title, words),
            Self::All(queries) | Self::Any(queries) | Self::Plain(queries) => {
                queries.iter().for_each(|query| query.collect_words(of_text, words));
            }
            Self::Required { must, should } => {
                should.collect_words(of_text, words);
                must.collect_words(of_text, words);
            }
            Self::Without { keep, .. } => keep.collect_words(of_text, words),
        }
    }

    /// [`Query::All`] of these in its shortest form: what is empty is left out, an `All` within joins its
    /// surroundings, and a single query stands for itself.
    pub fn all(queries: Vec<Self>) -> Self {
        let within = |query| if let Self::All(inner) = query { Ok(inner) } else { Err(query) };
        joined(queries, within, Self::All)
    }

    /// [`Query::Any`] of these in its shortest form, as [`Query::all`] does it.
    pub fn any(queries: Vec<Self>) -> Self {
        let within = |query| if let Self::Any(inner) = query { Ok(inner) } else { Err(query) };
        joined(queries, within, Self::Any)
    }

    /// [`Query::Plain`] of these in its shortest form, as [`Query::all`] does it.
    pub fn plain(queries: Vec<Self>) -> Self {
        let within = |query| if let Self::Plain(inner) = query { Ok(inner) } else { Err(query) };
        joined(queries, within, Self::Plain)
    }

    /// This query without what matches any of these; of an empty query, everything without them.
    #[must_use]
    pub fn without(self, mut drop: Vec<Self>) -> Self {
        let keep = match self {
            Self::Without { keep, drop: earlier } => {
                drop.insert(0, *earlier);
                keep
            }
            other => Box::new(other),
        };
        match Self::any(drop) {
            Self::Empty => *keep,
            drop if keep.is_empty() => Self::Without { keep: Box::new(Self::Everything), drop: Box::new(drop) },
            drop => Self::Without { keep, drop: Box::new(drop) },
        }
    }

    /// This query on one field; a query that already names its field keeps that.
    #[must_use]
    pub fn of_field(self, name: Field) -> Self {
        match self {
            Self::Empty | Self::Field { .. } => self,
            query => Self::Field { name, query: Box::new(query) },
        }
    }
}

/// The queries as one list without empty ones, those that `within` opens spread out in their place.
fn joined(
    queries: Vec<Query>,
    within: impl Fn(Query) -> Result<Vec<Query>, Query>,
    list: impl Fn(Vec<Query>) -> Query,
) -> Query {
    let mut flat = Vec::with_capacity(queries.len());
    for query in queries {
        match within(query) {
            Ok(inner) => flat.extend(inner),
            Err(Query::Empty) => {}
            Err(query) => flat.push(query),
        }
    }
    match flat.len() {
        0 | 1 => flat.pop().unwrap_or_default(),
        _ => list(flat),
    }
}
