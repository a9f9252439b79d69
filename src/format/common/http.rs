//! An archived HTTP response: its head, its transfer and content encodings, and its document.
//!
//! Shared by WARC and ARC. Crawlers write bodies that do not match their head: already decoded, truncated, wrongly
//! labelled. So an encoding is decoded only if the bytes have it, and what was decoded before an error is used. (RFC
//! 9112 §6–7, RFC 9110 §8.4)

use std::io::Read;

use super::charset;
use super::embedded::Kind;
use crate::error::SkipReason;
use crate::format::{Context, RECORD_BYTES_MAX, Sink};

/// Maximum size of a head; real ones have a few kB.
pub(crate) const HEAD_BYTES_MAX: usize = 256 << 10;

/// Maximum number of nested content encodings; more are an attack.
const ENCODINGS_MAX: usize = 4;

/// Sends the article of an HTTP response to the sink; none if it has no document.
pub(crate) fn parse(message: &[u8], context: &Context<'_>, sink: &mut Sink<'_>) {
    let (head, body) = Head::split(message);
    let media_type = head.value("content-type");
    if let Some(kind) = kind_of(media_type, context.url, body).filter(|_| head.is_success()) {
        match decoded(&head, body) {
            Ok(bytes) => document(kind, bytes, media_type, context, sink),
            Err(reason) => sink(Err(reason)),
        }
    }
}

/// Whether a response has a document that [`parse`] reads.
pub(crate) fn holds_document(message: &[u8], url: &str) -> bool {
    let (head, body) = Head::split(message);
    head.is_success() && is_document(head.value("content-type"), url, body)
}

/// Whether a response has all bytes that its head states, whatever the archive says.
pub(crate) fn is_whole(message: &[u8]) -> bool {
    let (head, body) = Head::split(message);
    let stated = head.value("content-length").and_then(|length| length.parse::<usize>().ok());
    head.line.starts_with("HTTP/") && stated.is_some_and(|stated| stated <= body.len())
}

/// Whether bytes with this media type and URL are a document that [`resource`] reads.
pub(crate) fn is_document(media_type: Option<&str>, url: &str, bytes: &[u8]) -> bool {
    kind_of(media_type, Some(url), bytes).is_some()
}

/// Sends the article of a document whose media type is stated by the archive.
pub(crate) fn resource(bytes: &[u8], media_type: Option<&str>, context: &Context<'_>, sink: &mut Sink<'_>) {
    if let Some(kind) = kind_of(media_type, context.url, bytes) {
        document(kind, bytes.to_vec(), media_type, context, sink);
    }
}

fn document(kind: Kind, bytes: Vec<u8>, media_type: Option<&str>, context: &Context<'_>, sink: &mut Sink<'_>) {
    // The type may be stated for a whole site, so a signature in the bytes takes precedence.
    let kind = Kind::of_bytes(&bytes).unwrap_or(kind);
    if matches!(kind, Kind::Html | Kind::Text) && !charset::looks_like_text(&bytes[..bytes.len().min(1024)]) {
        return sink(Err(SkipReason::Binary));
    }
    let charset = media_type.and_then(charset_of);
    kind.parse(bytes, &Context { charset: charset.as_deref().or(context.charset), ..*context }, sink);
}

/// The kind of document in a response; images, scripts and data have none.
fn kind_of(media_type: Option<&str>, url: Option<&str>, body: &[u8]) -> Option<Kind> {
    let essence = media_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    match essence.to_ascii_lowercase().as_str() {
        "" | "unk" | "unknown" | "no-type" | "application/octet-stream" | "binary/octet-stream" => {
            Kind::of_bytes(body).or_else(|| url.and_then(Kind::of_name))
        }
        stated => Kind::of_media_type(stated),
    }
    // Careless servers send style sheets and scripts as text/plain.
    .filter(|&kind| kind != Kind::Text || !url.is_some_and(is_code))
}

fn is_code(url: &str) -> bool {
    let path = url.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    [".js", ".mjs", ".css", ".json", ".map", ".xml", ".svg"].iter().any(|end| path.ends_with(end))
        || path.ends_with("/robots.txt")
        || path.ends_with("/ads.txt")
}

fn charset_of(media_type: &str) -> Option<String> {
    media_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches(['"', '\'']);
        (name.trim().eq_ignore_ascii_case("charset") && !value.is_empty()).then(|| value.to_owned())
    })
}

/// The head of a message or of a record in an archive.
pub(crate) struct Head {
    /// The first line.
    line: String,
    /// Names in lower case with their values, in order.
    fields: Vec<(String, String)>,
}

impl Head {
    /// The head of a message, and what follows it. Without an empty line, all is head.
    pub(crate) fn split(message: &[u8]) -> (Self, &[u8]) {
        let (head, rest) = message.split_at(head_length(message).unwrap_or(message.len().min(HEAD_BYTES_MAX)));
        let head = String::from_utf8_lossy(head);
        let mut lines = head.lines();
        let line = lines.next().unwrap_or_default().to_owned();
        let mut fields: Vec<(String, String)> = Vec::new();
        for line in lines {
            match (line.split_once(':'), fields.last_mut()) {
                // A line that begins with a blank continues the previous one.
                (_, Some((_, value))) if line.starts_with([' ', '\t']) => value.extend([" ", line.trim()]),
                (Some((name, value)), _) => fields.push((name.trim().to_ascii_lowercase(), value.trim().to_owned())),
                _ => {}
            }
        }
        (Self { line, fields }, rest)
    }

    /// The first value of a field, named in lower case.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// Whether it is the head of a response with a document.
    fn is_success(&self) -> bool {
        let mut words = self.line.split_ascii_whitespace();
        words.next().is_some_and(|version| version.starts_with("HTTP/")) && words.next() == Some("200")
    }
}

/// Number of bytes up to and including the empty line that ends a head.
pub(crate) fn head_length(message: &[u8]) -> Option<usize> {
    let message = &message[..message.len().min(HEAD_BYTES_MAX)];
    memchr::memchr_iter(b'\n', message).find_map(|at| match &message[at + 1..] {
        [b'\n', ..] => Some(at + 2),
        [b'\r', b'\n', ..] => Some(at + 3),
        _ => None,
    })
}

/// The body before chunking and compression.
fn decoded(head: &Head, body: &[u8]) -> Result<Vec<u8>, SkipReason> {
    let chunked = head.value("transfer-encoding").is_some_and(|v| v.to_ascii_lowercase().contains("chunked"));
    let mut bytes = match chunked.then(|| unchunked(body)).flatten() {
        Some(joined) => joined,
        None => body.to_vec(),
    };
    let encodings = head.value("content-encoding").unwrap_or_default().to_ascii_lowercase();
    for encoding in encodings.split(',').rev().take(ENCODINGS_MAX) {
        bytes = match encoding.trim() {
            "gzip" | "x-gzip" if bytes.starts_with(&[0x1f, 0x8b]) => {
                unpacked(flate2::read::MultiGzDecoder::new(&bytes[..]))?.unwrap_or(bytes)
            }
            // The name is used for zlib streams and, wrongly, for raw deflate.
            "deflate" => match unpacked(flate2::read::ZlibDecoder::new(&bytes[..]))? {
                Some(plain) => plain,
                None => unpacked(flate2::read::DeflateDecoder::new(&bytes[..]))?.unwrap_or(bytes),
            },
            "br" => unpacked(brotli_decompressor::Decompressor::new(&bytes[..], 4096))?.unwrap_or(bytes),
            "zstd" if bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) => {
                match zstd::stream::read::Decoder::new(&bytes[..]) {
                    Ok(decoder) => unpacked(decoder)?.unwrap_or(bytes),
                    Err(_) => bytes,
                }
            }
            _ => bytes,
        };
    }
    Ok(bytes)
}

/// The output of a decoder up to its first error; `None` if it is empty.
fn unpacked(decoder: impl Read) -> Result<Option<Vec<u8>>, SkipReason> {
    let mut plain = Vec::new();
    let result = decoder.take(RECORD_BYTES_MAX as u64 + 1).read_to_end(&mut plain);
    if plain.len() > RECORD_BYTES_MAX {
        return Err(SkipReason::TooLarge { what: "the record", limit_bytes: RECORD_BYTES_MAX as u64 });
    }
    Ok((result.is_ok() || !plain.is_empty()).then_some(plain))
}

/// The joined chunks of a chunked body; `None` if it does not begin with a chunk. Anything after a broken chunk is
/// dropped.
fn unchunked(body: &[u8]) -> Option<Vec<u8>> {
    let mut joined = Vec::with_capacity(body.len());
    let (mut size, mut start) = chunk_head(body)?;
    let mut rest = body;
    loop {
        let end = start.saturating_add(size).min(rest.len());
        joined.extend_from_slice(&rest[start..end]);
        rest = &rest[end..];
        rest = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n")).unwrap_or(rest);
        (size, start) = match chunk_head(rest) {
            Some(next) if size > 0 => next,
            _ => return Some(joined),
        };
    }
}

/// The size of a chunk, and the start of its data.
fn chunk_head(bytes: &[u8]) -> Option<(usize, usize)> {
    let line_end = memchr::memchr(b'\n', &bytes[..bytes.len().min(256)])?;
    let line = std::str::from_utf8(&bytes[..line_end]).ok()?;
    let size = usize::from_str_radix(line.split(';').next()?.trim(), 16).ok()?;
    Some((size, line_end + 1))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn body_of(head: &str, body: &[u8]) -> Vec<u8> {
        let message = [format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n").as_bytes(), body].concat();
        let (head, body) = Head::split(&message);
        decoded(&head, body).unwrap()
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn encodings_that_the_bytes_have_are_decoded() {
        let packed = gzip(b"ferry");
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        zlib.write_all(b"ferry").unwrap();
        let mut bare = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        bare.write_all(b"ferry").unwrap();
        let zstd = zstd::stream::encode_all(&b"ferry"[..], 1).unwrap();
        // An uncompressed meta-block: 16-bit window, five bytes.
        let brotli = [0x0b, 0x02, 0x80, b'f', b'e', b'r', b'r', b'y', 0x03];
        let cases: &[(&str, &[u8])] = &[
            ("Content-Encoding: gzip", &packed),
            ("Content-Encoding: gzip", b"ferry"),
            ("Content-Encoding: deflate", &zlib.finish().unwrap()),
            ("Content-Encoding: deflate", &bare.finish().unwrap()),
            ("content-encoding: br", &brotli),
            ("content-encoding: ZSTD", &zstd),
            ("Transfer-Encoding: chunked", b"3\r\nfer\r\n2;x=y\r\nry\r\n0\r\n\r\n"),
            ("Transfer-Encoding: chunked", b"5\r\nferry"),
            ("Transfer-Encoding: chunked", b"ferry"),
            ("X: y", b"ferry"),
        ];
        for (head, body) in cases {
            assert_eq!(body_of(head, body), b"ferry", "{head}");
        }
    }

    #[test]
    fn truncated_gzip_gives_its_start() {
        let text: Vec<u8> = (0..20_000u32).flat_map(|n| n.to_string().into_bytes()).collect();
        let packed = gzip(&text);
        let body = body_of("Content-Encoding: gzip", &packed[..packed.len() - 20]);
        assert!(body.len() > 1000 && text.starts_with(&body));
    }

    #[test]
    fn only_documents_count() {
        assert_eq!(kind_of(Some("image/png"), None, b""), None);
        assert_eq!(kind_of(None, None, b"<html>"), Some(Kind::Html));
        assert_eq!(kind_of(Some("text/plain"), Some("https://a.example/x.js?v=1"), b""), None);
        assert_eq!(charset_of("text/html; a=b; Charset=\"koi8-r\""), Some("koi8-r".into()));
    }
}
