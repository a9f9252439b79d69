//! Concurrent use and failures: two writers, readers beside a writer, a full disk, read-only media, and files that
//! vanish, grow or become unreadable while they are read.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test fails by panicking, and says what it leaves out")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::{Random, Scratch};
use nutgraf::index::{Writer, WriterOptions, find};

const OPTIONS: WriterOptions = WriterOptions { threads: 1, memory_bytes: 32 << 20 };

#[test]
fn a_second_writer_is_told_of_the_first_or_waits_for_it() {
    let scratch = Scratch::with_archive(20);
    scratch.done(&["index", "--quiet", "news"], "index");
    scratch.write("news/late.txt", Random(7).story());
    let location = find(Some(&scratch.root.join("index")), &scratch.root).unwrap();
    let first = Writer::open(&location, &OPTIONS).unwrap();
    let told = scratch.failed(&["index", "--quiet", "news"], "index");
    assert!(told.contains(&format!("process {} on ", std::process::id())), "{told}");
    assert!(told.contains(" since ") && told.contains("hint: ") && told.contains("--wait"), "{told}");
    // Reading continues meanwhile, and a query with `--in` uses the index as it is.
    assert!(!scratch.done(&["query", "--jsonl", "ferry"], "index").is_empty());
    assert!(!scratch.done(&["query", "--jsonl", "ferry", "--in", "news"], "index").is_empty());
    let mut waiting = scratch.command(&["index", "--quiet", "--wait", "news"], "index").spawn().unwrap();
    let mut asking = scratch.command(&["query", "--ids", "--wait", "ferry", "--in", "news"], "index").spawn().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert!(waiting.try_wait().unwrap().is_none() && asking.try_wait().unwrap().is_none(), "they do not wait");
    drop(first);
    assert!(matches!(waiting.wait().unwrap().code(), Some(0 | 3)));
    assert!(matches!(asking.wait().unwrap().code(), Some(0 | 1)));
    scratch.assert_like_fresh("index", "after waiting");
}

#[test]
fn a_holder_file_left_behind_harms_nothing() {
    let scratch = Scratch::with_archive(20);
    for left in ["{\"process\":1,\"host\":\"elsewhere\",\"since\":\"long ago\"}", "nonsense", ""] {
        scratch.write("news/more.txt", Random(left.len() as u64).story());
        scratch.done(&["index", "--quiet", "news"], "index");
        scratch.write("index/.writer.json", left);
    }
    scratch.assert_like_fresh("index", "with a file left behind");
}

#[test]
fn many_start_at_once_and_all_end_well() {
    let scratch = Scratch::with_archive(60);
    let start = |_| scratch.command(&["index", "--quiet", "--wait", "news"], "index").spawn().unwrap();
    let running: Vec<_> = (0..4).map(start).collect();
    for child in running {
        let output = child.wait_with_output().unwrap();
        assert!(matches!(output.status.code(), Some(0 | 3)), "{}", String::from_utf8_lossy(&output.stderr));
    }
    scratch.assert_like_fresh("index", "after four at once");
}

#[test]
fn a_query_beside_a_writer_sees_one_commit() {
    let scratch = Scratch::with_archive(60);
    scratch.done(&["index", "--quiet", "news"], "index");
    // All records of a file change together from one word to another. The file is small enough for one commit.
    let lines =
        |word: &str| (0..40).map(|n| format!("{{\"id\":\"x{n}\",\"text\":\"{word} news\"}}\n")).collect::<String>();
    scratch.write("news/turn.jsonl", lines("heads"));
    scratch.done(&["index", "--quiet", "news"], "index");
    for turn in ["tails", "heads", "tails"] {
        scratch.write("news/turn.jsonl", lines(turn));
        let mut child = scratch.command(&["index", "--quiet", "news"], "index").spawn().unwrap();
        loop {
            let ended = child.try_wait().unwrap().is_some();
            let hits = scratch.done(&["query", "--jsonl", "-n", "100", "heads OR tails"], "index");
            let (heads, tails) = (hits.matches("heads news").count(), hits.matches("tails news").count());
            assert!((heads, tails) == (40, 0) || (heads, tails) == (0, 40), "{heads} {tails}");
            if ended {
                break;
            }
        }
    }
}

/// A small file system, unmounted on drop.
struct Mounted(PathBuf);

impl Mounted {
    fn new(at: &Path, kilobytes: u32) -> Option<Self> {
        fs::create_dir_all(at).unwrap();
        let size = format!("size={kilobytes}k");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(at);
        mount.output().is_ok_and(|output| output.status.success()).then(|| Self(at.to_owned()))
    }

    fn remount(&self, options: &str) {
        let mut mount = Command::new("mount");
        mount.args(["-o", &format!("remount,{options}")]).arg(&self.0);
        assert!(mount.status().unwrap().success());
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_is_named_and_the_last_commit_answers() {
    let scratch = Scratch::with_archive(2000);
    let Some(disk) = Mounted::new(&scratch.root.join("disk"), 600) else {
        println!("skipped: nothing can be mounted here");
        return;
    };
    scratch.done(&["index", "--quiet", "news/0"], "disk/index");
    let before = scratch.answers("disk/index");
    let told = scratch.failed(&["index", "--quiet", "news"], "disk/index");
    assert!(told.contains("No space left") && told.contains("free some space"), "{told}");
    assert_eq!(scratch.answers("disk/index"), before);
    disk.remount("size=64m");
    scratch.done(&["index", "--quiet", "news"], "disk/index");
    // The first run had another root folder, so the names of files differ.
    let ids = scratch.done(&["query", "--ids", "-n", "1000", "ferry"], "disk/index");
    scratch.done(&["index", "--quiet", "news"], "fresh");
    assert_eq!(ids.lines().count(), scratch.done(&["query", "--ids", "-n", "1000", "ferry"], "fresh").lines().count());
}

#[test]
fn what_cannot_be_written_is_read_all_the_same() {
    let scratch = Scratch::with_archive(30);
    let Some(disk) = Mounted::new(&scratch.root.join("disk"), 64 << 10) else {
        println!("skipped: nothing can be mounted here");
        return;
    };
    scratch.done(&["index", "--quiet", "news"], "disk/index");
    let before = scratch.answers("disk/index");
    // As on media written by another machine.
    let _ = fs::remove_file(scratch.root.join("disk/index/.tantivy-meta.lock"));
    disk.remount("ro");
    assert_eq!(scratch.answers("disk/index"), before);
    // Without changes, nothing is written.
    scratch.done(&["index", "--quiet", "news"], "disk/index");
    scratch.write("news/late.txt", Random(7).story());
    let told = scratch.failed(&["index", "--quiet", "news"], "disk/index");
    assert!(told.contains("Read-only file system") && told.contains("hint: "), "{told}");
    assert!(!scratch.done(&["query", "--jsonl", "ferry", "--in", "news"], "disk/index").is_empty());
    assert_eq!(scratch.answers("disk/index"), before);
}

#[test]
fn files_that_change_under_the_reader_are_counted_or_read_again() {
    let scratch = Scratch::with_archive(600);
    let work = &["index", "--quiet", "--threads", "1", "--commit-every", "16K", "news"];
    let mut child = scratch.command(work, "index").spawn().unwrap();
    assert!(scratch.wait_for_a_commit(&mut child, "index"), "it ended before it committed");
    // Some files have been read, some are being read, some are not read yet.
    let mut random = Random(3);
    for file in 0..3 {
        let path = scratch.root.join(format!("news/wire-{file}.jsonl"));
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text + &random.record(9000 + file)).unwrap();
    }
    for file in 0..60 {
        let path = scratch.root.join(format!("news/{}/story-{file}.txt", file % 4));
        match file % 3 {
            0 => fs::remove_file(path).unwrap(),
            1 => fs::set_permissions(path, fs::Permissions::from_mode(0o000)).unwrap(),
            _ => {}
        }
    }
    assert!(matches!(child.wait().unwrap().code(), Some(0 | 3)));
    assert!(!scratch.done(&["query", "--jsonl", "ferry"], "index").is_empty());
    for file in (1..60).step_by(3) {
        let path = scratch.root.join(format!("news/{}/story-{file}.txt", file % 4));
        fs::set_permissions(path, fs::Permissions::from_mode(0o644)).unwrap();
    }
    scratch.done(&["index", "--quiet", "--retry-skipped", "news"], "index");
    scratch.assert_like_fresh("index", "after files changed while they were read");
}
