//! Limits on the cost of a PDF: expanded bytes of streams, operators and glyphs.
//!
//! Owns the check of the streams before a file is opened, since the library expands object streams without limits, and
//! the expansion of content streams.

use std::io::Read as _;

use flate2::read::ZlibDecoder;
use hayro_font::hayro_syntax::Filter;
use hayro_font::hayro_syntax::object::Stream;
use memchr::memmem;

use crate::error::SkipReason;

/// Maximum expanded size of all streams except pictures; a newspaper issue has some 50 MB.
const EXPANDED_BYTES_MAX: u64 = 256 << 20;

/// Maximum size of a content stream; a page of maps has 20 MB.
const STREAM_BYTES_MAX: u64 = 64 << 20;

/// Maximum expansion ratio of a compressed stream: a limit of the zlib format for Flate, and nearly one for LZW.
const RATIO_MAX: u64 = 1_032;

/// Maximum number of operators in a file; a page of drawings has 500,000.
const OPERATORS_MAX: u64 = 20_000_000;

/// Maximum number of glyphs in a file: several thousand pages.
const GLYPHS_MAX: u64 = 5_000_000;

/// Maximum size of object streams in an encrypted file, whose expansion cannot be checked: 40,000 objects.
const SEALED_BYTES_MAX: usize = 2 << 20;

/// Number of bytes before `stream` in which its dictionary is searched.
const DICTIONARY_BYTES_MAX: usize = 2_048;

/// Refuses a file whose streams expand too much.
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
        // Pictures are never expanded, but an encoded name could hide what a stream is.
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

/// The expanded size of compressed data, counted up to a limit. Data compressed twice are expanded twice.
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

/// The remaining budget of a file.
pub(super) struct Budget {
    bytes: u64,
    operators: u64,
    glyphs: u64,
}

impl Budget {
    /// The full budget.
    pub(super) fn new() -> Self {
        Self { bytes: EXPANDED_BYTES_MAX, operators: OPERATORS_MAX, glyphs: GLYPHS_MAX }
    }

    /// Whether a limit was reached, so that not everything was read.
    pub(super) fn is_spent(&self) -> bool {
        self.bytes == 0 || self.operators == 0 || self.glyphs == 0
    }

    /// Spends an operator. Returns false if there are none left.
    pub(super) fn operator(&mut self) -> bool {
        self.operators = self.operators.saturating_sub(1);
        self.operators > 0
    }

    /// Spends a glyph. Returns false if there are none left.
    pub(super) fn glyph(&mut self) -> bool {
        self.glyphs = self.glyphs.saturating_sub(1);
        self.glyphs > 0
    }

    /// The bytes of a content stream, as far as they can be decoded within the limits.
    pub(super) fn decoded(&mut self, stream: &Stream<'_>) -> Vec<u8> {
        let limit = self.bytes.min(STREAM_BYTES_MAX);
        let filters = stream.filters();
        let mut bytes = Vec::new();
        match filters.as_slice() {
            [Filter::FlateDecode] if !stream.dict().contains_key("DecodeParms") => {
                // The part before damage is useful.
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
        // Even an empty stream has a cost, so that a page that draws the same form repeatedly ends.
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
        // Data packed twice count as their final output.
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
