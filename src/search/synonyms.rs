//! Synonyms: words that a user takes for one, in groups from a file.

use crate::analysis::{Languages, Words};

/// Groups that are read of a file: what a person writes by hand is far below.
const GROUPS_MAX: usize = 10_000;

/// Words that are read of a group: each is looked for.
const GROUP_WORDS_MAX: usize = 32;

/// Groups of words, any of which stands for all of its group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Synonyms {
    groups: Vec<Vec<String>>,
}

impl Synonyms {
    /// Reads a file's text: one group a line, its words separated by commas or white space; `#` begins a comment.
    /// Phrases are not supported.
    pub fn parse(text: &str) -> Self {
        let words = |line: &str| -> Vec<String> {
            let line = line.split('#').next().unwrap_or_default();
            let words = line.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty());
            words.take(GROUP_WORDS_MAX).map(str::to_owned).collect()
        };
        Self { groups: text.lines().map(words).filter(|group| group.len() > 1).take(GROUPS_MAX).collect() }
    }

    /// The terms of each group, as the index knows them.
    pub(super) fn terms(&self, languages: &Languages, table: &mut Words) -> Vec<Vec<String>> {
        let mut of_group = |group: &Vec<String>| {
            let mut terms: Vec<String> = Vec::new();
            for word in group {
                // Of a word with a hyphen there are several terms, which are no synonyms.
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
