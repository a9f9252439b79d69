//! What was wrong with a query's text: where, and what was assumed instead; and how to show it.
//!
//! Leaves to `cli` where it is printed.

/// Characters of a query that are shown around the place of a complaint: a line of a terminal.
const SHOWN_CHARS_MAX: usize = 100;

/// One thing that could not be taken as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// The byte in the query's text at which the place begins.
    pub start: usize,
    /// The byte after its end.
    pub end: usize,
    /// What is wrong, and what was assumed instead.
    pub message: String,
}

impl Complaint {
    pub(super) fn new(start: usize, end: usize, message: impl Into<String>) -> Self {
        Self { start, end, message: message.into() }
    }
}

/// A complaint in two lines without a final line break: the query's text, and under it carets at the place and
/// the message.
///
/// Text that could steer a terminal or turn its direction is replaced, one character for one; of a long query
/// only the surroundings are shown. Carets are counted in characters: under wide ones they stand too far left.
pub fn complain(text: &str, complaint: &Complaint) -> String {
    let start = floor_boundary(text, complaint.start);
    let end = floor_boundary(text, complaint.end).max(start);
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

/// The text's longest beginning of at most `limit` bytes that ends between characters.
pub(super) fn floor_boundary(text: &str, limit: usize) -> usize {
    let mut at = limit.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The character, or what stands for it when it could do harm on a terminal: white space stays white.
fn harmless(c: char) -> char {
    match c {
        c if c.is_whitespace() => ' ',
        c if c.is_control() => '\u{FFFD}',
        // Marks that turn the direction of the text, and invisible ones.
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
    fn carets_stand_under_the_place() {
        let long = format!("{} \"x", "word ".repeat(60));
        let cases = [
            ("chips AND", 6, 9, "chips AND\n      ^^^ m"),
            ("ö\tö\x1b[31m(", 10, 11, "ö ö\u{FFFD}[31m(\n        ^ m"),
            ("", 0, 0, "\n^ m"),
            ("日本", 1, 99, "日本\n^^ m"),
            ("\u{202E}a", 3, 4, "\u{FFFD}a\n ^ m"),
        ];
        for (text, start, end, expected) in cases {
            assert_eq!(complain(text, &Complaint::new(start, end, "m")), expected);
        }
        let shown = complain(&long, &Complaint::new(301, 302, "m"));
        let (line, under) = shown.split_once('\n').expect("two lines");
        assert_eq!(line.chars().nth(under.find('^').expect("a caret")), Some('"'));
        assert!(line.starts_with('…') && line.chars().count() < 110);
    }
}
