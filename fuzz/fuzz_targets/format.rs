//! The reader that the variable `NUTGRAF_FUZZ_FORMAT` names, on any bytes; without it, the one that the bytes ask
//! for: the whole way from bytes to articles, their analysis and their display.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use nutgraf::format::{self, Format};

static FORMAT: LazyLock<Option<&Format>> = LazyLock::new(|| {
    let name = std::env::var("NUTGRAF_FUZZ_FORMAT").ok()?;
    Some(format::by_name(&name).unwrap_or_else(|| panic!("no format `{name}`")))
});

fuzz_target!(|bytes: &[u8]| {
    if let Some(format) = FORMAT.or_else(|| nutgraf_fuzz::detected(bytes, "")) {
        nutgraf_fuzz::read(format, bytes);
    }
});
