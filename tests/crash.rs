//! Kills and interrupts the program at random moments: the index opens and answers, and the next run gives the same
//! result as an undisturbed one.
//!
//! `NUTGRAF_KILLS` is the number of kills (12 by default). A thorough run:
//!
//! ```text
//! NUTGRAF_KILLS=500 cargo test --release --test all crash::
//! ```

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::process::{Child, Output};
use std::time::{Duration, Instant};

use crate::common::{Random, Scratch, interrupt};

/// Default number of kills.
const KILLS: u64 = 12;

/// Number of kills from which each kind of run must have been interrupted.
const THOROUGH: u64 = 200;

/// Indexing with many commits and merges.
const INDEX: &[&str] = &["index", "--quiet", "--threads", "2", "--commit-every", "16K", "news"];

/// The same with so many segments that merges are always running.
const MERGING: &[&str] = &["index", "--quiet", "--threads", "2", "--memory", "64M", "--commit-every", "4K", "news"];

/// Merging all segments.
const OPTIMIZE: &[&str] = &["optimize"];

/// Number of situations in which the program is killed.
const SITUATIONS: u64 = 7;

/// Prepares a situation. Returns its name, and the command to be killed.
fn prepare(scratch: &Scratch, random: &mut Random) -> (&'static str, &'static [&'static str]) {
    match random.below(SITUATIONS) {
        0 => {
            let _ = fs::remove_dir_all(scratch.root.join("index"));
            ("first build", INDEX)
        }
        1 => {
            change_records(scratch, random);
            ("records changed", INDEX)
        }
        2 => {
            change_files(scratch, random);
            ("files changed and deleted", INDEX)
        }
        3 => {
            write_container(scratch, random);
            ("a container written again", INDEX)
        }
        4 => {
            for file in 0..30 {
                let _ = fs::remove_file(scratch.root.join(format!("news/{}/story-{file}.txt", file % 4)));
            }
            scratch.write(format!("news/wire-{}.jsonl", random.below(3)), "");
            ("deletions", INDEX)
        }
        5 => {
            change_records(scratch, random);
            write_container(scratch, random);
            ("merges", MERGING)
        }
        _ => {
            change_records(scratch, random);
            change_files(scratch, random);
            scratch.done(INDEX, "index");
            ("optimize", OPTIMIZE)
        }
    }
}

fn change_records(scratch: &Scratch, random: &mut Random) {
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
}

fn change_files(scratch: &Scratch, random: &mut Random) {
    for file in 0..30 {
        let name = format!("news/{}/story-{file}.txt", file % 4);
        match random.below(3) {
            0 => drop(fs::remove_file(scratch.root.join(name))),
            1 => scratch.write(&name, random.story()),
            _ => {}
        }
    }
}

fn write_container(scratch: &Scratch, random: &mut Random) {
    let lines: String = (0..200).map(|n| random.record(n)).collect();
    scratch.write(format!("news/wire-{}.jsonl", random.below(3)), lines);
}

#[test]
fn killed_at_any_moment_the_index_opens_and_the_next_run_ends_well() {
    let kills = std::env::var("NUTGRAF_KILLS").ok().map_or(KILLS, |kills| kills.parse().unwrap());
    let scratch = Scratch::with_archive(200);
    // Moments are spread over the time of an undisturbed run on this machine.
    let started = Instant::now();
    scratch.done(INDEX, "index");
    let usual = started.elapsed().as_micros() as u64;
    let mut random = Random(1);
    // The duration of each command when last undisturbed.
    let mut usual = BTreeMap::from([(INDEX, usual), (MERGING, usual), (OPTIMIZE, usual / 4)]);
    let mut cut_short: BTreeMap<&str, u64> = BTreeMap::new();
    for kill in 0..kills {
        let (situation, command) = prepare(&scratch, &mut random);
        let started = Instant::now();
        let mut child = scratch.command(command, "index").spawn().unwrap();
        std::thread::sleep(Duration::from_micros(random.below(usual[command])));
        child.kill().unwrap();
        if child.wait().unwrap().code().is_none() {
            *cut_short.entry(situation).or_default() += 1;
        } else {
            usual.insert(command, started.elapsed().as_micros() as u64);
        }
        let why = format!("kill {kill}, {situation}");
        let asked = scratch.run(&["query", "--jsonl", "ferry"], "index");
        let told = String::from_utf8_lossy(&asked.stderr);
        let nothing_yet = told.contains("has no commit yet") || told.contains("no index at");
        let nothing_yet = nothing_yet || told.contains("has no `nutgraf.json`");
        match asked.status.code() {
            Some(0 | 1) => {}
            Some(2) if nothing_yet && situation == "first build" => {}
            _ => panic!("{why}: {told}"),
        }
        if !nothing_yet {
            assert_sound(&scratch, &why);
        }
        // A run that is killed twice in a row also continues.
        if random.below(3) == 0 {
            let mut child = scratch.command(INDEX, "index").spawn().unwrap();
            std::thread::sleep(Duration::from_micros(random.below(usual[INDEX])));
            child.kill().unwrap();
            child.wait().unwrap();
        }
        scratch.done(INDEX, "index");
        assert_sound(&scratch, &why);
        scratch.assert_like_fresh("index", &why);
    }
    assert!(!cut_short.is_empty(), "no run was cut short");
    if kills >= THOROUGH {
        assert_eq!(cut_short.len() as u64, SITUATIONS, "{cut_short:?}");
    }
    scratch.write("news/last.txt", random.story());
    scratch.done(INDEX, "index");
    assert_sound(&scratch, "at the end");
    assert_clean(&scratch);
}

/// Checks the whole index. Files being written may be left over until the next run.
fn assert_sound(scratch: &Scratch, why: &str) {
    let output = scratch.run(&["check", "--full", "--json"], "index");
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let faults = told["faults"].as_array().unwrap_or_else(|| panic!("{why}: {output:?}"));
    assert!(faults.is_empty(), "{why}: {told}");
}

/// Checks that no files are left over after another run.
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

fn ended(child: Child) -> (Output, String) {
    let output = child.wait_with_output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    (output, told)
}

#[test]
fn an_interrupted_run_saves_what_it_has() {
    let scratch = Scratch::with_archive(1500);
    let told: Vec<&str> = INDEX.iter().copied().filter(|argument| *argument != "--quiet").collect();
    let mut child = scratch.command(&told, "index").spawn().unwrap();
    assert!(scratch.wait_for_a_commit(&mut child, "index"), "it ended before it committed");
    assert!(interrupt(&child));
    let (output, told) = ended(child);
    assert_eq!(output.status.code(), Some(130), "{told}");
    assert!(told.contains("interrupted: saving what was read"), "{told}");
    assert!(told.contains("\nInterrupted: ") && !told.contains("\nInterrupted: 0 "), "{told}");
    assert!(!scratch.done(&["query", "--jsonl", "ferry"], "index").is_empty());
    let report = scratch.report(&["news"], "index");
    let (added, total) = (report["articles_added"].as_u64().unwrap(), report["articles_total"].as_u64().unwrap());
    assert!(0 < added && added < total, "{report}");
    scratch.assert_like_fresh("index", "after an interruption");
}

#[test]
fn a_second_interruption_exits_at_once() {
    let scratch = Scratch::with_archive(1500);
    let mut child = scratch.command(INDEX, "index").spawn().unwrap();
    assert!(scratch.wait_for_a_commit(&mut child, "index"), "it ended before it committed");
    assert!(interrupt(&child));
    // The second interrupt may come when everything is committed, and then has no effect.
    interrupt(&child);
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
            scratch.write(format!("news/.nutgraf/{name}"), "");
        }
        fs::create_dir_all(scratch.root.join("news/.nutgraf")).unwrap();
        let mut command = scratch.command(&["index", "--quiet", "."], "");
        let output = command.current_dir(scratch.root.join("news")).output().unwrap();
        assert!(matches!(output.status.code(), Some(0 | 3)), "{}", String::from_utf8_lossy(&output.stderr));
    }
}
