//! How hits are printed, in the form that was asked for, and what a person is told beside them.

use super::args::QueryOutput;
use super::output;
use crate::query::Query;
use crate::render::{self, Style, counted, thousands};
use crate::search::{Options, Results};

/// Words that are told of those that a search went by; `--json` has them all.
const WORDS_TOLD: usize = 20;

impl QueryOutput {
    pub(super) fn is_text(&self) -> bool {
        !(self.count || self.ids || self.json || self.jsonl || self.csv)
    }
}

/// Names the words that a search went by beside those that were asked.
pub(super) fn tell_words(what: &str, words: &[String]) {
    let mut told = words.iter().take(WORDS_TOLD).map(String::as_str).collect::<Vec<_>>().join(", ");
    if words.len() > WORDS_TOLD {
        told += &format!(" and {} more", words.len() - WORDS_TOLD);
    }
    if !words.is_empty() {
        output::message(&format_args!("{what}: {told}"));
    }
}

/// Prints hits in the form that was asked for; `asked` is what they were asked by.
pub(super) fn print(
    asked: &str,
    options: &Options,
    results: &Results,
    form: &QueryOutput,
    style: &Style,
) -> anyhow::Result<()> {
    output::data(|out| match () {
        () if form.count => writeln!(out, "{}", results.total_articles),
        () if form.ids => render::hits_ids(out, results),
        () if form.json => render::hits_json(out, asked, results),
        () if form.jsonl => render::hits_jsonl(out, results),
        () if form.csv => render::hits_csv(out, results),
        () if options.page.context > 0 => render::hits_text_in_full(out, results, style),
        () => render::hits_text(out, results, style),
    })
}

/// What a person is told beside the hits.
pub(super) fn remark(query: &Query, options: &Options, results: &Results) {
    let total = results.total_articles;
    if results.hits.is_empty() {
        return if total == 0 { nothing_found(query, options) } else { nothing_shown(total) };
    }
    if output::is_read_by_person() {
        let mut ids: Vec<&str> = results.hits.iter().map(|hit| hit.article.location.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        let collapsed = results.hits.chunk_by(|a, b| a.article.location == b.article.location);
        let collapsed = collapsed.map(|same| same[0].copies.len());
        let copies = match collapsed.sum() {
            0 => String::new(),
            copies => format!(" and {}", if copies == 1 { "1 copy".into() } else { format!("{copies} copies") }),
        };
        output::message(&format_args!(
            "{}{copies} of {} · nutgraf show ID for a whole article",
            thousands(ids.len() as u64),
            counted(total, "article", "articles")
        ));
    }
}

fn nothing_shown(total: u64) {
    output::message(&format_args!(
        "{} found, none of them in the part asked for",
        counted(total, "article", "articles")
    ));
}

fn nothing_found(query: &Query, options: &Options) {
    let filtered = !options.filter.is_empty();
    let hint = match query {
        Query::Empty => "a query needs a word with a letter or a digit in it",
        _ if filtered => "try it without `--from`, `--to`, `--source` and `--language`",
        Query::Phrase { .. } => "try the words without quotes, or `\"…\"~3` to let other words between",
        Query::Word(_) | Query::Plain(_) => "check the spelling; a star finds beginnings: `chip*`",
        Query::Prefix(_) => "try a shorter beginning",
        _ => "try fewer conditions: words side by side need not all be there",
    };
    output::message(&"no article matches");
    output::message(&format_args!("hint: {hint}"));
}
