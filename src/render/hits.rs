//! Hits as text.

use std::borrow::Cow;
use std::io::{self, Write};

use super::Style;
use super::excerpt::excerpt;
use super::explanation::sentences;
use super::facts::{Facts, date};
use super::ink::{Ink, paint, paint_marked};
use super::numbers::{counted, thousands};
use super::safe::{SafeText, flowing, initials, safe};
use super::wrap::{columns, lines, shorten};
use crate::search::{ArticleFacts, Copy, Hit, Results};

/// Maximum lines of a passage: five of a hundred columns hold about eighty words.
const PASSAGE_LINES_MAX: usize = 5;

/// Writes each hit with its headline, metadata, passage and copies. A long passage is shortened to its best lines, unless
/// `in_full` is set.
///
/// # Errors
/// Those of `out`.
pub fn hits_text(out: &mut dyn Write, results: &Results, style: &Style, in_full: bool) -> io::Result<()> {
    let lines_max = if in_full { usize::MAX } else { PASSAGE_LINES_MAX };
    let first = results.hits.first().map_or(1, |hit| hit.rank);
    let articles = by_article(&results.hits);
    let digits = (first + articles.clone().count()).saturating_sub(1).to_string().len().max(2);
    for (place, passages) in articles.enumerate() {
        if place > 0 {
            writeln!(out)?;
        }
        let page = Page { style, gutter: format!("{:>digits$}  ", first + place), lines_max };
        page.article(out, passages)?;
    }
    Ok(())
}

/// Groups hits by article.
pub(super) fn by_article(hits: &[Hit]) -> impl Iterator<Item = &[Hit]> + Clone {
    hits.chunk_by(|a, b| a.article == b.article)
}

/// The layout of one article's hits.
struct Page<'a> {
    style: &'a Style,
    /// The number and the blanks after it; other lines are indented by its width.
    gutter: String,
    lines_max: usize,
}

impl Page<'_> {
    /// Writes headline, metadata, passages in the order of the text, copies, and the explanation of the score.
    fn article(&self, out: &mut dyn Write, passages: &[Hit]) -> io::Result<()> {
        let Some(best) = passages.first() else { return Ok(()) };
        let indent = " ".repeat(self.gutter.len());
        let mut first: &str = &self.gutter;
        let title = initials(flowing(&best.article.title, &best.article.title_highlights));
        if !title.text.is_empty() {
            let link = self.style.links.then(|| address(&best.article)).flatten();
            self.lines(out, first, &title, Ink::Bold, link.as_deref())?;
            first = &indent;
        }
        let width = self.style.columns().saturating_sub(indent.len());
        Facts::of_hit(&best.article, width).write(out, first, self.style.color)?;
        let mut passages: Vec<&Hit> = passages.iter().collect();
        passages.sort_by_key(|hit| hit.passage.bytes.start);
        let mut shown = 0;
        for (place, hit) in passages.iter().enumerate() {
            // The context of two passages may be the same.
            let text = passage(hit, shown);
            shown = shown.max(hit.passage.bytes.end);
            if text.text.is_empty() {
                continue;
            }
            if place > 0 {
                writeln!(out)?;
            }
            let text = excerpt(text, self.text_columns(), self.lines_max);
            self.lines(out, &indent, &text, Ink::Plain, None)?;
        }
        if !best.copies.is_empty() {
            write!(out, "{indent}")?;
            paint(out, &copies(&best.copies, self.text_columns()), Ink::Dim, self.style.color)?;
            writeln!(out)?;
        }
        for sentence in best.explanation.iter().flat_map(|e| sentences(best.score, e)) {
            self.lines(out, &indent, &flowing(&sentence, &[]), Ink::Dim, None)?;
        }
        Ok(())
    }

    fn text_columns(&self) -> usize {
        self.style.text_columns().saturating_sub(self.gutter.len()).max(1)
    }

    /// Writes wrapped text: the first line after `first`, the others indented; all are hyperlinks if there is a `link`.
    fn lines(&self, out: &mut dyn Write, first: &str, text: &SafeText, ink: Ink, link: Option<&str>) -> io::Result<()> {
        for (number, line) in lines(&text.text, self.text_columns()).into_iter().enumerate() {
            match number {
                0 => write!(out, "{first}")?,
                _ => write!(out, "{:1$}", "", self.gutter.len())?,
            }
            if let Some(link) = link {
                write!(out, "\x1b]8;;{link}\x1b\\")?;
            }
            paint_marked(out, &text.text, line, &text.marks, ink, self.style.color)?;
            out.write_all(if link.is_some() { b"\x1b]8;;\x1b\\\n" } else { b"\n" })?;
        }
        Ok(())
    }
}

/// The URL of an article or of its source file, in ASCII.
fn address(article: &ArticleFacts) -> Option<String> {
    let web = article.url.as_deref().filter(|url| url.starts_with("http://") || url.starts_with("https://"));
    let (start, rest) = match web {
        Some(url) => ("", url.to_owned()),
        None => ("file://", std::path::absolute(&article.path).ok()?.to_str()?.replace('\\', "/")),
    };
    let mut made = start.to_owned();
    for byte in rest.bytes() {
        let is_kept = byte.is_ascii_graphic() && (web.is_some() || !matches!(byte, b'%' | b'?' | b'#' | b'"'));
        match is_kept {
            true => made.push(byte.into()),
            false => made.push_str(&format!("%{byte:02X}")),
        }
    }
    Some(made)
}

/// The passage on one line, starting at byte `from` of the stored text, without the headline.
pub fn passage(hit: &Hit, from: usize) -> SafeText {
    let (text, start) = (hit.passage.text.as_str(), hit.passage.bytes.start);
    let title = hit.article.title.as_str();
    let headline = if start == 0 && !title.is_empty() { text.strip_prefix(title) } else { None };
    let headline = headline.filter(|body| body.is_empty() || body.starts_with('\n'));
    let skipped = headline.map_or(0, |body| text.len() - body.len()).max(from.saturating_sub(start));
    let body = text.get(skipped..).unwrap_or_default();
    let marks = hit.passage.highlights.iter().filter(|m| m.start >= skipped);
    let marks: Vec<_> = marks.map(|m| m.start - skipped..m.end - skipped).collect();
    initials(flowing(body, &marks))
}

/// The number of copies, and as many of their outlets as fit on a line.
fn copies(copies: &[Copy], width: usize) -> String {
    let mut line = format!("+{}:", counted(copies.len() as u64, "copy", "copies"));
    let mut left = copies.len();
    for (place, (name, days)) in outlets(copies).iter().enumerate() {
        let times = if days.len() > 1 { format!(" ×{}", days.len()) } else { String::new() };
        let comma = if place == 0 { "" } else { "," };
        let entry = format!("{comma} {name}{times} ({})", span(days));
        let more =
            |left: usize| if left == 0 { String::new() } else { format!(" and {} more", thousands(left as u64)) };
        let rest = left - days.len();
        if place > 0 && columns(&line) + columns(&entry) + columns(&more(rest)) > width {
            line.push_str(&more(left));
            break;
        }
        line.push_str(&entry);
        left = rest;
    }
    shorten(&line, width).into_owned()
}

/// The outlets in the order of their first copies, with the dates of each.
fn outlets(copies: &[Copy]) -> Vec<(Cow<'_, str>, Vec<String>)> {
    let mut found: Vec<(Cow<'_, str>, Vec<String>)> = Vec::new();
    for copy in copies {
        let name = safe(copy.source.as_deref().unwrap_or(&copy.id));
        let day = date(copy.published.as_ref());
        match found.iter_mut().find(|(known, _)| *known == name) {
            Some((_, days)) => days.push(day),
            None => found.push((name, vec![day])),
        }
    }
    found
}

/// One date, or the first and the last.
fn span(days: &[String]) -> String {
    let (first, last) = (days.iter().min(), days.iter().max());
    match (first, last) {
        (Some(first), Some(last)) if first != last => format!("{first} to {last}"),
        (first, _) => first.cloned().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn shown(results: &Results) -> String {
        let mut out = Vec::new();
        hits_text(&mut out, results, &Style::plain(60), true).expect("memory");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn passages_of_one_article_share_its_number_and_headline_and_no_text() {
        let mut results = sample::results();
        let mut other = results.hits[0].clone();
        other.rank = 2;
        other.passage.bytes = 826..850;
        other.passage.text = "p-making tools. They fell.".into();
        other.passage.bytes.end = 826 + other.passage.text.len();
        other.passage.highlights.clear();
        results.hits.insert(1, other);
        results.hits[0].copies.clear();
        assert_eq!(
            shown(&results),
            " 1  Export rules \u{fffd}[2J\n    2023-07-23 · Voice of America · id 8731\n    news.zip!/a/wire.jsonl#3\n    \
             Exports of chip-making tools.\n\n    They fell.\n\n 2  no date · a.txt\n    Text.\n"
        );
    }

    #[test]
    fn headlines_link_to_the_source() {
        let mut results = sample::results();
        results.hits.truncate(1);
        let mut out = Vec::new();
        hits_text(&mut out, &results, &Style { links: true, ..Style::plain(60) }, false).expect("memory");
        let text = String::from_utf8(out).expect("text");
        let link = "\x1b]8;;https://example.org/8731\x1b\\Export rules \u{fffd}[2J\x1b]8;;\x1b\\\n";
        assert!(text.starts_with(&format!(" 1  {link}")), "{text:?}");
        let article = &mut results.hits[0].article;
        (article.url, article.path) = (None, "/a b/100%#é.html".into());
        assert_eq!(address(article).as_deref(), Some("file:///a%20b/100%25%23%C3%A9.html"));
    }

    #[test]
    fn copies_are_counted_by_outlet() {
        let copy = |source: &str, day: i8| Copy {
            location: String::new(),
            id: String::new(),
            source: Some(source.into()),
            published: sample::day(day),
        };
        let all = [copy("acmenews", 8), copy("AP", 8), copy("acmenews", 9), copy("acmenews", 8), copy("Post", 8)];
        for (width, expected) in [
            (100, "+5 copies: acmenews ×3 (2023-07-08 to 2023-07-09), AP (2023-07-08), Post (2023-07-08)"),
            (80, "+5 copies: acmenews ×3 (2023-07-08 to 2023-07-09), AP (2023-07-08) and 1 more"),
            (20, "+5 copies: acmenews…"),
        ] {
            assert_eq!(copies(&all, width), expected);
        }
        assert_eq!(copies(&all[1..2], 60), "+1 copy: AP (2023-07-08)");
    }
}
