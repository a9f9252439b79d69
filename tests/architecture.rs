//! Checks the source against the rules of the house: imports, lengths, and which crates a module may use.

use std::fs;
use std::path::{Path, PathBuf};

/// The modules that each module may import, as in the crate documentation.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("article", &[]),
    ("error", &[]),
    ("file_name", &[]),
    ("query", &["article"]),
    ("format", &["article", "error"]),
    ("source", &["file_name", "error"]),
    ("analysis", &["article"]),
    ("index", &["article", "analysis", "error"]),
    ("ingest", &["source", "format", "analysis", "index", "article", "file_name", "error"]),
    ("search", &["query", "index", "analysis", "article", "file_name", "error"]),
    ("eval", &["error"]),
    ("render", &["search", "index", "ingest", "eval", "article", "error"]),
];

/// Maximum lines of a file, tables and tests included.
const FILE_LINES_MAX: usize = 500;

/// Files that may be half as long again: tables, and state machines.
const LONG_FILES: &[&str] =
    &["format/common/dates.rs", "format/common/dates/scan.rs", "format/html/boilerplate.rs", "format/text/lines.rs"];

/// Maximum lines of a function, signature included.
const FUNCTION_LINES_MAX: usize = 70;

/// Functions that may be half as long again: one `match` over operators, and tables of tests.
const LONG_FUNCTIONS: &[&str] = &["operator", "syntax", "theirs", "what_is_wrong_has_a_reading_and_a_complaint"];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

fn all() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    sources(&root, &mut found);
    found.sort();
    let name = |p: &Path| p.strip_prefix(&root).expect("below").to_string_lossy().replace('\\', "/");
    found.iter().map(|p| (name(p), fs::read_to_string(p).expect("text"))).collect()
}

fn module(file: &str) -> &str {
    file.split(['/', '.']).next().unwrap_or_default()
}

/// The code without comments and without its tests.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    text.lines().filter(|l| !l.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

#[test]
fn modules_import_only_what_the_table_allows() {
    for (file, text) in all() {
        let own = module(&file);
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(name, _)| *name == own) else { continue };
        for part in code(&text).split("crate::").skip(1) {
            let name = first_name(part);
            assert!(name == own || name.is_empty() || allowed.contains(&name.as_str()), "{file} imports `{name}`");
        }
    }
}

/// The files that a file imports by paths that begin with `crate` or `super`, as positions in `modules`. Its own parent
/// and, for a `mod.rs`, its own children do not count.
fn imports(modules: &[Vec<&str>], of: usize, text: &str) -> Vec<usize> {
    let own = &modules[of];
    let mut found = Vec::new();
    let starts = text.match_indices("super::").chain(text.match_indices("crate::"));
    for (start, _) in starts.filter(|(start, _)| !text[..*start].ends_with("super::")) {
        let (mut rest, mut base) = (&text[start..], own.clone());
        while let Some(after) = rest.strip_prefix("super::") {
            rest = after;
            base.pop();
        }
        if let Some(after) = rest.strip_prefix("crate::") {
            rest = after;
            base.clear();
        }
        let end = rest.find(|c: char| !(c.is_alphanumeric() || "_:".contains(c))).unwrap_or(rest.len());
        let path = rest[..end].split("::").filter(|name| !name.is_empty());
        base.extend(path);
        for name in members(&rest[end..]) {
            let named = base.iter().copied().chain(name.split("::")).collect::<Vec<_>>();
            let target = (1..=named.len()).rev().find_map(|n| modules.iter().position(|m| *m == named[..n]));
            let is_other = |at: &usize| !own.starts_with(&modules[*at]) && !modules[*at].starts_with(own);
            found.extend(target.filter(is_other));
        }
    }
    found
}

/// The paths in the braces with which a text begins; one that is empty if there are none.
fn members(text: &str) -> Vec<&str> {
    let Some(inner) = text.strip_prefix('{') else { return vec![""] };
    let (mut depth, mut starts) = (0, vec![0]);
    for (at, c) in inner.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => starts.push(at + 1),
            _ => {}
        }
    }
    let path = |at: &usize| {
        let path = inner[*at..].trim_start();
        path[..path.find(|c: char| !(c.is_alphanumeric() || "_:".contains(c))).unwrap_or(path.len())]
            .trim_end_matches(':')
    };
    starts.iter().map(path).collect()
}

#[test]
fn files_import_each_other_in_one_direction() {
    let files = all();
    let modules: Vec<Vec<&str>> = files
        .iter()
        .map(|(file, _)| file.trim_end_matches(".rs").trim_end_matches("/mod").split('/').collect())
        .collect();
    let imported: Vec<Vec<usize>> =
        files.iter().enumerate().map(|(at, (_, text))| imports(&modules, at, &code(text))).collect();
    assert!(imported.iter().map(Vec::len).sum::<usize>() > 1000, "imports are found");
    // Remove files that import none of the remaining ones, until none can be removed.
    let mut left: Vec<usize> = (0..files.len()).collect();
    while !left.is_empty() {
        let before = left.clone();
        left.retain(|at| imported[*at].iter().any(|other| before.contains(other)));
        assert!(left.len() < before.len(), "circles: {:?}", left.iter().map(|at| &files[*at].0).collect::<Vec<_>>());
    }
}

fn first_name(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

#[test]
fn each_outside_crate_is_named_in_its_rooms_only() {
    for (krate, rooms) in
        [("tantivy", &["index", "search"][..]), ("clap", &["cli"]), ("ratatui", &["cli"]), ("indicatif", &["cli"])]
    {
        for (file, text) in all() {
            if code(&text).contains(&format!("{krate}::")) {
                assert!(rooms.contains(&module(&file)), "{file} names `{krate}`");
            }
        }
    }
}

#[test]
fn pure_modules_do_no_input_and_output() {
    for (file, text) in all() {
        if ["format", "analysis", "query"].contains(&module(&file)) {
            for forbidden in ["std::fs", "fs::", "std::env", "std::process", "println!", "eprintln!"] {
                let found = code(&text).contains(forbidden);
                assert!(!found || forbidden == "fs::" && !code(&text).contains("std::fs"), "{file}: {forbidden}");
            }
        }
    }
}

#[test]
fn each_file_of_the_format_folder_is_a_format() {
    let files = all();
    let (_, table) = files.iter().find(|(file, _)| file == "format/mod.rs").expect("there");
    for (file, _) in &files {
        let Some(path) = file.strip_prefix("format/").filter(|p| !p.starts_with("common/") && *p != "mod.rs") else {
            continue;
        };
        let name = path.split(['/', '.']).next().unwrap_or_default();
        assert!(table.contains(&format!("&{name}::FORMAT,")), "{file} is neither a format nor in `common`");
    }
    assert!(files.iter().all(|(_, text)| !text.contains("#[path")), "a module stands where its name says");
}

/// The name of the function whose signature begins on a line.
fn function(line: &str) -> Option<&str> {
    let mut words = line.split_whitespace().skip_while(|word| {
        word.starts_with("pub") || ["const", "async", "in"].contains(word) || word.starts_with("crate::")
    });
    let name = (words.next()? == "fn").then(|| words.next())??;
    name.split(['(', '<']).next()
}

/// The functions of a file with their lines, signatures included, as rustfmt lays them out.
fn functions(text: &str) -> Vec<(&str, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let Some(name) = function(line) else { continue };
        let opens = lines[start..].iter().position(|line| line.ends_with(['{', '}', ';'])).unwrap_or(0);
        if !lines[start + opens].ends_with('{') {
            continue;
        }
        let is_end = |other: &&str| other.trim() == "}" && indent(other) == indent(line);
        found.push((name, lines[start..].iter().position(is_end).unwrap_or(0)));
    }
    found
}

#[test]
fn files_and_functions_stay_short() {
    let most = |max: usize, is_exception: bool| if is_exception { max * 3 / 2 } else { max };
    for (file, text) in all() {
        let lines = text.lines().count();
        assert!(lines <= most(FILE_LINES_MAX, LONG_FILES.contains(&&*file)), "{file} has {lines} lines");
        for (name, lines) in functions(&text) {
            let max = most(FUNCTION_LINES_MAX, LONG_FUNCTIONS.contains(&name));
            assert!(lines <= max, "{file}: `{name}` has {lines} lines");
        }
    }
    let main = all().into_iter().find(|(file, _)| file == "main.rs").expect("there");
    assert!(main.1.lines().count() <= 40);
}

#[test]
fn functions_are_measured_with_broken_signatures() {
    let text = "impl A {\n    pub(super) fn one(\n        &self,\n    ) -> B {\n        c()\n    }\n\n    fn two(&self);\n}\n\nfn three() {}\n\nconst fn four() {\n}\n";
    assert_eq!(functions(text), [("one", 4), ("four", 1)]);
}
