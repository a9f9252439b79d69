//! Opens a source file and decompresses it. Archives are handled by `container`.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::compression::Compression;
use super::guard::{Budget, Counted, Guard, reason};
use super::limits::{BUFFER_BYTES, HEAD_BYTES};
use super::paths::{display_bytes, last_part};
use crate::error::SkipReason;
use crate::file_name::{COMPRESSIONS_MAX, without_compression};

/// Opens a file. Pipes and devices are refused, because opening them could block forever.
pub(super) fn open(path: &Path) -> Result<File, SkipReason> {
    match fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() => Err(SkipReason::Unsupported("not a regular file".into())),
        _ => File::open(path).map_err(|error| reason(&error)),
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
    /// The first bytes, up to [`HEAD_BYTES`] of them.
    pub(super) head: Vec<u8>,
    /// The decompressed bytes.
    pub(super) input: Box<dyn BufRead + 'a>,
    /// Number of compressions removed.
    pub(super) compressions: u32,
}

/// Decompresses a stream.
pub(super) fn peel<'a>(input: Box<dyn Read + 'a>, name: &str, budget: &Arc<Budget>) -> Result<Peeled<'a>, SkipReason> {
    let buffered = |input: Box<dyn Read + 'a>| peek(BufReader::with_capacity(BUFFER_BYTES, input), HEAD_BYTES);
    let consumed = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&consumed);
    let on_read = move |bytes| _ = count.fetch_add(bytes, Ordering::Relaxed);
    let (mut head, mut input) = buffered(Box::new(Counted { inner: input, on_read }));
    let mut compressions = 0;
    while let Some(compression) = Compression::detect(&head) {
        if compressions == COMPRESSIONS_MAX {
            return Err(SkipReason::TooDeep { what: "compression", limit: COMPRESSIONS_MAX });
        }
        compressions += 1;
        // Guard each decoder: the innermost may produce nothing while one in between expands without end.
        let decoder = compression.decoder(input)?;
        let guard = Guard::new(decoder, compression.name(), Arc::clone(&consumed), Arc::clone(budget));
        (head, input) = buffered(Box::new(guard));
    }
    Ok(Peeled { name: without_compression(last_part(name)), head, input, compressions })
}

/// The first bytes of a stream, and the stream with them. A read error among them is returned at its position, after which
/// the stream is at its end.
pub fn peek<'a>(mut input: impl BufRead + 'a, bytes: usize) -> (Vec<u8>, Box<dyn BufRead + 'a>) {
    let mut head = Vec::with_capacity(bytes);
    let read = input.by_ref().take(bytes as u64).read_to_end(&mut head);
    let start = Cursor::new(head.clone());
    match read {
        Ok(_) => (head, Box::new(start.chain(input))),
        Err(error) => (head, Box::new(start.chain(BufReader::new(Failing(Some(error)))))),
    }
}

/// A reader that fails once and then ends.
struct Failing(Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// Reads a whole stream into memory, for archives that need random access.
pub(super) fn held(mut input: impl Read, limit_bytes: u64) -> Result<Vec<u8>, SkipReason> {
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
    use crate::source::{Entry, Limits, SourceFile, visit};

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
    fn data_before_a_fault_is_read() {
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
    fn only_files_are_opened() {
        let folder = tempfile::tempdir().unwrap();
        for (name, code) in [("", "unsupported"), ("missing", "unreadable")] {
            assert_eq!(open(&folder.path().join(name)).err().map(|reason| reason.code()), Some(code));
        }
    }
}
