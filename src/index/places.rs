//! Finds articles by id or location, and counts documents by folder.

use std::path::{Path, PathBuf};

use tantivy::{DocAddress, Term};

use super::key::{decode, decode_bytes};
use super::paths::normalise;
use super::reader::{Reader, dictionary};
use super::row::StoredArticle;
use super::schema::Kind;
use crate::error::Error;

/// Counts of a folder or a part of one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Source files that were read completely.
    pub files: u64,
    /// Articles.
    pub articles: u64,
    /// Skips.
    pub skips: u64,
}

/// A possible interpretation of a location.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    path: PathBuf,
    inner: String,
    /// Record and part; none if the location has no suffix.
    record: Option<(u64, u64)>,
}

impl Place {
    /// Whether it means the article with these numbers of record and part.
    fn is_record(&self, number: (u64, u64)) -> bool {
        match self.record {
            // The only article of a file is also its first.
            Some(record) => number == record || (number.0 == 0 && record == (1, 0)),
            None => number.0 == 0,
        }
    }
}

impl Reader {
    /// The articles with a location or an id: the one at that location, or else all with that id.
    ///
    /// # Errors
    /// [`Error::Index`] when the index is damaged.
    pub fn by_id(&self, name: &str) -> Result<Vec<StoredArticle>, Error> {
        let mut found = self.places(name)?.into_iter().map(|at| self.article(at)).collect::<Result<Vec<_>, _>>()?;
        found.sort_by(|a, b| (&a.file, &a.inner, a.record).cmp(&(&b.file, &b.inner, b.record)));
        Ok(found)
    }

    /// All articles of a source file, in its order.
    ///
    /// # Errors
    /// [`Error::Index`] when the index is damaged.
    pub fn in_file(&self, name: &str) -> Result<Vec<StoredArticle>, Error> {
        let found = self.articles_at(Path::new(name), None)?;
        let mut found = found.into_iter().map(|at| self.article(at)).collect::<Result<Vec<_>, _>>()?;
        found.sort_by(|a, b| (&a.inner, a.record, &a.location).cmp(&(&b.inner, b.record, &b.location)));
        Ok(found)
    }

    /// The addresses of the articles with a location or an id.
    pub(crate) fn places(&self, name: &str) -> Result<Vec<DocAddress>, Error> {
        for place in understood(name) {
            let found = self.articles_at(&place.path, Some(&place))?;
            if !found.is_empty() {
                return Ok(found);
            }
        }
        self.addresses(&Term::from_field_text(self.fields().id, name))
    }

    /// The addresses of the articles of the source file at a path: those at `place`, or all.
    fn articles_at(&self, path: &Path, place: Option<&Place>) -> Result<Vec<DocAddress>, Error> {
        let Some(key) = self.key_of(path) else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        for at in self.addresses(&Term::from_field_text(self.fields().file, &key))? {
            let segment = self.searcher().segment_reader(at.segment_ord);
            let number = |name| Ok::<_, Error>(self.u64(segment, name)?.first(at.doc_id).unwrap_or(0));
            // The path inside a container is looked up last, since a file may have many records.
            let is_inner = |place: &Place| {
                self.string(segment, "inner", at.doc_id).map(|inner| inner.unwrap_or_default() == place.inner)
            };
            let is_at = |place: &Place| {
                Ok::<_, Error>(place.is_record((number("record")?, number("part")?)) && is_inner(place)?)
            };
            if number("kind")? == Kind::Article as u64 && place.map_or(Ok(true), is_at)? {
                found.push(at);
            }
        }
        Ok(found)
    }

    /// The addresses of the live documents that contain a term.
    fn addresses(&self, term: &Term) -> Result<Vec<DocAddress>, Error> {
        let mut found = Vec::new();
        for (ord, segment) in (0..).zip(self.searcher().segment_readers()) {
            found.extend(self.docs(segment, term)?.into_iter().map(|doc| DocAddress::new(ord, doc)));
        }
        Ok(found)
    }

    /// The key of the source file at a path, if it is in a folder of the archive.
    fn key_of(&self, path: &Path) -> Option<String> {
        let folders = &self.location().folders;
        let path = normalise(&self.here.join(path));
        if let Some((folder, below)) = folders.around(&path) {
            return Some(folder.key(&below));
        }
        // The path may go through a link, or belong to an archive that is not on this machine.
        if let Ok(real) = std::fs::canonicalize(&path) {
            return folders.around(&real).map(|(folder, below)| folder.key(&below));
        }
        let path = path.strip_prefix(&self.here).ok()?;
        let away = folders.iter().filter(|folder| folder.path.as_os_str().is_empty());
        away.filter_map(|folder| Some(folder.key(path.strip_prefix(decode(&folder.name)).ok()?))).next()
    }

    /// Counts documents by group. `group` maps the key of a source file to one of `groups` groups.
    ///
    /// # Errors
    /// [`Error::Index`] when the index is damaged.
    pub fn counts(&self, groups: usize, group: &dyn Fn(&str) -> Option<usize>) -> Result<Vec<Counts>, Error> {
        let mut counts = vec![Counts::default(); groups];
        for segment in self.searcher().segment_readers() {
            let Some(files) = segment.fast_fields().str("file").map_err(|e| self.failed(e))? else { continue };
            let keys = dictionary(&files).map_err(|e| self.failed(e.into()))?;
            let groups: Vec<Option<usize>> = keys.iter().map(|key| group(key)).collect();
            for kind in [Kind::Article, Kind::Skip, Kind::File] {
                for doc in self.docs_of(segment, kind)? {
                    let group = files.ords().first(doc).and_then(|ord| *groups.get(ord as usize)?);
                    if let Some(counts) = group.and_then(|group| counts.get_mut(group)) {
                        match kind {
                            Kind::Article => counts.articles += 1,
                            Kind::Skip => counts.skips += 1,
                            Kind::File => counts.files += 1,
                        }
                    }
                }
            }
        }
        Ok(counts)
    }
}

/// The possible interpretations of a location, most likely first. `#` and `!/` may be part of a name, and `%XX` may be
/// encoded or literal.
fn understood(text: &str) -> Vec<Place> {
    let mut places = Vec::new();
    let numbered = text.rsplit_once('#').and_then(|(head, tail)| Some((head, record(tail)?)));
    let heads = numbered.map(|(head, record)| (head, Some(record))).into_iter().chain([(text, None)]);
    for (head, record) in heads {
        let splits = head.match_indices("!/").map(|(at, _)| (&head[..at], &head[at + 2..]));
        for (path, inner) in splits.chain([(head, "")]) {
            let decoded = String::from_utf8_lossy(&decode_bytes(inner)).into_owned();
            places.push(Place { path: decode(path), inner: decoded, record });
            if path.contains('%') || inner.contains('%') {
                places.push(Place { path: path.into(), inner: inner.to_owned(), record });
            }
        }
    }
    places
}

/// Parses the record suffix of a location: `3`, or `3.2` for the second article of the third record.
fn record(text: &str) -> Option<(u64, u64)> {
    match text.split_once('.') {
        Some((record, part)) => Some((record.parse().ok()?, part.parse().ok()?)),
        None => Some((text.parse().ok()?, 0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_is_understood_in_every_way_it_may_be_meant() {
        let place = |path: &str, inner: &str, record| Place { path: path.into(), inner: inner.into(), record };
        assert_eq!(understood("a.txt"), [place("a.txt", "", None)]);
        assert_eq!(understood("a#3"), [place("a", "", Some((3, 0))), place("a#3", "", None)]);
        assert_eq!(understood("a#x"), [place("a#x", "", None)]);
        assert!(understood("a.zip!/b%20c#3.2").contains(&place("a.zip", "b c", Some((3, 2)))));
        assert!(understood("a%20b").contains(&place("a%20b", "", None)));
    }
}
