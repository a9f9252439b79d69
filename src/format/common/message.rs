//! An internet message: its articles, and the recognition of its header (RFC 5322, MIME).
//!
//! Shared by `eml`, `mbox` and `mhtml`: the choice between text and HTML, metadata, and attachments that are documents
//! or messages. MIME is decoded by `mail-parser`.

mod masked;

use mail_parser::{Address, HeaderName, HeaderValue, Message, MessageParser, MessagePart, MimeHeaders, PartType};

use super::embedded::Kind;
use super::{dates, paragraphs, record_fields};
use crate::article::{Article, Provenance};
use crate::error::SkipReason;
use crate::format::{Context, Sink, html};
pub(crate) use masked::Masked;

/// Maximum depth of forwarded messages.
const DEPTH_MAX: u32 = 4;

/// Number of header lines examined for recognition.
const HEADER_LINES_MAX: usize = 200;

/// The recognition of a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Look {
    /// Not a header.
    None,
    /// Has a sender, and a date or subject.
    Plausible,
    /// Also has fields that only mail programs write.
    Sure,
}

/// Examines the first lines of a message.
pub(crate) fn look(head: &[u8]) -> Look {
    let (mut sender, mut topic, mut machine) = (false, false, false);
    for line in without_blank_start(head).split(|&b| b == b'\n').take(HEADER_LINES_MAX) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            break;
        }
        if line[0] == b' ' || line[0] == b'\t' {
            continue;
        }
        let name = line.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')).count();
        if name == 0 || line.get(name) != Some(&b':') {
            // The sample may end within a long header. Before that, a line that is not a field ends it.
            if sender && topic && machine {
                break;
            }
            return Look::None;
        }
        match line[..name].to_ascii_lowercase().as_slice() {
            b"from" | b"sender" => sender = true,
            b"date" | b"subject" => topic = true,
            b"message-id" | b"received" | b"mime-version" | b"return-path" | b"delivered-to" => machine = true,
            b"x-mozilla-status" | b"newsgroups" | b"content-transfer-encoding" | b"snapshot-content-location" => {
                machine = true;
            }
            _ => {}
        }
    }
    match (sender && topic, machine) {
        (true, true) => Look::Sure,
        (true, false) => Look::Plausible,
        _ => Look::None,
    }
}

/// A message without the empty lines that some programs write before its header.
fn without_blank_start(bytes: &[u8]) -> &[u8] {
    &bytes[bytes.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count()..]
}

/// Parses a message; messages inside it become attachments.
///
/// # Errors
/// [`SkipReason::Malformed`] when it has no header.
pub(crate) fn read<'v>(bytes: &'v Masked<'_>, format: &'static str) -> Result<Message<'v>, SkipReason> {
    MessageParser::default()
        .parse(bytes.bytes())
        .filter(|message| !message.headers().is_empty())
        .ok_or_else(|| SkipReason::Malformed { format, detail: "it has no header".into() })
}

/// Sends the articles of a message, its attachments and nested messages to the sink. Errors name the `format`.
pub(crate) fn parse(bytes: &[u8], format: &'static str, context: &Context<'_>, sink: &mut Sink<'_>) {
    parse_nested(bytes, format, context, sink, 0);
}

fn parse_nested(bytes: &[u8], format: &'static str, context: &Context<'_>, sink: &mut Sink<'_>, depth: u32) {
    if depth > DEPTH_MAX {
        return sink(Err(SkipReason::TooDeep { what: "the message", limit: DEPTH_MAX }));
    }
    let bytes = Masked::new(without_blank_start(bytes));
    let message = match read(&bytes, format) {
        Ok(message) => message,
        Err(reason) => return sink(Err(reason)),
    };
    let digested = masked::in_digests(&message);
    let mut article = facts(&message, context);
    let published = article.published;
    let title = article.title.clone();
    article.body = body(&message, &digested);
    if article.title.is_empty() {
        (article.title, article.body) = paragraphs::headline(article.body);
    }
    let mut found = false;
    if !article.body.is_empty() {
        found = true;
        sink(Ok(article));
    }
    for part in message.attachments() {
        if masked::is_message(part) {
            found = true;
            parse_nested(part.contents(), format, context, sink, depth + 1);
        } else if let Some(kind) = kind_of(part) {
            let own = Context { charset: part.is_text().then_some("utf-8"), url: None, ..*context };
            kind.parse(part.contents().to_vec(), &own, &mut |result| match result {
                Ok(mut attached) => {
                    found = true;
                    attached.published = attached.published.or(published);
                    if attached.title.is_empty() {
                        attached.title = paragraphs::one_line(part.attachment_name().unwrap_or(&title));
                    }
                    sink(Ok(attached));
                }
                // A signature or footer without text is not reported.
                Err(SkipReason::NoText) => {}
                Err(reason) => {
                    found = true;
                    sink(Err(reason));
                }
            });
        }
    }
    for part in digested.iter().filter_map(|id| message.part(*id)) {
        let inner = message.raw_message.get(part.offset_body as usize..part.offset_end as usize);
        found = true;
        parse_nested(inner.unwrap_or_default(), format, context, sink, depth + 1);
    }
    if !found {
        sink(Err(SkipReason::NoText));
    }
}

/// The kind of document of an attachment. Parts without a file name belong to the message.
fn kind_of(part: &MessagePart<'_>) -> Option<Kind> {
    let name = part.attachment_name()?;
    if part.content_disposition().is_some_and(|d| d.is_inline()) && part.is_text() {
        return None;
    }
    let stated = part
        .content_type()
        .and_then(|t| Kind::of_media_type(&format!("{}/{}", t.ctype(), t.subtype().unwrap_or_default())));
    Kind::of_bytes(part.contents()).or_else(|| Kind::of_name(name)).or(stated)
}

/// Metadata from the header.
fn facts(message: &Message<'_>, context: &Context<'_>) -> Article {
    let mut article = Article {
        id: message.message_id().map(str::to_owned),
        title: paragraphs::one_line(message.subject().unwrap_or_default()),
        ..Article::default()
    };
    let sender = message.from().or_else(|| message.sender());
    article.byline = sender.and_then(names);
    article.source = list_name(message).or_else(|| sender.and_then(domain));
    let stated = match message.date() {
        Some(date) if date.is_valid() => Some(date.to_rfc3339()),
        None if message.header_raw(HeaderName::Date).is_none() => {
            message.received().and_then(|received| received.date()).map(|date| date.to_rfc3339())
        }
        _ => message.header_raw(HeaderName::Date).map(str::to_owned),
    };
    article.published =
        stated.and_then(|text| dates::published(text.trim(), Provenance::Metadata, context, &mut article.notes));
    let language = message.content_language().as_text_list();
    article.language = language.and_then(|list| if let [one] = list { record_fields::language(one) } else { None });
    article
}

fn names(address: &Address<'_>) -> Option<String> {
    let names: Vec<String> =
        address.iter().filter_map(|a| a.name()).map(paragraphs::one_line).filter(|n| !n.is_empty()).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

fn domain(address: &Address<'_>) -> Option<String> {
    let (_, domain) = address.first()?.address()?.rsplit_once('@')?;
    (!domain.is_empty()).then(|| domain.trim().to_ascii_lowercase())
}

/// The name of the mailing list, without its technical address.
fn list_name(message: &Message<'_>) -> Option<String> {
    let phrase = match message.list_id() {
        HeaderValue::Address(address) => address.first()?.name()?.to_owned(),
        HeaderValue::Text(text) => text.split('<').next()?.trim().to_owned(),
        _ => return None,
    };
    let phrase = paragraphs::one_line(phrase.trim_matches('"'));
    (!phrase.is_empty()).then_some(phrase)
}

/// The text of a message. Plain text is the author's own, but in many newsletters it only refers to the HTML, which is
/// then used. `digested` parts are separate messages.
fn body(message: &Message<'_>, digested: &[u32]) -> String {
    let mut plain = Vec::new();
    let own = message.text_body.iter().filter(|id| digested.binary_search(id).is_err());
    for part in own.filter_map(|id| message.part(*id)) {
        if let (PartType::Text(text), false) = (&part.body, is_markup(part)) {
            plain.push(match Kind::of_bytes(text.as_bytes()) {
                Some(Kind::Html) => html::fragment(text),
                _ => paragraphs::from_plain(text),
            });
        }
    }
    let mut rich = Vec::new();
    for part in message.html_bodies() {
        if let PartType::Html(markup) = &part.body {
            rich.push(html::fragment(markup));
        }
    }
    if plain.iter().chain(&rich).all(String::is_empty) {
        (plain, rich) = cut_body(message, digested);
    }
    let plain = paragraphs::join(plain.iter().map(String::as_str));
    let rich = paragraphs::join(rich.iter().map(String::as_str));
    let is_whole = plain.len() >= rich.len() / 3 && !html::looks_like_markup(&plain);
    if rich.is_empty() || is_whole { plain } else { rich }
}

/// Whether a text is declared as HTML; the parser treats one without end as plain text.
fn is_markup(part: &MessagePart<'_>) -> bool {
    part.content_type().is_some_and(|t| t.subtype().is_some_and(|subtype| subtype.eq_ignore_ascii_case("html")))
}

/// The plain and HTML texts of a message with unterminated parts: it was truncated, or its boundary is missing.
fn cut_body(message: &Message<'_>, digested: &[u32]) -> (Vec<String>, Vec<String>) {
    let (mut plain, mut rich) = (Vec::new(), Vec::new());
    for (id, part) in (0..).zip(&message.parts) {
        if digested.binary_search(&id).is_ok() || part.attachment_name().is_some() {
            continue;
        }
        match &part.body {
            PartType::Text(text) if is_markup(part) => rich.push(html::fragment(text)),
            PartType::Text(text) => plain.push(paragraphs::from_plain(text)),
            PartType::Html(markup) => rich.push(html::fragment(markup)),
            _ => {}
        }
    }
    let boundary = message.content_type().and_then(|t| t.attribute("boundary")).unwrap_or_default();
    if let (true, true, false, Some(root)) =
        (plain.is_empty(), rich.is_empty(), boundary.is_empty(), message.parts.first())
    {
        let raw = message.raw_message.get(root.offset_body as usize..).unwrap_or_default();
        if memchr::memmem::find(raw, format!("--{boundary}").as_bytes()).is_none() {
            plain.push(paragraphs::from_plain(&String::from_utf8_lossy(raw)));
        }
    }
    (plain, rich)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_distinguished_from_text() {
        let cases: &[(&[u8], Look)] = &[
            (b"From: a@b.example\nDate: x\nMessage-ID: <1>\n\nhi", Look::Sure),
            (b"From: a@b.example\nSubject: x\n  more\n\nhi", Look::Plausible),
            (b"From: a\nDate: x\nReceived: y\nDate without a colon", Look::Sure),
            (b"From the harbour: the ferry\n\n", Look::None),
            (b"Title: x\nDate: y\n\n", Look::None),
            (b"", Look::None),
        ];
        for (head, expected) in cases {
            assert_eq!(look(head), *expected, "{}", String::from_utf8_lossy(head));
        }
    }

    /// The titles of the articles and the codes of the skips that a message gives.
    fn shown(bytes: &[u8]) -> Vec<String> {
        let fields = crate::format::FieldMap::default();
        let today = crate::article::Date::constant(2026, 1, 1);
        let context = Context {
            path: "",
            modified: None,
            charset: None,
            url: None,
            fields: &fields,
            today,
            order: crate::format::Order::Unknown,
        };
        let mut shown = Vec::new();
        parse(bytes, "eml", &context, &mut |found| {
            shown.push(found.map_or_else(|reason| format!("!{}", reason.code()), |article| article.title));
        });
        shown
    }

    #[test]
    fn truncated_multiparts_give_their_start() {
        let head = "Subject: out\nContent-Type: multipart/alternative; boundary=b\n\n";
        for rest in [
            "--b\nContent-Type: text/plain\n\nThe text.\n",
            "--b\nContent-Type: text/plain\n\nThe text.",
            "--b\n\nThe text.\n",
            "--b\nContent-Type: text/html\n\n<p>The text.\n",
            "--b\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\nVGhlIHRleHQuCg==",
            "--b\nContent-Type: multipart/related; boundary=c\n\n--c\nContent-Type: text/plain\n\nThe text.\n",
            "--b\nContent-Type: text/plain\n\nThe text.\n--b\nContent-Type: text/html\n\n<p>The text",
            "The text.\n",
        ] {
            assert_eq!(shown(format!("{head}{rest}").as_bytes()), ["out"], "{rest}");
        }
        assert_eq!(shown(format!("{head}--b--\n").as_bytes()), ["!no-text"]);
    }

    #[test]
    fn messages_in_messages_are_read_to_a_depth() {
        let plain = "Subject: in\n\nInner text.\n";
        let forwarded = format!("Subject: out\nContent-Type: message/rfc822\n\n{plain}");
        assert_eq!(shown(forwarded.as_bytes()), ["in"]);
        let encoded = "Subject: out\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n\
                       U3ViamVjdDogaW4KCklubmVyIHRleHQuCg==\n";
        assert_eq!(shown(encoded.as_bytes()), ["in"]);
        let digest = format!(
            "Subject: out\nContent-Type: multipart/digest; boundary=b\n\n--b\n\n{plain}\n--b\n\nSubject: 2\n\nText.\n\n--b\n\
             Content-Type: text/plain\n\nThe end.\n--b--\n"
        );
        assert_eq!(shown(digest.as_bytes()), ["out", "in", "2"]);
        for header in ["Content-Type: message/rfc822", "Content-Type: message/ (a) global"] {
            assert_eq!(shown(format!("Subject: x\n{header}\n\n").repeat(5000).as_bytes()), ["!too-deep"], "{header}");
        }
        let digests: String =
            (0..5000).map(|n| format!("Content-Type: multipart/digest; boundary=b{n}\n\n--b{n}\n\n")).collect();
        assert_eq!(shown(format!("Subject: x\n{digests}").as_bytes()).last().unwrap(), "!too-deep");
    }
}
