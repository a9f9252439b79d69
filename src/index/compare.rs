//! Whether the parts of a segment agree: columns with documents, the terms with the text.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::Postings;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::tokenizer::{TokenStream, Tokenizer};
use tantivy::{DocAddress, DocId, DocSet, SegmentReader, Term};

use super::files::Segment;
use super::reader::{Reader, StoredArticle, string_of};
use super::schema::Kind;
use super::terms::{TermsBuilder, TermsTokenizer, encode};
use crate::analysis::{Stems, analyse};

/// What was seen of the documents of all segments.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Live articles.
    pub(super) articles: u64,
    /// Articles whose text was analysed again.
    pub(super) analysed: u64,
    /// Source files that were read to their end.
    pub(super) finished: BTreeSet<String>,
    /// Source files that articles and skips come from.
    pub(super) named: BTreeSet<String>,
    /// Versions of live documents: each is there once.
    versions: HashSet<u64>,
}

/// Compares the parts of the one segment of `reader`; of so many articles one is analysed again.
///
/// An error says in words what does not agree.
pub(super) fn segment(reader: &Reader, listed: &Segment, one_in: u64, seen: &mut Seen) -> Result<(), String> {
    let told = |error: &dyn std::fmt::Display| error.to_string();
    let segment = reader.searcher().segment_readers().first().ok_or("it cannot be opened")?;
    let live: Vec<DocId> = segment.doc_ids_alive().collect();
    let expected = listed.documents - listed.deleted.map_or(0, |(count, _)| count);
    if live.len() as u64 != expected {
        return Err(format!("{} documents are live, {expected} should be", live.len()));
    }
    let by_kind = columns(segment, &live, seen).map_err(|e| told(&e))?;
    for (kind, found) in [Kind::Article, Kind::Skip, Kind::File].into_iter().zip(&by_kind) {
        if reader.docs_of(segment, kind).map_err(|e| told(&e))? != *found {
            return Err("the kinds of documents differ between its columns and its postings".to_owned());
        }
    }
    let mut stems = Stems::default();
    for doc in &by_kind[0] {
        if seen.articles.is_multiple_of(one_in) {
            article(reader, segment, *doc, &mut stems)?;
            seen.analysed += 1;
        }
        seen.articles += 1;
    }
    // What skips say is in the text store too.
    for doc in &by_kind[1] {
        let stored = reader.searcher().doc::<tantivy::schema::TantivyDocument>(DocAddress::new(0, *doc));
        stored.map_err(|e| format!("document {doc} cannot be read: {e}"))?;
    }
    Ok(())
}

/// The live documents of each kind, which must have the columns of that kind.
fn columns(segment: &SegmentReader, live: &[DocId], seen: &mut Seen) -> Result<[Vec<DocId>; 3], String> {
    let told = |error: tantivy::TantivyError| error.to_string();
    let columns = segment.fast_fields();
    let number = |name: &str| columns.u64(name).map_err(told);
    let text = |name: &str| columns.str(name).map_err(told);
    let (kind, record, version) = (number("kind")?, number("record")?, number("version")?);
    let (words, passages) = (number("words")?, number("passages")?);
    let (bytes, hash) = (number("file_bytes")?, number("file_hash")?);
    let (file, id, reason) = (text("file")?, text("id")?, text("reason")?);
    let has = |column: &Option<tantivy::columnar::StrColumn>, doc| {
        column.as_ref().is_some_and(|column| column.ords().first(doc).is_some())
    };
    let mut by_kind = [Vec::new(), Vec::new(), Vec::new()];
    for &doc in live {
        let lacks = |what: &str| Err(format!("document {doc} has no {what}"));
        let name = file.as_ref().map(|file| string_of(file, doc)).transpose().map_err(|e| e.to_string())?.flatten();
        let Some(name) = name else { return lacks("source file") };
        let (Some(_), Some(version)) = (record.first(doc), version.first(doc)) else {
            return lacks("record number or version");
        };
        if !seen.versions.insert(version) {
            return Err(format!("document {doc}, from `{name}`, is in the index twice"));
        }
        let kind = kind.first(doc).and_then(|kind| usize::try_from(kind).ok()).filter(|kind| *kind < by_kind.len());
        let Some(kind) = kind else { return lacks("kind") };
        by_kind[kind].push(doc);
        if kind == Kind::File as usize {
            if bytes.first(doc).is_none() || hash.first(doc).is_none() {
                return lacks("size or hash of its source file");
            }
            seen.finished.insert(name);
            continue;
        }
        seen.named.insert(name);
        if kind == Kind::Skip as usize && !has(&reason, doc) {
            return lacks("reason");
        }
        if kind == Kind::Article as usize {
            if !has(&id, doc) || words.first(doc).is_none() {
                return lacks("identifier or count of words");
            }
            let bounds: Vec<u64> = passages.values_for_doc(doc).collect();
            if bounds.len() < 2 || bounds[0] != 0 || !bounds.is_sorted() {
                return Err(format!("the passages of document {doc} have no valid bounds"));
            }
        }
    }
    Ok(by_kind)
}

/// Analyses an article's text again: its passages and terms must be those that the index holds.
fn article(reader: &Reader, segment: &SegmentReader, doc: DocId, stems: &mut Stems) -> Result<(), String> {
    let told = |error: &dyn std::fmt::Display| format!("document {doc} cannot be read: {error}");
    let stored = reader.article(DocAddress::new(0, doc)).map_err(|e| told(&e))?;
    let differs = |what: &str| Err(format!("{what} of the article `{}` are not those of its text", stored.id));
    let mut terms = TermsBuilder::default();
    let outline = analyse(&stored.text, stored.title_bytes, stems, &mut |token| terms.push(&token));
    let mut bounds = Vec::new();
    reader.passages(segment).map_err(|e| told(&e))?.read(doc, &mut bounds);
    let expected: Vec<u32> =
        outline.passages.iter().map(|passage| passage.position).chain([outline.end_position]).collect();
    if bounds != expected {
        return differs("the passages");
    }
    let words = segment.fast_fields().u64("words").map_err(|e| told(&e))?.first(doc);
    if words != Some(terms.words()) {
        return differs("the counted words");
    }
    let fields = reader.fields();
    if !field(segment, fields.terms, &terms.finish(), doc).map_err(|e| told(&e))? {
        return differs("the words");
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
        let encoded = value.map_or_else(String::new, |value| encode(value, stems));
        if !field(segment, name, &encoded, doc).map_err(|e| told(&e))? {
            return differs("the words of the facts");
        }
    }
    for (name, value) in [(fields.id, id), (fields.file, file)] {
        let term = Term::from_field_text(name, value);
        if !reader.docs(segment, &term).map_err(|e| told(&e))?.contains(&doc) {
            return differs("identifier and file");
        }
    }
    Ok(())
}

/// Whether the index holds exactly these terms at these positions, as far as can be told without reading them all.
fn field(segment: &SegmentReader, field: Field, encoded: &str, doc: DocId) -> tantivy::Result<bool> {
    let mut expected: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    let (mut tokenizer, mut count) = (TermsTokenizer::default(), 0);
    let mut stream = tokenizer.token_stream(encoded);
    while stream.advance() {
        count += 1;
        let token = stream.token();
        expected.entry(token.text.clone()).or_default().push(token.position as u32);
    }
    let length = FieldNormReader::id_to_fieldnorm(FieldNormReader::fieldnorm_to_id(count));
    if segment.get_fieldnorms_reader(field)?.fieldnorm(doc) != length {
        return Ok(false);
    }
    let inverted = segment.inverted_index(field)?;
    let mut positions = Vec::new();
    for (text, expected) in &expected {
        let term = Term::from_field_text(field, text);
        let Some(mut postings) = inverted.read_postings(&term, IndexRecordOption::WithFreqsAndPositions)? else {
            return Ok(false);
        };
        if postings.doc() < doc && postings.seek(doc) != doc || postings.doc() != doc {
            return Ok(false);
        }
        postings.positions(&mut positions);
        if positions != *expected {
            return Ok(false);
        }
    }
    Ok(true)
}
