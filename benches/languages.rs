//! Measures retrieval in many languages: each headline as a query, its article as the answer, on bodies alone.
//!
//! ```text
//! cargo bench --bench languages -- ../shared/data
//! ```
//!
//! The folder may have `NAME/docs.jsonl.gz` with `id`, `title` and `body`, as in [`COLLECTIONS`]. The samples in
//! `tests/fixtures/languages` are always used. The table has, for each language:
//!
//! - mean reciprocal rank in a separate index, with feedback: with the detected language of each article (`detected`), with
//!   undetermined language, so that words follow the rules of the first language of their script (`none`), with each word
//!   as written, without stems or pairs (`exact`), and in one index of all collections (`mixed`);
//! - what makes the terms; terms per article, index bytes per article, and microseconds of analysis per article on one
//!   thread.

#![allow(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use flate2::read::GzDecoder;
use nutgraf::analysis::{Language, Words, analyse};
use serde_json::{Value, json};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Collections of the data folder with their languages.
const COLLECTIONS: [(&str, &str); 4] =
    [("en_wikinews", "en"), ("fr_wikinews", "fr"), ("ja_wikinews", "ja"), ("zh_inews", "zh")];

/// A code that no language has, so that articles are analysed as undetermined.
const NO_LANGUAGE: &str = "qaa";

/// Number of articles analysed for timing.
const TIMED: usize = 500;

/// How often they are; the shortest time counts.
const ROUNDS: usize = 5;

/// Headlines that are asked of a collection, evenly spread over it.
const QUERIES: usize = 500;

struct Collection {
    name: String,
    language: String,
    /// Headline and body.
    articles: Vec<(String, String)>,
}

fn main() -> Outcome<()> {
    let data = std::env::args().skip(1).find(|argument| argument != "--bench").map(PathBuf::from);
    let mut collections = Vec::new();
    for (name, language) in COLLECTIONS {
        let path = data.as_ref().map(|data| data.join(name).join("docs.jsonl.gz"));
        if let Some(path) = path.filter(|path| path.exists()) {
            collections.push(Collection { name: name.into(), language: language.into(), articles: archive(&path)? });
        }
    }
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/languages");
    let mut paths: Vec<PathBuf> = fs::read_dir(samples)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|extension| extension == "txt")) {
        let language = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = fs::read_to_string(path)?;
        let articles = text.lines().filter_map(|line| line.split_once(" | ")).map(|(a, b)| (a.into(), b.into()));
        collections.push(Collection { name: "sample".into(), language, articles: articles.collect() });
    }
    let scratch = tempfile::tempdir()?;
    let mixed = index(&collections.iter().collect::<Vec<_>>(), None, &scratch.path().join("mixed"))?;
    println!(
        "{:<14} {:<9} {:>8} {:>6} {:>6} {:>6} {:>6} {:>6} {:>6} {:>6}",
        "collection", "terms by", "articles", "detected", "none", "exact", "mixed", "terms", "bytes", "µs"
    );
    for (number, one) in collections.iter().enumerate() {
        let folder = scratch.path().join(number.to_string());
        let told = index(&[one], None, &folder.join("told"))?;
        let none = index(&[one], Some(NO_LANGUAGE), &folder.join("none"))?;
        let bytes = bytes(&told)? / one.articles.len() as u64;
        let (terms, micros) = analysis(one);
        println!(
            "{:<14} {:<9} {:>8} {:>6.3} {:>6.3} {:>6.3} {:>6.3} {terms:>6} {bytes:>6} {micros:>6.0}",
            format!("{} {}", one.language, one.name),
            terms_by(&one.language),
            one.articles.len(),
            reciprocal_rank(one, &told, false)?,
            reciprocal_rank(one, &none, false)?,
            reciprocal_rank(one, &told, true)?,
            reciprocal_rank(one, &mixed, false)?,
        );
    }
    Ok(())
}

/// What makes the terms of a language.
fn terms_by(language: &str) -> &'static str {
    match language {
        "zh" | "ja" | "th" | "lo" | "km" | "my" => "pairs",
        "ko" => "particles",
        "ar" => "light10",
        _ => "Snowball",
    }
}

fn archive(path: &Path) -> Outcome<Vec<(String, String)>> {
    let mut articles = Vec::new();
    for line in BufReader::new(GzDecoder::new(File::open(path)?)).lines() {
        let article: Value = serde_json::from_str(&line?)?;
        let text = |field: &str| article[field].as_str().unwrap_or_default().to_owned();
        if !text("title").is_empty() && !text("body").is_empty() {
            articles.push((text("title"), text("body")));
        }
    }
    Ok(articles)
}

/// Indexes the bodies, each under the name of its collection and its number. Returns the index folder.
fn index(collections: &[&Collection], language: Option<&str>, folder: &Path) -> Outcome<PathBuf> {
    fs::create_dir_all(folder)?;
    let archive = folder.join("bodies.jsonl");
    let mut out = File::create(&archive)?;
    for one in collections {
        for (number, (_, body)) in one.articles.iter().enumerate() {
            let mut article = json!({"id": id(one, number), "text": body});
            if let Some(language) = language {
                article["language"] = language.into();
            }
            writeln!(out, "{article}")?;
        }
    }
    let index = folder.join("index");
    program(&["index", "--quiet", "--index"], &[&index, &archive])?;
    Ok(index)
}

fn id(collection: &Collection, number: usize) -> String {
    format!("{}-{}-{number}", collection.name, collection.language)
}

fn program(arguments: &[&str], paths: &[&Path]) -> Outcome<Vec<u8>> {
    let out = Command::new(env!("CARGO_BIN_EXE_nutgraf")).args(arguments).args(paths).output()?;
    match out.status.code() {
        Some(0 | 3) => Ok(out.stdout),
        _ => Err(String::from_utf8_lossy(&out.stderr).into_owned().into()),
    }
}

/// Mean reciprocal rank of the articles with their headlines as queries; with `exact`, each word as written.
fn reciprocal_rank(collection: &Collection, index: &Path, exact: bool) -> Outcome<f64> {
    let folder = index.parent().unwrap_or(index);
    let (topics, qrels) = (folder.join("topics.tsv"), folder.join("qrels.txt"));
    let (mut topic_lines, mut qrel_lines) = (String::new(), String::new());
    let step = collection.articles.len().div_ceil(QUERIES).max(1);
    for (number, (title, _)) in collection.articles.iter().enumerate().step_by(step) {
        let id = id(collection, number);
        let words = title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        let query =
            if exact { words.map(|word| format!("={word} ")).collect() } else { title.replace(['\t', '\n'], " ") };
        topic_lines.push_str(&format!("{id}\t{query}\n"));
        qrel_lines.push_str(&format!("{id} 0 {id} 1\n"));
    }
    fs::write(&topics, topic_lines)?;
    fs::write(&qrels, qrel_lines)?;
    let (index, topics, qrels) = (index.to_string_lossy(), topics.to_string_lossy(), qrels.to_string_lossy());
    let mut arguments = vec!["eval", &topics, "--qrels", &qrels, "--index", &index, "--json"];
    arguments.extend(exact.then_some("--operators"));
    let out = program(&arguments, &[])?;
    let measures: Value = serde_json::from_slice(&out)?;
    find(&measures, "rr").ok_or_else(|| "no reciprocal rank".into())
}

/// The first number with this key in a JSON value.
fn find(value: &Value, name: &str) -> Option<f64> {
    match value {
        Value::Object(fields) => {
            fields.get(name).and_then(Value::as_f64).or_else(|| fields.values().find_map(|value| find(value, name)))
        }
        Value::Array(values) => values.iter().find_map(|value| find(value, name)),
        _ => None,
    }
}

fn bytes(folder: &Path) -> Outcome<u64> {
    fs::read_dir(folder)?.try_fold(0, |sum, entry| Ok(sum + entry?.metadata()?.len()))
}

/// Terms per article, and microseconds of analysis per article.
fn analysis(collection: &Collection) -> (usize, f64) {
    let language = Language::of(Some(&collection.language));
    let timed = &collection.articles[..collection.articles.len().min(TIMED)];
    let mut words = Words::default();
    let mut counts: BTreeMap<u32, u32> = BTreeMap::new();
    let mut terms = 0;
    for (_, body) in timed {
        counts.clear();
        analyse(body, 0, language, &mut words, &mut |token| *counts.entry(token.word.number()).or_default() += 1);
        terms += counts.len();
    }
    let mut round = || {
        let begun = Instant::now();
        for (_, body) in timed {
            analyse(body, 0, language, &mut words, &mut |_| {});
        }
        begun.elapsed().as_secs_f64() * 1e6 / timed.len().max(1) as f64
    };
    (terms / timed.len().max(1), (0..ROUNDS).map(|_| round()).fold(f64::MAX, f64::min))
}
