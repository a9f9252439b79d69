//! Reading options: forced formats, formats read again, external programs.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::os::unix::fs::PermissionsExt;

use crate::common::Scratch;

const STORY: &str = "Ferry strike ends\n\nThe harbour council said on Monday that the ferries sail again.\n";

/// An archive with a text, a feed with one record, and a file in an unknown format.
fn archive() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("news/story.txt", STORY);
    scratch.write("news/wire.jsonl", "{\"id\":\"n1\",\"title\":\"Tariff\",\"text\":\"The tariff on chips rises.\"}\n");
    scratch.write("news/page.djvu", b"AT&TFORM\0\0\x01\0DJVM sealed");
    scratch
}

#[test]
fn formats_that_are_named_are_read_again_and_no_others() {
    let scratch = archive();
    scratch.report(&["news"], "index");
    assert_eq!(scratch.report(&["news"], "index")["read"], 0);
    let again = scratch.report(&["news", "--reread", "jsonl"], "index");
    assert_eq!((&again["read"], &again["articles_added"]), (&1.into(), &0.into()), "{again}");
    let both = scratch.report(&["news", "--reread", "jsonl,text"], "index");
    assert_eq!((&both["read"], &both["articles_added"]), (&2.into(), &0.into()), "{both}");
    let error = scratch.failed(&["index", "news", "--reread", "wordstar"], "index");
    assert!(error.contains("wordstar") && error.contains("jsonl"), "{error}");
    scratch.assert_like_fresh("index", "after reading again");
}

#[test]
fn what_was_skipped_is_tried_again_when_asked_for() {
    let scratch = archive();
    assert_eq!(scratch.report(&["news"], "index")["skips_total"], 1);
    assert_eq!(scratch.report(&["news", "--retry-skipped"], "index")["read"], 1);
    assert_eq!(scratch.report(&["news"], "index")["read"], 0);
    scratch.assert_like_fresh("index", "after another try");
}

#[test]
fn a_program_gives_the_text_of_formats_that_are_not_read() {
    let scratch = archive();
    let program = scratch.root.join("djvu to text");
    // The script logs its arguments, and fails on a file that says so.
    let script = "#!/bin/sh\necho \"$@\" >> calls\ngrep -q broken \"$2\" && { echo 'no pages' >&2; exit 3; }\n\
                  printf 'Orchard closes\\n\\nThe orchard at the harbour closes for good.\\n'\n";
    std::fs::write(&program, script).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let asked = |index: &str| scratch.done(&["query", "--ids", "orchard"], index);

    // Off by default.
    assert_eq!(scratch.report(&["news"], "index")["skips_total"], 1);
    assert_eq!(asked("index"), "");

    let option = format!("djvu='{}' -page {{}}", program.display());
    let report = scratch.report(&["news", "--extract", &option], "index");
    assert_eq!((&report["read"], &report["articles_added"]), (&1.into(), &1.into()), "{report}");
    assert_eq!(report["skips_total"], 0, "{report}");
    assert_eq!(asked("index").trim(), "page.djvu");
    let calls = std::fs::read_to_string(scratch.root.join("calls")).unwrap();
    assert!(calls.starts_with("-page ") && calls.trim().ends_with("news/page.djvu"), "{calls}");
    // Its articles are kept when a later run does not name it, and it is not run again.
    assert_eq!(scratch.report(&["news"], "index")["read"], 0);
    assert_eq!(scratch.report(&["news", "--extract", &option], "index")["read"], 0);

    // Shell syntax in a name has no effect. A program that fails only loses its file, and its message is reported.
    scratch.write("news/$(touch pwned); touch pwned.djvu", "sealed");
    scratch.write("news/torn.djvu", "broken");
    let report = scratch.report(&["news", "--extract", &option], "index");
    assert_eq!((&report["articles_added"], &report["skips_total"]), (&1.into(), &1.into()), "{report}");
    let told = scratch.done(&["skipped"], "index");
    assert!(told.contains("torn.djvu") && told.contains("no pages"), "{told}");
    assert!(!scratch.root.join("pwned").exists() && !scratch.root.join("news/pwned").exists());

    let missing = scratch.report(&["news", "--extract", "djvu=no-such-program"], "other");
    assert_eq!(missing["skips_total"], 3, "{missing}");
    let error = scratch.failed(&["index", "news", "--extract", "djvu"], "other");
    assert!(error.contains("EXT=COMMAND"), "{error}");
}

#[test]
fn a_format_that_is_forced_is_taken_for_what_it_is() {
    let scratch = Scratch::new();
    scratch.write(
        "news/page.txt",
        "<html><body><article><h1>Ferry</h1><p>The ferry sails again, the harbour council said on Monday.</p></article></body></html>",
    );
    let forced = scratch.report(&["news", "--format", "text"], "text");
    assert_eq!(forced["formats"]["text"]["articles"], 1, "{forced}");
    assert!(scratch.done(&["query", "ferry"], "text").contains("<h1>"));
    let page = scratch.report(&["news", "--format", "html"], "html");
    assert_eq!(page["formats"]["html"]["articles"], 1, "{page}");
    assert!(!scratch.done(&["query", "ferry"], "html").contains("<h1>"));
}
