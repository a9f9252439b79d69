//! Reads bytes as articles, analyses them and displays them. The variable `NUTGRAF_FUZZ_FORMAT` names the format; without
//! it, the format is detected.

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
