//! Numbers and names in RTF: code pages, fonts with charsets, characters, and groups that are not text.
//!
//! Owns the tables for `rtf`. DOS code pages are not supported, and are read as Windows-1252.

use encoding_rs::Encoding;

/// The charset for a code page number.
pub(super) fn of_page(page: i32) -> Option<&'static Encoding> {
    Some(match page {
        437 | 850 => encoding_rs::WINDOWS_1252,
        874 => encoding_rs::WINDOWS_874,
        932 => encoding_rs::SHIFT_JIS,
        936 => encoding_rs::GBK,
        949 => encoding_rs::EUC_KR,
        950 => encoding_rs::BIG5,
        10_000 => encoding_rs::MACINTOSH,
        65_001 => encoding_rs::UTF_8,
        page => return Encoding::for_label(format!("cp{page}").as_bytes()),
    })
}

/// The charset for the `\fcharset` of a font; 0 and 1 mean that of the document.
pub(super) fn of_font(charset: i32) -> Option<&'static Encoding> {
    of_page(match charset {
        77 => 10_000,
        128 => 932,
        129 => 949,
        134 => 936,
        136 => 950,
        161 => 1253,
        162 => 1254,
        163 => 1258,
        177 => 1255,
        178 => 1256,
        186 => 1257,
        204 => 1251,
        222 => 874,
        238 => 1250,
        _ => return None,
    })
}

/// The meaning of a control word that only concerns text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// A character.
    Character(&'static str),
    /// The start of a group that is not text of the document.
    NoText,
    /// Anything else.
    Other,
}

/// The meaning of a control word.
pub(super) fn word(name: &str) -> Word {
    match name {
        "lquote" => Word::Character("‘"),
        "rquote" => Word::Character("’"),
        "ldblquote" => Word::Character("“"),
        "rdblquote" => Word::Character("”"),
        "endash" => Word::Character("–"),
        "emdash" => Word::Character("—"),
        "bullet" => Word::Character("•"),
        "colortbl" | "stylesheet" | "info" | "pict" | "object" | "header" | "headerl" | "headerr" | "headerf"
        | "footer" | "footerl" | "footerr" | "footerf" | "footnote" | "annotation" | "listtable" | "filetbl"
        | "listoverridetable" | "revtbl" | "rsidtbl" | "themedata" | "datastore" | "latentstyles" | "xmlnstbl"
        | "sp" | "nonshppict" | "nonesttables" | "atnid" | "atnauthor" | "ftnsep" | "ftnsepc" | "aftnsep"
        | "aftnsepc" | "listtext" | "pntext" | "xe" | "tc" | "operator" | "company" | "doccomm" | "keywords"
        | "subject" | "manager" | "category" | "comment" | "revtim" | "printim" | "buptim" | "objdata" => Word::NoText,
        _ => Word::Other,
    }
}
