//! Finds the text of the article in a web page.
//!
//! It works in three steps. Parts that are clutter by element, role or class are left out (`clutter`). Of the rest, the
//! element with the most valuable blocks is chosen, to which prose adds and from which lists of links subtract. Within
//! that element, blocks that are not text of the article are dropped (`boilerplate`).

use super::super::common::paragraphs;
use super::blocks::{self, Block, Part, is_never_text};
use super::boilerplate;
use super::clutter::{self, Clutter, PROSE_BYTES};
use super::dom::{Attr, Dom, Kind, NONE, NodeId, ROOT, Tag};
use super::metadata::Facts;

/// Minimum value of an element named as the text of the article, relative to the best element, to be trusted.
const NAMED_SHARE: f32 = 0.3;

/// Minimum prose of an enclosing element, relative to that of the best element, to be the article instead.
const SECTION_PROSE: f32 = 2.0;

/// Minimum growth of the text when ambiguous names are ignored. With less, the addition is a promotion beside a short
/// article.
const MISSED: usize = 3;

/// Maximum number of elements named as the text of the article, so that comparing all pairs is cheap.
const NAMED_MAX: usize = 50;

/// Minimum size of a text in structured data to be the whole article when the page shows less than half of it, as on
/// pages filled by scripts.
const DECLARED_BYTES_MIN: usize = 500;

/// Share of the page's prose from which an element around the headline, or around a text named as the article's, is
/// never clutter, whatever its class.
const PROTECTED_SHARE: f64 = 0.15;

/// The paragraphs of the article, without its headline; empty if there are none.
pub(super) fn body(dom: &Dom, facts: &Facts) -> String {
    let weights = Weights::of(dom, facts);
    let mut best = String::new();
    for is_strict in [true, false] {
        let blocks = kept_blocks(dom, &weights, is_strict);
        let mut chosen = choose(dom, &merge_rows(dom, blocks));
        boilerplate::remove_header_lines(&mut chosen, facts);
        let text = paragraphs::join(boilerplate::trim(dom, &chosen, facts).iter().map(|b| b.text.as_str()));
        let enough = text.len() >= 400 || text.len() * 4 > weights.total;
        if text.len() > MISSED * best.len() {
            best = text;
        }
        if enough {
            break;
        }
    }
    match facts.declared_body.as_deref().map(super::fragment) {
        Some(declared) if declared.len() > DECLARED_BYTES_MIN && declared.len() > 2 * best.len() => declared,
        _ => best,
    }
}

/// The prose in each node.
struct Weights {
    prose: Vec<u32>,
    total: usize,
    /// Elements around the article.
    protected: Vec<bool>,
    /// The node that shows the headline, or [`NONE`].
    headline: NodeId,
}

impl Weights {
    /// Children come after their parents, so one pass from the end computes all sums.
    fn of(dom: &Dom, facts: &Facts) -> Self {
        let count = dom.nodes.len();
        let mut prose = vec![0u32; count];
        for id in (1..count).rev() {
            let node = &dom.nodes[id];
            let parent = node.parent as usize;
            match node.kind {
                Kind::Text { start, end } if (end - start) as usize >= PROSE_BYTES => prose[id] = end - start,
                Kind::Element { tag, .. } if is_never_text(tag) || dom.attr(id as NodeId, Attr::Href).is_some() => {
                    prose[id] = 0;
                }
                _ => {}
            }
            prose[parent] += prose[id];
        }
        let total = prose[0] as usize;
        let headline = facts.headline_at.unwrap_or(NONE);
        let mut weights = Self { prose, total, protected: vec![false; count], headline };
        let named = dom.elements().filter(|(id, _)| clutter::is_article_body(dom, *id)).take(NAMED_MAX);
        let inner: Vec<NodeId> = named.map(|(id, _)| id).filter(|id| weights.share(*id) >= PROTECTED_SHARE).collect();
        for id in inner.into_iter().chain(facts.headline_at) {
            for up in dom.ancestors(id) {
                weights.protected[up as usize] = weights.share(up) >= PROTECTED_SHARE;
            }
        }
        weights
    }

    fn share(&self, id: NodeId) -> f64 {
        f64::from(self.prose[id as usize]) / self.total.max(1) as f64
    }
}

/// The blocks of the page without clutter. Only with `is_strict`, elements are left out whose names may mean something
/// else.
fn kept_blocks(dom: &Dom, weights: &Weights, is_strict: bool) -> Vec<Block> {
    blocks::blocks(dom, true, |id, tag| {
        if weights.protected[id as usize] {
            return Part::Keep;
        }
        let verdict = clutter::of(dom, id, tag);
        let share = weights.share(id);
        let drop = match verdict {
            Clutter::No => return Part::Keep,
            _ if !tag.is_block() && !clutter::is_hidden(dom, id) => {
                return Part::Doubt { is_fact: verdict == Clutter::IfShort };
            }
            Clutter::Certain => share < 0.9,
            Clutter::Likely => is_strict && share < 0.5,
            Clutter::Hidden => share < 0.5,
            Clutter::Foot => tag == Tag::Footer || weights.headline < id || share < 0.95,
            Clutter::IfSmall => share < 0.3,
            Clutter::IfShort => weights.prose[id as usize] < 300,
        };
        if drop { Part::LeaveOut } else { Part::Keep }
    })
}

/// Joins the short cells of a table row to a block; long cells, as in pages laid out with tables, stay separate.
fn merge_rows(dom: &Dom, blocks: Vec<Block>) -> Vec<Block> {
    const CELL_CHARS: usize = 80;
    let is_cell = |b: &Block| matches!(dom.tag(b.node), Tag::Td | Tag::Th) && b.chars <= CELL_CHARS;
    let mut merged: Vec<Block> = Vec::with_capacity(blocks.len());
    let mut open_row = NONE;
    for block in blocks {
        let row = if is_cell(&block) { dom.node(block.node).parent } else { NONE };
        if row != NONE
            && row == open_row
            && let Some(last) = merged.last_mut()
        {
            last.text.push(' ');
            last.text.push_str(&block.text);
            last.node = row;
            last.chars += block.chars + 1;
            last.link_chars += block.link_chars;
        } else {
            merged.push(block);
        }
        open_row = row;
    }
    merged
}

/// The blocks in the most valuable element, or the innermost of several.
///
/// Elements that the page names as the text of the article are preferred if they are valuable enough.
fn choose(dom: &Dom, blocks: &[Block]) -> Vec<Block> {
    let mut worth = vec![0f32; dom.nodes.len()];
    let mut prose = vec![0f32; dom.nodes.len()];
    for block in blocks {
        let own = worth_of(dom, block);
        worth[block.node as usize] += own;
        prose[block.node as usize] += own.max(0.0);
    }
    let mut best = ROOT;
    let mut named = Vec::new();
    for id in (0..dom.nodes.len()).rev() {
        let parent = dom.nodes[id].parent;
        if parent != NONE {
            worth[parent as usize] += worth[id];
            prose[parent as usize] += prose[id];
        }
        if worth[id] <= 0.0 || matches!(dom.nodes[id].kind, Kind::Text { .. }) {
            continue;
        }
        if worth[id] > worth[best as usize] {
            best = id as NodeId;
        }
        if clutter::is_article_body(dom, id as NodeId) {
            named.push(id as NodeId);
        }
    }
    let worth_of_best = worth[best as usize];
    // On a page of many links, one of its sections ranks above the whole: the prose around it decides.
    for up in dom.ancestors(best).take_while(|up| !matches!(dom.tag(*up), Tag::Body | Tag::Html)) {
        if prose[up as usize] >= SECTION_PROSE * prose[best as usize] {
            best = up;
        }
    }
    let parts = named_parts(dom, &worth, &named);
    let worth_of_parts: f32 = parts.iter().map(|id| worth[*id as usize]).sum();
    let chosen = if worth_of_parts > NAMED_SHARE * worth_of_best { parts } else { vec![best] };
    let is_in = |b: &&Block| chosen.iter().any(|id| dom.inside(*id).contains(&b.node));
    blocks.iter().filter(is_in).cloned().collect()
}

/// The best of the elements named as the text of the article, with its siblings of the same name: some pages divide a
/// text to insert advertisements. `named` is in reverse document order.
fn named_parts(dom: &Dom, worth: &[f32], named: &[NodeId]) -> Vec<NodeId> {
    let outer = |id: &NodeId| !named.iter().rev().take(NAMED_MAX).any(|o| *o < *id && dom.inside(*o).contains(id));
    let outermost: Vec<NodeId> = named.iter().rev().take(NAMED_MAX).copied().filter(outer).collect();
    let Some(best) = outermost.iter().copied().max_by(|a, b| worth[*a as usize].total_cmp(&worth[*b as usize])) else {
        return Vec::new();
    };
    let grandparent = |id: NodeId| dom.parent(dom.parent(id));
    let class = dom.attr(best, Attr::Class);
    outermost
        .into_iter()
        .filter(|id| *id == best || (grandparent(*id) == grandparent(best) && dom.attr(*id, Attr::Class) == class))
        .collect()
}

/// The value of a block for its surroundings: its characters, or a penalty if it is not prose.
fn worth_of(dom: &Dom, block: &Block) -> f32 {
    let plain = (block.chars - block.link_chars) as f32;
    let tag = dom.tag(block.node);
    if block.link_chars * 2 > block.chars {
        return if tag.heading_level().is_some() { -60.0 } else { -30.0 };
    }
    if tag.heading_level().is_some() {
        return 0.0;
    }
    if tag == Tag::Li && block.begins_with_link {
        return if block.link_chars * 4 > block.chars { -10.0 } else { 0.0 };
    }
    if block.chars >= 40 {
        // Prose ends its sentences; labels, tickers and headlines do not.
        if block.chars < 160 && tag != Tag::Li && !paragraphs::ends_sentence(&block.text) {
            0.0
        } else {
            plain.min(1500.0)
        }
    } else {
        -8.0
    }
}
