//! The list of archive folders: their names, reading options, and which file belongs to which.
//!
//! The list is in the manifest, which is written atomically and only while holding the lock. It exists before the first
//! commit, survives a rebuild, and can be read in any format version. Documents refer to a folder by its number, which
//! is never reused. A folder is listed before its first article is written, and removed from the list before its
//! articles are deleted. If the process is killed in between, the next run deletes the articles of unlisted folders.
//!
//! Folders may be nested, and may be added in any order. A file belongs to the innermost folder. A folder that is added
//! around others takes over those that are read with the same options: they keep their numbers, but are shown as parts of
//! it, as long as they are there.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::key::{decode, encode, encode_for_people, encode_inner, encode_inner_for_people};
use super::paths::{absolute, common_folder, normalise, relative};

/// The reading options of a folder.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reading {
    /// Include hidden files.
    pub hidden: bool,
    /// Include what `.nutgrafignore` excludes.
    pub no_ignore: bool,
    /// Follow symbolic links.
    pub follow_links: bool,
    /// Format of every file.
    pub format: Option<String>,
    /// `FIELD=NAME`: names of JSON and table fields.
    pub map: Vec<String>,
    /// `EXT=COMMAND`: programs that extract text.
    pub extract: Vec<String>,
}

/// A folder or file of the archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Folder {
    /// Its number, which begins the keys of its files.
    pub number: u32,
    /// Prefix of the ids of its articles, encoded; empty if the folder was indexed alone.
    pub name: String,
    /// Path relative to the index folder, encoded, so that index and archive can move together.
    relative: String,
    /// Absolute path, encoded; used if the relative path does not exist.
    absolute: String,
    /// Reading options.
    #[serde(default)]
    pub reading: Reading,
    /// Time of the last refresh, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refreshed: Option<i64>,
    /// Current absolute path; empty for a folder of a bundle that is not on this machine.
    #[serde(skip)]
    pub path: PathBuf,
}

/// The list of folders.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Folders {
    /// Folders by number.
    list: Vec<Folder>,
    /// Number of the next folder.
    next: u32,
}

/// A folder of the list, or part of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Number of the folder.
    pub folder: u32,
    /// Path below the folder; empty for the whole folder.
    pub scope: PathBuf,
}

impl Folder {
    /// Whether its path has changed since it was listed.
    pub fn has_moved(&self) -> bool {
        self.path != decode(&self.absolute)
    }

    /// The key of a file below the folder.
    pub fn key(&self, below: &Path) -> String {
        format!("{}/{}", self.number, encode(below))
    }

    /// The path of a file below the folder, from its key.
    pub fn below(&self, key: &str) -> PathBuf {
        decode(key.split_once('/').map_or("", |(_, below)| below))
    }

    /// Its absolute path, or for a folder of a bundle, its original path.
    fn last_path(&self) -> PathBuf {
        if self.path.as_os_str().is_empty() { decode(&self.absolute) } else { self.path.clone() }
    }

    /// Sets its path, for an index at `index`.
    fn place(&mut self, index: &Path, path: PathBuf) {
        self.relative = encode(&relative(index, &path));
        self.absolute = encode(&path);
        self.path = path;
    }

    fn resolve(&mut self, index: &Path, is_bundled: bool) {
        let (moved, before) = (normalise(&index.join(decode(&self.relative))), decode(&self.absolute));
        self.path = match () {
            () if is_bundled && !before.exists() => PathBuf::new(),
            () if !is_bundled && moved.exists() => moved,
            () => before,
        };
    }
}

impl Folders {
    /// A list of only these files and folders. `reading` gives the options for each path.
    pub(super) fn of(index: &Path, paths: &[PathBuf], reading: impl Fn(&Path) -> Reading) -> Self {
        let mut folders = Self::default();
        let root = common_folder(Path::new(""), paths);
        for path in paths {
            folders.add(index, path, Some(encode(&relative(&root, path))), reading(path));
        }
        folders
    }

    /// Locates the folders, for an index at `index`.
    pub(super) fn resolve(&mut self, index: &Path, is_bundled: bool) {
        self.list.iter_mut().for_each(|folder| folder.resolve(index, is_bundled));
        // A folder that is nowhere is looked for where the one around it is.
        for at in 0..self.list.len() {
            let before = decode(&self.list[at].absolute);
            if is_bundled || self.list[at].path.exists() {
                continue;
            }
            let around = self.list.iter().filter_map(|outer| {
                let below =
                    before.strip_prefix(decode(&outer.absolute)).ok().filter(|below| *below != Path::new(""))?;
                Some((outer.absolute.len(), outer.path.join(below)))
            });
            if let Some((_, path)) = around.max() {
                self.list[at].path = path;
            }
        }
    }

    /// Stores the current paths of the folders.
    pub(super) fn settle(&mut self, index: &Path) {
        for folder in self.list.iter_mut().filter(|folder| !folder.path.as_os_str().is_empty()) {
            folder.place(index, folder.path.clone());
        }
    }

    /// All folders, by number.
    pub fn iter(&self) -> std::slice::Iter<'_, Folder> {
        self.list.iter()
    }

    /// The folder with this number.
    pub fn get(&self, number: u32) -> Option<&Folder> {
        self.list.binary_search_by_key(&number, |folder| folder.number).ok().map(|at| &self.list[at])
    }

    /// The folder at this path.
    pub fn at(&self, path: &Path) -> Option<&Folder> {
        self.list.iter().find(|folder| folder.last_path() == path)
    }

    /// Folders at or inside a path.
    pub fn within<'a>(&'a self, path: &'a Path) -> impl Iterator<Item = &'a Folder> {
        self.list.iter().filter(move |folder| folder.last_path().starts_with(path))
    }

    /// The innermost folder that contains an absolute path, and the path below it.
    pub fn around(&self, path: &Path) -> Option<(&Folder, PathBuf)> {
        let around = |folder: &&Folder| !folder.path.as_os_str().is_empty() && path.starts_with(&folder.path);
        let folder = self.list.iter().filter(around).max_by_key(|folder| folder.path.as_os_str().len())?;
        Some((folder, path.strip_prefix(&folder.path).ok()?.to_owned()))
    }

    /// The folder that a folder is a part of: the outermost around it that is read in the same way. A folder that is not
    /// there is no part, since its articles are kept.
    pub fn owner<'a>(&'a self, folder: &'a Folder) -> &'a Folder {
        if !folder.path.exists() {
            return folder;
        }
        let outer = folder.path.parent().and_then(|path| self.around(path)).map(|(outer, _)| outer);
        let takes_over = |outer: &&Folder| {
            let below = folder.path.strip_prefix(&outer.path);
            outer.reading == folder.reading && below.is_ok_and(|below| is_reached(outer, below))
        };
        outer.filter(takes_over).map_or(folder, |outer| self.owner(outer))
    }

    /// Whether a folder is not part of another.
    pub fn is_owner(&self, folder: &Folder) -> bool {
        self.owner(folder).number == folder.number
    }

    /// The folder of a key, and the rest of the key.
    pub fn of_key<'k>(&self, key: &'k str) -> Option<(&Folder, &'k str)> {
        let (number, rest) = key.split_once('/')?;
        Some((self.get(number.parse().ok()?)?, rest))
    }

    /// The path of a file for display: relative if it is below `here`, otherwise absolute. For a bundle whose archive
    /// is not on this machine, the path inside the archive.
    pub fn shown(&self, key: &str, here: &Path) -> PathBuf {
        let Some((folder, rest)) = self.of_key(key) else { return decode(key) };
        let below = decode(rest);
        let path = match (folder.path.as_os_str().is_empty(), rest) {
            (true, "") => folder.last_path().file_name().map(PathBuf::from).unwrap_or_default(),
            (true, _) => decode(&folder.name).join(below),
            (false, "") => folder.path.clone(),
            (false, _) => folder.path.join(below),
        };
        path.strip_prefix(here).map(Path::to_owned).unwrap_or(path)
    }

    /// The id of an article whose record has none: its location, beginning with the name of the folder.
    pub fn id(&self, key: &str, inner: &str, record: u64, part: u64) -> String {
        let mut id = match self.of_key(key) {
            Some((folder, rest)) if !folder.name.is_empty() && !rest.is_empty() => format!("{}/{rest}", folder.name),
            Some((folder, "")) => folder.name.clone(),
            Some((_, rest)) => rest.to_owned(),
            None => key.to_owned(),
        };
        if !inner.is_empty() {
            id += "!/";
            id += &encode_inner(inner);
        }
        id + &numbered(record, part)
    }

    /// The location of an article or skip, as seen from `here`.
    pub fn location(&self, here: &Path, key: &str, inner: &str, record: u64, part: u64) -> String {
        let mut location = encode_for_people(&self.shown(key, here));
        if !inner.is_empty() {
            location += "!/";
            location += &encode_inner_for_people(inner);
        }
        location + &numbered(record, part)
    }

    /// The keys whose path, including the name of the folder, contains a text: pairs of a key prefix and the text that
    /// must follow somewhere.
    pub fn keys_with(&self, text: &str) -> Vec<(String, String)> {
        let text = encode(&decode(text));
        let mut keys = Vec::new();
        for folder in &self.list {
            let start = format!("{}/", folder.number);
            let own = folder.path.file_name().map(|name| encode(Path::new(name)) + "/").unwrap_or_default();
            if own.contains(&text) || own.trim_end_matches('/').contains(&text) {
                keys.push((start, String::new()));
                continue;
            }
            // The text may begin in the folder name and end below.
            let ends = own.char_indices().map(|(at, _)| &own[at..]);
            keys.extend(ends.filter_map(|end| Some((format!("{start}{}", text.strip_prefix(end)?), String::new()))));
            keys.push((start, text.clone()));
        }
        keys
    }

    /// Adds paths to the list, and returns what they refer to. A path inside a listed folder refers to a part of it,
    /// unless it has other reading options; then it becomes a folder of its own. Paths that neither exist as a folder
    /// or regular file nor are listed are returned separately.
    pub(super) fn enlist(
        &mut self,
        index: &Path,
        start: &Path,
        paths: &[PathBuf],
        reading: Option<&Reading>,
    ) -> (Vec<Target>, Vec<PathBuf>) {
        if paths.is_empty() {
            return (
                self.list.iter().map(|f| Target { folder: f.number, scope: PathBuf::new() }).collect(),
                Vec::new(),
            );
        }
        let (there, gone): (Vec<&PathBuf>, Vec<&PathBuf>) = paths.iter().partition(|path| {
            let path = start.join(path);
            path.is_dir() || path.is_file()
        });
        let (mut targets, mut missing) = (Vec::new(), Vec::new());
        for path in gone {
            match self.at(&normalise(&start.join(path))) {
                Some(folder) => targets.push(Target { folder: folder.number, scope: PathBuf::new() }),
                None => missing.push(path.clone()),
            }
        }
        let mut real: Vec<PathBuf> = there.iter().map(|path| absolute(start, path)).collect();
        // Sort folders before their contents.
        real.sort();
        real.dedup();
        let root = self.list.is_empty().then(|| common_folder(start, &real));
        for path in &real {
            targets.push(match self.around(path) {
                Some((folder, scope)) if reading.is_none_or(|r| *r == folder.reading) && is_reached(folder, &scope) => {
                    Target { folder: folder.number, scope }
                }
                Some((folder, scope)) if scope.as_os_str().is_empty() => {
                    let number = folder.number;
                    self.set_reading(number, reading);
                    Target { folder: number, scope }
                }
                _ => {
                    let name = root.as_ref().map(|root| encode(&relative(root, path)));
                    let number = self.add(index, path, name, reading.cloned().unwrap_or_default());
                    Target { folder: number, scope: PathBuf::new() }
                }
            });
        }
        (targets, missing)
    }

    /// Sets the options of a folder and its parts.
    fn set_reading(&mut self, number: u32, reading: Option<&Reading>) {
        let (Some(Folder { path, reading: before, .. }), Some(reading)) = (self.get(number).cloned(), reading) else {
            return;
        };
        for folder in self.list.iter_mut().filter(|part| part.path.starts_with(&path) && part.reading == before) {
            folder.reading = reading.clone();
        }
    }

    /// Adds a path to the list under a unique name. Returns its number.
    fn add(&mut self, index: &Path, path: &Path, name: Option<String>, reading: Reading) -> u32 {
        let name = name.unwrap_or_else(|| self.name_for(path));
        self.next += 1;
        let (relative, absolute) = (String::new(), String::new());
        let mut folder =
            Folder { number: self.next, name, relative, absolute, reading, refreshed: None, path: PathBuf::new() };
        folder.place(index, path.to_owned());
        self.list.push(folder);
        self.next
    }

    fn name_for(&self, path: &Path) -> String {
        if let Some((folder, below)) = self.around(path) {
            return encode(&decode(&folder.name).join(below));
        }
        let name = encode(Path::new(path.file_name().unwrap_or_default()));
        let is_free = |name: &String| self.list.iter().all(|folder| folder.name != *name);
        let others = (2..).map(|n: u32| format!("{name}-{n}"));
        std::iter::once(name.clone()).chain(others).find(is_free).unwrap_or(name)
    }

    /// Removes all folders at or inside a path. Returns their numbers.
    pub(super) fn remove(&mut self, path: &Path) -> Vec<u32> {
        let gone: Vec<u32> = self.within(path).map(|folder| folder.number).collect();
        self.list.retain(|folder| !gone.contains(&folder.number));
        gone
    }

    /// Replaces the path `old` by `new`. Returns the number of folders affected.
    pub(super) fn move_to(&mut self, index: &Path, old: &Path, new: &Path) -> usize {
        let mut count = 0;
        for folder in &mut self.list {
            if let Ok(below) = folder.last_path().strip_prefix(old) {
                let path = if below.as_os_str().is_empty() { new.to_owned() } else { new.join(below) };
                folder.place(index, path);
                count += 1;
            }
        }
        count
    }

    /// Stores the time of the last refresh.
    pub(super) fn set_refreshed(&mut self, numbers: &[u32], at: i64) {
        for folder in self.list.iter_mut().filter(|folder| numbers.contains(&folder.number)) {
            folder.refreshed = Some(at);
        }
    }
}

/// Whether walking the folder reaches this path.
fn is_reached(folder: &Folder, scope: &Path) -> bool {
    folder.reading.hidden || !scope.iter().any(|part| part.as_encoded_bytes().starts_with(b"."))
}

/// The record suffix of a location; empty for the only article of a file.
fn numbered(record: u64, part: u64) -> String {
    match (record, part) {
        (0, _) => String::new(),
        (_, 0) => format!("#{record}"),
        _ => format!("#{record}.{part}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(paths: &[&str]) -> Folders {
        let mut folders = Folders::default();
        for path in paths {
            folders.add(Path::new("/a/.nutgraf"), Path::new(path), None, Reading::default());
        }
        folders
    }

    #[test]
    fn a_file_belongs_to_the_innermost_folder() {
        let folders = listed(&["/a/b/c", "/a", "/a/b/d.txt"]);
        for (path, key) in [("/a/x", "2/x"), ("/a/b/c/x y", "1/x%20y"), ("/a/b/d.txt", "3/"), ("/a/b/e", "2/b/e")] {
            let (folder, below) = folders.around(Path::new(path)).expect("it is in one");
            assert_eq!(folder.key(&below), key);
            assert_eq!(folders.shown(key, Path::new("/")), Path::new(path).strip_prefix("/").expect("absolute"));
        }
        assert_eq!(folders.around(Path::new("/ab")), None);
        assert_eq!(folders.shown("1/x", Path::new("/a/b/c")), Path::new("x"));
        assert_eq!(folders.shown("1/x", Path::new("/a/b/other")), Path::new("/a/b/c/x"));
    }

    #[test]
    fn numbers_and_names_are_not_given_twice() {
        let mut folders = listed(&["/a/2023", "/b/2023"]);
        assert_eq!(folders.remove(Path::new("/b")), [2]);
        folders.add(Path::new("/i"), Path::new("/c/2023"), None, Reading::default());
        let names: Vec<_> = folders.iter().map(|f| (f.number, f.name.as_str())).collect();
        assert_eq!(names, [(1, "2023"), (3, "2023-2")]);
        assert_eq!(folders.id("3/x", "in ner", 4, 0), "2023-2/x!/in%20ner#4");
        assert_eq!(folders.id("1/", "", 0, 0), "2023");
        assert_eq!(folders.location(Path::new("/c"), "3/x y", "", 4, 2), "2023/x y#4.2");
    }

    #[test]
    fn an_archive_that_moved_is_told() {
        let mut folders = listed(&["/a/2023", "/a/2024", "/ab"]);
        assert_eq!(folders.move_to(Path::new("/i"), Path::new("/a"), Path::new("/new/a")), 2);
        assert_eq!(folders.shown("2/x", Path::new("/")), Path::new("new/a/2024/x"));
        assert_eq!(folders.shown("3/x", Path::new("/")), Path::new("ab/x"));
    }

    #[test]
    fn text_is_looked_for_in_paths_from_the_folders_name_on() {
        let folders = listed(&["/a/wire", "/a/local"]);
        let keys = folders.keys_with("wire/2023");
        assert!(keys.contains(&("1/2023".into(), String::new())), "{keys:?}");
        assert!(keys.contains(&("2/".into(), "wire/2023".into())), "{keys:?}");
        assert!(folders.keys_with("wire").contains(&("1/".into(), String::new())));
    }
}
