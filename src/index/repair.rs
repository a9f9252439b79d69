//! Mending: what cannot be read leaves the index, and its source files are read again by the next run.
//!
//! Nothing else is dropped. A damaged segment leaves the list of segments. Which source files its articles came from
//! is read from its columns where those are whole; else every source file counts as not read to its end, which costs
//! the next run a look at all of them and changes nothing of what is in order.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use tantivy::columnar::{ColumnarReader, DynamicColumn};
use tantivy::directory::FileSlice;
use tantivy::directory::footer::Footer;

use super::Location;
use super::check::{CheckReport, FaultKind, look};
use super::files::{self, COMMIT, Commit, FILE_LIST, Owner, Segment};
use super::holder::Holder;
use super::location::{self, Manifest};
use super::reader::Reader;
use super::version::file_version;
use super::view;
use super::writer::{Writer, WriterOptions};
use crate::error::Error;

/// Rounds of looking and mending: the second finds what the first could not look at.
const ROUNDS: usize = 4;

/// Source files that are looked for when the archive's root is to be found again.
const ROOT_PROBES: usize = 200;

/// What was mended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RepairReport {
    /// What was done, a sentence each.
    pub done: Vec<String>,
    /// Segments that left the index.
    pub segments_dropped: u64,
    /// Source files that the next run reads again; none when nothing has to be.
    pub files_to_read: u64,
    /// What is wrong still.
    pub after: CheckReport,
}

/// Mends the index in `folder` as far as that can be done without its source files.
///
/// # Errors
/// [`Error::Locked`] when another process writes to it, [`Error::Io`] when the folder cannot be written.
pub fn repair(folder: &Path, full: bool) -> Result<RepairReport, Error> {
    let mut report = RepairReport::default();
    for _ in 0..ROUNDS {
        let (found, unsound) = look(folder, full)?;
        let hopeless = found.faults.iter().any(|fault| fault.kind == FaultKind::Version);
        let (sound, done) = (found.is_sound(), report.done.len());
        report.after = found;
        if sound || hopeless {
            break;
        }
        mend(folder, &unsound, &mut report)?;
        if report.done.len() == done {
            break;
        }
    }
    report.after.faults.sort();
    Ok(report)
}

fn mend(folder: &Path, unsound: &[Segment], report: &mut RepairReport) -> Result<(), Error> {
    let held = Holder::take(folder)?;
    let failed = |source| Error::Io { action: "write", path: folder.to_owned(), source };
    let has = |kind| report.after.faults.iter().any(|fault| fault.kind == kind);
    let (manifest, commit, lists) = (has(FaultKind::Manifest), has(FaultKind::Commit), has(FaultKind::FileList));
    if commit {
        // Without the list nobody knows which files belong together.
        for name in files::names(folder).map_err(failed)? {
            if files::owner(&name) == Owner::Segment || name == FILE_LIST || name == COMMIT {
                fs::remove_file(folder.join(&name)).map_err(failed)?;
            }
        }
        report
            .done
            .push(format!("`{COMMIT}` and the files that it listed were removed; all articles are to be read again"));
    }
    let mut lost = Lost::default();
    let current = files::commit(folder).ok();
    if let (Some(current), false) = (&current, unsound.is_empty()) {
        for segment in unsound {
            lost.add(folder, segment);
            report.done.push(format!("segment {} left the index", segment.name));
        }
        report.segments_dropped += unsound.len() as u64;
        write_commit(folder, current, unsound).map_err(failed)?;
    }
    if manifest {
        let root = restore_manifest(folder).map_err(failed)?;
        report.done.push(format!(
            "`{}` was written anew, with `{}` as the archive's root",
            location::MANIFEST,
            root.display()
        ));
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

/// The source files of what was lost.
#[derive(Debug, Default)]
struct Lost {
    files: BTreeSet<String>,
    /// Whether it is not known which.
    unknown: bool,
}

impl Lost {
    fn is_empty(&self) -> bool {
        self.files.is_empty() && !self.unknown
    }

    fn add(&mut self, folder: &Path, segment: &Segment) {
        // Parts that are whole and contradict each other may be another segment's.
        let is_damaged = segment.files().iter().any(|name| files::verify(&folder.join(name)).is_err());
        match is_damaged.then(|| source_files(folder, segment)).flatten() {
            Some(files) => self.files.extend(files),
            None => self.unknown = true,
        }
    }
}

/// The source files that a segment's columns name, where they are whole.
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

/// Writes the list of segments without some of them.
fn write_commit(folder: &Path, commit: &Commit, without: &[Segment]) -> std::io::Result<()> {
    let kept = commit.segments.iter().filter(|segment| !without.contains(segment));
    let mut list = commit.list.clone();
    list["segments"] = kept.map(|segment| segment.entry.clone()).collect();
    write_list(folder, COMMIT, &list)
}

/// Writes a list so that it is there in full or not at all.
fn write_list(folder: &Path, name: &str, list: &serde_json::Value) -> std::io::Result<()> {
    let begun = folder.join(format!("{}-{name}", super::writer::TEMPORARY));
    let mut file = File::create(&begun)?;
    file.write_all(list.to_string().as_bytes())?;
    file.sync_all()?;
    fs::rename(begun, folder.join(name))?;
    let _ = File::open(folder).and_then(|names| names.sync_all());
    Ok(())
}

/// Removes what no segment needs and makes the list of files right.
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
            report.done.push(format!("`{FILE_LIST}` was written anew"));
        }
    }
    Ok(())
}

/// Makes source files count as not read to their end; how many.
fn forget_files(folder: &Path, lost: &Lost) -> Result<u64, Error> {
    let location = Location { folder: folder.to_owned(), root: PathBuf::new() };
    let known = Reader::open(&location)?.files()?;
    let mut writer = Writer::open(&location, &WriterOptions { threads: 1, memory_bytes: 0 })?;
    let mut forgotten = 0;
    for (file, state) in &known {
        if let (Some(facts), true) = (&state.facts, lost.unknown || lost.files.contains(file)) {
            writer.delete_version(file_version(file, facts));
            forgotten += 1;
        }
    }
    writer.commit([])?;
    writer.close()?;
    // Files that were in what was lost only are new to the next run.
    Ok(forgotten + lost.files.iter().filter(|file| !known.contains_key(*file)).count() as u64)
}

/// Writes the manifest anew: the root is the folder near the index in which the most source files are found.
fn restore_manifest(folder: &Path) -> std::io::Result<PathBuf> {
    let absolute = fs::canonicalize(folder)?;
    let old = location::read(folder).ok();
    let files = some_files(folder);
    let mut candidates: Vec<PathBuf> = old.iter().map(|manifest| manifest.root_from(folder)).collect();
    for above in absolute.ancestors().skip(1) {
        candidates.push(above.to_owned());
        let mut below: Vec<PathBuf> = fs::read_dir(above)
            .into_iter()
            .flatten()
            .flatten()
            .map(|e| e.path())
            .filter(|path| path.is_dir())
            .collect();
        below.sort();
        candidates.extend(below);
    }
    let found = |root: &PathBuf| files.iter().filter(|file| root.join(file).exists()).count();
    let mut best = (0, absolute.parent().unwrap_or(&absolute).to_owned());
    for candidate in candidates {
        let count = found(&candidate);
        if count > best.0 {
            best = (count, candidate);
        }
    }
    let root = best.1;
    location::write_durably(folder, &Manifest::new(&absolute, &root, Vec::new()))?;
    Ok(root)
}

/// Some source files that the index names, relative to its root.
fn some_files(folder: &Path) -> Vec<PathBuf> {
    let location = Location { folder: folder.to_owned(), root: PathBuf::new() };
    let Ok(commit) = files::commit(folder) else { return Vec::new() };
    for segment in &commit.segments {
        if let Ok(reader) = view::segment_reader(&location, &commit, segment)
            && let Ok(files) = reader.files()
            && !files.is_empty()
        {
            return files.keys().take(ROOT_PROBES).map(|file| reader.path_from(Path::new(""), file)).collect();
        }
    }
    Vec::new()
}
