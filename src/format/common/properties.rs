//! Metadata written by office programs: title, author and dates, as far as they are plausible.
//!
//! Owns the rules for values that programs insert by themselves. Formats know where they are stored.

use super::{dates, exports, paragraphs, record_fields, wire};
use crate::article::{Article, Provenance, Published};
use crate::error::SkipReason;
use crate::format::{Context, Sink};

/// Properties as in the document; empty if missing.
#[derive(Debug, Default)]
pub(crate) struct Properties {
    /// The title.
    pub(crate) title: String,
    /// Who wrote it.
    pub(crate) author: String,
    /// When it was made.
    pub(crate) created: String,
    /// Its language.
    pub(crate) language: String,
    /// Who published it.
    pub(crate) publisher: String,
}

/// The title marked in the text of a document, the text, and the properties.
pub(crate) type Parts = (Option<String>, String, Properties);

/// Titles that programs insert, in lower case.
const EMPTY_TITLES: &[&[&str]] = &[
    &["untitled", "untitled document", "document", "document1", "new document", "blank document", "word document"],
    &["title", "print", "normal", "(anonymous)", "powerpoint presentation", "slide 1", "layout 1"],
    &["ohne titel", "sans titre"],
];

/// Authors that programs insert, in lower case.
const EMPTY_AUTHORS: &[&[&str]] = &[
    &["user", "admin", "administrator", "owner", "author", "default", "root", "benutzer", "utilisateur"],
    &["unknown", "anonymous", "(anonymous)", "(unspecified)", "un-named", "none", "n/a", "office", "pc"],
    &["microsoft office user", "microsoft", "python-docx", "apache poi", "calibre"],
    &["acer", "hp", "dell", "lenovo", "asus"],
];

/// Suffixes of titles that are only file names.
const FILE_ENDS: &[&str] = &[
    ".doc", ".docx", ".dot", ".odt", ".rtf", ".pdf", ".indd", ".qxd", ".qxp", ".tex", ".dvi", ".ps", ".txt", ".pages",
    ".html", ".htm", ".ppt", ".pptx", ".xls", ".xlsx", ".eps", ".ai", ".tif", ".jpg",
];

/// Number of short paragraphs at the start in which a dateline is searched.
const DATE_LINES: usize = 4;

/// Maximum size of a paragraph that may be a dateline.
const DATE_LINE_BYTES_MAX: usize = 120;

impl Properties {
    /// The title, if a person chose it.
    pub(crate) fn title(&self) -> Option<String> {
        let title = paragraphs::one_line(&self.title);
        let lower = title.to_lowercase();
        let file = FILE_ENDS.iter().any(|end| lower.ends_with(end))
            || ["microsoft word -", "file:", "http:", "https:"].iter().any(|start| lower.starts_with(start));
        let said = title.chars().filter(|c| c.is_alphabetic()).count() >= 2;
        (said && !file && !EMPTY_TITLES.iter().any(|titles| titles.contains(&&*lower))).then_some(title)
    }

    /// The author, if it is the name of a person.
    pub(crate) fn author(&self) -> Option<String> {
        let author = wire::byline(&self.author)?;
        let lower = author.to_lowercase();
        let said = author.chars().filter(|c| c.is_alphabetic()).count() >= 2;
        (said && !EMPTY_AUTHORS.iter().any(|authors| authors.contains(&&*lower)) && !lower.contains('\\'))
            .then_some(author)
    }

    /// Sends the articles of a document to the sink: those of an export, or its own.
    pub(crate) fn send(document: Result<Parts, SkipReason>, context: &Context<'_>, sink: &mut Sink<'_>) {
        match document {
            Ok((_, body, _)) if exports::parse(&body, context, sink) => {}
            Ok((headline, body, properties)) => sink(properties.article(headline, body, context)),
            Err(reason) => sink(Err(reason)),
        }
    }

    /// The article of a document with these properties. `headline` is the title marked in the text; it and then the
    /// title of the properties take precedence over a short first paragraph.
    ///
    /// # Errors
    /// [`SkipReason::NoText`].
    pub(crate) fn article(
        &self,
        headline: Option<String>,
        body: String,
        context: &Context<'_>,
    ) -> Result<Article, SkipReason> {
        let context = &Context { order: context.order.or_of(Some(&self.language)), ..*context };
        let mut article = Article {
            title: headline.map(|h| paragraphs::one_line(&h)).or_else(|| self.title()).unwrap_or_default(),
            body,
            byline: self.author(),
            language: record_fields::language(&self.language),
            url: context.url.map(str::to_owned),
            ..Article::default()
        };
        article.source = Some(paragraphs::one_line(&self.publisher)).filter(|s| !s.is_empty());
        if article.title.is_empty() {
            (article.title, article.body) = paragraphs::headline(article.body);
        } else {
            article.body = without_title(&article.title, article.body);
        }
        if !self.created.trim().is_empty() {
            let notes = &mut article.notes;
            article.published = dates::published(&self.created, Provenance::Metadata, context, notes);
        }
        if article.published.is_none() {
            article.published = date_line(&article.body, context);
        }
        wire::finish(article)
    }
}

/// The body without a first paragraph that repeats the title.
pub(crate) fn without_title(title: &str, body: String) -> String {
    match body.split_once("\n\n") {
        Some((first, rest)) if paragraphs::one_line(first).eq_ignore_ascii_case(title) => rest.to_owned(),
        _ => body,
    }
}

/// The date in one of the first short paragraphs.
pub(crate) fn date_line(body: &str, context: &Context<'_>) -> Option<Published> {
    let lines = body.split("\n\n").take(DATE_LINES).filter(|p| p.len() <= DATE_LINE_BYTES_MAX);
    let stated = lines.filter_map(|line| dates::in_text_of(line, context.order)).next()?;
    dates::plausible(stated, Provenance::Text, context)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_programs_fill_in_is_not_believed() {
        for (title, expected) in [
            ("Ferry returns", Some("Ferry returns")),
            ("Microsoft Word - final2.doc", None),
            ("final2.INDD", None),
            (" Untitled ", None),
            ("2023-07-23", None),
        ] {
            let properties = Properties { title: title.into(), ..Properties::default() };
            assert_eq!(properties.title().as_deref(), expected, "{title}");
        }
        for (author, expected) in [("Ana Ruiz", Some("Ana Ruiz")), ("Admin", None), ("CORP\\aruiz", None), ("", None)] {
            let properties = Properties { author: author.into(), ..Properties::default() };
            assert_eq!(properties.author().as_deref(), expected, "{author}");
        }
    }

    #[test]
    fn titles_are_not_repeated() {
        assert_eq!(without_title("Ferry back", "FERRY  back\n\nIt sails.".into()), "It sails.");
        assert_eq!(without_title("Ferry back", "It sails.".into()), "It sails.");
    }
}
