//! What a news article is, once no format is left in it.
//!
//! Plain data only: how an article was encoded is `format`'s affair, where it is kept is `index`'s.

mod language;

use std::fmt;

pub use jiff::Timestamp;
pub use jiff::civil::Date;
pub use language::{Language, Script, language_code};

/// One news item: its text and what is known about it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Article {
    /// The record's own identifier (`id`, `guid`, `DOCNO` …), as written in the record.
    pub id: Option<String>,
    /// The headline, one line, white space normalised; empty when the record has none.
    pub title: String,
    /// The text without the headline: paragraphs separated by one blank line, no markup.
    pub body: String,
    /// When it was published, and how that is known.
    pub published: Option<Published>,
    /// The outlet that published it.
    pub source: Option<String>,
    /// Who wrote it, as printed; several names are joined by `, `.
    pub byline: Option<String>,
    /// The part of the paper: a section or category.
    pub section: Option<String>,
    /// The language of the text as a lower-case ISO 639 code (`en`, `zh`), when it is stated or plain to see.
    pub language: Option<String>,
    /// Where it stood on the web.
    pub url: Option<String>,
    /// Facts that were stated and could not be believed, such as a date in the future: shown by a dry run.
    pub notes: Vec<String>,
}

/// The day of publication, the moment when it is known, and where both come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    /// The calendar day as the publication gives it, in its own time zone.
    pub day: Date,
    /// The moment, when a time of day with its zone was stated.
    pub instant: Option<Timestamp>,
    /// Where the date was found.
    pub provenance: Provenance,
}

impl Published {
    /// An ambiguous date read again with the day first.
    pub fn day_first(self) -> Self {
        let swapped = Date::new(self.day.year(), self.day.day(), self.day.month());
        match (self.provenance, swapped) {
            // The moment moves with its day.
            (Provenance::Ambiguous, Ok(day)) => {
                let apart = self.day.until(day);
                let instant = self.instant.and_then(|at| {
                    at.checked_add(jiff::Span::new().hours(24 * i64::from(apart.ok()?.get_days()))).ok()
                });
                Self { day, instant, provenance: Provenance::Metadata }
            }
            _ => self,
        }
    }
}

/// Where a date was found; earlier ones are believed before later ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Provenance {
    /// In the record's own metadata: a JSON key, a meta tag, front matter.
    Metadata,
    /// In the feed or package that carried the article.
    Feed,
    /// In the article's web address.
    Url,
    /// In the text: a date line or byline.
    Text,
    /// The source file's time of modification.
    FileTime,
    /// In any of the places above, as `03/04/2023`, and nothing says whether the day or the month comes first.
    Ambiguous,
}

impl Provenance {
    /// All of them, in the order of trust.
    pub const ALL: [Self; 6] = [Self::Metadata, Self::Feed, Self::Url, Self::Text, Self::FileTime, Self::Ambiguous];

    /// The word used for it in data output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Metadata => "metadata",
            Self::Feed => "feed",
            Self::Url => "url",
            Self::Text => "text",
            Self::FileTime => "file time",
            Self::Ambiguous => "ambiguous",
        }
    }
}

impl fmt::Display for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
