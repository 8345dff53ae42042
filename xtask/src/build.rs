//! Builds the program to install.

use crate::{lint, meta::Workspace, page, process, size, steps};
use anyhow::{Result, ensure};
use std::path::PathBuf;

/// A test of the server for which cargo builds the program.
const SPOKEN_TO: &str = "killed";

/// Builds the release binary with the release page inside and prints its size.
pub fn build(workspace: &Workspace) -> Result<()> {
    page::build(workspace, page::Profile::Release)?;
    steps::timed("compile the server", 400, || server(workspace, &["--release"]))?;
    // Compiling takes minutes; another build in the same checkout may have put a quick page in its place.
    ensure!(page::current(workspace, page::Profile::Release)?, "the page changed meanwhile; build again");
    size::print_binary(&workspace.binary("release"))
}

/// Builds the server for development; returns the program.
pub fn development(workspace: &Workspace) -> Result<PathBuf> {
    steps::timed("compile the server", 240, || server(workspace, &[]))?;
    Ok(workspace.binary("debug"))
}

/// The program as built for the server's tests, with their features and compiled dependencies, so that the browser
/// journeys do not wait for a third set.
pub fn tested(workspace: &Workspace) -> Result<PathBuf> {
    let mut cargo = workspace.cargo("test");
    lint::select(workspace, &mut cargo).args(["--no-run", "--test", SPOKEN_TO]);
    steps::timed("compile the server", 240, || process::run(&mut cargo))?;
    Ok(workspace.binary("debug"))
}

fn server(workspace: &Workspace, options: &[&str]) -> Result<()> {
    let package = &workspace.leptos.bin_package;
    process::run(workspace.cargo("build").args(["--package", package]).args(options))
}
