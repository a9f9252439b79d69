//! Indexes made by earlier versions of the program can be opened, searched and updated.
//!
//! `tests/fixtures/index-vN` has a small archive in `news`, and in `index` its index of format version N, with a skip
//! and a deleted article: made by running `nutgraf index news --index index --threads 1` twice, with a file deleted in
//! between.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;

use crate::common::{Scratch, copy_folder};
use nutgraf::index::{FORMAT_VERSION, FORMAT_VERSION_OLDEST};

/// A scratch folder with the archive and its index.
fn kept(version: u32) -> Scratch {
    let scratch = Scratch::new();
    let fixture = format!("{}/tests/fixtures/index-v{version}", env!("CARGO_MANIFEST_DIR"));
    copy_folder(Path::new(&fixture), &scratch.root);
    scratch
}

#[test]
fn every_supported_version_opens_and_can_be_updated() {
    for version in FORMAT_VERSION_OLDEST..=FORMAT_VERSION {
        let scratch = kept(version);
        let run = |arguments: &[&str]| scratch.done(arguments, "index");
        assert!(run(&["check", "--full"]).contains("Sound"), "version {version}");
        assert_eq!(run(&["query", "minister", "--ids"]), "w3\n1/chips.html\n");
        assert_eq!(run(&["query", "orchard", "--ids"]), "", "it was deleted");
        assert_eq!(run(&["query", "\"voted down\"", "--count"]), "1\n");
        assert!(run(&["show", "w3"]).contains("The minister of finance resigned over the budget."));
        assert!(run(&["skipped", "--jsonl"]).contains("wire.jsonl"));
        let figures: serde_json::Value = serde_json::from_str(&run(&["stats", "--json"])).unwrap();
        assert_eq!((&figures["articles"], &figures["deleted"]), (&4.into(), &2.into()), "{figures}");
        assert_eq!(figures["format_version"], version);
        scratch.write("news/late.txt", "A late ferry\n\nThe minister came by the late ferry.\n");
        assert_eq!(scratch.report(&["news"], "index")["articles_added"], 1, "what is there is not written again");
        run(&["index", "--quiet", "news"]);
        assert!(run(&["check", "--full"]).contains("Sound"), "version {version}, carried on");
        scratch.done(&["index", "--quiet", "news"], "fresh");
        for query in [&["query", "--jsonl", "ferry minister"][..], &["skipped", "--jsonl"]] {
            assert_eq!(run(query), scratch.done(query, "fresh"), "version {version}: {query:?}");
        }
        run(&["optimize"]);
        assert!(run(&["check", "--full"]).contains("Sound"), "version {version}, merged");
    }
}

#[test]
fn an_older_version_is_reported_and_rebuilt() {
    let scratch = kept(FORMAT_VERSION);
    let path = scratch.root.join("index/nutgraf.json");
    let mut manifest: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    manifest["format_version"] = (FORMAT_VERSION_OLDEST - 1).into();
    manifest.as_object_mut().unwrap().remove("hash");
    fs::write(&path, manifest.to_string()).unwrap();
    let told = scratch.failed(&["query", "minister"], "index");
    assert!(told.contains("format version") && told.contains("`nutgraf index --rebuild`"), "{told}");
    scratch.done(&["index", "--rebuild", "--quiet"], "index");
    assert_eq!(scratch.done(&["query", "minister", "--ids"], "index"), "w3\n1/chips.html\n");
}
