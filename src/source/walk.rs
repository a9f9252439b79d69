//! Lists the source files of a folder, and counts what it leaves out. Opens only ignore files.

use std::collections::{HashMap, HashSet};
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::SystemTime;

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use ignore::{DirEntry, WalkBuilder, WalkState};

use crate::error::SkipReason;

/// Files with patterns, in gitignore syntax, of paths to leave out.
const IGNORE_FILE: &str = ".nutgrafignore";

/// Hidden names that are not counted.
const UNCOUNTED: [&str; 4] = [IGNORE_FILE, ".git", ".DS_Store", ".nutgraf"];

/// Options of a walk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WalkOptions {
    /// Include hidden files and folders.
    pub hidden: bool,
    /// Do not read `.nutgrafignore` files.
    pub no_ignore: bool,
    /// Follow symbolic links inside the folder. The folder itself may always be one.
    pub follow_links: bool,
    /// Canonical paths of files and folders to leave out, such as the index.
    pub exclude: HashSet<PathBuf>,
    /// Number of threads; 0 chooses automatically.
    pub threads: usize,
}

/// A source file on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Its path, which begins with that of the folder.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// Modification time, if the file system has one.
    pub modified: Option<SystemTime>,
    /// Changes whenever the file is changed or replaced, even if `modified` does not; 0 if the system does not support
    /// it.
    pub stamp: u64,
}

impl SourceFile {
    /// A source file from its path and metadata.
    pub fn new(path: PathBuf, metadata: &Metadata) -> Self {
        Self { path, bytes: metadata.len(), modified: metadata.modified().ok(), stamp: stamp(metadata) }
    }
}

/// Combines the inode number and its change time, which programs cannot set.
#[cfg(unix)]
fn stamp(metadata: &Metadata) -> u64 {
    use std::os::unix::fs::MetadataExt;
    let changed = (metadata.ctime() as u64).wrapping_mul(1_000_000_000).wrapping_add(metadata.ctime_nsec() as u64);
    // An odd factor keeps different inodes apart.
    changed ^ metadata.ino().wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

#[cfg(not(unix))]
fn stamp(_: &Metadata) -> u64 {
    0
}

/// The result of a walk.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Walked {
    /// Files, sorted by the bytes of their path. Each is listed once even if it can be reached by several links.
    pub files: Vec<SourceFile>,
    /// Files and folders that cannot be read, with the reason.
    pub unreadable: Vec<(PathBuf, SkipReason)>,
    /// Counts of what was left out.
    pub left_out: LeftOut,
}

/// Counts of what a walk left out. The content of a folder that was left out is not counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Files and folders that `.nutgrafignore` excludes.
    pub ignored: u64,
    /// Hidden files and folders.
    pub hidden: u64,
    /// Symbolic links.
    pub links: u64,
    /// Pipes, sockets and devices.
    pub special: u64,
}

impl LeftOut {
    /// Adds the counts of another walk.
    pub fn add(&mut self, other: Self) {
        self.ignored += other.ignored;
        self.hidden += other.hidden;
        self.links += other.links;
        self.special += other.special;
    }
}

/// Lists the files of the folder or file `root`, limited to `scope`, a path below it that may be empty. The scope is
/// included even if it is hidden. Links to an enclosing folder are ignored.
///
/// # Errors
/// When `root` cannot be read.
pub fn walk(root: &Path, scope: &Path, options: &WalkOptions) -> io::Result<Walked> {
    let metadata = fs::metadata(root)?;
    let mut walked = Walked::default();
    if metadata.is_file() {
        walked.files.push(SourceFile::new(root.to_owned(), &metadata));
        return Ok(walked);
    }
    if !metadata.is_dir() {
        walked.left_out.special += 1;
        return Ok(walked);
    }
    fs::read_dir(root)?;
    let choice = Arc::new(Choice::new(root, scope, options));
    let mut builder = WalkBuilder::new(root);
    builder.standard_filters(false).follow_links(options.follow_links).threads(options.threads);
    let filter = Arc::clone(&choice);
    builder.filter_entry(move |entry| filter.takes(entry));
    let found: Mutex<Vec<(PathBuf, SourceFile)>> = Mutex::default();
    let unreadable = Mutex::new(Vec::new());
    builder.build_parallel().run(|| {
        Box::new(|step| {
            match meet(step, root, options) {
                Some(Ok(file)) => lock(&found).push(file),
                Some(Err(skip)) => lock(&unreadable).push(skip),
                None => {}
            }
            WalkState::Continue
        })
    });
    let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    if options.follow_links {
        // If two paths lead to one file, keep the one that sorts first.
        found.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| bytes(&a.1.path).cmp(bytes(&b.1.path))));
        found.dedup_by(|a, b| a.0 == b.0);
    }
    walked.files = found.into_iter().map(|(_, file)| file).collect();
    walked.files.sort_by(|a, b| bytes(&a.path).cmp(bytes(&b.path)));
    walked.unreadable = unreadable.into_inner().unwrap_or_else(PoisonError::into_inner);
    walked.unreadable.sort_by(|a, b| bytes(&a.0).cmp(bytes(&b.0)));
    if options.follow_links {
        let mut met = HashSet::new();
        walked.unreadable.retain(|(path, _)| met.insert(real_path(path)));
    }
    walked.left_out = *lock(&choice.left_out);
    Ok(walked)
}

/// Decides what to include, and counts what it leaves out.
struct Choice {
    root: PathBuf,
    /// The path to which the walk is limited.
    scope: PathBuf,
    options: WalkOptions,
    /// File names of the excluded paths, to avoid resolving the canonical path of each entry.
    excluded_names: HashSet<std::ffi::OsString>,
    /// Patterns by the folder of their ignore file.
    patterns: RwLock<HashMap<PathBuf, Gitignore>>,
    left_out: Mutex<LeftOut>,
}

impl Choice {
    fn new(root: &Path, scope: &Path, options: &WalkOptions) -> Self {
        let names = options.exclude.iter().filter_map(|path| path.file_name());
        let choice = Self {
            root: root.to_owned(),
            scope: root.join(scope),
            options: options.clone(),
            excluded_names: names.map(ToOwned::to_owned).collect(),
            patterns: RwLock::default(),
            left_out: Mutex::default(),
        };
        choice.read_patterns(root);
        choice
    }

    /// Whether to include an entry, or to enter a folder.
    fn takes(&self, entry: &DirEntry) -> bool {
        let path = entry.path();
        if entry.depth() == 0 {
            return true;
        }
        if !path.starts_with(&self.scope) && !self.scope.starts_with(path) {
            return false;
        }
        let Some(kind) = entry.file_type() else { return true };
        if self.is_excluded(entry) {
            return false;
        }
        let counter: fn(&mut LeftOut) -> &mut u64 =
            if !self.options.hidden && is_hidden(entry) && !self.scope.starts_with(path) {
                if UNCOUNTED.iter().any(|name| entry.file_name() == *name) {
                    return false;
                }
                |left_out| &mut left_out.hidden
            } else if self.is_ignored(path, kind.is_dir()) {
                |left_out| &mut left_out.ignored
            } else if kind.is_symlink() && !self.options.follow_links {
                |left_out| &mut left_out.links
            } else if !(kind.is_dir() || kind.is_file() || kind.is_symlink()) {
                |left_out| &mut left_out.special
            } else {
                if kind.is_dir() {
                    self.read_patterns(path);
                }
                return true;
            };
        *counter(&mut lock(&self.left_out)) += 1;
        false
    }

    fn is_excluded(&self, entry: &DirEntry) -> bool {
        let candidate = entry.path_is_symlink() || self.excluded_names.contains(entry.file_name());
        let excluded = &self.options.exclude;
        candidate
            && fs::canonicalize(entry.path()).is_ok_and(|real| real.ancestors().any(|path| excluded.contains(path)))
    }

    fn read_patterns(&self, folder: &Path) {
        let file = folder.join(IGNORE_FILE);
        if !self.options.no_ignore && file.is_file() {
            let mut builder = GitignoreBuilder::new(folder);
            // An invalid pattern excludes nothing.
            let _ = builder.add(file);
            if let Ok(patterns) = builder.build() {
                let mut all = self.patterns.write().unwrap_or_else(PoisonError::into_inner);
                all.insert(folder.to_owned(), patterns);
            }
        }
    }

    /// Whether the innermost pattern that matches a path excludes it.
    fn is_ignored(&self, path: &Path, is_folder: bool) -> bool {
        let patterns = self.patterns.read().unwrap_or_else(PoisonError::into_inner);
        if patterns.is_empty() {
            return false;
        }
        let above = path.ancestors().skip(1).take_while(|folder| folder.starts_with(&self.root));
        let said = above.filter_map(|folder| Some(patterns.get(folder)?.matched(path, is_folder)));
        said.into_iter().find(|said| !said.is_none()).is_some_and(|said| said.is_ignore())
    }
}

fn is_hidden(entry: &DirEntry) -> bool {
    entry.file_name().as_encoded_bytes().starts_with(b".")
}

/// The result of one step: a file with its canonical path if links are followed, or a skip reason.
fn meet(
    step: Result<DirEntry, ignore::Error>,
    root: &Path,
    options: &WalkOptions,
) -> Option<Result<(PathBuf, SourceFile), (PathBuf, SkipReason)>> {
    let entry = match step {
        Ok(entry) => entry,
        Err(error) => return refused(&error, root).map(Err),
    };
    if entry.file_type().is_none_or(|kind| !kind.is_file()) {
        return None;
    }
    let path = entry.path().to_owned();
    Some(match entry.metadata() {
        Ok(metadata) => {
            let real = if options.follow_links { real_path(&path) } else { PathBuf::new() };
            Ok((real, SourceFile::new(path, &metadata)))
        }
        Err(error) => {
            Err((path, error.io_error().map_or_else(|| SkipReason::Unreadable(error.to_string()), unreadable)))
        }
    })
}

/// The canonical path. Its last part need not exist.
fn real_path(path: &Path) -> PathBuf {
    if let Ok(real) = fs::canonicalize(path) {
        return real;
    }
    match (path.parent().map(fs::canonicalize), path.file_name()) {
        (Some(Ok(folder)), Some(name)) => folder.join(name),
        _ => path.to_path_buf(),
    }
}

/// A failed step of the walk. A loop of links is no failure.
fn refused(error: &ignore::Error, root: &Path) -> Option<(PathBuf, SkipReason)> {
    let mut path = root.to_owned();
    let mut inner = error;
    loop {
        inner = match inner {
            ignore::Error::WithPath { path: at, err } => {
                path.clone_from(at);
                err
            }
            ignore::Error::WithDepth { err, .. } => err,
            ignore::Error::Io(error) => return Some((path, unreadable(error))),
            _ => return None,
        };
    }
}

fn unreadable(error: &io::Error) -> SkipReason {
    SkipReason::Unreadable(error.to_string())
}

fn bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A temporary folder with these files. The content of each is its own path.
    fn folder(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, file).unwrap();
        }
        folder
    }

    /// Walks a part of the folder. Returns the files found, the unreadable ones with their codes, and the counts of
    /// what was left out.
    fn walked_in(folder: &tempfile::TempDir, scope: &str, options: &WalkOptions) -> (Vec<String>, [u64; 4]) {
        let below = |path: &Path| crate::source::display_path(path.strip_prefix(folder.path()).unwrap());
        let walked = walk(folder.path(), Path::new(scope), options).unwrap();
        let mut found: Vec<String> = walked.files.iter().map(|file| below(&file.path)).collect();
        found.extend(walked.unreadable.iter().map(|(path, reason)| format!("{}: {}", below(path), reason.code())));
        let LeftOut { ignored, hidden, links, special } = walked.left_out;
        (found, [ignored, hidden, links, special])
    }

    fn strings(names: &[&str]) -> Vec<String> {
        names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn only_own_ignore_files_are_read_and_left_out_paths_are_counted() {
        let folder = folder(&["b.txt", "a/z.txt", "a.txt", ".hidden", "a/skip.tmp", "a/keep.txt", "a/deep/x.tmp"]);
        for theirs in [".gitignore", "a/.ignore", ".git/info/exclude"] {
            fs::create_dir_all(folder.path().join(theirs).parent().unwrap()).unwrap();
            fs::write(folder.path().join(theirs), "*\n").unwrap();
        }
        let usual = WalkOptions::default();
        let all = ["a.txt", "a/deep/x.tmp", "a/keep.txt", "a/skip.tmp", "a/z.txt", "b.txt"];
        // `.hidden`, `.gitignore`, `.ignore`.
        assert_eq!(walked_in(&folder, "", &usual), (strings(&all), [0, 3, 0, 0]));
        fs::write(folder.path().join(".nutgrafignore"), "b.txt\n*.tmp\n").unwrap();
        fs::write(folder.path().join("a/deep/.nutgrafignore"), "!x.tmp\n").unwrap();
        let kept = ["a.txt", "a/deep/x.tmp", "a/keep.txt", "a/z.txt"];
        assert_eq!(walked_in(&folder, "", &usual), (strings(&kept), [2, 3, 0, 0]));
        assert_eq!(walked_in(&folder, "a", &usual), (strings(&kept[1..]), [1, 1, 0, 0]));
        assert_eq!(walked_in(&folder, "a/z.txt", &usual).0, strings(&["a/z.txt"]));
        let everything = WalkOptions { hidden: true, no_ignore: true, threads: 1, ..WalkOptions::default() };
        assert_eq!(walked_in(&folder, "", &everything).0.len(), 12);
        let exclude = HashSet::from([fs::canonicalize(folder.path().join("a/deep")).unwrap()]);
        assert_eq!(walked_in(&folder, "a", &WalkOptions { exclude, ..usual }).0, strings(&["a/keep.txt", "a/z.txt"]));
    }

    #[test]
    fn a_file_is_walked_as_it_is_named() {
        let folder = folder(&["a/.b.txt"]);
        let walk = |name: &str| walk(&folder.path().join(name), Path::new(""), &WalkOptions::default());
        assert_eq!(walk("a/.b.txt").unwrap().files.len(), 1);
        assert_eq!(walk("missing").unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[cfg(unix)]
    #[test]
    fn links_and_pipes() {
        use std::os::unix::fs::symlink;
        let folder = folder(&["a/b.txt", "other/c.txt"]);
        symlink("..", folder.path().join("a/loop")).unwrap();
        symlink("nowhere", folder.path().join("a/dangling")).unwrap();
        symlink("../other", folder.path().join("a/other")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(folder.path().join("a/socket")).unwrap();
        let usual = WalkOptions::default();
        assert_eq!(walked_in(&folder, "a", &usual), (strings(&["a/b.txt"]), [0, 0, 3, 1]));
        let follow = WalkOptions { follow_links: true, ..usual };
        let found = strings(&["a/b.txt", "a/other/c.txt", "a/dangling: unreadable"]);
        assert_eq!(walked_in(&folder, "", &follow), (found, [0, 0, 0, 1]));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_is_replaced_has_another_stamp() {
        let folder = folder(&["a.txt", "b.txt"]);
        let stamp = || walk(folder.path(), Path::new(""), &WalkOptions::default()).unwrap().files[0].stamp;
        let before = stamp();
        assert_eq!(stamp(), before);
        fs::rename(folder.path().join("b.txt"), folder.path().join("a.txt")).unwrap();
        assert_ne!(stamp(), before);
    }

    #[cfg(unix)]
    #[test]
    fn names_that_are_not_utf8() {
        use std::os::unix::ffi::OsStrExt;
        let folder = folder(&[]);
        // Some file systems refuse such names.
        if fs::write(folder.path().join(std::ffi::OsStr::from_bytes(b"caf\xE9.txt")), "x").is_ok() {
            assert_eq!(walked_in(&folder, "", &WalkOptions::default()).0, ["caf\\xE9.txt"]);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_cannot_be_read_is_reported() {
        use std::os::unix::fs::PermissionsExt;
        let folder = folder(&["a/b.txt", "c.txt"]);
        let closed = folder.path().join("a");
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
        // The superuser can read it anyway.
        if fs::read_dir(&closed).is_err() {
            assert_eq!(walked_in(&folder, "", &WalkOptions::default()).0, ["c.txt", "a: unreadable"]);
            assert!(walk(&closed, Path::new(""), &WalkOptions::default()).is_err());
        }
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
    }
}
