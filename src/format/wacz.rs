//! WACZ: web archives packed as a zip, as written by browser crawlers.
//!
//! Owns the entries of the zip, which are read in sequence, without the directory at the end, because the WARC files in
//! them may have any size. Their records are read by `warc`.

use std::cell::{Cell, RefCell};
use std::io::{self, BufReader, Read};
use std::rc::Rc;

use flate2::read::{DeflateDecoder, MultiGzDecoder};

use super::common::lookahead::Lookahead;
use super::common::zipped;
use super::{BadRecord, Certainty, Format, Input, Record, Records, Sample, Split, warc};
use crate::error::SkipReason;

/// Packed web archives.
pub(super) const FORMAT: Format = Format {
    name: "wacz",
    title: "packed web archives (WACZ)",
    extensions: &["wacz"],
    version: 1,
    detect,
    split: Split::Stream(split),
    parse: warc::FORMAT.parse,
};

/// Number of bytes of the fixed part of an entry header.
const HEADER_BYTES: usize = 30;

fn detect(sample: &Sample<'_>) -> Certainty {
    let entries = ["datapackage.json", "archive/", "indexes/", "pages/pages.jsonl"];
    let found = entries.iter().filter(|name| zipped::shows(sample.head, name)).count();
    let named = FORMAT.extensions.contains(&sample.extension) && zipped::shows(sample.head, "");
    let archive = zipped::shows(sample.head, ".warc");
    if found > 0 && (archive || found > 2) {
        Certainty::Certain
    } else if named {
        Certainty::Likely
    } else {
        Certainty::No
    }
}

fn split(input: Input<'_>) -> Records<'_> {
    let input = Rc::new(RefCell::new(Lookahead::new(input)));
    Box::new(Splitter { input, entry: None, number: 0, before: 0, failed: false })
}

/// The current entry: its records, and its remaining bytes.
struct Entry<'a> {
    records: Records<'a>,
    left: Rc<Cell<u64>>,
}

struct Splitter<'a> {
    input: Rc<RefCell<Lookahead<'a>>>,
    entry: Option<Entry<'a>>,
    /// Number of the last record in the whole file, and before the current entry.
    number: u64,
    before: u64,
    failed: bool,
}

impl Iterator for Splitter<'_> {
    type Item = Result<Record, BadRecord>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(entry) = &mut self.entry {
                let before = self.before;
                if let Some(record) = entry.records.next() {
                    let record = record
                        .map(|record| Record { number: before + record.number, ..record })
                        .map_err(|bad| BadRecord { number: before + bad.number, ..bad });
                    self.number = record.as_ref().map_or_else(|bad| bad.number, |record| record.number);
                    return Some(record);
                }
                self.input.borrow_mut().skip(entry.left.get());
                self.entry = None;
                self.before = self.number;
            }
            if self.failed {
                return None;
            }
            match self.next_entry() {
                Ok(true) => {}
                Ok(false) => self.failed = true,
                Err(reason) => {
                    self.failed = true;
                    let reason = self.input.borrow_mut().take_failure().unwrap_or(reason);
                    return Some(Err(BadRecord { number: self.number + 1, reason }));
                }
            }
        }
    }
}

impl<'a> Splitter<'a> {
    /// Advances to the next entry, and opens it if it is a WARC file. Returns false at the end of the entries.
    fn next_entry(&mut self) -> Result<bool, SkipReason> {
        let Some((name, method, bytes)) = self.header()? else {
            return Ok(false);
        };
        let packed = name.ends_with(".warc.gz");
        if !(packed || name.ends_with(".warc")) {
            self.input.borrow_mut().skip(bytes);
            return Ok(true);
        }
        let left = Rc::new(Cell::new(bytes));
        let body = Body { input: Rc::clone(&self.input), left: Rc::clone(&left) };
        let body: Box<dyn Read + 'a> = match method {
            0 => Box::new(body),
            8 => Box::new(DeflateDecoder::new(body)),
            other => return Err(SkipReason::Unsupported(format!("compression method {other} in a zip"))),
        };
        let input: Input<'a> = match packed {
            true => Box::new(BufReader::new(MultiGzDecoder::new(body))),
            false => Box::new(BufReader::new(body)),
        };
        self.entry = Some(Entry { records: warc::split(input), left });
        Ok(true)
    }

    /// The name, the compression method and the size of the next entry; `None` where the directory begins.
    fn header(&self) -> Result<Option<(String, u16, u64)>, SkipReason> {
        let mut input = self.input.borrow_mut();
        let Some(fixed) = input.peek(HEADER_BYTES).get(..HEADER_BYTES) else {
            return Err(SkipReason::Truncated("the zip has no directory".into()));
        };
        if fixed.starts_with(b"PK\x01\x02") || fixed.starts_with(b"PK\x05\x06") || fixed.starts_with(b"PK\x06\x06") {
            return Ok(None);
        }
        if !fixed.starts_with(b"PK\x03\x04") {
            return Err(malformed("no entry begins where one should"));
        }
        let short = |at: usize| u16::from_le_bytes([fixed[at], fixed[at + 1]]);
        let (flags, method) = (short(6), short(8));
        let compressed = u32::from_le_bytes([fixed[18], fixed[19], fixed[20], fixed[21]]);
        let (name_bytes, extra_bytes) = (usize::from(short(26)), usize::from(short(28)));
        let all = HEADER_BYTES + name_bytes + extra_bytes;
        let Some(seen) = input.peek(all).get(HEADER_BYTES..all) else {
            return Err(SkipReason::Truncated("an entry's header is cut".into()));
        };
        let (name, extra) = seen.split_at(name_bytes);
        let name = String::from_utf8_lossy(name).into_owned();
        let bytes = if compressed == u32::MAX { long_size(extra) } else { Some(u64::from(compressed)) };
        input.consume(all);
        if flags & 1 != 0 {
            return Err(SkipReason::Encrypted);
        }
        if flags & 8 != 0 && bytes == Some(0) {
            return Err(SkipReason::Unsupported("a zip that states sizes after its entries".into()));
        }
        let bytes = bytes.ok_or_else(|| malformed("an entry states no size"))?;
        Ok(Some((name, method, bytes)))
    }
}

/// The compressed size in the extra field for sizes beyond 32 bits, where it is the second number.
fn long_size(extra: &[u8]) -> Option<u64> {
    let mut rest = extra;
    loop {
        let (head, tail) = rest.split_at_checked(4)?;
        let length = usize::from(u16::from_le_bytes([head[2], head[3]]));
        let (field, after) = tail.split_at_checked(length)?;
        if head[..2] == [1, 0] {
            return field.get(8..16).and_then(|b| b.try_into().ok()).map(u64::from_le_bytes);
        }
        rest = after;
    }
}

/// The bytes of an entry, from the shared input.
struct Body<'a> {
    input: Rc<RefCell<Lookahead<'a>>>,
    left: Rc<Cell<u64>>,
}

impl Read for Body<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut input = self.input.borrow_mut();
        let most = buffer.len().min(usize::try_from(self.left.get()).unwrap_or(usize::MAX));
        if most == 0 {
            return Ok(0);
        }
        let seen = input.peek(1);
        let count = seen.len().min(most);
        if count == 0 {
            let reason = input.take_failure().unwrap_or(SkipReason::Truncated("the zip is cut".into()));
            return Err(io::Error::other(reason));
        }
        buffer[..count].copy_from_slice(&seen[..count]);
        input.consume(count);
        self.left.set(self.left.get() - count as u64);
        Ok(count)
    }
}

fn malformed(detail: &str) -> SkipReason {
    SkipReason::Malformed { format: FORMAT.name, detail: detail.into() }
}
