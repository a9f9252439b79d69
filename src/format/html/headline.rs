//! Chooses the headline of a page among those it declares and shows.

use super::super::common::dates;
use super::super::common::paragraphs::letters;
use super::blocks::Block;
use super::dom::{Attr, Dom, NodeId, Tag};
use super::json_ld::JsonLd;
use super::page::{Metas, clean};
use super::who;

/// Separators between a headline and the name of the site.
const SEPARATORS: &[&str] = &[" | ", " - ", " – ", " — ", " :: ", " » ", " « ", " · ", " • ", " / ", ": "];

/// Maximum number of first-level headings examined.
const HEADINGS_MAX: usize = 20;

/// The result of the choice.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The headline; empty if there is none.
    pub(super) title: String,
    /// The node that shows it.
    pub(super) at: Option<NodeId>,
    /// The name of the site, if it ends the title of the page.
    pub(super) site: Option<String>,
}

/// The headings of a page, and its title.
#[derive(Debug)]
pub(super) struct Shown {
    headings: Vec<(NodeId, String)>,
    title: Option<String>,
    /// The text of the page's only first-level heading.
    lone: Option<String>,
}

impl Shown {
    /// Reads them from a page.
    pub(super) fn of(dom: &Dom) -> Self {
        let headings = headings(dom);
        let mut first_level = headings.iter().filter(|(id, _)| dom.tag(*id) == Tag::H1);
        let lone = first_level.next().filter(|_| first_level.next().is_none()).map(|(_, text)| text.clone());
        Self { headings, title: title_element(dom), lone }
    }

    /// Whether a declared headline is that of this page, for pages that declare several articles.
    pub(super) fn confirms(&self, metas: &Metas<'_>, text: &str) -> bool {
        let text = clean(text);
        metas.get(&["og:title"]).is_some_and(|title| begin_alike(&letters(title), &letters(&text)))
            || self.begins_with(&text)
    }

    /// Whether a text and the title or a heading of the page begin alike.
    fn begins_with(&self, text: &str) -> bool {
        let text = letters(text);
        let begins = |page: &str| begin_alike(&letters(page), &text);
        self.title.as_deref().is_some_and(begins) || self.headings.iter().any(|(_, heading)| begins(heading))
    }

    /// The headline of the page. `blocks` are all its texts, `source` is the name of its site, if that is known.
    pub(super) fn headline(
        mut self,
        metas: &Metas<'_>,
        data: &JsonLd,
        blocks: &[Block],
        source: Option<&str>,
    ) -> Found {
        let declared: Vec<String> = [data.text(&["headline"]), metas.get(TITLE_NAMES), data.text(&["name"])]
            .into_iter()
            .flatten()
            .map(clean)
            .filter(|text| (1..=TITLE_BYTES).contains(&text.len()))
            .collect();
        let named = declared.iter().map(String::as_str).chain(self.title.as_deref());
        let text = named.into_iter().find_map(|name| in_blocks(blocks, name));
        self.headings.extend(text);
        let shown = shown(&self.headings, &declared, self.title.as_deref(), source);
        let shown_text = shown.map(|(_, text)| text.as_str());
        let mut found = Found { at: shown.map(|(id, _)| *id), ..Found::default() };
        // Some pages declare a description as the headline: a declared headline that the page shows takes precedence.
        let is_shown = |text: &&String| self.begins_with(text);
        let Some(first) = declared.iter().find(is_shown).or(declared.first()).or(self.title.as_ref()) else {
            found.title = shown_text.unwrap_or_default().to_owned();
            return found;
        };
        // A kicker may precede the headline, and the name of the site may follow it.
        let mut chosen = without_site(without_site(first, source, shown_text), source, shown_text);
        if let Some(text) = shown_text {
            // Search engines cut headlines at 110 characters, so some pages declare a shortened one.
            let stem = chosen.trim_end_matches(['…', '.', ' ']);
            let is_cut = text.len() > chosen.len() && !stem.is_empty() && text.starts_with(stem);
            if is_cut || same(text, chosen) {
                chosen = text;
            }
        }
        if let Some(lone) = self.lone.as_deref().filter(|lone| rewords(lone, first, chosen)) {
            chosen = lone;
        }
        found.site = self.title.as_deref().and_then(|title| site_after(title, chosen));
        found.title = chosen.to_owned();
        found
    }
}

/// Whether the only first-level heading is the declared headline in other words: declared ones are made for search
/// engines and networks.
fn rewords(heading: &str, declared: &str, chosen: &str) -> bool {
    const WORDS_MIN: usize = 4;
    const SHARE_MIN: f32 = 0.4;
    let words =
        |text: &str| -> Vec<String> { text.split_whitespace().map(letters).filter(|w| !w.is_empty()).collect() };
    let (shown, declared_words) = (words(heading), words(declared));
    let shared = shown.iter().filter(|word| declared_words.contains(word)).count();
    // The heading may contain a kicker.
    let with_kicker = letters(heading).ends_with(&letters(chosen)) || letters(chosen).ends_with(&letters(heading));
    shown.len() >= WORDS_MIN
        && !with_kicker
        && shared as f32 >= SHARE_MIN * shown.len().min(declared_words.len()) as f32
}

fn begin_alike(one: &str, other: &str) -> bool {
    !one.is_empty() && !other.is_empty() && (one.starts_with(other) || other.starts_with(one))
}

/// Maximum size of a declared headline; a longer text is a mistake.
const TITLE_BYTES: usize = 1000;

const TITLE_NAMES: &[&str] =
    &["og:title", "twitter:title", "citation_title", "parsely-title", "sailthru.title", "dc.title", "dcterms.title"];

/// The block of text with which a title begins, up to a separator: the headline of a page without headings.
fn in_blocks(blocks: &[Block], title: &str) -> Option<(NodeId, String)> {
    /// Number of blocks compared with the title; a headline is near the top.
    const BLOCKS_MAX: usize = 200;
    let heads: Vec<String> = std::iter::once(title)
        .chain(SEPARATORS.iter().flat_map(|s| title.match_indices(s)).map(|(at, _)| &title[..at]))
        .map(letters)
        .filter(|head| head.len() > 10)
        .collect();
    let longest = heads.iter().map(String::len).max()?;
    // Old pages have headline, byline and date in one block, on separate lines.
    let line = |b: &Block| b.text.lines().next().unwrap_or_default().to_owned();
    let fits = |text: &String| text.len() <= 2 * longest + 40 && heads.contains(&letters(text));
    let mut lines = blocks.iter().take(BLOCKS_MAX).map(|b| (b.first, line(b)));
    lines.find(|(_, text)| fits(text)).map(|(id, text)| (id, clean(&text)))
}

/// The line that looks like a headline before the first paragraph of the body, for pages that name none.
pub(super) fn before_body(blocks: &[Block], body: &str) -> Option<String> {
    /// Number of blocks before the body that are examined; the menu is further up.
    const BLOCKS: usize = 8;
    let first = body.split(['\n']).next().unwrap_or_default();
    let at = blocks.iter().position(|b| b.text.lines().next() == Some(first))?;
    let fits = |b: &&Block| {
        (12..=200).contains(&b.chars)
            && b.link_chars == 0
            && !b.text.ends_with('.')
            && dates::in_text(&b.text).is_none()
            && who::written_by(&b.text).is_none()
    };
    blocks[..at].iter().rev().take(BLOCKS).find(fits).map(|b| clean(&b.text))
}

/// The name of the site: the last part of the page's title after the headline.
fn site_after(title: &str, headline: &str) -> Option<String> {
    let rest = title.strip_prefix(headline)?;
    let name = SEPARATORS
        .iter()
        .filter_map(|s| rest.rfind(s).map(|at| (at, &rest[at + s.len()..])))
        .max_by_key(|(at, _)| *at)?
        .1;
    let fits = (3..=60).contains(&name.len()) && name.starts_with(char::is_uppercase);
    fits.then(|| name.trim().to_owned())
}

fn headings(dom: &Dom) -> Vec<(NodeId, String)> {
    let is_headline = |id: NodeId, tag: Tag| {
        tag == Tag::H1 || (tag != Tag::Meta && dom.attr(id, Attr::Itemprop).is_some_and(|p| p == "headline"))
    };
    dom.elements()
        .filter(|(id, tag)| is_headline(*id, *tag))
        .take(HEADINGS_MAX)
        .map(|(id, _)| (id, clean(&dom.text_of(id))))
        .filter(|(_, text)| !text.is_empty())
        .collect()
}

fn title_element(dom: &Dom) -> Option<String> {
    let (id, _) = dom.elements().find(|(_, tag)| *tag == Tag::Title)?;
    Some(clean(&dom.text_of(id))).filter(|text| (1..=TITLE_BYTES).contains(&text.len()))
}

/// The heading that shows the headline: the one that a declared headline confirms, otherwise the first that is
/// not the name of the site.
fn shown<'a>(
    headings: &'a [(NodeId, String)],
    declared: &[String],
    title: Option<&str>,
    source: Option<&str>,
) -> Option<&'a (NodeId, String)> {
    let names = declared.iter().map(String::as_str).chain(title);
    let known: Vec<String> = names.flat_map(|name| [name, without_site(name, source, None)]).map(letters).collect();
    let confirmed = |(_, text): &&(NodeId, String)| {
        let text = letters(text);
        // A kicker may precede the headline.
        let ends = |known: &String| text.len() * 2 > known.len() && known.ends_with(&text);
        text.len() > 3
            && known.iter().any(|k| k.starts_with(&text) || ends(k) || (k.len() > 3 && text.starts_with(k.as_str())))
    };
    let others = || headings.iter().filter(|(_, text)| !source.is_some_and(|source| same(source, text)));
    others().find(confirmed).or_else(|| others().next())
}

/// A title without ` | Site name`, when that is the site's name or the shown headline ends before it.
fn without_site<'a>(title: &'a str, source: Option<&str>, shown: Option<&str>) -> &'a str {
    for separator in SEPARATORS {
        // The name of the site may also precede the headline, or have several parts after it.
        for (at, _) in title.match_indices(separator) {
            let (head, tail) = (&title[..at], &title[at + separator.len()..]);
            if shown.is_some_and(|s| same(s, head)) || source.is_some_and(|s| is_site_name(tail, s)) {
                return head.trim();
            }
            if shown.is_some_and(|s| same(s, tail)) || source.is_some_and(|s| same(s, head)) {
                return tail.trim();
            }
        }
    }
    title
}

fn is_site_name(text: &str, source: &str) -> bool {
    let bare = |name: &str| {
        let name = letters(name);
        name.strip_prefix("the").unwrap_or(&name).to_owned()
    };
    // If only the host is known, the name is the part before its top-level domain.
    let host = source.split('.').next().unwrap_or(source);
    !text.is_empty() && (bare(text) == bare(source) || bare(text) == bare(host))
}

fn same(a: &str, b: &str) -> bool {
    letters(a) == letters(b)
}
