//! Turns the bytes of one source file into articles: one file per format, one table [`FORMATS`], and what formats share
//! in `common`.
//!
//! A format *splits* a source file into records, which is cheap and done by one thread, and *parses* each
//! record into articles, which is dear and done by all threads. Nothing here opens a file or prints: bytes
//! come in, values go out. To add a format: a new file here, its `mod` line, its line in [`FORMATS`], and a
//! sample under `tests/fixtures/<format>/`.

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

/// Every format that is read, in the order in which equal claims are settled.
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

/// Bytes of one record that are held at once: a long article has 100 kB, a page with its scripts a few MB.
pub const RECORD_BYTES_MAX: usize = 64 << 20;

/// Bytes from the start of a source file that detection sees.
pub const SAMPLE_BYTES: usize = 16 << 10;

/// How one format is recognised, split and parsed.
#[derive(Debug)]
pub struct Format {
    /// The name on the command line and in reports.
    pub name: &'static str,
    /// What it is, for a list of formats.
    pub title: &'static str,
    /// File name extensions in lower case, without the point and without compression suffixes.
    pub extensions: &'static [&'static str],
    /// Grows when the reader gives other articles for the same bytes, so that its files are read again.
    pub version: u32,
    /// How surely a sample is of this format.
    pub detect: fn(&Sample<'_>) -> Certainty,
    /// How a source file falls into records.
    pub split: Split,
    /// Gives the articles of one record, or the reason why there is none, to the sink, in their order.
    pub parse: fn(&Record, &Context<'_>, &mut Sink<'_>),
}

impl Format {
    /// Gives the articles of one record, or the reason why there is none, to the sink, in their order.
    pub fn read(&self, record: &Record, context: &Context<'_>, sink: &mut Sink<'_>) {
        let order = match context.order {
            Order::Unknown => Order::of_rows(&record.bytes),
            known => known,
        };
        (self.parse)(record, &Context { order, ..*context }, sink);
    }
}

/// Where a parser puts what it found.
pub type Sink<'a> = dyn FnMut(Result<Article, SkipReason>) + 'a;

/// The input of a splitter, lent by whoever reads the source file.
pub type Input<'a> = Box<dyn BufRead + 'a>;

/// The records of one source file in their order. After the last usable one it ends; a record that cannot be
/// had is an `Err` and the iterator goes on where that is possible.
pub type Records<'a> = Box<dyn Iterator<Item = Result<Record, BadRecord>> + 'a>;

/// How a source file falls into records.
#[derive(Debug, Clone, Copy)]
pub enum Split {
    /// The whole file is one record; articles are numbered in the order in which they are parsed.
    Whole,
    /// The function reads the input record by record, holding no more than [`RECORD_BYTES_MAX`] at once.
    Stream(for<'a> fn(Input<'a>) -> Records<'a>),
}

/// One entry of a source file before it is read.
#[derive(Debug, Clone, Default)]
pub struct Record {
    /// Its number in the source file, from 1; for line formats the line number.
    pub number: u64,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What all records of the file need to be understood, such as the header row of a table.
    pub header: Option<Arc<[u8]>>,
}

/// A record that cannot be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRecord {
    /// Its number in the source file, from 1.
    pub number: u64,
    /// Why not.
    pub reason: SkipReason,
}

/// What is known about a record beyond its bytes.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The source file's path for people, without compression suffix; its name may hold a date.
    pub path: &'a str,
    /// The day on which the source file was last changed.
    pub modified: Option<Date>,
    /// The charset that a transport stated, such as an HTTP header; it outranks the record's own.
    pub charset: Option<&'a str>,
    /// The address from which it was fetched, when a container knows it.
    pub url: Option<&'a str>,
    /// The names of JSON and table fields.
    pub fields: &'a FieldMap,
    /// Dates after this day (and one more, for time zones) are not believed.
    pub today: Date,
    /// Which of day and month comes first in the dates of the source file, as far as that is known.
    pub order: Order,
}

/// The first bytes of a source file and its name, for detection.
#[derive(Debug, Clone, Copy)]
pub struct Sample<'a> {
    /// Up to [`SAMPLE_BYTES`] from the start, decompressed.
    pub head: &'a [u8],
    /// The extension in lower case, without compression suffixes; empty when there is none.
    pub extension: &'a str,
}

/// How surely a sample is of a format, by its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// It cannot be.
    No,
    /// Nothing speaks against it.
    Possible,
    /// It looks like it.
    Likely,
    /// It bears the format's own signature.
    Certain,
}

/// The format of a sample: the surest claim by content wins, then the extension, then the table's order.
///
/// # Errors
/// [`SkipReason::Empty`], [`SkipReason::Binary`], [`SkipReason::Unsupported`], [`SkipReason::Encrypted`] or [`SkipReason::UnknownFormat`].
pub fn detect(sample: &Sample<'_>) -> Result<&'static Format, SkipReason> {
    if sample.head.is_empty() {
        return Err(SkipReason::Empty);
    }
    let mut best: Option<(Certainty, bool, &'static Format)> = None;
    for format in FORMATS {
        let certainty = (format.detect)(sample);
        let named = format.extensions.contains(&sample.extension);
        if certainty > Certainty::No && best.is_none_or(|(c, n, _)| (certainty, named) > (c, n)) {
            best = Some((certainty, named, format));
        }
    }
    if let (None, Some(reason)) = (best, common::unread::reason(sample)) {
        return Err(reason);
    }
    match best {
        Some((_, _, format)) => Ok(format),
        None if common::charset::looks_like_text(sample.head) => Err(SkipReason::UnknownFormat),
        None if FORMATS.iter().any(|f| f.extensions.contains(&sample.extension)) => Err(SkipReason::Binary),
        None => Err(SkipReason::UnknownFormat),
    }
}

/// The format of this name.
pub fn by_name(name: &str) -> Option<&'static Format> {
    FORMATS.iter().copied().find(|f| f.name == name)
}
