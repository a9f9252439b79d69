//! Untrusted text in files, names and arguments never controls the terminal.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::io::{Cursor, Write as _};
use std::path::Path;

use crate::common::program;

/// Clears the screen, sets the title, rings, starts sequences in one byte, overrides and isolates direction, hides.
const EVIL: &str = "\u{1b}[2J\u{1b}]0;x\u{7}\u{9b}1m\u{90}\u{8}\u{7f}\u{202e}\u{2066}\u{2028}\u{200b}";

/// The same as a file name: without slashes and NUL.
fn evil_name(end: &str) -> String {
    format!("evil{EVIL}\r\n{end}")
}

/// Checks the output of a command: the only control characters are line breaks, and colours if enabled; in data, also
/// tabs, and carriage returns before line breaks.
fn check(command: &str, printed: &[u8], color: bool) {
    let text = std::str::from_utf8(printed).unwrap_or_else(|error| panic!("{command}: {error}"));
    for (at, c) in text.char_indices() {
        let rest = &text[at..];
        let own = c == '\n' || rest.starts_with("\r\n") || (color && is_color(rest));
        let bad = (c.is_control() && !own) || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        assert!(!bad, "{command}: {c:?} in {:?}", &text[text[..at].rfind('\n').unwrap_or(0)..]);
    }
}

/// Whether a text begins with a colour sequence.
fn is_color(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("\u{1b}[") else { return false };
    rest.find(|c: char| !c.is_ascii_digit() && c != ';').is_some_and(|end| rest[end..].starts_with('m'))
}

/// An archive with hostile metadata.
fn write_archive(root: &Path) {
    let fact = |name: &str| format!("\"{name}\":{},", serde_json::to_string(&format!("ferry {EVIL} {name}")).unwrap());
    let record = |id: &str| {
        let facts: String = ["title", "source", "byline", "section", "language", "url", "text"].map(fact).concat();
        format!(
            "{{{facts}\"date\":\"2023-01-02\",\"id\":{}}}\n",
            serde_json::to_string(&format!("{id}{EVIL}")).unwrap()
        )
    };
    let news = root.join("news");
    fs::create_dir(&news).unwrap();
    fs::write(news.join("wire.jsonl"), record("1") + &record("2") + "{\"text\": \"\u{1b}[2J\u{9b}\n").unwrap();
    fs::write(news.join("a.txt"), format!("Ferry {EVIL}\n\nThe ferry {EVIL} runs again.\n")).unwrap();
    fs::write(news.join("a.html"), format!("<!doctype html><title>ferry {EVIL}</title><p>The ferry &#27;[2J &#x9b;1m &#x202e; {EVIL} runs again after a winter in the yard.")).unwrap();
    fs::write(
        news.join("a.md"),
        format!("---\ntitle: \"ferry \\e[2J {EVIL}\"\nauthor: \"\\x9b\"\n---\nThe ferry {EVIL} runs.\n"),
    )
    .unwrap();
    fs::write(news.join("a.rtf"), "{\\rtf1 The ferry \\'1b[2J \\u27?[2J \\u155?1m \\u8238? runs again.}").unwrap();
    fs::write(
        news.join("bad.rss"),
        format!(
            "<rss><channel><item><title>ferry {EVIL}</title><description>&#27;[2J{EVIL}</description></item>{}",
            "<a>".repeat(1000)
        ),
    )
    .unwrap();
    // Some file systems refuse such names.
    for (name, bytes) in [("a.txt", "The ferry runs.\n".as_bytes()), ("b.json", b"{"), ("c.bin", b"\0\x01\xFF")] {
        let _ = fs::write(news.join(evil_name(name)), bytes);
    }
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for name in [evil_name("a.txt"), evil_name("b.json"), format!("../{}", evil_name("c.txt"))] {
        archive.start_file(name, options).unwrap();
        archive.write_all(b"{ The ferry runs again.\n").unwrap();
    }
    fs::write(news.join("a.zip"), archive.finish().unwrap().into_inner()).unwrap();
    let mut book = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let href = "a\u{9b}1m\u{202e}.xhtml";
    let package = format!(
        "<package><manifest><item id='a' href='{href}'/></manifest><spine><itemref idref='a'/></spine></package>"
    );
    for (name, text) in [
        ("mimetype", "application/epub+zip"),
        ("META-INF/container.xml", "<rootfile full-path='p.opf'/>"),
        ("p.opf", &*package),
    ] {
        book.start_file(name, options).unwrap();
        book.write_all(text.as_bytes()).unwrap();
    }
    fs::write(news.join("a.epub"), book.finish().unwrap().into_inner()).unwrap();
    fs::write(root.join(evil_name("topics.tsv")), format!("{EVIL}1\tferry {EVIL}\nx\n")).unwrap();
    fs::write(root.join("topics.tsv"), format!("1{EVIL}\tferry {EVIL}\n")).unwrap();
    fs::write(root.join("qrels.txt"), "1 0 a.txt 1\n").unwrap();
    fs::write(root.join("bad-qrels.txt"), format!("1 0 {EVIL}\n")).unwrap();
}

#[test]
fn output_cannot_control_a_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write_archive(root);
    let id = format!("1{EVIL}");
    let (missing, evil_topics) = (evil_name("missing"), evil_name("topics.tsv"));
    let template = format!("{{id}} {{title}} {{location}} {EVIL} {{source}}");
    let word = format!("ferry {EVIL} AND ( \"{EVIL}");
    let commands: &[&[&str]] = &[
        &["index", "news", "--dry-run"],
        &["index", "news"],
        &["index", "news", "--json", "--retry-skipped"],
        &["query", "ferry"],
        &["query", "ferry", "--json"],
        &["query", "ferry", "--jsonl"],
        &["query", "ferry", "--csv"],
        &["query", "ferry", "--ids"],
        &["query", "ferry", "--count"],
        &["query", "ferry", "--compact"],
        &["query", "ferry", "--paths"],
        &["query", "ferry", "--markdown"],
        &["query", "ferry", "--ris"],
        &["query", "ferry", "--bibtex"],
        &["query", "ferry", "--vimgrep"],
        &["query", "ferry", "--per-article", "3", "--context", "1"],
        &["query", "ferry", "--format", &template],
        &["query", "ferry", "--format", EVIL],
        &["query", "ferry", "--language", EVIL],
        &["copies", "a.html", "--compact"],
        &["folders"],
        &["folders", "--json"],
        &["query", "ferry", "--in", "news", "--context", "2"],
        &["query", &word],
        &["query", &word, "--json"],
        &["query", "ferry", "--source", EVIL],
        &["query", "ferry", "--from", EVIL],
        &["query", "ferry", "--limit", EVIL],
        &["query", "ferry", "--index", &missing],
        &["query", "ferry", "--in", &missing],
        &["query", "ferry", &format!("--{EVIL}")],
        &[EVIL],
        &["show", &id, "ferry"],
        &["show", &id, "--json"],
        &["show", "a.html", "ferry"],
        &["show", EVIL],
        &["skipped"],
        &["skipped", "--json"],
        &["skipped", "--jsonl"],
        &["skipped", "--csv"],
        &["stats"],
        &["stats", "--json"],
        &["stats", "--jsonl"],
        &["stats", "--csv"],
        &["formats"],
        &["index", &missing],
        &["index", "news", "--format", EVIL],
        &["index", "news", "--map", EVIL],
        &["index", "news", "--memory", EVIL],
        &["eval", "topics.tsv"],
        &["eval", "topics.tsv", "--qrels", "qrels.txt"],
        &["eval", "topics.tsv", "--qrels", "bad-qrels.txt"],
        &["eval", &evil_topics],
        &["eval", &missing],
        &["completions", EVIL],
    ];
    let mut printed_bytes = 0;
    for arguments in commands {
        for color in ["never", "always"] {
            let colors = if arguments.len() > 1 { vec!["--color", color] } else { Vec::new() };
            let output = program(root, &[arguments, &*colors].concat()).output().unwrap();
            let command = format!("{arguments:?} {color}");
            let code = output.status.code();
            let failed = String::from_utf8_lossy(&output.stderr);
            assert!(matches!(code, Some(0..=3)), "{command}: {code:?} {failed}");
            check(&command, &output.stdout, color == "always");
            check(&command, &output.stderr, color == "always");
            printed_bytes += output.stdout.len() + output.stderr.len();
        }
    }
    assert!(printed_bytes > 10_000, "the commands have printed something: {printed_bytes} bytes");
}
