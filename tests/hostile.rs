//! Hostile files: none of them may harm the run, other files, memory or the terminal.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, BufRead, Cursor, Read, Write as _};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use nutgraf::format::{self, FORMATS, RECORD_BYTES_MAX, Split};
use nutgraf::source::{self, Entry, Limits, SourceFile};
use serde_json::Value;

use crate::common::{self, program};

/// A scratch folder in which the program runs.
struct Scratch(common::Scratch);

impl Scratch {
    fn new() -> Self {
        Self(common::Scratch::new())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.root.join(name)
    }

    fn write(&self, name: impl AsRef<Path>, content: impl AsRef<[u8]>) {
        self.0.write(name, content);
    }

    fn output(&self, arguments: &[&str]) -> Output {
        program(&self.0.root, arguments).output().unwrap()
    }

    /// Indexes paths, checks that the program survives, and returns its report.
    fn index(&self, paths: &[&str]) -> Value {
        let output = self.output(&[&["index", "--json", "--quiet", "--threads", "2"], paths].concat());
        let messages = String::from_utf8_lossy(&output.stderr);
        assert!(matches!(output.status.code(), Some(0 | 3)), "{:?}: {messages}", output.status);
        assert!(!messages.contains("panicked"), "{messages}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// The result for each file: number of articles, and sorted codes of its skips.
    fn outcomes(&self) -> BTreeMap<String, String> {
        let lines = |arguments: &[&str]| {
            let output = self.output(arguments);
            let text = String::from_utf8(output.stdout).unwrap();
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<Value>>()
        };
        let mut found = BTreeMap::<String, (u64, Vec<String>)>::new();
        for hit in lines(&["query", "*", "--jsonl", "--copies", "--limit", "100000"]) {
            found.entry(file(hit["article"]["path"].as_str().unwrap())).or_default().0 += 1;
        }
        for skip in lines(&["skipped", "--jsonl"]) {
            let code = skip["reason"].as_str().unwrap().to_owned();
            found.entry(file(skip["file"].as_str().unwrap())).or_default().1.push(code);
        }
        let told = |(articles, mut codes): (u64, Vec<String>)| {
            codes.sort();
            codes.dedup();
            [vec![articles.to_string()], codes].concat().join(" ")
        };
        found.into_iter().map(|(file, outcome)| (file, told(outcome))).collect()
    }
}

/// The file on disk for a path that may continue inside an archive.
fn file(path: &str) -> String {
    path.split("!/").next().unwrap_or_default().to_owned()
}

/// Indexes files with these names and contents in one run, and checks the number of articles and the skips of each.
fn check(cases: &[(&str, Vec<u8>, &str)]) {
    let scratch = Scratch::new();
    for (name, bytes, _) in cases {
        scratch.write(name, bytes);
    }
    scratch.index(&["."]);
    let outcomes = scratch.outcomes();
    let wanted = cases.iter().map(|(name, _, outcome)| ((*name).to_owned(), (*outcome).to_owned())).collect();
    pretty(&outcomes, &wanted);
}

/// Compares outcomes, showing only what differs.
fn pretty(outcomes: &BTreeMap<String, String>, wanted: &BTreeMap<String, String>) {
    let mut wrong = String::new();
    for name in outcomes.keys().chain(wanted.keys().filter(|name| !outcomes.contains_key(*name))) {
        if outcomes.get(name) != wanted.get(name) {
            writeln!(wrong, "{name}: {:?}, wanted {:?}", outcomes.get(name), wanted.get(name)).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

const TEXT: &str = "The ferry across the lake runs again after a winter in the yard, and it carries forty cars.";

fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for (line, chunk) in bytes.chunks(3).enumerate() {
        let group = chunk.iter().fold(0_u32, |group, byte| group << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let sign = SIGNS[(group >> (18 - 6 * place)) as usize & 63];
            text.push(if place > chunk.len() { '=' } else { char::from(sign) });
        }
        if line % 19 == 18 {
            text.push('\n');
        }
    }
    text
}

#[test]
fn nesting_ends_somewhere() {
    let repeated = |opening: &str, count: usize, closing: &str| {
        format!("{}{TEXT}{}", opening.repeat(count), closing.repeat(count)).into_bytes()
    };
    let feed = |inner: &[u8]| [b"<rss><channel><item><title>x</title><description>", inner, b"</description>"].concat();
    let nested = |key: &str, sign: &str| format!("{{\"{key}\":{}", sign.repeat(100_000)).into_bytes();
    let parts: String =
        (0..1000).map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n")).collect();
    let ends: String = (0..1000).rev().map(|n| format!("--b{n}--\n")).collect();
    let messages = "Subject: x\nContent-Type: message/rfc822\n\n".repeat(20_000);
    let encoded = format!(
        "{MAIL}Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n{}",
        base64(messages.as_bytes())
    );
    check(&[
        ("a.html", [b"<!doctype html><p>", &*repeated("<div>", 10_000, "</div>")].concat(), "0 too-deep"),
        ("b.html", [b"<!doctype html><p>", &*repeated("<b><i>", 10_000, "")].concat(), "1"),
        ("c.html", [b"<!doctype html><p>", &*repeated("<table><tr><td>", 10_000, "")].concat(), "0 too-deep"),
        ("a.rss", feed(&repeated("<a>", 10_000, "</a>")), "1 too-deep"),
        ("b.xml", [b"<nitf>", &*repeated("<block>", 100_000, "")].concat(), "0 no-text too-deep"),
        ("c.rss", feed(&repeated("&lt;div&gt;", 10_000, "")), "1"),
        ("a.json", nested("text", "["), "0 truncated"),
        ("b.json", [&*nested("text", "["), "]".repeat(100_000).as_bytes(), b"}"].concat(), "0 too-deep"),
        ("c.jsonl", nested("text", "{\"a\":"), "0 too-deep"),
        ("a.md", [b"---\ntitle: x\na: ", &*repeated("[", 100_000, ""), b"\n---\nText of it.\n"].concat(), "1"),
        ("b.md", [b"+++\na = ", &*repeated("[", 100_000, ""), b"\n+++\nText of it.\n"].concat(), "1"),
        ("c.md", repeated("> ", 10_000, ""), "1"),
        ("d.md", repeated("- ", 10_000, ""), "1"),
        ("e.md", repeated("*a **b [", 10_000, "](x)"), "1"),
        ("a.rtf", [b"{\\rtf1 ", &*repeated("{", 100_000, "}"), b"}"].concat(), "0 too-deep"),
        (
            "a.sgm",
            [b"<DOC>\n<DOCNO>1</DOCNO>\n<TEXT>\n", &*repeated("<P>", 100_000, ""), b"\n</TEXT>\n</DOC>\n"].concat(),
            "1",
        ),
        ("a.eml", format!("{MAIL}{parts}\n{TEXT}\n{ends}").into_bytes(), "1"),
        ("b.eml", format!("{MAIL}{messages}").into_bytes(), "0 too-deep"),
        ("c.eml", encoded.into_bytes(), "0 too-deep"),
    ]);
}

const MAIL: &str = "From: a@b.example\nDate: Sun, 23 Jul 2023 10:15:00 +0000\nMessage-ID: <1@b>\nSubject: x\n";

#[test]
fn entities_stay_what_they_are() {
    let laughs: String =
        (1..10).map(|n| format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10))).collect();
    let feed = |declarations: &str, text: &str| {
        format!(
            "<!DOCTYPE rss [{declarations}]><rss><channel><item><title>x</title><description>{TEXT} {text}</description></item></channel></rss>"
        )
    };
    let secret = Scratch::new();
    secret.write("secret.txt", "the secret word is xyzzy");
    let external = format!(
        "<!ENTITY e SYSTEM \"file://{}\"><!ENTITY % p SYSTEM \"http://127.0.0.1:1/x\"> %p;",
        secret.path("secret.txt").display()
    );
    let aliases: String = (1..30).map(|n| format!("a{n}: &a{n} [{}]\n", format!("*a{}, ", n - 1).repeat(10))).collect();
    let scratch = Scratch::new();
    scratch.write("laughs.rss", feed(&format!("<!ENTITY l0 \"lol\">{laughs}"), "&l9;"));
    scratch.write("external.rss", feed(&external, "&e;"));
    scratch.write("aliases.md", format!("---\ntitle: x\na0: &a0 lol\n{aliases}tags: *a29\n---\n{TEXT}\n"));
    scratch.write("page.html", format!("<!doctype html><p>{TEXT} &l9;&#1114112;&#x110000;&#xD800;&#0;"));
    let report = scratch.index(&["."]);
    assert_eq!((&report["articles_total"], &report["skips_total"]), (&4.into(), &0.into()));
    let shown = scratch.output(&["query", "ferry", "--jsonl", "--copies"]).stdout;
    assert!(shown.len() < 10_000, "{} bytes", shown.len());
    assert!(!String::from_utf8(shown).unwrap().contains("xyzzy"));
}

#[test]
fn numbers_of_things_have_limits() {
    let attachment = format!(
        "--b\nContent-Type: text/plain; name=a.txt\nContent-Disposition: attachment; filename=a.txt\n\n{TEXT}\n"
    );
    let names: String = (0..1_000_000).map(|n| format!("c{n},")).collect();
    let row = "x,".repeat(1_000_000);
    let attributes: String = (0..100_000).map(|n| format!(" a{n}=\"{n}\"")).collect();
    let itemrefs = "<itemref idref=\"a\"/>".repeat(20_000);
    let package = format!(
        "<package><metadata><title>x</title></metadata><manifest><item id=\"a\" href=\"a.xhtml\" media-type=\"x\"/>\
         <item id=\"p\" href=\"p.opf\" media-type=\"application/x-dtbncx+xml\"/></manifest>\
         <spine>{itemrefs}<itemref idref=\"p\"/></spine></package>"
    );
    let container = "<container><rootfiles><rootfile full-path=\"p.opf\"/></rootfiles></container>";
    let page = format!("<html><body><h1>x</h1><p>{}</p></body></html>", TEXT.repeat(5));
    let book = zipped(&[
        ("mimetype", b"application/epub+zip"),
        ("META-INF/container.xml", container.as_bytes()),
        ("p.opf", package.as_bytes()),
        ("a.xhtml", page.as_bytes()),
    ]);
    check(&[
        ("a.eml", format!("{MAIL}Content-Type: multipart/mixed; boundary=b\n\n{}--b--\n", attachment.repeat(10_000)).into_bytes(), "10000"),
        ("a.csv", format!("title,text,{names}\nx,{TEXT},{row}\n").into_bytes(), "1"),
        ("b.csv", format!("title,text\nx,{TEXT},{row}\n").into_bytes(), "1"),
        ("a.html", format!("<!doctype html><p{attributes}>{TEXT}").into_bytes(), "1"),
        ("a.rss", format!("<rss><channel><item{attributes}><title>x</title><description>{TEXT}</description></item></channel></rss>").into_bytes(), "1"),
        ("a.epub", book, "1"),
        ("a.jsonl", format!("{{\"text\":\"{TEXT}\"{}}}", ",\"text\":\"y\"".repeat(100_000)).into_bytes(), "1"),
        ("a.warc", format!("WARC/1.0\r\n{}\r\n", "X: y\r\n".repeat(100_000)).into_bytes(), "0 malformed"),
        ("b.eml", format!("{MAIL}{}\n{TEXT}\n", "Received: x\n".repeat(200_000)).into_bytes(), "1"),
        ("c.eml", format!("{MAIL}To: {}\n\n{TEXT}\n", "a <a@b>, ".repeat(200_000)).into_bytes(), "1"),
    ]);
}

#[test]
fn what_is_stated_is_not_believed() {
    let warc = |length: &str| {
        let block =
            format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><body><p>{TEXT}</p></body></html>");
        format!(
            "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/\r\nContent-Type: application/http\r\n\
             Content-Length: {length}\r\n\r\n{block}\r\n\r\n"
        )
    };
    let both = |length: &str| (warc(length) + &warc("0")).into_bytes();
    let object = |name: &str, value: &str| format!("{{\"title\":\"x\",\"text\":\"{TEXT}\",\"{name}\":\"{value}\"}}\n");
    check(&[
        ("a.warc", both("18446744073709551615"), "1 too-large"),
        ("b.warc", both("9999999"), "2"),
        ("c.warc", both("3"), "2"),
        ("d.warc", both("-1"), "2"),
        ("e.warc", warc("99999").into_bytes(), "0 truncated"),
        ("a.txt", [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0xFF, 0xD8].repeat(50), "0 binary"),
        ("a.html", b"\x7FELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0>\0\x01\0\0\0".repeat(20), "0 binary"),
        ("a.pdf.json", b"{\"title\":\"x\"".to_vec(), "0 truncated"),
        ("b.json", format!("<html><body><p>{TEXT}</p></body></html>").into_bytes(), "1"),
        ("c.docx", TEXT.as_bytes().to_vec(), "0 unknown-format"),
        ("d.zip", TEXT.as_bytes().to_vec(), "0 unknown-format"),
        ("e.gz", TEXT.as_bytes().to_vec(), "1"),
        ("f.epub", zipped(&[("a.txt", TEXT.as_bytes())]), "0 malformed"),
        ("future.jsonl", object("date", "9999-12-31").into_bytes(), "1"),
        ("year.jsonl", object("date", "99999999999999999999").into_bytes(), "1"),
        ("utf16.html", format!("<?xml version=\"1.0\" encoding=\"utf-16\"?><html><meta charset=utf-7><p>{TEXT}").into_bytes(), "1"),
        ("nosuch.xml", format!("<?xml version=\"1.0\" encoding=\"nosuch\"?><rss><channel><item><title>x</title><description>{TEXT}</description></item></channel></rss>").into_bytes(), "1"),
        ("odd.txt", [&b"\xFF\xFE"[..], &TEXT.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>(), b"\xD8"].concat(), "1"),
        ("latin.jsonl", [b"{\"text\":\"caf\xE9 ", TEXT.as_bytes(), b" \xFF\xFE\xC0\x80\"}\n"].concat(), "1"),
        ("cut.rss", format!("<rss><channel><item><title>1</title><description>{TEXT}</description></item><item><title>2</title><desc").into_bytes(), "2"),
    ]);
}

#[test]
fn archives_are_read_within_limits() {
    let good = ("good.txt", TEXT.as_bytes());
    let zeros = vec![b'0'; (RECORD_BYTES_MAX) + (8 << 20)];
    let many_zeros = zstd::encode_all(&*zeros, 1).unwrap();
    let mut nested = zipped(&[good]);
    for _ in 0..4 {
        nested = zipped(&[("deeper.zip", &nested), good]);
    }
    let document = zipped(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", &zeros)]);
    check(&[
        (
            "climbing.zip",
            zipped(&[("../../x.txt", b"x"), ("/etc/y.txt", b"y"), ("a\\..\\..\\z.txt", b"z"), good]),
            "1 unsafe-path",
        ),
        ("bomb.zip", zipped(&[("zeros.txt", &zeros), good]), "0 bomb"),
        ("bomb.txt.gz", gzipped(&zeros), "0 too-large"),
        ("bomb.txt.zst", many_zeros.clone(), "0 bomb"),
        ("bombs.tar.gz", gzipped(&tarred(&[("a.txt.zst", &many_zeros), ("good.txt", TEXT.as_bytes())])), "1 bomb"),
        ("bomb.docx", document, "0 too-large"),
        ("nested.zip", nested, "3 too-deep"),
        ("links.tar", links(), "1"),
        ("rest.tar", [tarred(&[good]), b"garbage".repeat(200)].concat(), "1"),
        ("cut.zip", zipped(&[good])[..60].to_vec(), "0 truncated"),
        ("cut.tar", tarred(&[good, ("b.txt", &[b'b'; 5000])])[..2500].to_vec(), "1 truncated"),
    ]);
}

fn tarred(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in entries {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        builder.append_data(&mut header, name, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

/// A tar with a text and everything that is not a file.
fn links() -> Vec<u8> {
    use tar::EntryType::{Block, Char, Directory, Fifo, Link, Symlink};
    let mut builder = tar::Builder::new(Vec::new());
    for (number, kind) in [Symlink, Link, Char, Block, Fifo, Directory].into_iter().enumerate() {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(0);
        header.set_link_name("/etc/passwd").unwrap();
        builder.append_data(&mut header, format!("{number}.txt"), io::empty()).unwrap();
    }
    let mut header = tar::Header::new_gnu();
    header.set_size(TEXT.len() as u64);
    builder.append_data(&mut header, "good.txt", TEXT.as_bytes()).unwrap();
    builder.into_inner().unwrap()
}

#[test]
fn a_line_of_300_megabytes_is_passed_over() {
    let scratch = Scratch::new();
    let line = format!("{{\"text\":\"{TEXT}\"}}\n");
    let long = |name: &str, before: &str, bytes: u64, after: &str| {
        let mut out = io::BufWriter::new(fs::File::create(scratch.path(name)).unwrap());
        out.write_all(before.as_bytes()).unwrap();
        io::copy(&mut io::repeat(b'x').take(bytes), &mut out).unwrap();
        out.write_all(after.as_bytes()).unwrap();
        out.into_inner().unwrap();
    };
    long("a.jsonl", &format!("{line}{{\"text\":\""), 300 << 20, &format!("\"}}\n{line}"));
    long("b.txt", TEXT, 70 << 20, "");
    scratch.index(&["."]);
    let wanted = [("a.jsonl", "2 too-large"), ("b.txt", "0 too-large")];
    pretty(&scratch.outcomes(), &wanted.map(|(name, told)| (name.to_owned(), told.to_owned())).into());
}

/// An endless reader.
struct Endless {
    start: Cursor<Vec<u8>>,
    left_bytes: u64,
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.start.read(buffer)?;
        if read > 0 || self.left_bytes == 0 {
            return Ok(read);
        }
        let read = buffer.len().min(usize::try_from(self.left_bytes).unwrap_or(usize::MAX));
        buffer[..read].fill(b'x');
        self.left_bytes -= read as u64;
        Ok(read)
    }
}

#[test]
fn no_splitter_holds_more_than_a_record() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    for format in FORMATS {
        let Split::Stream(split) = format.split else { continue };
        let mut samples: Vec<PathBuf> =
            fs::read_dir(fixtures.join(format.name)).unwrap().flatten().map(|e| e.path()).collect();
        samples.sort();
        let mut bytes = fs::read(&samples[0]).unwrap();
        bytes.truncate(bytes.len() * 2 / 3);
        let left_bytes = RECORD_BYTES_MAX as u64 + (4 << 20);
        let input = io::BufReader::with_capacity(64 << 10, Endless { start: Cursor::new(bytes), left_bytes });
        let (mut last, mut skipped) = (0, false);
        for record in split(Box::new(input)) {
            last = record.as_ref().map_or(last, |record| record.bytes.len());
            skipped |= record.is_err();
            assert!(last <= RECORD_BYTES_MAX + (1 << 20), "{}: {last} bytes", format.name);
        }
        assert!(skipped || last < 1 << 20, "{}: what is left out is told", format.name);
    }
}

#[test]
fn a_line_of_a_gigabyte_is_not_held() {
    let Split::Stream(split) = format::by_name("jsonl").unwrap().split else { panic!("lines are a stream") };
    let start = Cursor::new(b"{\"text\":\"a\"}\n".to_vec());
    let input = io::BufReader::with_capacity(64 << 10, Endless { start, left_bytes: 1 << 30 });
    let found: Vec<_> = split(Box::new(input)).map(|r| r.map_err(|bad| bad.reason.code()).map(|r| r.number)).collect();
    assert_eq!(found, [Ok(1), Err("too-large")]);
}

#[test]
fn files_that_change_while_they_are_read() {
    for (grows, expected) in [(true, Ok(300_000)), (false, Err("truncated"))] {
        let scratch = Scratch::new();
        scratch.write("a.txt", vec![b'a'; 300_000]);
        let file = SourceFile { path: scratch.path("a.txt"), bytes: 300_000, modified: None, stamp: 0 };
        let mut found = None;
        let _ = source::visit(&file, &Limits::default(), &|_| (), &mut |entry| {
            let Entry::File { mut input, .. } = entry else { panic!("it is a file") };
            let mut bytes = input.fill_buf().unwrap().to_vec();
            input.consume(bytes.len());
            let disk = fs::OpenOptions::new().append(grows).write(true).open(&file.path).unwrap();
            if grows {
                (&disk).write_all(&[b'b'; 300_000]).unwrap();
            } else {
                disk.set_len(100_000).unwrap();
            }
            let read = input.read_to_end(&mut bytes);
            assert!(!bytes.contains(&b'b'));
            found = Some(read.map(|_| bytes.len()).map_err(|error| source::reason(&error).code()));
            ControlFlow::Continue(())
        });
        assert_eq!(found, Some(expected));
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_file_does_not_block() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let scratch = Scratch::new();
    scratch.write("news/a.txt", TEXT);
    scratch.write("news/vanishing/b.txt", "x");
    fs::remove_file(scratch.path("news/vanishing/b.txt")).unwrap();
    std::os::unix::fs::symlink(".", scratch.path("news/itself")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", scratch.path("news/zeros.txt")).unwrap();
    std::os::unix::fs::symlink("missing", scratch.path("news/dangling.txt")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(scratch.path("news/socket.txt")).unwrap();
    let made = Command::new("mkfifo").arg(scratch.path("news/pipe.txt")).status();
    // Some file systems refuse such names.
    let named = fs::write(scratch.path("news").join(OsStr::from_bytes(b"caf\xE9\x1B[2J.txt")), TEXT);
    let ended = std::sync::mpsc::channel();
    // A run that blocks must fail the test rather than hang it.
    let arguments = ["index", "news", "/dev/zero", "--follow", "--json", "--quiet"];
    let child = program(&scratch.0.root, &arguments).spawn().unwrap();
    let id = child.id();
    std::thread::spawn(move || ended.0.send(child.wait_with_output()));
    let output = match ended.1.recv_timeout(Duration::from_secs(60)) {
        Ok(output) => output.unwrap(),
        Err(_) => {
            let _ = Command::new("kill").arg(id.to_string()).status();
            panic!("the run does not end");
        }
    };
    assert_eq!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stderr));
    let outcomes = scratch.outcomes();
    let codes: Vec<&str> =
        outcomes.iter().filter(|(_, told)| told.starts_with('0')).map(|(_, told)| &told[2..]).collect();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["articles_total"], 1 + u64::from(named.is_ok()), "{outcomes:?}");
    let pipes = usize::from(made.is_ok_and(|status| status.success()));
    // The socket, the pipe and the link to a device.
    assert_eq!(report["left_out"]["special"], 2 + pipes, "{report}");
    assert_eq!(report["missing"], serde_json::json!(["/dev/zero"]), "{report}");
    assert_eq!(codes.iter().filter(|code| **code == "unreadable").count(), 1, "{outcomes:?}");
}

/// A PDF file of these objects, the first of them its catalogue, and a trailer with more entries.
#[cfg(feature = "pdf")]
fn pdf(objects: &[String], trailer: &str) -> Vec<u8> {
    let mut file = String::from("%PDF-1.4\n");
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (number, object) in (1..).zip(objects) {
        writeln!(table, "{:010} 00000 n ", file.len()).unwrap();
        writeln!(file, "{number} 0 obj\n{object}\nendobj").unwrap();
    }
    let start = file.len();
    let trailer = trailer.replace("HERE", &start.to_string());
    let size = objects.len() + 1;
    write!(file, "{table}trailer\n<</Size {size}/Root 1 0 R{trailer}>>\nstartxref\n{start}\n%%EOF\n").unwrap();
    file.into_bytes()
}

#[cfg(feature = "pdf")]
#[test]
fn pdf_files_that_loop_end() {
    let stream =
        |entries: &str, content: &str| format!("<<{entries}/Length {}>>stream\n{content}\nendstream", content.len());
    let catalogue = || "<</Type/Catalog/Pages 2 0 R>>".to_owned();
    let font = || "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_owned();
    let text = format!("BT /F1 10 Tf 50 700 Td ({TEXT}) Tj ET");
    let page = |resources: &str| {
        let resources = format!("<</Font<</F1 4 0 R>>{resources}>>");
        format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources{resources}/Contents 5 0 R>>")
    };
    let pages = |kids: &str| format!("<</Type/Pages/Count 1/Kids[{kids}]>>");
    let plain = || vec![catalogue(), pages("3 0 R"), page(""), font(), stream("", &text)];
    let with = |at: usize, object: String| {
        let mut objects = plain();
        objects[at] = object;
        objects
    };
    let own_parent = "<</Type/Pages/Parent 3 0 R/Count 1/Kids[2 0 R 3 0 R]>>".to_owned();
    let form = |name: &str, inner: &str, then: &str| {
        let entries =
            format!("/Type/XObject/Subtype/Form/BBox[0 0 600 800]/Resources<</XObject<</{name} {inner} 0 R>>>>");
        stream(&entries, then)
    };
    let drawn = |content: &str| {
        let mut objects = with(2, page("/XObject<</X 6 0 R>>"));
        objects[4] = stream("", content);
        objects
    };
    let itself = [drawn(&format!("{text} /X Do")), vec![form("X", "6", "/X Do /X Do /X Do /X Do")]].concat();
    let both = [drawn(&format!("{text} /X Do")), vec![form("Y", "7", "/Y Do /Y Do"), form("X", "6", "/X Do /X Do")]];
    check(&[
        ("plain.pdf", pdf(&plain(), ""), "1"),
        ("kids.pdf", pdf(&with(1, pages("3 0 R 2 0 R 2 0 R")), ""), "1"),
        ("parent.pdf", pdf(&with(2, own_parent), ""), "0 malformed"),
        ("own-kid.pdf", pdf(&with(1, pages("2 0 R")), ""), "0 malformed"),
        ("previous.pdf", pdf(&plain(), "/Prev HERE"), "1"),
        ("hybrid.pdf", pdf(&plain(), "/XRefStm HERE/Prev HERE"), "1"),
        ("form.pdf", pdf(&itself, ""), "1"),
        ("forms.pdf", pdf(&both.concat(), ""), "1"),
        ("length.pdf", pdf(&with(4, format!("<</Length 5 0 R>>stream\n{text}\nendstream")), ""), "1"),
        ("contents.pdf", pdf(&with(4, "[5 0 R 5 0 R]".into()), ""), "0 no-text"),
    ]);
}

#[test]
fn a_table_without_columns_of_articles_is_skipped_once() {
    let rows = "a\tb\tc\n".to_owned() + &"1\t2\t3\n".repeat(5000);
    let text = format!("date,text\n2020-01-01,{TEXT}\n2020-01-02,{TEXT} Again.\n");
    let scratch = Scratch::new();
    scratch.write("numbers.tsv", rows);
    scratch.write("text.csv", text);
    let report = scratch.index(&["."]);
    assert_eq!(report["skips"]["malformed"], 1, "{report}");
    let wanted = [("numbers.tsv", "0 malformed"), ("text.csv", "2")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    pretty(&scratch.outcomes(), &BTreeMap::from(wanted));
}

#[test]
fn a_file_in_an_archive_that_gives_nothing_is_named() {
    let info = "WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 5\r\n\r\nhello\r\n\r\n";
    let scratch = Scratch::new();
    let article = format!("Ferry\n\n{TEXT}\n");
    scratch.write("a.zip", zipped(&[("info.warc", info.as_bytes()), ("a.txt", article.as_bytes())]));
    scratch.write("info.warc", info);
    scratch.index(&["."]);
    let skipped = String::from_utf8(scratch.output(&["skipped"]).stdout).unwrap();
    assert!(skipped.contains("a.zip!/info.warc: no article text"), "{skipped}");
    assert_eq!(skipped.lines().count(), 2, "{skipped}");
}
