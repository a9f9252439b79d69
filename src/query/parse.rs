//! Builds the query tree from tokens: precedence, and operators without operands.
//!
//! It has its own stack of open parentheses, so that no text can overflow the stack of the program.

use super::lexer::{self, Kind, Lead, Sign, Token, quoted};
use super::operators::{Function, Nearness};
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
    parse_within(text, context, 0)
}

fn parse_within(text: &str, context: &Context<'_>, named_depth: usize) -> Parsed {
    let trimmed = text.trim_matches(is_blank);
    if trimmed == "*" {
        let start = text.find('*').unwrap_or_default();
        let complaint = Complaint::new(start, start + 1, "`*` alone; read as all articles");
        return Parsed { query: Query::Everything, complaints: vec![complaint] };
    }
    let mut tokens = lexer::tokens(text, context);
    settle_lower_case(&mut tokens.list);
    let mut parser = Parser { complaints: tokens.complaints, ..Parser::default() };
    for token in tokens.list {
        match token.kind {
            Kind::Named(sign, name) => {
                let place = Place { start: token.start, end: token.end };
                let query = parser.named(&name, place, context, named_depth);
                parser.add(sign, query, place);
            }
            _ => parser.take(token),
        }
    }
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
        if let Kind::Lower(word) = &token.kind {
            token.kind = match word.as_str() {
                "and" if is_nexis => Kind::And,
                "or" if is_nexis => Kind::Or,
                "not" if is_nexis => Kind::Not,
                _ => Kind::Leaf(Sign::None, Query::word(word, false)),
            };
        }
    }
}

/// Parses a text without operators: its words, the first [`QUERY_WORDS_MAX`] of them.
pub fn plain(text: &str) -> Query {
    let words = plain_words(text, |c| is_bound(c) || c == '*');
    Query::plain(words.take(QUERY_WORDS_MAX).map(|word| Query::word(word, false)).collect())
}

#[derive(Default)]
struct Parser {
    /// The enclosing levels, outermost first.
    outer: Vec<Level>,
    level: Level,
    /// Number of open parentheses beyond the limit.
    too_deep: usize,
    complaints: Vec<Complaint>,
}

impl Parser {
    fn take(&mut self, token: Token) {
        let place = Place { start: token.start, end: token.end };
        match token.kind {
            Kind::And => self.level.operator(Operator::And, place, &mut self.complaints),
            Kind::Or => self.level.operator(Operator::Or, place, &mut self.complaints),
            Kind::Not => self.level.not(place, &mut self.complaints),
            Kind::Near(near) => self.level.near(near, place, &mut self.complaints),
            Kind::Leaf(sign, query) => self.add(sign, query, place),
            Kind::Open(_) if self.outer.len() >= NESTING_MAX => {
                self.too_deep += 1;
                self.complain(place, format!("nested more than {NESTING_MAX} deep; this parenthesis is ignored"));
            }
            Kind::Open(lead) => {
                let inner = Level { lead, open: place, ..Level::default() };
                self.outer.push(std::mem::replace(&mut self.level, inner));
            }
            Kind::Close(_) if self.too_deep > 0 => self.too_deep -= 1,
            Kind::Close(_) if self.outer.is_empty() => self.complain(place, "no opening parenthesis; ignored"),
            Kind::Close(percent) => self.close(place.end, percent),
            Kind::Lower(_) | Kind::Named(..) => {}
        }
    }

    /// Adds a query to the current level, unless it is nested too deeply.
    fn add(&mut self, sign: Sign, query: Query, place: Place) {
        self.level.add(sign, query, place, &mut self.complaints);
    }

    /// A named query. Problems in it are reported at the name.
    fn named(&mut self, name: &str, place: Place, context: &Context<'_>, depth: usize) -> Query {
        let shown = quoted(&format!("@{name}"));
        if depth >= NAMED_DEPTH_MAX {
            self.complain(place, format!("{shown} is more than {NAMED_DEPTH_MAX} names deep; left out"));
            return Query::Empty;
        }
        let text = (context.named)(name).unwrap_or_default();
        let parsed = parse_within(&text, context, depth + 1);
        for complaint in parsed.complaints {
            let part = text.get(complaint.start..complaint.end).unwrap_or_default();
            self.complain(place, format!("in {shown} at {}: {}", quoted(part), complaint.message));
        }
        if parsed.query.is_empty() {
            self.complain(place, format!("{shown} is empty; ignored"));
        }
        parsed.query
    }

    /// Closes the innermost parenthesis.
    fn close(&mut self, end: usize, percent: u32) {
        let Some(outer) = self.outer.pop() else { return };
        let inner = std::mem::replace(&mut self.level, outer);
        let (lead, place) = (inner.lead, Place { end, ..inner.open });
        let mut query = inner.finish(&mut self.complaints);
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

    /// Finishes parsing. If the text was `cut`, an incomplete end is no problem.
    fn finish(mut self, cut: bool) -> Parsed {
        let found = self.complaints.len();
        while !self.outer.is_empty() {
            let open = self.level.open;
            self.complain(open, "no closing parenthesis; read as if it closed at the end");
            self.close(open.end, 100);
        }
        let query = self.level.finish(&mut self.complaints);
        if cut {
            self.complaints.truncate(found);
        }
        self.complaints.sort_by_key(|complaint| complaint.start);
        self.complaints.truncate(COMPLAINTS_MAX);
        Parsed { query, complaints: self.complaints }
    }

    fn complain(&mut self, place: Place, message: impl Into<String>) {
        self.complaints.push(Complaint::new(place.start, place.end, message));
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

/// A byte range of the text.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    start: usize,
    end: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    And,
    Or,
}

impl Operator {
    fn name(self) -> &'static str {
        match self {
            Self::And => "AND",
            Self::Or => "OR",
        }
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

impl Level {
    fn add(&mut self, sign: Sign, query: Query, place: Place, complaints: &mut Vec<Complaint>) {
        if query.is_empty() {
            return;
        }
        if let Some((near, at)) = self.near.take()
            && let Some(last) = self.group.last_mut()
        {
            if sign != Sign::None {
                complaints.push(Complaint::new(place.start, place.end, "a sign has no effect after `w/`; ignored"));
            }
            last.query = joined(std::mem::take(&mut last.query), near, query, at, complaints);
            return;
        }
        let sign = if self.not.take().is_some() { Sign::Minus } else { sign };
        self.group.push(Operand { sign, query, place });
    }

    fn near(&mut self, near: Nearness, place: Place, complaints: &mut Vec<Complaint>) {
        let mut complain = |message| complaints.push(Complaint::new(place.start, place.end, message));
        if self.near.is_some() {
            complain("a second proximity operator; ignored");
        } else if self.not.is_some() || self.group.is_empty() {
            complain("this operator has nothing before it; ignored");
        } else {
            self.near = Some((near, place));
        }
    }

    fn not(&mut self, place: Place, complaints: &mut Vec<Complaint>) {
        let mut complain = |message| complaints.push(Complaint::new(place.start, place.end, message));
        if let Some((near, _)) = &mut self.near {
            near.not = true;
            complain("`NOT` after a proximity operator; read as `not w/`");
        } else if self.not.is_some() {
            complain("a second `NOT`; ignored");
        } else {
            self.not = Some(place);
        }
    }

    fn operator(&mut self, operator: Operator, place: Place, complaints: &mut Vec<Complaint>) {
        self.dangling(complaints);
        if self.group.is_empty() {
            let message = format!("`{}` has nothing before it; ignored", operator.name());
            complaints.push(Complaint::new(place.start, place.end, message));
            return;
        }
        self.chain.push(std::mem::take(&mut self.group));
        if operator == Operator::Or {
            self.chains.push(std::mem::take(&mut self.chain));
        }
        self.operator = Some((operator, place));
    }

    /// Reports operators without operands.
    fn dangling(&mut self, complaints: &mut Vec<Complaint>) {
        if let Some(place) = self.not.take() {
            complaints.push(Complaint::new(place.start, place.end, "`NOT` has nothing after it; ignored"));
        }
        if let Some((_, place)) = self.near.take() {
            complaints.push(Complaint::new(place.start, place.end, "this operator has nothing after it; ignored"));
        }
    }

    /// The query of the level.
    ///
    /// A group of only required queries is an ordinary operand, and so is one of only exclusions. Next to plain words,
    /// both apply to the whole level.
    fn finish(mut self, complaints: &mut Vec<Complaint>) -> Query {
        self.dangling(complaints);
        if let Some((operator, place)) = self.operator.filter(|_| self.group.is_empty()) {
            let message = format!("`{}` has nothing after it; ignored", operator.name());
            complaints.push(Complaint::new(place.start, place.end, message));
        }
        self.chain.push(self.group);
        self.chains.push(self.chain);
        let has_or = self.chains.len() > 1;
        let (mut ranked, mut must, mut drop) = (Vec::new(), Vec::new(), Vec::new());
        for chain in self.chains {
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
                complaints.push(Complaint::new(last.start, last.end, message));
            }
            drop.extend(excluded);
        }
        let ranked = Query::any(ranked);
        let kept = if must.is_empty() {
            ranked
        } else if self.operator.is_some() {
            must.insert(0, ranked);
            Query::all(must)
        } else {
            Query::Required { must: Box::new(Query::all(must)), should: Box::new(ranked) }
        };
        if drop.is_empty() { kept } else { kept.without(drop) }
    }
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
fn joined(left: Query, near: Nearness, right: Query, place: Place, complaints: &mut Vec<Complaint>) -> Query {
    let mut both = |left, right, message: &str| {
        complaints.push(Complaint::new(place.start, place.end, message));
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
