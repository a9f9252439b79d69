//! Topics, qrels, runs and measures, in the formats of TREC and with the results of `trec_eval`.
//!
//! Text comes in and results go out to any `Write`; the caller opens files, runs the topics and prints the results.
//! Results do not depend on the machine.

mod compare;
mod evaluation;
mod files;
mod measures;

pub use compare::{Comparison, compare};
pub use evaluation::{Evaluation, evaluate};
pub use files::{Qrels, Run, RunHit, Topic, TopicHits, column, parse_qrels, parse_run, parse_topics, write_run};
pub use measures::{MEASURES, Measure, Measures, mean, per_topic, redundancy};
