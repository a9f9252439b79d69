//! The program is killed at random moments and interrupted at its work: the index opens, answers, and the next run
//! ends where an undisturbed one would.
//!
//! `NUTGRAF_KILLS` sets how often it is killed (12 when unset); a thorough run is
//!
//! ```text
//! NUTGRAF_KILLS=500 cargo test --release --test crash
//! ```

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::fs;
use std::process::{Child, Command, Output};
use std::time::{Duration, Instant};

use common::{Random, Scratch};

/// Kills when nothing else is asked for.
const KILLS: u64 = 12;

/// Indexing with many commits and merges.
const INDEX: &[&str] = &["index", "--quiet", "--threads", "2", "--commit-every", "16K", "news"];

/// What the archive and the index are when the program is killed.
const SITUATIONS: u64 = 4;

/// Prepares a situation and says what it is.
fn prepare(scratch: &Scratch, random: &mut Random) -> &'static str {
    match random.below(SITUATIONS) {
        0 => {
            let _ = fs::remove_dir_all(scratch.root.join("index"));
            "first build"
        }
        1 => {
            for file in 0..3 {
                let path = scratch.root.join(format!("news/wire-{file}.jsonl"));
                let text = fs::read_to_string(&path).unwrap_or_default();
                let mut changed = String::new();
                for (number, line) in text.lines().enumerate() {
                    match random.below(8) {
                        0 => changed += &random.record(number as u64),
                        1 if random.below(4) == 0 => {}
                        _ => changed += &format!("{line}\n"),
                    }
                }
                fs::write(&path, changed).unwrap();
            }
            "records changed"
        }
        2 => {
            for file in 0..30 {
                let name = format!("news/{}/story-{file}.txt", file % 4);
                match random.below(3) {
                    0 => drop(fs::remove_file(scratch.root.join(name))),
                    1 => scratch.write(&name, random.story()),
                    _ => {}
                }
            }
            "files changed and deleted"
        }
        _ => {
            let lines: String = (0..200).map(|n| random.record(n)).collect();
            scratch.write(&format!("news/wire-{}.jsonl", random.below(3)), lines);
            "a container written anew"
        }
    }
}

#[test]
fn killed_at_any_moment_the_index_opens_and_the_next_run_ends_well() {
    let kills = std::env::var("NUTGRAF_KILLS").ok().map_or(KILLS, |kills| kills.parse().unwrap());
    let scratch = Scratch::with_archive(200);
    // The moments are spread over what an undisturbed run takes here; nothing is asserted of it.
    let started = Instant::now();
    scratch.done(INDEX, "index");
    let usual = started.elapsed().as_micros() as u64;
    let mut random = Random(1);
    let mut cut_short = 0;
    for kill in 0..kills {
        let situation = prepare(&scratch, &mut random);
        let mut child = scratch.command(INDEX, "index").spawn().unwrap();
        std::thread::sleep(Duration::from_micros(random.below(usual)));
        child.kill().unwrap();
        cut_short += u64::from(child.wait().unwrap().code().is_none());
        let why = format!("kill {kill}, {situation}");
        let asked = scratch.run(&["query", "--jsonl", "ferry"], "index");
        let told = String::from_utf8_lossy(&asked.stderr);
        let nothing_yet = told.contains("nothing was ever committed") || told.contains("no index at");
        let nothing_yet = nothing_yet || told.contains("has no `nutgraf.json`");
        match asked.status.code() {
            Some(0 | 1) => {}
            Some(2) if nothing_yet && situation == "first build" => {}
            _ => panic!("{why}: {told}"),
        }
        // One that is killed twice in a row goes on all the same.
        if random.below(3) == 0 {
            let mut child = scratch.command(INDEX, "index").spawn().unwrap();
            std::thread::sleep(Duration::from_micros(random.below(usual)));
            child.kill().unwrap();
            child.wait().unwrap();
        }
        scratch.done(INDEX, "index");
        scratch.assert_like_fresh("index", &why);
    }
    assert!(cut_short > 0, "no run was cut short");
    scratch.write("news/last.txt", random.story());
    scratch.done(INDEX, "index");
    assert_clean(&scratch);
}

/// Nothing is left lying about once a run has written again.
fn assert_clean(scratch: &Scratch) {
    let folder = scratch.root.join("index");
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let left: Vec<String> = names.filter(|name| name.starts_with(".tmp") || name == ".writer.json").collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn what_was_committed_before_a_kill_is_not_read_again() {
    let scratch = Scratch::with_archive(1500);
    let mut child = scratch.command(INDEX, "index").spawn().unwrap();
    assert!(scratch.wait_for_a_commit(&mut child, "index"), "it ended before it committed");
    child.kill().unwrap();
    assert_eq!(child.wait().unwrap().code(), None, "it ended before it was killed");
    let report = scratch.report(&["news"], "index");
    let (added, total) = (report["articles_added"].as_u64().unwrap(), report["articles_total"].as_u64().unwrap());
    assert!(added < total, "{report}");
    scratch.assert_like_fresh("index", "after a kill");
}

fn interrupt(child: &Child) {
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

fn ended(child: Child) -> (Output, String) {
    let output = child.wait_with_output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    (output, told)
}

#[test]
fn an_interrupted_run_saves_what_it_has() {
    let scratch = Scratch::with_archive(1500);
    let mut child = scratch.command(INDEX, "index").spawn().unwrap();
    assert!(scratch.wait_for_a_commit(&mut child, "index"), "it ended before it committed");
    interrupt(&child);
    let (output, told) = ended(child);
    assert_eq!(output.status.code(), Some(130), "{told}");
    assert!(told.contains("interrupted: saving what was read"), "{told}");
    assert!(!scratch.done(&["query", "--jsonl", "ferry"], "index").is_empty());
    let report = scratch.report(&["news"], "index");
    let (added, total) = (report["articles_added"].as_u64().unwrap(), report["articles_total"].as_u64().unwrap());
    assert!(0 < added && added < total, "{report}");
    scratch.assert_like_fresh("index", "after an interruption");
}

#[test]
fn a_second_interruption_leaves_at_once() {
    let scratch = Scratch::with_archive(1500);
    let mut child = scratch.command(INDEX, "index").spawn().unwrap();
    assert!(scratch.wait_for_a_commit(&mut child, "index"), "it ended before it committed");
    interrupt(&child);
    // The second may come when all is saved already; then it is too late to matter.
    let _ = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    let (output, told) = ended(child);
    assert_eq!(output.status.code(), Some(130), "{told}");
    assert!(!scratch.done(&["query", "--jsonl", "ferry"], "index").is_empty());
    scratch.done(INDEX, "index");
    scratch.assert_like_fresh("index", "after two interruptions");
}

#[test]
fn an_index_folder_that_was_hardly_begun_is_begun_again() {
    let scratch = Scratch::with_archive(30);
    for begun in [&[][..], &["nutgraf.json.new"][..], &[".writer.lock", ".writer.json"]] {
        let _ = fs::remove_dir_all(scratch.root.join("news/.nutgraf"));
        for name in begun {
            scratch.write(&format!("news/.nutgraf/{name}"), "");
        }
        fs::create_dir_all(scratch.root.join("news/.nutgraf")).unwrap();
        let mut command = scratch.command(&["index", "--quiet", "."], "");
        let output = command.current_dir(scratch.root.join("news")).output().unwrap();
        assert!(matches!(output.status.code(), Some(0 | 3)), "{}", String::from_utf8_lossy(&output.stderr));
    }
}
