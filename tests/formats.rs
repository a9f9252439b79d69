//! Every fixture of every format: `tests/fixtures/<format>/<sample>` against `<sample>.expected.json`.

use std::path::{Path, PathBuf};

use nutgraf::article::Article;
use nutgraf::error::SkipReason;
use nutgraf::format::{self, Context, FORMATS, FieldMap, Record, SAMPLE_BYTES, Sample, Split};
use serde_json::{Map, Value, json};

type Found = Vec<(u64, Result<Article, SkipReason>)>;

fn read(name: &str, bytes: Vec<u8>) -> (Option<&'static str>, Found) {
    let extension = name.rsplit_once('.').map_or(String::new(), |(_, e)| e.to_lowercase());
    let head = &bytes[..bytes.len().min(SAMPLE_BYTES)];
    let format = match format::detect(&Sample { head, extension: &extension }) {
        Ok(format) => format,
        Err(reason) => return (None, vec![(0, Err(reason))]),
    };
    let fields = FieldMap::default();
    let today = jiff::civil::date(2026, 1, 1);
    let context = Context {
        path: name,
        modified: None,
        charset: None,
        url: None,
        fields: &fields,
        today,
        order: format::Order::Unknown,
    };
    let mut found = Vec::new();
    match format.split {
        Split::Whole => {
            let mut number = 0;
            format.read(&Record { number: 1, bytes, header: None }, &context, &mut |outcome| {
                number += 1;
                found.push((number, outcome));
            });
        }
        Split::Stream(split) => {
            for record in split(Box::new(std::io::Cursor::new(bytes))) {
                match record {
                    Ok(record) => {
                        let number = record.number;
                        format.read(&record, &context, &mut |outcome| found.push((number, outcome)));
                    }
                    Err(bad) => found.push((bad.number, Err(bad.reason))),
                }
            }
        }
    }
    (Some(format.name), found)
}

fn shown(article: &Article, expected: &Map<String, Value>) -> Map<String, Value> {
    let mut facts = Map::new();
    let mut put = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            facts.insert(key.to_owned(), value);
        }
    };
    let first = |n: usize| article.body.chars().take(n).collect::<String>();
    let last = |n: usize| {
        let tail: Vec<char> = article.body.chars().rev().take(n).collect();
        tail.into_iter().rev().collect::<String>()
    };
    let wanted = |key: &str| expected.get(key).and_then(Value::as_str).map_or(0, |t| t.chars().count());
    put("id", article.id.clone().map(Value::from));
    put("title", Some(article.title.clone()).filter(|t| !t.is_empty()).map(Value::from));
    put("published", article.published.map(|p| p.day.to_string().into()));
    put("published_from", article.published.map(|p| p.provenance.name().into()));
    put("source", article.source.clone().map(Value::from));
    put("byline", article.byline.clone().map(Value::from));
    put("section", article.section.clone().map(Value::from));
    put("language", article.language.clone().map(Value::from));
    put("url", article.url.clone().map(Value::from));
    if article.body.is_empty() {
        return facts;
    }
    put("body_starts", Some(first(wanted("body_starts")).into()));
    put("body_ends", Some(last(wanted("body_ends")).into()));
    let paragraphs = article.body.split("\n\n").filter(|p| !p.trim().is_empty()).count();
    put("paragraphs", Some(paragraphs.into()));
    facts
}

fn fixtures() -> Vec<(String, PathBuf)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut found = Vec::new();
    for format in FORMATS {
        for entry in std::fs::read_dir(root.join(format.name)).into_iter().flatten().flatten() {
            if !entry.file_name().to_string_lossy().ends_with(".expected.json") {
                found.push((format.name.to_owned(), entry.path()));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn every_fixture_gives_what_is_expected_of_it() {
    let fixtures = fixtures();
    assert!(fixtures.len() >= 20, "only {} fixtures", fixtures.len());
    let mut wrong = Vec::new();
    for (format, path) in fixtures {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let expected = path.with_file_name(format!("{name}.expected.json"));
        let expected: Value = serde_json::from_slice(&std::fs::read(&expected).expect("there")).expect("JSON");
        let (detected, found) = read(&name, std::fs::read(&path).expect("there"));
        if detected != Some(format.as_str()) {
            wrong.push(format!("{format}/{name}: detected as {detected:?}"));
            continue;
        }
        let wanted = expected["articles"].as_array().cloned().unwrap_or_default();
        let articles: Vec<&Article> = found.iter().filter_map(|(_, outcome)| outcome.as_ref().ok()).collect();
        let skips: Vec<&str> = found.iter().filter_map(|(_, o)| o.as_ref().err()).map(SkipReason::code).collect();
        let codes: Vec<String> = expected["skips"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|s| s["reason"].as_str().unwrap_or_default().to_owned())
            .collect();
        if articles.len() != wanted.len() || skips != codes {
            wrong.push(format!("{format}/{name}: {} articles and skips {skips:?}", articles.len()));
            continue;
        }
        for (article, wanted) in articles.iter().zip(&wanted) {
            let wanted = wanted.as_object().expect("an object");
            let mut wanted_facts = wanted.clone();
            wanted_facts.remove("record");
            let found = shown(article, wanted);
            if json!(wanted_facts) != json!(found) {
                wrong.push(format!("{format}/{name}:\n wanted {}\n found  {}", json!(wanted_facts), json!(found)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn formats_have_names_of_their_own() {
    let mut names: Vec<&str> = FORMATS.iter().map(|f| f.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), FORMATS.len());
    assert!(FORMATS.iter().all(|f| f.version >= 1 && !f.title.is_empty()));
}
