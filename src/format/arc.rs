//! ARC 1.0: the Internet Archive's web archives before WARC.
//!
//! Owns the division into records by one-line headers: address, IP, date, media type and length, separated by blanks
//! (an address may contain blanks too). The response is parsed by `http`. After a wrong length, reading continues at
//! the next line that looks like a header.

use super::common::lookahead::Lookahead;
use super::common::split::{self, Taken, too_large};
use super::common::{dates, http};
use super::{Certainty, Context, Format, Input, RECORD_BYTES_MAX, Record, Records, Sample, Sink, Split};
use crate::article::Article;
use crate::error::SkipReason;

/// ARC files.
pub(super) const FORMAT: Format = Format {
    name: "arc",
    title: "ARC web archives",
    extensions: &["arc"],
    version: 1,
    detect,
    split: Split::Stream(split),
    parse,
};

/// Maximum size of a header line. Addresses rarely exceed 2 kB.
const LINE_BYTES_MAX: usize = 32 << 10;

fn detect(sample: &Sample<'_>) -> Certainty {
    if sample.head.starts_with(b"filedesc://") { Certainty::Certain } else { Certainty::No }
}

fn split(input: Input<'_>) -> Records<'_> {
    split::records(Lookahead::new(input), None, record)
}

/// The next line, or its first bytes.
fn line<'i>(input: &'i mut Lookahead<'_>) -> &'i [u8] {
    let seen = input.peek(LINE_BYTES_MAX);
    let length = memchr::memchr(b'\n', seen).map_or(seen.len(), |at| at + 1);
    &seen[..length.min(LINE_BYTES_MAX)]
}

/// Consumes a record. Returns its bytes if it may contain an article.
fn record(input: &mut Lookahead<'_>) -> Taken {
    // The empty line after a block, and the rest of a broken one, are skipped.
    let (line_bytes, header) = loop {
        let line = line(input);
        let line_bytes = line.len();
        match Header::new(line) {
            Some(header) => break (line_bytes, header),
            None if line.is_empty() => return Ok(None),
            None => input.consume(line_bytes),
        }
    };
    if header.url.starts_with("filedesc:") {
        // The lines about the file itself are not a record header.
        input.consume(line_bytes);
        return Ok(None);
    }
    let Some(length) = header.length else {
        input.consume(line_bytes);
        return Err(malformed("a record states no length"));
    };
    let Some(length) = usize::try_from(length).ok().filter(|&n| n <= RECORD_BYTES_MAX) else {
        input.consume(line_bytes);
        input.skip(length);
        return Err(too_large());
    };
    let place = (line_bytes, length, LINE_BYTES_MAX);
    let end = line_bytes + split::block_length(input, place, |bytes| header_line(bytes).is_some(), find_header)?;
    let seen = input.peek(end);
    let end = end.min(seen.len());
    let block = &seen[line_bytes..end];
    let wanted = if block.starts_with(b"HTTP/") {
        http::holds_document(block, &header.url)
    } else {
        http::is_document(Some(&header.media_type), &header.url, block)
    };
    let record = wanted.then(|| seen[..end].to_vec());
    input.consume(end);
    Ok(record)
}

/// Position of the next line that looks like a header.
fn find_header(bytes: &[u8]) -> Option<usize> {
    memchr::memchr_iter(b'\n', bytes).map(|at| at + 1).find(|&at| header_line(&bytes[at..]).is_some())
}

/// The header in the first line of these bytes.
fn header_line(bytes: &[u8]) -> Option<Header> {
    let window = &bytes[..bytes.len().min(LINE_BYTES_MAX)];
    let line = &window[..memchr::memchr(b'\n', window).unwrap_or(window.len())];
    let scheme = line.iter().take_while(|b| b.is_ascii_alphanumeric()).count();
    (scheme > 0 && line.get(scheme) == Some(&b':')).then(|| Header::new(line)).flatten()
}

/// The header line of a record.
struct Header {
    url: String,
    date: String,
    media_type: String,
    /// `None` if the line states an invalid length.
    length: Option<u64>,
}

impl Header {
    /// Parses a line from its end, as the address may contain blanks: version 1 has four words after it, version 2
    /// nine, the last of which is the length.
    fn new(line: &[u8]) -> Option<Self> {
        let line = String::from_utf8_lossy(line);
        let words: Vec<&str> = line.trim_end().split(' ').collect();
        let is_date = |word: &str| (12..=20).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit());
        let after_address = [4, 9]
            .into_iter()
            .find(|&count| words.len() > count && is_date(words[words.len() - count + 1]) && words[0].contains(':'))?;
        let at = words.len() - after_address;
        Some(Self {
            url: words[..at].join("%20"),
            date: words[at + 1].to_owned(),
            media_type: words[at + 2].to_owned(),
            length: words[words.len() - 1].parse().ok(),
        })
    }
}

fn parse(record: &Record, context: &Context<'_>, sink: &mut Sink<'_>) {
    let line_bytes = memchr::memchr(b'\n', &record.bytes).map_or(record.bytes.len(), |at| at + 1);
    let Some(header) = Header::new(&record.bytes[..line_bytes]) else {
        return sink(Err(malformed("a record has no header")));
    };
    let block = &record.bytes[line_bytes..];
    let day = header.date.get(..8).and_then(dates::parse).map(|d| d.day);
    let inner = Context { url: Some(&header.url), modified: day.or(context.modified), ..*context };
    let mut addressed = |found: Result<Article, SkipReason>| {
        sink(found.map(|article| Article { url: Some(header.url.clone()), ..article }));
    };
    if block.starts_with(b"HTTP/") {
        http::parse(block, &inner, &mut addressed);
    } else {
        http::resource(block, Some(&header.media_type), &inner, &mut addressed);
    }
}

fn malformed(detail: &str) -> SkipReason {
    SkipReason::Malformed { format: FORMAT.name, detail: detail.into() }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn records_and_their_addresses() {
        let head = "filedesc://x.arc 127.0.0.1 20140216050221 text/plain 9\n1 0 Test\n\n\n";
        let page = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>ferry";
        let line = |url: &str, length: usize| format!("{url} 1.2.3.4 20140216050221 text/html {length}\n");
        let file = [
            head,
            &line("http://a.example/?t=From The Web", page.len()),
            page,
            "\n",
            &line("http://b.example/", 3),
            page,
            "\n",
            "http://c.example/ 1.2.3.4 20140216050221 text/html abc\n",
            &line("http://d.example/", 9999),
            page,
        ]
        .concat();
        let found: Vec<_> = split(Box::new(Cursor::new(file.into_bytes())))
            .map(|r| match r {
                Ok(r) => Header::new(r.bytes.split(|&b| b == b'\n').next().unwrap()).unwrap().url,
                Err(e) => format!("{} {}", e.number, e.reason.code()),
            })
            .collect();
        let [a, b] = ["http://a.example/?t=From%20The%20Web", "http://b.example/"];
        assert_eq!(found, [a, b, "4 malformed", "5 truncated"]);
    }
}
