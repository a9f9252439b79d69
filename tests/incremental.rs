//! An index that was updated many times answers exactly like a fresh one.
//!
//! Makes random changes to a scratch archive of mixed formats. After some of them, compares the updated index with a
//! fresh one, before and after merging its segments. `NUTGRAF_STEPS` is the number of changes (60 by default). A
//! thorough run:
//!
//! ```text
//! NUTGRAF_STEPS=2000 cargo test --test all incremental::
//! ```

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use nutgraf::index::{Writer, WriterOptions};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use zip::write::SimpleFileOptions;

use crate::common::program;

/// Default number of changes.
const STEPS: usize = 60;

/// Number of changes in a sequence.
const SEQUENCE: usize = 15;

/// Words of articles.
const WORDS: &[&str] = &[
    "ferry", "harbour", "council", "minister", "chip", "export", "orchard", "strike", "budget", "flood", "court",
    "appeal", "railway", "teacher", "vaccine", "election", "coal", "reactor", "drought", "tariff", "verdict", "launch",
    "merger", "pension",
];

/// Files of the archive: few, so that changes affect the same files.
const FILES: &[&str] = &["a.txt", "b.md", "wire.jsonl", "deep/c.txt", "deep/feed.jsonl", "deep/box.zip", "pack.zip"];

/// Queries compared on both indexes.
const QUERIES: &[&[&str]] = &[
    &["query", "--jsonl", "-n", "100", "ferry harbour minister"],
    &["query", "--jsonl", "-n", "100", "--no-feedback", "\"chip export\" OR verdict*"],
    &["query", "--jsonl", "-n", "7", "title:council budget -flood"],
    &["query", "--jsonl", "-n", "20", "--sort", "oldest", "coal"],
    &["query", "--jsonl", "-n", "20", "--sort", "newest", "tariff merger pension"],
    &["skipped", "--jsonl"],
];

/// A change of the archive, with numbers taken modulo what exists.
#[derive(Debug, Clone)]
enum Change {
    /// Rewrites a file, with a number of records if its format has records.
    Write {
        file: usize,
        seed: u64,
        records: usize,
    },
    /// Changes one record.
    Edit {
        file: usize,
        record: usize,
        seed: u64,
    },
    /// Inserts a record before the others, which changes all their numbers.
    Insert {
        file: usize,
        seed: u64,
    },
    /// Gives a record the id of another, or removes it.
    Identify {
        file: usize,
        record: usize,
        id: usize,
    },
    Rename {
        from: usize,
        to: usize,
    },
    Delete {
        file: usize,
    },
    /// Changes the modification time of a file.
    Touch {
        file: usize,
        days: u64,
    },
    /// Puts binary data into a file.
    Spoil {
        file: usize,
    },
    /// No change: a second run has nothing to do.
    Rest,
    /// Merges all segments.
    Merge,
}

fn change() -> impl Strategy<Value = Change> {
    let file = 0..FILES.len();
    prop_oneof![
        4 => (file.clone(), any::<u64>(), 0..9usize)
            .prop_map(|(file, seed, records)| Change::Write { file, seed, records }),
        5 => (file.clone(), 0..9usize, any::<u64>())
            .prop_map(|(file, record, seed)| Change::Edit { file, record, seed }),
        2 => (file.clone(), any::<u64>()).prop_map(|(file, seed)| Change::Insert { file, seed }),
        3 => (file.clone(), 0..9usize, 0..5usize)
            .prop_map(|(file, record, id)| Change::Identify { file, record, id }),
        2 => (file.clone(), file.clone()).prop_map(|(from, to)| Change::Rename { from, to }),
        1 => file.clone().prop_map(|file| Change::Delete { file }),
        2 => (file.clone(), 0..2000u64).prop_map(|(file, days)| Change::Touch { file, days }),
        1 => file.prop_map(|file| Change::Spoil { file }),
        1 => Just(Change::Rest),
        1 => Just(Change::Merge),
    ]
}

/// An article before it is written to a file.
#[derive(Debug, Clone)]
struct Record {
    id: Option<usize>,
    title: String,
    body: String,
    /// Missing in some, so that the time of the file is used.
    date: Option<String>,
}

impl Record {
    fn new(seed: u64) -> Self {
        // The numbers after a seed, by the constants of Knuth's MMIX.
        let mut state = seed;
        let mut next = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % below
        };
        let mut words = |count: usize| (0..count).map(|_| WORDS[next(WORDS.len())]).collect::<Vec<_>>().join(" ");
        let (title, first, second) = (words(3), words(12), words(40));
        let date = (next(3) > 0).then(|| format!("2021-0{}-1{}", 1 + next(9), next(10)));
        Self { id: (next(2) > 0).then(|| next(6)), title, body: format!("The {first}.\n\nThe {second}."), date }
    }

    fn json(&self) -> String {
        let mut object = serde_json::json!({ "title": self.title, "text": self.body });
        if let Some(id) = self.id {
            object["id"] = format!("n{id}").into();
        }
        if let Some(date) = &self.date {
            object["date"] = date.as_str().into();
        }
        object.to_string()
    }

    fn markdown(&self) -> String {
        format!("# {}\n\n{}\n", self.title, self.body)
    }
}

/// The expected archive on disk.
#[derive(Debug, Default)]
struct Model {
    files: Vec<Option<Content>>,
}

#[derive(Debug, Clone)]
enum Content {
    Records(Vec<Record>),
    Spoilt,
}

/// A scratch folder with the archive, the updated index, and sometimes a fresh one.
struct Scratch {
    root: PathBuf,
    model: Model,
    _folder: tempfile::TempDir,
}

impl Scratch {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(folder.path()).unwrap();
        fs::create_dir_all(root.join("news/deep")).unwrap();
        Self { root, model: Model { files: vec![None; FILES.len()] }, _folder: folder }
    }

    fn path(&self, file: usize) -> PathBuf {
        self.root.join("news").join(FILES[file])
    }

    fn run(&self, arguments: &[&str], index: &str) -> (String, Option<i32>) {
        let output = program(&self.root, &[arguments, &["--index", index]].concat()).output().unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(!errors.contains("error:") && !errors.contains("panicked"), "{arguments:?}: {errors}");
        (String::from_utf8(output.stdout).unwrap(), output.status.code())
    }

    fn change(&mut self, change: &Change) {
        match *change {
            Change::Write { file, seed, records } => {
                let records = (0..records as u64).map(|n| Record::new(seed.wrapping_add(n))).collect();
                self.model.files[file] = Some(Content::Records(records));
                self.save(file);
            }
            Change::Edit { file, record, seed } => self.edit(file, |records| {
                let count = records.len().max(1);
                if let Some(old) = records.get_mut(record % count) {
                    let id = old.id;
                    *old = Record { id, ..Record::new(seed) };
                }
            }),
            Change::Insert { file, seed } => self.edit(file, |records| records.insert(0, Record::new(seed))),
            Change::Identify { file, record, id } => self.edit(file, |records| {
                let count = records.len().max(1);
                if let Some(record) = records.get_mut(record % count) {
                    record.id = (id > 0).then_some(id);
                }
            }),
            Change::Rename { from, to } => {
                // The format is detected by content, so the name of another format does not matter.
                if self.model.files[from].is_some() && from != to {
                    self.model.files[to] = self.model.files[from].take();
                    fs::rename(self.path(from), self.path(to)).unwrap();
                }
            }
            Change::Delete { file } => {
                if self.model.files[file].take().is_some() {
                    fs::remove_file(self.path(file)).unwrap();
                }
            }
            Change::Touch { file, days } => {
                if self.model.files[file].is_some() {
                    let time = SystemTime::UNIX_EPOCH + Duration::from_secs((17_000 + days) * 86_400);
                    fs::File::options().write(true).open(self.path(file)).unwrap().set_modified(time).unwrap();
                }
            }
            Change::Spoil { file } => {
                self.model.files[file] = Some(Content::Spoilt);
                fs::write(self.path(file), [0u8, 159, 146, 150, 1, 2, 3, 255].repeat(40)).unwrap();
            }
            Change::Rest => {}
            Change::Merge => merge(&self.root.join("updated")),
        }
    }

    /// Changes the records of a file in place, where it has any.
    fn edit(&mut self, file: usize, work: impl FnOnce(&mut Vec<Record>)) {
        if let Some(Content::Records(records)) = &mut self.model.files[file] {
            work(records);
            self.save(file);
        }
    }

    fn save(&self, file: usize) {
        let (path, name) = (self.path(file), FILES[file]);
        let Some(Content::Records(records)) = &self.model.files[file] else { return };
        let content = match name.rsplit_once('.').unwrap().1 {
            "jsonl" => lines(records).into_bytes(),
            "zip" => zipped(records),
            _ => records.iter().map(Record::markdown).collect::<String>().into_bytes(),
        };
        fs::write(path, content).unwrap();
    }

    /// Compares the updated index with a fresh one.
    fn compare(&self, done: &[Change]) {
        let _ = fs::remove_dir_all(self.root.join("fresh"));
        self.run(&["index", "--quiet", "news"], "fresh");
        for arguments in QUERIES {
            let (updated, fresh) = (self.run(arguments, "updated"), self.run(arguments, "fresh"));
            assert_eq!(updated, fresh, "{arguments:?} after {done:#?}");
        }
        assert_eq!(self.statistics("updated"), self.statistics("fresh"), "statistics after {done:#?}");
    }

    /// The statistics that do not depend on the layout on disk.
    fn statistics(&self, index: &str) -> serde_json::Value {
        let (text, _) = self.run(&["stats", "--json"], index);
        let mut figures: serde_json::Value = serde_json::from_str(&text).unwrap();
        let object = figures.as_object_mut().unwrap();
        for figure in ["segments", "deleted", "bytes", "index", "index_bytes", "folder"] {
            object.remove(figure);
        }
        figures
    }
}

/// Some lines are damaged, so that there are skips.
fn lines(records: &[Record]) -> String {
    records.iter().map(|r| if r.title.starts_with("coal") { "{broken\n".to_owned() } else { r.json() + "\n" }).collect()
}

/// Half of the records as files, two of them with the same name; the others as lines.
fn zipped(records: &[Record]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let (files, rest) = records.split_at(records.len() / 2);
    for (number, record) in files.iter().enumerate() {
        zip.start_file(format!("story-{number}.md"), SimpleFileOptions::default()).unwrap();
        zip.write_all(record.markdown().as_bytes()).unwrap();
    }
    zip.start_file("rest.jsonl", SimpleFileOptions::default()).unwrap();
    zip.write_all(lines(rest).as_bytes()).unwrap();
    zip.finish().unwrap().into_inner()
}

/// Merges all segments of an index into one.
fn merge(folder: &Path) {
    if folder.join("meta.json").exists() {
        let location = nutgraf::index::find(Some(folder), folder).unwrap();
        let options = WriterOptions { threads: 1, memory_bytes: 32 << 20 };
        let mut writer = Writer::open(&location, &options).unwrap();
        writer.merge_all().unwrap();
        writer.close().unwrap();
    }
}

#[test]
fn an_updated_index_answers_like_a_fresh_one() {
    let steps = std::env::var("NUTGRAF_STEPS").ok().map_or(STEPS, |steps| steps.parse().unwrap());
    let config = Config {
        cases: steps.div_ceil(SEQUENCE) as u32,
        failure_persistence: None,
        max_shrink_iters: 200,
        ..Config::default()
    };
    let seed: &[u8; 32] = b"the same changes in each run ...";
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, seed));
    let sequences = prop::collection::vec((change(), any::<bool>()), SEQUENCE);
    runner
        .run(&sequences, |sequence| {
            let mut scratch = Scratch::new();
            let mut done = Vec::new();
            for (change, indexed) in &sequence {
                scratch.change(change);
                done.push(change.clone());
                // Several changes together.
                if *indexed {
                    scratch.run(&["index", "--quiet", "news"], "updated");
                }
                if *indexed && done.len() % 3 == 0 {
                    scratch.compare(&done);
                }
            }
            scratch.run(&["index", "--quiet", "news"], "updated");
            scratch.compare(&done);
            merge(&scratch.root.join("updated"));
            scratch.compare(&done);
            Ok(())
        })
        .unwrap();
}
