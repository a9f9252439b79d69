//! Measures how well copies are found and folded, on an archive that names its copies.
//!
//! `copies.tsv` in the archive's folder has a line for each copy: its identifier, a tab, its original's. Make one with
//! `make_archive.py --copies 0.3`, index it, and run
//!
//! ```text
//! cargo bench --bench copies -- ARCHIVE INDEX
//! ```
//!
//! True pairs are each copy with its original and each two copies of one original; found pairs are those of every
//! article with each of its copies in the whole index. Redundancy is the mean share of the first ten hits that are
//! copies of one before, over a hundred headlines as queries, with copies folded and apart.

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

/// Headlines that are asked for.
const QUERIES: usize = 100;

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
    let page = Page { limit: usize::MAX >> 8, ..Page::default() };
    let all = Options { ranking, page, ..Options::default() };
    let all = search::run(&reader, &query::parse("*").query, &all)?;
    let articles: Vec<(String, String)> = all.hits.into_iter().map(|hit| (hit.article.id, hit.article.title)).collect();
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
    let known: usize = stories.values().map(|s| s.len() * (s.len() - 1) / 2).sum();
    let right = found.iter().filter(|(a, b)| story(a) == story(b)).count();
    for (a, b) in found.iter().filter(|(a, b)| story(a) != story(b)).take(10) {
        println!("no copies: {a} {b}");
    }
    println!("{} articles, {known} pairs, {} found, {right} of them right", articles.len(), found.len());
    println!("precision {:.4}, recall {:.4}", right as f64 / found.len() as f64, right as f64 / known as f64);
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

fn pair(a: String, b: String) -> (String, String) {
    if a < b { (a, b) } else { (b, a) }
}
