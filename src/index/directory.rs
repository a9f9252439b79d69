//! A Tantivy directory with two additions: commits are durable, and an index on read-only storage can be read.
//!
//! Tantivy syncs each segment file when it is written (`fdatasync`), then the folder, so that the file names are
//! durable. It then writes the list of segments to a new file, syncs it, and renames it to `meta.json`. This directory
//! syncs the folder once more before any file of the previous commit is deleted. After a power failure, the index is
//! therefore at the last completed commit or at the one in progress.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    Directory, DirectoryLock, FileHandle, FileSlice, Lock, META_LOCK, WatchCallback, WatchHandle, WritePtr,
};

use super::location::{COMMIT, FILE_LIST};

/// Prefix of temporary files.
pub(super) const TEMPORARY: &str = ".tmp";

/// A Tantivy directory with durable commits.
#[derive(Debug, Clone)]
pub(super) struct Durable<D> {
    inner: D,
    /// The folder, if any.
    folder: PathBuf,
    /// A list of segments in place of the stored one, for reading without a lock.
    list: Option<Arc<[u8]>>,
}

impl<D: Directory + Clone> Durable<D> {
    pub(super) fn new(inner: D, folder: &Path) -> Self {
        Self { inner, folder: folder.to_owned(), list: None }
    }

    /// The directory with another list of segments, which is only read.
    pub(super) fn with_list(self, list: &serde_json::Value) -> Self {
        Self { list: Some(list.to_string().into_bytes().into()), ..self }
    }

    /// A lock that protects files from deletion while they are opened, for a process without write permission. Uses the
    /// lock file if it exists; otherwise nobody has written here.
    fn lock_for_reading(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        let file = match File::open(self.folder.join(&lock.filepath)) {
            Ok(file) => Some(file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(LockError::wrap_io_error(error)),
        };
        if let Some(file) = &file {
            match file.lock() {
                // A read-only file system without locks: nobody deletes files.
                Err(error) if error.kind() != io::ErrorKind::Unsupported => {
                    return Err(LockError::wrap_io_error(error));
                }
                _ => {}
            }
        }
        Ok(DirectoryLock::from(Box::new(file)))
    }
}

/// Writes a file atomically, with the permissions given by the umask.
pub(super) fn write_atomically(path: &Path, data: &[u8]) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let begun = path.with_file_name(format!("{TEMPORARY}-{name}"));
    let mut file = File::create(&begun)?;
    file.write_all(data)?;
    file.sync_all()?;
    std::fs::rename(begun, path)
}

impl<D: Directory + Clone> Directory for Durable<D> {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        self.inner.get_file_handle(path)
    }

    fn open_read(&self, path: &Path) -> Result<FileSlice, OpenReadError> {
        self.inner.open_read(path)
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.inner.delete(path)
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.inner.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        match self.inner.open_write(path) {
            // Left by a run that was killed before its commit. Segment names are never reused; only names of deletion
            // files, which are numbered from the last commit, can repeat.
            Err(OpenWriteError::FileAlreadyExists(_)) => {
                self.inner.delete(path).map_err(|error| {
                    OpenWriteError::wrap_io_error(io::Error::other(error.to_string()), path.to_owned())
                })?;
                self.inner.open_write(path)
            }
            outcome => outcome,
        }
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        match &self.list {
            Some(list) if path == Path::new(COMMIT) => Ok(list.to_vec()),
            Some(_) if path == Path::new(FILE_LIST) => Err(OpenReadError::FileDoesNotExist(path.to_owned())),
            _ => self.inner.atomic_read(path),
        }
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        // Tantivy would create a file that only the owner can read.
        match self.folder.is_dir() {
            true => write_atomically(&self.folder.join(path), data)?,
            false => self.inner.atomic_write(path, data)?,
        }
        if path == Path::new(COMMIT) { self.inner.sync_directory() } else { Ok(()) }
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.inner.sync_directory()
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        if self.list.is_some() {
            return Ok(DirectoryLock::from(Box::new(())));
        }
        match self.inner.acquire_lock(lock) {
            Err(LockError::IoError(error))
                if lock.filepath == META_LOCK.filepath
                    && matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem) =>
            {
                self.lock_for_reading(lock)
            }
            outcome => outcome,
        }
    }

    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.inner.watch(callback)
    }
}
