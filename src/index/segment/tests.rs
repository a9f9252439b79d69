//! Tantivy's own writer and ours give indexes that read the same.

use std::collections::BTreeMap;

use tantivy::columnar::DynamicColumn;
use tantivy::postings::Postings;
use tantivy::schema::{IndexRecordOption, TantivyDocument};
use tantivy::tokenizer::{PreTokenizedString, RawTokenizer, TextAnalyzer, Token};
use tantivy::{DocSet, Index, IndexWriter, SegmentReader, TERMINATED};

use super::*;
use crate::analysis::{exact_term, push_form, untagged};
use crate::article::{Date, Provenance, Published};
use crate::index::memory::Shares;
use crate::index::{article_version, skip_version};

const BODIES: [&str; 4] = [
    "The labs closed their chip-making lab. An e-mail on the U.S. closings told the LABS' owners.\n\nMore labs closed.",
    "输出管制 labs of l'économie, 9/11 and the lab.",
    "",
    "A lab, labs, labs, lab, laboratories.",
];

fn articles() -> Vec<(u64, Article)> {
    let text = |text: &str| Some(text.to_owned());
    let published =
        Published { day: Date::new(2023, 7, 1).expect("a day"), instant: None, provenance: Provenance::Metadata };
    let article = |n: u64| Article {
        title: if n.is_multiple_of(3) { String::new() } else { format!("Labs of {n} towns") },
        body: format!("{} Number {n} of them.", BODIES[n as usize % BODIES.len()]),
        byline: (n.is_multiple_of(2)).then(|| format!("A. Ray{n}")),
        source: text("The Tarn Post"),
        language: if n.is_multiple_of(5) { None } else { text("en") },
        published: (n % 4 == 1).then_some(published),
        url: text("https://example.org/labs"),
        ..Article::default()
    };
    // More than one block of postings has.
    (0..300).map(|n| (n, article(n))).collect()
}

fn place(record: u64) -> ArticlePlace<'static> {
    ArticlePlace { file: if record.is_multiple_of(2) { "b.jsonl" } else { "a.jsonl" }, inner: "", record, part: 0 }
}

fn index() -> Index {
    let (schema, _) = Fields::build();
    let index = Index::builder().schema(schema).settings(super::super::engine::settings()).create_in_ram();
    let index = index.expect("in memory");
    // The engine asks for the tokenizer, though all tokens are given to it.
    index.tokenizers().register("nutgraf", TextAnalyzer::from(RawTokenizer::default()));
    index
}

fn writer(index: &Index) -> IndexWriter {
    index.writer_with_num_threads(1, 16 << 20).expect("one thread")
}

/// The documents by our builder, sorting this many tokens at a time.
fn ours(chunk: usize) -> Index {
    let index = index();
    let (_, fields) = Fields::build();
    let shares = SegmentShares { chunk, ..Shares::of(0, 1).segment };
    let mut builder = SegmentBuilder::new(&index, Path::new(""), fields, shares, Deletions::default());
    for (n, article) in articles() {
        let (place, id) = (place(n), format!("id-{n}"));
        builder.article(place, article_version(place, &id, &article), &id, &article).expect("written");
    }
    let reason = SkipReason::NoText;
    builder.skip(place(999), skip_version(place(999), &reason), &reason).expect("written");
    builder.file("a.jsonl", &facts()).expect("written");
    builder.finish().expect("written");
    let mut writer = writer(&index);
    let (segments, added) = builder.take();
    assert_eq!(added.articles, 300);
    assert_eq!(segments.len(), 1);
    writer.add_segment(segments[0].meta().clone()).expect("added");
    writer.commit().expect("committed");
    index
}

fn facts() -> FileFacts {
    FileFacts { bytes: 7, modified: Some(-5), stamp: 0, readers: vec!["jsonl:1".to_owned(), "csv:2".to_owned()] }
}

/// The same by the engine's writer.
fn theirs() -> Index {
    let index = index();
    let mut writer = writer(&index);
    let (_, f) = Fields::build();
    let mut words = Words::default();
    let begun = |kind: Kind, place: ArticlePlace<'_>, version: u64| {
        let mut document = TantivyDocument::new();
        document.add_u64(f.kind, kind as u64);
        document.add_u64(f.version, version);
        document.add_text(f.file, place.file);
        document.add_u64(f.record, place.record);
        document
    };
    for (n, article) in articles() {
        let (place, id) = (place(n), format!("id-{n}"));
        let mut document = begun(Kind::Article, place, article_version(place, &id, &article));
        let text = stored_text(&article);
        let (mut terms, mut forms, mut seen) = (Vec::new(), Vec::new(), BTreeMap::<String, usize>::new());
        let mut signature = SignatureBuilder::new(&text, article.title.len(), stated_day(&article));
        let outline = analyse(&text, article.title.len(), Language::default(), &mut words, &mut |token| {
            let ordinal = seen.entry(token.term().to_owned()).or_default();
            if untagged(token.term()) != token.folded() {
                let mut form = String::new();
                push_form(token.term(), token.folded(), &mut form);
                forms.push((form, *ordinal));
            }
            *ordinal += 1;
            terms.push((token.term().to_owned(), token.position as usize));
            signature.push(&token);
        });
        document.add_text(f.id, &id);
        document.add_u64(f.words, terms.len() as u64);
        let bounds: Vec<u32> = outline.passages.iter().map(|p| p.position).chain([outline.end_position]).collect();
        bounds.iter().for_each(|bound| document.add_u64(f.passages, u64::from(*bound)));
        for pair in bounds.windows(2) {
            let within = terms.iter().filter(|(_, at)| (pair[0] as usize..pair[1] as usize).contains(at));
            document.add_u64(f.passage_words, within.count() as u64);
        }
        let (mut position, mut start) = (0, 0);
        for sentence in &outline.sentences {
            let tokens = u64::from(sentence.position - position);
            document.add_u64(f.sentences, tokens << 1 | u64::from(sentence.opens_paragraph));
            document.add_u64(f.sentence_bytes, (sentence.start - start) as u64);
            (position, start) = (sentence.position, sentence.start);
        }
        signature.finish().iter().flat_map(Signature::to_words).for_each(|word| document.add_u64(f.signature, word));
        document.add_pre_tokenized_text(f.terms, tokens(terms));
        document.add_pre_tokenized_text(f.forms, tokens(forms));
        let title = Some(&article.title).filter(|title| !title.is_empty());
        let shorts = [
            (f.title, title),
            (f.byline, article.byline.as_ref()),
            (f.source, article.source.as_ref()),
            (f.url, article.url.as_ref()),
        ];
        for (field, value) in shorts {
            let Some(value) = value else { continue };
            let mut terms = Vec::new();
            tokenize(value, 0..value.len(), 0, Language::default(), &mut words, &mut |token| {
                terms.push((token.term().to_owned(), token.position as usize));
                terms.push((exact_term(token.term(), token.folded()), token.position as usize));
            });
            document.add_pre_tokenized_text(field, tokens(terms));
        }
        if let Some(published) = article.published {
            document.add_i64(f.published_day, days_since_1970(published.day));
            document.add_u64(f.published_from, published.provenance as u64);
            document.add_i64(f.published_time, days_since_1970(published.day) * 86_400);
        }
        document.add_text(f.outlet, article.source.as_deref().unwrap_or_default());
        article.section.iter().for_each(|section| document.add_text(f.section_name, section));
        article.byline.iter().for_each(|byline| document.add_text(f.byline_name, byline));
        article.language.iter().for_each(|language| document.add_text(f.language, language));
        document.add_text(f.facts, Row::of(place, &id, &article).to_json());
        document.add_text(f.text, text);
        writer.add_document(document).expect("added");
    }
    let reason = SkipReason::NoText;
    let mut document = begun(Kind::Skip, place(999), skip_version(place(999), &reason));
    document.add_text(f.reason, reason.code());
    document.add_text(f.facts, reason.to_string());
    writer.add_document(document).expect("added");
    let of_file = ArticlePlace { file: "a.jsonl", inner: "", record: 0, part: 0 };
    let mut document = begun(Kind::File, of_file, file_version("a.jsonl", &facts()));
    document.add_u64(f.file_bytes, 7);
    document.add_i64(f.file_modified, -5);
    document.add_u64(f.file_stamp, 0);
    facts().readers.iter().for_each(|reader| document.add_text(f.readers, reader));
    writer.add_document(document).expect("added");
    writer.commit().expect("committed");
    index
}

fn tokens(terms: Vec<(String, usize)>) -> PreTokenizedString {
    let token = |(text, position)| Token { text, position, position_length: 1, ..Token::default() };
    PreTokenizedString { text: String::new(), tokens: terms.into_iter().map(token).collect() }
}

/// All that can be read of an index of one segment, in lines.
fn all(index: &Index) -> Vec<String> {
    let searcher = index.reader().expect("it opens").searcher();
    let [segment] = searcher.segment_readers() else { panic!("one segment") };
    let mut lines = vec![format!("{} documents", segment.max_doc())];
    for (field, entry) in index.schema().fields().filter(|(_, entry)| entry.is_indexed()) {
        let name = entry.name();
        let inverted = segment.inverted_index(field).expect("it is indexed");
        let option = entry.field_type().index_record_option().unwrap_or(IndexRecordOption::Basic);
        let mut stream = inverted.terms().stream().expect("it is read");
        while stream.advance() {
            let mut postings = inverted.read_postings_from_terminfo(stream.value(), option).expect("it is read");
            let mut line = format!("{name} {:?} in {}:", stream.key(), stream.value().doc_freq);
            let mut positions = Vec::new();
            while postings.doc() != TERMINATED {
                postings.positions(&mut positions);
                line += &format!(" {}×{}{positions:?}", postings.doc(), postings.term_freq());
                postings.advance();
            }
            lines.push(line);
        }
        // Beside the text, a field's length is the number of its positions, which the engine cannot be told.
        if name == "terms" {
            lines.push(format!("{} tokens", inverted.total_num_tokens()));
            let norms = segment.get_fieldnorms_reader(field).expect("it has lengths");
            lines.push(format!("{:?}", (0..segment.max_doc()).map(|doc| norms.fieldnorm(doc)).collect::<Vec<_>>()));
        }
    }
    columns(index, segment, &mut lines);
    for doc in 0..segment.max_doc() {
        let stored: TantivyDocument = searcher.doc(tantivy::DocAddress::new(0, doc)).expect("it is stored");
        lines.push(tantivy::schema::document::Document::to_json(&stored, &index.schema()));
    }
    lines
}

fn columns(index: &Index, segment: &SegmentReader, lines: &mut Vec<String>) {
    for (_, entry) in index.schema().fields().filter(|(_, entry)| entry.is_fast()) {
        let found = segment.fast_fields().dynamic_column_handles(entry.name()).expect("it is read");
        for handle in found {
            let mut line = format!("{} {:?}", entry.name(), handle.column_type());
            for doc in 0..segment.max_doc() {
                match handle.open().expect("it opens") {
                    DynamicColumn::Str(column) => {
                        for ordinal in column.ords().values_for_doc(doc) {
                            let mut text = String::new();
                            column.ord_to_str(ordinal, &mut text).expect("it is read");
                            line += &format!(" {doc}={text}");
                        }
                    }
                    DynamicColumn::U64(column) => {
                        column.values_for_doc(doc).for_each(|v| line += &format!(" {doc}={v}"))
                    }
                    DynamicColumn::I64(column) => {
                        column.values_for_doc(doc).for_each(|v| line += &format!(" {doc}={v}"))
                    }
                    other => panic!("{other:?}"),
                }
            }
            lines.push(line);
        }
    }
}

#[test]
fn our_segments_read_as_the_engines() {
    let expected = all(&theirs());
    assert!(expected.iter().any(|line| line.starts_with("forms")) && expected.len() > 500, "{}", expected.len());
    for chunk in [1, 100, 1 << 20] {
        let found = all(&ours(chunk));
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(&expected) {
            assert_eq!(found, expected, "{chunk} tokens at a time");
        }
    }
}

#[test]
fn an_article_that_analysis_lost_leaves_nothing_behind() {
    let mut words = Words::default();
    let mut chunk = Chunk::default();
    let mut push = |chunk: &mut Chunk, text: &str| {
        tokenize(text, 0..text.len(), 0, Language::default(), &mut words, &mut |token| chunk.push(&token));
    };
    push(&mut chunk, "one e-mail");
    chunk.end(0);
    push(&mut chunk, "lost for ever");
    chunk.abandon();
    push(&mut chunk, "two");
    chunk.end(1);
    let mut sorter = Sorter::default();
    sorter.sort(&chunk, 1, |_| [0]);
    let places: Vec<_> = sorter.groups().flat_map(|(_, hits)| hits).map(|hit| (hit.document, hit.place)).collect();
    assert_eq!(places, [(0, 0), (0, 1), (0, 2), (0, 1), (1, 0)]);
    assert_eq!(chunk.len(), 5);
}
