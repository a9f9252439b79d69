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
//! The resident memory of an indexing run stays within `memory_bytes` and a fixed allowance: [`ALLOWANCE_BYTES`] and
//! [`ALLOWANCE_BYTES_PER_THREAD`]. [`Shares`] says how it is divided. Merges are part of it, since the system counts the
//! pages of mapped files: what would be larger is not merged before `optimize`, which maps all of the index. Three
//! things come on top: a record of more than a megabyte takes up to ten times its size, one such record at a time;
//! of a file that is being read, each record takes some 40 bytes of hashes; and an update maps the columns of the
//! index that it looks into.

mod bounds;
mod collection;
mod columns;
mod directory;
#[cfg(test)]
mod faults_tests;
mod files;
mod folders;
mod holder;
mod key;
mod known;
mod location;
mod maintenance;
mod memory;
mod merging;
mod places;
mod reader;
mod row;
mod schema;
mod segment;
mod version;
mod writer;

pub use columns::{PassageColumn, SentenceColumn, SignatureColumn};
pub use folders::{Folder, Folders, Reading, Target};
pub use key::{decode, encode};
pub use known::{Known, KnownFile, place_hash};
pub(crate) use location::COMMIT;
pub use location::{
    Enlisted, INDEX_FOLDER, Location, Manifest, enlist, find, folder, folder_for_writing, moved, refreshed, unlist,
};
pub use maintenance::{
    BundledFile, CheckReport, Contents, Fault, FaultKind, RepairReport, bundle, check, empty_for_rebuild, repair,
    unbundle,
};
pub use memory::{ALLOWANCE_BYTES, ALLOWANCE_BYTES_PER_THREAD, MEMORY_BYTES_MIN, Shares};
pub use places::Counts;
pub use reader::{FileState, Reader, SkipRow, Statistics};
pub use row::{ArticlePlace, FileFacts, StoredArticle};
pub use schema::{FORMAT_VERSION, FORMAT_VERSION_OLDEST, Kind};
pub use segment::{Deletions, SegmentBuilder};
pub use version::{article_version, file_version, repeated_version, skip_version, text_hash};
pub use writer::{Writer, WriterOptions};

pub(crate) use bounds::{Bounds, BoundsReader};
pub(crate) use row::{date_of, days_since_1970};
pub(crate) use schema::Fields;
