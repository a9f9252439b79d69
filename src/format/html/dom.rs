//! The tree of a web page.
//!
//! It is stored flat: nodes refer to each other by number, all text stands in one string, and nothing here or later
//! recurses. How it is made from markup is in `build`.

use super::build;
pub(super) use super::names::{Attr, Tag};

/// The number of a node.
pub(super) type NodeId = u32;

/// No node.
pub(super) const NONE: NodeId = u32::MAX;

/// The root of every tree.
pub(super) const ROOT: NodeId = 0;

/// What a node is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    /// An element, with its range in the table of attributes.
    Element { tag: Tag, attrs: (u32, u32) },
    /// A run of text, as a range of the text store.
    Text { start: u32, end: u32 },
}

/// One node; the links are node numbers or [`NONE`].
#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    pub(super) kind: Kind,
    pub(super) parent: NodeId,
    pub(super) first_child: NodeId,
    pub(super) next: NodeId,
    pub(super) last_child: NodeId,
}

/// A page as a tree. Node numbers grow in the order of the document.
#[derive(Debug)]
pub(super) struct Dom {
    pub(super) nodes: Vec<Node>,
    pub(super) attrs: Vec<(Attr, u32, u32)>,
    pub(super) text: String,
    pub(super) too_deep: bool,
}

impl Dom {
    /// Reads a page; never fails, takes time in proportion to its length.
    pub(super) fn parse(html: &str) -> Self {
        build::build(html)
    }

    /// Whether elements were nested beyond [`DEPTH_MAX`]; the tree is then flat from there on.
    pub(super) fn too_deep(&self) -> bool {
        self.too_deep
    }

    /// The element's name; text and [`NONE`] have [`Tag::Other`].
    pub(super) fn tag(&self, id: NodeId) -> Tag {
        match self.nodes.get(id as usize).map(|node| node.kind) {
            Some(Kind::Element { tag, .. }) => tag,
            _ => Tag::Other,
        }
    }

    /// The node of this number.
    pub(super) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id as usize]
    }

    /// The text of a text node, nothing for an element.
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

    /// The element around a node; [`NONE`] around the root and around [`NONE`].
    pub(super) fn parent(&self, id: NodeId) -> NodeId {
        self.nodes.get(id as usize).map_or(NONE, |node| node.parent)
    }

    /// The elements around a node, from the inside to the root.
    pub(super) fn ancestors(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let up = |id: NodeId| Some(self.node(id).parent).filter(|parent| *parent != NONE);
        std::iter::successors(up(id), move |id| up(*id))
    }

    /// The nodes directly inside of one.
    pub(super) fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let some = |id: NodeId| Some(id).filter(|id| *id != NONE);
        let first = self.nodes.get(id as usize).and_then(|node| some(node.first_child));
        std::iter::successors(first, move |child| some(self.node(*child).next))
    }

    /// The nodes inside of one, itself first, in the order of the document.
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

    /// The text inside of a node, without scripts and styles, blocks and line breaks set off by a blank. It is for
    /// facts, so a long text is cut.
    pub(super) fn text_of(&self, id: NodeId) -> String {
        /// Bytes of the text that is gathered: facts are short, and this is asked of many nodes.
        const TEXT_BYTES: usize = 2000;
        /// Nodes that are visited for it: empty ones add no bytes.
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

/// One step of a walk.
#[derive(Debug, Clone, Copy)]
pub(super) enum Visit {
    /// A node is reached.
    Enter(NodeId),
    /// All inside of an element has been seen; text nodes are not left.
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
    /// Leaves out the inside of the element that was just entered, and its [`Visit::Leave`].
    pub(super) fn leave_out(&mut self, id: NodeId) {
        self.next = self.after(id);
    }

    fn after(&self, id: NodeId) -> Option<Visit> {
        if id == self.root {
            return None;
        }
        let node = self.dom.node(id);
        Some(if node.next == NONE { Visit::Leave(node.parent) } else { Visit::Enter(node.next) })
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
                    Kind::Element { .. } if node.first_child == NONE => Some(Visit::Leave(id)),
                    Kind::Element { .. } => Some(Visit::Enter(node.first_child)),
                }
            }
            Visit::Leave(id) => self.after(id),
        };
        Some(visit)
    }
}
