//! Text wires of news agencies: ANPA-1312 and IPTC 7901, distinguished by their headers.
//!
//! Owns the control characters of the wire (SOH before the header, STX before the text, ETX after it), the headers, and
//! typesetting marks in the text. Tables in tape codes lose their columns.

use super::common::{charset, dates, paragraphs, wire};
use super::{Certainty, Context, Format, Record, Sample, Sink, Split};
use crate::article::{Article, Provenance};
use crate::error::SkipReason;

/// Wire files.
pub(super) const FORMAT: Format = Format {
    name: "anpa",
    title: "agency text wires: ANPA-1312 and IPTC 7901",
    extensions: &["anpa", "tst", "iptc", "wire"],
    version: 3,
    detect,
    split: Split::Whole,
    parse,
};

const SOH: u8 = 1;
const STX: u8 = 2;
const ETX: u8 = 3;
const SYN: u8 = 0x16;

/// Maximum size of a header, which has one to four short lines.
const HEADER_BYTES_MAX: usize = 1_000;

fn detect(sample: &Sample<'_>) -> Certainty {
    let head = sample.head;
    if is_typeset(head) {
        return Certainty::Certain;
    }
    let start = head.iter().position(|b| !b.is_ascii_whitespace() && !matches!(*b, 0 | SYN | 0x7f));
    let Some((SOH, rest)) = start.and_then(|s| head.get(s..)?.split_first()).map(|(first, rest)| (*first, rest)) else {
        return Certainty::No;
    };
    match parts(rest) {
        Some((header, text)) if is_header(header) && is_readable(text) => Certainty::Certain,
        _ => Certainty::No,
    }
}

/// Whether a text without a header begins with typesetting marks: `^BC-SLUG`, then `^Headline`.
fn is_typeset(head: &[u8]) -> bool {
    let mut lines = head.trim_ascii_start().split(|&b| b == b'\n').filter(|line| !line.trim_ascii().is_empty());
    let marked = |line: Option<&[u8]>| {
        line.is_some_and(|l| l.starts_with(b"^") && l.get(1).is_some_and(u8::is_ascii_alphanumeric))
    };
    marked(lines.next()) && marked(lines.next()) && is_readable(head)
}

/// The header after SOH, and what follows it.
fn parts(message: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = memchr::memchr(STX, message.get(..HEADER_BYTES_MAX).unwrap_or(message))?;
    Some((message.get(..end)?, message.get(end + 1..)?))
}

/// Whether these are the lines of a header: printable characters, and a first word that identifies the message.
fn is_header(bytes: &[u8]) -> bool {
    let strange = bytes.iter().filter(|b| matches!(b, 0..=6 | 0x7f..)).count();
    let controls = bytes.iter().filter(|b| b.is_ascii_control() && !b.is_ascii_whitespace()).count();
    let word = bytes.trim_ascii_start().iter().take_while(|b| b.is_ascii_alphanumeric()).count();
    strange == 0 && controls * 4 <= bytes.len() && word >= 2
}

/// Whether a text starts with words.
fn is_readable(text: &[u8]) -> bool {
    let text = text.split(|&b| b == ETX).next().unwrap_or(text);
    let words = text.iter().filter(|b| b.is_ascii_alphanumeric() || b.is_ascii_whitespace() || **b >= 0xc0).count();
    charset::looks_like_text(text) && words * 10 >= text.len() * 6
}

fn parse(record: &Record, context: &Context<'_>, sink: &mut Sink<'_>) {
    if is_typeset(&record.bytes) {
        return sink(wire::finish(article("", &charset::decode(&record.bytes, context.charset, None), "", context)));
    }
    let mut any = false;
    let sound =
        record.bytes.split(|&b| b == SOH).skip(1).any(|m| parts(m).is_some_and(|(header, _)| is_header(header)));
    for message in record.bytes.split(|&b| b == SOH).skip(1) {
        let found = parts(message);
        if !sound || found.is_some_and(|(header, _)| !is_header(header)) {
            continue;
        }
        any = true;
        sink(match found {
            Some((header, text)) => {
                let (text, trailer) = text.split_at(memchr::memchr(ETX, text).unwrap_or(text.len()));
                let decode = |bytes: &[u8]| charset::decode(bytes, context.charset, None).into_owned();
                wire::finish(article(&decode(header), &decode(text), &decode(trailer), context))
            }
            None => Err(SkipReason::Truncated("a header without a text".into())),
        });
    }
    if !any {
        sink(Err(SkipReason::NoText));
    }
}

fn article(header: &str, text: &str, trailer: &str, context: &Context<'_>) -> Article {
    let text = visible(text);
    let (header, slug) = read_header(header);
    let (mut article, date) = if text.lines().any(|l| l.starts_with('^')) { typeset(&text) } else { plain(&text) };
    let date = date.or_else(|| trailer.lines().map(visible).find_map(|line| date_of(&line)));
    article.published = wire::published(date, Provenance::Metadata, context, &mut article.notes);
    if article.title.is_empty() && !article.body.is_empty() {
        article.title = slug;
    }
    article.source = wire::agency(&article.body).or(header.source);
    Article { id: header.id, section: header.section, ..article }
}

/// The metadata in a header, and the slug, which replaces a missing headline.
fn read_header(header: &str) -> (Article, String) {
    let mut article = Article::default();
    let mut lines = header.lines().map(visible).map(|l| paragraphs::one_line(&l)).filter(|l| !l.is_empty());
    let first = lines.next().unwrap_or_default();
    let second = lines.next().unwrap_or_default();
    let words: Vec<_> = first.split(' ').collect();
    // IPTC 7901: `abc0123 4 i 250 note`, then lines of key words.
    if let [id, priority, category, count, note @ ..] = &words[..]
        && priority.len() == 1
        && category.len() == 1
        && count.bytes().all(|b| b.is_ascii_digit())
    {
        article.id = Some((*id).into());
        article.section = section(category);
        article.source = note.iter().find(|w| w.chars().all(char::is_alphabetic)).map(|w| (*w).to_owned());
        return (article, second.trim_matches('/').to_owned());
    }
    // ANPA: `a0123 codes`, then `r i BC-SLUG-Words 07-23 0250`.
    let id: String = first.chars().take_while(|c| c.is_ascii_alphanumeric()).take(5).collect();
    article.id = Some(id).filter(|id| id.len() >= 2);
    let mut words = second.split(' ');
    let (priority, category) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    article.section = category.get(..1).and_then(section);
    if priority.len() != 1 || category.len() > 2 {
        return (article, String::new());
    }
    let is_day = |word: &&str| {
        word.len() == 5 && word.as_bytes()[2] == b'-' && word.bytes().all(|b| b.is_ascii_digit() || b == b'-')
    };
    let slug: Vec<_> = words.take_while(|word| !is_day(word)).collect();
    (article, slug.join(" "))
}

/// The section for the letter that both standards use.
fn section(category: &str) -> Option<String> {
    let name = match category.to_ascii_lowercase().as_str() {
        "a" => "national",
        "b" => "special events",
        "c" => "features",
        "d" => "food",
        "e" => "entertainment",
        "f" => "finance",
        "i" => "international",
        "k" => "commentary",
        "l" => "lifestyle",
        "n" => "regional",
        "o" => "weather",
        "p" => "politics",
        "q" | "s" => "sports",
        "r" => "racing",
        "t" => "travel",
        "v" => "advisories",
        "w" => "Washington",
        _ => return None,
    };
    Some(name.to_owned())
}

/// The article and the date of a text with typesetting marks, `^Headline<`, before its paragraphs.
fn typeset(text: &str) -> (Article, Option<String>) {
    let (mut article, mut date) = (Article::default(), None);
    let (mut body, mut lines_set) = (String::new(), String::new());
    let mut first = true;
    let lead = text.lines().take_while(|line| !line.starts_with('^')).filter(|line| !line.trim().is_empty());
    // An unmarked headline may precede the marked lines.
    let mut lead = if lead.clone().count() <= LEAD_LINES_MAX && lead.clone().all(is_lead) { lead.count() } else { 0 };
    for line in text.lines() {
        let Some(set) = line.trim_start().strip_prefix('^') else {
            match date_of(line) {
                Some(found) if is_sign(line) => date = Some(found),
                _ if line.trim().is_empty() || lead == 0 => body.extend([line.trim_end().trim_end_matches('<'), "\n"]),
                _ => {
                    lead -= 1;
                    let shown = line.trim().trim_end_matches(['<', ',']);
                    if !(is_slug(shown) || is_status(shown)) && article.title.is_empty() {
                        article.title = paragraphs::one_line(shown);
                    }
                }
            }
            continue;
        };
        lead = 0;
        let shown = set.trim().trim_end_matches(['<', '=', '^', ' ']);
        let lower = shown.to_ascii_lowercase();
        if is_end(&lower) {
            break;
        }
        if !body.trim().is_empty() {
            // Headlines come before the text; marked lines below belong to the text.
            if !is_note(&lower) {
                body.extend([shown, "\n"]);
            }
        } else if set.trim().ends_with('=') || lower.starts_with("by ") && lower.len() < BYLINE_BYTES_MAX {
            // The second such line is the title of the writer.
            if article.byline.is_none() && lower.starts_with("by ") {
                article.byline = wire::byline(shown);
            }
        } else if is_note(&lower) || first && is_slug(shown) {
        } else if article.title.is_empty() {
            article.title = paragraphs::one_line(shown);
        } else {
            lines_set.extend([shown, "\n"]);
        }
        first = false;
    }
    article.body = paragraphs::from_plain(if body.trim().is_empty() { &lines_set } else { &body });
    (article, date)
}

/// Maximum size of a byline.
const BYLINE_BYTES_MAX: usize = 60;

/// Unmarked lines above the marked ones.
const LEAD_LINES_MAX: usize = 3;

/// Whether an unmarked line can be a headline or a slug.
fn is_lead(line: &str) -> bool {
    line.len() <= 160 && !line.starts_with([' ', '\t']) && !line.trim_end().ends_with('.')
}

/// A line that ends a report.
fn is_end(lower: &str) -> bool {
    let words = lower.trim_matches(|c: char| !c.is_alphanumeric());
    matches!(words, "end" | "ends" | "ende" | "fin" | "30")
        || lower.ends_with('@')
        || words.starts_with("end ") && words.len() < 24
}

/// The article and the date of a text that begins with its headline and byline, then a blank line.
fn plain(text: &str) -> (Article, Option<String>) {
    let text = text.trim_start_matches(['\n', ' ']);
    let mut article = Article::default();
    // Agencies put names and telephone numbers of the desk below the report.
    let ends = ["is not for publication", "is not intended for publication"];
    let end = ends.iter().filter_map(|end| text.find(&format!("The following information {end}"))).min();
    let text = &text[..end.unwrap_or(text.len())];
    let opening: Vec<_> = text.lines().take_while(|l| !l.trim().is_empty()).take(8).collect();
    let divided = text.lines().nth(opening.len()).is_some_and(|l| l.trim().is_empty());
    let used = if divided && opening.len() < 8 { opening.len() } else { usize::from(!opening.is_empty()) };
    let mut title = String::new();
    for line in opening.iter().take(used) {
        let shown = paragraphs::one_line(line);
        if shown.to_ascii_lowercase().starts_with("by ") {
            article.byline = wire::byline(&shown);
        } else if !is_status(&shown) && article.byline.is_none() {
            title.extend([shown.as_str(), " "]);
        }
    }
    title.trim().clone_into(&mut article.title);
    let rest: Vec<_> = text.lines().skip(used).collect();
    // The last lines may have the date: `231015 GMT Jul 23`.
    let tail = rest.iter().rev().filter(|l| !l.trim().is_empty()).take(2);
    let date = tail.clone().find_map(|l| date_of(l));
    let kept: Vec<_> = rest.iter().filter(|l| date_of(l).is_none() || !is_sign(l)).copied().collect();
    article.body = paragraphs::from_plain(kept.join("\n").trim_end_matches(['*', ' ', '\n', '#']));
    (article, date)
}

/// A line in capitals that names the version of a report.
fn is_status(line: &str) -> bool {
    const WORDS: &[&str] =
        &["REFILE", "LEAD", "UPDATE", "URGENT", "EXTRA", "CORRECTION", "ROUNDUP", "FLASH", "BULLETIN", "NEWSFEATURE"];
    line.len() < 24 && !line.chars().any(char::is_lowercase) && WORDS.iter().any(|w| line.contains(w))
}

/// `BC-BKN--Heat-Hawks, 1st Ld-Writethru,416`: the slug, not the headline.
fn is_slug(line: &str) -> bool {
    let cycle = line.as_bytes().get(2) == Some(&b'-') && line.bytes().take(2).all(|b| b.is_ascii_uppercase());
    let counted =
        line.rsplit_once(',').is_some_and(|(_, n)| !n.is_empty() && n.trim().bytes().all(|b| b.is_ascii_digit()));
    cycle || counted
}

fn is_note(lower: &str) -> bool {
    ["eds:", "eds ", "ap photo", "ap graphic", "editor's note", "with photo", "for use", "for release"]
        .iter()
        .any(|start| lower.starts_with(start))
}

/// Whether a line is an agency's time stamp and no sentence.
fn is_sign(line: &str) -> bool {
    line.trim().len() < 48
}

/// The instant in a time stamp: `AP-WF-02-20-16 0337GMT` or `231015 GMT Jul 23`.
fn date_of(line: &str) -> Option<String> {
    let line = line.trim().trim_end_matches('<').trim_end();
    if line.len() > 80 {
        return None;
    }
    let words: Vec<_> = line.split_whitespace().collect();
    let number =
        |digits: &str| digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse::<u64>().ok()).flatten();
    if let [.., stamp, time] = &words[..] {
        let parts: Vec<_> = stamp.rsplit('-').take(3).collect();
        if let ([year, day, month], true) = (&parts[..], stamp.starts_with(|c: char| c.is_ascii_alphabetic())) {
            let (year, day, month) = (number(year)?, number(day)?, number(month)?);
            let (clock, zone) = time.split_at_checked(4)?;
            let (hour, minute) = (number(clock.get(..2)?)?, number(clock.get(2..)?)?);
            let zone = match zone {
                "GMT" | "UTC" | "Z" => "Z",
                "EST" => "-05:00",
                "EDT" => "-04:00",
                _ => "",
            };
            let year = dates::full_year(year);
            return Some(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:00{zone}"));
        }
    }
    let at = words.iter().position(|w| {
        w.len() == 6 && number(w.get(..4).unwrap_or("x")).is_some() && w.bytes().all(|b| b.is_ascii_digit())
    })?;
    let stamp = words.get(at)?;
    let zone = words.get(at + 1).filter(|w| matches!(**w, "GMT" | "UTC" | "Z"));
    let after = at + 1 + usize::from(zone.is_some());
    let (month, year) = (dates::month(words.get(after)?)?, dates::full_year(number(words.get(after + 1)?)?));
    let (day, hour, minute) = (stamp.get(..2)?, stamp.get(2..4)?, stamp.get(4..)?);
    let zone = if zone.is_some() { "Z" } else { "" };
    Some(format!("{year:04}-{month:02}-{day}T{hour}:{minute}:00{zone}"))
}

/// A text without control characters of the wire.
fn visible(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.chars()
        .filter_map(|c| match c {
            '\n' | '\t' => Some(c),
            // Typesetting spaces and tabs.
            '\u{8}' | '\u{10}' | '\u{1f}' => Some(' '),
            c if c.is_control() => None,
            c => Some(c),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_stamps_are_read() {
        for (line, date) in [
            ("AP-WF-02-20-16 0337GMT<", Some("2016-02-20T03:37:00Z")),
            ("AP-NY-07-23-98 1430EDT", Some("1998-07-23T14:30:00-04:00")),
            ("212322 GMT Nov 18", Some("2018-11-21T23:22:00Z")),
            ("231015 JUL 23", Some("2023-07-23T10:15:00")),
            ("He won 6-4 6-3", None),
            ("", None),
            ("ä-ö-ü é", None),
        ] {
            assert_eq!(date_of(line).as_deref(), date, "{line}");
        }
    }
}
