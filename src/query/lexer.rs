//! Splits the text of a query into tokens: words, phrases, patterns, operators and parentheses, each with its prefixes.
//!
//! Problems within a token are handled here; misplaced tokens are handled in `parse`. Time is linear in the text.

use std::ops::Range;

use super::complaint::Place;
use super::names::{Measure, Named};
use super::operators::{self, Function, Nearness, Operator, Spelling};
use super::words::{self, BOOST_PERCENT_MAX, has_letters, is_blank, is_delimiter, is_quote, is_sign, is_wildcard};
use super::{
    Complaint, Context, FUZZY_LETTERS_MAX, Field, PATTERNS_MAX, Part, Pattern, QUERY_BYTES_MAX, QUERY_WORDS_MAX, Query,
    SLOP_MAX, Word, range,
};

/// Minimum number of letters before a star inside a word for searching them as a prefix.
const INNER_PREFIX_CHARS_MIN: usize = 3;

/// Maximum number of characters of the query quoted in a message.
const QUOTED_CHARS_MAX: usize = 40;

/// The tokens of a text.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    pub(super) list: Vec<Token>,
    pub(super) complaints: Vec<Complaint>,
    /// Whether a limit was reached and the rest was ignored.
    pub(super) cut: bool,
}

/// A token and its byte range.
#[derive(Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) place: Place,
}

#[derive(Debug)]
pub(super) enum Kind {
    Operator(Operator),
    /// `and`, `or` or `not`: operators in Nexis syntax, otherwise words.
    Lower(Operator),
    Near(Nearness),
    Open(Lead),
    /// With the weight after it.
    Close(u32),
    /// A word, phrase or pattern, with its field.
    Leaf(Sign, Query),
    /// The name of a named query.
    Named(Sign, String),
}

/// Prefixes of a word or an opening parenthesis.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Lead {
    pub(super) sign: Sign,
    /// From the prefix `/F50/`.
    first: Option<u32>,
    pub(super) field: Option<Field>,
    pub(super) function: Option<Function>,
    /// From the prefix `=`.
    exact: bool,
}

impl Lead {
    /// The part of the article from the prefixes.
    pub(super) fn part(&self) -> Option<Part> {
        self.first.map(Part::First)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Sign {
    #[default]
    None,
    Plus,
    Minus,
}

/// Splits a text into tokens.
pub(super) fn tokens(text: &str, context: &Context<'_>) -> Tokens {
    let mut lexer =
        Lexer { text, at: 0, start: 0, words: 0, patterns: 0, unclosed: Vec::new(), out: Tokens::default(), context };
    if text.len() > QUERY_BYTES_MAX {
        let limit = text.floor_char_boundary(QUERY_BYTES_MAX);
        let end = text[..limit].rfind(is_blank).unwrap_or(limit);
        lexer.complain_at(end..text.len(), format!("longer than {QUERY_BYTES_MAX} bytes; the rest is ignored"));
        lexer.text = &text[..end];
        lexer.out.cut = true;
    }
    while lexer.words <= QUERY_WORDS_MAX {
        lexer.at = lexer.blanks_end();
        lexer.start = lexer.at;
        match lexer.peek() {
            None => break,
            Some(')') => lexer.close(),
            Some(_) => lexer.item(),
        }
    }
    lexer.out
}

/// Whether a word, bare or with a star after it, needs a backslash to be parsed as a word. With `lower`, lower-case
/// operators of Nexis do too.
pub(super) fn needs_escape(query: &Query, text: &str, lower: bool) -> bool {
    let tokens = tokens(text, &Context::default());
    let [token] = &tokens.list[..] else { return true };
    let same = match &token.kind {
        Kind::Leaf(Sign::None, read) => read == query,
        Kind::Lower(_) => !lower,
        _ => false,
    };
    !same || !tokens.complaints.is_empty() || operators::look_alike(text).is_some()
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    /// Start of the current token.
    start: usize,
    /// Number of words so far; one more than the limit stops the lexer.
    words: usize,
    /// Number of patterns so far.
    patterns: usize,
    /// Quotation marks that are not closed in the rest of the text.
    unclosed: Vec<char>,
    out: Tokens,
    context: &'a Context<'a>,
}

impl<'a> Lexer<'a> {
    /// A word, phrase or opening parenthesis with its prefixes.
    fn item(&mut self) {
        if let Some((bytes, near)) = Spelling::of_sign(self.rest()).filter(|_| !self.out.list.is_empty()) {
            self.at += bytes;
            return self.nearness(near);
        }
        let mut lead = Lead { sign: self.sign(), ..Lead::default() };
        if let Some((bytes, count)) = operators::first_words(self.rest()) {
            let after = self.blanks_after(self.at + bytes);
            if self.has_operand(after) {
                lead.first = Some(count);
                self.at = after;
            }
        }
        lead.exact = !self.eat_while(|c| c == '=').is_empty();
        let mut escaped = self.eat_escape();
        if !escaped {
            match Named::of(self.rest()) {
                Named::No if !lead.exact => {
                    if let Some((bytes, range)) = range::spoken_date(self.rest(), self.context.today) {
                        self.at += bytes;
                        return self.leaf(lead, Query::Range(range), 1);
                    }
                }
                Named::No => {}
                Named::Field(field, name) => {
                    if !self.field_value(name, lead.sign) {
                        return;
                    }
                    lead.field = Some(field);
                    lead.exact |= !self.eat_while(|c| c == '=').is_empty();
                    escaped = self.eat_escape();
                }
                Named::Measure(measure, name) => {
                    if self.field_value(name, lead.sign) {
                        self.range(measure, name, lead);
                    }
                    return;
                }
                Named::Unknown(name) => return self.unknown_field(name, lead),
            }
        }
        self.value(lead, self.at == self.start, escaped);
    }

    /// A word, phrase or opening parenthesis after its prefixes; `bare` if it has none, `escaped` after a backslash.
    fn value(&mut self, mut lead: Lead, bare: bool, escaped: bool) {
        let mut ignored_quote = false;
        while let Some(quote) = self.peek().filter(|c| is_quote(*c)) {
            if self.phrase(lead, quote) {
                return;
            }
            ignored_quote = true;
        }
        if self.peek() == Some('(') {
            return self.open(lead);
        }
        if !escaped && self.regex(lead) {
            return;
        }
        let word_start = self.at;
        let word = &self.rest()[..words::word_bytes(self.rest(), words::is_bound)];
        self.at += word.len();
        if bare && self.operator(word) {
            return;
        }
        if word.is_empty() {
            if !ignored_quote && self.start < self.at {
                let alone = quoted(&self.text[self.start..self.at]);
                self.complain(format!("{alone} stands alone; left out"));
            }
            return;
        }
        if let Some(function) = Function::named(word).filter(|_| !escaped && self.peek() == Some('(')) {
            if function == Function::Unknown {
                let message = "the words in the parentheses are searched without it";
                self.complain_at(word_start..self.at, format!("unknown operator {}; {message}", quoted(word)));
            }
            lead.function = Some(function);
            return self.open(lead);
        }
        match escaped {
            true => self.escaped_word(word, lead),
            false => self.word(word_start, word, lead),
        }
    }

    /// A word that is an operator. Returns whether it was one, or looked like one and was reported.
    fn operator(&mut self, word: &str) -> bool {
        if word.eq_ignore_ascii_case("not") {
            let next = self.blanks_end();
            let length = self.text[next..].find(is_delimiter).unwrap_or(self.text.len() - next);
            if let Spelling::Known(near) = Spelling::of(&self.text[next..next + length]) {
                self.at = next + length;
                self.nearness(Nearness { not: true, ..near });
                return true;
            }
        }
        match (word, Spelling::of(word)) {
            ("AND" | "&&", _) => self.push(Kind::Operator(Operator::And)),
            ("OR" | "||", _) => self.push(Kind::Operator(Operator::Or)),
            ("NOT", _) => self.push(Kind::Operator(Operator::Not)),
            ("and", _) => self.push(Kind::Lower(Operator::And)),
            ("or", _) => self.push(Kind::Lower(Operator::Or)),
            ("not", _) => self.push(Kind::Lower(Operator::Not)),
            (_, Spelling::Known(near)) => self.nearness(near),
            (_, Spelling::Unknown) => {
                let message = format!(
                    "unknown operator {}; ignored (`w/5`, `w/s` and `w/p` are words, sentence and paragraph)",
                    quoted(word)
                );
                self.complain(message);
            }
            (_, Spelling::No) => {
                self.look_alike(word);
                return false;
            }
        }
        true
    }

    /// Reports a word between operands that is an operator in another query language or spelling.
    fn look_alike(&mut self, word: &str) {
        let between = !self.out.list.is_empty() && self.has_operand(self.blanks_end());
        if let Some(operator) =
            operators::look_alike(word).filter(|_| between && self.text.contains(char::is_lowercase))
        {
            self.complain(format!("{} is searched as a word; the operator is `{operator}`", quoted(word)));
        }
    }

    fn nearness(&mut self, near: Nearness) {
        let (reach, message) = operators::limited(near.reach);
        if let Some(message) = message {
            self.complain(message);
        }
        self.push(Kind::Near(Nearness { reach, ..near }));
    }

    fn open(&mut self, lead: Lead) {
        self.at += 1;
        if lead.exact {
            self.complain("`=` has no effect before a parenthesis; ignored");
        }
        self.push(Kind::Open(lead));
    }

    fn close(&mut self) {
        self.at += 1;
        let after = self.at;
        if self.peek() == Some('~') {
            self.eat_while(|c| c == '~' || c.is_ascii_digit());
            let what = quoted(&self.text[after..self.at]);
            self.complain_at(after..self.at, format!("{what} has no effect after a parenthesis; ignored"));
        }
        let percent = self.boost();
        self.push(Kind::Close(percent));
    }

    /// A word, pattern or named query.
    fn word(&mut self, word_start: usize, word: &str, lead: Lead) {
        if !has_letters(word) {
            let hint = match word {
                "&" => "; `AND` asks for both",
                "|" => "; `OR` asks for either",
                _ => "",
            };
            let message = format!("{} has no letter or digit; left out{hint}", quoted(word));
            return self.complain_at(word_start..self.at, message);
        }
        if let Some(name) = word.strip_prefix('@')
            && (self.context.named)(name).is_some()
        {
            return self.push(Kind::Named(lead.sign, name.to_owned()));
        }
        let (body, percent) = match words::boost(word) {
            Some((end, percent)) if has_letters(&word[..end]) => {
                (&word[..end], self.boost_within_limit(self.start, percent))
            }
            _ => (word, 100),
        };
        let leaf = match words::fuzzy(body) {
            Some((end, letters)) if has_letters(&body[..end]) => self.fuzzy(&body[..end], letters, lead),
            _ => self.pattern(word_start, body, lead),
        };
        self.leaf(lead, leaf.boosted(percent), 1);
    }

    /// A word after a backslash. Only a star at its end is special.
    fn escaped_word(&mut self, word: &str, lead: Lead) {
        let text = word.replace('*', "");
        if !has_letters(&text) {
            return self.complain(format!("{} has no letter or digit; left out", quoted(word)));
        }
        let leaf = if word.ends_with('*') { Query::Prefix(text) } else { Query::word(&text, lead.exact) };
        self.leaf(lead, leaf, 1);
    }

    fn fuzzy(&mut self, text: &str, letters: Option<u32>, lead: Lead) -> Query {
        if lead.exact || !text.chars().all(char::is_alphanumeric) {
            let message = "`~` has no effect on an exact word or one with other marks than letters; ignored";
            self.complain(message);
            let text: String = text.chars().filter(|c| !matches!(c, '*' | '~')).collect();
            return Query::word(&text, lead.exact);
        }
        let max = u32::from(FUZZY_LETTERS_MAX);
        let letters = letters.unwrap_or(1);
        if letters > max {
            self.complain(format!("more than {max} letters of difference; read as `~{max}`"));
        }
        match letters.min(max) as u8 {
            0 => Query::word(text, lead.exact),
            letters => Query::Pattern(Pattern::Fuzzy { text: text.to_owned(), letters }),
        }
    }

    /// A word, with or without wildcards.
    fn pattern(&mut self, word_start: usize, word: &str, lead: Lead) -> Query {
        let trimmed = word.trim_end_matches('?');
        let word = if has_letters(trimmed) { trimmed } else { word };
        let truncated = word.strip_suffix('!').filter(|before| before.ends_with(char::is_alphanumeric));
        let body = truncated.unwrap_or(word).trim_end_matches('*');
        let is_prefix = truncated.is_some() || word.ends_with('*');
        if is_wildcard(body) && !lead.exact {
            let mut text = if is_prefix { format!("{body}*") } else { body.to_owned() };
            while text.contains("**") {
                text = text.replace("**", "*");
            }
            return Query::Pattern(Pattern::Wildcard(text));
        }
        let inner = body.trim_matches('*').find('*').map(|star| &body.trim_start_matches('*')[..star]);
        let inner = inner.filter(|part| part.chars().filter(|c| c.is_alphanumeric()).count() >= INNER_PREFIX_CHARS_MIN);
        let text = inner.map_or_else(|| body.replace('*', ""), str::to_owned);
        let prefix = inner.is_some() || is_prefix;
        let read_as = if prefix { format!("the prefix {}", quoted(&format!("{text}*"))) } else { quoted(&text) };
        if body.contains('*') {
            self.complain_at(word_start..self.at, format!("`*` is not supported here; searched as {read_as}"));
        }
        if prefix && lead.exact {
            self.complain(format!("`=` has no effect on a prefix; searched as {read_as}"));
        }
        if prefix { Query::Prefix(text) } else { Query::word(&text, lead.exact) }
    }

    /// A regular expression between slashes, without white space. Returns false if there is none.
    fn regex(&mut self, lead: Lead) -> bool {
        if let Some((bytes, _)) = operators::first_words(self.rest()) {
            self.at += bytes;
            self.complain("no operand after it; ignored");
            return true;
        }
        let Some(rest) = self.rest().strip_prefix('/') else { return false };
        let mut escaped = false;
        let end = rest.char_indices().find(|(_, c)| {
            let ends = is_blank(*c) || *c == '/' && !escaped;
            escaped = *c == '\\' && !escaped;
            ends
        });
        let Some((length, '/')) = end else { return false };
        let ends = |c: char| is_delimiter(c) || matches!(c, '^');
        if !has_letters(&rest[..length]) || !rest[length + 1..].chars().next().is_none_or(ends) {
            return false;
        }
        if lead.exact {
            self.complain("`=` has no effect on a pattern; ignored");
        }
        self.at += length + 2;
        let leaf = Query::Pattern(Pattern::Regex(rest[..length].to_owned())).boosted(self.boost());
        self.leaf(lead, leaf, 1);
        true
    }

    /// A phrase. Without a closing mark, consumes only the opening mark and returns false.
    fn phrase(&mut self, lead: Lead, quote: char) -> bool {
        let open = self.at;
        let inside = self.at + quote.len_utf8();
        self.at = inside;
        let is_unclosed = self.unclosed.contains(&quote);
        let Some(length) = words::phrase_bytes(quote, &self.text[inside..]).filter(|_| !is_unclosed) else {
            self.unclosed.push(quote);
            self.complain_at(open..inside, "no closing quote; searched as if this one were not there");
            return false;
        };
        let content = &self.text[inside..inside + length];
        self.at = inside + length;
        self.at += self.peek().map_or(0, char::len_utf8);
        let close = self.at;
        let slop = self.slop();
        let percent = self.boost();
        if content.contains('*') {
            self.complain_at(open..close, "`*` has no effect in quotes; ignored");
        }
        let words: Vec<_> = words::plain_words(content, |c| is_blank(c) || c == '*')
            .take(QUERY_WORDS_MAX + 1)
            .map(|word| Word { text: word.to_owned(), exact: lead.exact })
            .collect();
        if words.is_empty() {
            self.complain_at(open..close, "no words in the quotes; left out");
        } else {
            let count = words.len();
            self.leaf(lead, Query::Phrase { words, slop }.boosted(percent), count);
        }
        true
    }

    /// `~3` after a phrase.
    fn slop(&mut self) -> u32 {
        let begin = self.at;
        let digits = self.rest().strip_prefix('~').unwrap_or_default();
        if !digits.starts_with(|c: char| c.is_ascii_digit()) {
            return 0;
        }
        self.at += 1;
        let digits = self.eat_while(|c| c.is_ascii_digit());
        let slop = digits.parse().unwrap_or(u32::MAX);
        if slop > SLOP_MAX {
            self.complain_at(begin..self.at, format!("more than {SLOP_MAX} words between; read as `~{SLOP_MAX}`"));
        }
        slop.min(SLOP_MAX)
    }

    /// `^3` after a phrase, a pattern or a parenthesis, in hundredths; 100 without one.
    fn boost(&mut self) -> u32 {
        let begin = self.at;
        let rest = self.rest();
        let length = rest.find(|c: char| !(c == '^' || c == '.' || c.is_ascii_digit())).unwrap_or(rest.len());
        match words::boost(&rest[..length]) {
            Some((0, percent)) => {
                self.at += length;
                self.boost_within_limit(begin, percent)
            }
            _ => 100,
        }
    }

    fn boost_within_limit(&mut self, begin: usize, percent: u32) -> u32 {
        if percent > BOOST_PERCENT_MAX {
            let most = BOOST_PERCENT_MAX / 100;
            self.complain_at(begin..self.at, format!("a weight above {most}; read as `^{most}`"));
        }
        percent.min(BOOST_PERCENT_MAX)
    }

    /// Parses the sign before an operand: `+`, `-` or `!`. It counts only where a word can begin.
    fn sign(&mut self) -> Sign {
        let begin = self.at;
        let begins = self.text[..begin].chars().next_back().is_none_or(|c| is_blank(c) || c == '(');
        let is_operand = |c: char| c.is_alphanumeric() || c == '(' || is_quote(c);
        let signs = self.eat_while(is_sign);
        match signs {
            "" if begins && self.rest().strip_prefix('!').is_some_and(|rest| rest.starts_with(is_operand)) => {
                self.at += 1;
                Sign::Minus
            }
            "+" if begins => Sign::Plus,
            _ if !begins || signs.is_empty() => Sign::None,
            _ if signs.chars().nth(1).is_none() => Sign::Minus,
            _ => {
                if self.peek().is_some_and(|c| !is_blank(c) && c != ')') {
                    self.complain_at(begin..self.at, format!("{} is not an operator; ignored", quoted(signs)));
                }
                Sign::None
            }
        }
    }

    /// Parses the value of a known field. If there is none, adds the name as a word and returns false.
    fn field_value(&mut self, name: &str, sign: Sign) -> bool {
        let name_end = self.at + name.len();
        // In `words>500` the sign belongs to the value.
        self.at = name_end + usize::from(!self.text[name_end..].starts_with(['<', '>']));
        let value = self.blanks_end();
        let rest = &self.text[value..];
        let spaced = value > self.at;
        if rest.is_empty() || rest.starts_with(')') || (spaced && !self.has_operand(value)) {
            self.complain(format!("`{name}:` has no value; searched as the word `{name}`"));
            self.leaf(Lead { sign, ..Lead::default() }, Query::word(name, false), 1);
            return false;
        }
        if spaced {
            self.complain(format!("white space after `{name}:`; read as `{name}:` and the value after it"));
            self.at = value;
        }
        true
    }

    /// Whether an operand begins at a position.
    fn has_operand(&self, at: usize) -> bool {
        let rest = &self.text[at..];
        let next = rest.split(is_delimiter).next().unwrap_or_default();
        let joins = matches!(next, "AND" | "OR" | "NOT") || Spelling::of(next) != Spelling::No;
        !(rest.is_empty() || rest.starts_with(')') || rest.starts_with(is_sign) || joins)
    }

    /// The value of a range: in quotation marks or brackets, or up to white space.
    fn range(&mut self, measure: Measure, name: &str, lead: Lead) {
        let rest = self.rest();
        let (value, length) = match rest.chars().next() {
            Some(open) if is_quote(open) => {
                let inside = &rest[open.len_utf8()..];
                let (value, after) = inside.split_at(words::phrase_bytes(open, inside).unwrap_or(inside.len()));
                (value, rest.len() - after.len() + after.chars().next().map_or(0, char::len_utf8))
            }
            open => {
                let end = match open {
                    Some('[' | '{') => rest.find([']', '}']).map(|at| at + 1),
                    _ => rest.find(is_delimiter),
                };
                (&rest[..end.unwrap_or(rest.len())], end.unwrap_or(rest.len()))
            }
        };
        self.at += length;
        match range::range(measure, value, self.context.today) {
            Ok(range) => self.leaf(Lead { field: None, ..lead }, Query::Range(range), 1),
            Err(cause) => self.complain(format!("`{name}:` is left out: {cause}")),
        }
    }

    /// Adds the name of an unknown field as a word, and its value as another with the same sign.
    fn unknown_field(&mut self, name: &str, lead: Lead) {
        self.at += name.len();
        let names = Field::ALL.map(|field| format!("`{}`", field.name())).join(", ");
        let message =
            format!("unknown field {}; searched as words (fields are {names}, `date` and `words`)", quoted(name));
        self.complain_at(self.start..self.at + 1, message);
        // `NOT` applies to one token, but must apply to both.
        let negated = matches!(self.out.list.last(), Some(Token { kind: Kind::Operator(Operator::Not), .. }));
        let sign = if negated { Sign::Minus } else { lead.sign };
        self.leaf(Lead { sign, ..lead }, Query::word(name, lead.exact), 1);
        self.at += 1;
        if let Named::No = Named::of(self.rest()) {
            self.start = self.at;
            self.value(Lead { sign, ..lead }, false, false);
        }
    }

    /// Adds a leaf with a number of words, or stops if there are too many.
    fn leaf(&mut self, lead: Lead, leaf: Query, words: usize) {
        self.words = self.words.saturating_add(words);
        if self.words > QUERY_WORDS_MAX {
            self.complain_at(
                self.start..self.text.len(),
                format!("more than {QUERY_WORDS_MAX} words; the rest is ignored"),
            );
            self.out.cut = true;
            return;
        }
        if let Query::Pattern(pattern) = leaf.unboosted() {
            self.patterns += 1;
            let problem = match pattern.matcher(&str::to_lowercase) {
                Err(cause) => Some(format!("left out: {cause}")),
                Ok(_) if self.patterns > PATTERNS_MAX => Some(format!("more than {PATTERNS_MAX} patterns; left out")),
                Ok(_) => None,
            };
            if let Some(problem) = problem {
                return self.complain(problem);
            }
        }
        let mut leaf = if let Some(field) = lead.field { leaf.of_field(field) } else { leaf };
        match lead.part() {
            Some(part) if leaf.is_text() => leaf = leaf.within(part),
            Some(_) => self.complain("`/F…/` is for words of the text; ignored"),
            None => {}
        }
        self.push(Kind::Leaf(lead.sign, leaf));
    }

    fn push(&mut self, kind: Kind) {
        self.out.list.push(Token { kind, place: Place { start: self.start, end: self.at } });
    }

    /// Reports a problem of the current token.
    fn complain(&mut self, message: impl Into<String>) {
        self.complain_at(self.start..self.at, message);
    }

    fn complain_at(&mut self, bytes: Range<usize>, message: impl Into<String>) {
        self.out.complaints.push(Complaint::new(Place { start: bytes.start, end: bytes.end }, message));
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn blanks_end(&self) -> usize {
        self.blanks_after(self.at)
    }

    fn blanks_after(&self, at: usize) -> usize {
        self.text.len() - self.text[at..].trim_start_matches(is_blank).len()
    }

    fn eat_while(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let length = rest.find(|c| !wanted(c)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    fn eat_escape(&mut self) -> bool {
        let escaped = self.rest().starts_with('\\');
        self.at += usize::from(escaped);
        escaped
    }
}

/// Quotes user text in a message: in backticks, shortened.
pub(super) fn quoted(text: &str) -> String {
    let mut short: String = text.chars().take(QUOTED_CHARS_MAX).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    format!("`{short}`")
}
