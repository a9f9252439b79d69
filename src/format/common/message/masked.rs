//! Hides nested messages from the MIME parser.
//!
//! The parser follows them to any depth, and copies the surrounding bytes for each: a small file could exhaust stack
//! and memory. So their types are renamed before parsing, which makes them attachments that `message` parses level by
//! level.

use std::borrow::Cow;

use mail_parser::{Message, MessagePart, MimeHeaders, PartType};
use memchr::{memchr2_iter, memrchr};

/// Subtypes of messages that contain messages (RFC 2046, section 5; RFC 6532), and the replacement of the same length,
/// which the parser does not know.
const SUBTYPES: [(&[u8; 6], &[u8; 6]); 3] = [(b"rfc822", b"x-mail"), (b"global", b"x-mail"), (b"digest", b"x-dgst")];

/// Number of bytes before a comment in which the start of the line is searched. Header lines have at most 998.
const LINE_BYTES_MAX: usize = 1000;

/// The bytes of a message with the types of nested messages renamed.
pub(crate) struct Masked<'a>(Cow<'a, [u8]>);

impl<'a> Masked<'a> {
    /// Renames the types wherever they occur as in a header.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        let mut masked = Cow::Borrowed(bytes);
        for at in memchr2_iter(b'/', b')', bytes) {
            let rest = &bytes[at + 1..];
            let blanks = rest.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
            let Some(word) = rest.get(blanks..blanks + 6) else { continue };
            let subtype = SUBTYPES.iter().find(|(subtype, _)| word.eq_ignore_ascii_case(*subtype));
            if let Some((_, mask)) = subtype.filter(|_| follows_a_type(&bytes[..at], bytes[at])) {
                let start = at + 1 + blanks;
                masked.to_mut()[start..start + 6].copy_from_slice(*mask);
            }
        }
        Self(masked)
    }

    /// The bytes to parse.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Whether a subtype after this character can be that of a message: a type precedes the slash, or a comment precedes
/// either in a possible header line.
fn follows_a_type(before: &[u8], sign: u8) -> bool {
    let before = before.trim_ascii_end();
    let ends = |word: &[u8]| {
        let tail = before.len().checked_sub(word.len()).and_then(|start| before.get(start..));
        tail.is_some_and(|tail| tail.eq_ignore_ascii_case(word))
    };
    if sign == b'/' && (ends(b"message") || ends(b"multipart")) {
        return true;
    }
    if sign == b'/' && !before.ends_with(b")") {
        return false;
    }
    let window = &before[before.len().saturating_sub(LINE_BYTES_MAX)..];
    let Some(end) = memrchr(b'\n', window) else { return true };
    let line = &window[end + 1..];
    let named = line.get(..12).is_some_and(|name| name.eq_ignore_ascii_case(b"content-type"));
    named || line.first().is_some_and(u8::is_ascii_whitespace)
}

/// Whether a part is a message.
pub(crate) fn is_message(part: &MessagePart<'_>) -> bool {
    part.content_type().is_some_and(|t| t.ctype() == "message" && t.subtype() == Some("x-mail"))
}

/// The parts that are messages because they are in a digest and state no type.
pub(crate) fn in_digests(message: &Message<'_>) -> Vec<u32> {
    let is_digest = |part: &MessagePart<'_>| {
        part.content_type().is_some_and(|t| t.ctype() == "multipart" && t.subtype() == Some("x-dgst"))
    };
    let mut found = Vec::new();
    for digest in message.parts.iter().filter(|part| is_digest(part)) {
        if let PartType::Multipart(parts) = &digest.body {
            let untyped = |id: &&u32| message.part(**id).is_some_and(|part| part.content_type().is_none());
            found.extend(parts.iter().filter(untyped));
        }
    }
    found.sort_unstable();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_types_of_headers_are_renamed() {
        for (text, expected) in [
            ("Content-Type: message/rfc822\n", "Content-Type: message/x-mail\n"),
            ("Content-Type: MESSAGE /\tGlobal;", "Content-Type: MESSAGE /\tx-mail;"),
            ("content-type: multipart/(a)digest", "content-type: multipart/(a)x-dgst"),
            ("Content-Type:\n message(a)/(b) rfc822", "Content-Type:\n message(a)/(b) x-mail"),
            ("https://a.example/global/digest", "https://a.example/global/digest"),
            ("\nThe market (and/or the new) global order", "\nThe market (and/or the new) global order"),
            ("message/partial", "message/partial"),
            ("message/rfc82", "message/rfc82"),
        ] {
            assert_eq!(String::from_utf8_lossy(Masked::new(text.as_bytes()).bytes()), expected);
        }
    }
}
