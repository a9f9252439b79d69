//! Counts the articles of a result set by a field.

use std::collections::BTreeMap;
use std::path::Path;

use tantivy::{DocAddress, SegmentReader};

use super::Matches;
use crate::error::Error;
use crate::file_name::{extension, without_compression};
use crate::index::{Reader, date_of};

/// A field to count by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FacetKind {
    /// Outlet.
    Source,
    /// Section.
    Section,
    /// Author.
    Byline,
    /// Language.
    Language,
    /// Extension of the source file, without that of its compression.
    Format,
    /// Year of publication.
    Year,
    /// Folder of the source file.
    Folder,
}

/// A value with its counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facet {
    /// The value; none for articles without one.
    pub value: Option<String>,
    /// Number of articles in the result set, each story once.
    pub articles: u64,
    /// Number of articles in the result set, with all copies.
    pub with_copies: u64,
    /// Number of articles in the archive.
    pub archive: u64,
}

impl FacetKind {
    /// All kinds.
    pub const ALL: [Self; 7] =
        [Self::Source, Self::Section, Self::Byline, Self::Language, Self::Format, Self::Year, Self::Folder];

    /// Display name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Section => "section",
            Self::Byline => "byline",
            Self::Language => "language",
            Self::Format => "format",
            Self::Year => "year",
            Self::Folder => "folder",
        }
    }

    /// The value that an article has by the string of its column.
    fn value(self, reader: &Reader, string: &str) -> String {
        match self {
            Self::Format => {
                let name = string.rsplit(['/', '\\']).next().unwrap_or_default();
                extension(&without_compression(name))
            }
            Self::Folder => {
                let path = reader.path_from(Path::new(""), string);
                path.parent().map(|folder| folder.display().to_string()).unwrap_or_default()
            }
            _ => string.to_owned(),
        }
    }

    /// Adds how many articles of three lists, all of one segment, have each value.
    fn count(
        self,
        reader: &Reader,
        segment: &SegmentReader,
        lists: [&[DocAddress]; 3],
        counts: &mut Counts,
    ) -> Result<(), Error> {
        let column = match self {
            Self::Source => "outlet",
            Self::Section => "section_name",
            Self::Byline => "byline_name",
            Self::Language => "language",
            Self::Format | Self::Folder => "file",
            Self::Year => {
                let days = reader.days(segment)?;
                let mut by_day: BTreeMap<i64, [u64; 3]> = BTreeMap::new();
                for (at, list) in lists.into_iter().enumerate() {
                    for doc in list {
                        by_day.entry(days.first(doc.doc_id).unwrap_or(i64::MIN)).or_default()[at] += 1;
                    }
                }
                for (day, counted) in by_day {
                    add(counts, date_of(day).map(|day| day.year().to_string()), &counted);
                }
                return Ok(());
            }
        };
        let Some(strings) = reader.strings(segment, column)? else {
            add(counts, None, &lists.map(|list| list.len() as u64));
            return Ok(());
        };
        // Numbers represent strings, each of which is looked up once.
        let mut by_number = vec![[0; 3]; strings.num_terms() + 1];
        let none = by_number.len() - 1;
        for (at, list) in lists.into_iter().enumerate() {
            for doc in list {
                let number = strings.ords().first(doc.doc_id).map_or(none, |number| number as usize);
                by_number[number.min(none)][at] += 1;
            }
        }
        let failed = |error: std::io::Error| reader.failed(error.into());
        let mut dictionary = strings.dictionary().stream().map_err(failed)?;
        for counted in &by_number[..none] {
            dictionary.advance();
            if *counted != [0; 3] {
                let string = String::from_utf8_lossy(dictionary.key());
                add(counts, Some(self.value(reader, &string)), counted);
            }
        }
        add(counts, None, &by_number[none]);
        Ok(())
    }
}

/// How many articles have a value: of those counted, of those with their copies, and of the archive.
type Counts = BTreeMap<Option<String>, [u64; 3]>;

fn add(counts: &mut Counts, value: Option<String>, more: &[u64; 3]) {
    let known = counts.entry(value.filter(|value| !value.is_empty())).or_default();
    known.iter_mut().zip(more).for_each(|(known, more)| *known += more);
}

/// Counts a result set by a field, most frequent value first, then by value.
///
/// # Errors
/// [`Error::Index`] when the index is damaged.
pub fn facets(reader: &Reader, matches: &Matches, kind: FacetKind) -> Result<Vec<Facet>, Error> {
    let mut counts = Counts::new();
    let archive = Matches::of(reader, &crate::query::Query::Everything, &Default::default(), true)?.all;
    for (ord, segment) in (0..).zip(reader.searcher().segment_readers()) {
        let of = |list: &[DocAddress]| {
            list.partition_point(|doc| doc.segment_ord < ord)..list.partition_point(|doc| doc.segment_ord <= ord)
        };
        let lists = [&matches.counted, &matches.all, &archive].map(|list| &list[of(list)]);
        kind.count(reader, segment, lists, &mut counts)?;
    }
    let facet = |(value, [articles, with_copies, archive]): (Option<String>, [u64; 3])| Facet {
        value,
        articles,
        with_copies,
        archive,
    };
    // Values that no article of the result set has are not listed.
    let mut facets: Vec<Facet> = counts.into_iter().map(facet).filter(|facet| facet.with_copies > 0).collect();
    facets.sort_by(|a, b| b.articles.cmp(&a.articles).then_with(|| a.value.cmp(&b.value)));
    Ok(facets)
}
