//! Forms: how the index distinguishes `labs` from `lab`, which share a stem.
//!
//! Words are indexed by their stems. In addition, each word that its stem does not spell has a term of stem and word at
//! the same position: about three words in ten in English. An exact word that its stem does not spell is found by that
//! term; another one is found where the stem occurs without a term of another form.
//!
//! A stem belongs to a language, since languages stem similar words differently. All but the first language of each
//! script are named in their stems.

use crate::article::{Language, Script};

/// Separates a stem from a word, or follows a stem that means the word itself. No word contains it.
const MARK: char = '\u{4}';

/// Appends the language to a stem, by its code in capitals, which no folded word has: `regierDE`. The first language of
/// each script is omitted; `lower` is the word.
pub(super) fn push_language(language: Language, lower: &str, stem: &mut String) {
    let script = lower.chars().next().map_or(Script::Other, Script::of);
    if script != Script::Other && language != script.first_language() {
        stem.extend(language.code().unwrap_or_default().chars().map(|c| c.to_ascii_uppercase()));
    }
}

/// A stem without its language.
pub fn untagged(stem: &str) -> &str {
    match stem.as_bytes() {
        [_, .., a, b] if a.is_ascii_uppercase() && b.is_ascii_uppercase() => &stem[..stem.len() - 2],
        _ => stem,
    }
}

/// Appends the term of a folded word that is not its stem to `term`.
pub fn push_form(stem: &str, folded: &str, term: &mut String) {
    term.push_str(stem);
    term.push(MARK);
    term.push_str(folded);
}

/// The meaning of a query term: any form of a stem, or only one form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form<'a> {
    /// Any word with this stem.
    Any(&'a str),
    /// The word that the stem spells, and no other form.
    Bare(&'a str),
    /// A stem and one of its forms.
    Other(&'a str, &'a str),
}

impl<'a> Form<'a> {
    /// Parses a query term.
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

    /// The word: a form, or the one that the stem spells.
    pub fn word(&self) -> &'a str {
        match self {
            Self::Any(stem) | Self::Bare(stem) => untagged(stem),
            Self::Other(_, word) => word,
        }
    }

    /// Whether a word with this stem and folded form matches.
    pub fn is(&self, stem: &str, folded: &str) -> bool {
        match self {
            Self::Any(known) => *known == stem,
            Self::Bare(known) => *known == stem && untagged(stem) == folded,
            Self::Other(known, form) => *known == stem && *form == folded,
        }
    }
}

/// The query term for a single form.
pub fn exact_term(stem: &str, folded: &str) -> String {
    let mut term = String::with_capacity(stem.len() + folded.len() + 1);
    push_form(stem, if untagged(stem) == untagged(folded) { "" } else { folded }, &mut term);
    term
}

/// The prefix of all terms for forms of a stem.
pub fn forms_prefix(stem: &str) -> String {
    format!("{stem}{MARK}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_matches_any_form_or_one() {
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
