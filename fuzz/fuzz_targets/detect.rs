//! The detection of formats, with every known extension.

#![no_main]

use libfuzzer_sys::fuzz_target;
use nutgraf::format::FORMATS;

fuzz_target!(|bytes: &[u8]| {
    nutgraf_fuzz::detected(bytes, "");
    for extension in FORMATS.iter().flat_map(|format| format.extensions) {
        nutgraf_fuzz::detected(bytes, extension);
    }
});
