//! Plain text to paragraphs.
//!
//! Owns white space: how lines become paragraphs in text that is hard-wrapped, indented, or has a paragraph per line.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter, memmem};

/// Maximum width of hard-wrapped lines; wider lines are paragraphs.
const WRAPPED_COLUMNS_MAX: usize = 110;

/// Minimum extra indentation of a line that begins a paragraph.
const INDENT_COLUMNS_MIN: usize = 2;

/// A line of text, with runs of white space collapsed and control characters removed.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    push_line(&mut line, text);
    line
}

/// Replaces line ends written as `\\n`, as some databases export them. Paths such as `C:\\new` are unchanged.
pub(crate) fn line_ends(text: &str) -> Cow<'_, str> {
    let is_end = |(at, _): (usize, &str)| {
        let before = text[..at].trim_end_matches("\\r").chars().next_back();
        let after = &text[at + 2..];
        before.is_none_or(|c| c.is_whitespace() || matches!(c, '.' | '!' | '?' | ':' | '"' | '”' | '>' | '。'))
            || after.starts_with("\\n")
            || after.starts_with("\\r\\n")
    };
    if !text.match_indices("\\n").any(is_end) || text.contains(":\\") {
        return Cow::Borrowed(text);
    }
    let parts: Vec<String> = text
        .split("\\\\")
        .map(|part| part.replace("\\r\\n", "\n").replace("\\n", "\n").replace("\\t", " ").replace("\\\"", "\""))
        .collect();
    Cow::Owned(parts.join("\\"))
}

/// The paragraphs of plain text, separated by a blank line.
///
/// Blank lines separate paragraphs. Within a block, hard-wrapped lines are joined. A line begins a paragraph if it is
/// indented more than the block, if the line before it ended early with a full stop, or if the text is not
/// hard-wrapped.
pub(crate) fn from_plain(text: &str) -> String {
    let text = text.trim_matches(is_blank);
    if is_tidy(text) {
        return text.to_owned();
    }
    let text = with_newlines(text);
    let mut out = String::with_capacity(text.len());
    let lines: Vec<&str> = text.split('\n').collect();
    let width = lines.iter().map(|line| columns(line)).max().unwrap_or(0);
    for block in lines.split(|line| line.chars().all(is_blank)) {
        push_block(&mut out, block, width);
    }
    out
}

/// The lines of one paragraph, joined.
pub(crate) fn one_paragraph(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = None;
    for line in text.lines().filter(|line| !line.chars().all(is_blank)) {
        match before {
            Some(before) => push_continuation(&mut out, before, line),
            None => push_line(&mut out, line),
        }
        before = Some(line);
    }
    out
}

/// The parts that are not blank, trimmed, as paragraphs.
pub(crate) fn join<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut out = String::new();
    for part in parts {
        let part = part.trim_matches(is_blank);
        if !part.is_empty() {
            if !out.is_empty() {
                out.push_str("\n\n");
            }
            out.push_str(part);
        }
    }
    out
}

/// White space, and invisible characters at the ends of texts.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '\u{feff}' | '\u{200b}')
}

/// Whether trimmed text is already in the form of `from_plain`. Most texts of crawlers are, so this must be fast.
fn is_tidy(text: &str) -> bool {
    let bytes = text.as_bytes();
    // Without an early exit, the loop is vectorised.
    let controls = bytes.iter().fold(false, |found, &byte| found | ((byte < 0x20) & (byte != b'\n')));
    if controls || memmem::find(bytes, b"  ").is_some() {
        return false;
    }
    let mut newlines = memchr_iter(b'\n', bytes);
    while let Some(first) = newlines.next() {
        // The text is trimmed, so it neither begins nor ends with a line end.
        let pair = newlines.next() == Some(first + 1);
        let blank = |at: usize| bytes.get(at).is_none_or(|&byte| byte == b' ' || byte == b'\n');
        if !pair || blank(first + 2) || blank(first.wrapping_sub(1)) {
            return false;
        }
    }
    bytes.is_ascii()
        || !text.contains(['\u{a0}', '\u{85}', '\u{2028}', '\u{2029}', '\u{feff}', '\u{200b}', '\u{ad}', '\u{3000}'])
}

/// The text with `\n` as its only line end.
pub(crate) fn with_newlines(text: &str) -> Cow<'_, str> {
    let foreign = ['\r', '\u{c}', '\u{b}', '\u{85}', '\u{2028}', '\u{2029}'];
    if !text.contains(foreign) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\r' => {
                characters.next_if_eq(&'\n');
                out.push('\n');
            }
            '\u{85}' | '\u{2028}' => out.push('\n'),
            '\u{2029}' | '\u{c}' => out.push_str("\n\n"),
            '\u{b}' => out.push('\n'),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Appends the paragraphs of a block of lines that are not blank.
fn push_block(out: &mut String, block: &[&str], width: usize) {
    let margin = block.iter().map(|line| indent(line)).min().unwrap_or(0);
    let wrapped = width <= WRAPPED_COLUMNS_MAX && !is_line_per_paragraph(block);
    for (at, line) in block.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| block.get(before));
        let joined = before.is_some_and(|before| {
            wrapped && indent(line) < margin + INDENT_COLUMNS_MIN && !ends_early(before, line, width) && !is_item(line)
        });
        match before {
            Some(before) if joined => push_continuation(out, before, line),
            _ => {
                if !out.is_empty() {
                    out.push_str("\n\n");
                }
                push_line(out, line);
            }
        }
    }
}

/// Whether nearly every line ends a sentence, which is unlikely in hard-wrapped text.
fn is_line_per_paragraph(block: &[&str]) -> bool {
    let ended = block.iter().filter(|line| ends_sentence(line)).count();
    block.len() > 1 && ended * 5 >= block.len() * 4
}

/// Whether this line ends a sentence and had room for the first word of the next.
fn ends_early(line: &str, next: &str, width: usize) -> bool {
    let next = next.trim_start();
    let word = match next.chars().next() {
        Some(c) if is_ideographic(c) => 2,
        _ => columns(next.split(char::is_whitespace).next().unwrap_or("")),
    };
    ends_sentence(line) && columns(line.trim_end()) + 1 + word <= width
}

/// Whether a text ends a sentence, possibly within quotation marks or brackets.
pub(crate) fn ends_sentence(text: &str) -> bool {
    let text = text.trim_end().trim_end_matches(['"', '\'', '”', '’', '»', '“', ')', ']', '」', '』', ' ']);
    text.ends_with(['.', '!', '?', '…', ':', '。', '！', '？', '：', '।', '؟'])
}

/// What is compared of headlines: letters and digits in lower case.
pub(crate) fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// A list item.
fn is_item(line: &str) -> bool {
    let line = line.trim_start();
    ["- ", "* ", "• ", "– ", "— ", "· "].iter().any(|bullet| line.starts_with(bullet))
}

fn push_continuation(out: &mut String, before: &str, line: &str) {
    let line = line.trim_matches(is_blank);
    let last = before.trim_end().chars().next_back();
    if out.ends_with('\u{ad}') {
        out.pop();
    } else {
        let split_word = last == Some('-') && !before.trim_end().ends_with(" -") && !before.trim_end().ends_with("--");
        let together = last.is_some_and(is_ideographic) && line.chars().next().is_some_and(is_ideographic);
        if !split_word && !together {
            out.push(' ');
        }
    }
    push_line(out, line);
}

/// Appends text with runs of white space collapsed and control characters removed.
fn push_line(out: &mut String, text: &str) {
    let text = text.trim_matches(is_blank);
    if is_printable(text) && !text.contains("  ") {
        // Nearly every line.
        return out.push_str(text);
    }
    let mut blank = false;
    let mut from = 0;
    for (at, c) in text.char_indices() {
        let space = c.is_whitespace() && !is_thin(c) && !is_in_number(text, at, c);
        if !space && !c.is_control() && c != '\u{feff}' {
            continue;
        }
        if from < at {
            if blank {
                out.push(' ');
                blank = false;
            }
            out.push_str(&text[from..at]);
        }
        blank |= space;
        from = at + c.len_utf8();
    }
    if blank && from < text.len() {
        out.push(' ');
    }
    out.push_str(&text[from..]);
}

/// Whether it is a fixed blank between digits, as in `1 234`.
fn is_in_number(text: &str, at: usize, c: char) -> bool {
    let is_digit = |c: char| c.is_ascii_digit();
    c == '\u{a0}' && text[..at].ends_with(is_digit) && text[at + c.len_utf8()..].starts_with(is_digit)
}

/// Spaces within numbers and before French punctuation, which are kept.
fn is_thin(c: char) -> bool {
    matches!(c, '\u{2009}' | '\u{202f}')
}

pub(crate) fn is_ideographic(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}')
}

fn indent(line: &str) -> usize {
    let blanks = line.chars().take_while(|c| c.is_whitespace());
    blanks.map(|c| if c == '\t' { 4 } else { 1 + usize::from(c == '\u{3000}') }).sum()
}

/// Width of a line in columns, counted only as far as needed.
fn columns(line: &str) -> usize {
    if line.len() > 4 * WRAPPED_COLUMNS_MAX
        || memchr(b'\t', line.as_bytes()).is_some() && line.len() > 2 * WRAPPED_COLUMNS_MAX
    {
        return line.len();
    }
    if is_printable(line) {
        return line.len();
    }
    line.chars().map(|c| 1 + usize::from(is_ideographic(c))).sum()
}

/// Whether a line consists of ASCII letters, figures, punctuation and blanks.
fn is_printable(line: &str) -> bool {
    // Without an early exit, the loop is vectorised.
    line.bytes().fold(true, |all, byte| all & matches!(byte, b' '..=b'~'))
}

/// Whether superscript characters are a note reference, which needs a blank before it: figures after a word, but not
/// the power of a unit (`km2`) or the letters of an ordinal (`1er`).
pub(crate) fn is_note_mark(before: &str, raised: &str) -> bool {
    let figures = raised.chars().any(|c| c.is_ascii_digit())
        && raised.chars().all(|c| c.is_ascii_digit() || matches!(c, ',' | '*' | '[' | ']' | '(' | ')' | ' '));
    let letters = before.chars().rev().take_while(|c| c.is_alphabetic()).take(3).count();
    let stop = before.ends_with(['.', ',', ';', '!', '?', '"', '”', '’', ')', '»']);
    (figures || raised.chars().all(|c| c == '*') && !raised.is_empty()) && (letters == 3 || stop)
}

/// Maximum size of a first line that may be a headline.
const HEADLINE_BYTES_MAX: usize = 200;

/// Removes a short first paragraph that ends like a headline from a body; without one, the title is empty.
pub(crate) fn headline(body: String) -> (String, String) {
    let (first, rest) = body.split_once("\n\n").unwrap_or((&body, ""));
    let sentence = first.ends_with(['.', ';', ',', ':']) && !first.ends_with("...");
    if first.len() > HEADLINE_BYTES_MAX || sentence || rest.is_empty() {
        return (String::new(), body);
    }
    (one_line(first), rest.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_line_ends_are_line_ends_and_paths_are_paths() {
        for (text, expected) in [
            (r#"One.\n\nTwo \"three\"."#, "One.\n\nTwo \"three\"."),
            (r"One\r\n\r\nTwo", "One\n\nTwo"),
            (r"One. \nTwo\tthree \\ four", "One. \nTwo three \\ four"),
            (r"The file C:\new\name. \nIt is", r"The file C:\new\name. \nIt is"),
            (r"a\nb", r"a\nb"),
        ] {
            assert_eq!(line_ends(text), expected, "{text}");
        }
    }

    #[test]
    fn lines_become_paragraphs() {
        let table = [
            ("", ""),
            (" \n\t\n ", ""),
            ("One.\n\nTwo.", "One.\n\nTwo."),
            ("One.\r\n\r\n\r\nTwo.\r\n", "One.\n\nTwo."),
            ("a  b\tc\u{a0}d 1\u{a0}234 e", "a b c d 1\u{a0}234 e"),
            (
                "There are 31 wooden crates in the dispatch bay at Tarn Instruments, each\nstencilled with a number. Some have been there\nsince March.\n\nNext one.",
                "There are 31 wooden crates in the dispatch bay at Tarn Instruments, each stencilled with a number. Some have been there since March.\n\nNext one.",
            ),
            (
                "    The bank said it cut its\nrate by half a point.\n    Dealers were surprised by\nthe move, they said.",
                "The bank said it cut its rate by half a point.\n\nDealers were surprised by the move, they said.",
            ),
            (
                "The first paragraph is long enough to reach the margin\nand ends here.\nThe second paragraph begins at once and is as long as\nthe first.",
                "The first paragraph is long enough to reach the margin and ends here.\n\nThe second paragraph begins at once and is as long as the first.",
            ),
            (
                "One sentence here.\nAnother sentence there.\nA third.",
                "One sentence here.\n\nAnother sentence there.\n\nA third.",
            ),
            ("The long-\nterm plan and the multi\u{ad}\nnational", "The long-term plan and the multinational"),
            ("他说这是一个非常重要的决定因为它影响很多\n人的生活", "他说这是一个非常重要的决定因为它影响很多人的生活"),
            ("a\u{2029}b\u{0}c", "a\n\nbc"),
            (
                "Shopping list for the weekend and more words\n- bread\n- milk",
                "Shopping list for the weekend and more words\n\n- bread\n\n- milk",
            ),
        ];
        for (text, expected) in table {
            assert_eq!(from_plain(text), expected, "{text:?}");
            assert_eq!(from_plain(expected), expected, "not stable: {text:?}");
        }
        let wide = "word ".repeat(40);
        assert_eq!(from_plain(&format!("{wide}\n{wide}")), format!("{}\n\n{}", wide.trim(), wide.trim()));
    }

    #[test]
    fn white_space_is_one_blank() {
        assert_eq!(one_line("  a \n\t b\u{a0}\u{a0}c\u{7}d \u{feff}"), "a b cd");
        assert_eq!(one_line(""), "");
        assert_eq!(join(["", " a ", "\n", "b"]), "a\n\nb");
    }

    #[test]
    fn notes_are_distinguished_from_powers_and_ordinals() {
        for (before, raised, mark) in [
            ("five million", "1", true),
            ("the end.", "12", true),
            ("said", "1,2", true),
            ("word", "*", true),
            ("20 km", "2", false),
            ("le 1", "er", false),
            ("10", "6", false),
            ("", "1", false),
            ("word", "", false),
        ] {
            assert_eq!(is_note_mark(before, raised), mark, "{before}^{raised}");
        }
    }

    #[test]
    fn headlines() {
        assert_eq!(headline("Ferry back\n\nIt sails.".into()), ("Ferry back".into(), "It sails.".into()));
        assert_eq!(headline("It sails.\n\nMore.".into()), (String::new(), "It sails.\n\nMore.".into()));
        assert_eq!(headline("Only".into()), (String::new(), "Only".into()));
    }
}
