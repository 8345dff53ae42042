//! `toolgate verify`: checks the audit log's hash chain.
//!
//! Invariant: nothing is changed, so it works beside a running server and on a copy.

use clap::Args;
use services::audit::{self, Chain};
use std::path::PathBuf;

/// What the check can and cannot prove.
const PROVES: &str = "\
It shows that no entry was changed, removed from among the others, slipped in, or cut off at the end, and
that at the beginning no more is missing than was cut away with its time, which the record tells of. It
cannot show that somebody who may write the file made the whole record anew: for that, note the hash it
prints somewhere else now and then (in a letter, in a message to somebody), and give it with --head later.
A record that still has this hash is, up to there, the one it was.";

/// Arguments of `toolgate verify`.
#[derive(Debug, Clone, Args)]
#[command(after_help = PROVES)]
pub struct VerifyArgs {
    /// The data folder, or a copy of it
    #[arg(long, env = "TOOLGATE_DATA", value_name = "DIR")]
    pub data: PathBuf,
    /// A hash printed earlier: check that the log still contains it
    #[arg(long, value_name = "HASH", value_parser = hash)]
    pub head: Option<[u8; 32]>,
}

fn hash(input: &str) -> Result<[u8; 32], String> {
    audit::noted(input).ok_or_else(|| "a hash has 64 digits from 0 to f".to_owned())
}

/// Why the log is not intact.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The chain is broken.
    #[error(
        "the record is not whole: entry {0} does not follow from what stands before it; it was changed, or one before \
         it was removed or slipped in"
    )]
    Broken(i64),
    /// Its end is missing.
    #[error("the record is not whole: it ends after entry {0}, {were}", were = were(*.1))]
    Cut(i64, Option<i64>),
    /// The hash is not in it.
    #[error(
        "none of the {0} entries has this hash: the record was made anew, or cut before it, or the hash is another's, \
         or older than what is kept"
    )]
    Elsewhere(i64),
    /// It could not be read.
    #[error("{0} cannot be read")]
    Unreadable(PathBuf, #[source] services::OpenError),
}

fn were(entries: Option<i64>) -> String {
    entries.map_or_else(
        || "and what says how long it was is missing".to_owned(),
        |entries| format!("but what says how long it was names entry {entries} as the last"),
    )
}

/// Checks the whole audit log and prints its newest hash.
pub async fn run(args: VerifyArgs) -> Result<(), VerifyError> {
    let file = args.data.join("toolgate.sqlite");
    match audit::verify(&file, args.head).await {
        Ok(Chain::Whole { first, entries, head }) => {
            let cut = match first {
                1 => String::new(),
                first => {
                    format!(" since the record began; those before entry {first} were cut away with their time")
                }
            };
            println!("The record is whole: {entries} entries{cut}, the newest with hash {head}");
            if args.head.is_some() {
                println!("The hash you noted is part of it");
            }
            Ok(())
        }
        Ok(Chain::BrokenAt(entry)) => Err(VerifyError::Broken(entry)),
        Ok(Chain::Cut { entries, were }) => Err(VerifyError::Cut(entries, were)),
        Ok(Chain::Elsewhere { entries }) => Err(VerifyError::Elsewhere(entries)),
        Err(error) => Err(VerifyError::Unreadable(file, error)),
    }
}
