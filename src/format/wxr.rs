//! WordPress exports (WXR): an RSS file that holds a whole site.
//!
//! Owns the choice of the published posts among all that a site consists of, and WordPress's own markup: blank lines
//! for paragraphs, short codes in brackets. Read as a stream, since exports grow to gigabytes.

use std::sync::Arc;

use super::common::sgml::Elements;
use super::common::xml::{self, Document, Element, Space};
use super::common::{dates, paragraphs, record_fields, wire};
use super::html;
use super::{BadRecord, Certainty, Context, Format, Input, Record, Records, Sample, Sink, Split};
use crate::article::{Article, Provenance, Published};

/// WordPress exports.
pub(super) const FORMAT: Format = Format {
    name: "wxr",
    title: "WordPress exports",
    extensions: &["xml", "wxr"],
    version: 2,
    detect,
    split: Split::Stream(split),
    parse,
};

fn detect(sample: &Sample<'_>) -> Certainty {
    let rss = xml::root_is(sample.head, |root| root.is("rss"));
    let export = memchr::memmem::find(sample.head, b"wordpress.org/export/").is_some();
    if rss && export { Certainty::Certain } else { Certainty::No }
}

fn split(input: Input<'_>) -> Records<'_> {
    Box::new(Posts { items: Elements::new(input, "item", true), header: None, any: false })
}

/// The published posts; pages, attachments, menus and drafts are not articles and are left out.
struct Posts<'a> {
    items: Elements<'a>,
    header: Option<Arc<[u8]>>,
    any: bool,
}

impl Iterator for Posts<'_> {
    type Item = Result<Record, BadRecord>;

    fn next(&mut self) -> Option<Self::Item> {
        while let Some(item) = self.items.next() {
            if item.as_ref().is_ok_and(|record| !is_article(&record.bytes)) {
                continue;
            }
            self.any = true;
            return Some(item.map(|record| {
                let header = self.header.get_or_insert_with(|| site(self.items.preamble()).into());
                Record { header: Some(Arc::clone(header)), ..record }
            }));
        }
        let none = !std::mem::replace(&mut self.any, true);
        none.then_some(Err(BadRecord { number: 1, reason: crate::error::SkipReason::NoText }))
    }
}

fn is_article(item: &[u8]) -> bool {
    // The fields come after the text, which may mention them.
    let value = |name: &[u8]| {
        let at = memchr::memmem::rfind(item, name)? + name.len();
        let rest = item.get(at..)?.trim_ascii_start();
        let rest = rest.strip_prefix(b"<![CDATA[").unwrap_or(rest);
        Some(rest.get(..memchr::memchr2(b'<', b']', rest)?)?.trim_ascii())
    };
    let kind = value(b"<wp:post_type>");
    kind.is_none_or(|k| matches!(k, b"post" | b"article" | b"news" | b"story"))
        && value(b"<wp:status>").is_none_or(|s| s == b"publish")
}

/// The facts about the site that its posts need: its title and language, and the names of its authors.
fn site(preamble: &[u8]) -> Vec<u8> {
    let text = xml::decode(preamble, None);
    let document = Document::parse(&text);
    let channel = document.elements().find(|e| e.is("channel"));
    let mut lines = String::new();
    let mut push = |key: &str, value: Option<String>| {
        if let Some(value) = value {
            lines.extend([key, "\t", &value, "\n"]);
        }
    };
    push("title", channel.and_then(|c| c.line(&["title"])));
    push("language", channel.and_then(|c| c.line(&["language"])));
    for author in document.elements().filter(|e| e.name() == "author" && e.space() == Space::WordPress) {
        if let Some(login) = author.line(&["author_login"]) {
            push(&format!("author {login}"), author.line(&["author_display_name"]));
        }
    }
    lines.into_bytes()
}

fn parse(record: &Record, context: &Context<'_>, sink: &mut Sink<'_>) {
    let text = xml::decode(&record.bytes, context.charset);
    let document = Document::parse(&text);
    let header = record.header.as_deref().and_then(|h| std::str::from_utf8(h).ok()).unwrap_or_default();
    match document.root() {
        Some(item) => sink(wire::finish(article(item, header, context))),
        None => sink(Err(document.reason())),
    }
}

fn article(item: Element<'_, '_>, header: &str, context: &Context<'_>) -> Article {
    let mut notes = Vec::new();
    let site = |key: &str| {
        let value = header.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('\t'));
        value.filter(|v| !v.is_empty()).map(str::to_owned)
    };
    let own = |name: &str| item.children_named(name).find(|e| e.space() == Space::WordPress)?.line(&[]);
    let encoded = |space: Space| {
        let part = item.children_named("encoded").find(|e| e.space() == space);
        part.map(|e| html::fragment(&with_paragraphs(&without_short_codes(&e.text())))).filter(|t| !t.is_empty())
    };
    let moment = own("post_date_gmt").and_then(|gmt| dates::parse(&format!("{gmt} UTC"))?.instant);
    let stated = [own("post_date"), own("post_date_gmt"), item.line(&["pubDate"])];
    // The day is that of the site; unset dates are zeros.
    let stated = stated.into_iter().flatten().filter(|date| !date.starts_with("0000") && !date.contains("-0001"));
    let published = wire::published(stated, Provenance::Metadata, context, &mut notes)
        .map(|p| Published { instant: p.instant.or(moment), ..p });
    let category = item
        .children_named("category")
        .filter(|e| e.attribute("domain").is_none_or(|d| d == "category"))
        .filter_map(|e| e.line(&[]))
        .find(|name| !name.eq_ignore_ascii_case("uncategorized"));
    let title = item.child("title").map(|e| paragraphs::one_line(&html::fragment(&e.text())));
    Article {
        id: item.line(&["guid"]).or_else(|| own("post_id")),
        title: title.unwrap_or_default(),
        body: encoded(Space::Content).or_else(|| encoded(Space::Other)).unwrap_or_default(),
        published,
        source: site("title"),
        byline: item
            .line(&["creator"])
            .map(|login| site(&format!("author {login}")).unwrap_or(login))
            .and_then(|name| wire::byline(&name)),
        section: category,
        language: site("language").and_then(|l| record_fields::language(&l)),
        url: item.line(&["link"]).filter(|u| u.starts_with("http")),
        notes,
    }
}

/// A post with paragraphs for its blank lines, as WordPress shows it.
fn with_paragraphs(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    if text.contains("<!-- wp:") { text } else { text.replace("\n\n", "\n<p>\n") }
}

/// A post without short codes. The text between a pair of them is kept, except addresses.
fn without_short_codes(text: &str) -> String {
    const NAMES: &[&str] =
        &["caption", "gallery", "embed", "audio", "video", "playlist", "wp_caption", "youtube", "soundcloud"];
    const STARTS: &[&str] = &["vc_", "et_pb_", "fusion_"];
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('[') {
        out.push_str(&rest[..at]);
        let inner = &rest[at + 1..];
        let name = inner.strip_prefix('/').unwrap_or(inner);
        let name = &name[..name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len())];
        let known = NAMES.contains(&name) || STARTS.iter().any(|start| name.starts_with(start));
        let end = if known { inner.find(']') } else { None };
        let Some(end) = end else {
            out.push('[');
            rest = inner;
            continue;
        };
        rest = &inner[end + 1..];
        if name == "embed" && !inner.starts_with('/') {
            rest = rest.split_once("[/embed]").map_or(rest, |(_, after)| after);
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_codes_are_removed_and_their_text_is_kept() {
        for (text, plain) in [
            ("a [caption id=\"x\"]<img> The pier[/caption] b", "a <img> The pier b"),
            ("[embed]https://example.org/v[/embed]x", "x"),
            ("the minister [sic] said", "the minister [sic] said"),
            ("[gallery ids=1", "[gallery ids=1"),
            ("[", "["),
        ] {
            assert_eq!(without_short_codes(text), plain);
        }
    }

    #[test]
    fn only_published_posts_are_articles() {
        let item = |kind: &str, status: &str| {
            format!("<item><wp:status><![CDATA[{status}]]></wp:status><wp:post_type>{kind}</wp:post_type></item>")
        };
        assert!(is_article(item("post", "publish").as_bytes()));
        assert!(!is_article(item("post", "draft").as_bytes()));
        assert!(!is_article(item("attachment", "publish").as_bytes()));
        assert!(is_article(b"<item></item>"));
    }
}
