//! News feeds: RSS 0.9 to 2.0, RSS 1.0 (RDF), Atom 0.3 and 1.0, and CDF.
//!
//! Owns the elements of the dialects. Each entry is an article. Feeds that are not well formed are read as far as `xml`
//! can parse them. WordPress exports look like RSS, but are read by `wxr`.

use std::borrow::Cow;

use mail_parser::decoders::base64::base64_decode;

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
    if xml::root_is(sample.head, feed) { Certainty::Certain } else { Certainty::No }
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

/// A vocabulary and a name in it.
type Name = (fn(Element<'_, '_>) -> bool, &'static str);

/// The elements that describe a feed or an entry.
struct Facts<'d, 'a>(Vec<Element<'d, 'a>>);

impl<'d, 'a> Facts<'d, 'a> {
    fn all(&self, (fits, name): Name) -> impl Iterator<Item = Element<'d, 'a>> {
        self.0.iter().copied().filter(move |e| fits(*e) && e.is(name))
    }

    /// The text under the first of these names that has one.
    fn line(&self, names: &[Name]) -> Option<String> {
        names.iter().find_map(|name| self.all(*name).find_map(short))
    }

    /// The persons under the first of these names that has any.
    fn persons(&self, names: &[Name]) -> Option<String> {
        let persons = |name: &Name| self.all(*name).filter_map(person).collect::<Vec<_>>().join(", ");
        names.iter().map(persons).find(|persons| !persons.is_empty())
    }
}

fn feed(root: Element<'_, '_>) -> Feed {
    let channel = root.child("channel").unwrap_or(root);
    let facts = Facts(channel.children().filter(|e| !e.is("item") && !e.is("entry")).collect());
    Feed {
        title: facts.line(&[(is_plain, "title"), (is_dublin, "title")]),
        author: facts.all((is_plain, "author")).find_map(person).filter(|_| root.is("feed")),
        language: facts.line(&[(is_plain, "language"), (is_dublin, "language")]),
        link: facts.all((is_plain, "link")).find_map(link).or_else(|| Some(channel.attribute("base")?.into())),
    }
}

fn article(entry: Element<'_, '_>, feed: &Feed, context: &Context<'_>) -> Article {
    let groups = entry.children_named("group").filter(|e| is_media(*e));
    let facts = Facts(entry.children().chain(groups.flat_map(Element::children)).collect());
    let mut notes = Vec::new();
    let source = facts.all((is_plain, "source")).next();
    let url = url(entry, &facts, feed);
    let full_texts = facts.0.iter().filter(|e| is_body(**e) == Some(0));
    let language = full_texts
        .chain([&entry])
        .find_map(|e| e.attribute("lang"))
        .or_else(|| facts.line(&[(is_dublin, "language")]).map(Cow::Owned))
        .or_else(|| entry.ancestors().find_map(|e| e.attribute("lang")))
        .or_else(|| feed.language.clone().map(Cow::Owned));
    let context = &Context { order: context.order.or_of(language.as_deref()), ..*context };
    Article {
        id: facts
            .line(&[(is_plain, "id"), (is_plain, "guid")])
            .or_else(|| Some(entry.attribute("about")?.into()))
            .or_else(|| facts.line(&[(is_dublin, "identifier")])),
        title: facts.line(&[(is_plain, "title"), (is_dublin, "title"), (is_media, "title")]).unwrap_or_default(),
        published: published(entry, &facts, context, &mut notes)
            .or_else(|| dates::plausible(dates::in_url(url.as_deref()?)?, Provenance::Url, context)),
        source: source
            .and_then(|s| s.child("title").and_then(short).or_else(|| short(s)))
            .or_else(|| facts.line(&[(is_dublin, "publisher")]))
            .or_else(|| feed.title.clone()),
        byline: facts
            .persons(&[(is_dublin, "creator"), (is_plain, "author"), (is_itunes, "author")])
            .or_else(|| source.and_then(|s| person(s.child("author")?)))
            .or_else(|| feed.author.clone()),
        section: facts.all((is_plain, "category")).find_map(category).or_else(|| facts.line(&[(is_dublin, "subject")])),
        language: language.and_then(|l| record_fields::language(&l)),
        body: body(&facts),
        url,
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

fn is_media(e: Element<'_, '_>) -> bool {
    e.space() == Space::Media
}

fn is_itunes(e: Element<'_, '_>) -> bool {
    e.space() == Space::Itunes
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

/// The text of the best quality. Several of the same quality are versions of each other, of which the longest is used.
fn body(facts: &Facts<'_, '_>) -> String {
    let texts = |rank: u8| facts.0.iter().filter(move |e| is_body(**e) == Some(rank)).map(|e| rendered(*e));
    (0..=3).filter_map(|rank| texts(rank).max_by_key(String::len)).find(|text| !text.is_empty()).unwrap_or_default()
}

/// The text of an element that may have markup, escaped or not.
fn rendered(e: Element<'_, '_>) -> String {
    wire::repaired(decoded_text(e))
}

/// The same before repairing wrong decoding.
fn decoded_text(e: Element<'_, '_>) -> String {
    if e.has_children() {
        return html::fragment(&e.markup(|inner| match inner.name() {
            "script" | "style" => Tag::Drop,
            _ => Tag::Keep,
        }));
    }
    let kind = e.attribute("type").unwrap_or_default().to_ascii_lowercase();
    if matches!(&*kind, "image" | "audio" | "video") {
        return String::new();
    }
    let text = e.text();
    // Media types other than text are base64; pictures then give no text.
    let is_text = !kind.contains('/') || ["text/", "xml", "html"].iter().any(|part| kind.contains(part));
    if is_text && e.attribute("mode").is_none_or(|mode| !mode.eq_ignore_ascii_case("base64")) {
        return unescaped(&text);
    }
    let decoded = base64_decode(text.as_bytes()).and_then(|bytes| String::from_utf8(bytes).ok());
    unescaped(&decoded.unwrap_or_default())
}

/// Plain text unchanged, markup as its text. Feeds that escape twice are unescaped twice.
fn unescaped(text: &str) -> String {
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
    facts: &Facts<'_, '_>,
    context: &Context<'_>,
    notes: &mut Vec<String>,
) -> Option<Published> {
    let either = |e: Element<'_, '_>| is_plain(e) || is_dublin(e);
    let names: [Name; 9] = [
        (is_plain, "published"),
        (either, "issued"),
        (is_plain, "pubdate"),
        (is_dublin, "date"),
        (either, "created"),
        (is_dublin, "available"),
        (is_plain, "date"),
        (is_plain, "updated"),
        (either, "modified"),
    ];
    let stated = names.iter().flat_map(|name| facts.all(*name).filter_map(|e| e.line(&[])).map(Cow::Owned));
    wire::published(stated.chain(entry.attribute("lastmod")), Provenance::Feed, context, notes)
}

fn url(entry: Element<'_, '_>, facts: &Facts<'_, '_>, feed: &Feed) -> Option<String> {
    let is_permanent = |e: &Element<'_, '_>| e.attribute("isPermaLink").is_none_or(|p| p.eq_ignore_ascii_case("true"));
    let guid = || facts.all((is_plain, "guid")).find(is_permanent)?.line(&[]).filter(|url| is_web(url));
    let about = || entry.attribute("href").or_else(|| entry.attribute("about")).map(Cow::into_owned);
    let found = facts
        .all((|_| true, "origLink"))
        .find_map(|e| e.line(&[]))
        .or_else(|| facts.all((is_plain, "link")).find_map(link))
        .or_else(guid)
        .or_else(about)?;
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
