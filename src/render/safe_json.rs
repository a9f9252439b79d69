//! JSON that is safe to print: control characters are written as `\uXXXX`, which means the same in JSON.

use std::io::{self, Write};

use serde::Serialize;

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

/// Writes JSON. What is unsafe in it stands in strings, except the line breaks between parts.
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
