//! The binary `toolgate`; everything is in the library.

use clap::Parser;
use mimalloc::MiMalloc;
use server::cli::{self, Cli};
use std::process::ExitCode;

/// A rendered page is thousands of small allocations; with the C library's allocator they were a quarter of its
/// time. Without transparent huge pages, with which an idle Toolgate takes 57 MB instead of 39.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    // Two TLS providers may be linked in, so one must be chosen first.
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        eprintln!("toolgate: a TLS provider was installed already");
    }
    match cli::run(Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("toolgate: {error}");
            let mut cause = std::error::Error::source(&error);
            while let Some(error) = cause {
                eprintln!("  because: {error}");
                cause = error.source();
            }
            ExitCode::FAILURE
        }
    }
}
