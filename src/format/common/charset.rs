//! Decodes bytes: detects the charset of a document.
//!
//! Owns the precedence of sources (byte order mark, transport, document, UTF-8, detection), and the repair of text that
//! mixes UTF-8 with Windows-1252. Formats know where a document declares its charset.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Number of bytes used for detection, from the first one that is not ASCII. More do not improve it.
const DETECTION_BYTES_MAX: usize = 256 << 10;

/// Number of bytes examined for UTF-16 without a byte order mark.
const WIDE_BYTES: usize = 4 << 10;

/// Text declared as Western is of another script if one in this many of its bytes is beyond ASCII.
const FOREIGN_SHARE: usize = 4;

/// Decodes `bytes`, without a byte order mark. Never fails: invalid bytes become U+FFFD.
///
/// The charset is taken from, in this order: a byte order mark, the charset `stated` by the transport, the one
/// `declared` in the document, valid UTF-8, detection. Three declarations are ignored: a single-byte charset for text
/// that is valid UTF-8 beyond ASCII, UTF-8 for text that mostly is not, and Western charsets for text of other scripts.
pub(crate) fn decode<'a>(bytes: &'a [u8], stated: Option<&str>, declared: Option<&str>) -> Cow<'a, str> {
    if let Some(text) = by_mark(bytes) {
        return text;
    }
    if let Some(encoding) = wide_without_mark(bytes) {
        return encoding.decode_without_bom_handling(bytes).0;
    }
    let valid = std::str::from_utf8(bytes);
    let named = [stated, declared].into_iter().flatten().find_map(|label| usable(label, bytes));
    match (valid, named) {
        // ISO-2022-JP is seven-bit text with escapes.
        (Ok(_), None) if memchr::memmem::find(bytes, b"\x1b$").is_some() => undeclared(bytes),
        (Ok(text), None) => Cow::Borrowed(text),
        (Ok(text), Some(encoding)) if encoding == UTF_8 || is_utf8_beyond_chance(text, encoding) => Cow::Borrowed(text),
        (Err(_), None) => undeclared(bytes),
        (Err(_), Some(encoding)) if encoding == UTF_8 || !encoding.is_single_byte() && is_mostly_utf8(bytes) => {
            undeclared(bytes)
        }
        (Err(_), Some(encoding)) if encoding == WINDOWS_1252 && is_foreign(bytes) => undeclared(bytes),
        (_, Some(encoding)) => encoding.decode_without_bom_handling(bytes).0,
    }
}

/// Whether valid UTF-8 is unlikely to be text in another charset. Against single-byte charsets, one character beyond
/// ASCII is enough; against others, several characters or one of three bytes are needed.
fn is_utf8_beyond_chance(text: &str, encoding: &'static Encoding) -> bool {
    let two_bytes = text.bytes().filter(|byte| (0xc2..0xe0).contains(byte)).take(4).count();
    let more = text.bytes().any(|byte| byte >= 0xe0);
    if encoding.is_single_byte() { more || two_bytes > 0 } else { more || two_bytes > 3 }
}

/// Whether most letters of a text are beyond ASCII, as in no Western language. Markup does not count.
fn is_foreign(bytes: &[u8]) -> bool {
    let (mut letters, mut beyond, mut in_tag) = (0usize, 0usize, false);
    for &byte in bytes {
        match byte {
            b'<' => in_tag = true,
            b'>' => in_tag = false,
            _ if in_tag => {}
            0x80.. => beyond += 1,
            byte => letters += usize::from(byte.is_ascii_alphabetic()),
        }
    }
    beyond > FOREIGN_SHARE * 8 && beyond * FOREIGN_SHARE > letters + beyond
}

/// Whether bytes are UTF-8 except for a few errors.
fn is_mostly_utf8(bytes: &[u8]) -> bool {
    let (sequences, faults) = utf8_sequences(bytes, 0xe0);
    sequences > 20 * faults
}

/// Number of UTF-8 sequences that begin with at least this byte, and of faults.
fn utf8_sequences(bytes: &[u8], first: u8) -> (usize, usize) {
    bytes.utf8_chunks().fold((0, 0), |(sequences, faults), chunk| {
        let starts = chunk.valid().bytes().filter(|byte| *byte >= first).count();
        (sequences + starts, faults + usize::from(!chunk.invalid().is_empty()))
    })
}

/// Whether the start of a file is text in any charset.
pub(crate) fn looks_like_text(head: &[u8]) -> bool {
    const SIGNATURES: [&[u8]; 12] = [
        b"%PDF-", b"PK\x03\x04", b"PK\x05\x06", b"{\\rtf", b"\x1f\x8b", b"BZh", b"\x28\xb5\x2f\xfd", b"\x89PNG",
        b"\xff\xd8\xff", b"GIF8", b"SQLite format 3", b"\xd0\xcf\x11\xe0",
    ];
    if head.is_empty() || SIGNATURES.iter().any(|signature| head.starts_with(signature)) {
        return false;
    }
    if by_mark(&head[..head.len().min(4)]).is_some() || wide_without_mark(head).is_some() {
        return true;
    }
    let end = head.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
    let (head, padding) = head.split_at(end);
    let zeros = memchr::memchr_iter(0, head).count();
    let blocks = head.windows(2).filter(|pair| pair[0] != 0 && pair[1] == 0).count();
    // Programs leave stray zeros or blocks of them in text, or pad it with zeros. Binary data has zeros everywhere, and
    // other control characters.
    if (zeros > 0 || !padding.is_empty())
        && (blocks > 2 + head.len() / 2_000 || 2 * zeros >= head.len() || !is_plain(head))
    {
        return false;
    }
    // News agencies use a few control characters, so some do not mean binary data.
    let mut controls = 0usize;
    for &byte in head {
        match byte {
            0 | b'\t' | b'\n' | b'\r' | 0x0c | 0x1b | 0x1a => {}
            0x01..0x20 | 0x7f => controls += 1,
            _ => {}
        }
    }
    controls <= 4 + head.len() / 50
}

/// Whether bytes are UTF-8, apart from zeros, with hardly any other control characters.
fn is_plain(bytes: &[u8]) -> bool {
    let (_, faults) = utf8_sequences(bytes, 0x80);
    let controls = bytes.iter().filter(|b| matches!(b, 1..=8 | 0x0e..=0x1f | 0x7f)).count();
    // A sample may end in the middle of a character.
    bytes.len() >= 16 && faults <= 1 && controls == 0
}

/// Text with a byte order mark.
fn by_mark(bytes: &[u8]) -> Option<Cow<'_, str>> {
    Some(match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => std::str::from_utf8(rest).map_or_else(|_| undeclared(rest), Cow::Borrowed),
        [0xff, 0xfe, 0, 0, rest @ ..] => utf32(rest, u32::from_le_bytes),
        [0, 0, 0xfe, 0xff, rest @ ..] => utf32(rest, u32::from_be_bytes),
        [0xff, 0xfe, rest @ ..] => UTF_16LE.decode_without_bom_handling(rest).0,
        [0xfe, 0xff, rest @ ..] => UTF_16BE.decode_without_bom_handling(rest).0,
        _ => return None,
    })
}

/// UTF-32, which is missing in encoding_rs because it is not used on the web; feeds use it.
fn utf32(bytes: &[u8], code: fn([u8; 4]) -> u32) -> Cow<'_, str> {
    let (quads, _) = bytes.as_chunks::<4>();
    quads.iter().map(|quad| char::from_u32(code(*quad)).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// UTF-16 without a mark: in Western text every other byte is zero, which does not occur in other text. In text of other
/// scripts, blanks and line ends are zero on that side, and all of it is letters.
pub(crate) fn wide_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(256) & !1];
    if head.len() < 4 || !head.contains(&0) {
        return None;
    }
    let (pairs, _) = head.as_chunks::<2>();
    let zeros = |side: usize| pairs.iter().filter(|pair| pair[side] == 0 && pair[1 - side] != 0).count();
    let enough = pairs.len() * 3 / 4;
    match (zeros(0), zeros(1)) {
        (high, 0) if high > enough => Some(UTF_16BE),
        (0, high) if high > enough => Some(UTF_16LE),
        _ => wide_of_other_script(bytes),
    }
}

fn wide_of_other_script(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(WIDE_BYTES) & !1];
    let (pairs, _) = head.as_chunks::<2>();
    let fits = |encoding: &'static Encoding, high: usize| {
        let (mut letters, mut other) = (0, 0);
        for c in encoding.decode_without_bom_handling(head).0.chars() {
            letters += usize::from(c.is_alphanumeric());
            other += usize::from(c.is_control() && !c.is_whitespace());
            // A private or unassigned character, or half of one that is cut in the middle.
            other += usize::from(matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{fffd}'..));
        }
        letters * 2 > pairs.len() && other <= 1 && pairs.iter().filter(|pair| pair[high] == 0).count() > 1
    };
    if head.len() < 32 || is_plain(head) {
        return None;
    }
    [(UTF_16LE, 1), (UTF_16BE, 0)]
        .into_iter()
        .find(|(encoding, high)| fits(encoding, *high))
        .map(|(encoding, _)| encoding)
}

/// The encoding of a label, unless it is unknown or contradicted by the bytes.
fn usable(label: &str, bytes: &[u8]) -> Option<&'static Encoding> {
    let encoding = Encoding::for_label_no_replacement(label.trim().as_bytes())?;
    let wide = encoding == UTF_16LE || encoding == UTF_16BE;
    (!wide || bytes.iter().take(256).any(|&byte| byte == 0)).then_some(encoding)
}

/// Text with an unknown charset that is not entirely valid UTF-8.
fn undeclared(bytes: &[u8]) -> Cow<'_, str> {
    let (sequences, faults) = utf8_sequences(bytes, 0xc0);
    // A truncated sample or download has one error.
    if sequences >= faults && sequences > 0 {
        return Cow::Owned(repaired(bytes));
    }
    let start = bytes.iter().position(|&byte| byte >= 0x80).unwrap_or(0);
    let sample = &bytes[start..bytes.len().min(start.saturating_add(DETECTION_BYTES_MAX))];
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(sample, true);
    detector.guess(None, Utf8Detection::Deny).decode_without_bom_handling(bytes).0
}

/// UTF-8 with stray bytes, which are read as Windows-1252, their usual origin.
fn repaired(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        match chunk.invalid() {
            [] => {}
            stray @ [_] => text.push_str(&WINDOWS_1252.decode_without_bom_handling(stray).0),
            _ => text.push(char::REPLACEMENT_CHARACTER),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_another_script_than_declared_is_detected() {
        let russian = "Мост в гавани вновь открыт после одиннадцати месяцев ремонта, сообщил совет города.\n";
        let chinese =
            "维拉港大桥在经过十一个月的维修之后\n于星期一重新开放，市议会表示，第一批卡车在中午通过了大桥。\n";
        let japanese = "ベラ港の橋は十一か月の修理を終えて月曜日に再び開通したと市議会が発表した。";
        for (text, charset) in [
            (russian, "windows-1251"),
            (russian, "koi8-r"),
            (chinese, "gbk"),
            (japanese, "shift_jis"),
            (japanese, "iso-2022-jp"),
        ] {
            let bytes = Encoding::for_label(charset.as_bytes()).unwrap().encode(text).0;
            let declared = (charset != "iso-2022-jp").then_some("iso-8859-1");
            assert_eq!(decode(&bytes, None, declared), text, "{charset}");
        }
        for text in [russian, chinese] {
            let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            assert_eq!((&*decode(&little, None, None), &*decode(&big, None, None)), (text, text));
        }
        let french = b"Le caf\xe9 o\xf9 l'on a pr\xe9par\xe9 l'\xe9t\xe9 \xe0 No\xebl";
        assert_eq!(decode(french, None, Some("iso-8859-1")), "Le café où l'on a préparé l'été à Noël");
    }

    #[test]
    fn text_is_decoded_by_the_most_trusted_statement() {
        let latin = b"Real Vereda \x96 In\xe9s Carre\xf1o, \x93caf\xe9\x94, na\xefve";
        let utf8 = "Inés — 新聞".as_bytes();
        type Case<'a> = (&'a [u8], Option<&'a str>, Option<&'a str>, &'a str);
        let table: [Case<'_>; 14] = [
            (b"plain", None, None, "plain"),
            (utf8, None, None, "Inés — 新聞"),
            (utf8, None, Some("iso-8859-1"), "Inés — 新聞"),
            (utf8, Some("nonsense"), None, "Inés — 新聞"),
            (latin, None, None, "Real Vereda – Inés Carreño, “café”, naïve"),
            (latin, None, Some("utf-8"), "Real Vereda – Inés Carreño, “café”, naïve"),
            (b"\xef\xbb\xbfmarked", Some("utf-16"), None, "marked"),
            (b"\xff\xfeh\0i\0", None, Some("utf-8"), "hi"),
            (b"\xff\xfe\0\0h\0\0\0i\0\0\0", None, None, "hi"),
            (b"\0<\0x\0m\0l\0>", None, None, "<xml>"),
            (b"\xcf\xf0\xe8\xe2\xe5\xf2", Some("windows-1251"), Some("utf-8"), "Привет"),
            (b"ascii only", None, Some("utf-16"), "ascii only"),
            ("naïve “mix” caf\u{e9}".as_bytes(), None, None, "naïve “mix” café"),
            (b"na\xc3\xafve \xc3\xa9t\xc3\xa9 caf\xe9 bar", None, None, "naïve été café bar"),
        ];
        for (bytes, stated, declared, expected) in table {
            assert_eq!(decode(bytes, stated, declared), expected, "{stated:?} {declared:?}");
        }
        assert_eq!(decode(b"", None, None), "");
    }

    #[test]
    fn legacy_charsets_are_detected() {
        for (label, text) in [
            ("shift_jis", "東京都は二十三日、新しい図書館の建設計画を発表した。"),
            ("gbk", "新华社北京七月二十三日电 记者从商务部获悉，出口许可制度将于八月一日起实施。"),
            ("windows-1251", "Правительство объявило о новых мерах по поддержке сельского хозяйства."),
            ("euc-kr", "정부는 이십삼일 새로운 수출 규제 방안을 발표했다."),
        ] {
            let encoding = Encoding::for_label(label.as_bytes()).expect("a known label");
            assert_eq!(decode(&encoding.encode(text).0, None, None), text, "{label}");
        }
    }

    #[test]
    fn text_and_binary_data_are_distinguished() {
        let holed = b"A headline\n\nand its first words\0\0\0\0\0\0\0\0 and the others";
        for text in
            [&b"A headline\nand text"[..], holed, b"\xff\xfeh\0i\0", b"\x01wire copy\x02 of an agency\x03", b"caf\xe9"]
        {
            assert!(looks_like_text(text), "{text:?}");
        }
        for binary in [&b""[..], b"\x89PNG\r\n\x1a\n", b"%PDF-1.4 text", b"a\0b\0\0c", b"\x01\x02\x03\x04\x05\x06\x07"]
        {
            assert!(!looks_like_text(binary), "{binary:?}");
        }
    }
}
