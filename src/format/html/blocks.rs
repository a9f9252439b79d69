//! Divides a tree into blocks of text: what a reader sees as a paragraph, heading, list item or table cell.
//!
//! A block ends where a block element begins or ends, and at two line breaks in a row. `extract` decides which blocks
//! belong to the article.

use std::ops::Range;

use super::super::common::paragraphs;
use super::dom::{Attr, Dom, Kind, NodeId, ROOT, Tag, Visit, Walk};

/// A run of text between two block boundaries.
#[derive(Debug, Clone, Default)]
pub(super) struct Block {
    /// With single blanks as white space; a single `<br>` is a line feed.
    pub(super) text: String,
    /// The innermost block element around it.
    pub(super) node: NodeId,
    /// The node of its first text.
    pub(super) first: NodeId,
    /// Width in characters, from [`width_of`].
    pub(super) chars: usize,
    /// Number of characters in links.
    pub(super) link_chars: usize,
    /// Whether it begins with a link.
    pub(super) begins_with_link: bool,
}

/// What to do with an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Keep,
    LeaveOut,
    /// It is left out unless a sentence runs through it. A fact is a date or a byline.
    Doubt {
        is_fact: bool,
    },
}

/// The blocks of a page in document order. `judge` decides about elements; those that are never shown are left out
/// without it. With `split_cells`, each table cell is a block, otherwise each row.
pub(super) fn blocks(dom: &Dom, split_cells: bool, judge: impl Fn(NodeId, Tag) -> Part) -> Vec<Block> {
    let mut collector = Collector { split_cells, ..Collector::default() };
    let mut walk = dom.walk(ROOT);
    while let Some(visit) = walk.next() {
        if let Visit::Enter(id) = visit
            && let Kind::Element { tag, .. } = dom.node(id).kind
        {
            match if is_never_text(tag) { Part::LeaveOut } else { judge(id, tag) } {
                Part::Keep => {}
                Part::Doubt { is_fact } => {
                    collector.doubted.push(id);
                    collector.open_doubt(is_fact);
                }
                Part::LeaveOut => {
                    walk.leave_out(id);
                    continue;
                }
            }
        }
        collector.visit(dom, &mut walk, visit);
    }
    collector.end_block();
    let mut blocks = collector.done;
    for block in &mut blocks {
        block.node = dom.ancestors(block.first).find(|up| dom.tag(*up).is_block()).unwrap_or(ROOT);
    }
    blocks
}

/// All text of a tree as paragraphs.
pub(super) fn all_text(dom: &Dom) -> String {
    let blocks = blocks(dom, false, |_, _| Part::Keep);
    paragraphs::join(blocks.iter().map(|b| b.text.as_str()))
}

#[derive(Debug, Default)]
struct Collector {
    done: Vec<Block>,
    now: Block,
    breaks: usize,
    blank: bool,
    links: usize,
    /// Parts of the current text that are clutter unless a sentence runs through them.
    doubts: Vec<Doubt>,
    /// Open elements with such parts.
    doubted: Vec<NodeId>,
    /// Whether table cells end a block.
    split_cells: bool,
}

impl Collector {
    fn open_doubt(&mut self, is_fact: bool) {
        let at = self.now.text.len();
        self.doubts.push(Doubt { bytes: at..at, chars: 0, link_chars: 0, is_fact });
    }

    fn visit(&mut self, dom: &Dom, walk: &mut Walk<'_>, visit: Visit) {
        match visit {
            Visit::Enter(id) => match dom.node(id).kind {
                Kind::Text { .. } => self.text(id, dom.text(id)),
                Kind::Element { tag: Tag::Pre, .. } => {
                    self.end_block();
                    self.preformatted(dom, id);
                    walk.leave_out(id);
                }
                Kind::Element { tag, .. } => self.enter(dom, id, tag),
            },
            Visit::Leave(id) => {
                self.leave(dom, id);
                self.doubted.pop_if(|doubted| *doubted == id);
            }
        }
    }

    fn enter(&mut self, dom: &Dom, id: NodeId, tag: Tag) {
        match tag {
            Tag::Br => self.breaks += 1,
            Tag::A if self.is_link(dom, id) => {
                self.blank |= is_raised(dom, id, tag) && is_note_mark(dom, id, &self.now.text);
                self.links += 1;
            }
            Tag::Sup | Tag::Span if is_raised(dom, id, tag) && is_note_mark(dom, id, &self.now.text) => {
                self.blank = true
            }
            Tag::Td | Tag::Th if !self.split_cells => self.blank = true,
            _ if tag.is_block() => self.end_block(),
            _ => {}
        }
    }

    fn leave(&mut self, dom: &Dom, id: NodeId) {
        let tag = dom.tag(id);
        match tag {
            Tag::A if self.is_link(dom, id) => self.links = self.links.saturating_sub(1),
            Tag::Td | Tag::Th if !self.split_cells => self.blank = true,
            _ if tag.is_block() => self.end_block(),
            _ => {}
        }
    }

    /// Whether it links to another page, unlike headings that link to themselves.
    fn is_link(&self, dom: &Dom, id: NodeId) -> bool {
        let in_heading = || dom.ancestors(id).take(3).any(|up| dom.tag(up).is_heading());
        dom.attr(id, Attr::Href).is_some_and(|href| !href.starts_with('#') || !in_heading())
    }

    fn text(&mut self, id: NodeId, text: &str) {
        let is_digit = |c: char| c.is_ascii_digit();
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            if matches!(c, '\u{a0}' | '\u{2009}' | '\u{202f}')
                && self.now.text.ends_with(is_digit)
                && !self.blank
                && chars.peek().is_some_and(|next| is_digit(*next))
            {
                // The blank within a number: `1 234`.
                self.push(id, c);
            } else if c.is_whitespace() {
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
        } else if self.breaks == 1 {
            self.now.text.push('\n');
        } else if self.blank {
            self.now.text.push(' ');
        }
        (self.breaks, self.blank) = (0, false);
        self.now.text.push(c);
        let width = width_of(c);
        self.now.chars += width;
        let link_width = if self.links > 0 { width } else { 0 };
        self.now.link_chars += link_width;
        if !self.doubted.is_empty()
            && let Some(doubt) = self.doubts.last_mut()
        {
            doubt.bytes.end = self.now.text.len();
            doubt.chars += width;
            doubt.link_chars += link_width;
        }
    }

    fn end_block(&mut self) {
        (self.breaks, self.blank) = (0, false);
        let mut block = std::mem::take(&mut self.now);
        let doubts = std::mem::take(&mut self.doubts);
        if !self.doubted.is_empty() {
            self.open_doubt(doubts.last().is_some_and(|doubt| doubt.is_fact));
        }
        if !doubts.is_empty() {
            leave_out_doubts(&mut block, &doubts);
        }
        if !block.text.is_empty() {
            self.done.push(block);
        }
    }

    /// Preformatted text is laid out by hand, like plain text files.
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
            self.done.push(Block { text, first, chars, link_chars, ..Block::default() });
        }
    }
}

/// A part of a block that is clutter unless a sentence runs through it: a button, a tooltip, the name of an author.
#[derive(Debug)]
struct Doubt {
    bytes: Range<usize>,
    chars: usize,
    link_chars: usize,
    is_fact: bool,
}

/// Removes clutter from a block, unless it belongs to sentences.
fn leave_out_doubts(block: &mut Block, doubts: &[Doubt]) {
    let ends = doubts.iter().map(|doubt| doubt.bytes.start).skip(1).chain([block.text.len()]);
    let certain: Vec<&str> =
        doubts.iter().zip(ends).map(|(doubt, end)| block.text[doubt.bytes.end..end].trim()).collect();
    let mut before = block.text[..doubts.first().map_or(0, |doubt| doubt.bytes.start)].trim();
    let mut wanted = Vec::with_capacity(doubts.len());
    for (at, doubt) in doubts.iter().enumerate() {
        let after = certain[at..].iter().take(DOUBTS_MAX).find(|text| !text.is_empty()).copied().unwrap_or_default();
        wanted.push(is_in_sentence(before, after, doubt.is_fact));
        before = if certain[at].is_empty() { before } else { certain[at] };
    }
    for (doubt, _) in doubts.iter().zip(wanted).rev().filter(|(_, wanted)| !wanted) {
        block.text.replace_range(doubt.bytes.clone(), "");
        block.chars -= doubt.chars;
        block.link_chars -= doubt.link_chars;
    }
    block.text.truncate(block.text.trim_end().len());
    let blank = block.text.len() - block.text.trim_start().len();
    block.text.drain(..blank);
}

/// Maximum number of adjacent clutter parts across which a sentence is searched.
const DOUBTS_MAX: usize = 20;

/// Whether a sentence runs from the text before through this part, or on into the text after it.
fn is_in_sentence(before: &str, after: &str, is_fact: bool) -> bool {
    /// Number of characters of a text that may begin with the part although the next word is capitalised.
    const TEXT_BYTES: usize = 40;
    let is_open = |c: char| c.is_alphanumeric() || matches!(c, ',' | ';' | '(' | '[' | '“' | '‘' | '«' | '„');
    let continues =
        |c: char| c.is_lowercase() || matches!(c, ',' | ';' | '.' | '?' | '!' | ')' | '’' | '\'' | '”' | '»');
    before.ends_with(is_open)
        || (before.is_empty() && (after.starts_with(continues) || (!is_fact && after.len() >= TEXT_BYTES)))
}

/// Whether an element is shown as superscript or refers to a note.
fn is_raised(dom: &Dom, id: NodeId, tag: Tag) -> bool {
    let names_note = || {
        let class = dom.attr(id, Attr::Class).unwrap_or_default();
        ["footnote", "endnote", "noteref", "note-ref", "reference"].iter().any(|name| class.contains(name))
    };
    match tag {
        Tag::Sup => true,
        Tag::A => dom.attr(id, Attr::Href).is_some_and(|href| href.starts_with('#')) || names_note(),
        _ => names_note() || dom.attr(id, Attr::Style).is_some_and(|style| style.contains("super")),
    }
}

/// Whether superscript is a note reference rather than part of the word before: the end of an ordinal, or a power.
fn is_note_mark(dom: &Dom, sup: NodeId, before: &str) -> bool {
    let text = dom.text_of(sup);
    let text = text.trim();
    let is_mark = |c: char| c.is_numeric() || matches!(c, '*' | '†' | '‡' | '§' | ',' | ' ' | '-' | '–');
    let word = before.chars().rev().take_while(|c| c.is_alphanumeric()).take(3);
    // `m²` and `km²` are units, a word of three letters is a word.
    let is_unit = || (1..3).contains(&word.clone().count()) && word.clone().all(char::is_alphabetic);
    let is_linked = || dom.inside(sup).take(20).any(|id| dom.tag(id) == Tag::A);
    (1..=12).contains(&text.len()) && text.chars().all(is_mark) && (!is_unit() || is_linked())
}

/// Elements whose text is never shown as text.
pub(super) fn is_never_text(tag: Tag) -> bool {
    use Tag::*;
    matches!(tag, Script | Style | Template | Iframe | Noembed | Svg | Math | Canvas | Object | Audio | Video | Head)
        || matches!(tag, Title | Textarea | Select | Noscript | Noframes)
}

/// The width of a character. In some scripts, one or two characters are a word.
fn width_of(c: char) -> usize {
    if c >= '\u{2e80}' { 3 } else { 1 }
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}' | '\u{feff}' | '\u{2060}') || (c.is_control() && !c.is_whitespace())
}
