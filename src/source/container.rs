//! Visits the files inside a source file, which may be an archive (zip, tar, 7z) with nested archives. Each kind of
//! archive is unpacked by the module of its name.

use std::io::{BufRead, BufReader, Cursor};
use std::ops::ControlFlow;

use super::guard::{Counted, Exact, reason};
use super::limits::{BUFFER_BYTES, Limits};
use super::open::{Peeled, file_name, held, open, peel};
use super::outlet::{Entry, Item, Outlet, Place, Seekable, Stop, Visit, Visitor};
use super::walk::SourceFile;
use super::{seven_zip, tar, zip};
use crate::error::SkipReason;
use crate::file_name::extension;

/// Calls `visit` for each file of a source file, in stored order: once with an empty inner path for a plain or
/// compressed file, and once for each file of an archive and its nested archives.
///
/// A broken archive gives the entries before the break, then a skip for itself. Hidden entries, folders and links are
/// ignored. Documents and books that are zips (`docx`, `odt`, `epub`, `wacz`, recognised by extension or content) are
/// one file each.
///
/// `on_read` is called with the number of bytes read from the source file each time.
pub fn visit(file: &SourceFile, limits: &Limits, on_read: &dyn Fn(u64), visit: &mut Visit<'_>) -> ControlFlow<()> {
    let opened = open(&file.path).and_then(|disk| {
        let bytes = disk.metadata().map(|metadata| metadata.len());
        Ok((bytes.map_err(|error| reason(&error))?, disk.try_clone().map_err(|error| reason(&error))?, disk))
    });
    let (bytes, again, disk) = match opened {
        Ok(opened) => opened,
        Err(reason) => return visit(Entry::Skip { inner_path: String::new(), reason }),
    };
    let item = Item {
        input: Box::new(Counted { inner: Exact::new(disk, bytes), on_read }),
        seekable: Some(Box::new(Counted { inner: again, on_read })),
        name: file_name(&file.path),
        place: Place::default(),
        modified: file.modified,
    };
    visit_item(&mut Visitor::new(bytes, limits, visit_item, visit), item)
}

/// The kind of a stream.
enum Kind {
    Plain,
    Zip,
    SevenZip,
    Tar,
    Other(&'static str),
}

/// The kind of a stream with these first bytes.
fn kind(head: &[u8], name: &str) -> Kind {
    match head {
        _ if zip::has_signature(head) => {
            let is_document = zip::is_document_extension(&extension(name)) || zip::begins_document(head);
            if is_document { Kind::Plain } else { Kind::Zip }
        }
        [b'7', b'z', 0xBC, 0xAF, 0x27, 0x1C, ..] => Kind::SevenZip,
        [b'R', b'a', b'r', b'!', 0x1A, 0x07, ..] => Kind::Other("RAR archives"),
        _ if tar::has_signature(head) => Kind::Tar,
        _ => Kind::Plain,
    }
}

/// Visits an item, or the files in it if it is an archive. A panic loses only this item.
fn visit_item(visitor: &mut Visitor<'_>, item: Item<'_>) -> ControlFlow<()> {
    let inner_path = item.place.inner_path.clone();
    let stop = match SkipReason::catch("file", || opened(visitor, item)) {
        Ok(Ok(())) => return ControlFlow::Continue(()),
        Ok(Err(stop)) => stop,
        Err(reason) => Stop::Failed(reason),
    };
    match stop {
        Stop::Ended => ControlFlow::Break(()),
        Stop::Failed(reason) => (visitor.visit)(Entry::Skip { inner_path, reason }),
    }
}

/// Decompresses an item and visits it, or unpacks it if it is an archive.
fn opened(visitor: &mut Visitor<'_>, item: Item<'_>) -> Result<(), Stop> {
    let Item { input, seekable, name, mut place, modified } = item;
    let limits = visitor.limits;
    let Peeled { name, head, input, compressions } = peel(input, &name, &visitor.budget)?;
    let kind = kind(&head, &name);
    match kind {
        Kind::Plain => return visitor.give(Entry::File { inner_path: place.inner_path, name, input, modified }),
        Kind::Other(what) => return Err(SkipReason::Unsupported(what.into()).into()),
        _ if place.archives >= limits.archives_max => {
            return Err(SkipReason::TooDeep { what: "archives", limit: limits.archives_max }.into());
        }
        _ => place.archives += 1,
    }
    if let Kind::Tar = kind {
        return tar::unpack(input, &mut Outlet::new(visitor, place));
    }
    let seekable = seekable.filter(|_| compressions == 0);
    let bytes = seekable_of(visitor, input, seekable, &mut place)?;
    if let Kind::SevenZip = kind {
        return seven_zip::unpack(bytes, &mut Outlet::new(visitor, place));
    }
    match zip::open(bytes, &visitor.budget)? {
        zip::Opened::Archive(archive) => zip::unpack(archive, &mut Outlet::new(visitor, place)),
        zip::Opened::Document(bytes) => {
            let input = Box::new(BufReader::with_capacity(BUFFER_BYTES, bytes));
            visitor.give(Entry::File { inner_path: place.inner_path, name, input, modified })
        }
    }
}

/// Random access to the bytes of an archive: to the file itself, or to a copy in memory.
fn seekable_of<'a>(
    visitor: &Visitor<'_>,
    input: Box<dyn BufRead + 'a>,
    seekable: Option<Box<dyn Seekable + 'a>>,
    place: &mut Place,
) -> Result<Box<dyn Seekable + 'a>, SkipReason> {
    if let Some(mut bytes) = seekable {
        // The stream shares the position of the file and must not be used any more.
        drop(input);
        bytes.rewind().map_err(|error| reason(&error))?;
        return Ok(bytes);
    }
    let bytes = held(input, visitor.limits.held_bytes_max.saturating_sub(place.held_bytes))?;
    place.held_bytes = place.held_bytes.saturating_add(bytes.len() as u64);
    Ok(Box::new(Cursor::new(bytes)))
}
