//! The first phase: finds the candidates, and counts the matching articles.
//!
//! The result does not depend on the segments of the index: if a list is cut among articles of equal score, their
//! versions decide, which are hashes of their content.

use std::ops::ControlFlow;

use tantivy::collector::sort_key::{SortByStaticFastValue, SortByString};
use tantivy::collector::{Count, TopDocs};
use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::BlockSegmentPostings;
use tantivy::query::{EnableScoring, Query, Scorer};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocId, DocSet as _, Executor, Order, TERMINATED, Term};

use super::constants::RANKED;
use super::engine::Engine;
use super::options::Sort;
use super::statistics::{Saturation, Statistics};
use crate::error::Error;
use crate::index::Reader;

/// A way to find articles.
pub(super) enum Finder {
    /// A Tantivy query.
    Query(Engine),
    /// Any of many terms.
    AnyOf(AnyOf),
}

/// Articles with any of some terms, restricted to those of `within`: the best by BM25 first.
pub(super) struct AnyOf {
    /// Stems as in the index, with their weights.
    pub(super) terms: Vec<(String, f32)>,
    pub(super) within: Option<Engine>,
    pub(super) saturation: Saturation,
}

/// Relative difference below which scores are equal. Tantivy adds them in an order that depends on the segment.
const ROUNDING: f32 = 1e-5;

/// Factor by which the number of candidates grows each time copies leave too few.
const GROWTH: usize = 4;

/// Number of articles whose scores are accumulated at once; fits the second-level cache.
const WINDOW: u32 = 1 << 15;

/// The candidates of a query in order, extended as needed.
pub(super) struct Candidates<'a> {
    statistics: &'a Statistics<'a>,
    finder: &'a Finder,
    sort: Sort,
    found: Vec<DocAddress>,
    /// Number of candidates requested so far.
    limit: usize,
    /// Whether the query checks every article that has its words: then they are counted in the same pass.
    checks: bool,
    /// Number of matching articles, if known from the search.
    pub(super) total: Option<u64>,
}

impl<'a> Candidates<'a> {
    pub(super) fn new(statistics: &'a Statistics<'a>, finder: &'a Finder, sort: Sort, checks: bool) -> Self {
        Self { statistics, finder, sort, found: Vec::new(), limit: 0, checks, total: None }
    }

    /// Up to [`RANKED`] candidates from position `start`; `wanted` in all will be requested.
    pub(super) fn part(&mut self, start: usize, wanted: usize) -> Result<&[DocAddress], Error> {
        if start >= self.limit && self.found.len() == self.limit {
            self.limit = (start + RANKED).max(start * GROWTH).max(wanted.div_ceil(RANKED) * RANKED);
            (self.found, self.total) = self.first(self.limit)?;
        }
        let end = (start + RANKED).min(self.found.len());
        Ok(&self.found[start.min(end)..end])
    }

    /// The first articles, and the number of all, if the search counts them.
    fn first(&self, limit: usize) -> Result<(Vec<DocAddress>, Option<u64>), Error> {
        match (self.finder, self.sort) {
            (Finder::Query(query), Sort::Relevance) => best(query.as_ref(), self.statistics, limit, self.checks),
            (Finder::Query(query), Sort::Newest | Sort::Oldest) => {
                let order = if self.sort == Sort::Newest { Order::Desc } else { Order::Asc };
                let found = by_time(self.statistics.reader, query.as_ref(), limit, order)
                    .map_err(|e| self.statistics.reader.failed(e))?;
                Ok((found, None))
            }
            (Finder::AnyOf(any), _) => {
                let mut best = Best::new(limit);
                let mut push = |score, at| {
                    best.push(score, at);
                    best.least
                };
                let total = any.each(self.statistics, &mut push).map_err(|e| self.statistics.reader.failed(e))?;
                Ok((best.finish(self.statistics.reader)?, Some(total)))
            }
        }
    }
}

/// Counts the matching articles.
pub(super) fn count(statistics: &Statistics<'_>, finder: &Finder) -> Result<u64, Error> {
    let reader = statistics.reader;
    let searcher = reader.searcher();
    let counted = match finder {
        Finder::Query(query) => {
            let scoring = EnableScoring::disabled_from_searcher(searcher);
            searcher
                .search_with_executor(query.as_ref(), &Count, &Executor::single_thread(), scoring)
                .map(|count| count as u64)
        }
        Finder::AnyOf(any) => any.each(statistics, &mut |_, _| f32::MAX),
    };
    counted.map_err(|e| reader.failed(e))
}

/// All matching articles, by segment and number.
pub(super) fn all(statistics: &Statistics<'_>, finder: &Finder) -> Result<Vec<DocAddress>, Error> {
    let (reader, mut docs) = (statistics.reader, Vec::new());
    let found = match finder {
        Finder::Query(query) => each(reader, query.as_ref(), &mut |at| {
            docs.push(at);
            ControlFlow::Continue(())
        }),
        Finder::AnyOf(any) => {
            let mut push = |_, at| {
                docs.push(at);
                0.0
            };
            any.each(statistics, &mut push).map(|_| ())
        }
    };
    found.map(|()| docs).map_err(|e| reader.failed(e))
}

/// Whether any article matches.
pub(super) fn any(statistics: &Statistics<'_>, finder: &Finder) -> Result<bool, Error> {
    let Finder::Query(query) = finder else { return Ok(count(statistics, finder)? > 0) };
    let (reader, mut found) = (statistics.reader, false);
    let searched = each(reader, query.as_ref(), &mut |_| {
        found = true;
        ControlFlow::Break(())
    });
    searched.map(|()| found).map_err(|e| reader.failed(e))
}

/// Calls `sink` with matching articles until it breaks.
fn each(
    reader: &Reader,
    query: &dyn Query,
    sink: &mut dyn FnMut(DocAddress) -> ControlFlow<()>,
) -> tantivy::Result<()> {
    let searcher = reader.searcher();
    let weight = query.weight(EnableScoring::disabled_from_searcher(searcher))?;
    for (ord, segment) in (0..).zip(searcher.segment_readers()) {
        let mut found = weight.scorer(segment, 1.0)?;
        while found.doc() != TERMINATED {
            if !segment.is_deleted(found.doc()) && sink(DocAddress::new(ord, found.doc())).is_break() {
                return Ok(());
            }
            found.advance();
        }
    }
    Ok(())
}

/// The best articles by Tantivy's BM25; with `counts` also the number of all, in one pass.
fn best(
    query: &dyn Query,
    statistics: &Statistics<'_>,
    limit: usize,
    counts: bool,
) -> Result<(Vec<DocAddress>, Option<u64>), Error> {
    let reader = statistics.reader;
    let scoring = EnableScoring::enabled_from_statistics_provider(statistics, reader.searcher());
    let weight = query.weight(scoring).map_err(|e| reader.failed(e))?;
    let (mut best, mut total) = (Best::new(limit), 0);
    for (ord, segment) in (0..).zip(reader.searcher().segment_readers()) {
        let mut push = |doc, score, best: &mut Best| {
            if !segment.is_deleted(doc) {
                total += 1;
                if score > best.least {
                    best.push(score, DocAddress::new(ord, doc));
                }
            }
            best.least
        };
        let searched = match counts {
            true => weight.for_each(segment, &mut |doc, score| _ = push(doc, score, &mut best)),
            false => weight.for_each_pruning(best.least, segment, &mut |doc, score| push(doc, score, &mut best)),
        };
        searched.map_err(|e| reader.failed(e))?;
    }
    Ok((best.finish(reader)?, counts.then_some(total)))
}

/// Articles by date of publication, undated last; ties by id, then by source file.
fn by_time(reader: &Reader, query: &dyn Query, limit: usize, order: Order) -> tantivy::Result<Vec<DocAddress>> {
    let keys = (
        (SortByStaticFastValue::<i64>::for_field("published_time"), order),
        (SortByString::for_field("id"), Order::Asc),
        (SortByString::for_field("file"), Order::Asc),
    );
    // The collector reserves memory for its limit.
    let limit = limit.min(reader.searcher().num_docs() as usize).max(1);
    let found = reader.searcher().search(query, &TopDocs::with_limit(limit).order_by(keys))?;
    Ok(found.into_iter().map(|(_, at)| at).collect())
}

impl AnyOf {
    /// Calls `sink` with articles and scores, except those with less than its last result. Returns the number of
    /// articles.
    ///
    /// All postings are read and added up, a window of articles at a time. Pruning sorts its cursors at each step: for the
    /// best hundreds of articles, it takes as long with three terms, and five times as long with fifty.
    fn each(&self, statistics: &Statistics<'_>, sink: &mut dyn FnMut(f32, DocAddress) -> f32) -> tantivy::Result<u64> {
        let reader = statistics.reader;
        let (searcher, field) = (reader.searcher(), reader.fields().terms);
        let scoring = EnableScoring::disabled_from_searcher(searcher);
        let within = self.within.as_ref().map(|query| query.weight(scoring)).transpose()?;
        let length = |id| FieldNormReader::id_to_fieldnorm(id) as f32 / statistics.article_words;
        let norms: Vec<f32> = (0..=u8::MAX).map(|id| self.saturation.norm(length(id))).collect();
        let mut terms = Vec::with_capacity(self.terms.len());
        for (term, weight) in &self.terms {
            let term = Term::from_field_text(field, term);
            let idf = statistics.idf(reader.documents_with(&term, |_| true)?.unwrap_or(0));
            terms.push((term, weight * idf));
        }
        let (mut sums, mut least, mut total) = (vec![0.0f32; WINDOW as usize], 0.0f32, 0);
        for (ord, segment) in (0..).zip(searcher.segment_readers()) {
            let inverted = segment.inverted_index(field)?;
            let lengths = segment.get_fieldnorms_reader(field)?;
            let mut cursors = Vec::with_capacity(terms.len());
            for (term, weight) in &terms {
                let postings = inverted.read_block_postings(term, IndexRecordOption::WithFreqs)?;
                cursors.extend(postings.map(|postings| (Cursor { postings, at: 0 }, *weight)));
            }
            let mut within = within.as_ref().map(|weight| weight.scorer(segment, 1.0)).transpose()?;
            for start in (0..segment.max_doc()).step_by(WINDOW as usize) {
                let end = segment.max_doc().min(start + WINDOW);
                let sums = &mut sums[..(end - start) as usize];
                sums.fill(0.0);
                for (cursor, weight) in &mut cursors {
                    cursor.before(end, |doc, frequency| {
                        let norm = norms[usize::from(lengths.fieldnorm_id(doc))];
                        sums[(doc - start) as usize] += *weight * frequency / (frequency + norm);
                    });
                }
                for (doc, sum) in (start..).zip(&*sums) {
                    if *sum > 0.0 && !segment.is_deleted(doc) && within.as_mut().is_none_or(|all| has(all, doc)) {
                        total += 1;
                        if *sum > least {
                            least = sink(*sum, DocAddress::new(ord, doc));
                        }
                    }
                }
            }
        }
        Ok(total)
    }
}

/// A cursor in the postings of a term, which are read in blocks.
struct Cursor {
    postings: BlockSegmentPostings,
    /// Position in the block.
    at: usize,
}

impl Cursor {
    /// Calls `each` with every document before `end` and the frequency of the term in it, and advances past them.
    fn before(&mut self, end: DocId, mut each: impl FnMut(DocId, f32)) {
        loop {
            let docs = &self.postings.docs()[self.at..];
            let before = docs.partition_point(|doc| *doc < end);
            for (doc, frequency) in docs[..before].iter().zip(&self.postings.freqs()[self.at..]) {
                each(*doc, *frequency as f32);
            }
            if before < docs.len() || docs.is_empty() {
                self.at += before;
                return;
            }
            self.postings.advance();
            self.at = 0;
        }
    }
}

/// Whether a scorer contains a document. Documents must be requested in ascending order.
fn has(all: &mut Box<dyn Scorer>, doc: DocId) -> bool {
    let at = if all.doc() < doc { all.seek(doc) } else { all.doc() };
    at == doc
}

/// The best articles so far.
struct Best {
    limit: usize,
    found: Vec<(f32, DocAddress)>,
    /// Number of articles to collect before dropping the worst.
    full: usize,
    /// The score to exceed, or to equal to tie with the last.
    least: f32,
}

impl Best {
    fn new(limit: usize) -> Self {
        Self { limit, found: Vec::new(), full: 2 * limit, least: f32::MIN }
    }

    fn push(&mut self, score: f32, at: DocAddress) {
        self.found.push((score, at));
        if self.found.len() >= self.full {
            let (_, last, _) = self.found.select_nth_unstable_by(self.limit - 1, |a, b| b.0.total_cmp(&a.0));
            self.least = last.0 - last.0.abs() * ROUNDING - f32::MIN_POSITIVE;
            let least = self.least;
            self.found.retain(|(score, _)| *score > least);
            self.full = 2 * self.found.len();
        }
    }

    /// The best articles in order. At the end of each part that is ranked together, versions order equal scores.
    fn finish(mut self, reader: &Reader) -> Result<Vec<DocAddress>, Error> {
        let found = &mut self.found;
        found.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        for edge in (RANKED..found.len().min(self.limit + 1)).step_by(RANKED) {
            let last = found[edge - 1].0;
            let near = last.abs() * ROUNDING;
            let ties = found.partition_point(|f| f.0 > last + near)..found.partition_point(|f| f.0 >= last - near);
            if ties.end > edge {
                let mut versions = Vec::with_capacity(ties.len());
                for (score, at) in &found[ties.clone()] {
                    let column = reader.versions(reader.searcher().segment_reader(at.segment_ord))?;
                    versions.push((column.first(at.doc_id), *score, *at));
                }
                versions.sort_by_key(|(version, ..)| *version);
                found.splice(ties, versions.into_iter().map(|(_, score, at)| (score, at)));
            }
        }
        found.truncate(self.limit);
        Ok(self.found.into_iter().map(|(_, at)| at).collect())
    }
}
