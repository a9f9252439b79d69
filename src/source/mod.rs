//! Which files to read, and how to read their bytes (archives, compression) within limits.
//!
//! [`walk`] lists the source files of a folder. [`visit`] gives the bytes of a source file: one stream for a plain or
//! compressed file, and one for each file in an archive, including nested archives. This module knows nothing of
//! article formats; a book or office document that happens to be a zip is one file.
//!
//! Failures are values: a [`SkipReason`](crate::error::SkipReason) in place of a file, or an
//! [`io::Error`](std::io::Error) while reading, which [`reason`] maps to a skip reason.

mod compression;
mod container;
mod extract;
mod guard;
mod limits;
mod open;
mod outlet;
mod paths;
mod seven_zip;
mod tar;
#[cfg(test)]
mod visit_tests;
mod walk;
mod zip;

pub use container::visit;
pub use extract::Extractor;
pub use guard::reason;
pub use limits::Limits;
pub use open::peek;
pub use outlet::{Entry, Visit};
pub use paths::display_path;
pub use walk::{LeftOut, SourceFile, WalkOptions, Walked, walk};
