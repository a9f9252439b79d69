//! Converts the bytes of a source file to articles: one module per format, one table [`FORMATS`], and shared code in
//! `common`.
//!
//! A format *splits* a source file into records, which is cheap and done by one thread, and *parses* each record into
//! articles, which is expensive and done by all threads. This module neither opens files nor prints. To add a format,
//! add a module here, its `mod` line, its line in [`FORMATS`], and a sample in `tests/fixtures/<format>/`.

mod anpa;
mod arc;
mod common;
mod csv;
mod docx;
mod eml;
mod epub;
mod europresse;
mod factiva;
mod feed;
mod html;
mod json;
mod jsonl;
mod lexisnexis;
mod markdown;
mod mbox;
mod mhtml;
mod newsml;
mod ninjs;
mod nitf;
mod odt;
mod other_xml;
#[cfg(feature = "pdf")]
mod pdf;
mod proquest;
mod reuters;
mod rtf;
mod text;
mod trec;
mod wacz;
mod warc;
mod wxr;

use std::io::BufRead;
use std::sync::Arc;

use crate::article::{Article, Date};
use crate::error::SkipReason;

pub use common::dates::Order;
pub use common::record_fields::FieldMap;

/// All formats. Of equally certain ones, the first is detected.
pub const FORMATS: &[&Format] = &[
    &warc::FORMAT,
    &arc::FORMAT,
    &wacz::FORMAT,
    &epub::FORMAT,
    &docx::FORMAT,
    &odt::FORMAT,
    #[cfg(feature = "pdf")]
    &pdf::FORMAT,
    &rtf::FORMAT,
    &eml::FORMAT,
    &mbox::FORMAT,
    &mhtml::FORMAT,
    &nitf::FORMAT,
    &newsml::FORMAT,
    &ninjs::FORMAT,
    &wxr::FORMAT,
    &feed::FORMAT,
    &reuters::FORMAT,
    &trec::FORMAT,
    &lexisnexis::FORMAT,
    &factiva::FORMAT,
    &proquest::FORMAT,
    &europresse::FORMAT,
    &anpa::FORMAT,
    &html::FORMAT,
    &jsonl::FORMAT,
    &json::FORMAT,
    &csv::FORMAT,
    &markdown::FORMAT,
    &other_xml::FORMAT,
    &text::FORMAT,
];

/// Maximum size of a record in memory. A long article has 100 kB, a page with scripts a few MB.
pub const RECORD_BYTES_MAX: usize = 64 << 20;

/// Number of bytes at the start of a source file that are used for detection.
pub const SAMPLE_BYTES: usize = 16 << 10;

/// How to recognise, split and parse a format.
#[derive(Debug)]
pub struct Format {
    /// Name on the command line and in reports.
    pub name: &'static str,
    /// Description for the list of formats.
    pub title: &'static str,
    /// File extensions in lower case, without the dot and without compression suffixes.
    pub extensions: &'static [&'static str],
    /// Increased when the reader gives different articles for the same bytes, so that files are read again.
    pub version: u32,
    /// The certainty that a sample is of this format.
    pub detect: fn(&Sample<'_>) -> Certainty,
    /// How to split a source file into records.
    pub split: Split,
    /// Sends the articles of a record, or skip reasons, to the sink in order.
    pub parse: fn(&Record, &Context<'_>, &mut Sink<'_>),
}

impl Format {
    /// Sends the articles of a record, or skip reasons, to the sink in order.
    pub fn read(&self, record: &Record, context: &Context<'_>, sink: &mut Sink<'_>) {
        let order = match context.order {
            Order::Unknown => Order::of_rows(&record.bytes),
            known => known,
        };
        (self.parse)(record, &Context { order, ..*context }, sink);
    }
}

/// Receives the results of a parser.
pub type Sink<'a> = dyn FnMut(Result<Article, SkipReason>) + 'a;

/// The input of a splitter, borrowed from the reader of the source file.
pub type Input<'a> = Box<dyn BufRead + 'a>;

/// The records of a source file in order. A record that cannot be read is an `Err`, after which the iterator continues
/// if possible.
pub type Records<'a> = Box<dyn Iterator<Item = Result<Record, BadRecord>> + 'a>;

/// How to split a source file into records.
#[derive(Debug, Clone, Copy)]
pub enum Split {
    /// The whole file is one record. Its articles are numbered in order.
    Whole,
    /// A function that reads records from the input, with at most [`RECORD_BYTES_MAX`] in memory.
    Stream(for<'a> fn(Input<'a>) -> Records<'a>),
}

/// A record of a source file before parsing.
#[derive(Debug, Clone, Default)]
pub struct Record {
    /// Number in the source file, from 1; for line formats, the line number.
    pub number: u64,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Data needed by all records of the file, such as the header row of a table.
    pub header: Option<Arc<[u8]>>,
}

/// A record that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRecord {
    /// Number in the source file, from 1.
    pub number: u64,
    /// The reason.
    pub reason: SkipReason,
}

/// The context of a record.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Path of the source file for display, without compression suffix; its name may contain a date.
    pub path: &'a str,
    /// Day of the last modification of the source file.
    pub modified: Option<Date>,
    /// Charset stated by a transport, such as an HTTP header. It takes precedence over that of the record.
    pub charset: Option<&'a str>,
    /// URL from which it was fetched, if a container has it.
    pub url: Option<&'a str>,
    /// Names of JSON and table fields.
    pub fields: &'a FieldMap,
    /// Dates later than one day after this are rejected.
    pub today: Date,
    /// Order of day and month in the dates of the source file, as far as known.
    pub order: Order,
}

/// The first bytes of a source file and its extension, for detection.
#[derive(Debug, Clone, Copy)]
pub struct Sample<'a> {
    /// Up to [`SAMPLE_BYTES`] from the start, decompressed.
    pub head: &'a [u8],
    /// Extension in lower case, without compression suffixes; empty if there is none.
    pub extension: &'a str,
}

/// The certainty that a sample is of a format, by its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// Impossible.
    No,
    /// Possible.
    Possible,
    /// Likely.
    Likely,
    /// It has the signature of the format.
    Certain,
}

/// Detects the format of a sample: the highest certainty by content, then the extension, then the order of the table.
///
/// # Errors
/// [`SkipReason::Empty`], [`SkipReason::Binary`], [`SkipReason::Unsupported`], [`SkipReason::Encrypted`] or
/// [`SkipReason::UnknownFormat`].
pub fn detect(sample: &Sample<'_>) -> Result<&'static Format, SkipReason> {
    if sample.head.is_empty() {
        return Err(SkipReason::Empty);
    }
    let is_named = |format: &Format| format.extensions.contains(&sample.extension);
    let claims = FORMATS.iter().rev().map(|format| ((format.detect)(sample), is_named(format), *format));
    let best = claims.filter(|(certainty, ..)| *certainty > Certainty::No).max_by_key(|claim| (claim.0, claim.1));
    if let Some((.., format)) = best {
        return Ok(format);
    }
    let is_binary = FORMATS.iter().any(|format| is_named(format)) && !common::charset::looks_like_text(sample.head);
    let reason = if is_binary { SkipReason::Binary } else { SkipReason::UnknownFormat };
    Err(common::unread::reason(sample).unwrap_or(reason))
}

/// The format with this name.
pub fn by_name(name: &str) -> Option<&'static Format> {
    FORMATS.iter().copied().find(|f| f.name == name)
}
