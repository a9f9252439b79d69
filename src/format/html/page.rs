//! What is read of a page to find its metadata.

use super::super::common::paragraphs;
use super::dom::{Attr, Dom, ROOT, Tag};
use super::json_ld::JsonLd;

/// Data of a page for finding its metadata.
pub(super) struct Page<'a> {
    pub(super) dom: &'a Dom,
    pub(super) metas: &'a Metas<'a>,
    pub(super) data: &'a JsonLd,
    /// The short lines around the headline.
    pub(super) lines: &'a [String],
}

/// The `<meta>` elements of a page: names in lower case and contents.
pub(super) struct Metas<'a>(Vec<(String, &'a str)>);

impl<'a> Metas<'a> {
    pub(super) fn of(dom: &'a Dom) -> Self {
        let mut metas = Vec::new();
        for (id, tag) in dom.elements() {
            if tag != Tag::Meta {
                continue;
            }
            let Some(content) = dom.attr(id, Attr::Content).filter(|c| !c.trim().is_empty()) else {
                continue;
            };
            // Within marked-up elements, a property describes these, not the page.
            for name in [Attr::Property, Attr::Name, Attr::HttpEquiv, Attr::Itemprop] {
                if let Some(name) = dom.attr(id, name) {
                    metas.extend(name.split_ascii_whitespace().map(|n| (n.to_ascii_lowercase(), content)));
                }
            }
        }
        Self(metas)
    }

    /// The content of the first of these names that the page has.
    pub(super) fn get(&self, names: &[&str]) -> Option<&'a str> {
        names.iter().find_map(|name| self.0.iter().find(|(n, _)| n == name).map(|(_, content)| *content))
    }

    /// The contents of these names, in order.
    pub(super) fn all<'b>(&'b self, names: &'b [&str]) -> impl Iterator<Item = &'a str> + 'b {
        names.iter().flat_map(|name| self.0.iter().filter(move |(n, _)| n == name).map(|(_, content)| *content))
    }
}

/// A value as one line, with double-encoded entities decoded and without markup.
pub(super) fn clean(text: &str) -> String {
    if text.contains(['&', '<']) && super::looks_like_markup(text) {
        let dom = Dom::parse(text);
        return paragraphs::one_line(&dom.text_of(ROOT));
    }
    paragraphs::one_line(text)
}
