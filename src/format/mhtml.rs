//! MHTML: a web page saved as one file with all that belongs to it (RFC 2557).
//!
//! Owns its recognition and the search for the page itself among its parts. `mail-parser`
//! decodes MIME, and `html` reads the page.

use mail_parser::{HeaderName, HeaderValue, Message, MimeHeaders, PartType};

use super::common::{dates, message, paragraphs, wire};
use super::{Certainty, Context, Format, Record, Sample, Sink, Split, html};
use crate::error::SkipReason;

/// Web pages saved as one file.
pub(super) const FORMAT: Format = Format {
    name: "mhtml",
    title: "saved web pages (MHTML)",
    extensions: &["mhtml", "mht"],
    version: 2,
    detect,
    split: Split::Whole,
    parse,
};

/// Number of bytes in which the header of a saved page names its kind.
const HEADER_BYTES_MAX: usize = 4 << 10;

fn detect(sample: &Sample<'_>) -> Certainty {
    let head = sample.head[..sample.head.len().min(HEADER_BYTES_MAX)].to_ascii_lowercase();
    let has = |word: &[u8]| memchr::memmem::find(&head, word).is_some();
    let named = FORMAT.extensions.contains(&sample.extension);
    let header = has(b"mime-version:") || has(b"content-type:");
    if header && has(b"multipart/related") && (has(b"snapshot-content-location:") || named) {
        Certainty::Certain
    } else if named && header {
        Certainty::Likely
    } else {
        Certainty::No
    }
}

fn parse(record: &Record, context: &Context<'_>, sink: &mut Sink<'_>) {
    let bytes = message::Masked::new(&record.bytes);
    let message = match message::read(&bytes, FORMAT.name) {
        Ok(message) => message,
        Err(reason) => return sink(Err(reason)),
    };
    let page = message.parts.iter().find_map(|part| match &part.body {
        PartType::Html(markup) => Some((markup, part.content_location())),
        _ => None,
    });
    let own = address(&message);
    let saved = message.date().filter(|date| date.is_valid()).and_then(|date| dates::parse(&date.to_rfc3339()));
    // The day of saving serves as the modification time of the page.
    let inner = |url| Context { url, modified: saved.map(|d| d.day).or(context.modified), charset: None, ..*context };
    let found = match page {
        Some((markup, location)) => {
            let url = own.as_deref().or(location.filter(|url| url.starts_with("http")));
            html::page(markup, &inner(url))
        }
        None => match message.text_bodies().next().map(|part| &part.body) {
            Some(PartType::Text(text)) => wire::plain(text, &inner(own.as_deref())),
            _ => Err(SkipReason::NoText),
        },
    };
    let subject = message.subject().map(paragraphs::one_line).unwrap_or_default();
    sink(found.map(|mut article| {
        if article.title.is_empty() {
            article.title = subject;
        }
        article
    }));
}

/// The URL that the browser wrote into the header.
fn address(message: &Message<'_>) -> Option<String> {
    let name = HeaderName::Other("Snapshot-Content-Location".into());
    match message.header(name) {
        Some(HeaderValue::Text(text)) => Some(text.trim().to_owned()),
        _ => message.content_location().map(|url| url.trim().to_owned()),
    }
    .filter(|url| url.starts_with("http"))
}
