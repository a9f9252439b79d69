//! Tables of queries and their parsed forms.

use proptest::prelude::*;

use super::*;

/// Queries with their canonical form; empty if the query itself is canonical except for field names.
const RIGHT: &[(&str, &str)] = &[
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
    // As Lucene spells them.
    ("a && b || c", "(a AND b) OR c"),
    ("!a !(b OR c) !\"d e\" f", "f -a -b -c -\"d e\""),
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
    // Mixed marks.
    ("\"a b” “c d\" „e f\" ＂g h\"", "\"a b\" \"c d\" \"e f\" \"g h\""),
    ("\"he said “no” twice\"", "\"he said no twice\""),
    // Patterns.
    (
        "labo! wom?n *chip c*p *chip* M*A*S*H chip?* opec~ opec~2 opec~0",
        "labo* wom?n *chip c*p *chip* M*A*S*H chip?* opec~1 opec~2 opec",
    ),
    ("/colou?r(ed)?/ /a\\/b/ what? Yahoo!! a~b", "/colou?r(ed)?/ /a\\/b/ what Yahoo!! a~b"),
    (
        "a^3 \"a b\"^2 (a b)^.5 a^1 \"a b\"~2^3 a~1^2 chip*^2 =a^2",
        "a^3 \"a b\"^2 (a b)^0.5 a \"a b\"~2^3 (a~1)^2 chip*^2 (=a)^2",
    ),
    // Nearness.
    ("a w/5 b", "a w/5 b"),
    ("a W/5 b /3 c NEAR/2 d near4 e", "(((a w/5 b) w/3 c) w/2 d) w/4 e"),
    ("a pre/5 b +3 c adj2 d", "((a pre/5 b) pre/3 c) pre/2 d"),
    ("opec NEAR kuwait", "opec w/10 kuwait"),
    ("a w/s b OR c /p d", "(a w/s b) OR (c w/p d)"),
    ("a pre/s b", "a pre/s b"),
    ("a not w/5 b NOT pre/s c", "(a not w/5 b) not pre/s c"),
    ("(amazon OR aws) w/10 (lab w/3 clos*)", "(amazon OR aws) w/10 (lab w/3 clos*)"),
    ("(amazon or aws) w/10 lab and not us", "((amazon OR aws) w/10 lab) -us"),
    ("a b w/5 c d", "a (b w/5 c) d"),
    ("-a w/5 b c", "c -(a w/5 b)"),
    ("+a w/5 b c", "c +(a w/5 b)"),
    ("(a AND b) w/5 c", "(a w/5 c) AND (b w/5 c)"),
    ("(a -b) w/5 c", "(a w/5 c) -b"),
    ("(a +b) w/5 (c OR d)", "(a w/5 (c OR d)) +(b w/5 (c OR d))"),
    ("title:a w/5 b", "title:a w/5 b"),
    ("title:(a w/5 b)", "title:(a w/5 b)"),
    ("a +5", "a +5"),
    ("a +2023 b", "a b +2023"),
    ("atleast3(oil) ATLEAST/2(a OR b)", "atleast3(oil) atleast2(a OR b)"),
    ("atleast2(a AND b)", "atleast2(a) AND atleast2(b)"),
    ("atleast1(a) atl3(b)", "a atleast3(b)"),
    ("hlead(opec) hlead(a AND b)", "hlead(opec) (hlead(a) AND hlead(b))"),
    ("/F50/ opec /f10/(a b) /F5/\"a b\"", "(/F50/ opec) (/F10/ (a b)) (/F5/ \"a b\")"),
    ("caps(US) caps(US OR who) title:caps(IT)", "caps(US) (caps(US) OR caps(who)) title:caps(IT)"),
    ("caps(NATO OR us) w/5 a", "(caps(NATO) OR caps(us)) w/5 a"),
    ("caps(it and us) title(x) headline(a b)", ""),
    ("\\w/5 \\and w/3 \\NEAR", ""),
    // Ranges.
    ("date:2019..2021 words:>500", "date:2019-01-01..2021-12-31 words:501.."),
    (
        "date:2019 -date:[2020 TO 2021] after:2022",
        "date:2019-01-01..2019-12-31 date:2023-01-01.. -date:2020-01-01..2021-12-31",
    ),
    ("date:\"2019 .. 2021\" Published:<2000", "date:2019-01-01..2021-12-31 date:..1999-12-31"),
    ("date>2019 words<=500 a>b", "date:2020-01-01.. words:..500 a>b"),
    (
        "date aft 2019 a AND (Date bef 2019-03) -date is 2019-07",
        "((date:2020-01-01.. a) AND date:..2019-02-28) -date:2019-07-01..2019-07-31",
    ),
    ("date geq (2019) date LEQ 2021 date = 2020", "date:2019-01-01.. date:..2021-12-31 date:2020-01-01..2020-12-31"),
    ("\\date is 2019", "\\date is 2019"),
    ("date is then date aft x update is 2019 release date is", ""),
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
    ("hd=opec by=smith la=en a=b", "title:opec byline:smith language:en a=b"),
];

#[test]
fn what_is_written_right() {
    for (text, expected) in RIGHT {
        let parsed = parse(text);
        assert_eq!(parsed.complaints, [], "{text}");
        let printed = parsed.query.to_string();
        if expected.is_empty() && !text.trim().is_empty() {
            assert_eq!(parse(&printed).query, parsed.query, "{text}");
        } else {
            assert_eq!(printed, *expected, "{text}");
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
        ("a & b", "a b", "&", "`AND` asks for both"),
        ("opec w5 kuwait", "opec \\w5 kuwait", "w5", "the operator is `w/5`"),
        ("oil SAME opec", "oil \\SAME opec", "SAME", "the operator is `w/p`"),
        ("\"export contr*\"", "\"export contr\"", "\"export contr*\"", "no effect in quotes"),
        ("=chip*", "chip*", "=chip*", "no effect on a prefix"),
        ("=(a OR b)", "a OR b", "=(", "no effect before"),
        ("foo:bar", "foo bar", "foo:", "unknown field `foo`; searched as words (fields are `title`, `byline`"),
        ("a AND -foo:bar", "a -foo -bar", "-foo:", "unknown field"),
        ("a NOT foo:\"b c\"", "a -foo -\"b c\"", "foo:", "unknown field"),
        ("a -foo:(b OR c)", "a -foo -b -c", "-foo:", "unknown field"),
        ("U.S*A", "U.SA", "U.S*A", "not supported here"),
        ("export.contr*s", "export.contr*", "export.contr*s", "the prefix"),
        ("opec w/x kuwait", "opec kuwait", "w/x", "unknown operator `w/x`"),
        ("opec w/ kuwait", "opec kuwait", "w/", "unknown operator"),
        ("w/5 a", "a", "w/5", "nothing before"),
        ("a w/5", "a", "w/5", "nothing after"),
        ("a w/5 AND b", "a AND b", "w/5", "nothing after"),
        ("(a w/5) b", "a b", "w/5", "nothing after"),
        ("a w/5 w/3 b", "a w/5 b", "w/3", "second"),
        ("a w/5 NOT b", "a not w/5 b", "NOT", "read as `not w/`"),
        ("a w/5 -b", "a w/5 b", "-b", "no effect"),
        ("a w/9999 b", "a w/1000 b", "w/9999", "more than 1000"),
        ("a w/5 source:b", "a AND source:b", "w/5", "read as `AND`"),
        ("source:(a w/5 b)", "source:(a AND b)", "source:(a w/5 b)", "only in the text and headline"),
        ("singular(a)", "a", "singular", "unknown operator `singular`"),
        ("atleast(a)", "a", "atleast", "unknown operator `atleast`"),
        ("caps(a*)", "a*", "caps(a*)", "words only"),
        ("hlead(source:a)", "source:a", "hlead(source:a)", "words of the text"),
        ("/F5/ source:a", "source:a", "/F5/ source:a", "words of the text"),
        ("a /F5/", "a", "/F5/", "no operand"),
        ("/F5/ /F6/ a", "a", "/F5/ /F6/", "no operand"),
        ("/a(/ b", "b", "/a(/", "left out"),
        ("opec~3", "opec~2", "opec~3", "more than 2"),
        ("=opec~1", "=opec", "=opec~1", "no effect"),
        ("opec^500", "opec^100", "opec^500", "above 100"),
        ("(a b)~5 c", "a b c", "~5", "after a parenthesis"),
        ("date:soon a", "a", "date:soon", "not a date"),
        ("date:2021..2019 a", "a", "date:2021..2019", "ends before"),
        ("words:many a", "a", "words:many", "not a number"),
        ("co=x", "co x", "co=", "unknown field `co`"),
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
fn named_queries_are_read_in_their_place() {
    let named = |name: &str| match name {
        "sanctions" => Some("embargo OR (sanction* w/5 russia)".to_owned()),
        "round" => Some("a OR @round".to_owned()),
        "wrong" => Some("\"a b".to_owned()),
        "none" => Some(String::new()),
        _ => None,
    };
    let read = |text| parse_in(text, &Context { named: &named, ..Context::default() });
    let parsed = read("@sanctions AND oil -@sanctions");
    assert_eq!(parsed.complaints, []);
    let sanctions = "embargo OR (sanction* w/5 russia)";
    assert_eq!(parsed.query.to_string(), format!("(({sanctions}) AND oil) -embargo -(sanction* w/5 russia)"));
    assert_eq!(read("@unknown").query, parse("@unknown").query);
    for (text, message) in
        [("@round", "names deep"), ("@wrong c", "in `@wrong` at `\"`: no closing quote"), ("@none c", "is empty")]
    {
        let complaints = read(text).complaints;
        assert!(complaints.iter().any(|c| c.message.contains(message)), "{text}: {complaints:?}");
    }
}

#[test]
fn a_chain_of_operators_is_as_deep_as_may_be() {
    let chain = vec!["a"; 500].join(" w/5 ");
    let parsed = parse(&chain);
    assert!(parsed.query.depth() <= NESTING_MAX + 1);
    assert!(parsed.complaints.iter().all(|c| c.message.contains("nested more than 64")));
    assert_eq!(parse(&parsed.query.to_string()).query, parsed.query);
    let wide = format!("({}) w/5 ({})", vec!["a"; 500].join(" AND "), vec!["b"; 500].join(" AND "));
    assert!(parse(&wide).complaints[0].message.contains("too many"));
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
        "a", "b", "chips", "AND", "and", "w/5", "W/s", "not", "pre/3", "w/x", "NEAR", "+5", "/5", "/F5/", "/",
        "atleast2(", "hlead(", "caps(", "title(", "singular(", "^2", "^.5", "~", "?", "!", "date:", "2019..2021", ">5",
        "[", " TO ", "]", "words:", "hd=", "@", "＂", "„", "«", "C++", ".", "\\", "OR", "NOT", "(", ")", "\"", "“",
        "”", "»", "-", "+", "=", "*", ":", "\\", "~2", "title:", "source: ", "foo:", "é", "–", "5", "&", " ", " ", " ",
        " ", "\u{7f}", "日本", "''", "\u{202E}",
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
