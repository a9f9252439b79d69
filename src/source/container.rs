//! Visits the files inside a source file, which may be an archive (zip, tar, 7z) with nested archives. Each kind of
//! archive is unpacked by the module of its name.

use std::cell::RefCell;
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::SystemTime;

use super::guard::{Budget, Exact, Guard, reason};
use super::limits::{BUFFER_BYTES, Limits};
use super::open::{OnDisk, Peeked, Peeled, file_name, held, peel};
use super::paths::{EntryName, entry_name, extension};
use super::walk::SourceFile;
use super::{seven_zip, tar, zip};
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
        /// Size as stated by the archive; it may be wrong.
        bytes_hint: Option<u64>,
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

/// Calls `visit` for each file of a source file, in stored order: once with an empty inner path for a plain or
/// compressed file, and once for each file of an archive and its nested archives.
///
/// A broken archive gives the entries before the break, then a skip for itself. Hidden entries, folders and links are
/// ignored. Documents and books that are zips (`docx`, `odt`, `epub`, `wacz`, recognised by extension or content) are
/// one file each.
///
/// `on_read` is called with the number of bytes read from the source file each time.
pub fn visit(file: &SourceFile, limits: &Limits, on_read: &dyn Fn(u64), visit: &mut Visit<'_>) -> ControlFlow<()> {
    let opened = OnDisk::open(&file.path).and_then(|disk| match disk.file.try_clone() {
        Ok(again) => Ok((disk, again)),
        Err(error) => Err(SkipReason::Unreadable(error.to_string())),
    });
    let (disk, again) = match opened {
        Ok(opened) => opened,
        Err(reason) => return visit(Entry::Skip { inner_path: String::new(), reason }),
    };
    let item = Item {
        input: Box::new(Told { inner: Exact::new(disk.file, disk.bytes), on_read }),
        seekable: Some(Box::new(Told { inner: again, on_read })),
        name: file_name(&file.path),
        inner_path: String::new(),
        archives: 0,
        held_bytes: 0,
        bytes_hint: Some(disk.bytes),
        modified: file.modified,
    };
    Visitor { limits: *limits, budget: Arc::new(Budget::new(disk.bytes, limits)), entries: 0, visit }.item(item)
}

/// Receives the files of a source file, until it returns a break.
pub type Visit<'v> = dyn FnMut(Entry<'_>) -> ControlFlow<()> + 'v;

/// Reports how many bytes are read through it.
struct Told<'a, R> {
    inner: R,
    on_read: &'a dyn Fn(u64),
}

impl<R: Read> Read for Told<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        (self.on_read)(read as u64);
        Ok(read)
    }
}

impl<R: Seek> Seek for Told<'_, R> {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

/// Bytes that can be read at any position.
pub(super) trait Seekable: Read + Seek {}
impl<T: Read + Seek> Seekable for T {}

/// A file to visit or to unpack.
struct Item<'a> {
    input: Box<dyn Read + 'a>,
    /// The same bytes with random access, if that costs nothing.
    seekable: Option<Box<dyn Seekable + 'a>>,
    name: String,
    inner_path: String,
    /// Number of archives around it.
    archives: u32,
    /// Bytes of the enclosing archives that are held in memory.
    held_bytes: u64,
    bytes_hint: Option<u64>,
    modified: Option<SystemTime>,
}

/// The position of an archive.
struct Place {
    inner_path: String,
    /// Number of archives around its entries, including itself.
    archives: u32,
    /// Bytes held in memory around its entries.
    held_bytes: u64,
}

impl Place {
    fn of(&self, entry: &str) -> String {
        if self.inner_path.is_empty() { entry.to_owned() } else { format!("{}!/{entry}", self.inner_path) }
    }
}

/// The kind of a stream, from its first bytes.
#[derive(Debug, PartialEq, Eq)]
enum Kind {
    Plain,
    Zip,
    SevenZip,
    Tar,
    Other(&'static str),
}

fn kind(head: &[u8], name: &str) -> Kind {
    if zip::has_signature(head) {
        let whole = zip::is_document_extension(&extension(name)) || zip::begins_document(head);
        return if whole { Kind::Plain } else { Kind::Zip };
    }
    match head {
        [b'7', b'z', 0xBC, 0xAF, 0x27, 0x1C, ..] => Kind::SevenZip,
        [b'R', b'a', b'r', b'!', 0x1A, 0x07, ..] => Kind::Other("RAR archives"),
        _ if tar::has_signature(head) => Kind::Tar,
        _ => Kind::Plain,
    }
}

/// State shared by all archives of a source file.
struct Visitor<'v> {
    limits: Limits,
    budget: Arc<Budget>,
    /// Number of entries so far.
    entries: u64,
    visit: &'v mut Visit<'v>,
}

impl Visitor<'_> {
    fn skip(&mut self, inner_path: String, reason: SkipReason) -> ControlFlow<()> {
        (self.visit)(Entry::Skip { inner_path, reason })
    }

    /// Visits an item, or the files in it if it is an archive. A panic loses only this item.
    fn item(&mut self, item: Item<'_>) -> ControlFlow<()> {
        let inner_path = item.inner_path.clone();
        SkipReason::catch("file", || self.opened(item)).unwrap_or_else(|reason| self.skip(inner_path, reason))
    }

    /// Decompresses an item and visits it, or unpacks it if it is an archive.
    fn opened(&mut self, item: Item<'_>) -> ControlFlow<()> {
        let Item { input, seekable, name, inner_path, archives, held_bytes, bytes_hint, modified } = item;
        let limits = self.limits;
        let peeled = match peel(input, &name, &self.budget, &limits) {
            Ok(peeled) => peeled,
            Err(reason) => return self.skip(inner_path, reason),
        };
        let Peeled { name, input, compressions } = peeled;
        let seekable = seekable.filter(|_| compressions == 0);
        let bytes_hint = bytes_hint.filter(|_| compressions == 0);
        let kind = kind(input.head(), &name);
        match kind {
            Kind::Plain => {
                let input = Box::new(input);
                return (self.visit)(Entry::File { inner_path, name, input, bytes_hint, modified });
            }
            Kind::Other(what) => return self.skip(inner_path, SkipReason::Unsupported(what.into())),
            Kind::Zip | Kind::SevenZip | Kind::Tar if archives >= limits.archives_max => {
                let reason = SkipReason::TooDeep { what: "archives", limit: limits.archives_max };
                return self.skip(inner_path, reason);
            }
            Kind::Zip | Kind::SevenZip | Kind::Tar => {}
        }
        let mut place = Place { inner_path, archives: archives + 1, held_bytes };
        if kind == Kind::Tar {
            return self.archive(place, move |outlet| tar::unpack(input, outlet));
        }
        let bytes = match self.seekable(input, seekable, &mut place) {
            Ok(bytes) => bytes,
            Err(reason) => return self.skip(place.inner_path, reason),
        };
        if kind == Kind::SevenZip {
            return self.archive(place, move |outlet| seven_zip::unpack(bytes, outlet));
        }
        match zip::open(bytes, &self.budget) {
            Ok(zip::Opened::Archive(archive)) => self.archive(place, move |outlet| zip::unpack(archive, outlet)),
            Ok(zip::Opened::Document(bytes)) => {
                let input = Box::new(BufReader::with_capacity(BUFFER_BYTES, bytes));
                let inner_path = place.inner_path;
                (self.visit)(Entry::File { inner_path, name, input, bytes_hint, modified })
            }
            Err(reason) => self.skip(place.inner_path, reason),
        }
    }

    /// Random access to the bytes of an archive: to the file itself, or to a copy in memory.
    fn seekable<'a>(
        &self,
        input: Peeked<'a>,
        seekable: Option<Box<dyn Seekable + 'a>>,
        place: &mut Place,
    ) -> Result<Box<dyn Seekable + 'a>, SkipReason> {
        if let Some(mut bytes) = seekable {
            // The stream shares the position of the file and must not be used any more.
            drop(input);
            bytes.rewind().map_err(|error| SkipReason::Unreadable(error.to_string()))?;
            return Ok(bytes);
        }
        let bytes = held(input, self.limits.held_bytes_max.saturating_sub(place.held_bytes))?;
        place.held_bytes = place.held_bytes.saturating_add(bytes.len() as u64);
        Ok(Box::new(Cursor::new(bytes)))
    }

    /// Unpacks an archive and visits its entries.
    fn archive(
        &mut self,
        place: Place,
        unpack: impl FnOnce(&mut Outlet<'_, '_>) -> Result<(), Stop>,
    ) -> ControlFlow<()> {
        let mut outlet = Outlet { visitor: self, place, names: Names::default() };
        let ended = unpack(&mut outlet);
        let inner_path = outlet.place.inner_path;
        match ended {
            Ok(()) => ControlFlow::Continue(()),
            Err(Stop::Unheard) => ControlFlow::Break(()),
            Err(Stop::Failed(reason)) => self.skip(inner_path, reason),
        }
    }
}

/// Why unpacking ended early.
pub(super) enum Stop {
    /// The visitor stopped.
    Unheard,
    /// The archive cannot be read further.
    Failed(SkipReason),
}

/// An entry as described by its archive.
pub(super) struct Facts {
    /// Its path, from [`Outlet::wanted`].
    pub(super) name: String,
    /// Its stated size.
    pub(super) bytes_hint: Option<u64>,
    /// Its modification time.
    pub(super) modified: Option<SystemTime>,
}

/// Receives the entries of an archive in order.
pub(super) struct Outlet<'o, 'v> {
    visitor: &'o mut Visitor<'v>,
    place: Place,
    names: Names,
}

impl Outlet<'_, '_> {
    /// Counts an entry. Must be called for each entry of any kind before it is examined.
    pub(super) fn count(&mut self) -> Result<(), Stop> {
        if self.visitor.budget.is_exceeded() {
            return Err(Stop::Failed(self.visitor.budget.bomb()));
        }
        let limit = self.visitor.limits.entries_max;
        if self.visitor.entries >= limit {
            return Err(Stop::Failed(SkipReason::Unsupported(format!("archives of more than {limit} entries"))));
        }
        self.visitor.entries += 1;
        Ok(())
    }

    /// The path to read an entry under, or none if the entry was ignored or skipped. `backslash_separates`: whether a
    /// backslash separates folders in the name.
    pub(super) fn wanted(&mut self, name: &str, backslash_separates: bool) -> Result<Option<String>, Stop> {
        match entry_name(name, backslash_separates, &self.visitor.limits) {
            EntryName::Take(name) => Ok(Some(name)),
            EntryName::PassOver => Ok(None),
            EntryName::Refuse(name, reason) => self.skip(name, reason).map(|()| None),
        }
    }

    /// Reports an entry that cannot be read.
    pub(super) fn skip(&mut self, name: String, reason: SkipReason) -> Result<(), Stop> {
        let inner_path = self.place.of(&self.names.distinct(name));
        heard(self.visitor.skip(inner_path, reason))
    }

    /// Wraps the reader of an entry in a [`Guard`]. `packed_bytes`: its size in the archive, if known.
    pub(super) fn guarded<R: Read>(&self, reader: R, format: &'static str, packed_bytes: Option<u64>) -> Guard<R> {
        let consumed = Arc::new(AtomicU64::new(packed_bytes.unwrap_or(u64::MAX)));
        Guard::new(reader, format, consumed, Arc::clone(&self.visitor.budget))
    }

    /// Visits an entry, or unpacks it if it is an archive. Unread bytes are left unread. A read error goes to the
    /// visitor, and its reason is also returned.
    pub(super) fn send(&mut self, facts: Facts, bytes: &mut dyn Read) -> Result<Option<SkipReason>, Stop> {
        let broken = RefCell::new(None);
        let item = Item {
            input: Box::new(Noting { inner: bytes, broken: &broken }),
            seekable: None,
            inner_path: self.place.of(&self.names.distinct(facts.name.clone())),
            name: facts.name,
            archives: self.place.archives,
            held_bytes: self.place.held_bytes,
            bytes_hint: facts.bytes_hint,
            modified: facts.modified,
        };
        heard(self.visitor.item(item))?;
        Ok(broken.into_inner())
    }
}

fn heard(flow: ControlFlow<()>) -> Result<(), Stop> {
    if flow.is_break() { Err(Stop::Unheard) } else { Ok(()) }
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

/// Makes the names in an archive unique. A tar with appended files can contain a name twice.
#[derive(Default)]
struct Names {
    /// Number of occurrences by the hash of the name, since the names themselves could fill the memory. A hash
    /// collision only gives a name a number that it does not need.
    seen: std::collections::HashMap<u64, u32>,
}

impl Names {
    fn distinct(&mut self, name: String) -> String {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let mut hasher = DefaultHasher::new();
        name.hash(&mut hasher);
        let count = self.seen.entry(hasher.finish()).or_insert(0);
        *count = count.saturating_add(1);
        if *count == 1 { name } else { format!("{name}~{count}") }
    }
}
