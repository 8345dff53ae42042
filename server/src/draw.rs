//! `toolgate draw verify`: recomputes a draw from its published file.
//!
//! Invariant: it reads that file and nothing else: no data folder, no network.

use clap::{Args, Subcommand};
use domain::draws::{DrawHash, InvalidProof, MAX_BYTES, VerifiedDraw, verify};
use std::{
    io,
    path::{Path, PathBuf},
};
use tokio::io::AsyncReadExt;

/// What the check can and cannot prove.
const PROVES: &str = "\
It shows that the turns and the winners follow from the secret and the wishes in the file. That neither was chosen
afterwards, the two hashes show that were published before: the commitment before the first wish, the hash of the
wishes when the draw closed. Compare them, or give them with --commitment and --wishes.

docs/draw-verify.py checks the same in Python.";

/// Arguments of `toolgate draw`.
#[derive(Debug, Clone, Args)]
pub struct DrawArgs {
    #[command(subcommand)]
    command: DrawCommand,
}

#[derive(Debug, Clone, Subcommand)]
enum DrawCommand {
    /// Recompute a draw from its file, and compare the result
    Verify(VerifyDraw),
}

#[derive(Debug, Clone, Args)]
#[command(after_help = PROVES)]
struct VerifyDraw {
    /// The draw file, as downloaded from the page of the draw
    file: PathBuf,
    /// The commitment as published before the draw opened
    #[arg(long, value_name = "HASH", value_parser = hash)]
    commitment: Option<DrawHash>,
    /// The hash of the wishes as published when the draw closed
    #[arg(long, value_name = "HASH", value_parser = hash)]
    wishes: Option<DrawHash>,
}

fn hash(input: &str) -> Result<DrawHash, String> {
    let hex: String = input.chars().filter(|it| !it.is_whitespace()).collect();
    DrawHash::parse(&hex.to_ascii_lowercase()).ok_or_else(|| "a hash has 64 digits from 0 to f".to_owned())
}

/// Why a draw is not verified.
#[derive(Debug, thiserror::Error)]
pub enum DrawError {
    #[error("{0} cannot be read")]
    Unreadable(PathBuf, #[source] io::Error),
    #[error("the draw file is not right, step {step}: {0}", step = .0.step().as_str())]
    Invalid(#[from] InvalidProof),
    #[error(
        "the file is of another draw, or its secret was replaced: its commitment is {0}, not the published one"
    )]
    OtherCommitment(DrawHash),
    #[error("wishes were changed after the draw closed: their hash is {0}, not the published one")]
    OtherWishes(DrawHash),
}

/// Runs a command about draws.
pub async fn run(args: DrawArgs) -> Result<(), DrawError> {
    let DrawCommand::Verify(args) = args.command;
    let file = read(&args.file).await.map_err(|error| DrawError::Unreadable(args.file, error))?;
    let verified = verify(&file)?;
    if args.commitment.is_some_and(|published| published != verified.commitment) {
        return Err(DrawError::OtherCommitment(verified.commitment));
    }
    if args.wishes.is_some_and(|published| published != verified.result.wishes_hash) {
        return Err(DrawError::OtherWishes(verified.result.wishes_hash));
    }
    print!("{}", verdict(&verified));
    if args.commitment.is_none() || args.wishes.is_none() {
        println!("Compare both hashes with those published before the draw.");
    }
    Ok(())
}

/// No more than shows that it is too large.
async fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    tokio::fs::File::open(path).await?.take(limit).read_to_end(&mut bytes).await?;
    Ok(bytes)
}

fn verdict(verified: &VerifiedDraw) -> String {
    let VerifiedDraw { commitment, input, result } = verified;
    let (wishes, won) = (input.wishes().len(), result.won().count());
    format!(
        "The draw is right: wishes {wishes}, won {won}, groups and people {}, rounds {}.\n\
         Commitment:         {commitment}\nHash of the wishes: {}\n",
        input.entrants().len(),
        result.rounds(),
        result.wishes_hash
    )
}
