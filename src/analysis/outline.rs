//! One pass over the text of an article: its tokens, sentences and passages.

use super::sentences::sentences;
use super::tokens::{Token, tokenize};
use super::words::Words;
use crate::article::{Article, Language};

/// Number of positions between headline and body, so that no phrase or proximity match crosses it.
pub const TITLE_GAP: u32 = 10;

/// Number of words after which a passage ends with the paragraph.
const PASSAGE_WORDS_MIN: u32 = 40;

/// Number of words after which a passage ends with the sentence.
const PASSAGE_WORDS_MAX: u32 = 80;

/// Number of words below which the rest of an article joins the previous passage.
const LAST_PASSAGE_WORDS_MIN: u32 = 15;

/// Separator of headline and body in the stored text.
const TITLE_BREAK: &str = "\n\n";

/// The stored text of an article: headline, blank line, body.
pub fn stored_text(article: &Article) -> String {
    match article.title.is_empty() {
        true => article.body.clone(),
        false => format!("{}{TITLE_BREAK}{}", article.title, article.body),
    }
}

/// A sentence of the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SentenceSpan {
    /// Byte range in the stored text.
    pub start: usize,
    /// End of the byte range.
    pub end: usize,
    /// Whether it opens a paragraph.
    pub opens_paragraph: bool,
    /// Position of its first token.
    pub position: u32,
}

/// A run of whole sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PassageSpan {
    /// Index of its first sentence.
    pub first_sentence: usize,
    /// Index after its last sentence.
    pub end_sentence: usize,
    /// Position of its first token. The first passage begins with the headline, at 0.
    pub position: u32,
}

/// The structure of a stored text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outline {
    /// Sentences of the body in order; empty if there is only a headline.
    pub sentences: Vec<SentenceSpan>,
    /// Passages in order; at least one.
    pub passages: Vec<PassageSpan>,
    /// The position after the last token.
    pub end_position: u32,
}

impl Outline {
    /// Byte range of a run of sentences.
    pub fn sentence_bytes(&self, sentences: std::ops::Range<usize>) -> std::ops::Range<usize> {
        match self.sentences.get(sentences).unwrap_or_default() {
            [first, .., last] => first.start..last.end,
            [only] => only.start..only.end,
            [] => 0..0,
        }
    }

    /// The outline of a stored text from the positions of its sentences, whether they open a paragraph, and their start
    /// bytes; `end_position` is the position after the last token.
    pub fn of_sentences(
        text: &str,
        sentences: impl IntoIterator<Item = ((u32, bool), usize)>,
        end_position: u32,
    ) -> Self {
        let mut found: Vec<SentenceSpan> = Vec::new();
        for ((position, opens_paragraph), start) in sentences {
            if let Some(before) = found.last_mut() {
                before.end = start;
            }
            found.push(SentenceSpan { start, end: text.len(), opens_paragraph, position });
        }
        for sentence in &mut found {
            // Only white space separates sentences.
            let bytes = text.get(sentence.start..sentence.end).unwrap_or_default();
            sentence.end = sentence.start + bytes.trim_end().len();
        }
        let body_position = found.first().map_or(0, |sentence| sentence.position);
        finish(Self { sentences: found, ..Self::default() }, end_position, body_position)
    }
}

/// Analyses a stored text whose headline has `title_bytes` bytes: calls `sink` with every token of headline and body,
/// and returns the outline.
pub fn analyse(
    text: &str,
    title_bytes: usize,
    language: Language,
    words: &mut Words,
    sink: &mut impl FnMut(Token<'_>),
) -> Outline {
    let title_end = text.get(..title_bytes).unwrap_or_default().len();
    let mut position = tokenize(text, 0..title_end, 0, language, words, sink);
    let mut outline = Outline::default();
    let mut body_start = 0;
    if title_end > 0 {
        body_start = (title_end + TITLE_BREAK.len()).min(text.len());
        position += TITLE_GAP;
    }
    let Some(body) = text.get(body_start..) else { return finish(outline, position, 0) };
    let body_position = position;
    sentences(body, &mut |range, opens_paragraph| {
        let (start, end) = (range.start + body_start, range.end + body_start);
        outline.sentences.push(SentenceSpan { start, end, opens_paragraph, position });
        position = tokenize(text, start..end, position, language, words, sink);
    });
    finish(outline, position, body_position)
}

/// Groups the sentences into passages.
fn finish(mut outline: Outline, end_position: u32, body_position: u32) -> Outline {
    outline.end_position = end_position;
    let mut first = 0;
    let mut start = body_position;
    let mut passages = Vec::new();
    for at in 0..outline.sentences.len() {
        let next = outline.sentences.get(at + 1);
        let end = next.map_or(end_position, |s| s.position);
        let words = end - start;
        let closes =
            words >= PASSAGE_WORDS_MAX || words >= PASSAGE_WORDS_MIN && next.is_some_and(|s| s.opens_paragraph);
        if closes && next.is_some() && end_position - end >= LAST_PASSAGE_WORDS_MIN {
            passages.push(PassageSpan { first_sentence: first, end_sentence: at + 1, position: start });
            first = at + 1;
            start = end;
        }
    }
    passages.push(PassageSpan { first_sentence: first, end_sentence: outline.sentences.len(), position: start });
    passages[0].position = 0;
    outline.passages = passages;
    outline
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passages_are_whole_sentences_and_cover_the_body() {
        let paragraph = "The ministry said on Monday that licences would be needed. Exporters had asked for time. ";
        let body = [paragraph.repeat(3), paragraph.repeat(2), paragraph.repeat(6)].join("\n\n");
        let article = Article { title: "Licences".into(), body, ..Article::default() };
        let text = stored_text(&article);
        let mut tokens = 0;
        let outline =
            analyse(&text, article.title.len(), Language::default(), &mut Words::default(), &mut |_| tokens += 1);
        assert_eq!(outline.sentences.len(), 22);
        assert!(outline.passages.len() >= 3);
        assert_eq!(outline.passages[0].position, 0);
        for pair in outline.passages.windows(2) {
            assert_eq!(pair[0].end_sentence, pair[1].first_sentence);
        }
        assert_eq!(outline.passages.last().map(|p| p.end_sentence), Some(22));
        assert_eq!(outline.end_position, tokens + TITLE_GAP);
        assert!(text[outline.sentence_bytes(0..1)].starts_with("The ministry"));
        let sentences = outline.sentences.iter().map(|s| ((s.position, s.opens_paragraph), s.start));
        assert_eq!(Outline::of_sentences(&text, sentences, outline.end_position), outline);
    }

    #[test]
    fn a_headline_alone_is_one_passage() {
        let outline = analyse("Only this", 9, Language::default(), &mut Words::default(), &mut |_| {});
        assert_eq!(outline.passages.len(), 1);
        assert_eq!(outline.sentence_bytes(0..0), 0..0);
    }
}
