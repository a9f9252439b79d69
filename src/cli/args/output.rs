//! Output options, with the same meaning for every command.

use clap::Args;

/// Output options of commands that list articles.
#[derive(Debug, Args)]
pub(in crate::cli) struct Output {
    #[command(flatten)]
    pub(in crate::cli) form: FormArgs,
    /// Print only the number of matching articles, copies included; with `--json`, as an object
    #[arg(long, short, help_heading = OUTPUT)]
    #[arg(conflicts_with_all = ["ids", "paths", "csv", "compact", "format", "markdown", "ris", "bibtex", "vimgrep"])]
    pub(in crate::cli) count: bool,
    /// End each entry with a NUL character, for `xargs -0`
    #[arg(long, short = '0', help_heading = OUTPUT, conflicts_with_all = ["count", "json", "csv", "compact", "vimgrep"])]
    pub(in crate::cli) null: bool,
}

/// The help heading of these options.
const OUTPUT: &str = "Output";

/// The output formats; at most one can be given.
#[derive(Debug, Default, Args)]
#[group(multiple = false)]
pub(in crate::cli) struct FormArgs {
    /// Print one line for each article
    #[arg(long, help_heading = OUTPUT)]
    pub(in crate::cli) compact: bool,
    /// Print only the ids of articles, one per line
    #[arg(long, short = 'l', help_heading = OUTPUT)]
    pub(in crate::cli) ids: bool,
    /// Print only the paths of source files, one per line
    #[arg(long, help_heading = OUTPUT)]
    pub(in crate::cli) paths: bool,
    /// Print one JSON object
    #[arg(long, help_heading = OUTPUT)]
    pub(in crate::cli) json: bool,
    /// Print a JSON object for each hit, one per line
    #[arg(long, help_heading = OUTPUT)]
    pub(in crate::cli) jsonl: bool,
    /// Print a table as CSV
    #[arg(long, help_heading = OUTPUT)]
    pub(in crate::cli) csv: bool,
    /// Print each hit on a line in this format, such as '{date} {source}: {title}'; the error for an unknown field lists
    /// all fields
    #[arg(long, value_name = "TEMPLATE", help_heading = OUTPUT)]
    pub(in crate::cli) format: Option<String>,
    /// Print passages as Markdown quotations with their sources
    #[arg(long, help_heading = OUTPUT)]
    pub(in crate::cli) markdown: bool,
    /// Print citations in RIS, for reference managers
    #[arg(long, help_heading = OUTPUT)]
    pub(in crate::cli) ris: bool,
    /// Print citations in BibTeX
    #[arg(long, help_heading = OUTPUT)]
    pub(in crate::cli) bibtex: bool,
    /// Print `file:line:column:text`, for the quickfix list of Vim
    #[arg(long, help_heading = OUTPUT)]
    pub(in crate::cli) vimgrep: bool,
}

/// Output options of commands that list something other than articles.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub(in crate::cli) struct RowsOutput {
    /// Print one JSON object
    #[arg(long, help_heading = OUTPUT)]
    pub(in crate::cli) json: bool,
    /// Print a JSON object for each row, one per line
    #[arg(long, help_heading = OUTPUT)]
    pub(in crate::cli) jsonl: bool,
    /// Print a table as CSV
    #[arg(long, help_heading = OUTPUT)]
    pub(in crate::cli) csv: bool,
}

impl RowsOutput {
    /// Whether the output is text for people.
    pub(in crate::cli) fn is_text(&self) -> bool {
        !(self.json || self.jsonl || self.csv)
    }
}

impl Output {
    /// Whether the output is text for people.
    pub(in crate::cli) fn is_text(&self) -> bool {
        let FormArgs { compact: _, ids, paths, json, jsonl, csv, format, markdown, ris, bibtex, vimgrep } = &self.form;
        let data = *ids || *paths || *json || *jsonl || *csv || *markdown || *ris || *bibtex || *vimgrep;
        !(self.count || data || format.is_some())
    }

    /// The end of a line of data.
    pub(in crate::cli) fn line_end(&self) -> &'static str {
        if self.null { "\0" } else { "\n" }
    }

    /// Whether the number of all matching articles is printed.
    pub(in crate::cli) fn has_total(&self) -> bool {
        self.is_text() || self.form.json || self.count
    }
}
