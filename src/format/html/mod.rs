//! Web pages: the article's text and its facts out of a page, and markup fragments as paragraphs.
//!
//! [`page`] is for a whole page, from which the article has to be dug out; [`fragment`] is for the body of a feed
//! entry or a JSON record, all of which is text of the article. The tree of `dom` is built in `build`, blocks of text in
//! `blocks`, the choice among them is made in `extract`, facts are found in `metadata`.

mod blocks;
mod boilerplate;
mod build;
mod clutter;
mod dom;
mod extract;
mod headline;
mod json_ld;
mod metadata;
mod names;
mod when;
mod who;

use super::{Certainty, Context, Format, Record, Sample, Sink, Split, charset, paragraphs};
use crate::article::Article;
use crate::error::SkipReason;
use dom::{Dom, Tag, Visit};

/// Web pages, one article each.
pub(super) const FORMAT: Format = Format {
    name: "html",
    title: "web page",
    extensions: &["html", "htm", "xhtml", "shtml"],
    version: 1,
    detect,
    split: Split::Whole,
    parse,
};

/// The article of a whole web page, without what surrounds it: menus, advertisements, other headlines, comments.
///
/// # Errors
/// [`SkipReason::NoText`] when no article is on it, [`SkipReason::TooDeep`] when its elements are nested beyond
/// what a browser would show.
pub(super) fn page(html: &str, context: &Context<'_>) -> Result<Article, SkipReason> {
    let dom = Dom::parse(html);
    if dom.too_deep() {
        return Err(SkipReason::TooDeep { what: "HTML", limit: build::DEPTH_MAX as u32 });
    }
    let facts = metadata::Facts::of(&dom, context);
    let body = extract::body(&dom, &facts);
    if body.is_empty() {
        return Err(SkipReason::NoText);
    }
    Ok(facts.article(body))
}

/// The text of a piece of markup as paragraphs separated by one blank line.
///
/// All text is kept but that of scripts, styles and frames. Blocks of markup give paragraphs, a `<br>` a line feed and
/// two of them a paragraph, cells of a table stand in one line. Text without markup, or with markup inside of its
/// lines only, keeps the paragraphs that its own lines make.
pub(super) fn fragment(html: &str) -> String {
    if !looks_like_markup(html) {
        return paragraphs::from_plain(html);
    }
    let dom = Dom::parse(html);
    if dom.elements().any(|(_, tag)| tag.is_block() || tag == Tag::Br) {
        return blocks::all_text(&dom);
    }
    let texts = dom.walk(dom::ROOT).map(|visit| match visit {
        Visit::Enter(id) => dom.text(id),
        Visit::Leave(_) => "",
    });
    paragraphs::from_plain(&texts.collect::<String>())
}

/// Whether a text holds tags or entities, rather than a stray `<` or `&`.
pub(super) fn looks_like_markup(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr2_iter(b'<', b'&', bytes).take(200).any(|at| {
        let rest = &bytes[at + 1..];
        if bytes[at] == b'&' {
            return is_entity(rest);
        }
        let rest = rest.strip_prefix(b"/").unwrap_or(rest);
        if rest.starts_with(b"!--") {
            return true;
        }
        let name = rest.iter().take_while(|b| b.is_ascii_alphanumeric()).count();
        (1..=10).contains(&name)
            && rest[0].is_ascii_alphabetic()
            && names::is_known(&rest[..name])
            && rest.get(name).is_some_and(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'/'))
    })
}

fn is_entity(rest: &[u8]) -> bool {
    let name = rest.strip_prefix(b"#").unwrap_or(rest);
    let length = name.iter().take(10).take_while(|b| b.is_ascii_alphanumeric()).count();
    length > 0 && name.get(length) == Some(&b';')
}

fn parse(record: &Record, context: &Context<'_>, sink: &mut Sink<'_>) {
    if record.bytes.iter().all(u8::is_ascii_whitespace) {
        return sink(Err(SkipReason::Empty));
    }
    let declared = declared_charset(&record.bytes);
    let html = charset::decode(&record.bytes, context.charset, declared);
    sink(page(&html, context));
}

/// The charset that the page names in its first bytes: `<meta charset=…>`, `<meta … content="…charset=…">` or
/// `<?xml … encoding="…"?>`. Browsers look at 1024 bytes; scripts before it push it further down.
fn declared_charset(bytes: &[u8]) -> Option<&str> {
    const LOOK_BYTES: usize = 8192;
    let head = &bytes[..bytes.len().min(LOOK_BYTES)];
    let is_xml = head.trim_ascii_start().starts_with(b"<?xml");
    for at in memchr::memchr2_iter(b'c', b'C', head).chain(memchr::memchr_iter(b'e', head).filter(|_| is_xml)) {
        let rest = &head[at..];
        let keyword = if rest.len() >= 7 && rest[..7].eq_ignore_ascii_case(b"charset") {
            7
        } else if rest.starts_with(b"encoding") {
            8
        } else {
            continue;
        };
        let rest = rest[keyword..].trim_ascii_start();
        let Some(rest) = rest.strip_prefix(b"=") else { continue };
        let rest = rest.trim_ascii_start();
        let rest = rest.strip_prefix(b"\"").or_else(|| rest.strip_prefix(b"'")).unwrap_or(rest);
        let end = rest.iter().take(40).take_while(|b| b.is_ascii_alphanumeric() || b"-_:.".contains(b)).count();
        if end > 0 {
            return std::str::from_utf8(&rest[..end]).ok();
        }
    }
    None
}

/// By the doctype or the elements that a page begins with.
fn detect(sample: &Sample<'_>) -> Certainty {
    let head = sample.head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(sample.head);
    if head.contains(&0) && !head.starts_with(b"\xff\xfe") && !head.starts_with(b"\xfe\xff") {
        return Certainty::No;
    }
    let mut rest = head.trim_ascii_start();
    // Declarations and comments may stand before the page.
    for _ in 0..20 {
        let end = if rest.starts_with(b"<!--") {
            memchr::memmem::find(rest, b"-->").map(|at| at + 3)
        } else if rest.starts_with(b"<?") {
            memchr::memchr(b'>', rest).map(|at| at + 1)
        } else {
            break;
        };
        let Some(end) = end else { break };
        rest = rest[end..].trim_ascii_start();
    }
    let starts = |name: &str| {
        rest.len() > name.len()
            && rest[..name.len()].eq_ignore_ascii_case(name.as_bytes())
            && !rest[name.len()].is_ascii_alphanumeric()
    };
    if starts("<!doctype html") || starts("<html") {
        return Certainty::Certain;
    }
    if ["<head", "<body", "<title", "<meta", "<div", "<p", "<h1", "<table", "<center", "<font", "<article", "<section"]
        .into_iter()
        .any(starts)
    {
        return Certainty::Likely;
    }
    let named = FORMAT.extensions.contains(&sample.extension);
    if named && head.contains(&b'<') { Certainty::Possible } else { Certainty::No }
}
