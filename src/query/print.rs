//! Prints a query as text that [`super::parse`] parses to the same tree.
//!
//! Composite operands are put in parentheses, so that the text also shows how the query was parsed.

use std::fmt::{self, Display, Formatter};
use std::slice;

use super::lexer::needs_escape;
use super::range::spoken;
use super::{Field, Near, Part, Pattern, Query, Range, Reach, Word};

impl Display for Query {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Printed { query: self, lower: self.has_places() }.fmt(f)
    }
}

impl Display for Word {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        word(f, self, false)
    }
}

impl Display for Field {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A query, and whether `and`, `or` and `not` need a backslash as words, because the whole has operators of Nexis.
#[derive(Clone, Copy)]
struct Printed<'a> {
    query: &'a Query,
    lower: bool,
}

impl Display for Printed<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.query {
            Query::Empty => Ok(()),
            Query::Everything => f.write_str("*"),
            Query::Word(text) => word(f, text, self.lower),
            Query::Capitals(text) => write!(f, "caps({}{text})", escape(text, self.lower)),
            Query::Phrase { words, slop } => {
                f.write_str(if words.iter().any(|word| word.exact) { "=\"" } else { "\"" })?;
                for (i, word) in words.iter().enumerate() {
                    write!(f, "{}{}", if i == 0 { "" } else { " " }, word.text)?;
                }
                f.write_str("\"")?;
                if *slop > 0 { write!(f, "~{slop}") } else { Ok(()) }
            }
            Query::Prefix(text) => write!(f, "{}{text}*", prefix_escape(text)),
            Query::Pattern(Pattern::Wildcard(text)) => f.write_str(text),
            Query::Pattern(Pattern::Regex(text)) => write!(f, "/{text}/"),
            Query::Pattern(Pattern::Fuzzy { text, letters }) => write!(f, "{text}~{letters}"),
            Query::Field { name, query } => write!(f, "{name}:{}", self.operand(query)),
            Query::Range(range) => range.fmt(f),
            Query::All(queries) => self.list(f, queries, " AND "),
            Query::Any(queries) => self.list(f, queries, " OR "),
            Query::Plain(queries) => self.list(f, queries, " "),
            Query::Required { must, should } => self.required(f, must, should),
            Query::Without { keep, drop } => self.without(f, keep, drop),
            Query::Near(near) => {
                write!(f, "{} {} {}", self.operand(&near.left), Spelled(near), self.operand(&near.right))
            }
            Query::AtLeast { count, query } => write!(f, "atleast{count}({})", self.part(query)),
            Query::Within { part: Part::Lead, query } => write!(f, "hlead({})", self.part(query)),
            Query::Within { part: Part::First(count), query } => write!(f, "/F{count}/ {}", self.operand(query)),
            Query::Boost { query, percent } => {
                let bare = match &**query {
                    Query::Phrase { .. } | Query::Pattern(Pattern::Regex(_)) => true,
                    Query::Word(word) => !word.exact && escape(&word.text, true).is_empty(),
                    Query::Prefix(text) => prefix_escape(text).is_empty(),
                    _ => false,
                };
                let (open, close) = if bare { ("", "") } else { ("(", ")") };
                write!(f, "{open}{}{close}^{}", self.part(query), f64::from(*percent) / 100.0)
            }
        }
    }
}

impl Printed<'_> {
    fn list(&self, f: &mut Formatter<'_>, queries: &[Query], between: &str) -> fmt::Result {
        for (i, query) in queries.iter().enumerate() {
            let spoken = matches!(&queries[i..], [Query::Word(name), Query::Word(next), ..]
                if between == " " && !name.exact && spoken(&name.text, &next.text).is_some());
            let escape = if spoken { "\\" } else { "" };
            write!(f, "{}{escape}{}", if i == 0 { "" } else { between }, self.operand(query))?;
        }
        Ok(())
    }

    fn required(&self, f: &mut Formatter<'_>, must: &Query, should: &Query) -> fmt::Result {
        // Another `Required` needs parentheses: its `must` is optional here.
        self.first(f, should, matches!(should, Query::Plain(_)))?;
        let must = match must {
            Query::All(queries) => queries,
            other => slice::from_ref(other),
        };
        self.signed(f, " +", must)
    }

    fn without(&self, f: &mut Formatter<'_>, keep: &Query, drop: &Query) -> fmt::Result {
        let drop = match drop {
            Query::Any(queries) => queries,
            other => slice::from_ref(other),
        };
        if let (Query::Everything, [first, others @ ..]) = (keep, drop) {
            write!(f, "-{}", self.operand(first))?;
            return self.signed(f, " -", others);
        }
        self.first(f, keep, matches!(keep, Query::Plain(_) | Query::Required { .. }))?;
        self.signed(f, " -", drop)
    }

    /// The query before others with a sign; `bare` if it needs no parentheses.
    fn first(&self, f: &mut Formatter<'_>, query: &Query, bare: bool) -> fmt::Result {
        if bare { self.part(query).fmt(f) } else { self.operand(query).fmt(f) }
    }

    fn part<'q>(&self, query: &'q Query) -> Printed<'q> {
        Printed { query, lower: self.lower }
    }

    fn operand<'q>(&self, query: &'q Query) -> Operand<'q> {
        Operand(self.part(query))
    }

    fn signed(&self, f: &mut Formatter<'_>, sign: &str, queries: &[Query]) -> fmt::Result {
        queries.iter().try_for_each(|query| write!(f, "{sign}{}", self.operand(query)))
    }
}

/// A query as an operand.
struct Operand<'a>(Printed<'a>);

impl Display for Operand<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0.query {
            Query::Word(_)
            | Query::Capitals(_)
            | Query::Phrase { .. }
            | Query::Prefix(_)
            | Query::Pattern(_)
            | Query::Field { .. }
            | Query::Range(_)
            | Query::AtLeast { .. }
            | Query::Within { part: Part::Lead, .. }
            | Query::Boost { .. } => self.0.fmt(f),
            _ => write!(f, "({})", self.0),
        }
    }
}

/// A proximity operator.
struct Spelled<'a>(&'a Near);

impl Display for Spelled<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Near { reach, ordered, not, .. } = self.0;
        write!(f, "{}{}/", if *not { "not " } else { "" }, if *ordered { "pre" } else { "w" })?;
        match reach {
            Reach::Words(words) => write!(f, "{words}"),
            Reach::Sentence => f.write_str("s"),
            Reach::Paragraph => f.write_str("p"),
        }
    }
}

impl Display for Range {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        fn bounds<T: Display>(f: &mut Formatter<'_>, name: &str, from: &Option<T>, to: &Option<T>) -> fmt::Result {
            write!(f, "{name}:")?;
            from.iter().try_for_each(|from| write!(f, "{from}"))?;
            f.write_str("..")?;
            to.iter().try_for_each(|to| write!(f, "{to}"))
        }
        match self {
            Self::Date(from, to) => bounds(f, "date", from, to),
            Self::Words(from, to) => bounds(f, "words", from, to),
        }
    }
}

fn word(f: &mut Formatter<'_>, word: &Word, lower: bool) -> fmt::Result {
    let exact = if word.exact { "=" } else { "" };
    let escape = escape(&word.text, lower || word.exact);
    write!(f, "{exact}{escape}{}", word.text)
}

/// The prefix that makes a word parse as a word.
fn escape(text: &str, lower: bool) -> &'static str {
    let word = Query::Word(Word { text: text.to_owned(), exact: false });
    if needs_escape(&word, text, lower) { "\\" } else { "" }
}

fn prefix_escape(text: &str) -> &'static str {
    let prefix = Query::Prefix(text.to_owned());
    if needs_escape(&prefix, &format!("{text}*"), true) { "\\" } else { "" }
}
