//! The query language: no text is refused, complaints lie within it, and what is printed is read back the same.

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
    // What printing adds counts towards the limits of length and depth.
    if text.len() < 1000 && text.matches('(').count() < 16 {
        assert_eq!(query::parse(&printed).query, parsed.query, "{text:?} printed as {printed:?}");
    }
    query::plain(text);
});
