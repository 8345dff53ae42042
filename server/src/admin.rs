//! `toolgate admin create`: creates the first administrator, or resets the credentials of one, from the command
//! line.
//!
//! Invariant: a mistyped data folder is never created. Values not given as options are asked for at a terminal.

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

/// Manage administrators.
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
    /// Create a space if the folder has none; without this, a missing space is an error
    #[arg(long, conflicts_with = "recover")]
    new: bool,
    /// Name of the workshop, when this is its first administrator
    #[arg(long, value_name = "TEXT")]
    space: Option<String>,
    /// Its time zone, as in Europe/Rome
    #[arg(long, value_name = "ZONE")]
    zone: Option<String>,
    /// The language of boards and walls: en or it
    #[arg(long, value_name = "TAG", value_parser = language)]
    language: Option<Lang>,
    /// Name of the administrator
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// E-mail address, used to sign in
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// Administrators exist but cannot sign in: create another, or reset the password and second factor of the one
    /// with this address
    #[arg(long)]
    recover: bool,
    /// Read the password from the first line of standard input, without prompts
    #[arg(long)]
    password_stdin: bool,
}

fn language(input: &str) -> Result<Lang, String> {
    Lang::from_tag(input).ok_or_else(|| "one of en, it".to_owned())
}

/// Why no administrator was made.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    #[error(transparent)]
    Options(#[from] Faults),
    #[error(transparent)]
    Start(#[from] StartError),
    /// The folder has no space and `--new` was not given.
    #[error("there is no space in {0}; choose its folder with --data, or begin one there with --new")]
    NoSpace(PathBuf),
    /// There is no space to recover.
    #[error("there is no space in {0}, and so nobody to help in; choose its folder with --data")]
    NothingToRecover(PathBuf),
    /// An option is missing and there is no terminal to ask at.
    #[error("say {0}, or run this at a terminal to be asked")]
    Unsaid(&'static str),
    /// Reading from the terminal failed.
    #[error("the terminal cannot be read")]
    Terminal(#[source] io::Error),
    #[error("the password could not be read; without a terminal give it with --password-stdin")]
    Input(#[source] io::Error),
    /// The two passwords differ.
    #[error("these were two different passwords; try again")]
    Different,
    /// An administrator exists already.
    #[error("this space has an administrator already; if they cannot come in, say so with --recover")]
    Exists,
    /// A value is invalid, or the storage failed.
    #[error("{0}")]
    Refused(String),
}

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

/// Creates the administrator and returns their address.
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

/// Asks for everything the options leave open.
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

/// Asks until something is entered; an empty line means `usual`.
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

/// Time zone of this machine: `/etc/localtime` is a link into the zone database.
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

/// The problem with its field messages.
fn error_text(error: &AccountsError) -> String {
    let problem = error.problem(Lang::En);
    problem
        .fields
        .iter()
        .fold(problem.detail.clone(), |text, (field, message)| format!("{text}\n  {field}: {message}"))
}
