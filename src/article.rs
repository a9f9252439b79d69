//! A news article, independent of its format.
//!
//! Only plain data. `format` produces articles and `index` stores them.

mod calendar;
mod language;

pub use calendar::{is_weekday, month};
pub use jiff::Timestamp;
pub use jiff::civil::Date;
pub use language::{Language, Script, language_code};

/// A news article: its text and metadata.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Article {
    /// The identifier in the record (`id`, `guid`, `DOCNO` …), as written there.
    pub id: Option<String>,
    /// Headline: one line with normalised white space; empty if there is none.
    pub title: String,
    /// Text without the headline: no markup, paragraphs separated by a blank line.
    pub body: String,
    /// Date of publication, and where it was found.
    pub published: Option<Published>,
    /// The outlet that published it.
    pub source: Option<String>,
    /// Authors as printed; several names are joined by `, `.
    pub byline: Option<String>,
    /// Section or category.
    pub section: Option<String>,
    /// Language of the text as a lower-case ISO 639 code (`en`, `zh`), if stated or detected with confidence.
    pub language: Option<String>,
    /// Web address.
    pub url: Option<String>,
    /// Problems such as a rejected date, shown by a dry run.
    pub notes: Vec<String>,
}

/// Date of publication and its provenance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    /// Calendar day as published, in the publication's time zone.
    pub day: Date,
    /// Instant, if a time and time zone were stated.
    pub instant: Option<Timestamp>,
    /// Where the date was found.
    pub provenance: Provenance,
}

impl Published {
    /// Whether the article or its carrier states the date, rather than the time of the source file.
    pub fn is_stated(&self) -> bool {
        self.provenance != Provenance::FileTime
    }

    /// Reads an ambiguous date with the day first.
    pub fn day_first(self) -> Self {
        let swapped = Date::new(self.day.year(), self.day.day(), self.day.month());
        match (self.provenance, swapped) {
            // Shift the instant with the day.
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

/// Where a date was found, in decreasing order of trust.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Provenance {
    /// In the metadata of the record: a JSON key, a meta tag, front matter.
    Metadata,
    /// In the feed or package that carried the article.
    Feed,
    /// In the URL of the article.
    Url,
    /// In the text: a dateline or byline.
    Text,
    /// In any of the places above, but day and month may be swapped, as in `03/04/2023`.
    Ambiguous,
    /// The source file's time of modification.
    FileTime,
}

impl Provenance {
    /// All values, most trusted first.
    pub const ALL: [Self; 6] = [Self::Metadata, Self::Feed, Self::Url, Self::Text, Self::Ambiguous, Self::FileTime];

    /// Name used in data output.
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
