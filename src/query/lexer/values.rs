//! Words, patterns, phrases and ranges, with their suffixes.

use super::{Kind, Lead, Lexer, quoted};
use crate::query::names::Measure;
use crate::query::words::{self, BOOST_PERCENT_MAX, has_letters, is_blank, is_delimiter, is_quote, is_wildcard};
use crate::query::{FUZZY_LETTERS_MAX, Pattern, QUERY_WORDS_MAX, Query, SLOP_MAX, Word, operators, range};

/// Minimum number of letters before a star inside a word for searching them as a prefix.
const INNER_PREFIX_CHARS_MIN: usize = 3;

impl Lexer<'_> {
    /// A word, pattern or named query.
    pub(super) fn word(&mut self, word_start: usize, word: &str, lead: Lead) {
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
    pub(super) fn escaped_word(&mut self, word: &str, lead: Lead) {
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
    pub(super) fn regex(&mut self, lead: Lead) -> bool {
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
    pub(super) fn phrase(&mut self, lead: Lead, quote: char) -> bool {
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
    pub(super) fn boost(&mut self) -> u32 {
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

    /// The value of a range: in quotation marks or brackets, or up to white space.
    pub(super) fn range(&mut self, measure: Measure, name: &str, lead: Lead) {
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
}
