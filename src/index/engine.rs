//! Settings of Tantivy, and its errors.

use std::path::Path;

use tantivy::directory::error::{LockError, OpenDirectoryError, OpenReadError, OpenWriteError};
use tantivy::store::{Compressor, ZstdCompressor};
use tantivy::{IndexSettings, TantivyError};

use super::holder::holder;
use crate::error::Error;

/// Compression level of the document store.
const STORE_LEVEL: i32 = 3;

/// Bytes of text compressed together. Larger blocks take less space, but are decompressed whole for each article that is
/// read: `benches/RESULTS.md` has the measurements.
const STORE_BLOCK_BYTES: usize = 32 << 10;

/// How Tantivy stores documents.
pub(super) fn settings() -> IndexSettings {
    IndexSettings {
        docstore_compression: Compressor::Zstd(ZstdCompressor { compression_level: Some(STORE_LEVEL) }),
        docstore_blocksize: STORE_BLOCK_BYTES,
        docstore_compress_dedicated_thread: false,
        ..IndexSettings::default()
    }
}

/// The operating system's error code for a full disk: ENOSPC, or on Windows ERROR_DISK_FULL.
pub(super) const STORAGE_FULL: i32 = if cfg!(windows) { 112 } else { 28 };

/// Converts Tantivy's errors.
pub(crate) fn engine_error(action: &'static str, folder: &Path) -> impl Fn(TantivyError) -> Error + use<> {
    let path = folder.to_owned();
    // Some of Tantivy's errors keep only the message.
    let full = std::io::Error::from_raw_os_error(STORAGE_FULL).to_string();
    move |error| {
        let refused = |source: &std::io::Error| Error::Io {
            action,
            path: path.clone(),
            source: std::io::Error::new(source.kind(), source.to_string()),
        };
        if error.to_string().contains(&full) {
            return refused(&std::io::Error::from_raw_os_error(STORAGE_FULL));
        }
        match &error {
            TantivyError::LockFailure(LockError::LockBusy, _) => {
                Error::Locked { path: path.clone(), holder: holder(&path) }
            }
            TantivyError::LockFailure(LockError::IoError(source), _)
            | TantivyError::IoError(source)
            | TantivyError::OpenWriteError(OpenWriteError::IoError { io_error: source, .. })
            | TantivyError::OpenReadError(OpenReadError::IoError { io_error: source, .. })
            | TantivyError::OpenDirectoryError(OpenDirectoryError::IoError { io_error: source, .. }) => refused(source),
            other => Error::Index { action, path: path.clone(), cause: other.to_string() },
        }
    }
}
