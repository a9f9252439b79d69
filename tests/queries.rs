//! Any text is a query: made of what the language knows and of what nobody would type, each is parsed, printed, run and
//! marked on the sample archive.
//!
//! The test runs for a second. For longer, and from another seed:
//! `NUTGRAF_QUERIES_SECONDS=1200 NUTGRAF_QUERIES_SEED=7 cargo test --test all queries:: -- --nocapture`.

use std::time::{Duration, Instant};

use nutgraf::index::Reader;
use nutgraf::query::{self, COMPLAINTS_MAX};
use nutgraf::search::views::{Matches, timeline};
use nutgraf::search::{self, Filter, Options, Page};

use crate::common::{Random, open_index, run, setting};

/// What queries are made of.
const PARTS: &[&str] = &[
    "export",
    "controls",
    "chip",
    "chips",
    "china",
    "lab",
    "labs",
    "the",
    "of",
    "US",
    "us",
    "Amazon",
    "Shanghai",
    "2024",
    "10,000",
    "e-mail",
    "U.S.",
    "C++",
    ".NET",
    "AT&T",
    "R&D",
    "$AAPL",
    "@handle",
    "#tag",
    "l’eau",
    "東京都",
    "首相",
    "수출",
    "экспорт",
    "صادرات",
    "🚢",
    "👩‍👩‍👧",
    "é",
    "e\u{301}",
    "https://example.org/a?b=1&c=2#d",
    "C:\\news",
    "a.b.c",
    "-",
    "--",
    "+",
    "AND",
    "OR",
    "NOT",
    "and",
    "or",
    "not",
    "&&",
    "||",
    "!",
    "w/5",
    "w/0",
    "w/99999",
    "/3",
    "NEAR",
    "NEAR/2",
    "near4",
    "pre/3",
    "+5",
    "adj2",
    "w/s",
    "/p",
    "pre/p",
    "not w/5",
    "NOT PRE/S",
    "w/x",
    "/F50/",
    "/F0/",
    "atleast3(",
    "atleast99(",
    "hlead(",
    "caps(",
    "title(",
    "title:",
    "headline:",
    "source:",
    "language:",
    "section:",
    "byline:",
    "url:",
    "path:",
    "id:",
    "date:",
    "words:",
    "after:",
    "before:",
    "foo:",
    "2019..2021",
    "[2019 TO 2021]",
    ">2019",
    "<=500",
    "..",
    "\"last 30 days\"",
    "(",
    ")",
    "((",
    "))",
    "\"",
    "“",
    "”",
    "„",
    "«",
    "»",
    "'",
    "`",
    "~",
    "~2",
    "~9",
    "^3",
    "^.5",
    "^",
    "*",
    "**",
    "?",
    "ch*",
    "*ip",
    "c*p",
    "wom?n",
    "exp!",
    "chpi~",
    "chips~2",
    "/colou?r/",
    "/.*/",
    "/(a|b)*c/",
    "/[/",
    "//",
    "/\\/",
    "=",
    "=labs",
    "=\"",
    "\\",
    "\\AND",
    ":",
    ";",
    ",",
    "\u{0}",
    "\u{1b}[2J",
    "\u{202e}",
    "\u{feff}",
    "\t",
    "\n",
    "@saved",
    "\"export controls\"",
    "-\"export controls\"",
    "NOT \"the lab\"",
    "\"chips act\"~2",
    "=\"AI lab\"",
    "\"of the\"",
    "w5",
    "SAME",
    "(amazon OR shanghai)",
    "(lab w/3 clos*)",
    "atleast2(export)",
    "title:(china OR chips)",
    "&",
    "|",
    "!china",
    "at&t",
];

/// Queries that once failed: an excluded phrase was asked about articles before the one that it had reached.
const FIXED: &[&str] =
    &["chips -\"export controls\"", "the NOT \"amazon close\" NOT \"of the\"", "language:en NOT \"chips act\"~2"];

/// CPU time that one query may take, with the debug assertions of a test.
const LIMIT: Duration = Duration::from_secs(5);

/// CPU time of this thread, or the time that has passed where the system does not tell.
fn spent(start: Instant) -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = told.and_then(|text| text.split_whitespace().next()?.parse().ok());
    nanos.map_or_else(|| start.elapsed(), Duration::from_nanos)
}

fn text(random: &mut Random) -> String {
    let parts = match random.below(200) {
        0 => 20_000,
        1..20 => 100,
        _ => 1 + random.below(14),
    };
    // Some are one part again and again.
    let only = (random.below(20) == 0).then(|| random.below(PARTS.len() as u64) as usize);
    let mut text = String::new();
    for _ in 0..parts {
        let part = only.unwrap_or_else(|| random.below(PARTS.len() as u64) as usize);
        text += PARTS[part];
        match random.below(12) {
            0..3 => {}
            3 => text.extend(char::from_u32(random.below(0x3000) as u32)),
            _ => text.push(' '),
        }
    }
    text
}

fn check(reader: &Reader, text: &str, random: &mut Random) {
    let parsed = query::parse(text);
    assert!(parsed.complaints.len() <= COMPLAINTS_MAX);
    for complaint in &parsed.complaints {
        let shown = query::complain(text, complaint);
        assert!(shown.lines().count() == 2 && !shown.contains('\u{1b}'), "{shown:?}");
    }
    let printed = parsed.query.to_string();
    // What printing adds counts towards the limits of length and depth.
    if text.len() < 1000 && text.matches('(').count() < 16 {
        assert_eq!(query::parse(&printed).query, parsed.query, "{text:?} printed as {printed:?}");
    }
    let query = match random.below(8) {
        0 => query::plain(text),
        1 => parsed.query.with_all_words(),
        _ => parsed.query,
    };
    let mut filter = Filter::default();
    if random.below(8) == 0 {
        filter.language.any_of = vec!["en".to_owned()];
        filter.source.none_of = vec!["gazette".to_owned()];
    }
    let page = Page { limit: 3, explain: random.below(4) == 0, ..Page::default() };
    let results = search::run(reader, &query, &Options { filter: filter.clone(), page, ..Options::default() });
    let results = results.expect("it runs");
    let found = Matches::of(reader, &query, &filter, false).expect("it runs");
    assert_eq!(results.total_articles, found.articles(), "{text:?}");
    for hit in &results.hits {
        let shown = search::show(reader, &hit.article.location, &query).expect("it is there");
        assert!(shown[0].highlights.iter().all(|mark| shown[0].stored.text.get(mark.clone()).is_some()), "{text:?}");
    }
    timeline(reader, &[&found], None).expect("it runs");
    search::missing(reader, &query).expect("it runs");
}

#[test]
#[allow(clippy::print_stdout, reason = "how many queries were made")]
fn any_query_is_answered_in_time() {
    let (seconds, seed) = (setting("NUTGRAF_QUERIES_SECONDS", 1), setting("NUTGRAF_QUERIES_SEED", 1));
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus");
    run(scratch.path(), &["index", corpus, "--index", "index"]);
    let reader = open_index(scratch.path());
    FIXED.iter().for_each(|text| check(&reader, text, &mut Random(seed)));
    let started = Instant::now();
    let (mut random, mut queries, mut slowest) = (Random(seed), 0u64, Duration::ZERO);
    while started.elapsed() < Duration::from_secs(seconds) {
        let text = text(&mut random);
        let shown: String = text.chars().take(2000).collect();
        let before = spent(started);
        let checked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| check(&reader, &text, &mut random)));
        assert!(checked.is_ok(), "seed {seed}: a panic on {shown:?}");
        let took = spent(started).saturating_sub(before);
        assert!(took < LIMIT, "seed {seed}: {took:?} for {shown:?}");
        slowest = slowest.max(took);
        queries += 1;
    }
    println!("{queries} queries, none without an answer; the slowest took {slowest:?} of CPU time");
}

#[test]
fn words_in_capitals_are_found_where_they_are_so() {
    let scratch = crate::common::Scratch::new();
    let texts = [
        ("a", "NATO said nothing. The ship of nato left."),
        ("b", "In Greek nato means nothing. Nato is a name."),
        ("c", "WHAT NATO MEANS TO ALL OF US"),
        ("d", "The polls by NATO’s staff. He saw the POLLS of АЭС and аэс."),
        ("e", "The US and us. Who knows the WHO?"),
    ];
    let lines: String = texts
        .iter()
        .map(|(id, text)| format!("{}\n", serde_json::json!({"id": id, "title": "", "text": text})))
        .collect();
    scratch.write("news/wire.jsonl", lines);
    scratch.done(&["index", "--quiet", "news"], "index");
    for (query, expected) in [
        ("caps(NATO)", "a d"),
        ("caps(nato)", "a d"),
        ("=nato -caps(nato)", "b c"),
        ("caps(NATO) w/3 ship", ""),
        ("nato w/3 ship", "a"),
        ("caps(NATO) w/3 polls", "d"),
        ("caps(polls)", "d"),
        ("caps(poll)", ""),
        ("caps(АЭС OR WHO)", "d e"),
        ("caps(US)", "e"),
    ] {
        let found = scratch.done(&["query", "--ids", "--copies", query], "index");
        let mut found: Vec<&str> = found.lines().collect();
        found.sort_unstable();
        assert_eq!(found.join(" "), expected, "{query}");
    }
    let hits = scratch.done(&["query", "--jsonl", "caps(NATO)", "-n", "1"], "index");
    let hit: serde_json::Value = serde_json::from_str(&hits).expect("an object");
    assert_eq!(hit["passage"]["highlights"].as_array().map(Vec::len), Some(1), "{hits}");
}
