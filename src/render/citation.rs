//! Hits for other programs: quotable Markdown, and citations in RIS and BibTeX.
//!
//! RIS is the tagged format of reference managers (<https://en.wikipedia.org/wiki/RIS_(file_format)>): an article has
//! the type `NEWS`, each line a tag of two letters. BibTeX entries are `@article`s with an ISO `date` for biblatex and
//! `year` for the older styles.

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::facts::day;
use super::hits::by_article;
use super::safe::{flowing, safe};
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
            let paragraphs = hit.passage.text.split('\n').map(|text| flowing(text, &[]).text);
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
    parts.extend(day(article.published.as_ref()));
    parts.push(match article.url.as_deref() {
        Some(url) => format!("<{}>", safe(url).replace(['<', '>', ' '], "")),
        None => format!("`{}`", safe(&article.location).replace('`', "'")),
    });
    parts.join(", ")
}

/// Escapes Markdown syntax in text.
fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let is_list = at == 0 && matches!(c, '#' | '+' | '-' | '>');
        if is_list || matches!(c, '\\' | '*' | '_' | '`' | '[' | ']' | '<' | '~' | '|') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
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
        line("PY", &year(article))?;
        line("DA", &day(article.published.as_ref()).unwrap_or_default().replace('-', "/"))?;
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
            // Readers use a URL verbatim, except that some convert two hyphens to a dash.
            value if name == "url" => {
                let special = [("{", "%7B"), ("}", "%7D"), ("\\", "%5C"), (" ", "%20"), ("--", "-%2D")];
                let encoded = special.iter().fold(value.to_owned(), |url, (c, code)| url.replace(c, code));
                write!(out, ",\n  {name} = {{{encoded}}}")
            }
            value => write!(out, ",\n  {name} = {{{}}}", bibtex(value)),
        };
        field("title", &article.title)?;
        field("author", &authors(article).join(" and "))?;
        field("journal", article.source.as_deref().unwrap_or_default())?;
        field("date", &day(article.published.as_ref()).unwrap_or_default())?;
        field("year", &year(article))?;
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

/// The year of publication; empty if unknown.
fn year(article: &ArticleFacts) -> String {
    article.published.map(|published| published.day.year().to_string()).unwrap_or_default()
}

/// A unique key of letters, digits and hyphens: outlet, year, first long word of the headline.
fn key(article: &ArticleFacts, taken: &mut BTreeSet<String>) -> String {
    let plain = |text: &str| -> String { text.chars().filter(char::is_ascii_alphanumeric).collect() };
    let words = |text: &str| text.split_whitespace().map(plain).find(|word| word.len() > 3).unwrap_or_default();
    let parts = [words(article.source.as_deref().unwrap_or_default()), year(article), words(&article.title)];
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

/// The text with TeX's special characters escaped, and without its ligatures, such as two hyphens for a dash.
fn bibtex(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '-' | '`' | '\'') && escaped.ends_with(c) {
            escaped.push_str("{}");
        }
        match c {
            '\\' => escaped.push_str("\\textbackslash{}"),
            '~' => escaped.push_str("\\textasciitilde{}"),
            '^' => escaped.push_str("\\textasciicircum{}"),
            '{' | '}' | '%' | '&' | '#' | '$' | '_' => escaped.extend(['\\', c]),
            c => escaped.push(c),
        }
    }
    escaped
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

    /// Facts with every character that is special somewhere.
    fn nasty() -> Results {
        let titles = [
            "{Braces} }{ 50% of R&D_x cost $5 #1 ~ ^ \\back \\textit{x}",
            "\"Quotes\" “and” ‘others’ -- TY  - not a tag",
            "A headline\nin two lines\tand with a tab",
            "Ärger um Łódź: 日本の首相、Путин и 🙂",
            "ER  - ",
            "@article{x, title = {y}}",
            "%comment, and an % at the end %",
            "``quoted'' --- and ''''",
        ];
        let mut results = results();
        let sample = results.hits.remove(0);
        let hit = |(rank, title): (usize, &str)| {
            let mut hit = sample.clone();
            hit.rank = rank;
            hit.article.title = title.into();
            hit.article.id = format!("{rank}/{title}");
            hit.article.location = format!("{rank}");
            hit.article.source = Some(format!("The {title}"));
            hit.article.section = Some(format!("{title} section"));
            hit.article.url = Some(format!("https://example.org/{rank}/a_b--c?x=1&y=50%25&z=~$^'#{rank}"));
            hit.article.byline = Some("Jane Doe, Jörg Müller-Łoś and Ann O'Neil".into());
            hit.passage.text = format!("First {title}.\nTY  - BOOK\n{title}");
            hit
        };
        results.hits = (1..).zip(titles).map(hit).collect();
        results
    }

    /// A value in one line.
    fn one_line(text: &str) -> String {
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_reference_manager_reads_the_same_ris() {
        use biblib::{CitationParser, RisParser};
        let results = nasty();
        let read = RisParser::new().parse(&written(hits_ris, &results)).expect("RIS");
        assert_eq!(read.len(), results.hits.len());
        for (Hit { article, passage, .. }, read) in results.hits.iter().zip(read) {
            let extra =
                |tag: &str| one_line(&read.extra_fields.get(tag).map_or_else(String::new, |values| values.join("|")));
            let expected = |text: &Option<String>| one_line(text.as_deref().unwrap_or_default());
            assert_eq!(read.citation_type, ["Newspaper"]);
            assert_eq!(one_line(&read.title), one_line(&article.title));
            assert_eq!(one_line(&read.journal.clone().unwrap_or_else(|| extra("T2"))), expected(&article.source));
            assert_eq!(extra("SE"), expected(&article.section));
            assert_eq!(one_line(&read.abstract_text.clone().unwrap_or_default()), one_line(&passage.text));
            assert_eq!(read.urls, article.url.iter().cloned().collect::<Vec<_>>());
            assert_eq!(read.language, article.language);
            assert_eq!(extra("ID"), one_line(&article.id));
            let day = read.date.clone().map(|date| (date.year, date.month, date.day));
            assert_eq!(day, Some((2023, Some(7), Some(23))));
            // This reader takes the first word for the family name where there is no comma.
            let names: Vec<String> = read
                .authors
                .iter()
                .map(|author| {
                    let parts = [Some(&author.name), author.given_name.as_ref(), author.middle_name.as_ref()];
                    parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ")
                })
                .collect();
            assert_eq!(names, ["Jane Doe", "Jörg Müller-Łoś", "Ann O'Neil"]);
        }
    }

    #[test]
    fn a_reference_manager_reads_the_same_bibtex() {
        use biblatex::{Bibliography, ChunksExt};
        let results = nasty();
        let read = Bibliography::parse(&written(hits_bibtex, &results)).expect("BibTeX");
        assert_eq!(read.len(), results.hits.len());
        for (Hit { article, .. }, read) in results.hits.iter().zip(read.iter()) {
            let field =
                |name: &str| one_line(&read.get(name).map_or_else(String::new, |chunks| chunks.format_verbatim()));
            let expected = |text: &Option<String>| one_line(text.as_deref().unwrap_or_default());
            assert_eq!(field("title"), one_line(&article.title));
            assert_eq!(field("journal") + &field("journaltitle"), expected(&article.source));
            assert_eq!(field("date"), "2023-07-23");
            assert_eq!(field("url").replace("%2D", "-"), expected(&article.url));
            assert_eq!(field("note"), one_line(&article.id));
            let names = read.author().expect("authors");
            let names: Vec<String> = names.iter().map(|name| format!("{} {}", name.given_name, name.name)).collect();
            assert_eq!(names, ["Jane Doe", "Jörg Müller-Łoś", "Ann O'Neil"]);
        }
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
