//! docs/recipes.md: its command lines are run on the sample archive, the other programs' with a stand-in for them.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::Command;

use crate::common::Scratch;

/// In the place of fzf: runs what it would reload for a query, then the preview of the first line.
const FZF: &str = r#"#!/bin/sh
for argument; do
    case $argument in
        start,change:reload:*) reload=${argument#start,change:reload:} ;;
        nutgraf\ show*) preview=$argument ;;
    esac
done
line=$(sh -c "$(printf '%s' "$reload" | sed "s/{q}/'export controls'/")" | head -n 1)
printf '%s\n' "$line" | cut -f 2
sh -c "$(printf '%s' "$preview" | sed "s|{1}|'$(printf '%s' "$line" | cut -f 1)'|; s/{q}/'export controls'/")"
"#;

/// The blocks of a page with what stands behind their three backticks.
fn blocks(page: &str) -> Vec<(&str, &str)> {
    page.split("```").skip(1).step_by(2).filter_map(|block| block.split_once('\n')).collect()
}

/// What a shell prints that runs some lines beside an index of the sample archive.
fn run(scratch: &Scratch, lines: &str, arguments: &[&str]) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_nutgraf")).parent().unwrap();
    let path = format!("{}:{}:{}", scratch.root.display(), program.display(), std::env::var("PATH").unwrap());
    let mut shell = Command::new("sh");
    shell.args(["-e", "-c", lines]).args(arguments).current_dir(&scratch.root).env("PATH", path);
    shell.env("NUTGRAF_INDEX", "index").env("NUTGRAF_CONFIG", "/dev/null").stdin(std::process::Stdio::null());
    let output = shell.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !errors.contains("error:"), "{lines}\n{errors}");
    String::from_utf8(output.stdout).unwrap()
}

fn indexed() -> Scratch {
    let scratch = Scratch::new();
    let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus");
    scratch.done(&["index", "--quiet", corpus], "index");
    scratch
}

#[test]
fn command_lines_of_the_recipes_run() {
    let scratch = indexed();
    scratch.write("fzf", FZF);
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/recipes.md")).unwrap();
    let mut ran = 0;
    for (kind, block) in blocks(&page) {
        let table = || block.parse::<toml::Table>().unwrap();
        let printed = match kind {
            "sh run" => run(&scratch, block, &[]),
            "sh fzf" => {
                run(&scratch, "chmod +x fzf", &[]);
                let printed = run(&scratch, block, &[]);
                assert!(printed.contains("2024-09-10 Strait & Circuit: House votes"), "{printed}");
                assert!(printed.matches("House votes").count() == 2 && printed.contains("\u{1b}["), "{printed}");
                printed
            }
            "toml television" => {
                let channel = table();
                let lines = run(&scratch, channel["source"]["command"].as_str().unwrap(), &[]);
                assert!(lines.lines().count() > 100 && lines.lines().all(|line| line.matches('\t').count() == 1));
                let location = lines.split('\t').next().unwrap();
                let preview = channel["preview"]["command"].as_str().unwrap().replace("{split:\\t:0}", location);
                run(&scratch, &preview, &[])
            }
            "toml yazi" => {
                let previewers = table();
                let line = previewers["plugin"]["prepend_previewers"][0]["run"].as_str().unwrap();
                let line = line.strip_prefix("piper -- ").unwrap();
                let file = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/capital-wire/a-tech-2019-2022.jsonl");
                run(&scratch, line, &["", file])
            }
            _ => continue,
        };
        assert!(!printed.trim().is_empty(), "{block}");
        ran += 1;
    }
    assert!(ran >= 8, "{ran}");
}

#[test]
fn vim_reads_the_quickfix_list() {
    let scratch = indexed();
    run(&scratch, "nutgraf query --vimgrep export controls > errors.txt", &[]);
    let places =
        "redir! > places | for e in getqflist() | echo e.valid e.lnum e.col bufname(e.bufnr) | endfor | redir END | q!";
    let mut vim = Command::new("vim");
    vim.args(["-Nu", "NONE", "-es", "-q", "errors.txt", "-c", places]).current_dir(&scratch.root);
    // Without vim there is nothing to see.
    if vim.output().is_err() {
        return;
    }
    let places = std::fs::read_to_string(scratch.root.join("places")).unwrap();
    let valid: Vec<&str> = places.lines().filter(|line| line.starts_with("1 ")).collect();
    assert_eq!(valid.len(), 10, "{places}");
    for line in valid {
        let mut parts = line.splitn(4, ' ').skip(1);
        let (number, _, file) = (parts.next().unwrap(), parts.next(), parts.next().unwrap());
        let text = std::fs::read(scratch.root.join(file)).unwrap();
        let lines = text.split(|byte| *byte == b'\n').count();
        assert!((1..=lines).contains(&number.parse().unwrap()), "{line}");
    }
}
