//! A reader with lookahead, for the splitters of containers.
//!
//! Owns the buffer and the messages of its read errors. The buffer grows only to the size that a caller
//! requests, so the limit of the caller bounds it.

use std::io::Read;

use crate::error::SkipReason;

/// Number of bytes read at once.
const CHUNK_BYTES: u64 = 64 << 10;

/// An input with a buffer of the bytes that were read and not consumed.
pub(crate) struct Lookahead<'a> {
    input: Box<dyn Read + 'a>,
    buffer: Vec<u8>,
    start: usize,
    ended: bool,
    failure: Option<SkipReason>,
}

impl<'a> Lookahead<'a> {
    /// Creates it without reading.
    pub(crate) fn new(input: impl Read + 'a) -> Self {
        Self { input: Box::new(input), buffer: Vec::new(), start: 0, ended: false, failure: None }
    }

    /// At least `count` of the next bytes, often more; fewer only at the end.
    pub(crate) fn peek(&mut self, count: usize) -> &[u8] {
        while !self.ended && self.buffer.len() - self.start < count {
            self.read_chunk();
        }
        &self.buffer[self.start..]
    }

    /// Consumes up to `count` bytes of the buffer.
    pub(crate) fn consume(&mut self, count: usize) {
        self.start = self.start.saturating_add(count).min(self.buffer.len());
    }

    /// Consumes `count` bytes without buffering them, fewer only at the end. Returns their number.
    pub(crate) fn skip(&mut self, count: u64) -> u64 {
        let mut left = count;
        while left > 0 {
            let seen = self.peek(1).len() as u64;
            if seen == 0 {
                break;
            }
            let step = seen.min(left);
            self.consume(usize::try_from(step).unwrap_or(usize::MAX));
            left -= step;
        }
        count - left
    }

    /// Replaces the buffer by bytes that were consumed before.
    pub(crate) fn unread(&mut self, bytes: Vec<u8>) {
        self.buffer = bytes;
        self.start = 0;
    }

    /// Whether nothing is left.
    pub(crate) fn at_end(&mut self) -> bool {
        self.peek(1).is_empty()
    }

    /// The error that ended reading, returned once.
    pub(crate) fn take_failure(&mut self) -> Option<SkipReason> {
        self.failure.take()
    }

    fn read_chunk(&mut self) {
        if self.start * 2 >= self.buffer.len() {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        match self.input.by_ref().take(CHUNK_BYTES).read_to_end(&mut self.buffer) {
            Ok(count) => self.ended = (count as u64) < CHUNK_BYTES,
            Err(error) => {
                self.ended = true;
                self.failure = Some(reason(&error));
            }
        }
    }
}

/// Converts a read error to a skip reason: the one that it carries, if any.
pub(crate) fn reason(error: &std::io::Error) -> SkipReason {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<SkipReason>()) {
        Some(own) => own.clone(),
        None if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            SkipReason::Truncated("the compressed data ends in the middle".into())
        }
        None => SkipReason::Unreadable(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Cursor};

    use super::*;

    #[test]
    fn bytes_are_peeked_and_consumed() {
        let data: Vec<u8> = (0..200_000u32).map(|n| (n % 251) as u8).collect();
        let mut ahead = Lookahead::new(BufReader::with_capacity(7, Cursor::new(data)));
        assert_eq!(ahead.peek(3)[..3], [0, 1, 2]);
        ahead.consume(1000);
        assert!(ahead.peek(150_000).len() >= 150_000);
        assert_eq!(ahead.skip(198_999), 198_999);
        assert_eq!(ahead.peek(10), [(199_999 % 251) as u8]);
        ahead.consume(1);
        assert!(ahead.at_end());
        assert_eq!(ahead.skip(5), 0);
    }
}
