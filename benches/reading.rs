//! Measures the reading of formats: articles and megabytes per second of CPU time of one thread, from bytes in memory
//! to articles, without analysis and indexing.
//!
//! ```text
//! cargo bench --bench reading [-- FOLDER…]
//! ```
//!
//! Reads the fixtures and the unpacked files of each FOLDER repeatedly, and prints a line for each format. Fixtures are
//! small and full of odd cases: their results reveal very slow readers, not fast ones.

#![allow(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{Cursor, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use nutgraf::format::{self, Context, FieldMap, Format, Record, SAMPLE_BYTES, Sample, Split};
use nutgraf::source::{self, Entry, Limits, WalkOptions};

/// Measuring time per format, long compared with clock resolution.
const MEASURED: Duration = Duration::from_millis(300);

/// Maximum bytes of a format held in memory.
const HELD_BYTES_MAX: usize = 256 << 20;

/// Names and bytes of files by format.
type Files = BTreeMap<&'static str, Vec<(String, Vec<u8>)>>;

fn main() -> Result<(), Box<dyn Error>> {
    // Cargo adds `--bench`.
    let folders: Vec<PathBuf> = std::env::args().skip(1).filter(|a| a != "--bench").map(PathBuf::from).collect();
    let mut fixtures = Files::new();
    for folder in std::fs::read_dir("tests/fixtures")? {
        let folder = folder?;
        if let Some(format) = folder.file_name().to_str().and_then(format::by_name) {
            collect(&folder.path(), Some(format), &mut fixtures);
        }
    }
    measure("fixtures", &fixtures);
    for folder in folders {
        let mut files = Files::new();
        collect(&folder, None, &mut files);
        measure(&folder.file_name().unwrap_or_default().to_string_lossy(), &files);
    }
    Ok(())
}

/// Collects the files of a folder, decompressed and unpacked, with the given or detected format.
fn collect(folder: &Path, format: Option<&'static Format>, files: &mut Files) {
    for walked in source::walk(folder, Path::new(""), &WalkOptions::default()).unwrap_or_default().files {
        let _ = source::visit(&walked, &Limits::default(), &|_| (), &mut |entry| {
            let Entry::File { name, mut input, .. } = entry else { return ControlFlow::Continue(()) };
            let mut bytes = Vec::new();
            if name.ends_with(".expected.json") || input.read_to_end(&mut bytes).is_err() {
                return ControlFlow::Continue(());
            }
            let extension = name.rsplit_once('.').map_or(String::new(), |(_, extension)| extension.to_lowercase());
            let sample = Sample { head: &bytes[..bytes.len().min(SAMPLE_BYTES)], extension: &extension };
            if let Some(format) = format.or_else(|| format::detect(&sample).ok()) {
                let of_format = files.entry(format.name).or_default();
                let held: usize = of_format.iter().map(|(_, bytes)| bytes.len()).sum();
                if held + bytes.len() <= HELD_BYTES_MAX {
                    of_format.push((name, bytes));
                }
            }
            ControlFlow::Continue(())
        });
    }
}

fn measure(label: &str, files: &Files) {
    println!("{label:<20} {:>6} {:>9} {:>9} {:>14} {:>10}", "files", "MB", "articles", "articles/CPU s", "MB/CPU s");
    for (name, files) in files {
        let Some(format) = format::by_name(name) else { continue };
        let megabytes = files.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() as f64 / 1e6;
        let mut rounds = 0_u32;
        let start = cpu();
        let (spent, articles) = loop {
            let articles = files.iter().map(|(name, bytes)| read(format, name, bytes)).sum::<u64>();
            rounds += 1;
            let spent = cpu().saturating_sub(start);
            if spent >= MEASURED {
                break (spent.as_secs_f64() / f64::from(rounds), articles);
            }
        };
        let (speed, rate) = (articles as f64 / spent, megabytes / spent);
        println!("{name:<20} {:>6} {megabytes:>9.3} {articles:>9} {speed:>14.0} {rate:>10.1}", files.len());
    }
}

/// Reads a file as a run does, in one thread. Returns the number of articles.
fn read(format: &Format, name: &str, bytes: &[u8]) -> u64 {
    let fields = FieldMap::default();
    let today = nutgraf::article::Date::constant(2100, 1, 1);
    let context = Context {
        path: name,
        modified: None,
        charset: None,
        url: None,
        fields: &fields,
        today,
        order: format::Order::Unknown,
    };
    let mut articles = 0;
    let mut parse =
        |record: &Record| (format.parse)(record, &context, &mut |found| articles += u64::from(found.is_ok()));
    match format.split {
        Split::Whole => parse(&Record { number: 1, bytes: bytes.to_vec(), header: None }),
        Split::Stream(split) => {
            split(Box::new(Cursor::new(bytes.to_vec()))).flatten().for_each(|record| parse(&record))
        }
    }
    articles
}

/// CPU time of this thread, if available, otherwise the time of day.
fn cpu() -> Duration {
    static BEGAN: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(|| BEGAN.get_or_init(Instant::now).elapsed(), Duration::from_nanos)
}
