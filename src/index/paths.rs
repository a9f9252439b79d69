//! Absolute and relative paths.

use std::fs;
use std::path::{Component, Path, PathBuf};

/// The deepest folder that contains all sources; for a single file, its parent.
pub(super) fn common_folder(start: &Path, sources: &[PathBuf]) -> PathBuf {
    let mut common: Option<PathBuf> = None;
    for source in sources {
        let path = absolute(start, source);
        let folder = if path.is_dir() { path } else { path.parent().map(Path::to_owned).unwrap_or_default() };
        common = Some(match common {
            None => folder,
            Some(before) => {
                before.components().zip(folder.components()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect()
            }
        });
    }
    common.unwrap_or_else(|| absolute(start, Path::new(".")))
}

pub(super) fn absolute(start: &Path, path: &Path) -> PathBuf {
    let joined = start.join(path);
    fs::canonicalize(&joined).unwrap_or_else(|_| normalise(&joined))
}

/// The path without `.` and `..`, as far as this is possible without file access.
pub(super) fn normalise(path: &Path) -> PathBuf {
    let mut parts = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if parts.file_name().is_some() => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts
}

/// The path `to` relative to the folder `from`; both are absolute.
pub(super) fn relative(from: &Path, to: &Path) -> PathBuf {
    let shared = from.components().zip(to.components()).take_while(|(a, b)| a == b).count();
    let up = from.components().skip(shared).map(|_| Component::ParentDir);
    up.chain(to.components().skip(shared)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_paths_lead_back() {
        for (from, to, expected) in [
            ("/a/b", "/a/b/c", "c"),
            ("/a/b/.nutgraf", "/a/b", ".."),
            ("/x/index", "/a/b", "../../a/b"),
            ("/a", "/a", ""),
        ] {
            assert_eq!(relative(Path::new(from), Path::new(to)), Path::new(expected));
            assert_eq!(normalise(&Path::new(from).join(expected)), Path::new(to));
        }
    }
}
