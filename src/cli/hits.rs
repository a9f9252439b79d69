//! Prints hits in the requested format, with remarks for people.

use super::args::{Common, Output};
use super::files::Files;
use super::{asking, output, pager};
use crate::article::Provenance;
use crate::error::Error;
use crate::index::Reader;
use crate::query::Query;
use crate::render::{self, Template, counted, thousands};
use crate::search::{ArticleFacts, Hit, Options, Passage, Results};

/// Maximum number of words printed; `--json` has all of them.
const WORDS_TOLD: usize = 20;

/// Prints the words that a search used in addition to those of the query.
pub(super) fn tell_words(what: &str, words: &[String]) {
    let mut told = words.iter().take(WORDS_TOLD).map(String::as_str).collect::<Vec<_>>().join(", ");
    if words.len() > WORDS_TOLD {
        told += &format!(" and {} more", words.len() - WORDS_TOLD);
    }
    if !words.is_empty() {
        output::message(&format_args!("{what}: {told}"));
    }
}

/// Prints hits in the requested format; `asked` is the query.
pub(super) fn print(
    asked: &str,
    options: &Options,
    results: &Results,
    output: &Output,
    common: &Common,
) -> anyhow::Result<()> {
    if output.count {
        return output::data(|out| match () {
            () if output.form.json || output.form.jsonl => render::count_json(out, asked, results.total_articles),
            () => writeln!(out, "{}", results.total_articles),
        });
    }
    if output.is_text() {
        let style = output::style(common);
        return pager::text(common, |out| match () {
            () if output.form.compact => render::hits_compact(out, results, &style),
            () if options.page.context > 0 => render::hits_text_in_full(out, results, &style),
            () => render::hits_text(out, results, &style),
        });
    }
    if output.form.json {
        return output::data(|out| render::hits_json(out, asked, results));
    }
    print_data(results, output)
}

/// Prints hits, or articles as hits without passages, in a data format other than one JSON object.
pub(super) fn print_data(results: &Results, output: &Output) -> anyhow::Result<()> {
    let form = &output.form;
    let parsed = |text: &String| {
        Template::parse(text).map_err(|cause| Error::Argument { what: "template", value: text.clone(), cause })
    };
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
pub(super) fn remark(reader: &Reader, query: &Query, options: &Options, results: &Results) -> Result<(), Error> {
    let total = results.total_articles;
    if results.hits.is_empty() && total == 0 {
        output::message(&"no article matches");
        if asking::tell_names(reader, &options.filter, false)? {
            suggest(query, options);
        }
        return Ok(());
    }
    asking::tell_names(reader, &options.filter, true)?;
    let articles = counted(total, "article", "articles");
    if results.hits.is_empty() {
        output::message(&format_args!("{articles} found; `--offset` is past the last hit"));
    }
    if results.hits.is_empty() || !output::is_read_by_person() {
        return Ok(());
    }
    let shown = results.hits.chunk_by(|a, b| a.article == b.article).map(|same| &same[0]);
    let copies = match shown.clone().map(|hit| hit.copies.len() as u64).sum() {
        0 => String::new(),
        copies => format!(" and {}", counted(copies, "copy", "copies")),
    };
    output::message(&format_args!(
        "{}{copies} of {articles} · nutgraf show N for a whole article",
        thousands(shown.clone().count() as u64)
    ));
    let provenance = |hit: &Hit| hit.article.published.map(|published| published.provenance);
    if shown.clone().any(|hit| provenance(hit) == Some(Provenance::FileTime)) {
        output::message(&"~ before a date: the date of the file, since the article has none");
    } else if shown.clone().any(|hit| provenance(hit) == Some(Provenance::Ambiguous)) {
        output::message(&"~ before a date: day and month may be swapped");
    }
    Ok(())
}

/// Suggests what may find articles.
fn suggest(query: &Query, options: &Options) {
    let hint = match query {
        Query::Empty => "a query needs a word with a letter or a digit in it",
        _ if !options.filter.is_empty() => "try without options such as `--from`, `--source` and `--language`",
        Query::Phrase { .. } => "try the words without quotes, or `\"…\"~3` to allow other words between them",
        Query::Word(_) | Query::Plain(_) => "check the spelling; `chip*` finds words that begin with `chip`",
        Query::Prefix(_) => "try a shorter prefix",
        _ => "try fewer conditions: words without operators need not all occur",
    };
    output::message(&format_args!("hint: {hint}"));
}
