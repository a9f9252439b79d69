//! Measures query time in one process, compared with plain BM25 of Tantivy on the same index and terms.
//!
//! `cargo bench --bench query -- INDEX [WAY]`, where INDEX was made by `nutgraf index`. Topics are the first words of
//! headlines in the index. Prints the median time of each kind of ranking, or of the named one, and its ratio to plain
//! BM25.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark prints what it measured")]

use std::path::Path;
use std::time::{Duration, Instant};

use nutgraf::analysis::{Languages, Words};
use nutgraf::index::{Reader, find};
use nutgraf::query;
use nutgraf::search::{self, Options, Page, Ranking};
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, Occur, Query, TermQuery};
use tantivy::schema::IndexRecordOption;
use tantivy::{Index, Searcher, Term};

/// Number of topics.
const TOPICS: usize = 100;

/// Words per topic.
const WORDS: usize = 3;

/// Number of runs of every topic; the fastest counts.
const RUNS: usize = 5;

fn main() {
    // Cargo adds an option.
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let Some(folder) = arguments.next() else {
        eprintln!("usage: cargo bench --bench query -- INDEX [WAY]");
        return;
    };
    let only = arguments.next();
    let location = find(Some(Path::new(&folder)), Path::new(".")).expect("an index");
    let reader = Reader::open(&location).expect("it opens");
    let topics = topics(&reader);
    let plain = Plain::open(&folder);
    let base = Ranking::default();
    let bare = Ranking { feedback: false, collapse: false, ..base.clone() };
    let ways: [(&str, Ranking); 4] = [
        ("--no-feedback --copies", bare.clone()),
        ("--no-feedback", Ranking { collapse: true, ..bare }),
        ("default", base.clone()),
        ("--expand", Ranking { expand: true, ..base }),
    ];
    let reference = median(topics.iter().map(|topic| fastest(|| assert!(plain.search(topic) <= 10))).collect());
    println!("{} topics; plain BM25, top 10: {:.3} ms", topics.len(), milliseconds(reference));
    for (name, ranking) in ways.into_iter().filter(|(name, _)| only.as_ref().is_none_or(|only| only == name)) {
        let page = Page { limit: 10, count: false, ..Page::default() };
        let options = Options { ranking, page, ..Options::default() };
        let times = topics
            .iter()
            .map(|topic| fastest(|| drop(search::run(&reader, &query::plain(topic), &options).expect("it runs"))));
        let time = median(times.collect());
        println!("{name:24} {:.3} ms, {:.1} times", milliseconds(time), time.as_secs_f64() / reference.as_secs_f64());
    }
}

/// The first words of headlines from all over the index.
fn topics(reader: &Reader) -> Vec<String> {
    let ranking = Ranking { feedback: false, sort: search::Sort::Newest, ..Ranking::default() };
    let every = Options { ranking, page: Page { limit: TOPICS, ..Page::default() }, ..Options::default() };
    let found = search::run(reader, &query::parse("*").query, &every).expect("it runs");
    let words = |title: &str| title.split_whitespace().take(WORDS).collect::<Vec<_>>().join(" ");
    let topics = found.hits.iter().map(|hit| words(&hit.article.title));
    let mut table = Words::default();
    topics
        .filter(|t| t.split(' ').any(|w| !Languages::default().query_terms(w, false, &mut table).is_empty()))
        .collect()
}

/// The index as used by Tantivy alone.
struct Plain {
    searcher: Searcher,
    index: Index,
}

impl Plain {
    fn open(folder: &str) -> Self {
        let index = Index::open_in_dir(folder).expect("an index");
        Self { searcher: index.reader().expect("it opens").searcher(), index }
    }

    fn search(&self, topic: &str) -> usize {
        let field = self.index.schema().get_field("terms").expect("a field");
        let mut table = Words::default();
        let terms = topic.split(' ').flat_map(|word| Languages::default().query_terms(word, false, &mut table));
        let clauses = terms.flat_map(|(_, terms)| terms).map(|term| {
            let term = TermQuery::new(Term::from_field_text(field, &term), IndexRecordOption::WithFreqs);
            (Occur::Should, Box::new(term) as Box<dyn Query>)
        });
        let query = BooleanQuery::new(clauses.collect());
        self.searcher.search(&query, &TopDocs::with_limit(10).order_by_score()).expect("it runs").len()
    }
}

fn fastest(mut run: impl FnMut()) -> Duration {
    let time = |_| {
        let started = Instant::now();
        run();
        started.elapsed()
    };
    (0..RUNS).map(time).min().unwrap_or_default()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
