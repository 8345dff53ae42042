//! `toolgate admin create`: the first administrator, or a new key for one, for whoever holds the data folder.

use crate::{
    config::{Config, Faults, Options},
    logging,
    process::{self, StartError},
};
use clap::{Args, Subcommand};
use services::{
    accounts::AccountsError,
    setup::{self, Administrator},
};
use std::{
    io::{self, BufRead},
    path::PathBuf,
};
use text::Lang;

/// What is done with administrators.
#[derive(Debug, Clone, Args)]
pub struct AdminArgs {
    #[command(subcommand)]
    command: AdminCommand,
}

#[derive(Debug, Clone, Subcommand)]
enum AdminCommand {
    /// Make the first administrator; while the server runs, its link does the same
    Create(CreateArgs),
}

#[derive(Debug, Clone, Args)]
struct CreateArgs {
    /// The data folder [default: toolgate-data]
    #[arg(long, env = "TOOLGATE_DATA", value_name = "DIR")]
    data: Option<PathBuf>,
    /// What they are called
    #[arg(long, value_name = "TEXT")]
    name: String,
    /// Their address, with which they sign in
    #[arg(long, value_name = "ADDRESS")]
    email: String,
    /// There is one already who cannot come in: make another, or give the one with this address a new password, without a
    /// second factor
    #[arg(long)]
    recover: bool,
    /// Read the password from the first line of the input instead of asking for it
    #[arg(long)]
    password_stdin: bool,
}

/// Why no administrator was made.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// The options do not fit.
    #[error(transparent)]
    Options(#[from] Faults),
    /// The data folder is not to be had.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The password could not be read.
    #[error("the password could not be read; without a terminal give it with --password-stdin")]
    Input(#[source] io::Error),
    /// It was not typed twice alike.
    #[error("these were two different passwords; try again")]
    Different,
    /// There is one.
    #[error("this space has an administrator already; if they cannot come in, say so with --recover")]
    Exists,
    /// What was said does not fit, or the storage failed.
    #[error("{0}")]
    Refused(String),
}

/// Does what the command line says.
pub async fn run(args: AdminArgs) -> Result<(), AdminError> {
    let AdminCommand::Create(args) = args.command;
    logging::start("warn", false);
    let config = Config::load(Options { data: args.data, ..Options::default() })?;
    let from_input = args.password_stdin;
    // A terminal waits for a person; the runtime must not wait with it.
    let password = tokio::task::spawn_blocking(move || read_password(from_input)).await;
    let password = password.map_err(|error| AdminError::Input(io::Error::other(error)))??;
    let opened = process::open(&config).await?;
    let new = Administrator { name: args.name, email: args.email.clone(), password, recover: args.recover };
    let created = setup::create_administrator(&opened.ctx, new).await;
    opened.ctx.close().await;
    match created {
        Ok(()) => {
            println!("{} is an administrator now and signs in with this password.", args.email.trim());
            Ok(())
        }
        Err(AccountsError::Gone) => Err(AdminError::Exists),
        Err(error) => Err(AdminError::Refused(told(&error))),
    }
}

fn read_password(from_input: bool) -> Result<String, AdminError> {
    if from_input {
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line).map_err(AdminError::Input)?;
        return Ok(line.trim_end_matches(['\r', '\n']).to_owned());
    }
    let password = rpassword::prompt_password("Password: ").map_err(AdminError::Input)?;
    let again = rpassword::prompt_password("Again:    ").map_err(AdminError::Input)?;
    if password == again { Ok(password) } else { Err(AdminError::Different) }
}

/// The problem with the message of each field.
fn told(error: &AccountsError) -> String {
    let problem = error.problem(Lang::En);
    problem
        .fields
        .iter()
        .fold(problem.detail.clone(), |text, (field, message)| format!("{text}\n  {field}: {message}"))
}
