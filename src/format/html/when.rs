//! Finds the date of publication of a page, and its provenance.
//!
//! Dates of changes are never used as dates of publication.

use super::super::Context;
use super::super::common::dates::{self, Order, Stated};
use super::clutter::{self, Clutter};
use super::dom::{Attr, Dom, NodeId, Tag};
use super::page::Page;
use crate::article::{Date, Provenance, Published};

/// The date of publication: from declarations of the page, its URL, a line near the headline, or the time of the file.
/// `url` is the URL of the page. An implausible date becomes a note.
pub(super) fn published(
    page: &Page<'_>,
    url: Option<&str>,
    context: &Context<'_>,
    notes: &mut Vec<String>,
) -> Option<Published> {
    let data = |names: &[&str]| page.data.text(names).map(str::to_owned);
    let stated = data(&["datePublished"])
        .into_iter()
        .chain(DATE_NAMES.iter().flat_map(|names| page.metas.all(names)).map(str::to_owned));
    let (marked, aside): (Vec<_>, Vec<_>) = marked_dates(page.dom).into_iter().partition(|(rank, _)| *rank < ASIDE);
    let marked = stated.chain(marked.into_iter().map(|(_, text)| text)).chain(data(&["dateCreated", "uploadDate"]));
    let in_url = context.url.or(url).and_then(dates::in_url);
    for text in marked {
        if let Some(mut published) = dates::published(&text, Provenance::Metadata, context, notes) {
            let printed = in_url.into_iter().chain(printed(page, context.order));
            published.day = local_day(&text, &published, printed.map(|stated| stated.day));
            return Some(published);
        }
    }
    // The name of a file with many pages has no date for one of them.
    let path = if context.url.is_some() { "" } else { context.path };
    in_url
        .and_then(|stated| dates::plausible(stated, Provenance::Url, context))
        .or_else(|| {
            let mut printed = printed(page, context.order);
            printed.find_map(|stated| dates::plausible(stated, Provenance::Text, context))
        })
        .or_else(|| {
            let mut texts = aside.iter();
            texts.find_map(|(_, text)| dates::published(text, Provenance::Metadata, context, notes))
        })
        .or_else(|| dates::of_file(&Context { path, ..*context }, notes))
}

/// The dates of publication in the lines near the headline.
fn printed<'p>(page: &'p Page<'_>, order: Order) -> impl Iterator<Item = Stated> + 'p {
    page.lines
        .iter()
        .filter(|line| !is_sentence(line))
        .filter_map(move |line| dates::in_text_of(publication_part(line)?, order))
}

/// Whether a line with a date is a sentence, so that the date is that of an event.
fn is_sentence(line: &str) -> bool {
    const BESIDE_BYTES: usize = 60;
    let Some((date, _)) = dates::find(line) else { return false };
    let before = line[..date.start].to_ascii_lowercase();
    ["born ", "(born", "died "].iter().any(|word| before.contains(word))
        || line.len() - date.len() > BESIDE_BYTES && publication_word(line).is_none() && !line.contains(['|', '•', '·'])
}

/// Names of `<meta>` for the date of publication, most reliable first.
const DATE_NAMES: &[&[&str]] = &[
    &["article:published_time", "article:published", "og:published_time", "og:article:published_time"],
    &["datepublished", "citation_publication_date", "citation_online_date", "citation_date"],
    &["parsely-pub-date", "sailthru.date", "bt:pubdate", "cxenseparse:recs:publishtime"],
    &["pubdate", "pub_date", "publishdate", "publish-date", "publish_date", "published"],
    &["publication_date", "publication-date", "publicationdate", "originalpublicationdate"],
    &["rnews:datepublished", "ptime", "displaydate", "dc.date.issued", "dcterms.issued", "dcterms.date", "dc.date"],
    &["dc.date.created", "dcterms.created", "dcterms.available", "dc.created", "date", "article.published"],
    &["article:create", "created", "datecreated", "cre_date", "release_date", "timestamp", "time"],
];

/// The rank from which a marked date is in a list or beside the article.
const ASIDE: u8 = 2;

/// Dates in elements marked as the time of publication; `<time>` elements last.
fn marked_dates(dom: &Dom) -> Vec<(u8, String)> {
    /// Maximum number of elements examined: archives list hundreds of dates, and that of the page comes early.
    const EXAMINED_MAX: usize = 100;
    let mut found: Vec<(u8, String)> = Vec::new();
    let mut examined = 0;
    let is_story = |id: NodeId| matches!(dom.tag(id), Tag::Article | Tag::Main);
    let has_story = dom.elements().any(|(id, _)| is_story(id));
    for (id, tag) in dom.elements() {
        if examined >= EXAMINED_MAX {
            break;
        }
        let property = dom.attr(id, Attr::Itemprop).unwrap_or_default();
        let is_published = property.split_ascii_whitespace().any(|p| p == "datePublished");
        if tag == Tag::Meta || (tag != Tag::Time && !is_published) || property.contains("dateModified") {
            continue;
        }
        examined += 1;
        let class = dom.attr(id, Attr::Class).unwrap_or_default().to_ascii_lowercase();
        if class.contains("updated") && !class.contains("publish") || class.contains("modified") {
            continue;
        }
        let value = dom.attr(id, Attr::Datetime).or_else(|| dom.attr(id, Attr::Content));
        let Some(value) = value.filter(|v| !v.trim().is_empty()).map(str::to_owned).or_else(|| {
            let text = dom.text_of(id);
            dates::in_text(&text).is_some().then_some(text)
        }) else {
            continue;
        };
        let certain = is_published || class.contains("publish") || class.contains("entry-date");
        // Lists of other articles also have dates, and are in items, sidebars and menus.
        let aside = dom.ancestors(id).any(|up| matches!(dom.tag(up), Tag::Aside | Tag::Nav | Tag::Footer | Tag::Li))
            || (!certain && has_story && !dom.ancestors(id).any(is_story));
        if !certain && is_in_prose(dom, id) {
            continue;
        }
        found.push((u8::from(!certain) + ASIDE * u8::from(aside), value));
    }
    found.sort_by_key(|(rank, _)| *rank);
    found.truncate(5);
    found
}

/// Whether a date is in comments, teasers or a sentence of the story.
fn is_in_prose(dom: &Dom, id: NodeId) -> bool {
    /// Number of characters next to a date that make its paragraph a sentence.
    const BESIDE_CHARS: usize = 60;
    let own = dom.text_of(id).len();
    dom.ancestors(id).any(|up| match dom.tag(up) {
        Tag::Blockquote => true,
        Tag::P | Tag::Dd => dom.text_of(up).trim().len() > own + BESIDE_CHARS,
        tag => clutter::of(dom, up, tag) >= Clutter::Certain,
    })
}

/// The day of publication in the time zone of the publication: an instant stated in UTC may be on the day before or
/// after the one in the URL or near the headline.
fn local_day(text: &str, published: &Published, mut printed: impl Iterator<Item = Date>) -> Date {
    let text = text.trim_end();
    let is_utc = published.instant.is_some() && (text.ends_with(['Z', 'z']) || text.ends_with("+00:00"));
    let near = |day: &Date| *day == published.day || is_next_to(*day, published.day);
    if is_utc { printed.find(near).unwrap_or(published.day) } else { published.day }
}

fn is_next_to(a: Date, b: Date) -> bool {
    a.tomorrow().is_ok_and(|next| next == b) || b.tomorrow().is_ok_and(|next| next == a)
}

/// Words of dates that are not those of publication.
const CHANGED: &[&str] =
    &["updated", "modified", "edited", "aktualisiert", "mis à jour", "actualizado", "copyright", "©"];

/// The part of a line with dates of publication, without dates of changes and events.
fn publication_part(line: &str) -> Option<&str> {
    if let Some(at) = publication_word(line) {
        return line.get(at..);
    }
    let lower = line.to_ascii_lowercase();
    match CHANGED.iter().filter_map(|mark| lower.find(mark)).min() {
        Some(at) => line.get(..at).filter(|part| !part.trim().is_empty()),
        None => Some(line),
    }
}

/// Where a line announces the time of publication.
fn publication_word(line: &str) -> Option<usize> {
    let lower = line.to_ascii_lowercase();
    let words = ["published", "posted", "publié", "veröffentlicht", "publicado"];
    words.iter().find_map(|word| lower.find(word))
}
