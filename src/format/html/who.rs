//! Finds the authors of the article of a page.

use super::super::common::dates;
use super::dom::{Attr, Dom, NodeId, Tag};
use super::page::{Metas, Page, clean};

/// Maximum number of names in a byline.
const NAMES_MAX: usize = 20;

/// Maximum length of a byline; more is a paragraph.
const BYLINE_CHARS: usize = 150;

/// The names of the authors, joined by `, `; never the outlet.
pub(super) fn byline(page: &Page<'_>, source: Option<&str>) -> Option<String> {
    let usable = |name: &String| is_name(name) && source != Some(name.as_str());
    let join = |names: Vec<String>| -> Option<String> {
        let mut unique: Vec<String> = Vec::new();
        // The outlet may be named next to the author.
        let parts = names.iter().flat_map(|name| match source {
            Some(source) if name.contains(source) => name.split(", ").collect::<Vec<_>>(),
            _ => vec![name.as_str()],
        });
        for name in parts.map(str::to_owned).filter(usable) {
            if !unique.contains(&name) {
                unique.push(name);
            }
        }
        (!unique.is_empty()).then(|| unique.join(", "))
    };
    let declared = ["author", "creator"].into_iter().map(|property| page.data.names(property));
    let declared = declared.into_iter().find(|names| !names.is_empty()).unwrap_or_default();
    join(declared.into_iter().map(name_of).collect())
        .or_else(|| {
            let mut names = AUTHOR_NAMES.iter().copied().flatten();
            names.find_map(|name| join(page.metas.all(&[*name]).take(NAMES_MAX).map(name_of).collect()))
        })
        .or_else(|| join(labelled(page.metas).into_iter().map(name_of).collect()))
        .or_else(|| join(marked_authors(page.dom)))
        .or_else(|| page.lines.iter().find_map(|line| written_by(line)).filter(usable))
        .or_else(|| beside_date(page.lines).filter(usable))
}

/// The author in the labelled data that blogs declare for a network: `Written by`, `Verfasst von`.
fn labelled<'a>(metas: &Metas<'a>) -> Option<&'a str> {
    const LABELS: [&str; 7] =
        ["written by", "verfasst von", "geschrieben von", "écrit par", "escrito por", "scritto da", "geschreven door"];
    let label = metas.get(&["twitter:label1"])?.to_lowercase();
    LABELS.contains(&label.trim()).then(|| metas.get(&["twitter:data1"])).flatten()
}

/// The name in the dateline, or in the line before it: `Ines Valcourt | The Agency | 11 August 2023`.
fn beside_date(lines: &[String]) -> Option<String> {
    const LINES: usize = 8;
    for (at, line) in lines.iter().enumerate().take(LINES) {
        let Some((date, _)) = dates::find(line) else { continue };
        let beside =
            line.split(['|', '·', '•', '—', '/']).map(str::trim).filter(|part| !part.contains(&line[date.clone()]));
        let before = at.checked_sub(1).and_then(|before| lines.get(before)).map(String::as_str);
        // The line before the first one after the headline is the headline.
        let before = before.filter(|_| at > 1);
        if let Some(name) = beside.chain(before).find_map(person) {
            return Some(name);
        }
    }
    None
}

/// A line with only names of people, or an agency after `Source:`.
fn person(line: &str) -> Option<String> {
    if let Some(agency) = line.strip_prefix("Source:") {
        return Some(agency.trim().to_owned());
    }
    if strip_by(line).is_some() {
        return None;
    }
    let words: Vec<&str> = line.split_whitespace().collect();
    let is_name = |word: &&str| word.chars().next().is_some_and(char::is_uppercase);
    let joins = |word: &&str| matches!(*word, "and" | "&" | "de" | "van" | "von" | "der" | "la" | "di" | "al" | "bin");
    let fits = (2..=8).contains(&words.len())
        && words.iter().all(|w| is_name(w) || joins(w))
        && words.first().is_some_and(is_name)
        && !line.contains(|c: char| c.is_ascii_digit() || matches!(c, ':' | '?' | '!' | '%' | '>' | '"'))
        && words.iter().filter(|w| is_name(w)).any(|w| w.chars().any(char::is_lowercase));
    fits.then(|| line.to_owned())
}

/// Names of `<meta>` for authors, most reliable first.
const AUTHOR_NAMES: &[&[&str]] = &[
    &["author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator"],
    &["citation_author", "byl", "cxenseparse:author", "og:author", "article:author_name"],
];

/// The text of elements marked as authors, by the first mark that the page uses.
fn marked_authors(dom: &Dom) -> Vec<String> {
    /// Maximum number of names; a longer list is the staff of the paper.
    const AUTHORS_MAX: usize = 10;
    let has = |id: NodeId, name: Attr, wanted: &str| {
        dom.attr(id, name).is_some_and(|v| v.split_ascii_whitespace().any(|v| v.eq_ignore_ascii_case(wanted)))
    };
    let marks: [&dyn Fn(NodeId) -> bool; 3] =
        [&|id| has(id, Attr::Itemprop, "author"), &|id| has(id, Attr::Rel, "author"), &|id| {
            dom.attr(id, Attr::Class).is_some_and(is_author_class)
        }];
    let names = |is_marked: &&dyn Fn(NodeId) -> bool| {
        let mut inside_until = 0;
        let mut names = Vec::new();
        for (id, _) in dom.elements().filter(|(id, _)| is_marked(*id)) {
            let aside = dom.ancestors(id).any(|up| matches!(dom.tag(up), Tag::Aside | Tag::Nav | Tag::Li));
            if id < inside_until || aside || names.len() >= AUTHORS_MAX {
                continue;
            }
            // A marked element may contain the name among a picture, a title and links to social networks.
            let named = dom.inside(id).find(|inner| dom.attr(*inner, Attr::Itemprop) == Some("name"));
            let text = named.and_then(|name| dom.attr(name, Attr::Content)).map(str::to_owned);
            inside_until = dom.inside(id).end;
            names.push(name_of(&text.unwrap_or_else(|| dom.text_of(named.unwrap_or(id)))));
        }
        names.retain(|name| is_name(name));
        names
    };
    marks.iter().map(names).find(|names| !names.is_empty()).unwrap_or_default()
}

/// Maximum length of the class name of an author.
const AUTHOR_CLASS_BYTES: usize = 40;

fn is_author_class(class: &str) -> bool {
    class.split_ascii_whitespace().filter(|name| name.len() <= AUTHOR_CLASS_BYTES).any(|name| {
        let letters: String = name.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_ascii_lowercase();
        let bare = ["article", "story", "entry", "post", "p"].iter().find_map(|kind| letters.strip_prefix(kind));
        // `blog__authorname`, `post-author_name`, `_authorName_51f`
        matches!(bare.unwrap_or(&letters), "byline" | "author" | "bylinename")
            || letters.split_once("author").is_some_and(|(_, rest)| rest.contains("name"))
    })
}

/// The name in `By Jane Doe | 3 May`.
fn name_of(text: &str) -> String {
    let text = clean(text);
    let text = strip_by(&text).unwrap_or(&text);
    // Mail addresses are not names.
    let text =
        text.split(' ').filter(|word| !word.contains('@') || word.starts_with('@')).collect::<Vec<_>>().join(" ");
    let end =
        [" | ", " · ", " • ", " — ", " – ", " @"].iter().filter_map(|mark| text.find(mark)).min().unwrap_or(text.len());
    let mut name = text[..end].trim();
    // The date after it is in another element, but its preposition is not.
    for word in [" on", " publiziert am", " am", " le", " el", " published", " posted", " in", " at"] {
        name = name.strip_suffix(word).unwrap_or(name).trim_end();
    }
    name.trim_end_matches([',', ';', ':', '|', '-', '–', '—', '·', '•', ' ']).trim().replace(" ,", ",")
}

/// The name in a line that states the author.
pub(super) fn written_by(line: &str) -> Option<String> {
    let name = strip_by(line)?;
    // A date may follow on the same line.
    let name = dates::find(name).map_or(name, |(bytes, _)| &name[..bytes.start]);
    let words = name.split_whitespace().count();
    let starts_big = name.trim_start().chars().next().is_some_and(|c| c.is_uppercase());
    (starts_big && (1..=12).contains(&words)).then(|| name_of(name))
}

fn strip_by(text: &str) -> Option<&str> {
    const MARKS: &[&[&str]] = &[
        &["by: ", "by ", "von ", "par ", "por ", "di ", "door ", "text: ", "words: ", "written by ", "text by "],
        &["story by ", "article by ", "authored by: ", "authored by ", "posted by ", "author: "],
    ];
    MARKS.iter().copied().flatten().find_map(|mark| {
        let start = text.get(..mark.len())?;
        start.eq_ignore_ascii_case(mark).then(|| text[mark.len()..].trim())
    })
}

/// Whether it can be a name: not an address, a number or a paragraph.
pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.chars().count() <= BYLINE_CHARS
        && text.chars().any(char::is_alphabetic)
        && !text.contains("://")
        && !text.starts_with("www.")
        && !text.contains('@')
        && !text.starts_with(['(', '['])
        && !text.to_lowercase().starts_with("in ")
        && (text.contains(' ') || !text.trim_matches('.').contains('.'))
        && !text.contains(['{', '<'])
        && dates::parse(text).is_none()
        && dates::in_text(text).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_out_of_lines() {
        for (line, by, person_name) in [
            ("By Ada Quillfeather", Some("Ada Quillfeather"), None),
            ("Posted by Thora Emmerick on 14 May 2008", Some("Thora Emmerick"), None),
            ("Von Friedrun Wabe", Some("Friedrun Wabe"), None),
            ("By the river, nobody knew", None, None),
            ("Ines Valcourt and Dawit Asrat", None, Some("Ines Valcourt and Dawit Asrat")),
            ("Source: Capital Wire Service", None, Some("Capital Wire Service")),
            ("TRAVEL NEWS", None, None),
            ("A boat sank", None, None),
        ] {
            assert_eq!(written_by(line).as_deref(), by, "{line}");
            assert_eq!(person(line).as_deref(), person_name, "{line}");
        }
    }
}
