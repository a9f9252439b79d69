//! Recognises compressions by their signature and decompresses streams. Archives are handled elsewhere.

use std::io::{self, BufRead, Read};

use bzip2::bufread::MultiBzDecoder;
use flate2::bufread::GzDecoder;
use lzma_rust2::XzReader;

use super::limits::{DECODER_BYTES_MAX, ZSTD_WINDOW_LOG_MAX};
use crate::error::SkipReason;

/// A compression of one stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compression {
    Gzip,
    Zstd,
    Bzip2,
    Xz,
    /// A compression that is recognised but not supported.
    Other(&'static str),
}

impl Compression {
    /// The compression with this signature, if any.
    pub(super) fn detect(head: &[u8]) -> Option<Self> {
        Some(match head {
            [0x1F, 0x8B, 0x08, ..] => Self::Gzip,
            [0x28, 0xB5, 0x2F, 0xFD, ..] => Self::Zstd,
            // A skippable frame, written first by parallel and seekable zstd writers.
            [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..] => Self::Zstd,
            // A text could begin with the signature alone, so require the marker of the first block or of the end.
            [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, ..]
            | [b'B', b'Z', b'h', b'1'..=b'9', 0x17, 0x72, 0x45, 0x38, 0x50, 0x90, ..] => Self::Bzip2,
            [0xFD, b'7', b'z', b'X', b'Z', 0x00, ..] => Self::Xz,
            [0x1F, 0x9D, flags, ..] if (9..=16).contains(&(flags & 0x1F)) => Self::Other("compress (.Z)"),
            [0x04, 0x22, 0x4D, 0x18, ..] => Self::Other("lz4"),
            [b'L', b'Z', b'I', b'P', 1, ..] => Self::Other("lzip"),
            _ => return None,
        })
    }

    /// The name used in messages.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Bzip2 => "bzip2",
            Self::Xz => "xz",
            Self::Other(name) => name,
        }
    }

    /// The decompressed stream, with all members or frames of the input in sequence.
    pub(super) fn decoder<'a>(self, input: impl BufRead + 'a) -> Result<Box<dyn Read + 'a>, SkipReason> {
        Ok(match self {
            Self::Gzip => Box::new(Gzip { member: Some(GzDecoder::new(input)) }),
            Self::Zstd => {
                let mut decoder = zstd::stream::read::Decoder::with_buffer(input).map_err(|e| super::reason(&e))?;
                decoder.window_log_max(ZSTD_WINDOW_LOG_MAX).map_err(|e| super::reason(&e))?;
                Box::new(decoder)
            }
            Self::Bzip2 => Box::new(MultiBzDecoder::new(input)),
            Self::Xz => {
                let limit_kb = u32::try_from(DECODER_BYTES_MAX >> 10).unwrap_or(u32::MAX);
                Box::new(XzReader::new_mem_limit(input, true, limit_kb))
            }
            Self::Other(name) => return Err(SkipReason::Unsupported(format!("{name} compression"))),
        })
    }
}

/// Gzip with any number of members (RFC 1952, section 2.2). Zero bytes after a member are padding, as written by tapes
/// and some crawlers. Other data there is an error, since it may be a damaged member.
struct Gzip<R> {
    member: Option<GzDecoder<R>>,
}

impl<R: BufRead> Read for Gzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            let read = member.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            let Some(member) = self.member.take() else { break };
            let mut rest = member.into_inner();
            match first_not_zero(&mut rest)? {
                None => break,
                Some(0x1F) => self.member = Some(GzDecoder::new(rest)),
                Some(_) => {
                    let detail = "other data follows the last member".into();
                    return Err(io::Error::other(SkipReason::Malformed { format: "gzip", detail }));
                }
            }
        }
        Ok(0)
    }
}

/// Consumes zero bytes and returns the next byte without consuming it.
fn first_not_zero(input: &mut impl BufRead) -> io::Result<Option<u8>> {
    loop {
        let bytes = input.fill_buf()?;
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        let next = bytes.get(zeros).copied();
        input.consume(zeros);
        if next.is_some() || zeros == 0 {
            return Ok(next);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_not_detected_as_compressed() {
        for head in [&b"BZh9 is what the file began with"[..], b"PK", b"", b"(\xB5", b"\x1F\x8B"] {
            assert_eq!(Compression::detect(head), None);
        }
    }
}
