//! Facets, in every form.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::listing::{Listing, Rows};
use super::numbers::thousands;
use super::safe::safe;
use super::safe_json::{merged, write_each};
use super::statistics::language;
use super::table::aligned;
use super::timeline::counted_text;
use super::wrap::shorten;
use super::{JSON_SCHEMA, Style};
use crate::search::views::{Facet, FacetKind, Matches};

/// Maximum columns of a value in a table.
const VALUE: usize = 40;

/// The facets of a query's articles.
#[derive(Debug, Clone, Copy)]
pub struct FacetList<'a> {
    /// The facets, most frequent first.
    pub facets: &'a [Facet],
    /// The field they count by.
    pub kind: FacetKind,
    /// The query.
    pub query: &'a str,
    /// Its articles.
    pub matches: &'a Matches,
    /// Number of articles in the archive.
    pub archive: u64,
    /// Whether every copy is counted.
    pub copies: bool,
    /// Maximum number of rows in text.
    pub limit: usize,
}

impl FacetList<'_> {
    /// How many times as frequent a value is in the result set as in the archive.
    fn times(&self, facet: &Facet) -> f64 {
        let share = |part: u64, of: u64| part as f64 / of.max(1) as f64;
        let in_archive = share(facet.archive, self.archive).max(f64::MIN_POSITIVE);
        share(facet.with_copies, self.matches.articles()) / in_archive
    }
}

impl Listing for FacetList<'_> {
    /// Writes a row for each value: its articles, their share of the result set, and how many times as frequent it is
    /// there as in the archive.
    fn text(&self, out: &mut dyn Write, _: &Style) -> io::Result<()> {
        counted_text(out, &[self.query], &[self.matches], self.copies)?;
        let row = |facet: &Facet| {
            vec![
                match facet.value.as_deref() {
                    code if self.kind == FacetKind::Language => code.map_or("undetermined".into(), language),
                    value => shorten(&safe(value.unwrap_or("-")), VALUE).into(),
                },
                thousands(facet.articles),
                format!("{:.1} %", 100.0 * facet.articles as f64 / self.matches.counted().max(1) as f64),
                format!("{:.2} ×", self.times(facet)),
            ]
        };
        aligned(out, &self.facets.iter().take(self.limit).map(row).collect::<Vec<_>>())?;
        match self.facets.len().saturating_sub(self.limit) {
            0 => Ok(()),
            more => writeln!(out, "and {} more; `-n {}` lists them", thousands(more as u64), self.facets.len()),
        }
    }

    /// Writes an object with `schema`, `query`, `by`, the counted articles of the result set and those `with_copies`,
    /// those of the `archive`, and the `facets`, each with its `value`, which is null for articles without one.
    fn json(&self, out: &mut dyn Write) -> io::Result<()> {
        let object = json!({
            "schema": JSON_SCHEMA,
            "query": self.query,
            "by": self.kind.name(),
            "articles": self.matches.counted(),
            "with_copies": self.matches.articles(),
            "archive": self.archive,
            "facets": self.rows().collect::<Vec<_>>(),
        });
        write_each(out, std::iter::once(object), "\n")
    }

    fn rows(&self) -> Rows<'_> {
        Box::new(self.facets.iter().map(|facet| merged([json!({ "value": facet.value }), counts(facet)])))
    }

    fn header(&self) -> Vec<String> {
        [self.kind.name(), "articles", "with_copies", "archive", "times"].map(str::to_owned).to_vec()
    }

    fn cells(&self) -> Rows<'_> {
        Box::new(self.facets.iter().map(|facet| {
            let times = format!("{:.4}", self.times(facet));
            merged([json!({ self.kind.name(): facet.value }), counts(facet), json!({ "times": times })])
        }))
    }
}

fn counts(facet: &Facet) -> Value {
    json!({ "articles": facet.articles, "with_copies": facet.with_copies, "archive": facet.archive })
}
