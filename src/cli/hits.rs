//! Prints hits in the requested format, with remarks for people.

use super::args::{Common, Output};
use super::files::Files;
use super::{output, pager, queries};
use crate::article::Provenance;
use crate::error::Error;
use crate::index::Reader;
use crate::query::Query;
use crate::render::{self, Template, counted, thousands};
use crate::search::{ArticleFacts, Hit, Options, Passage, Results};

/// Maximum number of words printed; `--json` has all of them.
const WORDS_MAX: usize = 20;

/// Prints the words that a search used in addition to those of the query.
pub(super) fn note_words(what: &str, words: &[String]) {
    let mut listed = words.iter().take(WORDS_MAX).map(String::as_str).collect::<Vec<_>>().join(", ");
    if words.len() > WORDS_MAX {
        listed += &format!(" and {} more", words.len() - WORDS_MAX);
    }
    if !words.is_empty() {
        output::message(&format_args!("{what}: {listed}"));
    }
}

/// Prints hits in the requested format; `query` is the query.
pub(super) fn print(
    query: &str,
    options: &Options,
    results: &Results,
    output: &Output,
    common: &Common,
) -> anyhow::Result<()> {
    if output.count {
        return output::data(|out| match () {
            () if output.form.json || output.form.jsonl => render::count_json(out, query, results.total_articles),
            () => writeln!(out, "{}", results.total_articles),
        });
    }
    if output.is_text() {
        let style = output::style(common);
        return pager::text(common, |out| match () {
            () if output.form.compact => render::hits_compact(out, results, &style),
            () => render::hits_text(out, results, &style, options.page.context > 0),
        });
    }
    if output.form.json {
        return output::data(|out| render::hits_json(out, query, results));
    }
    print_data(results, output)
}

/// As [`print()`], for one of several queries: text has a heading, and JSON Lines have the query as a key.
pub(super) fn print_of_several(
    query: &str,
    options: &Options,
    results: &Results,
    output: &Output,
    common: &Common,
) -> anyhow::Result<()> {
    if output.form.jsonl && !output.count {
        return output::data(|out| render::hits_jsonl_of(out, query, results));
    }
    if output.is_text() {
        heading(query)?;
    }
    print(query, options, results, output, common)
}

/// Prints a query above its hits.
pub(super) fn heading(query: &str) -> anyhow::Result<()> {
    output::data(|out| writeln!(out, "# {}\n", render::safe(query)))
}

/// Prints hits, or articles as hits without passages, in a data format other than one JSON object.
pub(super) fn print_data(results: &Results, output: &Output) -> anyhow::Result<()> {
    let form = &output.form;
    let parsed = |text: &String| Template::parse(text).map_err(|cause| Error::argument("template", text, cause));
    let template = form.format.as_ref().map(parsed).transpose()?;
    let line_end = output.line_end();
    let entry_end = if output.null { "\0" } else { "" };
    output::data(|out| match (&template, ()) {
        (Some(template), ()) => render::hits_template(out, results, template, line_end),
        (_, ()) if form.ids => render::hits_ids(out, results, line_end),
        (_, ()) if form.paths => render::hits_paths(out, results, line_end),
        (_, ()) if form.jsonl => render::hits_jsonl(out, results, line_end),
        (_, ()) if form.markdown => render::hits_markdown(out, results, entry_end),
        (_, ()) if form.ris => render::hits_ris(out, results, entry_end),
        (_, ()) if form.bibtex => render::hits_bibtex(out, results, entry_end),
        (_, ()) if form.vimgrep => {
            let mut files = Files::default();
            render::hits_vimgrep(out, results, &mut |hit| files.position_of(hit))
        }
        (_, ()) => render::hits_csv(out, results),
    })
}

/// An article as a hit, for the formats that print hits.
pub(super) fn as_hit(rank: usize, score: f32, article: ArticleFacts) -> Hit {
    let passage = Passage { ordinal: 0, bytes: 0..0, text: String::new(), highlights: Vec::new() };
    Hit { rank, score, passage, article, copies: Vec::new(), explanation: None }
}

/// Prints remarks on the hits.
///
/// # Errors
/// [`Error::Index`] when the index is damaged.
pub(super) fn note_results(reader: &Reader, query: &Query, options: &Options, results: &Results) -> Result<(), Error> {
    let total = results.total_articles;
    if results.hits.is_empty() && total == 0 {
        output::message(&"no article matches");
        if queries::note_unknown_names(reader, &options.filter, false)? {
            suggest(query, options);
        }
        return Ok(());
    }
    queries::note_unknown_names(reader, &options.filter, true)?;
    let articles = counted(total, "article", "articles");
    if results.hits.is_empty() {
        output::message(&format_args!("{articles} found; `--offset` is past the last hit"));
    }
    if results.hits.is_empty() || !output::stdout_is_terminal() {
        return Ok(());
    }
    let articles_shown = results.hits.chunk_by(|a, b| a.article == b.article).map(|same| &same[0]);
    let copies = match articles_shown.clone().map(|hit| hit.copies.len() as u64).sum() {
        0 => String::new(),
        copies => format!(" and {}", counted(copies, "copy", "copies")),
    };
    output::message(&format_args!(
        "{}{copies} of {articles} · nutgraf show N for a whole article",
        thousands(articles_shown.clone().count() as u64)
    ));
    let provenance = |hit: &Hit| hit.article.published.map(|published| published.provenance);
    if articles_shown.clone().any(|hit| provenance(hit) == Some(Provenance::FileTime)) {
        output::message(&"~ marks the date of the file, since the article has none");
    } else if articles_shown.clone().any(|hit| provenance(hit) == Some(Provenance::Ambiguous)) {
        output::message(&"~ marks a date whose day and month may be swapped");
    }
    Ok(())
}

/// Suggests what may find articles.
fn suggest(query: &Query, options: &Options) {
    let hint = match query {
        Query::Empty => "a query needs a word that contains a letter or digit",
        _ if !options.filter.is_empty() => "try without options such as `--from`, `--source` and `--language`",
        Query::Phrase { .. } => "try the words without quotes, or `\"…\"~3` to allow other words between them",
        Query::Word(_) | Query::Plain(_) => "check the spelling; `chip*` finds words that begin with `chip`",
        Query::Prefix(_) => "try a shorter prefix",
        _ => "try fewer conditions, or the words without operators",
    };
    output::message(&format_args!("hint: {hint}"));
}
