//! Maintenance of an index: checking, repairing, rebuilding, bundling.
//!
//! Indexing and searching do not depend on it.

mod bundle;
mod check;
mod compare;
mod rebuild;
mod repair;

pub use bundle::{BundledFile, Contents, bundle, unbundle};
pub use check::{CheckReport, Fault, FaultKind, check};
pub use rebuild::empty_for_rebuild;
pub use repair::{RepairReport, repair};
