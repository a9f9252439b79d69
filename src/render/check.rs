//! Results of checks and repairs, as text and JSON.

use std::io::{self, Write};

use serde_json::json;

use super::JSON_SCHEMA;
use super::numbers::{bytes, counted};
use super::safe::safe;
use super::safe_json::{without_nulls, write_pretty};
use crate::index::{CheckReport, FaultKind, RepairReport};

/// Writes the result of a check.
///
/// # Errors
/// Those of `out`.
pub fn check_text(out: &mut dyn Write, report: &CheckReport) -> io::Result<()> {
    for fault in &report.faults {
        writeln!(out, "{}: {}", safe(&fault.file), safe(&fault.detail))?;
    }
    for note in &report.notes {
        writeln!(out, "note: {}", safe(note))?;
    }
    if report.unfinished > 0 {
        let files = counted(report.unfinished, "source file was", "source files were");
        writeln!(out, "note: {files} not read completely; `nutgraf index` continues")?;
    }
    let files = counted(report.files, "file", "files");
    let size = bytes(report.bytes);
    let articles = counted(report.articles, "article", "articles");
    let analysed = match report.analysed == report.articles {
        true => "all analysed again".to_owned(),
        false => format!("{} analysed again", counted(report.analysed, "of them", "of them")),
    };
    if report.faults.iter().any(|fault| fault.kind == FaultKind::Version) {
        return writeln!(out, "Not checked: the index must be rebuilt");
    }
    if report.is_sound() {
        writeln!(out, "Sound: {files} ({size}) verified; {articles}, {analysed}")
    } else {
        writeln!(out, "Index damaged: {}", counted(report.faults.len() as u64, "problem", "problems"))
    }
}

/// Writes the result of a repair, and of the check after it.
///
/// # Errors
/// Those of `out`.
pub fn repair_text(out: &mut dyn Write, report: &RepairReport) -> io::Result<()> {
    for step in &report.done {
        writeln!(out, "repaired: {}", safe(step))?;
    }
    if report.files_to_read > 0 {
        let files = counted(report.files_to_read, "source file", "source files");
        writeln!(out, "{files} to read again")?;
    }
    check_text(out, &report.after)
}

/// Writes a check, and the repair before it if any, as one object.
///
/// # Errors
/// Those of `out`.
pub fn check_json(out: &mut dyn Write, report: &CheckReport, repair: Option<&RepairReport>) -> io::Result<()> {
    let faults = report.faults.iter().map(|f| json!({ "kind": f.kind, "file": f.file, "detail": f.detail }));
    let repair = repair.map(|repair| {
        json!({
            "done": repair.done,
            "segments_dropped": repair.segments_dropped,
            "files_to_read": repair.files_to_read,
        })
    });
    let object = json!({
        "schema": JSON_SCHEMA,
        "sound": report.is_sound(),
        "faults": faults.collect::<Vec<_>>(),
        "notes": report.notes,
        "files": report.files,
        "bytes": report.bytes,
        "segments": report.segments,
        "articles": report.articles,
        "analysed": report.analysed,
        "unfinished": report.unfinished,
        "repair": repair,
    });
    write_pretty(out, &without_nulls(object))
}
