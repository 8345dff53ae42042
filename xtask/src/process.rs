//! Calls of other programs.
//!
//! Invariant: a program that fails or is missing becomes an error with its name and a remedy.

use anyhow::{Context, Result, bail, ensure};
use std::{
    env,
    ffi::OsStr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// A call of `program` as from a shell. `cargo run` sets environment variables that build scripts of dependencies read;
/// a cargo that inherits them recompiles those on every switch between the two.
pub fn clean_command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in env::vars_os() {
        let reported = name.to_string_lossy();
        if reported.starts_with("CARGO_PKG_") || reported.starts_with("CARGO_MANIFEST_") || reported == "CARGO" {
            command.env_remove(name);
        }
    }
    command
}

/// Runs to the end with the terminal as its output.
pub fn run(command: &mut Command) -> Result<()> {
    let name = command_line(command);
    let status = command.status().with_context(|| format!("cannot start `{name}`"))?;
    ensure!(status.success(), "`{name}` failed ({status})");
    Ok(())
}

/// Runs to the end and returns what it printed.
pub fn output(program: &str, args: &[&str]) -> Result<String> {
    read(Command::new(program).args(args))
}

/// Like [`output`], for a prepared command.
pub fn read(command: &mut Command) -> Result<String> {
    let name = command_line(command);
    let done = command.stdin(Stdio::null()).output().with_context(|| format!("cannot start `{name}`"))?;
    if !done.status.success() {
        bail!("`{name}` failed ({}): {}", done.status, String::from_utf8_lossy(&done.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&done.stdout).trim().to_owned())
}

/// The first of `names` on the path.
pub fn find(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let found = names.iter().flat_map(|name| env::split_paths(&path).map(move |folder| folder.join(name)));
    // Brokers and their like live in folders that are not on an ordinary user's path.
    let system = names.iter().map(|name| Path::new("/usr/sbin").join(name));
    found.chain(system).find(|it| it.is_file())
}

fn command_line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|it| it.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failure_names_the_program_and_repeats_its_output() {
        let error = output("sh", &["-c", "echo no disk >&2; exit 3"]).unwrap_err().to_string();
        assert!(
            error.contains("`sh -c") && error.contains("exit status: 3") && error.contains("no disk"),
            "{error}"
        );
        let missing = output("no-such-program", &[]).unwrap_err();
        assert!(format!("{missing:#}").contains("cannot start `no-such-program`"), "{missing:#}");
    }

    #[test]
    fn fresh_command_inherits_no_cargo_variables() {
        assert!(env::var_os("CARGO_MANIFEST_DIR").is_some() && env::var_os("CARGO_PKG_NAME").is_some());
        let heard = read(&mut clean_command("env")).unwrap();
        assert!(!heard.contains("CARGO_MANIFEST_DIR=") && !heard.contains("CARGO_PKG_NAME="), "{heard}");
        assert!(heard.contains("PATH="), "{heard}");
    }

    #[test]
    fn program_is_found_by_any_of_its_names() {
        assert!(find(&["no-such-program", "sh"]).is_some_and(|it| it.ends_with("sh")));
        assert_eq!(find(&["no-such-program"]), None);
    }
}
