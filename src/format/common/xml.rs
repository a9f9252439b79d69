//! XML to a light tree, shared by all XML formats.
//!
//! Owns the decoding of XML bytes, the tree and its limits, entities, and well-known namespaces. Parsing is lenient,
//! since feeds and archives are rarely well formed: an unknown entity, a stray `<` or a missing end tag has only a
//! local effect. Document type declarations are ignored: their entities are not expanded, and nothing external is
//! loaded. Formats know what elements mean.

mod build;
mod text;

use std::borrow::Cow;
use std::ops::Range;

use quick_xml::escape::partial_escape;

use crate::error::SkipReason;
use build::Builder;
use text::local;
pub(crate) use text::{attributes, decode, unescape};

/// A parsed document: its nodes in document order.
#[derive(Debug, Default)]
pub(crate) struct Document<'a> {
    nodes: Vec<Node<'a>>,
    /// Why parsing stopped before the end, if it did.
    pub(crate) trouble: Option<SkipReason>,
}

#[derive(Debug)]
enum Node<'a> {
    /// `tag` is the text between `<` and `>`, whose first `name` bytes are the qualified name. Descendants are the
    /// nodes from the next one up to `end`. The root is its own parent.
    Element {
        tag: &'a str,
        name: u32,
        space: Space,
        parent: u32,
        end: u32,
    },
    Text(Cow<'a, str>),
}

/// The namespaces that formats distinguish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Space {
    /// No prefix, and no namespace or an unknown one.
    Plain,
    /// A prefix of another namespace.
    Other,
    Atom,
    Rss,
    Rdf,
    DublinCore,
    DublinTerms,
    Content,
    Xhtml,
    Media,
    Itunes,
    WordPress,
}

/// One element of a document.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Element<'d, 'a> {
    document: &'d Document<'a>,
    index: usize,
}

/// What to do with an element when a tree is written as HTML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tag {
    /// Write it under this name.
    As(&'static str),
    /// Write it under its own name.
    Keep,
    /// Leave it out with its content.
    Drop,
}

impl<'a> Document<'a> {
    /// Parses a text as far as possible; [`Document::trouble`] is the reason if it ended early.
    pub(crate) fn parse(text: &'a str) -> Self {
        let mut builder = Builder::new(text);
        builder.run();
        builder.document
    }

    /// The first element.
    pub(crate) fn root(&self) -> Option<Element<'_, 'a>> {
        self.elements().next()
    }

    /// All elements in document order.
    pub(crate) fn elements(&self) -> impl Iterator<Item = Element<'_, 'a>> {
        self.elements_of(0..self.nodes.len())
    }

    fn elements_of(&self, nodes: Range<usize>) -> impl Iterator<Item = Element<'_, 'a>> {
        let is_element = |index: &usize| matches!(self.nodes[*index], Node::Element { .. });
        nodes.filter(is_element).map(|index| Element { document: self, index })
    }

    /// The reason to report if nothing was found in it.
    pub(crate) fn reason(self) -> SkipReason {
        self.trouble.unwrap_or(SkipReason::NoText)
    }
}

impl<'d, 'a> Element<'d, 'a> {
    fn parts(self) -> (&'a str, usize, Space, usize) {
        match &self.document.nodes[self.index] {
            Node::Element { tag, name, space, end, .. } => (tag, *name as usize, *space, *end as usize),
            Node::Text(_) => ("", 0, Space::Other, self.index + 1),
        }
    }

    /// The name without prefix.
    pub(crate) fn name(self) -> &'a str {
        let (tag, name, ..) = self.parts();
        let qualified = tag.get(..name).unwrap_or_default();
        qualified.rsplit(':').next().unwrap_or(qualified)
    }

    /// Whether the name without prefix equals this one, in any case.
    pub(crate) fn is(self, name: &str) -> bool {
        self.name().eq_ignore_ascii_case(name)
    }

    /// Its namespace.
    pub(crate) fn space(self) -> Space {
        self.parts().2
    }

    /// The value of an attribute by its name without prefix, in any case; never empty.
    pub(crate) fn attribute(self, name: &str) -> Option<Cow<'a, str>> {
        let (tag, length, ..) = self.parts();
        attributes(tag.get(length..).unwrap_or_default())
            .find(|(key, _)| local(key).eq_ignore_ascii_case(name) && !key.starts_with("xmlns:"))
            .map(|(_, value)| unescape(value.trim()))
            .filter(|value| !value.is_empty())
    }

    /// Its attributes: names without prefix, and raw values.
    pub(crate) fn attributes(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let (tag, length, ..) = self.parts();
        attributes(tag.get(length..).unwrap_or_default())
            .filter(|(key, _)| !key.starts_with("xmlns"))
            .map(|(key, value)| (local(key), value))
    }

    /// Its child elements.
    pub(crate) fn children(self) -> impl Iterator<Item = Element<'d, 'a>> {
        let (.., end) = self.parts();
        let document = self.document;
        let mut next = self.index + 1;
        std::iter::from_fn(move || {
            while next < end {
                let element = Element { document, index: next };
                next = element.parts().3;
                if matches!(document.nodes[element.index], Node::Element { .. }) {
                    return Some(element);
                }
            }
            None
        })
    }

    /// Its child elements of this name.
    pub(crate) fn children_named(self, name: &str) -> impl Iterator<Item = Element<'d, 'a>> {
        self.children().filter(move |e| e.is(name))
    }

    /// All elements in it, in document order.
    pub(crate) fn descendants(self) -> impl Iterator<Item = Element<'d, 'a>> {
        let (.., end) = self.parts();
        self.document.elements_of(self.index + 1..end)
    }

    /// All elements in it of this name that are not inside another of them.
    pub(crate) fn outermost(self, name: &'static str) -> impl Iterator<Item = Element<'d, 'a>> {
        let mut skip_to = 0;
        self.descendants().filter(move |e| {
            let found = e.index >= skip_to && e.is(name);
            if found {
                skip_to = e.parts().3;
            }
            found
        })
    }

    /// The first child of this name.
    pub(crate) fn child(self, name: &str) -> Option<Element<'d, 'a>> {
        self.children_named(name).next()
    }

    /// The first element in it of this name.
    pub(crate) fn find(self, name: &str) -> Option<Element<'d, 'a>> {
        self.descendants().find(|e| e.is(name))
    }

    /// The text of the first element at a path of child names, or of this element: one line, never empty.
    pub(crate) fn line(self, path: &[&str]) -> Option<String> {
        let mut element = self;
        for name in path {
            element = element.child(name)?;
        }
        Some(super::paragraphs::one_line(&element.text())).filter(|line| !line.is_empty())
    }

    /// All text in it.
    pub(crate) fn text(self) -> Cow<'d, str> {
        let (.., end) = self.parts();
        let mut all = Cow::Borrowed("");
        for node in self.document.nodes.get(self.index + 1..end).unwrap_or_default() {
            match node {
                Node::Text(text) if all.is_empty() => all = Cow::Borrowed(text),
                Node::Text(text) => all.to_mut().push_str(text),
                Node::Element { .. } => {}
            }
        }
        all
    }

    /// The enclosing elements, innermost first.
    pub(crate) fn ancestors(self) -> impl Iterator<Item = Element<'d, 'a>> {
        let document = self.document;
        let parent = move |index: usize| match document.nodes.get(index)? {
            Node::Element { parent, .. } => Some(*parent as usize).filter(|&p| p < index),
            Node::Text(_) => None,
        };
        std::iter::successors(parent(self.index), move |&index| parent(index))
            .map(move |index| Element { document, index })
    }

    /// Whether it has child elements.
    pub(crate) fn has_children(self) -> bool {
        self.children().next().is_some()
    }

    /// Its content as HTML without attributes, with each element under the name from `tag`.
    pub(crate) fn markup(self, tag: impl Fn(Element<'d, 'a>) -> Tag) -> String {
        let (.., end) = self.parts();
        let mut html = String::new();
        let mut open: Vec<(usize, &str)> = Vec::new();
        let mut index = self.index + 1;
        while index < end {
            close_up_to(&mut open, index, &mut html);
            let element = Element { document: self.document, index };
            match &self.document.nodes[index] {
                Node::Text(text) => html.push_str(&partial_escape(&**text)),
                Node::Element { end, .. } => {
                    let name = match tag(element) {
                        Tag::As(name) => name,
                        Tag::Keep => element.name(),
                        Tag::Drop => {
                            index = *end as usize;
                            continue;
                        }
                    };
                    html.extend(["<", name, ">"]);
                    if !matches!(name, "br" | "hr" | "img" | "input" | "meta" | "link" | "wbr") {
                        open.push((*end as usize, name));
                    }
                }
            }
            index += 1;
        }
        close_up_to(&mut open, end, &mut html);
        html
    }
}

fn close_up_to(open: &mut Vec<(usize, &str)>, index: usize, html: &mut String) {
    while let Some(&(_, name)) = open.last().filter(|(end, _)| *end <= index) {
        html.extend(["</", name, ">"]);
        open.pop();
    }
}

/// Whether the root element of a document with these first bytes fits, as a tree with the content so far.
pub(crate) fn root_is(head: &[u8], fits: impl FnOnce(Element<'_, '_>) -> bool) -> bool {
    let wide = matches!(head, [0, ..] | [_, 0, ..] | [0xff, 0xfe, ..] | [0xfe, 0xff, ..]);
    let text = if wide { decode(head, None) } else { String::from_utf8_lossy(head) };
    if !text.trim_start_matches(['\u{feff}', '\u{0}']).trim_start().starts_with('<') {
        return false;
    }
    let document = Document::parse(&text);
    document.root().is_some_and(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_have_local_effects() {
        for (xml, markup) in [
            ("<a>x &amp; y &nosuch; & z &eacute;&#x41;&#2;</a>", "x &amp; y &amp;nosuch; &amp; z éA"),
            ("<a>1 < 2 <b>c</b> <3 d</a>", "1 &lt; 2 <b>c</b> &lt;3 d"),
            ("<a><b>c<i>d</b>e</a></z>", "<b>c<i>d</i></b>e"),
            ("<a><![CDATA[<p>cut", "&lt;p&gt;cut"),
            ("<!DOCTYPE a [<!ENTITY e \"gone\">]><a>&e;<!-- c --><x:b/>t", "&amp;e;<b></b>t"),
            ("<a><b c='d", "&lt;b c='d"),
            ("<A><B>x</b></a>", "<B>x</B>"),
        ] {
            let document = Document::parse(xml);
            assert_eq!(document.root().unwrap().markup(|_| Tag::Keep), markup, "{xml}");
            assert_eq!(document.trouble, None, "{xml}");
        }
    }

    #[test]
    fn hostile_documents_end_soon() {
        let deep = "<a>".repeat(100_000);
        assert_eq!(Document::parse(&deep).trouble.unwrap().code(), "too-deep");
        for piece in ["<a b='", "< ", "<!--", "<![CDATA[", "&", "<a/>", "</a>", "<?", "<!D [", "<x y=\">", "&#;"] {
            let hostile = format!("<r>{}", piece.repeat(100_000));
            assert!(Document::parse(&hostile).root().is_some(), "{piece}");
        }
    }

    #[test]
    fn namespaces_and_attributes_are_resolved() {
        let xml = "<rss xmlns:c='http://purl.org/rss/1.0/modules/content/' a=1 B = \"x &lt; y\"><c:encoded/><dc:date/><q:z/></rss>";
        let document = Document::parse(xml);
        let root = document.root().unwrap();
        let spaces: Vec<_> = root.children().map(Element::space).collect();
        assert_eq!(spaces, [Space::Content, Space::DublinCore, Space::Other]);
        assert_eq!(root.attribute("b").unwrap(), "x < y");
        assert_eq!(root.attribute("c"), None);
        assert_eq!(root.children().nth(1).unwrap().ancestors().count(), 1);
    }

    #[test]
    fn every_width_of_character_is_decoded() {
        let text = "<a>é</a>";
        let wide = |number: fn(u32) -> [u8; 4]| text.chars().flat_map(|c| number(u32::from(c))).collect::<Vec<_>>();
        let latin = b"<?xml version='1.0' encoding='iso-8859-1'?><a>\xe9</a>".to_vec();
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for bytes in [wide(u32::to_be_bytes), wide(u32::to_le_bytes), latin, utf16, text.as_bytes().to_vec()] {
            assert!(decode(&bytes, None).ends_with(text), "{bytes:?}");
        }
    }
}
