//! The evaluation of a run: measures per topic, means, topics left out, and comparison with another run.

use std::collections::BTreeSet;

use super::compare::{Comparison, compare};
use super::files::{Qrels, Run, column};
use super::measures::{MEASURES, Measures, mean, per_topic};

/// The evaluation of a run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Evaluation {
    /// Name of the collection.
    pub name: String,
    /// Measures of the evaluated topics, by id.
    pub topics: Vec<(String, Measures)>,
    /// Means over these topics.
    pub means: Measures,
    /// Number of topics of the run without judgements.
    pub unjudged: usize,
    /// Number of topics of the run with judgements but no relevant article.
    pub irrelevant: usize,
    /// Number of topics that are only in the qrels.
    pub unasked: usize,
    /// Share of the first ten hits that are copies of an earlier hit, if copies are known.
    pub redundancy10: Option<f64>,
    /// Comparison of the run (second) with another (first), by measure; empty without another run.
    pub comparisons: Vec<(&'static str, Comparison)>,
}

/// Evaluates a run. The run contains every topic that was run, including those without hits.
///
/// A topic is evaluated if it was run and has a relevant article. As in `trec_eval`, topics without judgements and
/// topics that are only in the qrels are left out; [`Evaluation`] counts them. A topic missing from `other` scores 0 in
/// it.
pub fn evaluate(name: &str, qrels: &Qrels, run: &Run, other: Option<&Run>) -> Evaluation {
    let asked: BTreeSet<_> = run.topics.iter().map(|topic| column(&topic.topic)).collect();
    let of_asked = qrels.topics.iter().filter(|(topic, _)| asked.contains(topic.as_str()));
    let judged = Qrels { topics: of_asked.map(|(topic, grades)| (topic.clone(), grades.clone())).collect() };
    let topics = per_topic(&judged, run);
    let comparisons = other.map_or_else(Vec::new, |other| {
        let first = per_topic(&judged, other);
        MEASURES.iter().map(|(name, measure)| (*name, compare(&first, &topics, *measure))).collect()
    });
    Evaluation {
        name: name.to_owned(),
        means: mean(topics.iter().map(|(_, measures)| measures)),
        unjudged: asked.len() - judged.topics.len(),
        irrelevant: judged.topics.len() - topics.len(),
        unasked: qrels.topics.len() - judged.topics.len(),
        topics,
        redundancy10: None,
        comparisons,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::eval::{parse_qrels, parse_run};

    #[test]
    fn topics_without_judgements_and_without_a_question_are_left_out_and_counted() {
        let qrels = "1 0 a 1\n1 0 b 0\n2 0 a 0\n4 0 a 1\n5 0 a 1\n";
        let qrels = parse_qrels(Path::new("q"), qrels).expect("the qrels are well formed");
        let run = |text| parse_run(Path::new("r"), text).expect("the run is well formed");
        let mut asked = run("1 Q0 b 1 2 x\n1 Q0 a 2 1 x\n2 Q0 a 1 1 x\n3 Q0 a 1 1 x\n");
        asked.topics.push(super::super::TopicHits { topic: "4".into(), hits: Vec::new() });
        let found = evaluate("small", &qrels, &asked, Some(&run("1 Q0 a 1 1 x\n")));
        let names: Vec<&str> = found.topics.iter().map(|(topic, _)| topic.as_str()).collect();
        assert_eq!(names, ["1", "4"], "topic 4 found nothing and counts as 0");
        assert_eq!((found.unjudged, found.irrelevant, found.unasked), (1, 1, 1));
        assert_eq!((found.topics.len(), found.means.ap), (2, 0.25));
        let (measure, against) = &found.comparisons[0];
        assert_eq!((*measure, against.first, against.second), ("AP", 0.5, 0.25));
        assert_eq!((against.wins, against.losses, against.ties, against.p), (0, 1, 1, 1.0));
        assert_eq!(evaluate("small", &qrels, &asked, None).comparisons, []);
    }
}
