//! The line below a headline: author, outlet, date.
//!
//! Outlets, names and dates occur in any order, with any separators. This module knows the common forms.

use std::borrow::Cow;

use super::super::common::{dates, paragraphs, record_fields};

/// Maximum length of a line below a headline; prose is longer.
const LINE_CHARACTERS_MAX: usize = 160;

/// Maximum number of words in a part of such a line that is not a byline.
const PART_WORDS_MAX: usize = 8;

/// Maximum number of words in a byline with roles and agencies.
const BYLINE_WORDS_MAX: usize = 24;

/// The content of a line below a headline.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::format) struct Header {
    /// The date, as written.
    pub date: Option<String>,
    /// The outlet.
    pub source: Option<String>,
    /// The authors without `By`.
    pub byline: Option<String>,
    /// The part of the paper.
    pub section: Option<String>,
}

impl Header {
    /// Adds what is not known yet.
    pub(in crate::format) fn add(&mut self, other: Self) {
        self.date = self.date.take().or(other.date);
        self.source = self.source.take().or(other.source);
        self.byline = self.byline.take().or(other.byline);
        self.section = self.section.take().or(other.section);
    }

    /// Takes the outlet from the end of the byline if no line named one: `Jane Roe, Capital Wire Service`.
    pub(in crate::format) fn split_outlet(&mut self) {
        let (None, Some(byline)) = (&self.source, &self.byline) else { return };
        if let Some((name, outlet)) = byline.rsplit_once(", ")
            && is_name(outlet)
            && (names_outlet(outlet) || names_agency(outlet))
        {
            (self.source, self.byline) = (Some(outlet.to_owned()), Some(name.to_owned()));
        }
    }
}

/// The content of a line, if it has a date or byline and is not prose.
pub(in crate::format) fn header(line: &str) -> Option<Header> {
    if line.chars().count() > LINE_CHARACTERS_MAX {
        return None;
    }
    let line = with_bars(line);
    let found = dates::find(&line);
    let (before, after) = match &found {
        Some((bytes, _)) => (&line[..bytes.start], &line[bytes.end..]),
        None if by(&line).is_some() => (&*line, ""),
        None => return None,
    };
    let barred = line.contains('|');
    let mut header =
        Header { date: found.as_ref().map(|(bytes, _)| line[bytes.clone()].to_owned()), ..Header::default() };
    let mut parts = Vec::new();
    for side in [before, after] {
        if barred {
            parts.extend(side.split('|'));
        } else {
            parts.extend(side.split([',', ';']).flat_map(sentences));
        }
    }
    let parts: Vec<&str> = parts.into_iter().map(bare).filter(|part| !is_noise(part)).collect();
    let mut byline_before = false;
    for part in &parts {
        let name = by(part);
        if !name.map_or_else(|| is_name(part) || byline_before && words(part) <= PART_WORDS_MAX, is_byline) {
            return None;
        }
        byline_before |= name.is_some();
    }
    if barred {
        assign_barred(&parts, &mut header)
    } else {
        assign_listed(&parts, &mut header)
    }
    header.source = header.source.map(without_capitals);
    Some(header)
}

/// An outlet on a line of its own.
pub(in crate::format) fn outlet(line: &str) -> Option<String> {
    let line = paragraphs::one_line(line);
    let name = bare(&line);
    (name.len() <= 60 && !line.ends_with(['.', '?', '!', ':']) && by(name).is_none() && is_name(name))
        .then(|| name.to_owned())
}

/// Whether a name contains a word typical of newspaper names.
pub(in crate::format) fn names_outlet(name: &str) -> bool {
    const WORDS: &[&[&str]] = &[
        &["advertiser", "argus", "bugle", "bulletin", "chronicle", "citizen", "courant", "courier", "daily"],
        &["democrat", "dispatch", "echo", "examiner", "express", "financial", "gazette", "globe", "guardian"],
        &["herald", "independent", "inquirer", "journal", "ledger", "magazine", "mail", "mercury", "mirror"],
        &["monde", "monitor", "news", "observer", "online", "post", "press", "record", "register", "review"],
        &["sentinel", "signal", "standard", "star", "sun", "telegraph", "times", "tribune", "weekly", "zeitung"],
    ];
    WORDS.iter().any(|words| has_word(name, words))
}

fn names_agency(name: &str) -> bool {
    has_word(
        name,
        &["wire", "agency", "service", "reuters", "ap", "afp", "upi", "bloomberg", "xinhua", "dpa", "association"],
    )
}

fn has_word(text: &str, known: &[&str]) -> bool {
    text.split(|c: char| !c.is_alphanumeric()).any(|word| known.iter().any(|known| word.eq_ignore_ascii_case(known)))
}

/// A name in capitals in its usual spelling, if none of its words can be an abbreviation.
fn without_capitals(name: String) -> String {
    let small = ["A", "AND", "AT", "OF", "ON", "THE", "IN", "FOR"];
    let plain = |word: &str| word.len() > 3 || small.contains(&word) || matches!(word, "NEW" | "SUN" | "DAY");
    let is_cased = name.split_whitespace().count() > 1
        && name.split_whitespace().all(|word| plain(word) && word.chars().all(char::is_uppercase));
    if !is_cased {
        return name;
    }
    let word = |(at, word): (usize, &str)| {
        let mut letters = word.chars();
        let first = letters.next().map(String::from).unwrap_or_default();
        if at > 0 && small.contains(&word) { word.to_lowercase() } else { first + &letters.as_str().to_lowercase() }
    };
    name.split_whitespace().enumerate().map(word).collect::<Vec<_>>().join(" ")
}

/// Parts between bars: the outlet first, then a name without `By`, unless a newspaper name shows otherwise.
fn assign_barred(parts: &[&str], header: &mut Header) {
    let mut others: Vec<&str> = Vec::new();
    for part in parts {
        match by(part) {
            Some(name) => header.byline = header.byline.take().or_else(|| Some(name.to_owned())),
            None if is_section(part) => header.section = header.section.take().or_else(|| Some((*part).to_owned())),
            None => others.push(part),
        }
    }
    let newspapers: Vec<usize> = (0..others.len()).filter(|&at| names_outlet(others[at])).collect();
    let outlet = if let [only] = newspapers[..] { only } else { 0 };
    for (at, part) in others.into_iter().enumerate() {
        if at == outlet {
            header.source = Some(part.to_owned());
        } else if header.byline.is_none() {
            header.byline = Some(part.to_owned());
        }
    }
}

/// Parts between commas: `By A. Writer, role, Outlet`, `Agency, in the Outlet`, `Outlet, by A. Writer`.
fn assign_listed(parts: &[&str], header: &mut Header) {
    let mut byline: Vec<&str> = Vec::new();
    let mut others: Vec<&str> = Vec::new();
    let mut before_byline = true;
    for part in parts {
        if let Some(name) = by(part) {
            byline.push(name);
            before_byline = false;
        } else if is_section(part) {
            header.section = Some((*part).to_owned());
        } else if let Some(outlet) = within(part) {
            header.source = Some(outlet.to_owned());
        } else {
            others.push(part);
        }
    }
    if header.source.is_none() && (header.date.is_some() || before_byline && !byline.is_empty()) {
        let newspapers: Vec<usize> = (0..others.len()).filter(|&at| names_outlet(others[at])).collect();
        let first_is_name = parts.first().is_some_and(|part| by(part).is_none()) && !byline.is_empty();
        let at = match newspapers[..] {
            [only] => Some(only),
            _ if first_is_name => Some(0),
            _ => others.len().checked_sub(1),
        };
        if let Some(at) = at.filter(|&at| others.get(at).is_some_and(|part| is_name(part))) {
            header.source = Some(others.remove(at).to_owned());
        }
    }
    byline.extend(others);
    if !byline.is_empty() {
        header.byline = Some(byline.join(", "));
    }
}

/// The part, cut before a byline that begins a new sentence.
fn sentences(part: &str) -> impl Iterator<Item = &str> {
    let (before, after) = part.split_once(". ").filter(|(_, after)| by(after).is_some()).unwrap_or((part, ""));
    [before, after].into_iter()
}

/// The line with `|` for every separator, and without Markdown emphasis.
fn with_bars(line: &str) -> Cow<'_, str> {
    let line = line.trim().trim_matches(['*', '_']).trim();
    let wide = line.contains("  ") || line.contains('\t');
    let signs = [" - ", " – ", " — ", " / ", " · ", " • ", " // ", " :: ", " -- "];
    if !wide && !signs.iter().any(|sign| line.contains(sign)) {
        return Cow::Borrowed(line);
    }
    let mut line = line.replace('\t', "  ");
    for sign in signs {
        line = line.replace(sign, " | ");
    }
    Cow::Owned(line.replace("  ", "|"))
}

/// The part without surrounding punctuation.
fn bare(part: &str) -> &str {
    let part = part.trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, ',' | ';' | ':' | '|' | '/' | '(' | ')' | '·' | '–' | '—' | '-')
    });
    let abbreviated = ["Jr.", "Sr.", "Inc.", "Ltd.", "Co.", "St."].iter().any(|end| part.ends_with(end));
    if abbreviated { part } else { part.trim_end_matches('.').trim_start_matches('.').trim() }
}

/// Whether a part has no information: words that go with a date, page numbers.
fn is_noise(part: &str) -> bool {
    const WORDS: &[&[&str]] = &[
        &["published", "posted", "updated", "modified", "created", "issued", "dated", "date", "filed", "edition"],
        &["first", "last", "on", "at", "web", "from", "issue", "of", "p", "pp", "pg", "page", "pages"],
    ];
    let mut all = part.split([' ', ':', '.']).filter(|word| !word.is_empty());
    all.all(|word| {
        let word = word.to_lowercase();
        WORDS.iter().any(|words| words.contains(&&*word)) || word.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// The names after `By` in one of the languages that use it.
fn by(part: &str) -> Option<&str> {
    let (first, rest) = part.split_once(' ')?;
    let known = ["by", "par", "por", "von", "door"].iter().any(|word| first.eq_ignore_ascii_case(word));
    let rest = rest.trim_start();
    (known && rest.chars().next().is_some_and(|c| c.is_uppercase() || !c.is_alphabetic() || !c.is_lowercase()))
        .then_some(rest)
}

/// The outlet that published agency copy.
fn within(part: &str) -> Option<&str> {
    ["in the ", "for the "].iter().find_map(|words| {
        let start = part.get(..words.len())?;
        let outlet = part.get(words.len()..)?;
        (start.eq_ignore_ascii_case(words) && is_name(outlet)).then_some(outlet)
    })
}

fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

/// Whether most words are capitalised, as in names but not in prose.
fn is_name(part: &str) -> bool {
    words(part) <= PART_WORDS_MAX && lower_case_words(part) * 3 <= words(part)
}

fn is_byline(names: &str) -> bool {
    words(names) <= BYLINE_WORDS_MAX && lower_case_words(names) * 2 <= words(names)
}

/// Number of prose words: in lower case, and not frequent in names and bylines.
fn lower_case_words(text: &str) -> usize {
    const USUAL: &[&[&str]] = &[
        &["and", "the", "of", "in", "for", "from", "at", "on", "by", "with", "to", "our", "own"],
        &["de", "la", "le", "der", "van", "von", "und", "et", "y", "da", "di", "du", "den"],
        &["wire", "reports", "report", "staff", "reporter", "reporters", "correspondent", "editor", "writer"],
        &["contributor", "special", "agencies", "agency", "columnist"],
    ];
    let is_usual = |word: &str| USUAL.iter().any(|words| words.contains(&word.trim_end_matches([',', '.'])));
    let prose = |word: &&str| word.starts_with(char::is_lowercase) && !is_usual(word);
    text.split_whitespace().filter(prose).count()
}

fn is_section(part: &str) -> bool {
    const NAMES: &[&[&str]] = &[
        &["arts", "books", "business", "comment", "culture", "economy", "editorial", "entertainment", "features"],
        &["finance", "health", "international", "lifestyle", "local news", "markets", "national", "obituaries"],
        &["opinion", "politics", "science", "sport", "sports", "technology", "travel"],
    ];
    NAMES.iter().copied().flatten().any(|name| part.eq_ignore_ascii_case(name))
}

/// A line such as `Date: 23 July 2023`: name and value.
pub(in crate::format) fn keyed(line: &str) -> Option<(&str, &str)> {
    const NAMES: &[&[&str]] = &[
        &["title", "headline", "author", "authors", "byline", "by", "section", "category", "language", "lang"],
        &["date", "published", "published on", "publication date", "pub date", "publish date"],
        &["source", "publication", "publisher", "outlet", "newspaper"],
        &["url", "link", "permalink", "id", "docno"],
    ];
    let (name, value) = line.split_once(':')?;
    let (name, value) = (name.trim().trim_matches('*').trim(), value.trim().trim_start_matches("**").trim());
    let known = NAMES.iter().copied().flatten().any(|known| name.eq_ignore_ascii_case(known));
    (known && !value.is_empty()).then(|| (name, record_fields::without_by(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_below_headlines_are_parsed() {
        // Each line with its date, its outlet and its authors.
        let table = "
            By Hattie Broome, Alder Valley Gazette, 15 August 2025 => 15 August 2025; Alder Valley Gazette; Hattie Broome
            Alder Valley Gazette, Thursday 23 May 2024 => Thursday 23 May 2024; Alder Valley Gazette;
            By Maisie Croft, farming correspondent => ; ; Maisie Croft, farming correspondent
            Capital Wire Service, in the Alder Valley Gazette, 10 December 2019 => 10 December 2019; Alder Valley Gazette; Capital Wire Service
            Alder Valley Gazette, 2022-01-21. By Martin Heyworth. => 2022-01-21; Alder Valley Gazette; Martin Heyworth
            Alder Valley Gazette | 20 July 2023 | By Priya Sandiford => 20 July 2023; Alder Valley Gazette; Priya Sandiford
            Alder Valley Gazette | 2019-04-10 | Jo Beth Lindqvist => 2019-04-10; Alder Valley Gazette; Jo Beth Lindqvist
            By Ines Valcourt and Dawit Asrat, Capital Wire Service - Alder Valley Gazette - August 12, 2023 => August 12, 2023; Alder Valley Gazette; Ines Valcourt and Dawit Asrat, Capital Wire Service
            By Leonie Abbasi-Krol - Capital Wire Service - October 11, 2024 => October 11, 2024; Capital Wire Service; Leonie Abbasi-Krol
            The Continental Observer, 11 February 2022 => 11 February 2022; The Continental Observer;
            By Inés Carreño in Vereda => ; ; Inés Carreño in Vereda
            The Continental Observer | 2019-10-24 | Staff reporter => 2019-10-24; The Continental Observer; Staff reporter
            HARBOUR CITY CHRONICLE, October 18, 2023 => October 18, 2023; Harbour City Chronicle;
            By Lucille Dray, Capital Wire Service => ; ; Lucille Dray, Capital Wire Service
            Harbour City Chronicle - Tuesday, 30 March 2021 => Tuesday, 30 March 2021; Harbour City Chronicle;
            By Tobias Ferrand and Amina Lowe for the Capital Wire Service | Harbour City Chronicle | 7 February 2023 => 7 February 2023; Harbour City Chronicle; Tobias Ferrand and Amina Lowe for the Capital Wire Service
            By Wes Harkin, Harbour City Chronicle, 15 March 2024 => 15 March 2024; Harbour City Chronicle; Wes Harkin
            Harbour City Chronicle | 28 March 2025 | By Edmund Sayle, court reporter => 28 March 2025; Harbour City Chronicle; Edmund Sayle, court reporter
            Harbour City Chronicle | 2024-07-26 | Henrik Saalfeld, Capital Wire Service => 2024-07-26; Harbour City Chronicle; Henrik Saalfeld, Capital Wire Service
            Lakeshore Tribune | July 25, 2025 | From wire reports => July 25, 2025; Lakeshore Tribune; From wire reports
            Lakeshore Tribune | March 14, 2024 | Capital Wire Service => March 14, 2024; Lakeshore Tribune; Capital Wire Service
            By Sal Whitcombe, Lakeshore Tribune, August 2, 2019 => August 2, 2019; Lakeshore Tribune; Sal Whitcombe
            By Marisol Oquendo, Capital Wire Service => ; ; Marisol Oquendo, Capital Wire Service
            Meridian Science Weekly, 25 March 2022 => 25 March 2022; Meridian Science Weekly;
            Northgate Financial Daily, 15 June 2023, by Carol Pruett => 15 June 2023; Northgate Financial Daily; Carol Pruett
            NORTHGATE FINANCIAL DAILY  2025-01-10 => 2025-01-10; Northgate Financial Daily;
            By Capital Wire Service => ; ; Capital Wire Service
            Strait & Circuit / 2024-08-26 / Capital Wire Service => 2024-08-26; Strait & Circuit; Capital Wire Service
            By Eddie Quaye | Strait & Circuit | 29 February 2024 => 29 February 2024; Strait & Circuit; Eddie Quaye
            By Jane Roe and Martin Heyworth, Alder Valley Gazette, 17 February 2020 => 17 February 2020; Alder Valley Gazette; Jane Roe and Martin Heyworth
            Northgate Financial Daily, 16 February 2023. By Desmond Achebe => 16 February 2023; Northgate Financial Daily; Desmond Achebe
            Tribune of the Lakes, 2005-03-01 => 2005-03-01; Tribune of the Lakes;
            THE POST OF THE LAKES, 2005-03-01 => 2005-03-01; The Post of the Lakes;
            BBC NEWS, 2005-03-01 => 2005-03-01; BBC NEWS;
            Port City Post, 2011-12-31 => 2011-12-31; Port City Post;
            By X. Writer, Agency, in the Outlet, 1 May 2020 => 1 May 2020; Outlet; X. Writer, Agency
            By Jane Roe, health correspondent, The Globe, 1 May 2020 => 1 May 2020; The Globe; Jane Roe, health correspondent
            Jane Roe, Alder Valley Gazette, 1 May 2020 => 1 May 2020; Alder Valley Gazette; Jane Roe
            Alder Valley Gazette, Sport, 1 May 2020 => 1 May 2020; Alder Valley Gazette;
            Published on 1 May 2020 at 10:15 GMT => 1 May 2020 at 10:15 GMT; ;
            *By Jane Roe | The Globe, p. 3 | 1 May 2020* => 1 May 2020; The Globe, p. 3; Jane Roe
            Par Jeanne Dupont, Le Monde, 1er mai 2020 => 1er mai 2020; Le Monde; Jeanne Dupont
        ";
        for row in table.lines().map(str::trim).filter(|row| !row.is_empty()) {
            let (line, expected) = row.split_once(" => ").expect("two columns");
            let header = header(line).unwrap_or_else(|| panic!("not understood: {line}"));
            let facts = [&header.date, &header.source, &header.byline].map(|fact| fact.as_deref().unwrap_or(""));
            assert_eq!(facts.join("; ").trim_end(), expected, "{line}");
        }
    }

    #[test]
    fn prose_is_no_line_under_a_headline() {
        for line in [
            "On 12 May 2020, the council voted to build a new bridge",
            "WASHINGTON, Oct 17, 2023 - The United States on Tuesday tightened its curbs on",
            "By the time the bridge opened on 12 May 2020 the money was gone",
            "By Friday 12 May 2020 the council had run out of money for the bridge",
            "Harbour City Chronicle",
            "By dawn the water was gone",
            "",
        ] {
            assert_eq!(header(line), None, "{line}");
        }
    }

    #[test]
    fn a_byline_gives_the_outlet_when_nothing_else_does() {
        for (line, source, byline) in [
            ("By Lucille Dray, Capital Wire Service", "Capital Wire Service", "Lucille Dray"),
            ("By Maisie Croft, farming correspondent", "", "Maisie Croft, farming correspondent"),
        ] {
            let mut header = header(line).expect("a byline");
            header.split_outlet();
            assert_eq!(header.source.unwrap_or_default(), source, "{line}");
            assert_eq!(header.byline.unwrap_or_default(), byline, "{line}");
        }
    }
}
