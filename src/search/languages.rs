//! The languages of an index, and the forms of a phrase in them.

use tantivy::Term;

use super::options::Names;
use crate::analysis::{Form, Language, Languages, Place, untagged};
use crate::article::language_code;
use crate::error::Error;
use crate::index::Reader;

/// The languages in an index, with their numbers of articles.
///
/// # Errors
/// [`Error::Index`] when the index is damaged.
pub(super) fn of_index(reader: &Reader) -> Result<Vec<(Language, u64)>, Error> {
    let mut languages: Vec<(Language, u64)> = Vec::new();
    let mut add = |language, articles| match languages.iter_mut().find(|(known, _)| *known == language) {
        Some((_, known)) => *known += articles,
        None => languages.push((language, articles)),
    };
    let mut undetermined = reader.collection()?.articles;
    for segment in reader.searcher().segment_readers() {
        let inverted = segment.inverted_index(reader.fields().language).map_err(|e| reader.failed(e))?;
        let mut codes = inverted.terms().stream().map_err(|e| reader.failed(e.into()))?;
        while codes.advance() {
            let language = Language::of(std::str::from_utf8(codes.key()).ok());
            let articles = u64::from(codes.value().doc_freq);
            undetermined = undetermined.saturating_sub(articles);
            add(language, articles);
        }
    }
    if undetermined > 0 {
        add(Language::default(), undetermined);
    }
    Ok(languages)
}

/// The code of a language in the index, by code or name; none for undetermined.
pub(super) fn code(name: &str) -> Option<String> {
    let code = || language_code(name).unwrap_or_else(|| name.trim().to_lowercase());
    (Language::named(name) != Some(Language::default())).then(code)
}

/// Whether an article has a language, given by code or name.
///
/// # Errors
/// [`Error::Index`] when the index is damaged.
pub fn has_language(reader: &Reader, name: &str) -> Result<bool, Error> {
    let Some(code) = code(name) else { return Ok(true) };
    let term = Term::from_field_text(reader.fields().language, &code);
    Ok(reader.articles_with(&term)? > 0)
}

/// The languages that pass a filter.
pub(super) fn filtered(mut languages: Vec<(Language, u64)>, names: &Names) -> Languages {
    let of = |names: &[String]| names.iter().filter_map(|name| Language::named(name)).collect::<Vec<_>>();
    let (any_of, none_of) = (of(&names.any_of), of(&names.none_of));
    languages.retain(|(language, _)| (any_of.is_empty() || any_of.contains(language)) && !none_of.contains(language));
    Languages::new(languages)
}

/// The terms of a phrase in each language that its words may belong to. An article contains the phrase in one language,
/// or in words that are the same in all.
pub(super) fn sequences(places: &[Place]) -> Vec<Vec<(u32, String)>> {
    let tag = |term: &str| {
        let stem = Form::of(term).stem();
        stem[untagged(stem).len()..].to_owned()
    };
    let mut tags: Vec<String> = Vec::new();
    for term in places.iter().flat_map(|(_, terms)| terms) {
        let tag = tag(term);
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    let mut found: Vec<Vec<(u32, String)>> = Vec::new();
    for wanted in &tags {
        let choose = |(at, terms): &Place| {
            // Of several, the last is the unstemmed word, which occurs wherever the word does.
            let of = |wanted: &str| terms.iter().rev().find(|term| tag(term) == wanted);
            of(wanted).or_else(|| of("")).map(|term| (*at, term.clone()))
        };
        let sequence: Option<Vec<(u32, String)>> = places.iter().map(choose).collect();
        found.extend(sequence.filter(|sequence| !sequence.is_empty() && !found.contains(sequence)));
    }
    found
}
