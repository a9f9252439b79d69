//! Code shared by the fuzz targets: converts bytes to articles as an indexing run does, and checks the articles.

use std::io::Cursor;

use nutgraf::analysis::{Language, Words, analyse, headline, stored_text};
use nutgraf::article::Article;
use nutgraf::error::SkipReason;
use nutgraf::format::{self, Context, FieldMap, Format, Record, SAMPLE_BYTES, Sample, Split};
use nutgraf::ingest::Preview;
use nutgraf::render::{self, Style};

/// Maximum number of records of an input. A splitter that gives more does not end.
const RECORDS_MAX: usize = 1_000_000;

/// The format that is detected in bytes.
pub fn detected(bytes: &[u8], extension: &str) -> Option<&'static Format> {
    format::detect(&Sample { head: &bytes[..bytes.len().min(SAMPLE_BYTES)], extension }).ok()
}

/// Reads bytes as a format and checks every article.
pub fn read(format: &'static Format, bytes: &[u8]) {
    let fields = FieldMap::default();
    let today = jiff::civil::date(2026, 1, 1);
    let context = Context { path: "a/b.txt", modified: None, charset: None, url: None, fields: &fields, today, order: nutgraf::format::Order::Unknown };
    let mut preview = Preview { path: "a/b.txt".into(), format: Some(format.name), ..Preview::default() };
    let mut take = |number: u64, outcome: Result<Article, SkipReason>| match outcome {
        Ok(article) => {
            check(&article);
            preview.articles += 1;
            preview.first.push((number, article));
        }
        Err(reason) => preview.skips.push((number, reason.to_string())),
    };
    match format.split {
        Split::Whole => {
            let record = Record { number: 1, bytes: bytes.to_vec(), header: None };
            (format.parse)(&record, &context, &mut |outcome| take(1, outcome));
        }
        Split::Stream(split) => {
            for (count, record) in split(Box::new(Cursor::new(bytes.to_vec()))).enumerate() {
                assert!(count < RECORDS_MAX, "the splitter does not end");
                match record {
                    Ok(record) => (format.parse)(&record, &context, &mut |outcome| take(record.number, outcome)),
                    Err(bad) => take(bad.number, Err(bad.reason)),
                }
            }
        }
    }
    for color in [false, true] {
        let mut shown = Vec::new();
        render::preview_text(&mut shown, &preview, &Style { color, width: 80, links: false }).expect("writing to memory cannot fail");
        check_shown(&String::from_utf8(shown).expect("text"), color);
    }
}

/// Checks an article and the analysis of its text: offsets are in order and at character boundaries.
fn check(article: &Article) {
    assert!(!article.title.contains('\n'), "the headline has two lines: {:?}", article.title);
    let text = stored_text(article);
    assert_eq!(headline(&text, article.title.len()), article.title);
    let (mut next_position, mut starts) = (0, Vec::new());
    let outline = analyse(&text, article.title.len(), Language::default(), &mut Words::default(), &mut |token| {
        let word = text.get(token.start..token.end).expect("a token is at character boundaries");
        assert!(!word.is_empty() && !token.term().is_empty(), "{word:?} at {}", token.position);
        if token.position < next_position {
            // A joined form has the position of its first part, and the last character of a run that of its pair.
            assert!(starts[token.position as usize] <= token.start, "{word:?} at {starts:?}");
        } else {
            assert!(starts.last().is_none_or(|last| *last <= token.start), "{word:?} after {starts:?}");
            next_position = token.position + 1;
            starts.resize(next_position as usize, token.start);
        }
    });
    let mut end = article.title.len();
    for sentence in &outline.sentences {
        assert!(sentence.start >= end && sentence.end > sentence.start, "{sentence:?} after {end}");
        assert!(text.get(sentence.start..sentence.end).is_some(), "{sentence:?} is not at character boundaries");
        end = sentence.end;
    }
    let mut next = 0;
    for (number, passage) in outline.passages.iter().enumerate() {
        assert_eq!(passage.first_sentence, next, "passages cover all sentences");
        assert!(text.get(outline.passage_bytes(number)).is_some());
        next = passage.end_sentence;
    }
    assert_eq!(next, outline.sentences.len(), "every sentence is in a passage");
}

/// Checks that terminal output has no control characters except those of colours.
fn check_shown(shown: &str, color: bool) {
    for (at, c) in shown.char_indices() {
        let own = c == '\n' || (color && c == '\u{1b}' && is_color(&shown[at..]));
        assert!(own || !c.is_control(), "{c:?} in {shown:?}");
        assert!(!matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'), "{c:?} in {shown:?}");
    }
}

/// Whether a text begins with a colour sequence.
fn is_color(text: &str) -> bool {
    let rest = text.strip_prefix("\u{1b}[").unwrap_or_default();
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != ';');
    end.is_some_and(|end| rest[end..].starts_with('m'))
}
