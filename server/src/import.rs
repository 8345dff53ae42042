//! `toolgate import`: imports another system's data into the data folder.
//!
//! Invariant: the source is read completely before anything is created or changed, with the data folder locked.

use crate::{
    logging,
    process::{self, StartError},
};
use clap::{Args, Subcommand};
use domain::{
    actor::Actor,
    imports::fabomatic::{Part, Report},
};
use services::{
    Ctx,
    clock::{Clock, SystemClock},
    imports::fabomatic::{self, TakeOverError, Unread},
    setup,
};
use std::{
    env,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Arc,
};
use text::Lang;

/// Arguments of `toolgate import`.
#[derive(Debug, Clone, Args)]
pub struct ImportArgs {
    #[command(subcommand)]
    command: ImportCommand,
}

#[derive(Debug, Clone, Subcommand)]
enum ImportCommand {
    /// People, cards, machines, authorisations, uses and maintenance of a Fab-O-Matic (0.0.18 to 1.0.7)
    Fabomatic(FabomaticArgs),
}

#[derive(Debug, Clone, Args)]
#[command(after_help = HOW)]
struct FabomaticArgs {
    /// Its database, usually database.sqldb; it is only read
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The data folder
    #[arg(long, env = "TOOLGATE_DATA", value_name = "DIR", default_value = "toolgate-data")]
    data: PathBuf,
    /// Print what would be imported, and change nothing
    #[arg(long)]
    dry_run: bool,
}

const HOW: &str = "\
Stop Fab-O-Matic first, so that its file is whole, and this server. Machines keep their numbers, so that boards need only
another address. What was taken over once is not taken again: the same file changes nothing, a later one brings what is
new. Passwords stay where they are; invite people instead.";

#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("there is no file {0}")]
    NoFile(PathBuf),
    #[error("{0} was not taken over, and nothing was changed")]
    Unread(PathBuf, #[source] Unread),
    /// A server runs on the data folder.
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("{0} cannot be opened")]
    Storage(PathBuf, #[source] services::OpenError),
    #[error("{0} was not taken over, or not all of it; what was is remembered, so that it can be tried again")]
    TakeOver(PathBuf, #[source] TakeOverError),
}

/// Imports the source and prints a report.
pub async fn run(args: ImportArgs) -> Result<(), ImportError> {
    let ImportCommand::Fabomatic(args) = args.command;
    logging::start("warn", false);
    if !args.file.exists() {
        return Err(ImportError::NoFile(args.file));
    }
    let foreign = fabomatic::read(&args.file, &staged(&args.data)).await;
    let foreign = Arc::new(foreign.map_err(|error| ImportError::Unread(args.file.clone(), error))?);
    let file = process::database(&args.data);
    if args.dry_run && !file.exists() {
        let report = fabomatic::preview(None, &foreign, SystemClock.now()).await;
        print_preview(&report.map_err(|error| ImportError::TakeOver(args.file, error))?);
        return Ok(());
    }
    // Held to the end, so that no other process opens the database.
    let _lock = process::take(&args.data)?;
    let ctx = services::open(services::Config::new(&file)).await;
    let ctx = ctx.map_err(|error| ImportError::Storage(file, error))?;
    let taken = async {
        if args.dry_run {
            print_preview(&fabomatic::preview(Some(&ctx), &foreign, SystemClock.now()).await?);
            return Ok(());
        }
        let is_new = setup::needed(&ctx).await?;
        let report = fabomatic::take_over(&ctx, &Actor::TOOLGATE, foreign, None).await?;
        let taken = format!("{} was taken over into {}.", args.file.display(), args.data.display());
        print_report(&taken, &report);
        if is_new {
            way_in(&ctx, &args.data).await?;
        }
        Ok(())
    };
    let taken = taken.await;
    ctx.close().await;
    taken.map_err(|error| ImportError::TakeOver(args.file, error))
}

/// Where the source is copied: beside the database, or a temporary folder if the data folder does not exist.
fn staged(data: &Path) -> PathBuf {
    let name = format!("toolgate.fabomatic.{}", std::process::id());
    if data.is_dir() { data.join(name) } else { env::temp_dir().join(name) }
}

fn print_preview(report: &Report) {
    print_report("Nothing was changed; this is what would become of it.", report);
}

fn print_report(first: &str, report: &Report) {
    let mut outcome = Vec::new();
    // The import is done: a reader that stops early, like `head`, is no failure.
    let _ = write(&mut outcome, first, report).and_then(|()| io::stdout().write_all(&outcome));
}

fn write(outcome: &mut impl Write, first: &str, report: &Report) -> io::Result<()> {
    writeln!(outcome, "{first}")?;
    for &part in Part::ALL {
        let lines: Vec<_> = report.lines().iter().filter(|line| line.kind.part() == part).collect();
        if !lines.is_empty() {
            writeln!(outcome, "\n{}:", Lang::En.fabomatic_part(part))?;
        }
        for line in lines {
            writeln!(outcome, "{:>8}  {}", line.count, Lang::En.fabomatic_line(line))?;
        }
    }
    Ok(())
}

/// How to sign in where no one could before.
async fn way_in(ctx: &Ctx, data: &Path) -> Result<(), TakeOverError> {
    let data = data.display();
    if setup::needed(ctx).await? {
        println!("\nThere is no administrator yet: toolgate admin create --data {data} makes the first.");
    } else {
        println!(
            "\nNobody has a password yet: toolgate admin create --recover --data {data} gives you one; with the e-mail you \
             had there you are who you were."
        );
    }
    Ok(())
}
