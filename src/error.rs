//! Error types and skip reasons, with their messages.
//!
//! An [`Error`] ends a command. A [`SkipReason`] ends one record or source file and is counted. Messages are lower
//! case, without a full stop, and name the path. [`Error::hint`] says what to do.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

/// An error that ends a command.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No index was named, and none was found in this folder or above it: the folder where the search began.
    #[error("no index found in `{}` or any folder above it", .0.display())]
    NoIndex(PathBuf),
    /// The named index folder does not exist.
    #[error("no index at `{}`", .0.display())]
    MissingIndex(PathBuf),
    /// The folder is not an index.
    #[error("`{}` is not a nutgraf index: {cause}", .path.display())]
    NotAnIndex {
        /// The folder.
        path: PathBuf,
        /// What was found instead.
        cause: String,
        /// Whether the folder nevertheless contains a commit.
        has_commit: bool,
    },
    /// The first run of the index in this folder has not committed anything.
    #[error("the index at `{}` has no commit yet", .0.display())]
    NoCommit(PathBuf),
    /// The format version of the index is not supported.
    #[error("the index at `{}` has format version {found}; this nutgraf reads {}", .path.display(), range(*.oldest, *.newest))]
    IndexVersion {
        /// The index folder.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// The oldest supported version.
        oldest: u32,
        /// The current version.
        newest: u32,
    },
    /// No path was given, and the index in this folder has no folders yet.
    #[error("the index at `{}` has no folders yet", .0.display())]
    NoFolders(PathBuf),
    /// The path is none of the index's folders.
    #[error("`{}` is not one of the index's folders", .0.display())]
    NotListed(PathBuf),
    /// A folder of the index does not exist.
    #[error("the folder `{}` does not exist", .0.display())]
    FolderAway(PathBuf),
    /// A bundle cannot be read or written.
    #[error("cannot use the bundle `{}`: {cause}", .path.display())]
    Bundle {
        /// The bundle.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// The output already exists.
    #[error("`{}` already exists", .0.display())]
    Exists(PathBuf),
    /// Another process is writing to the index.
    #[error("the index at `{}` is being written by {holder}", .path.display())]
    Locked {
        /// The index folder.
        path: PathBuf,
        /// Description of the process that holds the lock.
        holder: String,
    },
    /// An operating system error.
    #[error("cannot {action} `{}`: {source}", .path.display())]
    Io {
        /// What was attempted, as a verb: `read`, `create`.
        action: &'static str,
        /// The path.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// A path to index does not exist.
    #[error("no such file or folder: `{}`", .0.display())]
    MissingPath(PathBuf),
    /// Tantivy failed.
    #[error("cannot {action} the index at `{}`: {cause}", .path.display())]
    Index {
        /// What was attempted, as a verb.
        action: &'static str,
        /// The index folder.
        path: PathBuf,
        /// The message of Tantivy.
        cause: String,
    },
    /// No article has this id or location.
    #[error("no article with the id `{id}`")]
    UnknownArticle {
        /// The id as given.
        id: String,
    },
    /// A file of topics, judgements or a run is malformed.
    #[error("cannot use `{}`: line {line}: {cause}", .path.display())]
    EvalFile {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// What is wrong there.
        cause: String,
    },
    /// The value of an argument is invalid.
    #[error("`{value}` is not a valid {what}: {cause}")]
    Argument {
        /// The kind of value.
        what: &'static str,
        /// The value as given.
        value: String,
        /// What is wrong with it.
        cause: String,
    },
}

/// `3`, or `3 to 5`.
fn range(first: u32, last: u32) -> String {
    if first == last { first.to_string() } else { format!("{first} to {last}") }
}

impl Error {
    /// Makes [`Error::Io`] for a path from its cause, for `map_err`.
    pub fn io(action: &'static str, path: impl Into<PathBuf>) -> impl Fn(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path: path.clone(), source }
    }

    /// Makes [`Error::Argument`].
    pub fn argument(what: &'static str, value: impl Into<String>, cause: impl Into<String>) -> Self {
        Self::Argument { what, value: value.into(), cause: cause.into() }
    }

    /// What the user can do about the error, if anything.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoIndex { .. } => "create one with `nutgraf index PATH`, or name one with `--index DIR`; \
                 `nutgraf query WORDS --in PATH` indexes and searches"
                .into(),
            Self::MissingIndex(path) => {
                format!("create it with `nutgraf index PATH --index {}`", path.display())
            }
            Self::NotAnIndex { path, has_commit: true, .. } => {
                format!("`nutgraf check --index {}` shows what is damaged", path.display())
            }
            Self::NotAnIndex { .. } => {
                "choose another folder with `--index DIR`; nothing in this one was changed".into()
            }
            Self::NoCommit { .. } => {
                "its first run is under way or was interrupted; `nutgraf index PATH` completes it".into()
            }
            Self::IndexVersion { .. } => {
                "`nutgraf index --rebuild` rebuilds it from its folders; or use the version that created it".into()
            }
            Self::Locked { .. } => "use `--wait`, or run the command again when the other process has finished".into(),
            Self::MissingPath { .. } => "check the spelling; quote names that contain spaces".into(),
            Self::UnknownArticle { .. } => "`nutgraf query WORDS --ids` prints the ids of articles".into(),
            Self::Io { source, .. } => match source.kind() {
                std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                    "check the permissions, or keep the index elsewhere with `--index DIR`".into()
                }
                std::io::ErrorKind::StorageFull => {
                    "free some space and run the command again; what was committed is safe".into()
                }
                _ => return None,
            },
            Self::Index { .. } => {
                "`nutgraf check` shows the damage; `nutgraf check --repair` drops the damaged parts".into()
            }
            Self::NoFolders { .. } => "`nutgraf index PATH` adds one".into(),
            Self::NotListed { .. } => "`nutgraf folders` lists them".into(),
            Self::FolderAway { .. } => "`nutgraf folders --moved OLD NEW` changes its path; `nutgraf forget PATH` \
                 drops it"
                .into(),
            Self::Bundle { .. } => "get a new copy of the bundle".into(),
            Self::Exists { .. } => "choose another name; nothing was changed".into(),
            Self::EvalFile { .. } | Self::Argument { .. } => return None,
        })
    }
}

/// Why a source file or a record was not indexed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SkipReason {
    /// The source file is empty.
    #[error("the file is empty")]
    Empty,
    /// It contains no article text.
    #[error("no article text was found in it")]
    NoText,
    /// The operating system could not read it.
    #[error("cannot be read: {0}")]
    Unreadable(String),
    /// Its format is not supported.
    #[error("not a supported format")]
    UnknownFormat,
    /// It has the extension of a text file, but is binary.
    #[error("binary data under a text file's name")]
    Binary,
    /// It is larger than a limit.
    #[error("{what} is larger than the limit of {limit_bytes} bytes")]
    TooLarge {
        /// What was too large: `the file`, `the record`.
        what: &'static str,
        /// The limit.
        limit_bytes: u64,
    },
    /// It is nested deeper than a limit.
    #[error("{what} is nested more than {limit} levels deep")]
    TooDeep {
        /// What was nested: `JSON`, `XML`, `archives`.
        what: &'static str,
        /// The limit.
        limit: u32,
    },
    /// A compressed file or archive expands too much.
    #[error("expands to more than {limit_ratio} times its size, like a decompression bomb")]
    Bomb {
        /// The limit.
        limit_ratio: u64,
    },
    /// It violates its format.
    #[error("not valid {format}: {detail}")]
    Malformed {
        /// The format's name.
        format: &'static str,
        /// The problem and its position.
        detail: String,
    },
    /// It ends before it should.
    #[error("ends too early: {0}")]
    Truncated(String),
    /// It is encrypted.
    #[error("encrypted")]
    Encrypted,
    /// It consists of page images without text.
    #[error("has scanned pages without text")]
    Scanned,
    /// It uses an unsupported feature of its format.
    #[error("not supported: {0}")]
    Unsupported(String),
    /// The name of an archive entry points outside the archive.
    #[error("its name points outside the archive")]
    UnsafePath,
    /// The program that extracts its text failed.
    #[error("`{command}` failed on it: {detail}")]
    CommandFailed {
        /// The command.
        command: String,
        /// Its error message or exit status.
        detail: String,
    },
    /// The reader of its format panicked.
    #[error("the {format} reader failed on it; please report this file")]
    Panicked {
        /// The format's name.
        format: &'static str,
    },
}

impl SkipReason {
    /// Runs code that reads untrusted bytes, and turns a panic into [`SkipReason::Panicked`].
    ///
    /// # Errors
    /// [`SkipReason::Panicked`].
    pub fn catch<T>(format: &'static str, work: impl FnOnce() -> T) -> Result<T, Self> {
        catch_unwind(AssertUnwindSafe(work)).map_err(|_| Self::Panicked { format })
    }

    /// Short name of the reason in data output and counts.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::NoText => "no-text",
            Self::Unreadable(_) => "unreadable",
            Self::UnknownFormat => "unknown-format",
            Self::Binary => "binary",
            Self::TooLarge { .. } => "too-large",
            Self::TooDeep { .. } => "too-deep",
            Self::Bomb { .. } => "bomb",
            Self::Malformed { .. } => "malformed",
            Self::Truncated(_) => "truncated",
            Self::Encrypted => "encrypted",
            Self::Scanned => "scanned",
            Self::Unsupported(_) => "unsupported",
            Self::UnsafePath => "unsafe-path",
            Self::CommandFailed { .. } => "command-failed",
            Self::Panicked { .. } => "panicked",
        }
    }
}
