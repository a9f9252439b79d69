//! Code shared by formats: charsets, dates, markup, containers, and cleaning of metadata.
//!
//! Nothing here is a format with a line in `FORMATS`. Modules import no format except `html`, whose parser many formats
//! need; `embedded` and `exports` pass a document to its format.

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
