//! The demo workshop, from a checkout, with one command.

use crate::{build, meta::Workspace, page};
use anyhow::{Context, Result};
use std::{os::unix::process::CommandExt, path::Path, process::Command};

/// Builds what changed and becomes `toolgate demo`.
pub fn run(workspace: &Workspace, args: &[String]) -> Result<()> {
    page::build(workspace, page::Profile::Dev)?;
    let binary = build::development(workspace)?;
    // In place of this process, so that signals and the terminal are the server's alone.
    Err(demo(workspace, &binary, args).exec()).with_context(|| binary.display().to_string())
}

/// A call of the demo, on free ports if the usual ones are in use.
pub fn demo(workspace: &Workspace, binary: &Path, args: &[String]) -> Command {
    let mut demo = Command::new(binary);
    demo.current_dir(&workspace.root).args(["demo", "--free-ports"]).args(args);
    demo
}
