//! Metadata before a Markdown text: YAML between `---`, TOML between `+++`, or a JSON object.
//!
//! YAML is read from parser events, so that only what the article needs is built. Aliases are not resolved, so there is
//! nothing to expand.

use std::borrow::Cow;

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::super::common::record_fields::Node;

/// Maximum size of front matter; a longer one is text.
const BYTES_MAX: usize = 256 << 10;

/// Maximum nesting of lists and maps.
const LEVELS_MAX: usize = 32;

/// The front matter of a text, if any, and the text after it.
pub(super) fn split(text: &str) -> (Option<Node<'_>>, &str) {
    let start = text.trim_start();
    let found = match fenced(start) {
        Some((matter, rest)) => {
            let node = if start.starts_with('-') { yaml(matter) } else { toml(matter) };
            node.or_else(|| simple(matter)).map(|node| (node, rest))
        }
        None if start.starts_with('{') => json(start),
        None => None,
    };
    match found {
        Some((node @ Node::Map(_), rest)) => (Some(node), rest),
        _ => (None, text),
    }
}

/// Whether a text begins with a fence and has a closing one.
pub(super) fn is_fenced(text: &str) -> bool {
    fenced(text.trim_start()).is_some_and(|(matter, _)| matter.lines().any(|line| pair(line).is_some()))
}

/// The lines between two fences, and the text after them.
fn fenced(text: &str) -> Option<(&str, &str)> {
    let (first, rest) = text.split_once('\n')?;
    let close: &[&str] = match first.trim_end() {
        "---" => &["---", "..."],
        "+++" => &["+++"],
        _ => return None,
    };
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        if close.contains(&line.trim_end()) {
            return Some((&rest[..at], &rest[at + line.len()..]));
        }
        at += line.len();
        if at > BYTES_MAX {
            break;
        }
    }
    None
}

fn yaml(text: &str) -> Option<Node<'_>> {
    /// An open list or map; for a map, the key that waits for its value.
    enum Open<'t> {
        List(Vec<Node<'t>>),
        Map(Vec<(Cow<'t, str>, Node<'t>)>, Option<Cow<'t, str>>),
    }
    let mut open: Vec<Open<'_>> = Vec::new();
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        let (event, _) = event.ok()?;
        let node = match event {
            Event::SequenceStart(..) | Event::MappingStart(..) => {
                if open.len() >= LEVELS_MAX {
                    return None;
                }
                open.push(match event {
                    Event::SequenceStart(..) => Open::List(Vec::new()),
                    _ => Open::Map(Vec::new(), None),
                });
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop()? {
                Open::List(values) => Node::List(values),
                Open::Map(entries, _) => Node::Map(entries),
            },
            Event::Scalar(value, style, ..) => scalar(value, style),
            Event::Alias(_) => Node::Nothing,
            Event::DocumentEnd | Event::StreamEnd => return None,
            _ => continue,
        };
        match open.last_mut() {
            None => return Some(node),
            Some(Open::List(values)) => values.push(node),
            Some(Open::Map(entries, key)) => match key.take() {
                Some(key) => entries.push((key, node)),
                None => {
                    *key = Some(match node {
                        Node::Text(text) => text,
                        _ => Cow::Borrowed(""),
                    });
                }
            },
        }
    }
    None
}

fn scalar(value: Cow<'_, str>, style: ScalarStyle) -> Node<'_> {
    let nothing = matches!(&*value, "" | "~" | "null" | "Null" | "NULL" | "true" | "false" | "True" | "False");
    if style == ScalarStyle::Plain && nothing { Node::Nothing } else { Node::Text(value) }
}

fn toml(text: &str) -> Option<Node<'_>> {
    fn node<'t>(value: toml::Value) -> Node<'t> {
        match value {
            toml::Value::String(text) => Node::Text(Cow::Owned(text)),
            toml::Value::Integer(number) => Node::Text(Cow::Owned(number.to_string())),
            toml::Value::Float(number) => Node::Text(Cow::Owned(number.to_string())),
            toml::Value::Datetime(date) => Node::Text(Cow::Owned(date.to_string())),
            toml::Value::Boolean(_) => Node::Nothing,
            toml::Value::Array(values) => Node::List(values.into_iter().map(node).collect()),
            toml::Value::Table(entries) => {
                Node::Map(entries.into_iter().map(|(name, value)| (Cow::Owned(name), node(value))).collect())
            }
        }
    }
    Some(node(toml::Value::Table(text.parse().ok()?)))
}

fn json(text: &str) -> Option<(Node<'_>, &str)> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter();
    let node = values.next()?.ok()?;
    Some((node, text.get(values.byte_offset()..)?))
}

/// The pairs of malformed front matter, usually because of a colon in an unquoted headline.
fn simple(text: &str) -> Option<Node<'_>> {
    let pairs =
        text.lines().filter_map(pair).map(|(name, value)| (Cow::Borrowed(name), Node::Text(Cow::Borrowed(value))));
    let pairs: Vec<_> = pairs.collect();
    (!pairs.is_empty()).then_some(Node::Map(pairs))
}

fn pair(line: &str) -> Option<(&str, &str)> {
    let at = line.find([':', '='])?;
    let (name, value) = (line[..at].trim_end(), line[at + 1..].trim());
    let named = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
    let unquoted = ['"', '\''].iter().find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote));
    named.then_some((name, unquoted.unwrap_or(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pairs on a line, and the text after them.
    fn shown(text: &str) -> String {
        fn show(node: &Node<'_>) -> String {
            match node {
                Node::Text(text) => text.to_string(),
                Node::List(values) => format!("[{}]", values.iter().map(show).collect::<Vec<_>>().join(", ")),
                Node::Map(entries) => {
                    let entries = entries.iter().map(|(name, value)| format!("{name}={}", show(value)));
                    entries.collect::<Vec<_>>().join(" ")
                }
                Node::Nothing => "-".to_owned(),
            }
        }
        let (node, rest) = split(text);
        format!("{}|{rest}", node.as_ref().map_or_else(|| "none".to_owned(), show))
    }

    #[test]
    fn front_matter_of_every_kind_is_read() {
        let bomb = format!("---\na: &a [x]\n{}---\n", (0..50).map(|i| format!("b{i}: [*a, *a]\n")).collect::<String>());
        let deep = format!("---\na: {}\n---\nb", "[".repeat(10_000));
        for (text, expected) in [
            (
                "---\ntitle: 'It''s'\ntags:\n  - a\n  - b\nmore: [c, \"d\"]\ndraft: false\n---\nBody",
                "title=It's tags=[a, b] more=[c, d] draft=-|Body",
            ),
            (
                "---\r\ntitle: >-\r\n  Two\r\n  lines\r\ndate: 2021-05-18 06:00:00 -0500\r\n...\r\nBody",
                "title=Two lines date=2021-05-18 06:00:00 -0500|Body",
            ),
            ("---\ntitle: A colon: here\ndate: 2021-05-18\n---\nBody", "title=A colon: here date=2021-05-18|Body"),
            (
                "+++\ntitle = \"T\"\ndate = 2020-05-22T05:00:00-05:00\n[extra]\nauthor = 'A'\n+++\nBody",
                "date=2020-05-22T05:00:00-05:00 extra=author=A title=T|Body",
            ),
            ("{\n\"title\": \"T\", \"n\": 1\n}\n\nBody", "title=T n=1|\n\nBody"),
            ("---\nA rule above\n---\nBody", "none|---\nA rule above\n---\nBody"),
            ("---\ntitle: never closed\n", "none|---\ntitle: never closed\n"),
            ("---\n---\nBody", "none|---\n---\nBody"),
            ("Plain --- text", "none|Plain --- text"),
            ("", "none|"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
        assert!(shown(&bomb).starts_with("a=[x] b0=[-, -]"));
        assert!(shown(&deep).ends_with("|b"));
    }
}
