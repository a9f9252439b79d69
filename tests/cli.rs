//! Snapshots of commands on a scratch archive: the whole output and the exit status.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use insta::assert_snapshot;

use crate::common::{self, program};

/// A scratch folder in which the program runs, 80 columns wide.
struct Scratch(common::Scratch);

impl std::ops::Deref for Scratch {
    type Target = common::Scratch;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl Scratch {
    fn new() -> Self {
        Self(common::Scratch::new())
    }

    /// A small archive in `news`.
    fn archive() -> Self {
        let scratch = Self::new();
        scratch.write("news/wire.jsonl", WIRE);
        scratch.write("news/harbour.md", HARBOUR);
        scratch.write("news/gazette/ferry.html", FERRY);
        scratch.write("news/gazette/2023-03-02-orchard.txt", ORCHARD);
        scratch
    }

    /// The small archive with its index.
    fn indexed() -> Self {
        let scratch = Self::archive();
        scratch.run(&["index", "news", "--quiet"]);
        scratch
    }

    fn command(&self, arguments: &[&str]) -> Command {
        program(&self.root, &[&["--width", "80"], arguments].concat())
    }

    fn output(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// The output and exit status of a command.
    fn run(&self, arguments: &[&str]) -> String {
        self.told(&self.output(arguments))
    }

    /// As [`run`](Self::run), with standard input.
    fn run_with(&self, arguments: &[&str], input: &str) -> String {
        let mut command = self.command(arguments);
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        self.told(&child.wait_with_output().unwrap())
    }

    fn told(&self, output: &Output) -> String {
        let mut told = String::from_utf8(output.stdout.clone()).unwrap();
        let messages = String::from_utf8(output.stderr.clone()).unwrap();
        if !messages.is_empty() {
            told += &format!("--- stderr\n{messages}");
        }
        told += &format!("--- exit {}\n", output.status.code().map_or("by signal".into(), |code| code.to_string()));
        told.replace(&*self.root.to_string_lossy(), "[ROOT]")
    }
}

/// Runs a snapshot test with filters for what differs between machines.
macro_rules! check {
    ($told:expr, @$expected:literal) => {
        insta::with_settings!({filters => vec![
            (r"in \d+(\.\d+)? (ms|s|min)\b", "in [TIME]"),
            (r#""seconds": ?[0-9.e-]+"#, r#""seconds":[TIME]"#),
            (r#""score": ?\d+\.\d+"#, r#""score":[SCORE]"#),
            (r"(?m)^(\d+),\d+\.\d{4},", "$1,[SCORE],"),
        ]}, { assert_snapshot!($told, @$expected) });
    };
}

const WIRE: &str = r#"{"id":"cw-1","title":"Chip export controls tightened","date":"2023-10-17","source":"Capital Wire","byline":"Ann Lee","section":"Technology","language":"en","text":"Washington tightened its export controls on chips on Tuesday. The rules close a gap that slower models had used.\n\nShares of two makers fell."}
{"id":"cw-2","title":"Potato chips recalled","date":"2022-05-01","source":"Capital Wire","text":"A maker of potato chips recalled four brands on Sunday after metal was found in a fryer. No one was hurt."}
{"id":"cw-3","title":"Gallium now needs a licence","date":"2023-07-04T10:15:00Z","source":"Capital Wire","url":"https://wire.example/gallium","text":"China will require export licences for gallium from August. Chip makers said that they had stocks for half a year."}
"#;

const HARBOUR: &str = "---\ntitle: Port crane falls silent\ndate: 2024-02-11\nauthor: Tom Reed\nsource: Harbour Chronicle\n---\n\nThe largest crane of the port has stood still since Friday. Dockers blame a worn cable, which was to be \
replaced in May.\n\nExport of cars goes on by the old quay.\n";

const FERRY: &str = "<!doctype html><html lang=en><head><title>Ferry runs again | Valley Gazette</title>\
<meta property=\"og:site_name\" content=\"Valley Gazette\"><meta property=\"article:published_time\" content=\"2021-09-30T08:00:00Z\"></head>\
<body><nav><a href=/>Home</a></nav><article><h1>Ferry runs again</h1><p>The ferry across the lake runs again after a winter in the yard. \
It carries forty cars and, for the first time, bicycles without a charge.</p><p>Its captain, who had been ill, was at the wheel.</p></article></body></html>";

const ORCHARD: &str = "Frost takes half of the blossom\n2 March 2023\n\nGrowers in the valley lost half of the blossom in one night of frost. \
They ask for help with the cost of water that is sprayed to keep buds from freezing.\n";

#[test]
fn a_first_session() {
    let scratch = Scratch::archive();
    check!(scratch.run(&["index", "news"]), @"
    --- stderr
    Indexed 6 articles from 4 files (1.8 kB) in [TIME]
      html      1 file   1 article  0 skips
      jsonl     1 file  3 articles  0 skips
      markdown  1 file   1 article  0 skips
      text      1 file   1 article  0 skips
    --- exit 0
    ");
    check!(scratch.run(&["query", "export", "controls"]), @"
     1  Chip export controls tightened
        2023-10-17 · Capital Wire · Ann Lee · id cw-1 · news/wire.jsonl#1
        Washington tightened its export controls on chips on Tuesday. The rules
        close a gap that slower models had used. Shares of two makers fell.

     2  Gallium now needs a licence
        2023-07-04 · Capital Wire · id cw-3 · news/wire.jsonl#3
        China will require export licences for gallium from August. Chip makers said
        that they had stocks for half a year.

     3  Port crane falls silent
        2024-02-11 · Harbour Chronicle · Tom Reed · news/harbour.md
        The largest crane of the port has stood still since Friday. Dockers blame a
        worn cable, which was to be replaced in May. Export of cars goes on by the
        old quay.
    --- exit 0
    ");
    check!(scratch.run(&["show", "cw-1", "export", "controls"]), @"
    Chip export controls tightened
    2023-10-17 · Capital Wire · Ann Lee · Technology · en
    id cw-1 · news/wire.jsonl#1

    Washington tightened its export controls on chips on Tuesday. The rules close a
    gap that slower models had used.

    Shares of two makers fell.
    --- exit 0
    ");
    check!(scratch.run(&["skipped"]), @"
    --- stderr
    nothing was skipped
    --- exit 0
    ");
}

#[test]
fn one_command_indexes_and_queries() {
    let scratch = Scratch::archive();
    check!(scratch.run(&["query", "chips", "-potato", "--in", "news", "--ids"]), @"
    cw-1
    cw-3
    --- exit 0
    ");
    check!(scratch.run(&["query", "--in", "news/gazette", "--count", "--", "ferry"]), @"
    1
    --- exit 0
    ");
}

#[test]
fn hits_as_data() {
    let scratch = Scratch::indexed();
    check!(scratch.run(&["query", "gallium", "--json"]), @r#"
    {"schema":1,"query":"gallium","total_articles":1,"shown":"best","hits":[
    {"rank":1,"score":[SCORE],"passage":{"ordinal":0,"start":29,"end":143,"text":"China will require export licences for gallium from August. Chip makers said that they had stocks for half a year.","highlights":[[39,46]]},"article":{"id":"cw-3","location":"news/wire.jsonl#3","title":"Gallium now needs a licence","published":"2023-07-04","published_from":"metadata","source":"Capital Wire","language":"en","path":"news/wire.jsonl","record":3,"url":"https://wire.example/gallium"},"copies":[]}]}
    --- exit 0
    "#);
    check!(scratch.run(&["query", "export", "-n1", "--jsonl"]), @r#"
    {"rank":1,"score":[SCORE],"passage":{"ordinal":0,"start":32,"end":172,"text":"Washington tightened its export controls on chips on Tuesday. The rules close a gap that slower models had used.\n\nShares of two makers fell.","highlights":[[25,31]]},"article":{"id":"cw-1","location":"news/wire.jsonl#1","title":"Chip export controls tightened","published":"2023-10-17","published_from":"metadata","source":"Capital Wire","byline":"Ann Lee","section":"Technology","language":"en","path":"news/wire.jsonl","record":1},"copies":[]}
    --- exit 0
    "#);
    check!(scratch.run(&["query", "crane", "--csv"]).replace('\r', "␍"), @r#"
    rank,score,id,title,published,source,path,record,ordinal,start,end,text,copies␍
    1,[SCORE],harbour.md,Port crane falls silent,2024-02-11,Harbour Chronicle,news/harbour.md,1,0,25,186,"The largest crane of the port has stood still since Friday. Dockers blame a worn cable, which was to be replaced in May.

    Export of cars goes on by the old quay.",0␍
    --- exit 0
    "#);
    check!(scratch.run(&["query", "export OR ferry", "--ids", "--sort", "oldest"]), @"
    gazette/ferry.html
    cw-3
    cw-1
    harbour.md
    --- exit 0
    ");
    check!(scratch.run(&["query", "export", "--count"]), @"
    3
    --- exit 0
    ");
    check!(scratch.run(&["query", "nowhere", "--count"]), @"
    0
    --- stderr
    note: no article contains `nowhere`
    --- exit 1
    ");
    check!(scratch.run(&["query", "nowhere", "--json"]), @r#"
    {"schema":1,"query":"nowhere","total_articles":0,"shown":"best","hits":[]}
    --- stderr
    note: no article contains `nowhere`
    --- exit 1
    "#);
}

#[test]
fn filters_and_pages() {
    let scratch = Scratch::indexed();
    let ids =
        |arguments: &[&str]| scratch.run(&[&["query", "export", "--ids", "--sort", "newest"], arguments].concat());
    check!(ids(&["--from", "2023", "--to", "2023"]), @"
    cw-1
    cw-3
    --- exit 0
    ");
    check!(ids(&["--source", "harbour"]), @"
    harbour.md
    --- exit 0
    ");
    check!(ids(&["--limit", "1", "--offset", "1"]), @"
    cw-1
    --- exit 0
    ");
    check!(scratch.run(&["query", "export", "--offset", "9"]), @"
    --- stderr
    3 articles found; `--offset` is past the last hit
    --- exit 1
    ");
}

#[test]
fn newer_articles_come_first_when_asked_for() {
    let scratch = Scratch::new();
    let text = "The ferry runs again.";
    let article =
        |id: &str, day: &str, text: &str| format!("{{\"id\":\"{id}\",\"date\":\"{day}\",\"text\":\"{text}\"}}\n");
    let old = article("old", "2015-01-01", &format!("{text} The ferry of the lake."));
    let new = article("new", "2024-06-01", &format!("{text} Forty cars fit on board, and bicycles too."));
    scratch.write("news.jsonl", old + &new);
    scratch.run(&["index", "news.jsonl", "--quiet"]);
    check!(scratch.run(&["query", "ferry", "--ids"]), @"
    old
    new
    --- exit 0
    ");
    check!(scratch.run(&["query", "ferry", "--ids", "--recency", "2y"]), @"
    new
    old
    --- exit 0
    ");
    check!(scratch.run(&["query", "ferry", "--recency", "soon"]), @"
    --- stderr
    error: `soon` is not a valid half-life: not a span of time up to a thousand years; use `90d`, `6w`, `3m` or `1y`
    --- exit 2
    ");
}

#[test]
fn the_users_text_is_never_refused() {
    let scratch = Scratch::indexed();
    check!(scratch.run(&["query", "--ids", "crane AND"]), @"
    harbour.md
    --- stderr
    crane AND
          ^^^ `AND` has nothing after it; ignored
    --- exit 0
    ");
    check!(scratch.run(&["query", "--ids", "\"worn cable"]), @r#"
    harbour.md
    --- stderr
    "worn cable
    ^ no closing quote; searched as if this one were not there
    --- exit 0
    "#);
    check!(scratch.run(&["query", "..."]), @"
    --- stderr
    ...
    ^^^ `...` has no letter or digit; left out
    no article matches
    hint: a query needs a word that contains a letter or digit
    --- exit 1
    ");
    check!(scratch.run(&["query", "nowhere"]), @"
    --- stderr
    no article matches
    hint: check the spelling; `chip*` finds words that begin with `chip`
    note: no article contains `nowhere`
    --- exit 1
    ");
    check!(scratch.run(&["query", "export", "--from", "2025"]), @"
    --- stderr
    no article matches
    hint: try without options such as `--from`, `--source` and `--language`
    --- exit 1
    ");
    check!(scratch.run(&["query", "--plain", "--ids", "crane AND"]), @"
    harbour.md
    --- exit 0
    ");
    check!(scratch.run(&["query", "--ids", "--", "--crane"]), @"
    harbour.md
    --- stderr
    --crane
    ^^ `--` is not an operator; ignored
    --- exit 0
    ");
    check!(scratch.run_with(&["query", "-", "--ids"], "\"worn cable\"\n"), @"
    harbour.md
    --- exit 0
    ");
}

#[test]
fn errors_say_what_can_be_done() {
    let scratch = Scratch::archive();
    check!(scratch.run(&["query", "chips"]), @"
    --- stderr
    error: no index found in `[ROOT]` or any folder above it
    hint: create one with `nutgraf index PATH`, or name one with `--index DIR`; `nutgraf query WORDS --in PATH` indexes and searches
    --- exit 2
    ");
    check!(scratch.run(&["query", "chips", "--index", "none"]), @"
    --- stderr
    error: no index at `none`
    hint: create it with `nutgraf index PATH --index none`
    --- exit 2
    ");
    check!(scratch.run(&["index", "nwes"]), @"
    --- stderr
    error: no such file or folder: `nwes`
    hint: check the spelling; quote names that contain spaces
    --- exit 2
    ");
    assert!(!scratch.root.join(".nutgraf").exists(), "a misspelt path leaves no index behind");
    check!(scratch.run(&["index"]), @"
    --- stderr
    error: no index found in `[ROOT]` or any folder above it
    hint: create one with `nutgraf index PATH`, or name one with `--index DIR`; `nutgraf query WORDS --in PATH` indexes and searches
    --- exit 2
    ");
    check!(scratch.run(&["query", "chips", "--index", "news"]), @"
    --- stderr
    error: `news` is not a nutgraf index: it has no `nutgraf.json`
    hint: choose another folder with `--index DIR`; nothing in this one was changed
    --- exit 2
    ");
    check!(scratch.run(&["index", "news", "--index", "news"]), @"
    --- stderr
    error: `news` is not a nutgraf index: it has no `nutgraf.json`
    hint: choose another folder with `--index DIR`; nothing in this one was changed
    --- exit 2
    ");
    let told = scratch.run(&["index", "news", "--format", "wordstar"]);
    assert!(told.starts_with("--- stderr\nerror: `wordstar` is not a valid format: use one of "), "{told}");
    check!(scratch.run(&["index", "news", "--memory", "lots"]), @"
    --- stderr
    error: `lots` is not a valid size: use a number with K, M, G or T, such as `512M`
    --- exit 2
    ");
    check!(scratch.run(&["index", "news", "--map", "headlien=x"]), @"
    --- stderr
    error: `headlien=x` is not a valid field: `headlien` is not a field of an article; use one of `id`, `title`, `body`, `published`, `source`, `byline`, `section`, `language`, `url`
    --- exit 2
    ");
    scratch.run(&["index", "news", "--quiet"]);
    check!(scratch.run(&["show", "cw-9"]), @"
    --- stderr
    error: no article with the id `cw-9`
    hint: `nutgraf query WORDS --ids` prints the ids of articles
    --- exit 2
    ");
    check!(scratch.run(&["query", "chips", "--from", "someday"]), @"
    --- stderr
    error: `someday` is not a valid date: not a date; use `2023`, `2023-07`, `2023-07-23`, `July 2023`, `23 July 2023`, `today`, `yesterday`, `30 days ago`, `30d`, `last 30 days`, `last week`, `last month`, `last year` or `this year`
    --- exit 2
    ");
    check!(scratch.run(&["query", "chips", "--from", "2023", "--to", "2022"]), @"
    --- stderr
    error: `2023-01-01 to 2022-12-31` is not a valid period: it ends before it begins
    --- exit 2
    ");
    check!(scratch.run(&["query", "chips", "--jsn"]), @"
    --- stderr
    error: unexpected argument '--jsn' found

      tip: a similar argument exists: '--json'

    Usage: nutgraf query --json [WORDS]...

    For more information, try '--help'.
    --- exit 2
    ");
    check!(scratch.run(&["chips"]), @"
    --- stderr
    error: unrecognized subcommand 'chips'

      tip: a similar subcommand exists: 'copies'

    Usage: nutgraf [OPTIONS] <COMMAND>

    For more information, try '--help'.
    hint: `nutgraf query WORDS` searches for words
    --- exit 2
    ");
    check!(scratch.run(&["eval", "none.tsv"]), @"
    --- stderr
    error: no such file or folder: `none.tsv`
    hint: check the spelling; quote names that contain spaces
    --- exit 2
    ");
    check!(scratch.run(&["eval", "news/harbour.md"]), @"
    --- stderr
    error: cannot use `news/harbour.md`: line 1: expected `id TAB query`, found no tab
    --- exit 2
    ");
}

#[test]
fn an_index_of_another_version_is_not_touched() {
    let scratch = Scratch::indexed();
    let path = scratch.root.join(".nutgraf/nutgraf.json");
    let manifest = fs::read_to_string(&path).unwrap();
    let mut value: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    value["format_version"] = 999.into();
    fs::write(&path, value.to_string()).unwrap();
    let versions = |told: String| told.replace(&manifest_version(&manifest), "nutgraf reads [VERSION]");
    check!(versions(scratch.run(&["query", "chips"])), @"
    --- stderr
    error: the index at `[ROOT]/.nutgraf` has format version 999; this nutgraf reads [VERSION]
    hint: `nutgraf index --rebuild` rebuilds it from its folders; or use the version that created it
    --- exit 2
    ");
    check!(versions(scratch.run(&["index", "news"])), @"
    --- stderr
    error: the index at `[ROOT]/.nutgraf` has format version 999; this nutgraf reads [VERSION]
    hint: `nutgraf index --rebuild` rebuilds it from its folders; or use the version that created it
    --- exit 2
    ");
    fs::write(&path, "{").unwrap();
    check!(scratch.run(&["stats"]), @"
    --- stderr
    error: `[ROOT]/.nutgraf` is not a nutgraf index: `nutgraf.json` is malformed: EOF while parsing an object at line 1 column 1
    hint: `nutgraf check --index [ROOT]/.nutgraf` shows what is damaged
    --- exit 2
    ");
}

fn manifest_version(manifest: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(manifest).unwrap();
    format!("nutgraf reads {}", value["format_version"])
}

#[test]
fn what_cannot_be_read_is_skipped_and_named() {
    let scratch = Scratch::new();
    let good = r#"{"title":"T","text":"A line about bridges and rivers."}"#;
    let lines: Vec<&str> = (1..=20).map(|n| if n == 17 { r#"{"title":"T","text":"broken"# } else { good }).collect();
    scratch.write("news/lines.jsonl", lines.join("\n"));
    scratch.write("news/empty.txt", "");
    scratch.write("news/picture.txt", [0x89, b'P', b'N', b'G', 0, 0, 1, 0, 0xff, 0xfe, 0, 0, 0, 7].repeat(50));
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(ORCHARD.repeat(40).as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    scratch.write("news/cut.txt.gz", &packed[..packed.len() - 20]);
    check!(scratch.run(&["index", "news"]), @"
    --- stderr
    Indexed 19 articles from 4 files (2.0 kB) in [TIME]
      jsonl  1 file  19 articles  1 skip
      text   1 file   0 articles  1 skip
    4 skipped: 1 binary, 1 empty, 1 malformed, 1 truncated · list them with `nutgraf skipped`
    --- exit 3
    ");
    check!(scratch.run(&["skipped"]), @"
    news/cut.txt.gz: ends too early: the rest of it is missing
    news/empty.txt: the file is empty
    news/lines.jsonl#17: not valid jsonl: EOF while parsing a string at line 1 column 27
    news/picture.txt: binary data under a text file's name
    --- exit 0
    ");
    check!(scratch.run(&["skipped", "--jsonl"]), @r#"
    {"file":"news/cut.txt.gz","record":0,"reason":"truncated","detail":"ends too early: the rest of it is missing"}
    {"file":"news/empty.txt","record":0,"reason":"empty","detail":"the file is empty"}
    {"file":"news/lines.jsonl","record":17,"reason":"malformed","detail":"not valid jsonl: EOF while parsing a string at line 1 column 27"}
    {"file":"news/picture.txt","record":0,"reason":"binary","detail":"binary data under a text file's name"}
    --- exit 0
    "#);
    check!(scratch.run(&["query", "rivers", "--count"]), @"
    19
    --- exit 0
    ");
    check!(scratch.run(&["index", "news"]), @"
    --- stderr
    Up to date: 19 articles, 4 files unchanged
    4 skipped in earlier runs · list them with `nutgraf skipped`
    --- exit 0
    ");
    check!(scratch.run(&["query", "rivers", "--count", "--in", "news"]), @"
    19
    --- exit 0
    ");
    scratch.write("news/empty.txt", ORCHARD);
    check!(scratch.run(&["query", "blossom", "--ids", "--in", "news"]), @"
    empty.txt
    --- exit 0
    ");
}

#[test]
fn a_second_run_reads_only_what_changed() {
    let scratch = Scratch::indexed();
    check!(scratch.run(&["index", "news"]), @"
    --- stderr
    Up to date: 6 articles, 4 files unchanged
    --- exit 0
    ");
    scratch.write("news/harbour.md", HARBOUR.replace("crane", "pontoon").replace("silent", "quiet at last"));
    fs::remove_file(scratch.root.join("news/gazette/ferry.html")).unwrap();
    check!(scratch.run(&["index", "news"]), @"
    --- stderr
    Indexed 1 article from 1 file (273 B) in [TIME]
    2 files unchanged, 1 file removed; 5 articles in the index
    --- exit 0
    ");
    check!(scratch.run(&["query", "crane OR ferry"]), @"
    --- stderr
    no article matches
    hint: try fewer conditions, or the words without operators
    note: no article contains `crane`
    note: no article contains `ferry`
    --- exit 1
    ");
    check!(scratch.run(&["query", "pontoon", "--ids"]), @"
    harbour.md
    --- exit 0
    ");
    check!(scratch.run(&["index", "news", "--json"]), @r#"
    {
      "schema": 1,
      "files": 3,
      "unchanged": 3,
      "read": 0,
      "removed": 0,
      "bytes": 0,
      "articles_added": 0,
      "articles_total": 5,
      "skips": {},
      "skips_total": 0,
      "formats": {},
      "seconds":[TIME],
      "interrupted": false,
      "kept": [],
      "dropped": [],
      "missing": [],
      "empty": [],
      "left_out": {
        "ignored": 0,
        "hidden": 0,
        "links": 0,
        "special": 0
      }
    }
    --- exit 0
    "#);
}

#[test]
fn a_dry_run_shows_and_writes_nothing() {
    let scratch = Scratch::archive();
    check!(scratch.run(&["index", "news/wire.jsonl", "--dry-run"]), @"
    news/wire.jsonl  jsonl, 3 articles
         1  Chip export controls tightened · 2023-10-17 · Capital Wire · 24 words
         2  Potato chips recalled · 2022-05-01 · Capital Wire · 21 words
         3  Gallium now needs a licence · 2023-07-04 · Capital Wire · 20 words
    --- exit 0
    ");
    assert!(!scratch.root.join(".nutgraf").exists());
}

#[test]
fn the_index_moves_with_its_archive() {
    let scratch = Scratch::archive();
    scratch.run(&["index", "news", "--index", "news/.nutgraf", "--quiet"]);
    fs::rename(scratch.root.join("news"), scratch.root.join("moved")).unwrap();
    check!(scratch.run(&["query", "crane", "--ids", "--index", "moved/.nutgraf", "--in", "moved"]), @"
    harbour.md
    --- exit 0
    ");
    check!(scratch.run(&["index", "moved", "--index", "moved/.nutgraf"]), @"
    --- stderr
    Up to date: 6 articles, 4 files unchanged
    --- exit 0
    ");
}

#[test]
fn no_control_character_reaches_a_terminal() {
    let scratch = Scratch::new();
    let bad = "A\u{1b}]0;owned\u{7}B\u{202e}C\u{9b}31mD\u{0}E";
    let record = serde_json::json!({"id": format!("id{bad}"), "title": format!("Title {bad}"), "source": bad,
        "byline": bad, "text": format!("Bridges {bad} and rivers.\n\nMore {bad} here."), "date": "2023-01-01"});
    scratch.write("news/bad.jsonl", format!("{record}\n{{\"\u{1b}[31m"));
    #[cfg(unix)]
    scratch.write("news/name\u{1b}[31m\n.txt", "");
    let id = String::from_utf8(scratch.output(&["query", "bridges", "--ids", "--in", "news"]).stdout).unwrap();
    let commands: [&[&str]; 12] = [
        &["index", "news", "--dry-run"],
        &["index", "news"],
        &["index", "news", "--json"],
        &["query", "bridges"],
        &["query", "bridges", "--json"],
        &["query", "bridges", "--jsonl"],
        &["query", "bridges", "--ids"],
        &["query", "(\u{1b}[31m"],
        &["show", id.trim_end()],
        &["show", "\u{1b}[31m"],
        &["skipped"],
        &["stats"],
    ];
    for command in commands {
        let output = scratch.output(command);
        for told in [output.stdout, output.stderr] {
            let told = String::from_utf8(told).unwrap();
            let bidi = |c| c == '\u{202e}' && !told.starts_with('{');
            let found = told.chars().find(|c| *c != '\n' && (c.is_control() || bidi(*c)));
            assert_eq!(found, None, "{command:?}: {told}");
        }
    }
}

#[test]
fn colours_come_when_asked_for() {
    let scratch = Scratch::indexed();
    check!(scratch.run(&["query", "crane", "--color", "always"]).replace('\u{1b}', "␛"), @"
     1  ␛[1mPort ␛[0m␛[1;31mcrane␛[0m␛[1m falls silent␛[0m
        ␛[2m2024-02-11 · Harbour Chronicle · Tom Reed · news/␛[0mharbour.md
        The largest ␛[1;31mcrane␛[0m of the port has stood still since Friday. Dockers blame a
        worn cable, which was to be replaced in May. Export of cars goes on by the
        old quay.
    --- exit 0
    ");
    let colored = |name: &str, value: &str| {
        let output = scratch.command(&["query", "crane"]).env(name, value).output().unwrap();
        output.stdout.contains(&0x1b)
    };
    assert!(!colored("CLICOLOR_FORCE", "0"));
    assert!(colored("CLICOLOR_FORCE", "1"));
    assert!(!colored("NO_COLOR", "1"));
}

#[test]
fn a_closed_pipe_is_success() {
    let scratch = Scratch::indexed();
    let mut child = scratch.command(&["query", "export"]).stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn the_index_is_found_from_below_and_by_the_environment() {
    let scratch = Scratch::indexed();
    let from = |folder: &Path, name: &str, value: &str| {
        let output = scratch.command(&["query", "crane"]).current_dir(folder).env(name, value).output().unwrap();
        scratch.told(&output)
    };
    check!(from(&scratch.root.join("news/gazette"), "UNUSED", ""), @"
     1  Port crane falls silent
        2024-02-11 · Harbour Chronicle · Tom Reed · [ROOT]/news/harbour.md
        The largest crane of the port has stood still since Friday. Dockers blame a
        worn cable, which was to be replaced in May. Export of cars goes on by the
        old quay.
    --- exit 0
    ");
    fs::rename(scratch.root.join(".nutgraf"), scratch.root.join("elsewhere")).unwrap();
    let index = scratch.root.join("elsewhere");
    assert_eq!(from(&scratch.root, "NUTGRAF_INDEX", "").lines().last(), Some("--- exit 2"));
    assert_eq!(from(&scratch.root, "NUTGRAF_INDEX", &index.to_string_lossy()).lines().last(), Some("--- exit 0"));
}

#[test]
fn topics_are_measured() {
    let scratch = Scratch::indexed();
    scratch.write("topics.tsv", "1\tchip export controls\n2\tpotato recall\n3\tnowhere\n");
    scratch.write("qrels.txt", "1 0 cw-1 2\n1 0 cw-3 1\n2 0 cw-2 1\n3 0 cw-2 1\n");
    check!(scratch.run(&["eval", "topics.tsv", "--qrels", "qrels.txt"]), @"
            topics     MAP     MRR  nDCG@10     P@5    P@10  R@1000  copies@10
    topics       3  0.6667  0.6667   0.6667  0.2000  0.1000  0.6667     0.0000
    --- exit 0
    ");
    check!(scratch.run(&["eval", "topics.tsv", "--qrels", "qrels.txt", "--per-topic", "--run", "run.txt"]), @"
         topics     MAP     MRR  nDCG@10     P@5    P@10  R@1000  copies@10
    1         1  1.0000  1.0000   1.0000  0.4000  0.2000  1.0000
    2         1  1.0000  1.0000   1.0000  0.2000  0.1000  1.0000
    3         1  0.0000  0.0000   0.0000  0.0000  0.0000  0.0000
    all       3  0.6667  0.6667   0.6667  0.2000  0.1000  0.6667     0.0000
    --- exit 0
    ");
    let run = fs::read_to_string(scratch.root.join("run.txt")).unwrap();
    let printed = String::from_utf8(scratch.output(&["eval", "topics.tsv"]).stdout).unwrap();
    assert_eq!(run, printed);
    assert!(run.lines().next().is_some_and(|line| line.starts_with("1 Q0 cw-1 1 ") && line.ends_with(" nutgraf")));
}

#[test]
fn a_run_is_compared_with_an_earlier_one() {
    let scratch = Scratch::indexed();
    scratch.write("topics.tsv", "1\tchip export controls\n2\tpotato recall\n3\tferry\n4\torchard\n");
    scratch.write("qrels.txt", "1 0 cw-1 2\n1 0 cw-3 1\n2 0 cw-2 1\n3 0 cw-2 0\n9 0 cw-2 1\n");
    scratch.write("before.run", "1 Q0 cw-3 1 2 x\n1 Q0 cw-1 2 1 x\n2 Q0 cw-2 1 1 x\n");
    check!(scratch.run(&["eval", "topics.tsv", "--qrels", "qrels.txt", "--compare", "before.run"]), @"
            topics     MAP     MRR  nDCG@10     P@5    P@10  R@1000  copies@10
    topics       2  1.0000  1.0000   1.0000  0.3000  0.1500  1.0000     0.0000

    topics   before     now   change  wins  losses  ties       p
    AP       1.0000  1.0000  +0.0000     0       0     2  1.0000
    RR       1.0000  1.0000  +0.0000     0       0     2  1.0000
    nDCG@10  0.9299  1.0000  +0.0701     1       0     1  1.0000
    P@5      0.3000  0.3000  +0.0000     0       0     2  1.0000
    P@10     0.1500  0.1500  +0.0000     0       0     2  1.0000
    R@1000   1.0000  1.0000  +0.0000     0       0     2  1.0000
    --- stderr
    note: topics: 1 of 4 topics without judgements, left out of the means
    note: topics: 1 of 4 topics without a relevant article, left out of the means
    note: topics: 1 judged topic not in the topics, left out of the means
    --- exit 0
    ");
    let json = ["eval", "topics.tsv", "--qrels", "qrels.txt", "--compare", "before.run", "--json", "--per-topic"];
    let json: serde_json::Value = serde_json::from_slice(&scratch.output(&json).stdout).unwrap();
    let [collection] = json["collections"].as_array().unwrap().as_slice() else { panic!("{json}") };
    assert_eq!((&collection["name"], &collection["topics"]), (&"topics".into(), &2.into()));
    assert_eq!(collection["per_topic"][1]["topic"], "2");
    assert_eq!(collection["comparison"][2]["measure"], "nDCG@10");
    assert_eq!(collection["comparison"][2]["changes"][0][0], "1");
    assert_eq!(
        (&json["schema"], &collection["ap"], &collection["topics_unjudged"]),
        (&1.into(), &1.0.into(), &1.into())
    );
    check!(scratch.run(&["eval", "topics.tsv", "--compare", "before.run"]), @"
    --- stderr
    error: `topics.tsv` is not a valid collection: `--per-topic`, `--json` and `--compare` need judgements, `--qrels FILE`
    --- exit 2
    ");
}

#[test]
fn collections_are_indexed_and_measured_together() {
    let scratch = Scratch::archive();
    for (name, topics, qrels) in [
        ("wire", "1\texport controls\n", "1 0 cw-1 1\n1 0 cw-3 1\n"),
        ("local", "1\tfrost\n2\tferry\n", "1 0 orchard.txt 1\n2 0 ferry.html 1\n"),
    ] {
        scratch.write(format!("{name}/topics.tsv"), topics);
        scratch.write(format!("{name}/qrels.txt"), qrels);
    }
    scratch.write("wire/README", "not an article");
    scratch.write("wire/wire.jsonl", WIRE);
    scratch.write("local/ferry.html", FERRY);
    scratch.write("local/orchard.txt", ORCHARD);
    let told = scratch.run(&["eval", "wire", "local", "--indexes", "indexes", "--run", "runs"]);
    check!(told, @"
           topics     MAP     MRR  nDCG@10     P@5    P@10  R@1000  copies@10
    wire        1  1.0000  1.0000   1.0000  0.4000  0.2000  1.0000     0.0000
    local       2  1.0000  1.0000   1.0000  0.2000  0.1000  1.0000     0.0000
    mean        3  1.0000  1.0000   1.0000  0.3000  0.1500  1.0000
    --- exit 0
    ");
    assert!(scratch.root.join("indexes/wire/meta.json").exists() && !scratch.root.join("wire/.nutgraf").exists());
    assert!(!scratch.run(&["query", "not an article", "--index", "indexes/wire"]).contains("not an article"));
    check!(scratch.run(&["eval", "wire", "local", "--indexes", "indexes", "--compare", "runs", "--no-feedback"]), @"
           topics     MAP     MRR  nDCG@10     P@5    P@10  R@1000  copies@10
    wire        1  1.0000  1.0000   1.0000  0.4000  0.2000  1.0000     0.0000
    local       2  1.0000  1.0000   1.0000  0.2000  0.1000  1.0000     0.0000
    mean        3  1.0000  1.0000   1.0000  0.3000  0.1500  1.0000

    wire     before     now   change  wins  losses  ties       p
    AP       1.0000  1.0000  +0.0000     0       0     1  1.0000
    RR       1.0000  1.0000  +0.0000     0       0     1  1.0000
    nDCG@10  1.0000  1.0000  +0.0000     0       0     1  1.0000
    P@5      0.4000  0.4000  +0.0000     0       0     1  1.0000
    P@10     0.2000  0.2000  +0.0000     0       0     1  1.0000
    R@1000   1.0000  1.0000  +0.0000     0       0     1  1.0000

    local    before     now   change  wins  losses  ties       p
    AP       1.0000  1.0000  +0.0000     0       0     2  1.0000
    RR       1.0000  1.0000  +0.0000     0       0     2  1.0000
    nDCG@10  1.0000  1.0000  +0.0000     0       0     2  1.0000
    P@5      0.2000  0.2000  +0.0000     0       0     2  1.0000
    P@10     0.1000  0.1000  +0.0000     0       0     2  1.0000
    R@1000   1.0000  1.0000  +0.0000     0       0     2  1.0000
    --- exit 0
    ");
    check!(scratch.run(&["eval", "wire", "topics.tsv"]), @"
    --- stderr
    error: no such file or folder: `topics.tsv`
    hint: check the spelling; quote names that contain spaces
    --- exit 2
    ");
    check!(scratch.run(&["eval", "wire", "news"]), @"
    --- stderr
    error: no such file or folder: `news/topics.tsv`
    hint: check the spelling; quote names that contain spaces
    --- exit 2
    ");
    check!(scratch.run(&["eval", "wire", "wire"]), @"
    --- stderr
    error: `wire` is not a valid collection: two folders have this name
    --- exit 2
    ");
    check!(scratch.run(&["eval", "wire", "--qrels", "qrels.txt"]), @"
    --- stderr
    error: `qrels.txt` is not a valid collection: `--qrels` applies to a file of topics; a folder has its own `qrels.txt`
    --- exit 2
    ");
}

#[test]
fn an_exact_word_is_no_other_form() {
    let scratch = Scratch::new();
    let article =
        |id: &str, title: &str, text: &str| format!("{{\"id\":\"{id}\",\"title\":\"{title}\",\"text\":\"{text}\"}}\n");
    let articles = [
        article("one", "A lab opens", "The lab stands by the river. It is the only lab of its kind."),
        article("many", "Labs close", "Two labs close. The laboratories were old, and their export was controlled."),
        article("both", "From lab to labs", "One lab became three labs, and export controls came."),
        article("none", "Labels", "A label says nothing, and the control of exports is elsewhere."),
    ];
    scratch.write("news.jsonl", articles.concat());
    scratch.run(&["index", "news.jsonl", "--quiet"]);
    for (query, expected) in [
        ("lab", "both many one"),
        ("=lab", "both one"),
        ("=Labs", "both many"),
        ("=laboratories", "many"),
        ("=laboratory", ""),
        ("=the -=lab", "many none"),
        ("=lab AND =labs", "both"),
        ("=\"lab became\"", "both"),
        ("=\"labs became\"", ""),
        ("\"export controls\"", "both"),
        ("=\"export controls\"", "both"),
        ("=\"exports control\"~9", ""),
        ("=\"control of exports\"", "none"),
        ("=\"controls of export\"", ""),
        ("=\"three lab\"", ""),
        ("\"three lab\"", "both"),
        ("=\"lab labs\"~3", "both"),
        ("title:labs", "both many one"),
        ("title:=labs", "both many"),
        ("title:=lab", "both one"),
        ("title:=\"labs close\"", "many"),
        ("title:=\"lab close\"", ""),
        ("laborator*", "many"),
        ("labs*", "both many"),
        ("lab*", "both many none one"),
        ("title:labs*", "both many"),
    ] {
        let output = scratch.output(&["query", query, "--ids"]);
        let mut ids: Vec<&str> = std::str::from_utf8(&output.stdout).unwrap().lines().collect();
        ids.sort_unstable();
        assert_eq!(ids.join(" "), expected, "{query}");
        let count = scratch.output(&["query", query, "--count"]);
        assert_eq!(String::from_utf8_lossy(&count.stdout).trim(), ids.len().to_string(), "{query}");
    }
    for (query, marked) in [
        ("=lab", "lab lab lab"),
        ("=labs", "labs labs"),
        ("=\"lab became\"", "lab became"),
        ("=the", "The The the the the"),
    ] {
        let output = scratch.output(&["query", query, "--jsonl", "--per-article", "9"]);
        let mut found = Vec::new();
        for line in std::str::from_utf8(&output.stdout).unwrap().lines() {
            let hit: serde_json::Value = serde_json::from_str(line).unwrap();
            let text = hit["passage"]["text"].as_str().unwrap();
            let at = |mark: &serde_json::Value, i: usize| mark[i].as_u64().unwrap() as usize;
            let marks = hit["passage"]["highlights"].as_array().unwrap();
            found.extend(marks.iter().map(|m| text[at(m, 0)..at(m, 1)].to_owned()));
        }
        found.sort_unstable();
        assert_eq!(found.join(" "), marked, "{query}");
    }
}

#[test]
fn words_of_every_script_are_found() {
    let scratch = Scratch::new();
    let article = |id: &str, text: &str| format!("{{\"id\":\"{id}\",\"text\":\"{text}\"}}\n");
    let articles = [
        article("fr", "L’économie française va mieux, dit-on à l'Élysée. C'est aujourd'hui que l'on vote."),
        article("de", "Die Maßnahmen gelten in Köln ab Montag."),
        article("ja", "日本海で地震があった。震源は海。"),
        article("ko", "한국은행이 금리를 올렸다."),
        article("th", "กรุงเทพมหานครมีฝนตกหนักในวันจันทร์"),
        article("ar", "فرضت الولايات المتحدة عُقُوبَات على أحمد."),
        article("en", "The F-16 flew on 9/11 over the USA. A long-term plan; COVID-19 closed no lab."),
        article("long", "A long story about the term of a mayor who asked us 16 times."),
    ];
    scratch.write("news.jsonl", articles.concat());
    scratch.run(&["index", "news.jsonl", "--quiet"]);
    for (query, expected) in [
        ("économie", "fr"),
        ("l'economie", "fr"),
        ("Élysée", "fr"),
        ("aujourd'hui", "fr"),
        ("massnahmen", "de"),
        ("Koln", "de"),
        ("地震", "ja"),
        ("海", "ja"),
        ("源", "ja"),
        ("日海", ""),
        ("한국은행이", "ko"),
        ("한국*", "ko"),
        ("ฝนตก", "th"),
        ("عقوبات AND احمد", "ar"),
        ("F16", "en"),
        ("F-16", "en"),
        ("\"9/11\"", "en"),
        ("US", "en"),
        ("usa", "en"),
        ("U.S.", "en"),
        ("covid19", "en"),
        ("covid*", "en"),
        ("long-term", "en"),
        ("longterm", "en"),
        ("mayor -long-term", "long"),
        ("plan AND long-term", "en"),
        ("long term", "en long"),
    ] {
        let output = scratch.output(&["query", query, "--ids"]);
        let mut ids: Vec<&str> = std::str::from_utf8(&output.stdout).unwrap().lines().collect();
        ids.sort_unstable();
        assert_eq!(ids.join(" "), expected, "{query}");
    }
}

#[test]
fn a_prefix_of_many_words_finds_them_all_and_says_so() {
    let scratch = Scratch::new();
    let words = (0..200).map(|n| format!("{{\"id\":\"n{n}\",\"text\":\"ab{n}x and nothing else\"}}\n"));
    scratch.write("news.jsonl", words.collect::<String>());
    scratch.run(&["index", "news.jsonl", "--quiet"]);
    check!(scratch.run(&["query", "ab*", "--count"]), @"
    200
    --- stderr
    note: `ab*` matches 200 words; all are found, only the most frequent affect the ranking
    --- exit 0
    ");
    assert_eq!(scratch.output(&["query", "ab*", "--ids", "-n", "500"]).stdout.split(|b| *b == b'\n').count(), 201);
}

#[test]
fn figures_and_lists() {
    let scratch = Scratch::indexed();
    let told = scratch.run(&["stats"]);
    for part in ["6", "Capital Wire", "2023", "[ROOT]/news"] {
        assert!(told.contains(part), "{told}");
    }
    let json = String::from_utf8(scratch.output(&["stats", "--json"]).stdout).unwrap();
    assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok(), "{json}");
    for (arguments, part) in [
        (&["formats"][..], "jsonl "),
        (&["man"], ".SH \"NUTGRAF QUERY\""),
        (&["completions", "bash"], "complete -F"),
        (&["completions", "fish"], "complete -c nutgraf"),
        (&["--help"], "A short tour"),
        (&["query", "--help"], "Examples:"),
    ] {
        let output = scratch.output(arguments);
        assert!(output.status.success() && String::from_utf8_lossy(&output.stdout).contains(part), "{arguments:?}");
    }
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn a_name_that_is_not_utf_8_is_an_article_like_others() {
        let scratch = Scratch::archive();
        let name = OsStr::from_bytes(b"caf\xe9 news.txt");
        // Not every file system accepts such a name.
        if fs::write(scratch.root.join("news").join(name), ORCHARD.replace("valley", "meadow")).is_err() {
            return;
        }
        check!(scratch.run(&["query", "meadow", "--in", "news"]), @"
         1  Frost takes half of the blossom
            2023-03-02 · id caf%E9%20news.txt · news/caf%E9 news.txt
            Growers in the meadow lost half of the blossom in one night of frost. They
            ask for help with the cost of water that is sprayed to keep buds from
            freezing.
        --- exit 0
        ");
        check!(scratch.run(&["query", "meadow", "--ids"]), @"
    caf%E9%20news.txt
    --- exit 0
    ");
        check!(scratch.run(&["show", "caf%E9%20news.txt"]), @"
        Frost takes half of the blossom
        2023-03-02 (from its text) · en
        id caf%E9%20news.txt · news/caf%E9 news.txt

        Growers in the meadow lost half of the blossom in one night of frost. They ask
        for help with the cost of water that is sprayed to keep buds from freezing.
        --- exit 0
        ");
    }

    #[test]
    fn links_are_followed_when_asked_and_never_in_circles() {
        let scratch = Scratch::new();
        scratch.write("archive/a.txt", ORCHARD);
        scratch.write("outside/b.txt", ORCHARD.replace("valley", "meadow"));
        symlink("..", scratch.root.join("archive/up")).unwrap();
        symlink("../outside/b.txt", scratch.root.join("archive/b.txt")).unwrap();
        symlink("nowhere", scratch.root.join("archive/broken.txt")).unwrap();
        check!(scratch.run(&["index", "archive"]), @"
    --- stderr
    Indexed 1 article from 1 file (201 B) in [TIME]
    left out: 3 links (`--follow`)
    --- exit 0
    ");
        check!(scratch.run(&["index", "archive", "--follow"]), @"
    --- stderr
    Indexed 1 article from 1 file (201 B) in [TIME]
    1 file unchanged, 0 files removed; 2 articles in the index
    1 skipped: 1 unreadable · list them with `nutgraf skipped`
    --- exit 3
    ");
    }

    #[test]
    fn an_index_that_cannot_be_written_is_searched_as_it_is() {
        let scratch = Scratch::indexed();
        let set = |mode| {
            for entry in fs::read_dir(scratch.root.join(".nutgraf")).unwrap() {
                fs::set_permissions(entry.unwrap().path(), fs::Permissions::from_mode(mode & 0o666)).unwrap();
            }
            fs::set_permissions(scratch.root.join(".nutgraf"), fs::Permissions::from_mode(mode)).unwrap();
            fs::set_permissions(&scratch.root, fs::Permissions::from_mode(mode)).unwrap();
        };
        scratch.write("news/new.txt", ORCHARD.replace("valley", "meadow"));
        set(0o555);
        // Permissions do not apply to every user.
        let bound = fs::write(scratch.root.join("probe"), "").is_err();
        let query = scratch.run(&["query", "crane", "--ids", "--in", "news"]);
        let index = scratch.run(&["index", "news"]);
        let made = scratch.run(&["index", "news", "--index", "new-index"]);
        set(0o755);
        if bound {
            check!(query, @"");
            check!(index, @"");
            check!(made, @"");
        }
    }
}
