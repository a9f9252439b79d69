//! The list of folders: adding, keeping and dropping them, and the locations of articles.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;

use crate::common::Scratch;

fn story(subject: &str) -> String {
    format!("The {subject}\n\nThe {subject} of the harbour was opened on Monday by the council.\n")
}

/// A scratch folder with these files, each with a story about the given word.
fn archive(files: &[(&str, &str)]) -> Scratch {
    let scratch = Scratch::new();
    for (name, subject) in files {
        scratch.write(name, story(subject));
    }
    scratch
}

/// The messages and exit status of a run.
fn told(scratch: &Scratch, arguments: &[&str]) -> (String, i32) {
    let output = scratch.run(arguments, "index");
    (String::from_utf8(output.stderr).unwrap(), output.status.code().unwrap())
}

fn count(scratch: &Scratch, word: &str) -> String {
    scratch.done(&["query", "--count", "--copies", word], "index").trim().to_owned()
}

/// Locations of the articles with a word.
fn locations(scratch: &Scratch, word: &str) -> Vec<String> {
    let hits = scratch.done(&["query", "--jsonl", "--copies", "-n", "100", word], "index");
    let location = |line: &str| {
        let hit: serde_json::Value = serde_json::from_str(line).unwrap();
        hit["article"]["location"].as_str().unwrap().to_owned()
    };
    let mut all: Vec<String> = hits.lines().map(location).collect();
    all.sort();
    all
}

#[test]
fn missing_folders_are_kept_and_reported() {
    let scratch = archive(&[("disk/a.txt", "bridge"), ("disk/b/c.txt", "bridge"), ("news/d.txt", "bridge")]);
    scratch.done(&["index", "--quiet", "disk", "news"], "index");
    fs::rename(scratch.root.join("disk"), scratch.root.join("off")).unwrap();
    for (state, cause) in [("gone", "which is not there"), ("empty", "which is empty")] {
        if state == "empty" {
            fs::create_dir(scratch.root.join("disk")).unwrap();
        }
        for arguments in [&["index", "disk"][..], &["index"], &["index", "disk", "news"]] {
            let (text, status) = told(&scratch, arguments);
            assert!(text.contains(&format!("kept 2 articles of `disk`, {cause}")), "{arguments:?}: {text}");
            assert_eq!((count(&scratch, "bridge").as_str(), status), ("3", 3), "{state} {arguments:?}");
        }
        let output = scratch.run(&["query", "--count", "--copies", "bridge", "--in", "disk"], "index");
        assert_eq!(String::from_utf8_lossy(&output.stdout), "3\n");
        assert!(String::from_utf8_lossy(&output.stderr).contains("kept 2 articles"), "{state}: {output:?}");
    }
    // Inside an existing folder, deleted files are dropped.
    fs::remove_dir(scratch.root.join("disk")).unwrap();
    fs::rename(scratch.root.join("off"), scratch.root.join("disk")).unwrap();
    fs::remove_dir_all(scratch.root.join("disk/b")).unwrap();
    assert_eq!(scratch.report(&[], "index")["removed"], 1);
    assert_eq!(told(&scratch, &["forget", "disk"]), ("dropped 1 article of `disk`\n".to_owned(), 0));
    assert_eq!(locations(&scratch, "bridge"), ["news/d.txt"]);
    assert!(scratch.failed(&["forget", "disk"], "index").contains("is not one of the index's folders"));
    scratch.done(&["check", "--full"], "index");
}

#[test]
fn an_empty_folder_inside_is_a_disk_that_is_away_unless_its_files_were_deleted() {
    let scratch = archive(&[
        ("in/disk/b/a.txt", "bridge"),
        ("in/disk/c.txt", "bridge"),
        ("in/d/e.txt", "bridge"),
        ("in/f.txt", "ferry"),
    ]);
    scratch.done(&["index", "--quiet", "in"], "index");
    // An empty folder is in its place, as when a disk is not mounted.
    fs::rename(scratch.root.join("in/disk"), scratch.root.join("off")).unwrap();
    fs::create_dir(scratch.root.join("in/disk")).unwrap();
    for arguments in [&["index"][..], &["index", "in"], &["index", "in/disk"]] {
        let (text, status) = told(&scratch, arguments);
        assert!(text.contains("kept 2 articles of `in/disk`, which is empty"), "{arguments:?}: {text}");
        assert_eq!((count(&scratch, "bridge").as_str(), status), ("3", 3), "{arguments:?}");
    }
    // The files of a folder are deleted, but not the folder.
    fs::remove_file(scratch.root.join("in/d/e.txt")).unwrap();
    assert_eq!(scratch.report(&[], "index")["removed"], 1);
    fs::remove_dir(scratch.root.join("in/disk")).unwrap();
    assert_eq!(scratch.report(&[], "index")["removed"], 2);
    scratch.done(&["check", "--full"], "index");
}

#[cfg(unix)]
#[test]
fn articles_of_an_unreadable_file_are_kept_and_reported() {
    let lines = |numbers: std::ops::Range<usize>| -> String {
        let line = |n| format!("{{\"title\":\"Bridge {n}\",\"text\":\"The bridge {n} reopened on Monday.\"}}\n");
        numbers.map(line).collect()
    };
    let scratch = archive(&[("off/one.txt", "bridge")]);
    fs::write(scratch.root.join("off/many.jsonl"), lines(0..5)).unwrap();
    fs::create_dir(scratch.root.join("in")).unwrap();
    for file in ["one.txt", "many.jsonl"] {
        std::os::unix::fs::symlink(format!("../off/{file}"), scratch.root.join("in").join(file)).unwrap();
    }
    scratch.done(&["index", "--quiet", "--follow", "in"], "index");
    fs::rename(scratch.root.join("off"), scratch.root.join("away")).unwrap();
    for _ in 0..2 {
        let (text, status) = told(&scratch, &["index"]);
        assert!(text.contains("kept 1 article of `in/one.txt`, which cannot be read"), "{text}");
        assert!(text.contains("kept 5 articles of `in/many.jsonl`, which cannot be read"), "{text}");
        assert_eq!((count(&scratch, "bridge").as_str(), status), ("6", 3));
    }
    fs::rename(scratch.root.join("away"), scratch.root.join("off")).unwrap();
    assert_eq!(scratch.report(&[], "index")["skips_total"], 0);
    assert_eq!(count(&scratch, "bridge"), "6");
    scratch.done(&["check", "--full"], "index");
}

#[test]
fn articles_missing_from_a_damaged_file_are_dropped_and_reported() {
    let scratch = archive(&[("in/a.txt", "bridge")]);
    let stories: Vec<u8> = (0..400_u32)
        .flat_map(|n| format!("{{\"title\":\"Bridge {n}\",\"text\":\"The bridge {}\"}}\n", n.pow(3)).into_bytes())
        .collect();
    let packed = zstd::encode_all(&stories[..], 1).unwrap();
    let path = scratch.root.join("in/b.jsonl.zst");
    fs::write(&path, &packed).unwrap();
    scratch.done(&["index", "--quiet", "in"], "index");
    fs::write(&path, b"").unwrap();
    let (text, status) = told(&scratch, &["index"]);
    let all = "dropped 400 of 400 articles of `in/b.jsonl.zst`, which it no longer has: the file is empty";
    assert!(text.contains(all), "{text}");
    assert_eq!((count(&scratch, "bridge").as_str(), status), ("1", 3));
    fs::write(&path, &packed).unwrap();
    assert_eq!(told(&scratch, &["index"]).1, 0);
    fs::write(&path, &packed[..packed.len() - 5]).unwrap();
    let (text, status) = told(&scratch, &["index"]);
    assert!(text.contains("articles of `in/b.jsonl.zst`, which it no longer has: ends too early"), "{text}");
    assert_eq!(status, 3);
    assert_eq!(scratch.report(&[], "index")["dropped"].as_array().map(Vec::len), Some(0), "told once");
}

#[test]
fn a_folder_joins_the_list_and_one_around_it_takes_its_articles_over() {
    let scratch = archive(&[("a/2023/x.txt", "bridge"), ("a/2024/x.txt", "bridge"), ("a/y.txt", "bridge")]);
    scratch.done(&["index", "--quiet", "a/2023"], "index");
    scratch.done(&["index", "--quiet", "a/2024"], "index");
    assert_eq!(locations(&scratch, "bridge"), ["a/2023/x.txt", "a/2024/x.txt"]);
    let report = scratch.report(&["a"], "index");
    assert_eq!((&report["read"], &report["unchanged"]), (&1.into(), &2.into()), "{report}");
    assert_eq!(locations(&scratch, "bridge"), ["a/2023/x.txt", "a/2024/x.txt", "a/y.txt"]);
    // A part of a folder is not a separate folder.
    scratch.write("a/deep/z.txt", story("bridge"));
    scratch.write("a/late.txt", story("bridge"));
    assert_eq!(scratch.report(&["a/deep"], "index")["files"], 1);
    let folders: serde_json::Value = serde_json::from_str(&scratch.done(&["folders", "--json"], "index")).unwrap();
    let folders: Vec<_> = folders["folders"].as_array().unwrap().iter().map(|f| (&f["path"], &f["articles"])).collect();
    assert_eq!(folders, [(&"a".into(), &4.into())]);
    assert_eq!(scratch.report(&["a"], "index")["articles_added"], 1);
    // A listed folder stays listed when it is missing.
    fs::remove_dir_all(scratch.root.join("a/2023")).unwrap();
    let (text, status) = told(&scratch, &["index"]);
    assert!(text.contains("kept 1 article of `a/2023`") && status == 3, "{text}");
    let row = |name: &str| {
        let rows = scratch.done(&["folders", "--csv"], "index");
        rows.lines().find(|row| row.starts_with(&format!("{name},"))).unwrap_or_default().to_owned()
    };
    assert!(row("a/2023").contains("1,"), "{}", row("a/2023"));
    told(&scratch, &["forget", "a/2023"]);
    assert_eq!((count(&scratch, "bridge").as_str(), told(&scratch, &["index"]).1), ("4", 0));
    // With other reading options, a part becomes a separate folder.
    scratch.done(&["index", "--quiet", "--hidden", "a/2024"], "index");
    assert!(row("a/2024").contains("1,"), "{}", row("a/2024"));
    let (text, _) = told(&scratch, &["forget", "a/2024"]);
    assert!(text.contains("dropped 1 article") && text.contains("it is inside the folder `a`"), "{text}");
    scratch.done(&["index", "--quiet"], "index");
    assert_eq!(count(&scratch, "bridge"), "4");
    told(&scratch, &["forget", "a"]);
    assert_eq!(count(&scratch, "bridge"), "0");
}

#[test]
fn a_missing_subfolder_moves_with_its_folder() {
    let scratch = archive(&[("a/2023/x.txt", "bridge"), ("a/y.txt", "bridge")]);
    scratch.done(&["index", "--quiet", "a/2023"], "index");
    scratch.done(&["index", "--quiet", "a"], "index");
    fs::remove_dir_all(scratch.root.join("a/2023")).unwrap();
    fs::create_dir(scratch.root.join("new")).unwrap();
    for name in ["a", "index"] {
        fs::rename(scratch.root.join(name), scratch.root.join("new").join(name)).unwrap();
    }
    let output = scratch.run(&["index"], "new/index");
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("kept 1 article of `new/a/2023`"), "{text}");
}

#[test]
fn every_way_to_say_where_an_article_is_finds_it() {
    let scratch = archive(&[("news/a b#1.txt", "bridge"), ("news/100%25.txt", "bridge"), ("news/c/#2", "bridge")]);
    let line = |id: &str| format!("{{\"id\":\"{id}\",\"title\":\"T{id}\",\"text\":\"A bridge for {id}.\"}}\n");
    scratch.write("news/wire.jsonl", line("7") + &line("7") + "{\"title\":\"none\",\"text\":\"A bridge without.\"}\n");
    scratch.write("news/one.jsonl", line("7"));
    scratch.done(&["index", "--quiet", "news"], "index");
    let all = locations(&scratch, "bridge");
    assert_eq!(all.len(), 7, "{all:?}");
    let mut texts = Vec::new();
    for location in &all {
        let show = |name: &str| scratch.done(&["show", "--json", name], "index");
        let text = show(location);
        assert!(text.contains(&format!("\"location\": {}", serde_json::to_string(location).unwrap())), "{text}");
        for other in [format!("./{location}"), format!("{}/{location}", scratch.root.display())] {
            assert_eq!(show(&other), text, "{other}");
        }
        texts.push(text);
    }
    texts.sort();
    texts.dedup();
    assert_eq!(texts.len(), 7, "each location is one article's");
    let hits = scratch.done(&["query", "bridge", "--copies"], "index");
    assert!(hits.contains("id 7 · news/wire.jsonl#1") && hits.contains("news/one.jsonl"), "{hits}");
    assert_eq!(
        scratch.done(&["show", "news/one.jsonl#1"], "index"),
        scratch.done(&["show", "news/one.jsonl"], "index")
    );
    for (raw, location) in [("news/a b#1.txt", "news/a b%231.txt"), ("news/100%25.txt", "news/100%2525.txt")] {
        assert_eq!(scratch.done(&["show", raw], "index"), scratch.done(&["show", location], "index"));
    }
    // A shared id is kept, and reported.
    let output = scratch.run(&["show", "7"], "index");
    let note = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        note.trim(),
        "note: 3 articles share the id `7`: `news/one.jsonl`, `news/wire.jsonl#1`, `news/wire.jsonl#2`"
    );
    // The next run has nothing to do.
    assert_eq!(scratch.report(&["news"], "index")["read"], 0);
    scratch.done(&["check", "--full"], "index");
}

#[test]
fn a_path_in_a_query_is_the_path_that_is_shown() {
    let scratch = archive(&[("wire/2023/a.txt", "bridge"), ("local/2023/b.txt", "bridge"), ("local/1.txt", "bridge")]);
    scratch.done(&["index", "--quiet", "wire", "local"], "index");
    for (path, expected) in [
        ("wire", &["wire/2023/a.txt"][..]),
        ("wire/2023", &["wire/2023/a.txt"]),
        ("2023", &["local/2023/b.txt", "wire/2023/a.txt"]),
        ("ire/2023/a", &["wire/2023/a.txt"]),
        ("1", &["local/1.txt"]),
        ("nowhere", &[]),
    ] {
        assert_eq!(locations(&scratch, &format!("path:{path}")), expected, "{path}");
    }
}

#[test]
fn an_archive_that_moved_alone_is_found_again() {
    let scratch = archive(&[("a/2023/x.txt", "bridge"), ("a/2024/x.txt", "bridge")]);
    scratch.done(&["index", "--quiet", "a/2023", "a/2024"], "index");
    fs::rename(scratch.root.join("a"), scratch.root.join("b")).unwrap();
    assert!(told(&scratch, &["index"]).0.contains("which is not there"));
    scratch.failed(&["index", "--rebuild"], "index");
    assert!(scratch.failed(&["folders", "--moved", "a", "c"], "index").contains("no such file or folder: `c`"));
    assert_eq!(told(&scratch, &["folders", "--moved", "a", "b"]), ("2 folders moved to `b`\n".to_owned(), 0));
    let report = scratch.report(&[], "index");
    assert_eq!((&report["read"], &report["unchanged"]), (&0.into(), &2.into()), "{report}");
    assert_eq!(locations(&scratch, "bridge"), ["b/2023/x.txt", "b/2024/x.txt"]);
    // An index moved alone, to a place where another folder is at the path of the archive, loses nothing.
    fs::create_dir(scratch.root.join("deep")).unwrap();
    scratch.write("deep/b/2023/other.txt", story("ferry"));
    fs::rename(scratch.root.join("index"), scratch.root.join("deep/index")).unwrap();
    let output = scratch.run(&["index"], "deep/index");
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("kept 1 article of `deep/b/2023`, which has none of its files"), "{text}");
}

#[test]
fn options_of_reading_are_remembered_with_their_folder() {
    let scratch = archive(&[("news/.hidden.txt", "tunnel")]);
    scratch.write("news/odd.jsonl", "{\"slug\":\"Bridge opens\",\"text\":\"It is open.\"}\n");
    scratch.done(&["index", "--quiet", "news", "--hidden", "--map", "title=slug"], "index");
    let is_as_asked = |why: &str| {
        assert_eq!((count(&scratch, "title:bridge"), count(&scratch, "tunnel")), ("1".into(), "1".into()), "{why}");
    };
    is_as_asked("added");
    assert_eq!(scratch.report(&["news"], "index")["read"], 0);
    scratch.write("news/more.txt", story("ferry"));
    scratch.done(&["query", "ferry", "--in", "news"], "index");
    is_as_asked("refreshed");
    scratch.done(&["index", "--quiet", "--rebuild"], "index");
    is_as_asked("rebuilt");
    assert!(scratch.done(&["folders"], "index").contains("--hidden --map title=slug"));
    // Other options replace them, and files whose articles change are read again.
    assert_eq!(scratch.report(&["news", "--map", "title=headline"], "index")["removed"], 1);
    assert_eq!((count(&scratch, "title:bridge"), count(&scratch, "tunnel")), ("0".into(), "0".into()));
}

#[test]
fn only_nutgrafignore_excludes_files() {
    let scratch = archive(&[("repo/data/x.txt", "bridge"), ("repo/data/y.txt", "bridge")]);
    fs::create_dir(scratch.root.join("repo/.git")).unwrap();
    scratch.write("repo/.gitignore", "data/*\n");
    scratch.write("repo/data/.ignore", "*\n");
    scratch.done(&["index", "--quiet", "repo/data"], "index");
    assert_eq!(count(&scratch, "bridge"), "2");
    scratch.write("repo/data/.nutgrafignore", "y.txt\n");
    let (text, status) = told(&scratch, &["index", "repo/data"]);
    assert!(text.contains("left out: 1 by `.nutgrafignore`") && status == 0, "{text}");
    assert_eq!(count(&scratch, "bridge"), "1");
}

#[test]
fn one_missing_path_does_not_stop_the_others() {
    let scratch = archive(&[("news/a.txt", "bridge")]);
    let (text, status) = told(&scratch, &["index", "nowhere", "news"]);
    assert!(text.contains("error: no such file or folder: `nowhere`") && status == 3, "{text}");
    assert_eq!(count(&scratch, "bridge"), "1");
    scratch.write("news/b.txt", story("bridge"));
    let hits = scratch.run(&["query", "--count", "--copies", "bridge", "--in", "news", "--in", "nowhere"], "index");
    assert_eq!(String::from_utf8_lossy(&hits.stdout), "2\n", "{hits:?}");
    assert_eq!(told(&scratch, &["index", "nowhere"]).1, 2);
}

#[test]
fn an_empty_folder_is_reported() {
    let scratch = Scratch::new();
    let (text, status) = told(&scratch, &["index", "news"]);
    assert!(text.contains("no files found in `news`") && status == 0, "{text}");
}

#[cfg(unix)]
#[test]
fn a_change_that_keeps_size_and_time_is_seen() {
    let scratch = archive(&[("news/a.txt", "lighthouse")]);
    let path = scratch.root.join("news/a.txt");
    let time = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    let set = |path: &std::path::Path| fs::File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
    set(&path);
    scratch.done(&["index", "--quiet", "news"], "index");
    fs::write(&path, story("watchtower")).unwrap();
    set(&path);
    scratch.done(&["index", "--quiet", "news"], "index");
    assert_eq!((count(&scratch, "lighthouse"), count(&scratch, "watchtower")), ("0".into(), "1".into()));
    // The same with another file in its place.
    scratch.write("b.txt", story("lighthouse"));
    set(&scratch.root.join("b.txt"));
    fs::rename(scratch.root.join("b.txt"), &path).unwrap();
    scratch.done(&["index", "--quiet", "news"], "index");
    assert_eq!((count(&scratch, "lighthouse"), count(&scratch, "watchtower")), ("1".into(), "0".into()));
}

#[cfg(unix)]
#[test]
fn every_file_of_an_index_follows_the_umask() {
    use std::os::unix::fs::PermissionsExt as _;
    let scratch = archive(&[("news/a.txt", "bridge")]);
    let program = env!("CARGO_BIN_EXE_nutgraf");
    for (umask, mode) in [("022", 0o644), ("002", 0o664), ("077", 0o600)] {
        let script = format!("umask {umask}; {program} index --quiet news --index index-{umask}");
        let status =
            std::process::Command::new("sh").args(["-c", &script]).current_dir(&scratch.root).status().unwrap();
        assert!(status.success());
        for file in fs::read_dir(scratch.root.join(format!("index-{umask}"))).unwrap() {
            let file = file.unwrap();
            assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, mode, "{umask}: {:?}", file.file_name());
        }
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_is_left_out_and_not_skipped() {
    let scratch = archive(&[("news/a.txt", "bridge")]);
    if !std::process::Command::new("mkfifo").arg(scratch.root.join("news/pipe")).status().is_ok_and(|s| s.success()) {
        return;
    }
    let (text, status) = told(&scratch, &["index", "news"]);
    assert!(text.contains("left out: 1 pipe, socket or device") && status == 0, "{text}");
}
