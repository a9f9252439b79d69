//! Characters of XML: charsets, entities and attributes.

use std::borrow::Cow;

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};
use quick_xml::escape::resolve_html5_entity;

use crate::format::common::charset;

/// Maximum number of attributes of an element that are examined.
const ATTRIBUTES_MAX: usize = 256;
/// Maximum length of an entity name; longer ones are text.
const ENTITY_BYTES_MAX: usize = 40;

/// The name without its prefix.
pub(crate) fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// Names and raw values of the attributes in a tag, parsed leniently.
pub(crate) fn attributes(rest: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = rest;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if rest.is_empty() {
            return None;
        }
        let end = rest.find(|c: char| c.is_ascii_whitespace() || c == '=').unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let Some(value) = after.trim_start().strip_prefix('=') else {
            rest = after;
            return Some((name, ""));
        };
        let value = value.trim_start();
        let (value, after) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
            _ => value.split_at(value.find(|c: char| c.is_ascii_whitespace()).unwrap_or(value.len())),
        };
        rest = after;
        Some((name, value))
    })
    .take(ATTRIBUTES_MAX)
}

/// Resolves the entities in a text: the five of XML, numeric ones, and those of HTML.
pub(crate) fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let window = after.as_bytes().get(..ENTITY_BYTES_MAX).unwrap_or(after.as_bytes());
        let found = memchr::memchr(b';', window).and_then(|end| Some((resolve(after.get(..end)?)?, end)));
        match found {
            Some((character, end)) => {
                out.push_str(&character);
                rest = &after[end + 1..];
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The text of an entity from what is between `&` and `;`. Numbers 128 to 159 are Windows-1252, which is what they mean
/// in practice; control characters are dropped.
pub(crate) fn resolve(name: &str) -> Option<Cow<'static, str>> {
    let Some(number) = name.strip_prefix('#') else {
        let in_capitals = || ["amp", "lt", "gt", "quot", "apos"].into_iter().find(|l| name.eq_ignore_ascii_case(l));
        return resolve_html5_entity(name).or_else(|| resolve_html5_entity(in_capitals()?)).map(Cow::Borrowed);
    };
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => number.parse(),
    }
    .ok()?;
    let character = match u8::try_from(code) {
        Ok(byte @ 0x80..=0x9f) => {
            return Some(Cow::Owned(WINDOWS_1252.decode_without_bom_handling(&[byte]).0.into_owned()));
        }
        _ => char::from_u32(code)?,
    };
    let control = character.is_control() && !matches!(character, '\t' | '\n' | '\r');
    Some(if control { Cow::Borrowed("") } else { Cow::Owned(character.to_string()) })
}

/// Decodes XML: by byte order mark, the pattern of the first characters (XML 1.0, appendix F), the transport, the
/// declaration, or detection.
pub(crate) fn decode<'a>(bytes: &'a [u8], stated: Option<&str>) -> Cow<'a, str> {
    let head = [0, 1, 2, 3].map(|i| bytes.get(i).copied().unwrap_or(b' '));
    match head {
        [0, 0, 0xfe, 0xff] | [0, 0, 0, _] => Cow::Owned(utf32(bytes, u32::from_be_bytes)),
        [0xff, 0xfe, 0, 0] | [_, 0, 0, 0] => Cow::Owned(utf32(bytes, u32::from_le_bytes)),
        [0, _, 0, _] => UTF_16BE.decode_without_bom_handling(bytes).0,
        [0x01..=0x7f, 0, _, 0] => UTF_16LE.decode_without_bom_handling(bytes).0,
        _ => {
            // A declaration that can be read bytewise cannot be in the wide charset that it names.
            let declared = declared_charset(bytes).filter(|name| !name.to_ascii_lowercase().starts_with("utf-16"));
            charset::decode(bytes, stated, declared)
        }
    }
}

fn utf32(bytes: &[u8], number: fn([u8; 4]) -> u32) -> String {
    let (characters, _) = bytes.as_chunks::<4>();
    characters
        .iter()
        .map(|&c| char::from_u32(number(c)).unwrap_or(char::REPLACEMENT_CHARACTER))
        .filter(|c| *c != '\u{feff}')
        .collect()
}

/// The charset in an XML declaration.
fn declared_charset(bytes: &[u8]) -> Option<&str> {
    let start = bytes.iter().position(|b| !b.is_ascii_whitespace()).filter(|&i| i < 64)?;
    let head = bytes.get(start..)?.strip_prefix(b"<?xml")?;
    let end = memchr::memchr(b'>', head.get(..512).unwrap_or(head))?;
    let declaration = std::str::from_utf8(head.get(..end)?).ok()?;
    attributes(declaration).find(|(name, _)| *name == "encoding").map(|(_, value)| value)
}
