//! Compares two runs topic by topic, with a significance test.
//!
//! The test is the paired randomisation test (Fisher; for retrieval: Smucker, Allan and Carterette, CIKM 2007).

use std::collections::BTreeMap;

use super::measures::{Measure, Measures};

/// Maximum number of differing topics for an exact test, which tries all 65,536 assignments of signs.
const EXACT_TOPICS_MAX: usize = 16;

/// Number of random assignments for more topics. The standard error of p is then .0007 at .05.
const DRAWS: u32 = 100_000;

/// Fixed seed, so that the same runs give the same p.
const SEED: u64 = 0x6e75_7467_7261_6621;

/// Smaller differences are rounding errors, and count as ties.
const TIE: f64 = 1e-9;

/// The comparison of a second run with a first by one measure.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// Number of topics in both runs.
    pub topics: usize,
    /// Mean of the first run on these topics.
    pub first: f64,
    /// Mean of the second run on these topics.
    pub second: f64,
    /// Topics on which the second run is better.
    pub wins: usize,
    /// Topics on which the second run is worse.
    pub losses: usize,
    /// Topics on which they are equal.
    pub ties: usize,
    /// Two-sided p value: the probability of a difference of means at least this large if the runs are equally good.
    pub p: f64,
    /// Whether `p` is exact rather than estimated.
    pub exact: bool,
    /// Topic and difference (second minus first), greatest gain first, then by topic id.
    pub differences: Vec<(String, f64)>,
}

/// Compares two results of [`per_topic`](super::per_topic) on the topics in both.
pub fn compare(first: &[(String, Measures)], second: &[(String, Measures)], measure: Measure) -> Comparison {
    let second: BTreeMap<&str, f64> = second.iter().map(|(topic, found)| (topic.as_str(), measure(found))).collect();
    let pairs: Vec<(&str, f64, f64)> = first
        .iter()
        .filter_map(|(topic, found)| Some((topic.as_str(), measure(found), *second.get(topic.as_str())?)))
        .collect();
    let topics = pairs.len();
    let mean = |sum: f64| if topics == 0 { 0.0 } else { sum / topics as f64 };

    let mut differences: Vec<(String, f64)> =
        pairs.iter().map(|(topic, before, after)| ((*topic).to_owned(), after - before)).collect();
    let wins = differences.iter().filter(|(_, d)| *d > TIE).count();
    let losses = differences.iter().filter(|(_, d)| *d < -TIE).count();
    // A tie has the same value with either sign.
    let unequal: Vec<f64> = differences.iter().map(|(_, d)| *d).filter(|d| d.abs() > TIE).collect();
    let exact = unequal.len() <= EXACT_TOPICS_MAX;
    let p = if exact { counted(&unequal) } else { drawn(&unequal, DRAWS) };
    differences.sort_by(|(a_topic, a), (b_topic, b)| b.total_cmp(a).then_with(|| a_topic.cmp(b_topic)));
    Comparison {
        topics,
        first: mean(pairs.iter().map(|(_, before, _)| before).sum()),
        second: mean(pairs.iter().map(|(_, _, after)| after).sum()),
        wins,
        losses,
        ties: topics - wins - losses,
        p,
        exact,
        differences,
    }
}

/// Exact p: the share of sign assignments whose sum is at least as far from 0 as the observed sum.
fn counted(differences: &[f64]) -> f64 {
    let threshold = threshold(differences);
    let assignments = 1_u64 << differences.len().min(EXACT_TOPICS_MAX);
    let extreme = (0..assignments).filter(|signs| signed_sum(differences, || *signs).abs() >= threshold).count();
    extreme as f64 / assignments as f64
}

/// Estimated p from random assignments. The observed assignment is included, so p is never 0.
fn drawn(differences: &[f64], draws: u32) -> f64 {
    let threshold = threshold(differences);
    let mut state = SEED;
    let extreme = (0..draws).filter(|_| signed_sum(differences, || next_random(&mut state)).abs() >= threshold).count();
    (extreme as f64 + 1.0) / (f64::from(draws) + 1.0)
}

/// The observed sum, with a tolerance for rounding.
fn threshold(differences: &[f64]) -> f64 {
    let magnitude: f64 = differences.iter().map(|d| d.abs()).sum();
    differences.iter().sum::<f64>().abs() - magnitude * 1e-12
}

/// The sum of the differences, with signs taken from random bits, 64 at a time.
fn signed_sum(differences: &[f64], mut bits: impl FnMut() -> u64) -> f64 {
    let mut sum = 0.0;
    for chunk in differences.chunks(64) {
        let mut word = bits();
        for difference in chunk {
            sum += if word & 1 == 1 { -difference } else { *difference };
            word >>= 1;
        }
    }
    sum
}

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
fn next_random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::eval::{MEASURES, parse_qrels, parse_run, per_topic};

    #[test]
    fn comparisons_match_an_independent_implementation() {
        let qrels = parse_qrels(Path::new("q"), include_str!("../../tests/fixtures/eval/qrels.txt"))
            .expect("the fixture is well formed");
        let [first, second] = [
            include_str!("../../tests/fixtures/eval/run.txt"),
            include_str!("../../tests/fixtures/eval/other-run.txt"),
        ]
        .map(|run| per_topic(&qrels, &parse_run(Path::new("r"), run).expect("the fixture is well formed")));
        let mut table = String::from("# measure\tmean of run.txt\tmean of other-run.txt\twins\tlosses\tties\tp\n");
        for (name, measure) in MEASURES {
            let found = compare(&first, &second, measure);
            table += &format!("{}\t{:.6}\t{:.6}\t", name, found.first, found.second);
            table += &format!("{}\t{}\t{}\t{:.6}\n", found.wins, found.losses, found.ties, found.p);
            let back = compare(&second, &first, measure);
            assert_eq!((back.wins, back.losses, back.p), (found.losses, found.wins, found.p));
            assert!(found.exact && found.differences.is_sorted_by(|a, b| a.1 >= b.1));
        }
        assert_eq!(table, include_str!("../../tests/fixtures/eval/expected-comparison.tsv"));
    }

    #[test]
    fn drawing_comes_near_to_counting() {
        for differences in [
            vec![0.1, 0.2, -0.05, 0.3, 0.02, -0.01, 0.4, 0.15, -0.2, 0.08],
            vec![0.5, -0.5, 0.25, -0.25],
            (1..=16).map(|n| f64::from(n) * if n % 3 == 0 { -0.01 } else { 0.01 }).collect(),
        ] {
            let (counted, drawn) = (counted(&differences), drawn(&differences, DRAWS));
            assert!((counted - drawn).abs() < 0.006, "{counted} {drawn}");
        }
    }

    #[test]
    fn p_is_estimated_for_many_topics_and_1_without_differences() {
        let list = |count: usize, ap: &dyn Fn(usize) -> f64| -> Vec<(String, Measures)> {
            (0..count).map(|n| (n.to_string(), Measures { ap: ap(n), ..Default::default() })).collect()
        };
        let (flat, better) = (list(150, &|_| 0.2), list(150, &|n| 0.2 + (n % 7) as f64 / 100.0));
        let found = compare(&flat, &better, MEASURES[0].1);
        assert_eq!((found.topics, found.exact, found.wins, found.losses, found.ties), (150, false, 128, 0, 22));
        assert!(found.p > 0.0 && found.p < 1e-4);
        assert_eq!(compare(&flat, &better, MEASURES[0].1), found, "the same runs give the same p");
        for (second, topics) in [(flat.clone(), 150), (Vec::new(), 0)] {
            let found = compare(&flat, &second, MEASURES[0].1);
            assert_eq!((found.topics, found.ties, found.p, found.exact), (topics, topics, 1.0, true));
        }
    }
}
