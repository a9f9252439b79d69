//! Names of fields and ranges.

/// A field that can be searched by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// Headline.
    Title,
    /// Authors.
    Byline,
    /// Outlet.
    Source,
    /// Section.
    Section,
    /// Language code.
    Language,
    /// URL.
    Url,
    /// Id.
    Id,
    /// Path of the source file.
    Path,
}

/// Each field with its names before a colon, main name first, and its Factiva code before `=`.
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

/// Factiva field codes without an equivalent.
const CODES_UNKNOWN: &[&str] =
    &["clm", "co", "cr", "de", "hlp", "in", "ip", "lp", "ns", "pub", "re", "rf", "rst", "sc", "td", "wc"];

impl Field {
    /// All fields, in the order of help.
    pub const ALL: [Self; 8] =
        [Self::Title, Self::Byline, Self::Source, Self::Section, Self::Language, Self::Url, Self::Id, Self::Path];

    /// Main name, used for printing.
    pub fn name(self) -> &'static str {
        self.names().first().copied().unwrap_or_default()
    }

    /// All names, main name first.
    pub fn names(self) -> &'static [&'static str] {
        FIELD_NAMES.iter().find(|(field, ..)| *field == self).map_or(&[], |(_, names, _)| names)
    }

    /// The field with this name, ignoring case.
    pub fn named(name: &str) -> Option<Self> {
        let known = |names: &[&str]| names.iter().any(|known| known.eq_ignore_ascii_case(name));
        FIELD_NAMES.iter().find(|(_, names, _)| known(names)).map(|(field, ..)| *field)
    }
}

/// A quantity with ranges, from the name before the colon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    /// The date of publication; with the comparison that the name implies.
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

/// A name at the start of a text.
pub(super) enum Named<'a> {
    /// No name.
    No,
    /// A field.
    Field(Field, &'a str),
    /// A quantity with ranges.
    Measure(Measure, &'a str),
    /// Looks like a name: letters, a colon, and a value; or a Factiva code.
    Unknown(&'a str),
}

impl<'a> Named<'a> {
    /// Parses the name at the start of a text, which is followed by `:` or `=`.
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
