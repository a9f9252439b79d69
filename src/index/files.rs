//! The files of an index folder: which are required, and whether they are intact.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;
use tantivy::IndexSettings;

use super::directory::TEMPORARY;
pub(super) use super::location::{COMMIT, FILE_LIST};
use super::location::{MANIFEST, MANIFEST_COPY, MANIFEST_TEMPORARY};
use super::schema::Fields;

/// The file extensions of segment parts, with names for display.
pub(super) const PARTS: [(&str, &str); 7] = [
    ("term", "words"),
    ("idx", "postings"),
    ("pos", "positions"),
    ("fieldnorm", "article lengths"),
    ("fast", "columns"),
    ("store", "text store"),
    ("del", "deletion marks"),
];

/// Maximum size of a list of segments or files; ten thousand segments need 6 MB.
const LIST_BYTES_MAX: u64 = 64 << 20;

/// Maximum size of a footer, as in Tantivy.
const FOOTER_BYTES_MAX: u32 = 50_000;

/// Magic number at the end of each file written by Tantivy.
const FOOTER_MAGIC: u32 = 1337;

/// Number of bytes read at once.
const BLOCK_BYTES: usize = 1 << 20;

/// A segment as listed by the commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Segment {
    /// File name stem.
    pub(super) name: String,
    /// Number of documents, including deleted ones.
    pub(super) documents: u64,
    /// Number of deleted documents, and the number of the file that lists them.
    pub(super) deleted: Option<(u64, u64)>,
    /// The entry in the list.
    pub(super) entry: Value,
}

impl Segment {
    /// Names of its files.
    pub(super) fn files(&self) -> Vec<String> {
        let whole = PARTS.iter().filter(|(part, _)| *part != "del").map(|(part, _)| format!("{}.{part}", self.name));
        whole.chain(self.deleted.map(|(_, stamp)| format!("{}.{stamp}.del", self.name))).collect()
    }
}

/// A commit: its segments, and the list itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Commit {
    pub(super) segments: Vec<Segment>,
    pub(super) list: Value,
}

/// Reads the list of segments. The error says what is wrong with it.
pub(super) fn commit(folder: &Path) -> Result<Commit, String> {
    let bytes = read_list(&folder.join(COMMIT)).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => "it is missing".to_owned(),
        _ => format!("it cannot be read: {error}"),
    })?;
    let list: Value = serde_json::from_slice(&bytes).map_err(|error| format!("it is malformed: {error}"))?;
    let object = list.as_object().ok_or("it is not a list of segments")?;
    let expected = ["index_settings", "segments", "schema", "opstamp"];
    if let Some(stranger) = object.keys().find(|key| !expected.contains(&key.as_str()) && *key != "payload") {
        return Err(format!("it has an unknown part `{stranger}`"));
    }
    let schema = serde_json::to_value(Fields::build().0).unwrap_or_default();
    if list["schema"] != schema {
        return Err("its fields are not those of this version".to_owned());
    }
    // An index keeps the compression and block size that it was created with.
    IndexSettings::deserialize(&list["index_settings"])
        .map_err(|error| format!("its settings are malformed: {error}"))?;
    let stamp = list["opstamp"].as_u64().ok_or("it has no stamp")?;
    let entries = list["segments"].as_array().ok_or("it has no segments")?;
    let mut segments = Vec::with_capacity(entries.len());
    for entry in entries {
        let segment = segment(entry).ok_or_else(|| format!("a segment in it is malformed: {entry}"))?;
        if segment.deleted.is_some_and(|(count, at)| at > stamp || count > segment.documents) {
            return Err(format!("the counts of segment {} contradict each other", segment.name));
        }
        segments.push(segment);
    }
    let names: BTreeSet<&str> = segments.iter().map(|segment| segment.name.as_str()).collect();
    if names.len() < segments.len() {
        return Err("a segment is listed twice".to_owned());
    }
    Ok(Commit { segments, list })
}

fn segment(entry: &Value) -> Option<Segment> {
    let name = entry["segment_id"].as_str()?.replace('-', "");
    let deleted = match &entry["deletes"] {
        Value::Null => None,
        deletes => Some((deletes["num_deleted_docs"].as_u64()?, deletes["opstamp"].as_u64()?)),
    };
    is_segment_name(&name).then_some(())?;
    Some(Segment { name, documents: entry["max_doc"].as_u64()?, deleted, entry: entry.clone() })
}

fn is_segment_name(name: &str) -> bool {
    name.len() == 32 && name.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Reads the list of files that Tantivy may delete.
pub(super) fn file_list(folder: &Path) -> Result<BTreeSet<String>, String> {
    let bytes = read_list(&folder.join(FILE_LIST)).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => "it is missing".to_owned(),
        _ => format!("it cannot be read: {error}"),
    })?;
    serde_json::from_slice(&bytes).map_err(|error| format!("it is malformed: {error}"))
}

/// The content of a file of the index folder, in plain words.
pub(super) fn part(name: &str) -> &'static str {
    let end = name.rsplit_once('.').map_or("", |(_, end)| end);
    match PARTS.iter().find(|(part, _)| *part == end && owner(name) == Owner::Segment) {
        Some((_, words)) => words,
        None => "other",
    }
}

fn read_list(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(LIST_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > LIST_BYTES_MAX {
        true => Err(io::Error::other(format!("it is larger than {LIST_BYTES_MAX} bytes"))),
        false => Ok(bytes),
    }
}

/// The owner of a file in the index folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    /// Part of every index: the manifest, the lists, the lock files.
    Index,
    /// Part of a segment, possibly incomplete.
    Segment,
    /// Not part of an index.
    Foreign,
}

/// The owner of a file, from its name.
pub(super) fn owner(name: &str) -> Owner {
    let fixed = [MANIFEST, MANIFEST_COPY, COMMIT, FILE_LIST, ".tantivy-writer.lock", ".tantivy-meta.lock"];
    if fixed.contains(&name) || super::holder::FILES.contains(&name) {
        return Owner::Index;
    }
    let (stem, rest) = name.split_once('.').unwrap_or((name, ""));
    let part = rest.strip_suffix(".temp").unwrap_or(rest);
    let part = part.rsplit_once('.').map_or(part, |(_, part)| part);
    let is_part = is_segment_name(stem) && PARTS.iter().any(|(known, _)| *known == part);
    match is_part || name.starts_with(TEMPORARY) || name == MANIFEST_TEMPORARY {
        true => Owner::Segment,
        false => Owner::Foreign,
    }
}

/// The sorted file names of an index folder.
pub(super) fn names(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

#[derive(Deserialize)]
struct Footer {
    crc: u32,
}

/// Verifies the checksum of a file written by Tantivy. Returns its size, or what is wrong.
pub(super) fn verify(path: &Path) -> Result<u64, String> {
    let cannot = |error: io::Error| format!("it cannot be read: {error}");
    let mut file = File::open(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => "it is missing".to_owned(),
        _ => cannot(error),
    })?;
    let bytes = file.metadata().map_err(cannot)?.len();
    let cut = || "it is cut off or overwritten at its end".to_owned();
    if bytes < 8 {
        return Err(if bytes == 0 { "it is empty".to_owned() } else { cut() });
    }
    let mut tail = [0; 8];
    file.seek(SeekFrom::End(-8)).and_then(|_| file.read_exact(&mut tail)).map_err(cannot)?;
    let number = |at: usize| u32::from_le_bytes([tail[at], tail[at + 1], tail[at + 2], tail[at + 3]]);
    let (length, magic) = (number(0), number(4));
    if magic != FOOTER_MAGIC || length > FOOTER_BYTES_MAX || u64::from(length) + 8 > bytes {
        return Err(cut());
    }
    let body = bytes - 8 - u64::from(length);
    let mut footer = vec![0; length as usize];
    file.seek(SeekFrom::Start(body)).and_then(|_| file.read_exact(&mut footer)).map_err(cannot)?;
    let footer: Footer = serde_json::from_slice(&footer).map_err(|_| cut())?;
    file.seek(SeekFrom::Start(0)).map_err(cannot)?;
    let mut hasher = crc32fast::Hasher::new();
    let mut block = vec![0; BLOCK_BYTES];
    let mut rest = file.take(body);
    loop {
        match rest.read(&mut block).map_err(cannot)? {
            0 => break,
            read => hasher.update(&block[..read]),
        }
    }
    match hasher.finalize() == footer.crc {
        true => Ok(bytes),
        false => Err("its bytes are not those that were written (the checksum differs)".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_whose_a_file_is() {
        let id = "0123456789abcdef0123456789abcdef";
        for (name, expected) in [
            (format!("{id}.idx"), Owner::Segment),
            (format!("{id}.17.del"), Owner::Segment),
            (format!("{id}.store.temp"), Owner::Segment),
            (".tmpAbC123".into(), Owner::Segment),
            ("meta.json".into(), Owner::Index),
            (".writer.lock".into(), Owner::Index),
            (format!("{id}.exe"), Owner::Foreign),
            ("notes.idx".into(), Owner::Foreign),
            (".DS_Store".into(), Owner::Foreign),
        ] {
            assert_eq!(owner(&name), expected, "{name}");
        }
    }
}
