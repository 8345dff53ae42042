//! Requirements of the commands, and their installation.
//!
//! Invariant: checking an installed requirement only reads the file system; a missing one is installed, or named with
//! its install command, before anything is built.

use crate::{
    apt,
    meta::Workspace,
    npm, process,
    wasm::{self, Toolchain},
};
use anyhow::{Context, Result};
use std::{env, path::PathBuf};

/// A requirement outside the workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// A compiler for the browser's half.
    Wasm,
    /// Node.js and the packages in `frontend/page`: bundler, types and tests of the page's script.
    Script,
    /// Node.js and the packages in `end2end`: the optimiser of the page and the browser's driver.
    Node,
    Browser,
    /// Mosquitto and its command-line clients: a foreign broker to test against.
    Broker,
    /// OpenLDAP and its command-line clients: a foreign directory to test against.
    Directory,
    /// A foreign mail server to test against; it replaces none on the system. With it comes the Python that also runs
    /// the second verifier of draws.
    MailServer,
    /// A C++ compiler, for the failsafe device of `docs/failsafe`.
    Compiler,
    /// A clock that a test sets while a server runs.
    Clock,
    /// `script`, which runs a program at a terminal: the set-up link is only printed to one.
    Terminal,
    /// Python with virtual environments, for the old backend in a benchmark.
    Python,
}

impl Need {
    /// What `setup` installs: everything except for the comparison with the old backend.
    pub const ALL: &'static [Self] = &[
        Self::Wasm,
        Self::Script,
        Self::Node,
        Self::Browser,
        Self::Broker,
        Self::Directory,
        Self::MailServer,
        Self::Compiler,
        Self::Clock,
        Self::Terminal,
    ];

    /// Its missing Debian packages.
    fn missing(self) -> Vec<&'static str> {
        let absent = |programs: &[&str], package| process::find(programs).is_none().then_some(package);
        let found = match self {
            Self::Wasm => vec![],
            Self::Script | Self::Node => vec![absent(&["node", "nodejs"], "nodejs"), absent(&["npm"], "npm")],
            Self::Browser => vec![browser().is_none().then_some("chromium")],
            Self::Broker => {
                vec![absent(&["mosquitto"], "mosquitto"), absent(&["mosquitto_pub"], "mosquitto-clients")]
            }
            Self::Directory => vec![absent(&["slapd"], "slapd"), absent(&["ldapadd"], "ldap-utils")],
            Self::Compiler => vec![absent(&["g++"], "g++")],
            Self::Clock => vec![absent(&["faketime"], "faketime")],
            Self::Terminal => vec![absent(&["script"], "bsdutils")],
            Self::MailServer => {
                // Debian's own Python, which sees Debian's packages.
                let absent = |module: &str, package| {
                    let works = process::output("/usr/bin/python3", &["-c", &format!("import {module}")]).is_ok();
                    (!works).then_some(package)
                };
                vec![absent("aiosmtpd", "python3-aiosmtpd"), absent("icalendar", "python3-icalendar")]
            }
            Self::Python => {
                let works = process::output("python3", &["-c", "import venv, ensurepip"]).is_ok();
                vec![(!works).then_some("python3-venv")]
            }
        };
        found.into_iter().flatten().collect()
    }
}

/// The same Chromium without windows, tabs and settings: the journeys take three fifths of the processor's time in it.
const WINDOWLESS: &str = "chromium-headless-shell";

/// The Chromium to test with: `CHROMIUM`, else the system's.
pub fn browser() -> Option<PathBuf> {
    let named = env::var_os("CHROMIUM").map(PathBuf::from);
    let installed = [WINDOWLESS, "chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
    named.or_else(|| process::find(&installed))
}

/// Installs Chromium without windows where that takes no question and no other user. Any other will do as well.
fn prefer_windowless_browser() -> Result<()> {
    if env::var_os("CHROMIUM").is_some() || process::find(&[WINDOWLESS]).is_some() || !apt::installs(WINDOWLESS)? {
        return Ok(());
    }
    if let Err(error) = apt::install(&[WINDOWLESS], 20) {
        eprintln!("{error:#}; the journeys run in the browser that is there");
    }
    Ok(())
}

/// Makes sure of everything in `needs`.
pub fn ensure(workspace: &Workspace, needs: &[Need]) -> Result<()> {
    if needs.contains(&Need::Browser) {
        prefer_windowless_browser()?;
    }
    let mut packages: Vec<_> = needs.iter().flat_map(|it| it.missing()).collect();
    // Two needs may miss the same.
    packages.sort_unstable();
    packages.dedup();
    if !packages.is_empty() {
        apt::install(&packages, 60)?;
    }
    if needs.contains(&Need::Wasm) {
        wasm::ensure()?;
    }
    if needs.contains(&Need::Script) {
        npm::ensure(&workspace.script())?;
    }
    if needs.contains(&Need::Node) {
        npm::ensure(&workspace.end2end())?;
    }
    Ok(())
}

/// Makes sure of what a page needs and returns its compiler.
pub fn toolchain(workspace: &Workspace, needs: &[Need]) -> Result<Toolchain> {
    ensure(workspace, needs)?;
    wasm::find().context("the compiler for the browser's half has gone; run `cargo xtask setup`")
}
