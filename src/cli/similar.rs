//! `nutgraf similar`: finds articles similar to one in the index or in a file, without its copies.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::args::{Common, ReadingArgs, SimilarArgs};
use super::opening::open;
use super::{Status, asking, hits, last, options, output, reading};
use crate::article::Article;
use crate::error::Error;
use crate::index::Reader;
use crate::ingest;
use crate::search::{self, Ranking, Subject};

/// Maximum bytes of text from standard input: a longer text has the same characteristic words.
const INPUT_BYTES_MAX: u64 = 4 << 20;

pub(super) fn run(args: &SimilarArgs, common: &Common) -> anyhow::Result<Status> {
    let (reader, _) = open(common)?;
    let named = last::meant(&args.subject.to_string_lossy(), &reader);
    let subject = subject(&reader, args, &named)?;
    let options = options::list(Ranking::default(), &args.list, &args.output)?;
    let results = search::similar(&reader, &subject, &options)?;
    hits::print(&named, &options, &results, &args.output, common)?;
    if args.output.is_text() {
        last::keep(&reader.location().folder, &named, &results);
    }
    if !args.output.form.json {
        hits::tell_words("similar by", &results.similar_by);
    }
    asking::tell_names(&reader, &options.filter, results.total_articles > 0)?;
    let found = !results.hits.is_empty() || (options.page.limit == 0 && results.total_articles > 0);
    if !found && args.output.is_text() {
        output::message(&"the index has no similar article");
    }
    Ok(if found { Status::Done } else { Status::NothingFound })
}

/// The article in the index with this id or location, otherwise that of a file.
fn subject(reader: &Reader, args: &SimilarArgs, named: &str) -> Result<Subject, Error> {
    if named == "-" {
        let mut bytes = Vec::new();
        let failed = |source| Error::Io { action: "read", path: "-".into(), source };
        std::io::stdin().lock().take(INPUT_BYTES_MAX).read_to_end(&mut bytes).map_err(failed)?;
        let body = String::from_utf8_lossy(&bytes).into_owned();
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
    article.ok_or_else(|| Error::Argument {
        what: "file",
        value: path.display().to_string(),
        cause: refused.unwrap_or_else(|| "it contains no article".to_owned()),
    })
}
