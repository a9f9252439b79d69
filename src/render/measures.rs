//! Measures of runs, as tables and JSON.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::JSON_SCHEMA;
use super::safe::safe;
use super::safe_json::{merged, without_nulls, write_pretty};
use super::table::aligned;
use crate::eval::{Comparison, Evaluation, Measures, mean};

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
                rows.push(row(topic, 1, measures, None));
            }
        }
        let name = if topics && !several { "all".to_owned() } else { name.into_owned() };
        rows.push(row(name, one.topics.len(), &one.means, one.redundancy10));
    }
    if several {
        // Each collection has equal weight.
        let means = mean(evaluations.iter().map(|one| &one.means));
        rows.push(row("mean".to_owned(), evaluations.iter().map(|one| one.topics.len()).sum(), &means, None));
    }
    aligned(out, &rows)?;
    evaluations.iter().filter(|one| !one.comparisons.is_empty()).try_for_each(|one| comparison(out, one))
}

fn row(name: String, topics: usize, m: &Measures, redundancy10: Option<f64>) -> Vec<String> {
    let figures = [m.ap, m.rr, m.ndcg10, m.p5, m.p10, m.r1000].into_iter().chain(redundancy10);
    [name, topics.to_string()].into_iter().chain(figures.map(|figure| format!("{figure:.4}"))).collect()
}

/// Writes the comparison of the run that was measured with another.
fn comparison(out: &mut dyn Write, one: &Evaluation) -> io::Result<()> {
    let name = safe(&one.name).into_owned();
    let header = [&name, "before", "now", "change", "wins", "losses", "ties", "p"].map(str::to_owned).to_vec();
    let rows = one.comparisons.iter().map(|(measure, found)| {
        let Comparison { first, second, wins, losses, ties, p, .. } = found;
        let figures = [format!("{first:.4}"), format!("{second:.4}"), format!("{:+.4}", second - first)];
        let counts = [wins, losses, ties].map(usize::to_string);
        let p = if *p < 0.000_1 { "<0.0001".to_owned() } else { format!("{p:.4}") };
        [(*measure).to_owned()].into_iter().chain(figures).chain(counts).chain([p]).collect()
    });
    let table: Vec<Vec<String>> = std::iter::once(header).chain(rows).collect();
    writeln!(out)?;
    aligned(out, &table)
}

/// Writes the measures as one JSON object; with `topics`, also those of each topic and their differences, greatest gain
/// first.
///
/// # Errors
/// Those of `out`.
pub fn measures_json(out: &mut dyn Write, evaluations: &[Evaluation], topics: bool) -> io::Result<()> {
    let collections: Vec<Value> = evaluations.iter().map(|one| collection(one, topics)).collect();
    write_pretty(out, &json!({ "schema": JSON_SCHEMA, "collections": collections }))
}

fn collection(one: &Evaluation, topics: bool) -> Value {
    let counts = json!({
        "name": one.name,
        "topics": one.topics.len(),
        "topics_unjudged": one.unjudged,
        "topics_without_relevant": one.irrelevant,
        "topics_not_asked": one.unasked,
    });
    let topic = |(id, measures): &(String, Measures)| merged([json!({ "topic": id }), figures(measures)]);
    let per_topic: Vec<Value> = one.topics.iter().filter(|_| topics).map(topic).collect();
    let compared = |(measure, found): &(&str, Comparison)| {
        without_nulls(json!({
            "measure": measure,
            "before": found.first,
            "now": found.second,
            "wins": found.wins,
            "losses": found.losses,
            "ties": found.ties,
            "p": found.p,
            "exact": found.exact,
            "changes": topics.then_some(&found.differences),
        }))
    };
    let comparison: Vec<Value> = one.comparisons.iter().map(compared).collect();
    let non_empty = |list: Vec<Value>| (!list.is_empty()).then_some(list);
    let rest = json!({
        "copies10": one.redundancy10,
        "per_topic": non_empty(per_topic),
        "comparison": non_empty(comparison),
    });
    without_nulls(merged([counts, figures(&one.means), rest]))
}

fn figures(m: &Measures) -> Value {
    json!({ "ap": m.ap, "rr": m.rr, "ndcg10": m.ndcg10, "p5": m.p5, "p10": m.p10, "r1000": m.r1000 })
}
