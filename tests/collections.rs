//! Snapshots of the measures on judged collections, which show changes of the ranking.
//!
//! The collections are in the data folder beside the checkout. Without it, the tests are skipped.

#![allow(clippy::print_stderr, reason = "a test that is skipped says so")]

use std::path::Path;

use crate::common::program;

/// Judged collections, of news and of abstracts.
const COLLECTIONS: [&str; 6] = ["time", "npl", "lisa", "cacm", "cisi", "med"];

#[test]
fn measures_on_judged_collections_match_the_snapshots() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    if !data.is_dir() {
        eprintln!("skipped: no data");
        return;
    }
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let folders: Vec<_> = COLLECTIONS.iter().map(|name| data.join(name)).collect();
    let measured = |more: &[&str]| {
        let mut command = program(scratch.path(), &[&["eval", "--indexes", "indexes"], more].concat());
        let out = command.args(&folders).output().expect("the program runs");
        let told = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(out.status.success(), "{told}");
        format!("{}{told}", String::from_utf8(out.stdout).expect("text"))
    };
    insta::assert_snapshot!("judged_collections", measured(&[]));
    insta::assert_snapshot!("judged_collections_without_feedback", measured(&["--no-feedback"]));
    insta::assert_snapshot!("judged_collections_expanded", measured(&["--expand"]));
}
