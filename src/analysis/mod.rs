//! Text to terms: tokens, folding, stems, sentence and passage boundaries; pure functions.
//!
//! One walk over a text, [`analyse`], serves the index, the highlights and the feedback alike, so that they
//! cannot disagree about what a word is, where a sentence ends or which passage a position belongs to.
//!
//! # What becomes of a word
//!
//! | written | terms | why |
//! |---|---|---|
//! | `Controlled` | `control` | case and English stem; stop words keep their form |
//! | `Regierungen` in a German text | `regierDE` | the stem of the text's language, which is named in it |
//! | `выборах` | `выбор` | the first language of each script is not named |
//! | `U.S.`, `USA`, `usa`, `US` amid lower case | `us.` | the country, apart from `us`; so `IT`, `WHO`, `AIDS` |
//! | `Xi's`, `Xi’s` | `xi` | the possessive goes, whatever its apostrophe |
//! | `chip-making`, `F-16` | `chip`, `make`, `chipmak`; `f`, `16`, `f16` | meets `chipmaking`, `F16`; not `chip making` |
//! | `l'économie` | `l`, `economi`, `leconomi` | the noun is found without its article |
//! | `9/11` | `9`, `11`, `9/11` | |
//! | `$1.2bn`, `10,000`, `5G` | `1.2bn`, `10000`, `5g` | |
//! | `YouTube`, `#NoWar`, `@jack_d` | `youtub`, `nowar`, `jack` and `d` | case divides no word, an underscore does |
//! | `Café`, `ﬁnance`, `ＮＡＴＯ`, `Straße`, `أحمد` | `cafe`, `financ`, `nato`, `strass`, `احمد` | diacritics and forms of presentation go |
//! | `Schlüter` in an English text | `schluter`, `schlueter` | meets `Schlueter`; a German stem is the same for both |
//! | `1.234.567`, `1’234’567`, `١٬٢٣٤٬٥٦٧` | `1234567` | marks between thousands go; `1.234` and `3,5` by language |
//! | `C++`, `.NET` | `c`, `c++`; `net`, `.net` | apart from the letter and the word |
//! | `輸出管制` | `输出`, `出管`, `管制`, `制` | no blanks between words; each sign begins a term, so that one alone is found; simplified |
//!
//! # Languages
//!
//! A text has the rules of its article's language; words in another script have those of the script's first language
//! (English, Russian, Arabic, …), as do all words where the language is undetermined. Stems are Snowball's in 34
//! languages, light10 in Arabic, and words without their particles in Korean. Chinese, Japanese, Thai, Lao, Khmer and
//! Burmese are overlapping pairs of signs: on headlines as queries they find as well as dictionaries do (mean reciprocal
//! rank by BM25 in Chinese .83, ICU .81, jieba .81; in Japanese .88, ICU .91), at half their time, with no data in the
//! binary and no word that a dictionary lacks. A query is analysed in all languages of the index ([`Languages`]).
//!
//! Which form of a stem stands where is kept apart (the module of forms): 14 % of an index, for exact words and
//! prefixes.

mod asked;
mod dateline;
mod fold;
mod forms;
mod han;
mod hash;
mod language;
mod numbers;
mod outline;
mod sentences;
mod signature;
mod stems;
mod stop_words;
mod tokens;
mod translit;
mod words;

pub use asked::{Languages, Place};
pub use fold::fold_word as fold;
pub use forms::{Form, exact_term, forms_prefix, push_form, untagged};
pub use language::article_language;
pub use outline::{Outline, PassageSpan, SentenceSpan, TITLE_GAP, analyse, headline, stored_text};
pub use signature::{Signature, SignatureBuilder};
pub use tokens::{Token, is_sign, is_signs, tokenize, tokenize_query};
pub use translit::Sound;
pub use words::{Word, Words};

pub use crate::article::Language;

/// Bytes of one term; longer words are cut, since no one types them and base64 would swell the dictionary.
pub const TERM_BYTES_MAX: usize = 64;
