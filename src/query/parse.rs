//! Builds the query tree from tokens: precedence, and operators without operands.
//!
//! It has its own stack of open parentheses, so that no text can overflow the stack of the program.

use super::complaint::Place;
use super::lexer::{self, Kind, Lead, Sign, Token, quoted};
use super::operators::{Function, Nearness, Operator};
use super::words::{is_blank, is_bound, plain_words};
use super::{COMPLAINTS_MAX, Complaint, Context, Field, NESTING_MAX, Near, Parsed, QUERY_WORDS_MAX, Query};

/// Maximum nesting of named queries.
const NAMED_DEPTH_MAX: usize = 8;

/// Maximum number of parts that proximity operators may create by moving `AND` out of their operands.
const PARTS_MAX: usize = 4 * QUERY_WORDS_MAX;

/// Parses a query; see the module documentation for the language. Accepts any text, in linear time.
///
/// Without named queries, and with relative dates counted from 1970; see [`parse_in`].
pub fn parse(text: &str) -> Parsed {
    parse_in(text, &Context::default())
}

/// Parses a query in a context.
pub fn parse_in(text: &str, context: &Context<'_>) -> Parsed {
    parse_within(text, *context, 0)
}

fn parse_within(text: &str, context: Context<'_>, depth: usize) -> Parsed {
    let trimmed = text.trim_matches(is_blank);
    if trimmed == "*" {
        let start = text.find('*').unwrap_or_default();
        let complaint = Complaint::new(Place { start, end: start + 1 }, "`*` alone; read as all articles");
        return Parsed { query: Query::Everything, complaints: vec![complaint] };
    }
    let mut tokens = lexer::tokens(text, &context);
    settle_lower_case(&mut tokens.list);
    let (outer, level) = (Vec::new(), Level::default());
    let mut parser = Parser { outer, level, too_deep: 0, complaints: tokens.complaints, context, depth };
    tokens.list.into_iter().for_each(|token| parser.take(token));
    parser.finish(tokens.cut)
}

/// Makes `and`, `or` and `not` operators if the text has operators of Nexis, otherwise words.
fn settle_lower_case(tokens: &mut [Token]) {
    let is_nexis = tokens.iter().any(|token| match &token.kind {
        Kind::Near(_) => true,
        Kind::Open(lead) => {
            lead.part().is_some()
                || matches!(lead.function, Some(Function::AtLeast(_) | Function::Within(_) | Function::Capitals))
        }
        Kind::Leaf(_, Query::Within { .. }) => true,
        _ => false,
    });
    for token in tokens {
        token.kind = match token.kind {
            Kind::Lower(operator) if is_nexis => Kind::Operator(operator),
            Kind::Lower(operator) => Kind::Leaf(Sign::None, Query::word(&operator.name().to_lowercase(), false)),
            _ => continue,
        };
    }
}

/// Parses a text without operators: its words, the first [`QUERY_WORDS_MAX`] of them.
pub fn plain(text: &str) -> Query {
    let words = plain_words(text, |c| is_bound(c) || c == '*');
    Query::plain(words.take(QUERY_WORDS_MAX).map(|word| Query::word(word, false)).collect())
}

struct Parser<'a> {
    /// The enclosing levels, outermost first.
    outer: Vec<Level>,
    level: Level,
    /// Number of open parentheses beyond the limit.
    too_deep: usize,
    complaints: Vec<Complaint>,
    context: Context<'a>,
    /// Number of enclosing named queries.
    depth: usize,
}

impl Parser<'_> {
    fn take(&mut self, Token { kind, place }: Token) {
        match kind {
            Kind::Operator(Operator::Not) => self.not(place),
            Kind::Operator(operator) => self.operator(operator, place),
            Kind::Near(near) => self.near(near, place),
            Kind::Leaf(sign, query) => self.add(sign, query, place),
            Kind::Named(sign, name) => {
                let query = self.named(&name, place);
                self.add(sign, query, place);
            }
            Kind::Open(_) if self.outer.len() >= NESTING_MAX => {
                self.too_deep += 1;
                self.complain(place, format!("nested more than {NESTING_MAX} deep; this parenthesis is ignored"));
            }
            Kind::Open(lead) => {
                let inner = Level { lead, open: place, ..Level::default() };
                self.outer.push(std::mem::replace(&mut self.level, inner));
            }
            Kind::Close(_) if self.too_deep > 0 => self.too_deep -= 1,
            Kind::Close(percent) => match self.outer.pop() {
                Some(outer) => self.close(outer, place.end, percent),
                None => self.complain(place, "no opening parenthesis; ignored"),
            },
            Kind::Lower(_) => {}
        }
    }

    /// A named query. Problems in it are reported at the name.
    fn named(&mut self, name: &str, place: Place) -> Query {
        let shown = quoted(&format!("@{name}"));
        if self.depth >= NAMED_DEPTH_MAX {
            self.complain(place, format!("{shown} is more than {NAMED_DEPTH_MAX} names deep; left out"));
            return Query::Empty;
        }
        let text = (self.context.named)(name).unwrap_or_default();
        let parsed = parse_within(&text, self.context, self.depth + 1);
        for complaint in parsed.complaints {
            let part = text.get(complaint.start..complaint.end).unwrap_or_default();
            self.complain(place, format!("in {shown} at {}: {}", quoted(part), complaint.message));
        }
        if parsed.query.is_empty() {
            self.complain(place, format!("{shown} is empty; ignored"));
        }
        parsed.query
    }

    /// Closes the innermost parenthesis, which is within `outer`.
    fn close(&mut self, outer: Level, end: usize, percent: u32) {
        let inner = std::mem::replace(&mut self.level, outer);
        let (lead, place) = (inner.lead, Place { end, ..inner.open });
        let mut query = self.finished(inner);
        if query.is_empty() {
            return self.complain(place, "nothing to search in the parentheses; left out");
        }
        if let Some(function) = lead.function {
            query = self.applied(function, query, place);
        }
        if let Some(field) = lead.field {
            query = self.of_field(field, query, place);
        }
        if let Some(part) = lead.part() {
            query = self.wrapped(query, place, &mut |query| query.within(part));
        }
        self.add(lead.sign, query.boosted(percent), place);
    }

    fn applied(&mut self, function: Function, query: Query, place: Place) -> Query {
        match function {
            Function::AtLeast(0 | 1) | Function::Unknown => query,
            Function::AtLeast(count) => {
                self.wrapped(query, place, &mut |query| Query::AtLeast { count, query: Box::new(query) })
            }
            Function::Within(part) => self.wrapped(query, place, &mut |query| query.within(part)),
            Function::Field(field) => self.of_field(field, query, place),
            Function::Capitals => match capitals(&query) {
                Some(query) => query,
                None => {
                    self.complain(place, "`caps` takes words only; ignored");
                    query
                }
            },
        }
    }

    fn of_field(&mut self, field: Field, query: Query, place: Place) -> Query {
        if field != Field::Title && query.has_places() {
            self.complain(place, "proximity works only in the text and headline; here all words are required");
            return query.without_places().of_field(field);
        }
        query.of_field(field)
    }

    /// Wraps each text operand of a query.
    fn wrapped(&mut self, query: Query, place: Place, wrap: &mut dyn FnMut(Query) -> Query) -> Query {
        if !query.is_liftable() {
            self.complain(place, "this works only for words of the text; ignored");
            return query;
        }
        let wrapped = query.clone().lifted(true, wrap);
        if wrapped.depth() > NESTING_MAX {
            self.complain(place, format!("nested more than {NESTING_MAX} deep; searched without it"));
            return query;
        }
        wrapped
    }

    fn add(&mut self, sign: Sign, query: Query, place: Place) {
        if query.is_empty() {
            return;
        }
        if let Some((near, at)) = self.level.near.take()
            && let Some(last) = self.level.group.last_mut()
        {
            let left = std::mem::take(&mut last.query);
            if sign != Sign::None {
                self.complaints.push(Complaint::new(place, "a sign has no effect after `w/`; ignored"));
            }
            last.query = joined(left, near, query, &mut |message| self.complaints.push(Complaint::new(at, message)));
            return;
        }
        let sign = if self.level.not.take().is_some() { Sign::Minus } else { sign };
        self.level.group.push(Operand { sign, query, place });
    }

    fn near(&mut self, near: Nearness, place: Place) {
        if self.level.near.is_some() {
            self.complain(place, "a second proximity operator; ignored");
        } else if self.level.not.is_some() || self.level.group.is_empty() {
            self.complain(place, "this operator has nothing before it; ignored");
        } else {
            self.level.near = Some((near, place));
        }
    }

    fn not(&mut self, place: Place) {
        if let Some((near, _)) = &mut self.level.near {
            near.not = true;
            self.complain(place, "`NOT` after a proximity operator; read as `not w/`");
        } else if self.level.not.is_some() {
            self.complain(place, "a second `NOT`; ignored");
        } else {
            self.level.not = Some(place);
        }
    }

    fn operator(&mut self, operator: Operator, place: Place) {
        let waiting = (self.level.not.take(), self.level.near.take());
        self.dangling(waiting);
        if self.level.group.is_empty() {
            return self.complain(place, format!("`{}` has nothing before it; ignored", operator.name()));
        }
        self.level.chain.push(std::mem::take(&mut self.level.group));
        if operator == Operator::Or {
            self.level.chains.push(std::mem::take(&mut self.level.chain));
        }
        self.level.operator = Some((operator, place));
    }

    /// Reports operators without an operand after them.
    fn dangling(&mut self, (not, near): (Option<Place>, Option<(Nearness, Place)>)) {
        if let Some(place) = not {
            self.complain(place, "`NOT` has nothing after it; ignored");
        }
        if let Some((_, place)) = near {
            self.complain(place, "this operator has nothing after it; ignored");
        }
    }

    /// The query of a level.
    ///
    /// A group of only required queries is an ordinary operand, and so is one of only exclusions. Next to plain words,
    /// both apply to the whole level.
    fn finished(&mut self, mut level: Level) -> Query {
        self.dangling((level.not, level.near));
        if let Some((operator, place)) = level.operator.filter(|_| level.group.is_empty()) {
            self.complain(place, format!("`{}` has nothing after it; ignored", operator.name()));
        }
        level.chain.push(level.group);
        level.chains.push(level.chain);
        let has_or = level.chains.len() > 1;
        let (mut ranked, mut must, mut drop) = (Vec::new(), Vec::new(), Vec::new());
        for chain in level.chains {
            let (mut kept, mut excluded, mut last) = (Vec::new(), Vec::new(), Place::default());
            for group in chain {
                last = group.iter().rfind(|operand| operand.sign == Sign::Minus).map_or(last, |operand| operand.place);
                let [plain, plus, minus] = by_sign(group);
                match (plain.is_empty(), plus.is_empty()) {
                    (true, true) => {
                        excluded.extend(minus);
                        continue;
                    }
                    (true, false) => kept.push(Query::all(plus)),
                    (false, _) => {
                        kept.push(Query::plain(plain));
                        must.extend(plus);
                    }
                }
                drop.extend(minus);
            }
            if !kept.is_empty() {
                ranked.push(Query::all(kept).without(excluded));
                continue;
            }
            if has_or && !excluded.is_empty() {
                let message = "`OR` with an exclusion alone; left out of the whole search \
                               (in parentheses it would bring in every other article)";
                self.complain(last, message);
            }
            drop.extend(excluded);
        }
        let ranked = Query::any(ranked);
        let kept = if must.is_empty() {
            ranked
        } else if level.operator.is_some() {
            must.insert(0, ranked);
            Query::all(must)
        } else {
            Query::Required { must: Box::new(Query::all(must)), should: Box::new(ranked) }
        };
        if drop.is_empty() { kept } else { kept.without(drop) }
    }

    /// Finishes parsing. If the text was `cut`, an incomplete end is no problem.
    fn finish(mut self, cut: bool) -> Parsed {
        let found = self.complaints.len();
        while let Some(outer) = self.outer.pop() {
            let open = self.level.open;
            self.complain(open, "no closing parenthesis; read as if it closed at the end");
            self.close(outer, open.end, 100);
        }
        let level = std::mem::take(&mut self.level);
        let query = self.finished(level);
        if cut {
            self.complaints.truncate(found);
        }
        self.complaints.sort_by_key(|complaint| complaint.start);
        self.complaints.truncate(COMPLAINTS_MAX);
        Parsed { query, complaints: self.complaints }
    }

    fn complain(&mut self, place: Place, message: impl Into<String>) {
        self.complaints.push(Complaint::new(place, message));
    }
}

/// The words of a query as words in capitals; none if it has anything but words.
fn capitals(query: &Query) -> Option<Query> {
    let all = |list: &[Query]| list.iter().map(capitals).collect::<Option<Vec<_>>>();
    match query {
        Query::Word(word) => Some(Query::Capitals(word.text.clone())),
        Query::Any(list) => all(list).map(Query::Any),
        Query::Plain(list) => all(list).map(Query::Plain),
        Query::All(list) => all(list).map(Query::All),
        _ => None,
    }
}

/// The content of parentheses or of the whole text: chains joined by `OR`, each of groups joined by `AND`, each of
/// adjacent operands.
#[derive(Default)]
struct Level {
    /// Prefixes of the parenthesis.
    lead: Lead,
    open: Place,
    /// The chains before the last `OR`.
    chains: Vec<Vec<Vec<Operand>>>,
    /// The groups after it, up to the last operator.
    chain: Vec<Vec<Operand>>,
    /// The operands after the last operator.
    group: Vec<Operand>,
    /// The last operator.
    operator: Option<(Operator, Place)>,
    /// A `NOT` that waits for its operand.
    not: Option<Place>,
    /// A proximity operator that waits for its operand.
    near: Option<(Nearness, Place)>,
}

struct Operand {
    sign: Sign,
    query: Query,
    place: Place,
}

/// The queries of operands without a sign, with `+` and with `-`.
fn by_sign(group: Vec<Operand>) -> [Vec<Query>; 3] {
    let mut queries = [Vec::new(), Vec::new(), Vec::new()];
    for Operand { sign, query, .. } in group {
        queries[sign as usize].push(query);
    }
    queries
}

/// Joins two queries by a proximity operator; if this is impossible, both are required.
fn joined(left: Query, near: Nearness, right: Query, complain: &mut dyn FnMut(&str)) -> Query {
    let mut both = |left, right, message: &str| {
        complain(message);
        Query::all(vec![left, right])
    };
    if !left.is_liftable() || !right.is_liftable() {
        return both(left, right, "proximity works only for words of the text; read as `AND`");
    }
    if left.size() * right.size() > PARTS_MAX && !(left.is_text() && right.is_text()) {
        return both(left, right, "too many conditions for a proximity operator; read as `AND`");
    }
    let Nearness { reach, ordered, not } = near;
    let mut kept = left.clone().lifted(false, &mut |left| {
        right.clone().lifted(false, &mut |right| {
            Query::Near(Near { left: Box::new(left.clone()), right: Box::new(right), reach, ordered, not })
        })
    });
    if kept.depth() > NESTING_MAX {
        return both(left, right, &format!("nested more than {NESTING_MAX} deep; read as `AND`"));
    }
    if let Query::Without { keep, drop } = kept {
        kept = keep.without(vec![*drop]);
    }
    kept
}
