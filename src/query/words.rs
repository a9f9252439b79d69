//! Character classes of queries, and suffixes of words: stars, `~2`, `^3`.

/// Maximum weight of a query in percent; beyond it, nothing else matters.
pub(super) const BOOST_PERCENT_MAX: u32 = 10_000;

/// Quotation marks; any may close a phrase opened by any other.
pub(super) fn is_quote(c: char) -> bool {
    is_straight(c) || matches!(c, '“' | '”' | '„' | '‟' | '«' | '»')
}

/// Typewriter marks, which do not distinguish opening and closing.
fn is_straight(c: char) -> bool {
    matches!(c, '"' | '＂')
}

/// Whether a mark closes a phrase opened by another wherever it occurs. Languages differ in which mark of a kind opens
/// and closes, so all of a kind do, except the low one.
fn is_same_kind(open: char, close: char) -> bool {
    match open {
        '«' | '»' => matches!(close, '«' | '»'),
        _ if is_straight(open) => is_straight(close),
        _ => matches!(close, '“' | '”' | '‟'),
    }
}

/// The bytes of a phrase up to the mark that closes it, where `open` is the mark before the text.
///
/// A mark of another kind also closes it, if it follows a word and has not opened a phrase itself.
pub(super) fn phrase_bytes(open: char, text: &str) -> Option<usize> {
    let mut before = ' ';
    let mut inner = 0usize;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if is_quote(c) {
            let next = chars.peek().map_or(' ', |(_, next)| *next);
            if is_same_kind(open, c) {
                return Some(at);
            }
            if is_blank(before) && !is_blank(next) {
                inner += 1;
            } else if inner > 0 {
                inner -= 1;
            } else if !next.is_alphanumeric() {
                return Some(at);
            }
        }
        before = c;
    }
    None
}

pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace() || c.is_control()
}

pub(super) fn is_delimiter(c: char) -> bool {
    is_blank(c) || c == '(' || c == ')' || is_quote(c)
}

/// `+`, the hyphen, and the minus sign that word processors insert.
pub(super) fn is_sign(c: char) -> bool {
    matches!(c, '+' | '-' | '\u{2212}')
}

pub(super) fn has_letters(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

/// Whether a word consists of letters, digits and wildcards.
pub(super) fn is_wildcard(text: &str) -> bool {
    text.contains(['*', '?']) && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '*' | '?'))
}

/// A weight at the end of a text, such as `^3` or `^.5`, in percent, and the number of bytes before it.
pub(super) fn boost(text: &str) -> Option<(usize, u32)> {
    let at = text.rfind('^')?;
    let percent = percent(&text[at + 1..])?;
    Some((at, percent))
}

/// A decimal number in percent, limited to the maximum.
pub(super) fn percent(number: &str) -> Option<u32> {
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(part) || whole.len() + part.len() == 0 {
        return None;
    }
    let value: f64 = number.parse().ok()?;
    Some((value * 100.0).round().min(f64::from(BOOST_PERCENT_MAX + 1)) as u32)
}

/// `~2` at the end of a word: the number, if any, and the number of bytes before it.
pub(super) fn fuzzy(text: &str) -> Option<(usize, Option<u32>)> {
    let at = text.rfind('~')?;
    let digits = &text[at + 1..];
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some((at, if digits.is_empty() { None } else { Some(digits.parse().unwrap_or(u32::MAX)) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_mark_closes_a_phrase_that_has_opened_none_itself() {
        for (text, expected) in [
            ("\"a b\" c", "a b"),
            ("\"a b” c", "a b"),
            ("“a b\"", "a b"),
            ("„a b\"", "a b"),
            ("\"a b„", "a b"),
            ("«a b\")", "a b"),
            ("＂a b\"", "a b"),
            ("\"he said “no” twice\"", "he said “no” twice"),
            ("\"a b” OR \"c d”", "a b"),
            ("“a \"b\" c”", "a \"b\" c"),
            ("„a b“", "a b"),
            ("»a b«", "a b"),
        ] {
            let open = text.chars().next().expect("a mark");
            let inside = &text[open.len_utf8()..];
            assert_eq!(phrase_bytes(open, inside).map(|end| &inside[..end]), Some(expected), "{text}");
        }
        assert_eq!(phrase_bytes('"', "a “b” c"), None);
    }

    #[test]
    fn what_ends_a_word() {
        assert_eq!(boost("opec^3"), Some((4, 300)));
        assert_eq!(boost("opec^.5"), Some((4, 50)));
        assert_eq!(boost("opec^99999999999"), Some((4, BOOST_PERCENT_MAX + 1)));
        for text in ["opec", "opec^", "opec^x", "opec^.", "opec^-1", "opec^1e3", "^_^"] {
            assert_eq!(boost(text), None, "{text}");
        }
        assert_eq!(fuzzy("opec~"), Some((4, None)));
        assert_eq!(fuzzy("opec~2"), Some((4, Some(2))));
        assert_eq!(fuzzy("opec~x"), None);
    }
}
