//! Looking after an index that is there: whether it is sound, mending it, making it anew, packing it into one file.
//!
//! Nothing that indexes or answers needs any of it.

mod bundle;
mod check;
mod compare;
mod rebuild;
mod repair;
mod view;

pub use bundle::{BundledFile, Contents, bundle, unbundle};
pub use check::{CheckReport, Fault, FaultKind, check};
pub use rebuild::empty_for_rebuild;
pub use repair::{RepairReport, repair};
