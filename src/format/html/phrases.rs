//! Phrases that identify lines beside an article: calls to the reader, notes on contributors, headings of what follows.

/// Prefixes of lines that call on the reader or label something beside the text.
const CALLS: &[&[&str]] = &[
    &["advertisement", "advert", "story continues", "loading", "this slideshow requires"],
    &["read more", "read also", "also read", "see also", "explore further", "watch more", "more from", "click here"],
    &["related:", "related articles", "related stories", "related topics", "recommended", "most read"],
    &["you may also like", "you might also like", "don't miss", "don’t miss", "download our app", "download the"],
    &["share this", "follow us", "sign up", "subscribe", "like us on", "join our", "join us on", "get the latest"],
    &["copyright", "©", "all rights reserved", "this document is subject to copyright"],
    &["image credit", "(image credit", "photo credit", "photo:", "photos:", "credit:"],
    &["filed under", "tags:", "topics", "comments", "leave a comment", "have a tip", "chat with us"],
];

/// Suffixes of lines that call on the reader, such as the text of a link or button.
const CALL_ENDS: &[&[&str]] = &[
    &[" sign up", " sign up here", " sign up now", " subscribe", " subscribe now"],
    &[" see offers", " click here", " read more", " register now"],
];

/// Beginnings of lines that introduce what follows an article, in the languages of most pages.
const ENDS: &[&[&str]] = &[
    &["your views", "your comments", "have your say", "readers' views", "reader comments", "comments ("],
    &["leave a reply", "leave a comment", "add a comment", "post a comment", "join the conversation"],
    &["related", "more great", "more from", "more stories", "more on this", "more news", "more articles"],
    &["latest news", "popular posts", "previous post", "next post", "read next", "up next", "what to read next"],
    &["you may also", "you might also", "recommended for you", "most read", "most popular", "trending"],
    &["about the author", "partner news", "sponsored", "share this", "like this story"],
    &["você pode gostar", "veja também", "veja mais", "leia também", "leia mais", "mais lidas"],
    &["lesen sie auch", "mehr zum thema", "das könnte sie", "weitere artikel", "auch interessant"],
    &["à lire aussi", "lire aussi", "a lire aussi", "sur le même sujet"],
    &["lea también", "lee también", "te puede interesar", "también te puede", "noticias relacionadas"],
    &["leggi anche", "potrebbe interessarti", "potrebbero interessarti"],
    &["читайте также", "похожие", "самые популярные", "добавить", "комментарии"],
    &["関連記事", "相关阅读", "相关新闻", "lees ook", "czytaj także", "läs också"],
];

/// Phrases of notes about an article at its end.
const TAILS: &[&[&str]] = &[
    &["follow him on", "follow her on", "follow them on", "follow me on", "follow us on", "follow @", "follow our"],
    &["on twitter @", "on twitter at", "on instagram", "our newsletter", "sign up for", "all rights reserved"],
    &["can be reached at", "may be reached at", "email us at"],
    &["contributed to this report", "contributed reporting", "reporting by", "editing by"],
];

fn any(table: &[&[&str]], fits: impl Fn(&str) -> bool) -> bool {
    table.iter().copied().flatten().any(|phrase| fits(phrase))
}

/// Whether a line calls on the reader or labels something beside the text.
pub(super) fn is_call(text: &str) -> bool {
    const CALL_BYTES: usize = 250;
    let equals = |part: Option<&str>, call: &str| part.is_some_and(|part| part.eq_ignore_ascii_case(call));
    text.len() <= CALL_BYTES
        && (any(CALLS, |call| equals(text.get(..call.len()), call))
            || any(CALL_ENDS, |call| equals(text.get(text.len().saturating_sub(call.len())..), call)))
}

/// Whether a short line introduces what follows an article: other headlines, comments.
pub(super) fn is_end(text: &str) -> bool {
    const END_BYTES: usize = 80;
    if text.len() > END_BYTES {
        return false;
    }
    let text = text.to_lowercase();
    let text = text.trim_start_matches(|c: char| !c.is_alphabetic());
    any(ENDS, |end| text.starts_with(end))
}

/// Whether a text has a phrase of the notes about an article at its end.
pub(super) fn is_note(text: &str) -> bool {
    let text = text.to_lowercase();
    any(TAILS, |tail| text.contains(tail))
}
