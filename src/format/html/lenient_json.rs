//! Reads JSON with the faults of page templates: comments, line ends and quotation marks in texts, texts in single
//! quotation marks, missing and superfluous commas, escapes and words of other languages, and a missing end.

use serde_json::{Map, Value};

/// Maximum nesting of values.
const DEPTH_MAX: usize = 64;

/// The first value of a text. Never fails.
pub(super) fn parse(text: &str) -> Value {
    Reader { rest: text }.value(0)
}

/// Reads from the start of a text. Every step consumes input, so that parsing ends.
struct Reader<'t> {
    rest: &'t str,
}

impl Reader<'_> {
    fn value(&mut self, depth: usize) -> Value {
        self.skip_blank();
        match self.rest.chars().next() {
            Some('{') if depth < DEPTH_MAX => self.object(depth),
            Some('[') if depth < DEPTH_MAX => self.list(depth),
            Some(mark @ ('"' | '\'')) => Value::String(self.text(mark)),
            _ => {
                let word = self.word();
                serde_json::from_str(word).unwrap_or_else(|_| match word {
                    "undefined" | "NaN" => Value::Null,
                    word if word.starts_with(char::is_alphabetic) => Value::String(word.to_owned()),
                    _ => Value::Null,
                })
            }
        }
    }

    fn object(&mut self, depth: usize) -> Value {
        let mut object = Map::new();
        self.skip(1);
        while !self.ends_with('}') {
            let name = match self.rest.chars().next() {
                Some(mark @ ('"' | '\'')) => self.text(mark),
                _ => self.word().to_owned(),
            };
            self.skip_blank();
            if let Some(rest) = self.rest.strip_prefix(':') {
                self.rest = rest;
                let value = self.value(depth + 1);
                object.entry(name).or_insert(value);
            }
        }
        Value::Object(object)
    }

    fn list(&mut self, depth: usize) -> Value {
        let mut list = Vec::new();
        self.skip(1);
        while !self.ends_with(']') {
            list.push(self.value(depth + 1));
        }
        Value::Array(list)
    }

    /// Skips commas, and whether an object or a list ends here.
    fn ends_with(&mut self, bracket: char) -> bool {
        self.skip_blank();
        while let Some(rest) = self.rest.strip_prefix([',', ';']) {
            self.rest = rest;
            self.skip_blank();
        }
        let Some(next) = self.rest.chars().next() else { return true };
        let ends = next == bracket;
        self.skip(usize::from(ends));
        ends
    }

    /// A text in quotation marks, which may contain quotation marks that are not escaped.
    fn text(&mut self, mark: char) -> String {
        let mut text = String::new();
        self.skip(1);
        while let Some(c) = self.next() {
            match c {
                '\\' => self.escape(&mut text),
                c if c == mark && self.is_after_text() => break,
                c if c.is_control() => text.push(' '),
                c => text.push(c),
            }
        }
        text
    }

    fn escape(&mut self, text: &mut String) {
        let Some(c) = self.next() else { return };
        let digits = match c {
            'n' | 'r' | 't' | 'b' | 'f' => return text.push(' '),
            'u' => 4,
            'x' => 2,
            c => return text.push(c),
        };
        let code = |rest: &str| u16::from_str_radix(rest.get(..digits)?, 16).ok();
        let Some(first) = code(self.rest) else { return text.push(c) };
        self.rest = &self.rest[digits..];
        let second = self.rest.strip_prefix("\\u").and_then(code);
        if let Some(Ok(c)) = char::decode_utf16([first].into_iter().chain(second)).next() {
            text.push(c);
            self.skip(if c > '\u{ffff}' { 6 } else { 0 });
        }
    }

    /// Whether a text can end here: before punctuation, or before the next name if its comma is missing.
    fn is_after_text(&self) -> bool {
        let rest = self.rest.trim_start();
        let names = |rest: &str| rest.split_once('"').is_some_and(|(_, after)| after.trim_start().starts_with(':'));
        rest.is_empty()
            || rest.starts_with([',', ':', '}', ']', ';'])
            || rest.starts_with("//")
            || rest.starts_with("/*")
            || rest.strip_prefix('"').is_some_and(names)
    }

    /// A value without quotation marks, or one character.
    fn word(&mut self) -> &str {
        let is_end = |c: char| c.is_whitespace() || matches!(c, ',' | ':' | '}' | ']' | ';' | '"');
        let end = self.rest.find(is_end).unwrap_or(self.rest.len());
        let end = end.max(self.rest.chars().next().map_or(0, char::len_utf8));
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    fn skip_blank(&mut self) {
        loop {
            let rest = self.rest.trim_start_matches(|c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}');
            self.rest = match (rest.strip_prefix("//"), rest.strip_prefix("/*")) {
                (Some(line), _) => line.split_once('\n').map_or("", |(_, after)| after),
                (_, Some(comment)) => comment.split_once("*/").map_or("", |(_, after)| after),
                _ => return self.rest = rest,
            };
        }
    }

    fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.skip(c.len_utf8());
        Some(c)
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = &self.rest[bytes..];
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn faults_are_read_over() {
        let right = json!({ "author": { "name": "Mara Holt" }, "keywords": ["a,]", "b"] });
        for script in [
            r#"{"author": {"name": "Mara Holt"}, "keywords": ["a,]", "b", ], }"#,
            r#"{"author": {"name": "Mara Holt",, }, "keywords": ["a,]", "b"]"#,
            r#"/* x */ {'author': {'name': 'Mara Holt'}, // y
                "keywords": ["a,]", "b"]} and more"#,
            r#"{author: {name: "Mara\x20Holt"} "keywords": ["a,]", "b"#,
            "{\"author\": {\"name\": \"Mara\nHolt\"}\n\"keywords\": [\"a,]\", \"\\u0062\"]};",
        ] {
            assert_eq!(parse(script), right, "{script}");
        }
        for (script, right) in [
            (r#"{"a": "He said "no" to it", "b": 1}"#, json!({ "a": "He said \"no\" to it", "b": 1 })),
            (
                r#"{"a": "it\'s", "b": undefined, "c": NaN, "d": \ud83d}"#,
                json!({ "a": "it's", "b": null, "c": null, "d": null }),
            ),
            (r#"{"a": "\ud83d\ude00", "b" "c": [true, -1.5]}"#, json!({ "a": "😀", "c": [true, -1.5] })),
            ("[{]}", json!([{}])),
            ("", json!(null)),
        ] {
            assert_eq!(parse(script), right, "{script}");
        }
        parse(&"[".repeat(100_000));
        parse(&"{\"a\":".repeat(100_000));
    }
}
