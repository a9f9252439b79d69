//! Tables of aligned columns.

use std::io::{self, Write};

use super::wrap::columns;

/// Writes rows with their columns aligned: the first to the left, the others to the right.
pub(super) fn aligned(out: &mut dyn Write, rows: &[Vec<String>]) -> io::Result<()> {
    let cells = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |at: usize| rows.iter().filter_map(|row| row.get(at)).map(|cell| columns(cell)).max().unwrap_or(0);
    let widths: Vec<usize> = (0..cells).map(width).collect();
    for row in rows {
        for (at, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let blanks = " ".repeat(width - columns(cell));
            match at {
                0 => write!(out, "{cell}{blanks}")?,
                _ => write!(out, "  {blanks}{cell}")?,
            }
        }
        writeln!(out)?;
    }
    Ok(())
}
