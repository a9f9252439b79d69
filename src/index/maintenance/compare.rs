//! Compares the parts of a segment: columns with documents, terms with text.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::Postings;
use tantivy::schema::{Field, IndexRecordOption, TantivyDocument};
use tantivy::{DocAddress, DocId, DocSet, SegmentReader, Term};

use super::super::collection::Totals;
use super::super::files::Segment;
use super::super::reader::{Reader, string_of};
use super::super::row::StoredArticle;
use super::super::schema::Kind;
use crate::analysis::{Language, Words, analyse, exact_term, tokenize, untagged};

/// A description of what is wrong, or an error of the engine.
type Disagreement = Box<dyn std::error::Error>;

/// Observations over all segments.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Number of live articles checked.
    pub(super) articles: u64,
    /// Totals of the live articles.
    pub(super) totals: Totals,
    /// Number of articles analysed again.
    pub(super) analysed: u64,
    /// Source files that were read completely.
    pub(super) finished: BTreeSet<String>,
    /// Source files of the articles and skips.
    pub(super) named: BTreeSet<String>,
    /// Versions of live documents, which must be unique.
    versions: HashSet<u64>,
}

/// Compares the parts of the only segment of `reader`, and analyses one article in `one_in` again.
///
/// The error describes the disagreement.
pub(super) fn segment(reader: &Reader, listed: &Segment, one_in: u64, seen: &mut Seen) -> Result<(), Disagreement> {
    let segment = reader.searcher().segment_readers().first().ok_or("it cannot be opened")?;
    let live: Vec<DocId> = segment.doc_ids_alive().collect();
    let expected = listed.documents - listed.deleted.map_or(0, |(count, _)| count);
    if live.len() as u64 != expected {
        return Err(format!("{} documents are live, {expected} should be", live.len()).into());
    }
    let by_kind = columns(segment, &live, seen)?;
    for (kind, found) in [Kind::Article, Kind::Skip, Kind::File].into_iter().zip(&by_kind) {
        if reader.docs_of(segment, kind)? != *found {
            return Err("the kinds of documents differ between its columns and its postings".into());
        }
    }
    let mut words = Words::default();
    for doc in &by_kind[0] {
        if seen.articles.is_multiple_of(one_in) {
            words.forget_when_full();
            article(reader, segment, *doc, &mut words)?;
            seen.analysed += 1;
        }
        seen.articles += 1;
    }
    // Skips are also in the text store.
    for doc in &by_kind[1] {
        reader.searcher().doc::<TantivyDocument>(DocAddress::new(0, *doc))?;
    }
    Ok(())
}

/// The live documents of each kind, after checking that they have the columns of that kind.
fn columns(segment: &SegmentReader, live: &[DocId], seen: &mut Seen) -> Result<[Vec<DocId>; 3], Disagreement> {
    let columns = segment.fast_fields();
    let number = |name: &str| columns.u64(name);
    let text = |name: &str| columns.str(name);
    let (kind, record, version) = (number("kind")?, number("record")?, number("version")?);
    let (words, passages) = (number("words")?, number("passages")?);
    let (bytes, stamp) = (number("file_bytes")?, number("file_stamp")?);
    let (file, id, reason) = (text("file")?, text("id")?, text("reason")?);
    let has = |column: &Option<tantivy::columnar::StrColumn>, doc| {
        column.as_ref().is_some_and(|column| column.ords().first(doc).is_some())
    };
    let mut by_kind = [Vec::new(), Vec::new(), Vec::new()];
    for &doc in live {
        let lacks = |what: &str| Err(format!("document {doc} has no {what}").into());
        let name = file.as_ref().map(|file| string_of(file, doc)).transpose()?.flatten();
        let Some(name) = name else { return lacks("source file") };
        let (Some(_), Some(version)) = (record.first(doc), version.first(doc)) else {
            return lacks("record number or version");
        };
        if !seen.versions.insert(version) {
            return Err(format!("document {doc}, from `{name}`, is in the index twice").into());
        }
        let kind = kind.first(doc).and_then(|kind| usize::try_from(kind).ok()).filter(|kind| *kind < by_kind.len());
        let Some(kind) = kind else { return lacks("kind") };
        by_kind[kind].push(doc);
        if kind == Kind::File as usize {
            if bytes.first(doc).is_none() || stamp.first(doc).is_none() {
                return lacks("size or stamp of its source file");
            }
            seen.finished.insert(name);
            continue;
        }
        seen.named.insert(name);
        if kind == Kind::Skip as usize && !has(&reason, doc) {
            return lacks("reason");
        }
        if kind == Kind::Article as usize {
            let (true, Some(words)) = (has(&id, doc), words.first(doc)) else {
                return lacks("identifier or count of words");
            };
            let bounds: Vec<u64> = passages.values_for_doc(doc).collect();
            if bounds.len() < 2 || bounds[0] != 0 || !bounds.is_sorted() {
                return Err(format!("the passages of document {doc} have no valid bounds").into());
            }
            seen.totals += Totals { articles: 1, words, passages: bounds.len() as u64 - 1 };
        }
    }
    Ok(by_kind)
}

/// The terms of a field with their positions.
type Terms = BTreeMap<String, Vec<u32>>;

/// Analyses an article again, and compares its passages and terms with the index.
fn article(reader: &Reader, segment: &SegmentReader, doc: DocId, words: &mut Words) -> Result<(), Disagreement> {
    let stored = reader.article(DocAddress::new(0, doc))?;
    let differs = |what: &str| Err(format!("{what} of the article `{}` are not those of its text", stored.id).into());
    let language = Language::of(stored.article.language.as_deref());
    let (mut terms, mut forms, mut count) = (Terms::new(), Terms::new(), 0);
    let outline = analyse(&stored.text, stored.title_bytes, language, words, &mut |token| {
        let places = terms.entry(token.term().to_owned()).or_default();
        if untagged(token.term()) != token.folded() {
            forms.entry(exact_term(token.term(), token.folded())).or_default().push(places.len() as u32);
        }
        places.push(token.position);
        count += 1;
    });
    let mut bounds = Vec::new();
    reader.passages(segment)?.read(doc, &mut bounds);
    let expected: Vec<u32> =
        outline.passages.iter().map(|passage| passage.position).chain([outline.end_position]).collect();
    if bounds != expected || reader.outline(DocAddress::new(0, doc), &stored.text)? != outline {
        return differs("the passages and sentences");
    }
    let mut passage_words = Vec::new();
    reader.passages(segment)?.read_words(doc, &mut passage_words);
    if passage_words.len() + 1 != bounds.len() || passage_words.iter().sum::<u32>() != count {
        return differs("the words of the passages");
    }
    let counted = reader.word_counts(segment)?.first(doc);
    if counted != Some(u64::from(count)) || !has_length(reader, segment, doc, count)? {
        return differs("the counted words");
    }
    let fields = reader.fields();
    for (name, terms) in [(fields.terms, &terms), (fields.forms, &forms)] {
        if !has(segment, name, terms, doc)? {
            return differs("the words");
        }
    }
    let StoredArticle { id, file, article, .. } = &stored;
    let facts = [
        (fields.title, Some(&article.title)),
        (fields.byline, article.byline.as_ref()),
        (fields.source, article.source.as_ref()),
        (fields.section, article.section.as_ref()),
        (fields.url, article.url.as_ref()),
    ];
    for (name, value) in facts {
        let (value, mut terms) = (value.map_or("", String::as_str), Terms::new());
        tokenize(value, 0..value.len(), 0, language, words, &mut |token| {
            for term in [token.term().to_owned(), exact_term(token.term(), token.folded())] {
                terms.entry(term).or_default().push(token.position);
            }
        });
        if !has(segment, name, &terms, doc)? {
            return differs("the words of the facts");
        }
    }
    for (name, value) in [(fields.id, id), (fields.file, file)] {
        let term = Term::from_field_text(name, value);
        if !reader.docs(segment, &term)?.contains(&doc) {
            return differs("identifier and file");
        }
    }
    Ok(())
}

/// Whether Tantivy has the length of an article, at its precision.
fn has_length(reader: &Reader, segment: &SegmentReader, doc: DocId, count: u32) -> tantivy::Result<bool> {
    let length = FieldNormReader::id_to_fieldnorm(FieldNormReader::fieldnorm_to_id(count));
    Ok(segment.get_fieldnorms_reader(reader.fields().terms)?.fieldnorm(doc) == length)
}

/// Whether the index has these terms at these positions.
fn has(segment: &SegmentReader, field: Field, terms: &Terms, doc: DocId) -> tantivy::Result<bool> {
    let inverted = segment.inverted_index(field)?;
    let mut places = Vec::new();
    for (text, expected) in terms {
        let term = Term::from_field_text(field, text);
        let Some(mut postings) = inverted.read_postings(&term, IndexRecordOption::WithFreqsAndPositions)? else {
            return Ok(false);
        };
        if postings.doc() < doc && postings.seek(doc) != doc || postings.doc() != doc {
            return Ok(false);
        }
        postings.positions(&mut places);
        if places != *expected {
            return Ok(false);
        }
    }
    Ok(true)
}
