//! The parts of a document other than its text: its place, and the metadata shown with it.

use serde::{Deserialize, Serialize};
use tantivy::schema::{TantivyDocument, Value};

use super::schema::Fields;
use crate::article::{Article, Date, Provenance, Published};

/// The place of an article or skip.
#[derive(Debug, Clone, Copy)]
pub struct ArticlePlace<'a> {
    /// Key of the source file.
    pub file: &'a str,
    /// Path inside the container; empty outside of one.
    pub inner: &'a str,
    /// Number of the record in its file; 0 for the file itself and for its only article.
    pub record: u64,
    /// Number of the article in a record with several, from 1; otherwise 0.
    pub part: u64,
}

/// Facts of a source file that was read completely.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileFacts {
    /// Its size in bytes.
    pub bytes: u64,
    /// Modification time in nanoseconds since 1970.
    pub modified: Option<i64>,
    /// Changes whenever the file is changed or replaced, even if its modification time does not.
    pub stamp: u64,
    /// `name:version` of every reader that was used.
    pub readers: Vec<String>,
}

/// An article in the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredArticle {
    /// Its identifier.
    pub id: String,
    /// Headline, blank line, body.
    pub text: String,
    /// Metadata of the article; title and body are in `text`.
    pub article: Article,
    /// Bytes of the headline in `text`.
    pub title_bytes: usize,
    /// Key of the source file.
    pub file: String,
    /// Path inside the container; empty outside of one.
    pub inner: String,
    /// Number of the record in its file, from 1.
    pub record: u64,
    /// Location, which is unique and identifies the article.
    pub location: String,
}

/// The metadata of an article for display, stored with it, so that a hit needs no column.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Row {
    #[serde(rename = "i", default)]
    id: String,
    #[serde(rename = "p", default)]
    pub(super) file: String,
    #[serde(rename = "n", default, skip_serializing_if = "String::is_empty")]
    pub(super) inner: String,
    #[serde(rename = "r", default)]
    pub(super) record: u64,
    #[serde(rename = "q", default, skip_serializing_if = "is_zero")]
    pub(super) part: u64,
    #[serde(rename = "t", default)]
    pub(super) title_bytes: usize,
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    day: Option<i64>,
    #[serde(rename = "m", default, skip_serializing_if = "Option::is_none")]
    moment: Option<i64>,
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    published_from: Option<u8>,
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    outlet: Option<String>,
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    byline: Option<String>,
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    section: Option<String>,
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    pub(super) language: Option<String>,
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

impl Row {
    pub(super) fn of(place: ArticlePlace<'_>, id: &str, article: &Article) -> Self {
        Self {
            id: id.to_owned(),
            file: place.file.to_owned(),
            inner: place.inner.to_owned(),
            record: place.record,
            part: place.part,
            title_bytes: article.title.len(),
            day: article.published.map(|published| days_since_1970(published.day)),
            moment: article.published.and_then(|published| Some(published.instant?.as_second())),
            published_from: article.published.map(|published| published.provenance as u8),
            outlet: article.source.clone(),
            byline: article.byline.clone(),
            section: article.section.clone(),
            language: article.language.clone(),
            url: article.url.clone(),
        }
    }

    /// The row and the text of a stored article.
    pub(super) fn of_document<'d>(document: &'d TantivyDocument, fields: &Fields) -> (Self, &'d str) {
        let stored = |field| document.get_first(field).and_then(|value| value.as_str()).unwrap_or_default();
        let (mut row, text) = (Self::read(stored(fields.facts)), stored(fields.text));
        row.title_bytes = row.title_bytes.min(text.len());
        (row, text)
    }

    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a row is plain data")
    }

    /// The row that was stored; empty when it cannot be understood.
    pub(super) fn read(json: &str) -> Self {
        serde_json::from_str(json).unwrap_or_default()
    }

    /// The article with its stored text and where it is.
    pub(super) fn with_text(self, text: String, location: String) -> StoredArticle {
        let published = || {
            let provenance = Provenance::ALL.get(usize::from(self.published_from?)).copied()?;
            let instant = self.moment.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
            Some(Published { day: date_of(self.day?)?, instant, provenance })
        };
        let title_bytes = self.title_bytes.min(text.len());
        let article = Article {
            title: text.get(..title_bytes).unwrap_or_default().to_owned(),
            published: published(),
            source: self.outlet,
            byline: self.byline,
            section: self.section,
            language: self.language,
            url: self.url,
            ..Article::default()
        };
        let Self { id, file, inner, record, .. } = self;
        StoredArticle { id, text, article, title_bytes, file, inner, record: record.max(1), location }
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde asks for it")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

const EPOCH: Date = jiff::civil::date(1970, 1, 1);

/// Days from 1970-01-01 to `day`.
pub(crate) fn days_since_1970(day: Date) -> i64 {
    i64::from((day - EPOCH).get_days())
}

/// The day of publication as days from 1970-01-01, where it is stated.
pub(crate) fn stated_day(article: &Article) -> Option<i64> {
    article.published.filter(Published::is_stated).map(|published| days_since_1970(published.day))
}

/// The date of a day counted from 1970-01-01.
pub(crate) fn date_of(days: i64) -> Option<Date> {
    EPOCH.checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}
