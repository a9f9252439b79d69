//! Lists the source files of some paths: folders as ripgrep walks them, files as they are named. Nothing is
//! opened here.

use std::fs::{self, Metadata};
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use ignore::{DirEntry, WalkBuilder, WalkState};

use crate::error::{Error, SkipReason};

/// The name of our own ignore files.
const IGNORE_FILE: &str = ".nutgrafignore";

/// How folders are walked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WalkOptions {
    /// Take hidden files and folders too.
    pub hidden: bool,
    /// Do not heed `.gitignore`, `.ignore` and `.nutgrafignore`.
    pub no_ignore: bool,
    /// Follow symbolic links inside of folders; those given by name always are.
    pub follow_links: bool,
    /// Folders and files to leave out, such as the index itself.
    pub exclude: Vec<PathBuf>,
    /// How many threads walk; 0 lets the machine decide.
    pub threads: usize,
}

/// A file on disk that was given to us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Its path, below the path that the user gave.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// When it was last changed, where the file system says so.
    pub modified: Option<SystemTime>,
}

/// What was met on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Walked {
    /// A file.
    File(SourceFile),
    /// A file or folder that cannot be read.
    Skip {
        /// Its path.
        path: PathBuf,
        /// Why not.
        reason: SkipReason,
    },
}

impl Walked {
    /// The path of either.
    pub fn path(&self) -> &Path {
        match self {
            Self::File(file) => &file.path,
            Self::Skip { path, .. } => path,
        }
    }
}

/// Lists the files of these paths, sorted by the bytes of their path, each file once however often it is
/// reached. A file given by name is taken even when it is hidden or ignored. Symbolic links in folders are
/// passed over unless they are to be followed; a link that leads back to a folder around it ends there.
///
/// Ignore files work as in ripgrep: `.gitignore` in git repositories only, `.ignore` and `.nutgrafignore`
/// everywhere, those of the folders above included.
///
/// # Errors
/// [`Error::MissingPath`] when a path does not exist.
pub fn walk(paths: &[PathBuf], options: &WalkOptions) -> Result<Vec<Walked>, Error> {
    let excluded: Vec<PathBuf> = options.exclude.iter().filter_map(|path| fs::canonicalize(path).ok()).collect();
    // Only so can a file be met twice; otherwise its real path is not kept, which for millions counts.
    let mut found = Found { distinct: paths.len() < 2 && !options.follow_links, files: Vec::new() };
    for path in paths {
        let shown = without_dots(path);
        let metadata = match fs::metadata(path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                found.add(shown.clone(), Walked::Skip { path: shown, reason: unreadable(&error) });
                continue;
            }
            Err(_) => return Err(Error::MissingPath { path: path.clone() }),
        };
        let real = match fs::canonicalize(path) {
            Ok(real) => real,
            Err(source) => return Err(Error::Io { action: "resolve", path: path.clone(), source }),
        };
        if excluded.iter().any(|excluded| real.starts_with(excluded)) {
            continue;
        }
        if metadata.is_dir() {
            walk_folder(&Root { real, shown }, &excluded, options, &mut found);
        } else {
            found.add(real, walked(shown, Ok(metadata)));
        }
    }
    Ok(found.sorted())
}

/// What was found, with the path that has neither links nor dots unless all are distinct anyway.
struct Found {
    distinct: bool,
    files: Vec<(PathBuf, Walked)>,
}

impl Found {
    fn add(&mut self, real: PathBuf, walked: Walked) {
        self.files.push((if self.distinct { PathBuf::new() } else { real }, walked));
    }

    /// Of two ways to one file, the one that sorts first is kept, so that the order of the paths given does not
    /// matter.
    fn sorted(mut self) -> Vec<Walked> {
        self.files.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| bytes(a.1.path()).cmp(bytes(b.1.path()))));
        if !self.distinct {
            self.files.dedup_by(|a, b| a.0 == b.0);
        }
        let mut walked: Vec<Walked> = self.files.into_iter().map(|(_, walked)| walked).collect();
        walked.sort_by(|a, b| bytes(a.path()).cmp(bytes(b.path())));
        walked
    }
}

/// A folder that was given to us.
struct Root {
    real: PathBuf,
    shown: PathBuf,
}

impl Root {
    /// The path below the one given, for a path below the real one.
    fn shown(&self, path: &Path) -> PathBuf {
        path.strip_prefix(&self.real).map_or_else(|_| path.to_path_buf(), |below| self.shown.join(below))
    }
}

/// The walk goes over the real folder: the ignore files above it are found so, and a path names one file.
fn walk_folder(root: &Root, excluded: &[PathBuf], options: &WalkOptions, found: &mut Found) {
    let mut builder = WalkBuilder::new(&root.real);
    builder
        .standard_filters(!options.no_ignore)
        .hidden(!options.hidden)
        .follow_links(options.follow_links)
        .threads(options.threads);
    if !options.no_ignore {
        builder.add_custom_ignore_filename(IGNORE_FILE);
    }
    if !excluded.is_empty() {
        let excluded = excluded.to_vec();
        builder.filter_entry(move |entry| !is_excluded(entry, &excluded));
    }
    let found = Mutex::new(found);
    builder.build_parallel().run(|| {
        Box::new(|result| {
            if let Some((real, walked)) = meet(result, root, options.follow_links) {
                found.lock().unwrap_or_else(PoisonError::into_inner).add(real, walked);
            }
            WalkState::Continue
        })
    });
}

/// Names are compared first: asking the system for each entry's real path would double the work.
fn is_excluded(entry: &DirEntry, excluded: &[PathBuf]) -> bool {
    let candidate = entry.path_is_symlink() || excluded.iter().any(|path| path.file_name() == Some(entry.file_name()));
    candidate && fs::canonicalize(entry.path()).is_ok_and(|real| excluded.contains(&real))
}

/// What one step of the walk found: its real path, and what it is.
fn meet(result: Result<DirEntry, ignore::Error>, root: &Root, follow_links: bool) -> Option<(PathBuf, Walked)> {
    let entry = match result {
        Ok(entry) => entry,
        Err(error) => return refused(&error, root),
    };
    let kind = entry.file_type()?;
    if kind.is_dir() || kind.is_symlink() {
        return None;
    }
    let real = if follow_links { real_path(entry.path()) } else { entry.path().to_path_buf() };
    let metadata = entry.metadata().map_err(|error| unreadable_entry(&error));
    Some((real, walked(root.shown(entry.path()), metadata)))
}

/// The path without links. The last part of it may lead nowhere.
fn real_path(path: &Path) -> PathBuf {
    if let Ok(real) = fs::canonicalize(path) {
        return real;
    }
    match (path.parent().map(fs::canonicalize), path.file_name()) {
        (Some(Ok(folder)), Some(name)) => folder.join(name),
        _ => path.to_path_buf(),
    }
}

/// An error of the walk. One about a line of an ignore file concerns no source file; a loop leads to what is
/// walked already.
fn refused(error: &ignore::Error, root: &Root) -> Option<(PathBuf, Walked)> {
    let mut path = root.real.clone();
    let mut inner = error;
    loop {
        inner = match inner {
            ignore::Error::WithPath { path: at, err } => {
                path.clone_from(at);
                err
            }
            ignore::Error::WithDepth { err, .. } => err,
            ignore::Error::Io(error) => {
                let shown = root.shown(&path);
                return Some((real_path(&path), Walked::Skip { path: shown, reason: unreadable(error) }));
            }
            _ => return None,
        };
    }
}

fn walked(path: PathBuf, metadata: Result<Metadata, SkipReason>) -> Walked {
    match metadata {
        Ok(metadata) if metadata.is_file() => {
            Walked::File(SourceFile { path, bytes: metadata.len(), modified: metadata.modified().ok() })
        }
        Ok(_) => Walked::Skip { path, reason: SkipReason::Unsupported("a pipe, socket or device".into()) },
        Err(reason) => Walked::Skip { path, reason },
    }
}

fn unreadable(error: &io::Error) -> SkipReason {
    SkipReason::Unreadable(error.to_string())
}

fn unreadable_entry(error: &ignore::Error) -> SkipReason {
    error.io_error().map_or_else(|| SkipReason::Unreadable(error.to_string()), unreadable)
}

/// The path without `.` components: `./news` is `news`, and what is in `.` has no prefix.
fn without_dots(path: &Path) -> PathBuf {
    path.components().filter(|part| *part != Component::CurDir).collect()
}

fn bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A scratch folder with these files, each with its own path as its text.
    fn folder(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, file).unwrap();
        }
        folder
    }

    /// Walks paths of the folder: what was found below it, skips with their code.
    fn walked_below(folder: &tempfile::TempDir, paths: &[&str], options: &WalkOptions) -> Vec<String> {
        let paths: Vec<PathBuf> = paths.iter().map(|path| folder.path().join(path)).collect();
        let below = |path: &Path| crate::source::display_path(path.strip_prefix(folder.path()).unwrap());
        let line = |walked: Walked| match walked {
            Walked::File(file) => below(&file.path),
            Walked::Skip { path, reason } => format!("{}: {}", below(&path), reason.code()),
        };
        walk(&paths, options).unwrap().into_iter().map(line).collect()
    }

    #[test]
    fn folders_are_walked_as_ripgrep_does() {
        let folder = folder(&["b.txt", "a/z.txt", "a.txt", ".hidden", ".nutgraf/x", "a/skip.tmp", "a/keep.txt"]);
        fs::write(folder.path().join("a/.ignore"), "*.tmp\n").unwrap();
        fs::write(folder.path().join(".nutgrafignore"), "b.txt\n").unwrap();
        // Outside of a git repository, git's file means nothing.
        fs::write(folder.path().join(".gitignore"), "a.txt\n").unwrap();
        let usual = WalkOptions::default();
        assert_eq!(walked_below(&folder, &["."], &usual), ["a.txt", "a/keep.txt", "a/z.txt"]);
        fs::create_dir(folder.path().join(".git")).unwrap();
        assert_eq!(walked_below(&folder, &["."], &usual), ["a/keep.txt", "a/z.txt"]);
        assert_eq!(walked_below(&folder, &["b.txt", ".hidden", "a/skip.tmp"], &usual).len(), 3);
        let all = WalkOptions { hidden: true, no_ignore: true, threads: 1, ..WalkOptions::default() };
        let found = walked_below(&folder, &["."], &all);
        assert!(found.is_sorted() && found.contains(&".nutgraf/x".into()) && found.len() == 10, "{found:?}");
        let without = WalkOptions { exclude: vec![folder.path().join(".nutgraf")], ..all };
        assert_eq!(walked_below(&folder, &["."], &without).len(), 9);
        assert_eq!(walked_below(&folder, &[".nutgraf"], &without).len(), 0);
    }

    #[test]
    fn each_file_comes_once() {
        let folder = folder(&["a/b/c.txt", "d.txt"]);
        let usual = WalkOptions::default();
        for paths in [&["a", "a/b", "./a/b/c.txt", "d.txt", "d.txt"][..], &["a/b/c.txt", ".", "a"]] {
            assert_eq!(walked_below(&folder, paths, &usual), ["a/b/c.txt", "d.txt"]);
        }
        let missing = folder.path().join("missing");
        assert!(matches!(walk(&[missing], &usual), Err(Error::MissingPath { .. })));
        assert_eq!(walk(&[], &usual).unwrap(), []);
    }

    #[cfg(unix)]
    #[test]
    fn links_and_pipes() {
        use std::os::unix::fs::symlink;
        let folder = folder(&["a/b.txt", "other/c.txt"]);
        symlink("..", folder.path().join("a/loop")).unwrap();
        symlink("nowhere", folder.path().join("a/dangling")).unwrap();
        symlink("../other", folder.path().join("a/other")).unwrap();
        symlink("a", folder.path().join("root")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(folder.path().join("a/socket")).unwrap();
        let usual = WalkOptions::default();
        assert_eq!(walked_below(&folder, &["a"], &usual), ["a/b.txt", "a/socket: unsupported"]);
        assert_eq!(walked_below(&folder, &["root"], &usual), ["root/b.txt", "root/socket: unsupported"]);
        let follow = WalkOptions { follow_links: true, ..usual };
        assert_eq!(
            walked_below(&folder, &["."], &follow),
            ["a/b.txt", "a/dangling: unreadable", "a/other/c.txt", "a/socket: unsupported"]
        );
    }

    #[cfg(unix)]
    #[test]
    fn names_that_are_not_utf8() {
        use std::os::unix::ffi::OsStrExt;
        let folder = folder(&[]);
        // Some file systems refuse such names.
        if fs::write(folder.path().join(std::ffi::OsStr::from_bytes(b"caf\xE9.txt")), "x").is_ok() {
            assert_eq!(walked_below(&folder, &["."], &WalkOptions::default()), ["caf\\xE9.txt"]);
        }
    }

    #[cfg(unix)]
    #[test]
    fn an_unreadable_folder_is_a_skip() {
        use std::os::unix::fs::PermissionsExt;
        let folder = folder(&["a/b.txt", "c.txt"]);
        let closed = folder.path().join("a");
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
        // The superuser reads it nevertheless.
        if fs::read_dir(&closed).is_err() {
            assert_eq!(walked_below(&folder, &["."], &WalkOptions::default()), ["a: unreadable", "c.txt"]);
        }
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
    }
}
