//! Markdown, an article per file, with or without the front matter of static site generators.
//!
//! Owns the conversion of markup to paragraphs, and the choice of the headline. Front matter is parsed in
//! `front_matter`, and `record_fields` interprets its names; a text without front matter is read like plain text.

mod front_matter;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::common::record_fields::{self, Defaults, Node};
use super::common::{charset, paragraphs};
use super::text::lines::Header;
use super::{Certainty, Context, Format, Record, Sample, Sink, Split, html, json, text};
use crate::article::Article;
use crate::error::SkipReason;

/// Markdown.
pub(super) const FORMAT: Format = Format {
    name: "markdown",
    title: "Markdown, with front matter or without",
    extensions: &["md", "markdown", "mdx", "mdown", "mkd"],
    version: 2,
    detect,
    split: Split::Whole,
    parse,
};

fn detect(sample: &Sample<'_>) -> Certainty {
    let ours = FORMAT.extensions.contains(&sample.extension);
    if !(ours || matches!(sample.extension, "" | "txt" | "text")) || !charset::looks_like_text(sample.head) {
        return Certainty::No;
    }
    let text = charset::decode(sample.head, None, None);
    if front_matter::is_fenced(&text) || ours && json::opens_object(text.trim_start()) {
        Certainty::Likely
    } else if ours {
        Certainty::Possible
    } else {
        Certainty::No
    }
}

fn parse(record: &Record, context: &Context<'_>, sink: &mut Sink<'_>) {
    sink(article(&charset::decode(&record.bytes, context.charset, None), context));
}

fn article(text: &str, context: &Context<'_>) -> Result<Article, SkipReason> {
    let (matter, rest) = front_matter::split(text);
    let blocks = blocks(rest);
    let article = match matter {
        Some(matter) if blocks.is_empty() => record_fields::from_node(&matter, &Defaults::default(), context)?,
        Some(matter) => with_front_matter(&matter, &blocks, context),
        None => bare(&blocks, context)?,
    };
    if article.title.is_empty() && article.body.is_empty() { Err(SkipReason::NoText) } else { Ok(article) }
}

fn with_front_matter(matter: &Node<'_>, blocks: &[Block], context: &Context<'_>) -> Article {
    let heading = blocks.first().filter(|block| block.is_title).map(|block| paragraphs::one_paragraph(&block.text));
    let rest = &blocks[usize::from(heading.is_some())..];
    let mut article = record_fields::with_body(matter, joined(rest), context);
    if let Some(heading) = heading {
        if article.title.is_empty() {
            article.title = heading;
        } else if paragraphs::letters(&article.title) != paragraphs::letters(&heading) {
            article.body = paragraphs::join([heading.as_str(), article.body.as_str()]);
        }
    }
    Header::default().complete(&mut article, context);
    article
}

/// A text without front matter: a heading is its headline, and the lines after it are read like plain text.
fn bare(blocks: &[Block], context: &Context<'_>) -> Result<Article, SkipReason> {
    let lines = |blocks: &[Block]| paragraphs::join(blocks.iter().map(|block| block.text.as_str()));
    match blocks.split_first() {
        Some((first, rest)) if first.is_title => {
            Ok(text::below_headline(paragraphs::one_paragraph(&first.text), &lines(rest), context))
        }
        _ => text::article(&lines(blocks), context),
    }
}

fn joined(blocks: &[Block]) -> String {
    let blocks: Vec<String> = blocks.iter().map(|block| paragraphs::one_paragraph(&block.text)).collect();
    paragraphs::join(blocks.iter().map(String::as_str))
}

/// A paragraph, heading, item, row or code block, with the line ends of the source.
struct Block {
    text: String,
    /// Whether it is a heading of the first level, or of the second in setext style.
    is_title: bool,
}

fn blocks(markdown: &str) -> Vec<Block> {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut blocks = Blocks::default();
    for event in Parser::new_ext(markdown, options) {
        blocks.take(event);
    }
    blocks.close(false);
    blocks.done
}

#[derive(Default)]
struct Blocks {
    done: Vec<Block>,
    text: String,
    /// Number of open images, whose text describes something not shown.
    pictures: u32,
}

impl Blocks {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(Tag::Image { .. }) => self.pictures = self.pictures.saturating_add(1),
            Event::End(TagEnd::Image) => self.pictures = self.pictures.saturating_sub(1),
            _ if self.pictures > 0 => {}
            Event::Text(text) | Event::Code(text) => self.text.push_str(&text),
            Event::SoftBreak | Event::HardBreak => self.text.push('\n'),
            Event::Html(html) => self.text.push_str(&html),
            Event::InlineHtml(html) if html.starts_with("<br") => self.text.push('\n'),
            Event::End(TagEnd::HtmlBlock) => {
                self.text = html::fragment(&self.text);
                self.close(false);
            }
            Event::End(TagEnd::TableCell) => self.text.push(' '),
            Event::End(TagEnd::Heading(level)) => self.close(level <= HeadingLevel::H2),
            Event::Start(Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::TableCell)
            | Event::End(TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link)
            | Event::InlineHtml(_)
            | Event::FootnoteReference(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::TaskListMarker(_) => {}
            Event::Start(_) | Event::End(_) | Event::Rule => self.close(false),
        }
    }

    /// Ends the block. Template calls that form a block are not text.
    fn close(&mut self, is_heading: bool) {
        let text = std::mem::take(&mut self.text);
        let bare = text.trim();
        let template = bare.starts_with("{{") && bare.ends_with("}}") || bare.starts_with("{%") && bare.ends_with("%}");
        if !bare.is_empty() && !template {
            self.done.push(Block { text: bare.to_owned(), is_title: is_heading && self.done.is_empty() });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Date;

    #[test]
    fn markup_becomes_paragraphs() {
        for (markdown, expected) in [
            ("One *two* **three** `four` [five](http://a.example).", "One two three four five."),
            ("![a picture](a.png)\n\nText with ![one](b.png) inside.", "Text with inside."),
            (
                "> A quotation\n> of two lines.\n\n1. first\n2. second\n   - inner",
                "A quotation of two lines.¶first¶second¶inner",
            ),
            ("| a | b |\n|---|---|\n| 1 | 2 |", "a b¶1 2"),
            (
                "## Part\nText\n\n```\ncode *stays*\n```\n\n* * *\nEnd[^1]\n\n[^1]: Note.",
                "Part¶Text¶code *stays*¶End¶Note.",
            ),
            ("{{< figure src=\"a\" >}}\n\n{% include x %}\n\nText", "Text"),
            ("A &amp; B \\* C<br>D <b>E</b>", "A & B * C D E"),
        ] {
            assert_eq!(joined(&blocks(markdown)).replace("\n\n", "¶"), expected, "{markdown}");
        }
    }

    #[test]
    fn headlines_come_from_front_matter_or_the_first_heading() {
        let fields = crate::format::FieldMap::default();
        let today = Date::constant(2026, 1, 1);
        let context = Context {
            path: "2024-05-06-a.md",
            modified: None,
            charset: None,
            url: None,
            fields: &fields,
            today,
            order: crate::format::Order::Unknown,
        };
        for (markdown, expected) in [
            ("---\ntitle: One\ndate: 2023-07-23\n---\n\n# One\n\nBody.", "One|2023-07-23 metadata|||Body."),
            ("---\ntitle: One\n---\n\n# Two\n\nBody.", "One|2024-05-06 url|||Two¶Body."),
            ("---\nauthor: A. Writer\n---\n# Two\n\nBody.", "Two|2024-05-06 url||A. Writer|Body."),
            (
                "# One\n\n*By Jane Roe, The Globe, 1 May 2020*\n\nBody\nof two lines.",
                "One|2020-05-01 text|The Globe|Jane Roe|Body of two lines.",
            ),
            ("One\n===\n\nThe Globe | 1 May 2020\n\nBody.", "One|2020-05-01 text|The Globe||Body."),
            ("One\nThe Globe, 1 May 2020\n\nBody.", "One|2020-05-01 text|The Globe||Body."),
        ] {
            let a = article(markdown, &context).expect("an article");
            let day = a.published.map(|p| format!("{} {}", p.day, p.provenance.name())).unwrap_or_default();
            let facts =
                [a.title, day, a.source.unwrap_or_default(), a.byline.unwrap_or_default(), a.body.replace("\n\n", "¶")];
            assert_eq!(facts.join("|"), expected, "{markdown}");
        }
        assert_eq!(article("---\ndraft: true\n---\n", &context), Err(SkipReason::NoText));
    }
}
