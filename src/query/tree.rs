//! The query tree, and how it is composed.

use std::mem::discriminant;

use jiff::civil::Date;

use super::Field;

/// A query.
///
/// When made by [`parse`](super::parse), the lists of [`All`](Self::All), [`Any`](Self::Any) and [`Plain`](Self::Plain)
/// have two or more queries, none of them empty or of the same kind. `parse` parses its [`Display`](std::fmt::Display)
/// form to the same tree; added parentheses and the length count towards the limits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Query {
    /// An empty query, which matches nothing.
    #[default]
    Empty,
    /// Every article; also the positive part of a query with only exclusions.
    Everything,
    /// A word as typed.
    Word(Word),
    /// A word in capitals.
    Capitals(String),
    /// Words in this order, with at most `slop` others in between; also a single word in quotation marks.
    Phrase {
        /// The words: not empty, and either all exact or none.
        words: Vec<Word>,
        /// Maximum number of other words in between; at most [`SLOP_MAX`](super::SLOP_MAX).
        slop: u32,
    },
    /// Words with this prefix.
    Prefix(String),
    /// Words that match a pattern.
    Pattern(Pattern),
    /// A query on a field. If fields are nested, the innermost applies.
    Field {
        /// The field.
        name: Field,
        /// The query; not itself a [`Query::Field`].
        query: Box<Query>,
    },
    /// Articles with a value in a range.
    Range(Range),
    /// Articles that match all of these.
    All(Vec<Query>),
    /// Articles that match at least one of these (`OR`).
    Any(Vec<Query>),
    /// Adjacent words: any may match, and articles with more of them rank higher.
    Plain(Vec<Query>),
    /// Articles that match `must`; those that also match `should` rank higher.
    Required {
        /// Required: `+word`.
        must: Box<Query>,
        /// Optional.
        should: Box<Query>,
    },
    /// Articles that match `keep` and do not match `drop`.
    Without {
        /// The positive part; [`Query::Everything`] if there are only exclusions.
        keep: Box<Query>,
        /// The excluded part; several exclusions are a [`Query::Any`].
        drop: Box<Query>,
    },
    /// Two operands near each other.
    Near(Near),
    /// At least a number of occurrences that do not overlap.
    AtLeast {
        /// The number; 2 or more.
        count: u32,
        /// The operand; see [text](Query::is_text).
        query: Box<Query>,
    },
    /// Occurrences in a part of the article.
    Within {
        /// The part.
        part: Part,
        /// The operand; see [text](Query::is_text).
        query: Box<Query>,
    },
    /// A query with a different weight.
    Boost {
        /// The query.
        query: Box<Query>,
        /// The weight in percent; up to 10,000, and not 100.
        percent: u32,
    },
}

/// A word as typed. Analysis may produce several terms, or none.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Word {
    /// The text: no white space, and at least one letter or digit.
    pub text: String,
    /// Whether only this form matches, not others with the same stem.
    pub exact: bool,
}

/// A pattern for single folded words.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Pattern {
    /// Letters, digits, `*` for any characters and `?` for one.
    Wildcard(String),
    /// A regular expression for the whole word, as written between slashes.
    Regex(String),
    /// A word with a maximum edit distance.
    Fuzzy {
        /// The word.
        text: String,
        /// Maximum number of letters missing, added, changed or transposed; from 1 to
        /// [`FUZZY_LETTERS_MAX`](super::FUZZY_LETTERS_MAX).
        letters: u8,
    },
}

/// Two [text](Query::is_text) operands near each other, or the first without the second near it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Near {
    /// The first operand.
    pub left: Box<Query>,
    /// The second operand.
    pub right: Box<Query>,
    /// The maximum distance.
    pub reach: Reach,
    /// Whether the first must precede the second.
    pub ordered: bool,
    /// Whether the second must not be near. Only the first is then searched.
    pub not: bool,
}

/// A maximum distance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reach {
    /// A number of words from the end of one to the beginning of the other; adjacent words are one apart.
    Words(u32),
    /// The same sentence.
    Sentence,
    /// The same paragraph.
    Paragraph,
}

/// A part of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// The headline and the first passage.
    Lead,
    /// A number of words from the start, including the headline.
    First(u32),
}

/// A range of values; bounds are inclusive, and at least one is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Range {
    /// The day of publication.
    Date(Option<Date>, Option<Date>),
    /// The number of words.
    Words(Option<u64>, Option<u64>),
}

impl Query {
    /// Whether the query is empty.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }

    /// Whether it has positions in the text or headline, and only these decide whether an article matches: a valid
    /// operand of proximity operators.
    pub fn is_text(&self) -> bool {
        match self {
            Self::Word(_) | Self::Capitals(_) | Self::Phrase { .. } | Self::Prefix(_) | Self::Pattern(_) => true,
            Self::Near(_) | Self::AtLeast { .. } | Self::Within { .. } => true,
            Self::Field { name, query } => *name == Field::Title && query.is_text(),
            Self::Any(list) | Self::Plain(list) => list.iter().all(Self::is_text),
            Self::Boost { query, .. } => query.is_text(),
            _ => false,
        }
    }

    /// Whether any part of it depends on positions.
    pub fn has_places(&self) -> bool {
        matches!(self, Self::Near(_) | Self::AtLeast { .. } | Self::Within { .. } | Self::Capitals(_))
            || self.parts().into_iter().any(Self::has_places)
    }

    /// Its direct parts.
    pub fn parts(&self) -> Vec<&Query> {
        match self {
            Self::All(list) | Self::Any(list) | Self::Plain(list) => list.iter().collect(),
            Self::Required { must, should } => vec![should, must],
            Self::Without { keep, drop } => vec![keep, drop],
            Self::Near(near) => vec![&near.left, &near.right],
            Self::Field { query, .. }
            | Self::AtLeast { query, .. }
            | Self::Within { query, .. }
            | Self::Boost { query, .. } => vec![query],
            _ => Vec::new(),
        }
    }

    /// The depth of the tree.
    pub(super) fn depth(&self) -> usize {
        1 + self.parts().into_iter().map(Self::depth).max().unwrap_or(0)
    }

    /// The number of queries in the tree.
    pub(super) fn size(&self) -> usize {
        1 + self.parts().into_iter().map(Self::size).sum::<usize>()
    }

    /// The words searched in the text of an article in order, including those of phrases and of `title:`, but not
    /// excluded words, patterns, or words in other fields.
    pub fn words(&self) -> Vec<&Word> {
        let mut words = Vec::new();
        self.collect_words(true, &mut words);
        words
    }

    fn collect_words<'a>(&'a self, of_text: bool, words: &mut Vec<&'a Word>) {
        match self {
            Self::Word(word) => words.extend(of_text.then_some(word)),
            Self::Phrase { words: phrase, .. } if of_text => words.extend(phrase),
            Self::Field { name, query } => query.collect_words(*name == Field::Title, words),
            Self::Without { keep, .. } => keep.collect_words(of_text, words),
            Self::Near(Near { left, not: true, .. }) => left.collect_words(of_text, words),
            other => other.parts().into_iter().for_each(|part| part.collect_words(of_text, words)),
        }
    }

    /// A word.
    pub(super) fn word(text: &str, exact: bool) -> Self {
        Self::Word(Word { text: text.to_owned(), exact })
    }

    /// [`Query::All`] of these in its shortest form: without empty queries, with nested `All` flattened, and with a
    /// single query unwrapped.
    pub fn all(queries: Vec<Self>) -> Self {
        joined(queries, Self::All)
    }

    /// [`Query::Any`] of these in its shortest form, as for [`Query::all`].
    pub fn any(queries: Vec<Self>) -> Self {
        joined(queries, Self::Any)
    }

    /// [`Query::Plain`] of these in its shortest form, as for [`Query::all`].
    pub fn plain(queries: Vec<Self>) -> Self {
        joined(queries, Self::Plain)
    }

    /// Excludes these from the query; from an empty query, excludes them from everything.
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

    /// Restricts the query to a field, unless it already names its field.
    #[must_use]
    pub fn of_field(self, name: Field) -> Self {
        match self {
            Self::Empty | Self::Field { .. } | Self::Range(_) => self,
            Self::Boost { query, percent } => query.of_field(name).boosted(percent),
            query => Self::Field { name, query: Box::new(query) },
        }
    }

    /// Restricts a text operand to a part of the article.
    pub(super) fn within(self, part: Part) -> Self {
        match self {
            Self::Boost { query, percent } => query.within(part).boosted(percent),
            query => Self::Within { part, query: Box::new(query) },
        }
    }

    /// Sets the weight of the query.
    #[must_use]
    pub fn boosted(self, percent: u32) -> Self {
        match self {
            Self::Boost { query, .. } => query.boosted(percent),
            query if percent == 100 || query.is_empty() => query,
            query => Self::Boost { query: Box::new(query), percent },
        }
    }

    /// The query without its weight.
    pub(super) fn unboosted(&self) -> &Self {
        match self {
            Self::Boost { query, .. } => query.unboosted(),
            query => query,
        }
    }

    /// Applies `change` to the parts of a query that is not an operand of proximity operators, and puts it in its shortest
    /// form.
    fn map(self, change: &mut dyn FnMut(Self) -> Self) -> Self {
        match self {
            Self::All(list) => Self::all(list.into_iter().map(change).collect()),
            Self::Any(list) => Self::any(list.into_iter().map(change).collect()),
            Self::Plain(list) => Self::plain(list.into_iter().map(change).collect()),
            Self::Required { must, should } => {
                Self::Required { must: Box::new(change(*must)), should: Box::new(change(*should)) }
            }
            Self::Without { keep, drop } => change(*keep).without(vec![change(*drop)]),
            Self::Field { name, query } => change(*query).of_field(name),
            Self::Boost { query, percent } => change(*query).boosted(percent),
            other => other,
        }
    }

    /// Makes each list of adjacent words required as a whole.
    #[must_use]
    pub fn with_all_words(self) -> Self {
        match self {
            Self::Plain(list) => Self::all(list.into_iter().map(Self::with_all_words).collect()),
            Self::Required { must, should } => Self::all(vec![should.with_all_words(), must.with_all_words()]),
            Self::Without { keep, drop } => keep.with_all_words().without(vec![*drop]),
            other => other.map(&mut Self::with_all_words),
        }
    }

    /// The query without the parts that depend on positions.
    pub(super) fn without_places(self) -> Self {
        match self {
            Self::Near(Near { left, not: true, .. }) => left.without_places(),
            Self::Near(Near { left, right, .. }) => Self::all(vec![left.without_places(), right.without_places()]),
            Self::AtLeast { query, .. } | Self::Within { query, .. } => query.without_places(),
            Self::Capitals(text) => Self::word(&text, true),
            other => other.map(&mut Self::without_places),
        }
    }

    /// Wraps each text operand that decides about an article. `AND`, `+` and exclusions are moved out of it; exclusions
    /// are wrapped too if `excluded` is set.
    pub fn lifted(self, excluded: bool, wrap: &mut dyn FnMut(Self) -> Self) -> Self {
        match self {
            query if query.is_text() => wrap(query),
            Self::Without { keep, drop } if !excluded => keep.lifted(excluded, wrap).without(vec![*drop]),
            Self::Field { .. } => self,
            other => other.map(&mut |query| query.lifted(excluded, wrap)),
        }
    }

    /// Whether [`Query::lifted`] has something to wrap, and nothing else that an article must match.
    pub(super) fn is_liftable(&self) -> bool {
        match self {
            query if query.is_text() => true,
            Self::All(list) | Self::Any(list) | Self::Plain(list) => list.iter().all(Self::is_liftable),
            Self::Required { must, should } => must.is_liftable() && should.is_liftable(),
            Self::Without { keep: query, .. } | Self::Boost { query, .. } => query.is_liftable(),
            _ => false,
        }
    }
}

/// Joins queries to a list without empty ones, flattening lists of the same kind.
fn joined(queries: Vec<Query>, list: fn(Vec<Query>) -> Query) -> Query {
    let kind = discriminant(&list(Vec::new()));
    let mut flat = Vec::with_capacity(queries.len());
    for query in queries {
        let same = discriminant(&query) == kind;
        match query {
            Query::Empty => {}
            Query::All(inner) | Query::Any(inner) | Query::Plain(inner) if same => flat.extend(inner),
            query => flat.push(query),
        }
    }
    match flat.len() {
        0 | 1 => flat.pop().unwrap_or_default(),
        _ => list(flat),
    }
}
