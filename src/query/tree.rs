//! The query tree, and how its parts are put together.

use jiff::civil::Date;

use super::Field;

/// What is asked for.
///
/// The lists of [`All`](Self::All), [`Any`](Self::Any) and [`Plain`](Self::Plain) hold two or more queries when
/// [`parse`](super::parse) made them, none of them of the same kind or empty. Its [`Display`](std::fmt::Display) form
/// is text that `parse` reads to the same tree; parentheses that it adds and its length count towards the limits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Query {
    /// Nothing was asked, and nothing matches.
    #[default]
    Empty,
    /// Every article; what is left when only exclusions were asked.
    Everything,
    /// One word as typed.
    Word(Word),
    /// A word that is written in capitals.
    Capitals(String),
    /// Words in this order, with at most `slop` others between; a single word in quotes too.
    Phrase {
        /// The words; never empty, and all exact or none.
        words: Vec<Word>,
        /// How many other words may stand between them altogether; at most [`SLOP_MAX`](super::SLOP_MAX).
        slop: u32,
    },
    /// Words that begin with this text.
    Prefix(String),
    /// Words that match a pattern.
    Pattern(Pattern),
    /// A query on one field; within it, the innermost field counts.
    Field {
        /// The field.
        name: Field,
        /// What is asked of it; never itself a [`Query::Field`].
        query: Box<Query>,
    },
    /// Articles by a figure.
    Range(Range),
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
    /// Two stretches of text near each other.
    Near(Near),
    /// What stands in an article so often or more, each time apart from the others.
    AtLeast {
        /// How often; 2 or more.
        count: u32,
        /// What; a [stretch of text](Query::is_text).
        query: Box<Query>,
    },
    /// What stands in a part of the article.
    Within {
        /// The part.
        part: Part,
        /// What; a [stretch of text](Query::is_text).
        query: Box<Query>,
    },
    /// What weighs more or less than usual in the order of hits.
    Boost {
        /// What.
        query: Box<Query>,
        /// How many hundredths of the usual weight; up to 10,000, and not 100.
        percent: u32,
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

/// What single words are held against, once they are folded.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Pattern {
    /// Letters, digits, `*` for any characters and `?` for one.
    Wildcard(String),
    /// A regular expression for the whole word, as it was written between strokes.
    Regex(String),
    /// A word and the letters by which others may differ from it.
    Fuzzy {
        /// The word.
        text: String,
        /// Letters that are missing, too many, wrong or in each other's place; from 1 to
        /// [`FUZZY_LETTERS_MAX`](super::FUZZY_LETTERS_MAX).
        letters: u8,
    },
}

/// Two [stretches of text](Query::is_text) near each other, or the first without the second near it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Near {
    /// The first as written.
    pub left: Box<Query>,
    /// The second.
    pub right: Box<Query>,
    /// How near.
    pub reach: Reach,
    /// Whether the first must stand before the second.
    pub ordered: bool,
    /// Whether the second must not be near: then only the first is looked for.
    pub not: bool,
}

/// What counts as near.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reach {
    /// So many words from the end of one to the beginning of the other at the most; neighbours are one apart.
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
    /// The first words, so many, from the headline on.
    First(u32),
}

/// A figure of an article between two bounds, which are included; one of them at least is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Range {
    /// The day of publication.
    Date(Option<Date>, Option<Date>),
    /// The number of words.
    Words(Option<u64>, Option<u64>),
}

impl Query {
    /// Whether nothing was asked.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }

    /// Whether it has places in the text or the headline, and nothing else decides whether an article matches: what
    /// nearness can be asked of.
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

    /// Whether some part of it is about the places where words stand.
    pub fn has_places(&self) -> bool {
        matches!(self, Self::Near(_) | Self::AtLeast { .. } | Self::Within { .. } | Self::Capitals(_))
            || self.parts().into_iter().any(Self::has_places)
    }

    /// The queries that it is directly made of.
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

    /// How many queries are within each other at the most, this one among them.
    pub(super) fn depth(&self) -> usize {
        1 + self.parts().into_iter().map(Self::depth).max().unwrap_or(0)
    }

    /// How many queries it is made of, itself among them.
    pub(super) fn size(&self) -> usize {
        1 + self.parts().into_iter().map(Self::size).sum::<usize>()
    }

    /// The words that are asked of an article's text, in their order, with those of phrases and of `title:`:
    /// not those that are excluded, patterns, or what is asked of other fields.
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
            Self::Empty | Self::Field { .. } | Self::Range(_) => self,
            Self::Boost { query, percent } => query.of_field(name).boosted(percent),
            query => Self::Field { name, query: Box::new(query) },
        }
    }

    /// This stretch of text in one part of the article.
    pub(super) fn within(self, part: Part) -> Self {
        match self {
            Self::Boost { query, percent } => query.within(part).boosted(percent),
            query => Self::Within { part, query: Box::new(query) },
        }
    }

    /// This query with another weight.
    #[must_use]
    pub fn boosted(self, percent: u32) -> Self {
        match self {
            Self::Boost { query, .. } => query.boosted(percent),
            query if percent == 100 || query.is_empty() => query,
            query => Self::Boost { query: Box::new(query), percent },
        }
    }

    /// This query without its weight.
    pub(super) fn unboosted(&self) -> &Self {
        match self {
            Self::Boost { query, .. } => query.unboosted(),
            query => query,
        }
    }

    /// This query with every list of words side by side needed as a whole.
    #[must_use]
    pub fn with_all_words(self) -> Self {
        let all = |list: Vec<Self>| list.into_iter().map(Self::with_all_words).collect();
        let boxed = |query: Box<Self>| Box::new(query.with_all_words());
        match self {
            Self::Plain(list) | Self::All(list) => Self::all(all(list)),
            Self::Any(list) => Self::any(all(list)),
            Self::Required { must, should } => Self::all(vec![should.with_all_words(), must.with_all_words()]),
            Self::Without { keep, drop } => Self::Without { keep: boxed(keep), drop },
            Self::Boost { query, percent } => Self::Boost { query: boxed(query), percent },
            Self::Field { name, query } => Self::Field { name, query: boxed(query) },
            other => other,
        }
    }

    /// This query with nothing in it that is about the places where words stand.
    pub(super) fn without_places(self) -> Self {
        let all = |list: Vec<Self>| list.into_iter().map(Self::without_places).collect();
        let boxed = |query: Box<Self>| Box::new(query.without_places());
        match self {
            Self::Near(Near { left, not: true, .. }) => left.without_places(),
            Self::Near(Near { left, right, .. }) => Self::all(vec![left.without_places(), right.without_places()]),
            Self::AtLeast { query, .. } | Self::Within { query, .. } => query.without_places(),
            Self::Capitals(text) => Self::Word(Word { text, exact: true }),
            Self::All(list) => Self::all(all(list)),
            Self::Any(list) => Self::any(all(list)),
            Self::Plain(list) => Self::plain(all(list)),
            Self::Required { must, should } => Self::Required { must: boxed(must), should: boxed(should) },
            Self::Without { keep, drop } => keep.without_places().without(vec![drop.without_places()]),
            Self::Field { name, query } => Self::Field { name, query: boxed(query) },
            Self::Boost { query, percent } => query.without_places().boosted(percent),
            other => other,
        }
    }

    /// This query with `wrap` around each stretch of text in it that decides about an article: `AND`, `+` and
    /// exclusions are carried out of it; what is excluded is wrapped too where `excluded` says so.
    pub fn lifted(self, excluded: bool, wrap: &mut dyn FnMut(Self) -> Self) -> Self {
        let mut lifted = |query: Self| query.lifted(excluded, wrap);
        match self {
            query if query.is_text() => wrap(query),
            Self::All(list) => Self::all(list.into_iter().map(lifted).collect()),
            Self::Any(list) => Self::any(list.into_iter().map(lifted).collect()),
            Self::Plain(list) => Self::plain(list.into_iter().map(lifted).collect()),
            Self::Required { must, should } => {
                let (must, should) = (lifted(*must), lifted(*should));
                Self::Required { must: Box::new(must), should: Box::new(should) }
            }
            Self::Without { keep, drop } => {
                let keep = lifted(*keep);
                keep.without(vec![if excluded { lifted(*drop) } else { *drop }])
            }
            Self::Boost { query, percent } => lifted(*query).boosted(percent),
            other => other,
        }
    }

    /// Whether [`Query::lifted`] has anything to wrap, and nothing else that an article must have.
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
