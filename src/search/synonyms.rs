//! Synonyms: groups of equivalent words from a file of the user.

use crate::analysis::{Languages, Words};

/// Maximum number of groups in a file, far above what people write by hand.
const GROUPS_MAX: usize = 10_000;

/// Maximum number of words in a group, since each is searched.
const GROUP_WORDS_MAX: usize = 32;

/// Groups of synonyms.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Synonyms {
    groups: Vec<Vec<String>>,
}

impl Synonyms {
    /// Parses a file: one group per line, words separated by commas or white space, comments after `#`. Phrases are not
    /// supported.
    pub fn parse(text: &str) -> Self {
        let words = |line: &str| -> Vec<String> {
            let line = line.split('#').next().unwrap_or_default();
            let words = line.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty());
            words.take(GROUP_WORDS_MAX).map(str::to_owned).collect()
        };
        Self { groups: text.lines().map(words).filter(|group| group.len() > 1).take(GROUPS_MAX).collect() }
    }

    /// The terms of each group, as in the index.
    pub(super) fn terms(&self, languages: &Languages, table: &mut Words) -> Vec<Vec<String>> {
        let mut of_group = |group: &Vec<String>| {
            let mut terms: Vec<String> = Vec::new();
            for word in group {
                // A hyphenated word has several terms, which are not synonyms.
                if let [(_, forms)] = languages.query_terms(word, true, table).as_slice() {
                    terms.extend(forms.iter().filter(|form| !terms.contains(form)).cloned().collect::<Vec<_>>());
                }
            }
            terms
        };
        self.groups.iter().map(&mut of_group).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_group_of_stems() {
        let synonyms = Synonyms::parse("# ours\nlab, laboratory laboratories\n\nalone\nclosure,shutdown # and so on\n");
        assert_eq!(synonyms.groups.len(), 2);
        let terms = synonyms.terms(&Languages::default(), &mut Words::default());
        assert_eq!(
            terms,
            [vec!["lab".to_owned(), "laboratori".to_owned()], vec!["closur".to_owned(), "shutdown".to_owned()]]
        );
    }
}
