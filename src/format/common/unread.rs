//! Office formats that are not supported, and what they can be saved as.
//!
//! Recognises them by signature and name, so that the skip reason is helpful.

use super::zipped;
use crate::error::SkipReason;
use crate::format::Sample;

/// Signature of the container of Office documents before 2007, and of encrypted documents since.
pub(crate) const COMPOUND_FILE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// Extensions, descriptions, and the extension of a supported format in which their programs can save.
const KINDS: [(&[&str], &str, &str); 4] = [
    (&["doc", "dot", "wps", "pages", "docx", "docm", "dotx"], "Word documents of before 2007", ".docx"),
    (&["msg", "oft"], "Outlook messages", ".eml"),
    (&["ppt", "pps", "pot", "pptx", "ppsx", "pptm", "odp", "key"], "slides", ".pdf"),
    (&["xls", "xlt", "xlsx", "xlsm", "xlsb", "ods", "numbers"], "spreadsheets", ".csv"),
];

/// Names of zip entries or compound file streams for each kind.
const MARKS: [(&str, usize); 9] = [
    ("ppt/", 2),
    ("application/vnd.oasis.opendocument.presentation", 2),
    ("xl/", 3),
    ("application/vnd.oasis.opendocument.spreadsheet", 3),
    ("WordDocument", 0),
    ("__substg1.0_", 1),
    ("PowerPoint Document", 2),
    ("Workbook", 3),
    ("Book", 3),
];

/// Why an Office document is not supported; `None` for other files.
pub(crate) fn reason(sample: &Sample<'_>) -> Option<SkipReason> {
    let compound = sample.head.starts_with(COMPOUND_FILE);
    if !compound && !sample.head.starts_with(b"PK\x03\x04") {
        return None;
    }
    // Formats since 2007 are in that container only if they are encrypted.
    let encrypted = matches!(sample.extension, "docx" | "docm" | "dotx" | "pptx" | "ppsx" | "pptm" | "xlsx" | "xlsm");
    if compound && (encrypted || holds(sample.head, "EncryptedPackage")) {
        return Some(SkipReason::Encrypted);
    }
    let marked = MARKS.iter().find(|(mark, _)| match compound {
        true => holds(sample.head, mark),
        false => zipped::shows(sample.head, mark),
    });
    let named = KINDS.iter().position(|(extensions, ..)| extensions.contains(&sample.extension));
    let (_, what, instead) = KINDS.get(named.or(marked.map(|(_, kind)| *kind))?)?;
    Some(SkipReason::Unsupported(format!("{what}; save it as {instead}")))
}

/// Whether a stream of a compound file has this name.
fn holds(bytes: &[u8], name: &str) -> bool {
    let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    memchr::memmem::find(bytes, &name).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn office_formats_are_named() {
        let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let compound = |name: &str| [COMPOUND_FILE, &[0; 600], &utf16(name)].concat();
        for (head, extension, expected) in [
            (compound("x"), "msg", Some(".eml")),
            (compound("__substg1.0_0037001F"), "", Some(".eml")),
            (compound("PowerPoint Document"), "bin", Some(".pdf")),
            (compound("x"), "xls", Some(".csv")),
            (compound("x"), "doc", Some(".docx")),
            (compound("x"), "db", None),
            (b"PK\x03\x04".to_vec(), "odp", Some(".pdf")),
            (b"PK\x03\x04".to_vec(), "zip", None),
            (b"text".to_vec(), "xls", None),
        ] {
            let found = reason(&Sample { head: &head, extension }).map(|reason| reason.to_string());
            let end = found.as_deref().and_then(|text| text.rsplit(' ').next());
            assert_eq!(end, expected, "{extension}");
        }
        let locked = compound("EncryptedPackage");
        assert_eq!(reason(&Sample { head: &locked, extension: "pptx" }), Some(SkipReason::Encrypted));
    }
}
