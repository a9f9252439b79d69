//! Topics, qrels, runs and the measures on them, in TREC's formats and with the figures of `trec_eval`.
//!
//! File contents come in as text and runs go out to any `Write`; opening files, running the topics through a
//! search and showing the figures are left to others. Every figure is the same whatever the machine.

mod compare;
mod evaluation;
mod files;
mod measures;

pub use compare::{Comparison, compare};
pub use evaluation::{Evaluation, evaluate};
pub use files::{Qrels, Run, RunHit, Topic, TopicHits, column, parse_qrels, parse_run, parse_topics, write_run};
pub use measures::{Measure, Measures, TopicMeasures, mean, per_topic, redundancy};
