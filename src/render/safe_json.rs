//! JSON that is safe to print: control characters are written as `\uXXXX`, which means the same in JSON.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter};

use super::safe::is_safe;

/// Writes a value on one line, without a line break after it.
pub(super) fn write_compact(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    write(out, value, CompactFormatter)
}

/// Writes a value with a line for each of its parts, and a line break after it.
pub(super) fn write_pretty(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    write(&mut *out, value, PrettyFormatter::new())?;
    writeln!(out)
}

fn write(out: &mut dyn Write, value: &impl Serialize, formatter: impl Formatter) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(out, Escaping(formatter));
    value.serialize(&mut serializer).map_err(io::Error::from)
}

/// A formatter that escapes more than JSON asks for.
struct Escaping<F>(F);

impl<F: Formatter> Formatter for Escaping<F> {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut start = 0;
        for (at, c) in fragment.char_indices().filter(|(_, c)| !is_safe(*c)) {
            writer.write_all(&fragment.as_bytes()[start..at])?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            start = at + c.len_utf8();
        }
        writer.write_all(&fragment.as_bytes()[start..])
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_means_the_same_and_is_safe(text in "(?s)(.|[\\x00-\\x1f\\x7f-\\u{9f}\\u{202a}-\\u{202e}]){0,40}") {
            for write in [write_compact, write_pretty] {
                let mut out = Vec::new();
                write(&mut out, &[&text]).expect("memory");
                let found = String::from_utf8(out).expect("text");
                prop_assert!(found.chars().all(|c| c == '\n' || is_safe(c)));
                prop_assert_eq!(serde_json::from_str::<Vec<String>>(&found).expect("JSON"), vec![text.clone()]);
            }
        }
    }
}
