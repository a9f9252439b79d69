//! Rich Text Format, up to version 1.9.1 of its specification.
//!
//! Owns the interpretation of groups, control words and characters, and which of them are text: field results, text
//! boxes and notes (at the end) are, while headers, pictures and styles are not. Code pages are in `codes`. Exports of
//! databases as RTF are passed to `exports`.

mod codes;

use std::collections::BTreeMap;

use encoding_rs::{Encoding, WINDOWS_1252};

use super::common::properties::Properties;
use super::common::{exports, paragraphs};
use super::{Certainty, Context, Format, Record, Sample, Sink, Split};
use crate::error::SkipReason;

/// RTF files.
pub(super) const FORMAT: Format = Format {
    name: "rtf",
    title: "Rich Text Format",
    extensions: &["rtf", "doc"],
    version: 2,
    detect,
    split: Split::Whole,
    parse,
};

/// Maximum nesting of groups; Word writes fewer than 100.
const DEPTH_MAX: usize = 10_000;

/// Maximum number of fonts; real documents have some dozens.
const FONTS_MAX: usize = 10_000;

/// Maximum size of a property of the document.
const PROPERTY_BYTES_MAX: usize = 10_000;

fn detect(sample: &Sample<'_>) -> Certainty {
    if sample.head.trim_ascii_start().starts_with(b"{\\rtf") { Certainty::Certain } else { Certainty::No }
}

fn parse(record: &Record, context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut reader = Reader::new(record.bytes.trim_ascii_start());
    if let Err(reason) = reader.run() {
        return sink(Err(reason));
    }
    reader.flush();
    let (text, properties) = (reader.text + &reader.notes, reader.properties);
    if exports::parse(&text, context, sink) {
        return;
    }
    let lines: Vec<String> = text.split("\n\n").map(paragraphs::one_line).collect();
    let body = paragraphs::join(lines.iter().map(String::as_str));
    sink(if body.is_empty() { Err(SkipReason::NoText) } else { properties.article(None, body, context) });
}

/// The destination of characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    Text,
    Title,
    Author,
    Note,
    FontTable,
    Nowhere,
}

/// State that a group inherits, and restores at its end.
#[derive(Debug, Clone, Copy)]
struct State {
    target: Target,
    hidden: bool,
    raised: bool,
    charset: &'static Encoding,
    /// Number of characters after `\uN` that replace it in older readers.
    fallbacks: usize,
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    states: Vec<State>,
    state: State,
    text: String,
    /// Footnotes and endnotes, which come after the text.
    notes: String,
    properties: Properties,
    /// Bytes not yet decoded, with a known charset: a character may take two of them.
    pending: Vec<u8>,
    /// Half of a surrogate pair.
    high_surrogate: Option<u16>,
    /// Number of characters still to skip after `\uN`.
    skip: usize,
    /// The charsets of fonts, as far as stated.
    fonts: BTreeMap<i32, &'static Encoding>,
    /// The font in the font table to which the next `\fcharset` applies.
    font: i32,
    default_charset: &'static Encoding,
    default_font: i32,
}

impl<'a> Reader<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        let state = State { target: Target::Text, hidden: false, raised: false, charset: WINDOWS_1252, fallbacks: 1 };
        Self {
            bytes,
            at: 0,
            states: Vec::new(),
            state,
            text: String::new(),
            notes: String::new(),
            properties: Properties::default(),
            pending: Vec::new(),
            high_surrogate: None,
            skip: 0,
            fonts: BTreeMap::new(),
            font: 0,
            default_charset: WINDOWS_1252,
            default_font: 0,
        }
    }

    fn run(&mut self) -> Result<(), SkipReason> {
        while let Some(&byte) = self.bytes.get(self.at) {
            self.at += 1;
            match byte {
                b'{' => {
                    self.flush();
                    if self.states.len() >= DEPTH_MAX {
                        return Err(SkipReason::TooDeep { what: "RTF", limit: DEPTH_MAX as u32 });
                    }
                    self.states.push(self.state);
                }
                b'}' => {
                    self.flush();
                    self.state = self.states.pop().unwrap_or(self.state);
                    if self.states.is_empty() {
                        // Anything after the last group does not belong to the document.
                        return Ok(());
                    }
                }
                b'\\' => self.control(),
                b'\r' | b'\n' | 0 => {}
                _ => self.byte(byte),
            }
        }
        Ok(())
    }

    /// A control word or symbol, after its backslash.
    fn control(&mut self) {
        let Some(&first) = self.bytes.get(self.at) else {
            return;
        };
        if !first.is_ascii_alphabetic() {
            self.at += 1;
            return self.symbol(first);
        }
        let rest = &self.bytes[self.at..];
        let name_bytes = rest.iter().take(40).take_while(|b| b.is_ascii_alphabetic()).count();
        let (name, rest) = rest.split_at(name_bytes);
        let sign = usize::from(rest.first() == Some(&b'-'));
        let digits = rest[sign..].iter().take(12).take_while(|b| b.is_ascii_digit()).count();
        let number = std::str::from_utf8(&rest[..sign + digits]).ok().and_then(|text| text.parse::<i32>().ok());
        let sign = if digits > 0 { sign } else { 0 };
        self.at += name_bytes + sign + digits;
        if self.bytes.get(self.at) == Some(&b' ') {
            self.at += 1;
        }
        let name = std::str::from_utf8(name).unwrap_or_default();
        if name == "bin" {
            // Bytes of a picture are never control words.
            self.at = self.at.saturating_add(usize::try_from(number.unwrap_or(0)).unwrap_or(0)).min(self.bytes.len());
            return;
        }
        if name != "u" {
            self.flush();
        }
        self.word(name, number);
    }

    fn symbol(&mut self, symbol: u8) {
        match symbol {
            b'\'' => {
                let hex = self.bytes.get(self.at..self.at + 2).and_then(|h| std::str::from_utf8(h).ok());
                if let Some(byte) = hex.and_then(|h| u8::from_str_radix(h, 16).ok()) {
                    self.at += 2;
                    self.byte(byte);
                }
            }
            b'*' => self.optional_destination(),
            b'~' => self.characters(" "),
            b'_' => self.characters("-"),
            b'\r' | b'\n' => self.characters("\n\n"),
            b'\\' | b'{' | b'}' => self.byte(symbol),
            _ => self.flush(),
        }
    }

    /// A group that older readers ignore: only text boxes contain text of the document.
    fn optional_destination(&mut self) {
        self.flush();
        if !self.bytes[self.at..].trim_ascii_start().starts_with(b"\\shpinst") {
            self.state.target = Target::Nowhere;
        }
    }

    fn word(&mut self, name: &str, number: Option<i32>) {
        let on = number != Some(0);
        match name {
            "par" | "sect" | "page" | "row" | "nestrow" => self.characters("\n\n"),
            "line" | "softline" => self.characters("\n"),
            "tab" | "cell" | "nestcell" | "emspace" | "enspace" | "qmspace" => self.characters(" "),
            "u" => {
                if let Some(number) = number {
                    self.unicode(number);
                }
            }
            "uc" => self.state.fallbacks = usize::try_from(number.unwrap_or(1)).unwrap_or(1).min(16),
            "super" => self.state.raised = on,
            "nosupersub" | "sub" => self.state.raised = false,
            "footnote" if self.state.target == Target::Text => {
                self.state.target = Target::Note;
                self.notes.push_str("\n\n");
            }
            "v" | "deleted" => self.state.hidden = on,
            "plain" => {
                self.state.hidden = false;
                self.state.raised = false;
                self.state.charset = self.charset(self.default_font);
            }
            "ansicpg" => {
                if let Some(charset) = number.and_then(codes::of_page) {
                    self.default_charset = charset;
                    self.state.charset = charset;
                }
            }
            "mac" => self.default_charset = encoding_rs::MACINTOSH,
            "deff" => self.default_font = number.unwrap_or(0),
            "f" => {
                let font = number.unwrap_or(0);
                if self.state.target == Target::FontTable {
                    self.font = font;
                } else {
                    self.state.charset = self.charset(font);
                }
            }
            "fcharset" => {
                if let Some(charset) = number.and_then(codes::of_font)
                    && self.fonts.len() < FONTS_MAX
                {
                    self.fonts.insert(self.font, charset);
                }
            }
            "fonttbl" => self.state.target = Target::FontTable,
            // Properties are in the group `info`, which is not text.
            "title" if self.state.target == Target::Nowhere => self.state.target = Target::Title,
            "author" if self.state.target == Target::Nowhere => self.state.target = Target::Author,
            "creatim" => self.state.target = Target::Nowhere,
            "yr" | "mo" | "dy" => self.created(name, number.unwrap_or(0)),
            _ => match codes::word(name) {
                codes::Word::Character(text) => self.characters(text),
                codes::Word::NoText => self.state.target = Target::Nowhere,
                codes::Word::Other => {}
            },
        }
    }

    fn charset(&self, font: i32) -> &'static Encoding {
        self.fonts.get(&font).copied().unwrap_or(self.default_charset)
    }

    /// The parts of a time; the first one is that of creation.
    fn created(&mut self, name: &str, number: i32) {
        let parts = self.properties.created.split('-').count();
        match (name, self.properties.created.is_empty(), parts) {
            ("yr", true, _) => self.properties.created = format!("{number:04}"),
            ("mo", false, 1) | ("dy", false, 2) => self.properties.created += &format!("-{number:02}"),
            _ => {}
        }
    }

    fn unicode(&mut self, number: i32) {
        self.flush_bytes();
        // Numbers beyond 32767 are written as negative ones.
        let unit = (number & 0xffff) as u16;
        self.skip = self.state.fallbacks;
        match (self.high_surrogate.take(), unit) {
            (_, 0xd800..=0xdbff) => self.high_surrogate = Some(unit),
            (Some(high), 0xdc00..=0xdfff) => {
                let text: String = char::decode_utf16([high, unit]).filter_map(Result::ok).collect();
                self.put(&text);
            }
            _ => {
                if let Some(character) = char::from_u32(u32::from(unit)) {
                    self.put(character.encode_utf8(&mut [0; 4]));
                }
            }
        }
    }

    fn byte(&mut self, byte: u8) {
        if self.skip > 0 {
            self.skip -= 1;
        } else {
            self.pending.push(byte);
        }
    }

    fn characters(&mut self, text: &str) {
        if self.skip > 0 && text.len() == 1 {
            self.skip -= 1;
            return;
        }
        self.flush();
        self.put(text);
    }

    fn flush(&mut self) {
        self.flush_bytes();
        self.skip = 0;
    }

    fn flush_bytes(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let pending = std::mem::take(&mut self.pending);
        if !matches!(self.state.target, Target::Nowhere | Target::FontTable) {
            let text = self.state.charset.decode_without_bom_handling(&pending).0;
            self.put(&text);
        }
        self.pending = pending;
        self.pending.clear();
    }

    fn put(&mut self, text: &str) {
        let (out, bytes_max) = match self.state.target {
            Target::Text | Target::Note if self.state.hidden => return,
            Target::Text => (&mut self.text, usize::MAX),
            Target::Note => (&mut self.notes, usize::MAX),
            Target::Title => (&mut self.properties.title, PROPERTY_BYTES_MAX),
            Target::Author => (&mut self.properties.author, PROPERTY_BYTES_MAX),
            Target::FontTable | Target::Nowhere => return,
        };
        if out.len() < bytes_max {
            if self.state.raised && paragraphs::is_note_mark(out, text) {
                out.push(' ');
            }
            out.push_str(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(rtf: &str) -> String {
        let mut reader = Reader::new(rtf.as_bytes());
        reader.run().unwrap();
        reader.flush();
        reader.text
    }

    #[test]
    fn text_and_what_is_none() {
        for (rtf, expected) in [
            (r"{\rtf1\ansi The {\b ferry}\par sails.}", "The ferry\n\nsails."),
            (r"{\rtf1{\fonttbl{\f0\fcharset204 Arial;}{\f1 X;}}\f0 \'cf\f1 \'e9}", "Пé"),
            (r"{\rtf1{\fonttbl{\f0\fcharset128 M;}}\f0 \'93\'fa\'96\'7b\'83A}", "日本ア"),
            (r"{\rtf1 caf\u233? \u-10179?\u-8704?x}", "café 😀x"),
            (r"{\rtf1\uc2 \u8364\'80\'80!{\uc0\u8364 ?}}", "€!€?"),
            (r"{\rtf1 a{\*\generator X}{\header H}{\pict\bin3 }}}}b{\v hid}c}junk", "abc"),
            (r"{\rtf1 {\field{\*\fldinst HYPERLINK x}{\fldrslt link}}}", "link"),
            (r"{\rtf1 \ldblquote a\rdblquote\emdash b\~c\_d\{\}}", "“a”—b c-d{}"),
            (r"{\rtf1 cut \'e", "cut e"),
            (r"{\rtf1 \u", ""),
        ] {
            assert_eq!(text(rtf), expected, "{rtf}");
        }
    }

    #[test]
    fn properties_and_depth() {
        let rtf =
            r"{\rtf1{\info{\title Ferry \'e9}{\author Ana}{\creatim\yr2023\mo7\dy3\hr1}{\revtim\yr2024\mo1\dy1}}x}";
        let mut reader = Reader::new(rtf.as_bytes());
        reader.run().unwrap();
        let p = &reader.properties;
        assert_eq!((p.title.as_str(), p.author.as_str(), p.created.as_str()), ("Ferry é", "Ana", "2023-07-03"));
        let deep = "{".repeat(20_000);
        assert_eq!(Reader::new(deep.as_bytes()).run().unwrap_err().code(), "too-deep");
    }
}
