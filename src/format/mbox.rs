//! Mailboxes in one file: messages one after another, each under a line that begins with `From ` (RFC 4155).
//!
//! Owns the division into messages. A message is parsed in `message`.

use super::common::dates;
use super::common::lookahead::Lookahead;
use super::common::message::{self, Look};
use super::common::split::{self, Taken};
use super::{Certainty, Context, Format, Input, RECORD_BYTES_MAX, Record, Records, Sample, Sink, Split};
use crate::article::Article;
use crate::error::SkipReason;

/// Mailboxes.
pub(super) const FORMAT: Format = Format {
    name: "mbox",
    title: "mailboxes (mbox)",
    extensions: &["mbox", "mbx"],
    version: 4,
    detect,
    split: Split::Stream(split),
    parse,
};

/// Prefix of a line that separates messages.
const SEPARATOR: &[u8] = b"From ";

/// Number of bytes examined at once: of a line without an end, or of a separator and the header after it.
const LINE_BYTES_MAX: usize = 64 << 10;

/// The date that git writes above every patch, which has no meaning.
const GIT_DAY: &[u8] = b"Mon Sep 17 00:00:00 2001";

fn detect(sample: &Sample<'_>) -> Certainty {
    let head = sample.head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(sample.head).trim_ascii_start();
    let (line, rest) = first_line(head);
    let is_mailbox = line.starts_with(SEPARATOR) && message::look(below(rest)) != Look::None;
    if is_mailbox { Certainty::Certain } else { Certainty::No }
}

fn first_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    bytes.split_at(memchr::memchr(b'\n', bytes).map_or(bytes.len(), |at| at + 1))
}

/// What follows a separator, without the second one that some programs add.
fn below(rest: &[u8]) -> &[u8] {
    if rest.starts_with(b">From ") { first_line(rest).1 } else { rest }
}

/// Whether the line at the start of `seen` separates messages: a header follows it. The line itself has many forms; one
/// without a time, or within a paragraph, must be followed by an unmistakable header.
fn is_separator(seen: &[u8], after_empty: bool, patches: bool) -> bool {
    let (line, rest) = first_line(seen);
    if !line.starts_with(SEPARATOR) || line.len() > 500 || !patches && memchr::memmem::find(line, GIT_DAY).is_some() {
        return false;
    }
    let timed = line.windows(5).any(|w| w[2] == b':' && [w[0], w[1], w[3], w[4]].iter().all(u8::is_ascii_digit));
    // Some programs write only the word.
    let bare = line.trim_ascii_end().len() < SEPARATOR.len() + 2;
    let rest = below(rest);
    let name = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'-').count();
    let field = name > 1 && rest.get(name) == Some(&b':');
    match message::look(rest) {
        Look::Sure => field,
        Look::Plausible => field && (after_empty || timed || bare),
        Look::None => field && after_empty && timed,
    }
}

fn split(input: Input<'_>) -> Records<'_> {
    let mut input = Lookahead::new(input);
    let patches = memchr::memmem::find(first_line(input.peek(LINE_BYTES_MAX)).0, GIT_DAY).is_some();
    split::records(input, None, move |input| take(input, patches))
}

/// Consumes a message. `patches`: whether the mailbox is from git.
fn take(input: &mut Lookahead<'_>, patches: bool) -> Taken {
    let mut bytes = Vec::new();
    let (mut first, mut after_empty, mut in_header) = (true, false, true);
    // Number of bytes of the text, as stated in the header, in which no separator is searched.
    let mut stated = 0usize;
    let mut too_large = false;
    while !input.at_end() {
        let seen = input.peek(LINE_BYTES_MAX);
        let seen = &seen[..seen.len().min(LINE_BYTES_MAX)];
        if !first && stated == 0 && is_separator(seen, after_empty, patches) {
            break;
        }
        let (line, _) = first_line(seen);
        let quoted = usize::from(is_quoted(line));
        too_large |= bytes.len() + line.len() > RECORD_BYTES_MAX;
        if !too_large {
            bytes.extend_from_slice(&line[quoted..]);
        }
        first = false;
        after_empty = line.trim_ascii().is_empty();
        let length = line.len();
        input.consume(length);
        stated = stated.saturating_sub(length);
        if in_header && after_empty && !bytes.trim_ascii().is_empty() {
            in_header = false;
            stated = stated_length(&bytes, input);
        }
    }
    if too_large {
        return Err(SkipReason::TooLarge { what: "the message", limit_bytes: RECORD_BYTES_MAX as u64 });
    }
    Ok((!first).then_some(bytes))
}

/// The length of the text that a header states, when the text does end there: at the end of the mailbox or before a
/// separator.
fn stated_length(header: &[u8], input: &mut Lookahead<'_>) -> usize {
    let value = header.split(|&b| b == b'\n').find_map(|line| {
        let (name, value) = line.split_at_checked(15)?;
        name.eq_ignore_ascii_case(b"content-length:").then_some(value)
    });
    let length = value.and_then(|v| std::str::from_utf8(v).ok()?.trim().parse::<usize>().ok());
    let Some(length) = length.filter(|&length| length <= RECORD_BYTES_MAX) else { return 0 };
    let seen = input.peek(length + 64);
    let ends = seen.get(length..).is_some_and(|rest| {
        let rest = rest.trim_ascii_start();
        rest.is_empty() || rest.starts_with(SEPARATOR)
    });
    if ends { length } else { 0 }
}

/// Whether a line was quoted so that it is not a separator: marks, then the word.
fn is_quoted(line: &[u8]) -> bool {
    let marks = line.iter().take_while(|&&b| b == b'>').count();
    marks > 0 && line[marks..].starts_with(b"From ")
}

fn parse(record: &Record, context: &Context<'_>, sink: &mut Sink<'_>) {
    let (line, rest) = match record.bytes.starts_with(SEPARATOR) {
        true => first_line(&record.bytes),
        false => (&[][..], &*record.bytes),
    };
    let line =
        std::str::from_utf8(line).ok().filter(|line| !line.as_bytes().windows(GIT_DAY.len()).any(|w| w == GIT_DAY));
    let published = line.and_then(|line| dates::published_in(line, context, &mut Vec::new()));
    message::parse(rest, FORMAT.name, context, &mut |result| {
        sink(result.map(|article| Article { published: article.published.or(published), ..article }));
    });
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn messages_are_split() {
        let file = "From a@b.example Sun Jul 23 10:15:00 2023\nSubject: 1\n\nHello\nFrom here on 10:15:00\n>From x\n>>From y\n\n\
                    From - Sun Jul 23 10:15:00 2023\r\nSubject: 2\n\n\nFrom time to time\n";
        let found: Vec<_> = split(Box::new(Cursor::new(file)))
            .map(|r| r.map(|r| (r.number, String::from_utf8(r.bytes).unwrap())).unwrap())
            .collect();
        assert_eq!(
            found,
            [
                (1, "From a@b.example Sun Jul 23 10:15:00 2023\nSubject: 1\n\nHello\nFrom here on 10:15:00\nFrom x\n>From y\n\n".to_owned()),
                (2, "From - Sun Jul 23 10:15:00 2023\r\nSubject: 2\n\n\nFrom time to time\n".to_owned()),
            ]
        );
    }
}
