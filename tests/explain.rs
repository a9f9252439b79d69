//! Explanations are true: parts add up to scores, expansion does not add articles that the query excludes, and similar
//! articles are neither the article itself nor its copies.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::Value;
use std::collections::BTreeSet;

use crate::common::{program, run_in_repository};

/// The sample archive, indexed.
struct Corpus(tempfile::TempDir);

impl Corpus {
    fn indexed() -> Self {
        let corpus = Self(tempfile::tempdir().unwrap());
        corpus.run(&["index", "corpus", "--quiet"]);
        corpus
    }

    fn run(&self, arguments: &[&str]) -> (String, String) {
        run_in_repository(self.0.path(), arguments)
    }

    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.run(&[arguments, &["--json"]].concat()).0).unwrap()
    }

    fn ids(&self, arguments: &[&str]) -> Vec<String> {
        self.run(&[arguments, &["--ids"]].concat()).0.lines().map(str::to_owned).collect()
    }
}

fn sum(parts: &Value) -> f64 {
    parts.as_array().unwrap().iter().map(|part| part["score"].as_f64().unwrap()).sum()
}

#[test]
fn the_parts_of_a_score_add_up_to_it() {
    let corpus = Corpus::indexed();
    let mut seen = 0;
    for query in [
        &["query", "export controls"][..],
        &["query", "lab closures", "--no-feedback"],
        &["query", "lab closures china", "--expand"],
        &["query", "\"export controls\" chip* -poultry", "--recency", "1y"],
        &["query", "sanctions", "--copies", "--offset", "3"],
        &["query", "=lab closures", "--sort", "newest"],
        &["query", "storm AND homes", "--per-article", "2"],
    ] {
        let found = corpus.json(&[query, &["--explain", "--limit", "20"]].concat());
        let hits = found["hits"].as_array().unwrap();
        for (place, hit) in hits.iter().enumerate() {
            let explanation = &hit["explanation"];
            let score = hit["score"].as_f64().unwrap();
            let whole = sum(&explanation["parts"]) * explanation["recency"].as_f64().unwrap_or(1.0);
            // Each value is rounded to four decimals.
            assert!((whole - score).abs() < 0.01, "{query:?}: {whole} is not {score}");
            assert_eq!(explanation["recency"].is_null(), !query.contains(&"--recency"), "{query:?}");
            if let Some(next) = hits.get(place + 1).filter(|next| next["article"] != hit["article"])
                && !query.contains(&"newest")
            {
                let difference = score - next["score"].as_f64().unwrap();
                assert!((sum(&explanation["above_next"]) - difference).abs() < 0.01, "{query:?} {place}");
            }
            seen += 1;
        }
    }
    assert!(seen > 80, "{seen} hits");
    let (text, _) = corpus.run(&["query", "export controls", "--explain", "--limit", "1"]);
    assert!(text.contains("score ") && text.contains("above the next by "), "{text}");
}

#[test]
fn feedback_brings_in_articles_when_asked_and_none_that_the_query_forbids() {
    let corpus = Corpus::indexed();
    let found = |words: &str, more: &[&str]| -> BTreeSet<String> {
        let options = ["query", words, "--copies", "--limit", "1000"];
        corpus.ids(&[&options, more].concat()).into_iter().collect()
    };
    let (bare, expanded) = (found("lab closures", &[]), found("lab closures", &["--expand"]));
    assert!(bare.is_subset(&expanded) && bare.len() < expanded.len(), "{} and {}", bare.len(), expanded.len());
    for words in ["\"export controls\"", "chips AND china", "title:TikTok", "=sanctions", "chip*", "storm OR flood"] {
        assert_eq!(found(words, &["--expand"]), found(words, &[]), "{words}");
    }
    let (with, without) = (found("shanghai", &[]), found("lab closures -shanghai", &["--expand"]));
    assert!(!with.is_empty() && with.is_disjoint(&without));
    assert!(without.len() > found("lab closures -shanghai", &[]).len(), "it brings in others");
    let dated = corpus.json(&["query", "lab closures", "--expand", "--from", "2025", "--limit", "1000"]);
    for hit in dated["hits"].as_array().unwrap() {
        assert!(hit["article"]["published"].as_str().unwrap() >= "2025", "{hit}");
    }
    let words = dated["expanded_with"].as_array().unwrap();
    assert!(words.len() > 10 && !words.contains(&"lab".into()), "{words:?}");
    let (_, told) = corpus.run(&["query", "lab closures", "--expand"]);
    assert!(told.contains("expanded with: "), "{told}");
    assert!(!corpus.run(&["query", "lab closures"]).1.contains("expanded with"));
}

#[test]
fn an_article_that_was_brought_in_is_shown_for_the_words_that_did_it() {
    let corpus = Corpus::indexed();
    let bare: BTreeSet<String> =
        corpus.ids(&["query", "lab closures", "--copies", "--limit", "1000"]).into_iter().collect();
    let options = ["query", "lab closures", "--expand", "--copies", "--limit", "1000"];
    let hits = corpus.ids(&options);
    let (text, _) = corpus.run(&[&options[..], &["--color", "always"]].concat());
    let shown: Vec<&str> = text.split("\n\n").collect();
    assert_eq!(shown.len(), hits.len());
    let brought: Vec<&str> = hits.iter().zip(shown).filter(|(id, _)| !bare.contains(*id)).map(|(_, hit)| hit).collect();
    assert!(!brought.is_empty());
    for hit in brought {
        assert!(hit.contains("\x1b[1;31m"), "nothing is marked, in headline or passage: {hit}");
    }
}

#[test]
fn similar_articles_are_neither_the_article_nor_its_copies() {
    let corpus = Corpus::indexed();
    let id = corpus.ids(&["query", "amazon shanghai laboratory", "--limit", "1"]).pop().unwrap();
    let mut own: BTreeSet<String> = corpus.ids(&["copies", &id]).into_iter().collect();
    assert!(own.len() >= 2, "the story ran elsewhere too");
    own.insert(id.clone());
    let similar = corpus.ids(&["similar", &id, "--copies", "--limit", "1000"]);
    assert!(similar.len() >= 10);
    assert!(similar.iter().all(|other| !own.contains(other)), "{similar:?}");

    // The same text from a file has the same similar articles, and is found in the index.
    let (text, _) = corpus.run(&["show", &id, "--json"]);
    let text: Value = serde_json::from_str(&text).unwrap();
    let file = corpus.0.path().join("story.txt");
    std::fs::write(&file, text["text"].as_str().unwrap()).unwrap();
    let like_file = corpus.ids(&["similar", file.to_str().unwrap(), "--limit", "5"]);
    assert!(like_file.iter().all(|other| !own.contains(other)), "{like_file:?}");
    assert_eq!(like_file[0], corpus.ids(&["similar", &id, "--limit", "1"])[0]);
    assert!(!corpus.json(&["similar", &id])["similar_by"].as_array().unwrap().is_empty());

    let missing = program(corpus.0.path(), &["similar", "no-such-article", "--index", "index"]).output().unwrap();
    assert_eq!(missing.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&missing.stderr).contains("no-such-article"));
}
