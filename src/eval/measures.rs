//! The measures of each topic, their means, and the redundancy of a run.
//!
//! Definitions are those of `trec_eval` (<https://github.com/usnistgov/trec_eval>) as implemented by `pytrec_eval` and
//! `ir-measures`.

use std::collections::BTreeMap;

use super::files::{Qrels, Run, RunHit, column, ranked};

/// The lowest grade that is relevant.
const RELEVANT_GRADE: i32 = 1;

/// The measures of a topic or their means, each from 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Measures {
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

/// A measure: its value in [`Measures`].
pub type Measure = fn(&Measures) -> f64;

/// All measures, with their names in the literature and in `ir-measures`.
pub const MEASURES: [(&str, Measure); 6] = [
    ("AP", |m| m.ap),
    ("RR", |m| m.rr),
    ("nDCG@10", |m| m.ndcg10),
    ("P@5", |m| m.p5),
    ("P@10", |m| m.p10),
    ("R@1000", |m| m.r1000),
];

/// The measures of each topic with a relevant article in the qrels, by topic id.
///
/// Hits rank by score at single precision, and ties by the greater article id. A repeated article counts once. Grades
/// of 1 or more are relevant; lower grades and unjudged articles are not. A topic missing from the run scores 0, as
/// with `trec_eval -c` and `ir-measures`. Topics without a relevant article, which `ir-measures` scores 0 for every
/// run, are left out, and so are topics that are only in the run.
pub fn per_topic(qrels: &Qrels, run: &Run) -> Vec<(String, Measures)> {
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

fn of_topic(grades: &BTreeMap<String, i32>, hits: &[RunHit]) -> Measures {
    let mut ideal: Vec<i32> = grades.values().copied().filter(|grade| *grade >= RELEVANT_GRADE).collect();
    ideal.sort_unstable_by(|a, b| b.cmp(a));
    let relevant = ideal.len() as f64;
    let ideal_gain: f64 = ideal.iter().take(10).zip(1..).map(|(grade, rank)| gain(*grade, rank)).sum();

    let mut measures = Measures::default();
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

/// The mean of each measure; 0 if there are none.
pub fn mean<'a>(all: impl Iterator<Item = &'a Measures> + Clone) -> Measures {
    let count = all.clone().count().max(1) as f64;
    let mean = |measure: Measure| all.clone().map(measure).sum::<f64>() / count;
    Measures {
        ap: mean(|m| m.ap),
        rr: mean(|m| m.rr),
        ndcg10: mean(|m| m.ndcg10),
        p5: mean(|m| m.p5),
        p10: mean(|m| m.p10),
        r1000: mean(|m| m.r1000),
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
        let mean = mean(topics.iter().map(|(_, measures)| measures));
        let names = MEASURES.map(|(name, _)| name);
        let mut table = format!("# topic\t{}\n", names.join("\t"));
        for (topic, measures) in &topics {
            table += &figures(topic, MEASURES.map(|(_, measure)| measure(measures)));
        }
        table + &figures("mean", MEASURES.map(|(_, measure)| measure(&mean)))
    }

    #[test]
    fn measures_match_ir_measures() {
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
        assert_eq!(mean(std::iter::empty()), Measures::default());
    }

    fn hits(ids: &[&str]) -> Vec<RunHit> {
        ids.iter().rev().zip(1..).map(|(id, n)| RunHit { article: (*id).into(), score: f64::from(n) }).collect()
    }

    #[test]
    fn measures_of_odd_runs_are_from_0_to_1() {
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
            assert!(MEASURES.iter().all(|(_, measure)| (0.0..=1.0).contains(&measure(measures))), "{ids:?}");
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
