//! Tables: comma-separated values (RFC 4180), and variants with semicolons, tabs or bars, with an article per row.
//!
//! Owns row boundaries, including line ends in quotation marks, and the detection of the separator. The names of
//! columns are interpreted in `record_fields`; a table without names in its first row is not supported.

use std::borrow::Cow;
use std::sync::LazyLock;

use memchr::{memchr, memchr2};

use super::common::charset;
use super::common::dates::Order;
use super::common::lookahead::Lookahead;
use super::common::record_fields::{self, Defaults, FieldMap, Node};
use super::common::split::{self, Taken, take_until};
use super::{BadRecord, Certainty, Context, Format, Input, Record, Records, Sample, Sink, Split};
use crate::error::SkipReason;

/// Tables.
pub(super) const FORMAT: Format = Format {
    name: "csv",
    title: "tables with a row of names: CSV, TSV",
    extensions: &["csv", "tsv", "tab", "psv"],
    version: 3,
    detect,
    split: Split::Stream(rows),
    parse,
};

/// Column separators; of equally frequent ones, the first.
const SEPARATORS: [u8; 4] = [b',', b'\t', b';', b'|'];

/// Number of bytes of the first row examined for the separator.
const FIRST_ROW_BYTES_MAX: usize = 64 << 10;

/// Maximum number of recoveries from unclosed quotation marks, each of which reads the rest of the table again.
const RECOVERIES_MAX: u32 = 16;

fn detect(sample: &Sample<'_>) -> Certainty {
    static NAMES: LazyLock<FieldMap> = LazyLock::new(FieldMap::default);
    if !charset::looks_like_text(sample.head) {
        return Certainty::No;
    }
    let named = FORMAT.extensions.contains(&sample.extension);
    let text = charset::decode(sample.head, None, None);
    let first = first_row(text.trim_start().as_bytes());
    let separator = separator(first);
    let first = String::from_utf8_lossy(first);
    let columns = || first.split(char::from(separator)).map(|name| name.trim().trim_matches('"'));
    let known = columns().filter(|name| NAMES.knows(name)).count();
    let of_text = columns().any(|name| NAMES.names_text(name));
    // Prose that happens to have commas and such words also has other words.
    let mostly = known >= 3 && known * 2 >= columns().count();
    if of_text && known >= 2 && (named || mostly) {
        Certainty::Likely
    } else if named {
        Certainty::Possible
    } else {
        Certainty::No
    }
}

fn first_row(bytes: &[u8]) -> &[u8] {
    let bytes = &bytes[..bytes.len().min(FIRST_ROW_BYTES_MAX)];
    &bytes[..memchr(b'\n', bytes).unwrap_or(bytes.len())]
}

/// The most frequent separator in the first row, outside quotation marks.
fn separator(row: &[u8]) -> u8 {
    let mut counts = [0usize; SEPARATORS.len()];
    let mut quoted = false;
    for &byte in row {
        quoted ^= byte == b'"';
        if let Some(at) = SEPARATORS.iter().position(|&sign| sign == byte).filter(|_| !quoted) {
            counts[at] += 1;
        }
    }
    let most = counts.iter().copied().max().unwrap_or(0);
    SEPARATORS.into_iter().zip(counts).find(|&(_, count)| count == most).map_or(b',', |(sign, _)| sign)
}

/// The rows of a table, numbered from 1 after the row of names. The header of their records is the dialect in three
/// bytes, followed by that row.
fn rows(input: Input<'_>) -> Records<'_> {
    let mut input = split::text(input);
    let dialect = Dialect::of(input.peek(split::AHEAD_BYTES));
    let mut rows = Rows { dialect, columns: 0, recoveries: RECOVERIES_MAX };
    let names = loop {
        rows.dialect.separator = separator(first_row(input.peek(FIRST_ROW_BYTES_MAX)));
        match rows.next(&mut input) {
            // Spreadsheet programs write the separator on a separate first line.
            Ok(Some(row)) if row.starts_with(b"sep=") => {}
            Ok(row) => break row.unwrap_or_default(),
            Err(reason) => return Box::new(std::iter::once(Err(BadRecord { number: 1, reason }))),
        }
    };
    rows.columns = fields(&String::from_utf8_lossy(&names), rows.dialect).len();
    let header = [&[rows.dialect.separator, u8::from(dialect.escapes), dialect.order as u8], &*names].concat();
    split::records(input, Some(header.into()), move |input| rows.next(input))
}

/// The dialect of a table.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Dialect {
    separator: u8,
    /// Whether a quotation mark in a quoted value is written `\"`, as by databases, rather than doubled.
    escapes: bool,
    /// The order of day and month.
    order: Order,
}

impl Dialect {
    /// The dialect of a table with these first bytes.
    fn of(head: &[u8]) -> Self {
        let separator = separator(first_row(head));
        let escapes = memchr::memmem::find_iter(head, b"\\\"").any(|at| {
            let before = head[..at].iter().rev().take_while(|&&b| b == b'\\').count();
            let after = head.get(at + 2).copied().unwrap_or(b'\n');
            before % 2 == 0 && after != separator && !matches!(after, b'"' | b'\r' | b'\n')
        });
        Self { separator, escapes, order: Order::of_rows(head) }
    }

    /// The dialect and the row of names in the header of a record.
    fn of_header(header: Option<&[u8]>) -> (Self, &[u8]) {
        match header {
            Some([separator, escapes, order, names @ ..]) => {
                (Self { separator: *separator, escapes: *escapes == 1, order: Order::of_byte(*order) }, names)
            }
            _ => (Self::default(), &[]),
        }
    }
}

impl Default for Dialect {
    fn default() -> Self {
        Self { separator: b',', escapes: false, order: Order::Unknown }
    }
}

struct Rows {
    dialect: Dialect,
    /// Number of names; 0 until they are read.
    columns: usize,
    /// Number of recoveries from unclosed quotation marks that are left.
    recoveries: u32,
}

impl Rows {
    /// Consumes blank rows, which are not counted, and a row.
    fn next(&mut self, input: &mut Lookahead<'_>) -> Taken {
        while !input.at_end() {
            let mut inside = Inside::FieldStart;
            let (mut row, whole) = take_until(input, |chunk| scan(chunk, self.dialect, &mut inside))?;
            if whole {
                row.pop();
            } else if inside == Inside::Quotes {
                return Err(self.recover(input, &row));
            }
            if !row.trim_ascii().is_empty() {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }

    /// Continues after the first line of a row with an unclosed quotation mark, if a row follows that line. Otherwise
    /// the input is truncated within the row.
    fn recover(&mut self, input: &mut Lookahead<'_>, row: &[u8]) -> SkipReason {
        let detail = "a quotation mark is not closed".to_owned();
        let rest = memchr(b'\n', row).map_or(&[][..], |end| &row[end + 1..]);
        let columns = fields(&String::from_utf8_lossy(first_row(rest)), self.dialect).len();
        if self.recoveries == 0 || self.columns < 2 || columns != self.columns {
            return SkipReason::Truncated(detail);
        }
        self.recoveries -= 1;
        input.unread(rest.to_vec());
        SkipReason::Malformed { format: FORMAT.name, detail }
    }
}

/// The state of a scan within a row.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    FieldStart,
    Field,
    Quotes,
    /// After a quotation mark that ends the value or, if doubled, does not.
    QuoteEnd,
    /// After a backslash within quotation marks.
    Escape,
}

/// The number of bytes up to the line end after the row, if it is in this chunk.
fn scan(chunk: &[u8], dialect: Dialect, inside: &mut Inside) -> Option<usize> {
    let mut at = 0;
    while let Some(&byte) = chunk.get(at) {
        if *inside == Inside::Quotes {
            let rest = &chunk[at..];
            at += if dialect.escapes { memchr2(b'"', b'\\', rest) } else { memchr(b'"', rest) }?;
            *inside = if chunk[at] == b'"' { Inside::QuoteEnd } else { Inside::Escape };
        } else if *inside == Inside::Escape {
            *inside = Inside::Quotes;
        } else {
            *inside = match byte {
                b'\n' => return Some(at + 1),
                b'"' if matches!(inside, Inside::FieldStart | Inside::QuoteEnd) => Inside::Quotes,
                byte if byte == dialect.separator => Inside::FieldStart,
                _ => Inside::Field,
            };
        }
        at += 1;
    }
    None
}

fn parse(record: &Record, context: &Context<'_>, sink: &mut Sink<'_>) {
    let (dialect, names) = Dialect::of_header(record.header.as_deref());
    let names = charset::decode(names, context.charset, None);
    let names = fields(&names, dialect);
    if !names.iter().any(|name| context.fields.names_text(name.trim())) {
        // This holds for every row, so it is reported once.
        if record.number == 1 {
            let detail = "no column is named as a headline or a text".into();
            sink(Err(SkipReason::Malformed { format: FORMAT.name, detail }));
        }
        return;
    }
    let row = charset::decode(&record.bytes, context.charset, None);
    let mut values = fields(&row, dialect);
    if names.len() < values.len() {
        // Text with separators but without quotation marks gives too many columns.
        let rest = values.split_off(names.len().saturating_sub(1));
        values.push(Cow::Owned(rest.join(&*char::from(dialect.separator).to_string())));
    }
    let pairs = names.iter().zip(values);
    let pairs = pairs.map(|(name, value)| (Cow::Borrowed(name.trim()), Node::Text(value)));
    let context = &Context { order: dialect.order.or(context.order), ..*context };
    sink(record_fields::from_node(&Node::Map(pairs.collect()), &Defaults::default(), context));
}

/// The values of a row without their quotation marks.
fn fields(row: &str, dialect: Dialect) -> Vec<Cow<'_, str>> {
    let row = row.trim_end_matches(['\r', '\n']);
    let (mut fields, mut rest) = (Vec::with_capacity(16), Some(row));
    while let Some(text) = rest {
        let (field, after) = match text.strip_prefix('"') {
            Some(quoted) => unquoted(quoted, dialect),
            None => match memchr(dialect.separator, text.as_bytes()) {
                Some(end) => (Cow::Borrowed(&text[..end]), Some(&text[end + 1..])),
                None => (Cow::Borrowed(text), None),
            },
        };
        fields.push(field);
        rest = after;
    }
    fields
}

/// The value after its first quotation mark, and the row after the following separator. Doubled marks inside represent
/// one, and so do escaped marks if the dialect has them; anything after the last mark is kept.
fn unquoted(text: &str, dialect: Dialect) -> (Cow<'_, str>, Option<&str>) {
    let bytes = text.as_bytes();
    let mut value = Cow::Borrowed("");
    let mut push = |part| if value.is_empty() { value = Cow::Borrowed(part) } else { value += part };
    let mut from = 0;
    let next = |from: usize| {
        let rest = bytes.get(from..).unwrap_or_default();
        let mark = if dialect.escapes { memchr2(b'"', b'\\', rest) } else { memchr(b'"', rest) };
        mark.map(|at| from + at)
    };
    while let Some(mark) = next(from) {
        let after = bytes.get(mark + 1);
        push(&text[from..mark]);
        if bytes[mark] == b'\\' {
            let (meant, length) = match after {
                Some(b'n') => ("\n", 2),
                Some(b't') => ("\t", 2),
                Some(b'r') => ("", 2),
                Some(b'"' | b'\\' | b'\'' | b'/') => (&text[mark + 1..mark + 2], 2),
                _ => ("\\", 1),
            };
            push(meant);
            from = mark + length;
        } else if after == Some(&b'"') {
            push("\"");
            from = mark + 2;
        } else {
            from = mark + 1;
            let end = memchr(dialect.separator, &bytes[from..]).map_or(text.len(), |at| from + at);
            push(&text[from..end]);
            return (value, text.get(end + 1..));
        }
    }
    push(text.get(from..).unwrap_or_default());
    (value, None)
}

#[cfg(test)]
mod tests {
    use super::super::common::split::tests::{input, shown};
    use super::*;

    #[test]
    fn rows_are_split_outside_of_quotation_marks() {
        for (table, expected) in [
            ("", vec![]),
            ("a,b\n", vec![]),
            ("\u{feff}a,b\r\n1,2\r\n\r\n3,4", vec!["1 1,2\r", "2 3,4"]),
            ("a;b\n\"x\n\"\"y\"\"\";2\n3;4\n", vec!["1 \"x\n\"\"y\"\"\";2", "2 3;4"]),
            ("a\tb\n5\" pipe\t2\n3\t4\n", vec!["1 5\" pipe\t2", "2 3\t4"]),
            ("sep=|\na|b\n1|2", vec!["1 1|2"]),
            ("a,b\n1,\"never closed\n3,4\n", vec!["1 !malformed", "2 3,4"]),
            ("a,b\n1,\"cut inside of\na text", vec!["1 !truncated"]),
        ] {
            assert_eq!(shown(rows(input(table.as_bytes(), None))), expected, "{table:?}");
        }
        let error = std::io::ErrorKind::UnexpectedEof.into();
        assert_eq!(shown(rows(input(b"a,b\n1,2\n3", Some(error)))), ["1 1,2", "2 !truncated"]);
    }

    #[test]
    fn tables_are_known_by_their_names() {
        for (text, extension, expected) in [
            ("id,title,text,date\n1,a,b,2020-01-01", "csv", Certainty::Likely),
            ("Title;Body;Published Date\n", "txt", Certainty::Likely),
            ("x,y\n1,2", "csv", Certainty::Possible),
            ("x,y\n1,2", "", Certainty::No),
            ("Text, title and date of the contract were kept secret, the source said", "txt", Certainty::No),
            ("\0\0", "csv", Certainty::No),
        ] {
            assert_eq!(detect(&Sample { head: text.as_bytes(), extension }), expected, "{text}");
        }
    }

    #[test]
    fn values_lose_their_quotation_marks() {
        for (row, expected) in [
            ("a,b", "a|b"),
            ("", ""),
            (",", "|"),
            ("\"a, \"\"b\"\"\",c\r", "a, \"b\"|c"),
            ("\"\",\"x\"y,z", "|xy|z"),
            ("5\" pipe,\"open", "5\" pipe|open"),
            ("\"\"\"\"", "\""),
            ("é,\"ü\"", "é|ü"),
        ] {
            let dialect = Dialect::default();
            assert_eq!(fields(row, dialect).join("|"), expected, "{row}");
        }
    }

    #[test]
    fn ragged_rows_are_read() {
        let fields = FieldMap::default();
        let today = crate::article::Date::constant(2026, 1, 1);
        let context = Context {
            path: "",
            modified: None,
            charset: None,
            url: None,
            fields: &fields,
            today,
            order: crate::format::Order::Unknown,
        };
        for (table, expected) in [
            ("title,date,body\nT,2020-01-01,one, two, three", "T|one, two, three"),
            ("title,body,date\nT,B", "T|B"),
            ("x,y\n1,2", "malformed"),
        ] {
            let record = rows(input(table.as_bytes(), None)).next().and_then(Result::ok).expect("a row");
            let mut shown = Vec::new();
            parse(&record, &context, &mut |found| {
                shown.push(match found {
                    Ok(article) => format!("{}|{}", article.title, article.body),
                    Err(reason) => reason.code().to_owned(),
                });
            });
            assert_eq!(shown, [expected], "{table}");
        }
    }

    #[test]
    fn escaped_quotation_marks_are_read_where_a_table_has_them() {
        for (table, row) in [
            ("t,b\n\"a \\\"x\\\" c\",\"d,\\\"\ne\\\\\"\n", vec!["a \"x\" c", "d,\"\ne\\"]),
            ("t,b\n\"C:\\dir\\\",\"a \"\"x\"\" c\"\n", vec!["C:\\dir\\", "a \"x\" c"]),
            ("t;b\n\"a\";\"b\\nc \\\"d\\\".\"\n", vec!["a", "b\nc \"d\"."]),
        ] {
            let record = rows(input(table.as_bytes(), None)).next().unwrap().unwrap();
            let (dialect, _) = Dialect::of_header(record.header.as_deref());
            assert_eq!(fields(&String::from_utf8(record.bytes).unwrap(), dialect), row, "{table}");
        }
    }
}
