//! Forms: how the index tells `labs` from `lab`, which share a stem.
//!
//! The index knows words by their stems. Beside that it has, for each word that its stem does not spell, a term
//! of stem and word, at the same position: about three words of ten in English. An exact word that its stem does
//! not spell is that term; one that it does spell stands where the stem stands and no term of another form does.
//!
//! A stem is one language's, since languages stem alike words differently: all but the first language of a script are
//! named in their stems.

use crate::article::{Language, Script};

/// Between a stem and the word, or after a stem that is meant as a word itself; no word has it.
const MARK: char = '\u{4}';

/// Appends to a stem which language's it is, by its code in capitals, which no folded word has: `regierDE`. The first
/// language of each script has none; `lower` is the word.
pub(super) fn push_language(language: Language, lower: &str, stem: &mut String) {
    let script = lower.chars().next().map_or(Script::Other, Script::of);
    if script != Script::Other && language != script.first_language() {
        stem.extend(language.code().unwrap_or_default().chars().map(|c| c.to_ascii_uppercase()));
    }
}

/// A stem without the language that it is of.
pub fn untagged(stem: &str) -> &str {
    match stem.as_bytes() {
        [_, .., a, b] if a.is_ascii_uppercase() && b.is_ascii_uppercase() => &stem[..stem.len() - 2],
        _ => stem,
    }
}

/// Appends the term of a folded word, which is not its stem, to `term`.
pub fn push_form(stem: &str, folded: &str, term: &mut String) {
    term.push_str(stem);
    term.push(MARK);
    term.push_str(folded);
}

/// What a term of a query says: any form of a stem, or one form alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form<'a> {
    /// Any word of this stem.
    Any(&'a str),
    /// The word that the stem spells, and no other form of it.
    Bare(&'a str),
    /// A stem and the one form of it that is meant.
    Other(&'a str, &'a str),
}

impl<'a> Form<'a> {
    /// Reads the term of a query.
    pub fn of(term: &'a str) -> Self {
        match term.split_once(MARK) {
            None => Self::Any(term),
            Some((stem, "")) => Self::Bare(stem),
            Some((stem, folded)) => Self::Other(stem, folded),
        }
    }

    /// The stem.
    pub fn stem(&self) -> &'a str {
        match self {
            Self::Any(stem) | Self::Bare(stem) | Self::Other(stem, _) => stem,
        }
    }

    /// Whether a word with this stem and this folded form is meant.
    pub fn is(&self, stem: &str, folded: &str) -> bool {
        match self {
            Self::Any(known) => *known == stem,
            Self::Bare(known) => *known == stem && untagged(stem) == folded,
            Self::Other(known, form) => *known == stem && *form == folded,
        }
    }
}

/// The term of a query that means one form alone.
pub fn exact_term(stem: &str, folded: &str) -> String {
    let mut term = String::with_capacity(stem.len() + folded.len() + 1);
    push_form(stem, if untagged(stem) == untagged(folded) { "" } else { folded }, &mut term);
    term
}

/// What all terms of a stem's forms begin with.
pub fn forms_prefix(stem: &str) -> String {
    format!("{stem}{MARK}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_says_which_forms_are_meant() {
        let (any, bare, other) = ("lab".to_owned(), exact_term("lab", "lab"), exact_term("lab", "labs"));
        for (term, form, stem, expected) in [
            (&any, "lab", "lab", true),
            (&any, "labs", "lab", true),
            (&any, "label", "label", false),
            (&bare, "lab", "lab", true),
            (&bare, "labs", "lab", false),
            (&other, "labs", "lab", true),
            (&other, "lab", "lab", false),
            (&other, "laboratories", "lab", false),
        ] {
            assert_eq!(Form::of(term).is(stem, form), expected, "{term:?} {form}");
            assert_eq!(Form::of(term).stem(), "lab");
        }
        let tagged = exact_term("regierDE", "regier");
        assert!(Form::of(&tagged).is("regierDE", "regier") && !Form::of(&tagged).is("regierDE", "regierung"));
        assert_eq!((untagged("regierDE"), untagged("us."), untagged("DE"), untagged("")), ("regier", "us.", "DE", ""));
        assert!(other.starts_with(&forms_prefix("lab")) && !any.starts_with(&forms_prefix("lab")));
    }
}
