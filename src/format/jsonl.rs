//! JSON Lines: a record per line (`.jsonl`, `.ndjson`, `.jl`), the common format of crawlers and corpora.
//!
//! Owns its recognition and its lines. The JSON of a line is parsed in `json` and `record_fields`.

use super::common::{charset, split};
use super::{BadRecord, Certainty, Context, Format, Input, Record, Records, Sample, Sink, Split, json};
use crate::error::SkipReason;

/// JSON Lines.
pub(super) const FORMAT: Format = Format {
    name: "jsonl",
    title: "JSON Lines, a record a line",
    extensions: &["jsonl", "ndjson", "jl"],
    version: 2,
    detect,
    split: Split::Stream(records),
    parse,
};

/// Several lines that are objects. For a single line, or one longer than the sample, the extension decides.
fn detect(sample: &Sample<'_>) -> Certainty {
    if !charset::looks_like_text(sample.head) {
        return Certainty::No;
    }
    let named = FORMAT.extensions.contains(&sample.extension);
    let text = charset::decode(sample.head, None, None);
    let (complete, rest) = text.rsplit_once('\n').unwrap_or(("", &text));
    let mut lines = complete.lines().map(str::trim).filter(|line| !line.is_empty());
    let (mut objects, mut others) = (0, 0);
    for line in &mut lines {
        if json::opens_object(line) && line.ends_with('}') { objects += 1 } else { others += 1 }
    }
    let goes_on = usize::from(json::opens_object(rest.trim()));
    if objects > others && objects + goes_on > 1 {
        Certainty::Likely
    } else if objects + goes_on > 0 && others == 0 {
        if named { Certainty::Likely } else { Certainty::Possible }
    } else if named {
        Certainty::Possible
    } else {
        Certainty::No
    }
}

/// Number of lines at the start of which one must begin like JSON, whatever the name of the file.
const FIRST_LINES: usize = 21;

/// The lines, or one bad record for a file that does not begin like JSON.
fn records(input: Input<'_>) -> Records<'_> {
    let mut lines = split::lines(input);
    let first: Vec<_> = lines.by_ref().take(FIRST_LINES).collect();
    // A read error is reported as such.
    let is_json = |line: &Result<Record, BadRecord>| match line {
        Ok(record) => matches!(record.bytes.trim_ascii_start().first(), Some(b'{' | b'[')),
        Err(_) => true,
    };
    if first.is_empty() || first.iter().any(is_json) {
        return Box::new(first.into_iter().chain(lines));
    }
    let reason = SkipReason::Malformed { format: FORMAT.name, detail: "its lines are not JSON".into() };
    Box::new(std::iter::once(Err(BadRecord { number: 1, reason })))
}

fn parse(record: &Record, context: &Context<'_>, sink: &mut Sink<'_>) {
    json::parse_as(FORMAT.name, record, context, sink);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_objects_are_distinguished_from_one_object() {
        let long = format!("{{\"id\": 1, \"text\": \"{}", "x".repeat(500));
        for (text, extension, jsonl, json) in [
            ("{\"a\":1}\n{\"a\":2}\n", "txt", Certainty::Likely, Certainty::Possible),
            ("{\"a\":1}\nbroken\n{\"a\":2}\n{\"a\":3", "jsonl", Certainty::Likely, Certainty::Possible),
            ("{\"a\":1}\n", "jsonl", Certainty::Likely, Certainty::Likely),
            ("{\"a\":1}\n", "json", Certainty::Possible, Certainty::Likely),
            (&long, "ndjson", Certainty::Likely, Certainty::Likely),
            ("{\n  \"a\": 1\n}\n", "jsonl", Certainty::Possible, Certainty::Likely),
            ("[\n{\"a\": 1},\n{\"a\": 2}\n]", "json", Certainty::No, Certainty::Likely),
            ("[{\"a\": 1}, {\"a\": 2}]", "", Certainty::No, Certainty::Likely),
            ("[link](http://a.example) text", "md", Certainty::No, Certainty::No),
            ("{{< shortcode >}}", "json", Certainty::No, Certainty::Possible),
            ("Plain text", "txt", Certainty::No, Certainty::No),
            ("a\0b", "jsonl", Certainty::No, Certainty::No),
        ] {
            let sample = Sample { head: text.as_bytes(), extension };
            assert_eq!((detect(&sample), (json::FORMAT.detect)(&sample)), (jsonl, json), "{text:?} {extension}");
        }
    }
}
