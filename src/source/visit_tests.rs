//! Tests of `visit` with whole, nested, broken and hostile archives.

use std::fs;
use std::io::{Cursor, Read, Write as _};
use std::ops::ControlFlow;

use ::zip::ZipWriter;
use ::zip::write::SimpleFileOptions;

use super::{Entry, Limits, SourceFile, reason, visit};

fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn tarred(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = ::tar::Builder::new(Vec::new());
    for (name, bytes) in entries {
        let mut header = ::tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        // The library refuses to write some of the names under test.
        if builder.append_data(&mut header, name, *bytes).is_err() {
            header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
            header.set_cksum();
            builder.append(&header, *bytes).unwrap();
        }
    }
    builder.into_inner().unwrap()
}

fn seven_zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = sevenz_rust2::ArchiveWriter::new(Cursor::new(Vec::new())).unwrap();
    for (name, bytes) in entries {
        let entry = sevenz_rust2::ArchiveEntry::new_file(name);
        writer.push_archive_entry(entry, Some(*bytes)).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A visit as lines: `path (name): text` for a file, `path: code` for a skip.
fn lines(file_name: &str, bytes: &[u8], limits: &Limits) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(file_name);
    fs::write(&path, bytes).unwrap();
    let mut lines = Vec::new();
    let file = SourceFile { path, bytes: bytes.len() as u64, modified: None, stamp: 0 };
    let flow = visit(&file, limits, &|_| (), &mut |entry| {
        lines.push(match entry {
            Entry::File { inner_path, name, mut input, .. } => {
                let mut bytes = Vec::new();
                let result = input.read_to_end(&mut bytes);
                let mut text = String::from_utf8_lossy(&bytes).into_owned();
                if bytes.len() > 40 {
                    text = format!("{} bytes", bytes.len());
                }
                if let Err(error) = result {
                    text = format!("{text}, {}", reason(&error).code());
                    assert_eq!(input.read(&mut [0]).unwrap(), 0, "an error ends the input");
                }
                format!("{inner_path} ({name}): {text}")
            }
            Entry::Skip { inner_path, reason } => format!("{inner_path}: {}", reason.code()),
        });
        ControlFlow::Continue(())
    });
    assert!(flow.is_continue());
    lines
}

#[track_caller]
fn check(file_name: &str, bytes: &[u8], expected: &[&str]) {
    assert_eq!(lines(file_name, bytes, &Limits::default()), expected, "{file_name}");
}

const ENTRIES: &[(&str, &[u8])] = &[
    ("2019/a.txt", b"one"),
    ("../up.txt", b"evil"),
    ("/root.txt", b"evil"),
    (".hidden", b"no"),
    ("__MACOSX/._a.txt", b"no"),
    ("b.txt.gz", b""),
    ("empty.txt", b""),
];

const EXPECTED: &[&str] = &[
    "2019/a.txt (a.txt): one",
    "../up.txt: unsafe-path",
    "/root.txt: unsafe-path",
    "b.txt.gz (b.txt): two",
    "empty.txt (empty.txt): ",
];

fn entries(packed: &[u8]) -> Vec<(&'static str, &[u8])> {
    ENTRIES.iter().map(|(name, bytes)| (*name, if *name == "b.txt.gz" { packed } else { bytes })).collect()
}

#[test]
fn archives_give_their_files() {
    let packed = gzipped(b"two");
    let entries = entries(&packed);
    check("a.zip", &zipped(&entries), EXPECTED);
    check("a.zip.gz", &gzipped(&zipped(&entries)), EXPECTED);
    check("a.tar", &tarred(&entries), EXPECTED);
    check("a.tgz", &gzipped(&tarred(&entries)), EXPECTED);
    check("named-wrongly.txt", &tarred(&entries), EXPECTED);
    let mut sorted = lines("a.7z", &seven_zipped(&entries), &Limits::default());
    sorted.sort_by_key(|line| EXPECTED.iter().position(|expected| expected == line));
    assert_eq!(sorted, EXPECTED);
}

#[test]
fn archives_are_opened_to_a_depth() {
    let mut bytes = zipped(&[("x.txt", b"text")]);
    for expected in [
        "x.txt (x.txt): text",
        "z.zip!/x.txt (x.txt): text",
        "z.zip!/z.zip!/x.txt (x.txt): text",
        "z.zip!/z.zip!/z.zip: too-deep",
    ] {
        check("z.zip", &bytes, &[expected]);
        bytes = zipped(&[("z.zip", &bytes)]);
    }
    let mixed = tarred(&[("b/c.zip", &zipped(&[("d.txt", b"deep")])), ("e.txt", b"flat")]);
    check("m.tar.gz", &gzipped(&mixed), &["b/c.zip!/d.txt (d.txt): deep", "e.txt (e.txt): flat"]);
    let limits = Limits { held_bytes_max: 50, ..Limits::default() };
    assert_eq!(lines("m.tar", &mixed, &limits), ["b/c.zip: too-large", "e.txt (e.txt): flat"]);
}

#[test]
fn documents_that_are_zips_stay_whole() {
    let plain = zipped(&[("a.txt", &[b'a'; 90])]);
    let whole = |name: &str, bytes: &[u8]| format!(" ({name}): {} bytes", bytes.len());
    check("a.epub", &plain, &[&whole("a.epub", &plain)]);
    let book = zipped(&[("mimetype", b"application/epub+zip"), ("a.xhtml", &[b'a'; 90])]);
    check("book.zip", &book, &[&whole("book.zip", &book)]);
    let office = zipped(&[("_rels/.rels", b""), ("[Content_Types].xml", &[b'a'; 90])]);
    check("office.zip", &office, &[&whole("office.zip", &office)]);
    let bundle = tarred(&[("office.bin", &office), ("x.txt", b"x")]);
    let inner = format!("office.bin{}", whole("office.bin", &office));
    check("bundle.tar", &bundle, &[&inner, "x.txt (x.txt): x"]);
}

#[test]
fn bombs_are_refused() {
    let limits = Limits { ratio_max: 20, ratio_free_bytes: 200_000, ..Limits::default() };
    let zeros = vec![0; 1_000_000];
    for (name, bytes, expected) in [
        ("ratio.zip", zipped(&[("zeros", &zeros), ("a.txt", b"a")]), vec![": bomb"]),
        ("ratio.7z", seven_zipped(&[("zeros", &zeros)]), vec!["zeros (zeros): N, bomb", ": bomb"]),
        ("ratio.tar.gz", gzipped(&tarred(&[("zeros", &zeros)])), vec!["zeros (zeros): N, bomb", ": bomb"]),
        ("ratio.txt.gz", gzipped(&zeros), vec![" (ratio.txt): N, bomb"]),
        ("zeros.gz.gz", gzipped(&gzipped(&zeros)), vec![" (zeros): N, bomb"]),
        // The output is empty, but the members in between grow.
        ("members.gz.gz", gzipped(&gzipped(b"").repeat(50_000)), vec![" (members): , bomb"]),
    ] {
        let mut lines = lines(name, &bytes, &limits);
        for line in &mut lines {
            if let (Some(start), Some(end)) = (line.find("): ").map(|at| at + 3), line.find(" bytes")) {
                line.replace_range(start..end + 6, "N");
            }
        }
        assert_eq!(lines, expected, "{name}");
    }
    // Two directory entries for the same bytes.
    let mut overlapping = zipped(&[("a.txt", b"first"), ("b.txt", b"other")]);
    let directory = memchr::memmem::rfind(&overlapping, b"PK\x01\x02").unwrap();
    overlapping[directory + 42..directory + 46].fill(0);
    check("overlapping.zip", &overlapping, &[": malformed"]);
}

#[test]
fn limits_on_entries_hold() {
    let limits = Limits { entries_max: 2, ..Limits::default() };
    let entries: &[(&str, &[u8])] = &[("a", b"1"), ("b", b"2"), ("c", b"3")];
    let expected = ["a (a): 1", "b (b): 2", ": unsupported"];
    assert_eq!(lines("a.zip", &zipped(entries), &limits), expected);
    assert_eq!(lines("a.tar", &tarred(entries), &limits), expected);
    assert_eq!(lines("a.7z", &seven_zipped(entries), &limits), expected);
    // An endless name, which the library would read into a string.
    let endless = "n".repeat(3 << 20);
    check("a.tar", &tarred(&[("a", b"1"), (&endless, b"2")]), &["a (a): 1", ": too-large"]);
    check("a.tar", &tarred(&[(&"n".repeat(5000), b"2")]), &[&format!("{}…: too-large", "n".repeat(80))]);
}

#[test]
fn broken_archives_give_their_first_entries() {
    let mut state = 1_u64;
    let noise = Vec::from_iter((0..200_000).map(|_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 56) as u8
    }));
    let entries: &[(&str, &[u8])] = &[("a.txt", b"whole"), ("b.bin", &noise), ("c.txt", b"lost")];
    let tar = tarred(entries);
    let cut = ["a.txt (a.txt): whole", "b.bin (b.bin): 98464 bytes, truncated", ": truncated"];
    check("cut.tar", &tar[..100_000], &cut);
    let lines_of_gz = lines("cut.tar.gz", &gzipped(&tar)[..100_000], &Limits::default());
    assert_eq!(lines_of_gz[0], cut[0]);
    assert!(lines_of_gz[1].ends_with("truncated") && lines_of_gz[2] == ": truncated", "{lines_of_gz:?}");
    let zip = zipped(entries);
    check("cut.zip", &zip[..100_000], &[": truncated"]);
    let mut damaged = zip.clone();
    damaged[100_000..100_100].fill(7);
    let lines_of_zip = lines("damaged.zip", &damaged, &Limits::default());
    assert!(lines_of_zip[1].ends_with("malformed") && lines_of_zip[2] == "c.txt (c.txt): lost");
    let mut encrypted = zipped(&[("a.txt", b"secret")]);
    let directory = memchr::memmem::rfind(&encrypted, b"PK\x01\x02").unwrap();
    encrypted[6] |= 1;
    encrypted[directory + 8] |= 1;
    check("encrypted.zip", &encrypted, &["a.txt: encrypted"]);
    check("a.rar", b"Rar!\x1A\x07\x01\x00 and so on", &[": unsupported"]);
    check("a.7z", &seven_zipped(entries)[..5000], &[": truncated"]);
}

#[test]
fn links_are_ignored_and_names_are_unique() {
    let mut builder = ::tar::Builder::new(Vec::new());
    for (kind, name) in [
        (::tar::EntryType::Directory, "folder/"),
        (::tar::EntryType::Symlink, "link"),
        (::tar::EntryType::Link, "hard"),
        (::tar::EntryType::Fifo, "pipe"),
    ] {
        let mut header = ::tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(0);
        builder.append_link(&mut header, name, "/etc/passwd").unwrap();
    }
    for text in ["old", "new"] {
        let mut header = ::tar::Header::new_gnu();
        header.set_size(3);
        builder.append_data(&mut header, "a.txt", text.as_bytes()).unwrap();
    }
    let bytes = builder.into_inner().unwrap();
    check("a.tar", &bytes, &["a.txt (a.txt): old", "a.txt~2 (a.txt): new"]);
}

#[test]
fn a_visitor_may_stop_early_or_not_read_an_input() {
    let noise = vec![b'x'; 5 << 20];
    let bytes = tarred(&[("a", &noise), ("b", b"b")]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tar");
    fs::write(&path, &bytes).unwrap();
    let file = SourceFile { path, bytes: bytes.len() as u64, modified: None, stamp: 0 };
    let mut names = Vec::new();
    let flow = visit(&file, &Limits::default(), &|_| (), &mut |entry| {
        let Entry::File { name, .. } = entry else { panic!("no entry is broken") };
        names.push(name);
        ControlFlow::Continue(())
    });
    assert!(flow.is_continue());
    assert_eq!(names, ["a", "b"]);
    let mut seen = 0;
    let flow = visit(&file, &Limits::default(), &|_| (), &mut |_| {
        seen += 1;
        ControlFlow::Break(())
    });
    assert!(flow.is_break() && seen == 1);
}
