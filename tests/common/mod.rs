//! Shared by the tests: scratch folders and archives, and ways to run the program.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "each test uses a part of it; a test fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use nutgraf::index::Reader;

/// Words of articles.
const WORDS: &[&str] =
    &["ferry", "harbour", "council", "minister", "chip", "export", "orchard", "strike", "budget", "flood", "court"];

/// Pseudo-random numbers, the same in each run (SplitMix64).
#[derive(Debug, Clone)]
pub struct Random(pub u64);

impl Random {
    /// The next number below a bound.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % bound
    }

    fn words(&mut self, count: u64) -> String {
        let words: Vec<&str> = (0..count).map(|_| WORDS[self.below(WORDS.len() as u64) as usize]).collect();
        words.join(" ")
    }

    /// A record of a JSON Lines file; every tenth has no text and is skipped.
    pub fn record(&mut self, id: u64) -> String {
        let text = if self.below(10) == 0 { String::new() } else { self.words(60) };
        format!("{{\"id\":\"n{id}\",\"title\":\"{}\",\"text\":\"{text}\",\"date\":\"2021-03-04\"}}\n", self.words(4))
    }

    /// A text file.
    pub fn story(&mut self) -> String {
        format!("{}\n\n{}.\n", self.words(4), self.words(80))
    }
}

/// The program with arguments, run in a folder. Settings of the user do not affect it.
pub fn program(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nutgraf"));
    command.current_dir(folder).args(arguments).env("TZ", "UTC");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.env("XDG_CONFIG_HOME", folder.join(".config"));
    for name in ["NUTGRAF_CONFIG", "NUTGRAF_INDEX", "COLUMNS", "NO_COLOR", "CLICOLOR_FORCE", "CLICOLOR"] {
        command.env_remove(name);
    }
    command
}

/// Runs the program in a folder; it must not fail. Returns its stdout.
pub fn run(folder: &Path, arguments: &[&str]) -> String {
    checked(program(folder, arguments)).0
}

/// Runs the program in the root of the repository, which contains `corpus`, with the index `index` of a folder; it must
/// not fail. Returns its stdout and stderr.
pub fn run_in_repository(folder: &Path, arguments: &[&str]) -> (String, String) {
    let mut command = program(Path::new(env!("CARGO_MANIFEST_DIR")), arguments);
    command.env("NUTGRAF_INDEX", folder.join("index"));
    checked(command)
}

/// Stdout and stderr of a command, which must not fail.
fn checked(mut command: Command) -> (String, String) {
    let output = command.output().unwrap();
    let messages = String::from_utf8(output.stderr).unwrap();
    assert!(matches!(output.status.code(), Some(0 | 1 | 3)), "{command:?}: {messages}");
    assert!(!messages.contains("error:") && !messages.contains("panicked"), "{command:?}: {messages}");
    (String::from_utf8(output.stdout).unwrap(), messages)
}

/// Opens the index `index` of a folder.
pub fn open_index(folder: &Path) -> Reader {
    Reader::open(&nutgraf::index::find(Some(&folder.join("index")), folder).unwrap()).unwrap()
}

/// Copies a folder with its content.
pub fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        match source.is_dir() {
            true => copy_folder(&source, &target),
            false => drop(fs::copy(source, target).unwrap()),
        }
    }
}

/// Sends Ctrl-C to a process. Returns whether it was running.
pub fn interrupt(child: &Child) -> bool {
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success()
}

/// The number in an environment variable.
pub fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

/// A scratch folder with an archive in `news`.
pub struct Scratch {
    pub root: PathBuf,
    _folder: tempfile::TempDir,
}

impl Scratch {
    /// An empty folder.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(folder.path()).unwrap();
        fs::create_dir_all(root.join("news")).unwrap();
        Self { root, _folder: folder }
    }

    /// Three containers with a number of records each, and a tenth as many text files.
    pub fn with_archive(records: u64) -> Self {
        let scratch = Self::new();
        let mut random = Random(records);
        for file in 0..3 {
            let lines: String = (0..records).map(|n| random.record(n)).collect();
            scratch.write(format!("news/wire-{file}.jsonl"), lines);
        }
        for file in 0..records / 10 {
            scratch.write(format!("news/{}/story-{file}.txt", file % 4), random.story());
        }
        scratch
    }

    /// Writes a file.
    pub fn write(&self, name: impl AsRef<Path>, content: impl AsRef<[u8]>) {
        let path = self.root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// The program with an index of this name.
    pub fn command(&self, arguments: &[&str], index: &str) -> Command {
        program(&self.root, &[arguments, &["--index", index]].concat())
    }

    /// Runs the program.
    pub fn run(&self, arguments: &[&str], index: &str) -> Output {
        self.command(arguments, index).output().unwrap()
    }

    /// Runs the program, which must not fail. Returns its stdout.
    pub fn done(&self, arguments: &[&str], index: &str) -> String {
        checked(self.command(arguments, index)).0
    }

    /// Runs the program, which must fail. Returns its messages.
    pub fn failed(&self, arguments: &[&str], index: &str) -> String {
        let output = self.run(arguments, index);
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {errors}");
        assert!(errors.contains("error: ") && !errors.contains("panicked"), "{arguments:?}: {errors}");
        errors
    }

    /// The report of an indexing run, as JSON.
    pub fn report(&self, arguments: &[&str], index: &str) -> serde_json::Value {
        serde_json::from_str(&self.done(&[&["index", "--json"], arguments].concat(), index)).unwrap()
    }

    /// The answers of an index: hits, statistics and skips, independent of its layout on disk.
    pub fn answers(&self, index: &str) -> String {
        let mut all = String::new();
        for arguments in [
            &["query", "--jsonl", "-n", "40", "ferry harbour"][..],
            &["query", "--jsonl", "-n", "20", "--no-feedback", "\"chip export\""],
            &["skipped", "--jsonl"],
        ] {
            all += &self.done(arguments, index);
        }
        let mut figures: serde_json::Value = serde_json::from_str(&self.done(&["stats", "--json"], index)).unwrap();
        let object = figures.as_object_mut().unwrap();
        for figure in ["segments", "deleted", "bytes", "index", "index_bytes", "folders"] {
            object.remove(figure);
        }
        all + &figures.to_string()
    }

    /// Compares an index with a fresh one of the same archive.
    pub fn assert_like_fresh(&self, index: &str, why: &str) {
        let _ = fs::remove_dir_all(self.root.join("fresh"));
        self.done(&["index", "--quiet", "news"], "fresh");
        assert_eq!(self.answers(index), self.answers("fresh"), "{why}");
    }

    /// Waits until a running process has committed. Returns whether it did before it ended.
    pub fn wait_for_a_commit(&self, child: &mut Child, index: &str) -> bool {
        let meta = self.root.join(index).join("meta.json");
        while child.try_wait().unwrap().is_none() {
            if has_segments(&meta) {
                return true;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        false
    }
}

fn has_segments(meta: &Path) -> bool {
    let text = fs::read(meta).unwrap_or_default();
    let meta: serde_json::Value = serde_json::from_slice(&text).unwrap_or_default();
    meta["segments"].as_array().is_some_and(|segments| !segments.is_empty())
}
