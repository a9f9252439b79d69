//! Deliberate damage: `check` finds it, no command panics, and after a repair and a run the index is like new.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::{Random, Scratch, copy_folder};

/// A kind of damage.
#[derive(Debug, Clone, Copy)]
enum Harm {
    FlipFirst,
    FlipMiddle,
    FlipLast,
    CutHalf,
    CutOneByte,
    Empty,
    Remove,
    Garbage,
    /// Swaps a part with that of another segment.
    Swap,
    /// Replaces a text with another.
    Replace(&'static str, &'static str),
}

use Harm::*;

/// The suffix of the damaged file, and the damage.
const DAMAGE: &[(&str, Harm)] = &[
    (".term", FlipMiddle),
    (".term", CutHalf),
    (".term", Remove),
    (".term", Swap),
    (".idx", FlipMiddle),
    (".idx", CutOneByte),
    (".idx", Remove),
    (".idx", Swap),
    (".pos", FlipMiddle),
    (".pos", Empty),
    (".pos", Swap),
    (".store", FlipFirst),
    (".store", FlipMiddle),
    (".store", CutHalf),
    (".store", Remove),
    (".store", Swap),
    (".fast", FlipMiddle),
    (".fast", FlipLast),
    (".fast", Garbage),
    (".fast", Remove),
    (".fast", Swap),
    (".fieldnorm", FlipMiddle),
    (".fieldnorm", Remove),
    (".fieldnorm", Swap),
    (".del", FlipFirst),
    (".del", Empty),
    (".del", Remove),
    ("meta.json", FlipFirst),
    ("meta.json", CutHalf),
    ("meta.json", Empty),
    ("meta.json", Remove),
    ("meta.json", Replace("\"max_doc\": ", "\"max_doc\": 1")),
    ("meta.json", Replace("\"segment_id\": \"", "\"segment_id\": \"0")),
    ("meta.json", Replace("\"terms\"", "\"tomes\"")),
    (".managed.json", FlipFirst),
    (".managed.json", Empty),
    (".managed.json", Remove),
    (".managed.json", Replace(".idx", ".xdi")),
    ("nutgraf.json", FlipFirst),
    ("nutgraf.json", FlipMiddle),
    ("nutgraf.json", Empty),
    ("nutgraf.json", Remove),
    ("nutgraf.json", Replace("0.1", "0.2")),
    ("meta.json", Replace("articles\\\":", "articles\\\":1")),
];

/// An index of several segments, one with deletions.
fn indexed() -> Scratch {
    let scratch = Scratch::new();
    let mut random = Random(7);
    for part in 0..3u64 {
        let lines: String = (0..40).map(|n| random.record(part * 100 + n)).collect();
        scratch.write(format!("news/wire-{part}.jsonl"), lines);
        scratch.write(format!("news/story-{part}.txt"), random.story());
        scratch.done(&["index", "--quiet", "--threads", "1", "news"], "index");
    }
    let text = fs::read_to_string(scratch.root.join("news/wire-0.jsonl")).unwrap();
    let shorter: Vec<&str> = text.lines().take(38).collect();
    scratch.write("news/wire-0.jsonl", shorter.join("\n"));
    scratch.done(&["index", "--quiet", "--threads", "1", "news"], "index");
    scratch
}

fn files(folder: &Path, end: &str) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()).collect();
    found.retain(|path| path.file_name().unwrap().to_str().unwrap().ends_with(end));
    // Largest first, so that every part is of the same segment.
    found.sort_by_key(|path| {
        let store = path.with_extension("store");
        (std::cmp::Reverse(store.metadata().map_or(0, |m| m.len())), path.clone())
    });
    found
}

fn harm(folder: &Path, end: &str, harm: Harm) {
    let found = files(folder, end);
    let path = found.first().unwrap_or_else(|| panic!("no {end}"));
    let bytes = fs::read(path).unwrap_or_default();
    let flipped = |at: usize| {
        let mut bytes = bytes.clone();
        bytes[at] ^= 0x5A;
        fs::write(path, bytes).unwrap();
    };
    match harm {
        FlipFirst => flipped(0),
        // Before the footer, which is a hundred bytes long.
        FlipMiddle => flipped(bytes.len().saturating_sub(110) / 2 + 1),
        FlipLast => flipped(bytes.len() - 1),
        CutHalf => fs::write(path, &bytes[..bytes.len() / 2]).unwrap(),
        CutOneByte => fs::write(path, &bytes[..bytes.len() - 1]).unwrap(),
        Empty => fs::write(path, "").unwrap(),
        Remove => fs::remove_file(path).unwrap(),
        Garbage => fs::write(path, (0..bytes.len()).map(|n| (n * 31 % 251) as u8).collect::<Vec<_>>()).unwrap(),
        Swap => {
            let other = &found[1];
            fs::write(path, fs::read(other).unwrap()).unwrap();
            fs::write(other, bytes).unwrap();
        }
        Replace(from, to) => {
            let text = String::from_utf8(bytes).unwrap();
            assert!(text.contains(from), "{from} in {text}");
            fs::write(path, text.replacen(from, to, 1)).unwrap();
        }
    }
}

#[test]
fn each_damage_is_found_does_no_harm_and_is_mended() {
    let scratch = indexed();
    let whole = scratch.root.join("index");
    assert!(files(&whole, ".store").len() > 1 && !files(&whole, ".del").is_empty(), "several segments, deletions");
    assert!(scratch.done(&["check", "--full"], "index").contains("Sound"));
    scratch.done(&["index", "--quiet", "news"], "fresh");
    let expected = scratch.answers("fresh");
    for (end, harmed) in DAMAGE {
        let folder = scratch.root.join("harmed");
        let _ = fs::remove_dir_all(&folder);
        copy_folder(&whole, &folder);
        harm(&folder, end, *harmed);
        let why = format!("{end} {harmed:?}");
        for command in [
            &["query", "ferry harbour"][..],
            &["query", "\"chip export\"", "--json"],
            &["show", "n3", "ferry"],
            &["stats"],
            &["skipped"],
        ] {
            survives(&scratch, command, &why);
        }
        let found = scratch.run(&["check", "--full", "--json"], "harmed");
        assert_eq!(found.status.code(), Some(1), "{why}: {found:?}");
        let json: serde_json::Value = serde_json::from_slice(&found.stdout).unwrap();
        assert!(!json["faults"].as_array().unwrap().is_empty(), "{why}");
        let mended = scratch.run(&["check", "--full", "--repair"], "harmed");
        assert_eq!(mended.status.code(), Some(0), "{why}: {mended:?}");
        scratch.done(&["index", "--quiet", "news"], "harmed");
        assert_eq!(scratch.answers("harmed"), expected, "{why}");
        let again = scratch.run(&["check", "--full"], "harmed");
        assert_eq!(again.status.code(), Some(0), "{why}: {again:?}");
    }
}

/// Checks that a command exits normally; a failure must name the index.
fn survives(scratch: &Scratch, command: &[&str], why: &str) {
    let output = scratch.run(command, "harmed");
    let errors = String::from_utf8_lossy(&output.stderr);
    let code = output.status.code();
    assert!(matches!(code, Some(0..=3)), "{command:?}, {why}: {code:?} {errors}");
    assert!(!errors.contains("panicked"), "{command:?}, {why}: {errors}");
    if code == Some(2) {
        let error = errors.lines().find(|line| line.starts_with("error: ")).unwrap_or_default();
        assert!(error.contains("harmed") || error.contains("no article"), "{command:?}, {why}: {errors}");
    }
}

#[test]
fn indexing_a_damaged_index_ends_with_an_error_or_mends_it() {
    let scratch = indexed();
    for (end, harmed) in DAMAGE {
        let folder = scratch.root.join("harmed");
        let _ = fs::remove_dir_all(&folder);
        copy_folder(&scratch.root.join("index"), &folder);
        harm(&folder, end, *harmed);
        // Something to index, so that segments are opened for writing.
        scratch.write("news/late.txt", format!("Late {end}\n\nA ferry came late to the harbour.\n"));
        survives(&scratch, &["index", "news"], &format!("{end} {harmed:?}"));
    }
}

#[test]
fn a_sound_index_is_left_alone_by_a_repair() {
    let scratch = indexed();
    let folder = scratch.root.join("index");
    fs::write(folder.join("README"), "mine").unwrap();
    let state = |folder: &Path| -> Vec<(PathBuf, Vec<u8>)> {
        files(folder, "").into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
    };
    let before = state(&folder);
    let told = scratch.done(&["check", "--repair"], "index");
    assert!(told.contains("Sound") && told.contains("`README` is not a file of the index"), "{told}");
    assert_eq!(state(&folder), before);
}

#[test]
fn what_a_run_that_was_cut_short_has_left_is_no_damage() {
    let scratch = indexed();
    for name in ["0123456789abcdef0123456789abcdef.idx", ".tmpAbCdEf"] {
        fs::write(scratch.root.join("index").join(name), "left behind").unwrap();
    }
    let told = scratch.done(&["check", "--full"], "index");
    assert!(told.contains("Sound") && told.contains("2 files are left over from an interrupted run"), "{told}");
    scratch.done(&["index", "--quiet", "news"], "index");
    scratch.assert_like_fresh("index", "with files that were left behind");
}

#[test]
fn an_index_with_the_store_settings_of_another_version_is_sound() {
    let scratch = indexed();
    harm(
        &scratch.root.join("index"),
        "meta.json",
        Replace("\"docstore_blocksize\": 32768", "\"docstore_blocksize\": 8192"),
    );
    assert!(scratch.done(&["check", "--full"], "index").contains("Sound"));
    scratch.write("news/more.txt", "More\n\nA ferry more.\n");
    scratch.done(&["index", "--quiet", "news"], "index");
    scratch.assert_like_fresh("index", "with other settings");
}

#[test]
fn only_the_files_of_what_was_lost_are_read_again() {
    let scratch = indexed();
    let folder = scratch.root.join("index");
    harm(&folder, ".pos", FlipMiddle);
    scratch.done(&["check", "--repair"], "index");
    let report = scratch.report(&["news"], "index");
    let read = report["read"].as_u64().unwrap();
    assert!((1..6).contains(&read), "{report}");
    scratch.assert_like_fresh("index", "after a repair");
}

#[test]
fn what_is_in_the_index_twice_is_found() {
    let scratch = indexed();
    let folder = scratch.root.join("index");
    let (list, names) = (folder.join("meta.json"), folder.join(".managed.json"));
    let read = |path: &Path| serde_json::from_slice::<serde_json::Value>(&fs::read(path).unwrap()).unwrap();
    let (mut commit, mut managed) = (read(&list), read(&names));
    let mut segment = commit["segments"][0].clone();
    let (id, twin) = (segment["segment_id"].as_str().unwrap().replace('-', ""), "5".repeat(32));
    for path in files(&folder, "").into_iter().filter(|path| path.to_str().unwrap().contains(&id)) {
        let name = path.file_name().unwrap().to_str().unwrap().replace(&id, &twin);
        fs::copy(&path, folder.join(&name)).unwrap();
        managed.as_array_mut().unwrap().push(name.into());
    }
    segment["segment_id"] = twin.into();
    commit["segments"].as_array_mut().unwrap().push(segment);
    fs::write(&list, commit.to_string()).unwrap();
    fs::write(&names, managed.to_string()).unwrap();
    let output = scratch.run(&["check"], "index");
    let told = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("is in the index twice"), "{told}");
    scratch.done(&["check", "--repair"], "index");
    scratch.done(&["index", "--quiet", "news"], "index");
    scratch.assert_like_fresh("index", "after a repair");
}
