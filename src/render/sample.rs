//! Hits for the tests of this module: one with every fact and hostile text, one with none.

use std::path::PathBuf;

use crate::article::{Date, Provenance, Published};
use crate::search::{ArticleFacts, Copy, Hit, Passage, Results, Sort};

/// A day of July 2023, stated by the article.
pub(super) fn day(day: i8) -> Option<Published> {
    let day = Date::new(2023, 7, day).expect("a day");
    Some(Published { day, instant: None, provenance: Provenance::Metadata })
}

/// Two hits.
pub(crate) fn results() -> Results {
    let full = Hit {
        rank: 1,
        score: 12.345_678,
        passage: Passage {
            ordinal: 2,
            bytes: 812..841,
            text: "Exports of chip-making tools.".into(),
            highlights: std::iter::once(11..22).collect(),
        },
        article: ArticleFacts {
            id: "8731".into(),
            location: "news.zip!/a/wire.jsonl#3".into(),
            title: "Export rules \u{1b}[2J".into(),
            title_highlights: std::iter::once(0..6).collect(),
            published: day(23),
            source: Some("Voice of America".into()),
            byline: Some("Jane Doe".into()),
            section: Some("Economy".into()),
            language: Some("en".into()),
            path: PathBuf::from("news.zip"),
            inner: "a/wire.jsonl".into(),
            record: 3,
            url: Some("https://example.org/8731".into()),
        },
        copies: vec![
            Copy { id: "b".into(), location: "b.txt".into(), source: Some("AP".into()), published: day(24) },
            Copy { id: "c".into(), location: "c.txt".into(), source: None, published: None },
        ],
        explanation: None,
    };
    let bare = Hit {
        rank: 2,
        score: 0.5,
        passage: Passage { ordinal: 0, bytes: 0..5, text: "Text.".into(), highlights: Vec::new() },
        article: ArticleFacts {
            id: "a.txt".into(),
            location: "a.txt".into(),
            title: String::new(),
            title_highlights: Vec::new(),
            published: None,
            source: None,
            byline: None,
            section: None,
            language: None,
            path: PathBuf::from("a.txt"),
            inner: String::new(),
            record: 1,
            url: None,
        },
        copies: Vec::new(),
        explanation: None,
    };
    Results { total_articles: 2, hits: vec![full, bare], collapsed: Some(Sort::Relevance), ..Results::default() }
}
