//! What was not indexed, in every form.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::ink::{Ink, paint};
use super::listing::{Listing, Rows};
use super::safe::safe;
use super::safe_json::write_list;
use super::{JSON_SCHEMA, Style};
use crate::index::SkipRow;

/// Skips, and the number of all skips.
#[derive(Debug, Clone, Copy)]
pub struct SkipList<'a> {
    /// The listed skips.
    pub skips: &'a [SkipRow],
    /// Number of all skips.
    pub total: usize,
}

impl Listing for SkipList<'_> {
    /// Writes a line for each skip: location and reason.
    fn text(&self, out: &mut dyn Write, style: &Style) -> io::Result<()> {
        for skip in self.skips {
            let inner = if skip.inner.is_empty() { String::new() } else { format!("!/{}", skip.inner) };
            let record = if skip.record == 0 { String::new() } else { format!("#{}", skip.record) };
            paint(out, &safe(&format!("{}{inner}{record}", skip.file)), Ink::Bold, style.color)?;
            writeln!(out, ": {}", safe(&skip.detail))?;
        }
        Ok(())
    }

    /// Writes an object with the keys `schema`, `total` and `skips`; each skip is on a line of its own.
    fn json(&self, out: &mut dyn Write) -> io::Result<()> {
        write_list(out, &json!({ "schema": JSON_SCHEMA, "total": self.total }), "skips", self.rows())
    }

    fn rows(&self) -> Rows<'_> {
        Box::new(self.skips.iter().map(row))
    }

    fn header(&self) -> Vec<String> {
        ["file", "inner", "record", "reason", "detail"].map(str::to_owned).to_vec()
    }
}

fn row(SkipRow { file, inner, record, code, detail }: &SkipRow) -> Value {
    match inner.as_str() {
        "" => json!({ "file": file, "record": record, "reason": code, "detail": detail }),
        _ => json!({ "file": file, "inner": inner, "record": record, "reason": code, "detail": detail }),
    }
}
