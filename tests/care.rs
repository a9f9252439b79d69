//! Maintenance of an index: moving, bundling, rebuilding, merging, refreshing.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test fails by panicking, and says what it leaves out")]

use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::common::{Scratch, interrupt};

/// Maximum time for a watch to notice a file.
const WATCH_SECONDS_MAX: u64 = 60;

fn indexed() -> Scratch {
    let scratch = Scratch::with_archive(20);
    scratch.done(&["index", "--quiet", "news"], "index");
    scratch
}

fn names(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let files = fs::read_dir(folder).unwrap().flatten();
    let mut files: Vec<_> =
        files.map(|e| (e.file_name().into_string().unwrap(), fs::read(e.path()).unwrap())).collect();
    files.sort();
    files
}

#[test]
fn archive_and_index_move_together() {
    let scratch = indexed();
    fs::create_dir_all(scratch.root.join("elsewhere")).unwrap();
    fs::rename(scratch.root.join("news"), scratch.root.join("elsewhere/news")).unwrap();
    fs::rename(scratch.root.join("index"), scratch.root.join("elsewhere/index")).unwrap();
    let hits = scratch.done(&["query", "ferry", "--jsonl", "-n", "3"], "elsewhere/index");
    assert_eq!(hits.matches("\"path\":\"elsewhere/news/").count(), 3, "{hits}");
    let report = scratch.report(&["elsewhere/news"], "elsewhere/index");
    assert_eq!(report["read"], 0, "{report}");
    assert_eq!(report["removed"], 0, "{report}");
    assert!(scratch.done(&["check"], "elsewhere/index").contains("Sound"));
}

#[test]
fn an_index_that_cannot_be_written_is_read_and_not_touched() {
    let scratch = indexed();
    let folder = scratch.root.join("index");
    // Like a copy of an index that was never opened at its place: without lock files.
    for lock in [".tantivy-meta.lock", ".tantivy-writer.lock", ".writer.lock"] {
        let _ = fs::remove_file(folder.join(lock));
    }
    let expected = scratch.answers("index");
    for lock in [".tantivy-meta.lock", ".tantivy-writer.lock", ".writer.lock"] {
        let _ = fs::remove_file(folder.join(lock));
    }
    let before = names(&folder);
    let writable = fs::metadata(&folder).unwrap().permissions();
    let mut permissions = writable.clone();
    permissions.set_readonly(true);
    fs::set_permissions(&folder, permissions).unwrap();
    let is_superuser = fs::write(folder.join("probe"), "").is_ok();
    if is_superuser {
        // This user ignores permissions, but the files must still be unchanged by reading.
        let _ = fs::remove_file(folder.join("probe"));
    }
    let told = (scratch.answers("index"), scratch.done(&["check", "--full"], "index"));
    let after = names(&folder);
    fs::set_permissions(&folder, writable).unwrap();
    assert_eq!(told.0, expected);
    assert!(told.1.contains("Sound"), "{}", told.1);
    let without_locks = |files: Vec<(String, Vec<u8>)>| -> Vec<(String, Vec<u8>)> {
        files.into_iter().filter(|(name, _)| !(is_superuser && name.ends_with(".lock"))).collect()
    };
    assert_eq!(without_locks(after), without_locks(before));
}

#[cfg(target_os = "linux")]
#[test]
fn an_index_on_a_read_only_mount_is_read() {
    use std::process::Command;
    let scratch = indexed();
    let mount = scratch.root.join("mounted");
    fs::create_dir(&mount).unwrap();
    let run = |program: &str, arguments: &[&str]| {
        Command::new(program).args(arguments).output().is_ok_and(|output| output.status.success())
    };
    let (from, to) = (scratch.root.join("index"), mount.to_str().unwrap());
    let mounted = run("mount", &["--bind", from.to_str().unwrap(), to]);
    if !mounted || !run("mount", &["-o", "remount,bind,ro", to]) {
        if mounted {
            run("umount", &[to]);
        }
        eprintln!("skipped: nothing can be mounted here");
        return;
    }
    let outcome = std::panic::catch_unwind(|| {
        (
            scratch.answers("mounted"),
            scratch.done(&["check", "--full"], "mounted"),
            scratch.failed(&["optimize"], "mounted"),
        )
    });
    run("umount", &[to]);
    let (answers, checked, _) = outcome.unwrap();
    assert!(checked.contains("Sound"), "{checked}");
    assert_eq!(answers, scratch.answers("index"));
}

#[test]
fn a_bundle_arrives_as_it_was_sent() {
    let scratch = indexed();
    scratch.done(&["bundle", "--quiet", "news.nutgraf"], "index");
    assert!(scratch.failed(&["bundle", "news.nutgraf"], "index").contains("already exists"));
    scratch.done(&["unbundle", "--quiet", "news.nutgraf", "got"], "none");
    assert!(scratch.failed(&["unbundle", "news.nutgraf", "got"], "none").contains("already exists"));
    assert_eq!(scratch.answers("got").replace("\"got\"", "\"index\""), scratch.answers("index"));
    assert!(scratch.done(&["check", "--full"], "got").contains("Sound"));
    // Without the archive, its paths are only text.
    fs::rename(scratch.root.join("news"), scratch.root.join("gone")).unwrap();
    let hits = scratch.done(&["query", "ferry", "--jsonl", "-n", "3"], "got");
    assert!(hits.contains("\"path\":\"wire-") || hits.contains("/story-"), "{hits}");
    assert!(!hits.contains(scratch.root.to_str().unwrap()), "{hits}");
    let kept = scratch.run(&["index"], "got");
    assert!(String::from_utf8_lossy(&kept.stderr).contains(" articles of `news`, which is not there"), "{kept:?}");
    assert_eq!(scratch.done(&["query", "ferry", "--jsonl", "-n", "3"], "got"), hits);
    scratch.done(&["folders", "--moved", "news", "gone"], "got");
    assert_eq!(scratch.report(&["gone"], "got")["read"], 0);
    let left: Vec<_> = fs::read_dir(&scratch.root).unwrap().flatten().map(|e| e.file_name()).collect();
    assert!(left.iter().all(|name| !name.to_str().unwrap().ends_with(".begun")), "{left:?}");
}

#[test]
fn a_spoilt_bundle_is_refused_and_leaves_nothing() {
    let scratch = indexed();
    scratch.done(&["bundle", "--quiet", "whole.nutgraf"], "index");
    let whole = fs::read(scratch.root.join("whole.nutgraf")).unwrap();
    let mut cases: Vec<(String, Vec<u8>)> = vec![("empty".into(), Vec::new()), ("text".into(), b"no bundle".to_vec())];
    for part in 1..12 {
        let at = whole.len() * part / 12;
        let mut flipped = whole.clone();
        flipped[at] ^= 0x10;
        cases.push((format!("flipped at {at}"), flipped));
        cases.push((format!("cut at {at}"), whole[..at].to_vec()));
    }
    cases.push(("wrong names".into(), with_names(&whole, |name| name.replace("meta.json", "../meta.json"))));
    cases.push(("a name twice".into(), with_names(&whole, |name| name.replace(".term", ".idx"))));
    for (why, bytes) in cases {
        scratch.write("spoilt.nutgraf", bytes);
        let told = scratch.failed(&["unbundle", "spoilt.nutgraf", "spoilt"], "none");
        assert!(told.contains("spoilt.nutgraf"), "{why}: {told}");
        let left: Vec<_> = fs::read_dir(&scratch.root).unwrap().flatten().map(|e| e.file_name()).collect();
        assert_eq!(left.len(), 4, "{why}: {left:?}");
    }
}

/// The bundle with other names in the archive and in its list of contents.
fn with_names(bundle: &[u8], rename: impl Fn(&str) -> String) -> Vec<u8> {
    let unpacked = zstd::decode_all(bundle).unwrap();
    let mut archive = tar::Archive::new(&unpacked[..]);
    let mut made = tar::Builder::new(Vec::new());
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = rename(entry.path().unwrap().to_str().unwrap());
        let mut bytes = Vec::new();
        std::io::copy(&mut entry, &mut bytes).unwrap();
        if name == "bundle.json" {
            bytes = rename(std::str::from_utf8(&bytes).unwrap()).into_bytes();
        }
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        // The library refuses such names, but a malicious bundle may have them.
        header.as_gnu_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        made.append(&header, &bytes[..]).unwrap();
    }
    zstd::encode_all(&made.into_inner().unwrap()[..], 1).unwrap()
}

#[test]
fn an_index_of_another_version_is_reported_and_rebuilt() {
    let scratch = indexed();
    let path = scratch.root.join("index/nutgraf.json");
    let text = fs::read_to_string(&path).unwrap();
    for version in ["0", "9999"] {
        let mut manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
        manifest["format_version"] = version.parse::<u64>().unwrap().into();
        manifest.as_object_mut().unwrap().remove("hash");
        fs::write(&path, manifest.to_string()).unwrap();
        for command in [&["query", "ferry"][..], &["stats"], &["index", "news"], &["show", "n1"], &["bundle", "b"]] {
            let told = scratch.failed(command, "index");
            assert!(told.contains("format version") && told.contains("--rebuild"), "{command:?}: {told}");
        }
        assert_eq!(scratch.run(&["check"], "index").status.code(), Some(1));
        scratch.done(&["index", "--rebuild", "--quiet"], "index");
        scratch.assert_like_fresh("index", "rebuilt");
        assert!(scratch.done(&["check", "--full"], "index").contains("Sound"));
    }
}

#[test]
fn a_rebuild_takes_what_was_indexed_and_removes_its_own_files_only() {
    let scratch = indexed();
    scratch.write("more/late.txt", "A late ferry\n\nIt came late to the harbour.\n");
    scratch.write("other/not.txt", "Another ferry\n\nIt is not to be indexed.\n");
    scratch.done(&["index", "--quiet", "more"], "index");
    scratch.write("index/notes.txt", "mine");
    let before = scratch.done(&["query", "ferry", "--count"], "index");
    scratch.done(&["index", "--rebuild", "--quiet"], "index");
    assert_eq!(scratch.done(&["query", "ferry", "--count"], "index"), before);
    assert!(scratch.root.join("index/notes.txt").exists());
    // A folder with other content is not an index, whatever its name.
    let told = scratch.failed(&["index", "--rebuild", "news"], "more");
    assert!(told.contains("is not a nutgraf index") && scratch.root.join("more/late.txt").exists(), "{told}");
    // Nothing is deleted if a source is missing.
    fs::rename(scratch.root.join("more"), scratch.root.join("moved")).unwrap();
    scratch.failed(&["index", "--rebuild"], "index");
    assert_eq!(scratch.done(&["query", "ferry", "--count"], "index"), before);
}

#[test]
fn merging_leaves_one_segment_without_deletions() {
    let scratch = indexed();
    for story in 1..3 {
        scratch.write(format!("news/new-{story}.txt"), format!("Ferry {story}\n\nA ferry to harbour {story}.\n"));
        scratch.done(&["index", "--quiet", "--threads", "1", "news"], "index");
    }
    fs::remove_file(scratch.root.join("news/new-1.txt")).unwrap();
    scratch.done(&["index", "--quiet", "news"], "index");
    let told: serde_json::Value = serde_json::from_str(&scratch.done(&["optimize", "--json"], "index")).unwrap();
    assert!(told["before"]["segments"].as_u64() > Some(1) && told["after"]["segments"] == 1, "{told}");
    assert_eq!(told["after"]["deleted"], 0, "{told}");
    let stores = names(&scratch.root.join("index")).into_iter().filter(|(name, _)| name.ends_with(".store")).count();
    assert_eq!(stores, 1);
    scratch.assert_like_fresh("index", "merged");
    // One segment with deletions, then nothing to do.
    fs::remove_file(scratch.root.join("news/new-2.txt")).unwrap();
    scratch.done(&["index", "--quiet", "news"], "index");
    let told: serde_json::Value = serde_json::from_str(&scratch.done(&["optimize", "--json"], "index")).unwrap();
    assert_eq!(told["after"]["deleted"], 0, "{told}");
    scratch.done(&["forget", "news"], "index");
    for _ in 0..2 {
        let told: serde_json::Value = serde_json::from_str(&scratch.done(&["optimize", "--json"], "index")).unwrap();
        assert_eq!((&told["after"]["deleted"], &told["after"]["segments"]), (&0.into(), &0.into()), "{told}");
    }
    assert!(scratch.done(&["check"], "index").contains("Sound"));
}

#[test]
fn a_watch_reads_what_comes_changes_and_goes() {
    let scratch = indexed();
    scratch.write("news/old.txt", "Old lighthouse\n\nThe lighthouse is dark.\n");
    let mut child = scratch.command(&["index", "--watch", "news"], "index").spawn().unwrap();
    let outcome = std::panic::catch_unwind(|| {
        until(&scratch, "lighthouse", "1", "what came before");
        scratch.write("news/2024/deep/er/new.txt", "New windmill\n\nThe windmill");
        until(&scratch, "windmill", "1", "a new folder");
        scratch.write("news/2024/deep/er/new.txt", "New windmill\n\nThe windmill turns by day and by lanternlight.\n");
        until(&scratch, "lanternlight", "1", "the rest of a file");
        fs::rename(scratch.root.join("news/2024"), scratch.root.join("news/2025")).unwrap();
        scratch.write("news/2025/more.txt", "A second windmill\n\nIt stands still.\n");
        until(&scratch, "windmill", "2", "a folder with another name");
        fs::remove_dir_all(scratch.root.join("news/2025")).unwrap();
        until(&scratch, "windmill", "0", "a folder that went");
    });
    if cfg!(unix) {
        assert!(interrupt(&child));
    } else {
        child.kill().unwrap();
    }
    let output = child.wait_with_output().unwrap();
    outcome.unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.contains("watching") && errors.contains("removed"), "{errors}");
    if cfg!(unix) {
        assert_eq!(output.status.code(), Some(0), "{errors}");
    }
    scratch.assert_like_fresh("index", "watched");
}

fn until(scratch: &Scratch, word: &str, count: &str, why: &str) {
    for _ in 0..WATCH_SECONDS_MAX * 5 {
        let output = scratch.run(&["query", "--count", word], "index");
        if String::from_utf8_lossy(&output.stdout).trim() == count {
            return;
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    panic!("{why} was not noticed");
}

#[test]
fn articles_of_one_identifier_are_counted_once_each() {
    let scratch = Scratch::new();
    let line = |id: &str, text: &str| format!("{{\"id\":\"{id}\",\"title\":\"Ferry\",\"text\":\"{text}\"}}\n");
    scratch.write("news/wire.jsonl", line("a", "It sails.") + &line("b", "It stays.") + &line("a", "It sinks."));
    let report = scratch.report(&["news"], "index");
    assert_eq!((&report["articles_added"], &report["articles_total"]), (&3.into(), &3.into()), "{report}");
    scratch.write("news/wire.jsonl", line("a", "It sails.") + &line("b", "It stays."));
    let report = scratch.report(&["news"], "index");
    assert_eq!((&report["articles_added"], &report["articles_total"]), (&0.into(), &2.into()), "{report}");
    assert_eq!(scratch.done(&["query", "--ids", "sails"], "index").trim(), "a");
}
