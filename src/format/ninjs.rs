//! ninjs, the JSON format of the IPTC, 1.0 to 3.x, and the dialects of agencies and Superdesk.
//!
//! Owns its keys. A file may have one item, a list, or several in sequence, and items may be nested. Other JSON is read
//! by `json` and `jsonl`.

use serde_json::{Map, Value};

use super::common::{charset, paragraphs, record_fields, wire};
use super::{Certainty, Context, Format, Record, Sample, Sink, Split, html, nitf};
use crate::article::{Article, Provenance};
use crate::error::SkipReason;

/// ninjs files.
pub(super) const FORMAT: Format = Format {
    name: "ninjs",
    title: "ninjs, the IPTC's news in JSON",
    extensions: &["json", "ninjs"],
    version: 2,
    detect,
    split: Split::Whole,
    parse,
};

/// Maximum nesting of items.
const DEPTH_MAX: usize = 8;

fn detect(sample: &Sample<'_>) -> Certainty {
    let head = String::from_utf8_lossy(sample.head);
    let start = head.trim_start_matches('\u{feff}').trim_start();
    if !start.starts_with(['{', '[']) {
        return Certainty::No;
    }
    let head = head.to_ascii_lowercase();
    let key = |name: &str| {
        let quoted = format!("\"{name}");
        head.match_indices(&quoted).take(50).any(|(at, _)| {
            let rest = &head[at + quoted.len()..];
            let end = rest.bytes().take(24).position(|b| b == b'"');
            // Names that end in `_` are prefixes.
            end.is_some_and(|end| (end == 0 || name.ends_with('_')) && rest[end + 1..].trim_start().starts_with(':'))
        })
    };
    let dated = key("versioncreated");
    let body = key("bodies") || ((key("body_") || key("description_")) && dated);
    let named = key("uri") || key("guid");
    match (named, dated, body, key("headline") || key("headlines")) {
        _ if head.contains("ninjs-schema") && dated => Certainty::Certain,
        (true, true, true, _) => Certainty::Certain,
        (true, true, _, true) | (true, _, true, true) => Certainty::Likely,
        _ => Certainty::No,
    }
}

fn parse(record: &Record, context: &Context<'_>, sink: &mut Sink<'_>) {
    let text = charset::decode(&record.bytes, context.charset, None);
    if text.trim().is_empty() {
        sink(Err(SkipReason::Empty));
    }
    for value in serde_json::Deserializer::from_str(&text).into_iter::<Value>() {
        match value {
            Ok(value) => {
                if !items(&value, 0, context, sink) {
                    sink(Err(SkipReason::NoText));
                }
            }
            Err(error) if error.is_eof() => sink(Err(SkipReason::Truncated(error.to_string()))),
            Err(error) => sink(Err(SkipReason::Malformed { format: "ninjs", detail: error.to_string() })),
        }
    }
}

/// Sends the articles of a value to the sink. Returns false if there are none.
fn items(value: &Value, depth: usize, context: &Context<'_>, sink: &mut Sink<'_>) -> bool {
    let mut any = false;
    match value {
        _ if depth > DEPTH_MAX => {}
        Value::Array(values) => {
            for value in values {
                any |= items(value, depth + 1, context, sink);
            }
        }
        Value::Object(item) => {
            if let Some(list) = ["_items", "items", "item"].iter().find_map(|k| get(item, k)).filter(|l| l.is_array()) {
                return items(list, depth + 1, context, sink);
            }
            if let Ok(article) = wire::finish(article(item, context)) {
                any = true;
                sink(Ok(article));
            }
            any |= associated(item, depth + 1, context, sink);
        }
        _ => {}
    }
    any
}

/// Sends the texts of nested items to the sink. Pictures belong to the item and are not articles.
fn associated(item: &Map<String, Value>, depth: usize, context: &Context<'_>, sink: &mut Sink<'_>) -> bool {
    let carried: Vec<&Value> = match get(item, "associations") {
        Some(Value::Object(map)) => map.values().collect(),
        Some(Value::Array(list)) => list.iter().collect(),
        _ => return false,
    };
    let mut any = false;
    for item in carried.into_iter().filter_map(Value::as_object).filter(|i| depth <= DEPTH_MAX && !is_media(i)) {
        let article = article(item, context);
        if !article.body.is_empty() {
            any = true;
            sink(wire::finish(article));
        }
        any |= associated(item, depth + 1, context, sink);
    }
    any
}

fn is_media(item: &Map<String, Value>) -> bool {
    get(item, "type").and_then(Value::as_str).is_some_and(|t| matches!(t, "picture" | "graphic" | "audio" | "video"))
}

/// The value of a key in any case: 3.0 writes `versionCreated`.
fn get<'v>(item: &'v Map<String, Value>, key: &str) -> Option<&'v Value> {
    item.get(key)
        .or_else(|| item.iter().find(|(k, _)| k.eq_ignore_ascii_case(key)).map(|(_, v)| v))
        .filter(|v| !v.is_null())
}

/// A text, or the first name or value in a list of objects.
fn line(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.as_str(),
        Value::Object(map) => ["name", "value", "byline", "literal"].iter().find_map(|k| map.get(*k)?.as_str())?,
        Value::Array(list) => return list.iter().find_map(|v| if v.is_array() { None } else { line(v) }),
        _ => return None,
    };
    Some(paragraphs::one_line(&html::fragment(text))).filter(|l| !l.is_empty())
}

fn article(item: &Map<String, Value>, context: &Context<'_>) -> Article {
    let mut notes = Vec::new();
    let of = |key: &str| get(item, key).and_then(line);
    let first = |keys: &[&str]| keys.iter().find_map(|key| of(key));
    let inner = body(item, context);
    let dates = ["firstcreated", "contentcreated", "versioncreated", "firstpublished", "published"];
    let dates = dates.iter().filter_map(|key| get(item, key)?.as_str());
    let published = wire::published(dates, Provenance::Metadata, context, &mut notes);
    let uri = of("uri");
    let title =
        main_of(item, "headlines").or_else(|| first(&["headline", "headline_text", "headline_xhtml", "title", "name"]));
    let slug = || first(&["slugline", "subtitle"]).filter(|_| !inner.body.is_empty());
    Article {
        id: uri.clone().or_else(|| first(&["guid", "_id", "altids"])),
        title: title.or_else(|| Some(inner.title.clone()).filter(|t| !t.is_empty())).or_else(slug).unwrap_or_default(),
        published: published.or(inner.published),
        source: first(&["source", "provider", "infosources", "infosource", "copyrightholder"]),
        byline: first(&["byline", "bylines", "by"])
            .and_then(|b| wire::byline(&b))
            .or_else(|| authors(item))
            .or(inner.byline),
        section: first(&["sections", "section", "service", "services", "subjects", "subject"]),
        language: of("language").and_then(|l| record_fields::language(&l)).or(inner.language),
        url: first(&["url", "link", "canonicalurl"]).or(uri).filter(|u| u.starts_with("http")),
        body: inner.body,
        notes,
    }
}

/// The value of the main entry in a list of texts with roles, or of the first.
fn main_of(item: &Map<String, Value>, key: &str) -> Option<String> {
    let list = get(item, key)?.as_array()?;
    let of = |end: &str| list.iter().find(|v| v.get("role").and_then(Value::as_str).is_some_and(|r| r.ends_with(end)));
    of("main").or_else(|| of("headline")).and_then(line).or_else(|| list.iter().find_map(line))
}

fn authors(item: &Map<String, Value>) -> Option<String> {
    let written = |v: &&Value| v.get("rel").and_then(Value::as_str).is_some_and(|r| r == "author" || r == "creator");
    let list = |key: &str| get(item, key).and_then(Value::as_array);
    let mut names: Vec<_> = list("authors").into_iter().flatten().filter_map(line).collect();
    if names.is_empty() {
        names =
            ["people", "person"].iter().filter_map(|k| list(k)).flatten().filter(written).filter_map(line).collect();
    }
    Some(names.join(", ")).filter(|n| !n.is_empty())
}

/// The body in its longest rendition, or the description, as for pictures.
fn body(item: &Map<String, Value>, context: &Context<'_>) -> Article {
    let mut texts: Vec<(String, &str)> = Vec::new();
    for value in get(item, "bodies").and_then(Value::as_array).into_iter().flatten() {
        let kind = value.as_object().and_then(|v| get(v, "contenttype")).and_then(Value::as_str).unwrap_or_default();
        let role = value.get("role").and_then(Value::as_str).unwrap_or_default();
        if let Some(text) = value.get("value").and_then(Value::as_str) {
            texts.push((format!("{kind} {role}").to_ascii_lowercase(), text));
        }
    }
    // Names in 1.x: `body_text`, `body_xhtml`, `body_nitf`, or any other.
    texts.extend(keyed(item, "body_"));
    let fullest = texts.iter().map(|(kind, text)| rendered(kind, text, context)).max_by_key(|a| a.body.len());
    if let Some(article) = fullest.filter(|a| !a.body.is_empty()) {
        return article;
    }
    let described = get(item, "descriptions").and_then(Value::as_array).into_iter().flatten();
    let described = described.filter_map(|v| v.get("value")?.as_str().map(|text| (String::new(), text)));
    let described = described.chain(keyed(item, "description_")).map(|(kind, text)| rendered(&kind, text, context));
    described.max_by_key(|a| a.body.len()).unwrap_or_default()
}

/// The texts under keys with this prefix.
fn keyed<'v>(item: &'v Map<String, Value>, start: &str) -> Vec<(String, &'v str)> {
    let lower = item.iter().filter_map(|(key, value)| Some((key.to_ascii_lowercase(), value.as_str()?)));
    lower.filter(|(key, _)| key.starts_with(start)).collect()
}

fn rendered(kind: &str, text: &str, context: &Context<'_>) -> Article {
    let start = text.trim_start();
    if kind.contains("nitf") && start.starts_with('<') {
        // If it contains only the content, it is as good as HTML.
        if let Some(article) = nitf::from_markup(start, context).ok().filter(|a| !a.body.is_empty()) {
            return article;
        }
    }
    let body = if html::looks_like_markup(text) { html::fragment(text) } else { paragraphs::from_plain(text) };
    Article { body, ..Article::default() }
}
