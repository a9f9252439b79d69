//! WARC 0.18 to 1.1: archived web responses, the files of crawlers and of Common Crawl (ISO 28500).
//!
//! Owns the division into records, also with wrong lengths and in truncated files, and the selection of records that may
//! have an article: responses, resources and conversions. The response is parsed by `http`.

use super::common::embedded::Kind;
use super::common::http::{self, HEAD_BYTES_MAX, Head};
use super::common::lookahead::Lookahead;
use super::common::split::{self, Taken, too_large};
use super::common::{charset, dates, paragraphs};
use super::{Certainty, Context, Format, Input, RECORD_BYTES_MAX, Record, Records, Sample, Sink, Split};
use crate::article::Article;
use crate::error::SkipReason;

/// WARC files.
pub(super) const FORMAT: Format = Format {
    name: "warc",
    title: "WARC web archives (0.18 to 1.1)",
    extensions: &["warc", "wet"],
    version: 1,
    detect,
    split: Split::Stream(split),
    parse,
};

/// Number of bytes after a record that are examined to see whether the next one begins there.
const GAP_BYTES: usize = 64;

fn detect(sample: &Sample<'_>) -> Certainty {
    if is_record_start(sample.head.trim_ascii_start()) { Certainty::Certain } else { Certainty::No }
}

/// The records of a WARC file that may contain an article.
pub(super) fn split(input: Input<'_>) -> Records<'_> {
    split::records(Lookahead::new(input), None, record)
}

/// Consumes a record. Returns its bytes if it may contain an article.
fn record(input: &mut Lookahead<'_>) -> Taken {
    while input.peek(1).first().is_some_and(u8::is_ascii_whitespace) {
        input.consume(1);
    }
    if input.at_end() {
        return Ok(None);
    }
    if !is_record_start(input.peek(GAP_BYTES)) {
        skip_to_record(input, u64::MAX);
        return Err(malformed("no record begins where one should"));
    }
    let seen = input.peek(HEAD_BYTES_MAX);
    let Some(head_bytes) = http::head_length(seen) else {
        let is_cut = seen.len() < HEAD_BYTES_MAX;
        input.consume(1);
        skip_to_record(input, u64::MAX);
        return Err(if is_cut {
            SkipReason::Truncated("the record's header is cut".into())
        } else {
            malformed("a record's header has no end")
        });
    };
    let (header, _) = Header::split(&seen[..head_bytes]);
    // Without a valid length, the record extends to the next one.
    let stated = header.head.value("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let Some(length) = usize::try_from(stated).ok().filter(|&n| n <= RECORD_BYTES_MAX) else {
        let wanted = header.may_hold_article(&input.peek(head_bytes + GAP_BYTES * 64)[head_bytes..]);
        input.consume(head_bytes);
        skip_to_record(input, stated);
        return if wanted { Err(too_large()) } else { Ok(None) };
    };
    let place = (head_bytes, length, GAP_BYTES);
    let block_bytes = split::block_length(input, place, is_record_start, find_record)
        .inspect_err(|_| skip_to_record(input, u64::MAX))?;
    let end = head_bytes + block_bytes;
    let seen = input.peek(end);
    let end = end.min(seen.len());
    let wanted = header.may_hold_article(&seen[head_bytes..end]);
    let record = wanted.then(|| seen[..end].to_vec());
    input.consume(end);
    if header.kind == "continuation" {
        return Err(SkipReason::Unsupported("a record that is spread over segments".into()));
    }
    Ok(record)
}

/// Skips to the start of the next record, within a number of bytes.
fn skip_to_record(input: &mut Lookahead<'_>, bytes_max: u64) {
    let mut left = bytes_max;
    while left > 0 {
        let seen = input.peek(64 << 10);
        if seen.is_empty() {
            return;
        }
        let window = &seen[..seen.len().min(usize::try_from(left).unwrap_or(usize::MAX))];
        if let Some(at) = find_record(window) {
            input.consume(at);
            return;
        }
        // The last bytes are kept, since a mark may begin in them, unless nothing follows.
        let step = if window.len() > 2 * GAP_BYTES { window.len() - GAP_BYTES } else { window.len() };
        input.consume(step);
        left -= step as u64;
    }
}

/// Whether a record begins here: its version, then a line end.
fn is_record_start(bytes: &[u8]) -> bool {
    let Some(rest) = bytes.strip_prefix(b"WARC/") else {
        return false;
    };
    let version = rest.iter().take_while(|b| b.is_ascii_digit() || **b == b'.').count();
    (1..=8).contains(&version) && rest.get(version).is_none_or(|b| matches!(b, b'\r' | b'\n' | b' '))
}

/// Where in a block the next record begins: at the start of a line.
fn find_record(bytes: &[u8]) -> Option<usize> {
    memchr::memmem::find_iter(bytes, b"\nWARC/").map(|at| at + 1).find(|&at| is_record_start(&bytes[at..]))
}

/// The content of a record header.
struct Header {
    head: Head,
    kind: String,
    url: String,
}

impl Header {
    /// The header of a record, and the block after it.
    fn split(record: &[u8]) -> (Self, &[u8]) {
        let (head, block) = Head::split(record);
        let kind = head.value("warc-type").unwrap_or_default().to_ascii_lowercase();
        // Old versions of Wget put the URL in angle brackets.
        let url = head.value("warc-target-uri").unwrap_or_default().trim_matches(['<', '>', ' ']).to_owned();
        (Self { head, kind, url }, block)
    }

    fn media_type(&self) -> Option<&str> {
        self.head.value("content-type").filter(|media_type| !media_type.is_empty())
    }

    fn is_http(&self, block: &[u8]) -> bool {
        self.kind == "response" && block.starts_with(b"HTTP/")
    }

    /// Whether a record with this header and block may contain a document.
    fn may_hold_article(&self, block: &[u8]) -> bool {
        if self.is_http(block) {
            return http::holds_document(block, &self.url);
        }
        // Logs, screenshots and page lists of crawlers have their own schemes.
        let scheme = self.url.split(':').next().unwrap_or_default().to_ascii_lowercase();
        matches!(self.kind.as_str(), "response" | "resource" | "conversion")
            && matches!(scheme.as_str(), "http" | "https" | "ftp" | "file")
            && http::is_document(self.media_type(), &self.url, block)
    }
}

fn parse(record: &Record, context: &Context<'_>, sink: &mut Sink<'_>) {
    let (header, block) = Header::split(&record.bytes);
    // The day of the crawl serves as the modification time of the page.
    let crawled = header.head.value("warc-date").and_then(dates::parse).map(|stated| stated.day);
    let inner = Context { url: Some(&header.url), modified: crawled.or(context.modified), ..*context };
    let mut addressed = |found: Result<Article, SkipReason>| {
        sink(found.map(|article| Article { url: Some(header.url.clone()), ..article }));
    };
    if header.is_http(block) {
        http::parse(block, &inner, &mut addressed);
    } else if header.kind == "conversion" && header.media_type().and_then(Kind::of_media_type) == Some(Kind::Text) {
        addressed(converted(&charset::decode(block, Some("utf-8"), None)));
    } else {
        http::resource(block, header.media_type(), &inner, &mut addressed);
    }
}

/// The text that a crawl extracted from a page (WET): each line is a block of the page, the first its title.
fn converted(text: &str) -> Result<Article, SkipReason> {
    let (title, body) = paragraphs::headline(paragraphs::join(text.lines()));
    if body.is_empty() {
        return Err(SkipReason::NoText);
    }
    Ok(Article { title, body, ..Article::default() })
}

fn malformed(detail: &str) -> SkipReason {
    SkipReason::Malformed { format: FORMAT.name, detail: detail.into() }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn record(kind: &str, length: Option<usize>, body: &str) -> String {
        let block = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{body}");
        let length = length.unwrap_or(block.len());
        format!(
            "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: <http://a.example/>\r\nContent-Length: {length}\r\n\
             Content-Type: application/http\r\n\r\n{block}\r\n\r\n"
        )
    }

    fn records(file: &str) -> Vec<Result<(u64, String), (u64, &'static str)>> {
        split(Box::new(Cursor::new(file.as_bytes().to_vec())))
            .map(|r| match r {
                Ok(r) => {
                    let text = String::from_utf8(r.bytes).unwrap();
                    Ok((r.number, text.rsplit("\r\n\r\n").find(|t| !t.is_empty()).unwrap().trim().into()))
                }
                Err(e) => Err((e.number, e.reason.code())),
            })
            .collect()
    }

    fn body(number: u64, text: &str) -> Result<(u64, String), (u64, &'static str)> {
        Ok((number, text.into()))
    }

    #[test]
    fn wrong_lengths_are_tolerated() {
        let (a, b) = (record("response", None, "a"), record("response", None, "b"));
        let long = record("response", Some(200), "long");
        let huge = record("response", Some(usize::MAX), "huge");
        let short = record("response", Some(3), "short");
        let request = record("request", None, "no");
        assert_eq!(records(&format!("{a}{request}{b}")), [body(1, "a"), body(3, "b")]);
        assert_eq!(records(&format!("{long}{b}{a}")), [body(1, "long"), body(2, "b"), body(3, "a")]);
        assert_eq!(records(&format!("{huge}{b}")), [Err((1, "too-large")), body(2, "b")]);
        assert_eq!(records(&format!("{short}{b}")), [body(1, "short"), body(2, "b")]);
        assert_eq!(records(&short), [body(1, "short")]);
        assert_eq!(records(&long), [Err((1, "truncated"))]);
        assert_eq!(
            records(&format!("{a}junk\r\njunk\r\n{b}")),
            [body(1, "a\r\n\r\njunk\r\njunk"), body(2, "b")]
                .map(|r| r.map(|(n, t)| (n, t.rsplit("\r\n\r\n").next().unwrap().to_owned())))
        );
        assert_eq!(records("WARC/1.0\r\nWARC-Type: resp"), [Err((1, "truncated"))]);
        assert_eq!(records(""), []);
    }

    #[test]
    fn every_truncation_ends() {
        let file = [record("response", None, "a"), record("resource", Some(9), "x"), record("response", None, "b")];
        let file = file.concat();
        for end in 0..file.len() {
            assert!(records(&file[..end]).len() <= 3);
        }
    }
}
