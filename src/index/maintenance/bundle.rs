//! An index packed into one file, with a hash of each file in it.
//!
//! A bundle is a tar archive compressed with Zstandard. Its first entry lists the other files with their sizes and
//! BLAKE3 hashes, which are checked when packing and unpacking. Both write to a temporary name until they are done.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::super::files::{self, COMMIT, FILE_LIST, Segment};
use super::super::holder::{self, FILES};
use super::super::location::{self, Location, MANIFEST, Manifest};
use crate::error::Error;

/// Name of the first entry.
const CONTENTS: &str = "bundle.json";

/// Version of the bundle format.
const BUNDLE_VERSION: u32 = 1;

/// Maximum size of the list of contents; a hundred thousand files need 15 MB.
const CONTENTS_BYTES_MAX: u64 = 32 << 20;

/// Maximum number of files: those of ten thousand segments.
const FILES_MAX: usize = 100_000;

/// Compression level. The stored text is already compressed.
const LEVEL: i32 = 3;

/// The contents of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contents {
    /// Version of the bundle format.
    pub bundle_version: u32,
    /// Format version of the index.
    pub format_version: u32,
    /// Version of the program that created the index.
    pub made_by: String,
    /// The files.
    pub files: Vec<BundledFile>,
}

/// A file of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BundledFile {
    /// Its name in the index folder.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// Its BLAKE3 hash in hexadecimal.
    pub blake3: String,
}

impl Contents {
    /// Total size of all files.
    pub fn bytes(&self) -> u64 {
        self.files.iter().fold(0, |sum, file| sum.saturating_add(file.bytes))
    }
}

/// Packs the index at `location` into a new file.
///
/// # Errors
/// [`Error::Exists`] when the file exists, [`Error::Locked`] when another process writes to the index, [`Error::Index`]
/// when it is damaged, [`Error::Io`].
pub fn bundle(location: &Location, target: &Path) -> Result<Contents, Error> {
    if target.symlink_metadata().is_ok() {
        return Err(Error::Exists(target.to_owned()));
    }
    let folder = &location.folder;
    // A shared lock allows other readers and keeps writers waiting. Without a lock file, nobody has ever written here.
    let lock = File::open(folder.join(FILES[0])).ok();
    if let Some(Err(fs::TryLockError::WouldBlock)) = lock.as_ref().map(File::try_lock_shared) {
        return Err(Error::Locked { path: folder.clone(), holder: holder::holder(folder) });
    }
    let damaged = |cause: String| Error::Index { action: "bundle", path: folder.clone(), cause };
    let commit = files::commit(folder).map_err(|cause| damaged(format!("`{COMMIT}`: {cause}")))?;
    let manifest = location::read(folder)?;
    let mut contents = Contents {
        bundle_version: BUNDLE_VERSION,
        format_version: manifest.format_version,
        made_by: manifest.made_by,
        files: Vec::new(),
    };
    for name in commit.segments.iter().flat_map(Segment::files) {
        files::verify(&folder.join(&name)).map_err(|cause| damaged(format!("`{name}`: {cause}")))?;
        contents.files.push(described(folder, name)?);
    }
    for name in [MANIFEST, COMMIT, FILE_LIST] {
        contents.files.push(described(folder, name.to_owned())?);
    }
    let temporary = temporary_name(target);
    let written = write(folder, &contents, &temporary).and_then(|()| publish(&temporary, target));
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written.map(|()| contents)
}

fn described(folder: &Path, name: String) -> Result<BundledFile, Error> {
    let path = folder.join(&name);
    let failed = |source| Error::Io { action: "read", path: path.clone(), source };
    let mut hashed = Hashed::new(File::open(&path).map_err(failed)?);
    let bytes = io::copy(&mut hashed, &mut io::sink()).map_err(failed)?;
    Ok(BundledFile { name, bytes, blake3: hashed.hex() })
}

fn write(folder: &Path, contents: &Contents, temporary: &Path) -> Result<(), Error> {
    let failed = |source| Error::Io { action: "write", path: temporary.to_owned(), source };
    let file = File::create_new(temporary).map_err(failed)?;
    let compressed = zstd::Encoder::new(BufWriter::new(file), LEVEL).map_err(failed)?;
    let mut archive = tar::Builder::new(compressed);
    let list = serde_json::to_vec_pretty(contents).expect("contents are plain data");
    append(&mut archive, CONTENTS, list.len() as u64, &mut &list[..]).map_err(failed)?;
    for file in &contents.files {
        let path = folder.join(&file.name);
        let source = File::open(&path).map_err(|source| Error::Io { action: "read", path: path.clone(), source })?;
        let mut hashed = Hashed::new(source.take(file.bytes));
        append(&mut archive, &file.name, file.bytes, &mut hashed).map_err(failed)?;
        if hashed.hex() != file.blake3 {
            return Err(Error::Index { action: "bundle", path, cause: "it changed meanwhile".to_owned() });
        }
    }
    let compressed = archive.into_inner().map_err(failed)?;
    let file = compressed.finish().and_then(|buffer| buffer.into_inner().map_err(io::Error::from)).map_err(failed)?;
    file.sync_all().map_err(failed)
}

fn append(archive: &mut tar::Builder<impl Write>, name: &str, bytes: u64, from: &mut dyn Read) -> io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes);
    header.set_mode(0o644);
    archive.append_data(&mut header, name, from)
}

/// Moves a finished bundle to its final name, unless that exists by now.
fn publish(temporary: &Path, target: &Path) -> Result<(), Error> {
    let failed = |source| Error::Io { action: "create", path: target.to_owned(), source };
    if target.symlink_metadata().is_ok() {
        return Err(Error::Exists(target.to_owned()));
    }
    // A hard link never replaces a file, but not every file system has them.
    if temporary.is_file() {
        match fs::hard_link(temporary, target) {
            Ok(()) => return fs::remove_file(temporary).map_err(failed),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(Error::Exists(target.to_owned()));
            }
            Err(_) => {}
        }
    }
    fs::rename(temporary, target).map_err(failed)
}

/// A hidden name in the same folder.
fn temporary_name(target: &Path) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    target.with_file_name(format!(".{name}.{}.begun", std::process::id()))
}

/// Unpacks a bundle into a new folder.
///
/// # Errors
/// [`Error::Exists`] when the folder exists, [`Error::Bundle`] when the file is damaged or not a bundle,
/// [`Error::IndexVersion`] when the format version of its index is not supported, [`Error::Io`].
pub fn unbundle(bundle: &Path, target: &Path) -> Result<Contents, Error> {
    if target.symlink_metadata().is_ok() {
        return Err(Error::Exists(target.to_owned()));
    }
    let file = File::open(bundle).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => Error::MissingPath(bundle.to_owned()),
        _ => Error::Io { action: "read", path: bundle.to_owned(), source },
    })?;
    let temporary = temporary_name(target);
    fs::create_dir(&temporary).map_err(|source| Error::Io { action: "create", path: temporary.clone(), source })?;
    let outcome = unpack(file, bundle, &temporary).and_then(|contents| {
        publish(&temporary, target)?;
        Ok(contents)
    });
    if outcome.is_err() {
        let _ = fs::remove_dir_all(&temporary);
    }
    outcome
}

fn unpack(file: File, bundle: &Path, temporary: &Path) -> Result<Contents, Error> {
    let damaged = |cause: &str| Error::Bundle { path: bundle.to_owned(), cause: cause.to_owned() };
    let unreadable = |error: io::Error| damaged(&format!("it cannot be unpacked: {error}"));
    let decompressed = zstd::Decoder::new(BufReader::new(file)).map_err(unreadable)?;
    let mut archive = tar::Archive::new(decompressed);
    let mut entries = archive.entries().map_err(unreadable)?;
    let mut first = entries.next().ok_or_else(|| damaged("it is empty"))?.map_err(unreadable)?;
    if name_of(&first).as_deref() != Some(CONTENTS) || first.size() > CONTENTS_BYTES_MAX {
        return Err(damaged("it does not begin with a list of its contents"));
    }
    let mut list = Vec::new();
    first.read_to_end(&mut list).map_err(unreadable)?;
    let contents: Contents =
        serde_json::from_slice(&list).map_err(|error| damaged(&format!("its list of contents: {error}")))?;
    if contents.bundle_version != BUNDLE_VERSION {
        return Err(damaged("it was made by another version of nutgraf"));
    }
    let mut expected = expected(&contents).map_err(|cause| damaged(&cause))?;
    for entry in entries {
        let entry = entry.map_err(unreadable)?;
        let name = name_of(&entry).ok_or_else(|| damaged("a name in it cannot be used"))?;
        let Some(listed) = expected.remove(name.as_str()) else {
            return Err(damaged(&format!("`{name}` is not in its list of contents, or twice in it")));
        };
        if entry.size() != listed.bytes || !entry.header().entry_type().is_file() {
            return Err(damaged(&format!("`{name}` is not as its list of contents says")));
        }
        let path = temporary.join(&name);
        let mut out = File::create_new(&path).map_err(|source| Error::Io { action: "create", path, source })?;
        let mut hashed = Hashed::new(entry);
        io::copy(&mut hashed, &mut out).map_err(unreadable)?;
        out.sync_all().map_err(unreadable)?;
        if hashed.hex() != listed.blake3 {
            return Err(damaged(&format!("the bytes of `{name}` are not those that were packed")));
        }
    }
    if let Some(name) = expected.keys().next() {
        return Err(damaged(&format!("`{name}` is missing from it")));
    }
    let manifest = location::read(temporary)?;
    location::write_durably(temporary, &Manifest { bundled: true, ..manifest })?;
    location::open(temporary)?;
    Ok(contents)
}

/// The files to expect, by name.
fn expected(contents: &Contents) -> Result<BTreeMap<&str, &BundledFile>, String> {
    if contents.files.len() > FILES_MAX {
        return Err(format!("it has more than {FILES_MAX} files"));
    }
    let mut expected = BTreeMap::new();
    for file in &contents.files {
        let is_fixed = [MANIFEST, COMMIT, FILE_LIST].contains(&file.name.as_str());
        let is_part = files::owner(&file.name) == files::Owner::Segment && !file.name.starts_with('.');
        if !(is_fixed || is_part) || file.name.contains(['/', '\\', ':']) {
            return Err(format!("`{}` is not a file of an index", file.name));
        }
        if expected.insert(file.name.as_str(), file).is_some() {
            return Err(format!("`{}` is listed twice", file.name));
        }
    }
    match [MANIFEST, COMMIT].iter().find(|name| !expected.contains_key(**name)) {
        Some(name) => Err(format!("it has no `{name}`")),
        None => Ok(expected),
    }
}

fn name_of(entry: &tar::Entry<'_, impl Read>) -> Option<String> {
    let name = entry.path().ok()?.to_str()?.to_owned();
    (!name.contains(['/', '\\']) && name != "..").then_some(name)
}

/// Hashes the bytes read through it.
struct Hashed<R> {
    inner: R,
    hasher: blake3::Hasher,
}

impl<R> Hashed<R> {
    fn new(inner: R) -> Self {
        Self { inner, hasher: blake3::Hasher::new() }
    }

    /// The hash in hexadecimal.
    fn hex(&self) -> String {
        self.hasher.finalize().to_hex().to_string()
    }
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.hasher.update(&buffer[..read]);
        Ok(read)
    }
}
