//! Compressions and archives: every entry is read to its end, within limits.

#![no_main]

use std::io::Read;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use nutgraf::source::{Entry, Limits, SourceFile, reason, visit};

/// A file for each process, since archives are read from files.
static FILE: LazyLock<PathBuf> =
    LazyLock::new(|| std::env::temp_dir().join(format!("nutgraf-fuzz-{}", std::process::id())));

/// Maximum number of bytes that an input may unpack to, so that a run stays short.
const UNPACKED_BYTES_MAX: u64 = 4 << 20;

fuzz_target!(|bytes: &[u8]| {
    std::fs::write(&*FILE, bytes).expect("the temporary folder can be written");
    let file = SourceFile { path: FILE.clone(), bytes: bytes.len() as u64, modified: None, stamp: 0 };
    let limits = Limits {
        ratio_free_bytes: UNPACKED_BYTES_MAX,
        ratio_max: 100,
        held_bytes_max: UNPACKED_BYTES_MAX,
        entries_max: 1000,
        ..Limits::default()
    };
    let mut unpacked = 0;
    let allowed = (bytes.len() as u64 * limits.ratio_max).max(limits.ratio_free_bytes);
    let _ = visit(&file, &limits, &|_| {}, &mut |entry| {
        match entry {
            Entry::File { mut input, .. } => {
                let mut buffer = vec![0; 64 << 10];
                loop {
                    match input.read(&mut buffer) {
                        Ok(0) => break,
                        Ok(read) => unpacked += read as u64,
                        Err(error) => {
                            assert_ne!(reason(&error).code(), "panicked", "{error:?}");
                            break;
                        }
                    }
                }
            }
            Entry::Skip { reason, .. } => assert_ne!(reason.code(), "panicked"),
        }
        ControlFlow::Continue(())
    });
    assert!(unpacked <= allowed.saturating_add(1 << 20), "{unpacked} of {allowed} bytes");
});
