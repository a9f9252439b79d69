//! The names of fields and of their ranges.

/// A part of an article that can be asked for by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The headline.
    Title,
    /// Who wrote it.
    Byline,
    /// The outlet that published it.
    Source,
    /// The part of the paper.
    Section,
    /// The language's code.
    Language,
    /// The address on the web.
    Url,
    /// The article's identifier.
    Id,
    /// The source file's path.
    Path,
}

/// Every field with the names it answers to before a colon, the chief one first, and Factiva's code before `=`.
const FIELD_NAMES: [(Field, &[&str], &str); 8] = [
    (Field::Title, &["title", "headline"], "hd"),
    (Field::Byline, &["byline", "author", "by"], "by"),
    (Field::Source, &["source", "outlet", "publisher", "publication"], "sn"),
    (Field::Section, &["section", "category"], "se"),
    (Field::Language, &["language", "lang"], "la"),
    (Field::Url, &["url", "site"], ""),
    (Field::Id, &["id"], ""),
    (Field::Path, &["path"], ""),
];

/// Factiva's codes of fields that an archive of files does not have.
const CODES_UNKNOWN: &[&str] =
    &["clm", "co", "cr", "de", "hlp", "in", "ip", "lp", "ns", "pub", "re", "rf", "rst", "sc", "td", "wc"];

impl Field {
    /// All of them, in the order in which help lists them.
    pub const ALL: [Self; 8] =
        [Self::Title, Self::Byline, Self::Source, Self::Section, Self::Language, Self::Url, Self::Id, Self::Path];

    /// The chief name, as it is printed.
    pub fn name(self) -> &'static str {
        self.names().first().copied().unwrap_or_default()
    }

    /// Every name it answers to, the chief one first.
    pub fn names(self) -> &'static [&'static str] {
        FIELD_NAMES.iter().find(|(field, ..)| *field == self).map_or(&[], |(_, names, _)| names)
    }

    /// The field that answers to a name, in any case.
    pub fn named(name: &str) -> Option<Self> {
        let known = |names: &[&str]| names.iter().any(|known| known.eq_ignore_ascii_case(name));
        FIELD_NAMES.iter().find(|(_, names, _)| known(names)).map(|(field, ..)| *field)
    }
}

/// What a range is asked of, by the name before the colon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    /// The day of publication; the sign that the name itself says.
    Date(&'static str),
    /// The number of words.
    Words,
}

impl Measure {
    fn named(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "date" | "published" => Self::Date(""),
            "after" => Self::Date(">"),
            "since" => Self::Date(">="),
            "before" => Self::Date("<"),
            "until" => Self::Date("<="),
            "words" => Self::Words,
            _ => return None,
        })
    }
}

/// What the beginning of a text names; with the name.
pub(super) enum Named<'a> {
    /// Nothing.
    No,
    /// A field.
    Field(Field, &'a str),
    /// Something that has ranges.
    Measure(Measure, &'a str),
    /// It looks like a name: letters, a colon, and a value right after it; or a code of Factiva's.
    Unknown(&'a str),
}

impl<'a> Named<'a> {
    /// Reads the beginning of a text: a name is followed by one character, `:` or `=`, or by a range such as `>500`.
    pub(super) fn of(text: &'a str) -> Self {
        let is_name = |c: char| c.is_alphabetic() || c == '_' || c == '-';
        let length = text.find(|c| !is_name(c)).unwrap_or(text.len());
        let (name, rest) = text.split_at(length);
        let mut rest = rest.chars();
        match rest.next() {
            Some(':') => {}
            Some('=') => return Self::code(name),
            Some('<' | '>') => return Measure::named(name).map_or(Self::No, |measure| Self::Measure(measure, name)),
            _ => return Self::No,
        }
        if let Some(field) = Field::named(name) {
            return Self::Field(field, name);
        }
        if let Some(measure) = Measure::named(name) {
            return Self::Measure(measure, name);
        }
        let next = rest.next();
        let has_value = next.is_some_and(|c| c.is_alphanumeric() || c == '(' || super::words::is_quote(c));
        let several = name.chars().filter(|c| c.is_alphabetic()).nth(1).is_some();
        if has_value && several { Self::Unknown(name) } else { Self::No }
    }

    fn code(name: &'a str) -> Self {
        let is = |code: &str| !code.is_empty() && code.eq_ignore_ascii_case(name);
        match FIELD_NAMES.iter().find(|(.., code)| is(code)) {
            Some((field, ..)) => Self::Field(*field, name),
            None if CODES_UNKNOWN.iter().any(|code| is(code)) => Self::Unknown(name),
            None => Self::No,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_field_has_its_names() {
        for field in Field::ALL {
            assert!(field.names().iter().all(|name| Field::named(&name.to_uppercase()) == Some(field)));
        }
    }
}
