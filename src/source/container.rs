//! Visits the files inside a source file, which may be an archive (zip, tar, 7z) with nested archives. Each kind of
//! archive is unpacked by the module of its name.

use std::io::{BufRead, BufReader, Cursor};
use std::ops::ControlFlow;

use super::guard::{Exact, Told};
use super::limits::{BUFFER_BYTES, Limits};
use super::open::{OnDisk, Peeled, file_name, held, peel};
use super::outlet::{Entry, Item, Outlet, Place, Seekable, Stop, Visit, Visitor};
use super::paths::extension;
use super::walk::SourceFile;
use super::{seven_zip, tar, zip};
use crate::error::SkipReason;

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
        modified: file.modified,
    };
    visit_item(&mut Visitor::new(disk.bytes, limits, visit_item, visit), item)
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

/// Visits an item, or the files in it if it is an archive. A panic loses only this item.
fn visit_item(visitor: &mut Visitor<'_>, item: Item<'_>) -> ControlFlow<()> {
    let inner_path = item.inner_path.clone();
    SkipReason::catch("file", || opened(visitor, item)).unwrap_or_else(|reason| visitor.skip(inner_path, reason))
}

/// Decompresses an item and visits it, or unpacks it if it is an archive.
fn opened(visitor: &mut Visitor<'_>, item: Item<'_>) -> ControlFlow<()> {
    let Item { input, seekable, name, inner_path, archives, held_bytes, modified } = item;
    let limits = visitor.limits;
    let peeled = match peel(input, &name, &visitor.budget, &limits) {
        Ok(peeled) => peeled,
        Err(reason) => return visitor.skip(inner_path, reason),
    };
    let Peeled { name, head, input, compressions } = peeled;
    let seekable = seekable.filter(|_| compressions == 0);
    let kind = kind(&head, &name);
    match kind {
        Kind::Plain => {
            return (visitor.visit)(Entry::File { inner_path, name, input, modified });
        }
        Kind::Other(what) => return visitor.skip(inner_path, SkipReason::Unsupported(what.into())),
        Kind::Zip | Kind::SevenZip | Kind::Tar if archives >= limits.archives_max => {
            let reason = SkipReason::TooDeep { what: "archives", limit: limits.archives_max };
            return visitor.skip(inner_path, reason);
        }
        Kind::Zip | Kind::SevenZip | Kind::Tar => {}
    }
    let mut place = Place { inner_path, archives: archives + 1, held_bytes };
    if kind == Kind::Tar {
        return unpack_archive(visitor, place, move |outlet| tar::unpack(input, outlet));
    }
    let bytes = match seekable_of(visitor, input, seekable, &mut place) {
        Ok(bytes) => bytes,
        Err(reason) => return visitor.skip(place.inner_path, reason),
    };
    if kind == Kind::SevenZip {
        return unpack_archive(visitor, place, move |outlet| seven_zip::unpack(bytes, outlet));
    }
    match zip::open(bytes, &visitor.budget) {
        Ok(zip::Opened::Archive(archive)) => unpack_archive(visitor, place, move |outlet| zip::unpack(archive, outlet)),
        Ok(zip::Opened::Document(bytes)) => {
            let input = Box::new(BufReader::with_capacity(BUFFER_BYTES, bytes));
            let inner_path = place.inner_path;
            (visitor.visit)(Entry::File { inner_path, name, input, modified })
        }
        Err(reason) => visitor.skip(place.inner_path, reason),
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
        bytes.rewind().map_err(|error| SkipReason::Unreadable(error.to_string()))?;
        return Ok(bytes);
    }
    let bytes = held(input, visitor.limits.held_bytes_max.saturating_sub(place.held_bytes))?;
    place.held_bytes = place.held_bytes.saturating_add(bytes.len() as u64);
    Ok(Box::new(Cursor::new(bytes)))
}

/// Unpacks an archive and visits its entries.
fn unpack_archive(
    visitor: &mut Visitor<'_>,
    place: Place,
    unpack: impl FnOnce(&mut Outlet<'_, '_>) -> Result<(), Stop>,
) -> ControlFlow<()> {
    let inner_path = place.inner_path.clone();
    match unpack(&mut Outlet::new(visitor, place)) {
        Ok(()) => ControlFlow::Continue(()),
        Err(Stop::Unheard) => ControlFlow::Break(()),
        Err(Stop::Failed(reason)) => visitor.skip(inner_path, reason),
    }
}
