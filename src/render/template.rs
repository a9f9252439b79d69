//! `--format TEMPLATE`: a line for each hit, with metadata in braces.

use std::borrow::Cow;
use std::io::{self, Write};

use super::facts::place;
use super::numbers::rounded;
use super::safe::{flowing, safe};
use crate::search::{Hit, Results};

/// The names that can be used in a template.
const FIELDS: &[&str] = &[
    "rank", "score", "id", "location", "title", "date", "source", "byline", "section", "language", "path", "record",
    "url", "passage", "start", "end", "copies",
];

/// A parsed template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Field(&'static str),
}

impl Template {
    /// Parses a template: `{title}` is a field, `{{` and `}}` are braces, `\n`, `\t`, `\0` and `\\` are characters.
    ///
    /// # Errors
    /// A message that says what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut rest = text.chars().peekable();
        while let Some(c) = rest.next() {
            match c {
                '{' | '}' if rest.next_if_eq(&c).is_some() => literal.push(c),
                '}' => return Err("a `}` has no `{` before it; `}}` writes the brace".into()),
                '{' => {
                    let mut name = String::new();
                    if !rest.by_ref().any(|c| {
                        c == '}' || {
                            name.push(c);
                            false
                        }
                    }) {
                        return Err("a `{` has no `}`; `{{` writes the brace".into());
                    }
                    let known = FIELDS.iter().find(|field| **field == name);
                    let known = known.ok_or_else(|| format!("no `{{{name}}}`; there are {}", FIELDS.join(", ")))?;
                    parts.extend([Part::Text(std::mem::take(&mut literal)), Part::Field(known)]);
                }
                '\\' => match rest.next() {
                    Some('n') => literal.push('\n'),
                    Some('t') => literal.push('\t'),
                    Some('0') => literal.push('\0'),
                    Some('\\') | None => literal.push('\\'),
                    Some(other) => {
                        literal.push('\\');
                        literal.push_str(&safe(other.encode_utf8(&mut [0; 4])));
                    }
                },
                c => literal.push_str(&safe(c.encode_utf8(&mut [0; 4]))),
            }
        }
        parts.push(Part::Text(literal));
        Ok(Self(parts))
    }
}

/// Writes the template once for each hit, followed by `end`.
///
/// # Errors
/// Those of `out`.
pub fn hits_template(out: &mut dyn Write, results: &Results, template: &Template, end: &str) -> io::Result<()> {
    for hit in &results.hits {
        for part in &template.0 {
            match part {
                Part::Text(text) => out.write_all(text.as_bytes())?,
                Part::Field(name) => out.write_all(field(hit, name).as_bytes())?,
            }
        }
        out.write_all(end.as_bytes())?;
    }
    Ok(())
}

/// A field on one line; empty if unknown.
fn field<'a>(hit: &'a Hit, name: &str) -> Cow<'a, str> {
    let article = &hit.article;
    let text = |value: Option<&'a str>| safe(value.unwrap_or_default());
    match name {
        "rank" => hit.rank.to_string().into(),
        "score" => rounded(hit.score).to_string().into(),
        "id" => text(Some(&article.id)),
        "location" => text(Some(&article.location)),
        "title" => text(Some(&article.title)),
        "date" => article.published.map(|p| p.day.to_string()).unwrap_or_default().into(),
        "source" => text(article.source.as_deref()),
        "byline" => text(article.byline.as_deref()),
        "section" => text(article.section.as_deref()),
        "language" => text(article.language.as_deref()),
        "path" => safe(&place(&article.path, &article.inner)).into_owned().into(),
        "record" => article.record.to_string().into(),
        "url" => text(article.url.as_deref()),
        "passage" => flowing(&hit.passage.text, &[]).text,
        "start" => hit.passage.bytes.start.to_string().into(),
        "end" => hit.passage.bytes.end.to_string().into(),
        "copies" => hit.copies.len().to_string().into(),
        _ => Cow::Borrowed(""),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn a_template_gives_facts_braces_and_characters() {
        let template = Template::parse("{rank}\\t{date} {{{source}}} {passage}").expect("a template");
        let mut out = Vec::new();
        hits_template(&mut out, &sample::results(), &template, "\n").expect("memory");
        let expected = "1\t2023-07-23 {Voice of America} Exports of chip-making tools.\n2\t {} Text.\n";
        assert_eq!(String::from_utf8(out).expect("text"), expected);
        for (text, wrong) in [("{titel}", "no `{titel}`; there are rank, "), ("{id", "no `}`"), ("id}", "no `{`")] {
            assert!(Template::parse(text).is_err_and(|error| error.contains(wrong)), "{text}");
        }
        let all: String = FIELDS.iter().map(|field| format!("{{{field}}}")).collect();
        assert_eq!(Template::parse(&all).expect("all are known").0.len(), FIELDS.len() * 2 + 1);
    }
}
