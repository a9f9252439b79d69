//! Numbers and names in RTF: code pages, fonts with charsets, characters, and groups that are not text.
//!
//! Owns the tables for `rtf`. DOS code pages are not supported, and are read as Windows-1252.

use std::collections::BTreeMap;

use encoding_rs::Encoding;

/// The charset for a code page number.
pub(super) fn of_page(page: i32) -> Option<&'static Encoding> {
    Some(match page {
        437 | 850 | 1252 => encoding_rs::WINDOWS_1252,
        874 => encoding_rs::WINDOWS_874,
        932 => encoding_rs::SHIFT_JIS,
        936 => encoding_rs::GBK,
        949 => encoding_rs::EUC_KR,
        950 => encoding_rs::BIG5,
        866 => encoding_rs::IBM866,
        1250 => encoding_rs::WINDOWS_1250,
        1251 => encoding_rs::WINDOWS_1251,
        1253 => encoding_rs::WINDOWS_1253,
        1254 => encoding_rs::WINDOWS_1254,
        1255 => encoding_rs::WINDOWS_1255,
        1256 => encoding_rs::WINDOWS_1256,
        1257 => encoding_rs::WINDOWS_1257,
        1258 => encoding_rs::WINDOWS_1258,
        10_000 => encoding_rs::MACINTOSH,
        65_001 => encoding_rs::UTF_8,
        _ => return None,
    })
}

/// The code page for the `\fcharset` of a font; 0 and 1 mean that of the document.
fn page_of_charset(charset: i32) -> Option<i32> {
    Some(match charset {
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

/// Maximum number of fonts; real documents have some dozens.
const FONTS_MAX: usize = 10_000;

/// The charsets of a document's fonts.
#[derive(Debug, Default)]
pub(super) struct Fonts {
    charsets: BTreeMap<i32, &'static Encoding>,
    current: i32,
}

impl Fonts {
    /// The font to which the next `\fcharset` applies.
    pub(super) fn begin(&mut self, font: i32) {
        self.current = font;
    }

    /// Sets the charset of that font.
    pub(super) fn set(&mut self, charset: i32) {
        if let Some(encoding) = page_of_charset(charset).and_then(of_page)
            && self.charsets.len() < FONTS_MAX
        {
            self.charsets.insert(self.current, encoding);
        }
    }

    /// The charset of a font, if stated.
    pub(super) fn charset(&self, font: i32) -> Option<&'static Encoding> {
        self.charsets.get(&font).copied()
    }
}

/// The text of a control word for a character.
pub(super) fn character(name: &str) -> Option<&'static str> {
    Some(match name {
        "lquote" => "‘",
        "rquote" => "’",
        "ldblquote" => "“",
        "rdblquote" => "”",
        "endash" => "–",
        "emdash" => "—",
        "bullet" => "•",
        _ => return None,
    })
}

/// Whether a control word begins a group that is not text of the document.
pub(super) fn is_no_text(name: &str) -> bool {
    matches!(
        name,
        "colortbl"
            | "stylesheet"
            | "info"
            | "pict"
            | "object"
            | "header"
            | "headerl"
            | "headerr"
            | "headerf"
            | "footer"
            | "footerl"
            | "footerr"
            | "footerf"
            | "footnote"
            | "annotation"
            | "listtable"
            | "filetbl"
            | "listoverridetable"
            | "revtbl"
            | "rsidtbl"
            | "themedata"
            | "datastore"
            | "latentstyles"
            | "xmlnstbl"
            | "sp"
            | "nonshppict"
            | "nonesttables"
            | "atnid"
            | "atnauthor"
            | "ftnsep"
            | "ftnsepc"
            | "aftnsep"
            | "aftnsepc"
            | "listtext"
            | "pntext"
            | "xe"
            | "tc"
            | "operator"
            | "company"
            | "doccomm"
            | "keywords"
            | "subject"
            | "manager"
            | "category"
            | "comment"
            | "revtim"
            | "printim"
            | "buptim"
            | "objdata"
    )
}
