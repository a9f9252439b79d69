//! Problems in the text of a query: the position, and what was assumed instead; and how to display them.
//!
//! Printing is left to `cli`.

/// Number of characters of a query shown around a problem: a line of a terminal.
const SHOWN_CHARS_MAX: usize = 100;

/// A problem in the text of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// Byte at which it begins.
    pub start: usize,
    /// Byte after its end.
    pub end: usize,
    /// The problem, and what was assumed instead.
    pub message: String,
}

/// A byte range of the text.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place {
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Complaint {
    pub(super) fn new(Place { start, end }: Place, message: impl Into<String>) -> Self {
        Self { start, end, message: message.into() }
    }
}

/// Formats a problem as two lines without a final line break: the text of the query, and carets under the position with
/// the message.
///
/// Characters that could control the terminal or reorder text are replaced one by one. Only the surroundings of the
/// problem are shown in a long query. Carets are counted in characters, so they are too far left under wide ones.
pub fn complain(text: &str, complaint: &Complaint) -> String {
    let start = text.floor_char_boundary(complaint.start);
    let end = text.floor_char_boundary(complaint.end).max(start);
    let chars_before = text[..start].chars().count();
    let chars_marked = text[start..end].chars().count().max(1);
    let skipped = (chars_before + chars_marked.min(SHOWN_CHARS_MAX / 2)).saturating_sub(SHOWN_CHARS_MAX);
    let mut line: String = text.chars().skip(skipped).take(SHOWN_CHARS_MAX).map(harmless).collect();
    let mut indent = chars_before - skipped.min(chars_before);
    let carets = chars_marked.min(SHOWN_CHARS_MAX.saturating_sub(indent)).max(1);
    if skipped > 0 {
        line.insert(0, '…');
        indent += 1;
    }
    if text.chars().nth(skipped + SHOWN_CHARS_MAX).is_some() {
        line.push('…');
    }
    let message: String = complaint.message.chars().map(harmless).collect();
    format!("{line}\n{:indent$}{} {message}", "", "^".repeat(carets))
}

/// The character, or a replacement if it could do harm on a terminal. White space stays white space.
fn harmless(c: char) -> char {
    match c {
        c if c.is_whitespace() => ' ',
        c if c.is_control() => '\u{FFFD}',
        // Marks that reorder text, and invisible characters.
        '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{061C}' | '\u{FEFF}' => {
            '\u{FFFD}'
        }
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carets_are_under_the_place() {
        let long = format!("{} \"x", "word ".repeat(60));
        let cases = [
            ("chips AND", 6, 9, "chips AND\n      ^^^ m"),
            ("ö\tö\x1b[31m(", 10, 11, "ö ö\u{FFFD}[31m(\n        ^ m"),
            ("", 0, 0, "\n^ m"),
            ("日本", 1, 99, "日本\n^^ m"),
            ("\u{202E}a", 3, 4, "\u{FFFD}a\n ^ m"),
        ];
        for (text, start, end, expected) in cases {
            assert_eq!(complain(text, &Complaint::new(Place { start, end }, "m")), expected);
        }
        let shown = complain(&long, &Complaint::new(Place { start: 301, end: 302 }, "m"));
        let (line, under) = shown.split_once('\n').expect("two lines");
        assert_eq!(line.chars().nth(under.find('^').expect("a caret")), Some('"'));
        assert!(line.starts_with('…') && line.chars().count() < 110);
    }
}
