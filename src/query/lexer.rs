//! A query's text to tokens: words, phrases, prefixes, operators and parentheses, each with its sign and field.
//!
//! What a token cannot be as written is settled here, with a complaint; what it cannot be where it stands is
//! `parse`'s affair. Everything is linear in the text.

use super::complaint::floor_boundary;
use super::{Complaint, Field, QUERY_BYTES_MAX, QUERY_WORDS_MAX, Query, SLOP_MAX, Word};

/// Letters before a star inside a word for which the part before the star is searched as a prefix.
const INNER_PREFIX_CHARS_MIN: usize = 3;

/// Characters of the user's text that a message repeats.
const QUOTED_CHARS_MAX: usize = 40;

/// The whole text as tokens.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    pub(super) list: Vec<Token>,
    pub(super) complaints: Vec<Complaint>,
    /// A limit was reached, and the rest of the text was not read.
    pub(super) cut: bool,
}

/// One token and the bytes where it stands.
#[derive(Debug)]
pub(super) struct Token {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: Kind,
}

#[derive(Debug)]
pub(super) enum Kind {
    And,
    Or,
    Not,
    Open(Lead),
    Close,
    /// A word, a phrase or a prefix, within its field.
    Leaf(Sign, Query),
}

/// What stands before an opening parenthesis.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Lead {
    pub(super) sign: Sign,
    pub(super) field: Option<Field>,
    /// `=` stands before it.
    exact: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Sign {
    #[default]
    None,
    Plus,
    Minus,
}

/// Splits a text into tokens.
pub(super) fn tokens(text: &str) -> Tokens {
    let mut lexer = Lexer { text, at: 0, words: 0, unclosed: [false; 3], out: Tokens::default() };
    if text.len() > QUERY_BYTES_MAX {
        let limit = floor_boundary(text, QUERY_BYTES_MAX);
        let end = text[..limit].rfind(is_blank).unwrap_or(limit);
        lexer.complain(end, text.len(), format!("longer than {QUERY_BYTES_MAX} bytes; the rest is ignored"));
        lexer.text = &text[..end];
        lexer.out.cut = true;
    }
    while lexer.words <= QUERY_WORDS_MAX {
        lexer.at = lexer.blanks_end();
        match lexer.peek() {
            None => break,
            Some(')') => {
                lexer.at += 1;
                lexer.push(lexer.at - 1, Kind::Close);
            }
            Some(_) => lexer.item(),
        }
    }
    lexer.out
}

/// The words of a text in which nothing is an operator.
pub(super) fn plain_words(text: &str) -> impl Iterator<Item = &str> {
    let ends = |c: char| is_delimiter(c) || c == '*';
    text.split(ends).filter(|word| has_letters(word))
}

/// Whether a word would be read as something else without a backslash before it.
pub(super) fn needs_escape(text: &str) -> bool {
    operator(text).is_some()
        || text.starts_with(is_sign)
        || text.starts_with(['=', '\\'])
        || !matches!(FieldUse::of(text), FieldUse::No)
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    /// Words so far; one more than the limit ends the reading.
    words: usize,
    /// For each kind of quotation mark, whether no closing one follows any more.
    unclosed: [bool; 3],
    out: Tokens,
}

impl<'a> Lexer<'a> {
    /// A word, phrase or opening parenthesis with what stands before it.
    fn item(&mut self) {
        let start = self.at;
        let signs = self.eat_while(is_sign);
        let mut lead = Lead { sign: self.sign(start, signs), ..Lead::default() };
        lead.exact = !self.eat_while(|c| c == '=').is_empty();
        let mut escaped = self.eat_escape();
        if !escaped {
            match FieldUse::of(self.rest()) {
                FieldUse::No => {}
                FieldUse::Known(field, name) => {
                    if !self.field_value(start, name, lead.sign) {
                        return;
                    }
                    lead.field = Some(field);
                    lead.exact |= !self.eat_while(|c| c == '=').is_empty();
                    escaped = self.eat_escape();
                }
                FieldUse::Unknown(name) => return self.unknown_field(start, name, lead),
            }
        }
        let bare = signs.is_empty() && !lead.exact && !escaped && lead.field.is_none();
        self.value(start, lead, bare);
    }

    /// What follows sign, `=`, backslash and field; `bare` when nothing of these stood there.
    fn value(&mut self, start: usize, lead: Lead, bare: bool) {
        let mut ignored_quote = false;
        while let Some(quote) = self.peek().and_then(Quote::of) {
            if self.phrase(start, lead, quote) {
                return;
            }
            ignored_quote = true;
        }
        if self.peek() == Some('(') {
            self.at += 1;
            if lead.exact {
                self.complain(start, self.at, "`=` has no effect before a parenthesis; ignored");
            }
            return self.push(start, Kind::Open(lead));
        }
        let word_start = self.at;
        let word = self.eat_while(|c| !is_delimiter(c));
        match operator(word) {
            Some(kind) if bare => self.push(start, kind),
            _ if !word.is_empty() => self.word(start, word_start, word, lead),
            _ if ignored_quote => {}
            _ => {
                let alone = quoted(&self.text[start..self.at]);
                self.complain(start, self.at, format!("{alone} stands alone; left out"));
            }
        }
    }

    /// A word or a prefix.
    fn word(&mut self, start: usize, word_start: usize, word: &str, lead: Lead) {
        if !has_letters(word) {
            let hint = match word {
                "&&" | "&" => "; `AND` asks for both",
                "||" | "|" => "; `OR` asks for either",
                _ => "",
            };
            let message = format!("{} has no letter or digit; left out{hint}", quoted(word));
            return self.complain(word_start, self.at, message);
        }
        let body = word.trim_matches('*');
        let inner = body.find('*').map(|star| &body[..star]);
        let inner = inner.filter(|part| part.chars().filter(|c| c.is_alphanumeric()).count() >= INNER_PREFIX_CHARS_MIN);
        let text = inner.map_or_else(|| body.replace('*', ""), str::to_owned);
        let prefix = inner.is_some() || word.ends_with('*');
        let read_as = if prefix { format!("the prefix {}", quoted(&format!("{text}*"))) } else { quoted(&text) };
        if word.starts_with('*') || body.contains('*') {
            let message = format!("`*` is understood at the end of a word only; searched as {read_as}");
            self.complain(word_start, self.at, message);
        }
        if prefix && lead.exact {
            self.complain(start, self.at, format!("`=` has no effect on a prefix; searched as {read_as}"));
        }
        let leaf = if prefix { Query::Prefix(text) } else { Query::Word(Word { text, exact: lead.exact }) };
        self.leaf(start, lead, leaf, 1);
    }

    /// A phrase, or nothing but its opening mark and `false` when no mark closes it.
    fn phrase(&mut self, start: usize, lead: Lead, quote: Quote) -> bool {
        let open = self.at;
        let inside = self.at + self.peek().map_or(0, char::len_utf8);
        self.at = inside;
        let unclosed = &mut self.unclosed[quote as usize];
        let length = if *unclosed { None } else { self.text[inside..].find(|c| quote.closes(c)) };
        let Some(length) = length else {
            *unclosed = true;
            self.complain(open, inside, "no closing quote; searched as if this one were not there");
            return false;
        };
        let content = &self.text[inside..inside + length];
        self.at = inside + length;
        self.at += self.peek().map_or(0, char::len_utf8);
        let close = self.at;
        let slop = self.slop();
        if content.contains('*') {
            self.complain(open, close, "`*` has no effect in quotes; ignored");
        }
        let ends = |c: char| is_blank(c) || c == '*' || Quote::of(c).is_some();
        let words: Vec<_> = content
            .split(ends)
            .filter(|word| has_letters(word))
            .take(QUERY_WORDS_MAX + 1)
            .map(|word| Word { text: word.to_owned(), exact: lead.exact })
            .collect();
        if words.is_empty() {
            self.complain(open, close, "no words in the quotes; left out");
        } else {
            let count = words.len();
            self.leaf(start, lead, Query::Phrase { words, slop }, count);
        }
        true
    }

    /// `~3` after a phrase.
    fn slop(&mut self) -> u32 {
        let start = self.at;
        let digits = self.rest().strip_prefix('~').unwrap_or_default();
        if !digits.starts_with(|c: char| c.is_ascii_digit()) {
            return 0;
        }
        self.at += 1;
        let digits = self.eat_while(|c| c.is_ascii_digit());
        let slop = digits.parse().unwrap_or(u32::MAX);
        if slop > SLOP_MAX {
            self.complain(start, self.at, format!("more than {SLOP_MAX} words between; read as `~{SLOP_MAX}`"));
        }
        slop.min(SLOP_MAX)
    }

    /// What a run of signs means, which counts only where a word could begin.
    fn sign(&mut self, start: usize, signs: &str) -> Sign {
        let before = self.text[..start].chars().next_back();
        let begins = before.is_none_or(|c| is_blank(c) || c == '(');
        let mut chars = signs.chars();
        match (chars.next(), chars.next()) {
            (Some(sign), None) if begins => {
                if sign == '+' {
                    Sign::Plus
                } else {
                    Sign::Minus
                }
            }
            (Some(_), Some(_)) if begins && self.peek().is_some_and(|c| !is_blank(c) && c != ')') => {
                self.complain(start, self.at, format!("{} is not an operator; ignored", quoted(signs)));
                Sign::None
            }
            _ => Sign::None,
        }
    }

    /// Goes on to the value of a known field; without one, the name becomes a word and `false` comes back.
    fn field_value(&mut self, start: usize, name: &str, sign: Sign) -> bool {
        let name_end = self.at + name.len();
        self.at = name_end + 1;
        let value = self.blanks_end();
        let rest = &self.text[value..];
        let next = rest.split(is_delimiter).next().unwrap_or_default();
        let spaced = value > self.at;
        if rest.is_empty()
            || rest.starts_with(')')
            || (spaced && (rest.starts_with(is_sign) || operator(next).is_some()))
        {
            let message = format!("`{name}:` has no value; searched as the word `{name}`");
            self.complain(start, self.at, message);
            let word = Query::Word(Word { text: name.to_owned(), exact: false });
            self.leaf(start, Lead { sign, ..Lead::default() }, word, 1);
            return false;
        }
        if spaced {
            let message = format!("white space after `{name}:`; read as `{name}:` and the value after it");
            self.complain(start, self.at, message);
            self.at = value;
        }
        true
    }

    /// An unknown field's name becomes a word, and what follows it another with the same sign.
    fn unknown_field(&mut self, start: usize, name: &str, lead: Lead) {
        self.at += name.len();
        let is_date = ["date", "published", "before", "after", "since", "until", "from", "to"].contains(&name);
        let names: Vec<_> = Field::ALL.iter().map(|field| format!("`{field}`")).collect();
        let hint = if is_date { " (dates have the options `--from` and `--to`)" } else { "" };
        let message = format!("no field {}{hint}; fields are {}; searched as words", quoted(name), names.join(", "));
        self.complain(start, self.at + 1, message);
        // `NOT` reaches over one token only, and is to reach over both.
        let negated = matches!(self.out.list.last(), Some(Token { kind: Kind::Not, .. }));
        let sign = if negated { Sign::Minus } else { lead.sign };
        let word = Query::Word(Word { text: name.to_owned(), exact: lead.exact });
        self.leaf(start, Lead { sign, ..lead }, word, 1);
        self.at += 1;
        if let FieldUse::No = FieldUse::of(self.rest()) {
            self.value(self.at, Lead { sign, ..lead }, false);
        }
    }

    /// Adds a leaf of so many words, or ends the reading when they are too many.
    fn leaf(&mut self, start: usize, lead: Lead, leaf: Query, words: usize) {
        self.words = self.words.saturating_add(words);
        if self.words > QUERY_WORDS_MAX {
            self.complain(start, self.text.len(), format!("more than {QUERY_WORDS_MAX} words; the rest is ignored"));
            self.out.cut = true;
            return;
        }
        let leaf = if let Some(field) = lead.field { leaf.of_field(field) } else { leaf };
        self.push(start, Kind::Leaf(lead.sign, leaf));
    }

    fn push(&mut self, start: usize, kind: Kind) {
        self.out.list.push(Token { start, end: self.at, kind });
    }

    fn complain(&mut self, start: usize, end: usize, message: impl Into<String>) {
        self.out.complaints.push(Complaint::new(start, end, message));
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn blanks_end(&self) -> usize {
        self.text.len() - self.rest().trim_start_matches(is_blank).len()
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

/// Whether a text begins with a field's name and a colon.
enum FieldUse<'a> {
    No,
    Known(Field, &'a str),
    /// It looks like one: letters, a colon, and a value right after it.
    Unknown(&'a str),
}

impl<'a> FieldUse<'a> {
    fn of(text: &'a str) -> Self {
        let is_name = |c: char| c.is_alphabetic() || c == '_' || c == '-';
        let length = text.find(|c| !is_name(c)).unwrap_or(text.len());
        let (name, Some(value)) = (&text[..length], text[length..].strip_prefix(':')) else {
            return Self::No;
        };
        if let Some(field) = Field::named(name) {
            return Self::Known(field, name);
        }
        let has_value = value.starts_with(|c: char| c.is_alphanumeric() || c == '(' || Quote::of(c).is_some());
        if has_value && has_letters(name) && name.chars().nth(1).is_some() { Self::Unknown(name) } else { Self::No }
    }
}

/// A kind of quotation marks.
#[derive(Debug, Clone, Copy)]
enum Quote {
    Straight,
    Curly,
    Angular,
}

impl Quote {
    fn of(c: char) -> Option<Self> {
        match c {
            '"' => Some(Self::Straight),
            '“' | '”' | '„' | '‟' => Some(Self::Curly),
            '«' | '»' => Some(Self::Angular),
            _ => None,
        }
    }

    /// Languages differ in which mark of a kind opens and which closes; only the low one never closes.
    fn closes(self, c: char) -> bool {
        match self {
            Self::Straight => c == '"',
            Self::Curly => matches!(c, '“' | '”' | '‟'),
            Self::Angular => matches!(c, '«' | '»'),
        }
    }
}

pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace() || c.is_control()
}

fn is_delimiter(c: char) -> bool {
    is_blank(c) || c == '(' || c == ')' || Quote::of(c).is_some()
}

/// `+`, the hyphen, and the minus sign that word processors make of it.
fn is_sign(c: char) -> bool {
    matches!(c, '+' | '-' | '\u{2212}')
}

fn has_letters(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

fn operator(word: &str) -> Option<Kind> {
    match word {
        "AND" => Some(Kind::And),
        "OR" => Some(Kind::Or),
        "NOT" => Some(Kind::Not),
        _ => None,
    }
}

/// The user's text in a message: in backticks, shortened.
fn quoted(text: &str) -> String {
    let mut short: String = text.chars().take(QUOTED_CHARS_MAX).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    format!("`{short}`")
}
