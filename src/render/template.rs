//! `--format TEMPLATE`: a line for each hit, with metadata in braces.

use std::borrow::Cow;
use std::io::{self, Write};

use super::facts::{day, place};
use super::numbers::rounded;
use super::safe::{flowing, safe};
use crate::search::{Hit, Results};

/// The names that can be used in a template.
const FIELDS: &[&str] = &[
    "rank", "score", "id", "location", "title", "date", "source", "byline", "section", "language", "path", "record",
    "url", "passage", "start", "end", "copies",
];

/// The escape sequences of a template, and what they write.
const ESCAPES: [(&str, &str); 6] =
    [("{{", "{"), ("}}", "}"), ("\\n", "\n"), ("\\t", "\t"), ("\\0", "\0"), ("\\\\", "\\")];

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
    /// A description of the syntax error.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}', '\\']) {
            literal += &safe(&rest[..at]);
            let special = &rest[at..];
            if let Some((escape, character)) = ESCAPES.iter().find(|(escape, _)| special.starts_with(escape)) {
                literal += character;
                rest = &special[escape.len()..];
            } else if let Some(field) = special.strip_prefix('{') {
                let (name, after) = field.split_once('}').ok_or("a `{` has no `}`; `{{` writes the brace")?;
                let known = FIELDS.iter().find(|known| **known == name);
                let known =
                    known.ok_or_else(|| format!("no field `{{{name}}}`; the fields are {}", FIELDS.join(", ")))?;
                parts.extend([Part::Text(std::mem::take(&mut literal)), Part::Field(known)]);
                rest = after;
            } else if let Some(after) = special.strip_prefix('\\') {
                literal.push('\\');
                rest = after;
            } else {
                return Err("a `}` has no `{` before it; `}}` writes the brace".into());
            }
        }
        literal += &safe(rest);
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
                Part::Field("passage") => out.write_all(flowing(&hit.passage.text, &[]).text.as_bytes())?,
                Part::Field(name) => out.write_all(safe(&field(hit, name)).as_bytes())?,
            }
        }
        out.write_all(end.as_bytes())?;
    }
    Ok(())
}

/// A field of a hit; empty if unknown.
pub(super) fn field<'a>(hit: &'a Hit, name: &str) -> Cow<'a, str> {
    let (article, passage) = (&hit.article, &hit.passage);
    let text = |value: &'a Option<String>| value.as_deref().unwrap_or_default().into();
    match name {
        "rank" => hit.rank.to_string().into(),
        "score" => rounded(hit.score).to_string().into(),
        "id" => article.id.as_str().into(),
        "location" => article.location.as_str().into(),
        "title" => article.title.as_str().into(),
        "date" => day(article.published.as_ref()).unwrap_or_default().into(),
        "source" => text(&article.source),
        "byline" => text(&article.byline),
        "section" => text(&article.section),
        "language" => text(&article.language),
        "path" => place(&article.path, &article.inner).into(),
        "record" => article.record.to_string().into(),
        "url" => text(&article.url),
        "passage" => passage.text.as_str().into(),
        "ordinal" => passage.ordinal.to_string().into(),
        "start" => passage.bytes.start.to_string().into(),
        "end" => passage.bytes.end.to_string().into(),
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
        for (text, wrong) in
            [("{titel}", "no field `{titel}`; the fields are rank, "), ("{id", "no `}`"), ("id}", "no `{`")]
        {
            assert!(Template::parse(text).is_err_and(|error| error.contains(wrong)), "{text}");
        }
        let all: String = FIELDS.iter().map(|field| format!("{{{field}}}")).collect();
        assert_eq!(Template::parse(&all).expect("all are known").0.len(), FIELDS.len() * 2 + 1);
    }
}
