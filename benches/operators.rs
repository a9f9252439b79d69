//! Time of proximity and sentence queries in the process, against the same words with `AND` over the same index.
//!
//! `cargo bench --bench operators -- INDEX` where INDEX was made by `nutgraf index`. Takes pairs of words from headlines,
//! adjacent ones and frequent ones, and prints the median of each operator and its ratio to `AND`.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark prints what it measured")]

use std::path::Path;
use std::time::{Duration, Instant};

use nutgraf::index::{Reader, find};
use nutgraf::query;
use nutgraf::search::{self, Options, Page, Ranking};

/// Pairs of words.
const PAIRS: usize = 60;

/// Runs of every query; the fastest counts, the others warm the caches.
const RUNS: usize = 5;

/// What stands between the words; the first is compared with.
const OPERATORS: [&str; 8] = ["AND", "w/5", "pre/5", "w/50", "w/s", "w/p", "not w/5", "not w/s"];

fn main() {
    // Cargo adds an option of its own.
    let Some(folder) = std::env::args().skip(1).find(|argument| argument != "--bench") else {
        eprintln!("usage: cargo bench --bench operators -- INDEX");
        return;
    };
    let location = find(Some(Path::new(&folder)), Path::new(".")).expect("an index");
    let reader = Reader::open(&location).expect("it opens");
    for (name, pairs) in [("adjacent words", pairs(&reader)), ("frequent words", frequent())] {
        let mut base = Duration::ZERO;
        for operator in OPERATORS {
            let times = pairs.iter().map(|(a, b)| {
                let query = query::parse(&format!("{a} {operator} {b}")).query;
                let run = || search::run(&reader, &query, &Options::default()).expect("it runs").total_articles;
                (0..RUNS).map(|_| time(run)).min().unwrap_or_default()
            });
            let mut times: Vec<Duration> = times.collect();
            times.sort_unstable();
            let median = times[times.len() / 2];
            base = if operator == "AND" { median } else { base };
            let ratio = median.as_secs_f64() / base.as_secs_f64();
            println!("{name}: {operator:8} {:8.3} ms, {ratio:.2} times", median.as_secs_f64() * 1e3);
        }
    }
}

/// Words that follow each other in headlines all over the index.
fn pairs(reader: &Reader) -> Vec<(String, String)> {
    let ranking = Ranking { feedback: false, sort: search::Sort::Newest, ..Ranking::default() };
    let every = Options { ranking, page: Page { limit: PAIRS * 2, ..Page::default() }, ..Options::default() };
    let found = search::run(reader, &query::parse("*").query, &every).expect("it runs");
    let pair = |title: &str| {
        let mut words = title.split(|c: char| !c.is_alphabetic()).filter(|word| word.len() > 3).map(str::to_lowercase);
        Some((words.next()?, words.next()?))
    };
    found.hits.iter().filter_map(|hit| pair(&hit.article.title)).take(PAIRS).collect()
}

/// Words that news has in many articles.
fn frequent() -> Vec<(String, String)> {
    let words = ["said", "year", "company", "government", "week", "people", "million", "shares"];
    let pairs = words.iter().flat_map(|a| words.iter().filter(move |b| a < *b).map(move |b| (*a, *b)));
    pairs.map(|(a, b)| (a.to_owned(), b.to_owned())).collect()
}

fn time<T>(run: impl Fn() -> T) -> Duration {
    let started = Instant::now();
    run();
    started.elapsed()
}
