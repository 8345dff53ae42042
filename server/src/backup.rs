//! `toolgate backup` and `toolgate restore`: copies the database into one file, and replaces the database by such
//! a file.
//!
//! Invariant: a backup works beside a running server; a restore refuses to.

use crate::{
    logging,
    process::{self, StartError},
};
use clap::Args;
use domain::{time::Millis, zone::to_rfc3339};
use services::{
    clock::{Clock, SystemClock},
    copies::{self, CopyError, Ended, RestoreError},
};
use std::{
    fs::DirBuilder,
    io,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    time::Duration,
};
use text::Lang;

/// Arguments of `toolgate backup`.
#[derive(Debug, Clone, Args)]
#[command(after_help = HOLDS)]
pub struct BackupArgs {
    /// The data folder
    #[arg(long, env = "TOOLGATE_DATA", value_name = "DIR", default_value = "toolgate-data")]
    pub data: PathBuf,
    /// A file that does not exist yet, or a folder for a file with the date in its name [default: backups in the
    /// data folder]
    #[arg(long, value_name = "FILE")]
    pub to: Option<PathBuf>,
}

const HOLDS: &str = "\
The copy is one state of the database, whole or not there at all, and readable by its user alone. It holds everybody whom
the database holds: keep it where the data folder might be kept, best on another disk. Whoever is erased later is still in
it; `toolgate restore` erases them again. The secrets of draws are not in it: they are in toolgate.draws in the data folder.";

const ENDS: &str = "\
Nothing that is in the backup signs anybody in but a password or a passkey: sessions, tokens of programs, addresses of
calendars, links that were sent, links and invitations to groups, screens of wall displays and logins of devices end, for any
of them may have been ended since. Draws that have not run get a new secret, and say so. All else is as it was then:
passwords and second factors, cards that were lost since, suspensions, bans, holds and blocks. Look through what was done
since, and do it again.";

/// Arguments of `toolgate restore`.
#[derive(Debug, Clone, Args)]
#[command(after_help = ENDS)]
pub struct RestoreArgs {
    /// The backup file
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The data folder
    #[arg(long, env = "TOOLGATE_DATA", value_name = "DIR", default_value = "toolgate-data")]
    pub data: PathBuf,
}

#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("there is no space in {0}; choose its folder with --data")]
    NoSpace(PathBuf),
    #[error("there is no file {0}")]
    NoFile(PathBuf),
    /// The backup folder cannot be created.
    #[error("the folder {0} cannot be made")]
    Folder(PathBuf, #[source] io::Error),
    #[error("no backup was made")]
    Copy(#[from] CopyError),
    /// A server runs on the data folder.
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(transparent)]
    Restore(#[from] RestoreError),
}

/// Copies the database and prints where, its size and how long it took.
pub async fn run(args: BackupArgs) -> Result<(), BackupError> {
    logging::start("warn", false);
    let file = process::database(&args.data);
    if !file.is_file() {
        return Err(BackupError::NoSpace(args.data));
    }
    let began = SystemClock.now();
    let to = target(&args.data, args.to, began)?;
    let bytes = copies::back_up(&file, &to, began).await?;
    let took = SystemClock.now().since(began);
    println!("{}: {}, made in {}", to.display(), Lang::En.bytes(bytes), seconds(took));
    Ok(())
}

fn target(data: &Path, to: Option<PathBuf>, now: Millis) -> Result<PathBuf, BackupError> {
    let dated = || format!("toolgate-{}.sqlite", to_rfc3339(now).unwrap_or_default().replace(':', ""));
    match to {
        Some(folder) if folder.is_dir() => Ok(folder.join(dated())),
        Some(file) => Ok(file),
        None => {
            let folder = data.join("backups");
            let made = DirBuilder::new().recursive(true).mode(0o700).create(&folder);
            made.map_err(|error| BackupError::Folder(folder.clone(), error))?;
            Ok(folder.join(dated()))
        }
    }
}

/// Checks a backup and replaces the database by it.
pub async fn restore(args: RestoreArgs) -> Result<(), BackupError> {
    logging::start("warn", false);
    if !args.file.exists() {
        return Err(BackupError::NoFile(args.file));
    }
    // Held to the end, so that no other process opens the database.
    let _lock = process::take(&args.data)?;
    let restored = copies::restore(&args.file, &process::database(&args.data)).await?;
    println!("{} is the database of {} now.", args.file.display(), args.data.display());
    println!("It is whole: schema {}, a record of {} entries.", restored.found.schema, restored.found.entries);
    match restored.erased {
        0 => {}
        1 => println!("One person who was erased since was erased again."),
        erased => println!("{erased} people who were erased since were erased again."),
    }
    println!("{}", ended(restored.ended));
    match restored.draws {
        0 => {}
        1 => println!("One draw that has not run has a new secret; its page shows the new fingerprint."),
        draws => {
            println!("{draws} draws that have not run have new secrets; their pages show the new fingerprints.");
        }
    }
    println!("Cards, suspensions, bans, holds and blocks are as they were then: do again what was done since.");
    if let Some(stored) = restored.kept {
        println!("What was there before is kept as {}.", stored.display());
    }
    Ok(())
}

/// Lists what the restore revoked, and how to renew it.
fn ended(ended: Ended) -> String {
    let many = |n: u64, one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
    let list = [
        many(ended.sessions, "session", "sessions"),
        many(ended.tokens, "token of a program", "tokens of programs"),
        many(ended.feeds, "address of a calendar", "addresses of calendars"),
        many(ended.links, "link that was sent", "links that were sent"),
        many(ended.screens, "screen of a wall display", "screens of wall displays"),
        many(ended.group_links, "link to a group", "links to groups"),
        many(ended.invitations, "invitation to a group", "invitations to groups"),
        many(ended.devices, "login of a device", "logins of devices"),
    ];
    format!(
        "What may have been ended since it was made has ended: {}.\n\
         Everybody signs in again, with the password of that time; invitations, tokens, calendars and screens are made anew.\n\
         Devices of the building connect again with a new password from *Building*, *Devices*.",
        list.join(", ")
    )
}

fn seconds(took: Duration) -> String {
    format!("{}.{:02} s", took.as_secs(), took.subsec_millis() / 10)
}
