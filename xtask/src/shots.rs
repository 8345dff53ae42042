//! Every page as a picture, on one sheet to look through: what `end2end/shots.ts` photographs.

use crate::{
    build,
    meta::Workspace,
    npm, page, process,
    setup::{self, Need},
};
use anyhow::{Context, Result};
use std::process::Command;

/// Builds what changed, photographs the pages whose address contains `only`, and says where the sheet is.
pub fn shots(workspace: &Workspace, only: Option<&str>) -> Result<()> {
    setup::ensure(workspace, Need::ALL)?;
    page::build(workspace, page::Profile::Release)?;
    let binary = build::development(workspace)?;
    let browser = setup::browser().context("Chromium has gone; run `cargo xtask setup`")?;
    let mut playwright = Command::new(npm::program(&workspace.end2end(), "playwright"));
    playwright.current_dir(workspace.end2end()).args(["test", "--config", "shots.config.ts"]);
    playwright.env("CHROMIUM", browser).env("TOOLGATE_BIN", binary).env("SHOTS_ONLY", only.unwrap_or_default());
    process::run(&mut playwright)?;
    println!("{}", workspace.root.join("target/shots/index.html").display());
    Ok(())
}
