//! Runs each command of README.md, and compares its output.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::Command;

/// Terminal width of README.
const COLUMNS: &str = "80";

/// The commands of README with their output; the first one has it in a separate block.
fn examples(readme: &str) -> Vec<(String, String)> {
    let blocks: Vec<&str> = readme.split("```").skip(1).step_by(2).map(|block| block.trim_matches('\n')).collect();
    let first = blocks.iter().zip(blocks.iter().skip(1)).find(|(block, _)| block.starts_with("cargo run"));
    let first = first.map(|(command, output)| (*command, *output));
    let others = blocks.iter().filter_map(|block| block.strip_prefix("$ ")?.split_once('\n'));
    first.into_iter().chain(others).map(|(command, output)| (command.to_owned(), output.to_owned())).collect()
}

/// Compares an output with an expected one in which a line `…` stands for any lines.
fn matches(output: &str, expected: &str) -> bool {
    let mut rest = output.trim_end();
    let parts: Vec<&str> = expected.split("\n…").map(|part| part.trim_start_matches("…\n")).collect();
    parts.iter().enumerate().all(|(place, part)| {
        let part = part.trim_matches('\n');
        let Some(at) = rest.find(part).filter(|at| place > 0 || expected.starts_with('…') || *at == 0) else {
            return false;
        };
        rest = &rest[at + part.len()..];
        place + 1 < parts.len() || part.is_empty() || rest.is_empty()
    })
}

#[test]
fn every_command_of_the_readme_prints_what_it_shows() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_nutgraf"));
    let path = format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap_or_default());
    let scratch = tempfile::tempdir().unwrap();
    let views = std::fs::read_to_string(root.join("docs/views.md")).unwrap();
    let examples = [examples(&readme), examples(&views)].concat();
    assert!(examples.len() > 4, "{examples:?}");
    let mut wrong = String::new();
    for (command, expected) in examples {
        let line = command.replace("cargo run --release --", "nutgraf");
        let mut shell = Command::new("sh");
        shell.args(["-c", &line]).current_dir(root).env("PATH", &path).env("COLUMNS", COLUMNS).env("TZ", "UTC");
        shell.env("NUTGRAF_INDEX", scratch.path().join("index")).env("NUTGRAF_CONFIG", "/dev/null");
        let output = shell.output().unwrap();
        let printed = String::from_utf8_lossy(&output.stdout);
        if !matches(&printed, &expected) {
            wrong += &format!("$ {command}\n{printed}{}\n", String::from_utf8_lossy(&output.stderr));
        }
    }
    assert!(wrong.is_empty(), "README.md and docs/views.md show something else than:\n{wrong}");
}

#[test]
fn an_ellipsis_line_matches_any_lines() {
    assert!(matches("a\nb\nc\n", "a\nb\nc") && matches("a\nb\nc\n", "a\n…") && matches("a\nb\nc\n", "…\nc"));
    assert!(!matches("a\nb\nc\n", "a\nb") && !matches("a\nb\nc\n", "b\n…") && !matches("a\nb\n", "a\n…\nc"));
}
