//! Output options, which are the same for all commands; pages, numbers of hits, and the configuration file.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::Output;

use serde_json::Value;

use crate::common::{Scratch, program};

const WIRE: &str = r#"{"id":"w1","title":"Ferry strike ends","date":"2021-03-04","source":"Capital Wire","section":"Travel","byline":"Ann Lee, Tom Reed","language":"en","url":"https://wire.example/1","text":"The ferry strike ended on Monday after the harbour council met the union in the old customs house."}
{"id":"w2","title":"Ferry fares rise","date":"2021-03-05","source":"Harbour Post","section":"Money","language":"en","text":"Ferry fares rise in April, the company said on Friday, by a tenth for cars and by a fifth for coaches."}
{"id":"w3","title":"Fähre steht still","date":"2021-03-06","source":"Seeblatt","section":"Reise","language":"de","text":"Die Ferry steht seit Montag still, weil ein Kabel gerissen ist und die Werft erst im Mai ein neues liefert."}
{"id":"w4","title":"","text":""}
"#;

fn indexed() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("news/wire.jsonl", WIRE);
    scratch.write("news/story.txt", "Ferry story\n\nA line before it.\nThe ferry\nruns again on Sunday.\n");
    scratch.done(&["index", "--quiet", "news"], "index");
    scratch
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Number of lines, each of which must be an object.
fn objects(text: &str) -> usize {
    text.lines().filter(|line| json(line).is_object()).count()
}

#[test]
fn json_is_one_object_and_jsonl_one_a_line_everywhere() {
    let scratch = indexed();
    for (arguments, rows) in [
        (&["query", "ferry"][..], 4),
        (&["similar", "w1"], 0),
        (&["copies", "w1"], 0),
        (&["show", "w1"], 1),
        (&["skipped"], 1),
        (&["folders"], 1),
        (&["stats"], 14),
    ] {
        let run = |form: &str| scratch.done(&[arguments, &[form]].concat(), "index");
        assert!(json(&run("--json")).is_object(), "{arguments:?}");
        let lines = objects(&run("--jsonl"));
        assert!(if rows == 14 { lines >= rows } else { lines == rows }, "{arguments:?}: {lines} lines");
        let table = run("--csv");
        assert_eq!(csv::Reader::from_reader(table.as_bytes()).records().count(), lines, "{table}");
    }
    for arguments in [
        &["timeline", "ferry", "--with", "strike"][..],
        &["facets", "ferry"],
        &["terms", "strike"],
        &["terms", "--prefix", "fer"],
    ] {
        let run = |form: &str| scratch.done(&[arguments, &[form]].concat(), "index");
        assert!(json(&run("--json")).is_object(), "{arguments:?}");
        let (lines, table) = (objects(&run("--jsonl")), run("--csv"));
        let rows = csv::Reader::from_reader(table.as_bytes()).records().count();
        let series = if arguments[0] == "timeline" { 2 } else { 1 };
        assert!(rows > 0 && lines == rows * series, "{arguments:?}: {lines} lines, {rows} rows");
    }
    assert_eq!(json(&scratch.done(&["query", "ferry", "--count", "--json"], "index"))["total_articles"], 4);
    assert_eq!(scratch.done(&["skipped", "--count"], "index"), "1\n");
    let long = format!("Ferries\n\n{}", "The ferry sails at noon and lands at one, the captain said. ".repeat(60));
    scratch.write("news/long.txt", long);
    scratch.done(&["index", "--quiet"], "index");
    let hits = scratch.done(&["query", "ferry", "--jsonl", "--per-article", "2"], "index");
    let ranks: Vec<u64> = hits.lines().map(|line| json(line)["rank"].as_u64().unwrap()).collect();
    assert!(ranks.len() == 6 && ranks.is_sorted() && ranks.last() == Some(&5), "{ranks:?}");
}

#[test]
fn every_list_has_every_form() {
    let scratch = indexed();
    let forms =
        ["--json", "--jsonl", "--csv", "--markdown", "--ris", "--bibtex", "--ids", "--paths", "--compact", "--vimgrep"];
    for arguments in [&["query", "ferry"][..], &["show", "w1"], &["similar", "w1"], &["copies", "w1"]] {
        for form in forms.iter().copied().chain(["--format={id}"]) {
            scratch.done(&[arguments, &[form]].concat(), "index");
        }
        for form in ["--jsonl", "--markdown", "--ris", "--bibtex", "--ids", "--paths", "--format={id}"] {
            let printed = scratch.done(&[arguments, &[form, "-0"]].concat(), "index");
            assert!(printed.is_empty() || printed.ends_with('\0'), "{arguments:?} {form}: {printed:?}");
        }
    }
    let saved = |arguments: &[&str]| {
        let mut command = scratch.command(&[&["saved"], arguments].concat(), "index");
        let output = command.env("XDG_STATE_HOME", scratch.root.join("state")).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    for (form, expected) in [("--ids", "w2\nw1\n"), ("--count", "2\n"), ("--format={id}", "w2\nw1\n")] {
        saved(&["add", "wire", "\"ferry strike\" OR fares"]);
        assert_eq!(saved(&["run", "wire", form]), expected);
    }
}

#[test]
fn limits_are_reported() {
    let scratch = Scratch::new();
    scratch.write("news/long.txt", format!("Mor\n\n{}", "zab kel ".repeat(2000)));
    scratch.done(&["index", "--quiet", "news"], "index");
    for command in ["query", "timeline"] {
        let told = |query: &str| String::from_utf8(scratch.run(&[command, query], "index").stderr).unwrap();
        assert!(told("(zab w/1000 kel) w/9 mor").contains("not all of them were compared"), "{command}");
        assert!(!told("zab w/5 kel").contains("compared"), "{command}");
    }
}

#[test]
fn lists_and_citations_name_each_article_once() {
    let scratch = indexed();
    let run = |form: &[&str]| scratch.done(&[&["query", "ferry strike", "-n", "2"], form].concat(), "index");
    assert!(run(&["--ids"]).starts_with("w1\n"));
    assert_eq!(run(&["--ids", "-0"]).matches('\0').count(), 2);
    assert_eq!(scratch.done(&["query", "ferry", "--paths"], "index").lines().count(), 2);
    assert!(run(&["--compact"]).starts_with(" 1  2021-03-04  Capital Wire  "));
    assert!(run(&["--format", "{date}|{source}|{id}"]).starts_with("2021-03-04|Capital Wire|w1\n"));
    let ris = run(&["--ris"]);
    assert_eq!(ris.matches("\r\nER  - \r\n").count(), 2, "{ris}");
    assert!(ris.starts_with("TY  - NEWS\r\nTI  - Ferry strike ends\r\nAU  - Ann Lee\r\nAU  - Tom Reed\r\n"), "{ris}");
    assert_eq!(run(&["--bibtex"]).matches("\n}\n").count(), 2);
    assert!(
        run(&["--markdown"]).contains("\n— *Ferry strike ends*, Ann Lee, Tom Reed, Capital Wire, 2021-03-04, <https")
    );
    assert!(scratch.done(&["show", "w1", "--bibtex"], "index").contains("author = {Ann Lee and Tom Reed}"));
    let lines = scratch.done(&["query", "runs again", "--vimgrep", "-n", "1"], "index");
    assert!(lines.starts_with("news/story.txt:3:1:A line before it."), "{lines}");
    let wrong = scratch.failed(&["query", "ferry", "--format", "{titel}"], "index");
    assert!(wrong.contains("`{titel}`") && wrong.contains("title"), "{wrong}");
}

#[test]
fn filters_repeat_and_negate_and_unknown_names_are_reported() {
    let scratch = indexed();
    let count =
        |options: &[&str]| scratch.done(&[&["query", "ferry", "--count"], options].concat(), "index").trim().to_owned();
    for (options, expected) in [
        (&["--source", "capital wire", "--source", "seeblatt"][..], "2"),
        (&["--not-source", "seeblatt"], "3"),
        (&["--language", "German"], "1"),
        (&["--not-language", "de"], "3"),
        (&["--section", "travel", "--section", "money"], "2"),
        (&["--not-section", "travel"], "3"),
        (&["--date", "2021-03-05..2021-03-06"], "2"),
        (&["--date", "2021-03-04"], "1"),
        (&["--date", "..2021-03-05"], "2"),
    ] {
        assert_eq!(count(options), expected, "{options:?}");
    }
    let told = |options: &[&str]| {
        let output = scratch.run(&[&["query", "ferry"], options].concat(), "index");
        String::from_utf8(output.stderr).unwrap()
    };
    let language = told(&["--language", "Klingon"]);
    assert!(language.contains("no article has the language `Klingon`; the archive has `en`"), "{language}");
    let source = told(&["--source", "Gazette"]);
    assert!(source.contains("`Gazette`; the archive has `Capital Wire`, `Harbour Post` and `Seeblatt`"), "{source}");
    let section = told(&["--section", "Weather"]);
    assert!(section.contains("no article has the section `Weather`; the archive has "), "{section}");
    assert!(section.contains("ravel`") && section.contains("oney`"), "{section}");
}

#[test]
fn command_line_options_override_the_configuration_file() {
    let scratch = indexed();
    scratch.write("config", "# one option a line\n--limit=1\n--compact\n@fares=fares -strike\n");
    let run = |arguments: &[&str]| -> Output {
        let mut command = program(&scratch.root, &[arguments, &["--index", "index"]].concat());
        command.env("NUTGRAF_CONFIG", "config").output().unwrap()
    };
    let text = |arguments: &[&str]| String::from_utf8(run(arguments).stdout).unwrap();
    assert_eq!(text(&["query", "ferry"]).lines().count(), 1);
    assert_eq!(text(&["query", "ferry", "-n", "3"]).lines().count(), 3);
    assert_eq!(text(&["query", "ferry", "--ids", "--no-config"]).lines().count(), 4);
    assert_eq!(text(&["query", "@fares", "--ids"]), "w2\n");
    scratch.write("config", "--limt=1\n");
    let failed = run(&["query", "ferry"]);
    assert_eq!(failed.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&failed.stderr).contains("--limt=1"));
}

/// Runs a command line in a terminal, if the system has `script`. Returns its output.
#[cfg(target_os = "linux")]
fn in_terminal(scratch: &Scratch, line: &str) -> Option<String> {
    let mut command = std::process::Command::new("script");
    command
        .args(["-qec", line, "/dev/null"])
        .current_dir(&scratch.root)
        .env("XDG_STATE_HOME", scratch.root.join("state"));
    command.env("TERM", "xterm").env("NUTGRAF_INDEX", "index").env_remove("NUTGRAF_PAGER").env_remove("PAGER");
    command.stdin(std::process::Stdio::null());
    let output = command.output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(target_os = "linux")]
#[test]
fn numbers_mean_hits_of_this_terminal_and_long_text_goes_through_the_pager() {
    let scratch = indexed();
    let nutgraf = env!("CARGO_BIN_EXE_nutgraf");
    let ask = format!("{nutgraf} query --no-pager --color never ferry strike");
    let Some(told) = in_terminal(&scratch, &format!("{ask} && {nutgraf} show 1 --color never --no-pager")) else {
        return;
    };
    assert!(told.contains("4 of 4 articles"), "{told}");
    assert!(told.contains("hit 1 of `ferry strike`") && told.matches("Ferry strike ends").count() == 2, "{told}");
    let other = in_terminal(&scratch, &format!("PAGER='sed s/^/>/' {nutgraf} query --color never ferry")).unwrap();
    assert!(other.lines().filter(|line| line.starts_with('>')).count() > 8, "{other}");
    // Piped output is not paged, and does not count as shown in a terminal.
    let piped = in_terminal(&scratch, &format!("PAGER='sed s/^/>/' {nutgraf} query ferry | cat")).unwrap();
    assert!(!piped.contains('>'), "{piped}");
}
