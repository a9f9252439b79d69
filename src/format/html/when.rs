//! Finds the date of publication of a page and says where it was found.
//!
//! Dates of changes are never taken for dates of publication.

use super::super::Context;
use super::super::common::dates::{self, Order, Stated};
use super::dom::{Attr, Dom, Tag};
use super::metadata::Page;
use crate::article::{Date, Provenance, Published};

/// The date of publication: what the page declares, its address, a line beside the headline, the file's own time.
/// `url` is the page's address; what cannot be believed becomes a note.
pub(super) fn published(
    page: &Page<'_>,
    url: Option<&str>,
    context: &Context<'_>,
    notes: &mut Vec<String>,
) -> Option<Published> {
    let data = |names: &[&str]| page.data.text(names).map(str::to_owned);
    let stated = data(&["datePublished"]).into_iter().chain(page.metas.all(DATE_NAMES).map(str::to_owned));
    let marked = stated.chain(marked_dates(page.dom)).chain(data(&["dateCreated", "uploadDate"]));
    let in_url = context.url.or(url).and_then(dates::in_url);
    for text in marked {
        if let Some(mut published) = dates::published(&text, Provenance::Metadata, context, notes) {
            let printed = in_url.into_iter().chain(printed(page, context.order));
            published.day = local_day(&text, &published, printed.map(|stated| stated.day));
            return Some(published);
        }
    }
    if let Some(stated) = in_url.filter(|stated| stated.day <= context.today) {
        return Some(Published { day: stated.day, instant: stated.instant, provenance: Provenance::Url });
    }
    if let Some(stated) = printed(page, context.order).find(|stated| stated.day <= context.today) {
        let provenance = if stated.ambiguous { Provenance::Ambiguous } else { Provenance::Text };
        return Some(Published { day: stated.day, instant: stated.instant, provenance });
    }
    // The name of a file that holds many pages says nothing about one of them.
    let path = if context.url.is_some() { "" } else { context.path };
    dates::of_file(&Context { path, ..*context }, notes)
}

/// The dates of publication in the lines beside the headline.
fn printed<'p>(page: &'p Page<'_>, order: Order) -> impl Iterator<Item = Stated> + 'p {
    page.lines.iter().filter_map(move |line| {
        let in_text = |line| dates::in_text_of(line, order);
        let whole = || in_text(line).filter(|_| !is_changed(line));
        publication_part(line).and_then(in_text).or_else(whole)
    })
}

/// Names of `<meta>` for the date of publication, the surest first.
const DATE_NAMES: &[&str] = &[
    "article:published_time",
    "article:published",
    "og:published_time",
    "og:article:published_time",
    "datepublished",
    "citation_publication_date",
    "citation_online_date",
    "citation_date",
    "parsely-pub-date",
    "sailthru.date",
    "bt:pubdate",
    "cxenseparse:recs:publishtime",
    "pubdate",
    "pub_date",
    "publishdate",
    "publish-date",
    "publish_date",
    "published",
    "publication_date",
    "publication-date",
    "publicationdate",
    "originalpublicationdate",
    "rnews:datepublished",
    "ptime",
    "displaydate",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.date",
    "dc.date",
    "dc.date.created",
    "dcterms.created",
    "dcterms.available",
    "dc.created",
    "date",
    "article.published",
    "article:create",
    "created",
    "datecreated",
    "cre_date",
    "release_date",
    "timestamp",
    "time",
];

/// Dates in elements that are marked as the time of publication; `<time>` elements last.
fn marked_dates(dom: &Dom) -> Vec<String> {
    /// Elements that are looked at: archives list hundreds of dates, and the own one comes early.
    const EXAMINED_MAX: usize = 100;
    let mut found: Vec<(u8, String)> = Vec::new();
    let mut examined = 0;
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
        // Lists of other articles bear dates too, and stand in items, sidebars and menus.
        let aside = dom.ancestors(id).any(|up| matches!(dom.tag(up), Tag::Aside | Tag::Nav | Tag::Footer | Tag::Li));
        found.push((u8::from(!certain) + 2 * u8::from(aside), value));
    }
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().take(5).map(|(_, value)| value).collect()
}

/// The day of publication where the publication is: a moment that is stated in UTC may lie on the day before or
/// after the one that is printed, in the page's address or beside its headline.
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

fn is_changed(line: &str) -> bool {
    let line = line.to_ascii_lowercase();
    CHANGED.iter().any(|mark| line.contains(mark))
}

/// The part of a line in which a date is one of publication: dates of changes and of events are left out.
fn publication_part(line: &str) -> Option<&str> {
    let lower = line.to_ascii_lowercase();
    for mark in ["published", "posted", "first published", "publié", "veröffentlicht", "publicado"] {
        if let Some(at) = lower.find(mark) {
            return line.get(at..);
        }
    }
    match CHANGED.iter().filter_map(|mark| lower.find(mark)).min() {
        Some(at) => line.get(..at).filter(|part| !part.trim().is_empty()),
        None => Some(line),
    }
}
