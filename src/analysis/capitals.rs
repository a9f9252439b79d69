//! Words in capitals among other text.

use std::ops::Range;

/// Whether the word at these bytes is written in capitals, in a paragraph that is not.
pub fn stands_in_capitals(text: &str, word: Range<usize>) -> bool {
    let Some(surface) = text.get(word.clone()) else { return false };
    // The possessive `'s` is not part of the word.
    let surface = surface.strip_suffix("'s").or_else(|| surface.strip_suffix("’s")).unwrap_or(surface);
    if surface.chars().any(char::is_lowercase) || !surface.chars().any(|c| c.is_uppercase() || c.is_numeric()) {
        return false;
    }
    let start = text[..word.start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[word.end..].find('\n').map_or(text.len(), |at| word.end + at);
    text[start..end].chars().any(|c| c.is_alphabetic() && !c.is_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_stand_out_from_other_text() {
        let text = "NATO MEETS\n\nNATO met. Nato, nato and NATO’s F-16; ÖVP, НАТО and O met in NA\nTO.";
        let found: Vec<bool> =
            ["NATO MEETS", "NATO met", "Nato,", "nato and", "NATO’s", "F-16", "16;", "ÖVP,", "НАТО", "met."]
                .iter()
                .map(|word| {
                    let start = text.find(word).expect("there");
                    let end = start
                        + word
                            .trim_end_matches(" MEETS")
                            .trim_end_matches(" met")
                            .trim_end_matches([',', ';', '.'])
                            .trim_end_matches(" and")
                            .len();
                    stands_in_capitals(text, start..end)
                })
                .collect();
        assert_eq!(found, [false, true, false, false, true, true, true, true, true, false]);
    }
}
