//! SGML-like collections of news: documents in sequence, without a root.
//!
//! Owns the streaming split at a pair of tags, and the flat parsing of tags and text. These files are not XML: end tags
//! are missing, attributes unquoted, and a `<` before anything but a name is text.

use super::lookahead::Lookahead;
use super::xml;
use crate::error::SkipReason;
use crate::format::{BadRecord, Input, RECORD_BYTES_MAX, Record};

/// Number of bytes examined first; most records are smaller.
const FIRST_LOOK_BYTES: usize = 64 << 10;
/// Maximum size of the text before the first record that is kept for the format.
const PREAMBLE_BYTES_MAX: usize = 1 << 20;

/// The records of an input, each from a start tag to the next end tag with the same name.
pub(crate) struct Elements<'a> {
    input: Lookahead<'a>,
    /// Name of the element, in any case.
    name: &'static str,
    /// Whether `<![CDATA[` hides tags.
    cdata: bool,
    number: u64,
    /// The text before the first record.
    preamble: Vec<u8>,
    ended: bool,
}

/// Position of a tag, or how far was searched.
enum Found {
    At(usize),
    NotBefore(usize),
}

impl<'a> Elements<'a> {
    /// Splits at the elements of this name.
    pub(crate) fn new(input: Input<'a>, name: &'static str, cdata: bool) -> Self {
        Self { input: Lookahead::new(input), name, cdata, number: 0, preamble: Vec::new(), ended: false }
    }

    /// The text before the first record, if it was requested.
    pub(crate) fn preamble(&self) -> &[u8] {
        &self.preamble
    }

    /// Consumes everything up to the next start tag; false if there is none.
    fn seek_start(&mut self) -> bool {
        loop {
            let seen = self.input.peek(FIRST_LOOK_BYTES);
            let enough = seen.len() >= FIRST_LOOK_BYTES;
            let (skipped, found) = match find(seen, 0, self.name, false, false) {
                Found::At(at) => (at, true),
                // A tag may begin at the very end of the buffer.
                Found::NotBefore(at) => (if enough { at } else { seen.len() }, false),
            };
            if self.number == 0 {
                let room = PREAMBLE_BYTES_MAX.saturating_sub(self.preamble.len());
                self.preamble.extend_from_slice(&seen[..skipped.min(room)]);
            }
            self.input.consume(skipped);
            if found || !enough {
                return found;
            }
        }
    }

    /// Length of the record that begins here, including its end tag.
    fn length(&mut self) -> Result<usize, SkipReason> {
        let mut looked = 1;
        let mut want = FIRST_LOOK_BYTES;
        loop {
            let seen = self.input.peek(want);
            let length = seen.len();
            match find(seen, looked, self.name, true, self.cdata) {
                Found::At(at) => {
                    let close = memchr::memchr(b'>', &seen[at..]).map_or(seen.len(), |i| at + i + 1);
                    return Ok(close);
                }
                Found::NotBefore(at) => looked = at,
            }
            if length > RECORD_BYTES_MAX {
                return Err(SkipReason::TooLarge { what: "the record", limit_bytes: RECORD_BYTES_MAX as u64 });
            }
            if length < want {
                return Err(SkipReason::Truncated(format!("no `</{}>` ends its last record", self.name)));
            }
            // Doubled each time, so that long records are searched only a few times.
            want = length.saturating_mul(2);
        }
    }
}

impl Iterator for Elements<'_> {
    type Item = Result<Record, BadRecord>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let bad = |number, reason| Some(Err(BadRecord { number, reason }));
        if !self.seek_start() {
            self.ended = true;
            let failure = self.input.take_failure();
            return match failure.or_else(|| (self.number == 0).then_some(SkipReason::NoText)) {
                Some(reason) => bad(self.number + 1, reason),
                None => None,
            };
        }
        self.number += 1;
        match self.length() {
            Ok(length) => {
                let seen = self.input.peek(length);
                let bytes = seen[..length.min(seen.len())].to_vec();
                self.input.consume(length);
                Some(Ok(Record { number: self.number, bytes, header: None }))
            }
            Err(SkipReason::Truncated(detail)) => {
                self.ended = true;
                bad(self.number, self.input.take_failure().unwrap_or(SkipReason::Truncated(detail)))
            }
            Err(reason) => {
                // The next start tag is the next record: nothing marks the end of this one.
                self.input.consume(RECORD_BYTES_MAX);
                bad(self.number, reason)
            }
        }
    }
}

/// The next start or end tag of this name from a position on.
fn find(seen: &[u8], from: usize, name: &str, end: bool, cdata: bool) -> Found {
    const CDATA: &[u8] = b"![CDATA[";
    let mut at = from;
    // The first `<` close enough to the end that a tag may be truncated.
    let mut cut = None;
    while let Some(next) = memchr::memchr(b'<', seen.get(at..).unwrap_or_default()) {
        let open = at + next;
        let rest = &seen[open + 1..];
        if is_tag(rest, name, end) {
            return Found::At(open);
        }
        at = open + 1;
        if rest.len() < CDATA.len().max(name.len() + 2) {
            cut.get_or_insert(open);
        } else if cdata && rest.starts_with(CDATA) {
            let Some(close) = memchr::memmem::find(rest, b"]]>") else { return Found::NotBefore(open) };
            at += close + 3;
        }
    }
    Found::NotBefore(cut.unwrap_or(seen.len()))
}

fn is_tag(rest: &[u8], name: &str, end: bool) -> bool {
    let rest = if end { rest.strip_prefix(b"/").unwrap_or_default() } else { rest };
    rest.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()))
        && rest.get(name.len()).is_some_and(|b| b.is_ascii_whitespace() || *b == b'>')
}

/// A token of an SGML-like document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// A start tag: its name, and the rest.
    Open(&'a str, &'a str),
    /// An end tag.
    Close(&'a str),
    /// Text between tags, with entities unresolved.
    Text(&'a str),
}

/// The tokens of a document in order.
pub(crate) fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        while let Some((token, after)) = tag(rest) {
            rest = after;
            if token.is_some() {
                return token;
            }
        }
        let mut next = memchr::memchr_iter(b'<', rest.as_bytes()).filter(|&at| at > 0);
        let end = next.find(|&at| tag(&rest[at..]).is_some()).unwrap_or(rest.len());
        let (text, after) = rest.split_at(end);
        rest = after;
        (!text.is_empty()).then_some(Token::Text(text))
    })
}

/// Maximum size of a tag with its attributes; longer ones are text.
const TAG_BYTES_MAX: usize = 2_000;

/// The tag at the start of a text, and what follows it. Comments and declarations give no token.
fn tag(text: &str) -> Option<(Option<Token<'_>>, &str)> {
    let inner = text.strip_prefix('<')?;
    if !inner.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')) {
        return None;
    }
    let window = inner.as_bytes().get(..TAG_BYTES_MAX).unwrap_or(inner.as_bytes());
    let end = memchr::memchr2(b'>', b'<', window).filter(|&end| window[end] == b'>')?;
    let (tag, after) = (inner.get(..end)?, inner.get(end + 1..)?);
    if tag.starts_with(['!', '?']) {
        return Some((None, after));
    }
    let name = tag.strip_prefix('/').unwrap_or(tag);
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let (name, rest) = name.split_at(name.find(|c: char| c.is_ascii_whitespace() || c == '/').unwrap_or(name.len()));
    if !name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b':')) {
        return None;
    }
    Some((Some(if tag.starts_with('/') { Token::Close(name) } else { Token::Open(name, rest) }), after))
}

/// The value of an attribute in the rest of a tag.
pub(crate) fn attribute(rest: &str, name: &str) -> Option<String> {
    xml::attributes(rest)
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| xml::unescape(value).trim().to_owned())
        .filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Cursor};

    use super::*;

    fn split(text: &str, name: &'static str, cdata: bool) -> Vec<Result<String, &'static str>> {
        let input = Box::new(BufReader::with_capacity(5, Cursor::new(text.as_bytes().to_vec())));
        Elements::new(input, name, cdata)
            .map(|r| match r {
                Ok(record) => Ok(String::from_utf8(record.bytes).unwrap()),
                Err(bad) => Err(bad.reason.code()),
            })
            .collect()
    }

    #[test]
    fn files_fall_into_elements() {
        let ok = |t: &str| Ok(t.to_owned());
        let cases: [(&str, bool, &[Result<String, &str>]); 7] = [
            ("x<DOC>a</DOC>\n<doc id=1>b</DOC >y", false, &[ok("<DOC>a</DOC>"), ok("<doc id=1>b</DOC >")]),
            ("<DOCNO>1</DOCNO>", false, &[Err("no-text")]),
            ("<doc><<<</doc>", false, &[ok("<doc><<<</doc>")]),
            ("<doc>a</doc><doc>cut", false, &[ok("<doc>a</doc>"), Err("truncated")]),
            ("<doc><![CDATA[</doc>]]></doc>", true, &[ok("<doc><![CDATA[</doc>]]></doc>")]),
            ("<doc><![CDATA[</doc>]]></doc>", false, &[ok("<doc><![CDATA[</doc>")]),
            ("", false, &[Err("no-text")]),
        ];
        for (text, cdata, records) in cases {
            assert_eq!(split(text, "doc", cdata), records, "{text}");
        }
        let long = format!("{}<doc>{}</doc>", " ".repeat(FIRST_LOOK_BYTES - 2), "y <z ".repeat(100_000));
        assert_eq!(split(&long, "doc", true).len(), 1);
        assert!(split(&long, "doc", true)[0].is_ok());
    }

    #[test]
    fn tags_and_text_come_apart() {
        let all: Vec<_> = tokens("a <3 b<P>c</p><!-- d --><F P=1>e < f <unended").collect();
        let expected = [
            Token::Text("a <3 b"),
            Token::Open("P", ""),
            Token::Text("c"),
            Token::Close("p"),
            Token::Open("F", " P=1"),
            Token::Text("e < f <unended"),
        ];
        assert_eq!(all, expected);
    }
}
