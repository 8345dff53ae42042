//! The command line.

use crate::{
    admin::{self, AdminArgs, AdminError},
    backup::{self, BackupArgs, BackupError, RestoreArgs},
    config::{Config, Faults, Options},
    demo::{self, DemoArgs, DemoError},
    import::{self, ImportArgs, ImportError},
    logging,
    process::{self, StartError},
    sim::{self, SimArgs, SimError},
    verify::{self, VerifyArgs, VerifyError},
};
use clap::{Args, Parser, Subcommand};
use tokio_util::sync::CancellationToken;

/// May this person do this, here, now – and if not, what is the shortest way to yes?
///
/// Toolgate runs a shared workshop: people, machines, rooms, training, bookings, and the boards on the machines.
#[derive(Debug, Parser)]
#[command(name = "toolgate", version, args_conflicts_with_subcommands = true, after_help = EXAMPLES)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: Options,
}

const EXAMPLES: &str = "\
Examples:
  toolgate demo                          look around in an invented workshop
  toolgate --data /srv/toolgate          open your own, on http://127.0.0.1:3000
  TOOLGATE_BOARD_USER=… TOOLGATE_BOARD_PASSWORD=… \\
  toolgate --mqtt-listen 0.0.0.0:1883    … for boards in your network";

#[derive(Debug, Subcommand)]
enum Command {
    /// Open the workshop of a data folder (this is the default; an empty folder is an empty space)
    Serve(Box<Options>),
    /// Open an invented workshop with half a year behind it, and simulated boards
    Demo(Box<DemoCommand>),
    /// Administrators, for whoever holds the data folder
    Admin(AdminArgs),
    /// Simulated boards that connect to a broker
    Sim(Box<SimArgs>),
    /// Copy the database into one file, while the server runs or not
    Backup(BackupArgs),
    /// Put a backup in the place of the database, once it was looked through; what was there is kept beside it
    Restore(RestoreArgs),
    /// Take over what another system knows, with the server stopped
    Import(ImportArgs),
    /// Read the record of what was done and say whether anything in it was changed
    Verify(VerifyArgs),
}

#[derive(Debug, Args)]
struct DemoCommand {
    #[command(flatten)]
    options: Options,
    #[command(flatten)]
    demo: DemoArgs,
}

/// Why a command ended badly.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The options do not fit.
    #[error(transparent)]
    Options(#[from] Faults),
    /// It does not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The demo does not open.
    #[error(transparent)]
    Demo(#[from] DemoError),
    /// No administrator was made.
    #[error(transparent)]
    Admin(#[from] AdminError),
    /// The simulation does not go on.
    #[error(transparent)]
    Sim(#[from] SimError),
    /// No backup was made, or none was put back.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// Nothing was taken over.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// The record is not whole, or cannot be read.
    #[error(transparent)]
    Verify(#[from] VerifyError),
}

/// Does what the command line says, until it is done or the process is asked to stop.
pub async fn run(cli: Cli) -> Result<(), CommandError> {
    let stop = stop_signal();
    match cli.command {
        None => serve(cli.serve, stop).await,
        Some(Command::Serve(options)) => serve(*options, stop).await,
        Some(Command::Demo(command)) => Ok(demo::run(command.options, command.demo, stop).await?),
        Some(Command::Admin(args)) => Ok(admin::run(args).await?),
        Some(Command::Sim(args)) => {
            logging::start("warn", false);
            Ok(sim::run(*args, stop).await?)
        }
        Some(Command::Backup(args)) => Ok(backup::run(args).await?),
        Some(Command::Restore(args)) => Ok(backup::restore(args).await?),
        Some(Command::Import(args)) => Ok(import::run(args).await?),
        Some(Command::Verify(args)) => Ok(verify::run(args).await?),
    }
}

async fn serve(options: Options, stop: CancellationToken) -> Result<(), CommandError> {
    let config = Config::load(options)?;
    logging::start(&config.log, config.log_json);
    let opened = process::open(&config).await?;
    let running = process::start(&config, opened)?;
    running.announce().await;
    stop.cancelled().await;
    running.stop().await;
    Ok(())
}

/// Cancelled when the terminal or the system asks the process to end.
fn stop_signal() -> CancellationToken {
    let stop = CancellationToken::new();
    let request = stop.clone();
    tokio::spawn(async move {
        let terminate = async {
            match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
                Ok(mut signal) => drop(signal.recv().await),
                Err(_) => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            () = terminate => {}
        }
        request.cancel();
    });
    stop
}
