//! Read-only access to chosen segments of a commit, without a lock.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    Directory, DirectoryLock, FileHandle, FileSlice, Lock, MmapDirectory, WatchCallback, WatchHandle, WritePtr,
};

use super::super::engine::engine_error;
use super::super::files::{COMMIT, Commit, FILE_LIST, Segment};
use super::super::location::Location;
use super::super::reader::Reader;
use crate::error::Error;

/// A reader for one segment of a commit, whatever the state of the others.
pub(super) fn segment_reader(location: &Location, commit: &Commit, segment: &Segment) -> Result<Reader, Error> {
    let mut list = commit.list.clone();
    list["segments"] = vec![segment.entry.clone()].into();
    // The totals cover all segments.
    list["payload"] = serde_json::Value::Null;
    let inner = MmapDirectory::open(&location.folder).map_err(|e| engine_error("open", &location.folder)(e.into()))?;
    Reader::open_in(View { inner, list: list.to_string().into_bytes().into() }, location)
}

#[derive(Debug, Clone)]
struct View {
    inner: MmapDirectory,
    list: Arc<[u8]>,
}

fn refused() -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, "nothing is written here")
}

impl Directory for View {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        self.inner.get_file_handle(path)
    }

    fn open_read(&self, path: &Path) -> Result<FileSlice, OpenReadError> {
        self.inner.open_read(path)
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        Err(DeleteError::IoError { io_error: refused().into(), filepath: path.to_owned() })
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.inner.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        Err(OpenWriteError::wrap_io_error(refused(), path.to_owned()))
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        match path {
            path if path == Path::new(COMMIT) => Ok(self.list.to_vec()),
            path if path == Path::new(FILE_LIST) => Err(OpenReadError::FileDoesNotExist(PathBuf::from(FILE_LIST))),
            path => self.inner.atomic_read(path),
        }
    }

    fn atomic_write(&self, _: &Path, _: &[u8]) -> io::Result<()> {
        Err(refused())
    }

    fn sync_directory(&self) -> io::Result<()> {
        Ok(())
    }

    fn acquire_lock(&self, _: &Lock) -> Result<DirectoryLock, LockError> {
        Ok(DirectoryLock::from(Box::new(())))
    }

    fn watch(&self, _: WatchCallback) -> tantivy::Result<WatchHandle> {
        Ok(WatchHandle::empty())
    }
}
