//! What was asked: text to a query tree, never failing on a user's text, complaints with positions.
//!
//! The tree knows no engine: `search` decides how a [`Query`] is run, `analysis` how a [`Word`] falls into
//! terms. Nothing here opens a file or prints.
//!
#![doc = include_str!("../../docs/query.md")]

mod complaint;
mod date;
mod lexer;
mod names;
mod operators;
mod parse;
mod pattern;
mod print;
mod range;
#[cfg(test)]
mod tests;
mod tree;
mod words;

pub use complaint::{Complaint, complain};
pub use date::{parse_from, parse_half_life, parse_period, parse_to};
pub use names::Field;
pub use parse::{parse, parse_in, plain};
pub use pattern::{Matcher, distance};
pub use tree::{Near, Part, Pattern, Query, Range, Reach, Word};

/// Bytes of a query that are read: 100,000 characters of any script. Beyond, the text is ignored with a complaint.
pub const QUERY_BYTES_MAX: usize = 512 << 10;

/// Words of a query, those of phrases included; more are ignored with a complaint, since each costs a look-up.
pub const QUERY_WORDS_MAX: usize = 1024;

/// Parentheses and operators within each other; deeper ones are ignored with a complaint, so that walks of the tree
/// may recurse.
pub const NESTING_MAX: usize = 64;

/// The most words between the words of a phrase, or from one operand of an operator to the other: further apart is
/// another subject.
pub const SLOP_MAX: u32 = 1000;

/// The most letters by which a word may differ from the one that was typed: with three, any word of four letters is
/// like any other.
pub const FUZZY_LETTERS_MAX: u8 = 2;

/// Wildcards, regular expressions and fuzzy words of a query; more are ignored with a complaint, since each is held
/// against every word of the archive.
pub const PATTERNS_MAX: usize = 32;

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

/// What a query's text may refer to.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The day from which `last 30 days` is counted.
    pub today: &'a dyn Fn() -> jiff::civil::Date,
    /// The text of a named query such as `@sanctions`, by its name without the sign.
    pub named: &'a dyn Fn(&str) -> Option<String>,
}

impl Default for Context<'_> {
    /// No named queries, and 1 January 1970.
    fn default() -> Self {
        Self { today: &|| jiff::civil::date(1970, 1, 1), named: &|_| None }
    }
}

impl std::fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context").finish_non_exhaustive()
    }
}
