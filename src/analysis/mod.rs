//! Text to terms: tokens, folding, stems, sentence and passage boundaries; pure functions.
//!
//! One walk over a text, [`analyse`], serves the index, the highlights and the feedback alike, so that they
//! cannot disagree about what a word is, where a sentence ends or which passage a position belongs to.
//!
//! # What becomes of a word
//!
//! | written | terms | why |
//! |---|---|---|
//! | `Controlled` | `control` | case and English stem; stop words and words of other scripts keep their form |
//! | `U.S.`, `USA`, `usa`, `US` amid lower case | `us.` | the country, apart from `us`; so `IT`, `WHO`, `AIDS` |
//! | `Xi's`, `Xi’s` | `xi` | the possessive goes, whatever its apostrophe |
//! | `chip-making`, `F-16` | `chip`, `make`, `chipmak`; `f`, `16`, `f16` | meets `chipmaking`, `F16`; not `chip making` |
//! | `l'économie` | `l`, `economi`, `leconomi` | the noun is found without its article |
//! | `9/11` | `9`, `11`, `9/11` | |
//! | `$1.2bn`, `10,000`, `5G` | `1.2bn`, `10000`, `5g` | |
//! | `YouTube`, `#NoWar`, `@jack_d` | `youtub`, `nowar`, `jack` and `d` | case divides no word, an underscore does |
//! | `Café`, `ﬁnance`, `ＮＡＴＯ`, `Straße`, `أحمد` | `cafe`, `financ`, `nato`, `strass`, `احمد` | diacritics and forms of presentation go |
//! | `输出管制` | `输出`, `出管`, `管制`, `制` | no blanks between words; each sign begins a term, so that one alone is found |
//!
//! The only stems are English ones, for words of all languages that are written in Latin letters: a word of French
//! or German is found as it is written, and by those forms of it that happen to share its English stem.
//!
//! Which form of a stem stands where is kept apart (the module of forms): 14 % of an index, for exact words and
//! prefixes.

mod fold;
mod forms;
mod language;
mod outline;
mod sentences;
mod signature;
mod stems;
mod stop_words;
mod tokens;
mod words;

pub use fold::fold;
pub use forms::{Form, exact_term, forms_prefix, push_form};
pub use language::article_language;
pub use outline::{Outline, PassageSpan, SentenceSpan, TITLE_GAP, analyse, headline, stored_text};
pub use signature::{Signature, SignatureBuilder};
pub use stop_words::is_stop_word;
pub use tokens::{Token, is_sign, linked_terms, query_terms, tokenize, tokenize_query};
pub use words::{Language, Word, Words};

/// Bytes of one term; longer words are cut, since no one types them and base64 would swell the dictionary.
pub const TERM_BYTES_MAX: usize = 64;
