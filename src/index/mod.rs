//! The on-disk index: the field table, the format version, writing, reading, what is already in it.
//!
//! An article is one document; its passages are a column of token positions. Skips and source files are
//! documents of the same index, so that one commit changes all of it together.
//!
//! # What survives
//!
//! A commit is on disk when it returns: its files are synced, then their folder, then the list of segments, then the
//! folder again; only then do the files of the commit before go. A process that is killed, a machine that loses power
//! or a disk that runs full leave the last commit, or the one that was under way. What lies about beside it does not
//! hinder the next run.
//!
//! # Memory
//!
//! The engine's threads hold `memory_bytes` together, 16 MB each at the least: with less, fewer of them work. Beside
//! that there are at most 32 MB of documents on their way to them, 64 MB of records that wait to be parsed, a batch of
//! half a megabyte for each reading thread, and per record of a file that is being read some 40 bytes of hashes. The
//! engine takes up to as much again while it writes a segment out, and the pages of files that are merged are counted
//! by the system too, though it can take them back.

mod bundle;
mod check;
mod collection;
mod columns;
mod compare;
mod directory;
#[cfg(test)]
mod faults_tests;
mod files;
mod holder;
mod known;
mod location;
mod reader;
mod rebuild;
mod repair;
mod schema;
mod terms;
mod version;
mod view;
mod weighed;
mod writer;

pub use bundle::{BundledFile, Contents, bundle, unbundle};
pub use check::{CheckReport, Fault, FaultKind, check};
pub use columns::{PassageColumn, SignatureColumn};
pub use known::{Known, KnownFile, place_hash};
pub use location::{INDEX_FOLDER, Location, Manifest, find, folder, folder_for_writing};
pub use reader::{FileState, Reader, SkipRow, Statistics, StoredArticle};
pub use rebuild::empty_for_rebuild;
pub use repair::{RepairReport, repair};
pub use schema::{FORMAT_VERSION, FORMAT_VERSION_OLDEST, Kind};
pub use version::{article_version, file_version, repeated_version, skip_version, text_hash};
pub use writer::{ArticlePlace, FileFacts, Writer, WriterOptions};

pub(crate) use schema::Fields;
pub(crate) use writer::days_since_1970;
