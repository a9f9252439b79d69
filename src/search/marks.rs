//! Finds the bytes of a text that match a plan.

use std::ops::Range;

use super::plan::{FeatureKind, Plan};
use super::spans::{Seen, SpanTree};
use crate::analysis::{Form, Outline, Token, is_unspaced_char, is_unspaced_letter};
use crate::index::Bounds;

/// Collects matches while a text is read.
#[derive(Default)]
pub(super) struct Marker<'a> {
    text: &'a str,
    /// Terms that match anywhere.
    words: Vec<&'a str>,
    /// Pairs of kana, Thai and similar letters that overlap with another pair of the query. Alone, they are usually part of
    /// another word.
    pieces: Vec<&'a str>,
    /// Where these match.
    pieces_seen: Vec<Range<usize>>,
    /// Terms that begin with a single character of the query. Only this character is marked.
    with_character: Vec<&'a str>,
    trees: Vec<(&'a SpanTree, Seen)>,
    marks: Vec<Range<usize>>,
}

impl<'a> Marker<'a> {
    pub(super) fn new(plan: &'a Plan, text: &'a str) -> Self {
        let mut new = Self { text, ..Self::default() };
        for feature in &plan.features {
            match &feature.kind {
                FeatureKind::OneOf(terms) if feature.words.strip_suffix('*').is_some_and(is_unspaced_char) => {
                    new.with_character.extend(terms.iter().map(String::as_str));
                }
                FeatureKind::Word(terms) | FeatureKind::OneOf(terms) => {
                    new.words.extend(terms.iter().map(String::as_str));
                }
                FeatureKind::Spans(tree) => new.trees.push((tree, tree.watch())),
            }
        }
        let overlaps = |word: &&str| {
            is_letters(word)
                && new.words.iter().any(|next| is_letters(next) && (overlap(word, next) || overlap(next, word)))
        };
        new.pieces = new.words.iter().copied().filter(overlaps).collect();
        new
    }

    /// Whether a match may depend on the whole text.
    pub(super) fn needs_all(&self) -> bool {
        self.trees.iter().any(|(tree, _)| tree.has_operators())
    }

    /// Looks at the next token.
    pub(super) fn token(&mut self, token: &Token<'_>) {
        let (term, folded) = (token.term(), token.folded());
        let is = |known: &str| Form::of(known).is(term, folded);
        if self.words.iter().any(|known| is(known)) {
            let is_piece = self.pieces.contains(&term);
            (if is_piece { &mut self.pieces_seen } else { &mut self.marks }).push(token.start..token.end);
        }
        if self.with_character.contains(&term) {
            let first = self.text[token.start..].chars().next().map_or(0, char::len_utf8);
            self.marks.push(token.start..token.start + first);
        }
        for (tree, seen) in &mut self.trees {
            seen.token(tree, token, self.text);
        }
    }

    /// Byte ranges of the matches, in order and without overlap, given the outline of the text and whether it has a
    /// headline.
    pub(super) fn marks(self, outline: &Outline, has_title: bool) -> Vec<Range<usize>> {
        let mut marks = self.marks;
        let is_long = |run: &[Range<usize>]| run.len() > 1;
        marks.extend(self.pieces_seen.chunk_by(|a, b| b.start < a.end).filter(|run| is_long(run)).flatten().cloned());
        if !self.trees.is_empty() {
            let bounds = Bounds::of(outline, has_title);
            marks.extend(self.trees.into_iter().flat_map(|(tree, seen)| tree.marks(&bounds, seen)));
        }
        marks.sort_by_key(|m| (m.start, m.end));
        marks.dedup_by(|later, before| {
            let overlap = later.start < before.end;
            if overlap {
                before.end = before.end.max(later.end);
            }
            overlap
        });
        marks
    }
}

/// Whether a term is a pair of kana, Thai, Lao, Khmer or Burmese letters, which are seldom words.
fn is_letters(term: &str) -> bool {
    let is_letter = |c| is_unspaced_letter(c) || ('\u{3040}'..='\u{30ff}').contains(&c);
    term.chars().all(is_letter) && term.chars().count() == 2
}

/// Whether a pair ends with the letter with which another one begins.
fn overlap(pair: &str, next: &str) -> bool {
    pair.chars().next_back() == next.chars().next()
}
