//! Copies: how many are found, that nothing else is collapsed, and that pages continue.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a test says what it measured, and that it was skipped")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use nutgraf::search;
use serde_json::{Value, json};

use crate::common::{open_index, program};

/// Stories of the synthetic archive; every second one has three copies.
const STORIES: usize = 40;

fn nutgraf(folder: &Path, arguments: &[&str]) -> (String, i32) {
    let out = program(folder, arguments).env("NUTGRAF_INDEX", "index").output().unwrap();
    (String::from_utf8(out.stdout).unwrap(), out.status.code().unwrap())
}

/// Pseudo-random numbers, the same in each run (a linear congruential generator with Knuth's constants).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}

/// Paragraphs of sentences from a small vocabulary, so that stories share words. Each has a name and numbers.
fn paragraphs(numbers: &mut Numbers, story: usize) -> Vec<String> {
    const WORDS: [&str; 24] = [
        "harbour", "council", "vote", "strike", "bridge", "winter", "budget", "minister", "ferry", "school", "storm",
        "mill", "market", "union", "court", "river", "grain", "police", "railway", "doctor", "tax", "village",
        "engine", "museum",
    ];
    let sentence = |numbers: &mut Numbers| {
        let words: Vec<&str> = (0..12).map(|_| WORDS[numbers.below(WORDS.len())]).collect();
        format!("Officials in Place{story} said {} of the {}.", numbers.below(900), words.join(" "))
    };
    (0..5).map(|_| (0..3).map(|_| sentence(numbers)).collect::<Vec<_>>().join(" ")).collect()
}

/// An archive in which `sNN` is a story and `sNN-what` a copy of it.
fn archive(folder: &Path) -> Vec<String> {
    let mut numbers = Numbers(7);
    let mut lines = Vec::new();
    let mut ids = Vec::new();
    let mut add = |id: String, day: usize, source: &str, title: String, body: String| {
        let date = format!("2024-03-{day:02}");
        lines.push(json!({"id": id, "title": title, "date": date, "source": source, "text": body}).to_string());
        ids.push(id);
    };
    for story in 0..STORIES {
        let whole = paragraphs(&mut numbers, story);
        let day = 1 + story % 20;
        let title = |what: &str| format!("{what} at Place{story}");
        add(format!("s{story:02}"), day + 1, "The Wire", title("Officials"), whole.join("\n\n"));
        if story % 2 == 0 {
            let without: Vec<&str> =
                whole.iter().enumerate().filter(|(at, _)| *at != 2).map(|(_, p)| p.as_str()).collect();
            add(format!("s{story:02}-less"), day + 2, "The Post", title("What was said"), without.join("\n\n"));
            let local =
                format!("{}\n\nResidents of the valley were asked too and had little to say.", whole.join("\n\n"));
            add(format!("s{story:02}-local"), day, "Valley News", title("Local words"), local);
            add(format!("s{story:02}-third"), day + 3, "Briefs", title("In short"), whole[..2].join("\n\n"));
        }
    }
    fs::write(folder.join("news.jsonl"), lines.join("\n")).unwrap();
    let (_, status) = nutgraf(folder, &["index", "news.jsonl", "--quiet"]);
    assert_eq!(status, 0);
    ids
}

fn story(id: &str) -> &str {
    id.split('-').next().unwrap()
}

fn hits(folder: &Path, arguments: &[&str]) -> Vec<Value> {
    let (out, _) = nutgraf(folder, arguments);
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn id(hit: &Value) -> String {
    hit["article"]["id"].as_str().unwrap().to_owned()
}

#[test]
fn all_copies_are_found_and_nothing_else() {
    let scratch = tempfile::tempdir().unwrap();
    let ids = archive(scratch.path());
    let reader = open_index(scratch.path());
    let (mut found, mut right, mut known) = (0, 0, 0);
    for one in &ids {
        known += ids.iter().filter(|other| *other != one && story(other) == story(one)).count();
        for list in search::copies(&reader, one, scratch.path()).unwrap() {
            assert_eq!(list.article.id, *one);
            assert!(
                list.copies
                    .windows(2)
                    .all(|pair| pair[0].article.published.map(|p| p.day) <= pair[1].article.published.map(|p| p.day)),
                "{one}"
            );
            found += list.copies.len();
            right += list.copies.iter().filter(|copy| story(&copy.article.id) == story(one)).count();
        }
    }
    assert_eq!(known, 20 * 12);
    assert!(right as f64 >= 0.95 * known as f64, "recall: {right} of {known}");
    assert!(right as f64 >= 0.98 * found as f64, "precision: {right} of {found}");
}

#[test]
fn the_corpus_has_the_copies_that_its_readme_lists() {
    let scratch = tempfile::tempdir().unwrap();
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    nutgraf(scratch.path(), &["index", corpus.to_str().unwrap(), "--quiet"]);
    let reader = open_index(scratch.path());
    let readme = fs::read_to_string(corpus.join("README.md")).unwrap();
    let mut copies = 0;
    for row in readme.lines().filter(|line| line.contains("| `cws-")) {
        let named: BTreeSet<&str> = row.split('`').skip(1).step_by(2).collect();
        for one in &named {
            let lists = search::copies(&reader, one, scratch.path()).unwrap();
            let found: BTreeSet<&str> = lists.iter().flat_map(|l| &l.copies).map(|c| c.article.id.as_str()).collect();
            let others: BTreeSet<&str> = named.iter().copied().filter(|other| other != one).collect();
            assert_eq!(found, others, "copies of {one}");
        }
        copies += named.len() - 1;
    }
    assert_eq!(copies, 36);
}

#[test]
fn collapsed_hits_are_stories_and_hide_nothing_else() {
    let scratch = tempfile::tempdir().unwrap();
    let ids = archive(scratch.path());
    for order in ["relevance", "newest", "oldest"] {
        let all = hits(scratch.path(), &["query", "officials", "--sort", order, "--jsonl", "-n", "1000"]);
        let shown: Vec<String> = all.iter().map(id).collect();
        let stories: BTreeSet<&str> = shown.iter().map(|id| story(id)).collect();
        assert_eq!((shown.len(), stories.len()), (STORIES, STORIES), "{order}");
        let mut seen: BTreeMap<String, String> = BTreeMap::new();
        for hit in &all {
            for copy in hit["copies"].as_array().unwrap() {
                let copy = copy["id"].as_str().unwrap();
                assert_eq!(story(copy), story(&id(hit)), "{order}");
                seen.insert(copy.to_owned(), id(hit));
            }
        }
        assert_eq!(shown.len() + seen.len(), ids.len(), "{order}");
        let (count, _) = nutgraf(scratch.path(), &["query", "officials", "--sort", order, "--count"]);
        assert_eq!(count.trim(), ids.len().to_string());
        let apart = hits(scratch.path(), &["query", "officials", "--sort", order, "--jsonl", "-n", "1000", "--copies"]);
        assert_eq!(apart.len(), ids.len(), "{order}");
        // Each page continues where the last ended.
        let page = |offset: &str| {
            let page = ["query", "officials", "--sort", order, "--ids", "-n", "7", "--offset", offset];
            nutgraf(scratch.path(), &page).0
        };
        let pages: String = ["0", "7", "14", "21", "28", "35", "42"].map(page).concat();
        assert_eq!(pages.lines().collect::<Vec<_>>(), shown, "{order}");
        // The sort order chooses among copies.
        let first = |story: &str| shown.iter().find(|id| id.starts_with(story)).unwrap().clone();
        match order {
            "newest" => assert_eq!(first("s04"), "s04-third"),
            "oldest" => assert_eq!(first("s04"), "s04-local"),
            _ => {}
        }
    }
}

#[test]
fn copies_are_listed_as_text_json_and_ids() {
    let scratch = tempfile::tempdir().unwrap();
    archive(scratch.path());
    let (text, status) = nutgraf(scratch.path(), &["copies", "s04", "--width", "100"]);
    assert_eq!(status, 0);
    insta::assert_snapshot!(text, @"
    Officials at Place4
    2024-03-06 · The Wire · id s04 · news.jsonl#11
     100 % Local words at Place4
           2024-03-05 · Valley News · id s04-local · news.jsonl#13
     100 % What was said at Place4
           2024-03-07 · The Post · id s04-less · news.jsonl#12
     100 % In short at Place4
           2024-03-08 · Briefs · id s04-third · news.jsonl#14
    ");
    let (ids, _) = nutgraf(scratch.path(), &["copies", "s04", "--ids"]);
    assert_eq!(ids, "s04-local\ns04-less\ns04-third\n");
    let (json, _) = nutgraf(scratch.path(), &["copies", "s04", "--json"]);
    let object: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&object["schema"], &object["article"]["id"]), (&json!(1), &json!("s04")));
    assert_eq!(object["copies"][0]["article"]["source"], "Valley News");
    assert_eq!(nutgraf(scratch.path(), &["copies", "s05", "--ids"]), (String::new(), 1));
    assert_eq!(nutgraf(scratch.path(), &["copies", "none"]), (String::new(), 2));
    let (object, _) = nutgraf(scratch.path(), &["query", "place4", "--json", "-n", "1"]);
    let object: Value = serde_json::from_str(&object).unwrap();
    assert_eq!((&object["shown"], &object["total_articles"]), (&json!("best"), &json!(4)));
    assert_eq!(object["hits"][0]["copies"].as_array().unwrap().len(), 3);
    let (object, _) = nutgraf(scratch.path(), &["query", "place4", "--json", "--copies"]);
    let object: Value = serde_json::from_str(&object).unwrap();
    assert_eq!(object.get("shown"), None);
    assert_eq!(object["hits"].as_array().unwrap().len(), 4);
}

#[test]
fn reports_from_one_template_are_not_copies() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/reuters21578/docs.jsonl.gz");
    if !path.exists() {
        eprintln!("skipped: no data");
        return;
    }
    // A fifth would be enough for the measures, but would miss the dates between which there are no copies.
    let reader = std::io::BufReader::new(flate2::read::GzDecoder::new(fs::File::open(path).unwrap()));
    let mut lines = String::new();
    for line in std::io::BufRead::lines(reader) {
        let line = line.unwrap();
        let record: Value = serde_json::from_str(&line).unwrap();
        let body = record["body"].as_str().unwrap_or_default();
        // Earnings, dividends, money market notices: short texts written from templates.
        if (1..600).contains(&body.len()) && (body.contains(" vs ") || body.contains("Federal Reserve")) {
            lines += &line;
            lines.push('\n');
        }
    }
    let scratch = tempfile::tempdir().unwrap();
    fs::write(scratch.path().join("reports.jsonl"), lines).unwrap();
    nutgraf(scratch.path(), &["index", "reports.jsonl", "--quiet"]);
    let reader = open_index(scratch.path());
    let (all, _) = nutgraf(scratch.path(), &["query", "*", "--ids", "--copies", "-n", "100000"]);
    let (mut near, mut far, mut asked) = (0, 0, 0);
    for one in all.lines().step_by(8) {
        asked += 1;
        for list in search::copies(&reader, one, scratch.path()).unwrap() {
            for copy in &list.copies {
                let days = |facts: &search::ArticleFacts| facts.published.map(|p| p.day.day_of_year()).unwrap_or(0);
                // A wire repeats and corrects a report within days; weeks apart, it is another report.
                if (days(&copy.article) - days(&list.article)).abs() <= 3 {
                    near += 1;
                } else {
                    println!("weeks apart: {one} {}", copy.article.id);
                    far += 1;
                }
            }
        }
    }
    println!("{asked} reports asked about, {near} copies within three days, {far} weeks apart");
    assert!(near >= 10, "{near}");
    assert!(far * 100 <= asked, "{far} of {asked}");
}
