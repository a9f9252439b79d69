//! Turns ranked articles into hits: texts, passages and highlights.

use std::ops::Range;
use std::path::Path;

use tantivy::DocAddress;

use super::exact::phrase_starts;
use super::hit::{ArticleFacts, Copy, Hit, Passage};
use super::options::Page;
use super::plan::{FeatureKind, Plan};
use super::rescore::{Candidate, Rescorer};
use crate::analysis::{Form, Language, Outline, Place, Words, analyse};
use crate::article::Article;
use crate::error::Error;
use crate::index::{Bounds, Reader, StoredArticle};

/// A whole article with its matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    /// The article.
    pub stored: StoredArticle,
    /// Byte ranges of matches in its stored text.
    pub highlights: Vec<Range<usize>>,
}

/// Finds the matches of a plan in an article.
pub(super) fn marked(plan: &Plan, stored: StoredArticle, words: &mut Words) -> Marked {
    let (_, highlights) = marks(plan, &stored, words);
    Marked { stored, highlights }
}

/// The hits for some articles, found by the query or added by a feedback model.
pub(super) fn hits(
    reader: &Reader,
    plan: &Plan,
    learnt: Option<&Rescorer<'_>>,
    shown: &[Candidate],
    page: &Page,
) -> Result<Vec<Hit>, Error> {
    let mut hits = Vec::new();
    for (place, candidate) in shown.iter().enumerate() {
        let stored = reader.article(candidate.doc)?;
        // An added article has none of the query words, so its passage is chosen by the model.
        let brought_in = learnt.filter(|_| candidate.passages.is_empty());
        let again = brought_in.map(|learnt| learnt.score(&[candidate.doc])).transpose()?.unwrap_or_default();
        let passages = again.first().map_or(&candidate.passages, |candidate| &candidate.passages);
        let (outline, marks) = marks(brought_in.map_or(plan, |learnt| learnt.plan()), &stored, &mut reader.words());
        let facts = facts(reader, &page.here, &stored, &marks);
        let copies = copies(reader, &candidate.copies)?;
        let ordinals = passages.iter().map(|(ordinal, _)| *ordinal).chain(passages.is_empty().then_some(0));
        for ordinal in ordinals.take(page.per_article.max(1)) {
            hits.push(Hit {
                rank: place + page.offset + 1,
                score: candidate.score(),
                passage: passage(&stored, &outline, ordinal, page.context, &marks),
                article: facts.clone(),
                copies: copies.clone(),
                explanation: None,
            });
        }
    }
    Ok(hits)
}

/// Byte ranges of matches in the stored text of an article, in order, and the outline of the text.
fn marks(plan: &Plan, stored: &StoredArticle, words: &mut Words) -> (Outline, Vec<Range<usize>>) {
    struct Seen {
        place: usize,
        position: u32,
        bytes: Range<usize>,
    }
    // The terms of all phrases in one list, each with its phrase.
    let phrases: Vec<(&[Place], u32)> = plan
        .features
        .iter()
        .filter_map(|f| match &f.kind {
            FeatureKind::Phrase { terms, slop } => Some((terms.as_slice(), *slop)),
            _ => None,
        })
        .collect();
    let mut seen: Vec<Vec<Seen>> = phrases.iter().map(|_| Vec::new()).collect();
    let mut marks: Vec<Range<usize>> = Vec::new();
    let spans =
        plan.features.iter().filter_map(|f| if let FeatureKind::Spans(tree) = &f.kind { Some(tree) } else { None });
    let mut trees: Vec<_> = spans.map(|tree| (tree.as_ref(), tree.watch())).collect();
    let language = Language::of(stored.article.language.as_deref());
    let outline = analyse(&stored.text, stored.title_bytes, language, words, &mut |token| {
        let (term, folded) = (token.term(), token.folded());
        let is = |known: &str| Form::of(known).is(term, folded);
        let matches = plan.features.iter().any(|f| match &f.kind {
            FeatureKind::Term { term } => is(term),
            FeatureKind::Word(terms) | FeatureKind::OneOf(terms) => terms.iter().any(|term| is(term)),
            FeatureKind::Phrase { .. } | FeatureKind::Spans(_) => false,
        });
        trees.iter_mut().for_each(|(tree, seen)| seen.token(tree, &token));
        if matches {
            marks.push(token.start..token.end);
        }
        for ((terms, _), seen) in phrases.iter().zip(&mut seen) {
            for (place, (_, terms)) in terms.iter().enumerate() {
                if terms.iter().any(|term| is(term)) {
                    seen.push(Seen { place, position: token.position, bytes: token.start..token.end });
                }
            }
        }
    });
    for ((terms, slop), seen) in phrases.iter().zip(&seen) {
        let offsets: Vec<u32> = terms.iter().map(|(at, _)| *at).collect();
        let at = |place| seen.iter().filter(move |s: &&Seen| s.place == place).map(|s| s.position).collect();
        let positions: Vec<Vec<u32>> = (0..terms.len()).map(at).collect();
        phrase_starts(&offsets, &positions, *slop, &mut |first, last| {
            let within = seen.iter().filter(|s| (first..=last).contains(&s.position));
            let start = within.clone().map(|s| s.bytes.start).min();
            let end = within.map(|s| s.bytes.end).max();
            if let (Some(start), Some(end)) = (start, end) {
                marks.push(start..end);
            }
        });
    }
    let bounds = Bounds::of(&outline, stored.title_bytes > 0);
    marks.extend(trees.into_iter().flat_map(|(tree, seen)| tree.marks(&bounds, seen)));
    marks.sort_by_key(|m| (m.start, m.end));
    marks.dedup_by(|later, before| {
        let overlap = later.start < before.end;
        if overlap {
            before.end = before.end.max(later.end);
        }
        overlap
    });
    (outline, marks)
}

fn passage(
    stored: &StoredArticle,
    outline: &Outline,
    ordinal: usize,
    context: usize,
    marks: &[Range<usize>],
) -> Passage {
    let span = outline.passages.get(ordinal);
    let sentences = span.map_or(0..0, |s| s.first_sentence..s.end_sentence);
    let sentences =
        sentences.start.saturating_sub(context)..sentences.end.saturating_add(context).min(outline.sentences.len());
    let bytes = outline.sentence_bytes(sentences);
    let highlights = marks
        .iter()
        .filter(|m| m.start >= bytes.start && m.end <= bytes.end)
        .map(|m| m.start - bytes.start..m.end - bytes.start)
        .collect();
    Passage { ordinal, text: stored.text.get(bytes.clone()).unwrap_or_default().to_owned(), bytes, highlights }
}

/// The copies under a hit, earliest first.
fn copies(reader: &Reader, places: &[DocAddress]) -> Result<Vec<Copy>, Error> {
    let copy = |at: &DocAddress| {
        let stored = reader.article(*at)?;
        let Article { source, published, .. } = stored.article;
        Ok(Copy { id: stored.id, location: stored.location, source, published })
    };
    let mut copies = places.iter().map(copy).collect::<Result<Vec<Copy>, Error>>()?;
    copies.sort_by(|a, b| {
        let key = |c: &Copy| (c.published.is_none(), c.published.map(|p| (p.day, p.instant)));
        key(a).cmp(&key(b)).then_with(|| a.id.cmp(&b.id))
    });
    Ok(copies)
}

/// The metadata of an article for display.
pub(super) fn facts(reader: &Reader, here: &Path, stored: &StoredArticle, marks: &[Range<usize>]) -> ArticleFacts {
    let article = &stored.article;
    ArticleFacts {
        id: stored.id.clone(),
        location: stored.location.clone(),
        title: article.title.clone(),
        title_highlights: marks.iter().filter(|m| m.end <= stored.title_bytes).cloned().collect(),
        published: article.published,
        source: article.source.clone(),
        byline: article.byline.clone(),
        section: article.section.clone(),
        language: article.language.clone(),
        path: reader.path_from(here, &stored.file),
        inner: stored.inner.clone(),
        record: stored.record,
        url: article.url.clone(),
    }
}
