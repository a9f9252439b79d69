//! Tantivy queries, boxed, and how they are combined.

use tantivy::Term;
use tantivy::query::{BooleanQuery, ConstScoreQuery, EmptyQuery, Occur, Query, TermQuery};
use tantivy::schema::IndexRecordOption;

/// A boxed Tantivy query.
pub(super) type Engine = Box<dyn Query>;

/// The articles with a term.
pub(super) fn term(term: Term) -> Engine {
    Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
}

/// The articles of any of the queries; none without queries.
pub(super) fn any(queries: impl IntoIterator<Item = Engine>) -> Option<Engine> {
    joined(Occur::Should, queries)
}

/// The articles of all of the queries; none without queries.
pub(super) fn all(queries: impl IntoIterator<Item = Engine>) -> Option<Engine> {
    joined(Occur::Must, queries)
}

fn joined(occur: Occur, queries: impl IntoIterator<Item = Engine>) -> Option<Engine> {
    let mut clauses: Vec<(Occur, Engine)> = queries.into_iter().map(|query| (occur, query)).collect();
    match clauses.len() {
        0 | 1 => clauses.pop().map(|(_, query)| query),
        _ => Some(Box::new(BooleanQuery::new(clauses))),
    }
}

/// No article.
pub(super) fn nothing() -> Engine {
    Box::new(EmptyQuery)
}

/// The articles of a query, with a score of 0.
pub(super) fn unscored(query: Engine) -> Engine {
    Box::new(ConstScoreQuery::new(query, 0.0))
}
