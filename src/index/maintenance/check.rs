//! Checks an index: every file is intact, and its parts agree.
//!
//! Writes nothing, so that an index on read-only media can be checked. The result is plain data; `repair` fixes what
//! was found.

use std::collections::BTreeSet;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use serde::Serialize;
use tantivy::directory::MmapDirectory;

use super::super::collection::Totals;
use super::super::directory::Durable;
use super::super::engine::engine_error;
use super::super::files::{self, COMMIT, Commit, FILE_LIST, Owner, Segment};
use super::super::location::{self, Location, MANIFEST};
use super::super::reader::Reader;
use super::compare::{self, Seen};
use crate::error::Error;

/// Number of articles analysed again, unless all are: a few seconds of work.
const SAMPLE_ARTICLES: u64 = 1000;

/// Number of attempts to read a commit while another process keeps changing it.
const ATTEMPTS: usize = 5;

/// The kind of a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// The format version is not supported.
    Version,
    /// The manifest is damaged.
    Manifest,
    /// The list of segments is damaged or missing.
    Commit,
    /// The list of files is damaged or missing.
    FileList,
    /// The checksum of a file is wrong.
    Damaged,
    /// A file is missing.
    Missing,
    /// The parts of a segment contradict each other.
    Disagreement,
    /// The totals of the commit are not those of its segments.
    Totals,
}

/// A fault of an index.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// Its kind.
    pub kind: FaultKind,
    /// Name of the file in the index folder, or of the segment.
    pub file: String,
    /// Description of the fault.
    pub detail: String,
}

/// The result of a check.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckReport {
    /// Faults; empty if the index is sound.
    pub faults: Vec<Fault>,
    /// Harmless observations.
    pub notes: Vec<String>,
    /// Number of files verified.
    pub files: u64,
    /// Total size of these files.
    pub bytes: u64,
    /// Number of segments.
    pub segments: u64,
    /// Number of live articles whose columns were checked.
    pub articles: u64,
    /// Number of articles that were analysed again.
    pub analysed: u64,
    /// Number of source files that were not read completely; the next run continues with them.
    pub unfinished: u64,
}

impl CheckReport {
    /// Whether there are no faults.
    pub fn is_sound(&self) -> bool {
        self.faults.is_empty()
    }

    pub(super) fn fault(&mut self, kind: FaultKind, file: &str, detail: impl Into<String>) {
        self.faults.push(Fault { kind, file: file.to_owned(), detail: detail.into() });
    }
}

/// Checks the index in `folder`. With `full`, analyses every article again, otherwise a sample.
///
/// # Errors
/// [`Error::Io`] when the folder cannot be read, [`Error::Locked`] when another process keeps changing it.
pub fn check(folder: &Path, full: bool) -> Result<CheckReport, Error> {
    let (mut report, _) = examine(folder, full)?;
    report.faults.sort();
    Ok(report)
}

/// The report, and the damaged segments.
pub(super) fn examine(folder: &Path, full: bool) -> Result<(CheckReport, Vec<Segment>), Error> {
    for _ in 0..ATTEMPTS {
        let before = std::fs::read(folder.join(COMMIT)).ok();
        let outcome = examine_once(folder, full)?;
        if outcome.0.is_sound() || std::fs::read(folder.join(COMMIT)).ok() == before {
            return Ok(outcome);
        }
    }
    Err(Error::Locked { path: folder.to_owned(), holder: super::super::holder::holder(folder) })
}

fn examine_once(folder: &Path, full: bool) -> Result<(CheckReport, Vec<Segment>), Error> {
    let mut report = CheckReport::default();
    let names = files::names(folder).map_err(|source| Error::Io { action: "read", path: folder.into(), source })?;
    // A file that this user may not read is not damaged.
    for name in names.iter().filter(|name| files::owner(name) != Owner::Foreign) {
        match std::fs::File::open(folder.join(name)) {
            Err(source) if source.kind() == std::io::ErrorKind::PermissionDenied => {
                return Err(Error::Io { action: "read", path: folder.join(name), source });
            }
            _ => {}
        }
    }
    let being_written = is_being_written(folder);
    if being_written {
        report.notes.push(
            "another process is writing to the index; what it wrote since its last commit was not checked".to_owned(),
        );
    }
    if !check_manifest(folder, &mut report)? {
        return Ok((report, Vec::new()));
    }
    let nothing_yet = !names.iter().any(|name| name == COMMIT || name == FILE_LIST)
        && names.iter().all(|name| files::owner(name) != Owner::Segment);
    if nothing_yet {
        report.notes.push("nothing was indexed yet".to_owned());
        return Ok((report, Vec::new()));
    }
    let commit = match files::commit(folder) {
        Ok(commit) => commit,
        Err(detail) => {
            report.fault(FaultKind::Commit, COMMIT, detail);
            return Ok((report, Vec::new()));
        }
    };
    report.segments = commit.segments.len() as u64;
    let mut unsound = Vec::new();
    for segment in &commit.segments {
        if !verify_segment(folder, segment, &mut report) {
            unsound.push(segment.clone());
        }
    }
    check_lists(folder, &names, &commit, being_written, &mut report);
    let totals = compare_parts(folder, &commit, full, &mut unsound, &mut report);
    let listed = commit.list["payload"].as_str().map(Totals::read);
    if unsound.is_empty() && listed.is_some_and(|listed| listed != Some(totals)) {
        report.fault(
            FaultKind::Totals,
            COMMIT,
            "its totals of articles, words and passages are not those of the index",
        );
    }
    Ok((report, unsound))
}

/// Whether another process holds the writer lock, as far as this can be found out without writing.
fn is_being_written(folder: &Path) -> bool {
    let Ok(file) = File::open(folder.join(super::super::holder::FILES[0])) else { return false };
    matches!(file.try_lock_shared(), Err(std::fs::TryLockError::WouldBlock))
}

/// Checks the manifest. Returns whether the check can continue.
fn check_manifest(folder: &Path, report: &mut CheckReport) -> Result<bool, Error> {
    match location::read(folder) {
        Ok(manifest) => {
            if let Err(error) = location::open(folder) {
                report.fault(FaultKind::Version, MANIFEST, error.to_string());
                return Ok(false);
            }
            if !manifest.is_intact() {
                report.fault(FaultKind::Manifest, MANIFEST, "it was changed after it was written");
            }
        }
        Err(Error::NotAnIndex { cause, .. }) => {
            let is_there = folder.join(MANIFEST).exists();
            report.fault(FaultKind::Manifest, MANIFEST, if is_there { cause } else { "it is missing".to_owned() });
        }
        Err(error) => return Err(error),
    }
    Ok(true)
}

/// Verifies all files of a segment.
fn verify_segment(folder: &Path, segment: &Segment, report: &mut CheckReport) -> bool {
    let mut is_whole = true;
    for name in segment.files() {
        let path = folder.join(&name);
        match files::verify(&path) {
            Ok(bytes) => {
                report.files += 1;
                report.bytes += bytes;
            }
            Err(detail) => {
                let kind = if path.exists() { FaultKind::Damaged } else { FaultKind::Missing };
                report.fault(kind, &name, detail);
                is_whole = false;
            }
        }
    }
    is_whole
}

/// Compares the files with the lists. Tantivy's list must name all files in use; other files are noted.
fn check_lists(folder: &Path, names: &[String], commit: &Commit, being_written: bool, report: &mut CheckReport) {
    let used: BTreeSet<String> = commit.segments.iter().flat_map(Segment::files).collect();
    match files::file_list(folder) {
        Err(detail) => report.fault(FaultKind::FileList, FILE_LIST, detail),
        Ok(listed) => {
            if let Some(missing) = used.iter().find(|name| !listed.contains(*name)) {
                report.fault(FaultKind::FileList, FILE_LIST, format!("it does not name `{missing}`"));
            }
        }
    }
    let mut left_behind = 0;
    for name in names {
        match files::owner(name) {
            Owner::Index => {}
            Owner::Segment if used.contains(name) || being_written => {}
            // Left by a run that was killed or ran out of space. The next run deletes them.
            Owner::Segment => left_behind += 1,
            Owner::Foreign => report.notes.push(format!("`{name}` is not a file of the index, and was ignored")),
        }
    }
    match left_behind {
        0 => {}
        1 => report.notes.push("1 file is left over from an interrupted run; it is not needed".to_owned()),
        _ => {
            report.notes.push(format!("{left_behind} files are left over from an interrupted run; they are not needed"))
        }
    }
}

/// A reader for one segment of a commit, whatever the state of the others.
fn segment_reader(location: &Location, commit: &Commit, segment: &Segment) -> Result<Reader, Error> {
    let mut list = commit.list.clone();
    list["segments"] = vec![segment.entry.clone()].into();
    // The totals cover all segments.
    list["payload"] = serde_json::Value::Null;
    let folder = &location.folder;
    let directory = MmapDirectory::open(folder).map_err(|e| engine_error("open", folder)(e.into()))?;
    Reader::open_in(Durable::new(directory, folder).with_list(&list), location)
}

/// Compares the parts of each intact segment, and the totals. Tantivy may panic on files that it did not write.
fn compare_parts(
    folder: &Path,
    commit: &Commit,
    full: bool,
    unsound: &mut Vec<Segment>,
    report: &mut CheckReport,
) -> Totals {
    let documents: u64 = commit.segments.iter().map(|segment| segment.documents).sum();
    let one_in = if full { 1 } else { documents.div_ceil(SAMPLE_ARTICLES).max(1) };
    let location = Location::without_folders(folder);
    let mut seen = Seen::default();
    for segment in &commit.segments {
        if unsound.contains(segment) {
            continue;
        }
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            let reader = segment_reader(&location, commit, segment)?;
            compare::segment(&reader, segment, one_in, &mut seen)
        }));
        let outcome = outcome.unwrap_or_else(|_| Err("its parts do not fit together".into()));
        if let Err(error) = outcome {
            report.fault(FaultKind::Disagreement, &segment.name, error.to_string());
            unsound.push(segment.clone());
        }
    }
    report.articles = seen.totals.articles;
    report.analysed = seen.analysed;
    report.unfinished = seen.named.difference(&seen.finished).count() as u64;
    seen.totals
}
