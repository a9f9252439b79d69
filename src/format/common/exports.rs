//! Exports of press databases in Word, RTF, OpenDocument and PDF files.
//!
//! Recognises them by their text. Layouts are in the modules of the databases.

use crate::format::{Context, Sink, factiva, lexisnexis, proquest};

/// Sends the articles of an export to the sink. Returns false if the text is not an export.
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
