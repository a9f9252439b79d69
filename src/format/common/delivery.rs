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

/// Passes articles on and counts them.
pub(crate) struct Delivery<'a, 'b> {
    sink: &'a mut Sink<'b>,
    read: usize,
    told: bool,
}

impl<'a, 'b> Delivery<'a, 'b> {
    /// Nothing has been read yet.
    pub(crate) fn new(sink: &'a mut Sink<'b>) -> Self {
        Self { sink, read: 0, told: false }
    }

    /// Passes on the result for a document.
    pub(crate) fn give(&mut self, found: Result<Article, SkipReason>) {
        self.told = true;
        self.read += 1;
        (self.sink)(found);
    }

    /// Reports when there are fewer documents than stated, or none.
    pub(crate) fn finish(self, stated: Option<usize>) {
        match stated {
            Some(stated) if stated > self.read => {
                let text = format!("{} of {stated} articles read", self.read);
                (self.sink)(Err(SkipReason::Truncated(text)));
            }
            _ if !self.told => (self.sink)(Err(SkipReason::NoText)),
            _ => {}
        }
    }
}

/// An article with its text, without what is not text, or the reason why there is none.
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
    fn missing_documents_are_told() {
        for (given, stated, skips) in [(2, Some(3), 1), (2, Some(2), 0), (2, None, 0), (0, None, 1)] {
            let mut found = Vec::new();
            let mut sink = |f| found.push(f);
            let mut delivery = Delivery::new(&mut sink);
            for _ in 0..given {
                delivery.give(Ok(Article::default()));
            }
            delivery.finish(stated);
            assert_eq!(found.iter().filter(|f| f.is_err()).count(), skips, "{given} of {stated:?}");
        }
    }
}
