//! Measures article extraction on the public article extraction benchmark, by the benchmark's own formula.
//!
//! Unpack the benchmark (181 pages `html__<id>.html.gz` and `ground-truth.json`, from
//! <https://github.com/scrapinghub/article-extraction-benchmark>) into a folder and run
//!
//! ```text
//! tar -xzf ../shared/data/formats/html-aeb.tar.gz -C /tmp
//! cargo bench --bench extraction -- /tmp/html-aeb [--warc FILE] [--output predictions.json] [--half 0|1]
//! ```
//!
//! `--warc` reads the pages from a gzipped WARC, `../shared/data/formats/news-aeb.warc.gz`, as an indexing run does.
//! `--output` writes the bodies in the form that the benchmark's `evaluate.py` reads. `--half` uses every second page,
//! so that rules found on one half can be checked on the other.
//!
//! The formula, per page: words are runs of letters, digits and `_`; a text is the bag of its runs of four words. True
//! positives, false positives and false negatives are the sizes of the intersection and the differences of the bags,
//! divided by their sum. Precision and recall are means over the pages (without pages that have no text on the
//! respective side), and F1 is computed from these means.

//!
//! A folder with `html/` and `ground-truth/`, as in the Web Content eXtraction Benchmark, is measured by the formula of
//! that benchmark: F1 of the bags of lower-case words, as the mean over the pages. The share of correct headlines,
//! dates and authors is printed too.
//!
//! ```text
//! tar -xf ../shared/data/formats/wcxb-articles.tar -C /tmp
//! cargo bench --bench extraction -- /tmp/wcxb-articles [--half 0|1]
//! ```

#![allow(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::collections::HashMap;
use std::error::Error;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use nutgraf::article::Article;
use nutgraf::format::{Context, FieldMap, Order, Record, Split};

/// Words in a run that is compared.
const SHINGLE_WORDS: usize = 4;

type Predictions = serde_json::Map<String, serde_json::Value>;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    if arguments.folder.join("ground-truth").is_dir() {
        return words(&arguments);
    }
    let truth: Predictions = serde_json::from_slice(&std::fs::read(arguments.folder.join("ground-truth.json"))?)?;
    let mut scores = Vec::new();
    let mut predictions = Predictions::new();
    let (mut bytes, mut spent) = (0, Duration::ZERO);
    let crawled = arguments.warc.as_deref().map(crawled).transpose()?;
    for (number, (id, page)) in truth.iter().enumerate() {
        if arguments.half.is_some_and(|half| number % 2 != half) {
            continue;
        }
        let url = page["url"].as_str();
        let body = match &crawled {
            Some(crawled) => url.and_then(|url| crawled.bodies.get(url)).cloned().unwrap_or_default(),
            None => {
                let html = read_page(&arguments.folder, id)?;
                bytes += html.len();
                let start = Instant::now();
                let body = extract(html, url).map(|article| article.body).unwrap_or_default();
                spent += start.elapsed();
                body
            }
        };
        scores.push(Score::of(page["articleBody"].as_str().unwrap_or_default(), &body, SHINGLE_WORDS));
        predictions.insert(id.clone(), serde_json::json!({ "articleBody": body }));
    }
    if let Some(crawled) = &crawled {
        (bytes, spent) = (crawled.bytes, crawled.spent);
    }
    let (precision, recall) = (mean(&scores, Score::precision), mean(&scores, Score::recall));
    println!("pages      {}", scores.len());
    println!("precision  {precision:.4}");
    println!("recall     {recall:.4}");
    println!("F1         {:.4}", 2.0 * precision * recall / (precision + recall));
    println!(
        "time       {:.3} s, {:.0} pages/s, {:.1} MB/s",
        spent.as_secs_f64(),
        scores.len() as f64 / spent.as_secs_f64(),
        bytes as f64 / 1e6 / spent.as_secs_f64()
    );
    if let Some(path) = arguments.output {
        std::fs::write(path, serde_json::to_vec_pretty(&predictions)?)?;
    }
    Ok(())
}

struct Arguments {
    folder: PathBuf,
    warc: Option<PathBuf>,
    output: Option<PathBuf>,
    half: Option<usize>,
}

impl Arguments {
    fn parse() -> Self {
        let mut parsed = Self { folder: PathBuf::from("html-aeb"), warc: None, output: None, half: None };
        // Cargo adds `--bench`.
        let mut arguments = std::env::args().skip(1).filter(|a| a != "--bench");
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--warc" => parsed.warc = arguments.next().map(PathBuf::from),
                "--output" => parsed.output = arguments.next().map(PathBuf::from),
                "--half" => parsed.half = arguments.next().and_then(|half| half.parse().ok()),
                folder => parsed.folder = PathBuf::from(folder),
            }
        }
        parsed
    }
}

fn read_page(folder: &Path, id: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    unpacked(&folder.join(format!("html__{id}.html.gz")))
}

fn unpacked(path: &Path) -> Result<Vec<u8>, Box<dyn Error>> {
    let file = std::fs::File::open(path)?;
    let mut html = Vec::new();
    flate2::read::MultiGzDecoder::new(file).read_to_end(&mut html)?;
    Ok(html)
}

/// The content of a web archive.
struct Crawled {
    /// Bodies of articles by URL.
    bodies: HashMap<String, String>,
    bytes: usize,
    spent: Duration,
}

/// Reads a gzipped web archive.
fn crawled(path: &Path) -> Result<Crawled, Box<dyn Error>> {
    let mut archive = Vec::new();
    flate2::read::MultiGzDecoder::new(std::fs::File::open(path)?).read_to_end(&mut archive)?;
    let (bytes, start) = (archive.len(), Instant::now());
    let format = nutgraf::format::by_name("warc").ok_or("web archives are a format")?;
    let Split::Stream(split) = format.split else { return Err("web archives have records".into()) };
    let fields = FieldMap::default();
    let context = context("pages.warc", None, None, &fields);
    let mut bodies = HashMap::new();
    for record in split(Box::new(std::io::Cursor::new(archive))).flatten() {
        (format.parse)(&record, &context, &mut |result| {
            if let Ok(article) = result {
                bodies.insert(article.url.unwrap_or_default(), article.body);
            }
        });
    }
    Ok(Crawled { bodies, bytes, spent: start.elapsed() })
}

fn context<'a>(path: &'a str, charset: Option<&'a str>, url: Option<&'a str>, fields: &'a FieldMap) -> Context<'a> {
    let today = nutgraf::article::Date::constant(2100, 1, 1);
    Context { path, modified: None, charset, url, fields, today, order: Order::Unknown }
}

/// The article of a page, if any. The pages are stored in UTF-8, whatever they declare.
fn extract(html: Vec<u8>, url: Option<&str>) -> Option<Article> {
    let fields = FieldMap::default();
    let context = context("page.html", Some("utf-8"), url, &fields);
    let format = nutgraf::format::by_name("html").expect("web pages are a format");
    let mut found = None;
    let record = Record { number: 1, bytes: html, ..Record::default() };
    (format.parse)(&record, &context, &mut |result| found = result.ok());
    found
}

/// Measures words and metadata on the pages of the second benchmark.
fn words(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let mut names: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(arguments.folder.join("ground-truth"))? {
        names.push(entry?.path());
    }
    names.sort();
    let mut scores = Vec::new();
    let mut facts = [("title", 0, 0), ("publish_date", 0, 0), ("author", 0, 0)];
    let mut spent = Duration::ZERO;
    for (number, path) in names.iter().enumerate() {
        if arguments.half.is_some_and(|half| number % 2 != half) {
            continue;
        }
        let truth: serde_json::Value = serde_json::from_slice(&std::fs::read(path)?)?;
        let truth = &truth["ground_truth"];
        let id = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let html = unpacked(&arguments.folder.join("html").join(format!("{id}.html.gz")))?;
        let start = Instant::now();
        let article = extract(html, None).unwrap_or_default();
        spent += start.elapsed();
        let text = truth["main_content"].as_str().unwrap_or_default().to_lowercase();
        scores.push(Score::of(&text, &article.body.to_lowercase(), 1));
        let day = article.published.map(|published| published.day.to_string()).unwrap_or_default();
        for ((name, right, known), found) in
            facts.iter_mut().zip([article.title, day, article.byline.unwrap_or_default()])
        {
            if let Some(wanted) = truth[&**name].as_str().filter(|wanted| !wanted.is_empty()) {
                *known += 1;
                let (wanted, found) = (letters(wanted), letters(&found));
                let holds = *name == "author" && (found.contains(&wanted) || wanted.contains(&found));
                *right += usize::from(!found.is_empty() && (found == wanted || holds));
            }
        }
    }
    let f1 = |score: Score| {
        let (precision, recall) = (score.precision()?, score.recall()?);
        (precision + recall > 0.0).then(|| 2.0 * precision * recall / (precision + recall))
    };
    let of_all = |part: &dyn Fn(Score) -> Option<f64>| {
        scores.iter().map(|score| part(*score).unwrap_or(0.0)).sum::<f64>() / scores.len().max(1) as f64
    };
    println!("pages      {}", scores.len());
    println!("precision  {:.4}", of_all(&Score::precision));
    println!("recall     {:.4}", of_all(&Score::recall));
    println!("F1         {:.4}", of_all(&f1));
    for (name, right, known) in facts {
        println!("{name:<12} {right} of {known}");
    }
    println!("time       {:.3} s", spent.as_secs_f64());
    Ok(())
}

/// The letters and digits of a value in lower case, for comparison.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// True positives, false positives and false negatives of a page.
#[derive(Clone, Copy)]
struct Score {
    found: f64,
    wrong: f64,
    missed: f64,
}

impl Score {
    fn of(truth: &str, predicted: &str, run_words: usize) -> Self {
        let (truth, predicted) = (shingles(truth, run_words), shingles(predicted, run_words));
        let common: usize =
            truth.iter().map(|(run, count)| (*count).min(predicted.get(run).copied().unwrap_or(0))).sum();
        let wrong = predicted.values().sum::<usize>() - common;
        let missed = truth.values().sum::<usize>() - common;
        let all = (common + wrong + missed).max(1) as f64;
        Self { found: common as f64 / all, wrong: wrong as f64 / all, missed: missed as f64 / all }
    }

    fn precision(self) -> Option<f64> {
        let predicted = self.found + self.wrong;
        (predicted > 0.0).then(|| self.found / predicted)
    }

    fn recall(self) -> Option<f64> {
        let truth = self.found + self.missed;
        (truth > 0.0).then(|| self.found / truth)
    }
}

/// The bag of runs of words; a shorter text is one run.
fn shingles(text: &str, run_words: usize) -> HashMap<Vec<&str>, usize> {
    let words: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).collect();
    let mut bag = HashMap::new();
    if words.len() < run_words {
        if !words.is_empty() {
            bag.insert(words, 1);
        }
        return bag;
    }
    for run in words.windows(run_words) {
        *bag.entry(run.to_vec()).or_insert(0) += 1;
    }
    bag
}

fn mean(scores: &[Score], part: fn(Score) -> Option<f64>) -> f64 {
    let parts: Vec<f64> = scores.iter().copied().filter_map(part).collect();
    parts.iter().sum::<f64>() / parts.len().max(1) as f64
}
