//! Packages from npm: the optimiser `wasm-opt`, the browser's driver, and the tools of the page's script.
//!
//! Invariant: exactly the versions of the lock file, installed once per lock file. No browser is downloaded; the
//! system's Chromium is driven.

use crate::{files, process, setup, steps};
use anyhow::{Context, Result};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Installs `folder/package-lock.json` unless that is done.
pub fn ensure(folder: &Path) -> Result<()> {
    let lock = folder.join("package-lock.json");
    let lock = fs::read(&lock).with_context(|| lock.display().to_string())?;
    let digest = files::digest([("package-lock.json", lock.as_slice())]);
    let stamp = folder.join("node_modules/.toolgate-stamp");
    if fs::read_to_string(&stamp).is_ok_and(|it| it == digest) {
        return Ok(());
    }
    steps::timed("npm ci", 20, || {
        let mut npm = Command::new("npm");
        process::run(
            npm.args(["ci", "--no-fund", "--no-audit"])
                .current_dir(folder)
                .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"),
        )
    })?;
    fs::write(&stamp, digest).context("node_modules")
}

/// A program of the packages.
pub fn program(folder: &Path, name: &str) -> PathBuf {
    folder.join("node_modules/.bin").join(name)
}

/// A run of the browser's driver in `folder`, against the program `binary`.
pub fn playwright(folder: &Path, binary: &Path) -> Result<Command> {
    let browser = setup::browser().context("Chromium has gone; run `cargo xtask setup`")?;
    // Some journeys start cargo.
    let mut playwright = process::clean_command(program(folder, "playwright"));
    playwright.arg("test").current_dir(folder).env("CHROMIUM", browser).env("TOOLGATE_BIN", binary);
    Ok(playwright)
}

/// A script of `folder/package.json`, without npm's own output.
pub fn script(folder: &Path, name: &str) -> Command {
    let mut npm = Command::new("npm");
    npm.args(["run", "--silent", name]).current_dir(folder);
    npm
}
