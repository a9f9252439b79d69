//! Exports of press databases: code shared by their readers.
//!
//! Owns the check of the stated number of documents. Layouts are in the modules of the databases.

use std::borrow::Cow;

use super::{charset, paragraphs, record_fields};
use crate::article::Article;
use crate::error::SkipReason;
use crate::format::{Sample, Sink};

/// The text of a sample, as far as detection needs it.
pub(crate) fn sample_text<'a>(sample: &Sample<'a>) -> Cow<'a, str> {
    if sample.head.starts_with(b"\xff\xfe") || sample.head.starts_with(b"\xfe\xff") {
        charset::decode(sample.head, None, None)
    } else {
        String::from_utf8_lossy(sample.head)
    }
}

/// Sends the results for the documents of an export to the sink, and a skip if there are fewer than stated, or none.
pub(crate) fn send(
    documents: impl IntoIterator<Item = Result<Article, SkipReason>>,
    stated: Option<usize>,
    sink: &mut Sink<'_>,
) {
    let mut read = 0;
    for document in documents {
        read += 1;
        sink(document);
    }
    match stated {
        Some(stated) if stated > read => {
            sink(Err(SkipReason::Truncated(format!("{read} of {stated} articles read"))));
        }
        _ if read == 0 => sink(Err(SkipReason::NoText)),
        _ => {}
    }
}

/// Whether a line is a copyright notice.
pub(crate) fn is_copyright(line: &str) -> bool {
    let lower = line.trim_start().to_lowercase();
    ["copyright", "©", "all rights reserved", "alle rechte vorbehalten", "tous droits réservés"]
        .iter()
        .any(|start| lower.starts_with(start))
}

/// The article with its metadata as single lines.
///
/// # Errors
/// [`SkipReason::NoText`] when it has no text.
pub(crate) fn checked(mut article: Article) -> Result<Article, SkipReason> {
    for fact in [&mut article.byline, &mut article.source, &mut article.section, &mut article.id] {
        if let Some(text) = fact.take() {
            let line = paragraphs::one_line(&text);
            *fact = (!line.is_empty()).then_some(line);
        }
    }
    if article.body.is_empty() { Err(SkipReason::NoText) } else { Ok(article) }
}

/// A language by name, of which there may be several, or by code.
pub(crate) fn language(names: &str) -> Option<String> {
    let name = names.split([';', '/']).next().unwrap_or_default().trim();
    record_fields::language(name.split(" - ").next().unwrap_or(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_documents_are_reported() {
        for (given, stated, skips) in [(2, Some(3), 1), (2, Some(2), 0), (2, None, 0), (0, None, 1)] {
            let mut found = Vec::new();
            send((0..given).map(|_| Ok(Article::default())), stated, &mut |f| found.push(f));
            assert_eq!(found.iter().filter(|f| f.is_err()).count(), skips, "{given} of {stated:?}");
        }
    }
}
