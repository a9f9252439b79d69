//! A query as text: [`super::parse`] reads it to the same tree.
//!
//! Leaves are written bare; anything composed is put in parentheses within something else, so that the text
//! also shows how the query was understood.

use std::fmt::{self, Display, Formatter};
use std::slice;

use super::lexer::needs_escape;
use super::{Field, Query, Word};

impl Display for Query {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => Ok(()),
            Self::Everything => f.write_str("*"),
            Self::Word(word) => word.fmt(f),
            Self::Phrase { words, slop } => {
                f.write_str(if words.iter().any(|word| word.exact) { "=\"" } else { "\"" })?;
                for (i, word) in words.iter().enumerate() {
                    write!(f, "{}{}", if i == 0 { "" } else { " " }, word.text)?;
                }
                f.write_str("\"")?;
                if *slop > 0 { write!(f, "~{slop}") } else { Ok(()) }
            }
            Self::Prefix(text) => write!(f, "{}{text}*", escape(text)),
            Self::Field { name, query } => write!(f, "{name}:{}", Operand(query)),
            Self::All(queries) => list(f, queries, " AND "),
            Self::Any(queries) => list(f, queries, " OR "),
            Self::Plain(queries) => list(f, queries, " "),
            Self::Required { must, should } => {
                // Another `Required` needs its parentheses: its `must` is only wished for out here.
                if matches!(**should, Self::Plain(_)) {
                    should.fmt(f)?
                } else {
                    Operand(should).fmt(f)?
                }
                let must = match &**must {
                    Self::All(queries) => queries,
                    other => slice::from_ref(other),
                };
                signed(f, " +", must)
            }
            Self::Without { keep, drop } => {
                let drop = match &**drop {
                    Self::Any(queries) => queries,
                    other => slice::from_ref(other),
                };
                match (&**keep, drop) {
                    (Self::Everything, [first, others @ ..]) => {
                        write!(f, "-{}", Operand(first))?;
                        return signed(f, " -", others);
                    }
                    (Self::Plain(_) | Self::Required { .. }, _) => keep.fmt(f)?,
                    _ => Operand(keep).fmt(f)?,
                }
                signed(f, " -", drop)
            }
        }
    }
}

impl Display for Word {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let exact = if self.exact { "=" } else { "" };
        write!(f, "{exact}{}{}", escape(&self.text), self.text)
    }
}

impl Display for Field {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A query where one unit is needed.
struct Operand<'a>(&'a Query);

impl Display for Operand<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Query::Word(_) | Query::Phrase { .. } | Query::Prefix(_) | Query::Field { .. } => self.0.fmt(f),
            composed => write!(f, "({composed})"),
        }
    }
}

fn list(f: &mut Formatter<'_>, queries: &[Query], between: &str) -> fmt::Result {
    for (i, query) in queries.iter().enumerate() {
        write!(f, "{}{}", if i == 0 { "" } else { between }, Operand(query))?;
    }
    Ok(())
}

fn signed(f: &mut Formatter<'_>, sign: &str, queries: &[Query]) -> fmt::Result {
    queries.iter().try_for_each(|query| write!(f, "{sign}{}", Operand(query)))
}

fn escape(text: &str) -> &'static str {
    if needs_escape(text) { "\\" } else { "" }
}
