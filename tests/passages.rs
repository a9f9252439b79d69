//! Passages are true to the articles: offsets refer to the bytes, and highlights are on query words.

use std::collections::BTreeSet;
use std::path::Path;

use nutgraf::analysis::{Language, Languages, Words, tokenize};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::common::run;

/// Words of articles and queries: forms of a stem, compounds, capitals, accents, signs.
const WORDS: &[&str] = &[
    "control", "controls", "controlled", "chip", "chips", "chip-making", "licence", "licences", "café", "cafés", "the",
    "of", "U.S.", "Müller", "export", "exports", "输出管制", "F-16", "don't", "China’s", "10,000", "naïve", "storm",
];

fn nutgraf(folder: &Path, arguments: &[&str]) -> Vec<Value> {
    serde_json::Deserializer::from_str(&run(folder, arguments)).into_iter().map(|value| value.expect("JSON")).collect()
}

fn range(value: &Value) -> std::ops::Range<usize> {
    let bound = |at: usize| value[at].as_u64().expect("a number") as usize;
    bound(0)..bound(1)
}

/// The set of terms of a text.
fn terms(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    tokenize(text, 0..text.len(), 0, Language::default(), &mut Words::default(), &mut |token| {
        found.insert(token.term().to_owned());
    });
    found
}

fn sentence() -> impl Strategy<Value = String> {
    let end = prop::sample::select(vec![". ", "? ", ".\n\n", ".” "]);
    (prop::collection::vec(prop::sample::select(WORDS), 1..20), end).prop_map(|(words, end)| words.join(" ") + end)
}

fn article() -> impl Strategy<Value = (String, String)> {
    (prop::collection::vec(prop::sample::select(WORDS), 0..6), prop::collection::vec(sentence(), 1..30))
        .prop_map(|(title, body)| (title.join(" "), body.concat()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn offsets_give_the_bytes_and_marks_are_on_the_query(
        articles in prop::collection::vec(article(), 1..8),
        words in prop::collection::vec(prop::sample::select(WORDS), 1..4),
    ) {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let lines: Vec<String> = (1..)
            .zip(&articles)
            .map(|(id, (title, body))| json!({"id": format!("a{id}"), "title": title, "body": body}).to_string())
            .collect();
        std::fs::write(folder.path().join("news.jsonl"), lines.join("\n")).expect("written");
        nutgraf(folder.path(), &["index", "news.jsonl", "--quiet", "--json"]);
        let query = words.join(" ");
        let mut table = Words::default();
        let asked: BTreeSet<String> = words
            .iter()
            .flat_map(|word| Languages::default().query_terms(word, true, &mut table).into_iter().flat_map(|(_, terms)| terms).chain(terms(word)))
            .collect();
        let arguments = ["query", "--plain", &query, "--jsonl", "--copies", "--per-article", "3", "-n", "100"];
        for hit in nutgraf(folder.path(), &arguments) {
            let (passage, id) = (&hit["passage"], hit["article"]["id"].as_str().expect("an id"));
            let shown = &nutgraf(folder.path(), &["show", id, "--json"])[0];
            let whole = shown["text"].as_str().expect("a text");
            let bytes = range(&json!([passage["start"], passage["end"]]));
            let text = passage["text"].as_str().expect("a text");
            prop_assert_eq!(whole.get(bytes), Some(text));
            for mark in passage["highlights"].as_array().expect("a list") {
                let marked = text.get(range(mark)).expect("marks lie between characters");
                prop_assert!(!terms(marked).is_disjoint(&asked), "`{}` is marked for `{}`", marked, query);
            }
        }
    }
}
