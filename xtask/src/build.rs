//! Builds the program to install.

use crate::{lint, meta::Workspace, page, process, size, steps};
use anyhow::{Result, ensure};
use std::path::PathBuf;

/// The smallest test of the server for which cargo builds the program.
const PROGRAM: &str = "program";

/// Builds the release binary with the release page inside and prints its size.
pub fn build(workspace: &Workspace) -> Result<()> {
    page::build(workspace, page::Profile::Release)?;
    let mut cargo = workspace.cargo("build");
    cargo.args(["--package", &workspace.leptos.bin_package, "--release"]);
    steps::timed("compile the server", 400, || process::run(&mut cargo))?;
    // Compiling takes minutes; another build in the same checkout may have put a quick page in its place.
    ensure!(page::current(workspace, page::Profile::Release)?, "the page changed meanwhile; build again");
    size::print_binary(&workspace.binary("release"))
}

/// Builds the program for development, as for the server's tests: with their features, and so with the same compiled
/// dependencies. Built by itself it would need a second set of them, which takes minutes more.
pub fn development(workspace: &Workspace) -> Result<PathBuf> {
    program(workspace, lint::is_compiling())
}

/// The same in a run of all checks, whose tests have compiled it.
pub fn checked(workspace: &Workspace) -> Result<PathBuf> {
    program(workspace, true)
}

fn program(workspace: &Workspace, by_clippy: bool) -> Result<PathBuf> {
    let mut cargo = workspace.cargo("test");
    lint::select(workspace, &mut cargo).args(["--no-run", "--test", PROGRAM]);
    if by_clippy {
        lint::while_compiling(&mut cargo)?;
    }
    steps::timed("compile the server", 600, || process::run(&mut cargo))?;
    Ok(workspace.binary("debug"))
}
