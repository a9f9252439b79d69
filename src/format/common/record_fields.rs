//! Records of named values to articles: which field is the headline, the text, the date.
//!
//! Owns the choice of fields and the cleaning of their values, for JSON, front matter and table rows. Names are in
//! `names`, and the shape of a record in `node`.

mod names;
mod node;

use std::borrow::Cow;

use memchr::memchr;

use super::{dates, paragraphs};
use crate::article::{Article, Provenance, Published};
use crate::error::SkipReason;
use crate::format::{Context, html};

use names::Fact;

pub(crate) use crate::article::language_code as language;
pub use names::FieldMap;
pub(crate) use node::{Node, Reader};

/// Maximum depth of objects searched for an article.
const WRAPPER_LEVELS_MAX: u32 = 3;

/// Maximum depth of a value searched for its text.
const VALUE_LEVELS_MAX: u32 = 16;

/// Maximum length of an identifier; a longer one is a text.
const ID_CHARACTERS_MAX: usize = 512;

/// Metadata of a file or feed, for records without their own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Defaults {
    /// The outlet.
    pub source: Option<String>,
    /// The language.
    pub language: Option<String>,
}

/// The article of a record in a feed or file with its own metadata.
///
/// # Errors
/// [`SkipReason::NoText`] when it has neither a text nor a headline.
pub(crate) fn from_node(node: &Node<'_>, defaults: &Defaults, context: &Context<'_>) -> Result<Article, SkipReason> {
    let fields = Fields::of(node, context.fields);
    let (page, object) = fields.body(context);
    let article = fields.article(page, object, defaults, context);
    // A name, with or without description, can be of anything.
    let only_named = (article.body.is_empty() || fields.values(Fact::Body, object).next().is_none())
        && article.published.is_none()
        && article.url.is_none()
        && !["title", "headline"].iter().any(|name| node.get(name).is_some())
        && node.get("name").is_some();
    if only_named || article.title.is_empty() && article.body.is_empty() {
        Err(SkipReason::NoText)
    } else {
        Ok(article)
    }
}

/// Whether a record has a field for a headline or text, or a list that may contain such records.
pub(crate) fn names_text(node: &Node<'_>, names: &FieldMap) -> bool {
    let Node::Map(entries) = node else { return true };
    entries.iter().any(|(name, value)| {
        let role = names.role(name).unwrap_or_default();
        let text = role.fact.is_some_and(|(fact, _)| matches!(fact, Fact::Title | Fact::Body | Fact::Summary));
        text && name != "name" || role.wrapper && !matches!(value, Node::Text(_))
    })
}

/// The metadata of `node` about a separate text.
pub(crate) fn with_body(node: &Node<'_>, body: String, context: &Context<'_>) -> Article {
    let text = Article { body, ..Article::default() };
    Fields::of(node, context.fields).article(text, 0, &Defaults::default(), context)
}

/// The fields of a record with metadata, over all its objects.
struct Fields<'n, 'a> {
    found: Vec<Field<'n, 'a>>,
    objects: u32,
}

struct Field<'n, 'a> {
    fact: Fact,
    rank: u16,
    /// Nesting depth of its object.
    level: u32,
    /// Number of its object; 0 is the record itself.
    object: u32,
    value: &'n Node<'a>,
}

impl<'n, 'a> Fields<'n, 'a> {
    fn of(node: &'n Node<'a>, names: &FieldMap) -> Self {
        let mut fields = Self { found: Vec::with_capacity(16), objects: 0 };
        fields.gather(node, names, 0);
        fields
    }

    fn gather(&mut self, node: &'n Node<'a>, names: &FieldMap, level: u32) {
        let Node::Map(entries) = node else { return };
        let object = self.objects;
        self.objects += 1;
        for (name, value) in entries {
            let Some(role) = names.role(name) else { continue };
            let is_object = matches!(value, Node::Map(_));
            if role.wrapper
                && is_object
                && level < WRAPPER_LEVELS_MAX
                && (role.fact.is_none() || holds_facts(value, names))
            {
                self.gather(value, names, level + 1);
                continue;
            }
            for (fact, rank) in [role.fact, role.also].into_iter().flatten() {
                self.found.push(Field { fact, rank, level, object, value });
            }
        }
    }

    /// The text of the record nearest to the top, with the metadata of its page if it is one, and its object.
    fn body(&self, context: &Context<'_>) -> (Article, u32) {
        let fields = [Fact::Body, Fact::Summary].into_iter().flat_map(|fact| self.values(fact, u32::MAX));
        let mut bodies = fields.map(|field| (body_of(field.value, context), field.object));
        bodies.find(|(article, _)| !article.body.is_empty()).unwrap_or_default()
    }

    /// The values of a field, best first: those next to the text before those elsewhere.
    fn values(&self, fact: Fact, object: u32) -> impl Iterator<Item = &Field<'n, 'a>> {
        let mut fields: Vec<&Field<'n, 'a>> = self.found.iter().filter(|field| field.fact == fact).collect();
        fields.sort_by_key(|field| (field.object != object, field.level, field.rank));
        fields.into_iter()
    }

    fn article(&self, page: Article, object: u32, defaults: &Defaults, context: &Context<'_>) -> Article {
        let first = |fact, usable: &dyn Fn(&Node<'_>) -> Option<String>| {
            self.values(fact, object).find_map(|field| usable(field.value))
        };
        let url = first(Fact::Url, &url).or(page.url).or_else(|| context.url.map(str::to_owned));
        let mut notes = page.notes;
        let tag = first(Fact::Language, &|node| text_of(node, VALUE_LEVELS_MAX).map(Cow::into_owned))
            .or_else(|| defaults.language.clone());
        let context = &Context { order: context.order.or_of(tag.as_deref()), ..*context };
        let published = self
            .values(Fact::Published, object)
            .find_map(|field| {
                let text = text_of(field.value, VALUE_LEVELS_MAX)?;
                dates::published(&text, Provenance::Metadata, context, &mut notes)
            })
            .map(|published| settled(published, url.as_deref()))
            .or(page.published)
            .or_else(|| {
                let url = url.as_deref()?;
                dates::believed(dates::in_url(url)?, Provenance::Url, context, url, &mut notes)
            });
        let own = |field: &&Field<'_, '_>| field.level == 0;
        let title = first(Fact::Title, &line).unwrap_or(page.title);
        let body = without_headline(page.body, &title);
        Article {
            id: self.values(Fact::Id, 0).filter(own).find_map(|field| id(field.value)),
            title,
            body,
            published,
            source: first(Fact::Source, &outlet)
                .or(page.source)
                .or_else(|| defaults.source.clone())
                .or_else(|| host(url.as_deref()?).map(str::to_owned)),
            byline: first(Fact::Byline, &names_of).or(page.byline),
            section: first(Fact::Section, &section).or(page.section),
            language: first(Fact::Language, &|node| language(&text_of(node, VALUE_LEVELS_MAX)?))
                .or(page.language)
                .or_else(|| defaults.language.clone()),
            url,
            notes,
        }
    }
}

/// Decides a date with ambiguous day and month by the date in the URL.
fn settled(published: Published, url: Option<&str>) -> Published {
    let swapped = published.day_first();
    let day = url.and_then(dates::in_url).map(|stated| stated.day);
    match day.filter(|_| published.provenance == Provenance::Ambiguous) {
        Some(day) if day == swapped.day => swapped,
        Some(day) if day == published.day => Published { provenance: Provenance::Metadata, ..published },
        _ => published,
    }
}

/// Whether an object has fields other than a text.
fn holds_facts(node: &Node<'_>, names: &FieldMap) -> bool {
    let Node::Map(entries) = node else { return false };
    entries.iter().any(|(name, value)| {
        let role = names.role(name).unwrap_or_default();
        role.fact.is_some_and(|(fact, _)| matches!(fact, Fact::Title | Fact::Published | Fact::Byline | Fact::Url))
            || role.wrapper && matches!(value, Node::Map(_))
    })
}

/// Keys for the text, name or value of an object.
const TEXT_KEYS: &str = "name text title rendered content value @value html body #text $t _ main original fullName displayName $date \
     $oid $numberLong id";

/// Keys for the text of a block in a body.
const BLOCK_KEYS: &str = "text content value rendered html body plain #text paragraphs children blocks data";

/// The text of a value without expected structure.
fn text_of<'n>(node: &'n Node<'_>, levels: u32) -> Option<Cow<'n, str>> {
    let levels = levels.checked_sub(1)?;
    match node {
        Node::Text(text) => (!text.trim().is_empty()).then_some(Cow::Borrowed(&**text)),
        Node::List(values) => values.iter().find_map(|value| text_of(value, levels)),
        Node::Map(_) => TEXT_KEYS.split(' ').find_map(|key| text_of(node.get(key)?, levels)),
        Node::Nothing => None,
    }
}

/// The text of a body, with the metadata of the page if it is a whole web page.
fn body_of(node: &Node<'_>, context: &Context<'_>) -> Article {
    let body = match node {
        Node::Text(text) => {
            let text = &*paragraphs::line_ends(text);
            if html::looks_like_markup(text) && is_page(text) {
                return html::page(text, context).unwrap_or_default();
            }
            text_block(text)
        }
        _ => {
            let mut blocks = Vec::new();
            push_blocks(node, &mut blocks, VALUE_LEVELS_MAX);
            paragraphs::join(blocks.iter().map(String::as_str))
        }
    };
    Article { body, ..Article::default() }
}

/// The paragraphs of a text with or without markup. If only blank lines separate paragraphs of text with markup, as
/// typed into content systems, they are kept.
fn text_block(text: &str) -> String {
    if !html::looks_like_markup(text) {
        return paragraphs::from_plain(text);
    }
    if memchr(b'<', text.as_bytes()).is_none() {
        let plain = paragraphs::from_plain(text);
        return paragraphs::join(
            plain.split("\n\n").map(html::fragment).collect::<Vec<_>>().iter().map(String::as_str),
        );
    }
    let has_blocks = ["<p>", "<p ", "<P>", "<P ", "<br", "<BR", "<div", "<DIV"].iter().any(|tag| text.contains(tag));
    if has_blocks || !(text.contains("\n\n") || text.contains("\n\r\n")) {
        return html::fragment(text);
    }
    html::fragment(&text.replace("\r\n", "\n").replace("\n\n", "\n<p>"))
}

fn push_blocks(node: &Node<'_>, blocks: &mut Vec<String>, levels: u32) {
    let Some(levels) = levels.checked_sub(1) else { return };
    match node {
        Node::Text(text) => blocks.push(text_block(text)),
        Node::List(values) => values.iter().for_each(|value| push_blocks(value, blocks, levels)),
        Node::Map(_) => {
            let before = blocks.len();
            for value in BLOCK_KEYS.split(' ').filter_map(|key| node.get(key)) {
                push_blocks(value, blocks, levels);
                if blocks.iter().skip(before).any(|block| !block.is_empty()) {
                    break;
                }
            }
        }
        Node::Nothing => {}
    }
}

/// Whether markup is a whole web page rather than a fragment.
fn is_page(text: &str) -> bool {
    let head = text.trim_start().as_bytes();
    let head = head[..head.len().min(512)].to_ascii_lowercase();
    head.starts_with(b"<!doctype html") || memchr::memmem::find(&head, b"<html").is_some()
}

fn without_headline(body: String, title: &str) -> String {
    match body.strip_prefix(title).and_then(|rest| rest.strip_prefix("\n\n")) {
        Some(rest) if !title.is_empty() => rest.to_owned(),
        _ => body,
    }
}

/// One line without markup.
fn line(node: &Node<'_>) -> Option<String> {
    let text = text_of(node, VALUE_LEVELS_MAX)?;
    let line = if html::looks_like_markup(&text) {
        paragraphs::one_line(&html::fragment(&text))
    } else {
        paragraphs::one_line(&text)
    };
    (!line.is_empty()).then_some(line)
}

fn id(node: &Node<'_>) -> Option<String> {
    let text = text_of(node, VALUE_LEVELS_MAX)?;
    let text = text.trim();
    (text.chars().count() <= ID_CHARACTERS_MAX && !text.contains(char::is_control)).then(|| text.to_owned())
}

fn url(node: &Node<'_>) -> Option<String> {
    let text = match node {
        Node::Map(_) => {
            text_of(node.get("url").or_else(|| node.get("href")).or_else(|| node.get("@id"))?, VALUE_LEVELS_MAX)?
        }
        _ => text_of(node, VALUE_LEVELS_MAX)?,
    };
    let text = text.trim();
    let address = text.contains("://") || text.starts_with("www.") || text.starts_with('/');
    (address && !text.contains(char::is_whitespace)).then(|| text.to_owned())
}

/// The name of an outlet; for a URL, the host.
fn outlet(node: &Node<'_>) -> Option<String> {
    let name = match node {
        Node::Map(_) if node.get("name").is_none() => {
            line(node).or_else(|| line(node.get("domain").or_else(|| node.get("url"))?))
        }
        _ => line(node),
    }?;
    if let Some(host) = host(&name) {
        return Some(host.to_owned());
    }
    (!is_number(&name) && name.len() <= 200).then_some(name)
}

/// Fields of this kind are often numbers that refer elsewhere.
fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

fn section(node: &Node<'_>) -> Option<String> {
    line(node).filter(|name| !is_number(name) && name.len() <= 200)
}

/// The names of the authors, joined by commas.
fn names_of(node: &Node<'_>) -> Option<String> {
    let found = match node {
        Node::List(values) => values.iter().filter_map(name_of).collect(),
        node => {
            let name = name_of(node)?;
            printed_list(&name).unwrap_or_else(|| vec![name])
        }
    };
    let mut names: Vec<String> = Vec::new();
    for name in found {
        let name = without_mail(&name);
        let name = without_by(&name).to_owned();
        let is_name = !name.is_empty() && !name.contains("://") && !is_number(&name) && name.len() <= 300;
        if is_name && !names.contains(&name) {
            names.push(name);
        }
    }
    (!names.is_empty()).then(|| names.join(", "))
}

/// A name without the mail address beside it: `Ada Lark <ada@example.org>`, `ada@example.org (Ada Lark)`.
pub(crate) fn without_mail(name: &str) -> String {
    let is_mail = |word: &&str| word.trim_start_matches(['<', '(']).find('@').is_some_and(|at| at > 0);
    if !name.split_whitespace().any(|word| is_mail(&word)) {
        return name.to_owned();
    }
    let rest: Vec<&str> = name.split_whitespace().filter(|word| !is_mail(word)).collect();
    rest.join(" ").trim_matches(['(', ')', ',', ' ']).to_owned()
}

fn name_of(node: &Node<'_>) -> Option<String> {
    let part = |names: [&str; 3]| names.iter().find_map(|name| line(node.get(name)?));
    if let (Some(given), Some(family)) =
        (part(["first_name", "firstname", "givenName"]), part(["last_name", "lastname", "familyName"]))
    {
        return Some(format!("{given} {family}"));
    }
    line(node)
}

/// The items of a list that a program printed into a text field: `['A. Writer', 'B. Writer']`.
fn printed_list(text: &str) -> Option<Vec<String>> {
    let inner = text.strip_prefix('[')?.strip_suffix(']')?;
    let bare = |item: &str| item.trim().trim_matches(['\'', '"']).trim().to_owned();
    Some(inner.split(", ").map(bare).collect())
}

/// A byline without its `By`.
pub(crate) fn without_by(byline: &str) -> &str {
    let byline = byline.trim();
    match byline.split_once(' ') {
        Some((by, name)) if by.eq_ignore_ascii_case("by") => name.trim_start(),
        _ => byline,
    }
}

/// The host of a web address without `www.`.
pub(crate) fn host(url: &str) -> Option<&str> {
    let rest = url
        .split_once("://")
        .map(|(_, rest)| rest)
        .or_else(|| url.strip_prefix("//"))
        .or_else(|| url.starts_with("www.").then_some(url))?;
    let host = rest.split(['/', '?', '#']).next()?;
    let host = host.rsplit('@').next()?.split(':').next()?;
    let host = host.strip_prefix("www.").unwrap_or(host);
    (host.contains('.') && !host.contains(char::is_whitespace)).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_addresses_are_no_names() {
        for (written, name) in [
            ("Ada Lark <ada@example.org>", "Ada Lark"),
            ("ada@example.org (Ada Lark)", "Ada Lark"),
            ("Ada Lark, ada@example.org", "Ada Lark"),
            ("ada@example.org", ""),
            ("@adalark", "@adalark"),
            ("Ada Lark (Tarn)", "Ada Lark (Tarn)"),
        ] {
            assert_eq!(without_mail(written), name, "{written}");
        }
    }
}
