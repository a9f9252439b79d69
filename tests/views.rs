//! Words in no article, query options, and views of result sets.

use std::fs;
use std::process::Output;

use serde_json::Value;

use crate::common::program;

struct Archive(tempfile::TempDir);

impl Archive {
    fn new() -> Self {
        let scratch = tempfile::tempdir().expect("a scratch folder");
        let story = |id: u32, source: &str, date: &str, title: &str, text: &str| {
            let article = serde_json::json!({"id": format!("a{id}"), "source": source, "date": date, "title": title, "text": text});
            article.to_string() + "\n"
        };
        let wire = "Alan Greenspan told the committee on Tuesday that rates of the central bank would stay where they \
                    are, and that the market for housing in California had cooled since the autumn of the year before.";
        let mut news = story(1, "Capital Wire", "2020-01-15", "Rates stay", wire);
        news += &story(2, "Harbour Post", "2020-01-16", "Rates to stay", wire);
        news += &story(
            3,
            "Harbour Post",
            "2021-03-02",
            "Harbour flood",
            "The flood reached the harbour on Monday. Ferries were cancelled.",
        );
        news += &story(
            4,
            "Harbour Post",
            "2022-03-02",
            "Compilers",
            "The compiler is written in C++ and runs on .NET too, said the ministry.",
        );
        news += &story(
            5,
            "Harbour Post",
            "2022-03-05",
            "Oranges",
            "Vitamin C helps, the ministry said; the fishing net was torn. Shares rose.",
        );
        fs::write(scratch.path().join("news.jsonl"), news).expect("written");
        let archive = Self(scratch);
        assert!(archive.run(&["index", "--quiet", "news.jsonl"]).status.success());
        archive
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = program(self.0.path(), arguments);
        command.env("NUTGRAF_INDEX", self.0.path().join("index")).output().expect("the program runs")
    }

    fn text(&self, arguments: &[&str]) -> String {
        String::from_utf8(self.run(arguments).stdout).expect("text")
    }

    fn messages(&self, arguments: &[&str]) -> String {
        String::from_utf8(self.run(arguments).stderr).expect("text")
    }

    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.text(arguments)).expect("JSON")
    }
}

#[test]
fn words_with_signs_are_found_as_they_are_written() {
    let archive = Archive::new();
    for (query, ids) in [
        ("C++", "a4\n"),
        ("c++", "a4\n"),
        (".NET", "a4\n"),
        ("\"in C++ and\"", "a4\n"),
        ("C", "a4\na5\n"),
        ("net", "a4\na5\n"),
        ("C++ w/9 .NET", "a4\n"),
    ] {
        let mut found: Vec<String> =
            archive.text(&["query", "--ids", "--", query]).lines().map(|id| format!("{id}\n")).collect();
        found.sort();
        assert_eq!(found.concat(), ids, "{query}");
    }
    assert!(archive.text(&["query", "C++", "--jsonl"]).contains("\"highlights\":[[27,30]]"));
}

#[test]
fn unknown_words_and_names_are_reported() {
    let archive = Archive::new();
    let told = archive.messages(&["query", "greenspam", "rates"]);
    assert!(told.contains("no article contains `greenspam`; did you mean `greenspan`?"), "{told}");
    assert!(told.contains("no article contains all words"), "{told}");
    let told = archive.messages(&["query", "flood", "compiler"]);
    assert!(told.contains("no article contains all words") && !told.contains("no article contains `"), "{told}");
    assert!(!archive.messages(&["query", "flood", "harbour"]).contains("no article"));
    let told = archive.messages(&["query", "zzzzzz"]);
    assert!(told.contains("no article contains `zzzzzz`") && !told.contains("did you mean"), "{told}");
}

#[test]
fn queries_can_be_strict_printed_or_read_from_a_file() {
    let archive = Archive::new();
    let out = archive.run(&["query", "--strict", "--", "flood w/x harbour"]);
    assert_eq!(out.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&out.stderr).contains("unknown operator `w/x`"));
    let parsed = archive.text(&["query", "--parse", "--", "opec near5 kuwait (oil or gas)"]);
    assert_eq!(parsed, "(opec w/5 kuwait) (oil OR gas)\n");
    assert_eq!(archive.text(&["query", "--count", "--all", "flood", "rates"]), "0\n");
    assert_eq!(archive.text(&["query", "--count", "flood", "rates"]), "3\n");
    fs::write(archive.0.path().join("queries"), "flood\n\nC++\nnothing-of-it\n").expect("written");
    let hits = archive.text(&["query", "--jsonl", "--query-file", "queries"]);
    let hits: Vec<Value> = hits.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let told: Vec<_> = hits.iter().map(|hit| format!("{} {}", hit["query"], hit["article"]["id"])).collect();
    assert_eq!(told, ["\"flood\" \"a3\"", "\"C++\" \"a4\""]);
    fs::write(archive.0.path().join("config"), "@water=flood OR harbour\n").expect("written");
    let mut named = program(archive.0.path(), &["query", "--ids", "@water AND ferries"]);
    named.env("NUTGRAF_INDEX", archive.0.path().join("index")).env("NUTGRAF_CONFIG", archive.0.path().join("config"));
    assert_eq!(named.output().expect("the program runs").stdout, b"a3\n");
}

#[test]
fn dates_of_files_are_distinguished_from_dates_of_articles() {
    let archive = Archive::new();
    fs::write(archive.0.path().join("note.txt"), "A note on rates\n\nThe rates are high, the note says.\n")
        .expect("written");
    assert!(archive.run(&["index", "--quiet", "note.txt"]).status.success());
    let ids = |options: &[&str]| archive.text(&[&["query", "rates", "--ids", "--copies"], options].concat());
    for (options, expected) in [
        (&["--sort", "newest"][..], "a2\na1\nnote.txt\n"),
        (&["--sort", "oldest"], "a1\na2\nnote.txt\n"),
        (&["--sort", "newest", "--dated"], "a2\na1\n"),
        (&["--from", "2023"], "note.txt\n"),
        (&["--from", "2023", "--dated"], ""),
    ] {
        assert_eq!(ids(options), expected, "{options:?}");
    }
    assert_eq!(archive.text(&["query", "rates", "--count", "--dated"]), "2\n");
    let all = archive.text(&["query", "rates", "--ids", "--copies", "--sort", "newest", "-n", "99999999999999"]);
    assert_eq!(all, "a2\na1\nnote.txt\n", "a number beyond all memory");
    let json = archive.json(&["timeline", "rates", "--by", "year", "--json"]);
    let series = &json["series"][0];
    assert_eq!((&series["dated_by_file"], series["periods"].as_array().map(Vec::len)), (&1.into(), Some(1)), "{json}");
    let text = archive.text(&["timeline", "rates", "--by", "day"]);
    assert!(text.ends_with("\n1 article with only the date of the file\n"), "{text}");
}

#[test]
fn a_timeline_counts_copies_once_and_says_so() {
    let archive = Archive::new();
    let json = archive.json(&["timeline", "rates", "--with", "ministry", "--by", "year", "--json"]);
    let series = json["series"].as_array().expect("a list");
    assert_eq!((&series[0]["articles"], &series[0]["with_copies"]), (&1.into(), &2.into()));
    let years = |series: &Value| {
        let periods = series["periods"].as_array().expect("a list").iter();
        periods.map(|p| format!("{} {} {}", p["start"], p["articles"], p["share"])).collect::<Vec<_>>()
    };
    assert_eq!(years(&series[0]), ["\"2020-01-01\" 1 1.0", "\"2021-01-01\" 0 0.0", "\"2022-01-01\" 0 0.0"]);
    assert_eq!(years(&series[1]), ["\"2020-01-01\" 0 0.0", "\"2021-01-01\" 0 0.0", "\"2022-01-01\" 2 1.0"]);
    let text = archive.text(&["timeline", "rates", "--by", "day"]);
    assert!(text.starts_with("rates: 1 article; 1 copy not counted\n2020-01-15  1  100.0 %  █"), "{text}");
    assert!(archive.text(&["timeline", "rates", "--copies"]).starts_with("rates: 2 articles, each copy counted\n"));
    let csv = archive.text(&["timeline", "flood", "--by", "month", "--csv", "--svg", "flood.svg"]);
    assert_eq!(csv, "month,articles,share\r\n2021-03,1,1.000000\r\n");
    assert!(fs::read_to_string(archive.0.path().join("flood.svg")).expect("written").contains("<polyline"));
    assert_eq!(archive.run(&["timeline", "zzzzzz"]).status.code(), Some(1));
}

#[test]
fn facets_and_terms_describe_a_result() {
    let archive = Archive::new();
    let json = archive.json(&["facets", "the", "--by", "source", "--json"]);
    let facet = &json["facets"][0];
    assert_eq!(
        (&facet["value"], &facet["articles"], &facet["archive"]),
        (&"Harbour Post".into(), &3.into(), &4.into())
    );
    let csv = archive.text(&["facets", "ministry", "--by", "year", "--csv"]);
    assert_eq!(csv, "year,articles,with_copies,archive,times\r\n2022,2,2,2,2.5000\r\n");
    let terms = archive.json(&["terms", "ministry", "--json"]);
    assert_eq!((&terms["terms"][0]["word"], &terms["terms"][0]["archive"]), (&"ministry".into(), &2.into()));
    assert_eq!(archive.text(&["terms", "--prefix", "compil"]), "compiler   1\ncompilers  1\n");
}

#[test]
fn the_articles_of_a_file_are_listed_and_counted_by_folder_and_format() {
    let scratch = crate::common::Scratch::new();
    let story = |id: u32| {
        format!("{{\"id\":\"a{id}\",\"title\":\"Ferry {id}\",\"text\":\"The ferry of {id}00 people left.\"}}\n")
    };
    scratch.write("news/2020/wire.jsonl", story(1) + &story(2));
    scratch.write("news/late.jsonl", story(3));
    scratch.done(&["index", "--quiet", "news"], "index");
    let shown = |form: &str| scratch.done(&["show", "news/2020/wire.jsonl", form], "index");
    let list = scratch.done(&["show", "news/2020/wire.jsonl"], "index");
    assert!(list.contains(" 1 ") && list.contains("Ferry 1\n") && list.contains("Ferry 2\n"), "{list}");
    assert_eq!((shown("--ids"), shown("--count")), ("a1\na2\n".into(), "2\n".into()));
    assert_eq!(shown("--jsonl").lines().count(), 2);
    assert!(scratch.failed(&["show", "news/2020/other.jsonl"], "index").contains("no article"));
    let facets = |by: &str| scratch.done(&["facets", "ferry", "--copies", "--by", by, "--csv"], "index");
    let folders = facets("folder");
    let folder = |name: &str| scratch.root.join(name).canonicalize().expect("there").display().to_string();
    assert!(folders.contains(&format!("{},2,", folder("news/2020"))), "{folders}");
    assert!(folders.contains(&format!("{},1,", folder("news"))), "{folders}");
    assert!(facets("format").contains("jsonl,3,"));
}

#[test]
fn kwic_lines_are_centred() {
    let archive = Archive::new();
    let lines = archive.text(&["query", "the", "ministry", "--kwic", "right", "--width", "60", "--", "source:harbour"]);
    let ministry: Vec<&str> = lines.lines().filter(|line| line.contains("the ministry")).collect();
    assert_eq!(ministry.len(), 2, "{lines}");
    let column = |line: &str| line.find("ministry");
    assert_eq!(column(ministry[0]), column(ministry[1]), "{lines}");
    assert!(ministry[0].contains("ministry said;") != ministry[1].contains("ministry said;"), "{lines}");
}

#[test]
fn a_saved_query_shows_what_is_new() {
    let archive = Archive::new();
    let run = |arguments: &[&str]| {
        let mut command = program(archive.0.path(), arguments);
        command.env("NUTGRAF_INDEX", archive.0.path().join("index")).env("XDG_STATE_HOME", archive.0.path());
        let out = command.output().expect("the program runs");
        (out.status.code(), String::from_utf8(out.stdout).expect("text"))
    };
    assert_eq!(run(&["saved", "add", "water", "flood OR ferry"]).0, Some(0));
    let (status, hits) = run(&["saved", "run", "water", "--jsonl"]);
    assert!(status == Some(0) && hits.contains("\"id\":\"a3\"") && hits.lines().count() == 1, "{hits}");
    assert_eq!(run(&["saved", "run"]), (Some(1), String::new()));
    let more =
        serde_json::json!({"id": "a6", "title": "Ferry", "text": "The ferry sails again on Thursday."}).to_string();
    fs::write(archive.0.path().join("more.jsonl"), more).expect("written");
    assert_eq!(run(&["index", "--quiet", "more.jsonl"]).0, Some(0));
    let (status, hits) = run(&["saved", "run"]);
    assert!(status == Some(0) && hits.starts_with("# flood OR ferry\n") && hits.contains("a6"), "{hits}");
    assert!(run(&["saved", "list"]).1.starts_with("water\tflood OR ferry\t"));
    assert_eq!(run(&["saved", "remove", "water"]).0, Some(0));
    assert_eq!(run(&["saved", "run", "water"]).0, Some(2));
}
