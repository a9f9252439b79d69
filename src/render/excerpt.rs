//! Shortens a passage that would take too many lines.

use std::collections::BTreeSet;
use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::safe::SafeText;
use super::wrap::{ELLIPSIS, columns, lines};

/// The longest word, in letters, whose point may be that of an abbreviation: `Mr.`, `Gen.`.
const ABBREVIATION_LETTERS_MAX: usize = 3;

/// Marks that end a quotation or a bracket: no sentence starts with one.
const CLOSING: [char; 12] = ['”', '’', '»', '›', '」', '』', '）', '】', '》', '〉', ')', ']'];

/// The whole text if it takes no more than `lines_max` lines of `width` columns, otherwise the run of whole sentences
/// with the most marked words, with `…` where text is left out. A sentence that is too long itself is cut between
/// words.
pub fn excerpt(passage: SafeText, width: usize, lines_max: usize) -> SafeText {
    if lines(&passage.text, width).len() <= lines_max {
        return passage;
    }
    let fits = |range: &Range<usize>| lines(&cut_out(&passage, range).text, width).len() <= lines_max;
    let sentences = sentences(&passage.text);
    let runs = sentences.iter().enumerate().map(|(first, sentence)| {
        let mut run = sentence.clone();
        if !fits(&run) {
            return within(&passage, run, width, lines_max);
        }
        for next in &sentences[first + 1..] {
            let longer = run.start..next.end;
            if !fits(&longer) {
                break;
            }
            run = longer;
        }
        run
    });
    // Of runs with equally many highlights, prefer the first one, which reads best, then the longest.
    let worth = |run: &Range<usize>| {
        let (words, marks) = marked(&passage, run);
        (words, run.start == 0, marks, columns(&passage.text[run.clone()]))
    };
    let best = runs.reduce(|best, run| if worth(&run) > worth(&best) { run } else { best });
    cut_out(&passage, &best.unwrap_or(0..0))
}

/// The part of a long sentence with the most highlights that fits.
fn within(passage: &SafeText, sentence: Range<usize>, width: usize, lines_max: usize) -> Range<usize> {
    let start = sentence.start;
    let all: Vec<_> = lines(&passage.text[sentence], width).iter().map(|l| start + l.start..start + l.end).collect();
    let parts = all.windows(lines_max.min(all.len()).max(1)).map(|part| part[0].start..part[part.len() - 1].end);
    let best = parts.reduce(|best, part| if marked(passage, &part) > marked(passage, &best) { part } else { best });
    let mut best = best.unwrap_or(start..start);
    // The ellipses may need one more line.
    while lines(&cut_out(passage, &best).text, width).len() > lines_max {
        // Text without spaces may be cut between any two characters.
        let text = &passage.text[best.clone()];
        let cut = text.rfind(' ').or_else(|| text.char_indices().next_back().map(|(at, _)| at));
        match cut {
            Some(cut) if cut > 0 => best.end = best.start + cut,
            _ => break,
        }
    }
    best
}

/// How many different marked words are in a part of the text, and how many marks.
fn marked(passage: &SafeText, part: &Range<usize>) -> (usize, usize) {
    let marks: Vec<_> = passage.marks.iter().filter(|m| m.start >= part.start && m.end <= part.end).collect();
    let words: BTreeSet<String> = marks.iter().map(|m| passage.text[(*m).clone()].to_lowercase()).collect();
    (words.len(), marks.len())
}

/// A part of the text with its marks, and `…` where text before or after it is left out.
fn cut_out(passage: &SafeText, part: &Range<usize>) -> SafeText {
    let mut text = String::new();
    if part.start > 0 {
        text.push_str(ELLIPSIS);
        text.push(' ');
    }
    let shift = text.len();
    text.push_str(&passage.text[part.clone()]);
    if part.end < passage.text.len() {
        text.push(' ');
        text.push_str(ELLIPSIS);
    }
    let cut = |mark: &Range<usize>| {
        let start = mark.start.clamp(part.start, part.end);
        let end = mark.end.clamp(start, part.end);
        start - part.start + shift..end - part.start + shift
    };
    SafeText { marks: passage.marks.iter().map(cut).collect(), text }
}

/// Byte ranges of the sentences, without the blanks around them, by UAX #29. Abbreviations and points inside words
/// such as `.SPX` end no sentence, and none starts with a closing quotation mark.
fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (at, sentence) in text.split_sentence_bound_indices() {
        let end = at + sentence.trim_end().len();
        match found.last_mut() {
            Some(before)
                if abbreviated(&text[before.clone()])
                    || (before.end == at && text[..at].ends_with('.'))
                    || sentence.starts_with(CLOSING) =>
            {
                before.end = end.max(before.end);
            }
            _ => found.push(at..end),
        }
    }
    found
}

fn abbreviated(sentence: &str) -> bool {
    let Some(before) = sentence.strip_suffix('.') else { return false };
    let word = before.rsplit([' ', '(', '“', '"']).next().unwrap_or_default();
    let short = word.contains('.') || word.chars().count() <= ABBREVIATION_LETTERS_MAX;
    short && word.starts_with(char::is_uppercase)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::safe::flowing;
    use super::*;

    fn marks_of(text: &str, word: &str) -> Vec<Range<usize>> {
        text.match_indices(word).map(|(at, _)| at..at + word.len()).collect()
    }

    #[test]
    fn the_sentences_with_the_marks_are_shown() {
        let text = "First comes this. Gen. J. Doe saw the chip. The chip law passed. Nobody cared about it at all.";
        for (word, lines_max, expected) in [
            ("chip", 9, text),
            ("chip", 3, "First comes this. Gen. J. Doe saw the chip. The chip law passed. …"),
            ("First", 3, "First comes this. Gen. J. Doe saw the chip. The chip law passed. …"),
            ("chip", 2, "First comes this. Gen. J. Doe saw the chip. …"),
            ("law", 2, "… The chip law passed. …"),
            ("all", 3, "… The chip law passed. Nobody cared about it at all."),
            ("cared", 1, "… Nobody cared about …"),
        ] {
            let made = excerpt(flowing(text, &marks_of(text, word)), 24, lines_max);
            assert_eq!(made.text, expected, "{word} in {lines_max}");
            let shown = made.marks.iter().filter(|m| !m.is_empty());
            assert!(shown.clone().all(|m| &made.text[m.clone()] == word) && shown.count() > 0);
        }
    }

    #[test]
    fn sentences_are_whole() {
        for (text, expected) in [
            ("It fell. The S&P 500 .SPX lost a lot. So it went.", "It fell.|The S&P 500 .SPX lost a lot.|So it went."),
            ("To reduce the huge U.S. Deficit. Then", "To reduce the huge U.S. Deficit.|Then"),
            ("他说：“是。”她走了。", "他说：“是。”|她走了。"),
            ("这很好。 ”他走了。", "这很好。 ”他走了。"),
        ] {
            let found: Vec<&str> = sentences(text).into_iter().map(|sentence| &text[sentence]).collect();
            assert_eq!(found.join("|"), expected);
        }
    }

    #[test]
    fn the_start_is_shown_unless_another_part_has_more_of_the_words() {
        let text = "Amazon shuts its lab. The choice of the lab was told in a long post. Closures of labs go on.";
        for (words, expected) in
            [(&["lab"][..], "Amazon shuts its lab. …"), (&["lab", "Closures"], "… Closures of labs go on.")]
        {
            let mut marks: Vec<_> = words.iter().flat_map(|word| marks_of(text, word)).collect();
            marks.sort_by_key(|mark| mark.start);
            assert_eq!(excerpt(flowing(text, &marks), 30, 1).text, expected);
        }
    }

    proptest! {
        #[test]
        fn an_excerpt_fits(text in "([A-Za-z東京]{1,7}[.。]? ){0,60}", width in 16usize..40, lines_max in 1usize..6) {
            let made = excerpt(flowing(&text, &marks_of(&text, "a")), width, lines_max);
            prop_assert!(lines(&made.text, width).len() <= lines_max);
            for mark in made.marks.iter().filter(|m| !m.is_empty()) {
                prop_assert_eq!(&made.text[mark.clone()], "a");
            }
        }
    }
}
