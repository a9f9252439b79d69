//! Character classes of queries, and suffixes of words: stars, `~2`, `^3`.

/// Maximum weight of a query in percent. A greater one would outweigh everything else.
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
        if is_quote(c) && !is_gershayim(before, c, &text[at + c.len_utf8()..]) {
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

/// Whether a character always ends a word.
pub(super) fn is_bound(c: char) -> bool {
    is_blank(c) || c == '(' || c == ')'
}

pub(super) fn is_delimiter(c: char) -> bool {
    is_bound(c) || is_quote(c)
}

/// Whether a quotation mark is part of a Hebrew acronym, such as `צה"ל`.
fn is_gershayim(before: char, mark: char, after: &str) -> bool {
    let is_hebrew = |c: char| ('א'..='ת').contains(&c);
    mark == '"' && is_hebrew(before) && after.starts_with(is_hebrew)
}

/// The bytes of the word at the start of a text, which ends at a quotation mark or where `ends` says so.
pub(super) fn word_bytes(text: &str, ends: impl Fn(char) -> bool) -> usize {
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        if ends(c) || is_quote(c) && !is_gershayim(before, c, &text[at + c.len_utf8()..]) {
            return at;
        }
        before = c;
    }
    text.len()
}

/// The words of a text without operators, between quotation marks and where `ends` says so.
pub(super) fn plain_words(text: &str, ends: impl Fn(char) -> bool) -> impl Iterator<Item = &str> {
    let mut rest = text;
    let words = std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c| ends(c) || is_quote(c));
        let (word, after) = rest.split_at(word_bytes(rest, &ends));
        rest = after;
        (!word.is_empty()).then_some(word)
    });
    words.filter(|word| has_letters(word))
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

/// A weight at the end of a text, such as `^3` or `^.5`: the number of bytes before it, and the weight in percent, at
/// most one more than the maximum.
pub(super) fn boost(text: &str) -> Option<(usize, u32)> {
    let at = text.rfind('^')?;
    let number = &text[at + 1..];
    let is_decimal = number.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let value: f64 = number.parse().ok().filter(|_| is_decimal)?;
    Some((at, (value * 100.0).round().min(f64::from(BOOST_PERCENT_MAX + 1)) as u32))
}

/// `~2` at the end of a word: the number of bytes before it, and the number, if any.
pub(super) fn fuzzy(text: &str) -> Option<(usize, Option<u32>)> {
    let at = text.rfind('~')?;
    let digits = &text[at + 1..];
    let letters = (!digits.is_empty()).then(|| digits.parse().unwrap_or(u32::MAX));
    digits.bytes().all(|b| b.is_ascii_digit()).then_some((at, letters))
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
            ("\"דובר צה\"ל\"", "דובר צה\"ל"),
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
