//! Drops blocks within an article that are not its text: links to other pages, calls to sign up, credits.

use super::super::common::dates;
use super::super::common::paragraphs::ends_sentence;
use super::blocks::Block;
use super::dom::{Attr, Dom, Tag};
use super::metadata::Facts;
use super::phrases::{is_call, is_end, is_note};
use super::who;

/// Number of characters from which a block is a paragraph by its length alone.
const PARAGRAPH_CHARS: usize = 80;

/// Maximum number of characters of a small box between paragraphs.
const INSET_CHARS: usize = 250;

/// Number of characters of prose in a block from which a small box may belong to the text.
const INSET_PROSE_CHARS: usize = 90;

/// Maximum number of blocks of such a box.
const INSET_BLOCKS: usize = 16;

/// Maximum depth of such a box, so that searching it is cheap.
const INSET_LEVELS: usize = 6;

/// Number of characters from which a block with a final full stop is a sentence.
const SENTENCE_CHARS: usize = 20;

/// The blocks of the article, in order.
pub(super) fn trim<'a>(dom: &Dom, blocks: &'a [Block], facts: &Facts) -> Vec<&'a Block> {
    let total: usize = blocks.iter().map(|b| b.chars - b.link_chars).sum();
    let (mut kept, mut in_row): (Vec<&Block>, Vec<bool>) = Default::default();
    let mut passed = 0;
    let mut linked = listed(dom, blocks);
    mark_linked_paragraphs(dom, blocks, &mut linked);
    let insets = insets(dom, blocks, &linked);
    for (at, block) in blocks.iter().enumerate() {
        if is_end(&block.text) && passed * 2 > total && !continues(dom, &kept, &blocks[at + 1..]) {
            break;
        }
        passed += block.chars - block.link_chars;
        let again = block.chars >= PARAGRAPH_CHARS && kept.iter().rev().take(3).any(|b| b.text == block.text);
        let label = is_call(&block.text) || is_label_line(&block.text) || block.text == facts.article.title;
        if !again && !label && !insets[at] && (linked[at] || is_prose(dom, block) || is_over_text(dom, &blocks[at..])) {
            kept.push(block);
            in_row.push(is_in_row(dom, blocks, at));
        }
    }
    let Some(first) = kept.iter().position(|b| is_sentence(b)) else { return kept };
    while kept.len() > first + 2 && kept.last().is_some_and(|b| is_tail(dom, b)) {
        kept.pop();
    }
    let mut out: Vec<&Block> = Vec::new();
    for (i, block) in kept.iter().enumerate() {
        let heading = is_heading(dom, block);
        if i < first && !(heading && i + 1 == first && dom.tag(block.node) != Tag::H1) {
            continue;
        }
        // A heading without text below it belonged to something dropped, unless it is in a list of headings.
        let over_text = kept.get(i + 1).is_some_and(|next| level(dom, next) > level(dom, block));
        if heading && !over_text && !in_row[i] {
            continue;
        }
        out.push(block);
    }
    out
}

/// Whether it is one of several consecutive headings of a level with only pictures between them: statements of a list.
fn is_in_row(dom: &Dom, blocks: &[Block], at: usize) -> bool {
    const CREDIT_CHARS: usize = 40;
    const CREDITS: usize = 2;
    let is_like = |other: &Block| level(dom, other) == level(dom, &blocks[at]);
    let is_credit = |b: &&Block| b.chars < CREDIT_CHARS && !is_heading(dom, b) && !ends_sentence(&b.text);
    let above = blocks[..at].iter().rev().take(CREDITS + 1).find(|b| !is_credit(b));
    let below = blocks[at + 1..].iter().take(CREDITS + 1).find(|b| !is_credit(b));
    is_heading(dom, &blocks[at]) && above.into_iter().chain(below).any(is_like)
}

/// Whether two blocks are in the same position: in one element, or each in similar boxes. A link around one is no box.
fn are_alike(dom: &Dom, one: &Block, other: &Block) -> bool {
    const BOXES: usize = 4;
    if dom.tag(one.node) != dom.tag(other.node) {
        return false;
    }
    let outside = |node| if dom.tag(dom.parent(node)) == Tag::A { dom.parent(node) } else { node };
    let (mut one, mut other) = (outside(one.node), outside(other.node));
    for _ in 0..BOXES {
        (one, other) = (dom.parent(one), dom.parent(other));
        if one == other {
            return true;
        }
        if dom.tag(one) != dom.tag(other) || dom.attr(one, Attr::Class) != dom.attr(other, Attr::Class) {
            return false;
        }
    }
    false
}

/// Marks the few paragraphs that are links among others that are not, as equal to these.
fn mark_linked_paragraphs(dom: &Dom, blocks: &[Block], marks: &mut [bool]) {
    const RUN: usize = 3;
    const CHARS: usize = 60;
    let is_link = |b: &Block| b.link_chars * 2 > b.chars;
    let mut start = 1;
    while start < blocks.len() {
        let end = start + blocks[start..].iter().take_while(|b| is_link(b)).count();
        let before = &blocks[start - 1];
        let is_alike = |b: &Block| are_alike(dom, b, before) && is_sentence(b);
        let fits = |b: &Block| {
            is_alike(b)
                && dom.tag(b.node) == Tag::P
                && b.chars >= CHARS
                && ends_sentence(&b.text)
                && !b.text.ends_with(':')
        };
        if (start + 1..=start + RUN).contains(&end) && is_alike(before) && blocks[start..end].iter().all(fits) {
            marks[start..end].fill(true);
        }
        start = end.max(start + 1);
    }
}

/// Whether paragraphs follow at the same level as those before, so that the line was a box between them.
fn continues(dom: &Dom, before: &[&Block], after: &[Block]) -> bool {
    const BEFORE: usize = 8;
    /// Number of following blocks examined, so that the work is linear in long pages.
    const BLOCKS: usize = 500;
    let is_paragraph = |b: &Block| b.chars >= PARAGRAPH_CHARS && is_sentence(b) && is_prose(dom, b);
    let paragraphs: Vec<_> = before.iter().rev().take(BLOCKS).filter(|b| is_paragraph(b)).take(BEFORE).collect();
    let is_equal = |b: &Block| paragraphs.iter().any(|paragraph| are_alike(dom, paragraph, b));
    after.iter().take(BLOCKS).any(|b| is_paragraph(b) && is_equal(b))
}

/// Marks the blocks of small boxes between the paragraphs: a label and a link, a call to subscribe.
///
/// A box is the widest element with little other text around a block that is only a link.
fn insets(dom: &Dom, blocks: &[Block], linked: &[bool]) -> Vec<bool> {
    let mut marks = vec![false; blocks.len()];
    for at in 0..blocks.len() {
        let is_link = |b: &Block| b.link_chars * 5 > b.chars * 4;
        if marks[at] || linked[at] || !is_link(&blocks[at]) {
            continue;
        }
        // Extends the run of blocks around the link while it is small and in one element.
        let mut best = at..at + 1;
        for around in std::iter::once(blocks[at].node).chain(dom.ancestors(blocks[at].node)).take(INSET_LEVELS) {
            let inside = |b: &Block| b.node == around || dom.ancestors(b.node).take(INSET_LEVELS).any(|a| a == around);
            let mut run = best.clone();
            let mut chars: usize = blocks[run.clone()].iter().map(|b| b.chars).sum();
            while run.start > 0 && chars <= INSET_CHARS && run.len() < INSET_BLOCKS && inside(&blocks[run.start - 1]) {
                run.start -= 1;
                chars += blocks[run.start].chars;
            }
            while run.end < blocks.len() && chars <= INSET_CHARS && run.len() < INSET_BLOCKS && inside(&blocks[run.end])
            {
                chars += blocks[run.end].chars;
                run.end += 1;
            }
            if chars > INSET_CHARS || run.len() == blocks.len() {
                break;
            }
            best = run;
        }
        let prose = blocks[best.clone()].iter().any(|b| b.chars - b.link_chars >= INSET_PROSE_CHARS);
        if !prose && best.len() > 1 {
            marks[best].fill(true);
        }
    }
    marks
}

/// Marks the items of lists that belong to the text: a list is judged as a whole, most of which is no link, or which
/// is announced by the line before.
fn listed(dom: &Dom, blocks: &[Block]) -> Vec<bool> {
    let mut marks = vec![false; blocks.len()];
    let list_of = |block: &Block| {
        let item =
            std::iter::once(block.node).chain(dom.ancestors(block.node)).take(4).find(|up| dom.tag(*up) == Tag::Li);
        item.map(|item| dom.parent(item))
    };
    let mut start = 0;
    for items in blocks.chunk_by(|one, next| list_of(one) == list_of(next)) {
        let end = start + items.len();
        if list_of(&items[0]).is_some() {
            let links: usize = items.iter().map(|block| block.link_chars).sum();
            let chars: usize = items.iter().map(|block| block.chars).sum();
            let announced = start > 0 && {
                let line = &blocks[start - 1];
                line.text.ends_with(':') && line.chars >= SENTENCE_CHARS && !is_call(&line.text) && !is_end(&line.text)
            };
            if links * 2 <= chars || announced {
                marks[start..end].fill(true);
            }
        }
        start = end;
    }
    marks
}

/// Whether the first block is a heading above more text than a teaser has; it may itself be a link.
fn is_over_text(dom: &Dom, blocks: &[Block]) -> bool {
    const TEASER_CHARS: usize = 250;
    const BLOCKS: usize = 20;
    let Some((heading, under)) = blocks.split_first().filter(|(first, _)| is_heading(dom, first)) else { return false };
    let text = under.iter().take(BLOCKS).take_while(|b| !is_heading(dom, b) || level(dom, b) > level(dom, heading));
    text.filter(|b| b.link_chars * 2 <= b.chars && !is_heading(dom, b)).map(|b| b.chars).sum::<usize>() > TEASER_CHARS
}

/// Whether a line is a row of labels: `Home > Shipping > Containers`, `Source: … | Posted: … | Print`.
fn is_label_line(text: &str) -> bool {
    const LABELS_BYTES: usize = 200;
    if text.len() > LABELS_BYTES {
        return false;
    }
    let marks = [" | ", " · ", " > ", " • ", " » ", " / "].iter().map(|mark| text.matches(mark).count()).max();
    marks > Some(2) || (marks > Some(1) && !ends_sentence(text))
}

/// Whether a block at the end of an article does not belong to its text: links, or notes on contributors and how to
/// follow them.
fn is_tail(dom: &Dom, block: &Block) -> bool {
    if in_quote(dom, block) {
        return false;
    }
    let short = !is_sentence(block);
    if short && matches!(dom.tag(block.node), Tag::Li | Tag::Tr | Tag::Td) {
        return block.link_chars * 2 > block.chars;
    }
    if short && block.link_chars > 0 {
        return true;
    }
    block.chars < TAIL_CHARS && is_note(&block.text)
}

/// Maximum length of a block at the end that may be a note about the article.
const TAIL_CHARS: usize = 400;

/// Whether it reads as sentences: long, or short with a final full stop.
fn is_sentence(block: &Block) -> bool {
    !block.text.starts_with("http")
        && (block.chars >= PARAGRAPH_CHARS || (block.chars >= SENTENCE_CHARS && ends_sentence(&block.text)))
}

/// Links are prose if they are within sentences.
fn is_prose(dom: &Dom, block: &Block) -> bool {
    if block.link_chars * 2 <= block.chars || in_quote(dom, block) {
        return true;
    }
    let plain = block.chars - block.link_chars;
    !is_heading(dom, block)
        && ends_sentence(&block.text)
        && (plain >= 20 || (dom.tag(block.node) == Tag::Li && block.chars >= PARAGRAPH_CHARS))
}

fn in_quote(dom: &Dom, block: &Block) -> bool {
    dom.tag(block.node) == Tag::Blockquote || dom.tag(dom.node(block.node).parent) == Tag::Blockquote
}

/// Removes headline, byline and date from blocks that have them as lines before the text.
pub(super) fn remove_header_lines(blocks: &mut [Block], facts: &Facts) {
    const BLOCKS: usize = 10;
    const LINES: usize = 6;
    for block in blocks.iter_mut().take(BLOCKS) {
        for _ in 0..LINES {
            let Some((line, rest)) = block.text.split_once('\n') else { break };
            let is_head =
                line == facts.article.title || who::written_by(line).is_some() || dates::in_text(line).is_some();
            if !is_head || line.len() > LINE_BYTES {
                break;
            }
            block.chars = block.chars.saturating_sub(line.chars().count()).max(1);
            block.link_chars = block.link_chars.min(block.chars);
            block.text = rest.to_owned();
        }
    }
}

/// Maximum size of a line that may be a headline, a byline or a date.
const LINE_BYTES: usize = 200;

fn level(dom: &Dom, block: &Block) -> u8 {
    dom.tag(block.node).heading_level().unwrap_or(9)
}

fn is_heading(dom: &Dom, block: &Block) -> bool {
    dom.tag(block.node).heading_level().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_are_not_prose_are_recognised() {
        for (line, call, end, label) in [
            ("Advertisement", true, false, false),
            ("Our letter, at dawn each weekday. Sign up", true, false, false),
            ("Lesen Sie auch", false, true, false),
            ("Comments (47)", true, true, false),
            ("Home > Shipping > Containers", false, false, true),
            ("Source: A Wire | Posted: March 29, 2021 | Print", false, false, true),
            ("The end of the line was near.", false, false, false),
            ("He read more than she did.", false, false, false),
        ] {
            assert_eq!((is_call(line), is_end(line), is_label_line(line)), (call, end, label), "{line}");
        }
    }
}
