//! Mailboxes in one file: messages one after another, each under a line that begins with `From ` (RFC 4155).
//!
//! Owns the division into messages. The message itself is `message`'s affair.

use super::common::lookahead::Lookahead;
use super::common::message::{self, Look};
use super::common::split::{self, Taken};
use super::{Certainty, Context, Format, Input, RECORD_BYTES_MAX, Record, Records, Sample, Sink, Split};
use crate::error::SkipReason;

/// Mailboxes.
pub(super) const FORMAT: Format = Format {
    name: "mbox",
    title: "mailboxes (mbox)",
    extensions: &["mbox", "mbx"],
    version: 2,
    detect,
    split: Split::Stream(split),
    parse,
};

/// Bytes that are taken at once of a line without an end.
const LINE_BYTES_MAX: usize = 64 << 10;

fn detect(sample: &Sample<'_>) -> Certainty {
    let end = memchr::memchr(b'\n', sample.head).map_or(sample.head.len(), |at| at + 1);
    let (line, rest) = sample.head.split_at(end);
    let rest =
        rest.strip_prefix(b">From ").map_or(rest, |r| r.iter().position(|&b| b == b'\n').map_or(r, |at| &r[at + 1..]));
    if is_separator(line) && message::look(rest) != Look::None { Certainty::Certain } else { Certainty::No }
}

/// Whether a line parts messages: the sender and a time of day follow upon the word.
fn is_separator(line: &[u8]) -> bool {
    line.len() < 500
        && line.starts_with(b"From ")
        && line.windows(5).any(|w| w[2] == b':' && [w[0], w[1], w[3], w[4]].iter().all(u8::is_ascii_digit))
}

fn split(input: Input) -> Records {
    split::records(input, |_| {}, take)
}

/// Takes one message.
fn take(input: &mut Lookahead) -> Taken {
    let mut bytes = Vec::new();
    let mut too_large = false;
    // The separator of this message was seen by the one before it.
    let mut first = true;
    let mut after_empty = false;
    loop {
        let length = input.line_length(LINE_BYTES_MAX);
        let whole = length.is_some();
        let line = input.peek(length.unwrap_or(LINE_BYTES_MAX));
        let line = &line[..line.len().min(length.unwrap_or(LINE_BYTES_MAX))];
        if line.is_empty() || (!first && after_empty && is_separator(line)) {
            break;
        }
        if !(first && is_separator(line)) {
            let line = if is_quoted(line) { &line[1..] } else { line };
            too_large |= bytes.len() + line.len() > RECORD_BYTES_MAX;
            if !too_large {
                bytes.extend_from_slice(line);
            }
        }
        after_empty = whole && line.trim_ascii().is_empty();
        first = false;
        let taken = line.len();
        input.consume(taken);
    }
    if too_large {
        return Err(SkipReason::TooLarge { what: "the message", limit_bytes: RECORD_BYTES_MAX as u64 });
    }
    Ok(Some(bytes))
}

/// Whether a line was quoted so that it does not part messages: marks, then the word.
fn is_quoted(line: &[u8]) -> bool {
    let marks = line.iter().take_while(|&&b| b == b'>').count();
    marks > 0 && line[marks..].starts_with(b"From ")
}

fn parse(record: &Record, context: &Context<'_>, sink: &mut Sink<'_>) {
    message::parse(&record.bytes, FORMAT.name, context, sink);
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn messages_are_parted() {
        let file = "From a@b.example Sun Jul 23 10:15:00 2023\nSubject: 1\n\nHello\nFrom here on 10:15:00\n>From x\n>>From y\n\n\
                    From - Sun Jul 23 10:15:00 2023\r\nSubject: 2\n\n\nFrom time to time\n";
        let found: Vec<_> = split(Box::new(Cursor::new(file)))
            .map(|r| r.map(|r| (r.number, String::from_utf8(r.bytes).unwrap())).unwrap())
            .collect();
        assert_eq!(
            found,
            [
                (1, "Subject: 1\n\nHello\nFrom here on 10:15:00\nFrom x\n>From y\n\n".to_owned()),
                (2, "Subject: 2\n\n\nFrom time to time\n".to_owned()),
            ]
        );
    }
}
