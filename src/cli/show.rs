//! `nutgraf show`: one article, or several under one id, with the query's words marked.

use super::args::{Common, ShowArgs};
use super::opening::{open, text_of};
use super::{Status, output, query};
use crate::{render, search};

pub(super) fn run(args: &ShowArgs, common: &Common) -> anyhow::Result<Status> {
    let (reader, here) = open(common)?;
    let wanted = query::understood(&text_of(&args.words), false);
    let articles = search::show(&reader, &args.id, &wanted)?;
    if let [_, _, ..] = articles.as_slice() {
        let locations: Vec<String> = articles.iter().map(|one| format!("`{}`", one.stored.location)).collect();
        let (count, id) = (articles.len(), &args.id);
        output::message(&format_args!("note: {count} articles share the id `{id}`: {}", locations.join(", ")));
    }
    let style = output::style(common);
    output::data(|out| {
        for (place, marked) in articles.iter().enumerate() {
            if args.json {
                let path = reader.path_from(&here, &marked.stored.file);
                render::article_json(out, marked, &path)?;
            } else {
                if place > 0 {
                    writeln!(out)?;
                }
                render::article_text(out, marked, &style)?;
            }
        }
        Ok(())
    })?;
    Ok(Status::Done)
}
