//! The page tree of a PDF as its bytes show it, before the file is interpreted.
//!
//! Owns the search for trees that would be walked without end: a few objects that name each other as `Kids` over
//! and over make more pages than can be counted. Only the numbers of objects are looked at. Not seen: object
//! streams of encrypted files.

use std::collections::BTreeMap;

use crate::error::SkipReason;

/// Ways from the root to a page; a library's catalogue has 20,000 pages.
const PAGES_MAX: u64 = 200_000;

/// Levels of the tree; programs balance it to less than 10.
const DEPTH_MAX: u32 = 100;

/// References to children in all of the file.
const REFERENCES_MAX: usize = 2_000_000;

/// Which objects name which as their children.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// The definitions of each object: an object may be written anew at the end of the file.
    kids: BTreeMap<u32, Vec<Vec<u32>>>,
    references: usize,
}

impl Tree {
    /// Looks through the objects that stand in the file itself.
    pub(super) fn see_file(&mut self, bytes: &[u8]) {
        let mut objects = memchr::memmem::find_iter(bytes, b"obj").filter_map(|at| {
            let number = object_number(&bytes[..at])?;
            Some((at + 3, number))
        });
        let mut next = objects.next();
        let mut current = None;
        for at in memchr::memchr_iter(b'/', bytes) {
            while let Some((start, number)) = next.filter(|(start, _)| *start <= at) {
                self.see_array(number, &bytes[start..]);
                current = Some(number);
                next = objects.next();
            }
            if let (Some(number), Some(value)) = (current, after_kids(&bytes[at..])) {
                self.add(number, value);
            }
        }
        while let Some((start, number)) = next {
            self.see_array(number, &bytes[start..]);
            next = objects.next();
        }
    }

    /// Looks through the objects of an object stream with this dictionary.
    pub(super) fn see_object_stream(&mut self, dictionary: &[u8], data: &[u8]) {
        let first = number_after(dictionary, b"/First").unwrap_or(0).min(data.len());
        let mut header = data[..first].split(u8::is_ascii_whitespace).filter(|w| !w.is_empty()).map(number_of);
        let mut objects: Vec<(usize, u32)> = Vec::new();
        while let (Some(Some(number)), Some(Some(offset))) = (header.next(), header.next()) {
            objects.push((first.saturating_add(offset), u32::try_from(number).unwrap_or(u32::MAX)));
        }
        objects.sort_unstable();
        for &(start, number) in &objects {
            if let Some(bytes) = data.get(start..) {
                self.see_array(number, bytes);
            }
        }
        for at in memchr::memchr_iter(b'/', data) {
            if let Some(value) = after_kids(&data[at..]) {
                let index = objects.partition_point(|(start, _)| *start <= at);
                if let Some((_, number)) = index.checked_sub(1).and_then(|i| objects.get(i)) {
                    self.add(*number, value);
                }
            }
        }
    }

    /// Children may be named in an array that is an object of its own.
    fn see_array(&mut self, number: u32, bytes: &[u8]) {
        let value = bytes.trim_ascii_start();
        if value.starts_with(b"[") {
            self.add(number, value);
        }
    }

    fn add(&mut self, number: u32, value: &[u8]) {
        let value = value.trim_ascii_start();
        let array = match value.strip_prefix(b"[") {
            Some(rest) => &rest[..memchr::memchr(b']', rest).unwrap_or(rest.len())],
            // One reference to such an array.
            None => &value[..value.len().min(30)],
        };
        let is_array = value.starts_with(b"[");
        let mut kids = Vec::new();
        let mut numbers = [None, None];
        for word in array.split(|b| b.is_ascii_whitespace()).filter(|w| !w.is_empty()) {
            if word.starts_with(b"R") {
                kids.extend(numbers[0].and_then(|n| u32::try_from(n).ok()));
                if !is_array || self.references + kids.len() > REFERENCES_MAX {
                    break;
                }
            }
            numbers = [numbers[1], number_of(word)];
            // References may follow one another without a blank: `3 0 R4 0 R`.
            if let Some(rest) = word.strip_prefix(b"R") {
                numbers = [None, number_of(rest)];
            }
        }
        if !kids.is_empty() {
            self.references += kids.len();
            self.kids.entry(number).or_default().push(kids);
        }
    }

    /// Refuses a tree that cannot be walked to its end.
    ///
    /// # Errors
    /// [`SkipReason::Malformed`], [`SkipReason::TooDeep`].
    pub(super) fn check(&self) -> Result<(), SkipReason> {
        let endless = || SkipReason::Malformed { format: "pdf", detail: "its page tree has no end".into() };
        if self.references >= REFERENCES_MAX {
            return Err(endless());
        }
        // Ways to leaves below a node and levels below it; `None` while the node is being visited.
        let mut known: BTreeMap<u32, Option<(u64, u32)>> = BTreeMap::new();
        for &root in self.kids.keys() {
            let mut open = vec![(root, false)];
            while let Some((node, visited)) = open.pop() {
                if visited {
                    let (ways, depth) = self.sum(node, &known);
                    if ways > PAGES_MAX {
                        return Err(endless());
                    }
                    if depth > DEPTH_MAX {
                        return Err(SkipReason::TooDeep { what: "pages", limit: DEPTH_MAX });
                    }
                    known.insert(node, Some((ways, depth)));
                    continue;
                }
                match known.get(&node) {
                    Some(Some(_)) => continue,
                    Some(None) => return Err(endless()),
                    None => {}
                }
                known.insert(node, None);
                open.push((node, true));
                let mut below: Vec<u32> = self.kids.get(&node).into_iter().flatten().flatten().copied().collect();
                below.sort_unstable();
                below.dedup();
                open.extend(below.into_iter().filter(|n| !matches!(known.get(n), Some(Some(_)))).map(|n| (n, false)));
            }
        }
        Ok(())
    }

    /// The largest of an object's definitions.
    fn sum(&self, node: u32, known: &BTreeMap<u32, Option<(u64, u32)>>) -> (u64, u32) {
        let mut most = (1, 0);
        for kids in self.kids.get(&node).into_iter().flatten() {
            let (mut ways, mut depth) = (0_u64, 0);
            for kid in kids {
                let below = known.get(kid).copied().flatten().unwrap_or((1, 0));
                ways = ways.saturating_add(below.0);
                depth = depth.max(below.1 + 1);
            }
            most = (most.0.max(ways), most.1.max(depth));
        }
        most
    }
}

/// The number of the object whose `obj` these bytes lead up to.
fn object_number(before: &[u8]) -> Option<u32> {
    let tail = &before[before.len().saturating_sub(40)..];
    let mut words = tail.split(|b| b.is_ascii_whitespace()).rev().filter(|w| !w.is_empty());
    let generation = words.next()?;
    let number = words.next()?;
    number_of(generation)?;
    // Anything may stand right before the number: `endobj12 0 obj`.
    let digits = number.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    number_of(&number[number.len() - digits..]).and_then(|n| u32::try_from(n).ok())
}

fn number_of(word: &[u8]) -> Option<usize> {
    let digits = word.iter().take_while(|b| b.is_ascii_digit()).count();
    std::str::from_utf8(&word[..digits]).ok()?.parse().ok()
}

fn number_after(dictionary: &[u8], name: &[u8]) -> Option<usize> {
    let at = memchr::memmem::find(dictionary, name)?;
    number_of(dictionary[at + name.len()..].trim_ascii_start())
}

/// What follows the name `Kids`, whose letters may be written as numbers.
fn after_kids(bytes: &[u8]) -> Option<&[u8]> {
    let mut rest = bytes.strip_prefix(b"/")?;
    for letter in b"Kids" {
        rest = match rest {
            [b'#', a, b, tail @ ..] => {
                let code = [*a, *b];
                let code = std::str::from_utf8(&code).ok().and_then(|hex| u8::from_str_radix(hex, 16).ok());
                (code == Some(*letter)).then_some(tail)?
            }
            [first, tail @ ..] if first == letter => tail,
            _ => return None,
        };
    }
    rest.first().is_some_and(|b| b.is_ascii_whitespace() || *b == b'[').then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(file: &str) -> Result<(), &'static str> {
        let mut tree = Tree::default();
        tree.see_file(file.as_bytes());
        tree.check().map_err(|reason| reason.code())
    }

    #[test]
    fn endless_trees_are_refused() {
        let chain: String = (1..200).map(|n| format!("{n} 0 obj<</Kids[{} 0 R]>>endobj ", n + 1)).collect();
        let fan: String = (1..9).map(|n| format!("{n} 0 obj<</Kids[{}]>>endobj ", format!("{} 0 R ", n + 1).repeat(9))).collect();
        for (file, expected) in [
            ("1 0 obj<</Kids[2 0 R 3 0 R]>>endobj 2 0 obj<</Kids [4 0 R4 0 R]>>endobj", Ok(())),
            ("1 0 obj<</Kids[2 0 R]>>endobj 2 0 obj<</K#69ds 3 0 R>>endobj 3 0 obj[1 0 R]endobj", Err("malformed")),
            (&chain, Err("too-deep")),
            (&fan, Err("malformed")),
        ] {
            assert_eq!(check(file), expected, "{file:.80}");
        }
    }

    #[test]
    fn object_streams_are_seen() {
        let mut tree = Tree::default();
        tree.see_object_stream(b"/Type/ObjStm/N 2/First 8", b"1 0 2 15<</Kids[2 0 R]>><</Kids[1 0 R]>>");
        assert!(tree.check().is_err());
    }
}
