//! Converts arguments to indexing options, and runs indexing with progress.

use std::path::PathBuf;
use std::sync::Arc;

use super::args::ReadingArgs;
use super::interrupt::{self, Ending};
use super::opening::today;
use super::progress;
use crate::error::Error;
use crate::index::{self, Location, Reading, WriterOptions};
use crate::ingest::{self, IngestReport, Options, Progress};

/// Minimum of the default memory limit, in bytes. Less gives many small segments.
const MEMORY_MIN: u64 = 256 << 20;

/// Maximum of the default memory limit, in bytes. More does not make indexing faster.
const MEMORY_MAX: u64 = 1 << 30;

/// The default memory limit is the machine's memory divided by this.
const MEMORY_SHARE: u64 = 8;

/// Brings the index up to date and shows the progress.
pub(super) fn refresh(location: &Location, options: &Options, quiet: bool) -> Result<IngestReport, Error> {
    let progress = Arc::new(Progress::default());
    interrupt::stop_on_ctrl_c(&progress, Ending::Save);
    progress::with_bar(quiet, &progress, || ingest::run(location, options, &progress))
}

/// Options of indexing from the arguments.
pub(super) fn options(paths: &[PathBuf], args: &ReadingArgs) -> Result<Options, Error> {
    let threads = args.threads.map(usize::from);
    let memory = args.memory.as_deref().map_or_else(|| Ok(default_memory()), memory_limit)?;
    Ok(Options {
        paths: paths.to_vec(),
        reading: reading(args)?,
        threads: threads.or_else(|| std::thread::available_parallelism().ok().map(usize::from)).unwrap_or(1),
        memory_bytes: usize::try_from(memory).unwrap_or(usize::MAX),
        today: today(),
        retry_skipped: args.retry_skipped,
        wait: args.wait,
        commit_bytes: args.commit_every.as_deref().map_or(Ok(ingest::COMMIT_BYTES), memory_bytes)?,
        reread: args.reread.iter().map(|name| ingest::format_named(name.trim())).collect::<Result<_, _>>()?,
    })
}

/// The reading options, if any were given.
fn reading(args: &ReadingArgs) -> Result<Option<Reading>, Error> {
    let reading = Reading {
        hidden: args.hidden,
        no_ignore: args.no_ignore,
        follow_links: args.follow,
        format: args.format.clone(),
        map: args.map.clone(),
        extract: args.extract.clone(),
    };
    ingest::check_reading(&reading)?;
    Ok((reading != Reading::default()).then_some(reading))
}

/// Parses a size such as `512M`, `1.5G`, `300MiB` or a number of bytes. Units are powers of 1024.
fn memory_bytes(text: &str) -> Result<u64, Error> {
    let wrong = || Error::argument("size", text, "use a number with K, M, G or T, such as `512M`");
    let upper = text.trim().to_ascii_uppercase();
    let digits = upper.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let shift = match upper[digits.len()..].trim_end_matches('B').trim_end_matches('I') {
        "" => 0,
        "K" => 10,
        "M" => 20,
        "G" => 30,
        "T" => 40,
        _ => return Err(wrong()),
    };
    let number: f64 = digits.trim().parse().map_err(|_| wrong())?;
    let bytes = number * (1u64 << shift) as f64;
    if bytes.is_finite() && bytes >= 1.0 { Ok(bytes as u64) } else { Err(wrong()) }
}

/// The given memory limit, which must not be below the minimum.
fn memory_limit(text: &str) -> Result<u64, Error> {
    let least = index::MEMORY_BYTES_MIN as u64;
    match memory_bytes(text)? {
        bytes if bytes < least => Err(Error::argument("memory", text, format!("use {}M or more", least >> 20))),
        bytes => Ok(bytes),
    }
}

/// Options of a writer with one thread and the default memory limit.
pub(super) fn writer_options() -> WriterOptions {
    WriterOptions { threads: 1, memory_bytes: usize::try_from(default_memory()).unwrap_or(usize::MAX) }
}

fn default_memory() -> u64 {
    (machine_memory().unwrap_or(0) / MEMORY_SHARE).clamp(MEMORY_MIN, MEMORY_MAX)
}

/// The memory of the machine in bytes, on systems with `/proc/meminfo`.
fn machine_memory() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kilobytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    let machine = kilobytes.saturating_mul(1024);
    let group = std::fs::read_to_string("/sys/fs/cgroup/memory.max").ok();
    Some(group.and_then(|limit| limit.trim().parse().ok()).map_or(machine, |limit: u64| limit.min(machine)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        for (text, bytes) in [
            ("2G", Some(2 << 30)),
            ("1.5gb", Some(3 << 29)),
            ("300 MiB", Some(300 << 20)),
            ("4096", Some(4096)),
            ("7k", Some(7168)),
            ("", None),
            ("G", None),
            ("-1G", None),
            ("0", None),
            ("inf", None),
            ("1e400", None),
            ("5X", None),
            ("5ö", None),
        ] {
            assert_eq!(memory_bytes(text).ok(), bytes, "{text}");
        }
    }
}
