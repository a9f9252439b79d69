//! Cuts a tree into blocks of text: what a reader sees as a paragraph, a heading, a list item, a table cell.
//!
//! A block ends where a block element begins or ends and at two line breaks in a row. Which blocks belong to the
//! article is decided in `extract`.

use super::super::common::paragraphs;
use super::dom::{Dom, Kind, NodeId, ROOT, Tag, Visit, Walk};

/// A run of text between two block boundaries.
#[derive(Debug, Clone, Default)]
pub(super) struct Block {
    /// White space is single blanks; a single `<br>` is a line feed.
    pub(super) text: String,
    /// The innermost block element around it.
    pub(super) node: NodeId,
    /// The node of its first text.
    pub(super) first: NodeId,
    /// Characters, as [`width_of`] counts them.
    pub(super) chars: usize,
    /// Characters that are links.
    pub(super) link_chars: usize,
    /// Whether it begins with a link.
    pub(super) begins_with_link: bool,
}

/// Collects blocks during a walk that its user drives.
#[derive(Debug, Default)]
pub(super) struct Collector {
    done: Vec<Block>,
    now: Block,
    breaks: usize,
    blank: bool,
    links: usize,
    containers: Vec<NodeId>,
    /// Whether cells of a table end a block.
    split_cells: bool,
}

impl Collector {
    /// With `split_cells`, each table cell is a block of its own, otherwise a row is.
    pub(super) fn new(split_cells: bool) -> Self {
        Self { split_cells, containers: vec![ROOT], ..Self::default() }
    }

    /// Takes one step of a walk; what is not to be read must be skipped before.
    pub(super) fn visit(&mut self, dom: &Dom, walk: &mut Walk<'_>, visit: Visit) {
        match visit {
            Visit::Enter(id) => match dom.node(id).kind {
                Kind::Text { .. } => self.text(id, dom.text(id)),
                Kind::Element { tag: Tag::Pre, .. } => {
                    self.end_block();
                    self.preformatted(dom, id);
                    walk.leave_out(id);
                }
                Kind::Element { tag, .. } => self.enter(id, tag),
            },
            Visit::Leave(id) => self.leave(dom.tag(id)),
        }
    }

    /// The blocks in the order of the document.
    pub(super) fn finish(mut self) -> Vec<Block> {
        self.end_block();
        self.done
    }

    fn enter(&mut self, id: NodeId, tag: Tag) {
        match tag {
            Tag::Br => self.breaks += 1,
            Tag::A => self.links += 1,
            Tag::Td | Tag::Th if !self.split_cells => self.blank = true,
            _ if tag.is_block() => {
                self.end_block();
                self.containers.push(id);
            }
            _ => {}
        }
    }

    fn leave(&mut self, tag: Tag) {
        match tag {
            Tag::A => self.links = self.links.saturating_sub(1),
            Tag::Td | Tag::Th if !self.split_cells => self.blank = true,
            _ if tag.is_block() => {
                self.end_block();
                if self.containers.len() > 1 {
                    self.containers.pop();
                }
            }
            _ => {}
        }
    }

    fn text(&mut self, id: NodeId, text: &str) {
        for c in text.chars() {
            if c.is_whitespace() {
                self.blank = true;
            } else if !is_invisible(c) {
                self.push(id, c);
            }
        }
    }

    fn push(&mut self, id: NodeId, c: char) {
        if self.breaks > 1 {
            self.end_block();
        }
        if self.now.text.is_empty() {
            self.now.first = id;
            self.now.begins_with_link = self.links > 0;
            self.now.node = self.containers.last().copied().unwrap_or(ROOT);
        } else if self.breaks == 1 {
            self.now.text.push('\n');
        } else if self.blank {
            self.now.text.push(' ');
        }
        (self.breaks, self.blank) = (0, false);
        self.now.text.push(c);
        let width = width_of(c);
        self.now.chars += width;
        if self.links > 0 {
            self.now.link_chars += width;
        }
    }

    fn end_block(&mut self) {
        (self.breaks, self.blank) = (0, false);
        if !self.now.text.is_empty() {
            self.done.push(std::mem::take(&mut self.now));
        }
    }

    /// Preformatted text is laid out by hand, as plain text files are.
    fn preformatted(&mut self, dom: &Dom, pre: NodeId) {
        let mut raw = String::new();
        let (mut first, mut walk) = (pre, dom.walk(pre));
        while let Some(visit) = walk.next() {
            if let Visit::Enter(id) = visit {
                match dom.tag(id) {
                    Tag::Br => raw.push('\n'),
                    tag if is_never_text(tag) => walk.leave_out(id),
                    _ => raw.push_str(dom.text(id)),
                }
                if first == pre && !raw.trim().is_empty() {
                    first = id;
                }
            }
        }
        let raw: String = raw.chars().filter(|c| !is_invisible(*c)).collect();
        for paragraph in paragraphs::from_plain(&raw).split("\n\n").filter(|p| !p.trim().is_empty()) {
            let chars = paragraph.chars().map(width_of).sum();
            let link_chars = if self.links > 0 { chars } else { 0 };
            let text = paragraph.to_owned();
            self.done.push(Block { text, node: pre, first, chars, link_chars, ..Block::default() });
        }
    }
}

/// Elements whose text is never shown as text.
pub(super) fn is_never_text(tag: Tag) -> bool {
    use Tag::*;
    matches!(
        tag,
        Script | Style | Template | Iframe | Noembed | Svg | Math | Canvas | Object | Audio | Video | Head | Title
    ) || matches!(tag, Textarea | Select | Noscript | Noframes)
}

/// What a character counts: scripts that write a word in one or two characters count for more.
fn width_of(c: char) -> usize {
    if c >= '\u{2e80}' { 3 } else { 1 }
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}' | '\u{feff}' | '\u{2060}') || (c.is_control() && !c.is_whitespace())
}

/// All text of a tree as paragraphs.
pub(super) fn all_text(dom: &Dom) -> String {
    let mut collector = Collector::new(false);
    let mut walk = dom.walk(ROOT);
    while let Some(visit) = walk.next() {
        if let Visit::Enter(id) = visit
            && is_never_text(dom.tag(id))
        {
            walk.leave_out(id);
            continue;
        }
        collector.visit(dom, &mut walk, visit);
    }
    let blocks = collector.finish();
    paragraphs::join(blocks.iter().map(|b| b.text.as_str()))
}
