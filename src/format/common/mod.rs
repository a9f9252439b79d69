//! What several formats share: charsets, dates, markup, containers and the cleaning of facts.
//!
//! Nothing here is a format: none of these files has a line in `FORMATS`. Each stands on the ones it imports and on no format
//! but `html`, whose reading of markup many formats need; `embedded` and `exports` hand a document over to its format.

pub(super) mod charset;
pub(super) mod dates;
pub(super) mod delivery;
pub(super) mod embedded;
pub(super) mod exports;
pub(super) mod http;
pub(super) mod lookahead;
pub(super) mod message;
pub(super) mod paragraphs;
pub(super) mod properties;
pub(super) mod record_fields;
pub(super) mod sgml;
pub(super) mod split;
pub(super) mod unread;
pub(super) mod wire;
pub(super) mod xml;
pub(super) mod zipped;
