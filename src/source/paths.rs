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

/// The path to read an archive entry under, with forward slashes; `None` for hidden files and those added by an operating
/// system. `backslash_separates`: some Windows tools write zip names with backslashes.
///
/// Nothing is ever written under such a name, but a name that leaves its archive would look like the path of another
/// file.
///
/// # Errors
/// The name, shortened if necessary, and the reason to skip the entry.
pub(super) fn entry_name(
    name: &str,
    backslash_separates: bool,
    limits: &Limits,
) -> Result<Option<String>, (String, SkipReason)> {
    if name.len() > limits.name_bytes_max {
        let reason = SkipReason::TooLarge { what: "the entry's name", limit_bytes: limits.name_bytes_max as u64 };
        return Err((format!("{}…", &name[..name.floor_char_boundary(80)]), reason));
    }
    let separates = |c: char| c == '/' || (backslash_separates && c == '\\');
    let drive = matches!(name.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic())
        && name.chars().nth(2).is_none_or(|c| matches!(c, '/' | '\\'));
    if name.starts_with(separates) || drive || name.split(separates).any(|part| part == "..") {
        return Err((name.to_owned(), SkipReason::UnsafePath));
    }
    let parts: Vec<&str> = name.split(separates).filter(|part| !matches!(*part, "" | ".")).collect();
    let is_unwanted = parts.first().is_none_or(|part| *part == "__MACOSX") || parts.iter().any(|p| p.starts_with('.'));
    Ok((!is_unwanted).then(|| parts.join("/")))
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
        let take = |name: &str| Ok(Some(name.to_owned()));
        let unsafe_path = |name: &str| Err((name.to_owned(), SkipReason::UnsafePath));
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
            ("__MACOSX/a.txt", Ok(None)),
            ("a/.DS_Store", Ok(None)),
            (".git/config", Ok(None)),
            ("./", Ok(None)),
            ("", Ok(None)),
        ] {
            assert_eq!(entry_name(name, true, &Limits::default()), expected, "{name}");
        }
        let long = "é".repeat(5000);
        assert!(matches!(
            entry_name(&long, true, &Limits::default()),
            Err((shown, SkipReason::TooLarge { .. })) if shown.len() < 100
        ));
    }
}
