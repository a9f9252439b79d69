//! The structured data of a page: the schema.org description of the article in its JSON-LD scripts.
//!
//! Owns the search for the object that describes the article of the page among all that it declares, and the many
//! spellings of names, dates and texts. See <https://schema.org/NewsArticle>.

use std::borrow::Cow;

use serde_json::Value;

use super::super::common::xml::unescape;
use super::dom::{Attr, Dom, Tag};
use super::lenient_json;

/// Maximum number of values examined on a page; more are generated lists.
const VALUES_MAX: usize = 20_000;

/// Maximum number of names used from a list.
const NAMES_MAX: usize = 20;

/// Properties whose objects describe something other than the article.
const ELSEWHERE: &[&str] =
    &["itemListElement", "comment", "isPartOf", "mentions", "about", "citation", "relatedLink", "review", "video"];

/// The declared data of a page, and which object is the article.
#[derive(Debug, Default)]
pub(super) struct JsonLd {
    roots: Vec<Value>,
    /// A copy of the object that describes the article.
    article: Option<Value>,
}

impl JsonLd {
    /// Parses all scripts of a page. `matches` returns whether a headline is that of the page.
    pub(super) fn of(dom: &Dom, matches: impl Fn(&str) -> bool) -> Self {
        let roots: Vec<Value> = dom
            .elements()
            .filter(|(_, tag)| *tag == Tag::Script)
            .filter(|(id, _)| dom.attr(*id, Attr::Type).is_some_and(|t| t.to_ascii_lowercase().contains("ld+json")))
            .filter_map(|(id, _)| parse(&dom.inside(id).map(|text| dom.text(text)).collect::<String>()))
            .collect();
        let mut best: Option<(u32, &Value)> = None;
        each_object(&roots, |object| {
            let rank = rank(object, &matches);
            if rank > 0 && best.is_none_or(|(r, _)| rank > r) {
                best = Some((rank, object));
            }
        });
        let article = best.map(|(_, object)| object.clone());
        Self { roots, article }
    }

    /// The first of these properties of the article that has a text.
    pub(super) fn text(&self, names: &[&str]) -> Option<&str> {
        let article = self.article.as_ref()?;
        names.iter().find_map(|name| first_text(article.get(name)?))
    }

    /// The names in a property: texts, objects with a name, lists of them, references to other objects.
    pub(super) fn names(&self, property: &str) -> Vec<&str> {
        let list = match self.article.as_ref().and_then(|article| article.get(property)) {
            Some(Value::Array(list)) => list,
            Some(value) => std::slice::from_ref(value),
            None => &[],
        };
        let mut names = Vec::new();
        for entry in list.iter().take(NAMES_MAX) {
            let name = match entry {
                Value::String(name) => Some(name.as_str()),
                Value::Object(object) => {
                    let name = object.get("name").and_then(first_text);
                    name.or_else(|| self.named(object.get("@id")?.as_str()?))
                }
                _ => None,
            };
            if let Some(name) = name.filter(|name| !name.trim().is_empty() && !names.contains(name)) {
                names.push(name);
            }
        }
        names
    }

    /// The name of the object with this `@id`.
    fn named(&self, id: &str) -> Option<&str> {
        let mut found = None;
        each_object(&self.roots, |object| {
            if found.is_none() && object.get("@id").and_then(Value::as_str) == Some(id) {
                found = object.get("name").and_then(first_text);
            }
        });
        found
    }
}

/// Calls `visit` with every object except those of other articles, outer objects first.
fn each_object<'a>(roots: &'a [Value], mut visit: impl FnMut(&'a Value)) {
    let mut open: Vec<&Value> = roots.iter().rev().collect();
    let mut seen = 0;
    while let Some(value) = open.pop() {
        seen += 1;
        if seen > VALUES_MAX {
            return;
        }
        match value {
            Value::Array(list) => open.extend(list.iter().rev()),
            Value::Object(object) => {
                visit(value);
                let inner = object
                    .iter()
                    .filter(|(key, v)| (v.is_object() || v.is_array()) && !ELSEWHERE.contains(&key.as_str()));
                let inner: Vec<&Value> = inner.map(|(_, v)| v).collect();
                open.extend(inner.into_iter().rev());
            }
            _ => {}
        }
    }
}

/// How well an object matches the article of the page; 0 if it is something else.
fn rank(object: &Value, matches: impl Fn(&str) -> bool) -> u32 {
    let kind = match object.get("@type") {
        Some(Value::String(kind)) => kind.as_str(),
        Some(Value::Array(kinds)) => {
            let articles = |k: &&Value| k.as_str().is_some_and(|k| of_type(k) > 1);
            kinds.iter().find(articles).or(kinds.first()).and_then(Value::as_str).unwrap_or_default()
        }
        _ => return 0,
    };
    let by_type = of_type(kind);
    if by_type == 0 {
        return 0;
    }
    let headline = object.get("headline").or_else(|| object.get("name")).and_then(first_text);
    let dated = object.get("datePublished").is_some();
    by_type + 2 * u32::from(headline.is_some()) + u32::from(dated) + 4 * u32::from(headline.is_some_and(matches))
}

fn of_type(kind: &str) -> u32 {
    let kind = kind.rsplit('/').next().unwrap_or(kind);
    if kind.ends_with("Article") || kind.ends_with("Posting") || kind == "Report" || kind == "Reportage" {
        return 8;
    }
    match kind {
        "Review" | "CreativeWork" | "Recipe" | "HowTo" | "VideoObject" | "DiscussionForumPosting" => 2,
        "WebPage" | "ItemPage" | "AboutPage" => 1,
        _ => 0,
    }
}

/// The text of a value, or of the first in a list.
fn first_text(value: &Value) -> Option<&str> {
    let value = if let Value::Array(list) = value { list.first()? } else { value };
    let text = match value {
        Value::Object(object) => object.get("@value").or_else(|| object.get("name")).or_else(|| object.get("@id"))?,
        value => value,
    };
    text.as_str().filter(|text| !text.trim().is_empty())
}

/// Reads one script, which may be wrapped in a comment, written in entities or as a text, or have faults.
fn parse(script: &str) -> Option<Value> {
    // The text before the first value wraps it: a comment, a CDATA section.
    let script = script.rsplit_once("<![CDATA[").map_or(script, |(_, inner)| inner);
    if let Ok(value) = serde_json::from_str::<Value>(script.trim()) {
        return match value.as_str().map(str::trim) {
            Some(inner) if inner.starts_with(['{', '[']) => serde_json::from_str(inner).ok(),
            _ => Some(value),
        };
    }
    let script = script.get(script.find(['{', '['])?..)?;
    let script = if script.contains('"') { Cow::Borrowed(script) } else { unescape(script) };
    // Text after the first value is an error in the template of the page.
    Some(lenient_json::parse(&script)).filter(|value| value.is_object() || value.is_array())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_of_templates_are_read_over() {
        let right = parse(r#"{"author": "Mara Holt", "keywords": ["a,]", "b"]}"#);
        for script in [
            r#"{"author": "Mara Holt", "keywords": ["a,]", "b"]};"#,
            r#"{"author": "Mara Holt", "keywords": ["a,]", "b", ], }"#,
            r#"/*<![CDATA[*/ {"author": "Mara\x20Holt", "keywords": ["a,]", "b"]}; /*]]>*/"#,
            "\"{\\\"author\\\": \\\"Mara Holt\\\", \\\"keywords\\\": [\\\"a,]\\\", \\\"b\\\"]}\"",
            "{&quot;author&quot;: &quot;Mara Holt&quot;, &quot;keywords&quot;: [&quot;a,]&quot;, &quot;b&quot;]}",
            "<!-- {\"author\": \"Mara Holt\",\n \"keywords\": [\"a,]\", \"b\",]\n,\n} -->",
        ] {
            assert_eq!(parse(script), right, "{script}");
        }
    }
}
