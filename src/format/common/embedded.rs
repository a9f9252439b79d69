//! Documents inside containers: which reader a media type or file name needs.
//!
//! Owns the list of document types that an archived response, an attachment or an archive entry may have. Readers are
//! in the modules of the formats.

use super::{charset, wire};
use crate::error::SkipReason;
use crate::format::{Context, Record, Sink, docx, epub, html, odt, rtf};

/// The kinds of documents that are read inside a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A web page.
    Html,
    /// Plain text.
    Text,
    /// A PDF file.
    Pdf,
    /// A Word document in Office Open XML.
    Docx,
    /// A text in OpenDocument.
    Odt,
    /// A book or a periodical in EPUB.
    Epub,
    /// Rich Text Format.
    Rtf,
}

impl Kind {
    /// The kind for a media type; `None` if it is not a document.
    pub(crate) fn of_media_type(media_type: &str) -> Option<Self> {
        Self::of(media_type.split(';').next().unwrap_or_default().trim())
    }

    /// The kind for the extension of a file name or URL.
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        Self::of(name.split(['?', '#']).next()?.rsplit_once('.')?.1)
    }

    /// The kind for a media type or extension.
    fn of(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "text/html" | "application/xhtml+xml" | "application/vnd.wap.xhtml+xml" | "html" | "htm" | "xhtml" => {
                Self::Html
            }
            "text/plain" | "txt" => Self::Text,
            "application/pdf" | "application/x-pdf" | "pdf" => Self::Pdf,
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document" | "docx" => Self::Docx,
            "application/vnd.oasis.opendocument.text" | "odt" => Self::Odt,
            "application/epub+zip" | "epub" => Self::Epub,
            "application/rtf" | "text/rtf" | "rtf" => Self::Rtf,
            _ => return None,
        })
    }

    /// The kind for a signature in the first bytes.
    pub(crate) fn of_bytes(bytes: &[u8]) -> Option<Self> {
        let head = &bytes[..bytes.len().min(1024)];
        let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
        let starts = |word: &[u8]| text.get(..word.len()).is_some_and(|t| t.eq_ignore_ascii_case(word));
        if starts(b"%PDF-") {
            Some(Self::Pdf)
        } else if starts(b"{\\rtf") {
            Some(Self::Rtf)
        } else if [&b"<!doctype html"[..], b"<html", b"<head", b"<body"].into_iter().any(starts) {
            Some(Self::Html)
        } else {
            None
        }
    }

    /// Sends the articles of a document of this kind to the sink.
    pub(crate) fn parse(self, bytes: Vec<u8>, context: &Context<'_>, sink: &mut Sink<'_>) {
        if bytes.trim_ascii().is_empty() {
            return sink(Err(SkipReason::NoText));
        }
        let reader = match self {
            Self::Html => return sink(html::page(&charset::decode(&bytes, context.charset, None), context)),
            Self::Text => return sink(wire::plain(&charset::decode(&bytes, context.charset, None), context)),
            #[cfg(feature = "pdf")]
            Self::Pdf => crate::format::pdf::FORMAT.parse,
            #[cfg(not(feature = "pdf"))]
            Self::Pdf => return sink(Err(SkipReason::Unsupported("PDF".into()))),
            Self::Docx => docx::FORMAT.parse,
            Self::Odt => odt::FORMAT.parse,
            Self::Epub => epub::FORMAT.parse,
            Self::Rtf => rtf::FORMAT.parse,
        };
        reader(&Record { number: 1, bytes, header: None }, context, &mut |found| {
            sink(found.map(|mut article| {
                article.url = article.url.or_else(|| context.url.map(str::to_owned));
                article
            }));
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds() {
        assert_eq!(Kind::of_media_type("Text/HTML; charset=utf-8"), Some(Kind::Html));
        assert_eq!(Kind::of_media_type("image/png"), None);
        assert_eq!(Kind::of_name("http://a.example/report.PDF?x=.png"), Some(Kind::Pdf));
        assert_eq!(Kind::of_name("noextension"), None);
        assert_eq!(Kind::of_bytes(b"\xef\xbb\xbf  <!DOCTYPE html><p>"), Some(Kind::Html));
        assert_eq!(Kind::of_bytes(b""), None);
    }
}
