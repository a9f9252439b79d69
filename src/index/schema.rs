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
        /// The handles of all fields.
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
    /// A hash of the whole content of the document, by which it is recognised and deleted when its source file is read
    /// again.
    version: add_u64_field = number();
    /// Key of the source file, by which the documents of a file are deleted.
    file: add_text_field = value();
    /// Path inside the container.
    inner: add_text_field = FAST;
    /// The record's number in its file, from 1; 0 for the only article of a file and for what concerns all of it.
    record: add_u64_field = FAST;
    /// Number of the article in a record with several, from 1.
    part: add_u64_field = FAST;
    /// Id of the article.
    id: add_text_field = value();
    /// Headline and body as terms with positions.
    terms: add_text_field = positions();
    /// The words of `terms` that their stems do not spell, as terms of stem and word. Instead of positions, it has the
    /// index of each token among the tokens of its stem in the article, from 0.
    forms: add_text_field = places();
    /// The headline as terms, for queries on it alone. In this and the fields below, each word is indexed by its stem
    /// and unstemmed.
    title: add_text_field = positions();
    /// The byline as terms.
    byline: add_text_field = positions();
    /// The outlet as terms.
    source: add_text_field = positions();
    /// The section as terms.
    section: add_text_field = positions();
    /// The URL as terms.
    url: add_text_field = positions();
    /// The start position of each passage, then the position after the last token.
    passages: add_u64_field = FAST;
    /// The number of words of each passage; the first includes the headline.
    passage_words: add_u64_field = FAST;
    /// The number of words of an article, for BM25. Here and above, a word is a token of `terms`.
    words: add_u64_field = FAST;
    /// For each sentence of the body, the distance in positions from the start of the previous one (for the first, from
    /// 0), times two, plus one if it opens a paragraph.
    sentences: add_u64_field = FAST;
    /// For each sentence, the distance in bytes of the stored text from the start of the previous one (for the first,
    /// from 0).
    sentence_bytes: add_u64_field = FAST;
    /// The copy signature as [`Signature::WORDS`](crate::analysis::Signature::WORDS) numbers; none for a very short
    /// body.
    signature: add_u64_field = FAST;
    /// The text of the article as displayed: headline, blank line, body.
    text: add_text_field = STORED;
    /// The metadata displayed with it, as JSON.
    facts: add_text_field = STORED;
    /// Day of publication, in days since 1970-01-01.
    published_day: add_i64_field = FAST;
    /// Provenance of that day, as an index in [`Provenance::ALL`](crate::article::Provenance::ALL).
    published_from: add_u64_field = FAST;
    /// The moment of publication where it is stated, seconds since 1970; midnight UTC of the day when no time is known.
    published_time: add_i64_field = FAST;
    /// Outlet as written, for counts.
    outlet: add_text_field = FAST;
    /// Section as written, for counts.
    section_name: add_text_field = FAST;
    /// Byline as written, for counts.
    byline_name: add_text_field = FAST;
    /// Language code.
    language: add_text_field = value();
    /// Size of the source file in bytes.
    file_bytes: add_u64_field = FAST;
    /// Modification time of the source file, in nanoseconds since 1970.
    file_modified: add_i64_field = FAST;
    /// Changes whenever the source file is changed or replaced, even if its modification time does not.
    file_stamp: add_u64_field = FAST;
    /// `name:version` of every reader that was used on the source file.
    readers: add_text_field = FAST;
    /// Code of the skip reason.
    reason: add_text_field = FAST;
}

/// A number for lookups.
fn number() -> NumericOptions {
    NumericOptions::default().set_indexed().set_fast()
}

/// A text for lookups as a whole.
fn value() -> TextOptions {
    let whole = indexed(IndexRecordOption::Basic).set_fieldnorms(false);
    TextOptions::default().set_indexing_options(whole) | FAST
}

/// Terms with positions, and the number of terms of a document.
fn positions() -> TextOptions {
    TextOptions::default().set_indexing_options(indexed(IndexRecordOption::WithFreqsAndPositions))
}

/// Terms with positions, without the number of terms.
fn places() -> TextOptions {
    let places = indexed(IndexRecordOption::WithFreqsAndPositions).set_fieldnorms(false);
    TextOptions::default().set_indexing_options(places)
}

/// Tantivy never tokenizes text: tokens are provided, and the tokenizer name is a placeholder.
fn indexed(option: IndexRecordOption) -> TextFieldIndexing {
    TextFieldIndexing::default().set_tokenizer("nutgraf").set_index_option(option)
}
