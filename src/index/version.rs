//! Versions: hashes of the content of documents.
//!
//! A source file that is read again gives the same versions for unchanged documents, so that only changed ones are
//! written. Two different documents in an index share a version with a probability of n²/2⁶⁵: less than 1 in 100,000
//! for ten million documents.

use super::row::{ArticlePlace, FileFacts, days_since_1970};
use super::schema::{FORMAT_VERSION, Kind};
use crate::article::Article;
use crate::error::SkipReason;

/// The version of an article with this id.
pub fn article_version(place: ArticlePlace<'_>, id: &str, article: &Article) -> u64 {
    let mut version = Version::new(Kind::Article, place);
    version.text(id);
    version.text(&article.title);
    version.text(&article.body);
    for fact in [&article.byline, &article.source, &article.section, &article.language, &article.url] {
        version.optional(fact.as_deref());
    }
    version.number(article.published.map_or(0, |p| p.provenance as u64 + 1));
    if let Some(published) = article.published {
        version.number(days_since_1970(published.day) as u64);
        version.number(u64::from(published.instant.is_some()));
        version.number(published.instant.map_or(0, |at| at.as_second() as u64));
    }
    version.finish()
}

/// The version of a skip.
pub fn skip_version(place: ArticlePlace<'_>, reason: &SkipReason) -> u64 {
    let mut version = Version::new(Kind::Skip, place);
    version.text(reason.code());
    version.text(&reason.to_string());
    version.finish()
}

/// The version of a file document.
pub fn file_version(file: &str, facts: &FileFacts) -> u64 {
    let mut version = Version::new(Kind::File, ArticlePlace { file, inner: "", record: 0, part: 0 });
    version.number(facts.bytes);
    version.number(u64::from(facts.modified.is_some()));
    version.number(facts.modified.unwrap_or(0) as u64);
    version.number(facts.stamp);
    for reader in &facts.readers {
        version.text(reader);
    }
    version.finish()
}

/// The version of a repeated document. A container may hold two files with the same name and content.
pub(super) fn repeated_version(version: u64, repetition: u32) -> u64 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&version.to_le_bytes());
    hasher.update(&repetition.to_le_bytes());
    first_eight(&hasher)
}

/// The hash of a text, for sets that would be too large with the texts.
pub fn text_hash(text: &str) -> u64 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(text.as_bytes());
    first_eight(&hasher)
}

/// A version under construction. Each part is hashed with its length, so that different lists of parts differ.
struct Version(blake3::Hasher);

impl Version {
    fn new(kind: Kind, place: ArticlePlace<'_>) -> Self {
        let mut version = Self(blake3::Hasher::new());
        version.number(u64::from(FORMAT_VERSION));
        version.number(kind as u64);
        version.text(place.file);
        version.text(place.inner);
        version.number(place.record);
        version.number(place.part);
        version
    }

    fn number(&mut self, number: u64) {
        self.0.update(&number.to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.0.update(text.as_bytes());
    }

    /// An absent text differs from an empty one.
    fn optional(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.text(text),
            None => self.number(u64::MAX),
        }
    }

    fn finish(self) -> u64 {
        first_eight(&self.0)
    }
}

fn first_eight(hasher: &blake3::Hasher) -> u64 {
    let mut bytes = [0; 8];
    hasher.finalize_xof().fill(&mut bytes);
    u64::from_le_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{Date, Provenance, Published};

    #[test]
    fn every_part_of_an_article_counts() {
        let text = |text: &str| Some(text.to_owned());
        let day = |day| Date::new(2023, 7, day).expect("a day");
        let published = |day, provenance| Some(Published { day, instant: None, provenance });
        let base = Article { title: "Ferry".into(), body: "It sails.".into(), ..Article::default() };
        let variants = [
            base.clone(),
            Article { title: "Ferr".into(), body: "yIt sails.".into(), ..base.clone() },
            Article { byline: text("A. Ray"), ..base.clone() },
            Article { source: text("A. Ray"), ..base.clone() },
            Article { section: text(""), ..base.clone() },
            Article { language: text("en"), ..base.clone() },
            Article { url: text("en"), ..base.clone() },
            Article { published: published(day(1), Provenance::ALL[0]), ..base.clone() },
            Article { published: published(day(2), Provenance::ALL[0]), ..base.clone() },
            Article { published: published(day(1), Provenance::ALL[1]), ..base.clone() },
        ];
        let place = ArticlePlace { file: "a", inner: "b", record: 1, part: 0 };
        let mut versions: Vec<u64> = variants.iter().map(|a| article_version(place, "1", a)).collect();
        versions.push(article_version(place, "2", &base));
        for place in [
            ArticlePlace { record: 2, ..place },
            ArticlePlace { part: 1, ..place },
            ArticlePlace { inner: "", ..place },
            ArticlePlace { file: "ab", inner: "", ..place },
        ] {
            versions.push(article_version(place, "1", &base));
        }
        versions.push(repeated_version(versions[0], 1));
        let different: std::collections::BTreeSet<u64> = versions.iter().copied().collect();
        assert_eq!(different.len(), versions.len());
        assert_eq!(article_version(place, "1", &base), versions[0]);
    }
}
