//! Measures how well copies are found and collapsed, on an archive that names its copies.
//!
//! `copies.tsv` in the folder of the archive has a line for each copy: its id, a tab, the id of the original. Make one
//! with `make_archive.py --copies 0.3`, index it, and run
//!
//! ```text
//! cargo bench --bench copies -- ARCHIVE INDEX
//! ```
//!
//! True pairs are each copy with its original, and each two copies of an original. Found pairs are those of every
//! article with each of its copies in the whole index. Redundancy is the mean share of the first ten hits that are
//! copies of an earlier one, over a hundred headlines as queries, with and without collapsing.

#![allow(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;

use nutgraf::eval;
use nutgraf::index::{self, Reader};
use nutgraf::query;
use nutgraf::search::{self, Options, Page, Ranking};
use rayon::prelude::*;

/// Number of headlines used as queries.
const QUERIES: usize = 100;

/// Classes of length: words from, words below.
const LENGTHS: [(usize, usize); 5] = [(25, 40), (40, 60), (60, 100), (100, usize::MAX), (0, usize::MAX)];

/// Hits of a first screen.
const DEPTH: usize = 10;

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let arguments: Vec<PathBuf> = std::env::args().skip(1).filter(|a| a != "--bench").map(PathBuf::from).collect();
    let [archive, index] = arguments.as_slice() else {
        println!("skipped: name an archive with `copies.tsv` and its index");
        return Ok(());
    };
    let originals = originals(&archive.join("copies.tsv"))?;
    let reader = Reader::open(&index::find(Some(index), Path::new("."))?)?;
    let ranking = Ranking { collapse: false, ..Ranking::default() };
    let page = Page { limit: 1 << 30, ..Page::default() };
    let all = Options { ranking, page, ..Options::default() };
    let all = search::run(&reader, &query::parse("*").query, &all)?;
    let articles: Vec<(String, String)> = all.hits.into_iter().map(|hit| (hit.article.id, hit.article.title)).collect();
    let words = words(&archive.join("part-0000.jsonl"))?;
    let story = |id: &str| originals.get(id).cloned().unwrap_or_else(|| id.to_owned());

    let begun = Instant::now();
    let lists: Vec<_> = articles.par_iter().map(|(id, _)| search::copies(&reader, id, Path::new(""))).collect();
    let mut found = BTreeSet::new();
    for list in lists {
        for list in list? {
            let one = list.article.id;
            found.extend(list.copies.into_iter().map(|copy| pair(one.clone(), copy.article.id)));
        }
    }
    let seconds = begun.elapsed().as_secs_f64();
    let mut stories: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (id, _) in &articles {
        stories.entry(story(id)).or_default().push(id);
    }
    let mut known = BTreeSet::new();
    for same in stories.values() {
        let pairs = same.iter().enumerate().flat_map(|(at, a)| same[..at].iter().map(move |b| (*a, *b)));
        known.extend(pairs.map(|(a, b)| pair(a.to_owned(), b.to_owned())));
    }
    for (a, b) in found.difference(&known).take(10) {
        println!("no copies: {a} {b}");
    }
    println!("{} articles; words of the shorter, pairs, precision, recall:", articles.len());
    for (least, beyond) in LENGTHS {
        let shorter = |(a, b): &&(String, String)| {
            let count = |id| words.get(id).copied().unwrap_or(0);
            (least..beyond).contains(&count(a).min(count(b)))
        };
        let counted = |set: &BTreeSet<(String, String)>| set.iter().filter(shorter).count();
        let (pairs, all) = (counted(&known), counted(&found));
        let right = found.intersection(&known).filter(shorter).count() as f64;
        println!("{least:>4} {pairs:>6} {:.4} {:.4}", right / all as f64, right / pairs as f64);
    }
    println!("{:.2} ms a scan over all, articles read", seconds * 1e3 / articles.len() as f64);

    for collapse in [true, false] {
        let ranking = Ranking { collapse, ..Ranking::default() };
        let page = Page { limit: DEPTH, ..Page::default() };
        let options = Options { ranking, page, ..Options::default() };
        let (mut repeats, mut hidden) = (Vec::new(), 0);
        for (_, title) in articles.iter().step_by((articles.len() / QUERIES).max(1)).take(QUERIES) {
            let results = search::run(&reader, &query::plain(title), &options)?;
            let stories: Vec<String> = results.hits.iter().map(|hit| story(&hit.article.id)).collect();
            repeats.push(stories.iter().enumerate().map(|(place, own)| stories[..place].contains(own)).collect());
            let under =
                |hit: &search::Hit| hit.copies.iter().filter(|c| story(&c.id) != story(&hit.article.id)).count();
            hidden += results.hits.iter().map(under).sum::<usize>();
        }
        let how = if collapse { "collapsed" } else { "apart" };
        let redundancy = 100.0 * eval::redundancy(&repeats).unwrap_or_default();
        println!("redundancy@{DEPTH} {redundancy:.2} % with copies {how}; {hidden} hidden that are no copies");
    }
    Ok(())
}

fn originals(path: &Path) -> Result<BTreeMap<String, String>, Box<dyn Error + Send + Sync>> {
    let text = std::fs::read_to_string(path)?;
    Ok(text.lines().filter_map(|line| line.split_once('\t')).map(|(a, b)| (a.to_owned(), b.to_owned())).collect())
}

/// The words of each article's body in the archive's first file.
fn words(path: &Path) -> Result<BTreeMap<String, usize>, Box<dyn Error + Send + Sync>> {
    let mut words = BTreeMap::new();
    for line in std::fs::read_to_string(path)?.lines() {
        let article: serde_json::Value = serde_json::from_str(line)?;
        let text = |key: &str| article[key].as_str().unwrap_or_default().to_owned();
        words.insert(text("id"), text("body").split_whitespace().count());
    }
    Ok(words)
}

fn pair(a: String, b: String) -> (String, String) {
    if a < b { (a, b) } else { (b, a) }
}
