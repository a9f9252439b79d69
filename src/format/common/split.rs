//! Shared by the splitters of streamed formats: lines within limits, conversion to UTF-8, read errors.

use std::io::{self, Cursor, Read};
use std::sync::Arc;

use encoding_rs::{CoderResult, Decoder, UTF_16BE, UTF_16LE};
use memchr::memchr;

use super::dates::Order;
use super::lookahead::Lookahead;
use super::{charset, http};
use crate::error::SkipReason;
use crate::format::{BadRecord, Input, RECORD_BYTES_MAX, Record, Records};

/// Number of bytes at the start of a stream that are examined for properties of the whole.
pub(crate) const AHEAD_BYTES: usize = 1 << 20;

/// Number of bytes at the start of a text that are examined for its encoding.
const ENCODING_BYTES: usize = 4 << 10;

/// Number of bytes of transcoded text that are buffered.
const TRANSCODED_BYTES: usize = 32 << 10;

/// The result for a record: its bytes, `None` if it is left out, or the reason why it cannot be read.
pub(crate) type Taken = Result<Option<Vec<u8>>, SkipReason>;

/// The records of an input, numbered from 1, including those left out. `take` consumes a record. The records end with
/// its first `None` or error at the end of the input.
pub(crate) fn records<'a>(
    mut input: Lookahead<'a>,
    header: Option<Arc<[u8]>>,
    mut take: impl FnMut(&mut Lookahead<'a>) -> Taken + 'a,
) -> Records<'a> {
    let (mut number, mut ended) = (0, false);
    Box::new(std::iter::from_fn(move || {
        while !ended {
            number += 1;
            let taken = take(&mut input);
            if let Ok(Some(bytes)) = taken {
                return Some(Ok(Record { number, bytes, header: header.clone() }));
            }
            ended = input.at_end();
            // A read error is the actual reason for the end.
            let failure = ended.then(|| input.take_failure()).flatten();
            if let Some(reason) = failure.or(taken.err()) {
                return Some(Err(BadRecord { number, reason }));
            }
        }
        None
    }))
}

/// The bytes of a record up to the position that `end` finds in one of its chunks, or to the end of the input, and
/// whether `end` found one. A record longer than [`RECORD_BYTES_MAX`] is skipped without buffering it.
///
/// # Errors
/// [`SkipReason::TooLarge`], or the reason of a read error.
pub(crate) fn take_until(
    input: &mut Lookahead<'_>,
    mut end: impl FnMut(&[u8]) -> Option<usize>,
) -> Result<(Vec<u8>, bool), SkipReason> {
    let (mut bytes, mut fits, mut found) = (Vec::new(), true, None);
    while found.is_none() && !input.at_end() {
        let chunk = input.peek(1);
        found = end(chunk);
        let part = &chunk[..found.unwrap_or(chunk.len())];
        fits = fits && bytes.len() + part.len() <= RECORD_BYTES_MAX;
        if fits {
            bytes.extend_from_slice(part);
        } else {
            bytes = Vec::new();
        }
        let count = part.len();
        input.consume(count);
    }
    if found.is_none()
        && let Some(reason) = input.take_failure()
    {
        return Err(reason);
    }
    if fits { Ok((bytes, found.is_some())) } else { Err(too_large()) }
}

/// The actual length of a block after the `head` bytes of its header: the stated one if the end or the next record
/// follows it, otherwise up to the next record. `is_start` recognises a record within `gap` bytes, and `find` finds one.
///
/// # Errors
/// [`SkipReason::Truncated`] or [`SkipReason::TooLarge`]; the bytes are consumed.
pub(crate) fn block_length(
    input: &mut Lookahead<'_>,
    (head, stated, gap): (usize, usize, usize),
    is_start: fn(&[u8]) -> bool,
    find: fn(&[u8]) -> Option<usize>,
) -> Result<usize, SkipReason> {
    let mut seen = &input.peek(head + stated + gap)[head..];
    let is_complete = seen.len() >= stated;
    if is_complete {
        let after = seen[stated..].trim_ascii_start();
        if after.is_empty() || is_start(after) {
            return Ok(stated);
        }
        seen = &input.peek(head + RECORD_BYTES_MAX)[head..];
    }
    if let Some(at) = find(seen) {
        return Ok(at);
    }
    let there = seen.len();
    if there <= RECORD_BYTES_MAX && (is_complete || http::is_whole(seen)) {
        return Ok(there);
    }
    input.consume(head + there);
    if is_complete {
        return Err(too_large());
    }
    Err(SkipReason::Truncated(format!("{there} of {stated} bytes of the record are there")))
}

/// The lines of the input as records, numbered from 1; blank ones are counted but left out. Their header is the order
/// of day and month in all of them.
pub(crate) fn lines(input: Input<'_>) -> Records<'_> {
    let mut input = text(input);
    let order = Order::of_rows(input.peek(AHEAD_BYTES));
    records(input, order.header(), |input| {
        let (mut line, whole) = take_until(input, |chunk| memchr(b'\n', chunk).map(|at| at + 1))?;
        if whole {
            line.pop();
        }
        Ok((!line.trim_ascii().is_empty()).then_some(line))
    })
}

/// The text of an input without a byte order mark, converted from UTF-16 to UTF-8. Other charsets are unchanged.
pub(crate) fn text(input: Input<'_>) -> Lookahead<'_> {
    let mut input = Lookahead::new(input);
    let (mark, encoding) = match input.peek(ENCODING_BYTES) {
        [0xef, 0xbb, 0xbf, ..] => (3, None),
        [0xff, 0xfe, ..] => (2, Some(UTF_16LE)),
        [0xfe, 0xff, ..] => (2, Some(UTF_16BE)),
        head => (0, charset::wide_without_mark(head)),
    };
    input.consume(mark);
    match encoding.map(|encoding| encoding.new_decoder_without_bom_handling()) {
        Some(decoder) => Lookahead::new(Transcoded { input, decoder, text: Cursor::default(), ended: false }),
        None => input,
    }
}

/// The reason for a record beyond [`RECORD_BYTES_MAX`].
pub(crate) fn too_large() -> SkipReason {
    SkipReason::TooLarge { what: "the record", limit_bytes: RECORD_BYTES_MAX as u64 }
}

/// UTF-16 input, read as UTF-8.
struct Transcoded<'a> {
    input: Lookahead<'a>,
    decoder: Decoder,
    text: Cursor<Vec<u8>>,
    ended: bool,
}

impl Read for Transcoded<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.text.read(out)?;
            if count > 0 || self.ended {
                return Ok(count);
            }
            let last = self.input.at_end();
            if last && let Some(reason) = self.input.take_failure() {
                return Err(io::Error::other(reason));
            }
            let mut text = vec![0; TRANSCODED_BYTES];
            let (result, read, written, _) = self.decoder.decode_to_utf8(self.input.peek(1), &mut text, last);
            self.input.consume(read);
            text.truncate(written);
            self.text = Cursor::new(text);
            self.ended = last && result == CoderResult::InputEmpty;
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// An input that gives `bytes` in small pieces and then fails.
    pub(crate) struct Failing(pub Vec<u8>, pub Option<io::Error>);

    impl Read for Failing {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let count = self.0.len().min(out.len()).min(7);
            if count == 0 {
                return self.1.take().map_or(Ok(0), Err);
            }
            out[..count].copy_from_slice(&self.0[..count]);
            self.0.drain(..count);
            Ok(count)
        }
    }

    /// The number of each record, and its text or reason.
    pub(crate) fn shown(records: Records<'_>) -> Vec<String> {
        let show = |record: Result<Record, BadRecord>| match record {
            Ok(record) => format!("{} {}", record.number, String::from_utf8_lossy(&record.bytes)),
            Err(bad) => format!("{} !{}", bad.number, bad.reason.code()),
        };
        records.map(show).collect()
    }

    /// An input over these bytes.
    pub(crate) fn input(bytes: &[u8], error: Option<io::Error>) -> Input<'static> {
        Box::new(io::BufReader::with_capacity(16, Failing(bytes.to_vec(), error)))
    }

    #[test]
    fn lines_are_numbered_and_errors_end_them() {
        let utf16: Vec<u8> = "\u{feff}é\nb".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let eof = || io::Error::from(io::ErrorKind::UnexpectedEof);
        for (bytes, error, expected) in [
            (&b""[..], None, vec![]),
            (b"\xef\xbb\xbfa\r\n\n \n b\nc", None, vec!["1 a\r", "4  b", "5 c"]),
            (&utf16, None, vec!["1 é", "2 b"]),
            (b"a\nbroken", Some(eof()), vec!["1 a", "2 !truncated"]),
            (b"a\n", Some(io::Error::other(SkipReason::Encrypted)), vec!["1 a", "2 !encrypted"]),
            (b"", Some(io::Error::other("bad disk")), vec!["1 !unreadable"]),
        ] {
            assert_eq!(shown(lines(input(bytes, error))), expected, "{bytes:?}");
        }
    }

    #[test]
    fn a_line_beyond_the_limit_is_skipped() {
        let long = io::repeat(b'x').take(RECORD_BYTES_MAX as u64 + 1);
        let all = io::Cursor::new(b"a\n").chain(long).chain(io::Cursor::new(b"\nb\n"));
        assert_eq!(shown(lines(Box::new(io::BufReader::new(all)))), ["1 a", "2 !too-large", "3 b"]);
    }
}
