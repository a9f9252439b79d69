//! JSON: an article, a list of articles, or several documents in sequence; also JSON Feed 1.1 (jsonfeed.org).
//!
//! Owns the boundaries of records, and the choice of the list with articles. Fields are interpreted in `record_fields`.

use memchr::memchr2;
use serde::de::DeserializeSeed;

use super::common::dates::Order;
use super::common::lookahead::Lookahead;
use super::common::record_fields::{self, Defaults, Node, Reader};
use super::common::split::{self, Taken, take_until};
use super::common::{charset, paragraphs};
use super::{Certainty, Context, Format, Input, Record, Records, Sample, Sink, Split};
use crate::error::SkipReason;

/// JSON.
pub(super) const FORMAT: Format = Format {
    name: "json",
    title: "JSON, one article or a list of them, and JSON Feed",
    extensions: &["json"],
    version: 2,
    detect,
    split: Split::Stream(values),
    parse,
};

/// Maximum nesting supported by serde_json.
const DEPTH_MAX: u32 = 128;

/// Maximum depth of objects searched for a list of articles, as in `response.docs`.
const LIST_LEVELS_MAX: u32 = 3;

/// Keys of lists of articles, and of the objects around them.
const LIST_KEYS: &str =
    "articles items item _items results docs documents data hits response result entries news stories feed";

fn detect(sample: &Sample<'_>) -> Certainty {
    if !charset::looks_like_text(sample.head) {
        return Certainty::No;
    }
    let text = charset::decode(sample.head, None, None);
    let text = text.trim_start();
    let lines = text.rsplit_once('\n').map_or("", |(complete, _)| complete).lines().map(str::trim);
    let objects = lines.filter(|line| opens_object(line) && line.ends_with('}')).count();
    let list = text.strip_prefix('[').is_some_and(|rest| opens_object(rest.trim_start()));
    if list || opens_object(text) && objects < 2 {
        Certainty::Likely
    } else if objects > 1 && list_or_objects(text) || FORMAT.extensions.contains(&sample.extension) {
        Certainty::Possible
    } else {
        Certainty::No
    }
}

/// Whether a text begins like JSON; source code may also have lines that are objects.
fn list_or_objects(text: &str) -> bool {
    opens_object(text) || text.starts_with('[')
}

/// Whether a text begins like a JSON object with a field.
pub(super) fn opens_object(text: &str) -> bool {
    text.strip_prefix('{').is_some_and(|rest| rest.trim_start().starts_with('"'))
}

fn parse(record: &Record, context: &Context<'_>, sink: &mut Sink<'_>) {
    parse_as(FORMAT.name, record, context, sink);
}

/// Sends the articles of a JSON value to the sink. Errors name the `format`.
pub(super) fn parse_as(format: &'static str, record: &Record, context: &Context<'_>, sink: &mut Sink<'_>) {
    let of_file = record.header.as_deref().and_then(<[u8]>::first).map(|byte| Order::of_byte(*byte));
    let context = &Context { order: of_file.unwrap_or_default().or(context.order), ..*context };
    let text = charset::decode(&record.bytes, context.charset, None);
    let reports = record.number <= 1 || format != FORMAT.name;
    match node(&text, context) {
        Ok(node) => articles(&node, reports, context, sink),
        Err(error) => {
            let repaired = repaired(&text);
            match repaired.as_ref().and_then(|text| node(text, context).ok()) {
                Some(node) => articles(&node, reports, context, sink),
                // The error of the repaired text would name columns that the file does not have.
                None => sink(Err(why(format, &error))),
            }
        }
    }
}

fn node<'t>(text: &'t str, context: &Context<'_>) -> serde_json::Result<Node<'t>> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let node = Reader(Some(context.fields)).deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(node)
}

fn why(format: &'static str, error: &serde_json::Error) -> SkipReason {
    let detail = error.to_string();
    if detail.starts_with("recursion limit") {
        return SkipReason::TooDeep { what: "JSON", limit: DEPTH_MAX };
    }
    SkipReason::Malformed { format, detail }
}

/// Repairs what programs write that is not JSON: control characters and unpaired surrogates in strings, `NaN` and
/// `Infinity`, commas before closing brackets. `None` if there is nothing to repair.
fn repaired(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let (mut from, mut at) = (0, 0);
    let mut replace = |range: std::ops::Range<usize>, by: &str| {
        out.push_str(text.get(from..range.start).unwrap_or_default());
        out.push_str(by);
        from = range.end;
    };
    let mut quoted = false;
    while let Some(&byte) = bytes.get(at) {
        let mut length = 1;
        match byte {
            b'"' => quoted = !quoted,
            b'\\' if quoted => {
                length = 2;
                let unit = |at: usize| {
                    let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
                    u16::from_str_radix(digits, 16).ok()
                };
                match (unit(at), unit(at + 6)) {
                    (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => length = 12,
                    (Some(0xd800..=0xdfff), _) => {
                        length = 6;
                        replace(at..at + 6, "\u{fffd}");
                    }
                    _ => {}
                }
            }
            0..0x20 if quoted => replace(at..at + 1, " "),
            b',' if !quoted => {
                let next = bytes[at + 1..].iter().find(|byte| !byte.is_ascii_whitespace());
                if matches!(next, Some(b']' | b'}')) {
                    replace(at..at + 1, "");
                }
            }
            b'N' | b'I' | b'-' if !quoted => {
                let rest = &text[at..];
                if let Some(word) = ["NaN", "-Infinity", "Infinity"].iter().find(|word| rest.starts_with(**word)) {
                    length = word.len();
                    replace(at..at + length, "null");
                }
            }
            _ => {}
        }
        at += length;
    }
    if from == 0 {
        return None;
    }
    out.push_str(text.get(from..).unwrap_or_default());
    Some(out)
}

fn articles(node: &Node<'_>, reports: bool, context: &Context<'_>, sink: &mut Sink<'_>) {
    // Values without a text are reported for the first element of a list only, but for each line.
    if !reports && !record_fields::names_text(node, context.fields) {
        return;
    }
    let list = match node {
        Node::List(values) => Some((values, Defaults::default())),
        _ => list(node, context, LIST_LEVELS_MAX).map(|values| (values, feed(node))),
    };
    match list {
        Some((values, defaults)) => {
            for value in values {
                sink(record_fields::from_node(value, &defaults, context));
            }
        }
        None => sink(record_fields::from_node(node, &Defaults::default(), context)),
    }
}

/// The list of articles in an object that is not an article.
fn list<'n, 'a>(node: &'n Node<'a>, context: &Context<'_>, levels: u32) -> Option<&'n Vec<Node<'a>>> {
    let levels = levels.checked_sub(1)?;
    let Node::Map(entries) = node else { return None };
    if entries.iter().any(|(name, value)| matches!(value, Node::Text(_)) && context.fields.names_body(name)) {
        return None;
    }
    let mut values = LIST_KEYS.split(' ').filter_map(|key| node.get(key));
    values.find_map(|value| match value {
        Node::List(values) if values.iter().any(|value| matches!(value, Node::Map(_))) => Some(values),
        value => list(value, context, levels),
    })
}

/// Metadata of a JSON Feed for all its items.
fn feed(node: &Node<'_>) -> Defaults {
    let text = |name| if let Some(Node::Text(text)) = node.get(name) { Some(text) } else { None };
    if !text("version").is_some_and(|version| version.contains("jsonfeed.org")) {
        return Defaults::default();
    }
    Defaults {
        source: text("title").map(|title| paragraphs::one_line(title)).filter(|title| !title.is_empty()),
        language: text("language").and_then(|tag| record_fields::language(tag)),
    }
}

/// The values of a JSON text as records: the elements of a top-level list, or each of several documents. Their header is
/// the order of day and month in all of them.
fn values(input: Input<'_>) -> Records<'_> {
    let mut input = split::text(input);
    let order = Order::of_rows(input.peek(split::AHEAD_BYTES));
    let mut in_list = false;
    split::records(input, order.header(), move |input| value(input, &mut in_list))
}

/// The state of a scan within a value.
#[derive(Default)]
struct Inside {
    depth: u32,
    quoted: bool,
    escaped: bool,
}

impl Inside {
    /// The number of bytes up to the end of the value, if it ends in this chunk.
    fn end(&mut self, chunk: &[u8]) -> Option<usize> {
        let mut at = 0;
        while let Some(&byte) = chunk.get(at) {
            if self.escaped {
                self.escaped = false;
            } else if self.quoted {
                let next = memchr2(b'"', b'\\', &chunk[at..])?;
                at += next;
                if chunk.get(at) == Some(&b'\\') {
                    self.escaped = true;
                } else {
                    self.quoted = false;
                }
            } else {
                match byte {
                    b'"' => self.quoted = true,
                    b'{' | b'[' => self.depth = self.depth.saturating_add(1),
                    b'}' | b']' => {
                        self.depth = self.depth.saturating_sub(1);
                        if self.depth == 0 {
                            return Some(at + 1);
                        }
                    }
                    _ => {}
                }
            }
            at += 1;
        }
        None
    }
}

/// Consumes a value.
fn value(input: &mut Lookahead<'_>, in_list: &mut bool) -> Taken {
    let Some(first) = first(input, in_list) else {
        return if std::mem::take(in_list) { Err(truncated("the list is not closed")) } else { Ok(None) };
    };
    if !matches!(first, b'{' | b'[') {
        return stray(input, in_list);
    }
    let mut inside = Inside::default();
    let (bytes, is_whole) = take_until(input, |chunk| inside.end(chunk))?;
    if is_whole { Ok(Some(bytes)) } else { Err(truncated("the last record is incomplete")) }
}

/// Consumes separators and the brackets of a list. Returns the first byte of the next value.
fn first(input: &mut Lookahead<'_>, in_list: &mut bool) -> Option<u8> {
    loop {
        match *input.peek(1).first()? {
            b'[' if !*in_list => *in_list = true,
            b']' if *in_list => *in_list = false,
            // U+001E separates the values of JSON text sequences (RFC 7464).
            byte if byte.is_ascii_whitespace() || matches!(byte, b',' | 0x1e) => {}
            byte => return Some(byte),
        }
        input.consume(1);
    }
}

/// Consumes text up to the next object or list: usually not JSON at all.
fn stray(input: &mut Lookahead<'_>, in_list: &mut bool) -> Taken {
    let (mut first, mut quoted, mut escaped) = (true, false, false);
    let (bytes, found) = take_until(input, |chunk| {
        chunk.iter().position(|&byte| {
            let begins = std::mem::take(&mut first);
            if std::mem::take(&mut escaped) {
                return false;
            }
            match byte {
                b'"' => quoted = !quoted,
                b'\\' => escaped = quoted,
                b'{' | b'[' => return !quoted && !begins,
                b',' | b']' if *in_list => return !quoted && !begins,
                b'\n' => return !*in_list,
                _ => {}
            }
            false
        })
    })?;
    *in_list &= found;
    Ok(Some(bytes))
}

fn truncated(detail: &str) -> SkipReason {
    SkipReason::Truncated(detail.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::common::split::tests::{input, shown};
    use super::*;

    #[test]
    fn values_are_split() {
        for (text, expected) in [
            ("", vec![]),
            ("[]", vec![]),
            (r#"{"a": "}{\"]"}"#, vec![r#"1 {"a": "}{\"]"}"#]),
            ("\u{feff}[{\"a\":1},\n {\"a\":[2,{}]} ]\n", vec!["1 {\"a\":1}", "2 {\"a\":[2,{}]}"]),
            ("{\n\"a\": 1\n}\n{\"b\": 2}", vec!["1 {\n\"a\": 1\n}", "2 {\"b\": 2}"]),
            ("[1, \"a,]\", {\"b\":2}]", vec!["1 1", "2 \"a,]\"", "3 {\"b\":2}"]),
            ("[{\"a\":1},{\"b\": \"cut", vec!["1 {\"a\":1}", "2 !truncated"]),
            ("[{\"a\":1},", vec!["1 {\"a\":1}", "2 !truncated"]),
            ("not JSON\nat all {\"a\":1}}", vec!["1 not JSON", "2 at all ", "3 {\"a\":1}", "4 }"]),
            ("[{\"a\":1}][{\"b\":2}]", vec!["1 {\"a\":1}", "2 {\"b\":2}"]),
            (r#"{"a":"\\"}{"b":"\\\""}"#, vec![r#"1 {"a":"\\"}"#, r#"2 {"b":"\\\""}"#]),
        ] {
            assert_eq!(shown(values(input(text.as_bytes(), None))), expected, "{text}");
        }
        let error = std::io::ErrorKind::UnexpectedEof.into();
        assert_eq!(shown(values(input(b"[{\"a\":1},{\"b\"", Some(error)))), ["1 {\"a\":1}", "2 !truncated"]);
    }

    #[test]
    fn near_json_is_repaired() {
        for (text, expected) in [
            ("{\"a\": \"x\ty\"}", Some("{\"a\": \"x y\"}")),
            (r#"{"a": "\ud83d x \ud83d\ude00 \udc00"}"#, Some("{\"a\": \"\u{fffd} x \\ud83d\\ude00 \u{fffd}\"}")),
            (r#"{"a": NaN, "b": -Infinity, "c": [1,],}"#, Some(r#"{"a": null, "b": null, "c": [1]}"#)),
            (r#"{"a": "NaN, ]\"", "b": -1}"#, None),
            ("{\"a\": \"\\", None),
            ("", None),
        ] {
            assert_eq!(repaired(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn nesting_has_a_limit() {
        let fields = crate::format::FieldMap::default();
        let today = crate::article::Date::constant(2026, 1, 1);
        let context = Context {
            path: "",
            modified: None,
            charset: None,
            url: None,
            fields: &fields,
            today,
            order: crate::format::Order::Unknown,
        };
        for (known, code) in [("text", "too-deep"), ("unknown", "no-text")] {
            let bytes = format!("{{\"{known}\": {}1{}}}", "[".repeat(100_000), "]".repeat(100_000)).into_bytes();
            let mut codes = Vec::new();
            parse(&Record { number: 1, bytes, header: None }, &context, &mut |article| {
                codes.push(article.map_or_else(|reason| reason.code(), |_| "article"));
            });
            assert_eq!(codes, [code]);
        }
    }
}
