//! Single mail messages: `.eml`, Apple's `.emlx`, and files of Maildir and MH folders, which have no extension.
//!
//! Recognises them by their header. The message is parsed in `message`.

use super::common::message::{self, Look};
use super::{Certainty, Context, Format, Record, Sample, Sink, Split};

/// Single mail messages.
pub(super) const FORMAT: Format = Format {
    name: "eml",
    title: "mail messages (.eml, .emlx, Maildir)",
    extensions: &["eml", "emlx"],
    version: 3,
    detect,
    split: Split::Whole,
    parse,
};

fn detect(sample: &Sample<'_>) -> Certainty {
    match message::look(without_count(sample.head)) {
        Look::Sure => Certainty::Certain,
        Look::Plausible => Certainty::Likely,
        Look::None => Certainty::No,
    }
}

fn parse(record: &Record, context: &Context<'_>, sink: &mut Sink<'_>) {
    message::parse(without_count(&record.bytes), FORMAT.name, context, sink);
}

/// The message without Apple Mail's first line, which has its length, and without the property list after it.
fn without_count(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let Some(end) = memchr::memchr(b'\n', &bytes[..bytes.len().min(20)]) else {
        return bytes;
    };
    let count = std::str::from_utf8(&bytes[..end]).ok().and_then(|line| line.trim().parse::<usize>().ok());
    match count {
        Some(count) => {
            let rest = &bytes[end + 1..];
            &rest[..rest.len().min(count)]
        }
        None => bytes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apple_mail_counts_its_bytes() {
        assert_eq!(without_count(b"11  \nFrom: a\n\nhi<?xml"), b"From: a\n\nhi");
        assert_eq!(without_count(b"99\nFrom"), b"From");
        assert_eq!(without_count(b"From: 1\n"), b"From: 1\n");
    }
}
