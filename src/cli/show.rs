//! `nutgraf show`: prints an article, or several with the same id, with words highlighted; and lists those of a file.

use super::args::{AskArgs, Common, ShowArgs};
use super::hits::{as_hit, print_data};
use super::opening::{open, text_of};
use super::{Status, last, output, pager, queries};
use crate::error::Error;
use crate::search::{ArticleFacts, Marked, Results};
use crate::{render, search};

pub(super) fn run(args: &ShowArgs, common: &Common) -> anyhow::Result<Status> {
    let (reader, here) = open(common)?;
    let query = queries::parse(text_of(&args.words), &AskArgs::default(), common)?.query;
    let id = last::resolve(&args.id, &reader);
    let (found, listed) = match search::show(&reader, &id, &query) {
        Err(unknown @ Error::UnknownArticle { .. }) => {
            let marked = |stored| Marked { stored, highlights: Vec::new() };
            let inside: Vec<Marked> = reader.in_file(&id)?.into_iter().map(marked).collect();
            (if inside.is_empty() { Err(unknown) } else { Ok(inside) }?, true)
        }
        found => (found?, false),
    };
    let facts: Vec<_> = found.iter().map(|marked| marked.facts(&reader, &here)).collect();
    let articles: Vec<_> = found.into_iter().zip(facts).collect();
    if !listed && articles.len() > 1 {
        let locations = articles.iter().map(|(one, _)| format!("`{}`", one.stored.location));
        let locations = locations.collect::<Vec<_>>().join(", ");
        output::message(&format_args!("note: {} articles share the id `{id}`: {locations}", articles.len()));
    }
    let (form, style) = (&args.output.form, output::style(common));
    match () {
        () if args.output.count => output::data(|out| writeln!(out, "{}", articles.len()))?,
        () if form.json => output::data(|out| render::articles_json(out, &articles))?,
        () if form.jsonl => output::data(|out| render::articles_jsonl(out, &articles, args.output.line_end()))?,
        () if form.compact || listed && args.output.is_text() => {
            let results = as_results(&articles);
            last::store(&reader.location().folder, &id, &results);
            pager::text(common, |out| render::hits_compact(out, &results, &style))?;
        }
        () if args.output.is_text() => pager::text(common, |out| {
            for (place, (marked, _)) in articles.iter().enumerate() {
                if place > 0 {
                    writeln!(out)?;
                }
                render::article_text(out, marked, &style)?;
            }
            Ok(())
        })?,
        () => print_data(&as_results(&articles), &args.output)?,
    }
    Ok(Status::Done)
}

/// The articles as hits, with their texts as passages.
fn as_results(articles: &[(Marked, ArticleFacts)]) -> Results {
    let hit = |(place, (marked, facts)): (usize, &(Marked, ArticleFacts))| {
        let mut hit = as_hit(place + 1, 0.0, facts.clone());
        hit.passage.bytes = 0..marked.stored.text.len();
        hit.passage.text.clone_from(&marked.stored.text);
        hit
    };
    Results { hits: articles.iter().enumerate().map(hit).collect(), ..Results::default() }
}
