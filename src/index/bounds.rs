//! Where the parts of an article begin and end, as token positions.

use tantivy::columnar::Column;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::{DocId, SegmentReader};

use super::schema::Fields;
use crate::analysis::{Outline, TITLE_GAP};

/// Headline length up to which the column is exact.
const TITLE_WORDS_EXACT: u32 = 40;

/// The bounds of the headline, lead, sentences and paragraphs of an article.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Bounds {
    /// End of the headline.
    pub(crate) title: u32,
    /// Start of the body.
    pub(crate) body: u32,
    /// End of the first passage.
    pub(crate) lead: u32,
    /// Start of each sentence of the body. Everything before the first is the headline.
    pub(crate) sentences: Vec<u32>,
    /// Start of each paragraph of the body.
    pub(crate) paragraphs: Vec<u32>,
}

impl Bounds {
    /// The bounds of a text, given whether it has a headline.
    pub(crate) fn of(outline: &Outline, has_title: bool) -> Self {
        let body = outline.sentences.first().map_or(outline.end_position, |first| first.position);
        let title = if has_title { body.saturating_sub(TITLE_GAP) } else { 0 };
        let starts = |paragraphs: bool| {
            let sentences = outline.sentences.iter().filter(move |s| !paragraphs || s.opens_paragraph);
            sentences.map(|sentence| sentence.position).collect()
        };
        Self {
            title,
            body,
            lead: outline.passages.get(1).map_or(outline.end_position, |passage| passage.position),
            sentences: starts(false),
            paragraphs: starts(true),
        }
    }
}

/// Reads the bounds of articles of a segment.
pub(crate) struct BoundsReader {
    titles: FieldNormReader,
    passages: Column<u64>,
    /// The column of sentences; none in an index without it. Each value is the distance from the previous sentence
    /// times two, plus one if the sentence opens a paragraph.
    sentences: Column<u64>,
    values: Vec<u64>,
}

impl BoundsReader {
    /// Opens the columns.
    pub(crate) fn open(segment: &SegmentReader, fields: &Fields) -> tantivy::Result<Self> {
        Ok(Self {
            titles: segment.get_fieldnorms_reader(fields.title)?,
            passages: segment.fast_fields().u64("passages")?,
            sentences: segment.fast_fields().u64("sentences")?,
            values: Vec::new(),
        })
    }

    /// Reads the bounds of an article into `bounds`: sentences and paragraphs if `units` is set, the others if `zones` is.
    pub(crate) fn read(&mut self, article: DocId, units: bool, zones: bool, bounds: &mut Bounds) {
        let title = self.titles.fieldnorm(article);
        let is_exact = title <= TITLE_WORDS_EXACT;
        if units || zones && !is_exact {
            self.read_units(article, bounds);
        }
        if zones {
            // The start of the second passage, or the end of the only one.
            let mut passages = self.passages.values_for_doc(article).skip(1);
            bounds.lead = passages.next().unwrap_or(0) as u32;
            bounds.title = title;
            bounds.body = if title > 0 { title + TITLE_GAP } else { 0 };
            if !is_exact {
                let end = || passages.last().map_or(bounds.lead, |end| end as u32);
                bounds.body = bounds.sentences.first().copied().unwrap_or_else(end);
                bounds.title = bounds.body.saturating_sub(TITLE_GAP);
            }
        }
    }

    fn read_units(&mut self, article: DocId, bounds: &mut Bounds) {
        bounds.sentences.clear();
        bounds.paragraphs.clear();
        let mut position = 0;
        // Read at once, which takes a fraction of the time of one by one.
        let rows = self.sentences.index.value_row_ids(article);
        self.values.resize(rows.len(), 0);
        self.sentences.values.get_range(rows.start.into(), &mut self.values);
        for sentence in &self.values {
            position += (sentence >> 1) as u32;
            bounds.sentences.push(position);
            if sentence & 1 == 1 {
                bounds.paragraphs.push(position);
            }
        }
    }
}
