//! `nutgraf show`: prints an article, or several with the same id, with words highlighted; and lists those of a file.

use std::path::PathBuf;

use super::args::{AskArgs, Common, ShowArgs};
use super::hits::{as_hit, print_data};
use super::opening::{open, text_of};
use super::{Status, asking, last, output, pager};
use crate::error::Error;
use crate::search::{ArticleFacts, Hit, Marked, Results};
use crate::{render, search};

pub(super) fn run(args: &ShowArgs, common: &Common) -> anyhow::Result<Status> {
    let (reader, here) = open(common)?;
    let wanted = asking::asked(text_of(&args.words), &AskArgs::default(), common)?.query;
    let id = last::meant(&args.id, &reader);
    let (found, listed) = match search::show(&reader, &id, &wanted) {
        Err(unknown @ Error::UnknownArticle { .. }) => {
            let marked = |stored| Marked { stored, highlights: Vec::new() };
            let inside: Vec<Marked> = reader.in_file(&id)?.into_iter().map(marked).collect();
            (if inside.is_empty() { Err(unknown) } else { Ok(inside) }?, true)
        }
        found => (found?, false),
    };
    let articles: Vec<(Marked, PathBuf)> = found
        .into_iter()
        .map(|marked| (reader.path_from(&here, &marked.stored.file), marked))
        .map(|(p, m)| (m, p))
        .collect();
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
            last::keep(&reader.location().folder, &id, &results);
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
fn as_results(articles: &[(Marked, PathBuf)]) -> Results {
    let hit = |(place, (marked, path)): (usize, &(Marked, PathBuf))| {
        let (stored, article) = (&marked.stored, &marked.stored.article);
        let facts = ArticleFacts {
            id: stored.id.clone(),
            location: stored.location.clone(),
            title: article.title.clone(),
            title_highlights: Vec::new(),
            published: article.published,
            source: article.source.clone(),
            byline: article.byline.clone(),
            section: article.section.clone(),
            language: article.language.clone(),
            path: path.clone(),
            inner: stored.inner.clone(),
            record: stored.record,
            url: article.url.clone(),
        };
        let mut hit = as_hit(place + 1, 0.0, facts);
        hit.passage.bytes = 0..stored.text.len();
        hit.passage.text.clone_from(&stored.text);
        hit
    };
    let hits: Vec<Hit> = articles.iter().enumerate().map(hit).collect();
    Results { hits, ..Results::default() }
}
