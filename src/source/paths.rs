//! How paths are displayed, and labels for the names of archive entries. No file access.

use std::fmt::Write as _;
use std::path::Path;

use super::limits::Limits;
use crate::error::SkipReason;

/// A path for display: UTF-8 unchanged, other bytes as `\xNN`. Control characters are left to the terminal output.
pub fn display_path(path: &Path) -> String {
    display_bytes(path.as_os_str().as_encoded_bytes())
}

/// Bytes as text, with invalid UTF-8 as `\xNN`.
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

/// How to treat the name of an archive entry.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum EntryName {
    /// Read the file under this path, with forward slashes.
    Take(String),
    /// Ignore it silently: a hidden file, or one that an operating system added.
    PassOver,
    /// Skip it. The name is shortened if necessary.
    Refuse(String, SkipReason),
}

/// Classifies the name of an archive entry. `backslash_separates`: some Windows tools write zip names with backslashes.
///
/// Nothing is ever written under such a name, but a name that leaves its archive would look like the path of another
/// file.
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
    let hidden = parts.iter().any(|part| part.starts_with('.'));
    if parts.is_empty() || hidden || parts[0] == "__MACOSX" || parts.ends_with(&[".DS_Store"]) {
        return EntryName::PassOver;
    }
    EntryName::Take(parts.join("/"))
}

/// Last part of a path with forward slashes.
pub(super) fn last_part(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn names_that_are_not_utf8_can_be_shown() {
        use std::os::unix::ffi::OsStrExt;
        let path = Path::new(std::ffi::OsStr::from_bytes(b"caf\xE9/\xFF.txt"));
        assert_eq!(display_path(path), "caf\\xE9/\\xFF.txt");
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
        let long = "é".repeat(5000);
        assert!(matches!(
            entry_name(&long, true, &Limits::default()),
            EntryName::Refuse(shown, SkipReason::TooLarge { .. }) if shown.len() < 100
        ));
    }
}
