//! Opens a source file and decompresses it. Archives are handled by `container`.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::compression::{Compression, without_suffixes};
use super::guard::{Budget, Counting, Guard, reason};
use super::limits::{BUFFER_BYTES, HEAD_BYTES, Limits};
use super::paths::{display_bytes, last_part};
use crate::error::SkipReason;

/// An open regular file and its size when opened.
pub(super) struct OnDisk {
    pub(super) file: File,
    pub(super) bytes: u64,
}

impl OnDisk {
    /// Opens the file. Pipes and devices are refused, because opening them could block forever.
    pub(super) fn open(path: &Path) -> Result<Self, SkipReason> {
        let unreadable = |error: io::Error| SkipReason::Unreadable(error.to_string());
        if !fs::metadata(path).map_err(unreadable)?.is_file() {
            return Err(SkipReason::Unsupported("not a regular file".into()));
        }
        let file = File::open(path).map_err(unreadable)?;
        let bytes = file.metadata().map_err(unreadable)?.len();
        Ok(Self { file, bytes })
    }
}

/// The last part of a path, for display.
pub(super) fn file_name(path: &Path) -> String {
    path.file_name().map(|name| display_bytes(name.as_encoded_bytes())).unwrap_or_default()
}

/// A decompressed stream.
pub(super) struct Peeled<'a> {
    /// The last part of its name without compression suffixes.
    pub(super) name: String,
    /// The decompressed bytes.
    pub(super) input: Peeked<'a>,
    /// Number of compressions removed.
    pub(super) compressions: u32,
}

/// Decompresses a stream.
pub(super) fn peel<'a>(
    input: Box<dyn Read + 'a>,
    name: &str,
    budget: &Arc<Budget>,
    limits: &Limits,
) -> Result<Peeled<'a>, SkipReason> {
    let (input, consumed): (_, Arc<AtomicU64>) = Counting::new(input);
    let mut input = Peeked::new(Box::new(input));
    let mut compressions = 0;
    while let Some(compression) = Compression::detect(input.head()) {
        if compressions == limits.compressions_max {
            return Err(SkipReason::TooDeep { what: "compression", limit: limits.compressions_max });
        }
        compressions += 1;
        // Guard each decoder: the innermost may produce nothing while one in between expands without end.
        let decoder = compression.decoder(input)?;
        let guard = Guard::new(decoder, compression.name(), Arc::clone(&consumed), Arc::clone(budget));
        input = Peeked::new(Box::new(guard));
    }
    Ok(Peeled { name: without_suffixes(last_part(name), limits.compressions_max), input, compressions })
}

/// A buffered stream whose first bytes are known before reading. A read error is returned at its position, after which
/// the stream is at its end.
pub(super) struct Peeked<'a> {
    head: Vec<u8>,
    head_read: usize,
    error: Option<io::Error>,
    ended: bool,
    rest: BufReader<Box<dyn Read + 'a>>,
}

impl<'a> Peeked<'a> {
    pub(super) fn new(input: Box<dyn Read + 'a>) -> Self {
        let mut rest = BufReader::with_capacity(BUFFER_BYTES, input);
        let mut head = Vec::with_capacity(HEAD_BYTES);
        // Bytes read before an error are in `head`.
        let result = rest.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut head);
        Self { head, head_read: 0, error: result.err(), ended: false, rest }
    }

    /// The first bytes, up to [`HEAD_BYTES`] of them.
    pub(super) fn head(&self) -> &[u8] {
        &self.head
    }

    /// Whether to read from `rest` now; returns the pending error first.
    fn past_head(&mut self) -> io::Result<bool> {
        if self.head_read < self.head.len() {
            return Ok(false);
        }
        match self.error.take() {
            Some(error) => {
                self.ended = true;
                Err(error)
            }
            None => Ok(true),
        }
    }

    fn end_on_error<T>(&mut self, result: io::Result<T>) -> io::Result<T> {
        if let Err(error) = &result {
            self.ended = error.kind() != io::ErrorKind::Interrupted;
        }
        result
    }
}

impl Read for Peeked<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.past_head()? {
            let mut left = &self.head[self.head_read..];
            let read = left.read(buffer)?;
            self.head_read += read;
            return Ok(read);
        }
        if self.ended {
            return Ok(0);
        }
        let result = self.rest.read(buffer);
        self.end_on_error(result)
    }
}

impl BufRead for Peeked<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if !self.past_head()? {
            return Ok(&self.head[self.head_read..]);
        }
        if self.ended {
            return Ok(&[]);
        }
        // Called twice, because the borrow checker does not allow returning a borrow after examining it.
        let result = self.rest.fill_buf().map(|_| ());
        self.end_on_error(result)?;
        self.rest.fill_buf()
    }

    fn consume(&mut self, bytes: usize) {
        if self.head_read < self.head.len() {
            self.head_read = (self.head_read + bytes).min(self.head.len());
        } else if !self.ended {
            self.rest.consume(bytes);
        }
    }
}

/// Reads a whole stream into memory, for archives that need random access.
pub(super) fn held(mut input: Peeked<'_>, limit_bytes: u64) -> Result<Vec<u8>, SkipReason> {
    let mut bytes = Vec::new();
    let read = input.by_ref().take(limit_bytes.saturating_add(1)).read_to_end(&mut bytes);
    read.map_err(|error| reason(&error))?;
    if bytes.len() as u64 > limit_bytes {
        return Err(SkipReason::TooLarge { what: "the archive inside", limit_bytes });
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::ops::ControlFlow;

    use super::*;
    use crate::source::{Entry, SourceFile, visit};

    fn gzipped(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(bytes: &[u8]) -> Vec<u8> {
        zstd::encode_all(bytes, 1).unwrap()
    }

    fn bzip2(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    /// Compressed with `xz`: the text `xz text
    /// `.
    const XZ: &[u8] = b"\xFD\x37\x7A\x58\x5A\x00\x00\x04\xE6\xD6\xB4\x46\x02\x00\x21\x01\x16\x00\x00\x00\x74\x2F\
        \xE5\xA3\x01\x00\x07\x78\x7A\x20\x74\x65\x78\x74\x0A\x00\x87\x26\xB6\x89\x1D\xFD\x75\xCB\
        \x00\x01\x20\x08\xBB\x19\xD9\xBB\x1F\xB6\xF3\x7D\x01\x00\x00\x00\x00\x04\x59\x5A";

    /// Opens a file with these bytes. Returns its name, the bytes read, and the code of the read error.
    fn opened(name: &str, bytes: &[u8]) -> Result<(String, Vec<u8>, &'static str), &'static str> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let file = SourceFile { path, bytes: 0, modified: None, stamp: 0 };
        let mut outcome = Err("not visited");
        let _ = visit(&file, &Limits::default(), &|_| (), &mut |entry| {
            outcome = match entry {
                Entry::File { name, mut input, .. } => {
                    let mut read = Vec::new();
                    let result = input.read_to_end(&mut read);
                    Ok((name, read, result.map_or_else(|error| reason(&error).code(), |_| "")))
                }
                Entry::Skip { reason, .. } => Err(reason.code()),
            };
            ControlFlow::Continue(())
        });
        outcome
    }

    #[test]
    fn compressions_are_undone() {
        let text: Vec<u8> = b"All the news that is fit to print. ".repeat(9000);
        let two = |pack: fn(&[u8]) -> Vec<u8>| [pack(&text[..1000]), pack(&text[1000..])].concat();
        let padded = [two(gzipped), vec![0; 700]].concat();
        let skippable = [&b"\x50\x2A\x4D\x18\x02\0\0\0xx"[..], &zstd(&text)].concat();
        for (name, bytes, expected) in [
            ("a.txt", text.clone(), "a.txt"),
            ("not-packed.txt.gz", text.clone(), "not-packed.txt"),
            ("a.txt.gz", two(gzipped), "a.txt"),
            ("no-suffix", two(gzipped), "no-suffix"),
            ("padded.gz", padded, "padded"),
            ("a.jsonl.zst", two(zstd), "a.jsonl"),
            ("skippable.zst", skippable, "skippable"),
            ("a.xml.bz2", two(bzip2), "a.xml"),
            ("a.txt.gz.zst.bz2", bzip2(&zstd(&gzipped(&text))), "a.txt"),
        ] {
            assert_eq!(opened(name, &bytes), Ok((expected.into(), text.clone(), "")), "{name}");
        }
        assert_eq!(opened("a.xz", &XZ.repeat(2)), Ok(("a".into(), b"xz text\nxz text\n".to_vec(), "")));
        assert_eq!(opened("a", b""), Ok(("a".into(), vec![], "")));
        assert_eq!(opened("a", &gzipped(&gzipped(&gzipped(&gzipped(&text))))), Err("too-deep"));
        assert_eq!(opened("a.Z", b"\x1F\x9D\x90 and so on"), Err("unsupported"));
    }

    #[test]
    fn what_is_before_a_break_is_read() {
        let text: Vec<u8> = (0..90_000_u32).flat_map(|i| i.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
        for (name, pack) in [("a.gz", gzipped as fn(&[u8]) -> Vec<u8>), ("a.zst", zstd), ("a.bz2", bzip2)] {
            let packed = pack(&text);
            let (_, read, code) = opened(name, &packed[..packed.len() - 5]).unwrap();
            assert_eq!((code, text.starts_with(&read)), ("truncated", true), "{name}");
            assert!(read.len() > 100_000 || name == "a.bz2", "{name}: {}", read.len());
            let (_, _, code) = opened(name, &packed[..3.max(packed.len().min(12))]).unwrap();
            assert_eq!(code, "truncated", "{name}");
        }
        let (_, read, code) = opened("a.gz", &[gzipped(b"good"), b"garbage".to_vec()].concat()).unwrap();
        assert_eq!((&read[..], code), (&b"good"[..], "malformed"));
        assert_eq!(opened("a.xz", &XZ[..XZ.len() - 30]).unwrap().2, "truncated");
        let mut damaged = gzipped(&text);
        damaged[100_000..100_050].fill(9);
        assert_eq!(opened("a.gz", &damaged).unwrap().2, "malformed");
    }

    #[test]
    fn what_is_no_file_is_not_opened() {
        let folder = tempfile::tempdir().unwrap();
        for (name, code) in [("", "unsupported"), ("missing", "unreadable")] {
            assert_eq!(OnDisk::open(&folder.path().join(name)).err().map(|reason| reason.code()), Some(code));
        }
    }
}
