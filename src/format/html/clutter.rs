//! Recognises parts that do not belong to an article by name, role and class of their element: menus, advertisements,
//! comments.

use super::dom::{Attr, Dom, NodeId, Tag};
use super::names::lower;

/// Minimum size of a text node that is prose.
pub(super) const PROSE_BYTES: usize = 60;

/// The certainty that an element is clutter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Clutter {
    /// No sign of it.
    No,
    /// Clutter if it has little prose: bylines, dates, standfirsts.
    IfShort,
    /// Clutter if it is a small part of the page: pictures with captions.
    IfSmall,
    /// Clutter by name, although the name may mean something else.
    Likely,
    /// Hidden at first, as the main part of a page may be.
    Hidden,
    /// Clutter unless it is nearly the whole page.
    Certain,
    /// The footer of the page, which may be longer than a short article.
    Foot,
}

/// Whether it has several paragraphs, like a part of a story and unlike a teaser.
fn has_paragraphs(dom: &Dom, id: NodeId) -> bool {
    const STEPS: usize = 400;
    const PARAGRAPHS: usize = 3;
    dom.inside(id).take(STEPS).filter(|text| is_prose(dom, *text)).take(PARAGRAPHS).count() == PARAGRAPHS
}

/// The certainty for this element, without its ancestors.
pub(super) fn of(dom: &Dom, id: NodeId, tag: Tag) -> Clutter {
    use Tag::*;
    if matches!(tag, Html | Body | Main) {
        return Clutter::No;
    }
    if is_hidden(dom, id) && !is_story(dom, id) {
        return if has_paragraphs(dom, id) { Clutter::Hidden } else { Clutter::Certain };
    }
    if is_article_body(dom, id) {
        return Clutter::No;
    }
    let by_role = match dom.attr(id, Attr::Role).unwrap_or_default() {
        "navigation" | "complementary" | "banner" | "contentinfo" | "search" | "dialog" | "alertdialog" | "menu"
        | "toolbar" | "tablist" | "menubar" => Clutter::Likely,
        _ => Clutter::No,
    };
    let mut verdict = by_tag(dom, id, tag).max(by_role);
    // The name of a heading describes what it heads.
    if tag.is_heading() || (!tag.is_block() && !matches!(tag, Span | A)) {
        return verdict;
    }
    let named = |has_prose| {
        let names = NAMES.iter().filter_map(move |name| Some((*name, dom.attr(id, *name)?)));
        // The id of a paragraph names its subject: `ad-spending`.
        let names = names.filter(move |(name, value)| !(has_prose && *name == Attr::Id && value.contains(['-', '_'])));
        names.map(move |(_, value)| by_names(value, tag, has_prose)).max()
    };
    let mut by_name = named(false).unwrap_or(Clutter::No);
    let is_foot = |name: &str| name.split(['-', '_']).any(|word| word.eq_ignore_ascii_case("footer"));
    if by_name == Clutter::Likely
        && [Attr::Class, Attr::Id].into_iter().filter_map(|name| dom.attr(id, name)).any(is_foot)
        && !is_inside(dom, id, &[Article, Main])
    {
        return Clutter::Foot;
    }
    if by_name > Clutter::No && has_prose(dom, id, tag) {
        by_name = if is_plain(dom, id) { Clutter::No } else { named(true).unwrap_or(Clutter::No) };
    }
    verdict = verdict.max(by_name);
    if let Some(value) = dom.attr(id, Attr::Itemprop) {
        verdict = verdict.max(by_property(value));
    }
    verdict
}

/// Attributes in which pages name the purpose of an element.
const NAMES: &[Attr] = &[Attr::Class, Attr::Id, Attr::DataTestid, Attr::DataComponent, Attr::AriaLabel];

fn by_tag(dom: &Dom, id: NodeId, tag: Tag) -> Clutter {
    use Tag::*;
    match tag {
        Nav | Button | Label | Menu | Dialog | Search => Clutter::Certain,
        Footer if !is_inside(dom, id, &[Article, Main]) => Clutter::Foot,
        Footer | Aside | Fieldset | Form => Clutter::Likely,
        Figure if holds_table(dom, id) => Clutter::No,
        Figcaption | Figure => Clutter::IfSmall,
        // A nested post is a teaser or comment, unless it has several paragraphs.
        Article if is_inside(dom, id, &[Article]) && !has_paragraphs(dom, id) => Clutter::Likely,
        Header | Address | Time => Clutter::IfShort,
        _ => Clutter::No,
    }
}

fn is_inside(dom: &Dom, id: NodeId, of: &[Tag]) -> bool {
    dom.ancestors(id).any(|up| of.contains(&dom.tag(up)))
}

/// Whether a figure contains a table of numbers.
fn holds_table(dom: &Dom, figure: NodeId) -> bool {
    const STEPS: usize = 20;
    dom.inside(figure).take(STEPS).any(|id| dom.tag(id) == Tag::Table)
}

/// Whether it is a paragraph or a section of paragraphs, whose name may be that of their subject: `popular-vote`.
fn has_prose(dom: &Dom, id: NodeId, tag: Tag) -> bool {
    const STEPS: usize = 50;
    const PARAGRAPHS: usize = 2;
    let paragraphs =
        |id| dom.children(id).take(STEPS).filter(|child| is_paragraph(dom, *child)).take(PARAGRAPHS).count();
    // Sections of one paragraph each.
    let is_section = |id: NodeId| dom.tag(id) == Tag::Section && paragraphs(id) > 0;
    let among_sections =
        || dom.children(dom.parent(id)).take(STEPS).filter(|child| is_section(*child)).take(PARAGRAPHS).count();
    match tag {
        Tag::P => is_paragraph(dom, id),
        Tag::Section => paragraphs(id) == PARAGRAPHS || is_section(id) && among_sections() == PARAGRAPHS,
        _ => false,
    }
}

/// Whether it is prose without a link, unlike most advertisements and captions.
fn is_plain(dom: &Dom, id: NodeId) -> bool {
    const STEPS: usize = 50;
    const PROSE: usize = 100;
    let inside = || dom.inside(id).take(STEPS);
    inside().all(|node| dom.tag(node) != Tag::A) && inside().any(|node| dom.text(node).len() >= PROSE)
}

/// Whether the page names this element as the text of the article.
pub(super) fn is_article_body(dom: &Dom, id: NodeId) -> bool {
    // Some sites put such a class for the kind of page on `<body>`.
    if matches!(dom.tag(id), Tag::Html | Tag::Body) {
        return false;
    }
    dom.attr(id, Attr::Itemprop).is_some_and(|p| p.split_ascii_whitespace().any(|p| p == "articleBody"))
        || [Attr::Class, Attr::Id].into_iter().any(|name| dom.attr(id, name).is_some_and(is_body_name))
}

/// Class names that content systems and newspapers use for the element around the paragraphs of an article.
fn is_body_name(value: &str) -> bool {
    // Nearly all names are none of these, which is determined without copying.
    let may_be = |name: &&str| {
        (8..48).contains(&name.len())
            && name
                .as_bytes()
                .windows(3)
                .any(|part| [b"ody", b"ext", b"ent", b"opy"].iter().any(|end| part.eq_ignore_ascii_case(*end)))
    };
    value.split_ascii_whitespace().filter(may_be).any(|name| {
        let letters: String =
            name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
        if let Some((_, rest)) = letters.split_once("articlebody") {
            return matches!(rest, "" | "container" | "content" | "text" | "wrapper" | "body" | "main" | "inner");
        }
        let is = |kinds: &[&str], parts: &[&str]| {
            kinds.iter().any(|kind| letters.strip_prefix(kind).is_some_and(|part| parts.contains(&part)))
        };
        is(&["article", "story", "entry", "post", "news", "single"], &["body", "content"])
            || is(&["article", "story", "body"], &["text", "copy", "bodytext"])
    })
}

/// Whether a part that is hidden at first belongs to the story: paragraphs among visible paragraphs, such as the rest
/// of a paid text.
fn is_story(dom: &Dom, id: NodeId) -> bool {
    const STEPS: usize = 200;
    const PARAGRAPHS: usize = 2;
    if dom.tag(id) == Tag::P {
        return is_paragraph(dom, id);
    }
    let inside = dom.inside(id).take(STEPS).filter(|p| is_paragraph(dom, *p));
    let beside = |p: &NodeId| *p != id && is_paragraph(dom, *p) && !is_hidden(dom, *p);
    inside.take(PARAGRAPHS).count() == PARAGRAPHS
        && dom.children(dom.parent(id)).take(STEPS).filter(beside).take(PARAGRAPHS).count() == PARAGRAPHS
}

/// Whether it is a paragraph of some length.
fn is_paragraph(dom: &Dom, id: NodeId) -> bool {
    const STEPS: usize = 20;
    dom.tag(id) == Tag::P && dom.inside(id).take(STEPS).any(|text| is_prose(dom, text))
}

/// Whether a text is too long for a label.
fn is_prose(dom: &Dom, id: NodeId) -> bool {
    dom.text(id).len() >= PROSE_BYTES
}

/// Whether it is hidden.
pub(super) fn is_hidden(dom: &Dom, id: NodeId) -> bool {
    dom.attr(id, Attr::Hidden).is_some()
        || dom.attr(id, Attr::AriaHidden) == Some("true")
        || dom.attr(id, Attr::Style).is_some_and(|style| {
            let style: String = style.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_lowercase()).collect();
            style.contains("display:none") || style.contains("visibility:hidden")
        })
}

fn by_property(value: &str) -> Clutter {
    match value {
        "author" | "datePublished" | "dateModified" | "publisher" | "headline" | "image" | "tag" | "breadcrumb"
        | "description" => Clutter::IfShort,
        "alternativeHeadline" => Clutter::IfShort,
        "caption" => Clutter::IfSmall,
        "comment" => Clutter::Likely,
        _ => Clutter::No,
    }
}

/// Classifies the names of classes or an id by their words: `relatedStories`, `related-stories` and `related_stories`
/// are two words. In the name of an element with paragraphs, a word may be their subject.
fn by_names(value: &str, tag: Tag, has_prose: bool) -> Clutter {
    value.split_ascii_whitespace().map(|name| by_name(name, tag, has_prose)).max().unwrap_or(Clutter::No)
}

fn by_name(name: &str, tag: Tag, has_prose: bool) -> Clutter {
    let (mut verdict, mut holds_text) = (Clutter::No, false);
    let parts = name.as_bytes().split(|byte| !byte.is_ascii_alphanumeric());
    for word in parts.flat_map(|part| part.chunk_by(|a, b| !(a.is_ascii_lowercase() && b.is_ascii_uppercase()))) {
        let mut buffer = [0; 24];
        let Some(word) = lower(word, &mut buffer) else { continue };
        match word {
            // Words that cancel others: `social-embed` is a quoted post, `content-with-sidebar` the main column.
            b"embed" | b"embedded" | b"overflow" | b"has" | b"with" | b"no" | b"wrapper" | b"wrp" | b"wrap"
            | b"layout" => return Clutter::No,
            b"text" | b"paragraph" | b"body" | b"content" => holds_text = true,
            word => verdict = verdict.max(by_word(word, tag, has_prose)),
        }
    }
    // `image-text` and `meta-body` may be paragraphs.
    if holds_text && verdict == Clutter::IfShort { Clutter::No } else { verdict }
}

/// Classifies a word. Only some words name the purpose of paragraphs rather than their subject.
fn by_word(word: &[u8], tag: Tag, has_prose: bool) -> Clutter {
    match word {
        b"newsletter" | b"advert" | b"advertisement" | b"noprint" => Clutter::Certain,
        b"comment" | b"comments" | b"commentlist" | b"disqus" | b"respond" | b"livefyre" | b"outbrain" | b"taboola"
        | b"zergnet" | b"revcontent" | b"sharedaddy" | b"addthis" | b"addtoany" | b"relatedposts" | b"breadcrumb"
        | b"breadcrumbs" | b"navbar" | b"cookie" | b"cookies" | b"gdpr" | b"consent" | b"mostread" | b"mostpopular"
        | b"adsbygoogle" | b"trending" | b"recirc" | b"sharebar"
            if !has_prose =>
        {
            Clutter::Certain
        }
        b"tooltip" if !has_prose => Clutter::Likely,
        _ if !tag.is_block() => Clutter::No,
        b"disclaimer" | b"subscribe" | b"signup" | b"ad" | b"ads" | b"promo" | b"sponsored" => Clutter::Likely,
        b"caption" | b"credit" | b"credits" | b"teaser" => Clutter::IfSmall,
        b"byline" | b"standfirst" | b"subtitle" | b"subheading" | b"dek" | b"deck" | b"meta" | b"excerpt" => {
            Clutter::IfShort
        }
        _ if has_prose => Clutter::No,
        b"share" | b"sharing" | b"social" | b"related" | b"recommended" | b"recommendations" | b"subs" | b"cta"
        | b"promos" | b"sponsor" | b"sidebar" | b"rail" | b"footer" | b"nav" | b"navigation" | b"menu" | b"pager"
        | b"popup" | b"modal" | b"overlay" | b"tags" | b"toolbar" | b"login" | b"popular" | b"carousel" | b"slider"
        | b"bio" | b"authorbio" | b"hidden" | b"masthead" | b"donate" | b"prev" | b"recommend" | b"also"
        | b"copyright" | b"pagination" | b"recommendation" | b"latest" | b"mailing" | b"subscription" | b"premium" => {
            Clutter::Likely
        }
        b"captions" | b"gallery" | b"slideshow" | b"resgallery" | b"teasers" => Clutter::IfSmall,
        b"author" | b"date" | b"timestamp" | b"published" | b"kicker" | b"posted" | b"subhead" | b"subheadline"
        | b"strapline" | b"tag" => Clutter::IfShort,
        b"headline" | b"title" | b"photo" | b"image" | b"time" if tag != Tag::P => Clutter::IfShort,
        _ => Clutter::No,
    }
}
