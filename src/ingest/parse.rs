//! From batches of records to articles.

use super::read::{Batch, EntryFacts};
use super::reading::Manner;
use crate::analysis;
use crate::article::{Article, Date, Published};
use crate::error::SkipReason;
use crate::format::{BadRecord, Context, Order, Record};

/// The number of an article in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Number {
    /// Number of the record, from 1; 0 for the file itself and for the only article of a file.
    pub(super) record: u64,
    /// Number of the article in the record, from 1; 0 if it is the only one.
    pub(super) part: u64,
}

impl Batch {
    /// The articles of the batch in order, with a skip reason in place of each that cannot be read.
    pub(super) fn articles(
        self,
        manner: &Manner,
        today: Date,
    ) -> impl Iterator<Item = (Number, Result<Article, SkipReason>)> {
        let Self { entry, records, single, .. } = self;
        records.into_iter().flat_map(move |record| match record {
            Err(BadRecord { number, reason }) => vec![(Number { record: number, part: 0 }, Err(reason))],
            Ok(record) => numbered(record.number, single, parsed(&record, &entry, manner, today)),
        })
    }
}

/// Numbers the articles of a record. In a file of one record, the articles are numbered like records.
fn numbered(
    record: u64,
    single: bool,
    mut found: Vec<Result<Article, SkipReason>>,
) -> Vec<(Number, Result<Article, SkipReason>)> {
    if found.is_empty() && single {
        found.push(Err(SkipReason::NoText));
    }
    let several = found.len() > 1;
    let number = |part| match (single, several) {
        (true, true) => Number { record: part, part: 0 },
        (true, false) => Number { record: 0, part: 0 },
        (false, true) => Number { record, part },
        (false, false) => Number { record, part: 0 },
    };
    (1..).map(number).zip(found).collect()
}

/// The articles of a record. A panic in the reader loses only the rest of the record.
fn parsed(record: &Record, entry: &EntryFacts, manner: &Manner, today: Date) -> Vec<Result<Article, SkipReason>> {
    let Some(format) = entry.format else { return Vec::new() };
    let context = Context {
        path: &entry.path,
        modified: entry.modified,
        charset: None,
        url: None,
        fields: &manner.fields,
        today,
        order: Order::Unknown,
    };
    let mut found = Vec::new();
    let outcome = SkipReason::catch(format.name, || {
        format.read(record, &context, &mut |outcome| {
            found.push(outcome.map(|mut article| {
                article.language = analysis::article_language(article.language.take(), &article.title, &article.body);
                // Languages other than English write the day first.
                if article.language.as_deref().is_some_and(|language| language != "en") {
                    article.published = article.published.map(Published::day_first);
                }
                article
            }));
        });
    });
    found.extend(outcome.err().map(Err));
    found
}
