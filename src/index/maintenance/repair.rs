//! Repairs an index: drops damaged parts, so that the next run reads their source files again.
//!
//! Nothing else is dropped. A damaged segment is removed from the list of segments. The source files of its articles
//! are read from its columns if these are intact. Otherwise all source files are marked as unread; the next run then
//! reads them, but keeps all documents that are in order.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::Path;

use tantivy::columnar::{ColumnarReader, DynamicColumn};
use tantivy::directory::FileSlice;
use tantivy::directory::footer::Footer;

use super::super::Location;
use super::super::directory::write_atomically;
use super::super::files::{self, COMMIT, Commit, FILE_LIST, Owner, Segment};
use super::super::holder::Holder;
use super::super::location;
use super::super::reader::Reader;
use super::super::version::file_version;
use super::super::writer::{Writer, WriterOptions};
use super::check::{CheckReport, FaultKind, examine};
use crate::error::Error;

/// Maximum number of rounds. The second finds what the first could not check.
const ROUNDS: usize = 4;

/// The result of a repair.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RepairReport {
    /// What was done, as sentences.
    pub done: Vec<String>,
    /// Number of segments dropped.
    pub segments_dropped: u64,
    /// Number of source files that the next run reads again.
    pub files_to_read: u64,
    /// The result of a check after the repair.
    pub after: CheckReport,
}

/// Repairs the index in `folder`, as far as possible without its source files.
///
/// # Errors
/// [`Error::Locked`] when another process writes to it, [`Error::Io`] when the folder cannot be written.
pub fn repair(folder: &Path, full: bool) -> Result<RepairReport, Error> {
    let mut report = RepairReport::default();
    for _ in 0..ROUNDS {
        let (found, unsound) = examine(folder, full)?;
        let is_unsupported = found.faults.iter().any(|fault| fault.kind == FaultKind::Version);
        let (sound, done) = (found.is_sound(), report.done.len());
        report.after = found;
        if sound || is_unsupported {
            break;
        }
        fix(folder, &unsound, &mut report)?;
        if report.done.len() == done {
            break;
        }
    }
    report.after.faults.sort();
    Ok(report)
}

fn fix(folder: &Path, unsound: &[Segment], report: &mut RepairReport) -> Result<(), Error> {
    let held = Holder::take(folder)?;
    let failed = |source| Error::Io { action: "write", path: folder.to_owned(), source };
    let has = |kind| report.after.faults.iter().any(|fault| fault.kind == kind);
    let (commit, lists) = (has(FaultKind::Commit), has(FaultKind::FileList));
    if commit {
        // Without the list, it is unknown which files belong together.
        for name in files::names(folder).map_err(failed)? {
            if files::owner(&name) == Owner::Segment || name == FILE_LIST || name == COMMIT {
                fs::remove_file(folder.join(&name)).map_err(failed)?;
            }
        }
        report
            .done
            .push(format!("`{COMMIT}` and the files that it listed were removed; all articles must be read again"));
    }
    let mut lost = Lost::default();
    let current = files::commit(folder).ok();
    if let (Some(current), false) = (&current, unsound.is_empty()) {
        for segment in unsound {
            lost.add(folder, segment);
            report.done.push(format!("segment {} was dropped", segment.name));
        }
        report.segments_dropped += unsound.len() as u64;
        write_commit(folder, current, unsound).map_err(failed)?;
    }
    if let (Some(current), true, true) = (&current, unsound.is_empty(), has(FaultKind::Totals)) {
        write_commit(folder, current, &[]).map_err(failed)?;
        report.done.push("the stored totals were dropped; they will be counted again".to_owned());
    }
    if has(FaultKind::Manifest)
        && let Some(folders) = location::restore(folder)?
    {
        let folders: Vec<String> = folders.iter().map(|folder| format!("`{}`", folder.path.display())).collect();
        report.done.push(format!("`{}` was rewritten, with the folders {}", location::MANIFEST, folders.join(", ")));
    }
    if let (Ok(commit), false) = (files::commit(folder), commit) {
        tidy(folder, &commit, lists, report).map_err(failed)?;
    }
    drop(held);
    if !lost.is_empty() {
        report.files_to_read += forget_files(folder, &lost)?;
    }
    Ok(())
}

/// The source files of dropped documents.
#[derive(Debug, Default)]
struct Lost {
    files: BTreeSet<String>,
    /// Whether the source files are unknown.
    unknown: bool,
}

impl Lost {
    fn is_empty(&self) -> bool {
        self.files.is_empty() && !self.unknown
    }

    fn add(&mut self, folder: &Path, segment: &Segment) {
        // Intact parts that contradict each other may belong to different segments.
        let is_damaged = segment.files().iter().any(|name| files::verify(&folder.join(name)).is_err());
        match is_damaged.then(|| source_files(folder, segment)).flatten() {
            Some(files) => self.files.extend(files),
            None => self.unknown = true,
        }
    }
}

/// The source files named in the columns of a segment, if these are intact.
fn source_files(folder: &Path, segment: &Segment) -> Option<Vec<String>> {
    let path = folder.join(format!("{}.fast", segment.name));
    files::verify(&path).ok()?;
    let (_, body) = Footer::extract_footer(FileSlice::from(fs::read(path).ok()?)).ok()?;
    let columns = ColumnarReader::open(body).ok()?;
    if u64::from(columns.num_docs()) != segment.documents {
        return None;
    }
    let column = columns.read_columns("file").ok()?.into_iter().next()?;
    let DynamicColumn::Str(names) = column.open().ok()? else { return None };
    let mut stream = names.dictionary().stream().ok()?;
    let mut files = Vec::new();
    while stream.advance() {
        files.push(String::from_utf8_lossy(stream.key()).into_owned());
    }
    Some(files)
}

/// Writes the list of segments, without some of them.
fn write_commit(folder: &Path, commit: &Commit, without: &[Segment]) -> std::io::Result<()> {
    let kept = commit.segments.iter().filter(|segment| !without.contains(segment));
    let mut list = commit.list.clone();
    list["segments"] = kept.map(|segment| segment.entry.clone()).collect();
    list["payload"] = serde_json::Value::Null;
    write_list(folder, COMMIT, &list)
}

/// Writes a list atomically.
fn write_list(folder: &Path, name: &str, list: &serde_json::Value) -> std::io::Result<()> {
    write_atomically(&folder.join(name), list.to_string().as_bytes())?;
    let _ = File::open(folder).and_then(|names| names.sync_all());
    Ok(())
}

/// Deletes files that no segment needs, and corrects the list of files.
fn tidy(folder: &Path, commit: &Commit, lists: bool, report: &mut RepairReport) -> std::io::Result<()> {
    let used: BTreeSet<String> = commit.segments.iter().flat_map(Segment::files).collect();
    let mut removed = 0;
    for name in files::names(folder)? {
        if files::owner(&name) == Owner::Segment && !used.contains(&name) {
            fs::remove_file(folder.join(&name))?;
            removed += 1;
        }
    }
    if removed > 0 {
        report.done.push(format!("files that no segment needs were removed: {removed}"));
    }
    if lists || removed > 0 {
        let mut names: BTreeSet<String> = used;
        names.insert(COMMIT.to_owned());
        write_list(folder, FILE_LIST, &names.into_iter().collect())?;
        if lists {
            report.done.push(format!("`{FILE_LIST}` was rewritten"));
        }
    }
    Ok(())
}

/// Marks source files as unread. Returns their number.
fn forget_files(folder: &Path, lost: &Lost) -> Result<u64, Error> {
    let location = Location::without_folders(folder);
    let known = Reader::open(&location)?.files()?;
    let mut writer = Writer::open(&location, &WriterOptions { threads: 1, memory_bytes: 0 })?;
    let mut forgotten = 0;
    for (file, state) in &known {
        if let (Some(facts), true) = (state, lost.unknown || lost.files.contains(file)) {
            writer.delete_version(file_version(file, facts));
            forgotten += 1;
        }
    }
    writer.commit([])?;
    writer.close()?;
    // Files whose documents were all lost are new to the next run.
    Ok(forgotten + lost.files.iter().filter(|file| !known.contains_key(*file)).count() as u64)
}
