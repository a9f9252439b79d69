//! How paths are written: for people, for identifiers, and the names of archive entries as labels. No file
//! is touched here.

use std::fmt::Write as _;
use std::path::Path;

use super::limits::Limits;
use crate::error::SkipReason;

/// The path for people: what is UTF-8 as it is, other bytes as `\xNN`. Control characters are left to whoever
/// writes it to a terminal.
pub fn display_path(path: &Path) -> String {
    display_bytes(path.as_os_str().as_encoded_bytes())
}

/// The path for identifiers, one word that a shell or a table takes unquoted: forward slashes; white space,
/// control characters, what reorders text or is not seen, `%`, `#` and bytes that are not UTF-8 as `%XX`; the path
/// inside an archive, when it is not empty, after `!/`.
pub fn id_path(path: &Path, inner: &str) -> String {
    let mut id = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        push_id(&mut id, chunk.valid(), cfg!(windows));
        percent(&mut id, chunk.invalid());
    }
    if !inner.is_empty() {
        id.push_str("!/");
        push_id(&mut id, inner, false);
    }
    id
}

fn push_id(id: &mut String, text: &str, backslash_separates: bool) {
    for c in text.chars() {
        if c.is_whitespace() || c.is_control() || is_unseen(c) || matches!(c, '%' | '#') {
            percent(id, c.encode_utf8(&mut [0; 4]).as_bytes());
        } else if backslash_separates && c == '\\' {
            id.push('/');
        } else {
            id.push(c);
        }
    }
}

/// Whether a character reorders what follows it or takes no place and shapes nothing: it could not be typed again.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{180e}' | '\u{200b}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        || matches!(c, '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn percent(id: &mut String, bytes: &[u8]) {
    for byte in bytes {
        write!(id, "%{byte:02X}").expect("writing to a String cannot fail");
    }
}

/// Bytes as text, those that are not UTF-8 as `\xNN`.
pub(super) fn display_bytes(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            write!(text, "\\x{byte:02X}").expect("writing to a String cannot fail");
        }
    }
    text
}

/// What an archive entry's name means for us.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum EntryName {
    /// A file to be read, under this path with forward slashes.
    Take(String),
    /// Hidden, or an operating system's own: passed over without a word, as in a folder.
    PassOver,
    /// Not to be read, with the name as far as it can be shown.
    Refuse(String, SkipReason),
}

/// Judges an entry's name. `backslash_separates`: some Windows tools write zip names so.
///
/// Nothing is ever written under such a name, but a name that climbs out of its archive is no label either:
/// it would read like another file's path.
pub(super) fn entry_name(name: &str, backslash_separates: bool, limits: &Limits) -> EntryName {
    if name.len() > limits.name_bytes_max {
        let shown = name.char_indices().map(|(at, _)| at).take_while(|at| *at <= 80).last().unwrap_or(0);
        let reason = SkipReason::TooLarge { what: "the entry's name", limit_bytes: limits.name_bytes_max as u64 };
        return EntryName::Refuse(format!("{}…", &name[..shown]), reason);
    }
    let separates = |c: char| c == '/' || (backslash_separates && c == '\\');
    let drive = matches!(name.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic())
        && name.chars().nth(2).is_none_or(|c| matches!(c, '/' | '\\'));
    if name.starts_with(separates) || drive || name.split(separates).any(|part| part == "..") {
        return EntryName::Refuse(name.to_owned(), SkipReason::UnsafePath);
    }
    let parts: Vec<&str> = name.split(separates).filter(|part| !matches!(*part, "" | ".")).collect();
    let hidden = !limits.hidden && parts.iter().any(|part| part.starts_with('.'));
    if parts.is_empty() || hidden || parts[0] == "__MACOSX" || parts.ends_with(&[".DS_Store"]) {
        return EntryName::PassOver;
    }
    EntryName::Take(parts.join("/"))
}

/// The last part of a path with forward slashes.
pub(super) fn last_part(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The extension of a file name in lower case, empty when there is none.
pub(super) fn extension(name: &str) -> String {
    name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_paths_are_one_word_and_tell_paths_apart() {
        for (path, inner, expected) in [
            ("news/2019/a.xml", "", "news/2019/a.xml"),
            ("my news/a#1 100%.zip", "b c/d.txt", "my%20news/a%231%20100%25.zip!/b%20c/d.txt"),
            ("tab\tnl\n\u{3000}\u{85}é", "", "tab%09nl%0A%E3%80%80%C2%85é"),
            ("a\u{202e}b\u{200d}c", "\u{2066}", "a%E2%80%AEb\u{200d}c!/%E2%81%A6"),
        ] {
            assert_eq!(id_path(Path::new(path), inner), expected);
        }
    }

    #[cfg(unix)]
    #[test]
    fn names_that_are_not_utf8_are_kept_apart() {
        use std::os::unix::ffi::OsStrExt;
        let path = Path::new(std::ffi::OsStr::from_bytes(b"caf\xE9/\xFF.txt"));
        assert_eq!(display_path(path), "caf\\xE9/\\xFF.txt");
        assert_eq!(id_path(path, ""), "caf%E9/%FF.txt");
    }

    #[test]
    fn entry_names() {
        let take = |name: &str| EntryName::Take(name.into());
        let unsafe_path = |name: &str| EntryName::Refuse(name.into(), SkipReason::UnsafePath);
        for (name, expected) in [
            ("2019/03/a.xml", take("2019/03/a.xml")),
            ("./a//./b.txt", take("a/b.txt")),
            ("a\\b.txt", take("a/b.txt")),
            ("c: a tale.txt", take("c: a tale.txt")),
            ("a..b.txt", take("a..b.txt")),
            ("../a.txt", unsafe_path("../a.txt")),
            ("a/../../b", unsafe_path("a/../../b")),
            ("a\\..\\b", unsafe_path("a\\..\\b")),
            ("/etc/passwd", unsafe_path("/etc/passwd")),
            ("C:\\a.txt", unsafe_path("C:\\a.txt")),
            ("__MACOSX/a.txt", EntryName::PassOver),
            ("a/.DS_Store", EntryName::PassOver),
            (".git/config", EntryName::PassOver),
            ("./", EntryName::PassOver),
            ("", EntryName::PassOver),
        ] {
            assert_eq!(entry_name(name, true, &Limits::default()), expected, "{name}");
        }
        assert_eq!(entry_name(".a/b", true, &Limits { hidden: true, ..Limits::default() }), take(".a/b"));
        let long = "é".repeat(5000);
        assert!(matches!(
            entry_name(&long, true, &Limits::default()),
            EntryName::Refuse(shown, SkipReason::TooLarge { .. }) if shown.len() < 100
        ));
    }
}
