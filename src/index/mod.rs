//! The on-disk index: schema, format version, writing and reading.
//!
//! An article is one document; its passages are a column of token positions. Skips and source files are documents of
//! the same index, so that one commit changes them together.
//!
//! # Durability
//!
//! A commit is on disk when it returns: its files are synced, then their folder, then the list of segments, then the
//! folder again; only then are files of the previous commit deleted. A killed process, a power failure or a full disk
//! leaves the last commit or the one in progress. Leftover files do not affect the next run.
//!
//! # Memory
//!
//! The resident memory of an indexing run stays within `memory_bytes` plus [`ALLOWANCE_BYTES`] and
//! [`ALLOWANCE_BYTES_PER_THREAD`]; [`Shares`] divides it. It includes merges, since the system counts the pages of
//! mapped files: larger merges are left to `optimize`, which maps the whole index. Three things need additional memory:
//! a record of more than a megabyte takes up to ten times its size, one such record at a time; a file being read takes
//! some 40 bytes of hashes for each record; and an update maps the columns of the index that it reads.

mod bounds;
mod capitals;
mod collection;
mod columns;
mod directory;
mod engine;
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
mod paths;
mod places;
mod reader;
mod row;
mod schema;
mod segment;
mod version;
mod writer;

pub use columns::{PassageColumn, SignatureColumn};
pub use folders::{Folder, Folders, Reading, Target};
pub use key::{decode, encode};
pub use known::{KnownFile, place_hash};
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
pub use reader::{Reader, SkipRow, Statistics};
pub use row::{ArticlePlace, FileFacts, StoredArticle};
pub use schema::{FORMAT_VERSION, FORMAT_VERSION_OLDEST, Kind};
pub use segment::{Deletions, SegmentBuilder};
pub use version::{article_version, file_version, skip_version, text_hash};
pub use writer::{Writer, WriterOptions};

pub(crate) use bounds::{Bounds, BoundsReader};
pub(crate) use capitals::CapitalsReader;
pub(crate) use row::{date_of, days_since_1970, stated_day};
pub(crate) use schema::Fields;
