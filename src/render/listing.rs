//! Lists in every form: text, one JSON object, a JSON object for each row, CSV.

use std::io::{self, Write};

use serde_json::Value;

use super::Style;
use super::csv::write_csv;
use super::safe_json::write_each;

/// The rows of a list, as JSON objects.
pub type Rows<'a> = Box<dyn Iterator<Item = Value> + 'a>;

/// A list that can be written in every form.
pub trait Listing {
    /// Writes it as text for people.
    ///
    /// # Errors
    /// Those of `out`.
    fn text(&self, out: &mut dyn Write, style: &Style) -> io::Result<()>;

    /// Writes it as one JSON object.
    ///
    /// # Errors
    /// Those of `out`.
    fn json(&self, out: &mut dyn Write) -> io::Result<()>;

    /// Its rows.
    fn rows(&self) -> Rows<'_>;

    /// The header of the CSV table, which names the keys of [`Listing::cells`].
    fn header(&self) -> Vec<String>;

    /// The rows of the CSV table.
    fn cells(&self) -> Rows<'_> {
        self.rows()
    }

    /// Writes a JSON object for each row and line.
    ///
    /// # Errors
    /// Those of `out`.
    fn jsonl(&self, out: &mut dyn Write) -> io::Result<()> {
        write_each(out, self.rows(), "\n")
    }

    /// Writes a header row and its rows as CSV.
    ///
    /// # Errors
    /// Those of `out`.
    fn csv(&self, out: &mut dyn Write) -> io::Result<()> {
        let header = self.header();
        let cell = |value: Option<&Value>| match value {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(value) => value.to_string(),
        };
        let rows = self.cells().map(|row| header.iter().map(|key| cell(row.get(key))).collect());
        write_csv(out, &header, rows)
    }
}
