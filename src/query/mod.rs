//! Parses the text of a query to a tree. Any text is parsed; problems are reported with their positions.
//!
//! The tree is independent of the search engine: `search` runs a [`Query`], and `analysis` converts a [`Word`] to terms.
//! There is no input or output here.
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
pub use date::{Unit, parse_from, parse_half_life, parse_to};
pub use names::Field;
pub use parse::{parse, parse_in, plain};
pub use pattern::{Matcher, distance};
pub use range::parse_period;
pub use tree::{Near, Part, Pattern, Query, Range, Reach, Word};

/// Maximum size of a query: 100,000 characters of any script. Text beyond it is ignored with a warning.
pub const QUERY_BYTES_MAX: usize = 512 << 10;

/// Maximum number of words in a query, including those of phrases. More are ignored with a warning, since each is a
/// lookup.
pub const QUERY_WORDS_MAX: usize = 1024;

/// Maximum nesting of parentheses and operators. Deeper ones are ignored with a warning, so that the tree can be
/// traversed recursively.
pub const NESTING_MAX: usize = 64;

/// Maximum distance between the words of a phrase or the operands of an operator. Words further apart are unrelated.
pub const SLOP_MAX: u32 = 1000;

/// Maximum number of letters by which a fuzzy word may differ. With three, all words of four letters would match each
/// other.
pub const FUZZY_LETTERS_MAX: u8 = 2;

/// Maximum number of wildcards, regular expressions and fuzzy words in a query. More are ignored with a warning, since
/// each is matched against all words of the archive.
pub const PATTERNS_MAX: usize = 32;

/// Maximum number of reported problems.
pub const COMPLAINTS_MAX: usize = 20;

/// The result of parsing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// The query.
    pub query: Query,
    /// Problems in the order of the text; at most [`COMPLAINTS_MAX`].
    pub complaints: Vec<Complaint>,
}

/// The context of a query.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// Returns the day to which `last 30 days` refers.
    pub today: &'a dyn Fn() -> jiff::civil::Date,
    /// Returns the text of a named query such as `@sanctions`, by its name without the sign.
    pub named: &'a dyn Fn(&str) -> Option<String>,
}

impl Default for Context<'_> {
    /// Without named queries; today is 1 January 1970.
    fn default() -> Self {
        Self { today: &|| jiff::civil::date(1970, 1, 1), named: &|_| None }
    }
}

impl std::fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context").finish_non_exhaustive()
    }
}
