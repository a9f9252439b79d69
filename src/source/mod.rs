//! Which files to read, and how to get their bytes (archives, compression) within limits.
//!
//! [`walk`] lists the source files of a folder. [`visit`] hands out the bytes of one source file: one stream
//! when it is a plain or compressed file, one for each file within when it is an archive, whatever is nested
//! in what. What a format would make of the bytes is not known here; a book or office document that happens
//! to be a zip is one file.
//!
//! Every failure is a value: a [`SkipReason`](crate::error::SkipReason) in place of a file, or an
//! [`io::Error`](std::io::Error) while it is read, which [`reason`] maps to one.

mod compression;
mod container;
mod extract;
mod guard;
mod limits;
mod open;
mod paths;
mod seven_zip;
mod tar;
#[cfg(test)]
mod visit_tests;
mod walk;
mod zip;

pub use container::{Entry, Visit, visit};
pub use extract::Extractor;
pub use guard::reason;
pub use limits::{
    ARCHIVES_MAX, COMPRESSIONS_MAX, ENTRIES_MAX, HELD_BYTES_MAX, Limits, NAME_BYTES_MAX, RATIO_FREE_BYTES, RATIO_MAX,
};
pub use paths::display_path;
pub use walk::{LeftOut, SourceFile, WalkOptions, Walked, walk};
