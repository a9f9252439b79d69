//! Text analysis: tokens, folding, stems, sentence and passage boundaries; pure functions.
//!
//! One pass over a text, [`analyse`], serves the index, highlights and feedback, so that they agree on words, sentences
//! and passages.
//!
//! # Terms of a word
//!
//! | written | terms | why |
//! |---|---|---|
//! | `Controlled` | `control` | case and English stem; stop words keep their form |
//! | `Regierungen` in a German text | `regierDE` | the stem of the text's language, which is named in it |
//! | `выборах` | `выбор` | the first language of each script is not named |
//! | `U.S.`, `USA`, `usa`, `US` among lower case | `us.` | the country, distinguished from `us`; likewise `IT`, `WHO`, `AIDS` |
//! | `Xi's`, `Xi’s` | `xi` | without the possessive |
//! | `chip-making`, `F-16` | `chip`, `make`, `chipmak`; `f`, `16`, `f16` | matches `chipmaking`, `F16`; not `chip making` |
//! | `l'économie` | `l`, `economi`, `leconomi` | the noun is found without its article |
//! | `9/11` | `9`, `11`, `9/11` | |
//! | `$1.2bn`, `10,000`, `5G` | `1.2bn`, `10000`, `5g` | |
//! | `YouTube`, `#NoWar`, `@jack_d` | `youtub`, `nowar`, `jack` and `d` | capitals do not split a word, an underscore does |
//! | `Café`, `ﬁnance`, `ＮＡＴＯ`, `Straße`, `أحمد` | `cafe`, `financ`, `nato`, `strass`, `احمد` | without diacritics and presentation forms |
//! | `Schlüter` in an English text | `schluter`, `schlueter` | matches `Schlueter`; a German stem is the same for both |
//! | `1.234.567`, `1’234’567`, `١٬٢٣٤٬٥٦٧` | `1234567` | without thousands separators; `1.234` and `3,5` depend on the language |
//! | `C++`, `.NET` | `c`, `c++`; `net`, `.net` | distinguished from the letter and the word |
//! | `צה"ל`, `צה״ל` | `צהל` | Hebrew acronyms |
//! | `輸出管制` | `输出`, `出管`, `管制`, `制` | no spaces between words; every character begins a term and can be found alone; simplified |
//!
//! # Languages
//!
//! A text follows the rules of the language of its article; words in another script follow those of the first language
//! of that script (English, Russian, Arabic, …), and so do all words if the language is undetermined. Stems are
//! Snowball's in 34 languages, light10 in Arabic, words without prefixes and endings in Hebrew and without particles in
//! Korean. Chinese, Japanese, Thai, Lao, Khmer and Burmese are overlapping pairs of characters, without data in the
//! binary and without unknown words. With headlines as queries, pairs retrieve better than dictionaries in Chinese and
//! worse in Japanese (mean reciprocal rank by BM25 in Chinese .82, ICU .80, jieba .81; in Japanese .89, ICU .92). A
//! query is analysed in all languages of the index ([`Languages`]).
//!
//! Forms of stems are indexed separately (the module of forms): 14 % of an index, for exact words and prefixes.

mod capitals;
mod dateline;
mod fold;
mod forms;
mod han;
mod hash;
mod language;
mod numbers;
mod originals;
mod outline;
mod query_terms;
mod sentences;
mod signature;
mod stems;
mod stop_words;
mod tokens;
mod translit;
mod words;

pub use capitals::stands_in_capitals;
pub use fold::fold_word as fold;
pub use forms::{Form, exact_term, forms_prefix, push_form, untagged};
pub use language::article_language;
pub use originals::originals;
pub use outline::{Outline, PassageSpan, SentenceSpan, TITLE_GAP, analyse, stored_text};
pub use query_terms::{Languages, Place};
pub use signature::{Signature, SignatureBuilder};
pub use stop_words::is_topical;
pub use tokens::{Token, is_unspaced, is_unspaced_char, is_unspaced_letter, tokenize, tokenize_query};
pub use translit::Sound;
pub use words::{Word, Words};

pub use crate::article::Language;

/// Maximum size of a term. Longer words are cut, since nobody types them and base64 would fill the dictionary.
pub const TERM_BYTES_MAX: usize = 64;
