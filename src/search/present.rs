//! Turns ranked articles into hits: texts, passages and highlights.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

use tantivy::DocAddress;

use super::hit::{ArticleFacts, Copy, Hit, Passage};
use super::marks::Marker;
use super::options::Page;
use super::plan::Plan;
use super::rescore::{Candidate, Rescorer};
use crate::analysis::{Language, Outline, Words, analyse, tokenize};
use crate::article::Article;
use crate::error::Error;
use crate::index::{Reader, StoredArticle};

/// A whole article with its matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    /// The article.
    pub stored: StoredArticle,
    /// Byte ranges of matches in its stored text.
    pub highlights: Vec<Range<usize>>,
}

impl Marked {
    /// The metadata of the article, with its path relative to the folder `here`.
    pub fn facts(&self, reader: &Reader, here: &Path) -> ArticleFacts {
        facts(reader, here, &self.stored, &self.highlights)
    }
}

/// Finds the matches of a plan in a whole article.
pub(super) fn marked(plan: &Plan, stored: StoredArticle, words: &mut Words) -> Marked {
    let language = Language::of(stored.article.language.as_deref());
    let mut marker = Marker::new(plan, &stored.text);
    let outline = analyse(&stored.text, stored.title_bytes, language, words, &mut |token| marker.token(&token));
    let highlights = marker.marks(&outline, stored.title_bytes > 0);
    Marked { stored, highlights }
}

/// The hits for some articles, found by the query or added by a feedback model.
pub(super) fn hits(
    reader: &Reader,
    plan: &Plan,
    by_model: Option<&Rescorer<'_>>,
    shown: &[Candidate],
    page: &Page,
) -> Result<Vec<Hit>, Error> {
    let mut hits = Vec::new();
    for (place, candidate) in shown.iter().enumerate() {
        let stored = reader.article(candidate.doc)?;
        // An added article has none of the query words, so its passage is chosen by the model.
        let rescorer = by_model.filter(|_| candidate.passages.is_empty());
        let rescored = rescorer.map(|rescorer| rescorer.score(&[candidate.doc])).transpose()?.unwrap_or_default();
        let passages = rescored.first().map_or(&candidate.passages, |candidate| &candidate.passages);
        let ordinals = passages.iter().map(|(ordinal, _)| *ordinal).chain(passages.is_empty().then_some(0));
        let ordinals: Vec<usize> = ordinals.take(page.per_article.max(1)).collect();
        let outline = reader.outline(candidate.doc, &stored.text)?;
        let plan = rescorer.map_or(plan, |rescorer| rescorer.plan());
        let marks = marks(plan, &stored, &outline, &sentences(&outline, &ordinals, page), &mut reader.words());
        let facts = facts(reader, &page.here, &stored, &marks);
        let copies = copies(reader, &candidate.copies)?;
        for ordinal in ordinals {
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

/// Byte ranges of matches in the headline and the sentences shown, in order. The rest of the text is read only if a match
/// may depend on it.
fn marks(
    plan: &Plan,
    stored: &StoredArticle,
    outline: &Outline,
    shown: &BTreeSet<usize>,
    words: &mut Words,
) -> Vec<Range<usize>> {
    let language = Language::of(stored.article.language.as_deref());
    let (text, title_bytes) = (&stored.text, stored.title_bytes);
    let mut marker = Marker::new(plan, text);
    if marker.needs_all() {
        analyse(text, title_bytes, language, words, &mut |token| marker.token(&token));
    } else {
        tokenize(text, 0..title_bytes, 0, language, words, &mut |token| marker.token(&token));
        for sentence in shown.iter().filter_map(|sentence| outline.sentences.get(*sentence)) {
            let bytes = sentence.start..sentence.end;
            tokenize(text, bytes, sentence.position, language, words, &mut |token| marker.token(&token));
        }
    }
    marker.marks(outline, title_bytes > 0)
}

/// The sentences shown for some passages.
fn sentences(outline: &Outline, ordinals: &[usize], page: &Page) -> BTreeSet<usize> {
    ordinals.iter().flat_map(|ordinal| shown(outline, *ordinal, page.context)).collect()
}

/// The sentences of a passage, and `context` more on either side.
fn shown(outline: &Outline, ordinal: usize, context: usize) -> Range<usize> {
    let sentences = outline.passages.get(ordinal).map_or(0..0, |s| s.first_sentence..s.end_sentence);
    sentences.start.saturating_sub(context)..sentences.end.saturating_add(context).min(outline.sentences.len())
}

fn passage(
    stored: &StoredArticle,
    outline: &Outline,
    ordinal: usize,
    context: usize,
    marks: &[Range<usize>],
) -> Passage {
    let bytes = outline.sentence_bytes(shown(outline, ordinal, context));
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
    copies.sort_by_cached_key(|c| (c.published.is_none(), c.published.map(|p| (p.day, p.instant)), c.id.clone()));
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
