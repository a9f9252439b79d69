//! News feeds: RSS 0.9 to 2.0, RSS 1.0 (RDF), Atom 0.3 and 1.0, and CDF.
//!
//! Owns the elements of the dialects. Each entry is an article. Feeds that are not well formed are read as far as `xml`
//! can parse them. WordPress exports look like RSS, but are read by `wxr`.

use std::borrow::Cow;

use super::common::xml::{self, Document, Element, Space, Tag};
use super::common::{dates, paragraphs, record_fields, wire};
use super::{Certainty, Context, Format, Record, Sample, Sink, Split, html};
use crate::article::{Article, Provenance, Published};

/// Feed files.
pub(super) const FORMAT: Format = Format {
    name: "feed",
    title: "RSS, Atom and CDF feeds",
    extensions: &["xml", "rss", "atom", "rdf", "cdf", "feed"],
    version: 2,
    detect,
    split: Split::Whole,
    parse,
};

fn detect(sample: &Sample<'_>) -> Certainty {
    let feed = |root: Element<'_, '_>| {
        root.is("rss")
            || root.is("channel")
            || root.is("feed")
            || (root.is("entry") && root.space() == Space::Atom)
            || (root.is("rdf") && is_rss(root))
    };
    if xml::with_root(sample.head, feed) == Some(true) { Certainty::Certain } else { Certainty::No }
}

/// Whether an RDF document is RSS 0.9 or 1.0.
fn is_rss(root: Element<'_, '_>) -> bool {
    let space = root.attribute("xmlns").unwrap_or_default();
    space.contains("purl.org/rss")
        || space.contains("netscape.com")
        || root.children().any(|e| e.is("channel") || e.is("item"))
}

/// Metadata of the feed for its entries.
#[derive(Debug, Default)]
struct Feed {
    title: Option<String>,
    author: Option<String>,
    language: Option<String>,
    link: Option<String>,
}

fn parse(record: &Record, context: &Context<'_>, sink: &mut Sink<'_>) {
    let text = xml::decode(&record.bytes, context.charset);
    let document = Document::parse(&text);
    let feed = document.root().map(feed).unwrap_or_default();
    let mut none = true;
    for entry in document.root().into_iter().flat_map(entries) {
        none = false;
        sink(wire::finish(article(entry, &feed, context)));
    }
    if none || document.trouble.is_some() {
        sink(Err(document.reason()));
    }
}

/// Items and entries that are not nested.
fn entries<'d, 'a>(root: Element<'d, 'a>) -> impl Iterator<Item = Element<'d, 'a>> {
    let is_entry = |e: Element<'_, '_>| {
        matches!(e.space(), Space::Plain | Space::Rss | Space::Atom) && (e.is("item") || e.is("entry"))
    };
    let inside = move |e: Element<'_, '_>| e.ancestors().any(is_entry);
    std::iter::once(root).chain(root.descendants()).filter(move |&e| is_entry(e) && !inside(e))
}

fn feed(root: Element<'_, '_>) -> Feed {
    let channel = root.children().find(|e| e.is("channel")).unwrap_or(root);
    let facts: Vec<_> = channel.children().filter(|e| !e.is("item") && !e.is("entry")).collect();
    let own = |e: &Element<'_, '_>, name: &str| is_plain(*e) && e.is(name);
    let line = |name: &str| facts.iter().filter(|e| own(e, name)).find_map(|e| short(*e));
    let dublin = |name: &str| facts.iter().filter(|e| is_dublin(**e) && e.is(name)).find_map(|e| short(*e));
    Feed {
        title: line("title").or_else(|| dublin("title")),
        author: facts.iter().filter(|e| own(e, "author")).find_map(|e| person(*e)).filter(|_| root.is("feed")),
        language: line("language").or_else(|| dublin("language")),
        link: facts
            .iter()
            .filter(|e| own(e, "link"))
            .find_map(|e| link(*e))
            .or_else(|| Some(channel.attribute("base")?.into())),
    }
}

fn article(entry: Element<'_, '_>, feed: &Feed, context: &Context<'_>) -> Article {
    let mut facts: Vec<_> = entry.children().collect();
    let groups = entry.children().filter(|e| e.space() == Space::Media && e.is("group"));
    facts.extend(groups.flat_map(Element::children));
    let mut notes = Vec::new();
    let body = body(&facts);
    let first = |fits: &dyn Fn(Element<'_, '_>) -> bool| facts.iter().filter(|e| fits(**e)).find_map(|e| short(*e));
    let named = |e: Element<'_, '_>, names: &[&str]| names.iter().any(|n| e.is(n));
    let source = facts.iter().find(|e| is_plain(**e) && e.is("source"));
    let url = url(entry, &facts, feed);
    let authors = |fits: &dyn Fn(Element<'_, '_>) -> bool| {
        let names: Vec<_> = facts.iter().filter(|e| fits(**e)).filter_map(|e| person(*e)).collect();
        Some(names.join(", ")).filter(|n| !n.is_empty())
    };
    let language = facts
        .iter()
        .filter(|e| is_body(**e).is_some_and(|rank| rank == 0))
        .chain([&entry])
        .find_map(|e| e.attribute("lang"))
        .or_else(|| first(&|e| is_dublin(e) && e.is("language")).map(Cow::Owned))
        .or_else(|| entry.ancestors().find_map(|e| e.attribute("lang")))
        .or_else(|| feed.language.clone().map(Cow::Owned));
    let context = &Context { order: context.order.or_of(language.as_deref()), ..*context };
    Article {
        id: first(&|e| is_plain(e) && named(e, &["id", "guid"]))
            .or_else(|| Some(entry.attribute("about")?.into()))
            .or_else(|| first(&|e| is_dublin(e) && e.is("identifier"))),
        title: first(&|e| is_plain(e) && e.is("title"))
            .or_else(|| first(&|e| is_dublin(e) && e.is("title")))
            .or_else(|| first(&|e| e.space() == Space::Media && e.is("title")))
            .unwrap_or_default(),
        published: published(entry, &facts, context, &mut notes).or_else(|| in_url(url.as_deref()?, context)),
        source: source
            .and_then(|s| s.children().find(|e| e.is("title")).and_then(short).or_else(|| short(*s)))
            .or_else(|| first(&|e| is_dublin(e) && e.is("publisher")))
            .or_else(|| feed.title.clone()),
        byline: authors(&|e| is_dublin(e) && e.is("creator"))
            .or_else(|| authors(&|e| is_plain(e) && e.is("author")))
            .or_else(|| authors(&|e| e.space() == Space::Itunes && e.is("author")))
            .or_else(|| source.and_then(|s| person(s.child("author")?)))
            .or_else(|| feed.author.clone()),
        section: facts
            .iter()
            .filter(|e| is_plain(**e) && e.is("category"))
            .find_map(|e| category(*e))
            .or_else(|| first(&|e| is_dublin(e) && e.is("subject"))),
        language: language.and_then(|l| record_fields::language(&l)),
        url,
        body,
        notes,
    }
}

/// Whether the element is in the vocabulary of the feed.
fn is_plain(e: Element<'_, '_>) -> bool {
    matches!(e.space(), Space::Plain | Space::Rss | Space::Atom)
}

fn is_dublin(e: Element<'_, '_>) -> bool {
    matches!(e.space(), Space::DublinCore | Space::DublinTerms)
}

/// The quality of an element as the body, if it is one: full text first, summaries last.
fn is_body(e: Element<'_, '_>) -> Option<u8> {
    let is = |name: &str| e.is(name);
    match e.space() {
        Space::Content if is("encoded") => Some(0),
        Space::Plain | Space::Rss | Space::Atom if is("content") || is("fullitem") || is("body") || is("fulltext") => {
            Some(0)
        }
        Space::Xhtml if is("body") || is("div") => Some(0),
        Space::Plain | Space::Rss | Space::Atom if is("description") || is("summary") || is("abstract") => Some(1),
        Space::DublinCore | Space::DublinTerms if is("description") || is("abstract") => Some(2),
        Space::Itunes if is("summary") => Some(2),
        Space::Media if is("description") => Some(3),
        _ => None,
    }
}

fn body(facts: &[Element<'_, '_>]) -> String {
    let mut ranked: Vec<_> = facts.iter().filter_map(|e| Some((is_body(*e)?, *e))).collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    // Several contents of the same quality are versions of each other: use the longest.
    let mut best: (u8, String) = (u8::MAX, String::new());
    for (rank, element) in ranked {
        if rank > best.0 {
            break;
        }
        let text = rendered(element);
        if text.len() > best.1.len() {
            best = (rank, text);
        }
    }
    best.1
}

/// The text of an element that may have markup, escaped or not.
fn rendered(e: Element<'_, '_>) -> String {
    wire::mended(as_stated(e))
}

/// The same before repairing wrong decoding.
fn as_stated(e: Element<'_, '_>) -> String {
    let kind = e.attribute("type").unwrap_or_default().to_ascii_lowercase();
    let mode = e.attribute("mode").unwrap_or_default();
    if e.has_children() {
        return html::fragment(&e.markup(|inner| match inner.name() {
            "script" | "style" => Tag::Drop,
            _ => Tag::Keep,
        }));
    }
    let text = e.text();
    if mode.eq_ignore_ascii_case("base64") {
        return decoded_base64(&text).map(|text| unfolded(&text)).unwrap_or_default();
    }
    // Media types other than text are base64; pictures then give no text.
    let encoded = kind.contains('/') && !["text/", "xml", "html"].iter().any(|part| kind.contains(part));
    match &*kind {
        "image" | "audio" | "video" => String::new(),
        _ if encoded => decoded_base64(&text).map(|text| unfolded(&text)).unwrap_or_default(),
        _ => unfolded(&text),
    }
}

/// Plain text unchanged, markup as its text. Feeds that escape twice are unescaped twice.
fn unfolded(text: &str) -> String {
    if !text.contains(['<', '&']) {
        return wire::block(text);
    }
    let once = html::fragment(text);
    // Tags, including end tags, that appear only after resolving entities were escaped twice.
    let twice = !text.contains('<') && once.contains("</") && html::looks_like_markup(&once);
    if twice { html::fragment(&once) } else { once }
}

/// The text of an element with a single line, without markup.
fn short(e: Element<'_, '_>) -> Option<String> {
    let text = rendered(e);
    Some(paragraphs::one_line(&text)).filter(|line| !line.is_empty())
}

/// A person: Atom's `name`, or RSS's `address (name)`, or the text as written.
fn person(e: Element<'_, '_>) -> Option<String> {
    if let Some(name) = e.line(&["name"]).or_else(|| e.line(&["email"])) {
        return wire::byline(&name);
    }
    let line = short(e)?;
    let name = match line.split_once('(') {
        Some((address, rest)) if address.contains('@') => rest.trim_end_matches(')'),
        _ => match line.split_once('<') {
            Some((name, rest)) if rest.contains('@') && !name.trim().is_empty() => name,
            _ => &line,
        },
    };
    wire::byline(name)
}

fn category(e: Element<'_, '_>) -> Option<String> {
    let name =
        e.attribute("label").map(Cow::into_owned).or_else(|| short(e)).or_else(|| Some(e.attribute("term")?.into()))?;
    Some(name).filter(|n| !n.eq_ignore_ascii_case("uncategorized"))
}

/// The date of the entry: first publication rather than a change.
fn published(
    entry: Element<'_, '_>,
    facts: &[Element<'_, '_>],
    context: &Context<'_>,
    notes: &mut Vec<String>,
) -> Option<Published> {
    type Vocabulary = fn(Element<'_, '_>) -> bool;
    const NAMES: &[(&str, Vocabulary)] = &[
        ("published", is_plain),
        ("issued", |e| is_plain(e) || is_dublin(e)),
        ("pubdate", is_plain),
        ("date", is_dublin),
        ("created", |e| is_plain(e) || is_dublin(e)),
        ("available", is_dublin),
        ("date", is_plain),
        ("updated", is_plain),
        ("modified", |e| is_plain(e) || is_dublin(e)),
    ];
    let stated = NAMES.iter().flat_map(|(name, fits)| {
        facts.iter().filter(move |e| fits(**e) && e.is(name)).map(|e| Cow::Owned(paragraphs::one_line(&e.text())))
    });
    wire::published(stated.chain(entry.attribute("lastmod")), Provenance::Feed, context, notes)
}

fn in_url(url: &str, context: &Context<'_>) -> Option<Published> {
    let stated = dates::in_url(url).filter(|s| s.day <= context.today)?;
    Some(Published { day: stated.day, instant: stated.instant, provenance: Provenance::Url })
}

fn url(entry: Element<'_, '_>, facts: &[Element<'_, '_>], feed: &Feed) -> Option<String> {
    let links = || facts.iter().filter(|e| is_plain(**e) && e.is("link"));
    let original = || facts.iter().find(|e| e.is("origLink")).map(|e| paragraphs::one_line(&e.text()));
    let permanent = |e: &&Element<'_, '_>| {
        is_plain(**e) && e.is("guid") && e.attribute("isPermaLink").is_none_or(|p| p.eq_ignore_ascii_case("true"))
    };
    let guid = || facts.iter().find(permanent).map(|e| paragraphs::one_line(&e.text())).filter(|u| is_web(u));
    let about = || entry.attribute("href").or_else(|| entry.attribute("about")).map(Cow::into_owned);
    let found = original().or_else(|| links().find_map(|e| link(*e))).or_else(guid).or_else(about)?;
    let base = || {
        let declared = entry.attribute("base").or_else(|| entry.ancestors().find_map(|e| e.attribute("base")));
        declared.filter(|b| is_web(b)).map(Cow::into_owned).or_else(|| feed.link.clone())
    };
    if is_web(&found) { Some(found) } else { joined(&base()?, &found) }
}

/// The URL of the page itself, not of an enclosure or the feed.
fn link(e: Element<'_, '_>) -> Option<String> {
    let page = e.attribute("rel").is_none_or(|rel| rel.eq_ignore_ascii_case("alternate"));
    let address = e.attribute("href").map(Cow::into_owned).unwrap_or_else(|| paragraphs::one_line(&e.text()));
    (page && !address.is_empty() && !address.contains(char::is_whitespace)).then_some(address)
}

fn is_web(url: &str) -> bool {
    let scheme = url.get(..8).unwrap_or(url).to_ascii_lowercase();
    scheme.starts_with("http://") || scheme.starts_with("https://")
}

/// Resolves a relative URL; both must be web addresses.
fn joined(base: &str, relative: &str) -> Option<String> {
    let start = base.find("://")? + 3;
    if !is_web(base) || relative.contains(':') {
        return None;
    }
    let host_end = base[start..].find('/').map_or(base.len(), |i| start + i);
    Some(match relative {
        _ if relative.starts_with("//") => format!("{}{relative}", &base[..start - 2]),
        _ if relative.starts_with('/') => format!("{}{relative}", &base[..host_end]),
        _ => {
            let folder = base[host_end..].rfind('/').map_or(host_end, |i| host_end + i);
            format!("{}/{}", &base[..folder], relative.trim_start_matches("./"))
        }
    })
}

/// Decodes base64 text, as in Atom 0.3.
fn decoded_base64(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut group, mut bits) = (0_u32, 0);
    for byte in text.bytes().filter(|b| !b.is_ascii_whitespace() && *b != b'=') {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        group = (group << 6) | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((group >> bits).to_le_bytes()[0]);
            group &= (1 << bits) - 1;
        }
    }
    String::from_utf8(bytes).ok()
}
