//! Traditional and simplified Chinese characters match as simplified ones, by the table of OpenCC.

use std::sync::LazyLock;

use hanconv::RawDictionary;

/// Lines of a traditional character, a tab, and its simplified characters, most common first; `#` begins a comment.
const TABLE: &str = RawDictionary::TSCharacters.text();

/// The first character that the table may contain.
const FIRST: u32 = 0x3400;

/// The simplified character for each from [`FIRST`] on; 0 if it is the same.
static SIMPLIFIED: LazyLock<Vec<u16>> = LazyLock::new(|| {
    let mut simplified = vec![0; 0xa000 - FIRST as usize];
    for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
        let mut characters = line.split_whitespace().filter_map(|text| text.chars().next());
        if let (Some(from), Some(to)) = (characters.next(), characters.next())
            && let (Some(place), Ok(to)) = (at(from), u16::try_from(to as u32))
            && let Some(known) = simplified.get_mut(place)
        {
            *known = to;
        }
    }
    simplified
});

fn at(c: char) -> Option<usize> {
    (c as usize).checked_sub(FIRST as usize)
}

/// The simplified form of a character; other characters are unchanged.
pub(super) fn simplified(c: char) -> char {
    match at(c).and_then(|at| SIMPLIFIED.get(at)) {
        Some(0) | None => c,
        Some(simplified) => char::from_u32(u32::from(*simplified)).unwrap_or(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traditional_characters_become_simplified() {
        let text: String = "臺灣總統府：後來，國会が開く".chars().map(simplified).collect();
        assert_eq!(text, "台湾总统府：后来，国会が开く");
    }
}
