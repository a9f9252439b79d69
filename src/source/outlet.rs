//! Receives the entries of an archive: each is counted, named, read within limits, and visited.

use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, BufRead, Read, Seek};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::SystemTime;

use super::guard::{Budget, Guard, reason};
use super::limits::Limits;
use super::paths::entry_name;
use crate::error::SkipReason;

/// A file inside a source file, or a skip in its place.
pub enum Entry<'a> {
    /// A file whose bytes can be read.
    File {
        /// Path inside the archive, such as `2019/03/a.xml` or `b.zip!/c.txt`; empty if the source file is not an
        /// archive. Unique within a source file: a repeated name gets the suffix `~2`.
        inner_path: String,
        /// Last part of the name, without compression suffixes.
        name: String,
        /// The decompressed bytes. [`reason`](super::reason) maps a read error to a skip reason; after an error, the
        /// input is at its end.
        input: Box<dyn BufRead + 'a>,
        /// Modification time. The local time stored in most zips is treated as UTC.
        modified: Option<SystemTime>,
    },
    /// A file, or the rest of an archive, that cannot be read.
    Skip {
        /// Path inside the archive; empty for the source file itself.
        inner_path: String,
        /// Why it cannot be read.
        reason: SkipReason,
    },
}

/// Receives the files of a source file, until it returns a break.
pub type Visit<'v> = dyn FnMut(Entry<'_>) -> ControlFlow<()> + 'v;

/// Bytes that can be read at any position.
pub(super) trait Seekable: Read + Seek {}
impl<T: Read + Seek> Seekable for T {}

/// A file to visit or to unpack.
pub(super) struct Item<'a> {
    pub(super) input: Box<dyn Read + 'a>,
    /// The same bytes with random access, if that costs nothing.
    pub(super) seekable: Option<Box<dyn Seekable + 'a>>,
    pub(super) name: String,
    pub(super) place: Place,
    pub(super) modified: Option<SystemTime>,
}

/// The position of a file or archive in its source file.
#[derive(Default)]
pub(super) struct Place {
    pub(super) inner_path: String,
    /// Number of archives around it; of an archive that is unpacked, with itself.
    pub(super) archives: u32,
    /// Bytes of these archives that are held in memory.
    pub(super) held_bytes: u64,
}

/// State shared by all archives of a source file.
pub(super) struct Visitor<'v> {
    pub(super) limits: Limits,
    pub(super) budget: Arc<Budget>,
    /// Number of entries so far.
    entries: u64,
    /// Visits an item, or unpacks it if it is an archive.
    item: Open,
    pub(super) visit: &'v mut Visit<'v>,
}

/// A function that visits an item.
pub(super) type Open = fn(&mut Visitor<'_>, Item<'_>) -> ControlFlow<()>;

impl<'v> Visitor<'v> {
    /// Visits the files of a source file of this size.
    pub(super) fn new(source_bytes: u64, limits: &Limits, item: Open, visit: &'v mut Visit<'v>) -> Self {
        Self { limits: *limits, budget: Arc::new(Budget::new(source_bytes, limits)), entries: 0, item, visit }
    }

    /// Visits a file or a skip.
    pub(super) fn give(&mut self, entry: Entry<'_>) -> Result<(), Stop> {
        query_word((self.visit)(entry))
    }
}

/// Why unpacking ended early.
pub(super) enum Stop {
    /// The visitor ended the visit.
    Ended,
    /// The archive cannot be read further.
    Failed(SkipReason),
}

impl From<SkipReason> for Stop {
    fn from(reason: SkipReason) -> Self {
        Self::Failed(reason)
    }
}

/// Receives the entries of an archive in order.
pub(super) struct Outlet<'o, 'v> {
    visitor: &'o mut Visitor<'v>,
    place: Place,
    /// Number of occurrences by the hash of the name, since the names themselves could fill the memory. A hash
    /// collision only gives a name a number that it does not need.
    seen: HashMap<u64, u32>,
}

impl<'o, 'v> Outlet<'o, 'v> {
    /// The outlet of the archive at a place.
    pub(super) fn new(visitor: &'o mut Visitor<'v>, place: Place) -> Self {
        Self { visitor, place, seen: HashMap::new() }
    }

    /// Counts an entry. Must be called for each entry of any kind before it is examined.
    pub(super) fn count(&mut self) -> Result<(), Stop> {
        if self.visitor.budget.is_exceeded() {
            return Err(self.visitor.budget.bomb().into());
        }
        let limit = self.visitor.limits.entries_max;
        if self.visitor.entries >= limit {
            return Err(SkipReason::Unsupported(format!("archives of more than {limit} entries")).into());
        }
        self.visitor.entries += 1;
        Ok(())
    }

    /// The path to read an entry under, or none if the entry was ignored or skipped. `backslash_separates`: whether a
    /// backslash separates folders in the name.
    pub(super) fn wanted(&mut self, name: &str, backslash_separates: bool) -> Result<Option<String>, Stop> {
        match entry_name(name, backslash_separates, &self.visitor.limits) {
            Ok(name) => Ok(name),
            Err((name, reason)) => self.skip(name, reason).map(|()| None),
        }
    }

    /// The unique path of an entry in the source file. A tar with appended files can contain a name twice.
    fn inner_path(&mut self, name: &str) -> String {
        let mut hasher = DefaultHasher::new();
        name.hash(&mut hasher);
        let count = self.seen.entry(hasher.finish()).or_insert(0);
        *count = count.saturating_add(1);
        let suffix = if *count > 1 { format!("~{count}") } else { String::new() };
        let separator = if self.place.inner_path.is_empty() { "" } else { "!/" };
        format!("{}{separator}{name}{suffix}", self.place.inner_path)
    }

    /// Reports an entry that cannot be read.
    pub(super) fn skip(&mut self, name: String, reason: SkipReason) -> Result<(), Stop> {
        let inner_path = self.inner_path(&name);
        self.visitor.give(Entry::Skip { inner_path, reason })
    }

    /// Wraps the reader of an entry in a [`Guard`]. `packed_bytes`: its size in the archive, if known.
    pub(super) fn guarded<R: Read>(&self, reader: R, format: &'static str, packed_bytes: Option<u64>) -> Guard<R> {
        let consumed = Arc::new(AtomicU64::new(packed_bytes.unwrap_or(u64::MAX)));
        Guard::new(reader, format, consumed, Arc::clone(&self.visitor.budget))
    }

    /// Visits an entry, or unpacks it if it is an archive. Unread bytes are left unread. A read error goes to the
    /// visitor, and its reason is also returned.
    pub(super) fn send(
        &mut self,
        name: String,
        modified: Option<SystemTime>,
        bytes: &mut dyn Read,
    ) -> Result<Option<SkipReason>, Stop> {
        let broken = RefCell::new(None);
        let item = Item {
            input: Box::new(Noting { inner: bytes, broken: &broken }),
            seekable: None,
            place: Place { inner_path: self.inner_path(&name), ..self.place },
            name,
            modified,
        };
        query_word((self.visitor.item)(self.visitor, item))?;
        Ok(broken.into_inner())
    }
}

fn query_word(flow: ControlFlow<()>) -> Result<(), Stop> {
    if flow.is_break() { Err(Stop::Ended) } else { Ok(()) }
}

/// Records why reading failed.
struct Noting<'a> {
    inner: &'a mut dyn Read,
    broken: &'a RefCell<Option<SkipReason>>,
}

impl Read for Noting<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buffer).inspect_err(|error| {
            if error.kind() != io::ErrorKind::Interrupted {
                self.broken.borrow_mut().get_or_insert_with(|| reason(error));
            }
        })
    }
}
