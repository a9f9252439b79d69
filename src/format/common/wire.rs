//! Metadata in the style of news agencies and feeds, shared by wire and feed formats.
//!
//! Owns the cleaning of bylines and agency names, and the last step to an article. Dates are parsed in `dates`,
//! languages in `record_fields`.

use encoding_rs::WINDOWS_1252;

use super::{dates, paragraphs, record_fields};
use crate::article::{Article, Provenance, Published};
use crate::error::SkipReason;
use crate::format::Context;

/// Number of characters at the start of a report in which its agency is named.
const DATELINE_CHARS: usize = 160;

/// The agency named in the dateline of a report: `ATLANTA (AP) _`.
pub(crate) fn agency(body: &str) -> Option<String> {
    let end = body.char_indices().nth(DATELINE_CHARS).map_or(body.len(), |(at, _)| at);
    let name = body[..end].split('(').skip(1).find_map(|part| match part.split_once(')')?.0.trim() {
        "AP" => Some("Associated Press"),
        "CP" => Some("Canadian Press"),
        name @ ("AFP" | "ANSA" | "APA" | "Belga" | "Bloomberg" | "dpa" | "dpa-AFX" | "EFE" | "Kyodo" | "PA"
        | "Reuters" | "SID" | "TASS" | "UPI" | "Xinhua") => Some(name),
        _ => None,
    });
    name.map(str::to_owned)
}

/// A byline without its `By`, mail addresses and typesetting marks.
pub(crate) fn byline(text: &str) -> Option<String> {
    let line = record_fields::without_mail(&paragraphs::one_line(text));
    let line = line.trim_matches(|c: char| c.is_whitespace() || matches!(c, '=' | '<' | '^' | ';' | ',' | '|'));
    let name = record_fields::without_by(line);
    (!name.is_empty() && !name.eq_ignore_ascii_case("by")).then(|| name.to_owned())
}

/// A body with the place and day of its dateline prepended, as printed, if the record has them separately.
pub(crate) fn with_dateline(dateline: &str, body: String) -> String {
    let line = paragraphs::one_line(dateline);
    let place = line.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '_' | '–' | '—'));
    if place.is_empty() || body.is_empty() || body.starts_with(place) {
        return body;
    }
    format!("{place} - {body}")
}

/// Plain text of an element, without the indentation from the markup.
pub(crate) fn block(text: &str) -> String {
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let lines = || text.trim_start().lines().skip(1).filter(|line| !line.trim().is_empty());
    match lines().map(indent).min().unwrap_or(0) {
        0 => paragraphs::from_plain(text),
        common => {
            let lines = text.trim_start().lines().map(|line| line.get(common.min(indent(line))..).unwrap_or(line));
            // The indentation of the first line is before the start tag.
            paragraphs::from_plain(&lines.collect::<Vec<_>>().join("\n"))
        }
    }
}

/// Text of an element whose line breaks come from the markup: only blank lines separate paragraphs.
pub(crate) fn running(text: &str) -> String {
    let mut paragraphs = vec![String::new()];
    for line in text.lines() {
        match paragraphs.last_mut() {
            Some(last) if !line.trim().is_empty() => last.extend([line, "\n"]),
            _ => paragraphs.push(String::new()),
        }
    }
    let lines: Vec<_> = paragraphs.iter().map(|p| super::paragraphs::one_line(p)).collect();
    super::paragraphs::join(lines.iter().map(String::as_str))
}

/// Repairs text that was decoded with the wrong charset: UTF-8 read as Windows-1252 (`donâ€™t`), and Windows-1252 read
/// as Latin-1 (`don\u{92}t`).
///
/// A text is changed only if all of it can be repaired, which hardly happens by chance.
pub(crate) fn repaired(text: String) -> String {
    if text.is_ascii() {
        return text;
    }
    let (bytes, _, unmappable) = WINDOWS_1252.encode(&text);
    if !unmappable && let Ok(utf8) = std::str::from_utf8(&bytes) {
        return utf8.to_owned();
    }
    let control = |c: char| u8::try_from(u32::from(c)).ok().filter(|b| (0x80..0xa0).contains(b));
    if !text.chars().any(|c| control(c).is_some()) {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match control(c) {
            Some(byte) => out.push_str(&WINDOWS_1252.decode_without_bom_handling(&[byte]).0),
            None => out.push(c),
        }
    }
    out
}

/// The first valid and plausible date.
pub(crate) fn published<S: AsRef<str>>(
    candidates: impl IntoIterator<Item = S>,
    provenance: Provenance,
    context: &Context<'_>,
    notes: &mut Vec<String>,
) -> Option<Published> {
    candidates.into_iter().find_map(|text| dates::published(text.as_ref(), provenance, context, notes))
}

/// The article, if it has any text.
pub(crate) fn finish(mut article: Article) -> Result<Article, SkipReason> {
    if article.title.is_empty() && article.body.is_empty() {
        return Err(SkipReason::NoText);
    }
    // An article whose text only repeats its headline has no text.
    if article.body == article.title {
        article.body.clear();
    }
    Ok(article)
}

/// Plain text without metadata: a short first paragraph is the headline.
///
/// # Errors
/// [`SkipReason::NoText`] when nothing but white space is there.
pub(crate) fn plain(text: &str, context: &Context<'_>) -> Result<Article, SkipReason> {
    let (title, body) = paragraphs::headline(paragraphs::from_plain(text));
    if title.is_empty() && body.is_empty() {
        return Err(SkipReason::NoText);
    }
    Ok(Article { title, body, url: context.url.map(str::to_owned), ..Article::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_cleaned() {
        for (text, name) in [
            ("By JANE  ROE=", Some("JANE ROE")),
            ("  ", None),
            ("By", None),
            ("Byron Poe", Some("Byron Poe")),
            ("Ä", Some("Ä")),
        ] {
            assert_eq!(byline(text).as_deref(), name, "{text}");
        }
        for (wrong, right) in [
            ("donâ€™t", "don’t"),
            ("don\u{92}t", "don’t"),
            ("café", "café"),
            ("Ärger – „so“", "Ärger – „so“"),
            ("日本", "日本"),
        ] {
            assert_eq!(repaired(wrong.into()), right, "{wrong}");
        }
        assert_eq!(agency("HAVEN, Utopia (AP) _ The sea rose.").as_deref(), Some("Associated Press"));
        assert_eq!(agency("Nothing (here)"), None);
    }
}
