//! Hands out the files of one source file, which may be an archive (zip, tar, 7z) with archives inside. How
//! each kind is unpacked is left to the file of its name.

use std::io::{BufRead, BufReader, Cursor, Read, Seek};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::SystemTime;

use super::guard::{Budget, Exact};
use super::limits::{BUFFER_BYTES, Limits};
use super::open::{OnDisk, Peeked, Peeled, file_name, held, peel};
use super::paths::extension;
use super::unpack::{Outlet, Shared, Stop, Unpacked, start};
use super::walk::SourceFile;
use super::{seven_zip, tar, zip};
use crate::error::SkipReason;

/// One file of a source file, or what stands in its place.
pub enum Entry {
    /// A file whose bytes can be read.
    File {
        /// Where it is in its archive: `2019/03/a.xml`, `b.zip!/c.txt`; empty when the source file is no
        /// archive. Different for each entry of a source file: a name that occurs again has `~2` appended.
        inner_path: String,
        /// The last part of its name without compression suffixes, for its extension and for people.
        name: String,
        /// Its bytes, decompressed. It must be read before the visitor returns. A failed read ends it;
        /// [`reason`](super::reason) says what the error means.
        input: Box<dyn BufRead + Send>,
        /// How many bytes it has, as far as its archive says so; never to be relied upon.
        bytes_hint: Option<u64>,
        /// When it was last changed. The local time that most zips state is taken for UTC.
        modified: Option<SystemTime>,
    },
    /// A file, or the rest of an archive, that cannot be read.
    Skip {
        /// Where it is; empty for the source file itself.
        inner_path: String,
        /// Why not.
        reason: SkipReason,
    },
}

/// Calls `visit` for each file of a source file in the order in which they are stored: once with an empty
/// inner path for a plain or compressed file, once per file within for an archive and the archives in it.
///
/// An archive that breaks off gives the entries before that, then a skip under its own path. Hidden entries,
/// folders and links are passed over. Documents and books that are zips (`docx`, `odt`, `epub`, `wacz`, known
/// by extension or content) are one file each.
pub fn visit(file: &SourceFile, limits: &Limits, visit: &mut dyn FnMut(Entry) -> ControlFlow<()>) -> ControlFlow<()> {
    let disk = match OnDisk::open(&file.path) {
        Ok(disk) => disk,
        Err(reason) => return visit(Entry::Skip { inner_path: String::new(), reason }),
    };
    let shared = Shared {
        limits: *limits,
        budget: Arc::new(Budget::new(disk.bytes, limits)),
        entries: Arc::new(AtomicU64::new(0)),
    };
    let again = match disk.file.try_clone() {
        Ok(again) => again,
        Err(error) => {
            let reason = SkipReason::Unreadable(error.to_string());
            return visit(Entry::Skip { inner_path: String::new(), reason });
        }
    };
    let item = Item {
        input: Box::new(Exact::new(disk.file, disk.bytes)),
        seekable: Some(Box::new(again)),
        name: file_name(&file.path),
        inner_path: String::new(),
        archives: 0,
        held_bytes: 0,
        bytes_hint: Some(disk.bytes),
        modified: file.modified,
    };
    Visitor { shared, visit }.item(item)
}

/// Bytes that can be read at any place.
pub(super) trait Seekable: Read + Seek + Send {}
impl<T: Read + Seek + Send> Seekable for T {}

/// A file to be handed out or opened further.
struct Item {
    input: Box<dyn Read + Send>,
    /// The same bytes for reading at any place, where that can be had for nothing.
    seekable: Option<Box<dyn Seekable>>,
    name: String,
    inner_path: String,
    /// Archives around it.
    archives: u32,
    /// Bytes of archives around it that are in memory.
    held_bytes: u64,
    bytes_hint: Option<u64>,
    modified: Option<SystemTime>,
}

/// Where an archive is.
struct Place {
    inner_path: String,
    /// Archives around the entries: this one counted.
    archives: u32,
    /// Bytes in memory around the entries.
    held_bytes: u64,
}

impl Place {
    fn of(&self, entry: &str) -> String {
        if self.inner_path.is_empty() { entry.to_owned() } else { format!("{}!/{entry}", self.inner_path) }
    }
}

/// What a stream is by its first bytes.
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

struct Visitor<'a> {
    shared: Shared,
    visit: &'a mut dyn FnMut(Entry) -> ControlFlow<()>,
}

impl Visitor<'_> {
    fn skip(&mut self, inner_path: String, reason: SkipReason) -> ControlFlow<()> {
        (self.visit)(Entry::Skip { inner_path, reason })
    }

    /// Undoes an item's compressions and hands it out, or opens it when it is an archive.
    fn item(&mut self, item: Item) -> ControlFlow<()> {
        let Item { input, seekable, name, inner_path, archives, held_bytes, bytes_hint, modified } = item;
        let limits = self.shared.limits;
        let peeled = match peel(input, &name, &self.shared.budget, &limits) {
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
            return self.archive("tar", place, move |outlet| tar::unpack(input, outlet));
        }
        let bytes = match self.seekable(input, seekable, &mut place) {
            Ok(bytes) => bytes,
            Err(reason) => return self.skip(place.inner_path, reason),
        };
        if kind == Kind::SevenZip {
            return self.archive("7z", place, move |outlet| seven_zip::unpack(bytes, outlet));
        }
        match zip::open(bytes, &self.shared.budget) {
            Ok(zip::Opened::Archive(archive)) => self.archive("zip", place, move |outlet| zip::unpack(archive, outlet)),
            Ok(zip::Opened::Document(bytes)) => {
                let input = Box::new(BufReader::with_capacity(BUFFER_BYTES, bytes));
                let inner_path = place.inner_path;
                (self.visit)(Entry::File { inner_path, name, input, bytes_hint, modified })
            }
            Err(reason) => self.skip(place.inner_path, reason),
        }
    }

    /// The bytes of an archive that has to be read at any place: of the file itself or, held in memory, of what
    /// is a stream.
    fn seekable(
        &self,
        input: Peeked,
        seekable: Option<Box<dyn Seekable>>,
        place: &mut Place,
    ) -> Result<Box<dyn Seekable>, SkipReason> {
        if let Some(mut bytes) = seekable {
            // The stream shares the place at which the file is read: it must not be used any more.
            drop(input);
            bytes.rewind().map_err(|error| SkipReason::Unreadable(error.to_string()))?;
            return Ok(bytes);
        }
        let bytes = held(input, self.shared.limits.held_bytes_max.saturating_sub(place.held_bytes))?;
        place.held_bytes = place.held_bytes.saturating_add(bytes.len() as u64);
        Ok(Box::new(Cursor::new(bytes)))
    }

    /// Unpacks an archive and deals with each of its entries.
    fn archive<F>(&mut self, format: &'static str, place: Place, unpack: F) -> ControlFlow<()>
    where
        F: FnOnce(&Outlet) -> Result<(), Stop> + Send + 'static,
    {
        let unpacking = match start(&self.shared, unpack) {
            Ok(unpacking) => unpacking,
            Err(reason) => return self.skip(place.inner_path, reason),
        };
        let mut names = Names::default();
        let mut flow = ControlFlow::Continue(());
        for unpacked in &unpacking.entries {
            flow = match unpacked {
                Unpacked::Skip { name, reason } => self.skip(place.of(&names.distinct(name)), reason),
                Unpacked::File { facts, reader } => {
                    let closer = reader.closer();
                    let inner_path = place.of(&names.distinct(facts.name.clone()));
                    let flow = self.item(Item {
                        input: Box::new(reader),
                        seekable: None,
                        inner_path,
                        name: facts.name,
                        archives: place.archives,
                        held_bytes: place.held_bytes,
                        bytes_hint: facts.bytes_hint,
                        modified: facts.modified,
                    });
                    closer.close();
                    flow
                }
            };
            if flow.is_break() {
                break;
            }
        }
        // Without a listener the thread ends at its next entry; it is waited for so that none is left behind.
        drop(unpacking.entries);
        let ended = unpacking.thread.join();
        if flow.is_break() {
            return flow;
        }
        match ended {
            Ok(Ok(()) | Err(Stop::Unheard)) => flow,
            Ok(Err(Stop::Failed(reason))) => self.skip(place.inner_path, reason),
            Err(_) => self.skip(place.inner_path, SkipReason::Panicked { format }),
        }
    }
}

/// Makes the names of one archive's entries distinct: a tar to which was appended holds some twice.
#[derive(Default)]
struct Names {
    /// How often each name came, by its hash: the names themselves could fill the memory. Two names with one
    /// hash do no harm, the second only gets a number that it would not need.
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
