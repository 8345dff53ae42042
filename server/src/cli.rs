//! The command line.

use crate::{
    admin::{self, AdminArgs, AdminError},
    backup::{self, BackupArgs, BackupError, RestoreArgs},
    config::{Config, Faults, Options},
    demo::{self, DemoArgs, DemoError},
    draw::{self, DrawArgs, DrawError},
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
    /// Serve the workshop in a data folder (the default; an empty folder is an empty space)
    Serve(Box<Options>),
    /// Serve an invented workshop with half a year of history and simulated boards
    Demo(Box<DemoCommand>),
    /// Manage administrators from the command line
    Admin(AdminArgs),
    /// Simulated boards that connect to a broker
    Sim(Box<SimArgs>),
    /// Copy the database into one file, with or without a running server
    Backup(BackupArgs),
    /// Replace the database by a backup after checking it; the previous database is saved beside it
    Restore(RestoreArgs),
    /// Import the data of another system, with the server stopped
    Import(ImportArgs),
    /// Check that the audit log was not tampered with
    Verify(VerifyArgs),
    /// Check the result of a draw of rooms
    Draw(DrawArgs),
}

#[derive(Debug, Args)]
struct DemoCommand {
    #[command(flatten)]
    options: Options,
    #[command(flatten)]
    demo: DemoArgs,
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    #[error(transparent)]
    Options(#[from] Faults),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(transparent)]
    Demo(#[from] DemoError),
    #[error(transparent)]
    Admin(#[from] AdminError),
    #[error(transparent)]
    Sim(#[from] SimError),
    #[error(transparent)]
    Backup(#[from] BackupError),
    #[error(transparent)]
    Import(#[from] ImportError),
    #[error(transparent)]
    Verify(#[from] VerifyError),
    #[error(transparent)]
    Draw(#[from] DrawError),
}

/// Runs the command until it is done or the process is asked to stop.
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
        Some(Command::Draw(args)) => Ok(draw::run(args).await?),
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
