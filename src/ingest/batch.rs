//! From the bytes of one source file to batches of records, and from those to articles.

use std::io::{BufRead, Cursor, Read};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::SystemTime;

use super::changes::reader_label;
use super::reading::Manner;
use crate::analysis;
use crate::article::{Article, Date, Published};
use crate::error::SkipReason;
use crate::format::{
    self, BadRecord, Context, Format, Input, Order, RECORD_BYTES_MAX, Record, SAMPLE_BYTES, Sample, Split,
};
use crate::source::{self, Entry, Extractor, Limits, SourceFile, display_path};

/// Bytes of records that make a batch: enough work for a thread, little to wait for.
const BATCH_BYTES: usize = 512 << 10;

/// Records that make a batch, however small they are.
const BATCH_RECORDS: usize = 1024;

/// Some records of one file inside a source file, with what is needed to parse them.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) entry: Arc<EntryFacts>,
    records: Vec<Result<Record, BadRecord>>,
    /// Whether these are all records of the entry and there is just one.
    single: bool,
}

/// A file inside a source file.
#[derive(Debug)]
pub(super) struct EntryFacts {
    /// The path inside a container; empty when the source file is none.
    pub(super) inner: String,
    /// Its format.
    pub(super) format: Option<&'static Format>,
    /// What read it, as the index records it: the format and its version, or the program.
    pub(super) reader: String,
    path: String,
    modified: Option<Date>,
}

/// Which article of a source file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Number {
    /// The record's number, from 1; 0 for the file itself and for its only article.
    pub(super) record: u64,
    /// Which article of the record, from 1; 0 when it has one only.
    pub(super) part: u64,
}

impl Batch {
    /// The file's path for people, with the path inside a container.
    pub(super) fn path(&self, file: &SourceFile) -> String {
        let path = display_path(&file.path);
        match self.entry.inner.as_str() {
            "" => path,
            inner => format!("{path}!/{inner}"),
        }
    }

    /// The format's name.
    pub(super) fn format(&self) -> Option<&'static str> {
        self.entry.format.map(|f| f.name)
    }

    /// Bytes of its records.
    pub(super) fn bytes(&self) -> usize {
        self.records.iter().flatten().map(|r| r.bytes.len()).sum()
    }

    /// Bytes of its largest record.
    pub(super) fn largest(&self) -> usize {
        self.records.iter().flatten().map(|r| r.bytes.len()).max().unwrap_or(0)
    }

    /// Gives the articles of the batch, or the reasons why there are none, in their order; ends between two records
    /// when `is_ending` says so.
    pub(super) fn parse(
        self,
        manner: &Manner,
        today: Date,
        is_ending: &dyn Fn() -> bool,
        sink: &mut dyn FnMut(Number, Result<Article, SkipReason>),
    ) {
        let entry = self.entry;
        for record in self.records {
            if is_ending() {
                return;
            }
            let record = match record {
                Ok(record) => record,
                Err(bad) => {
                    sink(Number { record: bad.number, part: 0 }, Err(bad.reason));
                    continue;
                }
            };
            let Some(format) = entry.format else { continue };
            let mut found = parse_record(format, &record, &entry, manner, today);
            if found.is_empty() && self.single {
                found.push(Err(SkipReason::NoText));
            }
            let several = found.len() > 1;
            for (part, outcome) in (1..).zip(found) {
                let number = match (self.single, several) {
                    (true, true) => Number { record: part, part: 0 },
                    (true, false) => Number { record: 0, part: 0 },
                    (false, true) => Number { record: record.number, part },
                    (false, false) => Number { record: record.number, part: 0 },
                };
                sink(number, outcome);
            }
        }
    }
}

/// What a record holds. A reader that panics loses its record and nothing else.
fn parse_record(
    format: &'static Format,
    record: &Record,
    entry: &EntryFacts,
    manner: &Manner,
    today: Date,
) -> Vec<Result<Article, SkipReason>> {
    let context = Context {
        path: &entry.path,
        modified: entry.modified,
        charset: None,
        url: None,
        fields: &manner.fields,
        today,
        order: Order::Unknown,
    };
    let mut found = Vec::new();
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        format.read(record, &context, &mut |outcome| {
            found.push(outcome.map(|mut article| {
                article.language = analysis::article_language(article.language.take(), &article.body);
                // Other languages than English write the day first.
                if article.language.as_deref().is_some_and(|language| language != "en") {
                    article.published = article.published.map(Published::day_first);
                }
                article
            }));
        });
    }));
    if outcome.is_err() {
        found.push(Err(SkipReason::Panicked { format: format.name }));
    }
    found
}

/// Reads a source file and calls `sink` with its batches in their order until that breaks off. Every file inside
/// gives one batch at the least; what cannot be read is a bad record 0.
pub(super) fn read(file: &SourceFile, manner: &Manner, sink: &mut dyn FnMut(Batch) -> ControlFlow<()>) {
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let _ = source::visit(file, &Limits::default(), &mut |entry| match entry {
            Entry::Skip { inner_path, reason } => sink(failed(inner_path, None, reason)),
            Entry::File { inner_path, name, input, modified, .. } => {
                let folder = file.path.parent().map(display_path).unwrap_or_default();
                let path =
                    if inner_path.is_empty() { format!("{folder}/{name}") } else { format!("{folder}/{inner_path}") };
                match manner.extractors.iter().find(|extractor| extractor.fits(&name)) {
                    Some(extractor) => {
                        // A file that lies there as it is need not be copied for the program.
                        let plain = inner_path.is_empty() && file.path.file_name().is_some_and(|n| *n == *name);
                        let text =
                            if plain { extractor.text_of(&file.path) } else { extractor.text_of_bytes(&name, input) };
                        extracted(inner_path, path, text, modified, extractor, sink)
                    }
                    None => read_entry(inner_path, &name, path, input, modified, manner, sink),
                }
            }
        });
    }));
    if outcome.is_err() {
        let _ = sink(failed(String::new(), None, SkipReason::Panicked { format: "container" }));
    }
}

fn read_entry(
    inner: String,
    name: &str,
    path: String,
    mut input: Box<dyn BufRead + Send>,
    modified: Option<SystemTime>,
    manner: &Manner,
    sink: &mut dyn FnMut(Batch) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let mut head = Vec::with_capacity(SAMPLE_BYTES);
    let read = (&mut input).take(SAMPLE_BYTES as u64).read_to_end(&mut head);
    if let (Err(error), true) = (&read, head.is_empty()) {
        return sink(failed(inner, None, source::reason(error)));
    }
    let extension = name.rsplit_once('.').map_or(String::new(), |(_, extension)| extension.to_lowercase());
    let detected = match manner.format {
        Some(format) if !head.is_empty() => Ok(format),
        _ => catch_unwind(|| format::detect(&Sample { head: &head, extension: &extension }))
            .unwrap_or(Err(SkipReason::Panicked { format: "first" })),
    };
    let format = match detected {
        Ok(format) => format,
        Err(reason) => return sink(failed(inner, None, reason)),
    };
    let reader = reader_label(Some(format));
    let entry = Arc::new(EntryFacts { inner, format: Some(format), reader, path, modified: modified.and_then(day) });
    // A read that failed inside the sample fails again for the splitter, which knows which record it was.
    let rest: Input = match read {
        Ok(_) => input,
        Err(error) => Box::new(std::io::BufReader::new(Failing(Some(error)))),
    };
    let input: Input = Box::new(Cursor::new(head).chain(rest));
    match format.split {
        Split::Whole => whole(&entry, input, sink),
        Split::Stream(split) => stream(&entry, Caught::new(format, || split(input)), sink),
    }
}

/// What a program gave of a file is plain text.
fn extracted(
    inner: String,
    path: String,
    text: Result<Vec<u8>, SkipReason>,
    modified: Option<SystemTime>,
    extractor: &Extractor,
    sink: &mut dyn FnMut(Batch) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let modified = modified.and_then(day);
    let entry = EntryFacts { inner, format: format::by_name("text"), reader: extractor.label(), path, modified };
    let record = match text {
        Ok(bytes) => Ok(Record { number: 1, bytes, header: None }),
        Err(reason) => Err(BadRecord { number: 0, reason }),
    };
    sink(Batch { entry: Arc::new(entry), records: vec![record], single: true })
}

fn whole(entry: &Arc<EntryFacts>, input: Input, sink: &mut dyn FnMut(Batch) -> ControlFlow<()>) -> ControlFlow<()> {
    let mut bytes = Vec::new();
    let limit = RECORD_BYTES_MAX as u64;
    let record = match input.take(limit + 1).read_to_end(&mut bytes) {
        Err(error) => Err(BadRecord { number: 0, reason: source::reason(&error) }),
        Ok(_) if bytes.len() > RECORD_BYTES_MAX => {
            Err(BadRecord { number: 0, reason: SkipReason::TooLarge { what: "the file", limit_bytes: limit } })
        }
        Ok(_) => Ok(Record { number: 1, bytes, header: None }),
    };
    sink(Batch { entry: Arc::clone(entry), records: vec![record], single: true })
}

fn stream(entry: &Arc<EntryFacts>, records: Caught, sink: &mut dyn FnMut(Batch) -> ControlFlow<()>) -> ControlFlow<()> {
    let mut records = records.peekable();
    let mut first = true;
    loop {
        let (mut batch, mut bytes) = (Vec::new(), 0);
        while bytes < BATCH_BYTES && batch.len() < BATCH_RECORDS {
            let Some(record) = records.next() else { break };
            bytes += record.as_ref().map_or(0, |r| r.bytes.len());
            batch.push(record);
        }
        let ends = records.peek().is_none();
        let single = first && ends && batch.len() == 1;
        if first && batch.is_empty() {
            // Inside of an archive nobody else would say that this file gave nothing.
            batch.push(Err(BadRecord { number: 0, reason: SkipReason::NoText }));
        }
        sink(Batch { entry: Arc::clone(entry), records: batch, single })?;
        first = false;
        if ends {
            return ControlFlow::Continue(());
        }
    }
}

/// The records of a splitter that may panic: in place of the one that it panicked on comes a bad record, the last.
struct Caught {
    format: &'static Format,
    /// None once it has panicked.
    records: Option<format::Records>,
    number: u64,
    ended: bool,
}

impl Caught {
    fn new(format: &'static Format, split: impl FnOnce() -> format::Records) -> Self {
        let records = catch_unwind(AssertUnwindSafe(split)).ok();
        Self { format, records, number: 0, ended: false }
    }
}

impl Iterator for Caught {
    type Item = Result<Record, BadRecord>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let record = self.records.as_mut().map(|records| catch_unwind(AssertUnwindSafe(|| records.next())));
        let record = record.and_then(Result::ok).unwrap_or_else(|| {
            // What has panicked is not asked again.
            self.records = None;
            let reason = SkipReason::Panicked { format: self.format.name };
            Some(Err(BadRecord { number: self.number + 1, reason }))
        });
        self.ended = record.is_none() || self.records.is_none();
        self.number = match &record {
            Some(Ok(record)) => record.number,
            Some(Err(bad)) => bad.number,
            None => self.number,
        };
        record
    }
}

/// A batch that says why a file cannot be read.
fn failed(inner: String, format: Option<&'static Format>, reason: SkipReason) -> Batch {
    Batch {
        entry: Arc::new(EntryFacts {
            inner,
            format,
            reader: reader_label(format),
            path: String::new(),
            modified: None,
        }),
        records: vec![Err(BadRecord { number: 0, reason })],
        single: false,
    }
}

fn day(time: SystemTime) -> Option<Date> {
    let time = jiff::Timestamp::try_from(time).ok()?;
    Some(time.to_zoned(jiff::tz::TimeZone::UTC).date())
}

/// Fails once, then ends.
struct Failing(Option<std::io::Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::{Certainty, Sink};

    /// A format of lines that panics on those with a `!`: while it splits, on `split!`; else while it parses.
    static PANICKING: Format = Format {
        name: "panicking",
        title: "",
        extensions: &[],
        version: 1,
        detect: |_| Certainty::Certain,
        split: Split::Stream(split),
        parse,
    };

    /// The same for whole files.
    static PANICKING_WHOLE: Format = Format { split: Split::Whole, ..PANICKING };

    fn split(input: Input) -> format::Records {
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

    /// What a file gives: titles, and the codes of skips with the number of their record.
    fn shown(format: &'static Format, bytes: &[u8]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.zip");
        std::fs::write(&path, bytes).unwrap();
        let manner = Manner { format: Some(format), ..Manner::default() };
        let mut shown = Vec::new();
        let file = SourceFile { path, bytes: bytes.len() as u64, modified: None, stamp: 0 };
        read(&file, &manner, &mut |batch| {
            batch.parse(&manner, jiff::civil::date(2026, 1, 1), &|| false, &mut |number, outcome| {
                shown.push(match outcome {
                    Ok(article) => article.title,
                    Err(SkipReason::Panicked { format }) => format!("!{} {format}", number.record),
                    Err(reason) => reason.code().to_owned(),
                });
            });
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
