//! The one program to install.

use crate::{meta::Workspace, page, process, size, steps};
use anyhow::{Result, ensure};
use std::path::PathBuf;

/// Builds the release binary with the release page inside and holds it against its budget.
pub fn build(workspace: &Workspace) -> Result<()> {
    page::build(workspace, page::Profile::Release)?;
    steps::timed("compile the server", 400, || server(workspace, &["--release"]))?;
    // Compiling takes minutes; another build in the same checkout may have put a quick page in its place.
    ensure!(page::current(workspace, page::Profile::Release)?, "the page changed meanwhile; build again");
    size::binary(&workspace.binary("release"))
}

/// Builds the server for development; returns the program.
pub fn development(workspace: &Workspace) -> Result<PathBuf> {
    steps::timed("compile the server", 240, || server(workspace, &[]))?;
    Ok(workspace.binary("debug"))
}

fn server(workspace: &Workspace, options: &[&str]) -> Result<()> {
    let package = &workspace.leptos.bin_package;
    process::run(workspace.cargo("build").args(["--package", package]).args(options))
}
