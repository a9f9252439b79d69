//! Reversible encoding of paths in the index and in locations.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Encodes a path as one word that needs no quotes in a shell or table. Separators become forward slashes. White space,
/// control characters, invisible and reordering characters, `%`, `#` and invalid UTF-8 become `%XX`. [`decode`]
/// reverses it.
pub fn encode(path: &Path) -> String {
    encoded(path, char::is_whitespace)
}

/// As [`encode`], but keeps blanks.
pub(super) fn encode_for_people(path: &Path) -> String {
    encoded(path, |c| c.is_whitespace() && c != ' ')
}

/// As [`encode`], for a path inside an archive.
pub(super) fn encode_inner(inner: &str) -> String {
    let mut text = String::new();
    push(&mut text, inner, false, char::is_whitespace);
    text
}

/// As [`encode_for_people`], for a path inside an archive.
pub(super) fn encode_inner_for_people(inner: &str) -> String {
    let mut text = String::new();
    push(&mut text, inner, false, |c| c.is_whitespace() && c != ' ');
    text
}

/// Decodes a path. Text that was never encoded is returned unchanged.
pub fn decode(encoded: &str) -> PathBuf {
    path_from_bytes(decode_bytes(encoded))
}

pub(super) fn decode_bytes(encoded: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = |b: &u8| char::from(*b).to_digit(16);
        match (first, tail) {
            (b'%', [high, low, tail @ ..]) if hex(high).is_some() && hex(low).is_some() => {
                bytes.push((hex(high).unwrap_or(0) * 16 + hex(low).unwrap_or(0)) as u8);
                rest = tail;
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    bytes
}

fn encoded(path: &Path, is_blank: fn(char) -> bool) -> String {
    let mut text = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        push(&mut text, chunk.valid(), cfg!(windows), is_blank);
        percent(&mut text, chunk.invalid());
    }
    text
}

fn push(text: &mut String, part: &str, backslash_separates: bool, is_blank: fn(char) -> bool) {
    for c in part.chars() {
        if is_blank(c) || c.is_control() || is_unseen(c) || matches!(c, '%' | '#') {
            percent(text, c.encode_utf8(&mut [0; 4]).as_bytes());
        } else if backslash_separates && c == '\\' {
            text.push('/');
        } else {
            text.push(c);
        }
    }
}

/// Whether a character is invisible or changes the order of text, so that it could not be typed again.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{180e}' | '\u{200b}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        || matches!(c, '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn percent(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        write!(text, "%{byte:02X}").expect("writing to a String cannot fail");
    }
}

#[cfg(unix)]
fn path_from_bytes(bytes: Vec<u8>) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    PathBuf::from(std::ffi::OsString::from_vec(bytes))
}

#[cfg(not(unix))]
fn path_from_bytes(bytes: Vec<u8>) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoded_paths_are_one_word_and_lead_back() {
        for (path, expected) in [
            ("news/2019/a.xml", "news/2019/a.xml"),
            ("my news/a#1 100%.zip", "my%20news/a%231%20100%25.zip"),
            ("tab\tnl\n\u{3000}\u{85}é", "tab%09nl%0A%E3%80%80%C2%85é"),
            ("a\u{202e}b\u{200d}c", "a%E2%80%AEb\u{200d}c"),
            ("caf%E9", "caf%25E9"),
        ] {
            assert_eq!(encode(Path::new(path)), expected);
            assert_eq!(decode(expected), Path::new(path));
            assert_eq!(decode(&encode_for_people(Path::new(path))), Path::new(path));
        }
        assert_eq!(encode_for_people(Path::new("my news/a#1")), "my news/a%231");
    }

    #[cfg(unix)]
    #[test]
    fn names_that_are_not_utf8_are_kept_apart() {
        use std::os::unix::ffi::OsStrExt;
        let path = Path::new(std::ffi::OsStr::from_bytes(b"caf\xE9/\xFF.txt"));
        assert_eq!(encode(path), "caf%E9/%FF.txt");
        assert_eq!(decode("caf%E9/%FF.txt"), path);
    }
}
