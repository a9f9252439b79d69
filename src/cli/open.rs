//! `nutgraf open`: opens the source file of an article in an editor at the passage, or in the system's default program.

use std::path::Path;
use std::process::Command;

use super::args::{Common, OpenArgs};
use super::files::Files;
use super::opening::open;
use super::{Status, last};
use crate::error::Error;
use crate::query::Query;
use crate::search;

/// Extensions of files that are not opened in an editor.
const NOT_TEXT: &[&str] = &["pdf", "html", "htm", "xhtml", "docx", "odt", "epub", "rtf", "doc", "mht", "mhtml"];

/// The command that opens a file or URL in the default program.
const OPENER: &[&str] = if cfg!(target_os = "macos") {
    &["open"]
} else if cfg!(windows) {
    &["cmd", "/C", "start", ""]
} else {
    &["xdg-open"]
};

pub(super) fn run(args: &OpenArgs, common: &Common) -> anyhow::Result<Status> {
    let (reader, here) = open(common)?;
    let hit = last::find(&args.id, &reader.location().folder);
    let (id, passage) = hit.map_or((args.id.clone(), String::new()), |hit| (hit.id, hit.passage));
    let refused = |cause: &str| Error::argument("article to open", &id, cause);
    let mut found = search::show(&reader, &id, &Query::Empty)?;
    let marked = found.pop().ok_or_else(|| refused("it is not in the index"))?;
    let stored = &marked.stored;
    if args.url {
        let url = stored.article.url.as_deref().ok_or_else(|| refused("it has no web address"))?;
        return start(OPENER, &[url.to_owned()]);
    }
    if !stored.inner.is_empty() {
        return Err(refused("it is inside an archive; `nutgraf show` prints it").into());
    }
    let path = reader.path_from(&here, &stored.file);
    let text = path.to_string_lossy().into_owned();
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase()).unwrap_or_default();
    let set = |name| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
    match set("VISUAL").or_else(|| set("EDITOR")) {
        Some(editor) if !NOT_TEXT.contains(&extension.as_str()) => {
            let sought = if passage.is_empty() { &stored.article.title } else { &passage };
            let (line, _) = Files::default().position(&path, stored.record, sought);
            let words: Vec<&str> = editor.split_whitespace().collect();
            start(&words, &at_line(words.first().copied().unwrap_or_default(), &text, line))
        }
        _ => start(OPENER, &[text]),
    }
}

/// The arguments with which an editor opens a file at a line.
fn at_line(editor: &str, path: &str, line: usize) -> Vec<String> {
    let name = Path::new(editor).file_stem().unwrap_or_default().to_string_lossy();
    match &*name {
        "code" | "codium" | "cursor" => vec!["-g".to_owned(), format!("{path}:{line}")],
        "hx" | "helix" | "subl" | "zed" | "kate" => vec![format!("{path}:{line}")],
        _ => vec![format!("+{line}"), path.to_owned()],
    }
}

fn start(program: &[&str], arguments: &[String]) -> anyhow::Result<Status> {
    let (name, first) = program.split_first().unwrap_or((&"", &[]));
    let status = Command::new(name).args(first).args(arguments).status().map_err(Error::io("start", *name))?;
    match status.success() {
        true => Ok(Status::Done),
        false => anyhow::bail!("`{name}` failed: {status}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn editors_open_at_the_line() {
        for (editor, expected) in [("/usr/bin/vim", "+7 a.md"), ("code", "-g a.md:7"), ("hx", "a.md:7")] {
            assert_eq!(at_line(editor, "a.md", 7).join(" "), expected);
        }
    }
}
