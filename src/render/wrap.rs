//! Text in columns: its width, lines of a given width, shortened forms.
//!
//! The unit is the grapheme cluster (UAX #29) with the width that terminals give it (UAX #11). Text must be
//! safe already: see `safe`.

use std::borrow::Cow;
use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Replaces text that is left out.
pub(super) const ELLIPSIS: &str = "…";

/// Marks that may not start a line of Chinese, Japanese or Korean text.
const NO_LINE_START: &str = "、。，．：；！？）］｝〕〉》」』】’”…ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ%‰";

/// Marks that may not end a line of it.
const NO_LINE_END: &str = "（［｛〔〈《「『【‘“";

/// The width of a text in columns.
pub fn columns(text: &str) -> usize {
    text.width()
}

/// Byte ranges of the lines of `text` at `width` columns, without the blanks between them.
///
/// Lines break at blanks, after dashes, and between wide characters other than Korean ones; a word longer than a line is
/// cut.
/// There is always at least one grapheme on a line, whatever the width.
pub fn lines(text: &str, width: usize) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let mut start = 0;
    // Columns of the line so far, and up to its last possible break.
    let (mut taken, mut taken_at_break) = (0, 0);
    // The last possible break: the end of this line and the start of the next.
    let mut chance: Option<(usize, usize)> = None;
    let mut before = "";
    for (at, grapheme) in graphemes(text) {
        let columns = if grapheme.len() == 1 { 1 } else { grapheme.width() };
        if grapheme == " " {
            taken += 1;
            // An ellipsis stays with the word next to it.
            if before != ELLIPSIS && !text[at + 1..].starts_with(ELLIPSIS) {
                chance = Some((at, at + 1));
                taken_at_break = taken;
            }
        } else {
            if at > start && before != " " && may_break(before, grapheme) {
                chance = Some((at, at));
                taken_at_break = taken;
            }
            while taken + columns > width && at > start {
                let (end, next) = chance.unwrap_or((at, at));
                lines.push(start..end);
                taken -= if chance.is_some() { taken_at_break } else { taken };
                start = next;
                chance = None;
                taken_at_break = 0;
            }
            taken += columns;
        }
        before = grapheme;
    }
    if start < text.len() {
        lines.push(start..text.len());
    }
    for line in &mut lines {
        let trimmed = text[line.clone()].trim_end_matches(' ').len();
        line.end = line.start + trimmed;
    }
    lines.retain(|line| !line.is_empty());
    lines
}

/// The graphemes of a text with their byte offsets. An ASCII character before another one needs no table.
fn graphemes(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = &text[at..];
        let plain = |at: usize| bytes.get(at).is_none_or(|byte| matches!(byte, b' '..=b'~'));
        let length = if plain(at) && plain(at + 1) { rest.len().min(1) } else { rest.graphemes(true).next()?.len() };
        let start = at;
        at += length;
        (length > 0).then(|| (start, &rest[..length]))
    })
}

/// Whether a line may end between two graphemes, neither of them a blank.
fn may_break(before: &str, after: &str) -> bool {
    if before.is_ascii() && after.is_ascii() {
        return false;
    }
    if before == "—" {
        return after != "—";
    }
    // A letter of Hindi with its vowel is wide too, but does not end a word.
    let wide = |grapheme: &str| grapheme.chars().next().is_some_and(|c| c.width() == Some(2));
    let is_hangul =
        |grapheme: &str| grapheme.starts_with(|c| matches!(c, '\u{1100}'..='\u{11ff}' | '\u{ac00}'..='\u{d7a3}'));
    (wide(before) || wide(after))
        && !is_hangul(before)
        && !is_hangul(after)
        && !NO_LINE_START.contains(after)
        && !NO_LINE_END.contains(before)
}

/// The text, shortened at its end to `width` columns.
pub fn shorten(text: &str, width: usize) -> Cow<'_, str> {
    if text.width() <= width {
        return Cow::Borrowed(text);
    }
    let head = head(text, width.saturating_sub(1));
    Cow::Owned(format!("{}{ELLIPSIS}", head.trim_end()))
}

/// The text, shortened in its middle to `width` columns: the ends of a path say most.
pub(super) fn shorten_middle(text: &str, width: usize) -> Cow<'_, str> {
    if text.width() <= width {
        return Cow::Borrowed(text);
    }
    let rest = width.saturating_sub(1);
    // The file name is at the end, which gets two thirds.
    let head = head(text, rest / 3);
    Cow::Owned(format!("{head}{ELLIPSIS}{}", tail(text, rest - head.width())))
}

/// The longest start of the text that fits.
pub(super) fn head(text: &str, width: usize) -> &str {
    let mut taken = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        taken += grapheme.width();
        if taken > width {
            return &text[..at];
        }
    }
    text
}

/// The longest end of the text that fits.
pub(super) fn tail(text: &str, width: usize) -> &str {
    let mut taken = 0;
    for (at, grapheme) in text.grapheme_indices(true).rev() {
        taken += grapheme.width();
        if taken > width {
            return &text[at + grapheme.len()..];
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn wrapped(text: &str, width: usize) -> Vec<&str> {
        lines(text, width).into_iter().map(|line| &text[line]).collect()
    }

    #[test]
    fn lines_break_between_words() {
        for (text, width, expected) in [
            ("", 10, vec![]),
            ("one two three", 7, vec!["one two", "three"]),
            ("one two three", 8, vec!["one two", "three"]),
            ("unbreakable", 4, vec!["unbr", "eaka", "ble"]),
            ("a unbreakable", 4, vec!["a", "unbr", "eaka", "ble"]),
            ("war—peace—war", 9, vec!["war—", "peace—war"]),
            ("東京都知事が、会見した。", 12, vec!["東京都知事", "が、会見し", "た。"]),
            ("새 여객선이 하루 두 번", 12, vec!["새 여객선이", "하루 두 번"]),
            ("सस्ता कारखाना देगा", 9, vec!["सस्ता", "कारखाना", "देगा"]),
            ("KBS는 나빴다", 8, vec!["KBS는", "나빴다"]),
            ("the 東京 news", 6, vec!["the 東", "京", "news"]),
            ("one two …", 7, vec!["one", "two …"]),
            ("… two three", 5, vec!["… two", "three"]),
            ("e\u{301}e\u{301}e\u{301}", 2, vec!["e\u{301}e\u{301}", "e\u{301}"]),
        ] {
            assert_eq!(wrapped(text, width), expected, "{text} at {width}");
        }
    }

    #[test]
    fn shortened_text_fits() {
        assert_eq!(shorten("a long headline", 8), "a long…");
        assert_eq!(shorten_middle("archive/2023/07/wire/story.json", 20), "archiv…re/story.json");
        assert_eq!(shorten_middle("short", 5), "short");
    }

    proptest! {
        #[test]
        fn lines_fit_and_lose_nothing_but_blanks(text in "[a-c東京、。é👩‍👩‍👧 —-]{0,80}", width in 2usize..30) {
            let found = wrapped(&text, width);
            for line in &found {
                prop_assert!(columns(line) <= width || line.graphemes(true).count() == 1, "{line:?}");
            }
            let all: String = found.concat();
            prop_assert_eq!(all.replace(' ', ""), text.replace(' ', ""));
            prop_assert!(columns(&shorten(&text, width)) <= width);
            prop_assert!(columns(&shorten_middle(&text, width)) <= width);
        }
    }
}
