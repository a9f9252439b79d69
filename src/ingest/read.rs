//! Splits the bytes of a source file into batches of records.
//!
//! If a reader panics, the rest of its file is lost. The remaining files of an archive are still read.

use std::io::{Cursor, Read};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::SystemTime;

use super::reading::{Manner, reader_label};
use crate::article::Date;
use crate::error::SkipReason;
use crate::file_name::extension;
use crate::format::{self, BadRecord, Format, Input, RECORD_BYTES_MAX, Record, SAMPLE_BYTES, Sample, Split};
use crate::source::{self, Entry, Limits, SourceFile, display_path};

/// Bytes of records per batch: enough work for a thread, and little to wait for.
const BATCH_BYTES: usize = 512 << 10;

/// Maximum number of records per batch, for very small records.
const BATCH_RECORDS: usize = 1024;

/// A larger record takes several times its size in memory, with its article and words …
const LARGE_RECORD_BYTES: usize = 1 << 20;

/// … about this many times.
const LARGE_RECORD_FACTOR: usize = 10;

/// Records of one file inside a source file, with what is needed to parse them.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) entry: Arc<EntryFacts>,
    pub(super) records: Vec<Result<Record, BadRecord>>,
    /// Whether it is the first batch of its entry.
    pub(super) first: bool,
    /// Whether it is the only record of its entry.
    pub(super) single: bool,
}

/// A file inside a source file.
#[derive(Debug)]
pub(super) struct EntryFacts {
    /// Path inside the container; empty if the source file is not a container.
    pub(super) inner: String,
    /// Its format.
    pub(super) format: Option<&'static Format>,
    /// The reader as stored in the index: the format and its version, or the program.
    pub(super) reader: String,
    /// Path for people and for dates in names.
    pub(super) path: String,
    pub(super) modified: Option<Date>,
}

impl Batch {
    /// Total size of its records.
    pub(super) fn bytes(&self) -> usize {
        self.records.iter().flatten().map(|record| record.bytes.len()).sum()
    }

    /// Estimated memory until the batch is indexed.
    pub(super) fn weight(&self) -> usize {
        let weight = |record: &Record| match record.bytes.len() {
            bytes if bytes > LARGE_RECORD_BYTES => bytes * LARGE_RECORD_FACTOR,
            bytes => bytes,
        };
        self.records.iter().flatten().map(weight).sum()
    }
}

/// Receives batches in order, until it returns a break.
pub(super) type Sink<'s> = dyn FnMut(Batch) -> ControlFlow<()> + 's;

/// Reads a source file. Every file inside gives at least one batch; a file that cannot be read gives a bad record.
/// `on_read` is called with the number of bytes read each time.
pub(super) fn read(file: &SourceFile, manner: &Manner, on_read: &dyn Fn(u64), sink: &mut Sink<'_>) {
    let mut batches = Batches { entry: None, sink, records: Vec::new(), bytes: 0, first: true, number: 0 };
    let _ = source::visit(file, &Limits::default(), on_read, &mut |entry| match entry {
        Entry::Skip { inner_path, reason } => batches.refuse(inner_path, reason),
        Entry::File { inner_path, name, input, modified } => {
            one(file, manner, Found { inner: inner_path, name, modified: modified.and_then(day) }, input, &mut batches)
        }
    });
}

/// A file inside a source file, before its format is detected.
struct Found {
    inner: String,
    name: String,
    modified: Option<Date>,
}

fn one(
    file: &SourceFile,
    manner: &Manner,
    found: Found,
    input: Input<'_>,
    batches: &mut Batches<'_, '_>,
) -> ControlFlow<()> {
    let Found { inner, name, modified } = found;
    let folder = file.path.parent().map(display_path).unwrap_or_default();
    let path = if inner.is_empty() { format!("{folder}/{name}") } else { format!("{folder}/{inner}") };
    let mut entry = EntryFacts { inner, format: None, reader: String::new(), path, modified };
    if let Some(extractor) = manner.extractors.iter().find(|extractor| extractor.fits(&name)) {
        // A plain file need not be copied for the program.
        let plain = entry.inner.is_empty() && file.path.file_name().is_some_and(|n| *n == *name);
        let text = if plain { extractor.text_of(&file.path) } else { extractor.text_of_bytes(&name, input) };
        (entry.format, entry.reader) = (format::by_name("text"), extractor.label());
        batches.begin(entry);
        batches.push(whole(text.map(Cursor::new)))?;
        return batches.end();
    }
    // A read error in the sample comes again in the splitter, which knows the record.
    let (head, mut input) = source::peek(input, SAMPLE_BYTES);
    let format = match input.fill_buf() {
        Err(error) if head.is_empty() => Err(source::reason(&error)),
        _ => format_of(&head, &name, manner),
    };
    let format = match format {
        Ok(format) => format,
        Err(reason) => return batches.refuse(entry.inner, reason),
    };
    (entry.format, entry.reader) = (Some(format), reader_label(Some(format)));
    batches.begin(entry);
    match format.split {
        Split::Whole => batches.push(whole(Ok(input)))?,
        Split::Stream(split) => split(input).try_for_each(|record| batches.push(record))?,
    }
    batches.end()
}

fn format_of(head: &[u8], name: &str, manner: &Manner) -> Result<&'static Format, SkipReason> {
    match manner.format {
        Some(format) if !head.is_empty() => Ok(format),
        _ => {
            let extension = extension(name);
            format::detect(&Sample { head, extension: &extension })
        }
    }
}

/// Reads an input as one record.
fn whole(input: Result<impl Read, SkipReason>) -> Result<Record, BadRecord> {
    let mut bytes = Vec::new();
    let limit = RECORD_BYTES_MAX as u64;
    let read = input.and_then(|input| input.take(limit + 1).read_to_end(&mut bytes).map_err(|e| source::reason(&e)));
    match read {
        Ok(_) if bytes.len() <= RECORD_BYTES_MAX => Ok(Record { number: 1, bytes, header: None }),
        Ok(_) => Err(SkipReason::TooLarge { what: "the file", limit_bytes: limit }),
        Err(reason) => Err(reason),
    }
    .map_err(|reason| BadRecord { number: 0, reason })
}

/// Collects the records of one file after another into batches.
struct Batches<'b, 's> {
    /// The file that is being read.
    entry: Option<Arc<EntryFacts>>,
    sink: &'b mut Sink<'s>,
    records: Vec<Result<Record, BadRecord>>,
    bytes: usize,
    first: bool,
    /// The number of the last record.
    number: u64,
}

impl Batches<'_, '_> {
    fn begin(&mut self, entry: EntryFacts) {
        (self.entry, self.first, self.number) = (Some(Arc::new(entry)), true, 0);
    }

    fn push(&mut self, record: Result<Record, BadRecord>) -> ControlFlow<()> {
        if self.bytes >= BATCH_BYTES || self.records.len() >= BATCH_RECORDS {
            self.send(false)?;
        }
        self.bytes += record.as_ref().map_or(0, |record| record.bytes.len());
        self.number = record.as_ref().map_or_else(|bad| bad.number, |record| record.number);
        self.records.push(record);
        ControlFlow::Continue(())
    }

    /// Sends the remaining records. A file without records gives a skip.
    fn end(&mut self) -> ControlFlow<()> {
        if self.first && self.records.is_empty() {
            // Only here is an empty archive member reported.
            self.records.push(Err(BadRecord { number: 0, reason: SkipReason::NoText }));
        }
        let single = self.first && self.records.len() == 1;
        let sent = if self.records.is_empty() { ControlFlow::Continue(()) } else { self.send(single) };
        self.entry = None;
        sent
    }

    fn send(&mut self, single: bool) -> ControlFlow<()> {
        self.bytes = 0;
        let records = std::mem::take(&mut self.records);
        let first = std::mem::replace(&mut self.first, false);
        let Some(entry) = self.entry.clone() else { return ControlFlow::Continue(()) };
        (self.sink)(Batch { entry, records, first, single })
    }

    /// Reports a file that cannot be read. If its reader panicked, this is the record after the last one.
    fn refuse(&mut self, inner: String, reason: SkipReason) -> ControlFlow<()> {
        match self.entry.as_ref().and_then(|entry| entry.format) {
            Some(Format { name: format, .. }) => {
                self.push(Err(BadRecord { number: self.number + 1, reason: SkipReason::Panicked { format } }))?;
                self.end()
            }
            None => (self.sink)(refused(inner, reason)),
        }
    }
}

/// A batch with the reason why a file cannot be read.
pub(super) fn refused(inner: String, reason: SkipReason) -> Batch {
    let entry = EntryFacts { inner, format: None, reader: reader_label(None), path: String::new(), modified: None };
    let records = vec![Err(BadRecord { number: 0, reason })];
    Batch { entry: Arc::new(entry), records, first: true, single: false }
}

fn day(time: SystemTime) -> Option<Date> {
    let time = jiff::Timestamp::try_from(time).ok()?;
    Some(time.to_zoned(jiff::tz::TimeZone::UTC).date())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufRead as _;

    use crate::article::Article;
    use crate::format::{Certainty, Context, Sink};

    /// A format of lines that panics on `split!` while splitting, and on other lines with `!` while parsing.
    static PANICKING: Format = Format {
        name: "panicking",
        title: "",
        extensions: &[],
        version: 1,
        detect: |_| Certainty::Certain,
        split: Split::Stream(split),
        parse,
    };

    /// The same format for whole files.
    static PANICKING_WHOLE: Format = Format { split: Split::Whole, ..PANICKING };

    fn split(input: Input<'_>) -> format::Records<'_> {
        Box::new(input.lines().zip(1..).map(|(line, number)| {
            let line = line.expect("memory can be read");
            assert_ne!(line, "split!");
            Ok(Record { number, bytes: line.into_bytes(), header: None })
        }))
    }

    fn parse(record: &Record, _: &Context<'_>, sink: &mut Sink<'_>) {
        let title = String::from_utf8_lossy(&record.bytes).into_owned();
        sink(Ok(Article { title: title.clone(), ..Article::default() }));
        assert!(!title.contains('!'), "{title}");
    }

    /// The titles of the articles in a file, and the codes and record numbers of its skips.
    fn shown(format: &'static Format, bytes: &[u8]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.zip");
        std::fs::write(&path, bytes).unwrap();
        let manner = Manner { format: Some(format), ..Manner::default() };
        let mut shown = Vec::new();
        let file = SourceFile { path, bytes: bytes.len() as u64, modified: None, stamp: 0 };
        read(&file, &manner, &|_| (), &mut |batch| {
            for (number, outcome) in batch.articles(&manner, jiff::civil::date(2026, 1, 1)) {
                shown.push(match outcome {
                    Ok(article) => article.title,
                    Err(SkipReason::Panicked { format }) => format!("!{} {format}", number.record),
                    Err(reason) => reason.code().to_owned(),
                });
            }
            ControlFlow::Continue(())
        });
        shown
    }

    #[test]
    fn a_reader_that_panics_loses_what_it_panicked_on() {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for text in ["one\nbad!\ntwo", "three\nsplit!\nfour", "split!", "five"] {
            archive.start_file(text.replace('\n', "-"), zip::write::SimpleFileOptions::default()).unwrap();
            std::io::Write::write_all(&mut archive, text.as_bytes()).unwrap();
        }
        let archive = archive.finish().unwrap().into_inner();
        assert_eq!(
            shown(&PANICKING, &archive),
            ["one", "bad!", "!2 panicking", "two", "three", "!2 panicking", "!1 panicking", "five"]
        );
        assert_eq!(
            shown(&PANICKING_WHOLE, &archive),
            ["one\nbad!\ntwo", "!2 panicking", "three\nsplit!\nfour", "!2 panicking", "split!", "!2 panicking", "five"]
        );
    }
}
