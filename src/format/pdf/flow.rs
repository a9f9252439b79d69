//! Lines to paragraphs, across columns and pages, with hyphenated words joined.
//!
//! Owns the signs of a paragraph (indented first line, short last line, larger distance), running heads and page
//! numbers, and the headline by its size.

use std::collections::{HashMap, HashSet};

use super::super::common::paragraphs::{ends_sentence, is_ideographic};
use super::layout::{Line, usual_size};

/// Minimum distance before a paragraph, in usual line distances.
const DISTANCE_MIN: f32 = 1.35;

/// Minimum indentation of a first line, in widths of `m`.
const INDENT_MIN: f32 = 0.7;

/// Maximum variation of font size within a paragraph.
const SIZE_TOLERANCE: f32 = 0.1;

/// Minimum number of pages on which a line at the top or bottom is a running head.
const RUNNING_PAGES_MIN: usize = 3;

/// Number of paragraphs searched backwards for the start of a paragraph that ends in a later column.
const OPEN_BACK_MAX: usize = 6;

/// Minimum size of a headline, in usual font sizes.
const HEADLINE_SIZE_MIN: f32 = 1.18;

/// Maximum length of a headline.
const HEADLINE_CHARS: std::ops::RangeInclusive<usize> = 8..=250;

/// A paragraph with its layout.
#[derive(Debug, Clone)]
pub(super) struct Paragraph {
    pub(super) text: String,
    pub(super) size: f32,
    pub(super) page: usize,
}

/// The paragraphs of all pages in reading order, from the columns of each page, and the running heads.
pub(super) fn paragraphs(mut pages: Vec<Vec<Vec<Line>>>) -> (Vec<Paragraph>, Vec<String>) {
    let running = drop_running_lines(&mut pages);
    let words = vocabulary(&pages);
    let mut done: Vec<Paragraph> = Vec::new();
    for (page, columns) in pages.iter().enumerate() {
        for column in columns {
            push_column(column, page, &words, &mut done);
        }
    }
    done.retain(|paragraph| paragraph.text.chars().any(char::is_alphanumeric));
    (done, running)
}

/// The headline: the largest text on the first page, if it is larger than most text.
pub(super) fn headline(paragraphs: &[Paragraph]) -> Option<usize> {
    let usual = usual_size(paragraphs.iter().map(|p| (p.size, p.text.len())));
    let mut best: Option<(usize, f32)> = None;
    for (at, p) in paragraphs.iter().enumerate().filter(|(_, p)| p.page == 0) {
        let fits = p.size >= HEADLINE_SIZE_MIN * usual && HEADLINE_CHARS.contains(&p.text.chars().count());
        if fits && best.is_none_or(|(_, size)| p.size > size * 1.02) {
            best = Some((at, p.size));
        }
    }
    best.map(|(at, _)| at)
}

fn push_column(column: &[Line], page: usize, words: &HashSet<String>, done: &mut Vec<Paragraph>) {
    let usual = usual_size(column.iter().map(Line::weight));
    let left = quantile(column.iter().map(|l| l.start), 0.2);
    let right = quantile(column.iter().map(|l| l.end), 0.9);
    let distances = column.windows(2).map(|pair| pair[1].base - pair[0].base).filter(|d| *d < 3.0 * usual);
    let distance = quantile(distances, 0.4);
    let mut before: Option<&Line> = None;
    let mut current = 0;
    for line in column {
        let indented = line.start - left >= INDENT_MIN * line.size;
        let begins = match before {
            None => None,
            Some(before) => {
                let apart = line.base - before.base;
                let far =
                    distance > 0.0 && apart > DISTANCE_MIN * distance.max(line.size * 0.9) || apart > 2.2 * line.size;
                let other = !same_size(line.size, before.size);
                // Lines of a headline may each be centred.
                let heading = line.size > HEADLINE_SIZE_MIN * usual;
                // The second line of a hanging paragraph continues it.
                let continues = line.text.starts_with(char::is_lowercase) && !ends_sentence(&before.text);
                let first = indented && before.start - left < INDENT_MIN * before.size && !heading && !continues;
                let word = line.text.split(' ').next().map_or(0, |w| w.chars().count()) as f32 * 0.5 * line.size;
                let short = ends_sentence(&before.text) && before.end + word + 0.5 * line.size < right;
                Some(far || other || first || short && column.len() > 2 || is_item(&line.text))
            }
        };
        let open = match begins {
            Some(false) => Some(current),
            Some(true) => None,
            None => open_paragraph(done, line, indented),
        };
        match open.and_then(|at| done.get_mut(at)) {
            Some(paragraph) => push_line(&mut paragraph.text, &line.text, words),
            None => done.push(Paragraph { text: line.text.clone(), size: line.size, page }),
        }
        current = open.unwrap_or(done.len() - 1);
        before = Some(line);
    }
}

/// The paragraph of an earlier column that this line continues.
fn open_paragraph(done: &[Paragraph], line: &Line, indented: bool) -> Option<usize> {
    let lower = line.text.chars().next().is_some_and(char::is_lowercase);
    if indented && !lower || is_item(&line.text) {
        return None;
    }
    let recent = done.iter().enumerate().rev().take(if lower { OPEN_BACK_MAX } else { 1 });
    let mut open = recent.filter(|(_, p)| {
        let long = p.text.chars().count() > 25;
        same_size(p.size, line.size) && long && !ends_sentence(&p.text)
    });
    open.next().map(|(at, _)| at)
}

fn same_size(a: f32, b: f32) -> bool {
    (a - b).abs() <= SIZE_TOLERANCE * a.max(b)
}

/// Appends a line to a paragraph, joining a hyphenated word.
fn push_line(text: &mut String, line: &str, words: &HashSet<String>) {
    let next = line.chars().next();
    let divided = text.chars().next_back().filter(|c| matches!(c, '-' | '\u{2010}' | '\u{ad}'));
    let letter_before = text.chars().rev().nth(1).is_some_and(char::is_alphabetic);
    match divided {
        Some(hyphen) if letter_before && next.is_some_and(char::is_alphabetic) => {
            let head = text.trim_end_matches(hyphen);
            let head = head.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default().to_lowercase();
            let tail = line.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default().to_lowercase();
            let whole = words.contains(&format!("{head}{tail}"));
            let capital = next.is_some_and(char::is_uppercase) && !head.chars().all(char::is_uppercase);
            let kept = words.contains(&format!("{head}-{tail}")) || capital || is_compound(&head, &tail, words);
            if hyphen == '\u{ad}' || whole || !kept {
                text.pop();
            }
        }
        _ => {
            let ideographs = text.ends_with(is_ideographic) && next.is_some_and(is_ideographic);
            if !ideographs {
                text.push(' ');
            }
        }
    }
    text.push_str(line);
}

/// Words that form hyphenated compounds with almost any following word.
const COMPOUND_HEADS: &[&str] = &[
    "all", "anti", "best", "better", "cross", "decision", "eight", "ever", "far", "fast", "first", "five", "four",
    "full", "half", "hard", "high", "ill", "large", "left", "long", "low", "medium", "much", "near", "new", "nine",
    "non", "old", "one", "part", "pro", "quasi", "record", "right", "second", "self", "seven", "short", "six", "small",
    "so", "soft", "state", "ten", "third", "three", "top", "twenty", "two", "vice", "well", "wide", "world", "year",
    "ex", "mid", "co", "peut", "grand", "demi", "vis", "celui", "celle", "ceux",
];

/// Words that form hyphenated compounds with almost any preceding word.
const COMPOUND_TAILS: &[&[&str]] = &[
    &["aged", "backed", "based", "bound", "born", "bred", "built", "called", "class", "controlled", "day"],
    &["determining", "driven", "dollar", "elect", "fact", "focused", "free", "friendly", "funded", "general"],
    &["grade", "held", "hour", "in-law", "known", "led", "level", "listed", "long", "looking", "made", "making"],
    &["mile", "minded", "minute", "month", "old", "oriented", "owned", "paid", "point", "profile", "profit"],
    &["quality", "range", "rate", "related", "rich", "run", "scale", "sized", "speaking", "speed", "style"],
    &["term", "time", "traded", "week", "wide", "winning", "year"],
];

/// Numbers that form compounds with any following one.
const TENS: &[&str] = &["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/// The endings of words in `self` that are no compounds.
const SELF_ENDINGS: &[&str] = &["ish", "less", "ie", "same", "hood"];

/// Whether a word divided at a hyphen is a compound with a hyphen, from its parts: a word that often begins one, before
/// a word that often ends one or that occurs separately in the file.
fn is_compound(head: &str, tail: &str, words: &HashSet<String>) -> bool {
    let stands = |word: &str| word.chars().count() >= 4 && words.contains(word);
    let heads = COMPOUND_HEADS.contains(&head);
    let tails = COMPOUND_TAILS.iter().any(|tails| tails.contains(&tail));
    let is_always = TENS.contains(&head) || head == "self" && !SELF_ENDINGS.iter().any(|end| tail.starts_with(end));
    is_always || heads && (tails || stands(tail)) || stands(head) && (tails || stands(tail))
}

/// A list item.
fn is_item(text: &str) -> bool {
    text.starts_with(['•', '■', '▪', '●', '◆', '‣', '–', '▶', '►', '□'])
}

/// The whole words within lines, and those with hyphens, in lower case.
fn vocabulary(pages: &[Vec<Vec<Line>>]) -> HashSet<String> {
    let mut words = HashSet::new();
    for column in pages.iter().flatten() {
        let mut divided = false;
        for line in column {
            let mut parts: Vec<&str> = line.text.split(|c: char| !c.is_alphabetic() && c != '-').collect();
            // The first and the last one may be only a part.
            if divided {
                parts.remove(0);
            }
            divided = line.text.ends_with(['-', '\u{2010}', '\u{ad}']);
            if divided {
                parts.retain(|part| !part.ends_with('-'));
            }
            words.extend(parts.into_iter().filter(|part| part.len() > 2).map(str::to_lowercase));
        }
    }
    words
}

/// Removes lines at the top or bottom of many pages, and page numbers.
fn drop_running_lines(pages: &mut [Vec<Vec<Line>>]) -> Vec<String> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for page in pages.iter() {
        let mut edge: Vec<String> = edges(page).into_iter().map(|at| running(&page[at.0][at.1].text)).collect();
        edge.sort();
        edge.dedup();
        edge.into_iter().for_each(|text| *seen.entry(text).or_default() += 1);
    }
    let count = pages.len();
    let mut removed = Vec::new();
    for page in pages.iter_mut() {
        let mut dropped: Vec<(usize, usize)> = edges(page)
            .into_iter()
            .filter(|at| {
                let text = running(&page[at.0][at.1].text);
                let often = seen.get(&text).copied().unwrap_or(0);
                let number = matches!(text.as_str(), "#" | "- # -" | "– # –" | "# / #" | "page #" | "page # of #");
                number || often >= RUNNING_PAGES_MIN && often * 5 >= count * 2
            })
            .collect();
        dropped.sort_unstable_by(|a, b| b.cmp(a));
        dropped.dedup();
        for (column, line) in dropped {
            removed.push(page[column].remove(line).text);
        }
    }
    removed
}

/// The two highest and the two lowest lines of a page: their columns and indices.
fn edges(page: &[Vec<Line>]) -> Vec<(usize, usize)> {
    let mut all: Vec<(usize, usize)> =
        page.iter().enumerate().flat_map(|(c, column)| (0..column.len()).map(move |l| (c, l))).collect();
    all.sort_by(|a, b| page[a.0][a.1].base.total_cmp(&page[b.0][b.1].base));
    let last = all.len().saturating_sub(2);
    all.iter().take(2).chain(all.iter().skip(last.max(2))).copied().collect()
}

/// A line without numbers, which is the same on every page.
fn running(text: &str) -> String {
    let mut out = String::new();
    for c in text.to_lowercase().chars() {
        match c {
            c if c.is_ascii_digit() && out.ends_with('#') => {}
            c if c.is_ascii_digit() => out.push('#'),
            c => out.push(c),
        }
    }
    out
}

fn quantile(values: impl Iterator<Item = f32>, part: f32) -> f32 {
    let mut values: Vec<f32> = values.collect();
    values.sort_by(f32::total_cmp);
    values.get((values.len() as f32 * part) as usize).or(values.last()).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str, base: f32) -> Line {
        Line { text: text.into(), start: 0.0, end: text.chars().count() as f32 * 5.0, base, size: 10.0 }
    }

    fn read(pages: &[&[&str]]) -> Vec<String> {
        let pages = pages
            .iter()
            .map(|lines| vec![lines.iter().enumerate().map(|(at, text)| line(text, 12.0 * at as f32)).collect()]);
        paragraphs(pages.collect()).0.into_iter().map(|p| p.text).collect()
    }

    #[test]
    fn divided_words_are_whole_again() {
        for (lines, expected) in [
            (
                ["the repair that took ele-", "ven days and more of them"],
                "the repair that took eleven days and more of them",
            ),
            (
                ["well-known is this well-", "known bakery on the quay"],
                "well-known is this well-known bakery on the quay",
            ),
            (
                ["a company of the Franco-", "German kind is building it"],
                "a company of the Franco-German kind is building it",
            ),
            (
                ["it soft\u{ad}ens at the ha\u{ad}", "rbour that they live in"],
                "it soft\u{ad}ens at the harbour that they live in",
            ),
            (["they said so in 2019 -", "and again this year, too"], "they said so in 2019 - and again this year, too"),
        ] {
            assert_eq!(read(&[&lines]), [expected]);
        }
    }

    #[test]
    fn running_lines_and_page_numbers_go() {
        let page = |number: &'static str, text: &'static str| ["THE DAILY GULL", text, number];
        let pages =
            [page("1", "The ferry is back on"), page("2", "the island and the"), page("3", "people are glad now.")];
        let pages: Vec<&[&str]> = pages.iter().map(|p| &p[..]).collect();
        assert_eq!(read(&pages).join(" "), "The ferry is back on the island and the people are glad now.");
        assert_eq!(read(&[&["In 2019 it sank.", "Nobody died."]]).len(), 1);
    }
}
