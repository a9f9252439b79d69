//! The schema: every field of the index with its content and options, and the format version.

use tantivy::schema::{FAST, Field, IndexRecordOption, NumericOptions, STORED, Schema, TextFieldIndexing, TextOptions};

/// The current format version. It increases with every change of the schema or of analysis.
pub const FORMAT_VERSION: u32 = 3;

/// The oldest supported format version.
pub const FORMAT_VERSION_OLDEST: u32 = 3;

/// The kind of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An article.
    Article = 0,
    /// A record or source file that was not indexed, with its reason.
    Skip = 1,
    /// A source file that was read completely, with its size, times and readers.
    File = 2,
}

macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident: $kind:ident = $options:expr;)*) => {
        /// Handles of all fields.
        #[derive(Debug, Clone, Copy)]
        #[allow(dead_code, reason = "columns are written and read by their names")]
        pub(crate) struct Fields {
            $($(#[$doc])* pub(crate) $name: Field,)*
        }

        impl Fields {
            /// The schema and its handles.
            pub(crate) fn build() -> (Schema, Fields) {
                let mut builder = Schema::builder();
                $(let $name = builder.$kind(stringify!($name), $options);)*
                (builder.build(), Fields { $($name,)* })
            }
        }
    };
}

fields! {
    /// [`Kind`] as a number.
    kind: add_u64_field = number();
    /// A hash of everything the document is made of: what it is recognised and deleted by when its source file is
    /// read again.
    version: add_u64_field = number();
    /// The key of the source file, opaque here: what a file's documents are deleted by.
    file: add_text_field = value();
    /// The path inside a container.
    inner: add_text_field = FAST;
    /// The record's number in its file, from 1; 0 for the only article of a file and for what concerns all of it.
    record: add_u64_field = FAST;
    /// Which article of a record that gave several, from 1.
    part: add_u64_field = FAST;
    /// The article's identifier.
    id: add_text_field = value();
    /// Headline and body as terms with positions.
    terms: add_text_field = positions();
    /// The words of `terms` that their stems do not spell, as terms of stem and word. In the place of positions stands
    /// which of the tokens of its stem in the article each is, from 0.
    forms: add_text_field = places();
    /// The headline as terms, for queries on it alone; in this and the fields below, each word is there by its stem
    /// and alone.
    title: add_text_field = positions();
    /// The byline as terms.
    byline: add_text_field = positions();
    /// The outlet as terms.
    source: add_text_field = positions();
    /// The section as terms.
    section: add_text_field = positions();
    /// The web address as terms.
    url: add_text_field = positions();
    /// The position at which each passage starts, then the position after the last token.
    passages: add_u64_field = FAST;
    /// Words of each passage, the first with the headline's.
    passage_words: add_u64_field = FAST;
    /// Words of an article: the length that BM25 goes by, exactly. Here and above, a word is a token of `terms`.
    words: add_u64_field = FAST;
    /// Of each sentence of the body the positions from the start of the one before (of the first, from 0), times two,
    /// and one more where it opens a paragraph.
    sentences: add_u64_field = FAST;
    /// Of each sentence the bytes of the stored text from the start of the one before (of the first, from 0).
    sentence_bytes: add_u64_field = FAST;
    /// The copy signature as [`Signature::WORDS`](crate::analysis::Signature::WORDS) numbers; none of a body with a
    /// few words only.
    signature: add_u64_field = FAST;
    /// The article's text as it is shown: headline, blank line, body.
    text: add_text_field = STORED;
    /// The facts that are shown beside it, as JSON.
    facts: add_text_field = STORED;
    /// The day of publication, days since 1970-01-01.
    published_day: add_i64_field = FAST;
    /// Where that day comes from: a place in [`Provenance::ALL`](crate::article::Provenance::ALL).
    published_from: add_u64_field = FAST;
    /// The moment of publication where it is stated, seconds since 1970; midnight UTC of the day when no time is known.
    published_time: add_i64_field = FAST;
    /// The outlet as written, for counts.
    outlet: add_text_field = FAST;
    /// The language code.
    language: add_text_field = value();
    /// Size of the source file in bytes.
    file_bytes: add_u64_field = FAST;
    /// Time of modification of the source file, nanoseconds since 1970.
    file_modified: add_i64_field = FAST;
    /// A stamp of the source file that differs when it was changed or replaced, whatever its time says.
    file_stamp: add_u64_field = FAST;
    /// `name:version` of every reader that was used on the source file.
    readers: add_text_field = FAST;
    /// The code of a skip's reason.
    reason: add_text_field = FAST;
}

/// A number that documents are looked up by.
fn number() -> NumericOptions {
    NumericOptions::default().set_indexed().set_fast()
}

/// A text that documents are looked up by as a whole.
fn value() -> TextOptions {
    let whole = indexed(IndexRecordOption::Basic).set_fieldnorms(false);
    TextOptions::default().set_indexing_options(whole) | FAST
}

/// Terms with their positions, and how many there are in an article.
fn positions() -> TextOptions {
    TextOptions::default().set_indexing_options(indexed(IndexRecordOption::WithFreqsAndPositions))
}

/// Terms with their positions alone.
fn places() -> TextOptions {
    let places = indexed(IndexRecordOption::WithFreqsAndPositions).set_fieldnorms(false);
    TextOptions::default().set_indexing_options(places)
}

/// The engine is never given a text to take apart: the name of its tokenizer stands for ours.
fn indexed(option: IndexRecordOption) -> TextFieldIndexing {
    TextFieldIndexing::default().set_tokenizer("nutgraf").set_index_option(option)
}
