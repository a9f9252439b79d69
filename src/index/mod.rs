//! The on-disk index: the field table, the format version, writing, reading, what is already in it.
//!
//! An article is one document; its passages are a column of token positions. Skips and source files are
//! documents of the same index, so that one commit changes all of it together.

mod bundle;
mod check;
mod collection;
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
pub use known::{Known, KnownFile, place_hash};
pub use location::{INDEX_FOLDER, Location, Manifest, find, folder, folder_for_writing};
pub use reader::{FileState, PassageColumn, Reader, SignatureColumn, SkipRow, Statistics, StoredArticle};
pub use rebuild::empty_for_rebuild;
pub use repair::{RepairReport, repair};
pub use schema::{FORMAT_VERSION, FORMAT_VERSION_OLDEST, Kind};
pub use version::{article_version, file_version, repeated_version, skip_version, text_hash};
pub use writer::{ArticlePlace, FileFacts, Writer, WriterOptions};

pub(crate) use schema::Fields;
pub(crate) use writer::days_since_1970;
