//! Splits the text of a query into tokens: words, phrases, patterns, operators and parentheses, each with its prefixes.
//!
//! Problems within a token are handled here; misplaced tokens are handled in `parse`. Time is linear in the text.

mod values;

use std::ops::Range;

use super::complaint::Place;
use super::names::Named;
use super::operators::{self, Function, Nearness, Operator, Spelling};
use super::words::{self, is_blank, is_delimiter, is_quote, is_sign};
use super::{
    Complaint, Context, Field, PATTERNS_MAX, Part, QUERY_BYTES_MAX, QUERY_WORDS_MAX, Query, Reach, SLOP_MAX, range,
};

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

    fn nearness(&mut self, mut near: Nearness) {
        if let Reach::Words(words) = &mut near.reach
            && *words > SLOP_MAX
        {
            *words = SLOP_MAX;
            self.complain(format!("more than {SLOP_MAX} words apart; read as {SLOP_MAX}"));
        }
        self.push(Kind::Near(near));
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
