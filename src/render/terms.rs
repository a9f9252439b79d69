//! Typical words of a result set and words of the archive, in every form.

use std::io::{self, Write};

use serde_json::json;

use super::listing::{Listing, Rows};
use super::numbers::thousands;
use super::safe::safe;
use super::safe_json::write_each;
use super::table::aligned;
use super::timeline::counted_text;
use super::wrap::shorten;
use super::{JSON_SCHEMA, Style};
use crate::search::views::{Matches, Terms, TypicalTerm};

/// Maximum columns of a word in a table.
const WORD: usize = 40;

/// The typical words of a query's articles.
#[derive(Debug, Clone, Copy)]
pub struct TermList<'a> {
    /// The words, most typical first.
    pub terms: &'a Terms,
    /// The query.
    pub query: &'a str,
    /// Its articles.
    pub matches: &'a Matches,
    /// Number of articles in the archive.
    pub archive: u64,
    /// Whether every copy is counted.
    pub copies: bool,
}

impl Listing for TermList<'_> {
    /// Writes a row for each word: its share of the articles read, which are all of them or a sample, and of the archive.
    fn text(&self, out: &mut dyn Write, _: &Style) -> io::Result<()> {
        counted_text(out, &[self.query], &[self.matches], self.copies)?;
        let share = |part: u64, of: u64| format!("{:.1} %", 100.0 * part as f64 / of.max(1) as f64);
        let read = self.terms.articles_read;
        let here = if read < self.matches.counted() { format!("in {read} of them") } else { "here".to_owned() };
        let row = |term: &TypicalTerm| {
            let word = shorten(&safe(&term.word), WORD).into();
            vec![word, share(term.articles, read), share(term.archive, self.archive)]
        };
        let header = vec!["word".to_owned(), here, "archive".to_owned()];
        aligned(out, &std::iter::once(header).chain(self.terms.terms.iter().map(row)).collect::<Vec<_>>())
    }

    /// Writes an object with `schema`, `query`, the `articles` of the result set, the `articles_read` of them, those of
    /// the `archive`, and the `terms`.
    fn json(&self, out: &mut dyn Write) -> io::Result<()> {
        let object = json!({
            "schema": JSON_SCHEMA,
            "query": self.query,
            "articles": self.matches.counted(),
            "articles_read": self.terms.articles_read,
            "archive": self.archive,
            "terms": self.rows().collect::<Vec<_>>(),
        });
        write_each(out, std::iter::once(object), "\n")
    }

    fn rows(&self) -> Rows<'_> {
        Box::new(self.terms.terms.iter().map(|term| {
            let score = (term.score * 1e3).round() / 1e3;
            json!({ "word": term.word, "articles": term.articles, "archive": term.archive, "score": score })
        }))
    }

    fn header(&self) -> Vec<String> {
        ["word", "articles", "articles_read", "archive", "score"].map(str::to_owned).to_vec()
    }

    fn cells(&self) -> Rows<'_> {
        Box::new(self.rows().zip(&self.terms.terms).map(|(mut row, term)| {
            row["articles_read"] = self.terms.articles_read.into();
            row["score"] = format!("{:.3}", term.score).into();
            row
        }))
    }
}

/// Words of the archive, with the number of articles that contain them.
#[derive(Debug, Clone, Copy)]
pub struct WordList<'a>(pub &'a [(String, u64)]);

impl Listing for WordList<'_> {
    fn text(&self, out: &mut dyn Write, _: &Style) -> io::Result<()> {
        let row = |(word, articles): &(String, u64)| vec![safe(word).into_owned(), thousands(*articles)];
        aligned(out, &self.0.iter().map(row).collect::<Vec<_>>())
    }

    /// Writes an object with `schema` and `words`, which are pairs of a word and its number of articles.
    fn json(&self, out: &mut dyn Write) -> io::Result<()> {
        write_each(out, std::iter::once(json!({ "schema": JSON_SCHEMA, "words": self.0 })), "\n")
    }

    fn rows(&self) -> Rows<'_> {
        Box::new(self.0.iter().map(|(word, articles)| json!({ "word": word, "articles": articles })))
    }

    fn header(&self) -> Vec<String> {
        ["word", "articles"].map(str::to_owned).to_vec()
    }
}
