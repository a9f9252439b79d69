//! Compares proximity operators with an evaluator that examines the text word by word and pair by pair.
//!
//! The test compares 20,000 pairs of a random query and a random article. With more, and another seed,
//! `NUTGRAF_PLACES_QUERIES=5000 NUTGRAF_PLACES_SEED=7 cargo test --release --test all places:: -- --nocapture` compares
//! 1,000,000.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use nutgraf::query;
use nutgraf::search::{self, Options, Page, Ranking};

use crate::common::{Random, open_index, run, setting};

/// Words that are not stemmed and are not stop words.
const WORDS: &[&str] = &["zab", "zub", "kel", "kelo", "mor", "nix", "pum", "rost"];

const ARTICLES: u64 = 200;

/// Positions between the headline and the body.
const TITLE_GAP: u32 = 10;

/// One word of an article.
struct Token {
    word: &'static str,
    position: u32,
    bytes: std::ops::Range<usize>,
    /// Number of the word, counted from the headline.
    ordinal: u32,
    sentence: u32,
    paragraph: u32,
    in_title: bool,
    in_lead: bool,
}

struct Article {
    id: String,
    title: String,
    body: String,
    tokens: Vec<Token>,
}

impl Article {
    fn random(id: u64, random: &mut Random) -> Self {
        let mut article = Self { id: format!("n{id}"), title: String::new(), body: String::new(), tokens: Vec::new() };
        let mut position = 0;
        let title = random.below(5);
        for at in 0..title {
            let (word, start) = (pick(random), article.title.len() + usize::from(at > 0));
            let _ = write!(article.title, "{}{word}", if at > 0 { " " } else { "" });
            article.push(word, position, start, 0, 0, true);
            position += 1;
        }
        let offset = if title > 0 { article.title.len() + 2 } else { 0 };
        position += if title > 0 { TITLE_GAP } else { 0 };
        let body_position = position;
        let (mut sentence, mut ends) = (0, Vec::new());
        for paragraph in 1..=1 + random.below(4) as u32 {
            if paragraph > 1 {
                article.body += "\n\n";
            }
            let sentences = 1 + random.below(4);
            for at in 0..sentences {
                sentence += 1;
                for word_at in 0..1 + random.below(12) {
                    let word = pick(random);
                    article.body += if word_at > 0 {
                        " "
                    } else if at > 0 {
                        ". "
                    } else {
                        ""
                    };
                    let start = article.body.len();
                    let capital = word[..1].to_uppercase() + &word[1..];
                    article.body += if word_at == 0 { &capital } else { word };
                    article.push(word, position, offset + start, sentence, paragraph, false);
                    position += 1;
                }
                ends.push((position, at + 1 == sentences));
            }
            article.body += ".";
        }
        // The first passage: whole sentences, 40 words to the end of a paragraph or 80, unless less than 15 remain.
        let closes = |(end, last): &&(u32, bool)| {
            let words = end - body_position;
            (words >= 80 || words >= 40 && *last) && position - end >= 15
        };
        let lead = ends.iter().find(closes).map_or(position, |(end, _)| *end);
        article.tokens.iter_mut().for_each(|token| token.in_lead = token.position < lead);
        article
    }

    fn push(&mut self, word: &'static str, position: u32, start: usize, sentence: u32, paragraph: u32, in_title: bool) {
        let (bytes, ordinal) = (start..start + word.len(), self.tokens.len() as u32);
        self.tokens.push(Token { word, position, bytes, ordinal, sentence, paragraph, in_title, in_lead: false });
    }
}

fn pick(random: &mut Random) -> &'static str {
    WORDS[random.below(WORDS.len() as u64) as usize]
}

/// A query that can be evaluated on a list of words.
enum Tree {
    Leaf(String),
    Phrase(&'static str, &'static str, u32),
    Or(Box<Tree>, Box<Tree>),
    Near { left: Box<Tree>, right: Box<Tree>, reach: Reach, ordered: bool, not: bool },
    AtLeast(usize, Box<Tree>),
    Lead(Box<Tree>),
    Title(Box<Tree>),
    First(u32, Box<Tree>),
    And(Box<Tree>, Box<Tree>),
    Without(Box<Tree>, Box<Tree>),
}

#[derive(Clone, Copy)]
enum Reach {
    Words(u32),
    Sentence,
    Paragraph,
}

impl Tree {
    /// An operand of a proximity operator.
    fn text(random: &mut Random, depth: u32) -> Self {
        let inner = |random: &mut Random| Box::new(Self::text(random, depth.saturating_sub(1)));
        match if depth == 0 { random.below(4) } else { random.below(12) } {
            0 | 1 => Self::Leaf(pick(random).to_owned()),
            2 => Self::Leaf(
                ["ke*", "z?b", "/[kr]o?.*/", "*o", "mur~1", "=kel", "kel^2"][random.below(7) as usize].to_owned(),
            ),
            3 => Self::Phrase(pick(random), pick(random), random.below(3) as u32),
            4 => Self::Or(inner(random), inner(random)),
            5 => Self::AtLeast(2 + random.below(2) as usize, inner(random)),
            6 => match random.below(3) {
                0 => Self::Lead(inner(random)),
                1 => Self::Title(inner(random)),
                _ => Self::First(1 + random.below(30) as u32, inner(random)),
            },
            _ => {
                let reach = match random.below(4) {
                    0 => Reach::Sentence,
                    1 => Reach::Paragraph,
                    _ => Reach::Words(1 + random.below(15) as u32),
                };
                let (left, right) = (inner(random), inner(random));
                Self::Near { left, right, reach, ordered: random.below(3) == 0, not: random.below(4) == 0 }
            }
        }
    }

    fn whole(random: &mut Random) -> Self {
        let text = |random: &mut Random| Box::new(Self::text(random, 3));
        match random.below(6) {
            0 => Self::And(text(random), text(random)),
            1 => Self::Without(text(random), text(random)),
            2 => Self::Or(text(random), text(random)),
            _ => *text(random),
        }
    }

    fn written(&self) -> String {
        match self {
            Self::Leaf(text) => text.clone(),
            Self::Phrase(a, b, 0) => format!("\"{a} {b}\""),
            Self::Phrase(a, b, slop) => format!("\"{a} {b}\"~{slop}"),
            Self::Or(a, b) => format!("({} OR {})", a.written(), b.written()),
            Self::And(a, b) => format!("({}) AND ({})", a.written(), b.written()),
            Self::Without(a, b) => format!("({}) NOT ({})", a.written(), b.written()),
            Self::AtLeast(count, tree) => format!("atleast{count}({})", tree.written()),
            Self::Lead(tree) => format!("hlead({})", tree.written()),
            Self::Title(tree) => format!("title:({})", tree.written()),
            Self::First(words, tree) => format!("(/F{words}/ ({}))", tree.written()),
            Self::Near { left, right, reach, ordered, not } => {
                let operator = if *ordered { "pre" } else { "w" };
                let reach = match reach {
                    Reach::Words(words) => words.to_string(),
                    Reach::Sentence => "s".to_owned(),
                    Reach::Paragraph => "p".to_owned(),
                };
                let not = if *not { "not " } else { "" };
                format!("(({}) {not}{operator}/{reach} ({}))", left.written(), right.written())
            }
        }
    }

    /// Whether it matches, and the indices of all words that contribute.
    fn found(&self, article: &Article) -> (bool, BTreeSet<(usize, usize)>) {
        match self {
            Self::And(a, b) => {
                let (a, b) = (a.found(article), b.found(article));
                (a.0 && b.0, a.1.union(&b.1).copied().collect())
            }
            Self::Without(a, b) => {
                let (a, b) = (a.found(article), b.found(article));
                (a.0 && !b.0, a.1)
            }
            // Of alternatives at the top, each is highlighted.
            Self::Or(a, b) => {
                let (a, b) = (a.found(article), b.found(article));
                (a.0 || b.0, a.1.union(&b.1).copied().collect())
            }
            tree => {
                let stretches = tree.stretches(article);
                (!stretches.is_empty(), stretches.into_iter().flat_map(|stretch| stretch.marks).collect())
            }
        }
    }

    /// All spans that satisfy it.
    fn stretches(&self, article: &Article) -> Vec<Stretch> {
        let tokens = &article.tokens;
        let leaf = |first: usize, last: usize| Stretch { first, last, marks: BTreeSet::from([(first, last)]) };
        match self {
            Self::Leaf(pattern) => {
                (0..tokens.len()).filter(|at| like(pattern, tokens[*at].word)).map(|at| leaf(at, at)).collect()
            }
            Self::Phrase(a, b, slop) => {
                let next = |at: usize| {
                    let after = tokens.iter().enumerate().skip(at + 1);
                    let near = |p: u32| p > tokens[at].position && p - tokens[at].position <= slop + 1;
                    after.filter(|(_, t)| t.word == *b && near(t.position)).map(|(at, _)| at).next()
                };
                let starts = (0..tokens.len()).filter(|at| tokens[*at].word == *a);
                starts.filter_map(|at| next(at).map(|last| leaf(at, last))).collect()
            }
            Self::Or(a, b) => merged(a.stretches(article).into_iter().chain(b.stretches(article))),
            Self::AtLeast(count, tree) => {
                let found = tree.stretches(article);
                if most_apart(&found) >= *count { found } else { Vec::new() }
            }
            Self::Lead(tree) => tree.inside(article, |token| token.in_lead),
            Self::Title(tree) => tree.inside(article, |token| token.in_title),
            Self::First(words, tree) => tree.inside(article, |token| token.ordinal < *words),
            Self::Near { left, right, reach, ordered, not } => {
                let (left, right) = (left.stretches(article), right.stretches(article));
                let near = |l: &Stretch, r: &Stretch| l.is_near(r, *reach, *ordered, tokens);
                if *not {
                    return left.into_iter().filter(|l| !right.iter().any(|r| near(l, r))).collect();
                }
                let pairs = left.iter().flat_map(|l| right.iter().map(move |r| (l, r)));
                merged(pairs.filter(|(l, r)| near(l, r)).map(|(l, r)| l.with(r)))
            }
            Self::And(..) | Self::Without(..) => unreachable!("at the top only"),
        }
    }

    fn inside(&self, article: &Article, within: impl Fn(&Token) -> bool) -> Vec<Stretch> {
        let mut found = self.stretches(article);
        found.retain(|s| article.tokens[s.first..=s.last].iter().all(&within));
        found
    }
}

/// A span of an article by indices of words, with its leaves.
#[derive(Clone)]
struct Stretch {
    first: usize,
    last: usize,
    marks: BTreeSet<(usize, usize)>,
}

impl Stretch {
    fn is_near(&self, other: &Self, reach: Reach, ordered: bool, tokens: &[Token]) -> bool {
        let ends = [self.first, self.last, other.first, other.last];
        let same = |unit: fn(&Token) -> u32| ends.iter().all(|at| unit(&tokens[*at]) == unit(&tokens[ends[0]]));
        let gap = |a: &Self, b: &Self| i64::from(tokens[b.first].position) - i64::from(tokens[a.last].position);
        let (after, before) = (gap(self, other), gap(other, self));
        let distance = after.max(before).max(0);
        let near = match reach {
            Reach::Words(words) => distance <= i64::from(words),
            Reach::Sentence => same(|token| token.sentence),
            Reach::Paragraph => same(|token| token.paragraph),
        };
        near && (!ordered || after > 0) && (self.first, self.last) != (other.first, other.last)
    }

    fn with(&self, other: &Self) -> Self {
        let marks = self.marks.union(&other.marks).copied().collect();
        Self { first: self.first.min(other.first), last: self.last.max(other.last), marks }
    }
}

/// Merges spans of the same words.
fn merged(found: impl Iterator<Item = Stretch>) -> Vec<Stretch> {
    let mut merged: Vec<Stretch> = Vec::new();
    for stretch in found {
        match merged.iter_mut().find(|m| (m.first, m.last) == (stretch.first, stretch.last)) {
            Some(known) => known.marks.extend(stretch.marks),
            None => merged.push(stretch),
        }
    }
    merged
}

/// The maximum number of non-overlapping spans, by trying every last one.
fn most_apart(found: &[Stretch]) -> usize {
    let words = found.iter().map(|s| s.last + 1).max().unwrap_or(0);
    let mut most = vec![0; words + 1];
    for end in 1..=words {
        let ending = found.iter().filter(|s| s.last + 1 == end).map(|s| most[s.first] + 1).max().unwrap_or(0);
        most[end] = ending.max(most[end - 1]);
    }
    most[words]
}

fn like(pattern: &str, word: &str) -> bool {
    match pattern {
        "ke*" => word.starts_with("ke"),
        "z?b" => matches!(word, "zab" | "zub"),
        "/[kr]o?.*/" => word.starts_with(['k', 'r']),
        "*o" => word.ends_with('o'),
        "mur~1" => word == "mor",
        _ => pattern.trim_start_matches('=').trim_end_matches("^2") == word,
    }
}

#[test]
#[allow(clippy::print_stdout, reason = "how many comparisons were made")]
fn operators_match_a_brute_force_evaluator() {
    let (queries, seed) = (setting("NUTGRAF_PLACES_QUERIES", 100), setting("NUTGRAF_PLACES_SEED", 1));
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let mut random = Random(seed);
    let articles: Vec<Article> = (0..ARTICLES).map(|id| Article::random(id, &mut random)).collect();
    let line = |a: &Article| serde_json::json!({"id": a.id, "title": a.title, "text": a.body}).to_string() + "\n";
    std::fs::write(scratch.path().join("news.jsonl"), articles.iter().map(line).collect::<String>()).expect("written");
    run(scratch.path(), &["index", "news.jsonl", "--index", "index"]);
    let reader = open_index(scratch.path());
    let ranking = Ranking { collapse: false, feedback: false, ..Ranking::default() };
    let page = Page { limit: ARTICLES as usize, ..Page::default() };
    let options = Options { ranking, page, ..Options::default() };
    let mut compared = 0;
    for _ in 0..queries {
        let tree = Tree::whole(&mut random);
        let text = tree.written();
        let parsed = query::parse(&text);
        assert_eq!(parsed.complaints, [], "{text}");
        let results = search::run(&reader, &parsed.query, &options).expect("it runs");
        let found: BTreeSet<&str> = results.hits.iter().map(|hit| hit.article.id.as_str()).collect();
        assert_eq!(results.total_articles, found.len() as u64, "{text}");
        for (at, article) in articles.iter().enumerate() {
            let (matches, marks) = tree.found(article);
            let said = format!("seed {seed}: {text}\nin {}\n\n{}", article.title, article.body);
            assert_eq!(found.contains(article.id.as_str()), matches, "{said}");
            compared += 1;
            if matches && at % 8 == 0 {
                let shown = search::show(&reader, &article.id, &parsed.query).expect("it is there");
                let mut expected: Vec<_> = marks
                    .iter()
                    .map(|(first, last)| article.tokens[*first].bytes.start..article.tokens[*last].bytes.end)
                    .collect();
                expected.sort_by_key(|bytes| (bytes.start, bytes.end));
                expected.dedup_by(|later, before| {
                    let overlap = later.start < before.end;
                    if overlap {
                        before.end = before.end.max(later.end);
                    }
                    overlap
                });
                assert_eq!(shown[0].highlights, expected, "{said}");
            }
        }
    }
    println!("{compared} comparisons of a query with an article, none different");
}
