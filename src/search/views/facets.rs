//! A result set by what is known of its articles.

use std::collections::BTreeMap;

use tantivy::DocAddress;

use super::Matches;
use crate::error::Error;
use crate::index::Reader;

/// What articles are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FacetKind {
    /// The outlet.
    Source,
    /// The part of the paper.
    Section,
    /// Who wrote it.
    Byline,
    /// The language.
    Language,
    /// The ending of the source file's name.
    Format,
    /// The year of publication.
    Year,
    /// The folder of the source file.
    Folder,
}

/// One value, and how many articles have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facet {
    /// The value; none for articles that have none.
    pub value: Option<String>,
    /// How many articles of the result set are counted.
    pub articles: u64,
    /// How many articles of the result set have it, each copy among them.
    pub with_copies: u64,
    /// How many articles of the archive have it.
    pub archive: u64,
}

impl FacetKind {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Source, Self::Section, Self::Byline, Self::Language, Self::Format, Self::Year, Self::Folder];

    /// What it is called.
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

    fn of(self, reader: &Reader, at: DocAddress) -> Result<Option<String>, Error> {
        let segment = reader.searcher().segment_reader(at.segment_ord);
        let string = |column| reader.string(segment, column, at.doc_id);
        Ok(match self {
            Self::Source => string("outlet")?,
            Self::Language => string("language")?,
            Self::Section => reader.article(at)?.article.section,
            Self::Byline => reader.article(at)?.article.byline,
            Self::Year => {
                let day = reader.days(segment)?.first(at.doc_id).and_then(crate::index::date_of);
                day.map(|day| day.year().to_string())
            }
            Self::Format => string("file")?.and_then(|key| {
                let name = key.rsplit(['/', '\\']).next()?;
                Some(name.rsplit_once('.')?.1.to_lowercase())
            }),
            Self::Folder => string("file")?.map(|key| match key.rsplit_once(['/', '\\']) {
                Some((folder, _)) => reader.path_from(std::path::Path::new("/"), folder).display().to_string(),
                None => String::new(),
            }),
        })
    }
}

/// A result set by a facet, the most frequent value first, ties by value.
///
/// # Errors
/// [`Error::Index`] when the index is damaged.
pub fn facets(reader: &Reader, matches: &Matches, kind: FacetKind) -> Result<Vec<Facet>, Error> {
    let mut counts: BTreeMap<Option<String>, [u64; 3]> = BTreeMap::new();
    let archive = Matches::of(reader, &crate::query::Query::Everything, &Default::default(), true)?.all;
    for (at, list) in [&matches.counted, &matches.all, &archive].into_iter().enumerate() {
        for doc in list {
            let value = kind.of(reader, *doc)?.filter(|value| !value.is_empty());
            match counts.get_mut(&value) {
                Some(counts) => counts[at] += 1,
                // What no article of the result set has is not listed.
                None if at < 2 => {
                    let mut first = [0; 3];
                    first[at] = 1;
                    counts.insert(value, first);
                }
                None => {}
            }
        }
    }
    let facet = |(value, [articles, with_copies, archive]): (Option<String>, [u64; 3])| Facet {
        value,
        articles,
        with_copies,
        archive,
    };
    let mut facets: Vec<Facet> = counts.into_iter().map(facet).collect();
    facets.sort_by(|a, b| b.articles.cmp(&a.articles).then_with(|| a.value.cmp(&b.value)));
    Ok(facets)
}
