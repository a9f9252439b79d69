//! Searches a news archive: indexes folders of news files, and finds ranked passages for a query.
//!
//! The whole program is in the library; `main.rs` only calls [`cli::run`].
//!
//! # Modules
//!
//! | module | owns | may import |
//! |---|---|---|
//! | [`article`] | a news article, independent of its format | - |
//! | [`error`] | error types and skip reasons, with their messages | - |
//! | [`file_name`] | suffixes of compression, and extensions | - |
//! | [`query`] | the query language: text to a query tree, problems with positions | article |
//! | [`format`](mod@format) | converts the bytes of a source file to articles | article, error |
//! | [`source`] | which files to read, and how to read their bytes within limits | file_name, error |
//! | [`analysis`] | text analysis: tokens, folding, stems, sentences, passages | article |
//! | [`index`] | the on-disk index: schema, format version, writing, reading | article, analysis, error |
//! | [`ingest`] | runs source → format → analysis → index in parallel | source, format, analysis, index, article, file_name, error |
//! | [`search`] | runs a query on an index and returns ranked hits | query, index, analysis, article, file_name, error |
//! | [`eval`] | topics, qrels, runs and the measures on them | error |
//! | [`render`] | writes hits and reports to any `Write`, safe for a terminal | search, index, ingest, eval, article, error |
//! | [`cli`] | arguments, configuration, exit status; the only place that prints | everything |
//!
//! There are no cycles, neither of modules nor of files, and no module imports `cli`. Only `index` and `search` use `tantivy`, and only `cli` uses `clap`.
//! `format`, `analysis` and `query` do no file or terminal I/O. `tests/architecture.rs` checks these rules.
//!
//! # Ranking
//!
//! One ranking serves `query`, `similar`, `eval` and every page. BM25 finds candidate articles: for plain words by adding
//! up all postings, for other queries through Tantivy. Candidates are ranked in parts of three hundred. Each is scored
//! from the positions of the query's words: BM25 of the article, with more weight for the headline, BM25 of its best
//! passage and of its lead, and the proximity of different query words. The first twenty articles, each story once,
//! train a relevance model, which scores the same candidates; both scores are added. Feedback adds articles that the
//! words alone do not find only on request, and only within phrases, exclusions and filters. Ties are broken by location.
//! Copies of an article are collapsed under it. `docs/ranking.md` has the constants and their measurements.
//!
//! # The index
//!
//! An article is one document; its passages are a column of token positions. Skips and source files are documents of the
//! same index, so that one commit changes them together.

pub mod analysis;
pub mod article;
pub mod cli;
pub mod error;
pub mod eval;
pub mod file_name;
pub mod format;
pub mod index;
pub mod ingest;
pub mod query;
pub mod render;
pub mod search;
pub mod source;
