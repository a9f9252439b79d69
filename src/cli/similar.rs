//! `nutgraf similar`: finds articles similar to one in the index or in a file, without its copies.

use std::path::{Path, PathBuf};

use super::args::{Common, ReadingArgs, SimilarArgs};
use super::opening::{open, read_text};
use super::{Status, hits, last, options, output, queries, reading};
use crate::article::Article;
use crate::error::Error;
use crate::index::Reader;
use crate::ingest;
use crate::search::{self, Ranking, Subject};

/// Maximum bytes of text from standard input: a longer text has the same characteristic words.
const INPUT_BYTES_MAX: u64 = 4 << 20;

pub(super) fn run(args: &SimilarArgs, common: &Common) -> anyhow::Result<Status> {
    let (reader, _) = open(common)?;
    let named = last::resolve(&args.subject.to_string_lossy(), &reader);
    let subject = subject(&reader, args, &named)?;
    let options = options::list(Ranking::default(), &args.list, &args.output)?;
    let results = search::similar(&reader, &subject, &options)?;
    hits::print(&named, &options, &results, &args.output, common)?;
    if args.output.is_text() {
        last::store(&reader.location().folder, &named, &results);
    }
    if !args.output.form.json {
        hits::note_words("similar by", &results.similar_by);
    }
    queries::note_unknown_names(&reader, &options.filter, results.total_articles > 0)?;
    let found = !results.hits.is_empty() || (options.page.limit == 0 && results.total_articles > 0);
    if !found && args.output.is_text() {
        output::message(&"no similar articles found");
    }
    Ok(if found { Status::Done } else { Status::NothingFound })
}

/// The article in the index with this id or location, otherwise that of a file.
fn subject(reader: &Reader, args: &SimilarArgs, named: &str) -> Result<Subject, Error> {
    if named == "-" {
        let body = read_text(Path::new(named), INPUT_BYTES_MAX)?;
        return Ok(Subject::Article(Box::new(Article { body, ..Article::default() })));
    }
    let path = Path::new(&args.subject);
    if !reader.places(named)?.is_empty() || !path.is_file() {
        return Ok(Subject::Indexed(named.to_owned()));
    }
    first_article(path).map(|article| Subject::Article(Box::new(article)))
}

/// The first article of a file.
fn first_article(path: &Path) -> Result<Article, Error> {
    let paths: [PathBuf; 1] = [path.to_owned()];
    // A named file is read even if it is hidden or excluded.
    let how = ReadingArgs { hidden: true, no_ignore: true, ..ReadingArgs::default() };
    let (mut article, mut refused) = (None, None);
    ingest::preview(&reading::options(&paths, &how)?, &mut |preview| {
        article = article.take().or_else(|| preview.first.into_iter().next().map(|(_, article)| article));
        refused = refused.take().or_else(|| preview.skips.into_iter().next().map(|(_, reason)| reason));
    })?;
    article.ok_or_else(|| {
        let cause = refused.unwrap_or_else(|| "it contains no article".to_owned());
        Error::argument("file", path.display().to_string(), cause)
    })
}
