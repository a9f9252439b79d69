//! The program; everything is in the library.

use std::process::ExitCode;

/// Memory is allocated and freed by different threads, which makes the system allocator retain it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    nutgraf::cli::run()
}
