//! The query language: every text is parsed, complaints point into it, and a printed query is parsed to the same query.

#![no_main]

use libfuzzer_sys::fuzz_target;
use nutgraf::query::{self, COMPLAINTS_MAX};

fuzz_target!(|text: &str| {
    let parsed = query::parse(text);
    assert!(parsed.complaints.len() <= COMPLAINTS_MAX);
    for complaint in &parsed.complaints {
        let shown = query::complain(text, complaint);
        assert!(shown.chars().all(|c| c == '\n' || !c.is_control()), "{shown:?}");
        assert_eq!(shown.lines().count(), 2, "{shown:?}");
    }
    let printed = parsed.query.to_string();
    // Printing adds characters and parentheses, which may exceed the limits.
    if text.len() < 1000 && text.matches('(').count() < 16 {
        assert_eq!(query::parse(&printed).query, parsed.query, "{text:?} printed as {printed:?}");
    }
    query::plain(text);
});
