//! One writer at a time: the lock, and a small file that says who holds it.
//!
//! The lock is the operating system's and ends with its process. It is taken before the engine reads anything, which
//! takes its own too late: two processes that make an index at the same time would overwrite each other. The small
//! file decides nothing: it is written after the lock was taken and removed before it is given back; one that a
//! killed process left behind is not believed.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::Error;

/// The lock's file; it stays, empty.
const LOCK: &str = ".writer.lock";

/// The file that says who holds it.
const HOLDER: &str = ".writer.json";

/// Both names: what a process leaves that was killed before it did anything.
pub(super) const FILES: [&str; 2] = [LOCK, HOLDER];

/// Bytes of it that are read: ours has a hundred.
const HOLDER_BYTES_MAX: usize = 4096;

#[derive(Debug, Serialize, Deserialize)]
struct Facts {
    process: u32,
    host: String,
    since: String,
}

/// Keeps other processes from writing, and tells them who does, until it is dropped.
#[derive(Debug)]
pub(super) struct Holder {
    path: PathBuf,
    /// Dropped after the file at `path` was removed.
    _lock: Option<File>,
}

impl Holder {
    /// Takes the lock.
    ///
    /// # Errors
    /// [`Error::Locked`] when another process has it, [`Error::Io`] when the folder cannot be written to.
    pub(super) fn take(folder: &Path) -> Result<Self, Error> {
        let path = folder.join(LOCK);
        let failed = |source| Error::Io { action: "lock", path: folder.to_owned(), source };
        let file = File::options().write(true).create(true).truncate(false).open(&path).map_err(failed)?;
        let lock = match file.try_lock() {
            Ok(()) => Some(file),
            Err(TryLockError::WouldBlock) => {
                return Err(Error::Locked { path: folder.to_owned(), holder: holder(folder) });
            }
            // A file system without locks: the engine says the same in a moment, or has another way.
            Err(TryLockError::Error(error)) if error.kind() == std::io::ErrorKind::Unsupported => None,
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        };
        let holder = Self { path: folder.join(HOLDER), _lock: lock };
        let since = jiff::Zoned::now().strftime("%Y-%m-%d %H:%M:%S").to_string();
        if let Ok(text) = serde_json::to_vec(&Facts { process: std::process::id(), host: host(), since }) {
            // A courtesy: where it cannot be written, nothing is said.
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

/// Who holds the lock, in words.
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

/// Whether a process of this machine may be running.
fn may_live(process: u32) -> bool {
    !Path::new("/proc/self").exists() || Path::new("/proc").join(process.to_string()).exists()
}

/// This machine's name.
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
