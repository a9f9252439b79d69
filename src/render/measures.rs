//! Measures of runs, as tables and JSON.

use std::io::{self, Write};

use serde::Serialize;

use super::JSON_SCHEMA;
use super::safe::safe;
use super::safe_json::write_pretty;
use super::table::aligned;
use crate::eval::{Comparison, Evaluation, Measure, Measures, TopicMeasures, mean};

/// Writes a row of measures for each collection, the means of several collections, and with `topics` a row for each
/// topic; then a table for each comparison with another run.
///
/// # Errors
/// Those of `out`.
pub fn measures_text(out: &mut dyn Write, evaluations: &[Evaluation], topics: bool) -> io::Result<()> {
    let copies = evaluations.iter().any(|one| one.redundancy10.is_some());
    let mut header = ["", "topics", "MAP", "MRR", "nDCG@10", "P@5", "P@10", "R@1000"].map(str::to_owned).to_vec();
    header.extend(copies.then(|| "copies@10".to_owned()));
    let mut rows = vec![header];
    let several = evaluations.len() > 1;
    for one in evaluations {
        let name = safe(&one.name);
        if topics {
            for (topic, measures) in &one.topics {
                let topic = if several { format!("{name} {}", safe(topic)) } else { safe(topic).into_owned() };
                rows.push(row(topic, &mean(&[(String::new(), *measures)]), None));
            }
        }
        let name = if topics && !several { "all".to_owned() } else { name.into_owned() };
        rows.push(row(name, &one.means, one.redundancy10));
    }
    if several {
        rows.push(row("mean".to_owned(), &mean_of_means(evaluations), None));
    }
    aligned(out, &rows)?;
    evaluations.iter().filter(|one| !one.comparisons.is_empty()).try_for_each(|one| comparison(out, one))
}

fn row(name: String, m: &Measures, redundancy10: Option<f64>) -> Vec<String> {
    let mut row = vec![name, m.topics.to_string()];
    let figures = [m.map, m.mrr, m.ndcg10, m.p5, m.p10, m.r1000].map(Some);
    row.extend(figures.iter().chain([&redundancy10]).flatten().map(|figure| format!("{figure:.4}")));
    row
}

/// The mean of the means of collections, each with equal weight.
fn mean_of_means(evaluations: &[Evaluation]) -> Measures {
    let count = evaluations.len().max(1) as f64;
    let mean = |of: fn(&Measures) -> f64| evaluations.iter().map(|one| of(&one.means)).sum::<f64>() / count;
    Measures {
        topics: evaluations.iter().map(|one| one.means.topics).sum(),
        map: mean(|m| m.map),
        mrr: mean(|m| m.mrr),
        ndcg10: mean(|m| m.ndcg10),
        p5: mean(|m| m.p5),
        p10: mean(|m| m.p10),
        r1000: mean(|m| m.r1000),
    }
}

/// Compares another run with the one that was measured.
fn comparison(out: &mut dyn Write, one: &Evaluation) -> io::Result<()> {
    let name = safe(&one.name).into_owned();
    let header = [&name, "before", "now", "change", "wins", "losses", "ties", "p"].map(str::to_owned).to_vec();
    let rows = one.comparisons.iter().map(|(measure, found)| {
        let Comparison { first, second, wins, losses, ties, p, .. } = found;
        let figures = [format!("{first:.4}"), format!("{second:.4}"), format!("{:+.4}", second - first)];
        let counts = [wins, losses, ties].map(usize::to_string);
        [measure.name().to_owned()].into_iter().chain(figures).chain(counts).chain([chance(*p)]).collect()
    });
    let table: Vec<Vec<String>> = std::iter::once(header).chain(rows).collect();
    writeln!(out)?;
    aligned(out, &table)
}

/// A p value with four digits.
fn chance(p: f64) -> String {
    if p < 0.000_1 { "<0.0001".to_owned() } else { format!("{p:.4}") }
}

#[derive(Serialize)]
struct JsonMeasures<'a> {
    schema: u32,
    collections: Vec<JsonEvaluation<'a>>,
}

#[derive(Serialize)]
struct JsonEvaluation<'a> {
    name: &'a str,
    topics: usize,
    topics_unjudged: usize,
    topics_without_relevant: usize,
    topics_not_asked: usize,
    #[serde(flatten)]
    means: JsonFigures,
    #[serde(skip_serializing_if = "Option::is_none")]
    copies10: Option<f64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    per_topic: Vec<JsonTopic<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    comparison: Vec<JsonComparison<'a>>,
}

/// The means of a collection, or the measures of a topic.
#[derive(Serialize)]
struct JsonFigures {
    ap: f64,
    rr: f64,
    ndcg10: f64,
    p5: f64,
    p10: f64,
    r1000: f64,
}

#[derive(Serialize)]
struct JsonTopic<'a> {
    topic: &'a str,
    #[serde(flatten)]
    figures: JsonFigures,
}

#[derive(Serialize)]
struct JsonComparison<'a> {
    measure: &'static str,
    before: f64,
    now: f64,
    wins: usize,
    losses: usize,
    ties: usize,
    p: f64,
    exact: bool,
    /// Topic and difference, greatest gain first.
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<&'a [(String, f64)]>,
}

/// Writes the measures as one JSON object; with `topics`, also those of each topic and their differences.
///
/// # Errors
/// Those of `out`.
pub fn measures_json(out: &mut dyn Write, evaluations: &[Evaluation], topics: bool) -> io::Result<()> {
    let collections = evaluations.iter().map(|one| json(one, topics)).collect();
    write_pretty(out, &JsonMeasures { schema: JSON_SCHEMA, collections })
}

fn json(one: &Evaluation, topics: bool) -> JsonEvaluation<'_> {
    let m = &one.means;
    let per_topic = one.topics.iter().filter(|_| topics);
    JsonEvaluation {
        name: &one.name,
        topics: m.topics,
        topics_unjudged: one.unjudged,
        topics_without_relevant: one.irrelevant,
        topics_not_asked: one.unasked,
        means: JsonFigures { ap: m.map, rr: m.mrr, ndcg10: m.ndcg10, p5: m.p5, p10: m.p10, r1000: m.r1000 },
        copies10: one.redundancy10,
        per_topic: per_topic.map(|(topic, found)| JsonTopic { topic, figures: figures(found) }).collect(),
        comparison: one.comparisons.iter().map(|(measure, found)| compared(*measure, found, topics)).collect(),
    }
}

fn figures(of: &TopicMeasures) -> JsonFigures {
    JsonFigures { ap: of.ap, rr: of.rr, ndcg10: of.ndcg10, p5: of.p5, p10: of.p10, r1000: of.r1000 }
}

fn compared(measure: Measure, found: &Comparison, topics: bool) -> JsonComparison<'_> {
    JsonComparison {
        measure: measure.name(),
        before: found.first,
        now: found.second,
        wins: found.wins,
        losses: found.losses,
        ties: found.ties,
        p: found.p,
        exact: found.exact,
        changes: topics.then_some(found.differences.as_slice()),
    }
}
