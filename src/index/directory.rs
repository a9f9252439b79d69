//! The engine's directory with two gaps closed: a commit is durable when it returns, and an index can be read
//! where it cannot be written.
//!
//! What is synced when: the engine syncs each segment file when it is written out (`fdatasync`), then the folder,
//! so that their names last; then it writes the list of segments to a new file, syncs that and renames it to
//! `meta.json`. Here the folder is synced once more after that, before any file of the commit before is removed:
//! after a loss of power the index is at the last commit that returned, or at the one that was under way.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    Directory, DirectoryLock, FileHandle, FileSlice, Lock, META_LOCK, WatchCallback, WatchHandle, WritePtr,
};

use super::location::COMMIT;

/// How the names of temporary files begin, the engine's and ours.
pub(super) const TEMPORARY: &str = ".tmp";

/// A directory of the engine's on which a commit is durable.
#[derive(Debug, Clone)]
pub(super) struct Durable<D> {
    inner: D,
    /// The folder, where there is one.
    folder: PathBuf,
}

impl<D: Directory + Clone> Durable<D> {
    pub(super) fn new(inner: D, folder: &Path) -> Self {
        Self { inner, folder: folder.to_owned() }
    }

    /// The lock that keeps files from being removed while they are opened, for one who may not write: held
    /// through the lock file where there is one; where there is none, nobody has ever written here.
    fn lock_for_reading(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        let file = match File::open(self.folder.join(&lock.filepath)) {
            Ok(file) => Some(file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(LockError::wrap_io_error(error)),
        };
        if let Some(file) = &file {
            match file.lock() {
                // A file system without locks that cannot be written to: nobody removes anything.
                Err(error) if error.kind() != io::ErrorKind::Unsupported => {
                    return Err(LockError::wrap_io_error(error));
                }
                _ => {}
            }
        }
        Ok(DirectoryLock::from(Box::new(file)))
    }
}

/// Writes a file so that it is there in full or not at all, with the permissions that the user's umask gives.
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
            // Left by a run that was killed before it committed: the names of files are used for one content each,
            // and only those of deletions, numbered from the last commit on, can come again.
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
        self.inner.atomic_read(path)
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        // The engine's own way makes files that only their owner may read.
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
