//! JSON that is safe to print: control characters are written as `\uXXXX`, which means the same in JSON.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;

use super::safe::is_safe;

/// Writes a value on one line, without a line break after it.
pub(super) fn write_compact(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    write(out, &serde_json::to_string(value)?)
}

/// Writes a value with a line for each of its parts, and a line break after it.
pub(super) fn write_pretty(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    write(out, &serde_json::to_string_pretty(value)?)?;
    writeln!(out)
}

/// Writes each value on one line, followed by `end`.
pub(super) fn write_each(out: &mut dyn Write, values: impl Iterator<Item = Value>, end: &str) -> io::Result<()> {
    for value in values {
        write_compact(out, &value)?;
        out.write_all(end.as_bytes())?;
    }
    Ok(())
}

/// Writes the keys of the object `head`, then the key `list` with an array that has each value on a line of its own.
pub(super) fn write_list(
    out: &mut dyn Write,
    head: &Value,
    list: &str,
    values: impl Iterator<Item = Value>,
) -> io::Result<()> {
    let mut start = Vec::new();
    write_compact(&mut start, head)?;
    out.write_all(start.strip_suffix(b"}").unwrap_or(&start))?;
    write!(out, ",\"{list}\":[")?;
    for (number, value) in values.enumerate() {
        out.write_all(if number == 0 { b"\n" } else { b",\n" })?;
        write_compact(out, &value)?;
    }
    writeln!(out, "]}}")
}

/// The object without the keys whose value is null.
pub(super) fn without_nulls(mut object: Value) -> Value {
    if let Value::Object(keys) = &mut object {
        keys.retain(|_, value| !value.is_null());
    }
    object
}

/// One object with the keys of several, in their order.
pub(super) fn merged(objects: impl IntoIterator<Item = Value>) -> Value {
    let keys =
        objects.into_iter().filter_map(|object| if let Value::Object(keys) = object { Some(keys) } else { None });
    Value::Object(keys.flatten().collect())
}

/// Writes JSON. Unsafe characters are only in strings, except for the line breaks between parts.
fn write(out: &mut dyn Write, json: &str) -> io::Result<()> {
    let mut start = 0;
    for (at, c) in json.char_indices().filter(|(_, c)| !is_safe(*c) && *c != '\n') {
        out.write_all(&json.as_bytes()[start..at])?;
        for unit in c.encode_utf16(&mut [0; 2]) {
            write!(out, "\\u{unit:04x}")?;
        }
        start = at + c.len_utf8();
    }
    out.write_all(&json.as_bytes()[start..])
}
