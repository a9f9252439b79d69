//! Deliveries of press databases inside of Word, RTF, OpenDocument and PDF files.
//!
//! Owns their recognition by the text; the layouts are the databases' own files.

use crate::format::{Context, Sink, factiva, lexisnexis, proquest};

/// Gives the articles of a delivery to the sink; `false`, and nothing given, when the text is none.
pub(crate) fn parse(text: &str, context: &Context<'_>, sink: &mut Sink<'_>) -> bool {
    if lexisnexis::is_delivery(text) {
        lexisnexis::articles(text, context, sink);
    } else if proquest::is_delivery(text) {
        proquest::articles(text, context, sink);
    } else if factiva::is_delivery(text) {
        factiva::articles(text, context, sink);
    } else {
        return false;
    }
    true
}
