//! The writer lock, and a small file that names its holder.
//!
//! The lock belongs to the operating system and ends with the process. It is taken before Tantivy reads anything;
//! Tantivy takes its own lock too late, so that two processes creating an index at the same time would overwrite each
//! other. The small file is only informative: it is written after the lock is taken and deleted before it is released.
//! A file left by a killed process is ignored.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::Error;

/// The lock file, which is empty and never deleted.
const LOCK: &str = ".writer.lock";

/// The file that names the holder.
const HOLDER: &str = ".writer.json";

/// Both files, which a process may leave if it is killed early.
pub(super) const FILES: [&str; 2] = [LOCK, HOLDER];

/// Maximum size of the file; it normally has a hundred bytes.
const HOLDER_BYTES_MAX: usize = 4096;

#[derive(Debug, Serialize, Deserialize)]
struct Facts {
    process: u32,
    host: String,
    since: String,
}

/// Holds the writer lock until it is dropped.
#[derive(Debug)]
pub(super) struct Holder {
    path: PathBuf,
    /// Dropped after the file at `path` was deleted.
    _lock: Option<File>,
}

impl Holder {
    /// Takes the lock.
    ///
    /// # Errors
    /// [`Error::Locked`] when another process holds it, [`Error::Io`] when the folder is not writable.
    pub(super) fn take(folder: &Path) -> Result<Self, Error> {
        let path = folder.join(LOCK);
        let failed = |source| Error::Io { action: "lock", path: folder.to_owned(), source };
        let file = File::options().write(true).create(true).truncate(false).open(&path).map_err(failed)?;
        let lock = match file.try_lock() {
            Ok(()) => Some(file),
            Err(TryLockError::WouldBlock) => {
                return Err(Error::Locked { path: folder.to_owned(), holder: holder(folder) });
            }
            // A file system without locks. Tantivy reports the same, or has another way.
            Err(TryLockError::Error(error)) if error.kind() == std::io::ErrorKind::Unsupported => None,
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        };
        let holder = Self { path: folder.join(HOLDER), _lock: lock };
        let since = jiff::Zoned::now().strftime("%Y-%m-%d %H:%M:%S").to_string();
        if let Ok(text) = serde_json::to_vec(&Facts { process: std::process::id(), host: host(), since }) {
            // Optional: ignore errors.
            let _ = fs::write(&holder.path, text);
        }
        Ok(holder)
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// The holder of the lock, in words.
pub(super) fn holder(folder: &Path) -> String {
    match read(&folder.join(HOLDER)) {
        Some(Facts { process, host: on, since }) if on != host() || may_live(process) => {
            format!("process {process} on {on}, since {since}")
        }
        _ => "another process".into(),
    }
}

fn read(path: &Path) -> Option<Facts> {
    let text = fs::read(path).ok().filter(|text| text.len() <= HOLDER_BYTES_MAX)?;
    serde_json::from_slice(&text).ok()
}

/// Whether the process may still be running on this machine.
fn may_live(process: u32) -> bool {
    !Path::new("/proc/self").exists() || Path::new("/proc").join(process.to_string()).exists()
}

/// The name of this machine.
fn host() -> String {
    let read = |path| fs::read_to_string(path).ok();
    let named = read("/proc/sys/kernel/hostname").or_else(|| read("/etc/hostname"));
    let named = named.or_else(|| std::env::var("HOSTNAME").ok()).or_else(|| std::env::var("COMPUTERNAME").ok());
    named.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).unwrap_or_else(|| "this machine".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_left_behind_or_spoilt_is_not_believed() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let unknown = "another process";
        assert_eq!(holder(folder.path()), unknown);
        let own = Holder::take(folder.path()).expect("free");
        let told = holder(folder.path());
        assert!(told.starts_with(&format!("process {} on ", std::process::id())), "{told}");
        assert!(matches!(Holder::take(folder.path()), Err(Error::Locked { holder, .. }) if holder == told));
        drop(own);
        assert_eq!(holder(folder.path()), unknown);
        fs::write(folder.path().join(HOLDER), "{").expect("written");
        assert_eq!(holder(folder.path()), unknown);
        if Path::new("/proc/self").exists() {
            let dead = Facts { process: u32::MAX, host: host(), since: "then".into() };
            fs::write(folder.path().join(HOLDER), serde_json::to_vec(&dead).expect("plain")).expect("written");
            assert_eq!(holder(folder.path()), unknown);
        }
    }
}
