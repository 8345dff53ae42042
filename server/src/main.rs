//! The binary `toolgate`; everything is in the library.

use clap::Parser;
use server::cli::{self, Cli};
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    // Two TLS providers may be linked in; the first thing is to say which.
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
