//! Topics, qrels and runs: types, parsers, and a writer for runs.
//!
//! The formats are those of TREC as read by `trec_eval`.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io::{self, Write};
use std::path::Path;

use regex::Regex;

use crate::error::Error;

/// A test query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// Its id in qrels and runs.
    pub id: String,
    /// The query text.
    pub text: String,
}

/// Relevance judgements.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Qrels {
    /// Topic id → article id → grade; grades of 1 and above are relevant. Ids are in the form of [`column()`].
    pub topics: BTreeMap<String, BTreeMap<String, i32>>,
}

/// The hits of each topic.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Run {
    /// Topics, each once, in any order.
    pub topics: Vec<TopicHits>,
}

/// The hits of one topic.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TopicHits {
    /// Id of the topic.
    pub topic: String,
    /// Hits in any order; their scores rank them.
    pub hits: Vec<RunHit>,
}

/// A hit of a run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RunHit {
    /// Id of the article.
    pub article: String,
    /// Higher is better.
    pub score: f64,
}

impl Run {
    /// Lowers scores by the smallest amount that makes them rank hits in their present order.
    ///
    /// In a run, hits are ordered by score at single precision, and ties by the greater article id. This makes the
    /// order of a search with other tie-breaking the order that is measured and written. A score that is not a number
    /// becomes 0 first.
    pub fn rank_as_listed(&mut self) {
        for topic in &mut self.topics {
            let mut above = f32::INFINITY;
            for (rank, hit) in topic.hits.iter_mut().enumerate() {
                if hit.score.is_nan() {
                    hit.score = 0.0;
                }
                if rank > 0 && hit.single_score() >= above {
                    hit.score = f64::from(above.next_down());
                }
                above = hit.single_score();
            }
        }
    }
}

impl RunHit {
    /// The score for ranking, at single precision as in `pytrec_eval`. NaN ranks last.
    fn single_score(&self) -> f32 {
        if self.score.is_nan() { f32::NEG_INFINITY } else { self.score as f32 }
    }
}

/// Hits in rank order, each article once, with ids in the form of [`column()`].
pub(super) fn ranked(hits: &[RunHit]) -> Vec<(&RunHit, Cow<'_, str>)> {
    let mut ranked: Vec<_> = hits.iter().map(|hit| (hit, column(&hit.article))).collect();
    ranked.sort_by(|(a, a_id), (b, b_id)| {
        let by_score = b.single_score().partial_cmp(&a.single_score()).unwrap_or(Ordering::Equal);
        by_score.then_with(|| b_id.cmp(a_id))
    });
    let mut seen = BTreeSet::new();
    ranked.retain(|(_, id)| seen.insert(id.clone()));
    ranked
}

/// Whether a character is invisible or changes the order of text.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{180e}' | '\u{200b}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        || matches!(c, '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// An id in the form used in columns of qrels and runs: white space, control characters, and invisible or reordering
/// characters are percent-encoded.
///
/// An article without an id of its own is identified by its path, which may contain blanks that would shift the
/// columns. Other ids, and ids that are already encoded, are unchanged.
pub fn column(id: &str) -> Cow<'_, str> {
    let shifts = |c: char| c.is_whitespace() || c.is_control() || is_unseen(c);
    if !id.contains(shifts) {
        return Cow::Borrowed(id);
    }
    let encoded = |c: char| match shifts(c) {
        true => c.to_string().bytes().map(|byte| format!("%{byte:02X}")).collect(),
        false => c.to_string(),
    };
    Cow::Owned(id.chars().map(encoded).collect())
}

/// Parses topics: lines of `id TAB query`, or TREC `<top>` records with the title as the query.
///
/// Blank lines and lines that begin with `#` are ignored. In a `<top>` record, the words `Number:` and `Topic:` and
/// leading zeros of a number (`<num> Number: 051`) are ignored, since qrels have none. The XML topics of later TREC
/// tracks (`<topic number="1">`) are not supported.
///
/// # Errors
/// [`Error::EvalFile`] for a line or record without id or query, a repeated id, or a file without topics.
pub fn parse_topics(path: &Path, text: &str) -> Result<Vec<Topic>, Error> {
    let fail = |(line, cause)| wrong(path, line, cause);
    let marked_up = content_lines(text).next().is_some_and(|(_, line)| line.trim_start().starts_with('<'));
    let numbered = if marked_up { marked_up_topics(text) } else { line_topics(text) }.map_err(fail)?;
    let mut ids = HashSet::new();
    for (line, topic) in &numbered {
        if !ids.insert(topic.id.as_str()) {
            return Err(fail((*line, format!("topic `{}` is repeated", topic.id))));
        }
    }
    if numbered.is_empty() {
        let form = if marked_up { "a `<top>` record" } else { "a line `id TAB query`" };
        return Err(fail((1, format!("no topic in the file; expected {form}"))));
    }
    Ok(numbered.into_iter().map(|(_, topic)| topic).collect())
}

/// Values with their line numbers, or a line number with the problem.
type Numbered<T> = Result<Vec<(usize, T)>, (usize, String)>;

fn line_topics(text: &str) -> Numbered<Topic> {
    let mut topics = Vec::new();
    for (number, line) in content_lines(text) {
        let Some((id, query)) = line.split_once('\t') else {
            return Err((number, "expected `id TAB query`, found no tab".into()));
        };
        let (id, text) = (id.trim().to_owned(), query.trim().to_owned());
        if id.is_empty() || text.is_empty() {
            let missing = if id.is_empty() { "id" } else { "query" };
            return Err((number, format!("expected `id TAB query`, the {missing} is empty")));
        }
        topics.push((number, Topic { id, text }));
    }
    Ok(topics)
}

/// Parses `<top>` records. A `<` that opens no tag is text.
fn marked_up_topics(text: &str) -> Numbered<Topic> {
    let tags = Regex::new("<[A-Za-z/][^<>]*>").expect("a valid pattern");
    let tags: Vec<_> = tags.find_iter(text).collect();
    let mut topics = Vec::new();
    let mut open: Option<Record> = None;
    for (at, tag) in tags.iter().enumerate() {
        let content = &text[tag.end()..tags.get(at + 1).map_or(text.len(), |next| next.start())];
        let name = tag.as_str().trim_matches(['<', '>']).split_ascii_whitespace().next().unwrap_or_default();
        match name.to_ascii_lowercase().as_str() {
            name @ ("top" | "/top") => {
                topics.extend(open.take().map(Record::topic).transpose()?);
                let line = text[..tag.start()].matches('\n').count() + 1;
                open = (name == "top").then(|| Record { line, ..Record::default() });
            }
            "num" => open.iter_mut().for_each(|record| record.number.push_str(content)),
            "title" => open.iter_mut().for_each(|record| record.title.push_str(content)),
            _ => {}
        }
    }
    topics.extend(open.map(Record::topic).transpose()?);
    Ok(topics)
}

/// A `<top>` record while it is parsed.
#[derive(Default)]
struct Record {
    line: usize,
    number: String,
    title: String,
}

impl Record {
    fn topic(self) -> Result<(usize, Topic), (usize, String)> {
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut id = words(without_label(&self.number, "number:"));
        let text = words(without_label(&self.title, "topic:"));
        if id.is_empty() || text.is_empty() {
            let missing = if id.is_empty() { "<num>" } else { "<title>" };
            return Err((self.line, format!("the `<top>` record that begins here has no text in `{missing}`")));
        }
        if id.bytes().all(|b| b.is_ascii_digit()) {
            let zeros = id.len() - id.trim_start_matches('0').len();
            id.drain(..zeros.min(id.len() - 1));
        }
        Ok((self.line, Topic { id, text }))
    }
}

/// The text without the prefix `label` (in lower case), if it has it.
fn without_label<'a>(text: &'a str, label: &str) -> &'a str {
    let text = text.trim();
    match text.split_at_checked(label.len()) {
        Some((head, rest)) if head.eq_ignore_ascii_case(label) => rest,
        _ => text,
    }
}

/// Parses TREC qrels: lines of `topic iteration article grade`, separated by white space.
///
/// The iteration is ignored, and so are blank lines and lines that begin with `#`.
///
/// # Errors
/// [`Error::EvalFile`] for a line without four columns, a grade that is not an integer, contradictory judgements of an
/// article, or a file without judgements.
pub fn parse_qrels(path: &Path, text: &str) -> Result<Qrels, Error> {
    let mut qrels = Qrels::default();
    for (number, line) in content_lines(text) {
        let [topic, _, article, grade] =
            columns(line, "topic iteration article grade").map_err(|cause| wrong(path, number, cause))?;
        let grade: i32 = grade
            .parse()
            .map_err(|_| wrong(path, number, format!("expected a whole number as grade, found `{grade}`")))?;
        let articles = qrels.topics.entry(column(topic).into_owned()).or_default();
        let before = articles.insert(column(article).into_owned(), grade);
        if let Some(before) = before.filter(|before| *before != grade) {
            let cause = format!(
                "article `{article}` has grade {grade} for topic `{topic}`, but grade {before} on an earlier line"
            );
            return Err(wrong(path, number, cause));
        }
    }
    if qrels.topics.is_empty() {
        return Err(wrong(path, 1, "no judgement in the file; expected `topic iteration article grade`".into()));
    }
    Ok(qrels)
}

/// Parses a TREC run: lines of `topic Q0 article rank score tag`, separated by white space.
///
/// `Q0`, rank and tag are ignored: scores rank the articles. Lines may come in any order. Blank lines and lines that
/// begin with `#` are ignored. An empty run is valid.
///
/// # Errors
/// [`Error::EvalFile`] for a line without six columns, a score that is not a number, or a repeated article in a topic.
pub fn parse_run(path: &Path, text: &str) -> Result<Run, Error> {
    let mut run = Run::default();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut seen = HashSet::new();
    for (number, line) in content_lines(text) {
        let [topic, _, article, _, score, _] =
            columns(line, "topic Q0 article rank score tag").map_err(|cause| wrong(path, number, cause))?;
        let score: f64 = match score.parse() {
            Ok(score) if !f64::is_nan(score) => score,
            _ => return Err(wrong(path, number, format!("expected a number as score, found `{score}`"))),
        };
        if !seen.insert((topic, article)) {
            return Err(wrong(path, number, format!("article `{article}` is repeated for topic `{topic}`")));
        }
        let place = *places.entry(topic).or_insert(run.topics.len());
        if place == run.topics.len() {
            run.topics.push(TopicHits { topic: column(topic).into_owned(), hits: Vec::new() });
        }
        run.topics[place].hits.push(RunHit { article: column(article).into_owned(), score });
    }
    Ok(run)
}

/// Writes a run in TREC format, with topics in the order of the run and articles in rank order.
///
/// Scores are written with enough digits to read back the same numbers. Versions of `trec_eval` that compare scores at
/// double precision order near ties differently, unless [`Run::rank_as_listed`] was called first. `tag` names the run.
/// Ids and tag are written in the form of [`column()`].
///
/// # Errors
/// Those of `out`.
pub fn write_run(run: &Run, tag: &str, out: &mut dyn Write) -> io::Result<()> {
    let tag = column(if tag.is_empty() { "run" } else { tag });
    for TopicHits { topic, hits } in &run.topics {
        let topic = column(topic);
        for (index, (hit, article)) in ranked(hits).into_iter().enumerate() {
            let score = if hit.score.is_nan() { f64::NEG_INFINITY } else { hit.score };
            writeln!(out, "{topic} Q0 {article} {} {score} {tag}", index + 1)?;
        }
    }
    Ok(())
}

/// Lines that are neither blank nor comments, with numbers from 1.
fn content_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let numbered = text.lines().enumerate().map(|(index, line)| (index + 1, line));
    numbered.filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'))
}

/// Splits a line into the columns named by `form`.
///
/// Only ASCII white space separates columns, as in `trec_eval`; other blanks are part of an id.
fn columns<'a, const N: usize>(line: &'a str, form: &str) -> Result<[&'a str; N], String> {
    let found: Vec<&str> = line.split_ascii_whitespace().take(N + 1).collect();
    <[&str; N]>::try_from(found).map_err(|found| {
        let count = if found.len() > N { format!("more than {N}") } else { found.len().to_string() };
        let blanks = if found.len() > N { "; a blank in an id is written `%20`" } else { "" };
        format!("expected {N} columns, `{form}`, found {count}{blanks}")
    })
}

fn wrong(path: &Path, line: usize, cause: String) -> Error {
    Error::EvalFile { path: path.to_owned(), line, cause }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
        result.expect_err("the file is wrong").to_string()
    }

    #[test]
    fn topics_are_read_in_both_forms() {
        let lines = "\u{feff}# a comment\r\n\r\n1\texport controls\r\n t-2 \t ferry\tsinking \n# 3\tnone\n";
        let records = "\n<top>\n<head> Tipster Topic Description\n<num> Number:  051\n<dom> Domain:  Economics\n\
            <title> Topic:  Airbus Subsidies\n\n<desc> Description:\nA < B\n</top>\n\
            <TOP>\n<num> Number: 301 \n<title>\nInternational  Organized\nCrime\n<narr> Narrative: Topic: no\n\
            <top><num>000</num><title>profit &amp; loss, 1 < 2 <3</title><desc>x</desc></top>";
        for (text, expected) in [
            (lines, vec![("1", "export controls"), ("t-2", "ferry\tsinking")]),
            (
                records,
                vec![
                    ("51", "Airbus Subsidies"),
                    ("301", "International Organized Crime"),
                    ("0", "profit &amp; loss, 1 < 2 <3"),
                ],
            ),
        ] {
            let topics = parse_topics(Path::new("t"), text).expect("the topics are well formed");
            let found: Vec<_> = topics.iter().map(|topic| (topic.id.as_str(), topic.text.as_str())).collect();
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn malformed_files_are_rejected_with_the_line() {
        let topics = |text| message(parse_topics(Path::new("f"), text));
        let qrels = |text| message(parse_qrels(Path::new("f"), text));
        let run = |text| message(parse_run(Path::new("f"), text));
        for (found, expected) in [
            (topics("1\ta\nb c\n"), "line 2: expected `id TAB query`, found no tab"),
            (topics("\n\tquery"), "line 2: expected `id TAB query`, the id is empty"),
            (topics("1\t \n"), "line 1: expected `id TAB query`, the query is empty"),
            (topics("1\ta\n1\tb"), "line 2: topic `1` is repeated"),
            (topics("# none\n"), "line 1: no topic in the file; expected a line `id TAB query`"),
            (topics("<xml>\n"), "line 1: no topic in the file; expected a `<top>` record"),
            (
                topics("<top><num>1<title>a</top>\n\n<top>\n<num>2\n</top>"),
                "line 3: the `<top>` record that begins here has no text in `<title>`",
            ),
            (qrels("1 0 a"), "line 1: expected 4 columns, `topic iteration article grade`, found 3"),
            (
                qrels("\n1 0 my file 1"),
                "line 2: expected 4 columns, `topic iteration article grade`, found more than 4; \
                 a blank in an id is written `%20`",
            ),
            (qrels("1 0 a 0.5"), "line 1: expected a whole number as grade, found `0.5`"),
            (
                qrels("1 0 a 1\n1 0 a 1\n1 0 a 2"),
                "line 3: article `a` has grade 2 for topic `1`, but grade 1 on an earlier line",
            ),
            (qrels(""), "line 1: no judgement in the file; expected `topic iteration article grade`"),
            (run("1 Q0 a 1 2.5\n"), "line 1: expected 6 columns, `topic Q0 article rank score tag`, found 5"),
            (run("1 Q0 a 1 nan x"), "line 1: expected a number as score, found `nan`"),
            (run("1 Q0 a 1 2 x\n2 Q0 a 1 2 x\n1 Q0 a 2 1 x"), "line 3: article `a` is repeated for topic `1`"),
        ] {
            assert_eq!(found, format!("cannot use `f`: {expected}"));
        }
        assert_eq!(parse_run(Path::new("f"), "# none\n").expect("an empty run is a run"), Run::default());
    }

    fn run_of(hits: &[(&str, f64)]) -> Run {
        let hits = hits.iter().map(|(id, score)| RunHit { article: (*id).into(), score: *score }).collect();
        Run { topics: vec![TopicHits { topic: "t 1".into(), hits }] }
    }

    fn written(run: &Run) -> String {
        let mut out = Vec::new();
        write_run(run, "my tag", &mut out).expect("a vector takes all");
        String::from_utf8(out).expect("runs are text")
    }

    #[test]
    fn a_run_is_written_in_rank_order_and_reads_back() {
        let run = run_of(&[
            ("lost", f64::NAN),
            ("b/my file\n.txt", -0.0),
            ("low", -1.5e-7),
            ("é\u{a0}c", 0.1 + 0.2),
            ("a", 0.0),
            ("near", 0.3),
            ("a", -3.0),
            ("top", f64::INFINITY),
        ]);
        let text = written(&run);
        let expected = "t%201 Q0 top 1 inf my%20tag\n\
            t%201 Q0 é%C2%A0c 2 0.30000000000000004 my%20tag\n\
            t%201 Q0 near 3 0.3 my%20tag\n\
            t%201 Q0 b/my%20file%0A.txt 4 -0 my%20tag\n\
            t%201 Q0 a 5 0 my%20tag\n\
            t%201 Q0 low 6 -0.00000015 my%20tag\n\
            t%201 Q0 lost 7 -inf my%20tag\n";
        assert_eq!(text, expected);
        let again = parse_run(Path::new("r"), &text).expect("what is written can be read");
        assert_eq!(written(&again), text);
    }

    #[test]
    fn a_listed_order_is_kept_through_ties() {
        let mut run =
            run_of(&[("a", 2.0), ("b", 2.0), ("c", 2.0 - 1e-12), ("d", 1.0), ("e", 9.0), ("f", f64::NAN), ("g", 0.5)]);
        run.rank_as_listed();
        let [topic] = run.topics.as_slice() else { panic!("one topic goes in") };
        let order: String = ranked(&topic.hits).iter().map(|(_, id)| id.as_ref()).collect();
        assert_eq!(order, "abcdefg");
        let scores: Vec<f64> = topic.hits.iter().map(|hit| hit.score).collect();
        assert_eq!((scores[0], scores[3]), (2.0, 1.0), "scores that need no change keep their value");
        assert!(scores.iter().take(5).all(|score| (score - 1.5).abs() < 0.6));
    }
}
