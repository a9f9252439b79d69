//! Tokens to the query tree: what binds how, and what happens to operators without operands.
//!
//! It keeps its own stack of open parentheses, so no text can exhaust the program's.

use super::lexer::{self, Kind, Sign, Token};
use super::{COMPLAINTS_MAX, Complaint, Field, NESTING_MAX, Parsed, QUERY_WORDS_MAX, Query, Word};

/// Reads a query; the language is described at the module's head. It takes any text and time linear in it.
pub fn parse(text: &str) -> Parsed {
    let trimmed = text.trim_matches(lexer::is_blank);
    if trimmed == "*" {
        let start = text.find('*').unwrap_or_default();
        let complaint = Complaint::new(start, start + 1, "`*` alone; read as all articles");
        return Parsed { query: Query::Everything, complaints: vec![complaint] };
    }
    let tokens = lexer::tokens(text);
    let mut parser = Parser { complaints: tokens.complaints, ..Parser::default() };
    for token in tokens.list {
        parser.take(token);
    }
    parser.finish(tokens.cut)
}

/// Reads a text in which nothing is an operator: its words side by side, the first [`QUERY_WORDS_MAX`] of them.
pub fn plain(text: &str) -> Query {
    let word = |text: &str| Query::Word(Word { text: text.to_owned(), exact: false });
    Query::plain(lexer::plain_words(text).take(QUERY_WORDS_MAX).map(word).collect())
}

#[derive(Default)]
struct Parser {
    /// The levels around the current one, the outermost first.
    outer: Vec<Level>,
    level: Level,
    /// Open parentheses beyond the limit.
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
            Kind::Leaf(sign, query) => self.level.add(sign, query, place),
            Kind::Open(_) if self.outer.len() >= NESTING_MAX => {
                self.too_deep += 1;
                self.complain(place, format!("nested more than {NESTING_MAX} deep; this parenthesis is ignored"));
            }
            Kind::Open(lead) => {
                let inner = Level { sign: lead.sign, field: lead.field, open: place, ..Level::default() };
                self.outer.push(std::mem::replace(&mut self.level, inner));
            }
            Kind::Close if self.too_deep > 0 => self.too_deep -= 1,
            Kind::Close if self.outer.is_empty() => self.complain(place, "no opening parenthesis; ignored"),
            Kind::Close => self.close(place.end),
        }
    }

    /// Ends the innermost parenthesis.
    fn close(&mut self, end: usize) {
        let Some(outer) = self.outer.pop() else { return };
        let inner = std::mem::replace(&mut self.level, outer);
        let (sign, field, place) = (inner.sign, inner.field, Place { end, ..inner.open });
        let query = inner.finish(&mut self.complaints);
        if query.is_empty() {
            return self.complain(place, "nothing to search in the parentheses; left out");
        }
        self.level.add(sign, if let Some(field) = field { query.of_field(field) } else { query }, place);
    }

    /// Ends the text; of one that was `cut`, what is missing at its end is no fault.
    fn finish(mut self, cut: bool) -> Parsed {
        let found = self.complaints.len();
        while !self.outer.is_empty() {
            let open = self.level.open;
            self.complain(open, "no closing parenthesis; read as if it closed at the end");
            self.close(open.end);
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

/// Bytes of the query's text.
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

/// What stands between two parentheses, or in the whole text: chains joined by `OR`, each of groups joined by
/// `AND`, each of queries side by side.
#[derive(Default)]
struct Level {
    sign: Sign,
    field: Option<Field>,
    open: Place,
    chains: Vec<Query>,
    chain: Vec<Query>,
    /// Exclusions that are groups of the chain themselves.
    chain_drop: Vec<Query>,
    group: Group,
    /// Needed and excluded at the whole level.
    must: Vec<Query>,
    drop: Vec<Query>,
    /// The operator before the current group.
    operator: Option<(Operator, Place)>,
    /// An `OR` was met.
    has_or: bool,
    /// A `NOT` that waits for what it excludes.
    not: Option<Place>,
    /// The last exclusion in a chain.
    excluded: Place,
}

/// Queries side by side.
#[derive(Default)]
struct Group {
    should: Vec<Query>,
    must: Vec<Query>,
    drop: Vec<Query>,
}

impl Group {
    fn is_empty(&self) -> bool {
        self.should.is_empty() && self.must.is_empty() && self.drop.is_empty()
    }
}

impl Level {
    fn add(&mut self, sign: Sign, query: Query, place: Place) {
        let sign = if self.not.take().is_some() { Sign::Minus } else { sign };
        match sign {
            Sign::None => self.group.should.push(query),
            Sign::Plus => self.group.must.push(query),
            Sign::Minus => {
                self.excluded = place;
                self.group.drop.push(query);
            }
        }
    }

    fn not(&mut self, place: Place, complaints: &mut Vec<Complaint>) {
        if self.not.is_some() {
            complaints.push(Complaint::new(place.start, place.end, "a second `NOT`; ignored"));
        } else {
            self.not = Some(place);
        }
    }

    fn operator(&mut self, operator: Operator, place: Place, complaints: &mut Vec<Complaint>) {
        self.dangling_not(complaints);
        if self.group.is_empty() {
            let message = format!("`{}` has nothing before it; ignored", operator.name());
            complaints.push(Complaint::new(place.start, place.end, message));
            return;
        }
        self.close_group();
        if operator == Operator::Or {
            self.has_or = true;
            self.close_chain(complaints);
        }
        self.operator = Some((operator, place));
    }

    fn dangling_not(&mut self, complaints: &mut Vec<Complaint>) {
        if let Some(place) = self.not.take() {
            complaints.push(Complaint::new(place.start, place.end, "`NOT` has nothing after it; ignored"));
        }
    }

    /// A group of required queries only is an operand like any other; so is one of exclusions only. Beside
    /// plain words, both speak for the whole level.
    fn close_group(&mut self) {
        let group = std::mem::take(&mut self.group);
        match (group.should.is_empty(), group.must.is_empty()) {
            (true, true) => return self.chain_drop.extend(group.drop),
            (true, false) => self.chain.push(Query::all(group.must)),
            (false, _) => {
                self.chain.push(Query::plain(group.should));
                self.must.extend(group.must);
            }
        }
        self.drop.extend(group.drop);
    }

    fn close_chain(&mut self, complaints: &mut Vec<Complaint>) {
        let chain = Query::all(std::mem::take(&mut self.chain));
        let drop = std::mem::take(&mut self.chain_drop);
        if !chain.is_empty() {
            return self.chains.push(chain.without(drop));
        }
        if self.has_or && !drop.is_empty() {
            let message = "`OR` with an exclusion alone; left out of the whole search \
                           (in parentheses it would bring in every other article)";
            complaints.push(Complaint::new(self.excluded.start, self.excluded.end, message));
        }
        self.drop.extend(drop);
    }

    fn finish(mut self, complaints: &mut Vec<Complaint>) -> Query {
        self.dangling_not(complaints);
        if let Some((operator, place)) = self.operator.filter(|_| self.group.is_empty()) {
            let message = format!("`{}` has nothing after it; ignored", operator.name());
            complaints.push(Complaint::new(place.start, place.end, message));
        }
        self.close_group();
        self.close_chain(complaints);
        let ranked = Query::any(self.chains);
        let kept = if self.must.is_empty() {
            ranked
        } else if self.operator.is_some() {
            self.must.insert(0, ranked);
            Query::all(self.must)
        } else {
            Query::Required { must: Box::new(Query::all(self.must)), should: Box::new(ranked) }
        };
        if self.drop.is_empty() { kept } else { kept.without(self.drop) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{QUERY_BYTES_MAX, complain};
    use super::*;

    /// Each text with its canonical form; an empty one stands for text that is canonical but for names of fields.
    #[test]
    fn what_is_written_right() {
        let cases = [
            ("", ""),
            ("  \n ", ""),
            ("export controls", "export controls"),
            ("export AND controls", "export AND controls"),
            ("export controls AND china", "(export controls) AND china"),
            ("chips AND china OR taiwan", "(chips AND china) OR taiwan"),
            ("a OR b AND c", "a OR (b AND c)"),
            ("a OR b c", "a OR (b c)"),
            ("(a OR b) AND (c OR d)", "(a OR b) AND (c OR d)"),
            ("((a)) (b c) d", "a b c d"),
            ("a OR (b OR c)", "a OR b OR c"),
            ("f(x)", "f x"),
            // Exclusions.
            ("chips -potato", "chips -potato"),
            ("chips NOT potato fries", "chips fries -potato"),
            ("chips AND NOT potato AND china", "(chips AND china) -potato"),
            ("a AND NOT b OR c", "(a -b) OR c"),
            ("NOT a AND b OR c", "(b -a) OR c"),
            ("a OR b -c", "(a OR b) -c"),
            ("a OR b NOT c", "(a OR b) -c"),
            ("-a -b", "-a -b"),
            ("-(a OR b)", "-a -b"),
            ("-(a b) NOT c", "-(a b) -c"),
            ("(-a) AND b", "(-a) AND b"),
            ("a OR (NOT b)", "a OR (-b)"),
            ("(a -b) -c", "a -b -c"),
            ("NOT (a -b)", "-(a -b)"),
            ("\u{2212}a b", "b -a"),
            ("-title:a b", "b -title:a"),
            // What is needed.
            ("chips +china", "chips +china"),
            ("+china chips +export -x", "chips +china +export -x"),
            ("+a", "a"),
            ("+a +b", "a AND b"),
            ("a AND +b", "a AND b"),
            ("a OR b +c", "(a OR b) AND c"),
            ("(a AND b) +c", "(a AND b) +c"),
            ("a +(b OR c)", "a +(b OR c)"),
            ("(a +b) +c -d", "(a +b) +c -d"),
            // Phrases.
            ("\"export controls\"", "\"export controls\""),
            ("“export controls” „a b“ ”c d” «e f» »g h«", "\"export controls\" \"a b\" \"c d\" \"e f\" \"g h\""),
            ("\"a b\"~3 c", "\"a b\"~3 c"),
            ("\"chips – and (fabs) AND -x\"", "\"chips and (fabs) AND -x\""),
            ("\"the\"", "\"the\""),
            ("=\"Chips Act\" =Apple", "=\"Chips Act\" =Apple"),
            ("a\"b c\"d", "a \"b c\" d"),
            ("-\"a b\" c", "c -\"a b\""),
            ("\"Covid\"-19", "\"Covid\" 19"),
            // Words keep what is theirs.
            ("e-mail US-China U.S. AT&T C++ #tag @name 3,5 10% l’eau O'Neill a_b", ""),
            ("chip* CHIP**", "chip* CHIP*"),
            ("and or not And", "and or not And"),
            ("10:30 http://x.org/a?b=1 note: C:\\news 日本 AND 한국", ""),
            ("\\AND \\-x \\title:x \\=y \\\\z \\-x*", "\\AND \\-x \\title:x \\=y \\\\z \\-x*"),
            ("-AND b", "b -\\AND"),
            // Fields.
            ("title:chips", "title:chips"),
            ("Headline:a author:b BY:c outlet:d category:e lang:en site:x id:1", ""),
            ("source:\"harbour city\"", "source:\"harbour city\""),
            ("title:(a OR b) c", "title:(a OR b) c"),
            ("title:=Apple title:chip* =title:x", "title:=Apple title:chip* title:=x"),
            ("path:C:\\news\\2023 url:https://x.org/a", "path:C:\\news\\2023 url:https://x.org/a"),
            ("title:AND title:-x title:a:b", "title:\\AND title:\\-x title:a:b"),
            ("title:(a source:b) title:(source:c)", "title:(a source:b) source:c"),
            ("title:(-a)", "title:(-a)"),
            ("title:source:x", "title:\\source:x"),
        ];
        for (text, expected) in cases {
            let parsed = parse(text);
            assert_eq!(parsed.complaints, [], "{text}");
            let printed = parsed.query.to_string();
            if expected.is_empty() && !text.trim().is_empty() {
                assert_eq!(parse(&printed).query, parsed.query, "{text}");
            } else {
                assert_eq!(printed, expected, "{text}");
            }
        }
    }

    #[test]
    fn trees() {
        let word = |text: &str| Query::Word(Word { text: text.into(), exact: false });
        let cases = [
            ("a b", Query::Plain(vec![word("a"), word("b")])),
            ("a OR b", Query::Any(vec![word("a"), word("b")])),
            ("e-mail", word("e-mail")),
            ("10:30", word("10:30")),
            ("-a", Query::Without { keep: Box::new(Query::Everything), drop: Box::new(word("a")) }),
            ("a +b", Query::Required { must: Box::new(word("b")), should: Box::new(word("a")) }),
            ("=a", Query::Word(Word { text: "a".into(), exact: true })),
            ("lang:en", Query::Field { name: Field::Language, query: Box::new(word("en")) }),
        ];
        for (text, query) in cases {
            assert_eq!(parse(text).query, query, "{text}");
        }
        let parsed = parse("a +\"b c\" title:d source:(e title:f) g* -h AND i");
        let words: Vec<_> = parsed.query.words().into_iter().map(|word| word.text.as_str()).collect();
        assert_eq!(words, ["a", "d", "f", "i", "b", "c"]);
    }

    /// Each text with its reading, the place of its complaint and a part of the message.
    #[test]
    fn what_is_wrong_has_a_reading_and_a_complaint() {
        let cases = [
            ("\"export controls", "export controls", "\"", "no closing quote"),
            ("-“a b", "b -a", "“", "no closing quote"),
            ("15\" screen", "15 screen", "\"", "no closing quote"),
            ("(a OR b", "a OR b", "(", "no closing parenthesis"),
            ("a) b", "a b", ")", "no opening parenthesis"),
            ("() a", "a", "()", "nothing to search"),
            ("title:() a", "a", "title:()", "nothing to search"),
            ("\"\" a", "a", "\"\"", "no words in the quotes"),
            ("\"–\" a", "a", "\"–\"", "no words in the quotes"),
            ("AND a", "a", "AND", "nothing before"),
            ("a OR", "a", "OR", "nothing after"),
            ("a AND OR b", "a AND b", "OR", "nothing before"),
            ("a NOT", "a", "NOT", "nothing after"),
            ("a NOT AND b", "a AND b", "NOT", "nothing after"),
            ("a NOT NOT b", "a -b", "NOT", "second"),
            ("a OR NOT b", "a -b", "b", "left out of the whole search"),
            ("NOT a OR b", "b -a", "a", "left out of the whole search"),
            ("a - b", "a b", "-", "stands alone"),
            ("a = b", "a b", "=", "stands alone"),
            ("--force a", "force a", "--", "not an operator"),
            ("*", "*", "*", "all articles"),
            ("a * b", "a b", "*", "no letter"),
            ("a && b", "a b", "&&", "`AND` asks for both"),
            ("*chip", "chip", "*chip", "searched as `chip`"),
            ("*chip*", "chip*", "*chip*", "the prefix `chip*`"),
            ("wom*n", "wom*", "wom*n", "the prefix `wom*`"),
            ("M*A*S*H", "MASH", "M*A*S*H", "searched as `MASH`"),
            ("\"export contr*\"", "\"export contr\"", "\"export contr*\"", "no effect in quotes"),
            ("=chip*", "chip*", "=chip*", "no effect on a prefix"),
            ("=(a OR b)", "a OR b", "=(", "no effect before"),
            ("foo:bar", "foo bar", "foo:", "no field `foo`; fields are `title`, `byline`"),
            ("a AND -foo:bar", "a -foo -bar", "-foo:", "no field"),
            ("a NOT foo:\"b c\"", "a -foo -\"b c\"", "foo:", "no field"),
            ("a -foo:(b OR c)", "a -foo -b -c", "-foo:", "no field"),
            ("date:2023", "date 2023", "date:", "`--from`"),
            ("a title:", "a title", "title:", "no value"),
            ("(a -title:)", "a -title", "-title:", "no value"),
            ("title: AND b", "title AND b", "title:", "no value"),
            ("title: a", "title:a", "title: ", "white space after `title:`"),
            ("\"a b\"~99999999999", "\"a b\"~1000", "~99999999999", "more than 1000"),
        ];
        for (text, reading, place, message) in cases {
            let Parsed { query, complaints } = parse(text);
            assert_eq!(query.to_string(), reading, "{text}");
            let [complaint] = &complaints[..] else { panic!("{text}: {complaints:?}") };
            assert_eq!(text[complaint.start..complaint.end].trim_end(), place.trim_end(), "{text}");
            assert!(complaint.message.contains(message), "{text}: {}", complaint.message);
        }
    }

    #[test]
    fn limits() {
        let words = "word ".repeat(QUERY_WORDS_MAX);
        assert_eq!(parse(&words).complaints, []);
        for extra in ["extra", "\"a b\"", "(a", "title:x"] {
            let parsed = parse(&format!("({words}{extra} more"));
            assert_eq!(parsed.query.words().len(), QUERY_WORDS_MAX);
            assert_eq!(parsed.complaints.len(), 1, "{:?}", parsed.complaints);
            assert!(parsed.complaints[0].message.contains("more than 1024 words"));
        }
        assert_eq!(plain(&format!("{words} extra")).words().len(), QUERY_WORDS_MAX);

        let deep = format!("{}a OR b{} c", "(".repeat(NESTING_MAX + 9), ")".repeat(NESTING_MAX + 9));
        let parsed = parse(&deep);
        assert_eq!(parsed.query.to_string(), "(a OR b) c");
        assert!(parsed.complaints[0].message.contains("nested more than 64"));

        for bad in ["(", ")", "\"", "„", "-(", "title:(", "NOT ", "a OR -b ", "foo:", "*", "é", "=", "“a", "x:("] {
            let parsed = parse(&bad.repeat(QUERY_BYTES_MAX));
            assert!((1..=COMPLAINTS_MAX).contains(&parsed.complaints.len()), "{bad}");
            assert!(parsed.query.to_string().len() < 4 * QUERY_BYTES_MAX);
        }
    }

    #[test]
    fn plain_text_has_no_operators() {
        let query = plain("What \"AND\" (e.g. -x*) title:foo – U.S./China?");
        let words: Vec<_> = query.words().into_iter().map(|word| word.text.as_str()).collect();
        assert_eq!(words, ["What", "AND", "e.g.", "-x", "title:foo", "U.S./China?"]);
        assert!(plain(" – ").is_empty());
    }

    /// Texts made of what means something to the parser, far likelier to meet in a wrong way than by chance.
    fn syntax() -> impl Strategy<Value = String> {
        const PARTS: &[&str] = &[
            "a", "b", "chips", "AND", "OR", "NOT", "(", ")", "\"", "“", "”", "»", "-", "+", "=", "*", ":", "\\", "~2",
            "title:", "source: ", "foo:", "é", "–", "5", "&", " ", " ", " ", " ", "\u{7f}", "日本", "''", "\u{202E}",
        ];
        proptest::collection::vec(proptest::sample::select(PARTS), 0..40).prop_map(|parts| parts.concat())
    }

    fn check(text: &str) -> Result<(), TestCaseError> {
        let parsed = parse(text);
        for complaint in &parsed.complaints {
            let place = text.get(complaint.start..complaint.end);
            prop_assert!(place.is_some_and(|place| !place.is_empty()), "{:?}", complaint);
            prop_assert_eq!(complain(text, complaint).lines().count(), 2);
        }
        prop_assert!(parsed.complaints.is_sorted_by_key(|complaint| complaint.start));
        for query in [parsed.query, plain(text)] {
            let printed = query.to_string();
            let again = parse(&printed);
            prop_assert_eq!(&again.query, &query, "{}", &printed);
            let clean = again.complaints.is_empty() || query == Query::Everything;
            prop_assert!(clean, "{} {:?}", printed, again.complaints);
        }
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn holds_for_any_text(chars in proptest::collection::vec(any::<char>(), 0..60)) {
            check(&String::from_iter(chars))?;
        }

        #[test]
        fn holds_for_any_syntax(text in syntax()) {
            check(&text)?;
        }
    }
}
