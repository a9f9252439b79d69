//! The program from outside: a scratch archive, a command, all of its output and its exit status.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use insta::assert_snapshot;
use tempfile::TempDir;

/// A scratch folder in which the program runs.
struct Scratch {
    root: PathBuf,
    _folder: TempDir,
}

impl Scratch {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { root: fs::canonicalize(folder.path()).unwrap(), _folder: folder }
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

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nutgraf"));
        command.current_dir(&self.root).args(arguments).args(["--width", "80"]).env("TZ", "UTC").stdin(Stdio::null());
        for name in ["NUTGRAF_INDEX", "NO_COLOR", "CLICOLOR_FORCE", "CLICOLOR"] {
            command.env_remove(name);
        }
        command
    }

    fn output(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// What a command printed and how it ended.
    fn run(&self, arguments: &[&str]) -> String {
        self.told(&self.output(arguments))
    }

    /// As [`run`](Self::run), with text to read.
    fn run_with(&self, arguments: &[&str], input: &str) -> String {
        let mut command = self.command(arguments);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
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

/// Runs what may differ between machines through filters before it is compared.
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

const ORCHARD: &str = "Frost takes half of the blossom\n\nGrowers in the valley lost half of the blossom in one night of frost. \
They ask for help with the cost of water that is sprayed to keep buds from freezing.\n";

#[test]
fn a_first_session() {
    let scratch = Scratch::archive();
    check!(scratch.run(&["index", "news"]), @"");
    check!(scratch.run(&["query", "export", "controls"]), @"");
    check!(scratch.run(&["show", "cw-1", "export", "controls"]), @"");
    check!(scratch.run(&["skipped"]), @"");
}

#[test]
fn one_command_indexes_and_queries() {
    let scratch = Scratch::archive();
    check!(scratch.run(&["query", "chips", "-potato", "--in", "news", "--ids"]), @"");
    check!(scratch.run(&["query", "--in", "news/gazette", "--count", "--", "ferry"]), @"");
}

#[test]
fn hits_as_data() {
    let scratch = Scratch::indexed();
    check!(scratch.run(&["query", "gallium", "--json"]), @"");
    check!(scratch.run(&["query", "export", "-n1", "--jsonl"]), @"");
    check!(scratch.run(&["query", "crane", "--csv"]).replace('\r', "␍"), @"");
    check!(scratch.run(&["query", "export OR ferry", "--ids", "--sort", "oldest"]), @"");
    check!(scratch.run(&["query", "export", "--count"]), @"");
    check!(scratch.run(&["query", "nowhere", "--count"]), @"");
    check!(scratch.run(&["query", "nowhere", "--json"]), @"");
}

#[test]
fn filters_and_pages() {
    let scratch = Scratch::indexed();
    let ids =
        |arguments: &[&str]| scratch.run(&[&["query", "export", "--ids", "--sort", "newest"], arguments].concat());
    check!(ids(&["--from", "2023", "--to", "2023"]), @"");
    check!(ids(&["--source", "harbour"]), @"");
    check!(ids(&["--limit", "1", "--offset", "1"]), @"");
    check!(scratch.run(&["query", "export", "--offset", "9"]), @"");
}

#[test]
fn the_users_text_is_never_refused() {
    let scratch = Scratch::indexed();
    check!(scratch.run(&["query", "--ids", "crane AND"]), @"");
    check!(scratch.run(&["query", "--ids", "\"worn cable"]), @"");
    check!(scratch.run(&["query", "..."]), @"");
    check!(scratch.run(&["query", "nowhere"]), @"");
    check!(scratch.run(&["query", "export", "--from", "2025"]), @"");
    check!(scratch.run(&["query", "--plain", "--ids", "crane AND"]), @"");
    check!(scratch.run(&["query", "--ids", "--", "--crane"]), @"");
    check!(scratch.run_with(&["query", "-", "--ids"], "\"worn cable\"\n"), @"");
}

#[test]
fn errors_say_what_can_be_done() {
    let scratch = Scratch::archive();
    check!(scratch.run(&["query", "chips"]), @"");
    check!(scratch.run(&["query", "chips", "--index", "none"]), @"");
    check!(scratch.run(&["index", "news", "nwes"]), @"");
    assert!(!scratch.root.join(".nutgraf").exists(), "a misspelt path leaves no index behind");
    check!(scratch.run(&["query", "chips", "--index", "news"]), @"");
    check!(scratch.run(&["index", "news", "--index", "news"]), @"");
    check!(scratch.run(&["index", "news", "--format", "wordstar"]).lines().next().unwrap().to_owned()[..], @"");
    check!(scratch.run(&["index", "news", "--memory", "lots"]), @"");
    check!(scratch.run(&["index", "news", "--map", "headlien=x"]), @"");
    scratch.run(&["index", "news", "--quiet"]);
    check!(scratch.run(&["show", "cw-9"]), @"");
    check!(scratch.run(&["query", "chips", "--from", "someday"]), @"");
    check!(scratch.run(&["query", "chips", "--from", "2023", "--to", "2022"]), @"");
    check!(scratch.run(&["query", "chips", "--jsn"]), @"");
    check!(scratch.run(&["chips"]), @"");
    check!(scratch.run(&["eval", "none.tsv"]), @"");
    check!(scratch.run(&["eval", "news/harbour.md"]), @"");
}

#[test]
fn an_index_of_another_version_is_not_touched() {
    let scratch = Scratch::indexed();
    let path = scratch.root.join(".nutgraf/nutgraf.json");
    let manifest = fs::read_to_string(&path).unwrap();
    let mut value: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    value["format_version"] = 999.into();
    fs::write(&path, value.to_string()).unwrap();
    let versions = |told: String| told.replace(&manifest_version(&manifest), "[VERSION]");
    check!(versions(scratch.run(&["query", "chips"])), @"");
    check!(versions(scratch.run(&["index", "news"])), @"");
    fs::write(&path, "{").unwrap();
    check!(scratch.run(&["stats"]), @"");
}

fn manifest_version(manifest: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(manifest).unwrap();
    format!("{0} to {0}", value["format_version"])
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
    check!(scratch.run(&["index", "news"]), @"");
    check!(scratch.run(&["skipped"]), @"");
    check!(scratch.run(&["skipped", "--json"]), @"");
    check!(scratch.run(&["query", "rivers", "--count"]), @"");
    check!(scratch.run(&["index", "news"]), @"");
    check!(scratch.run(&["query", "rivers", "--count", "--in", "news"]), @"");
    scratch.write("news/empty.txt", ORCHARD);
    check!(scratch.run(&["query", "blossom", "--ids", "--in", "news"]), @"");
}

#[test]
fn a_second_run_reads_only_what_changed() {
    let scratch = Scratch::indexed();
    check!(scratch.run(&["index", "news"]), @"");
    scratch.write("news/harbour.md", HARBOUR.replace("crane", "pontoon").replace("silent", "quiet at last"));
    fs::remove_file(scratch.root.join("news/gazette/ferry.html")).unwrap();
    check!(scratch.run(&["index", "news"]), @"");
    check!(scratch.run(&["query", "crane OR ferry"]), @"");
    check!(scratch.run(&["query", "pontoon", "--ids"]), @"");
    check!(scratch.run(&["index", "news", "--json"]), @"");
}

#[test]
fn a_dry_run_shows_and_writes_nothing() {
    let scratch = Scratch::archive();
    check!(scratch.run(&["index", "news/wire.jsonl", "--dry-run"]), @"");
    assert!(!scratch.root.join(".nutgraf").exists());
}

#[test]
fn the_index_moves_with_its_archive() {
    let scratch = Scratch::archive();
    scratch.run(&["index", "news", "--index", "news/.nutgraf", "--quiet"]);
    fs::rename(scratch.root.join("news"), scratch.root.join("moved")).unwrap();
    check!(scratch.run(&["query", "crane", "--ids", "--index", "moved/.nutgraf", "--in", "moved"]), @"");
    check!(scratch.run(&["index", "moved", "--index", "moved/.nutgraf"]), @"");
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
            let found = told.chars().find(|c| *c != '\n' && (c.is_control() || *c == '\u{202e}'));
            assert_eq!(found, None, "{command:?}: {told}");
        }
    }
}

#[test]
fn colours_come_when_asked_for() {
    let scratch = Scratch::indexed();
    check!(scratch.run(&["query", "crane", "--color", "always"]).replace('\u{1b}', "␛"), @"");
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
    check!(from(&scratch.root.join("news/gazette"), "UNUSED", ""), @"");
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
    check!(scratch.run(&["eval", "topics.tsv", "--qrels", "qrels.txt"]), @"");
    check!(scratch.run(&["eval", "topics.tsv", "--qrels", "qrels.txt", "--per-topic", "--run", "run.txt"]), @"");
    let run = fs::read_to_string(scratch.root.join("run.txt")).unwrap();
    let printed = String::from_utf8(scratch.output(&["eval", "topics.tsv"]).stdout).unwrap();
    assert_eq!(run, printed);
    assert!(run.lines().next().is_some_and(|line| line.starts_with("1 Q0 cw-1 1 ") && line.ends_with(" nutgraf")));
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
        // Not every file system takes such a name.
        if fs::write(scratch.root.join("news").join(name), ORCHARD.replace("valley", "meadow")).is_err() {
            return;
        }
        check!(scratch.run(&["query", "meadow", "--in", "news"]), @"");
        check!(scratch.run(&["query", "meadow", "--ids"]), @"");
        check!(scratch.run(&["show", "caf%E9%20news.txt"]), @"");
    }

    #[test]
    fn links_are_followed_when_asked_and_never_in_circles() {
        let scratch = Scratch::new();
        scratch.write("archive/a.txt", ORCHARD);
        scratch.write("outside/b.txt", ORCHARD.replace("valley", "meadow"));
        symlink("..", scratch.root.join("archive/up")).unwrap();
        symlink("../outside/b.txt", scratch.root.join("archive/b.txt")).unwrap();
        symlink("nowhere", scratch.root.join("archive/broken.txt")).unwrap();
        check!(scratch.run(&["index", "archive"]), @"");
        check!(scratch.run(&["index", "archive", "--follow"]), @"");
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
        // Permissions do not bind everybody.
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
