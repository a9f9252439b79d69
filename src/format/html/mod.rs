//! Web pages: extracts article text and metadata from a page, and converts markup fragments to paragraphs.
//!
//! [`page`] is for a whole page, from which the article must be extracted; [`fragment`] is for the body of a feed entry
//! or JSON record, which is all text of the article. The tree of `dom` is built in `build`, divided into blocks in
//! `blocks`, and searched for the article in `extract`; metadata is found in `metadata`.

mod blocks;
mod boilerplate;
mod build;
mod clutter;
mod dom;
mod extract;
mod headline;
mod json_ld;
mod lenient_json;
mod metadata;
mod names;
mod page;
mod phrases;
mod when;
mod who;

use super::common::{charset, paragraphs};
use super::{Certainty, Context, Format, Record, Sample, Sink, Split};
use crate::article::Article;
use crate::error::SkipReason;
use dom::{Dom, Tag};

/// Web pages, with one article each.
pub(super) const FORMAT: Format = Format {
    name: "html",
    title: "web page",
    extensions: &["html", "htm", "xhtml", "shtml"],
    version: 4,
    detect,
    split: Split::Whole,
    parse,
};

/// Extracts the article of a web page, without its surroundings: menus, advertisements, other headlines, comments.
///
/// # Errors
/// [`SkipReason::NoText`] when the page has no article, [`SkipReason::TooDeep`] when its elements are nested deeper
/// than browsers allow.
pub(super) fn page(html: &str, context: &Context<'_>) -> Result<Article, SkipReason> {
    let dom = Dom::parse(html);
    if dom.too_deep {
        return Err(SkipReason::TooDeep { what: "HTML", limit: build::DEPTH_MAX as u32 });
    }
    let facts = metadata::Facts::of(&dom, context);
    let body = extract::body(&dom, &facts);
    if body.is_empty() {
        return Err(SkipReason::NoText);
    }
    Ok(facts.with_body(&dom, body))
}

/// The text of a markup fragment, as paragraphs separated by a blank line.
///
/// Keeps all text except that of scripts, styles and frames. Blocks of markup give paragraphs, `<br>` gives a line feed
/// and two of them a paragraph, and table cells are on one line. Text without markup, or with only inline markup, keeps
/// the paragraphs of its own lines.
pub(super) fn fragment(html: &str) -> String {
    if !looks_like_markup(html) {
        return paragraphs::from_plain(html);
    }
    let dom = Dom::parse(html);
    if dom.elements().any(|(_, tag)| tag.is_block() || tag == Tag::Br) {
        return blocks::all_text(&dom);
    }
    let texts = dom.inside(dom::ROOT).map(|id| dom.text(id));
    paragraphs::from_plain(&texts.collect::<String>())
}

/// Whether a text has tags or entities, rather than a stray `<` or `&`.
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
        (1..=10).contains(&name) && names::is_known(&rest[..name]) && is_tag_end(&rest[name..])
    })
}

/// Whether a tag ends after its name, possibly after attributes.
fn is_tag_end(rest: &[u8]) -> bool {
    /// Maximum size of a tag. Without a limit, text of only `<` would be scanned once for each.
    const TAG_BYTES: usize = 2000;
    let rest = &rest[..rest.len().min(TAG_BYTES)];
    match rest.first() {
        Some(b'>') => true,
        Some(b'/') => rest.get(1) == Some(&b'>'),
        Some(byte) if byte.is_ascii_whitespace() => {
            let inside = &rest[..memchr::memchr2(b'>', b'<', rest).unwrap_or(rest.len())];
            let blank = inside.trim_ascii();
            blank.is_empty() || blank == b"/" || inside.contains(&b'=')
        }
        _ => false,
    }
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

/// The charset declared in the first bytes of a page: `<meta charset=…>`, `<meta … content="…charset=…">` or `<?xml …
/// encoding="…"?>`. Browsers examine 1024 bytes, but scripts may push it further down.
fn declared_charset(bytes: &[u8]) -> Option<&str> {
    /// Number of bytes in which the charset is searched; the standard requires the first 1024.
    const LOOK_BYTES: usize = 8192;
    let head = &bytes[..bytes.len().min(LOOK_BYTES)];
    let is_xml = head.trim_ascii_start().starts_with(b"<?xml");
    let lower = head.to_ascii_lowercase();
    let ends = |word: &'static [u8]| memchr::memmem::find_iter(&lower, word).map(|at| at + word.len());
    for at in ends(b"charset").chain(ends(b"encoding").filter(|_| is_xml)) {
        let Some(rest) = head[at..].trim_ascii_start().strip_prefix(b"=") else { continue };
        let rest = rest.trim_ascii_start();
        let rest = rest.strip_prefix(b"\"").or_else(|| rest.strip_prefix(b"'")).unwrap_or(rest);
        let end = rest.iter().take(40).take_while(|b| b.is_ascii_alphanumeric() || b"-_:.".contains(b)).count();
        if end > 0 {
            return std::str::from_utf8(&rest[..end]).ok();
        }
    }
    None
}

/// By the doctype or the elements at the start of a page.
fn detect(sample: &Sample<'_>) -> Certainty {
    let head = sample.head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(sample.head);
    if head.contains(&0) && !charset::looks_like_text(head) {
        return Certainty::No;
    }
    // Declarations and comments may precede the page.
    let skipped = |rest: &[u8]| match rest {
        [b'<', b'!', b'-', b'-', ..] => Some(memchr::memmem::find(rest, b"-->")? + 3),
        [b'<', b'?', ..] => Some(memchr::memchr(b'>', rest)? + 1),
        _ => None,
    };
    let mut rest = head.trim_ascii_start();
    while let Some(end) = skipped(rest) {
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

#[cfg(test)]
mod tests {
    use super::super::FieldMap;
    use super::*;
    use crate::article::Date;

    fn read(html: &str) -> Result<Article, SkipReason> {
        let fields = FieldMap::default();
        let today = Date::constant(2026, 1, 1);
        page(
            html,
            &Context {
                path: "page.html",
                modified: None,
                charset: None,
                url: None,
                fields: &fields,
                today,
                order: crate::format::Order::Unknown,
            },
        )
    }

    #[test]
    fn fragments_become_paragraphs() {
        for (html, text) in [
            ("<p>One&nbsp;&amp; two</p><p>Three</p>", "One & two\n\nThree"),
            ("a<br>b<br /><br>c", "a\nb\n\nc"),
            ("<ul><li>x<li>y</ul>z", "x\n\ny\n\nz"),
            ("<table><tr><td>1<td>2<tr><td>3</table>", "1 2\n\n3"),
            ("<p>a</p><script>b</script><style>c</style><iframe>d</iframe>e", "a\n\ne"),
            ("<div>in<b>side</b> <i> out</i></div>", "inside out"),
            ("one &lt;b&gt; &#8217;s", "one <b> ’s"),
            ("One.\n\nTwo <em>and</em> three.", "One.\n\nTwo and three."),
            ("1 < 2 & 3 > 2", "1 < 2 & 3 > 2"),
            ("<p>un<p>closed", "un\n\nclosed"),
            ("<pre>one\n\ntwo</pre>", "one\n\ntwo"),
            ("", ""),
        ] {
            assert_eq!(fragment(html), text, "{html:?}");
        }
    }

    /// The body of a page of this markup among paragraphs of a story.
    fn body_with(markup: &str) -> String {
        let paragraph = |n: &str| {
            format!(
                "<p>The {n} ferry left the quay of Lindesund on time, and the harbour master counted the passengers.</p>"
            )
        };
        let page = format!(
            "<title>Ferries</title><body><main><h1>Ferries</h1>{}{}{markup}{}{}</main></body>",
            paragraph("first"),
            paragraph("second"),
            paragraph("third"),
            paragraph("fourth")
        );
        read(&page).map(|article| article.body).unwrap_or_default()
    }

    #[test]
    fn words_of_sentences_and_parts_of_the_story_are_kept() {
        let sentence =
            "The crew had asked for a wider gangway since the spring, and nobody had answered them until now.";
        for (markup, kept) in [
            (
                "<p>Without a <button>quorum</button> the <time>Monday</time> vote is void, they said.</p>",
                "Without a quorum the Monday vote is void",
            ),
            ("<p>It rests on <a class=tooltip href=/u>usufruct</a>.</p>", "It rests on usufruct."),
            (
                "<p>It cost 1&nbsp;234&#x202f;567 crowns on&nbsp;5&nbsp;May.</p>",
                "It cost 1\u{a0}234\u{202f}567 crowns on 5 May.",
            ),
            (
                "<p>It cost six million<a href=\"#n1\">1</a> and more<span class=\"footnote-ref\">2</span>.</p>",
                "It cost six million 1 and more 2.",
            ),
            (
                "<p>It cost five million<sup>1</sup> and 30 km<sup>2</sup> of sea.</p>",
                "five million 1 and 30 km2 of sea",
            ),
            (
                "<p><a name=x>Nobody came to the second meeting of the crews in the old customs house on the quay.</a></p>",
                "Nobody came to the second",
            ),
            (
                "<p><a href=/x>Three men of the crew denied on Friday that they had cut the ropes of the gangway.</a></p>",
                "Three men of the crew",
            ),
            (
                "<a href=/x><p>Two women of the crew said on Friday that they had seen the ropes of the gangway cut.</p></a>",
                "Two women of the crew",
            ),
            (&format!("<p id=gdpr-1>{sentence}</p>"), sentence),
            (
                &format!(
                    "<section id=popular-vote><h2>The vote</h2><p>{sentence}</p><p>{sentence} Or so it seemed.</p></section>"
                ),
                "Or so it seemed",
            ),
            (&format!("<div hidden><p>{sentence}</p><p>{sentence} Or so it seemed.</p></div>"), "Or so it seemed"),
            (
                &format!("<h3><a href=/x>The gangway</a></h3><p>{sentence}</p><p>{sentence}</p><p>{sentence}</p>"),
                "The gangway",
            ),
            (
                "<h3>1. The rope</h3><figure><img src=x></figure><h3>2. The plank</h3><figure><img src=x></figure>",
                "1. The rope",
            ),
            ("<h3>1. The rope</h3><div>Wire photo</div><h3>2. The plank</h3><div>Wire photo</div>", "2. The plank"),
            ("<figure><table><tr><td>Ferries<td>12</table></figure>", "Ferries 12"),
            (
                "<p>They ask for three things:</p><ul><li><a href=/a>Wider planks</a><li><a href=/b>New ropes</a></ul>",
                "Wider planks",
            ),
        ] {
            let body = body_with(markup);
            assert!(body.contains(kept), "{markup}: {body}");
            assert!(body.contains("The fourth ferry"), "{markup}: {body}");
        }
    }

    #[test]
    fn parts_beside_the_story_are_left_out() {
        for (markup, gone) in [
            ("<p><button>Copy the link</button></p>", "Copy"),
            (
                "<div class=newsletter><p>Our letter tells you each morning what the harbour did in the night before.</p></div>",
                "Our letter",
            ),
            ("<section><h3>Mehr zum Thema</h3><ul><li><a href=/x>A story about planks</a></ul></section>", "planks"),
            (
                "<div hidden><p>We keep a small file on your machine to know you again when you come back.</p></div>",
                "small file",
            ),
        ] {
            let body = body_with(markup);
            assert!(!body.contains(gone), "{markup}: {body}");
            assert!(body.contains("The fourth ferry"), "{markup}: {body}");
        }
        let foot =
            "<p>Use of this site means that you accept the rules which took effect on the first day of the year.</p>";
        let page = format!(
            "<h1>Quay in grey</h1><p>The quay is grey this year. It is safe at high water.</p><div id=footer>{foot}{foot}</div>"
        );
        let body = read(&page).map(|article| article.body).unwrap_or_default();
        assert_eq!(body, "The quay is grey this year. It is safe at high water.");
    }

    #[test]
    fn facts_are_those_of_the_article() {
        let text =
            "<p>The first ferry left the quay of Lindesund on time, and the harbour master counted the passengers.</p>";
        let named = |head: &str, body: &str| {
            read(&format!("<head>{head}</head><body>{body}{text}{text}</body>")).unwrap_or_default()
        };
        let data = r#"<script type="application/ld+json">{"@type":"Article","headline":"harbour town","name":"Lindesund"}</script>"#;
        assert_eq!(
            named(&format!("<title>Lindesund - Almanac</title>{data}"), "<h1>Lindesund</h1>").title,
            "Lindesund"
        );
        let kicker = "<title>After the storm: Quay closes for months - Almanac</title><meta property=og:title content='After the storm: Quay closes for months'>";
        assert_eq!(
            named(kicker, "<p>After the storm</p><h1>Quay closes for months</h1>").title,
            "Quay closes for months"
        );
        let site = kicker.replace("months'>", "months - Almanac'><meta property=og:site_name content=Almanac>");
        assert_eq!(
            named(&site, "<span>After the storm</span><h1>Quay closes for months</h1>").title,
            "Quay closes for months"
        );
        for (heading, title) in [
            ("Why the old quay of Lindesund stays closed", "Why the old quay of Lindesund stays closed"),
            ("Stories of our readers", "Old quay of Lindesund closed for months"),
            ("Harbour Old quay of Lindesund closed for months", "Old quay of Lindesund closed for months"),
        ] {
            let head = "<meta property=og:title content='Old quay of Lindesund closed for months'>";
            assert_eq!(named(head, &format!("<h1>{heading}</h1>")).title, title);
        }
        for (head, beside) in [
            ("", "<div class=_authorName_51f>Mara Holt</div>"),
            ("", "<p>Text by Mara Holt</p>"),
            ("<meta name=twitter:label1 content='Written by'><meta name=twitter:data1 content='Mara Holt'>", ""),
        ] {
            assert_eq!(named(head, &format!("<h1>Quay</h1>{beside}")).byline.as_deref(), Some("Mara Holt"), "{beside}");
        }
        let author = "<title>Quay</title><meta name=author content='m.holt@quay.example'>";
        assert_eq!(named(author, "<h1>Quay</h1><p class=author>By Mara Holt</p>").byline.as_deref(), Some("Mara Holt"));
        let teaser = "<div><a href=/x><time datetime=2020-01-01>1 January</time> Another quay</a></div>";
        let beside =
            named("", &format!("{teaser}<main><h1>Quay</h1><div>Published: 27/08/2018</div></main>")).published;
        assert_eq!(beside.map(|published| published.day.year()), Some(2018));
        for (beside, day) in [
            (
                "<div>Monday August 27, 2018 by Juli Kern</div><div class=comments><time datetime=2018-09-03>3 September</time> I like it.</div>",
                Some(27),
            ),
            (
                "<p>It was on <time datetime=2011-03-12>12 March 2011</time> that the old bridge over the harbour of Lindesund gave way.</p>",
                None,
            ),
            ("<p>Mara Holt, born 12 March 1931 in Lindesund</p>", None),
        ] {
            let published =
                named("<title>Quay</title>", &format!("<article><h1>Quay</h1>{beside}</article>")).published;
            assert_eq!(published.map(|published| published.day.day()), day, "{beside}");
        }
    }

    #[test]
    fn markup_is_distinguished_from_stray_characters() {
        for (text, is) in [
            ("<p>x", true),
            ("a<br/>b", true),
            ("</div>", true),
            ("caf&eacute;", true),
            ("&#8217;", true),
            ("<!-- x -->", true),
            ("AT&T & co; x < y", false),
            ("<3 you", false),
            ("mail <a@b.example>", false),
            ("if a<b then c>d", false),
            ("plain", false),
        ] {
            assert_eq!(looks_like_markup(text), is, "{text:?}");
        }
    }

    #[test]
    fn hostile_pages_are_read_in_linear_time() {
        let many = 30_000;
        for html in [
            "<div>".repeat(many),
            "<p><b><i><a href=x>".repeat(many),
            "<table><tr><td>".repeat(many),
            "<li><ul>".repeat(many),
            "<article><h1>x</h1><time>May 1, 2020</time>".repeat(many),
            "<a href=x>Related</a><p>A sentence that is long enough to be taken for a paragraph of an article, it is.</p>"
                .repeat(many / 4),
            "<p>Related</p>".repeat(many),
            format!("<title>{}</title>", " | x".repeat(many)),
            format!("<div {}>x</div>", "class=comment ".repeat(many)),
            format!("<script type=ld+json>{}</script>", "[".repeat(many)),
            "</div></p></b></td>".repeat(many),
            "<svg><math><path/>".repeat(many),
            "&lt;".repeat(many),
            "\u{0}<\u{fffd}é<!--".repeat(many),
        ] {
            let _ = read(&html);
            let _ = fragment(&html);
        }
    }

    #[test]
    fn charsets_are_found_where_pages_declare_them() {
        for (head, charset) in [
            ("<meta charset=utf-8>", Some("utf-8")),
            ("<META HTTP-EQUIV='Content-Type' CONTENT='text/html; CHARSET = \"Shift_JIS\"'>", Some("Shift_JIS")),
            ("<?xml version='1.0' encoding='ISO-8859-2'?><html>", Some("ISO-8859-2")),
            ("<p>charset", None),
        ] {
            assert_eq!(declared_charset(head.as_bytes()), charset, "{head}");
        }
    }
}
