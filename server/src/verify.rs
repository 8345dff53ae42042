//! `toolgate verify`: whether the record of what was done is whole.
//!
//! Invariant: nothing is changed, so it may be asked of a server that runs, and of a copy.

use clap::Args;
use services::audit::{self, Chain};
use std::path::PathBuf;

/// Which record is read.
#[derive(Debug, Clone, Args)]
pub struct VerifyArgs {
    /// The data folder, or a copy of it
    #[arg(long, env = "TOOLGATE_DATA", value_name = "DIR")]
    pub data: PathBuf,
}

/// Why the record is not known to be whole.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The chain does not hold.
    #[error(
        "the record is not whole: entry {0} does not follow from what stands before it; it was changed, or one before \
         it was removed or slipped in"
    )]
    Broken(i64),
    /// It could not be read.
    #[error("{0} cannot be read")]
    Unreadable(PathBuf, #[source] services::OpenError),
}

/// Reads the whole record and says that it is whole, with the newest hash.
pub async fn run(args: VerifyArgs) -> Result<(), VerifyError> {
    let file = args.data.join("toolgate.sqlite");
    match audit::verify(&file).await {
        Ok(Chain::Whole { entries, head }) => {
            println!("The record is whole: {entries} entries, the newest with hash {head}");
            Ok(())
        }
        Ok(Chain::BrokenAt(entry)) => Err(VerifyError::Broken(entry)),
        Err(error) => Err(VerifyError::Unreadable(file, error)),
    }
}
