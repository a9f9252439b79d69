//! Glyphs to lines, and lines to columns in reading order.
//!
//! Owns only geometry: which glyphs form a line, where a gutter is, which column comes first. `flow` interprets the
//! lines. A page is divided along its longest gutter; lines across it above and below come before and after, and each
//! part is divided again. Rules and frames, which are drawn, are not used.

use super::content::Glyph;

/// Minimum gap between words, in widths of `m`. Gaps within words are smaller, and the smallest word spaces of
/// justified lines are .2.
const WORD_GAP: f32 = 0.17;

/// Maximum shift of a glyph that is printed again to look bold, relative to its size, and in points for small sizes.
const DOUBLE_SHIFT_MAX: f32 = 0.15;
const DOUBLE_POINTS_MAX: f32 = 1.1;

/// Minimum distance of letter-spaced letters, relative to their size.
const SPACED_MIN: f32 = 0.1;

/// Number of adjacent glyphs that determine the spacing of a letter.
const SPACING_GLYPHS: usize = 8;

/// Minimum gap between columns, in widths of `m`.
const GUTTER_MIN: f32 = 0.8;

/// Minimum number of lines on both sides of a gutter together; fewer are a coincidence.
const GUTTER_LINES_MIN: usize = 5;

/// Maximum mean line distance of a column, relative to its font size, including pictures.
const DISTANCE_MAX: f32 = 6.0;

/// Maximum depth of division; a newspaper page takes ten.
const CUTS_DEEP_MAX: u32 = 40;

/// Maximum number of positions tried for a gutter, per page or part.
const CANDIDATES_MAX: usize = 400;

/// Minimum size of a drop cap of one or two letters, relative to the usual size.
const DROP_CAP_MIN: f32 = 1.8;

/// Text on one baseline without a gap as wide as a gutter.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) start: f32,
    pub(super) end: f32,
    pub(super) base: f32,
    pub(super) size: f32,
}

/// The columns of a page in reading order, with lines from top to bottom.
pub(super) fn columns(glyphs: Vec<Glyph>) -> Vec<Vec<Line>> {
    let mut by_turn: [Vec<Glyph>; 4] = Default::default();
    for glyph in glyphs {
        by_turn[usize::from(glyph.turns % 4)].push(glyph);
    }
    // The direction of most text comes first; names of photographers run along the edge.
    by_turn.sort_by_key(|glyphs| std::cmp::Reverse(glyphs.len()));
    let mut columns = Vec::new();
    for glyphs in by_turn {
        let mut parts = segments(glyphs);
        attach_drop_caps(&mut parts);
        parts.sort_by(|a, b| a.base.total_cmp(&b.base).then(a.start.total_cmp(&b.start)));
        cut(parts, 0, &mut columns);
    }
    columns
}

impl Line {
    /// Its font size and length.
    pub(super) fn weight(&self) -> (f32, usize) {
        (self.size, self.text.len())
    }
}

/// The median of font sizes, weighted by lengths of text.
pub(super) fn usual_size(weights: impl Iterator<Item = (f32, usize)>) -> f32 {
    let mut sizes: Vec<(f32, usize)> = weights.collect();
    sizes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = sizes.iter().map(|(_, length)| length).sum::<usize>() / 2;
    let mut seen = 0;
    let usual = sizes.iter().find(|(_, length)| {
        seen += length;
        seen > half
    });
    usual.map_or(10.0, |(size, _)| *size)
}

/// Glyphs to runs of text on baselines.
fn segments(mut glyphs: Vec<Glyph>) -> Vec<Line> {
    let right_to_left = is_right_to_left(&glyphs);
    if right_to_left {
        // Mirrored, it is like Latin.
        for glyph in &mut glyphs {
            (glyph.start, glyph.end) = (-glyph.end, -glyph.start);
        }
    }
    // Stable sorting keeps an accent with its letter.
    glyphs.sort_by(|a, b| a.base.total_cmp(&b.base));
    let mut done = Vec::new();
    let mut row: Vec<Glyph> = Vec::new();
    let mut base = f32::MIN;
    for glyph in glyphs {
        // A superscript belongs to its line.
        let near = row.last().is_some_and(|before| {
            glyph.base - before.base <= 0.2 * before.size.min(glyph.size)
                && glyph.base - base <= 0.4 * before.size.max(glyph.size)
        });
        if !near {
            push_row(std::mem::take(&mut row), right_to_left, &mut done);
            base = glyph.base;
        }
        row.push(glyph);
    }
    push_row(row, right_to_left, &mut done);
    done
}

fn push_row(mut row: Vec<Glyph>, right_to_left: bool, done: &mut Vec<Line>) {
    row.sort_by(|a, b| a.start.total_cmp(&b.start));
    drop_doubles(&mut row);
    let spacing = letter_spacing(&row);
    let mut open: Vec<Glyph> = Vec::new();
    let mut blank = false;
    for (at, mut glyph) in row.into_iter().enumerate() {
        if glyph.text.trim().is_empty() {
            blank |= !glyph.text.is_empty();
            continue;
        }
        if let Some(before) = open.last() {
            let gap = glyph.start - open.iter().rev().take(3).map(|g| g.end).fold(f32::MIN, f32::max);
            let size = before.size.min(glyph.size);
            // A drop cap is on the baseline of the second or third line beside it.
            let cap = before.size.max(glyph.size) > DROP_CAP_MIN * size;
            let spaced = spacing.get(at).copied().unwrap_or(0.0);
            if gap > GUTTER_MIN * size + 3.0 * spaced || cap {
                done.extend(line(std::mem::take(&mut open), right_to_left));
            } else if gap > WORD_GAP * size + 1.4 * spaced || blank {
                glyph.text = format!(" {}", glyph.text).into();
            }
        }
        blank = false;
        open.push(glyph);
    }
    done.extend(line(open, right_to_left));
}

/// Removes glyphs that are printed again with a small shift to look bold.
fn drop_doubles(row: &mut Vec<Glyph>) {
    let mut kept: Vec<Glyph> = Vec::with_capacity(row.len());
    for glyph in row.drain(..) {
        let shift = (DOUBLE_SHIFT_MAX * glyph.size).max(DOUBLE_POINTS_MAX);
        let twice = kept.iter().rev().take(4).any(|before| {
            before.text == glyph.text && (glyph.start - before.start).abs() < shift && before.end > glyph.start
        });
        if !twice {
            kept.push(glyph);
        }
    }
    *row = kept;
}

/// The letter spacing around each glyph of a row, in points; 0 where it is usual.
fn letter_spacing(row: &[Glyph]) -> Vec<f32> {
    let is_letter = |glyph: &Glyph| glyph.text.chars().all(char::is_alphabetic) && !glyph.text.is_empty();
    let gaps: Vec<Option<f32>> = row
        .windows(2)
        .map(|pair| (is_letter(&pair[0]) && is_letter(&pair[1])).then(|| pair[1].start - pair[0].end))
        .collect();
    let around = |at: usize| {
        let near = gaps.get(at.saturating_sub(SPACING_GLYPHS)..gaps.len().min(at + SPACING_GLYPHS)).unwrap_or_default();
        let mut near: Vec<f32> = near.iter().flatten().copied().collect();
        near.sort_by(f32::total_cmp);
        let middle = near.get(near.len() / 2).copied().unwrap_or(0.0);
        let even = near.iter().filter(|gap| (**gap - middle).abs() < 0.3 * middle).count();
        let spaced = near.len() >= 4 && middle > SPACED_MIN * row[at].size && even * 2 > near.len();
        if spaced { middle } else { 0.0 }
    };
    (0..row.len()).map(around).collect()
}

fn line(glyphs: Vec<Glyph>, right_to_left: bool) -> Option<Line> {
    let (first, last) = (glyphs.first()?, glyphs.last()?);
    let (start, end, base) = (first.start, last.end, first.base);
    let size = glyphs.iter().map(|g| g.size).fold(0.0, f32::max);
    let text = if right_to_left { logical(&glyphs) } else { glyphs.iter().map(|g| &*g.text).collect() };
    Some(Line { text, start, end, base, size })
}

/// Right-to-left characters in reading order, with numbers and Latin words reversed.
fn logical(glyphs: &[Glyph]) -> String {
    let turned = |g: &Glyph| g.text.chars().any(|c| c.is_ascii_alphanumeric() || c.is_alphanumeric() && !is_rtl(c));
    let mut text = String::new();
    let mut at = 0;
    while at < glyphs.len() {
        if !turned(&glyphs[at]) {
            text.push_str(&glyphs[at].text);
            at += 1;
            continue;
        }
        let next = glyphs[at..].iter().position(|g| g.text.chars().any(is_rtl)).map_or(glyphs.len(), |n| at + n);
        let last = glyphs[at..next].iter().rposition(turned).map_or(at, |n| at + n);
        let run = &glyphs[at..=last];
        // The blank before a glyph is after it when mirrored.
        let mirrored =
            |g: &Glyph| g.text.strip_prefix(' ').map_or_else(|| g.text.to_string(), |rest| format!("{rest} "));
        let words: String = run.iter().rev().map(mirrored).collect();
        if run[0].text.starts_with(' ') {
            text.push(' ');
        }
        text.push_str(words.trim_end());
        at = last + 1;
    }
    text
}

fn is_right_to_left(glyphs: &[Glyph]) -> bool {
    let letters = || glyphs.iter().flat_map(|g| g.text.chars()).filter(|c| c.is_alphabetic());
    letters().filter(|c| is_rtl(*c)).count() * 2 > letters().count()
}

fn is_rtl(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}')
}

/// Inserts drop caps before their lines.
fn attach_drop_caps(parts: &mut Vec<Line>) {
    let usual = usual_size(parts.iter().map(Line::weight));
    let mut at = 0;
    while at < parts.len() {
        let cap = &parts[at];
        let letters = cap.text.chars().count();
        if cap.size < DROP_CAP_MIN * usual || letters > 2 || !cap.text.chars().all(char::is_alphabetic) {
            at += 1;
            continue;
        }
        let beside = |line: &Line| {
            line.size < 0.7 * cap.size
                && (cap.base - 1.1 * cap.size..=cap.base + 0.2 * line.size).contains(&line.base)
                && (cap.end - 0.3 * cap.size..=cap.end + 1.5 * usual).contains(&line.start)
        };
        let lines: Vec<usize> = (0..parts.len()).filter(|&n| beside(&parts[n])).collect();
        let Some(&first) = lines.iter().min_by(|&&a, &&b| parts[a].base.total_cmp(&parts[b].base)) else {
            at += 1;
            continue;
        };
        let (text, start) = (cap.text.clone(), cap.start);
        // The lines beside it are not indented.
        lines.into_iter().for_each(|n| parts[n].start = start);
        parts[first].text.insert_str(0, &text);
        parts.remove(at);
    }
}

/// Divides lines along their longest gutter, recursively; lines without one are a column.
fn cut(parts: Vec<Line>, depth: u32, columns: &mut Vec<Vec<Line>>) {
    if parts.is_empty() {
        return;
    }
    let found = if depth < CUTS_DEEP_MAX { gutter(&parts) } else { None };
    let Some(gutter) = found else {
        columns.push(joined(parts));
        return;
    };
    let (mut above, mut left, mut right, mut below) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for part in parts {
        let side = if part.base < gutter.top {
            &mut above
        } else if part.base > gutter.bottom {
            &mut below
        } else if part.start < gutter.middle {
            &mut left
        } else {
            &mut right
        };
        side.push(part);
    }
    for side in [above, left, right, below] {
        cut(side, depth + 1, columns);
    }
}

/// A strip between two heights that no line crosses.
#[derive(Debug, Clone, Copy)]
struct Gutter {
    middle: f32,
    top: f32,
    bottom: f32,
    lines: usize,
}

/// The gutter with the most lines beside it.
fn gutter(parts: &[Line]) -> Option<Gutter> {
    let usual = usual_size(parts.iter().map(Line::weight));
    let half = GUTTER_MIN / 2.0 * usual * 0.9;
    let mut middles: Vec<f32> = Vec::new();
    for (a, b) in parts.iter().zip(parts.iter().skip(1)) {
        if (a.base - b.base).abs() < 0.5 * usual && b.start > a.end {
            middles.push((a.end + b.start) / 2.0);
        }
    }
    // Columns need not have lines at the same heights.
    middles.extend(parts.iter().map(|part| part.start - half * 1.1));
    middles.sort_by(f32::total_cmp);
    middles.dedup_by(|a, b| (*a - *b).abs() < 0.25 * usual);
    let step = middles.len().div_ceil(CANDIDATES_MAX).max(1);
    let mut best: Option<Gutter> = None;
    for middle in middles.into_iter().step_by(step) {
        let crosses = |part: &&Line| part.start < middle + half && part.end > middle - half;
        let mut from = 0;
        for at in 0..=parts.len() {
            let crossed = parts.get(at).is_none_or(|part| crosses(&part));
            if !crossed {
                continue;
            }
            // Lines on one baseline stay together.
            let limit = |at: usize| parts.get(at).map(|p| p.base);
            let run: Vec<&Line> = parts[from..at]
                .iter()
                .filter(|p| {
                    let near = |edge: Option<f32>| edge.is_some_and(|edge| (edge - p.base).abs() < 0.3 * usual);
                    !(near(limit(at)) || from > 0 && near(limit(from - 1)))
                })
                .collect();
            if let Some(lines) = lines_beside(&run, middle, usual)
                && best.is_none_or(|b| lines > b.lines)
                && let (Some(first), Some(last)) = (run.first(), run.last())
            {
                best = Some(Gutter { middle, top: first.base, bottom: last.base, lines });
            }
            from = at + 1;
        }
    }
    best
}

/// The number of lines on the shorter side of a gutter, if both sides are columns of text.
fn lines_beside(run: &[&Line], middle: f32, usual: f32) -> Option<usize> {
    let (left, right): (Vec<&Line>, Vec<&Line>) = run.iter().partition(|part| part.start < middle);
    let (fewer, more) = if left.len() <= right.len() { (&left, &right) } else { (&right, &left) };
    if fewer.len() < 2 || left.len() + right.len() < GUTTER_LINES_MIN {
        return None;
    }
    let (top, bottom) = (fewer[0].base, fewer[fewer.len() - 1].base);
    let beside = more.iter().filter(|part| (top - usual..=bottom + usual).contains(&part.base)).count();
    if beside < 2 {
        return None;
    }
    // A page number and a running head are not a column.
    if bottom - top > DISTANCE_MAX * usual * (fewer.len() - 1) as f32 {
        return None;
    }
    let level = fewer.iter().filter(|a| more.iter().any(|b| (a.base - b.base).abs() < 0.3 * usual)).count();
    if level * 10 >= fewer.len() * 8 && [&left, &right].into_iter().any(|side| is_cells(side, usual)) {
        return None;
    }
    Some(fewer.len())
}

/// Whether the lines of one side are list markers or table cells: short, and not filling a column.
fn is_cells(side: &[&Line], usual: f32) -> bool {
    let chars = side.iter().map(|part| part.text.chars().count()).sum::<usize>() / side.len().max(1);
    let width =
        side.iter().map(|p| p.end).fold(f32::MIN, f32::max) - side.iter().map(|p| p.start).fold(f32::MAX, f32::min);
    let filled = side.iter().map(|p| p.end - p.start).sum::<f32>() / side.len().max(1) as f32;
    width < 3.0 * usual || chars < 10 || chars < 18 && filled < 0.6 * width
}

/// Joins the lines of a column that are on the same baseline.
fn joined(parts: Vec<Line>) -> Vec<Line> {
    let mut lines: Vec<Vec<Line>> = Vec::new();
    for part in parts {
        match lines.last_mut() {
            Some(line) if part.base - line[0].base < 0.4 * line[0].size.min(part.size) => line.push(part),
            _ => lines.push(vec![part]),
        }
    }
    let join = |mut line: Vec<Line>| {
        line.sort_by(|a, b| a.start.total_cmp(&b.start));
        let size = usual_size(line.iter().map(Line::weight));
        let mut parts = line.into_iter();
        let mut whole = parts.next()?;
        for part in parts {
            whole.text.push(' ');
            whole.text.push_str(&part.text);
            whole.end = whole.end.max(part.end);
        }
        whole.size = size;
        Some(whole)
    };
    lines.into_iter().filter_map(join).collect()
}
