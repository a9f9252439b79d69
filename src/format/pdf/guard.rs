//! What a PDF may cost: bytes that its streams expand to, operators and glyphs.
//!
//! Owns the look at a file's streams before the file is opened, since the library expands the streams that hold
//! objects without asking, and the expansion of the streams that hold pages.

use std::io::Read as _;

use flate2::read::ZlibDecoder;
use hayro_font::hayro_syntax::Filter;
use hayro_font::hayro_syntax::object::Stream;
use memchr::memmem;

use crate::error::SkipReason;

/// Bytes to which all streams of a file but pictures may expand; a newspaper's issue has some 50 MB of them.
const EXPANDED_BYTES_MAX: u64 = 256 << 20;

/// Bytes of one stream of operators; a page of maps has 20 MB.
const STREAM_BYTES_MAX: u64 = 64 << 20;

/// Times that a compressed stream grows at most: by zlib's format for Flate, nearly so for LZW.
const RATIO_MAX: u64 = 1_032;

/// Operators of a file; a page of drawings has 500,000.
const OPERATORS_MAX: u64 = 20_000_000;

/// Glyphs of a file: several thousand pages.
const GLYPHS_MAX: u64 = 5_000_000;

/// Bytes of the streams that hold objects in an encrypted file, whose expansion cannot be looked at: 40,000 objects.
const SEALED_BYTES_MAX: usize = 2 << 20;

/// Bytes before `stream` in which its dictionary is sought.
const DICTIONARY_BYTES_MAX: usize = 2_048;

/// Refuses a file whose streams expand beyond all measure.
///
/// # Errors
/// [`SkipReason::Bomb`].
pub(super) fn check(file: &[u8]) -> Result<(), SkipReason> {
    let mut expanded = 0;
    let mut sealed = 0;
    let encrypted = memmem::find(file, b"/Encrypt").is_some();
    for at in memmem::find_iter(file, b"stream") {
        if file[..at].ends_with(b"end") {
            continue;
        }
        let before = &file[at.saturating_sub(DICTIONARY_BYTES_MAX)..at];
        let dictionary = memmem::rfind(before, b"obj").map_or(before, |start| &before[start..]);
        let named = |name: &[u8]| memmem::find(dictionary, name).is_some();
        // A picture's bytes are never expanded; a name that is written as numbers could hide what it is.
        if named(b"/Image") && !dictionary.contains(&b'#') && !named(b"ObjStm") {
            continue;
        }
        let data = &file[at + b"stream".len()..];
        let data = data.strip_prefix(b"\r").unwrap_or(data);
        let data = data.strip_prefix(b"\n").unwrap_or(data);
        if encrypted && named(b"ObjStm") {
            sealed += memmem::find(data, b"endstream").unwrap_or(data.len());
        }
        expanded += zlib_bytes(data, EXPANDED_BYTES_MAX - expanded);
        if expanded >= EXPANDED_BYTES_MAX || sealed > SEALED_BYTES_MAX {
            return Err(bomb());
        }
    }
    Ok(())
}

fn bomb() -> SkipReason {
    SkipReason::Bomb { limit_ratio: RATIO_MAX }
}

/// Bytes to which compressed data expand, counted up to a limit; data compressed twice are expanded twice.
fn zlib_bytes(data: &[u8], limit: u64) -> u64 {
    if !is_zlib(data) {
        return 0;
    }
    let mut inner = ZlibDecoder::new(data);
    let mut head = [0; 2];
    let mut expanded = 0;
    if inner.read_exact(&mut head).is_ok() && is_zlib(&head) {
        expanded += count(ZlibDecoder::new(ZlibDecoder::new(data)), limit);
    }
    expanded + count(ZlibDecoder::new(data), limit - expanded.min(limit))
}

fn is_zlib(data: &[u8]) -> bool {
    matches!(data, [method, flags, ..] if method & 0x8f == 8 && (u16::from(*method) << 8 | u16::from(*flags)) % 31 == 0)
}

fn count(input: impl std::io::Read, limit: u64) -> u64 {
    let mut input = input.take(limit);
    let mut buffer = [0; 16 << 10];
    let mut bytes = 0;
    while let Ok(read @ 1..) = input.read(&mut buffer) {
        bytes += read as u64;
    }
    bytes
}

/// What may still be spent on a file.
pub(super) struct Budget {
    bytes: u64,
    operators: u64,
    glyphs: u64,
}

impl Budget {
    /// Nothing was spent.
    pub(super) fn new() -> Self {
        Self { bytes: EXPANDED_BYTES_MAX, operators: OPERATORS_MAX, glyphs: GLYPHS_MAX }
    }

    /// Whether something ran out, so that not all was read.
    pub(super) fn is_spent(&self) -> bool {
        self.bytes == 0 || self.operators == 0 || self.glyphs == 0
    }

    /// Takes one operator; `false` when there is none left.
    pub(super) fn operator(&mut self) -> bool {
        self.operators = self.operators.saturating_sub(1);
        self.operators > 0
    }

    /// Takes one glyph; `false` when there is none left.
    pub(super) fn glyph(&mut self) -> bool {
        self.glyphs = self.glyphs.saturating_sub(1);
        self.glyphs > 0
    }

    /// The bytes of a stream of operators, as far as they can be had; nothing beyond the limits.
    pub(super) fn decoded(&mut self, stream: &Stream<'_>) -> Vec<u8> {
        let limit = self.bytes.min(STREAM_BYTES_MAX);
        let filters = stream.filters();
        let mut bytes = Vec::new();
        match filters.as_slice() {
            [Filter::FlateDecode] if !stream.dict().contains_key("DecodeParms") => {
                // What comes before a damaged place is of use.
                let _ = ZlibDecoder::new(&*stream.raw_data()).take(limit).read_to_end(&mut bytes);
            }
            filters => {
                let grown = filters.iter().fold(stream.raw_data().len() as u64, |bytes, filter| match filter {
                    Filter::FlateDecode | Filter::LzwDecode => bytes.saturating_mul(RATIO_MAX),
                    Filter::RunLengthDecode => bytes.saturating_mul(128),
                    _ => bytes,
                });
                if grown <= EXPANDED_BYTES_MAX {
                    bytes = stream.decoded_data().map(std::borrow::Cow::into_owned).unwrap_or_default();
                }
            }
        }
        // Even an empty stream costs something, so that a page that draws the same form over and over ends.
        self.bytes = self.bytes.saturating_sub(bytes.len() as u64 + 64);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn expansion_is_counted_up_to_the_limit() {
        let once = packed(&vec![0; 1 << 20]);
        assert_eq!(zlib_bytes(&once, 1 << 30), 1 << 20);
        assert_eq!(zlib_bytes(&once, 1000), 1000);
        // What is packed twice counts as what comes out in the end.
        assert!(zlib_bytes(&packed(&once), 1 << 30) > 1 << 20);
        assert_eq!(zlib_bytes(b"q 1 0 0 1 0 0 cm Q", 1 << 30), 0);
        assert_eq!(zlib_bytes(&once[..once.len() / 2], 1 << 30).min(1), 1);
    }

    #[test]
    fn streams_that_hide_objects_are_limited() {
        let mut file = b"trailer<</Encrypt 9 0 R>> 4 0 obj<</Type/ObjStm>>stream\n".to_vec();
        assert_eq!(check(&file), Ok(()));
        file.resize(file.len() + SEALED_BYTES_MAX + 1, b'x');
        assert_eq!(check(&file).unwrap_err().code(), "bomb");
    }
}
