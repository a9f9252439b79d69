//! Hits for other programs: quotable Markdown, and citations in RIS and BibTeX.
//!
//! RIS is the tagged format of reference managers (<https://en.wikipedia.org/wiki/RIS_(file_format)>): an article has
//! the type `NEWS`, each line a tag of two letters. BibTeX entries are `@article`s with an ISO `date` for biblatex and
//! `year` for the older styles.

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::hits::by_article;
use super::safe::{flowing, safe};
use crate::article::Published;
use crate::search::{ArticleFacts, Hit, Results};

/// Writes each passage as a quotation with its source below it; `end` follows each article.
///
/// # Errors
/// Those of `out`.
pub fn hits_markdown(out: &mut dyn Write, results: &Results, end: &str) -> io::Result<()> {
    for (number, passages) in by_article(&results.hits).enumerate() {
        if number > 0 && end.is_empty() {
            writeln!(out)?;
        }
        for (place, hit) in passages.iter().enumerate().filter(|(_, hit)| !hit.passage.text.is_empty()) {
            if place > 0 {
                writeln!(out, ">\n> […]\n>")?;
            }
            let paragraphs = hit.passage.text.split('\n').map(|text| flowing(text, &[]).text.into_owned());
            let paragraphs: Vec<String> = paragraphs.filter(|text| !text.is_empty()).collect();
            for (line, paragraph) in paragraphs.iter().enumerate() {
                let blank = if line > 0 { ">\n" } else { "" };
                writeln!(out, "{blank}> {}", markdown(paragraph))?;
            }
        }
        let Some(hit) = passages.first() else { continue };
        write!(out, "\n— {}\n{end}", reference(&hit.article))?;
    }
    Ok(())
}

/// Headline, outlet, author, date and link of an article.
fn reference(article: &ArticleFacts) -> String {
    let mut parts = Vec::new();
    if !article.title.is_empty() {
        parts.push(format!("*{}*", markdown(&safe(&article.title))));
    }
    parts.extend(article.byline.as_deref().map(|name| markdown(&safe(name))));
    parts.extend(article.source.as_deref().map(|name| markdown(&safe(name))));
    parts.extend(day(article));
    parts.push(match article.url.as_deref() {
        Some(url) => format!("<{}>", safe(url).replace(['<', '>', ' '], "")),
        None => format!("`{}`", safe(&article.location).replace('`', "'")),
    });
    parts.join(", ")
}

/// Escapes Markdown syntax in text.
fn markdown(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let is_list = at == 0 && matches!(c, '#' | '+' | '-' | '>');
        if is_list || matches!(c, '\\' | '*' | '_' | '`' | '[' | ']' | '<' | '~' | '|') {
            made.push('\\');
        }
        made.push(c);
    }
    made
}

/// Writes an RIS record for each article; `end` follows each.
///
/// # Errors
/// Those of `out`.
pub fn hits_ris(out: &mut dyn Write, results: &Results, end: &str) -> io::Result<()> {
    for passages in by_article(&results.hits) {
        let Some(Hit { article, passage, .. }) = passages.first() else { continue };
        let mut line = |tag: &str, value: &str| match safe(value).trim() {
            "" => Ok(()),
            value => write!(out, "{tag}  - {value}\r\n"),
        };
        line("TY", "NEWS")?;
        line("TI", &article.title)?;
        for name in authors(article) {
            line("AU", &name)?;
        }
        line("T2", article.source.as_deref().unwrap_or_default())?;
        if let Some(Published { day, .. }) = article.published {
            line("PY", &day.year().to_string())?;
            line("DA", &day.strftime("%Y/%m/%d").to_string())?;
        }
        line("SE", article.section.as_deref().unwrap_or_default())?;
        line("LA", article.language.as_deref().unwrap_or_default())?;
        line("UR", article.url.as_deref().unwrap_or_default())?;
        line("ID", &article.id)?;
        line("AB", &passage.text)?;
        write!(out, "ER  - \r\n{end}")?;
    }
    Ok(())
}

/// Writes a BibTeX entry for each article; `end` follows each.
///
/// # Errors
/// Those of `out`.
pub fn hits_bibtex(out: &mut dyn Write, results: &Results, end: &str) -> io::Result<()> {
    let mut keys = BTreeSet::new();
    for passages in by_article(&results.hits) {
        let Some(Hit { article, .. }) = passages.first() else { continue };
        write!(out, "@article{{{}", key(article, &mut keys))?;
        let mut field = |name: &str, value: &str| match safe(value).trim() {
            "" => Ok(()),
            value => write!(out, ",\n  {name} = {{{}}}", bibtex(value)),
        };
        field("title", &article.title)?;
        field("author", &authors(article).join(" and "))?;
        field("journal", article.source.as_deref().unwrap_or_default())?;
        if let Some(Published { day, .. }) = article.published {
            field("date", &day.to_string())?;
            field("year", &day.year().to_string())?;
        }
        field("langid", article.language.as_deref().unwrap_or_default())?;
        field("url", article.url.as_deref().unwrap_or_default())?;
        field("note", &article.id)?;
        write!(out, "\n}}\n{end}")?;
    }
    Ok(())
}

/// The names of a byline, which `, ` or `and` separates.
fn authors(article: &ArticleFacts) -> Vec<String> {
    let byline = article.byline.as_deref().unwrap_or_default();
    let names = byline.split([',', ';']).flat_map(|part| part.split(" and ")).map(str::trim);
    names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// The day of publication, if it is known.
fn day(article: &ArticleFacts) -> Option<String> {
    article.published.map(|published| published.day.to_string())
}

/// A unique key of letters, digits and hyphens: outlet, year, first long word of the headline.
fn key(article: &ArticleFacts, taken: &mut BTreeSet<String>) -> String {
    let plain = |text: &str| -> String { text.chars().filter(char::is_ascii_alphanumeric).collect() };
    let words = |text: &str| text.split_whitespace().map(plain).find(|word| word.len() > 3).unwrap_or_default();
    let year = article.published.map(|published| published.day.year().to_string()).unwrap_or_default();
    let parts = [words(article.source.as_deref().unwrap_or_default()), year, words(&article.title)];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let name = if parts.is_empty() { "article".to_owned() } else { parts.join("-").to_ascii_lowercase() };
    let mut key = name.clone();
    let mut number = 2;
    while !taken.insert(key.clone()) {
        key = format!("{name}-{number}");
        number += 1;
    }
    key
}

/// The text with TeX's special characters escaped.
fn bibtex(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => made.push_str("\\textbackslash{}"),
            '~' => made.push_str("\\textasciitilde{}"),
            '^' => made.push_str("\\textasciicircum{}"),
            '{' | '}' | '%' | '&' | '#' | '$' | '_' => made.extend(['\\', c]),
            c => made.push(c),
        }
    }
    made
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn written(write: fn(&mut dyn Write, &Results, &str) -> io::Result<()>, results: &Results) -> String {
        let mut out = Vec::new();
        write(&mut out, results, "").expect("memory");
        String::from_utf8(out).expect("text")
    }

    fn results() -> Results {
        let mut results = sample::results();
        let article = &mut results.hits[0].article;
        article.title = "50% more: R&D_{x} *now*".into();
        article.byline = Some("Jane Doe, Jo Bloggs and A. N. Other".into());
        results
    }

    #[test]
    fn citations_have_every_fact_and_escape_what_is_special() {
        assert_eq!(
            written(hits_ris, &results()),
            "TY  - NEWS\r\nTI  - 50% more: R&D_{x} *now*\r\nAU  - Jane Doe\r\nAU  - Jo Bloggs\r\nAU  - A. N. Other\r\n\
             T2  - Voice of America\r\nPY  - 2023\r\nDA  - 2023/07/23\r\nSE  - Economy\r\nLA  - en\r\n\
             UR  - https://example.org/8731\r\nID  - 8731\r\nAB  - Exports of chip-making tools.\r\nER  - \r\n\
             TY  - NEWS\r\nID  - a.txt\r\nAB  - Text.\r\nER  - \r\n"
        );
        assert_eq!(
            written(hits_bibtex, &results()),
            "@article{voice-2023-more,\n  title = {50\\% more: R\\&D\\_\\{x\\} *now*},\n  \
             author = {Jane Doe and Jo Bloggs and A. N. Other},\n  journal = {Voice of America},\n  \
             date = {2023-07-23},\n  year = {2023},\n  langid = {en},\n  url = {https://example.org/8731},\n  \
             note = {8731}\n}\n@article{article,\n  note = {a.txt}\n}\n"
        );
    }

    #[test]
    fn quotations_name_their_source() {
        assert_eq!(
            written(hits_markdown, &results()),
            "> Exports of chip-making tools.\n\n— *50% more: R&D\\_{x} \\*now\\**, Jane Doe, Jo Bloggs and A. N. Other, \
             Voice of America, 2023-07-23, <https://example.org/8731>\n\n> Text.\n\n— `a.txt`\n"
        );
    }

    #[test]
    fn keys_are_unique() {
        let mut taken = BTreeSet::new();
        let article = results().hits[1].article.clone();
        assert_eq!([key(&article, &mut taken), key(&article, &mut taken)], ["article", "article-2"]);
    }
}
