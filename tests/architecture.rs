//! The house rules, held against the source: imports, lengths, who may name which crate.

use std::fs;
use std::path::{Path, PathBuf};

/// What each module may import, as the crate documentation says.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("article", &[]),
    ("error", &[]),
    ("query", &[]),
    ("format", &["article", "error"]),
    ("source", &["error"]),
    ("analysis", &["article"]),
    ("index", &["article", "analysis", "error"]),
    ("ingest", &["source", "format", "analysis", "index", "article", "error"]),
    ("search", &["query", "index", "analysis", "article", "error"]),
    ("eval", &["error"]),
    ("render", &["search", "index", "ingest", "eval", "article", "error"]),
];

/// Lines of a file at the most, tables and tests included.
const FILE_LINES_MAX: usize = 760;

/// Lines of a function at the most.
const FUNCTION_LINES_MAX: usize = 90;

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

/// Modules without circles among their files.
const WITHOUT_CIRCLES: &[&str] = &["search"];

#[test]
fn files_of_a_module_import_each_other_in_one_direction() {
    for room in WITHOUT_CIRCLES {
        let mut left: Vec<(String, Vec<String>)> = all()
            .iter()
            .filter(|(file, _)| module(file) == *room && !file.ends_with("mod.rs"))
            .map(|(file, text)| {
                let own = file.rsplit('/').next().unwrap_or_default().trim_end_matches(".rs").to_owned();
                let names = code(text).split("super::").skip(1).map(first_name).collect();
                (own, names)
            })
            .collect();
        // Files that import none of those that are left go out, until none can go.
        while !left.is_empty() {
            let names: Vec<String> = left.iter().map(|(own, _)| own.clone()).collect();
            left.retain(|(own, imported)| imported.iter().any(|name| name != own && names.contains(name)));
            assert!(left.len() < names.len(), "{room}: a circle among {names:?}");
        }
    }
}

fn first_name(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

#[test]
fn each_outside_crate_is_named_in_its_rooms_only() {
    for (krate, rooms) in [("tantivy", &["index", "search"][..]), ("clap", &["cli"]), ("indicatif", &["cli"])] {
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

#[test]
fn files_and_functions_stay_short() {
    for (file, text) in all() {
        assert!(text.lines().count() <= FILE_LINES_MAX, "{file} has {} lines", text.lines().count());
        let mut start: Option<(usize, usize, String)> = None;
        for (number, line) in text.lines().enumerate() {
            let indent = line.len() - line.trim_start().len();
            let is_function = line.trim_start().trim_start_matches("pub").contains("fn ") && line.ends_with('{');
            if is_function && start.is_none() {
                start = Some((number, indent, line.trim().to_owned()));
            } else if let Some((first, depth, name)) = &start
                && indent == *depth
                && line.trim() == "}"
            {
                assert!(number - first <= FUNCTION_LINES_MAX, "{file}: `{name}` has {} lines", number - first);
                start = None;
            }
        }
    }
    let main = all().into_iter().find(|(file, _)| file == "main.rs").expect("there");
    assert!(main.1.lines().count() <= 40);
}
