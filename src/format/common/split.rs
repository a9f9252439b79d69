//! Shared by the splitters of streamed formats: lines within limits, conversion to UTF-8, read errors.

use std::io::{self, BufRead, Read};
use std::sync::Arc;

use encoding_rs::{CoderResult, Decoder, UTF_16BE, UTF_16LE};
use memchr::memchr;

use super::charset;
use super::dates::Order;
use super::lookahead::{Lookahead, reason};
use crate::error::SkipReason;
use crate::format::{BadRecord, Input, RECORD_BYTES_MAX, Record, Records};

/// Number of bytes at the start of a stream that are examined for properties of the whole.
const AHEAD_BYTES: u64 = 1 << 20;

/// Number of bytes of transcoded text that are buffered.
const TRANSCODED_BYTES: usize = 32 << 10;

/// The lines of the input as records, numbered from 1; blank ones are counted but left out. Their header is the order
/// of day and month in all of them.
///
/// A line longer than [`RECORD_BYTES_MAX`] is skipped without buffering it. A read error ends the records.
pub(crate) fn lines(input: Input<'_>) -> Records<'_> {
    let (order, input) = ahead(utf8(input), Order::of_rows);
    Box::new(Lines { input, header: order.header(), number: 0, bytes_before: 0, ended: false })
}

/// The result for a record: its bytes, `None` if it is left out, or the reason why it cannot be read.
pub(crate) type Taken = Result<Option<Vec<u8>>, SkipReason>;

/// The records of a container without a count: `gap` consumes what is between records, and `take` consumes one.
pub(crate) fn records<'a>(
    input: Input<'a>,
    gap: fn(&mut Lookahead<'_>),
    mut take: impl FnMut(&mut Lookahead<'_>) -> Taken + 'a,
) -> Records<'a> {
    let (mut input, mut number) = (Lookahead::new(input), 0);
    Box::new(std::iter::from_fn(move || {
        loop {
            gap(&mut input);
            let taken = if input.at_end() { Err(input.take_failure()?) } else { take(&mut input) };
            number += 1;
            match taken {
                Ok(Some(bytes)) => return Some(Ok(Record { number, bytes, header: None })),
                Ok(None) => {}
                // The layer below has the actual reason for the end.
                Err(reason) => {
                    return Some(Err(BadRecord { number, reason: input.take_failure().unwrap_or(reason) }));
                }
            }
        }
    }))
}

/// The next bytes of the input; none at its end.
pub(crate) fn fill<'i>(input: &'i mut Input<'_>) -> io::Result<&'i [u8]> {
    loop {
        match input.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
            Ok(_) => break,
        }
    }
    // Called again because a borrow cannot leave the loop; the bytes are buffered now.
    input.fill_buf()
}

/// The result of `look` on the start of an input, up to [`AHEAD_BYTES`], and the whole input.
pub(crate) fn ahead<T>(mut input: Input<'_>, look: impl FnOnce(&[u8]) -> T) -> (T, Input<'_>) {
    let mut head = Vec::new();
    let failure = (&mut input).take(AHEAD_BYTES).read_to_end(&mut head).err();
    let found = look(&head);
    let rest: Input<'_> = if failure.is_some() { Box::new(Failed(failure)) } else { input };
    (found, Box::new(io::Cursor::new(head).chain(rest)))
}

/// The input without a byte order mark, converted from UTF-16 to UTF-8. Other charsets are unchanged.
pub(crate) fn utf8(mut input: Input<'_>) -> Input<'_> {
    let head = match fill(&mut input) {
        Ok(head) => head,
        Err(error) => return Box::new(Failed(Some(error))),
    };
    let (mark, encoding) = match head {
        [0xef, 0xbb, 0xbf, ..] => (3, None),
        [0xff, 0xfe, ..] => (2, Some(UTF_16LE)),
        [0xfe, 0xff, ..] => (2, Some(UTF_16BE)),
        _ => (0, charset::wide_without_mark(head)),
    };
    input.consume(mark);
    match encoding {
        Some(encoding) => Box::new(Transcoded {
            input,
            decoder: encoding.new_decoder_without_bom_handling(),
            text: Vec::new(),
            taken: 0,
            ended: false,
        }),
        None => input,
    }
}

struct Lines<'a> {
    input: Input<'a>,
    header: Option<Arc<[u8]>>,
    number: u64,
    /// Size of the previous line, used to allocate memory for the next.
    bytes_before: usize,
    ended: bool,
}

impl Lines<'_> {
    /// The next line without its end; `None` if it is too long.
    fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::with_capacity(self.bytes_before + self.bytes_before / 4);
        let mut fits = true;
        loop {
            let chunk = fill(&mut self.input)?;
            if chunk.is_empty() {
                self.ended = true;
                break;
            }
            let end = memchr(b'\n', chunk);
            let part = &chunk[..end.unwrap_or(chunk.len())];
            fits = fits && line.len() + part.len() <= RECORD_BYTES_MAX;
            if fits {
                line.extend_from_slice(part);
            } else {
                line = Vec::new();
            }
            let taken = part.len() + usize::from(end.is_some());
            self.input.consume(taken);
            if end.is_some() {
                break;
            }
        }
        self.bytes_before = line.len().min(64 << 10);
        Ok(fits.then_some(line))
    }
}

impl Iterator for Lines<'_> {
    type Item = Result<Record, BadRecord>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended {
            self.number += 1;
            let number = self.number;
            match self.line() {
                Ok(Some(bytes)) if bytes.trim_ascii().is_empty() => {}
                Ok(Some(bytes)) => return Some(Ok(Record { number, bytes, header: self.header.clone() })),
                Ok(None) => return Some(Err(BadRecord { number, reason: too_large() })),
                Err(error) => {
                    self.ended = true;
                    return Some(Err(BadRecord { number, reason: reason(&error) }));
                }
            }
        }
        None
    }
}

/// The reason for a record beyond [`RECORD_BYTES_MAX`].
pub(crate) fn too_large() -> SkipReason {
    SkipReason::TooLarge { what: "the record", limit_bytes: RECORD_BYTES_MAX as u64 }
}

/// Input whose first read failed.
struct Failed(Option<io::Error>);

impl BufRead for Failed {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.0.take().map_or(Ok(&[]), Err)
    }

    fn consume(&mut self, _: usize) {}
}

impl Read for Failed {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.fill_buf().map(<[u8]>::len)
    }
}

/// UTF-16 input, read as UTF-8.
struct Transcoded<'a> {
    input: Input<'a>,
    decoder: Decoder,
    text: Vec<u8>,
    taken: usize,
    ended: bool,
}

impl BufRead for Transcoded<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.taken >= self.text.len() && !self.ended {
            let chunk = fill(&mut self.input)?;
            let last = chunk.is_empty();
            self.text.resize(TRANSCODED_BYTES, 0);
            let (result, read, written, _) = self.decoder.decode_to_utf8(chunk, &mut self.text, last);
            self.input.consume(read);
            self.text.truncate(written);
            self.taken = 0;
            self.ended = last && result == CoderResult::InputEmpty;
        }
        Ok(self.text.get(self.taken..).unwrap_or_default())
    }

    fn consume(&mut self, bytes: usize) {
        self.taken = self.taken.saturating_add(bytes).min(self.text.len());
    }
}

impl Read for Transcoded<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let text = self.fill_buf()?;
        let count = text.len().min(out.len());
        out[..count].copy_from_slice(&text[..count]);
        self.consume(count);
        Ok(count)
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

    /// What records are, in one line each: the number and the text or the reason.
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
    fn a_line_beyond_the_limit_is_passed_over() {
        let long = io::repeat(b'x').take(RECORD_BYTES_MAX as u64 + 1);
        let all = io::Cursor::new(b"a\n").chain(long).chain(io::Cursor::new(b"\nb\n"));
        assert_eq!(shown(lines(Box::new(io::BufReader::new(all)))), ["1 a", "2 !too-large", "3 b"]);
    }
}
