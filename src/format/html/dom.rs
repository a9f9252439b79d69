//! The tree of a web page.
//!
//! It is stored flat: nodes refer to each other by number, and all text is in one string. No code on it recurses.
//! `build` creates it from markup.

use std::ops::Range;

pub(super) use super::names::{Attr, Tag};

/// Number of a node.
pub(super) type NodeId = u32;

/// No node.
pub(super) const NONE: NodeId = u32::MAX;

/// The root of every tree.
pub(super) const ROOT: NodeId = 0;

/// The kind of a node.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    /// An element, with its range in the table of attributes.
    Element { tag: Tag, attrs: (u32, u32) },
    /// A text, with its range in the text store.
    Text { start: u32, end: u32 },
}

/// A node of the tree.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    pub(super) kind: Kind,
    /// The parent; [`NONE`] for the root.
    pub(super) parent: NodeId,
    /// The node after its last descendant.
    pub(super) end: NodeId,
}

/// A page as a tree. Node numbers are in document order.
#[derive(Debug)]
pub(super) struct Dom {
    pub(super) nodes: Vec<Node>,
    pub(super) attrs: Vec<(Attr, u32, u32)>,
    pub(super) text: String,
    /// Whether elements were nested too deep; the tree is flat from there on.
    pub(super) too_deep: bool,
}

impl Dom {
    /// Name of the element; [`Tag::Other`] for text and [`NONE`].
    pub(super) fn tag(&self, id: NodeId) -> Tag {
        match self.nodes.get(id as usize).map(|node| node.kind) {
            Some(Kind::Element { tag, .. }) => tag,
            _ => Tag::Other,
        }
    }

    /// The node with this number.
    pub(super) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id as usize]
    }

    /// The text of a text node; empty for an element.
    pub(super) fn text(&self, id: NodeId) -> &str {
        match self.node(id).kind {
            Kind::Text { start, end } => &self.text[start as usize..end as usize],
            Kind::Element { .. } => "",
        }
    }

    /// The value of an attribute.
    pub(super) fn attr(&self, id: NodeId, name: Attr) -> Option<&str> {
        let Kind::Element { attrs: (from, to), .. } = self.nodes.get(id as usize)?.kind else { return None };
        let (_, start, end) = self.attrs[from as usize..to as usize].iter().find(|(n, _, _)| *n == name)?;
        Some(&self.text[*start as usize..*end as usize])
    }

    /// The parent of a node; [`NONE`] for the root and for [`NONE`].
    pub(super) fn parent(&self, id: NodeId) -> NodeId {
        self.nodes.get(id as usize).map_or(NONE, |node| node.parent)
    }

    /// The ancestors of a node, innermost first.
    pub(super) fn ancestors(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let up = |id: NodeId| Some(self.node(id).parent).filter(|parent| *parent != NONE);
        std::iter::successors(up(id), move |id| up(*id))
    }

    /// A node and its descendants.
    pub(super) fn inside(&self, id: NodeId) -> Range<NodeId> {
        id..self.nodes.get(id as usize).map_or(id, |node| node.end)
    }

    /// The children of a node.
    pub(super) fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let Range { start, end } = self.inside(id);
        let mut next = start.saturating_add(1);
        std::iter::from_fn(move || {
            let child = next;
            (child < end).then(|| {
                next = self.node(child).end;
                child
            })
        })
    }

    /// The steps through a node and its descendants, in document order.
    pub(super) fn walk(&self, from: NodeId) -> Walk<'_> {
        Walk { dom: self, root: from, next: Some(Visit::Enter(from)) }
    }

    /// All elements of the page.
    pub(super) fn elements(&self) -> impl Iterator<Item = (NodeId, Tag)> + '_ {
        self.nodes.iter().enumerate().filter_map(|(i, n)| match n.kind {
            Kind::Element { tag, .. } => Some((i as NodeId, tag)),
            Kind::Text { .. } => None,
        })
    }

    /// The text in a node without scripts and styles, with a blank between blocks and at line breaks. It is used for
    /// metadata, so a long text is cut.
    pub(super) fn text_of(&self, id: NodeId) -> String {
        /// Maximum size of this text: metadata is short, and many nodes are examined.
        const TEXT_BYTES: usize = 2000;
        /// Maximum number of nodes visited for it, since empty nodes add no text.
        const STEPS: usize = 400;
        let mut out = String::new();
        let mut walk = self.walk(id);
        for _ in 0..STEPS {
            let Some(visit) = walk.next().filter(|_| out.len() < TEXT_BYTES) else { break };
            match visit {
                Visit::Enter(node) => match self.node(node).kind {
                    Kind::Text { .. } => {
                        let text = self.text(node);
                        out.push_str(&text[..text.floor_char_boundary(TEXT_BYTES)]);
                    }
                    Kind::Element { tag: Tag::Script | Tag::Style | Tag::Template | Tag::Svg, .. } => {
                        walk.leave_out(node)
                    }
                    Kind::Element { tag, .. } if tag.is_block() || tag == Tag::Br => out.push(' '),
                    Kind::Element { .. } => {}
                },
                Visit::Leave(node) if self.tag(node).is_block() => out.push(' '),
                Visit::Leave(_) => {}
            }
        }
        out
    }
}

/// A step of a walk.
#[derive(Debug, Clone, Copy)]
pub(super) enum Visit {
    /// A node is entered.
    Enter(NodeId),
    /// An element is left; text nodes are not.
    Leave(NodeId),
}

/// A walk over a tree without recursion.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    dom: &'a Dom,
    root: NodeId,
    next: Option<Visit>,
}

impl Walk<'_> {
    /// Skips the content of the element that was just entered, and its [`Visit::Leave`].
    pub(super) fn leave_out(&mut self, id: NodeId) {
        self.next = self.after(id);
    }

    fn after(&self, id: NodeId) -> Option<Visit> {
        if id == self.root {
            return None;
        }
        let Node { parent, end, .. } = *self.dom.node(id);
        Some(if end == self.dom.node(parent).end { Visit::Leave(parent) } else { Visit::Enter(end) })
    }
}

impl Iterator for Walk<'_> {
    type Item = Visit;

    fn next(&mut self) -> Option<Visit> {
        let visit = self.next?;
        self.next = match visit {
            Visit::Enter(id) => {
                let node = self.dom.node(id);
                match node.kind {
                    Kind::Text { .. } => self.after(id),
                    Kind::Element { .. } if node.end == id + 1 => Some(Visit::Leave(id)),
                    Kind::Element { .. } => Some(Visit::Enter(id + 1)),
                }
            }
            Visit::Leave(id) => self.after(id),
        };
        Some(visit)
    }
}
