//! `toolgate admin create`: the first administrator, or a new key for one, for whoever holds the data folder.
//!
//! Invariant: a folder that was mistyped stays as it is. What is not said with an option is asked for at a terminal.

use crate::{
    config::{Config, Faults, Options},
    logging,
    process::{self, StartError},
};
use clap::{Args, Subcommand};
use services::error::ServiceError;
use services::{
    accounts::AccountsError,
    setup::{self, Administrator, NewSpace},
};
use std::{
    fs,
    io::{self, BufRead, IsTerminal, Write},
    path::{Path, PathBuf},
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
    /// Make the first administrator and name the space; while the server runs, its link does the same
    Create(CreateArgs),
}

#[derive(Debug, Clone, Args)]
struct CreateArgs {
    /// The data folder [default: toolgate-data]
    #[arg(long, env = "TOOLGATE_DATA", value_name = "DIR")]
    data: Option<PathBuf>,
    /// Begin a space where there is none yet; without this a folder without one is taken for a slip
    #[arg(long, conflicts_with = "recover")]
    new: bool,
    /// What the workshop is called, if this is its first administrator
    #[arg(long, value_name = "TEXT")]
    space: Option<String>,
    /// Its time zone, as in Europe/Rome
    #[arg(long, value_name = "ZONE")]
    zone: Option<String>,
    /// The language of boards and walls: en or it
    #[arg(long, value_name = "TAG", value_parser = language)]
    language: Option<Lang>,
    /// What they are called
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// Their address, with which they sign in
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// There is one already who cannot come in: make another, or give the one with this address a new password, without a
    /// second factor
    #[arg(long)]
    recover: bool,
    /// Read the password from the first line of the input, and ask for nothing
    #[arg(long)]
    password_stdin: bool,
}

fn language(input: &str) -> Result<Lang, String> {
    Lang::from_tag(input).ok_or_else(|| "one of en, it".to_owned())
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
    /// Nothing is there, and nobody said that something should be.
    #[error("there is no space in {0}; choose its folder with --data, or begin one there with --new")]
    NoSpace(PathBuf),
    /// Nothing is there to come back into.
    #[error("there is no space in {0}, and so nobody to help in; choose its folder with --data")]
    NothingToRecover(PathBuf),
    /// Nobody is there to be asked.
    #[error("say {0}, or run this at a terminal to be asked")]
    Unsaid(&'static str),
    /// What is typed could not be read.
    #[error("the terminal cannot be read")]
    Terminal(#[source] io::Error),
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
    let config = Config::load(Options { data: args.data.clone(), ..Options::default() })?;
    if !process::has_space(&config) {
        let folder = config.data.clone();
        if args.recover {
            return Err(AdminError::NothingToRecover(folder));
        }
        if !args.new {
            return Err(AdminError::NoSpace(folder));
        }
    }
    let opened = process::open(&config).await?;
    let created = create(&opened.ctx, args).await;
    opened.ctx.close().await;
    println!("{} is an administrator now and signs in with this password.", created?);
    Ok(())
}

/// Makes the administrator; answers their address.
async fn create(ctx: &services::Ctx, args: CreateArgs) -> Result<String, AdminError> {
    let first = setup::needed(ctx).await.map_err(|error| AdminError::Refused(error_text(&error.into())))?;
    if !first && !args.recover {
        return Err(AdminError::Exists);
    }
    // A terminal waits for a person; the runtime must not wait with it.
    let request = tokio::task::spawn_blocking(move || ask_all(args, first)).await;
    let new = request.map_err(|error| AdminError::Terminal(io::Error::other(error)))??;
    let email = new.email.trim().to_owned();
    match setup::create_administrator(ctx, new).await {
        Ok(()) => Ok(email),
        Err(AccountsError::Gone) => Err(AdminError::Exists),
        Err(error) => Err(AdminError::Refused(error_text(&error))),
    }
}

/// All that the options leave open.
fn ask_all(args: CreateArgs, first: bool) -> Result<Administrator, AdminError> {
    let may_ask = !args.password_stdin && io::stdin().is_terminal();
    let ask = |given: Option<String>, option, question: &str, usual: Option<String>| match given {
        Some(given) => Ok(given),
        None if may_ask => ask(question, usual.as_deref()).map_err(AdminError::Terminal),
        None => usual.ok_or(AdminError::Unsaid(option)),
    };
    let space = if first && !args.recover {
        let name = ask(args.space, "--space", "Name of the workshop", None)?;
        let zone = ask(args.zone, "--zone", "Time zone", Some(zone_of_machine()))?;
        let tag = args.language.map(|lang| lang.tag().to_owned());
        let tag =
            ask(tag, "--language", "Language of boards and walls (en, it)", Some(Lang::En.tag().to_owned()))?;
        let lang = language(&tag).map_err(AdminError::Refused)?;
        Some(NewSpace { name, zone, lang })
    } else {
        None
    };
    let name = ask(args.name, "--name", "Name of the administrator", None)?;
    let email = ask(args.email, "--email", "Their address, to sign in with", None)?;
    let password = read_password(args.password_stdin)?;
    Ok(Administrator { name, email, password, recover: args.recover, space })
}

/// Asks until something is typed; an empty line is `usual`.
fn ask(question: &str, usual: Option<&str>) -> io::Result<String> {
    loop {
        match usual {
            Some(usual) => print!("{question} [{usual}]: "),
            None => print!("{question}: "),
        }
        io::stdout().flush()?;
        let mut line = String::new();
        if io::stdin().lock().read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match (line.trim(), usual) {
            ("", Some(usual)) => return Ok(usual.to_owned()),
            ("", None) => {}
            (input, _) => return Ok(input.to_owned()),
        }
    }
}

/// Where this machine stands, as far as it says: its clock is a link into the table of zones.
fn zone_of_machine() -> String {
    let link = fs::read_link("/etc/localtime").unwrap_or_default();
    let zone = link.to_str().and_then(|path| path.split_once("/zoneinfo/")).map(|(_, zone)| zone.to_owned());
    zone.filter(|zone| !Path::new(zone).is_absolute()).unwrap_or_else(|| "UTC".to_owned())
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
fn error_text(error: &AccountsError) -> String {
    let problem = error.problem(Lang::En);
    problem
        .fields
        .iter()
        .fold(problem.detail.clone(), |text, (field, message)| format!("{text}\n  {field}: {message}"))
}
