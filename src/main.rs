//! The program: everything is in the library's `cli`.

use std::process::ExitCode;

/// Articles are made by some threads and freed by others; the system's allocator may keep such memory for good.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    nutgraf::cli::run()
}
