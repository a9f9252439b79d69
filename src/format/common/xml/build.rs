//! Builds nodes from parser events, leniently and within limits.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::text::{attributes, resolve};
use super::{Document, Node, Space};
use crate::error::SkipReason;

/// Maximum nesting of elements; real articles have fewer than 40 levels.
const DEPTH_MAX: u32 = 256;
/// Maximum number of elements and texts in a document, about 40 bytes each, which limits files that consist of tags.
const NODES_MAX: usize = 4_000_000;
/// Namespace declarations in scope at one place.
const NAMESPACES_MAX: usize = 256;

/// Parts of namespace names in lower case, of which the first one contained in a name decides, and prefixes that are
/// often used without a declaration.
const SPACES: &[(&str, &str, Space)] = &[
    ("www.w3.org/2005/atom", "atom", Space::Atom),
    ("purl.org/atom", "", Space::Atom),
    ("www.w3.org/1999/02/22-rdf-syntax-ns", "rdf", Space::Rdf),
    ("purl.org/rss/1.0/modules/content", "content", Space::Content),
    ("purl.org/rss/1.0/modules", "", Space::Other),
    ("purl.org/rss", "rss", Space::Rss),
    ("purl.org/net/rss", "", Space::Rss),
    ("netscape.com/", "", Space::Rss),
    ("backend.userland.com", "", Space::Rss),
    ("blogs.law.harvard.edu/tech/rss", "", Space::Rss),
    ("purl.org/dc/elements", "dc", Space::DublinCore),
    ("purl.org/dc/terms", "dcterms", Space::DublinTerms),
    ("www.w3.org/1999/xhtml", "xhtml", Space::Xhtml),
    ("search.yahoo.com/mrss", "media", Space::Media),
    ("/dtds/podcast", "itunes", Space::Itunes),
    ("wordpress.org/export", "wp", Space::WordPress),
];

/// Builds the tree from the parser's events.
pub(super) struct Builder<'a> {
    source: &'a str,
    pub(super) document: Document<'a>,
    /// Nodes of open elements, innermost last.
    open: Vec<u32>,
    /// Namespace declarations in scope: number of open elements, prefix, namespace.
    spaces: Vec<(usize, &'a str, Space)>,
    /// Number of bytes that may still be parsed again after an error, so that errors cannot make parsing quadratic.
    again_bytes: usize,
    /// Whether text continues the last node, because no element has ended since.
    joins: bool,
}

impl<'a> Builder<'a> {
    /// A builder that has read nothing.
    pub(super) fn new(source: &'a str) -> Self {
        let again_bytes = source.len().saturating_mul(4).saturating_add(1 << 16);
        Self { source, document: Document::default(), open: Vec::new(), spaces: Vec::new(), again_bytes, joins: false }
    }

    /// Reads all.
    pub(super) fn run(&mut self) {
        let mut from = 0;
        while let Some(rest) = self.source.get(from..).filter(|_| self.document.trouble.is_none()) {
            let Some(fault) = self.read(rest, from) else { break };
            // The character at the error is text, and parsing continues after it.
            let cost = fault.reached.saturating_sub(fault.at);
            if cost > self.again_bytes {
                self.document.trouble = Some(SkipReason::Malformed {
                    format: "XML",
                    detail: format!("tag not closed at byte {}", fault.at),
                });
                break;
            }
            self.again_bytes -= cost;
            from = fault.at + 1;
            if let Some(text) = self.source.get(fault.at..from) {
                self.text(Cow::Borrowed(text));
            }
        }
        self.end_from(0);
    }

    /// Parses to the end, or to a `<` that does not begin a tag.
    fn read(&mut self, rest: &'a str, base: usize) -> Option<Fault> {
        let mut reader = Reader::from_str(rest);
        let config = reader.config_mut();
        config.allow_dangling_amp = true;
        config.allow_unmatched_ends = true;
        config.check_end_names = false;
        let mut at = 0;
        while self.document.trouble.is_none() {
            let event = reader.read_event();
            let reached = usize::try_from(reader.buffer_position()).unwrap_or(rest.len()).min(rest.len());
            let fault = Fault { at: base + at, reached: base + reached };
            match event {
                Ok(Event::Start(_)) if !self.start(rest.get(at..reached), false) => return Some(fault),
                Ok(Event::Empty(_)) if !self.start(rest.get(at..reached), true) => return Some(fault),
                Ok(Event::End(end)) => self.close(end.name().into_inner()),
                Ok(Event::Text(text)) => self.text(text.into_inner()),
                Ok(Event::CData(text)) => self.text(text.into_inner()),
                Ok(Event::GeneralRef(name)) => {
                    let name = name.into_inner();
                    self.text(resolve(&name).unwrap_or_else(|| Cow::Owned(format!("&{name};"))));
                }
                Ok(Event::Eof) => return None,
                Ok(_) => {}
                Err(_) if reached >= rest.len() || reached <= at => {
                    return self.unfinished(rest, base, at, fault);
                }
                Err(_) => {}
            }
            at = reached;
        }
        None
    }

    /// A construct that is cut off by the end of the input.
    fn unfinished(&mut self, rest: &'a str, base: usize, at: usize, fault: Fault) -> Option<Fault> {
        // The parser may have skipped text before it that its error does not include.
        let at = rest.get(at..).and_then(|r| r.find('<')).map_or(rest.len(), |i| at + i);
        let cut = rest.get(at..)?;
        if let Some(text) = cut.strip_prefix("<![CDATA[") {
            self.text(Cow::Borrowed(text));
            return None;
        }
        if cut.is_empty() || cut.starts_with("<!") || cut.starts_with("<?") {
            return None;
        }
        Some(Fault { at: base + at, reached: fault.reached })
    }

    /// Adds an element; false if this is not a tag.
    fn start(&mut self, markup: Option<&'a str>, empty: bool) -> bool {
        let Some(tag) = markup.and_then(|m| m.strip_prefix('<')?.strip_suffix('>')) else { return false };
        let tag = if empty { tag.strip_suffix('/').unwrap_or(tag) } else { tag };
        if !tag.starts_with(|c: char| c.is_alphabetic() || c == '_') {
            return false;
        }
        let name = tag.find(|c: char| c.is_ascii_whitespace() || c == '/').unwrap_or(tag.len());
        if self.open.len() >= DEPTH_MAX as usize {
            self.document.trouble = Some(SkipReason::TooDeep { what: "XML", limit: DEPTH_MAX });
            return true;
        }
        let index = self.document.nodes.len();
        let space = self.enter(tag, name);
        let (Ok(end), Ok(name)) = (u32::try_from(index + 1), u32::try_from(name)) else { return true };
        let parent = self.open.last().copied().unwrap_or(end - 1);
        self.push(Node::Element { tag, name, space, parent, end });
        if empty {
            self.leave();
        } else {
            self.open.push(end - 1);
        }
        true
    }

    /// Adds the namespace declarations of a tag. Returns the namespace of its name.
    fn enter(&mut self, tag: &'a str, name: usize) -> Space {
        let (qualified, rest) = tag.split_at(name);
        if rest.contains("xmlns") {
            for (key, value) in attributes(rest) {
                let prefix = match key.split_once(':') {
                    Some(("xmlns", prefix)) => prefix,
                    None if key == "xmlns" => "",
                    _ => continue,
                };
                if self.spaces.len() < NAMESPACES_MAX {
                    self.spaces.push((self.open.len(), prefix, known_space(value, prefix)));
                }
            }
        }
        let prefix = qualified.split_once(':').map_or("", |(prefix, _)| prefix);
        match self.spaces.iter().rev().find(|(_, p, _)| *p == prefix) {
            Some((.., space)) => *space,
            None if prefix.is_empty() => Space::Plain,
            None => SPACES.iter().find(|(_, p, _)| p.eq_ignore_ascii_case(prefix)).map_or(Space::Other, |(.., s)| *s),
        }
    }

    /// Removes the namespaces of the closed element.
    fn leave(&mut self) {
        while self.spaces.last().is_some_and(|(depth, ..)| *depth >= self.open.len()) {
            self.spaces.pop();
        }
    }

    /// Closes the innermost open element of this name and all elements in it. An end tag without a start is ignored.
    fn close(&mut self, name: &str) {
        let name = name.trim();
        let found = self.open.iter().rposition(|&index| match self.document.nodes.get(index as usize) {
            Some(Node::Element { tag, name: length, .. }) => {
                tag.get(..*length as usize).is_some_and(|open| open.eq_ignore_ascii_case(name))
            }
            _ => false,
        });
        let Some(found) = found else { return };
        self.joins = false;
        self.end_from(found);
        self.leave();
    }

    /// Ends the open elements from this depth on.
    fn end_from(&mut self, depth: usize) {
        let all = u32::try_from(self.document.nodes.len()).unwrap_or(u32::MAX);
        for index in self.open.drain(depth..) {
            if let Some(Node::Element { end, .. }) = self.document.nodes.get_mut(index as usize) {
                *end = all;
            }
        }
    }

    fn text(&mut self, text: Cow<'a, str>) {
        if self.open.is_empty() || text.is_empty() {
            return;
        }
        match self.document.nodes.last_mut() {
            Some(Node::Text(before)) if self.joins => before.to_mut().push_str(&text),
            _ => {
                self.joins = true;
                self.push(Node::Text(text));
            }
        }
    }

    fn push(&mut self, node: Node<'a>) {
        if self.document.nodes.len() >= NODES_MAX {
            self.document.trouble =
                Some(SkipReason::Unsupported(format!("XML of more than {NODES_MAX} elements and texts")));
            return;
        }
        self.document.nodes.push(node);
    }
}

/// The start of an invalid construct, and how far it was parsed.
struct Fault {
    at: usize,
    reached: usize,
}

fn known_space(name: &str, prefix: &str) -> Space {
    let name = name.to_ascii_lowercase();
    let other = if prefix.is_empty() { Space::Plain } else { Space::Other };
    SPACES.iter().find(|(part, ..)| name.contains(part)).map_or(other, |(.., space)| *space)
}
