//! Plain text, one article per file: the headline, up to three lines about outlet, date and author, the text.
//!
//! Owns the boundaries of headline, header lines and text. `lines` interprets header lines.

pub(super) mod lines;

use std::borrow::Cow;

use self::lines::{Header, header, keyed, outlet};
use super::common::record_fields::{self, Node};
use super::common::{charset, dates, paragraphs};
use super::{Certainty, Context, Format, Record, Sample, Sink, Split};
use crate::article::{Article, Provenance};
use crate::error::SkipReason;

/// Plain text.
pub(super) const FORMAT: Format = Format {
    name: "text",
    title: "plain text, one article per file",
    extensions: &["txt", "text", "asc"],
    version: 3,
    detect,
    split: Split::Whole,
    parse,
};

/// Maximum length of a headline; a longer first line is prose.
const HEADLINE_CHARACTERS_MAX: usize = 200;

/// Maximum length of a first line with a full stop that may still be a headline.
const HEADLINE_SENTENCE_CHARACTERS_MAX: usize = 120;

/// Maximum number of lines of a headline.
const HEADLINE_LINES_MAX: usize = 3;

/// Maximum number of lines about outlet, date, author and other metadata.
const HEADER_LINES_MAX: usize = 12;

/// Maximum width of hard-wrapped text.
const WRAPPED_COLUMNS_MAX: usize = 110;

fn detect(sample: &Sample<'_>) -> Certainty {
    let ours = sample.extension.is_empty() || FORMAT.extensions.contains(&sample.extension);
    let prose = !sample.extension.is_empty() || is_prose(sample.head);
    if ours && charset::looks_like_text(sample.head) && !is_script(sample.head) && prose {
        Certainty::Possible
    } else {
        Certainty::No
    }
}

/// Whether a file is a script, which names its interpreter or an editor mode, or a key.
fn is_script(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    head.starts_with(b"#!") || head.starts_with(b"#compdef") || head.starts_with(b"-----BEGIN PGP P")
}

/// Number of lines examined to distinguish prose from program text.
const JUDGED_LINES: usize = 200;

/// Minimum number of words of a text without extension.
const WORDS_MIN: usize = 8;

/// Whether a text is prose, as required without an extension: much of it is words, most of its lines are neither
/// comments nor statements, and words of the Latin alphabet have sentences.
fn is_prose(head: &[u8]) -> bool {
    let text = charset::decode(head, None, None);
    let (mut lines, mut code, mut words, mut tokens, mut letters, mut sentences) = (0, 0, 0, 0, 0, 0);
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()).take(JUDGED_LINES) {
        lines += 1;
        code += usize::from(is_code(line));
        sentences += usize::from(!is_code(line) && (line.contains(". ") || line.ends_with(['.', '!', '?', '"', '”'])));
        for token in line.split_whitespace() {
            let word =
                token.trim_matches(|c: char| c.is_ascii_punctuation() || matches!(c, '“' | '”' | '«' | '»' | '’'));
            tokens += 1;
            words += usize::from(word.len() > 1 && word.chars().all(|c| c.is_alphabetic() || "-'’.".contains(c)));
            letters += word.chars().filter(|c| !c.is_ascii() && c.is_alphabetic()).count();
        }
    }
    // Chinese and Japanese do not separate words by blanks.
    code * 4 < lines && (sentences > 0 && words * 5 > tokens * 2 && words >= WORDS_MIN || letters >= 2 * WORDS_MIN)
}

/// Whether a line is a comment, a statement or an assignment.
fn is_code(line: &str) -> bool {
    const STARTS: [&str; 7] = ["#", "//", "/*", "*/", "%", ";", "dnl "];
    const ENDS: [&str; 6] = [";", "{", "}", "\\", "(", "["];
    const INSIDE: [&str; 8] = ["()", "$(", "${", "::", "==", "=\"", "->", "<U0"];
    let name = line.trim_start_matches(|c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '$'));
    let assignment = name.len() < line.len() && name.trim_start().starts_with(['=', '+']);
    let setting = line.split_once(": ").is_some_and(|(name, value)| !name.contains(' ') && !value.contains(' '));
    assignment
        || setting
        || !line.contains(' ') && line.ends_with(')')
        || STARTS.iter().any(|sign| line.starts_with(sign))
        || ENDS.iter().any(|sign| line.ends_with(sign)) && !line.contains(". ")
        || INSIDE.iter().any(|sign| line.contains(sign))
}

fn parse(record: &Record, context: &Context<'_>, sink: &mut Sink<'_>) {
    sink(article(&charset::decode(&record.bytes, context.charset, None), context));
}

/// The article of a plain text.
///
/// # Errors
/// [`SkipReason::NoText`] when there is only white space.
pub(super) fn article(text: &str, context: &Context<'_>) -> Result<Article, SkipReason> {
    let text = paragraphs::with_newlines(text);
    let (head, body) = Head::read(&text);
    let article = head.article(paragraphs::from_plain(body), context);
    if article.title.is_empty() && article.body.is_empty() { Err(SkipReason::NoText) } else { Ok(article) }
}

/// The article of a text below a headline.
pub(super) fn below_headline(title: String, text: &str, context: &Context<'_>) -> Article {
    let mut head = Head { title, ..Head::default() };
    let body = head.take_header(text);
    head.header.split_outlet();
    head.article(paragraphs::from_plain(body), context)
}

/// The part before the text.
#[derive(Debug, Default)]
struct Head {
    title: String,
    header: Header,
    /// Lines such as `Date: 23 July 2023`.
    keyed: Vec<(String, String)>,
}

impl Head {
    /// The head of a text with `\n` as line end, and the rest.
    fn read(text: &str) -> (Self, &str) {
        let mut head = Self::default();
        let mut rest = after_blank(text);
        rest = head.take_lines(rest, true);
        let leading = !head.keyed.is_empty() || head.header != Header::default();
        if leading {
            rest = after_blank(rest);
        }
        if !head.keyed.iter().any(|(name, _)| matches!(&*name.to_lowercase(), "title" | "headline")) {
            let count = headline_lines(rest);
            let lines: Vec<&str> = rest.lines().take(count).collect();
            head.title = paragraphs::one_line(&lines.join(" "));
            rest = after_lines(rest, count);
            if rest.lines().next().is_some_and(is_rule) {
                rest = after_lines(rest, 1);
            }
            if count > 0 {
                rest = head.take_header(rest);
            }
        }
        head.header.split_outlet();
        (head, rest)
    }

    /// Consumes the header lines below the headline, also after a blank line.
    fn take_header<'t>(&mut self, rest: &'t str) -> &'t str {
        let after = self.take_lines(rest, false);
        if after.len() < rest.len() {
            return after;
        }
        let below = after_blank(rest);
        let mut trial = Self::default();
        let after = trial.take_lines(below, false);
        // A block after a blank line is taken only if all its lines are header lines.
        if after.len() < below.len() && after.lines().next().is_none_or(|line| line.trim().is_empty()) {
            self.header.add(trial.header);
            self.keyed.append(&mut trial.keyed);
            return after;
        }
        rest
    }

    /// Consumes header lines and keyed lines from the start, and returns the text after them. Above the headline, a
    /// possible headline with a date is not a header line.
    fn take_lines<'t>(&mut self, mut rest: &'t str, above: bool) -> &'t str {
        for _ in 0..HEADER_LINES_MAX {
            let mut lines = rest.lines();
            let line = lines.next().unwrap_or("");
            if line.trim().is_empty() {
                break;
            }
            let next = lines.next().unwrap_or("");
            if let Some((name, value)) = keyed(line) {
                self.keyed.push((name.to_owned(), value.to_owned()));
            } else if let Some(header) = header(line).filter(|header| !above || is_certain(header)) {
                self.header.add(header);
            } else if let Some(name) = outlet(line).filter(|_| !above) {
                let known = self.header != Header::default();
                let is_newspaper = lines::names_outlet(&name) && next.trim().is_empty();
                if self.header.source.is_some()
                    || !(known || is_newspaper || header(next).is_some())
                    || known && !next.trim().is_empty()
                {
                    break;
                }
                self.header.source = Some(name);
            } else {
                break;
            }
            rest = after_lines(rest, 1);
        }
        rest
    }

    /// The article with this head.
    fn article(self, body: String, context: &Context<'_>) -> Article {
        let tag = self.keyed.iter().find(|(name, _)| matches!(&*name.to_lowercase(), "language" | "lang" | "locale"));
        let context = &Context { order: context.order.or_of(tag.map(|(_, value)| value.as_str())), ..*context };
        let text = |text: String| Node::Text(Cow::Owned(text));
        let pairs = self.keyed.into_iter().map(|(name, value)| (Cow::Owned(name), text(value)));
        let mut article = record_fields::with_body(&Node::Map(pairs.collect()), body, context);
        if article.title.is_empty() {
            article.title = self.title;
        }
        self.header.complete(&mut article, context);
        article
    }
}

impl Header {
    /// Completes the article, in the last resort with the date of its dateline or file.
    pub(super) fn complete(self, article: &mut Article, context: &Context<'_>) {
        article.source = article.source.take().or(self.source);
        article.byline = article.byline.take().or(self.byline);
        article.section = article.section.take().or(self.section);
        let notes = &mut article.notes;
        article.published = article
            .published
            .or_else(|| dates::published(self.date.as_deref()?, Provenance::Text, context, notes))
            .or_else(|| {
                let (line, stated) = dateline(&article.body, context.order)?;
                dates::believed(stated, Provenance::Text, context, line, notes)
            })
            .or_else(|| dates::of_file(context, notes));
    }
}

/// The date in the dateline that begins a text: `LONDON, July 23, 2023 (Agency) —`.
fn dateline(body: &str, order: dates::Order) -> Option<(&str, dates::Stated)> {
    let start = &body[..body.floor_char_boundary(100)];
    let end = [" - ", " – ", " — ", ") ", "—", " -- "].iter().filter_map(|sign| start.find(sign)).min()?;
    let line = &start[..end];
    Some((line, dates::in_text_of(line, order)?))
}

/// The number of lines of the headline.
fn headline_lines(text: &str) -> usize {
    let block: Vec<&str> = text.lines().take_while(|line| !line.trim().is_empty()).take(12).collect();
    let Some(first) = block.first().map(|line| line.trim()) else { return 0 };
    let characters = |lines: &[&str]| lines.iter().map(|line| line.trim().chars().count() + 1).sum::<usize>();
    let states = |line: &str| header(line).is_some() || keyed(line).is_some();
    let is_outlet = |line: &str| outlet(line).is_some_and(|name| lines::names_outlet(&name));
    for count in 1..=HEADLINE_LINES_MAX.min(block.len().saturating_sub(1)) {
        if count > 1 && states(block[count]) && (is_outlet(block[count - 1]) || is_rule(block[count - 1])) {
            return count - 1;
        }
        if states(block[count]) && characters(&block[..count]) <= HEADLINE_CHARACTERS_MAX + count {
            return count;
        }
    }
    let length = first.chars().count();
    if length > HEADLINE_CHARACTERS_MAX {
        return 0;
    }
    let sentence = first.ends_with(['.', '。']) && !first.ends_with("..");
    let more = !after_blank(after_lines(text, block.len())).is_empty();
    let Some(second) = block.get(1) else {
        let long = length > HEADLINE_SENTENCE_CHARACTERS_MAX;
        return usize::from(if more { !(sentence && long) } else { !sentence });
    };
    if sentence {
        return 0;
    }
    if is_rule(second) || is_outlet(second) {
        return 1;
    }
    // A headline that continues on a second line, with the text after a blank line.
    let goes_on = second.trim_start().starts_with(char::is_lowercase);
    if block.len() <= HEADLINE_LINES_MAX && more && goes_on && characters(&block) <= HEADLINE_CHARACTERS_MAX {
        return if block.iter().any(|line| line.trim_end().ends_with('.')) { 0 } else { block.len() };
    }
    let width = block[1..].iter().map(|line| line.trim_end().chars().count()).max().unwrap_or(0);
    let word = second.split_whitespace().next().unwrap_or("").chars().count();
    // In hard-wrapped prose, the first word of the second line did not fit on the first.
    usize::from(width > WRAPPED_COLUMNS_MAX || !goes_on && length + 1 + word <= width)
}

/// Whether a header line names a newspaper, or only a date.
fn is_certain(header: &Header) -> bool {
    header.date.is_some() && header.source.as_deref().is_none_or(lines::names_outlet)
}

/// A line that underlines the headline.
fn is_rule(line: &str) -> bool {
    let line = line.trim();
    line.len() >= 3 && line.chars().all(|c| matches!(c, '=' | '-' | '*' | '_' | '~' | '─'))
}

/// The text after blank lines.
fn after_blank(text: &str) -> &str {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('\n').filter(|(line, _)| line.trim().is_empty()) {
        rest = after;
    }
    if rest.trim().is_empty() { "" } else { rest }
}

/// The text after a number of lines.
fn after_lines(text: &str, count: usize) -> &str {
    (0..count).fold(text, |rest, _| rest.split_once('\n').map_or("", |(_, after)| after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Date;

    /// Title, date, source, byline and the beginning of the body.
    fn shown(text: &str) -> String {
        let fields = crate::format::FieldMap::default();
        let today = Date::constant(2026, 1, 1);
        let context = Context {
            path: "a.txt",
            modified: None,
            charset: None,
            url: None,
            fields: &fields,
            today,
            order: crate::format::Order::Unknown,
        };
        match article(text, &context) {
            Ok(a) => {
                let day = a.published.map(|p| format!("{} {}", p.day, p.provenance.name())).unwrap_or_default();
                let body: String = a.body.replace("\n\n", "¶");
                [a.title, day, a.source.unwrap_or_default(), a.byline.unwrap_or_default(), body].join("|")
            }
            Err(reason) => reason.code().to_owned(),
        }
    }

    #[test]
    fn headline_header_lines_and_text_are_separated() {
        let prose = "There are 31 wooden crates in the dispatch bay at Tarn Instruments, each\nstencilled with a serial number and a destination.\n";
        let joined = prose.trim().replace('\n', " ");
        let long = "A sentence of a long paragraph that goes on and on. ".repeat(5);
        for (text, expected) in [
            (
                "Headline\nOutlet, 2023-07-23\n\nBody one.\n\nBody two.\n",
                "Headline|2023-07-23 text|Outlet||Body one.¶Body two.",
            ),
            (
                "HEADLINE\r\n\r\nBy Jane Roe, The Globe, 1 May 2020\r\n\r\nBody.",
                "HEADLINE|2020-05-01 text|The Globe|Jane Roe|Body.",
            ),
            (
                "Headline\nThe Globe, 1 May 2020\nBy Jane Roe\nBody follows at once and goes on.",
                "Headline|2020-05-01 text|The Globe|Jane Roe|Body follows at once and goes on.",
            ),
            ("Headline\nThe Globe\n1 May 2020\n\nBody.", "Headline|2020-05-01 text|The Globe||Body."),
            ("The Globe, 1 May 2020\n\nHeadline\n\nBody.", "Headline|2020-05-01 text|The Globe||Body."),
            (
                "Title: Headline\nDate: 1 May 2020\nSource: The Globe\nAuthor: By Jane Roe\nURL: http://a.example/x\n\nBody.",
                "Headline|2020-05-01 metadata|The Globe|Jane Roe|Body.",
            ),
            ("Headline\n========\nDate: 1 May 2020\n\nBody.", "Headline|2020-05-01 metadata|||Body."),
            (
                "A headline that takes\ntwo lines of the file\nBy Jane Roe\n\nBody.",
                "A headline that takes two lines of the file|||Jane Roe|Body.",
            ),
            (
                "A headline that takes\ntwo lines of the file\n\nBody.",
                "A headline that takes two lines of the file||||Body.",
            ),
            (
                "Headline\n\nLONDON, July 23, 2023 (CWS) — Ministers said on Friday they would act.",
                "Headline|2023-07-23 text|||LONDON, July 23, 2023 (CWS) — Ministers said on Friday they would act.",
            ),
            ("Headline only", "Headline only||||"),
            ("A sentence only.", "||||A sentence only."),
            (
                "Obituary: a headline\nBody text that is longer than the headline and goes\non in a second line.",
                "Obituary: a headline||||Body text that is longer than the headline and goes on in a second line.",
            ),
            (prose, &format!("||||{joined}")),
            (&long, &format!("||||{}", long.trim())),
            (
                &format!("{joined} And one more sentence.\n\nMore."),
                &format!("||||{joined} And one more sentence.¶More."),
            ),
            ("\n \n", "no-text"),
        ] {
            assert_eq!(shown(text), expected, "{text:?}");
        }
    }
}
