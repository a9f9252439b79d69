//! Phrases that identify lines beside an article: calls to the reader, notes on contributors, headings of what follows.

/// Prefixes of lines that call on the reader or label something beside the text.
const CALLS: &[&str] = &[
    "advertisement",
    "advert",
    "read more",
    "read also",
    "also read",
    "related:",
    "related articles",
    "related stories",
    "see also",
    "share this",
    "follow us",
    "sign up",
    "subscribe",
    "click here",
    "copyright",
    "©",
    "all rights reserved",
    "filed under",
    "tags:",
    "topics",
    "comments",
    "leave a comment",
    "explore further",
    "like us on",
    "get the latest",
    "join our",
    "join us on",
    "watch more",
    "more from",
    "you may also like",
    "you might also like",
    "recommended",
    "most read",
    "story continues",
    "image credit",
    "(image credit",
    "photo credit",
    "photo:",
    "photos:",
    "credit:",
    "this slideshow requires",
    "this document is subject to copyright",
    "have a tip",
    "download our app",
    "download the",
    "loading",
    "related topics",
    "don't miss",
    "don’t miss",
    "chat with us",
];

/// Suffixes of lines that call on the reader, such as the text of a link or button.
const CALL_ENDS: &[&str] = &[
    " sign up",
    " sign up here",
    " sign up now",
    " subscribe",
    " subscribe now",
    " see offers",
    " click here",
    " read more",
    " register now",
];

/// Whether a line calls on the reader or labels something beside the text.
pub(super) fn is_call(text: &str) -> bool {
    const CALL_BYTES: usize = 250;
    if text.len() > CALL_BYTES {
        return false;
    }
    let begins = |call: &&str| text.get(..call.len()).is_some_and(|start| start.eq_ignore_ascii_case(call));
    let ends = |call: &&str| {
        let at = text.len().saturating_sub(call.len());
        text.get(at..).is_some_and(|end| end.eq_ignore_ascii_case(call))
    };
    CALLS.iter().any(begins) || CALL_ENDS.iter().any(ends)
}

/// Whether a short line introduces what follows an article: other headlines, comments. In the languages of most pages.
pub(super) fn is_end(text: &str) -> bool {
    const END_BYTES: usize = 80;
    if text.len() > END_BYTES {
        return false;
    }
    let text = text.to_lowercase();
    let text = text.trim_start_matches(|c: char| !c.is_alphabetic());
    ENDS.iter().any(|end| text.starts_with(end))
}

const ENDS: &[&str] = &[
    "your views",
    "your comments",
    "have your say",
    "readers' views",
    "reader comments",
    "related",
    "more great",
    "more from",
    "more stories",
    "more on this",
    "more news",
    "you may also",
    "you might also",
    "recommended for you",
    "most read",
    "most popular",
    "trending",
    "read next",
    "up next",
    "what to read next",
    "leave a reply",
    "leave a comment",
    "add a comment",
    "post a comment",
    "join the conversation",
    "about the author",
    "partner news",
    "sponsored",
    "more articles",
    "latest news",
    "popular posts",
    "previous post",
    "next post",
    "share this",
    "like this story",
    "comments (",
    "você pode gostar",
    "veja também",
    "veja mais",
    "leia também",
    "leia mais",
    "mais lidas",
    "lesen sie auch",
    "mehr zum thema",
    "das könnte sie",
    "weitere artikel",
    "auch interessant",
    "à lire aussi",
    "lire aussi",
    "a lire aussi",
    "sur le même sujet",
    "lea también",
    "lee también",
    "te puede interesar",
    "también te puede",
    "noticias relacionadas",
    "leggi anche",
    "potrebbe interessarti",
    "potrebbero interessarti",
    "читайте также",
    "похожие",
    "самые популярные",
    "добавить",
    "комментарии",
    "関連記事",
    "相关阅读",
    "相关新闻",
    "lees ook",
    "czytaj także",
    "läs också",
];

/// Phrases of notes about an article at its end.
pub(super) const TAILS: &[&str] = &[
    "follow him on",
    "follow her on",
    "follow them on",
    "follow me on",
    "follow us on",
    "follow @",
    "on twitter @",
    "on twitter at",
    "can be reached at",
    "may be reached at",
    "contributed to this report",
    "contributed reporting",
    "reporting by",
    "editing by",
    "email us at",
    "our newsletter",
    "follow our",
    "on instagram",
    "sign up for",
    "all rights reserved",
];
