//! Text to terms: tokens, folding, stems, sentence and passage boundaries; pure functions.
//!
//! One walk over a text, [`analyse`], serves the index, the highlights and the feedback alike, so that they
//! cannot disagree about what a word is, where a sentence ends or which passage a position belongs to.

mod fold;
mod language;
mod outline;
mod sentences;
mod stems;
mod stop_words;
mod tokens;

pub use language::language;
pub use outline::{Outline, PassageSpan, SentenceSpan, TITLE_GAP, analyse, headline, stored_text};
pub use stems::Stems;
pub use stop_words::is_stop_word;
pub use tokens::{Token, query_terms, tokenize};

/// Bytes of one term; longer words are cut, since no one types them and base64 would swell the dictionary.
pub const TERM_BYTES_MAX: usize = 64;
