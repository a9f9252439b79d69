//! The measures of each topic, their means, and the redundancy of a run.
//!
//! Definitions are those of `trec_eval` (<https://github.com/usnistgov/trec_eval>) as implemented by `pytrec_eval` and
//! `ir-measures`.

use std::collections::BTreeMap;

use super::files::{Qrels, Run, RunHit, column, ranked};

/// The lowest grade that is relevant.
const RELEVANT_GRADE: i32 = 1;

/// The measures of one topic, each from 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct TopicMeasures {
    /// Average precision: the sum of the precision at each relevant article found, divided by the number of relevant
    /// articles.
    pub ap: f64,
    /// Reciprocal rank of the first relevant article; 0 if none was found.
    pub rr: f64,
    /// Normalised discounted cumulative gain of the first 10 hits: grade / log2(rank + 1), divided by that of the ideal
    /// order.
    pub ndcg10: f64,
    /// Precision of the first 5 hits.
    pub p5: f64,
    /// Precision of the first 10 hits.
    pub p10: f64,
    /// Recall of the first 1000 hits.
    pub r1000: f64,
}

/// Means over the topics.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Measures {
    /// Number of topics.
    pub topics: usize,
    /// Mean of [`TopicMeasures::ap`].
    pub map: f64,
    /// Mean of [`TopicMeasures::rr`].
    pub mrr: f64,
    /// Mean of [`TopicMeasures::ndcg10`].
    pub ndcg10: f64,
    /// Mean of [`TopicMeasures::p5`].
    pub p5: f64,
    /// Mean of [`TopicMeasures::p10`].
    pub p10: f64,
    /// Mean of [`TopicMeasures::r1000`].
    pub r1000: f64,
}

/// A measure of [`TopicMeasures`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// [`TopicMeasures::ap`].
    Ap,
    /// [`TopicMeasures::rr`].
    Rr,
    /// [`TopicMeasures::ndcg10`].
    Ndcg10,
    /// [`TopicMeasures::p5`].
    P5,
    /// [`TopicMeasures::p10`].
    P10,
    /// [`TopicMeasures::r1000`].
    R1000,
}

impl Measure {
    /// All measures.
    pub const ALL: [Self; 6] = [Self::Ap, Self::Rr, Self::Ndcg10, Self::P5, Self::P10, Self::R1000];

    /// Name in the literature and in `ir-measures`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ap => "AP",
            Self::Rr => "RR",
            Self::Ndcg10 => "nDCG@10",
            Self::P5 => "P@5",
            Self::P10 => "P@10",
            Self::R1000 => "R@1000",
        }
    }

    /// The value of this measure for a topic.
    pub fn of(self, measures: &TopicMeasures) -> f64 {
        match self {
            Self::Ap => measures.ap,
            Self::Rr => measures.rr,
            Self::Ndcg10 => measures.ndcg10,
            Self::P5 => measures.p5,
            Self::P10 => measures.p10,
            Self::R1000 => measures.r1000,
        }
    }
}

/// The measures of each topic with a relevant article in the qrels, by topic id.
///
/// Hits rank by score at single precision, and ties by the greater article id. A repeated article counts once. Grades
/// of 1 or more are relevant; lower grades and unjudged articles are not. A topic missing from the run scores 0, as
/// with `trec_eval -c` and `ir-measures`. Topics without a relevant article, which `ir-measures` scores 0 for every
/// run, are left out, and so are topics that are only in the run.
pub fn per_topic(qrels: &Qrels, run: &Run) -> Vec<(String, TopicMeasures)> {
    let mut found: BTreeMap<_, &[RunHit]> = BTreeMap::new();
    for topic in &run.topics {
        found.entry(column(&topic.topic)).or_insert(&topic.hits);
    }
    let judged = qrels.topics.iter().filter(|(_, grades)| grades.values().any(|grade| *grade >= RELEVANT_GRADE));
    judged
        .map(|(topic, grades)| {
            let hits = found.get(topic.as_str()).copied().unwrap_or_default();
            (topic.clone(), of_topic(grades, hits))
        })
        .collect()
}

fn of_topic(grades: &BTreeMap<String, i32>, hits: &[RunHit]) -> TopicMeasures {
    let mut ideal: Vec<i32> = grades.values().copied().filter(|grade| *grade >= RELEVANT_GRADE).collect();
    ideal.sort_unstable_by(|a, b| b.cmp(a));
    let relevant = ideal.len() as f64;
    let ideal_gain: f64 = ideal.iter().take(10).zip(1..).map(|(grade, rank)| gain(*grade, rank)).sum();

    let mut measures = TopicMeasures::default();
    let mut found = 0.0;
    for ((_, article), rank) in ranked(hits).iter().zip(1_u32..) {
        let grade = grades.get(article.as_ref()).copied().unwrap_or(0);
        if grade < RELEVANT_GRADE {
            continue;
        }
        found += 1.0;
        measures.ap += found / f64::from(rank);
        if found == 1.0 {
            measures.rr = 1.0 / f64::from(rank);
        }
        if rank <= 10 {
            measures.ndcg10 += gain(grade, rank);
        }
        for (cut, figure) in [(5, &mut measures.p5), (10, &mut measures.p10), (1000, &mut measures.r1000)] {
            if rank <= cut {
                *figure = found;
            }
        }
    }
    measures.p5 /= 5.0;
    measures.p10 /= 10.0;
    if relevant > 0.0 {
        measures.ap /= relevant;
        measures.r1000 /= relevant;
        measures.ndcg10 /= ideal_gain;
    }
    measures
}

fn gain(grade: i32, rank: u32) -> f64 {
    f64::from(grade) / (f64::from(rank) + 1.0).log2()
}

/// The means of the results of [`per_topic`]; 0 without topics.
pub fn mean(topics: &[(String, TopicMeasures)]) -> Measures {
    let mean = |measure: Measure| {
        let sum: f64 = topics.iter().map(|(_, measures)| measure.of(measures)).sum();
        if topics.is_empty() { 0.0 } else { sum / topics.len() as f64 }
    };
    Measures {
        topics: topics.len(),
        map: mean(Measure::Ap),
        mrr: mean(Measure::Rr),
        ndcg10: mean(Measure::Ndcg10),
        p5: mean(Measure::P5),
        p10: mean(Measure::P10),
        r1000: mean(Measure::R1000),
    }
}

/// The mean share of copies of an earlier article, over the topics with hits; none if no topic has hits. `repeats` has
/// a flag for each of the first articles of each topic.
pub fn redundancy(repeats: &[Vec<bool>]) -> Option<f64> {
    let shares = repeats.iter().filter(|first| !first.is_empty());
    let share = |first: &Vec<bool>| first.iter().filter(|repeats| **repeats).count() as f64 / first.len() as f64;
    let topics = shares.clone().count();
    (topics > 0).then(|| shares.map(share).sum::<f64>() / topics as f64)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::eval::{RunHit, TopicHits, parse_qrels, parse_run, write_run};

    const QRELS: &str = include_str!("../../tests/fixtures/eval/qrels.txt");
    const RUNS: [(&str, &str); 2] = [
        (include_str!("../../tests/fixtures/eval/run.txt"), include_str!("../../tests/fixtures/eval/expected.tsv")),
        (
            include_str!("../../tests/fixtures/eval/other-run.txt"),
            include_str!("../../tests/fixtures/eval/other-expected.tsv"),
        ),
    ];

    fn figures(name: &str, values: [f64; 6]) -> String {
        let values: Vec<String> = values.iter().map(|value| format!("{value:.6}")).collect();
        format!("{name}\t{}\n", values.join("\t"))
    }

    fn table(qrels: &Qrels, run: &Run) -> String {
        let topics = per_topic(qrels, run);
        let mean = mean(&topics);
        let names: Vec<&str> = Measure::ALL.iter().map(|measure| measure.name()).collect();
        let mut table = format!("# topic\t{}\n", names.join("\t"));
        for (topic, measures) in &topics {
            table += &figures(topic, Measure::ALL.map(|measure| measure.of(measures)));
        }
        table + &figures("mean", [mean.map, mean.mrr, mean.ndcg10, mean.p5, mean.p10, mean.r1000])
    }

    #[test]
    fn the_figures_are_those_of_ir_measures() {
        let qrels = parse_qrels(Path::new("qrels"), QRELS).expect("the fixture is well formed");
        for (run, expected) in RUNS {
            let run = parse_run(Path::new("run"), run).expect("the fixture is well formed");
            assert_eq!(table(&qrels, &run), expected);

            let mut text = Vec::new();
            write_run(&run, "again", &mut text).expect("a vector takes all");
            let text = String::from_utf8(text).expect("runs are text");
            let again = parse_run(Path::new("again"), &text).expect("what is written can be read");
            assert_eq!(table(&qrels, &again), expected, "after writing and reading");
        }
        assert_eq!(mean(&[]), Measures::default());
    }

    fn hits(ids: &[&str]) -> Vec<RunHit> {
        ids.iter().rev().zip(1..).map(|(id, n)| RunHit { article: (*id).into(), score: f64::from(n) }).collect()
    }

    #[test]
    fn odd_runs_keep_figures_within_bounds() {
        let qrels = parse_qrels(Path::new("q"), "1 0 my%20file 2147483647\n1 0 b 1\n2 0 c -2147483648\n")
            .expect("the qrels are well formed");
        for (ids, ap, rr) in [
            (&["my file", "my file", "b", "my%20file", "b"][..], 1.0, 1.0),
            (&["c", "my%20file"], 0.25, 0.5),
            (&[], 0.0, 0.0),
        ] {
            let topic = TopicHits { topic: "1".into(), hits: hits(ids) };
            let second = TopicHits { topic: "1".into(), hits: hits(&["b"]) };
            let found = per_topic(&qrels, &Run { topics: vec![topic, second] });
            let [(id, measures)] = found.as_slice() else { panic!("one topic has relevant articles") };
            assert_eq!((id.as_str(), measures.ap, measures.rr), ("1", ap, rr), "{ids:?}");
            assert!(Measure::ALL.iter().all(|measure| (0.0..=1.0).contains(&measure.of(measures))), "{ids:?}");
        }
    }

    #[test]
    fn redundancy_is_the_share_of_copies_of_earlier_articles() {
        let share = redundancy(&[vec![false, false, true, true, false], vec![false, true], vec![]]);
        assert!(share.is_some_and(|share| (share - 0.45).abs() < 1e-12), "{share:?}");
        assert_eq!(redundancy(&[vec![]]), None);
        assert_eq!(redundancy(&[]), None);
    }
}
