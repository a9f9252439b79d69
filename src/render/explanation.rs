//! Explains scores in words and numbers.

use serde_json::{Value, json};

use super::numbers::rounded;
use super::safe::safe;
use super::safe_json::without_nulls;
use crate::search::{Explanation, PartKind};

/// Maximum number of words named for each kind of part; the others are counted.
const WORDS_MAX: usize = 5;

/// The explanation as JSON.
pub(super) fn json(explanation: &Explanation) -> Value {
    let part = |kind: PartKind, word: Option<&str>, score| {
        without_nulls(json!({ "kind": kind.name(), "word": word, "score": rounded(score) }))
    };
    let above = |parts: &Vec<(PartKind, f32)>| parts.iter().map(|(kind, score)| part(*kind, None, *score)).collect();
    without_nulls(json!({
        "parts": explanation.parts.iter().map(|p| part(p.kind, p.word.as_deref(), p.score)).collect::<Vec<_>>(),
        "recency": explanation.recency.map(rounded),
        "above_next": explanation.above_next.as_ref().map(above).map(Value::Array),
    }))
}

/// The explanation of a score, one sentence per line.
pub(super) fn sentences(score: f32, explanation: &Explanation) -> Vec<String> {
    let kinds: Vec<String> = PartKind::ALL.into_iter().filter_map(|kind| of_kind(explanation, kind)).collect();
    let sum = if kinds.is_empty() { "0".to_owned() } else { kinds.join(" + ") };
    let made_of = match explanation.recency {
        Some(factor) => format!("score {score:.3} = recency {factor:.3} × ({sum})"),
        None => format!("score {score:.3} = {sum}"),
    };
    let Some(above) = &explanation.above_next else { return vec![made_of] };
    let by: f32 = above.iter().map(|(_, difference)| difference).sum();
    let parts: Vec<String> = above
        .iter()
        .filter(|(_, difference)| difference.abs() >= 0.0005)
        .map(|(kind, difference)| format!("{} {difference:+.3}", kind.name()))
        .collect();
    let why = if parts.is_empty() { "the scores are equal, and the id decides".to_owned() } else { parts.join(", ") };
    vec![made_of, format!("above the next by {by:.3}: {why}")]
}

/// The sum of a kind of part, and the words with the largest shares; none if it is zero.
fn of_kind(explanation: &Explanation, kind: PartKind) -> Option<String> {
    let parts: Vec<_> = explanation.parts.iter().filter(|part| part.kind == kind).collect();
    let sum: f32 = parts.iter().map(|part| part.score).sum();
    let words: Vec<_> = parts.iter().filter_map(|part| Some((part.word.as_deref()?, part.score))).collect();
    let mut named: Vec<String> =
        words.iter().take(WORDS_MAX).map(|(word, score)| format!("{} {score:.3}", safe(word))).collect();
    if words.len() > WORDS_MAX {
        let rest: f32 = words[WORDS_MAX..].iter().map(|(_, score)| score).sum();
        named.push(format!("{} more {rest:.3}", words.len() - WORDS_MAX));
    }
    let named = if named.is_empty() { String::new() } else { format!(" ({})", named.join(", ")) };
    (!parts.is_empty()).then(|| format!("{} {sum:.3}{named}", kind.name()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::Part;

    #[test]
    fn parts_add_up_and_explain_the_difference() {
        let part = |kind, word: Option<&str>, score| Part { kind, word: word.map(str::to_owned), score };
        let explanation = Explanation {
            parts: vec![
                part(PartKind::Article, Some("export"), 2.0),
                part(PartKind::Article, Some("\"chip tools\""), 1.0),
                part(PartKind::Proximity, None, 0.5),
            ],
            recency: Some(0.5),
            above_next: Some(vec![(PartKind::Article, 0.3), (PartKind::Proximity, -0.1)]),
        };
        assert_eq!(
            sentences(1.75, &explanation),
            [
                "score 1.750 = recency 0.500 × (article 3.000 (export 2.000, \"chip tools\" 1.000) + proximity 0.500)",
                "above the next by 0.200: article +0.300, proximity -0.100",
            ]
        );
        let json = json(&explanation).to_string();
        assert!(json.starts_with(r#"{"parts":[{"kind":"article","word":"export","score":2.0},"#), "{json}");
        assert!(json.ends_with(r#""above_next":[{"kind":"article","score":0.3},{"kind":"proximity","score":-0.1}]}"#));
    }
}
