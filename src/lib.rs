//! Search a news archive: index a folder of news files, ask for words, get ranked passages.
//!
//! The library holds all of the program; `main.rs` only calls [`cli::run`].
//!
//! # Modules
//!
//! | module | owns | may import |
//! |---|---|---|
//! | [`article`] | what a news article is, once no format is left in it | - |
//! | [`error`] | the error types and the skip reasons, with their wording | - |
//! | [`query`] | what was asked: text to a query tree, complaints with positions | - |
//! | [`format`](mod@format) | turns the bytes of one source file into articles | article, error |
//! | [`source`] | which files to read, and how to get their bytes within limits | error |
//! | [`analysis`] | text to terms: tokens, folding, stems, sentences, passages | article |
//! | [`index`] | the on-disk index: fields, format version, writing, reading | article, analysis, error |
//! | [`ingest`] | runs source → format → analysis → index in parallel and reports | source, format, analysis, index, article, error |
//! | [`search`] | runs a query on an index and returns ranked hits | query, index, analysis, article, error |
//! | [`eval`] | topics, qrels, runs and the measures on them | error |
//! | [`render`] | writes hits and reports to any `Write`, safe for a terminal | search, index, ingest, eval, article, error |
//! | [`cli`] | arguments, configuration, exit status; the only place that prints | everything |
//!
//! No cycles; nobody imports `cli`; `tantivy` is named in `index` and `search` only, `clap` in `cli` only;
//! `format`, `analysis` and `query` do no file or terminal I/O. `tests/architecture.rs` holds the code to this.
//!
//! # Ranking
//!
//! One list serves `query`, `similar`, `eval` and every page. BM25 gives candidate articles: of plain words by adding
//! up their postings, of other queries through Tantivy. They are ranked in parts of three hundred. Each is scored from the positions of the query's words: BM25 of the article, in which the
//! headline's words count more, BM25 of its best passage and of its lead, and the proximity of different query words.
//! Then the first twenty articles, each story once, teach a relevance model, which scores the same candidates, and both
//! scores are added; an article that the words alone would not have found comes in only where that is asked for, as far
//! as phrases, exclusions and filters let it. Ties break by location. Copies of an article are collapsed under it. The
//! constants and what was measured for them are in `docs/ranking.md`.
//!
//! # The index
//!
//! An article is one document; its passages are a column of token positions. Skips and source files are
//! documents of the same index, so that one commit changes all of it together.

pub mod analysis;
pub mod article;
pub mod cli;
pub mod error;
pub mod eval;
pub mod format;
pub mod index;
pub mod ingest;
pub mod query;
pub mod render;
pub mod search;
pub mod source;
